"""The lower of what a source may count by itself and of what was counted inside it: s.9 tracing, whole parts, high wages."""

from typing import Any

from tracing.engine.compiled import PLACE, POSITION, compiled, half_up

WIDTH = 3


@compiled("values")
def lowest(rows: Any, ptr: Any, col: Any, weight: Any, caps: Any, den: Any, base: Any, values: Any) -> None:
    """``values[row] = half_up((base[row] + sum of min(caps, weight * values[child])) / den)`` at worst, as declared and at best.

    Shapes as in ``linear``, WIDTH columns; ``caps`` int64 [E * WIDTH] in parts of the row's denominator, never below zero.
    """
    for at in range(len(rows)):
        row = rows[at] & PLACE
        here = (row * 3) & PLACE
        worst, declared, best = base[here], base[here + 1], base[here + 2]
        for slot in range(ptr[row] & PLACE, ptr[row + 1] & PLACE):
            times = weight[slot]
            if times:
                there, limit = (col[slot] & POSITION) * 3, (slot * 3) & PLACE
                inside = times * values[there]
                worst += inside if inside < caps[limit] else caps[limit]
                inside = times * values[there + 1]
                declared += inside if inside < caps[limit + 1] else caps[limit + 1]
                inside = times * values[there + 2]
                best += inside if inside < caps[limit + 2] else caps[limit + 2]
        parts = den[row]
        values[here] = half_up(worst, parts)
        values[here + 1] = half_up(declared, parts)
        values[here + 2] = half_up(best, parts)
