"""The lower of what a source may count by itself and of what was counted inside it: s.9 tracing, whole parts, high wages."""

from typing import Any

from tracing.engine.compiled import compiled


@compiled("values")
def lowest(rows: Any, ptr: Any, col: Any, weight: Any, caps: Any, den: Any, base: Any, values: Any, width: Any) -> None:
    """``values[row] = half_up((base[row] + sum of min(caps, weight * values[child])) / den)`` in ``width`` columns.

    Shapes as in ``linear``; ``caps`` int64 [E * width] in parts of the row's denominator, never below zero.
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
                    inside = times * values[there + k]
                    cap = caps[slot * width + k]
                    values[here + k] += inside if inside < cap else cap
        parts = den[row]
        for k in range(width):
            values[here + k] = (values[here + k] + parts // 2) // parts
