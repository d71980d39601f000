"""How far the integers of a pass may lie from the exact rationals: half units, carried up as the amounts are."""

from typing import Any

from tracing.engine.compiled import compiled


@compiled("halves")
def errors(rows: Any, ptr: Any, col: Any, weight: Any, den: Any, rough: Any, halves: Any) -> None:
    """``halves[row] = ceil((rough[row] + sum of weight * halves[child]) / den) + 1``, int64 [N], in half units.

    ``rough`` int64 [N] is the weight of the sources whose own amount was rounded. The last 1 is the row's own rounding. What
    is the lower of two amounts, each within its bound, lies within the larger bound, so one loop serves every method.
    """
    for at in range(len(rows)):
        row = rows[at]
        total = rough[row]
        for slot in range(ptr[row], ptr[row + 1]):
            total += weight[slot] * halves[col[slot]]
        parts = den[row]
        halves[row] = (total + parts - 1) // parts + 1
