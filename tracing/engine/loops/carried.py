"""What is true of a part is true of everything that holds it."""

from typing import Any

from tracing.engine.compiled import compiled


@compiled("values")
def carried(rows: Any, ptr: Any, col: Any, flags: Any, values: Any) -> None:
    """``values[row]`` is 1 where ``flags`` is set at the row or at anything below it: int64 [N]."""
    for at in range(len(rows)):
        row = rows[at]
        found = 1 if flags[row] else 0
        for slot in range(ptr[row], ptr[row + 1]):
            if values[col[slot]]:
                found = 1
        values[row] = found
