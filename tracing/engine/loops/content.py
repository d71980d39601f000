"""Actual content: what a part adds itself, and the weighted content of what goes into it, rounded once."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from tracing.engine.compiled import COMPILED, PLACE, POSITION, compiled, fetch, half_up
from tracing.engine.fleet import AHEAD, SCALE, Amounts, Fleet, Whole, check_amounts
from tracing.engine.loops.reach import ascending, spread

FULL_ABOVE = 20
"""Above nodes / 20 reached, a full pass is quicker than finding, sorting and visiting them."""
FEW = 64
"""Up to so many reached positions are sorted and visited without leaving the loop."""


@compiled("values")
def pairs(
    which: Any, count: Any, ptr: Any, stream: Any, weight: Any, den: Any, first: Any, width: Any, own: Any, values: Any
) -> None:
    """``columns``, two at a time and rounding; an odd last column goes with its neighbour once more. ``width`` None is 2.

    A full pass asks for its values AHEAD lines early: waiting for them is most of its time.
    """
    wide = 2 if width is None else width
    for n in range(count):
        at = first + n if which is None else which[n]
        base = (at * wide) & PLACE
        if at < first:
            for k in range(base, base + wide):
                values[k] = own[k]
            continue
        start = ptr[at - first] & PLACE
        scale = SCALE if den is None else den[at - first]
        for column in range(0, wide, 2):
            k = min(column, wide - 2)
            e = start
            child = 0
            one = 0
            two = 0
            while child >= 0:
                if COMPILED and which is None:
                    fetch(values, (stream[(e + AHEAD) & PLACE] & POSITION) * wide + k)
                child = 0 + stream[e & PLACE]
                below = ((child & POSITION) * wide + k) & PLACE
                one += weight[e & PLACE] * values[below]
                two += weight[e & PLACE] * values[below + 1]
                e += 1
            k = (base + k) & PLACE
            values[k] = own[k] + half_up(one, scale)
            values[k + 1] = own[k + 1] + half_up(two, scale)


@compiled("values")
def columns(
    which: Any,
    count: Any,
    ptr: Any,
    stream: Any,
    weight: Any,
    den: Any,
    first: Any,
    width: Any,
    exact: Any,
    own: Any,
    values: Any,
) -> None:
    """``width`` columns over ``count`` ascending positions: those in ``which``, or (None) all rows. ``den`` None is SCALE.

    ``exact`` None rounds half up; anything else divides, for ``columns.loop`` over lists of Fractions. A row ends where
    ``stream`` is negative: were its lines counted, the compiler would gather eight at a time, for rows of six.
    """
    for n in range(count):
        at = first + n if which is None else which[n]
        for k in range(width):
            mine = (at * width + k) & PLACE
            if at < first:
                values[mine] = own[mine]
                continue
            e = ptr[at - first] & PLACE
            child = 0
            total = 0
            while child >= 0:
                child = 0 + stream[e & PLACE]
                total += weight[e & PLACE] * values[(child & POSITION) * width + k]
                e += 1
            scale = SCALE if den is None else den[at - first]
            if exact is None:
                values[mine] = own[mine] + half_up(total, scale)
            else:
                values[mine] = own[mine] + total / scale


@compiled()
def near(
    which: Any, count: Any, ptr: Any, stream: Any, weight: Any, first: Any, width: Any, own: Any, values: Any
) -> None:
    """Ask for everything that computing these positions will read: all at once, where computing asks row after row."""
    for n in range(count):
        fetch(own, which[n] * width)
        row = which[n] - first
        if row >= 0:
            fetch(weight, ptr[row])
            for e in range(ptr[row] & PLACE, ptr[row + 1] & PLACE):
                fetch(values, (stream[e] & POSITION) * width)


@compiled("stamp", "found", "values")
def update(
    changed: Any, above_ptr: Any, above_col: Any, stamp: Any, epoch: Any, found: Any, limit: Any,
    ptr: Any, stream: Any, weight: Any, den: Any, first: Any, width: Any, own: Any, values: Any,
) -> Any:  # fmt: skip
    """Find what ``changed`` reaches (``spread``) and, up to FEW of them, compute them again. Returns how many."""
    count = spread(changed, above_ptr, above_col, stamp, epoch, found, limit)
    if count <= FEW and count <= limit:
        near(found, count, ptr, stream, weight, first, 2 if width is None else width, own, values)
        ascending(found, count)
        if width is None:
            pairs(found, count, ptr, stream, weight, den, first, None, own, values)
        else:
            columns(found, count, ptr, stream, weight, den, first, width, None, own, values)
    return count


def roll(fleet: Fleet, own: Amounts, out: Amounts | None = None) -> Amounts:
    """Content of every node: ``X[n] = own[n] + half_up(sum of weight * X[child] / den)``, per column.

    ``own`` and the result (``out``, if given, every entry written) are int64 [nodes, K] in position order:
    ``own_by_id[fleet.ids]``, ``result[fleet.place]``. Raises ValueError for other shapes; ``prove`` first.
    """
    out = np.empty_like(own) if out is None else out
    check_amounts(fleet, own, out)
    out[: fleet.first] = own[: fleet.first]
    _compute(fleet, None, len(fleet.den), own, out)
    return out


def _compute(fleet: Fleet, which: Whole | None, count: int, own: Amounts, out: Amounts) -> None:
    """The loop for this width over ``which``, or (None) over all rows."""
    width = own.shape[1]
    den = None if fleet.scale == SCALE else fleet.den
    body = (which, count, fleet.ptr, fleet.stream, fleet.weight, den, fleet.first)
    if width == 1:
        columns(*body, width, None, own.reshape(-1), out.reshape(-1))
    else:
        pairs(*body, None if width == 2 else width, own.reshape(-1), out.reshape(-1))


def again(fleet: Fleet, own: Amounts, values: Amounts, changed: Whole | Sequence[int]) -> int:
    """Bring ``values`` (of ``roll``) up to date after ``own`` changed at the positions ``changed``; bit for bit as ``roll``.

    Computes what ``changed`` reaches, or everything where that is more than 1 / FULL_ABOVE of the nodes. Returns how many
    positions it computed. Raises IndexError for a position outside, ValueError as ``roll``.
    """
    check_amounts(fleet, own, values)
    width = own.shape[1]
    limit = fleet.nodes // FULL_ABOVE
    above, scratch = fleet.above, fleet.take()
    count: int = update(
        np.asarray(changed, np.int32), above.ptr, above.col, scratch.stamp, scratch.next(), scratch.found, limit,
        fleet.ptr, fleet.stream, fleet.weight, None if fleet.scale == SCALE else fleet.den, fleet.first,
        None if width == 2 else width, own.reshape(-1), values.reshape(-1),
    )  # fmt: skip
    if count > limit:
        roll(fleet, own, values)
        count = fleet.nodes
    elif count > FEW:
        scratch.found[:count].sort()
        _compute(fleet, scratch.found, count, own, values)
    fleet.spare.append(scratch)
    if count < 0:
        raise IndexError(f"positions go from 0 to {fleet.nodes - 1}")
    return count


def exact(fleet: Fleet, own: Amounts, goods: Sequence[int] | None = None) -> list[list[Fraction]]:
    """The content of the goods (or of the positions ``goods``) without any rounding, [V][K]: the same loop over rationals.

    Visits only what these goods are made of.
    """
    check_amounts(fleet, own)
    asked = [int(at) for at in (fleet.goods if goods is None else goods)]
    width = own.shape[1]
    which = _below(fleet, asked)
    ptr, stream, weight, mine = (array.tolist() for array in (fleet.ptr, fleet.stream, fleet.weight, own.reshape(-1)))
    rational = {den: Fraction(den) for den in set(fleet.den.tolist())}
    den = [rational[whole] for whole in fleet.den.tolist()]  # so that an integer over it is a rational, never a float
    values = mine.copy()
    columns.loop(which, len(which), ptr, stream, weight, den, fleet.first, width, True, mine, values)
    return [[Fraction(value) for value in values[at * width : (at + 1) * width]] for at in asked]


def _below(fleet: Fleet, tops: list[int]) -> list[int]:
    """The positions of ``tops`` and of everything below, ascending."""
    seen, waiting = set(tops), list(tops)
    while waiting:
        row = waiting.pop() - fleet.first
        if row >= 0:
            for child in fleet.col[fleet.ptr[row] : fleet.ptr[row + 1]].tolist():
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
    return sorted(seen)
