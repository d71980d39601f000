"""The supply of many goods as arrays, children first: what every compiled pass runs over."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tracing.engine.loops.layout import by_parent, depth_first, in_order, marked, parents
from tracing.engine.loops.reach import spread
from tracing.engine.loops.size import first_too_large
from tracing.engine.order import SupplyLoop

Whole = NDArray[np.signedinteger[Any]]
Amounts = NDArray[np.int64]
Names = Callable[[int], str] | Sequence[str] | None

SCALE = 10_000
AHEAD = 64
"""How many lines ahead a pass asks for its values (loops/content.py). At five million lines, never asking takes 2.6 times
as long, 16 ahead 1.4 times, 32 1.1 times, 48 as long."""
MOST = 2**31 - 1
INT64 = np.dtype(np.int64)


class TooLarge(ValueError):
    """A number that could leave int64. The message names the part and says what to do; ``part`` is the name alone."""

    def __init__(self, message: str, part: str | None = None):
        self.part = part
        super().__init__(message)


class Above(NamedTuple):
    """The rows turned around: the parents of position n are ``col[ptr[n]:ptr[n + 1]]``, ascending."""

    ptr: Whole
    col: NDArray[np.int32]


@dataclass
class Scratch:
    """Where one search upward notes what it saw. ``stamp`` [nodes] holds the number of the search that was there last."""

    stamp: NDArray[np.int32]
    found: NDArray[np.int32]
    epoch: int = 0

    def next(self) -> int:
        """A number that no stamp holds."""
        if self.epoch == MOST:
            self.stamp[:] = 0
            self.epoch = 0
        self.epoch += 1
        return self.epoch


@dataclass(frozen=True, eq=False)
class Fleet:
    """The supply of many goods as arrays, children first. Row a is the assembly at position ``first + a``.

    Positions below ``first`` are leaves; every row has a line, every child a lower position than its parents. The arrays cannot be
    written to, so that one read from a file and one just built are the same to the compiler.
    """

    ptr: Whole  # [rows + 1], int32 or int64: the lines of row a are ptr[a] to ptr[a + 1]
    col: NDArray[np.int32]  # [lines]: position of the child
    weight: Whole  # [lines], int32 or int64: in units of 1/den of the row
    den: Amounts  # [rows]: the row's denominator
    first: int
    place: NDArray[np.int32]  # [nodes]: id -> position
    ids: NDArray[np.int32]  # [nodes]: position -> id
    goods: NDArray[np.int32]  # [V]: positions, in the order given
    line: Whole  # [lines], int32 or int64: which line of the input stands here, ``x[fleet.line]`` follows the rows
    scale: int  # the denominator if it is the same for every row, else 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                view = np.asarray(value).view()
                view.flags.writeable = False
                object.__setattr__(self, field.name, view)

    @property
    def nodes(self) -> int:
        """How many ids, and so positions, there are."""
        return len(self.place)

    @cached_property
    def above(self) -> Above:
        """Who uses each position; made when first asked for."""
        ptr = np.zeros(self.nodes + 1, self.ptr.dtype)
        col = np.empty(len(self.col), np.int32)
        parents(self.ptr, self.col, self.first, ptr, col)
        ptr.flags.writeable = col.flags.writeable = False
        return Above(ptr, col)

    @cached_property
    def stream(self) -> NDArray[np.int32]:
        """``col`` as one stream: the sign bit marks the last child of a row, AHEAD zeros follow (loops/content.py)."""
        stream = np.zeros(len(self.col) + AHEAD, np.int32)
        marked(self.ptr, self.col, stream)
        stream.flags.writeable = False
        return stream

    @cached_property
    def spare(self) -> list[Scratch]:
        """Scratch that no thread is using at the moment."""
        return []

    @contextmanager
    def scratch(self) -> Iterator[Scratch]:
        """Scratch for one search, not shared with any other thread, and kept for the next one."""
        taken = self.take()
        try:
            yield taken
        finally:
            self.spare.append(taken)

    def take(self) -> Scratch:
        """Scratch without the ceremony: give it back by ``fleet.spare.append``."""
        try:
            return self.spare.pop()  # one step to the interpreter, so two threads never get the same
        except IndexError:
            return Scratch(np.zeros(self.nodes, np.int32), np.empty(self.nodes, np.int32))


def build(
    parent: Whole,
    child: Whole,
    weight: Whole,
    goods: Whole,
    count: int,
    *,
    scale: int = SCALE,
    den: Amounts | None = None,
    names: Names = None,
) -> Fleet:
    """Lay out lines for the passes: depth first from the goods, children first; what no good reaches comes after.

    ``parent``, ``child`` [lines] and ``goods`` [V] are ids from 0 to ``count`` - 1; line e says that one unit of
    ``parent[e]`` takes ``weight[e] / den[parent[e]]`` units of ``child[e]`` (``den`` [count], or ``scale`` for all). All
    int32 or int64. The order of the lines of one parent is kept; nothing that is computed depends on it. Raises ValueError
    for arrays that are not so, SupplyLoop naming the parts (``names``: id -> name) if some contain each other.
    """
    edges = len(parent)
    _check_ids(parent, child, weight, goods, count, edges)
    wide: np.dtype[Any] = np.dtype(np.int32 if edges <= MOST else np.int64)
    old_ptr, old_col, old_line = np.zeros(count + 1, wide), np.empty(edges, np.int32), np.empty(edges, wide)
    by_parent(_fixed(parent), _fixed(child), old_ptr, old_col, old_line)
    has_row = old_ptr[1:] > old_ptr[:-1]
    rows = int(np.count_nonzero(has_row))
    place = _positions(old_ptr, old_col, goods, count - rows, names)
    ids, ptr = np.empty(count, np.int32), np.empty(rows + 1, wide)
    col, line = np.empty(edges, np.int32), np.empty(edges, wide)
    in_order(old_ptr, old_col, old_line, place, ids, count - rows, ptr, col, line)
    of_row, same = _denominators(den, scale, ids[count - rows :], count)
    return Fleet(ptr, col, _narrow(weight)[line], of_row, count - rows, place, ids, place[goods], line, same)


def _check_ids(parent: Whole, child: Whole, weight: Whole, goods: Whole, count: int, edges: int) -> None:
    for name, array in {"parent": parent, "child": child, "weight": weight, "goods": goods}.items():
        if array.ndim != 1 or array.dtype not in (np.int32, np.int64):
            raise ValueError(f"{name} must have one dimension of int32 or int64, not {array.ndim} of {array.dtype}")
        if name != "goods" and len(array) != edges:
            raise ValueError(f"{name} has {len(array)} entries for {edges} lines")
        if name != "weight" and len(array) and not (array.min() >= 0 and array.max() < count):
            raise ValueError(f"{name} holds {array.min()} to {array.max()}; ids go from 0 to {count - 1}")
    if not 0 <= count <= MOST:
        raise ValueError(f"{count} parts; at most {MOST} have a position")


def _fixed(ids: Whole) -> NDArray[np.int32]:
    """As the one kind of array that the loops are compiled for, whatever it was: read from a file, a slice, int64."""
    fixed = np.ascontiguousarray(ids, np.int32).view()
    fixed.flags.writeable = False
    return fixed


def _positions(ptr: Whole, col: Whole, goods: Whole, first: int, names: Names) -> NDArray[np.int32]:
    """id -> position. Raises SupplyLoop."""
    count = len(ptr) - 1
    place, path = np.full(count, -1, np.int32), np.empty(count, np.int32)
    size = depth_first(ptr, col, _fixed(goods), first, place, np.full(count, -1, ptr.dtype), path)
    if size:
        raise SupplyLoop([_name(names, int(n)) for n in path[:size]])
    return place


def _name(names: Names, number: int) -> str:
    if names is None:
        return str(number)
    return names(number) if callable(names) else str(names[number])


def _narrow(weight: Whole) -> Whole:
    """As int32 where that holds them: half the memory to read in a pass."""
    if weight.dtype == np.int64 and (not len(weight) or (weight.min() >= -MOST and weight.max() <= MOST)):
        return weight.astype(np.int32)
    return weight


def _denominators(den: Amounts | None, scale: int, row_ids: Whole, count: int) -> tuple[Amounts, int]:
    """The denominator of every row, and the one of all rows or 0."""
    if den is None:
        if not 0 < scale < 2**62:
            raise ValueError(f"scale is {scale}; it must be above 0 and below 2**62")
        return np.full(len(row_ids), scale, np.int64), scale
    if den.shape != (count,) or den.dtype != np.int64:
        raise ValueError(f"den must be int64 [{count}], not {den.dtype} {list(den.shape)}")
    of_row = den[row_ids]
    if len(of_row) and not (of_row.min() > 0 and of_row.max() < 2**62):
        raise ValueError("den must be above 0 and below 2**62 for every part that has lines")
    same = len(of_row) == 0 or bool((of_row == of_row[0]).all())
    return of_row, (int(of_row[0]) if len(of_row) else scale) if same else 0


def prove(fleet: Fleet, own: Amounts, *, compare: int = SCALE, names: Names = None) -> None:
    """Prove from the data that no pass over ``own`` [nodes, K] in position order can leave int64.

    Every amount, partial sum in any order, sum with its rounding addend, and every amount times ``compare`` stays below
    2**62 (so the difference of two, times ``compare``, below 2**63). Holds as long as no own amount grows in size. Costs
    about as much as a pass. Raises TooLarge with the first part, children first, where that cannot be shown.
    """
    check_amounts(fleet, own)
    bound = np.empty(fleet.nodes)
    at = first_too_large(
        fleet.ptr,
        fleet.col,
        fleet.weight,
        fleet.den,
        fleet.first,
        own.shape[1],
        float(max(compare, 1)),
        own.reshape(-1),
        bound,
    )
    if at >= 0:
        part = _name(names, int(fleet.ids[at]))
        raise TooLarge(
            f"part {part}: an amount, or a comparison with it, does not fit into 62 bits; compute in a coarser unit "
            "(micro instead of nano), or look for a price or a quantity there that is out of place",
            part,
        )


def check_amounts(fleet: Fleet, *tables: Amounts) -> None:
    """Raises ValueError unless all are int64 [nodes, K] of one K, contiguous: a loop would not notice, and write astray."""
    shape = tables[0].shape
    for table in tables:
        if table.dtype != INT64 or table.shape != shape or not table.flags.c_contiguous:
            raise ValueError(f"amounts must be contiguous int64 {list(shape)}, not {table.dtype} {list(table.shape)}")
    if len(shape) != 2 or shape[0] != len(fleet.place) or not shape[1]:
        raise ValueError(f"amounts must be [{fleet.nodes}, K], not {list(shape)}")


def reach(fleet: Fleet, changed: Whole | Sequence[int]) -> NDArray[np.int32]:
    """The ascending positions of ``changed`` (positions) and of everything above. Raises IndexError for one outside."""
    start = np.asarray(changed, np.int32)
    above = fleet.above
    with fleet.scratch() as scratch:
        count = spread(start, above.ptr, above.col, scratch.stamp, scratch.next(), scratch.found, fleet.nodes)
        if count < 0:
            raise IndexError(f"positions go from 0 to {fleet.nodes - 1}")
        found: NDArray[np.int32] = np.sort(scratch.found[:count])
        return found
