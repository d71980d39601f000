"""A whole fleet under every rulebook and reading: one pass for each method, then each vehicle's tests from its own sums."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tracing.engine.elected import elections_of
from tracing.engine.facts import FleetFacts
from tracing.engine.fleet import TooLarge, reach
from tracing.engine.hslists import digits
from tracing.engine.label import own_budget
from tracing.engine.loops.below import below
from tracing.engine.opens import Open, open_lines
from tracing.engine.passes import lowest
from tracing.engine.passes.absorb import Absorbed
from tracing.engine.passes.closing import Standing, near
from tracing.engine.passes.content import Content
from tracing.engine.passes.costs import Costs
from tracing.engine.passes.label import Labelled
from tracing.engine.passes.leads import leads_to_core_parts
from tracing.engine.passes.lowest import Lowest
from tracing.engine.passes.money import MICRO, NANO
from tracing.engine.passes.one import Pass
from tracing.engine.passes.opening import Opening
from tracing.engine.passes.rows import Unheld
from tracing.engine.passes.shape import Extent, Shape, all_of, part_of, reshaped, shape_of
from tracing.engine.passes.stage import Stage, Wordings, node_of, wordings
from tracing.engine.passes.supplies import supply_from
from tracing.engine.passes.touched import touched
from tracing.engine.result import TestResult, said_of, verdict_of
from tracing.engine.rulebook import Rulebook
from tracing.engine.rules import Good, NoRuleOnThatDay, Rules
from tracing.engine.runs import Run
from tracing.engine.supply import Node

AFTERWARDS = frozenset({"us_share_of", "canada_2018_cap", "core_rollup", "core_average_equal", "us_2026_traces"})
"""Switches that are read when a vehicle is closed (or that choose the method), so that their readings share a pass."""
FULL_ABOVE = 20
"""Above rows / 20 changed, everything is asked and added up anew."""


@dataclass(frozen=True)
class Verdict:
    """One good under one rulebook and reading. ``exact`` where the exact run decided it and not the integers.

    ``open`` are the lines of its own list of parts that count otherwise at worst than at best: line, source, reason.
    ``budget`` is its maker's own findings under the label, where it has any (label.py).
    """

    good: str
    number: int
    rules: Rules = field(repr=False)
    tests: tuple[TestResult, ...]
    kind: str
    currency: str
    exact: bool = False
    open: Open = field(default_factory=list)
    budget: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return verdict_of(self.tests)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, every number a string, as the head of a whole result has it; and the good's own open lines."""
        said = said_of(self.rules, self.good, self.kind, self.currency, self.tests)
        return said | {"open": [list(row) for row in self.open]} | ({"budget": self.budget} if self.budget else {})


@dataclass(frozen=True)
class Context:
    """What makes the columns of two goods the same."""

    rules: Rules = field(repr=False)
    good: Good = field(repr=False)
    key: tuple[Any, ...]


class Words:
    """The wordings of an extent, for each law that asks."""

    def __init__(self, extent: Extent):
        self.extent = extent
        self._found: dict[str | None, Wordings] = {}

    def of(self, law: str | None) -> Wordings:
        """As far as that law can ask for them."""
        if law not in self._found:
            self._found[law] = wordings(self.extent.shape.facts, self.extent.sources, law)
        return self._found[law]


