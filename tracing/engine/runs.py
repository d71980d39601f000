"""One good under one rulebook: its columns, and every test's value for any choice of what the missing answers are."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from tracing.engine import amounts
from tracing.engine.closing import KINDS, Figure, Scene
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO, Answers, Chosen, Column, Ground, Scale, unrounded
from tracing.engine.methods.content import UNTRACED, ByCountry
from tracing.engine.methods.heavy import Heavy
from tracing.engine.methods.label import Label
from tracing.engine.methods.traced import Traced
from tracing.engine.methods.whole import Whole
from tracing.engine.result import TestResult, holds
from tracing.engine.rules import Rules
from tracing.engine.supply import Key, Source, Supply

METHODS: dict[str, type[Column]] = {
    "traced": Traced, "absorb": Absorb, "heavy": Heavy, "label": Label, "whole": Whole,
}  # fmt: skip
BOUNDS = (WORST, DECLARED, BEST)
CONTENT_KINDS = {"share", "activities"}


def always(bound: str) -> Answers:
    """Every missing answer at the same bound."""
    return lambda _key: bound


class Run:
    """The columns of one good. ``content`` is linear and walked once; ``column`` is walked for each choice of answers."""

    def __init__(self, supply: Supply, rules: Rules, scale: Scale = unrounded, peers: Iterable["Run"] = ()):
        self.ground = Ground(supply, rules)
        self.supply, self.rules, self.good, self.scale = supply, rules, self.ground.good, scale
        self.content = ByCountry(self.ground, always(WORST), scale)
        self.content.walk()
        self.uses = units_below(supply)
        self.peers = tuple(peers)
        self.untraced = self.content.good.get(UNTRACED, ZERO)
        self.of_key = self._stakes()
        kinds = {test.kind for test in self.good.tests}
        self.counts = self.good.method in METHODS
        self.columns = {bound: self.column(always(bound)) for bound in BOUNDS} if self.counts else {}
        self.missing: dict[Key, str] = dict(self.columns[WORST].missing) if self.counts else {}
        if kinds & CONTENT_KINDS or not self.counts:
            self.missing |= {key: why for key, why in self.content.missing.items() if key in self.of_key}
        self.figures = {bound: self._figures(always(bound), self.columns.get(bound)) for bound in BOUNDS}
        self.running = [
            nth for nth, test in enumerate(self.good.tests)
            if test.operator != "none" and test.threshold is not None and not self.figures[WORST][nth].absent
        ]  # fmt: skip

    @property
    def units(self) -> Fraction:
        """Units of the vehicle in its averaging category: all that are made, or those to the countries elected; 1 if not averaged."""
        facts = self.supply.top.facts
        elected, units = (facts.get("elections") or {}).get("averaging"), facts.get("units") or {}
        if not elected or not units:
            return Fraction(1)
        if elected.get("basis") == "exports":
            wanted = elected.get("countries") or []
            return sum((amounts.exact(str(units[place])) for place in wanted if place in units), ZERO)
        return amounts.exact(str(units.get("made") or units.get("expected") or 1))

    def column(self, answers: Answers, *, changed: Iterable[Key] = (), near: Column | None = None) -> Column:
        """A column for these answers; with ``near`` only what lies above the changed answers is walked again."""
        dirty = self._above(changed) if near is not None else None
        column = METHODS[self.good.method](self.ground, answers, self.scale, near, dirty)
        column.walk()  # type: ignore[attr-defined]
        return column

    def _above(self, keys: Iterable[Key]) -> frozenset[str]:
        found, waiting = set(), [key[0] for key in keys]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [source.key[0] for source in self.supply.parents[name]]
        return frozenset(found | {self.supply.good})

    def _figures(self, answers: Answers, column: Column | None) -> list[Figure]:
        scene = Scene(self, answers, column)
        return [KINDS[test.kind](scene, test) for test in self.good.tests]

    def tests(self) -> list[TestResult]:
        """Every test with its three bounds, its ways and why it was not run."""
        return [
            TestResult.of(test, [self.figures[bound][nth] for bound in BOUNDS])
            for nth, test in enumerate(self.good.tests)
        ]

    def values(self, answers: Answers, changed: Iterable[Key], near: str) -> list[Fraction | None]:
        """The values of every test for these answers, walked from the column of one bound."""
        column = self.column(answers, changed=changed, near=self.columns[near]) if self.counts else None
        return [figure.value for figure in self._figures(answers, column)]

    def at(self, best: Iterable[Key], others: str) -> list[Fraction | None]:
        """Values with these answers at their best and the others at one bound."""
        chosen = frozenset(best)
        return self.values(lambda key: BEST if key in chosen else others, chosen, others)

    def without(self, worst: Iterable[Key]) -> list[Fraction | None]:
        """Values with these answers at their worst and the others at their best."""
        chosen = frozenset(worst)
        return self.values(lambda key: WORST if key in chosen else BEST, chosen, BEST)

    def holds(self, values: list[Fraction | None]) -> list[bool]:
        """Which of the tests that run hold at these values."""
        return [holds(self.good.tests[nth], values[nth]) for nth in self.running]

    def chosen(self, source: Source, bound: str) -> Chosen:
        """What a source counts in one column and why; by content, what it brings from outside the region."""
        if self.counts:
            column = self.columns[bound]
            return column.taken(source)  # type: ignore[attr-defined, no-any-return]
        content = self.content.of_source[source.key]
        away = sum((v for c, v in content.items() if c not in self.good.tests[0].region and c != UNTRACED), ZERO)
        return Chosen(away if bound == BEST else away + content.get(UNTRACED, ZERO), self.good.cite)

    def counted(self, source: Source, bound: str) -> Fraction:
        return source.weight * self.chosen(source, bound).amount

    def worth(self, price: Callable[[Source], Fraction]) -> dict[Key, Fraction]:
        """What each source is worth in one good at the given price."""
        worth = {}
        for name, node in self.supply.nodes.items():
            units = Fraction(1) if name == self.supply.good else sum(self.uses[name].values(), ZERO)
            for source in node.sources:
                passes = name == self.supply.good or not source.consigned
                worth[source.key] = units * source.weight * price(source) if passes else ZERO
        return worth

    def _stakes(self) -> dict[Key, Fraction]:
        """What each open answer is worth in the good's content: only on ways that no part from outside the territory closes."""
        opened = units_below(self.supply, self.content.opens)
        found: dict[Key, Fraction] = {}
        for key, amount in self.content.open_in.items():
            source = next(row for row in self.supply.nodes[key[0]].sources if row.key == key)
            top = key[0] == self.supply.good
            units = Fraction(1) if top else sum(opened[key[0]].values(), ZERO)
            if (top or not source.consigned) and units:
                found[key] = units * source.weight * amount
        return found


def units_below(
    supply: Supply, opens: Callable[[Source], bool] = lambda _source: True
) -> dict[str, dict[Key, Fraction]]:
    """How many units of each node stand in one good, below each direct source, on the ways that ``opens`` lets through."""
    uses: dict[str, dict[Key, Fraction]] = {name: {} for name in supply.order}
    for name in reversed(supply.order):
        for source in supply.nodes[name].sources:
            if source.child is None or (source.consigned and name != supply.good) or not opens(source):
                continue
            above = {source.key: Fraction(1)} if name == supply.good else uses[name]
            for via, units in above.items():
                below = uses[source.child]
                below[via] = below.get(via, ZERO) + units * source.weight * source.factor
    return uses
