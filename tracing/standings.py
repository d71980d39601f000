"""How each direct supplier stands with its buyer: asked, answered, expired, withdrawn, declined. Faces only."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from suppliers.models import Addressee, Declaration, Request, Sourcing

KINDS = {
    "not_ours": "refused",
    "obsolete": "refused",
    "other_maker": "refused",
    "cannot": "cannot",
    "refused": "refused",
}


def standings(sourcings: Iterable[Sourcing], on: dt.date) -> dict[Any, dict[str, str]]:
    """For each sale its kind of gap and one sentence for the buyer, by sourcing key.

    Known to the buyer are its own requests, what was declined to it, and the face of what was addressed to it: status and
    period. A draft and its progress are the supplier's own business and do not show.
    """
    wanted = {sale.pk: sale for sale in sourcings if sale is not None}
    asked: dict[Any, Request] = {}
    rows = Request.objects.filter(sourcing__in=wanted).select_related("decline").order_by("at")
    for row in rows:
        asked[row.sourcing_id] = row
    last = _last_answers(wanted.values())
    return {
        key: _standing(sale, asked.get(key), last.get((sale.seller_part_id, sale.buyer_id)), on)
        for key, sale in wanted.items()
    }


def _last_answers(sales: Iterable[Sourcing]) -> dict[tuple, Declaration]:
    """The last declaration signed to each buyer for each part."""
    sales = list(sales)
    parts, buyers = {sale.seller_part_id for sale in sales}, {sale.buyer_id for sale in sales}
    found = {}
    rows = Addressee.objects.filter(
        declaration__part__in=parts, organisation__in=buyers, declaration__signed_at__isnull=False
    ).select_related("declaration__withdrawal")
    for row in rows.order_by("declaration__signed_at"):
        found[row.declaration.part_id, row.organisation_id] = row.declaration
    return found


def _standing(sale: Sourcing, asked: Request | None, last: Declaration | None, on: dt.date) -> dict[str, str]:
    asking = f" Asked, answer due {day(asked.due)}." if asked else " Not asked yet."
    if asked and getattr(asked, "decline", None):
        decline = asked.decline
        said = f"Declined {day(decline.at)}: {decline.get_reason_display()}. “{decline.why}”"
        return {"kind": KINDS[decline.reason], "note": said, "act": "Ask again"}
    if last is None:
        late = asked is not None and asked.due < on
        return {
            "kind": "missing",
            "note": ("Silent." if late else "No answer yet.") + asking,
            "act": "Remind" if asked else "Ask",
        }
    if getattr(last, "withdrawal", None):
        return {
            "kind": "withdrawn",
            "note": f"Withdrew its answer {day(last.withdrawal.at)}.{asking}",
            "act": "Ask again",
        }
    if last.ends <= on:
        ended = day(last.ends - dt.timedelta(days=1))
        return {"kind": "expired", "note": f"Its answer ended {ended}.{asking}", "act": "Ask to renew"}
    if last.begins > on:
        return {"kind": "missing", "note": f"Its answer begins {day(last.begins)}.{asking}", "act": "Ask"}
    return {
        "kind": "answered",
        "note": f"Signed to you for {day(last.begins)} to {day(last.ends - dt.timedelta(days=1))}.",
        "act": "Ask",
    }


def day(value: dt.date | dt.datetime) -> str:
    return f"{value.day} {value:%b %Y}"
