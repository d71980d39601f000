"""Which missing answers decide a verdict: alone, or in the smallest set that does.

A set of answers decides where, whatever the others turn out to be, it can end the doubt: all of it at its best passes every
test, or all of it at its worst fails one. An answer belongs to a deciding set only where the set would not decide without
it. To find the smallest is a knapsack: a search by size, cut off by what the others can add at most. It is exact until its
tries are spent, and from then on says how large the set must be at least.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import lcm
from typing import Any

Points = Fraction | int
TRIES = 20_000
ASKED = 160
MANY = 10**9


@dataclass(frozen=True)
class Bar:
    """One test: percentages at worst and at best, what is needed, and by which comparison it is met."""

    worst: Points
    best: Points
    needed: Points
    operator: str = "at_least"

    def met(self, value: Points) -> bool:
        """Whether a percentage meets it."""
        if self.operator == "at_most":
            return value <= self.needed
        return value > self.needed if self.operator == "more_than" else value >= self.needed


@dataclass(frozen=True)
class Answer:
    """A missing answer: by how many points it lifts each test from its worst, and lowers each from its best. Never below zero."""

    key: Hashable
    lifts: tuple[Points, ...]
    lowers: tuple[Points, ...]

    @property
    def points(self) -> Points:
        """The most points it moves any test by."""
        return max((*self.lifts, *self.lowers), default=0)


@dataclass(frozen=True)
class Size:
    """How large the smallest set is that decides and would not without this answer: ``known`` is the smallest that was found,
    ``least`` what it must be. Both None: there is none, whatever the others are."""

    known: int | None
    least: int | None

    @property
    def exact(self) -> bool:
        return self.known == self.least


NEVER = Size(None, None)


@dataclass(frozen=True)
class Rank:
    """What an answer decides: with how many others it passes every test, at their best, and fails one, at their worst."""

    key: Hashable
    passing: Size
    failing: Size
    points: Points

    @property
    def passes(self) -> bool:
        """By itself, whatever the others are."""
        return self.passing.known == 1

    @property
    def fails(self) -> bool:
        return self.failing.known == 1

    @property
    def both(self) -> bool:
        """It decides at either of its ends."""
        return self.passes and self.fails

    @cached_property
    def together(self) -> Size:
        """The smallest set with it, either way."""
        return least([self.passing, self.failing])

    @property
    def order(self) -> tuple[int, int, Points]:
        """Decided alone, both ways before one; then the smallest set; then points."""
        size = self.together
        return (2 - self.passes - self.fails, MANY if size.least is None else size.known or size.least, -self.points)


Holds = Callable[[frozenset[int]], bool]


@dataclass(frozen=True)
class Sums:
    """Deciding as sums: the set reaches a bar where its weights add up to ``short`` (more, where ``strict``); every bar or any."""

    weights: tuple[tuple[Points, ...], ...]  # by answer, by bar
    short: tuple[Points, ...]
    strict: tuple[bool, ...]
    every: bool

    def reached(self, sums: Sequence[Points]) -> bool:
        """Whether sums by bar decide."""
        found = (
            total > short if strict else total >= short
            for total, short, strict in zip(sums, self.short, self.strict, strict=True)
        )
        return all(found) if self.every else any(found)

    def holds(self, chosen: frozenset[int]) -> bool:
        """Whether these answers, by number, decide."""
        return self.reached([sum(self.weights[nth][bar] for nth in chosen) for bar in range(len(self.short))])


class Spent(Exception):
    """The tries of a search are spent."""


class Purse:
    """How many tries are left."""

    def __init__(self, tries: int):
        self.left = tries

    def pay(self, tries: int = 1) -> None:
        """Spend some. Raises Spent."""
        if self.left < tries:
            raise Spent
        self.left -= tries


# ---- one verdict ----


def ranked(answers: Sequence[Answer], bars: Sequence[Bar], *, tries: int = TRIES) -> list[Rank]:
    """The answers in the order in which to chase them, where each moves the tests by itself and they add up.

    ``answers`` move ``bars`` by the points they say. Of a verdict that is not open nothing can be decided any more.
    """
    if not is_open(bars):
        return _sorted(Rank(one.key, NEVER, NEVER, one.points) for one in answers)
    ways, share = [passing(answers, bars), failing(answers, bars)], max(200, tries // max(1, 2 * len(answers)))
    found = []
    for nth, one in enumerate(answers):
        passes, fails = (smallest(nth, way, Purse(share)) for way in ways)
        found.append(Rank(one.key, passes, fails, one.points))
    return _sorted(found)


def _sorted(found: Iterator[Rank] | Sequence[Rank]) -> list[Rank]:
    return sorted(found, key=lambda row: row.order)


def is_open(bars: Sequence[Bar]) -> bool:
    """Neither passed whatever is answered nor failed whatever is answered."""
    return all(bar.met(bar.best) for bar in bars) and not all(bar.met(bar.worst) for bar in bars)


def passing(answers: Sequence[Answer], bars: Sequence[Bar]) -> Sums:
    """Deciding by passing: at their best and the rest at their worst, every test is met."""
    wanted = [nth for nth, bar in enumerate(bars) if not bar.met(bar.worst)]
    columns = [[one.lifts[nth] for one in answers] for nth in wanted]
    short: list[Points] = [_apart(bars[nth].needed, bars[nth].worst) for nth in wanted]
    return _sums(len(answers), columns, short, [bars[nth].operator == "more_than" for nth in wanted], every=True)


def failing(answers: Sequence[Answer], bars: Sequence[Bar]) -> Sums:
    """Deciding by failing: at their worst and the rest at their best, some test is not met."""
    columns = [[one.lowers[nth] for one in answers] for nth in range(len(bars))]
    short: list[Points] = [_apart(bar.best, bar.needed) for bar in bars]
    return _sums(len(answers), columns, short, [bar.operator != "more_than" for bar in bars], every=False)


def _apart(one: Points, other: Points) -> Points:
    return max(one - other, other - one)


def _sums(count: int, columns: list[list[Points]], short: list[Points], strict: list[bool], *, every: bool) -> Sums:
    """As whole numbers: each bar in its own smallest unit, which changes no comparison."""
    units = [
        lcm(*(Fraction(amount).denominator for amount in (*column, least)))
        for column, least in zip(columns, short, strict=True)
    ]
    whole = [[int(amount * unit) for amount in column] for column, unit in zip(columns, units, strict=True)]
    return Sums(
        tuple(zip(*whole, strict=True)) if whole else ((),) * count,
        tuple(int(amount * unit) for amount, unit in zip(short, units, strict=True)), tuple(strict), every,
    )  # fmt: skip


def least(sizes: Sequence[Size]) -> Size:
    """The smaller of several: the smallest that is known, and the least that any of them must be."""
    known = [size.known for size in sizes if size.known is not None]
    bounds = [size.least for size in sizes if size.least is not None]
    return Size(min(known, default=None), min(bounds, default=None))


def smallest(nth: int, way: Sums, purse: Purse) -> Size:
    """The smallest set with this answer, by number, that decides and would not without it."""
    own = way.weights[nth]
    if not any(own) or not way.holds(frozenset(range(len(way.weights)))):
        return NEVER
    if way.reached(own):
        return Size(1, 1)
    others = sorted((row for at, row in enumerate(way.weights) if at != nth), key=lambda row: -sum(row))
    most = [heads(sorted((row[bar] for row in others), reverse=True)) for bar in range(len(own))]
    size = 1
    try:
        for size in range(1, len(others) + 1):
            enough = way.reached([more + row[size] for more, row in zip(own, most, strict=True)])
            if enough and _companions(own, others, most, size, way, purse):
                return Size(size + 1, size + 1)
    except Spent:
        return Size(None, size + 1)
    return NEVER


def _companions(
    own: Sequence[Points], others: Sequence[Sequence[Points]], most: list[list[Points]], size: int, way: Sums, purse: Purse
) -> bool:  # fmt: skip
    """Whether so many others are found with which this answer decides, and which do not decide without it. ``most`` is what the
    largest none, one, two … of them bring to each bar."""
    if len(own) == 1:
        return _of_one_bar(own[0], [row[0] for row in others], most[0], size, way, purse)

    def search(at: int, left: int, sums: list[Points]) -> bool:
        purse.pay()
        if way.reached(sums):
            return False
        if not way.reached([total + more + row[left] for total, more, row in zip(sums, own, most, strict=True)]):
            return False
        if left == 0:
            return True
        return any(
            search(nth + 1, left - 1, [total + more for total, more in zip(sums, others[nth], strict=True)])
            for nth in range(at, len(others) - left + 1)
        )

    return search(0, size, [0] * len(own))


def _of_one_bar(own: Points, others: list[Points], most: list[Points], size: int, way: Sums, purse: Purse) -> bool:
    """The same with one bar: the others stand largest first, so what may still be added is the next so many, and the last one
    is looked up instead of tried."""

    def search(at: int, left: int, total: Points) -> bool:
        purse.pay()
        if way.reached([total]) or not way.reached([total + own + most[at + left] - most[at]]):
            return False
        if left == 0:
            return True
        if left == 1:
            # The smallest with which it still decides is the one that least decides by itself.
            last = bisect_left(others, True, at, key=lambda more: not way.reached([total + own + more])) - 1
            return last >= at and not way.reached([total + others[last]])
        return any(search(nth + 1, left - 1, total + others[nth]) for nth in range(at, len(others) - left + 1))

    return search(0, size, 0)


def heads(ordered: Sequence[Points]) -> list[Points]:
    """Sums of the first none, one, two … of them."""
    found: list[Points] = [0]
    for amount in ordered:
        found.append(found[-1] + amount)
    return found


# ---- where nothing adds up: ask ----


def asked(count: int, holds: Sequence[Holds], *, tries: int = ASKED) -> list[tuple[Size, ...]]:
    """For each of ``count`` answers the smallest set with it, in each of the ways of deciding that ``holds`` asks about.

    Each way is a question about a set of answers that more answers can only make true. A question may cost a walk: they are
    remembered, and besides those about one answer only so many are put. Answers are asked about in the order of their
    numbers, so the weightiest should stand first.
    """
    columns = [_sizes(count, _remembered(way), Purse(tries)) for way in holds]
    return [tuple(column[nth] for column in columns) for nth in range(count)]


def _remembered(holds: Holds) -> Holds:
    known: dict[frozenset[int], bool] = {}

    def ask(chosen: frozenset[int], purse: Purse | None = None) -> bool:
        if chosen not in known:
            if purse is not None:
                purse.pay()
            known[chosen] = holds(chosen)
        return known[chosen]

    return ask


def _sizes(count: int, ask: Any, purse: Purse) -> list[Size]:
    """Of each: alone, else in one set that decides with nothing idle in it, then in all sets by size while the tries last."""
    known, size = {nth: 1 for nth in range(count) if ask(frozenset([nth]))}, 1
    if not ask(frozenset(range(count))):
        return [NEVER] * count
    try:
        lean = _lean(list(range(count)), ask, purse)
        known = dict.fromkeys(lean, len(lean)) | known
        for size in range(2, count + 1):
            for chosen in combinations(range(count), size):
                whole = frozenset(chosen)
                if all(known.get(nth, MANY) <= size for nth in chosen) or not ask(whole, purse):
                    continue
                for nth in chosen:
                    if known.get(nth, MANY) > size and not ask(whole - {nth}, purse):
                        known[nth] = size
    except Spent:
        return [Size(known.get(nth), min(known.get(nth, MANY), max(size, 2))) for nth in range(count)]
    return [Size(known[nth], known[nth]) if nth in known else NEVER for nth in range(count)]


def _lean(ordered: list[int], ask: Any, purse: Purse) -> list[int]:
    """A set that decides and that no member can leave: by halving, the shortest head that decides, then without the idle."""
    low, high = 1, len(ordered)
    while low < high:
        half = (low + high) // 2
        low, high = (low, half) if ask(frozenset(ordered[:half]), purse) else (half + 1, high)
    kept = ordered[:low]
    for nth in reversed(kept[:-1]):
        rest = [one for one in kept if one != nth]
        if ask(frozenset(rest), purse):
            kept = rest
    return kept
