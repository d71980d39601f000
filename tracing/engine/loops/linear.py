"""Everything that a part passes up as it is: own amounts and what its inputs bring, column by column, rounded once a part."""

from typing import Any

from tracing.engine.compiled import PLACE, POSITION, compiled, half_up

WIDTH = 7


@compiled("values")
def linear(rows: Any, ptr: Any, col: Any, weight: Any, den: Any, base: Any, values: Any) -> None:
    """``values[row] = half_up((base[row] + sum of weight * values[child]) / den)`` in WIDTH columns.

    ``rows`` are ascending positions; ``base`` and ``values`` int64 [N * WIDTH], row by row; ``weight`` int64 [E], 0 where
    nothing passes. The columns are written out: a short counted loop inside is half as quick.
    """
    for at in range(len(rows)):
        row = rows[at] & PLACE
        here = (row * 7) & PLACE
        a, b, c, d = base[here], base[here + 1], base[here + 2], base[here + 3]
        e, f, g = base[here + 4], base[here + 5], base[here + 6]
        for slot in range(ptr[row] & PLACE, ptr[row + 1] & PLACE):
            times = weight[slot]
            if times:
                there = (col[slot] & POSITION) * 7
                a += times * values[there]
                b += times * values[there + 1]
                c += times * values[there + 2]
                d += times * values[there + 3]
                e += times * values[there + 4]
                f += times * values[there + 5]
                g += times * values[there + 6]
        parts = den[row]
        values[here] = half_up(a, parts)
        values[here + 1] = half_up(b, parts)
        values[here + 2] = half_up(c, parts)
        values[here + 3] = half_up(d, parts)
        values[here + 4] = half_up(e, parts)
        values[here + 5] = half_up(f, parts)
        values[here + 6] = half_up(g, parts)
