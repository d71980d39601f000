"""The plainest fast kernel to measure ours against: one counted loop over the rows, children first, two columns of int64."""

from typing import Any

import numpy as np

from tracing.engine.compiled import compiled
from tracing.engine.fleet import Fleet


@compiled("values")
def pull(ptr: Any, col: Any, weight: Any, first: Any, scale: Any, own: Any, values: Any) -> None:
    """``values`` int64 [2 * N], the leaves' already there: own and half up of what each child brings."""
    for row in range(len(ptr) - 1):
        here = 2 * (first + row)
        one = scale // 2
        two = one
        for slot in range(ptr[row], ptr[row + 1]):
            there = 2 * col[slot]
            one += weight[slot] * values[there]
            two += weight[slot] * values[there + 1]
        values[here] = own[here] + one // scale
        values[here + 1] = own[here + 1] + two // scale


class Reference:
    """The kernel over the rows of a fleet, which it shares with ours: same order, same weights, one scale for all rows."""

    def __init__(self, fleet: Fleet):
        self.fleet, self.values = fleet, np.zeros((fleet.nodes, 2), np.int64)

    def run(self, own: np.ndarray) -> np.ndarray:
        """int64 [N, 2], as ``own.roll`` gives it."""
        fleet, values = self.fleet, self.values
        values[: fleet.first] = own[: fleet.first]
        pull(fleet.ptr, fleet.col, fleet.weight, fleet.first, fleet.scale, own.reshape(-1), values.reshape(-1))
        return values
