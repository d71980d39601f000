"""A sale in the words of one of its two sides: who has confirmed it, the units, what each says the price is."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from suppliers import numbers
from suppliers.actions import parts
from suppliers.actions import prices as said_prices
from suppliers.models import Declaration, Introduction, Organisation, Sourcing


def told(row: Sourcing, own: Organisation, on: dt.date) -> dict[str, Any]:
    """A sale as ``own``, one of its sides, may read it.

    Until the other side has confirmed, its description and unit of the part are not shown: they would tell whether a
    number that was only typed exists there.
    """
    side = parts.side_of(row, own)
    said = {one.side for one in row.confirmations.all()}
    other = "buyer" if side == "seller" else "seller"
    mine, theirs = (row.seller_part, row.buyer_part) if side == "seller" else (row.buyer_part, row.seller_part)
    known = other in said
    ended = row.ends is not None and row.ends <= on
    return {
        "sale": row, "side": side, "other": row.buyer if side == "seller" else row.seller, "mine": mine,
        "their_number": theirs.number, "their_description": theirs.description if known else "",
        "units": units(row) if known else "", "confirmed_by_me": side in said, "confirmed_by_other": known, "ended": ended,
        "state": _state(side in said, known, ended, row, on), "end": getattr(row, "end", None),
    }  # fmt: skip


def _state(mine: bool, theirs: bool, ended: bool, row: Sourcing, on: dt.date) -> tuple[str, str]:
    """The shape beside a sale and what it says."""
    if ended:
        return ("none", _("Ended") if mine and theirs else _("Refused or taken back"))
    if not mine:
        return ("open", _("Waits for your word"))
    if not theirs:
        return ("open", _("Waits for the other company"))
    return ("pass", _("Confirmed by both")) if row.begins <= on else ("open", _("Begins later"))


def units(row: Sourcing) -> str:
    """How the two units meet, as a sentence: 100 pieces of the seller's make one hundred of the buyer's."""
    words = {"factor": numbers.local(numbers.written(row.factor)), "seller": row.seller_part.get_unit_display(),
             "buyer": row.buyer_part.get_unit_display()}  # fmt: skip
    if row.factor == 1 and row.seller_part.unit == row.buyer_part.unit:
        return _("one for one, by %(buyer)s") % words
    return _("1 × %(buyer)s of the buyer is %(factor)s × %(seller)s of the seller") % words


def typed_factor(row: Sourcing) -> str:
    """The factor as a field shows it; empty where it says no more than that both count alike."""
    alike = row.factor == 1 and row.seller_part.unit == row.buyer_part.unit
    return "" if alike else numbers.typed(numbers.written(row.factor))


def prices(row: Sourcing, own: Organisation, on: dt.date) -> dict[str, Any]:
    """Both words on the price that hold on a day, and how far apart they are. Both sides of a sale may read both."""
    words = said_prices.prices([row], on=on).get(row.pk, {})
    side = parts.side_of(row, own)
    mine, theirs = words.get(side), words.get("buyer" if side == "seller" else "seller")
    apart, currencies = None, False
    if mine and theirs:
        currencies = mine.currency != theirs.currency
        apart = None if currencies or mine.price == theirs.price else abs(mine.price - theirs.price)
    return {"mine": mine, "theirs": theirs, "apart": apart, "currencies": currencies, "agree": bool(mine and theirs) and not (
        apart or currencies)}  # fmt: skip


def holding(wanted: str) -> Q:
    """Sales whose part, on either side, holds this text in its number."""
    return Q(seller_part__number__icontains=wanted) | Q(buyer_part__number__icontains=wanted)


def named(rows: QuerySet[Introduction]) -> list[dict[str, Any]]:
    """Whom one named as a maker and what became of it; a letter that was accepted is a sale and stands there."""
    found = []
    for row in rows.select_related("buyer_part", "reply__by__organisation").order_by("-at")[:200]:
        reply = getattr(row, "reply", None)
        back = reply is not None and reply.by is not None and row.buyer_id == reply.by.organisation_id
        state = (
            ("none", _("Taken back")) if back else ("fail", _("Refused")) if reply else ("open", _("Not answered yet"))
        )
        found.append({"row": row, "reply": reply, "state": state})
    return found


def stale_answers(row: Sourcing) -> list[Declaration]:
    """The buyer's own answers whose line of this part names no sale, or one that has ended: they do not use this one yet."""
    lines = Declaration.objects.filter(
        organisation_id=row.buyer_id, withdrawal__isnull=True, lines__item=row.buyer_part.number,
        lines__sources__how="bought",
    ).filter(Q(lines__sources__sourcing__isnull=True) | Q(lines__sources__sourcing__ends__isnull=False))  # fmt: skip
    using = Declaration.objects.filter(lines__sources__sourcing=row).values("pk")
    return list(lines.exclude(pk__in=using).exclude(superseded_by__isnull=False).distinct().select_related("part")[:50])
