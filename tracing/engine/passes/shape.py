"""Where everything of a fleet stands in the arrays of a pass: rows, slots, weights and denominators."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tracing.engine.facts import QUANTITY, FleetFacts, Ints, Places
from tracing.engine.fleet import Fleet, TooLarge, build

Bools = npt.NDArray[np.bool_]
MOST_PARTS = 10**12


@dataclass(frozen=True)
class Shape:
    """The declarations that have a body or costs, children first, and the sources that reach into one.

    N rows by position, E slots. ``row`` int32 [D] position of each declaration, -1 where it has neither; ``node`` int32 [N] the
    declaration at each position; ``slot`` int32 [E] the source at each slot; ``ptr`` int64 [N + 1] and ``col`` int32 [E] the
    slots of each row and the position each reaches; ``den`` int64 [N]. ``weight`` int64 [S] is what of a source stands in one
    unit, in parts of its row's denominator; ``below`` the same in units of its seller.
    """

    facts: FleetFacts = field(repr=False)
    fleet: Fleet = field(repr=False)
    row: Places = field(repr=False)
    node: Places = field(repr=False)
    slot: Places = field(repr=False)
    ptr: Ints = field(repr=False)
    col: Places = field(repr=False)
    den: Ints = field(repr=False)
    weight: Ints = field(repr=False)
    below: Ints = field(repr=False)
    starts: Ints = field(repr=False)

    @property
    def rows(self) -> int:
        return len(self.node)

    @property
    def goods(self) -> Places:
        """The positions of the goods."""
        return self.row[self.facts.goods]

    def inner(self, sources: Ints) -> Ints:
        """The position that each of these sources reaches, -1 where it reaches none."""
        child = self.facts.child[sources]
        return np.where(child >= 0, self.row[child], -1).astype(np.int64)


@dataclass(frozen=True)
class Extent:
    """The rows that are asked and weighed anew, with their sources and slots: all of a fleet, or what a change touches.

    ``rows`` int64 [R] positions, ``sources`` int64 [M] numbers, ``slots`` int64 [L] slots and ``at`` int64 [L] where in
    ``sources`` the source of each slot stands.
    """

    shape: Shape = field(repr=False)
    rows: Ints
    sources: Ints = field(repr=False)
    slots: Ints = field(repr=False)
    at: Ints = field(repr=False)
    starts: Ints = field(repr=False)
    pick: Ints = field(repr=False)

    @property
    def whole(self) -> bool:
        return len(self.rows) == self.shape.rows

    @cached_property
    def weight(self) -> Ints:
        return self.shape.weight[self.sources]

    @cached_property
    def below(self) -> Ints:
        return self.shape.below[self.sources]

    @cached_property
    def inner(self) -> Ints:
        """The position that each source reaches, -1 where it reaches none."""
        return self.shape.inner(self.sources)

    @cached_property
    def den(self) -> Ints:
        return self.shape.den[self.rows]

    @cached_property
    def passes(self) -> Bools:
        """Whether a source passes anything up: consigned material counts only in its maker's own tests."""
        facts = self.shape.facts
        consigned = self.of_kind("consigned", lambda row: row["consigned"])
        top = np.zeros(len(facts.face), dtype=bool)
        top[facts.goods] = True
        return ~consigned | top[facts.asker[self.sources]]

    def of_kind(self, key: str, ask: Callable[[dict[str, Any]], Any]) -> npt.NDArray[Any]:
        """What is asked of each source's kind, under a key of its own."""
        facts = self.shape.facts
        return facts.of_kinds(key, ask)[facts.kind[self.sources]]

    def by_row(self, of_source: npt.NDArray[Any]) -> Ints:
        """What the sources of each row add up to: int64 [R] from [M]. A sum that fits is right whatever came before it."""
        total = np.zeros(len(of_source) + 1, dtype=np.int64)
        np.cumsum(of_source, out=total[1:])
        return np.ascontiguousarray((total[self.starts[1:]] - total[self.starts[:-1]])[self.pick])

    def sizes(self, most: Ints) -> npt.NDArray[np.float64]:
        """The same in floats, of amounts whatever their sign and of whichever weight is larger: float64 [R] from [M]."""
        weight = np.maximum(np.abs(self.weight), np.abs(self.below)).astype(np.float64)
        total = np.zeros(len(most) + 1)
        np.cumsum(weight * most, out=total[1:])
        spread = (total[self.starts[1:]] - total[self.starts[:-1]]) + total[-1] * 1e-12
        return np.ascontiguousarray(spread[self.pick])

    def any_by_row(self, of_source: npt.NDArray[Any]) -> Bools:
        """Whether some source of each row has it: bool [R] from [M]."""
        return self.by_row(np.asarray(of_source).astype(np.int64)) > 0


def all_of(shape: Shape) -> Extent:
    """Every row."""
    count = len(shape.facts.kind)
    return Extent(shape, np.arange(shape.rows), np.arange(count), np.arange(len(shape.slot)), shape.slot.astype(np.int64),
                  shape.starts, shape.node.astype(np.int64))  # fmt: skip


