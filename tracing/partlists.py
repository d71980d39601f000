"""What an automaker entered into one vehicle, by its declaration in force: its own lines, prices, sellers and net cost.

This is what a page can show of a vehicle that was never traced. Nothing of an answer is read, not even whether there is one.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from suppliers.models import Declaration, Part, Source
from tracing.entries import Entry
from tracing.models import Vehicle

OWN = ("product", "period", "other")
EXCLUDED = ("excluded_sales", "excluded_royalties", "excluded_shipping", "excluded_interest")
ZERO = Decimal(0)


@dataclass(frozen=True)
class PartList:
    """Rows as the table of direct parts shows them; ``net`` is the net cost by these entries, None where it does not follow."""

    rows: list[dict[str, Any]]
    paid: Decimal
    net: Decimal | None
    currency: str


def of(vehicle: Vehicle, entry: Entry | None) -> PartList | None:
    """The list of parts behind an entry; three queries however many parts there are."""
    if entry is None:
        return None
    words = dict(Part.objects.filter(organisation=vehicle.organisation_id).values_list("number", "description"))
    found = Source.objects.filter(line__declaration=entry.declaration).select_related("line", "sourcing__seller")
    told = list(found.order_by("line__position", "position"))
    lines = [list(group) for _, group in groupby(told, key=lambda one: one.line_id)]
    rows = [_row(one, words, f"part.{nth}.{at}") for nth, group in enumerate(lines) for at, one in enumerate(group)]
    paid = sum((Decimal(row["value"]) for row in rows), ZERO)
    return PartList(rows, paid, _net(entry, rows, paid), entry.currency)


def _row(source: Source, words: dict[str, str], key: str) -> dict[str, Any]:
    """One source of a line; its key counts lines and sources from none, as results do."""
    line, share = source.line, Fraction(source.share_numerator, source.share_denominator)
    units = Fraction(line.quantity) * share * Fraction(source.price or 0)
    seller = source.sourcing.seller.name if source.sourcing else source.seller_name
    return {
        "key": key, "item": line.item, "description": line.description or words.get(line.item, ""),
        "hs": line.hs, "seller": seller, "how": source.how, "made_in": source.made_in.code or "", "share": str(share),
        "qty": f"{line.quantity.normalize():f}", "price": "" if source.price is None else f"{source.price:f}",
        "value": f"{Decimal(units.numerator) / Decimal(units.denominator):f}", "sourcing": source.sourcing,
    }  # fmt: skip


def _net(entry: Entry, rows: list[dict[str, Any]], paid: Decimal) -> Decimal | None:
    """Stated, or what is paid and added; own production without a price would have to be opened first."""
    names = [f"costs__{name}" for name in (*OWN, *EXCLUDED, "net")]
    costs = Declaration.objects.filter(pk=entry.declaration).values(*names).first() or {}
    if costs.get("costs__net") is not None:
        net: Decimal = costs["costs__net"]
        return net
    if any(row["how"] == "made" and not row["price"] for row in rows):
        return None
    own = sum((costs.get(f"costs__{name}") or ZERO for name in OWN), ZERO)
    return paid + own - sum((costs.get(f"costs__{name}") or ZERO for name in EXCLUDED), ZERO)
