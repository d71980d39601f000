"""Over many verdicts: the shortest list of whom to ask whose answers can decide as many as all answers together could."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from tracing.engine.ranking import Answer, Bar, Points, Purse, Spent, Sums, failing, heads, is_open, passing

TRIES = 60_000


@dataclass(frozen=True)
class Case:
    """One open verdict: what each of those that may be asked, by key, moves its tests by."""

    name: Hashable
    answers: tuple[Answer, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chase:
    """Whom to ask, and the cases that their answers can decide. No other list decides more, and none that decides as many is
    shorter than ``least``."""

    keys: tuple[Hashable, ...]
    cases: tuple[Hashable, ...]
    least: int

    @property
    def exact(self) -> bool:
        """Whether it is proved that the list is as short as can be."""
        return len(self.keys) == self.least


@dataclass
class _World:
    """The cases that all answers together decide, the keys that move them, and what each key moves."""

    ways: dict[Hashable, tuple[Sums, Sums]]
    weights: dict[Hashable, dict[Hashable, int]]  # by key and case, the place of the answer in the case
    keys: list[Hashable] = field(default_factory=list)

    def decided(self, keys: Sequence[Hashable]) -> list[Hashable]:
        """The cases that these keys decide."""
        chosen = self._chosen(keys)
        return [name for name in self.ways if name in chosen and self._held(name, chosen[name])]

    def decides(self, keys: Sequence[Hashable]) -> bool:
        """Whether these keys decide every case."""
        chosen = self._chosen(keys)
        return len(chosen) == len(self.ways) and all(self._held(name, places) for name, places in chosen.items())

    def _chosen(self, keys: Sequence[Hashable]) -> dict[Hashable, set[int]]:
        """By case that they move, the places of these keys in it. One that nothing moves stays open."""
        chosen: dict[Hashable, set[int]] = defaultdict(set)
        for key in keys:
            for name, place in self.weights[key].items():
                chosen[name].add(place)
        return chosen

    def _held(self, name: Hashable, places: set[int]) -> bool:
        return any(way.holds(frozenset(places)) for way in self.ways[name])


def chase(cases: Sequence[Case], *, tries: int = TRIES) -> Chase:
    """The shortest list of keys that decides as many cases as possible.

    Every list is tried by size while the tries last. Beyond that the next key is always the one after which most cases are
    decided, or the rest are nearest to it, and what the list does not need is struck out again; ``least`` is what was proved.
    """
    world = _world(cases)
    if not world.ways:
        return Chase((), (), 0)
    bound, purse = max(_fewest(ways) for ways in world.ways.values()), Purse(tries)
    try:
        for size in range(bound, len(world.keys) + 1):
            bound = size
            for keys in combinations(world.keys, size):
                purse.pay(len(world.ways))
                if world.decides(keys):
                    return Chase(keys, tuple(world.ways), size)
    except Spent:
        pass
    return Chase(tuple(_greedy(world)), tuple(world.ways), bound)


def _world(cases: Sequence[Case]) -> _World:
    world = _World({}, defaultdict(dict))
    known: dict[Any, tuple[Sums, Sums] | None] = {}  # readings of one law often ask the same of the same answers
    for case in cases:
        alike = (case.answers, case.bars)
        if alike not in known:
            known[alike] = _ways(case)
        ways = known[alike]
        if ways is None:
            continue
        world.ways[case.name] = ways
        for place, one in enumerate(case.answers):
            if one.points > 0:
                world.weights[one.key][case.name] = place
    world.keys = sorted(world.weights, key=str)
    return world


def _ways(case: Case) -> tuple[Sums, Sums] | None:
    """How its answers pass or fail a case; None of one that all of them together do not decide."""
    if not is_open(case.bars):
        return None
    ways = passing(case.answers, case.bars), failing(case.answers, case.bars)
    everything = frozenset(range(len(case.answers)))
    return ways if any(way.holds(everything) for way in ways) else None


def _fewest(ways: tuple[Sums, Sums]) -> int:
    """How many answers it takes at the least to decide one case: for each test the largest first."""
    sizes = []
    for way in ways:
        needs = [_needed(way, bar) for bar in range(len(way.short))]
        known = [need for need in needs if need is not None]
        if way.every and len(known) == len(needs):
            sizes.append(max(known, default=0))
        elif not way.every and known:
            sizes.append(min(known))
    return min(sizes, default=0)


def _needed(way: Sums, bar: int) -> int | None:
    """How many of the largest reach one bar; None where all together do not."""
    short, strict = way.short[bar], way.strict[bar]
    totals = heads(sorted((row[bar] for row in way.weights), reverse=True))
    return next((count for count, total in enumerate(totals) if (total > short if strict else total >= short)), None)


def _greedy(world: _World) -> list[Hashable]:
    """Always the key after which most cases are decided, or the rest are nearest to it; then without what is not needed."""
    chosen: list[Hashable] = []
    sums: dict[Hashable, list[list[Points]]] = {
        name: [[0] * len(way.short) for way in ways] for name, ways in world.ways.items()
    }
    near = dict.fromkeys(world.ways, 0.0)

    def after(key: Hashable) -> dict[Hashable, list[list[Points]]]:
        return {
            name: [
                [total + more for total, more in zip(row, way.weights[place], strict=True)]
                for row, way in zip(sums[name], world.ways[name], strict=True)
            ]
            for name, place in world.weights[key].items()
            if near[name] < 2
        }

    def gain(key: Hashable) -> float:
        return sum(_nearness(world.ways[name], rows) - near[name] for name, rows in after(key).items())

    while any(value < 2 for value in near.values()):
        best = max((key for key in world.keys if key not in chosen), key=gain)
        chosen.append(best)
        for name, rows in after(best).items():
            sums[name], near[name] = rows, _nearness(world.ways[name], rows)
    return _without_idle(world, chosen)


def _without_idle(world: _World, chosen: list[Hashable]) -> list[Hashable]:
    """The list without the keys that it decides as many cases without, the first taken first."""
    for key in list(chosen):
        rest = [one for one in chosen if one != key]
        if world.decides(rest):
            chosen = rest
    return chosen


def _nearness(ways: tuple[Sums, Sums], rows: list[list[Points]]) -> float:
    """How much of what decides a case these sums bring, from none to one by the nearer way; two where they decide it."""
    if any(way.reached(row) for way, row in zip(ways, rows, strict=True)):
        return 2.0
    found = [0.0]
    for way, row in zip(ways, rows, strict=True):
        parts = [float(min(1, total / short)) if short else 1.0 for total, short in zip(row, way.short, strict=True)]
        if parts:
            found.append(min(parts) if way.every else max(parts))
    return max(found)