def part_of(shape: Shape, rows: Ints) -> Extent:
    """These rows only (positions)."""
    by_node = np.sort(shape.node[rows])
    rows = shape.row[by_node].astype(np.int64)
    sources = ranges(shape.starts[by_node], shape.starts[by_node + 1])
    slots = ranges(shape.ptr[rows], shape.ptr[rows + 1])
    counts = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(shape.starts[by_node + 1] - shape.starts[by_node], out=counts[1:])
    return Extent(
        shape, rows, sources, slots, np.searchsorted(sources, shape.slot[slots]), counts, np.arange(len(rows))
    )


def ranges(starts: Ints, ends: Ints) -> Ints:
    """All numbers from each start up to its end, one range after the other."""
    lengths = ends - starts
    total = int(lengths.sum())
    shift = (
        np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        if len(lengths)
        else np.zeros(0, dtype=np.int64)
    )
    found: Ints = np.arange(total, dtype=np.int64) + shift
    return found


def shape_of(facts: FleetFacts) -> Shape:
    """Raises SupplyLoop, and TooLarge where quantities and shares of one part have no common denominator that fits."""
    holds = _holds(facts)
    compact = (np.cumsum(holds, dtype=np.int64) - 1).astype(np.int32)
    holders = np.flatnonzero(holds).astype(np.int32)
    weight, below, den = _weights(facts)
    inner = _inner(facts, holds)
    names = facts.names
    fleet = build(
        compact[facts.asker[inner]], compact[facts.child[inner]], below[inner], compact[facts.goods], len(holders),
        den=den[holders], names=lambda nth: names[holders[nth]],
    )  # fmt: skip
    row = np.full(len(facts.face), -1, dtype=np.int32)
    row[holders] = fleet.place
    node = holders[fleet.ids]
    ptr = np.concatenate([np.zeros(fleet.first, dtype=np.int64), fleet.ptr.astype(np.int64)])
    return Shape(
        facts,
        fleet,
        row,
        node,
        inner[fleet.line].astype(np.int32),
        ptr,
        fleet.col,
        den[node],
        weight,
        below,
        _starts(facts),
    )


def reshaped(shape: Shape, facts: FleetFacts) -> Shape | None:
    """The same layout over facts in which who holds whom has not changed; None where it has."""
    if len(facts.face) != len(shape.row):
        return None
    holds = _holds(facts)
    if not np.array_equal(holds, shape.row >= 0) or not np.array_equal(facts.goods, shape.facts.goods):
        return None
    inner = _inner(facts, holds)
    if len(inner) != len(shape.slot):
        return None
    slot = inner[shape.fleet.line].astype(np.int32)
    rows = np.repeat(np.arange(shape.rows), np.diff(shape.ptr))
    if not np.array_equal(facts.child[slot], shape.node[shape.col]) or not np.array_equal(
        facts.asker[slot], shape.node[rows]
    ):
        return None
    weight, below, den = _weights(facts)
    return replace(
        shape, facts=facts, slot=slot, weight=weight, below=below, den=den[shape.node], starts=_starts(facts)
    )


def _holds(facts: FleetFacts) -> Bools:
    """Which declarations have a row: with a body, with costs, and the goods."""
    costs = facts.of_faces("costs", lambda face: "costs" in face)[facts.face]
    holds: Bools = facts.body | (facts.amounts["excluded"] >= 0) | costs
    holds[facts.goods] = True
    return holds


def _inner(facts: FleetFacts, holds: Bools) -> Ints:
    """The sources that reach into a row."""
    found = np.flatnonzero(facts.child >= 0)
    return found[holds[facts.child[found]]]


def _starts(facts: FleetFacts) -> Ints:
    return np.searchsorted(facts.asker, np.arange(len(facts.face) + 1))


def _weights(facts: FleetFacts) -> tuple[Ints, Ints, Ints]:
    """Quantity times share, and that times factor, in parts of one denominator for each declaration (10,000 for most)."""
    times = [facts.qty, facts.qty]
    over = [facts.share[:, 1] * QUANTITY, facts.share[:, 1] * QUANTITY * facts.factor[:, 1]]
    times = [times[0] * facts.share[:, 0], times[1] * facts.share[:, 0] * facts.factor[:, 0]]
    den = np.full(len(facts.face), QUANTITY, dtype=np.int64)
    odd = np.flatnonzero((facts.share[:, 1] != 1) | (facts.factor[:, 1] != 1))
    for up, down in zip(times, over, strict=True):
        smallest = down[odd] // np.gcd(up[odd], down[odd])
        for nth, need in zip(facts.asker[odd].tolist(), smallest.tolist(), strict=True):
            den[nth] = np.lcm(den[nth], need)
            if den[nth] > MOST_PARTS:
                raise TooLarge(f"{facts.names[nth]}: its quantities and shares have no common denominator below {MOST_PARTS:,}: "
                               "round the shares, or choose a larger unit")  # fmt: skip
    wide = den[facts.asker]
    found = []
    for up, down in zip(times, over, strict=True):
        shared = np.gcd(up, down)
        found.append(np.ascontiguousarray((up // shared) * (wide // (down // shared))))
    return found[0], found[1], den
