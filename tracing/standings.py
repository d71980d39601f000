"""How each direct supplier stands with its buyer: asked, answered, expired, withdrawn, declined. Faces only."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from suppliers.models import Addressee, Request

FEW = 1000
"""Of more parts than so many, all that was signed to the buyers is read."""
KINDS = {
    "not_ours": "refused",
    "obsolete": "refused",
    "other_maker": "refused",
    "cannot": "cannot",
    "refused": "refused",
}


class Sold(Protocol):
    """A sale, or what has its keys: a ``Sourcing`` row, or what a page over a whole fleet reads of one."""

    @property
    def pk(self) -> UUID: ...
    @property
    def seller_part_id(self) -> UUID: ...
    @property
    def buyer_id(self) -> UUID: ...


class Answered(NamedTuple):
    """The last answer signed to one buyer: its days, and when it was withdrawn if it was."""

    begins: dt.date
    ends: dt.date
    withdrawn: dt.datetime | None


def standings(sourcings: Iterable[Sold | None], on: dt.date) -> dict[Any, dict[str, str]]:
    """For each sale its kind of gap and one sentence for the buyer, by sourcing key. Two queries.

    Known to the buyer are its own requests, what was declined to it, and the face of what was addressed to it: status and
    period. A draft and its progress are the supplier's own business and do not show.
    """
    wanted = {sale.pk: sale for sale in sourcings if sale is not None}
    asked: dict[Any, Request] = {}
    buyers = {sale.buyer_id for sale in wanted.values()}
    rows = Request.objects.filter(sourcing__buyer__in=buyers).select_related("decline").order_by("at")
    rows = rows.filter(sourcing__in=wanted) if len(wanted) <= FEW else rows
    for row in rows:
        asked[row.sourcing_id] = row
    last = _last_answers(wanted.values())
    return {
        key: _standing(sale, asked.get(key), last.get((sale.seller_part_id, sale.buyer_id)), on)
        for key, sale in wanted.items()
    }


def _last_answers(sales: Iterable[Sold]) -> dict[tuple[UUID, UUID], Answered]:
    """The last declaration signed to each buyer for each part."""
    sales = list(sales)
    parts, buyers = {sale.seller_part_id for sale in sales}, {sale.buyer_id for sale in sales}
    rows = Addressee.objects.filter(organisation__in=buyers, declaration__signed_at__isnull=False)
    rows = rows.filter(declaration__part__in=parts) if len(parts) <= FEW else rows
    told = rows.order_by("declaration__signed_at").values_list(
        "declaration__part", "organisation", "declaration__begins", "declaration__ends", "declaration__withdrawal__at"
    )
    return {(part, buyer): Answered(*said) for part, buyer, *said in told}


def _standing(sale: Sold, asked: Request | None, last: Answered | None, on: dt.date) -> dict[str, str]:
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
    if last.withdrawn:
        return {
            "kind": "withdrawn",
            "note": f"Withdrew its answer {day(last.withdrawn)}.{asking}",
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
