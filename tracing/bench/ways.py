"""Other ways to the same figures over the same tables, each as its own people write it, to measure ours against.

All answer, for each vehicle's part, its value and the foreign part of it in micro-USD by the rules of ``reads``. ``exact``
ways round one half-up step a declaration and agree to the last digit; the recursive query multiplies along every path in
double precision and never rounds, so it lies within ``BOUND`` of them.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from django.db import connection

from tracing.bench import reads
from tracing.bench.reads import SCALE, Arrays, Figures

MICRO = Decimal("0.000001")
BOUND = 2e-6
"""The part of a vehicle's value by which an unrounded answer may differ."""


@dataclass(frozen=True)
class Layers:
    """Lines by the height of their parent, for numpy: ``cuts`` [H + 1] the lines of each height, ``starts`` their parents."""

    child: np.ndarray
    weight: np.ndarray
    cuts: list[int]
    starts: list[np.ndarray]
    parents: list[np.ndarray]


def layers(arrays: Arrays) -> Layers:
    """Build for numpy: heights, one sort, where each parent begins."""
    height = arrays.heights
    order = np.lexsort((arrays.parent, height[arrays.parent]))
    parent = arrays.parent[order]
    cuts = np.searchsorted(height[parent], np.arange(1, height.max() + 2)).tolist()
    starts, parents = [], []
    for start, end in pairwise(cuts):
        first = np.flatnonzero(np.append(True, parent[start + 1 : end] != parent[start : end - 1]))
        starts.append(first)
        parents.append(parent[start + first])
    return Layers(arrays.child[order], arrays.weight[order][:, None], cuts, starts, parents)


