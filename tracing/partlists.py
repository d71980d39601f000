"""An automaker's own list of parts as the table of direct parts shows it, by its declaration in force.

This is what a page can show of a vehicle that was never traced. Nothing of an answer is read, not even whether there is one.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from suppliers.models import Sourcing
from tracing import ownlines
from tracing.entries import Entry
from tracing.ownlines import ZERO, OwnLine


@dataclass(frozen=True)
class PartList:
    """``rows`` of the table; ``net`` is the net cost by these entries, None where it does not follow."""

    rows: list[dict[str, Any]]
    paid: Decimal
    net: Decimal | None
    currency: str


def of(entry: Entry | None) -> PartList | None:
    """The list of parts behind an entry; one query beside those of ``ownlines``, however many parts there are."""
    if entry is None:
        return None
    own = ownlines.of([entry.declaration])[entry.declaration]
    lines = [line for rows in own.lines.values() for line in rows]
    sales = Sourcing.objects.select_related("seller").in_bulk({line.sale for line in lines if line.sale})
    paid = sum((line.value for line in lines), ZERO)
    return PartList([_row(line, sales) for line in lines], paid, own.net, entry.currency)


def _row(line: OwnLine, sales: dict[Any, Sourcing]) -> dict[str, Any]:
    """One source of a line; its key counts lines and sources from none, as results do."""
    return {
        "key": f"part.{line.line}.{line.source}", "item": line.item, "description": line.description, "hs": line.hs,
        "seller": line.seller, "how": line.how, "made_in": line.made_in, "share": str(line.share),
        "qty": f"{line.quantity.normalize():f}", "price": "" if line.price is None else f"{line.price:f}",
        "value": f"{line.value.normalize():f}", "sourcing": sales.get(line.sale),
    }  # fmt: skip
