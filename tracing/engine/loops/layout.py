"""From lines in any order to rows, children first."""

from typing import Any

from tracing.engine.compiled import compiled


@compiled("ptr", "col", "line")
def by_parent(parent: Any, child: Any, ptr: Any, col: Any, line: Any) -> None:
    """Sort lines by parent, stably. ``ptr`` [count + 1] zeros; out: ``ptr``, ``col`` (child ids), ``line`` [lines]."""
    for e in range(len(parent)):
        ptr[parent[e]] += 1
    total = 0
    for n in range(len(ptr)):
        total += ptr[n]
        ptr[n] = total
    for back in range(len(parent)):  # from the end, so that ptr finishes as the starts
        e = len(parent) - 1 - back
        slot = ptr[parent[e]] - 1
        ptr[parent[e]] = slot
        col[slot] = child[e]
        line[slot] = e


@compiled("place", "cursor", "path")
def depth_first(ptr: Any, col: Any, goods: Any, first: Any, place: Any, cursor: Any, path: Any) -> Any:
    """Give every id its position: leaves as first met, the rest after all their children; then ids no good reaches.

    ``place`` and ``cursor`` [count] come as -1, ``path`` [count] as anything. Returns 0, or the length of a loop of parts
    whose ids, each containing the next, are then at the start of ``path``.
    """
    leaf = 0
    done = first
    for turn in range(len(goods) + len(place)):
        top = goods[turn] if turn < len(goods) else turn - len(goods)
        if place[top] >= 0:
            continue
        if ptr[top] == ptr[top + 1]:
            place[top] = leaf
            leaf += 1
            continue
        depth = 0
        path[0] = top
        cursor[top] = ptr[top]
        while depth >= 0:
            node = path[depth]
            e = cursor[node]
            if e == ptr[node + 1]:
                place[node] = done
                done += 1
                depth -= 1
                continue
            cursor[node] = e + 1
            below = col[e]
            if place[below] >= 0:
                continue
            if ptr[below] == ptr[below + 1]:
                place[below] = leaf
                leaf += 1
            elif cursor[below] < 0:
                depth += 1
                path[depth] = below
                cursor[below] = ptr[below]
            else:  # begun and not finished: it stands on the path
                start = depth
                while path[start] != below:
                    start -= 1
                for step in range(start, depth + 1):
                    path[step - start] = path[step]
                return depth + 1 - start
    return 0


@compiled("ids", "ptr", "col", "line")
def in_order(
    old_ptr: Any, old_col: Any, old_line: Any, place: Any, ids: Any, first: Any, ptr: Any, col: Any, line: Any
) -> None:
    """Rows in the order of their positions, and children as positions. In: ``place``; out: ``ids`` and the last three."""
    for node in range(len(place)):
        ids[place[node]] = node
    slot = 0
    ptr[0] = 0
    for a in range(len(ptr) - 1):
        node = ids[first + a]
        for e in range(old_ptr[node], old_ptr[node + 1]):
            col[slot] = place[old_col[e]]
            line[slot] = old_line[e]
            slot += 1
        ptr[a + 1] = slot


@compiled("above_ptr", "above_col")
def parents(ptr: Any, col: Any, first: Any, above_ptr: Any, above_col: Any) -> None:
    """Turn the rows around: whose row names each position, ascending. ``above_ptr`` [nodes + 1] comes as zeros."""
    for e in range(len(col)):
        above_ptr[col[e]] += 1
    total = 0
    for n in range(len(above_ptr)):
        total += above_ptr[n]
        above_ptr[n] = total
    for back in range(len(ptr) - 1):
        a = len(ptr) - 2 - back
        for e in range(ptr[a], ptr[a + 1]):
            slot = above_ptr[col[e]] - 1
            above_ptr[col[e]] = slot
            above_col[slot] = first + a


@compiled("stream")
def marked(ptr: Any, col: Any, stream: Any) -> None:
    """``col`` with the sign bit at the last child of each row. ``stream`` is at least as long."""
    for e in range(len(col)):
        stream[e] = col[e]
    for a in range(len(ptr) - 1):
        stream[ptr[a + 1] - 1] = stream[ptr[a + 1] - 1] - 0x8000_0000