def by_numpy(built: Layers, own: np.ndarray) -> np.ndarray:
    """int64 [N, 2]: level by level with ``add.reduceat``."""
    values = own.copy()
    for (start, end), first, parents in zip(pairwise(built.cuts), built.starts, built.parents, strict=True):
        total = np.add.reduceat(built.weight[start:end] * values[built.child[start:end]], first, axis=0)
        values[parents] += (total + SCALE // 2) // SCALE
    return values


def matrices(arrays: Arrays) -> list[tuple[np.ndarray, Any]]:
    """Build for scipy, where ``has_scipy``: one sparse matrix a level, int64."""
    sparse = importlib.import_module("scipy.sparse")
    built = layers(arrays)
    found = []
    for (start, end), first, parents in zip(pairwise(built.cuts), built.starts, built.parents, strict=True):
        shape = len(parents), arrays.count
        rows = (built.weight[start:end, 0], built.child[start:end], np.append(first, end - start))
        found.append((parents, sparse.csr_matrix(rows, shape=shape)))
    return found


def by_scipy(built: list[tuple[np.ndarray, Any]], own: np.ndarray) -> np.ndarray:
    """int64 [N, 2]: one sparse product a level."""
    values = own.copy()
    for parents, matrix in built:
        values[parents] += (matrix @ values + SCALE // 2) // SCALE
    return values


def has_scipy() -> bool:
    return importlib.util.find_spec("scipy") is not None


def lists(arrays: Arrays) -> list[tuple[int, list[tuple[int, int]]]]:
    """Build for plain Python: the parents children first, each with its (child, weight)."""
    below: dict[int, list[tuple[int, int]]] = {}
    columns = (column.tolist() for column in (arrays.parent, arrays.child, arrays.weight))
    for parent, child, weight in zip(*columns, strict=True):
        below.setdefault(parent, []).append((child, weight))
    return [(node, below[node]) for node in children_first(below, arrays.goods.tolist())]


def by_python(built: list[tuple[int, list[tuple[int, int]]]], own: list[list[int]]) -> list[list[int]]:
    """Plain integers in lists, [N][2]."""
    values = [column.copy() for column in own]
    for node, below in built:
        for column in values:
            total = SCALE // 2
            for child, weight in below:
                total += weight * column[child]
            column[node] += total // SCALE
    return values


def children_first(below: dict[Any, list[Any]], tops: list[Any]) -> list[Any]:
    """The nodes with something below them, each after all that goes into it; depth first, without recursion."""
    order, seen = [], set()
    for top in tops:
        waiting = [(top, iter(below.get(top, ())))]
        while waiting:
            node, rest = waiting[-1]
            for line in rest:
                if line[0] not in seen and line[0] in below:
                    seen.add(line[0])
                    waiting.append((line[0], iter(below[line[0]])))
                    break
            else:
                waiting.pop()
                order.append(node)
    return order


def good_django() -> Figures:
    """Bulk reads by ``values_list``, then one pass of Decimals over dictionaries."""
    return by_decimals(reads.bulk())


def by_decimals(read: reads.Bulk) -> Figures:
    values = dict(read.own)
    below: dict[Any, list[Any]] = {}
    for parent, *line in read.lines:
        below.setdefault(parent, []).append(line)
    for node in children_first(below, [key for key, _ in read.tops]):
        total = foreign = Decimal(0)
        for child, weight, price, away in below[node]:
            value, part = values[child] if child is not None else (price, away)
            total += weight * value
            foreign += weight * part
        value, part = values[node]
        values[node] = value + total.quantize(MICRO, ROUND_HALF_UP), part + foreign.quantize(MICRO, ROUND_HALF_UP)
    return {part: tuple(int(amount.scaleb(6)) for amount in values[key]) for key, part in read.tops}


def low_level_codes(arrays: Arrays | None = None) -> int:
    """Store each declaration's height in the temporary table bench_level: what an ERP keeps, so outside of the timed part.

    Answers the highest. Stays until the connection closes.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_level")
        cursor.execute("CREATE TEMP TABLE bench_level (id bigint PRIMARY KEY, level integer NOT NULL)")
        _level_rows(cursor, arrays or reads.rowwise())
        cursor.execute("DROP TABLE IF EXISTS bench_low")
        # rowwise() has numbered the declarations: bench_number
        cursor.execute(
            "CREATE TEMP TABLE bench_low AS SELECT m.id, l.level FROM bench_level l JOIN bench_number m ON m.n = l.id"
        )
        cursor.execute("CREATE UNIQUE INDEX bench_low_id ON bench_low (id)")
        cursor.execute("ANALYZE bench_low")
        cursor.execute("SELECT MAX(level) FROM bench_low")
        return cursor.fetchone()[0]


def _level_rows(cursor: Any, arrays: Arrays) -> None:
    rows = list(enumerate(arrays.heights.tolist()))
    if connection.vendor == "sqlite":
        connection.connection.executemany("INSERT INTO bench_level VALUES (?, ?)", rows)
        return
    with cursor.copy("COPY bench_level FROM STDIN") as copy:
        copy.write("".join(f"{number}\t{level}\n" for number, level in rows))


def _halved(total: str) -> str:
    if connection.vendor == "sqlite":
        return f"(SUM({total}) + {SCALE // 2}) / {SCALE}"
    return f"CAST(DIV(SUM({total}) + {SCALE // 2}, {SCALE}) AS bigint)"


def sql_by_level(top: int) -> Figures:
    """Temporary tables of declarations and sources, then one INSERT a level, in whole micro-USD; ``top`` from low_level_codes."""
    with connection.cursor() as cursor:
        for table in ("bench_answer", "bench_node", "bench_edge", "bench_value"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMP TABLE bench_answer AS {reads.answers()}")
        if connection.vendor == "sqlite":
            cursor.execute("CREATE INDEX bench_answer_id ON bench_answer (id)")
            cursor.execute("CREATE INDEX bench_answer_part ON bench_answer (part_id)")
        cursor.execute("ANALYZE bench_answer")
        for table, query, key in (
            ("bench_node", reads.nodes("bench_answer"), "id"),
            ("bench_edge", reads.edges("bench_answer"), "parent"),
        ):
            levelled = f"SELECT x.*, w.level FROM ({query}) x JOIN bench_low w ON w.id = x.{key}"  # noqa: S608  names of ours
            cursor.execute(f"CREATE TEMP TABLE {table} AS {levelled}")
        cursor.execute("CREATE INDEX bench_edge_level ON bench_edge (level)")
        cursor.execute("CREATE UNIQUE INDEX bench_node_id ON bench_node (id)")
        cursor.execute("CREATE TEMP TABLE bench_value AS SELECT id, own, away FROM bench_node WHERE level = 0")
        cursor.execute("CREATE UNIQUE INDEX bench_value_id ON bench_value (id)")
        for table in ("bench_node", "bench_edge", "bench_value"):
            cursor.execute(f"ANALYZE {table}")
        for level in range(1, top + 1):
            cursor.execute(
                "INSERT INTO bench_value SELECT n.id, n.own + s.own, n.away + s.away FROM (SELECT e.parent,"  # noqa: S608  no input of anybody
                f" {_halved('e.weight * CASE WHEN e.child IS NULL THEN e.price ELSE v.own END')} AS own,"
                f" {_halved('e.weight * CASE WHEN e.child IS NULL THEN e.away ELSE v.away END')} AS away"
                f" FROM bench_edge e LEFT JOIN bench_value v ON v.id = e.child WHERE e.level = {level} GROUP BY e.parent) s"
                " JOIN bench_node n ON n.id = s.parent"
            )
        cursor.execute(
            "SELECT t.part_id, v.own, v.away FROM tracing_vehicle t JOIN bench_node n ON n.part_id = t.part_id"
            " JOIN bench_value v ON v.id = n.id"
        )
        return _figures(cursor)


def recursive_query() -> Figures:
    """One WITH RECURSIVE over every path from every vehicle, in double precision."""
    kept = "MATERIALIZED" if connection.vendor == "postgresql" else ""
    real = "double precision" if connection.vendor == "postgresql" else "REAL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE answer AS {kept} ({reads.answers()}), node AS {kept} ({reads.nodes('answer')}),"  # noqa: S608  no input of anybody
            f" edge AS {kept} ({reads.edges('answer')}),"
            f" bare AS {kept} (SELECT parent, SUM(CAST(weight AS {real}) * price) / {SCALE} AS own,"
            f" SUM(CAST(weight AS {real}) * away) / {SCALE} AS away FROM edge WHERE child IS NULL GROUP BY parent),"
            f" walk (vehicle, id, times) AS (SELECT t.part_id, n.id, CAST(1 AS {real}) FROM tracing_vehicle t"
            " JOIN node n ON n.part_id = t.part_id"
            f" UNION ALL SELECT w.vehicle, e.child, w.times * e.weight / {SCALE} FROM walk w"
            " JOIN edge e ON e.parent = w.id WHERE e.child IS NOT NULL)"
            " SELECT w.vehicle, SUM(w.times * (n.own + COALESCE(b.own, 0))), SUM(w.times * (n.away + COALESCE(b.away, 0)))"
            " FROM walk w JOIN node n ON n.id = w.id LEFT JOIN bare b ON b.parent = w.id GROUP BY w.vehicle"
        )
        return _figures(cursor)


def _figures(cursor: Any) -> Figures:
    as_key: Callable[[Any], Any] = reads.UUID if connection.vendor == "sqlite" else lambda key: key
    return {as_key(part): (round(value), round(foreign)) for part, value, foreign in cursor.fetchall()}
