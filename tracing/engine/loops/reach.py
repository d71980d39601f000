"""Who stands above a change."""

from typing import Any

from tracing.engine.compiled import compiled, fetch


@compiled("stamp", "found")
def spread(changed: Any, ptr: Any, col: Any, stamp: Any, epoch: Any, found: Any, limit: Any) -> Any:
    """Put ``changed`` and everything above into ``found``, each once, in no order; returns how many.

    ``ptr``, ``col`` say who is above; ``stamp`` [nodes] holds no ``epoch`` yet. Stops at once when more than ``limit`` are
    found (and returns that many), or at a position that does not exist (and returns -1).
    """
    count = 0
    for n in range(len(changed)):
        at = changed[n]
        if at < 0 or at >= len(stamp):
            return -1
        if stamp[at] != epoch:
            stamp[at] = epoch
            found[count] = at
            count += 1
    done = 0
    while done < count:
        if count > limit:
            return count
        at = found[done]
        done += 1
        for e in range(ptr[at], ptr[at + 1]):
            parent = col[e]
            if stamp[parent] != epoch:
                stamp[parent] = epoch
                fetch(ptr, parent)
                found[count] = parent
                count += 1
    return count


@compiled("found")
def ascending(found: Any, count: Any) -> None:
    """Sort the first ``count`` in place: by insertion, so for few."""
    for n in range(1, count):
        value = found[n]
        m = n
        while m > 0 and found[m - 1] > value:
            found[m] = found[m - 1]
            m -= 1
        found[m] = value
