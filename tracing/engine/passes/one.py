"""What every pass is: one method over a fleet in one context; lowered where something changed, swept where something moved."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from tracing.engine.facts import Ints
from tracing.engine.fleet import TooLarge
from tracing.engine.loops.largest import largest
from tracing.engine.passes.money import SAFE, Money
from tracing.engine.passes.shape import Extent, Shape
from tracing.engine.passes.stage import Stage, Wordings
from tracing.engine.supply import Node, Source

if TYPE_CHECKING:
    from tracing.engine.passes.costs import Costs

Said = TypeVar("Said")
Floats = npt.NDArray[np.float64]
REASONS = ("", "missing", "undetermined", "cannot", "unclassified")
BELOW = "below"


class Asked:
    """The wordings of an extent and what a method said of each, column by column."""

    def __init__(self, extent: Extent, found: Wordings, money: Money, said: list[tuple[Any, ...]]):
        self.extent, self.found, self.money, self.said = extent, found, money, said
        self.rough = np.zeros(len(extent.sources), dtype=bool)

    def amounts(self, of: Callable[[Any], Fraction]) -> Ints:
        """An amount of every source in units; what was rounded is remembered in ``rough``."""
        found, rough = self.money.spread(
            self.found, self.extent.sources, [[of(one) for one in row] for row in self.said]
        )
        self.rough |= rough
        return found

    def named(self, names: Sequence[str], of: Callable[[Any, str], Fraction]) -> dict[str, Ints]:
        """Several amounts by their names."""
        return {name: self.amounts(partial(_of, of, name)) for name in names}

    def flags(self, of: Callable[[Any], Any], kind: type = bool) -> npt.NDArray[Any]:
        """What is the same at every price, of every source."""
        return np.array([of(row[1]) for row in self.said] or [0], dtype=kind)[self.found.of]


def _of(of: Callable[[Any, str], Fraction], name: str, one: Any) -> Fraction:
    return of(one, name)


class Pass:
    """One method in one context. ``lower`` asks the law and weighs; ``sweep`` adds up; ``halves`` int64 [N] bounds the rounding.

    ``memory`` holds what the law said of each wording; it outlives the pass. ``law`` names whose statements are heard.
    """

    law: str | None = None

    def __init__(self, shape: Shape, stage: Stage, costs: "Costs | None", memory: dict[Any, Any]):
        self.shape, self.stage, self.memory = shape, stage, memory
        if costs is not None:
            self.costs = costs
        self.halves = np.zeros(shape.rows, dtype=np.int64)
        self.rough = np.zeros(shape.rows, dtype=np.int64)
        self.size, self.sums = np.zeros(shape.rows), np.zeros(shape.rows)
        self.alone = np.zeros(len(shape.facts.kind), dtype=np.int8)
        self.bounds: dict[int, Floats] = {}

    @property
    def money(self) -> Money:
        return self.costs.money

    def ask(self, extent: Extent, found: Wordings, ask: Callable[[Source, Node | None], Any]) -> Asked:
        return Asked(extent, found, self.money, self.stage.asked(found, ask, self.memory, self.law))

    def run(self, rows: Ints) -> None:
        """Add up these rows (ascending positions) from what stands below them, once it is proved that no integer overflows.

        Raises TooLarge, naming the part where that cannot be shown.
        """
        for nth, (size, passed, looked) in enumerate(self.proofs()):
            self._prove(rows, size, passed, looked, self.bounds.setdefault(nth, np.zeros(self.shape.rows)))
        self.sweep(rows)

    def _prove(self, rows: Ints, size: Floats, passed: Ints, looked: Ints, bound: Floats) -> None:
        shape = self.shape
        largest(rows, shape.ptr, shape.col, passed, looked, shape.den, size, self.sums, bound)
        over = rows[self.sums[rows] >= SAFE]
        if len(over):
            name = shape.facts.names[shape.node[over[0]]]
            places = f"{self.money.digits} places of {shape.facts.currency}"
            raise TooLarge(f"{name}: an amount of it does not fit into 62 bits at {places}", name)

    def proofs(self) -> Iterable[tuple[Floats, Ints, Ints]]:
        """What is proved, as (sizes of the rows' own amounts, weight of what passes up without a limit, weight by which what is
        inside is multiplied at all)."""
        raise TypeError(f"{type(self).__name__} does not say what passes up")

    def lower(self, extent: Extent, found: Wordings) -> None:
        """Ask and weigh the sources of these rows."""
        raise TypeError(f"{type(self).__name__} does not say how it is lowered")

    def set_alone(self, extent: Extent, asked: Asked, differs: npt.NDArray[np.bool_]) -> None:
        """Note which sources count otherwise at worst than at best by themselves, by the number of the reason in REASONS."""
        reason = asked.flags(lambda one: REASONS.index(one.reason), int)
        self.alone[extent.sources] = np.where(differs, reason, 0)

    def differs(self, row: int, slots: slice) -> npt.NDArray[np.bool_]:
        """Which of these slots, of one row, count otherwise at worst than at best for what is inside them."""
        raise TypeError(f"{type(self).__name__} does not say what is open in it")

    def opened(self, nth: int) -> list[tuple[int, int, str]]:
        """The open lines of one declaration (by number): line, source, and why; ``below`` where the open thing is deeper."""
        shape, facts, row = self.shape, self.shape.facts, int(self.shape.row[nth])
        sources = range(int(shape.starts[nth]), int(shape.starts[nth + 1]))
        found = {at: REASONS[self.alone[at]] for at in sources if self.alone[at]}
        if row >= 0:
            slots = slice(int(shape.ptr[row]), int(shape.ptr[row + 1]))
            for at in shape.slot[slots][self.differs(row, slots)].tolist():
                found.setdefault(at, BELOW)
        return sorted((int(facts.line[at]), int(facts.nth[at]), why) for at, why in found.items())

    def weigh(self, size: Floats, extent: Extent, amounts: Iterable[Ints]) -> None:
        """Note in ``size`` how large these amounts of each source make its row, whichever of them counts."""
        most = np.zeros(len(extent.sources), dtype=np.int64)
        for column in amounts:
            np.maximum(most, np.abs(column), out=most)
        size[extent.rows] = extent.sizes(most)

    def sweep(self, rows: Ints) -> None:
        """The loops of the method over these rows."""
        raise TypeError(f"{type(self).__name__} does not say how it is swept")
