"""What is measured at one size: each step of ours beside the other ways to do it, in the same rounds, checked against each other."""

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction

from tracing.bench import graphs, kernel, laws, own, reads, rounds, ways, world
from tracing.bench.reads import Arrays, Figures
from tracing.bench.rounds import MEMORY, Row, Way
from tracing.models import Outcome, Trace, Vehicle

LOAD, BUILD, ROLL, WHOLE = "load", "build", "roll, 2 columns", "database to figures"
INCREMENTAL, COLUMNS, STORE = "one leaf changes", "33 columns", "store"
PACKED, EVERYTHING, MAPPED = (
    "ours, two figures, packed",
    "ours, everything with its words",
    "ours, everything, mapped file",
)
ONE_PASS, EACH_TWO = "ours, one pass", "ours, 32 passes of two"
REFERENCE = "the reference kernel"
CHANGES, WIDE = 200, 33
LAWS = 9
MOST = 1_300_000
"""Ways that keep every row as Python objects, or follow every path, are not run above so many sources."""


class Differs(AssertionError):
    """Two ways that promise the same gave different figures."""


def measure(
    size: str, at_most: int, seconds: float, say: Callable[[str], None], *, every_law: bool = False, **filled: Any
) -> list[Row]:
    """Fill the empty default database with a world of ``size`` lines and measure everything on it, up to ``at_most`` rounds.

    ``seconds`` bounds the rounds after the first; ``every_law``: the passes of the rulebooks too, which have to be asked first;
    ``filled`` goes to ``world.fill``. Raises Differs.
    """
    laid = world.fill(count(size), say=lambda text: say(f"{size}: {text}"), **filled)
    arrays = reads.rowwise()
    top = ways.low_level_codes(arrays)
    laying = Laying(arrays)
    large = len(arrays.parent) > MOST
    every = [*laying.ways(large), *_stores()]
    with tempfile.TemporaryDirectory(prefix="traceline-bench-") as folder:
        every += _whole(laying.figures, top, large, Path(folder))
        every.sort(key=lambda way: ORDER.index(way.step))
        rounds.interleave(every, at_most, seconds)
    laying.proven()
    found = rounds.rows(every, size, laid.sources)
    if every_law:
        found += laws.measured(size, laid.sources, at_most, laying, say)
    return [*found, *_memory(size, laid.sources, large)]


def count(size: str) -> int:
    """``10k``, ``1M`` or plain digits."""
    unit = {"k": 1_000, "M": 1_000_000}.get(size[-1:], 1)
    digits = size[:-1] if unit > 1 else size
    if not digits.isascii() or not digits.isdigit() or not int(digits):
        raise ValueError(f"{size!r} is no size: write it as 10k, 100k, 1M")
    return int(digits) * unit


