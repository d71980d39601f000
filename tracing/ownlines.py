"""What automakers pay for each line of their own lists of parts: what the gaps of a fleet are weighed by, read once for each list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from suppliers.models import Declaration, Organisation, Part, Source
from tracing.models import EnteredList
from tracing.remembered import Remembered

OWN = ("product", "period", "other")
EXCLUDED = ("excluded_sales", "excluded_royalties", "excluded_shipping", "excluded_interest")
EX_WORKS, PARTS = "ex_works", "parts"
ZERO, WHOLE = Decimal(0), Decimal(100)
SHAPE = 1
"""Raised whenever the rows of a copy are made otherwise."""


class OwnLine(NamedTuple):
    """One source of one line as its buyer entered it. ``value`` is what is paid for it in one good, in the list's currency;
    ``stake`` the points that makes of the net cost, none where that is not known. ``share`` is of the line's quantity."""

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
    share: str = "1"
    stake: Decimal = ZERO


@dataclass(frozen=True)
class OwnList:
    """A list of parts by line and source, both counted from none; ``net`` is the net cost by these entries, None where it does
    not follow from them; ``ex_works`` the ex-works price that was entered, else the price."""

    lines: dict[int, list[OwnLine]]
    net: Decimal | None
    ex_works: Decimal | None = None
    idle: dict[Any, Any] = field(default_factory=dict, compare=False)
    """Open lines that decide nothing, and lists of them, made once for all laws that find the same open (briefs.py)."""

    def points(self, line: OwnLine, base: str) -> Decimal:
        """What is paid for a line in points of what a law measures over: the ex-works price, all that is paid for parts (the
        label) or, of any other law, the net cost."""
        over = self.ex_works if base == EX_WORKS else self.paid if base == PARTS else None
        return WHOLE * line.value / over if over else line.stake

    @cached_property
    def paid(self) -> Decimal:
        """What is paid for all its lines in one good."""
        return sum((row.value for rows in self.lines.values() for row in rows), ZERO)

    @cached_property
    def sales(self) -> set[UUID]:
        """The sales behind its lines."""
        return {row.sale for rows in self.lines.values() for row in rows if row.sale}

    def at(self, line: int, source: int) -> list[OwnLine]:
        """The own entries behind one source of a result: several where a seller's plants were told apart in it."""
        rows = self.lines.get(line, [])
        return rows[source : source + 1] if len(rows) > 1 and source < len(rows) else rows


_lists = Remembered(2000)
NOTHING = OwnList({}, None)


def of(declarations: Iterable[UUID]) -> dict[UUID, OwnList]:
    """The signed lists of parts with these keys; a few queries for all that are not remembered, fewer where a copy is kept."""
    keys = set(declarations)
    fresh = _lists.lacks(keys)
    made = _read(fresh) if fresh else {}
    return {key: _lists.of(key, lambda key=key: made.get(key) or NOTHING) for key in keys}  # type: ignore[misc]


def keep(declarations: Iterable[UUID]) -> None:
    """Make the copies that are not there yet. Whoever rolls the fleet does, so that a page finds them."""
    wanted = set(declarations)
    wanted -= set(EnteredList.objects.filter(declaration__in=wanted, shape=SHAPE).values_list("declaration", flat=True))
    made = [
        EnteredList(declaration_id=key, shape=SHAPE, rows=rows, bases=bases)
        for key, (_, rows, bases) in _entered(wanted).items()
    ]
    EnteredList.objects.bulk_create(
        made,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["declaration"],
        update_fields=["shape", "rows", "bases"],
    )


def _read(keys: set[UUID]) -> dict[UUID, OwnList]:
    """From the copies where there are any, else from what they would be made of."""
    kept = EnteredList.objects.filter(declaration__in=keys, shape=SHAPE)
    found = {
        key: (owner, rows, bases)
        for key, owner, rows, bases in kept.values_list("declaration", "declaration__organisation", "rows", "bases")
    }
    found |= _entered(keys - found.keys())
    owners = {owner for owner, _, _ in found.values()}
    sellers = {UUID(row[10]) for _, rows, _ in found.values() for row in rows if row[10]}
    names = {key.hex: name for key, name in Organisation.objects.filter(pk__in=sellers).values_list("pk", "name")}
    called = Part.objects.filter(organisation__in=owners).values_list("organisation", "number", "description")
    words: dict[UUID, dict[str, str]] = defaultdict(dict)
    for owner, number, said in called:
        words[owner][number] = said
    return {key: _list(rows, bases, names, words[owner]) for key, (owner, rows, bases) in found.items()}


