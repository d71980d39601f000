"""All or nothing at each part's own threshold, and what its maker may choose in its place (UR 3, 7-9; Regs ss.4-7, 14)."""

from typing import Any

from tracing.engine.compiled import compiled, half_up, piece

WIDTH, BOUNDS = 9, 3
MADE, STATUS = 1, 2
SHIFT, RVC, BOTH, EITHER = 0, 1, 2, 3
COMPUTED, UNKNOWN = -2, -1


@piece
def by_rule(form: Any, shift: Any, reached: Any, battery: Any) -> Any:
    """The rule in its form: tariff shift, regional value, both, or either. 1 originates, 0 does not, -1 nothing decides."""
    if form == 1:
        if reached == 1 or (shift == 1 and battery):
            return 1
        return 0 if reached == 0 else -1
    if form == 0:
        return shift
    if form == 3:
        if reached == 1 or shift == 1:
            return 1
        return 0 if reached == 0 and shift == 0 else -1
    if reached == 1 and shift == 1:
        return 1
    return 0 if reached == 0 or shift == 0 else -1


@compiled("values", "status", "far", "doubt")
def absorb(
    rows: Any, ptr: Any, col: Any, weight: Any, den: Any, kind: Any, designated: Any, whole: Any, other: Any, delta:
    Any, base: Any, choices: Any, is_open: Any, fixed: Any, over: Any, total: Any, halves: Any, need: Any, form: Any, shift: Any,
    battery: Any, minimis: Any, sold: Any, price_need: Any, price_over: Any, by_net: Any, values: Any, status: Any, far: Any,
    doubt: Any,
) -> None:  # fmt: skip
    """Value of non-originating materials and origin of every part, at worst, as declared and at best.

    ``values`` int64 [N * 9]: VNM with the best lawful choices (3 bounds), VNM without any choice (3), what the choices add to
    cost (3). ``status`` int8 [N * 3]: 1 originates, 0 does not, -1 undetermined. ``far`` [N] is 1 where a value below rests
    on a comparison that these integers cannot decide, ``doubt`` where the origin does; ``halves`` [N] bounds the rounding.

    Slots: ``kind`` 1 own production, 2 bought from a maker whose origin is computed; ``whole`` its amount when it does not
    originate, ``other`` and ``delta`` the amount and the further cost of the choice beside it (``other`` -1: none), all in
    parts of the row's denominator. Rows: ``base`` [N * 9] what the other sources bring, ``choices`` whether any source has one,
    ``fixed`` the origin that is said (-2: to be computed), ``over`` and ``total`` base and total cost (-1: not stated), ``need``
    the percentage in hundredths (-1: none), ``form`` 0 shift 1 rvc 2 both 3 either, ``minimis`` in hundredths of a percent
    of ``total`` or of ``sold``, the price its maker states (-1: none that counts),
    ``price_need`` and ``price_over`` for the transaction-value method, ``by_net`` 1 where the base is net cost, 2 where it is
    too, but ``total`` is a price, which no choice moves.
    """
    for at in range(len(rows)):
        row = rows[at]
        parts = den[row]
        here = row * 9
        start, end = ptr[row], ptr[row + 1]
        needed = need[row] if need[row] > 0 else 0
        for slot in range(start, end):
            child = col[slot]
            if kind[slot] == 1:
                if far[child] or (designated[slot] and doubt[child]):
                    far[row] = 1
            elif kind[slot] == 2 and doubt[child]:
                far[row] = 1
        unsure = far[row]
        for bound in range(3):
            chosen, plain, more = base[here + bound], base[here + 3 + bound], base[here + 6 + bound]
            opened = is_open[row] and bound != 2
            for slot in range(start, end):
                child = col[slot]
                state = status[child * 3 + bound]
                if kind[slot] == 1:
                    if not (designated[slot] and state == 1):
                        chosen += weight[slot] * values[child * 9 + bound]
                        plain += weight[slot] * values[child * 9 + 3 + bound]
                        more += weight[slot] * values[child * 9 + 6 + bound]
                elif kind[slot] == 2:
                    amount = whole[slot]
                    if state == 1:
                        amount = 0
                    elif state == -1:
                        if bound == 2:
                            amount = 0
                        else:
                            opened = True
                    plain += amount
                    gain = 0
                    if choices[row] and other[slot] >= 0 and (state != 1 or delta[slot] > 0):
                        gain = (10_000 - needed) * (delta[slot] // parts) - 10_000 * ((other[slot] - amount) // parts)
                    if gain > 0:
                        chosen += other[slot]
                        more += delta[slot]
                    else:
                        chosen += amount
            counted = half_up(chosen, parts)
            lone = half_up(plain, parts)
            added = half_up(more, parts)
            values[here + bound] = counted
            values[here + 3 + bound] = lone
            values[here + 6 + bound] = added
            if fixed[row] != -2:
                status[row * 3 + bound] = fixed[row]
                continue
            slack = 10_000 * (halves[row] + 4)
            vnm = counted if by_net[row] else lone
            measured = over[row] + (added if by_net[row] else 0)
            whole_cost = total[row] + (added if by_net[row] == 1 else 0)
            if sold[row] > whole_cost:
                whole_cost = sold[row]
            known = over[row] >= 0
            found = -2
            if chosen == 0 and not opened:
                found = 1
            elif known and minimis[row] >= 0 and whole_cost > 0:
                margin = minimis[row] * whole_cost - 10_000 * vnm
                if -slack <= margin <= slack:
                    unsure = 1
                if margin >= 0:
                    found = 1
            if found == -2:
                reached = -1
                if known and need[row] >= 0 and measured > 0:
                    margin = (10_000 - need[row]) * measured - 10_000 * vnm
                    if -slack <= margin <= slack:
                        unsure = 1
                    reached = 1 if margin >= 0 else 0
                if reached != 1 and price_need[row] >= 0 and price_over[row] > 0:
                    margin = (10_000 - price_need[row]) * price_over[row] - 10_000 * lone
                    if -slack <= margin <= slack:
                        unsure = 1
                    if margin >= 0:
                        reached = 1
                found = by_rule(form[row], shift[row], reached, battery[row])
            status[row * 3 + bound] = found
        doubt[row] = 1 if unsure and fixed[row] == -2 else 0