class Laying:
    """The arrays of one world as each way lays them out, and what they must answer."""

    def __init__(self, arrays: Arrays):
        self.arrays = arrays
        self.layers = ways.layers(arrays)
        self.figures: Figures = arrays.figures(ways.by_numpy(self.layers, arrays.own)[arrays.goods])
        self.fleet = own.build(arrays)
        self.reference = kernel.Reference(self.fleet)
        self.own = own.placed(self.fleet, arrays.own)
        self.values = own.roll(self.fleet, self.own)
        self._same(self.values[self.fleet.goods])
        draw = np.random.Generator(np.random.PCG64(graphs.SEED))
        leaves = self.fleet.place[np.flatnonzero(arrays.heights == 0)]
        picked = leaves[(draw.random(CHANGES) * len(leaves)).astype(np.int64)].astype(np.int32)
        self.changes = [(at, np.array([at], np.int32)) for at in picked.tolist()]
        self.changed, self.kept = self.own.copy(), self.values.copy()
        own.again(self.fleet, self.changed, self.kept, self.changes[0][1])

    def _same(self, values: np.ndarray) -> None:
        _agree(self.arrays.figures(np.asarray(values)), self.figures)

    def ways(self, large: bool) -> list[Way]:
        """Build, roll, one leaf, many columns: what happens in memory."""
        # The full pass of the rounds writes over what is there, as ``again`` does: no memory is asked for anew.
        out = np.empty_like(self.values)
        return [
            Way(BUILD, "ours", lambda: own.build(self.arrays)),
            Way(BUILD, "numpy: levels, one sort", lambda: ways.layers(self._anew())),
            *self._rolls(out, large),
            Way(INCREMENTAL, "ours", self._again, times=CHANGES, note=f"mean of {CHANGES} random leaves"),
            Way(INCREMENTAL, "ours, everything anew", lambda: own.roll(self.fleet, self.own, out)),
            Way(INCREMENTAL, f"{REFERENCE}, everything anew", lambda: self.reference.run(self.own)),
            *self._columns(),
        ]

    def _rolls(self, out: np.ndarray, large: bool) -> Iterator[Way]:
        mine, goods, fleet = self.arrays.own, self.arrays.goods, self.fleet

        def answers(values: np.ndarray) -> None:
            self._same(values[goods])

        yield Way(ROLL, "ours", lambda: own.roll(fleet, self.own, out), check=lambda x: self._same(x[fleet.goods]))
        yield Way(ROLL, REFERENCE, lambda: self.reference.run(self.own), check=lambda x: self._same(x[fleet.goods]),
                  note="one counted loop over rows, two columns")  # fmt: skip
        yield Way(ROLL, "numpy, level by level", lambda: ways.by_numpy(self.layers, mine), check=answers)
        if ways.has_scipy():
            built = ways.matrices(self.arrays)
            yield Way(BUILD, "scipy: a sparse matrix a level", lambda: ways.matrices(self._anew()))
            yield Way(ROLL, "scipy, a product a level", lambda: ways.by_scipy(built, mine), check=answers)
        if not large:
            listed, lists = ways.lists(self.arrays), mine.T.tolist()
            yield Way(
                ROLL, "plain Python integers", lambda: ways.by_python(listed, lists),
                check=lambda x: answers(np.array(x, np.int64).T),
            )  # fmt: skip

    def _anew(self) -> Arrays:
        """The arrays without what was computed of them."""
        return Arrays(**{name: getattr(self.arrays, name) for name in Arrays.__dataclass_fields__})

    def _columns(self) -> list[Way]:
        wide = np.empty((self.arrays.count, WIDE), np.int64)
        wide[:, 0] = self.arrays.own[:, 0]
        wide[:, 1:] = self.arrays.own[:, 1:] * (np.arange(WIDE - 1) % 7 + 1) // 7
        mine = own.placed(self.fleet, wide)
        pairs = [np.ascontiguousarray(mine[:, [0, number]]) for number in (1, 2)]
        out, wide_out = np.empty_like(pairs[0]), np.empty_like(mine)
        own.roll(self.fleet, mine, wide_out)  # the loop for this width is compiled by the first call

        def one_by_one() -> None:
            for number in range(WIDE - 1):
                own.roll(self.fleet, pairs[number % 2], out)

        return [
            Way(COLUMNS, ONE_PASS, lambda: own.roll(self.fleet, mine, wide_out)),
            Way(COLUMNS, EACH_TWO, one_by_one),
            Way(COLUMNS, "numpy, level by level", lambda: ways.by_numpy(self.layers, wide)),
        ]

    def _again(self) -> None:
        for at, positions in self.changes:
            self.changed[at] += 7
            own.again(self.fleet, self.changed, self.kept, positions)

    def proven(self) -> None:
        """What many small changes left behind is what one full pass over the same amounts gives, bit for bit. Raises Differs."""
        if not np.array_equal(own.roll(self.fleet, self.changed), self.kept):
            raise Differs("one leaf at a time and everything anew do not agree")


ORDER = (LOAD, BUILD, ROLL, INCREMENTAL, COLUMNS, WHOLE, STORE)