# ---- a copy: which declaration, whose, its rows ----

COLUMNS = (
    "line__declaration", "line__position", "line__item", "line__description", "line__hs", "line__quantity", "share_numerator",
    "share_denominator", "price", "how", "made_in", "seller_name", "sourcing", "sourcing__seller",
)  # fmt: skip
Copy = tuple[UUID, list[list[Any]], dict[str, str]]


def _entered(keys: set[UUID]) -> dict[UUID, Copy]:
    """What copies of these lists hold, from the rows that were signed; two queries."""
    if not keys:
        return {}
    lines = Source.objects.filter(line__declaration__in=keys).order_by(
        "line__declaration", "line__position", "position"
    )
    of_list: dict[UUID, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in lines.values(*COLUMNS):
        of_list[row["line__declaration"]][row["line__position"]].append(row)
    names = [f"costs__{name}" for name in (*OWN, *EXCLUDED, "net")]
    costs = {
        row["pk"]: row
        for row in Declaration.objects.filter(pk__in=keys).values(
            "pk", "organisation", "price", "vehicle_facts", *names
        )
    }
    found = {}
    for key, said in costs.items():
        rows = [
            _row(nth, at, row)
            for nth, (_, same) in enumerate(sorted(of_list[key].items()))
            for at, row in enumerate(same)
        ]
        price = said["vehicle_facts"].get(EX_WORKS) or said["price"] or ""
        found[key] = said["organisation"], rows, {"net_cost": _net(rows, said), EX_WORKS: str(price)}
    return found


def _row(nth: int, at: int, row: dict[str, Any]) -> list[Any]:
    value = row["line__quantity"] * row["share_numerator"] / row["share_denominator"] * (row["price"] or ZERO)
    return [
        nth, at, row["line__item"], row["line__description"], row["line__hs"], row["seller_name"], row["how"],
        None if row["price"] is None else str(row["price"]), str(value), row["sourcing"] and row["sourcing"].hex,
        row["sourcing__seller"] and row["sourcing__seller"].hex, str(row["made_in"] or ""), str(row["line__quantity"]),
        str(Fraction(row["share_numerator"], row["share_denominator"])),
    ]  # fmt: skip


def _net(rows: list[list[Any]], costs: dict[str, Any]) -> str:
    """Net cost: stated, or what is paid for parts and added, less what the law excludes; nothing where a part has no price."""
    if costs["costs__net"] is not None:
        return str(costs["costs__net"])
    if any(row[6] == "made" and row[7] is None for row in rows):
        return ""
    own = sum((costs[f"costs__{name}"] or ZERO for name in OWN), ZERO)
    paid = sum((Decimal(row[8]) for row in rows), ZERO)
    return str(paid + own - sum((costs[f"costs__{name}"] or ZERO for name in EXCLUDED), ZERO))


def _list(rows: list[list[Any]], bases: dict[str, str], names: dict[str, str], words: dict[str, str]) -> OwnList:
    base, ex_works = (Decimal(bases[name]) if bases[name] else None for name in ("net_cost", EX_WORKS))
    lines: dict[int, list[OwnLine]] = {}
    for nth, at, item, said, hs, seller, how, price, value, sale, key, *rest in rows:
        paid = Decimal(value)
        lines.setdefault(nth, []).append(OwnLine(
            nth, at, item, said or words.get(item, ""), hs, names.get(key) or seller, how, None if price is None else Decimal(price),
            paid, UUID(sale) if sale else None, UUID(key) if key else None, rest[0], Decimal(rest[1]), rest[2],
            WHOLE * paid / base if base else ZERO,
        ))  # fmt: skip
    return OwnList(lines, base, ex_works)
