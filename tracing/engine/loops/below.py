"""How much stands below a part, each thing once."""

from typing import Any

from tracing.engine.compiled import compiled


@compiled("seen", "waiting")
def below(top: Any, mark: Any, ptr: Any, col: Any, held: Any, seen: Any, waiting: Any) -> Any:
    """The sum of ``held`` int64 [N] over a row and all rows below it. ``seen`` int64 [N] must not hold ``mark`` yet; ``waiting``
    int64 [N] is scratch."""
    total = 0
    count = 1
    waiting[0] = top
    seen[top] = mark
    while count:
        count -= 1
        row = waiting[count]
        total += held[row]
        for slot in range(ptr[row], ptr[row + 1]):
            child = col[slot]
            if seen[child] != mark:
                seen[child] = mark
                waiting[count] = child
                count += 1
    return total
