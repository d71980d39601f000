"""Rows of the gap list: one a sale that lacks an answer, with the verdicts it bears on and what it decides of them."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from tracing import disclosure
from tracing.disclosure.gaps import NOTHING, OpenLine
from tracing.engine.ranking import Bar
from tracing.models import Vehicle
from tracing.sales import Sale

KINDS = {
    "missing": "missing", "undetermined": "not told under this law", "unclassified": "without an HS code", "refused": "refused",
    "cannot": "cannot be obtained", "expired": "expired", "withdrawn": "withdrawn", "expiring": "expires within 90 days",
    "contradictory": "contradictory", "review": "waits for review", "below": "incomplete below this supplier",
}  # fmt: skip


@dataclass(eq=False)
class Told:
    """What one law in one reading says of one vehicle: the open lines that surely decide it and the others, the open tests that
    prices move, and whether those are all that is open."""

    vehicle: Vehicle
    law: str
    reading: str
    verdict: str
    deciding: list[OpenLine]
    idle: list[OpenLine]
    bars: list[Bar]
    whole: bool

    @property
    def lines(self) -> list[OpenLine]:
        return [*self.deciding, *self.idle]

    @property
    def name(self) -> tuple[UUID, str, str]:
        return self.vehicle.pk, self.law, self.reading


@dataclass
class Row:
    """One sale (or one line that nobody on the portal sells) that lacks an answer, over all verdicts it bears on.

    ``sale`` is the sale's key. ``uses`` are the verdicts that it decides or may decide; ``alone`` those it decides by itself,
    ``together`` is the smallest set of answers with it that decides some verdict, ``decides`` how many it surely takes part in
    deciding, ``perhaps`` how many it may. ``order`` sorts by that; ``points`` is text, in bands below a supplier;
    ``duty`` is a year's, by currency.
    """

    key: str
    kind: str
    item: str
    description: str
    hs: str
    seller: str
    seller_key: UUID | None = None
    how: str = "bought"
    sale: UUID | None = None
    note: str = ""
    act: str = ""
    uses: list[tuple[Told, OpenLine]] = field(default_factory=list)
    duty: list[tuple[str, Decimal]] = field(default_factory=list)
    holders: dict[UUID, Vehicle] = field(default_factory=dict)
    held: str = ""
    silent: list[str] = field(default_factory=list)
    alone: list[tuple[Told, OpenLine]] = field(default_factory=list)
    both: bool = False
    together: int | None = None
    decides: int = 0
    perhaps: int = 0
    stake: Decimal = Decimal(0)
    direct: bool = False
    lacks: bool = False
    last: OpenLine | None = None

    def hold(self, vehicle: Vehicle, line: OpenLine) -> None:
        """One vehicle of which this line is open."""
        self.lacks = True
        self.holders[vehicle.pk] = vehicle
        self.kind = line.kind if self.kind == "below" else self.kind
        self.direct = self.direct or line.kind != "below"
        if line is not self.last:
            self.last, self.stake = line, max(self.stake, line.stake)

    def weigh(self, told: Told, line: OpenLine) -> None:
        """One open verdict that it decides, alone or in a set, or may decide."""
        self.uses.append((told, line))
        self.perhaps += line.perhaps
        if (rank := line.rank) is NOTHING:
            return
        known = rank.together.known
        self.decides += 1
        self.together = min(known, self.together or known) if known else self.together
        if rank.passes or rank.fails:
            self.alone.append((told, line))
            self.both = self.both or rank.both

    @property
    def vehicles(self) -> list[Vehicle]:
        return list(self.holders.values())

    @property
    def points(self) -> str:
        return disclosure.worth(self.stake, direct=self.direct) if self.lacks else ""

    @property
    def order(self) -> tuple[Any, ...]:
        return (
            0 if self.both else 1 if self.alone else 2, self.together or 10**6, -len(self.alone) or -self.decides, -self.perhaps,
            -self.stake, self.item, self.key,
        )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the law in view (``every``: all that decide something), and what rows must be like."""

    law: str = ""
    kind: str = ""
    vehicle: str = ""
    programme: str = ""
    supplier: str = ""


def asked(given: Any) -> Asked:
    """From an address; an unknown kind is left out, what is not there finds nothing."""
    said = {name: given.get(name, "").strip()[:80] for name in ("law", "kind", "vehicle", "programme", "supplier")}
    return Asked(**said | {"kind": said["kind"] if said["kind"] in KINDS else ""})


def of_line(told: Told, line: OpenLine) -> Row:
    """The row of an open line that no row stands for yet."""
    own = line.own
    key = str(own.sale or f"{told.vehicle.pk}.{own.line}.{own.source}")
    return Row(key, line.kind, own.item, own.description, own.hs, own.seller, own.seller_key, own.how, own.sale)


def of_sale(sale: Sale, kind: str, note: str, act: str = "Ask") -> Row:
    """The row of a sale whose answer counts and that still needs somebody."""
    return Row(
        str(sale.pk),
        kind,
        sale.item,
        sale.description,
        sale.hs,
        sale.seller,
        sale.seller_id,
        "bought",
        sale.pk,
        note,
        act,
    )
