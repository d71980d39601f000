"""What closes a vehicle: the law's own tests, asked of a vehicle whose columns were summed by a pass."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracing.engine.closing import KINDS, Figure, Scene
from tracing.engine.methods.absorb import Absorb, Value
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO, Column, Ground
from tracing.engine.methods.content import UNTRACED
from tracing.engine.methods.costs import Cost
from tracing.engine.methods.label import Label
from tracing.engine.methods.traced import Traced
from tracing.engine.methods.whole import Whole
from tracing.engine.opens import Open, joined, moved
from tracing.engine.passes.absorb import Absorbed
from tracing.engine.passes.content import Content
from tracing.engine.passes.label import Labelled
from tracing.engine.passes.lowest import Lowest
from tracing.engine.passes.stage import Stage
from tracing.engine.result import TestResult
from tracing.engine.rules import Good, Rules, Test
from tracing.engine.runs import CONTENT_KINDS, always
from tracing.engine.supply import REGION, Supply

if TYPE_CHECKING:
    from tracing.engine.roll import Roll

BOUNDS = (WORST, DECLARED, BEST)
SURE = frozenset({"claim", "steel", "aluminum", "pack"})
"""Kinds of tests whose figure no pass has rounded."""


@dataclass(frozen=True)
class Summed(Scene):
    """A scene whose stake is one sum: all that nobody traced is taken at the same bound."""

    def stake(self) -> tuple[Fraction, Fraction]:
        said, amount = self.answers(("", -1, -1)), self.run.untraced
        return (amount if said == BEST else ZERO), (amount if said == WORST else ZERO)


class Standing:
    """One good as the passes leave it; stands where the exact run of it would stand for the functions that close a vehicle."""

    def __init__(self, roll: "Roll", nth: int, rules: Rules, good: Good, found: Any):
        self.roll, self.nth, self.rules, self.good, self.found = roll, nth, rules, good, found
        self.row = int(roll.shape.row[nth])
        self.stage = Stage(roll.facts, rules, nth)
        self.costs = roll.cost(self.stage)
        self.unit = self.costs.money.unit
        self.peers: tuple[Any, ...] = ()
        self.units = Fraction(1)
        self.supply = self._supply()
        self.ground = self._ground()
        self.columns = {bound: self._column(at, bound) for at, bound in enumerate(BOUNDS)} if found is not None else {}

    def _supply(self) -> Supply:
        """The good alone: its sums tell the rest."""
        top = self.roll.top(self.nth)
        return Supply(self.roll.facts.dossier, top.name, {top.name: top}, (top.name,))

    def _ground(self) -> Ground:
        ground = Ground(self.supply, self.rules)
        ground.costs.of[self.supply.good] = self._cost()
        return ground

    def _cost(self) -> Cost | None:
        if not self.costs.known[self.row]:
            return None
        total, excluded, net = (self.money(int(self.costs.values[self.row * 3 + k])) for k in range(3))
        return Cost(total, excluded, net, total)

    def money(self, units: int) -> Fraction:
        return Fraction(units, self.unit)

    # ---- the columns ----

    def _column(self, at: int, bound: str) -> Column:
        if isinstance(self.found, Absorbed):
            return self._absorbed(at, bound)
        if isinstance(self.found, Labelled):
            labelled = Label(self.ground, always(bound))
            labelled.counted = self.money(self.found.counted(self.row, at))
            labelled.value = self.money(int(self.found.equipment[self.row]))
            return labelled
        assert isinstance(self.found, Lowest)
        amount = self.money(int(self.found.values[self.row * 3 + at]))
        if self.good.method == "whole":
            whole = Whole(self.ground, always(bound))
            whole.inside = {self.supply.good: amount}
            stated = self.supply.top.facts.get("customs_value")
            whole.base = None if stated is None else Fraction(stated) * whole.rate(self.supply.top)
            return whole
        traced = Traced(self.ground, always(bound))
        traced.values = {self.supply.good: amount}
        return traced

    def _absorbed(self, at: int, bound: str) -> Column:
        column, found = Absorb(self.ground, always(bound)), self.found
        base = self.good.answers["base"]
        by_net, over = base == "net_cost", self.ground.base(self.supply.top, base)
        column.threshold = next((test.threshold for test in self.good.tests if test.kind == "rvc"), None) or ZERO
        column.status, column.entries, column.why = {}, {}, {}
        column.good = None
        if over is not None:
            more = self.money(found.more(self.row, at)) if by_net else ZERO
            cost = self.ground.costs.of[self.supply.good]
            column.good = Value(
                over + more, self.money(found.vnm(self.row, at, by_net=by_net)), (cost.total if cost else over) + more
            )
        return column

    @cached_property
    def content(self) -> "Contents":
        """Content by country, as the closing functions ask a run for it."""
        return Contents(self)

    @cached_property
    def untraced(self) -> Fraction:
        """What of it nobody told."""
        return self.money(self.content.passed.open_in(self.row))

    # ---- the tests ----

    def tests(self) -> tuple[TestResult, ...]:
        """Every test at its three bounds."""
        return tuple(
            TestResult.of(test, [self.figure(test, at, bound) for at, bound in enumerate(BOUNDS)])
            for test in self.good.tests
        )

    def figure(self, test: Test, at: int, bound: str) -> Figure:
        """One test at one bound."""
        return KINDS[test.kind](Summed(self, always(bound), self.columns.get(bound)), test)  # type: ignore[arg-type]

    def opened(self, tests: tuple[TestResult, ...]) -> Open:
        """The open lines of the good: line, source, reason."""
        kinds, found = moved(tests), list[tuple[int, int, str]]()
        if self.found is not None and kinds - CONTENT_KINDS:
            found += self._of_method()
        if kinds and (self.found is None or kinds & CONTENT_KINDS):
            found += self.content.passed.opened(self.nth)
        return joined(found)

    def _of_method(self) -> Open:
        opened: Open = self.found.opened(self.nth)
        return opened

    def beyond(self) -> bool:
        """Whether these sums do not tell: a comparison that lies too near, or what only an opened vehicle shows."""
        return isinstance(self.found, Labelled) and bool(self.found.far[self.row])

    @cached_property
    def slack(self) -> Fraction:
        """How far any amount that closes this good may lie from the exact one."""
        halves = int(self.costs.halves[self.row])
        if self.found is not None:
            halves += int(self.found.halves[self.row])
        if any(test.kind in {"share", "activities", "rvc"} for test in self.good.tests) and self.found is None:
            halves += int(self.content.passed.halves[self.row])
        return Fraction(halves + 2, 2 * self.unit)


class Contents:
    """Content by country of one good: its inputs, and its own value where it is made."""

    def __init__(self, standing: Standing):
        self._standing = standing

    @property
    def passed(self) -> Content:
        """The pass that summed it."""
        return self._standing.roll.content(self._standing.stage)

    @cached_property
    def base(self) -> Fraction:
        """Net cost of the good, or its price where no cost is stated."""
        ground = self._standing.ground
        cost = ground.costs.of[self._standing.supply.good]
        return cost.net if cost else ground.price(self._standing.supply.top) or ZERO

    @cached_property
    def good(self) -> dict[str, Fraction]:
        standing, top = self._standing, self._standing.supply.top
        found = {place: standing.money(amount) for place, amount in self.passed.of(standing.row).items()}
        left = self.base - sum(found.values(), ZERO)
        rate = standing.ground.costs.rates[top.name]
        for country, amount in (top.facts.get("own_value") or {}).items():
            found[country] = found.get(country, ZERO) + amount * rate
            left -= amount * rate
        place = top.made_in or UNTRACED
        found[place] = found.get(place, ZERO) + left
        return found


def near(standing: Standing, test: TestResult) -> bool:
    """Whether a test's percentage lies so near to what is required that only the exact run may decide."""
    if test.absent or test.test.threshold is None or test.test.kind in SURE:
        return False
    over = _measured_over(standing, test)
    if over <= 0:
        return True
    slack = 800 * standing.slack / over
    return any(
        value is not None and abs(value - test.test.threshold) <= slack
        for value in (test.worst, test.declared, test.best)
    )


def _measured_over(standing: Standing, test: TestResult) -> Fraction:
    """The least that a percentage of this test is measured over, in currency."""
    if test.test.kind in {"rvc", "non_originating", "content", "whole"} and standing.found is not None:
        return min((column.net for column in standing.columns.values()), default=ZERO)  # type: ignore[attr-defined]
    regional = sum((amount for place, amount in standing.content.good.items() if place in REGION), ZERO)
    base = standing.content.base
    return base if test.test.of == "total" else min(regional, base / 2)