class Roll:
    """The passes over one fleet on one day; each is made when a verdict first asks for it, and kept up to date by ``change``.

    Every vehicle is rolled by itself, as a trace of the portal computes it; averaging over vehicles is for a dossier of them.
    """

    def __init__(self, facts: FleetFacts, *, digits: int = NANO, memory: dict[Any, Any] | None = None):
        self.facts, self.digits = facts, digits
        self.shape: Shape = shape_of(facts)
        self.memory = {} if memory is None else memory
        self.passes: dict[Any, Pass | Unheld] = {}
        self._leads: dict[tuple[str, ...], npt.NDArray[np.bool_]] = {}
        self._everything: Words | None = None

    # ---- verdicts ----

    def verdicts(self, rulebooks: Iterable[Rulebook], goods: Iterable[int] | None = None) -> Iterator[Verdict]:
        """Every good (or these, by their number) under every rulebook in every reading that covers it."""
        wanted = self.facts.goods.tolist() if goods is None else list(goods)
        for rulebook in rulebooks:
            for reading in rulebook.readings():
                rules = rulebook.on(self.facts.on, reading.switches)
                for nth in wanted:
                    try:
                        yield self.verdict(nth, rules)
                    except NoRuleOnThatDay:
                        continue

    def verdict(self, nth: int, rules: Rules) -> Verdict:
        """One good under one law. Raises NoRuleOnThatDay, Refused where nothing can be computed, and TooLarge where amounts of
        this size do not fit even in millionths of the currency; finer units give way to coarser ones by themselves."""
        try:
            return self._verdict(nth, rules)
        except TooLarge:
            if self.digits == MICRO:
                raise
            self.digits -= 1
            self.passes.clear()
            return self.verdict(nth, rules)

    def _verdict(self, nth: int, rules: Rules) -> Verdict:
        top = self.top(nth)
        context = self._context(top, rules)
        standing, said = self._standing(nth, context), (context.good.name, self.facts.currency)
        if standing is not None and not standing.beyond():
            found = standing.tests()
            if not any(near(standing, test) for test in found):
                return Verdict(top.name, nth, rules, found, *said, open=standing.opened(found))
        run = Run(supply_from(self.facts, self.shape.starts, nth), rules)
        exact = tuple(run.tests())
        opens = open_lines(run, exact)
        return Verdict(top.name, nth, rules, exact, *said, exact=True, open=opens, budget=own_budget(run))

    def top(self, nth: int) -> Node:
        """A good without what is inside it."""
        return node_of(self.facts, nth)

    def _standing(self, nth: int, context: Context) -> Standing | None:
        """What the passes say of one good; None where no pass holds its method."""
        if context.good.method == "heavy":
            return None
        found = self._pass(context, Stage(self.facts, context.rules, nth))
        if isinstance(found, Unheld):
            return None
        if isinstance(found, Absorbed) and self._looks_inside(nth, context, found):
            return Opening(self, nth, context.rules, context.good, found)
        return Standing(self, nth, context.rules, context.good, found)

    def _looks_inside(self, nth: int, context: Context, found: Absorbed) -> bool:
        """Whether a test of this vehicle asks for more than its sums: core parts, a battery pack, wages, a lawful choice."""
        row, kinds = int(self.shape.row[nth]), {test.kind for test in context.good.tests}
        paid = "labour" in kinds and self.wages
        cored = "core_parts" in kinds and bool(self.leads(())[nth])
        return bool(found.choices[row] or found.far[row]) or paid or cored or "pack" in kinds

    # ---- passes ----

    def _context(self, top: Node, rules: Rules) -> Context:
        good = rules.good_for(top)
        elected = tuple(sorted(elections_of(top)))
        switches = tuple(sorted((key, value) for key, value in rules.switches.items() if key not in AFTERWARDS))
        return Context(rules, good, (rules.rulebook.id, good.name, good.method, good.use, elected, switches))

    def _pass(self, context: Context, stage: Stage) -> Pass | Unheld | None:
        key = context.key
        if key in self.passes:
            return self.passes[key]
        match context.good.method:
            case "traced":
                return self._made(key, stage, partial(Lowest, method=lowest.traced))
            case "whole":
                return self._made(key, stage, partial(Lowest, method=lowest.whole))
            case "absorb":
                return self._made(key, stage, partial(Absorbed, goods=self._goods(context)))
            case "label":
                return self._made(key, stage, Labelled)
        return None

    def _made(self, key: tuple[Any, ...], stage: Stage, make: Any) -> Pass | Unheld:
        """The pass of that key, asked and added up when it is first wanted."""
        if key not in self.passes:
            made = make(self.shape, stage, self.cost(stage), self.memory.setdefault(key, {}))
            try:
                self._complete(made)
            except Unheld as why:
                self.passes[key] = why
                return why
            self.passes[key] = made
        return self.passes[key]

    def _complete(self, one: Pass) -> None:
        if self._everything is None:
            self._everything = Words(all_of(self.shape))
        one.lower(self._everything.extent, self._everything.of(one.law))
        one.run(self._everything.extent.rows)

    def _goods(self, context: Context) -> dict[int, Good]:
        """How each good of the fleet that this context holds is computed, by its position."""
        found = {}
        for nth in self.facts.goods.tolist():
            try:
                other = self._context(self.top(nth), context.rules)
            except NoRuleOnThatDay:
                continue
            if other.key == context.key:
                found[int(self.shape.row[nth])] = other.good
        return found

    def cost(self, stage: Stage) -> Costs:
        """The costs in the dossier's currency under a law's exchange rates."""
        key = ("costs", *self._rates(stage))
        if key not in self.passes:
            made = Costs(self.shape, stage, self.digits, self.memory.setdefault(key, {}))
            self._complete(made)
            made.measure()
            self.passes[key] = made
        found = self.passes[key]
        assert isinstance(found, Costs)
        return found

    def content(self, stage: Stage) -> Content:
        """The content by country; shared by all laws with one territory and one set of rates."""
        found = self._made(("content", *self._rates(stage), tuple(sorted(stage.ground.territory))), stage, Content)
        assert isinstance(found, Content)
        return found

    def high_wages(self, stage: Stage, rules: Rules) -> Lowest:
        """Value made at plants that pay high wages, inside every part."""
        key = ("high_wages", rules.rulebook.id, tuple(sorted(rules.switches.items())), *self._rates(stage))
        found = self._made(key, stage, partial(Lowest, method=lowest.high_wages))
        assert isinstance(found, Lowest)
        return found

    def _rates(self, stage: Stage) -> tuple[Any, ...]:
        law = stage.ground.law
        return (law,) if any(row.get("law") == law for row in self.facts.rates) else ()

    # ---- what lies where ----

    @property
    def wages(self) -> bool:
        """Whether any plant's wage is stated: without one no labour value is found."""
        return any(plant.get("hourly") is not None for plant in self.facts.plants.values())

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each declaration by its name."""
        return {name: nth for nth, name in enumerate(self.facts.names)}

    def leads(self, codes: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Which declarations are core parts or hold one: by claim, and by these codes where nothing is claimed. bool [D]"""
        if codes not in self._leads:
            self._leads[codes] = leads_to_core_parts(self.shape, tuple(digits(code) for code in codes))
        return self._leads[codes]

    def above(self, nodes: Iterable[int]) -> set[int]:
        """The goods that hold any of these declarations, at whatever depth, or are one of them."""
        wanted = np.unique(np.fromiter(nodes, dtype=np.int64))
        if not len(wanted):
            return set()
        facts, row = self.facts, self.shape.row
        rows = row[np.concatenate([wanted, facts.asker[np.isin(facts.child, wanted)]])]
        reached = set(reach(self.shape.fleet, np.unique(rows[rows >= 0])).tolist())
        return {nth for nth in facts.goods.tolist() if int(row[nth]) in reached}

    def lines_below(self, goods: Iterable[int]) -> dict[int, int]:
        """How many sources stand in and below each of these goods, each counted once."""
        shape, starts = self.shape, self.shape.starts
        held = (starts[1:] - starts[:-1])[shape.node]
        seen = np.zeros(shape.rows, dtype=np.int64)
        waiting = np.zeros(shape.rows, dtype=np.int64)
        return {
            nth: int(below(int(shape.row[nth]), mark + 1, shape.ptr, shape.col, held, seen, waiting))
            for mark, nth in enumerate(goods)
        }

    # ---- change ----

    def change(self, facts: FleetFacts, changed: Iterable[int]) -> list[int]:
        """Take over facts in which only these declarations (by number) say something else, or are answered otherwise.

        Asks and adds up only what they reach; everything where that is more than a twentieth, or where who holds whom has
        changed. Answers the numbers of the goods whose verdicts may differ.
        """
        shape = reshaped(self.shape, facts)
        named = np.unique(np.fromiter(changed, dtype=np.int64))
        rows = np.zeros(0, dtype=np.int64) if shape is None else touched(shape, named)
        if shape is None or FULL_ABOVE * len(rows) > shape.rows:
            self.__init__(facts, digits=self.digits, memory=self.memory)  # type: ignore[misc]
            return [int(nth) for nth in facts.goods]
        self.facts, self.shape, self._everything = facts, shape, None
        self._leads = {}
        self.__dict__.pop("number", None)
        reached = reach(shape.fleet, rows).astype(np.int64)
        words = Words(part_of(shape, rows))
        for one in self.passes.values():
            if isinstance(one, Pass):
                one.shape, one.stage = shape, Stage(facts, one.stage.rules, one.stage.number)
        for one in sorted(
            (one for one in self.passes.values() if isinstance(one, Pass)), key=lambda one: not isinstance(one, Costs)
        ):
            one.lower(words.extent, words.of(one.law))
            one.run(reached)
            if isinstance(one, Costs):
                one.measure()
        return [
            nth
            for nth in facts.goods.tolist()
            if np.searchsorted(reached, shape.row[nth], "right") > np.searchsorted(reached, shape.row[nth])
        ]
