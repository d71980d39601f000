"""Everything that a part passes up as it is: own amounts and what its inputs bring, column by column, rounded once a part."""

from typing import Any

from tracing.engine.compiled import compiled


@compiled("values")
def linear(rows: Any, ptr: Any, col: Any, weight: Any, den: Any, base: Any, values: Any, width: Any) -> None:
    """``values[row] = half_up((base[row] + sum of weight * values[child]) / den)`` in ``width`` columns.

    ``rows`` are ascending positions; ``base`` and ``values`` int64 [N * width], row by row; ``weight`` int64 [E], 0 where
    nothing passes.
    """
    for at in range(len(rows)):
        row = rows[at]
        here = row * width
        for k in range(width):
            values[here + k] = base[here + k]
        for slot in range(ptr[row], ptr[row + 1]):
            times = weight[slot]
            if times:
                there = col[slot] * width
                for k in range(width):
                    values[here + k] += times * values[there + k]
        parts = den[row]
        for k in range(width):
            values[here + k] = (values[here + k] + parts // 2) // parts
