"""U.S. and Canadian content: two looks back at materials, outside equipment by the trigger, allied equipment as it is (583.6)."""

from typing import Any

from tracing.engine.compiled import compiled

WIDTH, BOUNDS = 9, 3
AS_IT_IS, TRIGGER = 1, 2
SEVENTY = 70


@compiled("values", "doubt")
def label(
    rows: Any, ptr: Any, col: Any, weight: Any, below: Any, look: Any, first: Any, second: Any, item: Any, price: Any,
    value: Any, own: Any, den: Any, base: Any, halves: Any, trigger: Any, rounds: Any, tie_down: Any, values: Any,
    doubt: Any,
) -> None:  # fmt: skip
    """``values`` int64 [N * 9]: what a part's inputs hold at one look back (3 bounds), at two looks (3), and as equipment (3).

    Slots: ``weight`` of the source, ``below`` the same in its seller's units; ``look`` 1 where its inside is looked at, and
    then ``first`` and ``second`` say which look of the child each takes (0 none, 1, 2); ``item`` 1 allied equipment, counted as
    it is, 2 outside equipment under the trigger; then ``price``, ``value`` and ``own`` (its maker's own U.S. and Canadian
    value) of one. ``trigger`` in percent; ``rounds`` 0 before the amendment, when less than the trigger counted nothing;
    ``tie_down`` 1 where a tie rounds down. ``doubt`` [N] is 1 where a comparison lies within the bound ``halves``.
    """
    for at in range(len(rows)):
        row = rows[at]
        parts = den[row]
        here = row * 9
        for k in range(9):
            values[here + k] = base[here + k]
        for slot in range(ptr[row], ptr[row + 1]):
            there = col[slot] * 9
            if look[slot]:
                for bound in range(3):
                    if first[slot]:
                        values[here + bound] += below[slot] * values[there + (first[slot] - 1) * 3 + bound]
                    if second[slot]:
                        values[here + 3 + bound] += below[slot] * values[there + (second[slot] - 1) * 3 + bound]
            if item[slot]:
                if doubt[col[slot]]:
                    doubt[row] = 1
                for bound in range(3):
                    if item[slot] == 1:
                        values[here + 6 + bound] += below[slot] * values[there + 6 + bound]
                        continue
                    inside = own[slot]
                    if weight[slot]:
                        inside += below[slot] * values[there + 3 + bound] // weight[slot]
                    counted = 0
                    if price[slot] > 0:
                        times = 1
                        if below[slot] != weight[slot]:
                            times = below[slot] // weight[slot] + 1 if weight[slot] else 0
                        slack = 50 * halves[col[slot]] * times + 300
                        margin = 100 * inside - trigger * price[slot]
                        if -slack <= margin <= slack:
                            doubt[row] = 1
                        if margin >= 0:
                            counted = value[slot]
                        elif rounds:
                            slack = 20 * halves[col[slot]] * times + 120
                            twice = 40 * inside + price[slot]
                            fives = twice // (2 * price[slot])
                            rest = twice - fives * 2 * price[slot]
                            if rest <= slack or 2 * price[slot] - rest <= slack:
                                doubt[row] = 1
                            if tie_down and rest == 0:
                                fives -= 1
                            if fives > 0:
                                counted = (value[slot] * fives + 10) // 20
                    values[here + 6 + bound] += weight[slot] * counted
        for k in range(9):
            values[here + k] = (values[here + k] + parts // 2) // parts
