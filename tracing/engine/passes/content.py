"""The pass of content by country: who added the price, and how much of it nobody told."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tracing.engine.facts import Ints
from tracing.engine.loops import linear as loop
from tracing.engine.loops.errors import errors
from tracing.engine.methods.column import WORST
from tracing.engine.methods.content import CHARGES, UNTRACED, ByCountry
from tracing.engine.passes.costs import ALL, Costs, own_value
from tracing.engine.passes.money import in_sellers_units
from tracing.engine.passes.one import Floats, Pass
from tracing.engine.passes.shape import Bools, Extent, Shape
from tracing.engine.passes.stage import ZERO, Stage, Wordings
from tracing.engine.runs import always
from tracing.engine.supply import Node, Source

PLACES = ("US", "CA", "MX", "elsewhere", CHARGES, UNTRACED)
UNTOLD = PLACES.index(UNTRACED)
OPEN = len(PLACES)
WIDTH = OPEN + 1
assert WIDTH == loop.WIDTH, "the loop writes its columns out"


@dataclass(frozen=True)
class Said:
    """What one wording brings by place, whether what is inside it is seen, and where its maker's own value goes."""

    places: tuple[Fraction, ...]
    opened: Fraction
    sees: bool
    home: int
    reason: str = ""


class Content(Pass):
    """``values`` int64 [N * 7]: inputs of one unit by place, and last what of them an open answer stands for. Linear, so that
    one pass serves every bound and every reading."""

    def __init__(self, shape: Shape, stage: Stage, costs: Costs, memory: dict[Any, Any]):
        super().__init__(shape, stage, costs, memory)
        self.values, self.base = (np.zeros(shape.rows * WIDTH, dtype=np.int64) for _ in range(2))
        self.through, self.added = (
            np.zeros(len(shape.slot), dtype=np.int64),
            np.zeros((shape.rows, ALL + 1), dtype=np.int64),
        )
        self.together, self.rounded = np.zeros(shape.rows, dtype=np.int64), np.zeros(shape.rows, dtype=bool)

    def of(self, row: int) -> dict[str, int]:
        """The inputs of one good by place, in units."""
        return {place: int(self.values[row * WIDTH + nth]) for nth, place in enumerate(PLACES)}

    def open_in(self, row: int) -> int:
        """What open answers stand for in one good, in units."""
        return int(self.values[row * WIDTH + OPEN])

    def lower(self, extent: Extent, found: Wordings) -> None:
        asked = self.ask(extent, found, Lowering(self.stage).said)
        named = asked.named(PLACES, lambda one, place: one.places[PLACES.index(place)])
        brought = [named[place] for place in PLACES]
        opened = asked.amounts(lambda one: one.opened)
        sees, home = asked.flags(lambda one: one.sees), asked.flags(lambda one: one.home, int)
        rows, weight = extent.rows, np.where(extent.passes, extent.weight, 0)
        # What a maker adds is what is left of the price: what its inputs hold together depends on no answer below.
        spent = extent.by_row(weight * sum(brought[1:], brought[0]))
        self.together[rows], self.rounded[rows] = (spent + extent.den // 2) // extent.den, spent % extent.den != 0
        factor = self.shape.facts.factor[extent.sources]
        inside = in_sellers_units(
            np.where(sees & (extent.inner >= 0), self.together[extent.inner], 0), factor[:, 0], factor[:, 1]
        )
        self.added[rows] = own_value(self.costs, rows)[:, : ALL + 1]
        reached = sees & (extent.inner >= 0)
        added = [
            in_sellers_units(np.where(reached, self.added[extent.inner, nth], 0), factor[:, 0], factor[:, 1])
            for nth in range(ALL + 1)
        ]
        for nth in range(OPEN):
            stated = added[nth] if nth < ALL else 0
            brought[nth] = brought[nth] + stated - np.where(home == nth, inside + added[ALL], 0)
        opened = np.where(sees, np.where(home == UNTOLD, np.maximum(brought[UNTOLD], 0), 0), opened)
        self.set_alone(extent, asked, (weight != 0) & (opened != 0))
        base = self.base.reshape(-1, WIDTH)
        for nth, amounts in enumerate([*brought, opened]):
            base[rows, nth] = extent.by_row(weight * amounts)
        through = np.where(extent.passes & sees, extent.below, 0)
        self.through[extent.slots] = through[extent.at]
        self.weigh(self.size, extent, [*brought, opened])
        # Half a unit for each step that was rounded: an amount of each place, and what came off the maker's own value.
        self.rough[rows] = extent.by_row(
            (2 * asked.rough + (sees & self.rounded[extent.inner]) + 2 * (added[ALL] != 0)) * weight
        )

    def proofs(self) -> Iterable[tuple[Floats, Ints, Ints]]:
        return [(self.size, self.through, self.through)]

    def differs(self, row: int, slots: slice) -> Bools:
        found: Bools = self.through[slots] * self.values.reshape(-1, WIDTH)[self.shape.col[slots], OPEN] != 0
        return found

    def sweep(self, rows: Ints) -> None:
        shape = self.shape
        loop.linear(rows, shape.ptr, shape.col, self.through, shape.den, self.base, self.values)
        errors(rows, shape.ptr, shape.col, self.through, shape.den, self.rough, self.halves)


class Lowering(ByCountry):
    """The method with nothing known of what is inside a part."""

    def __init__(self, stage: Stage):
        super().__init__(stage.ground, always(WORST))
        self.inputs, self.of_source, self.open_in = {}, {}, {}

    def said(self, source: Source, child: Node | None) -> Said:
        self.missing, self.open_in = {}, {}
        self.inputs = {child.name: {}} if child else {}
        places = [ZERO] * OPEN
        for place, amount in self._source(source).items():
            places[_place(place)] += amount
        sees = self.opens(source)
        home = _place(child.made_in or UNTRACED) if child is not None and sees else -1
        reason = self.missing.get(source.key, "")
        return Said(tuple(places), self.open_in.get(source.key, ZERO), sees, home, reason)


def _place(name: str) -> int:
    return PLACES.index(name) if name in PLACES else PLACES.index("elsewhere")
