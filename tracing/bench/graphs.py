"""Supply graphs to measure on: vehicles, assemblies, blends of sellers and leaves, the same for the same size and seed."""

import hashlib
import importlib.util
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np

SHARED = Path(__file__).resolve().parents[3] / "shared" / "perf" / "gen.py"
SEED = 20261122
VEHICLE, ASSEMBLY, BLEND, LEAF = range(4)
US, CA, MX, OTHER = range(4)
UNIT = 10_000
"""What a weight of one is: quantities and shares count in 1e-4."""


class Loop(ValueError):
    """The graph is none of a supply: something goes into itself."""


@dataclass(frozen=True)
class Graph:
    """One supply graph. Edges: what goes into ``parent``; a BLEND is one item bought from several sellers by share.

    ``parent``, ``child`` int32 [E]; ``weight`` int32 [E] in 1e-4 (4 pieces = 40000; 35 % of a blend = 3500, the shares
    of a blend add up to 10000 in whole percents); ``kind``, ``country`` int8 [N]; ``own`` int64 [N] micro-USD: price of
    a leaf, value added of an assembly, 0 of a blend; ``foreign`` int64 [N] micro-USD: its non-originating part;
    ``vehicles`` int32 [V]: the tops. Numbers of nodes have no order.
    """

    parent: np.ndarray
    child: np.ndarray
    weight: np.ndarray
    kind: np.ndarray
    country: np.ndarray
    own: np.ndarray
    foreign: np.ndarray
    seed: int
    made_by: str

    @property
    def count(self) -> int:
        return len(self.kind)

    @cached_property
    def vehicles(self) -> np.ndarray:
        return np.flatnonzero(self.kind == VEHICLE).astype(np.int32)

    @cached_property
    def heights(self) -> np.ndarray:
        """int32 [N]: the longest way down to a leaf. Raises Loop."""
        return heights(self.parent, self.child, self.count)

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that name this graph."""
        of = hashlib.sha256()
        for name in ("parent", "child", "weight", "kind", "country", "own", "foreign"):
            of.update(np.ascontiguousarray(getattr(self, name)).tobytes())
        return of.hexdigest()[:16]


def graph(size: int, seed: int = SEED, *, vehicles: int | None = None, shared: Path | None = SHARED) -> Graph:
    """A graph of about ``size`` edges, at least ``vehicles`` tops where given.

    Drawn by ``shared`` (the generator of the report in shared/perf) where that file is there, else by our own.
    """
    if shared is not None and shared.exists():
        made = _borrowed(_load(shared), size, seed)
    else:
        made = _drawn(size, seed)
    made = _whole_percents(made)
    return _more_trims(made, vehicles) if vehicles and vehicles > len(made.vehicles) else made


def heights(parent: np.ndarray, child: np.ndarray, count: int) -> np.ndarray:
    """int32 [count]: the longest way from each node down to one without children. Raises Loop."""
    height = np.zeros(count, np.int32)
    for _ in range(count + 1):
        higher = np.zeros(count, np.int32)
        np.maximum.at(higher, parent, height[child] + 1)
        if np.array_equal(higher, height):
            return height
        if higher.max() >= count:
            break
        height = higher
    raise Loop("a part goes into itself")


def rolled(graph: Graph, own: np.ndarray, margin: np.ndarray | None = None) -> np.ndarray:
    """int64 [N]: ``own`` and everything below each node, one half-up step a node, in plain numpy by level.

    ``margin`` int64 [N] in 1e-4: what each node adds to its cost before it is passed up; the answer then holds it too.
    """
    value = own.astype(np.int64, copy=True)
    if margin is not None:
        leaves = graph.heights == 0
        value[leaves] += value[leaves] * margin[leaves] // UNIT
    level = graph.heights[graph.parent]
    order = np.argsort(level, kind="stable")
    parent, child, weight = graph.parent[order], graph.child[order], graph.weight[order].astype(np.int64)
    cuts = np.searchsorted(level[order], np.arange(1, graph.heights.max() + 2))
    for start, end in pairwise(cuts):
        total = np.zeros(graph.count, np.int64)
        np.add.at(total, parent[start:end], weight[start:end] * value[child[start:end]])
        value += (total + UNIT // 2) // UNIT
        if margin is not None:
            done = np.unique(parent[start:end])
            value[done] += value[done] * margin[done] // UNIT
    return value


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("shared_perf_gen", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _borrowed(gen: ModuleType, size: int, seed: int) -> Graph:
    drawn = gen.generate(size, seed, 1)
    own, foreign = gen.derive(drawn)
    return Graph(
        drawn["parent"], drawn["child"], drawn["w"], drawn["kind"], drawn["country"], own, foreign[0], seed, "shared/perf"
    )  # fmt: skip


def _whole_percents(graph: Graph) -> Graph:
    """The shares of a blend as suppliers say them: whole percents, at least one, the largest takes the rest."""
    edges = np.flatnonzero(graph.kind[graph.parent] == BLEND)
    edges = edges[np.lexsort((graph.weight[edges], graph.parent[edges]))]
    blend = graph.parent[edges]
    share = np.maximum(graph.weight[edges] // 100, 1) * 100
    last = np.append(blend[1:] != blend[:-1], True) if len(blend) else np.zeros(0, bool)
    total = np.bincount(blend, weights=share, minlength=graph.count).astype(np.int64)
    share[last] += UNIT - total[blend[last]]
    weight = graph.weight.copy()
    weight[edges] = share
    return replace(graph, weight=weight)


def _more_trims(graph: Graph, wanted: int) -> Graph:
    """Further trims of the vehicles there are: each a sister without a twentieth of what goes into it."""
    draw = np.random.Generator(np.random.PCG64([graph.seed, wanted]))
    order = np.argsort(graph.parent, kind="stable")
    start = np.searchsorted(graph.parent[order], graph.vehicles)
    end = np.searchsorted(graph.parent[order], graph.vehicles, side="right")
    more = wanted - len(graph.vehicles)
    sister = np.arange(more) % len(graph.vehicles)
    edges = np.concatenate([order[start[one] : end[one]] for one in sister])
    trim = np.repeat(graph.count + np.arange(more), (end - start)[sister])
    first = np.append(True, trim[1:] != trim[:-1])
    kept = (draw.random(len(edges)) >= 0.05) | first
    columns = {name: np.append(getattr(graph, name), getattr(graph, name)[graph.vehicles[sister]])
               for name in ("kind", "country", "own", "foreign")}  # fmt: skip
    return replace(
        graph,
        parent=np.append(graph.parent, trim[kept]).astype(np.int32),
        child=np.append(graph.child, graph.child[edges[kept]]).astype(np.int32),
        weight=np.append(graph.weight, graph.weight[edges[kept]]).astype(np.int32),
        **columns,
    )


# ---- our own generator: part numbers hang under assemblies of the levels above, some of them under very many

LEVELS = 9
WIDTH = np.array([0.02, 0.05, 0.10, 0.16, 0.19, 0.18, 0.14, 0.10, 0.06])
"""The part of all numbers that stands at each level below the vehicles."""
OPEN = np.array([1.0, 0.75, 0.62, 0.46, 0.32, 0.22, 0.14, 0.08, 0.0])
"""How many of a level are assemblies."""


def _drawn(size: int, seed: int) -> Graph:
    draw = np.random.Generator(np.random.PCG64([seed, size]))
    level, kind = _numbers(draw, size)
    edges = _uses(draw, level, kind, size)
    kind[(kind == ASSEMBLY) & (np.bincount(edges[0], minlength=len(kind)) == 0)] = LEAF
    kind, edges = _blends(draw, kind, *edges)
    return _values(draw, kind, edges, seed)


def _numbers(draw: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Level and kind of each part number; the first LEAF of all is the washer that goes in everywhere."""
    tops = max(3, size // 9_000)
    per_level = np.maximum((WIDTH * size / 2.3).astype(np.int64), [12] + [4] * (LEVELS - 1))
    level = np.repeat(np.arange(LEVELS + 1), np.append(tops, per_level))
    kind = np.where(draw.random(len(level)) < np.append(1.0, OPEN)[level], ASSEMBLY, LEAF)
    first_of_level = np.append(0, np.cumsum(np.append(tops, per_level)))[1:-1]
    kind[first_of_level[:-1]] = ASSEMBLY
    kind[level == 0] = VEHICLE
    return np.append(level, LEVELS), np.append(kind, LEAF).astype(np.int8)


def _uses(draw: np.random.Generator, level: np.ndarray, kind: np.ndarray, size: int) -> tuple[np.ndarray, ...]:
    """Every number goes into at least one assembly above it; how often beyond that has a long tail."""
    makers = [np.flatnonzero((level == at) & (kind <= ASSEMBLY)) for at in range(LEVELS)]
    below = np.flatnonzero(level > 0)
    often = np.minimum(1 + (0.42 / (1e-6 + draw.random(len(below))) ** 0.72).astype(np.int64), max(4, size // 60))
    child = np.repeat(below, often)
    up = np.where(draw.random(len(child)) < 0.8, 1, 1 + (draw.random(len(child)) * level[child]).astype(np.int64))
    first = np.append(True, child[1:] != child[:-1])
    up[first] = 1
    at, parent, pick = level[child] - up, np.empty(len(child), np.int64), draw.random(len(child))
    for one in range(LEVELS):
        here = at == one
        parent[here] = makers[one][(pick[here] * len(makers[one])).astype(np.int64)]
    users = np.concatenate(makers)
    washer = users[draw.random(len(users)) < 0.5]
    parent, child = np.append(parent, washer), np.append(child, np.full(len(washer), len(level) - 1))
    _, once = np.unique(parent * len(level) + child, return_index=True)
    parent, child = parent[once], child[once]
    pieces = np.array([1, 1, 1, 1, 2, 2, 4, 4, 6, 12]) * UNIT
    weight = pieces[(draw.random(len(child)) * 10).astype(np.int64)]
    bulk = (kind[child] == LEAF) & (draw.random(len(child)) < 0.3)
    weight = np.where(bulk, 1 + (draw.random(len(child)) ** 3 * 30_000).astype(np.int64), weight)
    return parent, child, np.where((kind[child] == ASSEMBLY) & (weight > 2 * UNIT), UNIT, weight)


def _blends(draw: np.random.Generator, kind: np.ndarray, parent, child, weight):
    """One leaf in six is bought from two to four sellers."""
    blends = np.flatnonzero((kind == LEAF) & (draw.random(len(kind)) < 1 / 6))
    sellers = 2 + (draw.random(len(blends)) ** 2 * 3).astype(np.int64)
    of = np.repeat(blends, sellers)
    cut = 1 + (draw.random(len(of)) * 40).astype(np.int64)
    share = cut * UNIT // np.bincount(of, weights=cut)[of].astype(np.int64)
    kind = kind.copy()
    kind[blends] = BLEND
    sold = len(kind) + np.arange(len(of))
    edges = np.append(parent, of), np.append(child, sold), np.append(weight, share)
    return np.append(kind, np.full(len(of), LEAF, np.int8)), edges


def _values(draw: np.random.Generator, kind: np.ndarray, edges: tuple[np.ndarray, ...], seed: int) -> Graph:
    count = len(kind)
    country = np.searchsorted([0.38, 0.52, 0.76], draw.random(count)).astype(np.int8)
    country[(kind < BLEND) & (country == OTHER)] = MX
    decade = 10 ** (4 + np.searchsorted([0.3, 0.7, 0.95], draw.random(count)))
    own = np.where(kind == BLEND, 0, decade * (1000 + (draw.random(count) * 9000).astype(np.int64)) // 1000)
    own[kind == VEHICLE] = 2_000_000_000 + own[kind == VEHICLE] % 700_000_000
    part = (draw.random(count) * 10).astype(np.int64)
    foreign = np.where(country == OTHER, own, np.where((kind == LEAF) & (part > 6), own * (part - 6) * 2 // 10, 0))
    number = np.argsort(draw.random(count), kind="stable")
    at = np.empty(count, np.int64)
    at[number] = np.arange(count)
    parent, child = (at[column].astype(np.int32) for column in edges[:2])
    late = np.lexsort((child, parent, draw.random(len(parent)) < 0.05))
    columns = [parent[late], child[late], edges[2][late].astype(np.int32)]
    made = Graph(*columns, kind[number], country[number], own[number], foreign[number], seed, "tracing.bench.graphs")
    top = np.median(rolled(made, made.own)[made.vehicles]) - np.median(made.own[made.vehicles])
    scale = np.where(made.kind == VEHICLE, 1000, int(26_000e9 / max(top, 1)))
    fit = [np.where(made.kind == BLEND, 0, np.maximum(made.own * scale // 1000, 10)), made.foreign * scale // 1000]
    return replace(made, own=fit[0], foreign=np.minimum(fit[1], fit[0]))
