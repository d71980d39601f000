"""Total cost, excluded costs and net cost of every part, own production at what it costs (Regs ss.2(6), 6(11), 7(6); UR 7, 8(8))."""

from typing import Any

from tracing.engine.compiled import compiled, half_up

TOTAL, EXCLUDED, NET, WIDTH = 0, 1, 2, 3


@compiled("values", "known")
def costs(
    rows: Any,
    ptr: Any,
    col: Any,
    made: Any,
    kept: Any,
    den: Any,
    base: Any,
    stated: Any,
    own: Any,
    total: Any,
    excluded: Any,
    net: Any,
    known: Any,
    values: Any,
) -> None:
    """``values`` int64 [N * 3]: total, excluded and net cost of one; ``known`` [N] is 1 where the maker states its costs.

    ``made`` int64 [E] is the weight of own production, ``kept`` the same where it is not designated: its excluded costs come
    off too. ``base`` int64 [N] is what the other materials cost, in parts of ``den``; ``stated`` [N] is 1 where there are
    costs at all; ``own``, ``total``, ``excluded``, ``net`` int64 [N] as stated (-1: not said).
    """
    for at in range(len(rows)):
        row = rows[at]
        known[row] = stated[row]
        materials = base[row]
        inside = 0
        for slot in range(ptr[row], ptr[row + 1]):
            if made[slot] and known[col[slot]]:
                there = col[slot] * 3
                materials += made[slot] * values[there]
                inside += kept[slot] * values[there + 1]
        parts = den[row]
        away = excluded[row] + half_up(inside, parts)
        if total[row] >= 0:
            whole = total[row]
        elif net[row] >= 0 and own[row] == 0:
            whole = net[row] + away
        else:
            whole = half_up(materials, parts) + own[row]
        here = row * 3
        values[here] = whole
        values[here + 1] = away
        values[here + 2] = net[row] if net[row] >= 0 else whole - away
