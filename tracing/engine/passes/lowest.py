"""The pass of methods that take the lower of what a source may count and of what was counted inside it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from tracing.engine.closing import Scene
from tracing.engine.facts import Ints
from tracing.engine.labour import high_wage
from tracing.engine.loops.errors import errors
from tracing.engine.loops.lowest import lowest
from tracing.engine.methods.column import BEST, DECLARED, WORST, Chosen, price_of
from tracing.engine.methods.traced import Traced
from tracing.engine.methods.whole import Whole
from tracing.engine.passes.costs import Costs
from tracing.engine.passes.one import Floats, Pass
from tracing.engine.passes.shape import Bools, Extent, Shape
from tracing.engine.passes.stage import MUCH, ZERO, Stage, Wordings
from tracing.engine.runs import always
from tracing.engine.supply import Node, Source

BOUNDS = (WORST, DECLARED, BEST)
WIDTH = len(BOUNDS)
NO_CAP = 2**61


@dataclass(frozen=True)
class Said:
    """What one wording counts by itself at each bound, or at most where what is inside it is looked at."""

    amounts: tuple[Fraction, ...]
    looks: tuple[bool, ...]
    reason: str = ""


Ask = Callable[[Source, Node | None], Said]


class Lowest(Pass):
    """``values`` int64 [N * 3]: what one unit counts at worst, as declared and at best."""

    def __init__(
        self, shape: Shape, stage: Stage, costs: Costs, memory: dict[Any, Any], method: Callable[[Stage], Ask]
    ):
        super().__init__(shape, stage, costs, memory)
        self.method, self.consigned = method, method is high_wages
        self.law = "nafta" if method is traced else None
        self.values, self.base = (np.zeros(shape.rows * WIDTH, dtype=np.int64) for _ in range(2))
        self.caps = np.zeros(len(shape.slot) * WIDTH, dtype=np.int64)
        self.through, self.free = (np.zeros(len(shape.slot), dtype=np.int64) for _ in range(2))

    def lower(self, extent: Extent, found: Wordings) -> None:
        asked, at = self.ask(extent, found, self.method(self.stage)), extent.at
        looks = asked.flags(lambda one: one.looks)
        frees = asked.flags(lambda one: [amount >= MUCH / 2 for amount in one.amounts])
        # What the customer consigns passes nothing up, but for the wages that were paid for it.
        passes = np.ones(len(extent.sources), dtype=bool) if self.consigned else extent.passes
        weight = np.where(passes, extent.weight, 0)
        sizes: list[Ints] = []
        base, caps = self.base.reshape(-1, WIDTH), self.caps.reshape(-1, WIDTH)
        for nth in range(WIDTH):
            free = frees[:, nth]
            amounts = asked.amounts(partial(_told, nth))
            sizes.append(amounts)
            inside = looks[:, nth]
            base[extent.rows, nth] = extent.by_row(np.where(inside, 0, weight * amounts))
            caps[extent.slots, nth] = np.where(inside[at], np.where(free[at], NO_CAP, weight[at] * amounts[at]), 0)
        through = np.where(looks.any(axis=1) & passes, extent.below, 0)
        self.through[extent.slots] = through[at]
        self.free[extent.slots] = np.where((looks & frees).any(axis=1), through, 0)[at]
        self.weigh(self.size, extent, sizes)
        self.rough[extent.rows] = extent.by_row(np.where(asked.rough, weight, 0))
        apart = (looks[:, 0] != looks[:, 2]) | (~looks[:, 0] & (sizes[0] != sizes[2]))
        self.set_alone(extent, asked, apart & (weight != 0))

    def proofs(self) -> Iterable[tuple[Floats, Ints, Ints]]:
        return [(self.size, self.free, self.through)]

    def differs(self, row: int, slots: slice) -> Bools:
        inside = self.through[slots][:, None] * self.values.reshape(-1, WIDTH)[self.shape.col[slots]]
        counted = np.minimum(inside, self.caps.reshape(-1, WIDTH)[slots])
        found: Bools = counted[:, 0] != counted[:, 2]
        return found

    def sweep(self, rows: Ints) -> None:
        shape = self.shape
        lowest(rows, shape.ptr, shape.col, self.through, self.caps, shape.den, self.base, self.values)
        errors(rows, shape.ptr, shape.col, self.through, shape.den, self.rough, self.halves)


def _told(nth: int, one: Said) -> Fraction:
    """An amount at one bound; nothing where only what is inside limits it."""
    return ZERO if one.amounts[nth] >= MUCH / 2 else one.amounts[nth]


class _Below(dict[str, Fraction]):
    """The same amount inside every part."""

    def __init__(self, amount: Fraction):
        super().__init__()
        self.amount = amount

    def __missing__(self, _: str) -> Fraction:
        return self.amount


def traced(stage: Stage) -> Ask:
    """NAFTA's tracing, asked one wording at a time."""

    def count(bound: str, inside: Fraction, source: Source, _: Node | None) -> Chosen:
        column = Traced(stage.ground, always(bound))
        column.values = _Below(inside)
        return column.counted(source)

    return _said(count)


def whole(stage: Stage) -> Ask:
    """Parts that count whole or not at all, asked one wording at a time."""

    def count(bound: str, inside: Fraction, source: Source, _: Node | None) -> Chosen:
        column = Whole(stage.ground, always(bound))
        column.inside = _Below(inside)
        return column.counted(source)

    return _said(count)


def high_wages(stage: Stage) -> Ask:
    """Value of materials made at qualifying plants, asked one wording at a time (UR 18(7), (21))."""

    def count(bound: str, inside: Fraction, source: Source, child: Node | None) -> Chosen:
        value = price_of(source) * stage.ground.costs.rates[source.key[0]]
        if source.how == "made" and source.price is None:
            value = stage.ground.costs.of_source[source.key]
        scene = Scene(stage, always(bound), None)  # type: ignore[arg-type]
        return Chosen(high_wage(scene, source, child, value, inside), "")

    return _said(count)


def _said(count: Callable[[str, Fraction, Source, Node | None], Chosen]) -> Ask:
    """A part's own amounts with nothing inside and with more inside than anything is worth: where they differ, it is looked into."""

    def said(source: Source, child: Node | None) -> Said:
        chosen = [count(bound, ZERO, source, child) for bound in BOUNDS]
        low = [one.amount for one in chosen]
        high = [count(bound, MUCH, source, child).amount for bound in BOUNDS]
        return Said(tuple(high), tuple(one != other for one, other in zip(low, high, strict=True)), chosen[0].missing)

    return said