def _whole(figures: Figures, top: int, large: bool, folder: Path) -> list[Way]:
    """Loads, and the ways from rows to the figures of every vehicle; each way answers for itself."""
    joined = "COPY BINARY, row by row" if connection.vendor == "postgresql" else "fetchall, row by row"
    by_orm = Way(LOAD, "ORM values_list", None, note="two figures; joined in Python; part of good Django below")

    def good_django() -> Figures:
        started = time.perf_counter()
        read = reads.bulk()
        by_orm.seconds.append(time.perf_counter() - started)
        return ways.by_decimals(read)

    def figured(arrays: Arrays) -> Figures:
        fleet = own.build(arrays)
        return arrays.figures(own.roll(fleet, own.placed(fleet, arrays.own))[fleet.goods])

    packed = Way(LOAD, PACKED, None, note="no words; part of ours below")

    def ours() -> Figures:
        started = time.perf_counter()
        arrays = own.arrays()
        packed.seconds.append(time.perf_counter() - started)
        return figured(arrays)

    full = Way(LOAD, EVERYTHING, None, note="part of ours, everything read, below")

    def whole() -> Figures:
        started = time.perf_counter()
        read = own.load()
        full.seconds.append(time.perf_counter() - started)
        return figured(own.two_figures(read))

    kept = own.load()
    own.keep(kept, folder)
    own.kept(kept, folder)  # a process proves the checksum of the whole file once
    mapped = Way(LOAD, MAPPED, lambda: own.kept(kept, folder), note="against the row above")
    rowwise = Way(LOAD, joined, reads.rowwise, note="two figures; joined in SQL")
    by_level = Way(WHOLE, "SQL by level", lambda: ways.sql_by_level(top), note="low-level codes not timed")
    everything = Way(WHOLE, "ours, everything read", whole, note="the full load, of which two figures are taken")
    exact = [Way(WHOLE, "ours", ours), by_level, everything]
    path = Way(WHOLE, "recursive CTE", ways.recursive_query, note="double precision")
    path.check = lambda found: _near(found, figures)
    if not large:
        exact.insert(1, Way(WHOLE, "good Django", good_django, note="values_list and Decimal"))
    for way in exact:
        way.check = lambda found: _agree(found, figures)
    loads = [packed, rowwise] if large else [packed, rowwise, by_orm]
    return [*loads, full, mapped, *(exact if large else [*exact, path])]


def _agree(found: Figures, figures: Figures) -> None:
    wrong = [part for part in figures if found.get(part) != figures[part]]
    if wrong:
        raise Differs(f"{len(wrong)} of {len(figures)} vehicles: {found.get(wrong[0])} is not {figures[wrong[0]]}")


def _near(found: Figures, figures: Figures) -> None:
    pairs = [(figures[part], found.get(part, (0, 0))) for part in figures]
    far = [one for one, two in pairs if max(abs(one[0] - two[0]), abs(one[1] - two[1])) > ways.BOUND * one[0]]
    if far:
        raise Differs(f"{len(far)} vehicles are further than {ways.BOUND:g} of the vehicle's value away")


def _stores() -> list[Way]:
    """A trace a vehicle with an outcome for each of so many laws, rolled back afterwards; what a roll stores is with the laws."""
    vehicles = list(Vehicle.objects.all())
    return [
        Way(STORE, "bulk_create", lambda: _undone(lambda: _bulk(vehicles)), note=f"a trace and {LAWS} short outcomes a vehicle"),
        Way(STORE, "create, row by row", lambda: _undone(lambda: _singly(vehicles[:20])), times=min(20, len(vehicles)),
            note="the same, for one vehicle"),
    ]  # fmt: skip


def _undone(do: Callable[[], object]) -> None:
    with transaction.atomic():
        do()
        transaction.set_rollback(True)


def _of(vehicle: Vehicle) -> tuple[Trace, list[Outcome]]:
    trace = Trace(vehicle=vehicle, number=1, on=dt.date(2026, 11, 24), digest="0" * 64, engine="bench", dossier=b"")
    said = {"rulebook_digest": "0" * 64, "edition": "bench", "status": "law", "worst": "61.5", "declared": "63.25", "best": "70",
            "threshold": "62.5", "verdict": "open", "digest": "0" * 64, "result": {"tests": []}}  # fmt: skip
    return trace, [Outcome(trace=trace, rulebook=f"law-{law}", **said) for law in range(LAWS)]


def _bulk(vehicles: list[Vehicle]) -> None:
    made = [_of(vehicle) for vehicle in vehicles]
    Trace.objects.bulk_create([trace for trace, _ in made])
    Outcome.objects.bulk_create([outcome for _, outcomes in made for outcome in outcomes])


def _singly(vehicles: list[Vehicle]) -> None:
    for vehicle in vehicles:
        trace, outcomes = _of(vehicle)
        trace.save(force_insert=True)
        for outcome in outcomes:
            outcome.save(force_insert=True)


def _memory(size: str, lines: int, large: bool) -> list[Row]:
    names = {"ours": "ours", "good Django": "values_list and Decimal", "start": "Django, numpy and the loops alone"}
    found: list[Row] = []
    for name, note in names.items():
        if large and name == "good Django":
            continue
        amount = rounds.peak(name)
        ours = found[0].amount if found else amount
        found.append(Row(size, MEMORY, name, amount, amount / ours, 1, 1.0, note, lines))
    return found
