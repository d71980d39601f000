"""How large the amounts of a pass can become: proof, from the data, that no integer overflows."""

from typing import Any

from tracing.engine.compiled import compiled


@compiled("sums", "values")
def largest(
    rows: Any, ptr: Any, col: Any, passed: Any, looked: Any, den: Any, base: Any, sums: Any, values: Any
) -> None:
    """``sums[row]`` float64 [N]: an upper bound of every intermediate of a row, ``values[row]`` of its result.

    ``base`` float64 [N] is the sum of the absolute amounts that its own sources may count; ``passed`` int64 [E] the weight of
    what passes up without a limit, ``looked`` of what is multiplied at all, be it limited afterwards. The margin outweighs
    the rounding of floats: each step errs by less than one part in 10^15, and no row is deeper than a million.
    """
    for at in range(len(rows)):
        row = rows[at]
        total = base[row]
        peak = 0.0
        for slot in range(ptr[row], ptr[row + 1]):
            inside = values[col[slot]]
            total += abs(passed[slot]) * inside
            product = abs(looked[slot]) * inside
            if product > peak:
                peak = product
        total = total * 1.000000001 + den[row]
        sums[row] = total + peak
        values[row] = total / den[row] + 1.0
