"""U.S. and Canadian content: two looks back at materials, outside equipment by the trigger, allied equipment as it is (583.6)."""

from typing import Any

from tracing.engine.compiled import PLACE, POSITION, compiled, half_up, piece

WIDTH, BOUNDS = 9, 3
AS_IT_IS, TRIGGER = 1, 2
SEVENTY = 70


@piece
def triggered(
    brought: Any,
    times: Any,
    many: Any,
    own: Any,
    value: Any,
    slack: Any,
    trigger: Any,
    rounds: Any,
    tie_down: Any,
) -> Any:
    """What outside equipment counts, and whether a comparison lies too near for integers: whole from the trigger up, below it to
    the nearest 5 percent. ``slack`` are the half units by which what it brings may be off."""
    inside = own + (brought if times == many else times * brought // many)
    if value <= 0:
        return 0, False
    margin = 100 * inside - trigger * value
    near = -50 * slack - 300 <= margin <= 50 * slack + 300
    if margin >= 0:
        return value, near
    if not rounds:
        return 0, near
    twice = 40 * inside + value
    fives = twice // (2 * value)
    rest = twice - fives * 2 * value
    near = near or rest <= 20 * slack + 120 or 2 * value - rest <= 20 * slack + 120
    if tie_down and rest == 0:
        fives -= 1
    return (value * fives + 10) // 20 if fives > 0 else 0, near


@compiled("values", "doubt")
def label(
    rows: Any, ptr: Any, col: Any, weight: Any, below: Any, look: Any, first: Any, second: Any, item: Any,
    value: Any, own: Any, den: Any, base: Any, halves: Any, trigger: Any, rounds: Any, tie_down: Any, values: Any,
    doubt: Any,
) -> None:  # fmt: skip
    """``values`` int64 [N * 9]: what a part's inputs hold at one look back (3 bounds), at two looks (3), and as equipment (3).

    Slots: ``weight`` of the source, ``below`` the same in its seller's units; ``look`` 1 where its inside is looked at, and
    then ``first`` and ``second`` say which look of the child each takes (0 none, 1, 2); ``item`` 1 allied equipment, counted as
    it is, 2 outside equipment under the trigger; then ``value``, as delivered, and ``own`` (its maker's own U.S. and Canadian
    value) of one. ``trigger`` in percent; ``rounds`` 0 before the amendment, when less than the trigger counted nothing;
    ``tie_down`` 1 where a tie rounds down. ``doubt`` [N] is 1 where a comparison lies within the bound ``halves``.
    """
    for at in range(len(rows)):
        row = rows[at] & PLACE
        parts = den[row]
        here = (row * 9) & PLACE
        a, b, c = base[here], base[here + 1], base[here + 2]
        d, e, f = base[here + 3], base[here + 4], base[here + 5]
        g, h, i = base[here + 6], base[here + 7], base[here + 8]
        for slot in range(ptr[row] & PLACE, ptr[row + 1] & PLACE):
            child = col[slot] & POSITION
            there, times = child * 9, below[slot]
            if look[slot]:
                if first[slot]:
                    at_first = there + (first[slot] - 1) * 3
                    a += times * values[at_first]
                    b += times * values[at_first + 1]
                    c += times * values[at_first + 2]
                if second[slot]:
                    at_second = there + (second[slot] - 1) * 3
                    d += times * values[at_second]
                    e += times * values[at_second + 1]
                    f += times * values[at_second + 2]
            if item[slot] == 1:
                if doubt[child]:
                    doubt[row] = 1
                g += times * values[there + 6]
                h += times * values[there + 7]
                i += times * values[there + 8]
            elif item[slot] == 2 and weight[slot]:
                if doubt[child]:
                    doubt[row] = 1
                many, ratio = weight[slot], 1 if times == weight[slot] else times // weight[slot] + 1
                slack = halves[child] * ratio
                worst, near = triggered(
                    values[there + 3],
                    times,
                    many,
                    own[slot],
                    value[slot],
                    slack,
                    trigger,
                    rounds,
                    tie_down,
                )
                if near:
                    doubt[row] = 1
                declared, best = worst, worst
                if values[there + 4] != values[there + 3]:
                    declared, near = triggered(
                        values[there + 4],
                        times,
                        many,
                        own[slot],
                        value[slot],
                        slack,
                        trigger,
                        rounds,
                        tie_down,
                    )
                    if near:
                        doubt[row] = 1
                if values[there + 5] != values[there + 3]:
                    best, near = triggered(
                        values[there + 5],
                        times,
                        many,
                        own[slot],
                        value[slot],
                        slack,
                        trigger,
                        rounds,
                        tie_down,
                    )
                    if near:
                        doubt[row] = 1
                g += many * worst
                h += many * declared
                i += many * best
        values[here], values[here + 1], values[here + 2] = half_up(a, parts), half_up(b, parts), half_up(c, parts)
        values[here + 3], values[here + 4], values[here + 5] = half_up(d, parts), half_up(e, parts), half_up(f, parts)
        values[here + 6], values[here + 7], values[here + 8] = half_up(g, parts), half_up(h, parts), half_up(i, parts)
