"""What automakers pay for each line of their own lists of parts: what the gaps of a fleet are weighed by, read once for each list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from suppliers.models import Declaration, Part, Source
from tracing.remembered import Remembered

OWN = ("product", "period", "other")
EXCLUDED = ("excluded_sales", "excluded_royalties", "excluded_shipping", "excluded_interest")
ZERO = Decimal(0)


@dataclass(frozen=True)
class OwnLine:
    """One source of one line as its buyer entered it. ``value`` is what is paid for it in one good, in the list's currency."""

    line: int
    source: int
    item: str
    description: str
    hs: str
    seller: str
    how: str
    price: Decimal | None
    value: Decimal
    sale: UUID | None
    seller_key: UUID | None
    made_in: str = ""
    quantity: Decimal = ZERO
    share: Fraction = Fraction(1)


@dataclass(frozen=True)
class OwnList:
    """A list of parts by line and source, both counted from none; ``net`` is the net cost by these entries, None where it does
    not follow from them."""

    lines: dict[int, list[OwnLine]]
    net: Decimal | None

    def at(self, line: int, source: int) -> list[OwnLine]:
        """The own entries behind one source of a result: several where a seller's plants were told apart in it."""
        rows = self.lines.get(line, [])
        return rows[source : source + 1] if len(rows) > 1 and source < len(rows) else rows


_lists = Remembered(2000)
COLUMNS = (
    "line__declaration", "line__position", "line__item", "line__description", "line__hs", "line__quantity", "share_numerator",
    "share_denominator", "price", "how", "made_in", "seller_name", "sourcing", "sourcing__seller", "sourcing__seller__name",
    "line__declaration__organisation",
)  # fmt: skip


def of(declarations: Iterable[UUID]) -> dict[UUID, OwnList]:
    """The signed lists of parts with these keys; three queries for all that are not remembered."""
    keys = set(declarations)
    fresh = _lists.lacks(keys)
    made = _read(fresh) if fresh else {}
    return {key: _lists.of(key, lambda key=key: made[key]) for key in keys}  # type: ignore[misc]


def _read(keys: set[UUID]) -> dict[UUID, OwnList]:
    rows = Source.objects.filter(line__declaration__in=keys).order_by("line__declaration", "line__position", "position")
    of_list: dict[UUID, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.values(*COLUMNS):
        of_list[row["line__declaration"]][row["line__position"]].append(row)
    owners = {
        row["line__declaration__organisation"] for lines in of_list.values() for rows in lines.values() for row in rows
    }
    words = {
        (owner, number): said
        for owner, number, said in Part.objects.filter(organisation__in=owners).values_list("organisation", "number", "description")
    }  # fmt: skip
    names = [f"costs__{name}" for name in (*OWN, *EXCLUDED, "net")]
    costs = {row["pk"]: row for row in Declaration.objects.filter(pk__in=keys).values("pk", *names)}
    return {key: _list(of_list.get(key, {}), words, costs.get(key, {})) for key in keys}


def _list(found: dict[int, list[dict[str, Any]]], words: dict[Any, str], costs: dict[str, Any]) -> OwnList:
    lines = {
        nth: [_line(nth, at, row, words) for at, row in enumerate(rows)] for nth, (_, rows) in enumerate(sorted(found.items()))
    }  # fmt: skip
    every = [row for rows in lines.values() for row in rows]
    net: Decimal | None = costs.get("costs__net")
    if net is None and not any(row.how == "made" and row.price is None for row in every):
        own = sum((costs.get(f"costs__{name}") or ZERO for name in OWN), ZERO)
        paid = sum((row.value for row in every), ZERO)
        net = paid + own - sum((costs.get(f"costs__{name}") or ZERO for name in EXCLUDED), ZERO)
    return OwnList(lines, net)


def _line(nth: int, at: int, row: dict[str, Any], words: dict[Any, str]) -> OwnLine:
    value = row["line__quantity"] * row["share_numerator"] / row["share_denominator"] * (row["price"] or ZERO)
    description = row["line__description"] or words.get((row["line__declaration__organisation"], row["line__item"]), "")
    return OwnLine(
        nth, at, row["line__item"], description, row["line__hs"], row["sourcing__seller__name"] or row["seller_name"], row["how"],
        row["price"], value, row["sourcing"], row["sourcing__seller"], row["made_in"] or "", row["line__quantity"],
        Fraction(row["share_numerator"], row["share_denominator"]),
    )  # fmt: skip
