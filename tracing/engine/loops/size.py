"""Whether every number of a roll-up stays small enough for int64, proved from the data before any is computed."""

from typing import Any

from tracing.engine.compiled import compiled

TOO_LARGE = float(2**62)
ULP = 2.0**-52


@compiled("bound")
def first_too_large(
    ptr: Any, col: Any, weight: Any, den: Any, first: Any, width: Any, compare: Any, own: Any, bound: Any
) -> Any:
    """The lowest position where an amount, a sum, a sum with its rounding addend, or an amount times ``compare`` could
    reach 2**62; -1 if there is none. Out: ``bound`` [nodes], not below the largest |amount| of each node.

    Floats, rounded to nearest: n of them in a row lose less than n half units in the last place, and every result is
    raised by more than that.
    """
    for at in range(len(bound)):
        largest = 0.0
        for k in range(at * width, (at + 1) * width):
            largest = max(largest, abs(float(own[k])))
        if at >= first:
            a = at - first
            total = 0.0
            for e in range(ptr[a], ptr[a + 1]):
                total += abs(float(weight[e])) * bound[col[e]]
            total *= 1.0 + (ptr[a + 1] - ptr[a] + 8) * ULP
            scale = float(den[a])
            if (total + scale) * (1.0 + 4 * ULP) >= TOO_LARGE:
                return at
            largest += total / scale + 1.0
        largest *= 1.0 + 8 * ULP
        bound[at] = largest
        if largest * compare * (1.0 + 4 * ULP) >= TOO_LARGE:
            return at
    return -1
