"""Rows of the gap list: one a sale that lacks an answer, with the verdicts it bears on and what it decides of them."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from suppliers.models import Sourcing
from tracing import disclosure
from tracing.disclosure.gaps import OpenLine
from tracing.engine import ranking
from tracing.models import Vehicle

KINDS = {
    "missing": "missing", "undetermined": "not told under this law", "unclassified": "without an HS code", "refused": "refused",
    "cannot": "cannot be obtained", "expired": "expired", "withdrawn": "withdrawn", "expiring": "expires within 90 days",
    "contradictory": "contradictory", "review": "waits for review", "below": "incomplete below this supplier",
}  # fmt: skip


@dataclass
class Told:
    """What one law in one reading says of one vehicle: its tests, and the lines that are open."""

    vehicle: Vehicle
    law: str
    reading: str
    verdict: str
    tests: list[dict[str, Any]]
    lines: list[OpenLine]


@dataclass
class Row:
    """One sale (or one line that nobody on the portal sells) that lacks an answer, over all verdicts it bears on.

    ``holders`` are the vehicles of a sale that no verdict hangs on. ``order`` sorts by what it decides; ``points`` is text, in
    bands below a supplier; ``duty`` is a year's, by currency.
    """

    key: str
    line: OpenLine | None
    kind: str
    item: str
    description: str
    hs: str
    seller: str
    how: str = "bought"
    sale: Sourcing | None = None
    note: str = ""
    act: str = ""
    uses: list[tuple[Told, OpenLine]] = field(default_factory=list)
    duty: list[tuple[str, Decimal]] = field(default_factory=list)
    holders: list[Vehicle] = field(default_factory=list)
    held: str = ""
    silent: list[str] = field(default_factory=list)

    @property
    def alone(self) -> list[tuple[Told, OpenLine]]:
        return [one for one in self.uses if one[1].rank.passes or one[1].rank.fails]

    @property
    def together(self) -> int | None:
        """The smallest set of answers with it that decides some verdict."""
        return min((one.rank.together.known for _, one in self.uses if one.rank.together.known), default=None)

    @property
    def decides(self) -> int:
        """How many verdicts it surely takes part in deciding."""
        return sum(one.rank.together != ranking.NEVER for _, one in self.uses)

    @property
    def perhaps(self) -> int:
        return sum(one.perhaps for _, one in self.uses)

    @property
    def vehicles(self) -> list[Vehicle]:
        return list({told.vehicle.pk: told.vehicle for told, _ in self.uses}.values()) or self.holders

    @property
    def stake(self) -> Decimal:
        return max((one.stake for _, one in self.uses), default=Decimal(0))

    @property
    def points(self) -> str:
        if not self.uses:
            return ""
        direct = any(one.direct for _, one in self.uses)
        return f"{self.stake:.1f}" if direct else f"up to {disclosure.ceiling(self.stake)}"

    @property
    def order(self) -> tuple[Any, ...]:
        both = any(one.rank.both for _, one in self.alone)
        return (
            0 if both else 1 if self.alone else 2, self.together or 10**6, -len(self.alone) or -self.decides, -self.perhaps,
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


def row_of(key: str) -> UUID | None:
    """The sale behind a row's key, None where nobody on the portal sells it."""
    return UUID(key) if len(key) == 36 else None


def of_line(key: str, line: OpenLine) -> Row:
    own = line.own
    return Row(key, line, line.kind, own.item, own.description, own.hs, own.seller, own.how)


def of_sale(sale: Sourcing, kind: str, note: str, act: str = "Ask") -> Row:
    part = sale.buyer_part or sale.seller_part
    return Row(
        str(sale.pk), None, kind, part.number, part.description, part.hs, sale.seller.name, "bought", sale, note, act
    )
