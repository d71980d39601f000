"""The roll-up over a fleet: against a plain recursion, in any order, in part or in full, compiled or interpreted."""

import hashlib
import os
import random
import subprocess
import sys
import threading
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracing.engine.compiled import COMPILED, _interpreted, half_up, how
from tracing.engine.fleet import TooLarge, build, prove, reach
from tracing.engine.loops.content import FEW, FULL_ABOVE, again, exact, roll
from tracing.engine.order import SupplyLoop

ROOT = Path(__file__).parents[2]
LIMIT = 2**62
quick = settings(deadline=None, max_examples=60)


class Supply:
    """Lines, own amounts by id and denominators, as plain lists."""

    def __init__(self, seed, columns=2, most=40, size=10**7, dens=(3, 7, 10_000, 99_991)):
        draw = random.Random(seed)
        self.count = draw.randint(1, most)
        ids = draw.sample(range(self.count), self.count)
        self.den = [draw.choice(dens) for _ in range(self.count)]
        self.lines = []
        for n in range(1, self.count):
            for _ in range(draw.choice([0, 0, 1, 2, 3, 5])):
                self.lines.append((ids[n], ids[draw.randrange(n)], draw.randint(0, self.den[ids[n]] // 3 + 1)))
        draw.shuffle(self.lines)
        self.goods = [draw.randrange(self.count) for _ in range(draw.randint(0, 4))]
        self.own = [[draw.randint(-size, size) for _ in range(columns)] for _ in range(self.count)]

    def fleet(self, **more):
        return build_of(self.lines, self.goods, self.count, den=np.array(self.den, np.int64), **more)

    def plain(self, divided):
        """Amounts by id: every node once, by recursion, ``divided(sum, den)`` once a column."""
        below = {}
        for parent, child, weight in self.lines:
            below.setdefault(parent, []).append((child, weight))

        @cache
        def amounts(part):
            if part not in below:
                return list(self.own[part])
            sums = [sum(w * amounts(c)[k] for c, w in below[part]) for k in range(len(self.own[0]))]
            return [own + divided(total, self.den[part]) for own, total in zip(self.own[part], sums, strict=True)]

        return [amounts(part) for part in range(self.count)]


def build_of(lines, goods, count, dtype=np.int64, **more):
    parent, child, weight = (
        np.array(column, dtype) for column in (zip(*lines, strict=True) if lines else ([], [], []))
    )
    return build(parent, child, weight, np.array(goods, dtype), count, **more)


def half_up_of_integers(total, den):
    return (2 * total + den) // (2 * den)


def in_order(fleet, own):
    return np.array(own, np.int64)[fleet.ids]


@quick
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_as_a_plain_recursion_says(seed, columns):
    supply = Supply(seed, columns)
    fleet = supply.fleet()
    own = in_order(fleet, supply.own)
    prove(fleet, own)
    assert roll(fleet, own)[fleet.place].tolist() == supply.plain(half_up_of_integers)
    rationals = supply.plain(Fraction)
    assert exact(fleet, own) == [rationals[good] for good in supply.goods]


@pytest.mark.parametrize("scale", [1, 7, 10_000, 1_000_000])
def test_one_denominator_for_all(scale):
    supply = Supply(5, dens=(scale,))
    plain = build_of(supply.lines, supply.goods, supply.count, scale=scale)
    given_each = supply.fleet()
    assert plain.scale == given_each.scale == scale
    for fleet in (plain, given_each):
        assert roll(fleet, in_order(fleet, supply.own))[fleet.place].tolist() == supply.plain(half_up_of_integers)


@given(st.integers(-(2**61), 2**61), st.integers(1, 2**60))
def test_half_up_below_zero_too(total, den):
    assert half_up(total, den) == half_up_of_integers(total, den)


@quick
@given(st.integers(0, 2**32))
def test_positions(seed):
    """Leaves first, children before parents, and a line can be followed from the input to its row."""
    supply = Supply(seed)
    fleet = supply.fleet()
    parents = {line[0] for line in supply.lines}
    assert sorted(fleet.ids.tolist()) == list(range(supply.count)) and fleet.place[fleet.ids].tolist() == [
        *range(supply.count)
    ]
    assert {int(n) for n in fleet.ids[fleet.first :]} == parents
    assert fleet.ids[fleet.goods].tolist() == supply.goods
    seen = []
    for a in range(len(fleet.den)):
        for e in range(fleet.ptr[a], fleet.ptr[a + 1]):
            parent, child, weight = supply.lines[fleet.line[e]]
            assert fleet.place[parent] == fleet.first + a > fleet.col[e] == fleet.place[child]
            assert fleet.weight[e] == weight and fleet.den[a] == supply.den[parent]
            seen.append((int(fleet.col[e]), fleet.first + a))
    assert sorted(fleet.line.tolist()) == list(range(len(supply.lines)))
    above = fleet.above
    turned = [(n, int(p)) for n in range(fleet.nodes) for p in above.col[above.ptr[n] : above.ptr[n + 1]]]
    assert turned == sorted(seen)


def test_leaves_as_first_met_from_the_goods():
    fleet = build_of([(5, 2, 1), (5, 6, 1), (6, 0, 1), (6, 2, 1), (3, 1, 1)], [5], 7)
    assert fleet.ids.tolist() == [2, 0, 1, 4, 6, 5, 3]
    assert fleet.first == 4


@quick
@given(st.integers(0, 2**32), st.randoms())
def test_the_order_of_the_input_does_not_matter(seed, shuffler):
    supply = Supply(seed)
    before = supply.fleet()
    shuffler.shuffle(supply.lines)
    after = build_of(supply.lines, supply.goods, supply.count, np.int32, den=np.array(supply.den, np.int64))
    one, other = (roll(fleet, in_order(fleet, supply.own))[fleet.place] for fleet in (before, after))
    assert np.array_equal(one, other)


@quick
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 6))
def test_in_part_as_in_full(seed, columns, changes):
    supply = Supply(seed, columns, most=400)
    fleet = supply.fleet()
    own = in_order(fleet, supply.own)
    prove(fleet, own * 100)
    values = roll(fleet, own)
    draw = random.Random(seed)
    for _ in range(3):
        changed = [draw.randrange(supply.count) for _ in range(changes)]
        own[changed] += draw.randint(-(10**7), 10**7)
        above = reach(fleet, changed)
        count = again(fleet, own, values, changed)
        assert count == (len(above) if len(above) <= fleet.nodes // FULL_ABOVE else fleet.nodes)
        assert np.array_equal(values, roll(fleet, own))


def chain(length):
    return build_of([(n + 1, n, 10_000) for n in range(length - 1)], [length - 1], length)


@pytest.mark.parametrize("length, columns", [(100, 2), (100 * FEW, 2), (100 * FEW, 1), (100 * FEW, 3)])
def test_a_full_pass_above_a_twentieth(length, columns):
    fleet = chain(length)
    own = np.ones((length, columns), np.int64)
    values = roll(fleet, own)
    for above in (1, 2, length // FULL_ABOVE, length // FULL_ABOVE + 1, length):
        own[length - above] += 1
        untouched = values[: length - above].copy()
        assert again(fleet, own, values, [length - above]) == (above if above <= length // FULL_ABOVE else length)
        assert np.array_equal(values, roll(fleet, own)) and np.array_equal(values[: length - above], untouched)


@quick
@given(st.integers(0, 2**32))
def test_reach(seed):
    supply = Supply(seed)
    fleet = supply.fleet()
    parents = {}
    for parent, child, _ in supply.lines:
        parents.setdefault(child, set()).add(parent)
    start = seed % supply.count
    seen, waiting = {start}, [start]
    while waiting:
        for parent in parents.get(waiting.pop(), set()) - seen:
            seen.add(parent)
            waiting.append(parent)
    place = int(fleet.place[start])
    assert reach(fleet, [place, place]).tolist() == sorted(int(fleet.place[part]) for part in seen)
    assert reach(fleet, []).tolist() == []


def test_the_number_of_searches_has_no_end():
    fleet = chain(50)
    assert len(reach(fleet, [40])) == 10
    fleet.spare[0].epoch = 2**31 - 1
    assert len(reach(fleet, [40])) == len(reach(fleet, [40])) == 10 and fleet.spare[0].epoch == 2


def test_threads_do_not_share_their_notes():
    supply = Supply(11, most=400)
    fleet = supply.fleet()
    own = in_order(fleet, supply.own)
    right, wrong = {n: reach(fleet, [n]).tolist() for n in range(fleet.nodes)}, []

    def ask(seed):
        draw = random.Random(seed)
        mine, values = own.copy(), roll(fleet, own)
        for _ in range(200):
            at = draw.randrange(fleet.nodes)
            mine[at] += 1
            again(fleet, mine, values, [at])
            if reach(fleet, [at]).tolist() != right[at]:
                wrong.append(at)
        if not np.array_equal(values, roll(fleet, mine)):
            wrong.append(seed)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


LOOP = [(0, 1, 1), (0, 2, 1), (2, 3, 1), (3, 4, 1), (4, 2, 1), (4, 1, 1)]


@pytest.mark.parametrize("goods", [[0], [], [1]])
def test_a_loop_is_named(goods):
    with pytest.raises(SupplyLoop) as caught:
        build_of(LOOP, goods, 5)
    assert "→".join(caught.value.parts * 2).count("2→3→4") >= 1 and len(caught.value.parts) == 3


def test_a_loop_by_the_names_of_its_parts():
    for names in ("VWXYZ", lambda n: "VWXYZ"[n]):
        with pytest.raises(SupplyLoop, match="X → Y → Z → X"):
            build_of(LOOP, [0], 5, names=names)
    with pytest.raises(SupplyLoop, match="1 → 1"):
        build_of([(0, 1, 1), (1, 1, 1)], [0], 2)


def test_a_long_loop_needs_no_stack():
    length = 50_000
    with pytest.raises(SupplyLoop) as caught:
        build_of([(n, (n + 1) % length, 1) for n in range(length)], [7], length)
    assert caught.value.parts[:3] == ["7", "8", "9"] and len(caught.value.parts) == length


def test_nested_from_a_to_z_at_once():
    """Each of 26 parts twice in the next, or in all that follow: 33 million ways to the innermost."""
    twice = build_of([(n + 1, n, 2) for n in range(25)], [25], 26, scale=1)
    every = build_of([(n, m, 1) for n in range(26) for m in range(n)], [25], 26, scale=1)
    own = np.zeros((26, 2), np.int64)
    own[0] = 1
    assert roll(twice, own[twice.ids])[twice.goods].tolist() == [[2**25, 2**25]]
    assert exact(twice, own[twice.ids]) == [[2**25, 2**25]]
    assert roll(every, own[every.ids])[every.goods].tolist() == [[2**24, 2**24]]


def largest(supply, compare):
    """The largest number, in size, that a roll-up of this supply meets: Python integers, lines in the order given."""
    found = [0]
    amounts = supply.plain(half_up_of_integers)
    sums = {}
    for parent, child, weight in supply.lines:
        for k, amount in enumerate(amounts[child]):
            sums[parent, k] = sums.get((parent, k), 0) + weight * amount
            found += [abs(weight * amount), abs(sums[parent, k]), abs(sums[parent, k] + supply.den[parent] // 2)]
    found += [abs(amount) * max(compare, 1) for row in amounts for amount in row]
    return max(found)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32), st.integers(30, 63), st.sampled_from([0, 1, 10_000]))
def test_what_is_proved_fits(seed, bits, compare):
    supply = Supply(seed, most=12, size=2**bits - 1, dens=(1, 10_000, 2**40))
    fleet = supply.fleet()
    own = in_order(fleet, supply.own)
    try:
        prove(fleet, own, compare=compare)
    except TooLarge:
        return
    assert largest(supply, compare) < LIMIT
    assert roll(fleet, own)[fleet.place].tolist() == supply.plain(half_up_of_integers)


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 10**9), st.integers(1, 30_000), st.integers(-3000, 3000), st.sampled_from([1, 9_973, 10_000]))
def test_at_the_very_edge(weight, compare, beside, den):
    """One line: the largest amount that still fits, and its neighbours; refused no more than 2e-15 too early."""
    room = min((LIMIT - 1 - den // 2) // weight, (LIMIT - 1) // compare)
    supply = Supply(0)
    supply.count, supply.lines, supply.goods, supply.den = 2, [(1, 0, weight)], [1], [1, den]
    supply.own = [[min(room + beside, 2**63 - 1)], [0]]
    fleet = supply.fleet()
    top = largest(supply, compare)
    try:
        prove(fleet, in_order(fleet, supply.own), compare=compare)
    except TooLarge:
        assert top >= LIMIT - LIMIT // 10**14 - 2 * den - 2 * compare
    else:
        assert top < LIMIT


@pytest.mark.parametrize(
    "own, named",
    [
        ([-(2**63), 1, 1], "bolt"),
        ([2**62 // 10_000, 0, 0], "bolt"),
        ([10**13, 2 * 10**14, 0], "axle"),
        ([10**12, 0, 10**15], "car"),
    ],
)
def test_too_large_names_the_part_and_a_way_out(own, named):
    names = ["bolt", "axle", "car"]
    fleet = build_of([(1, 0, 300_000), (2, 1, 10_000)], [2], 3, names=names)
    with pytest.raises(TooLarge, match=f"part {named}: .* coarser unit") as caught:
        prove(fleet, np.array(own, np.int64)[fleet.ids, None], names=names)
    assert caught.value.part == named


def test_arrays_that_are_not_as_they_must_be():
    lines = {name: np.array([1, 0], np.int32) for name in ("parent", "child", "weight", "goods")}
    lines["child"] = np.array([0, 2], np.int32)
    for name, wrong, say in [
        ("parent", np.array([1, 3]), "parent holds 1 to 3; ids go from 0 to 2"),
        ("child", np.array([-1, 2]), "child holds -1 to 2"),
        ("goods", np.array([3]), "goods holds 3"),
        ("weight", np.array([1]), "weight has 1 entries for 2 lines"),
        ("weight", np.array([1.5, 2]), "weight must have one dimension of int32 or int64, not 1 of float64"),
        ("parent", np.array([[1, 0]]), "parent must have one dimension"),
    ]:
        with pytest.raises(ValueError, match=say):
            build(**{**lines, name: wrong}, count=3)
    for more in ({"scale": 0}, {"den": np.array([1, 0, 1])}, {"den": np.ones(2, np.int64)}, {"den": np.ones(3)}):
        with pytest.raises(ValueError, match=r"den must|scale is"):
            build(**lines, count=3, **more)


def test_amounts_that_are_not_as_they_must_be():
    fleet = chain(30)
    own = np.ones((30, 2), np.int64)
    for wrong in (
        own[:, :1],
        own[:29],
        own.astype(np.int32),
        own.astype(float),
        own[:, 0],
        np.asfortranarray(own),
        own[:, :0],
    ):
        with pytest.raises(ValueError, match="amounts must be"):
            roll(fleet, own, wrong)
        if wrong.shape != (30, 1):
            with pytest.raises(ValueError, match="amounts must be"):
                prove(fleet, wrong)
    values = roll(fleet, own)
    for outside in ([-1], [30], [3, 2**31 - 1]):
        with pytest.raises(IndexError, match="positions go from 0 to 29"):
            again(fleet, own, values, outside)
        with pytest.raises(IndexError):
            reach(fleet, outside)
    with pytest.raises(ValueError, match="read-only"):
        fleet.weight[0] = 1


def test_nothing_at_all():
    empty = build_of([], [], 0)
    assert roll(empty, np.empty((0, 2), np.int64)).shape == (0, 2) and exact(empty, np.empty((0, 2), np.int64)) == []
    leaves = build_of([], [1], 2)
    assert roll(leaves, np.array([[1, 2], [3, 4]]))[leaves.goods].tolist() == [[1, 2]]


def test_an_interpreted_loop_writes_only_where_it_says():
    def loop(source, target):
        target[0] = source[1] * 2
        return source[0]

    source, target = np.array([2**62, 5]), np.zeros(1, np.int32)
    assert _interpreted(loop, ("target",))(source, target) == 2**62 and target.tolist() == [10]
    with pytest.raises(TypeError):
        _interpreted(loop, ())(source, target)
    with pytest.raises(ValueError, match="invalid value"):
        _interpreted(loop, ("target",))(np.array([1, 2**40]), target)


def digest():
    """One digest over many supplies, everything that is stored and computed."""
    found = hashlib.sha256()
    for seed in range(150):
        supply = Supply(seed, columns=1 + seed % 4, most=120, size=10 ** (3 + seed % 5))
        fleet = supply.fleet()
        own = in_order(fleet, supply.own)
        prove(fleet, own)
        values = roll(fleet, own)
        own[seed % supply.count] += 12_345
        count = again(fleet, own, values, [seed % supply.count])
        for array in (
            fleet.ptr,
            fleet.col,
            fleet.weight,
            fleet.line,
            fleet.place,
            fleet.above.col,
            fleet.stream,
            values,
        ):
            found.update(array.tobytes())
        found.update(f"{count} {reach(fleet, [0]).tolist()} {exact(fleet, own)}".encode())
        try:
            prove(fleet, own * 10**6)
        except TooLarge as error:
            found.update(str(error).encode())
    return found.hexdigest()


def test_compiled_and_interpreted_agree_bit_for_bit():
    """The same supplies in another process that interprets; where numba is absent, both do."""
    code = "from tests.engine.test_fleet import digest, how; print(how(), digest(), sep='\\n')"
    other = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TRACELINE_INTERPRETED": "1"},
        capture_output=True,
        text=True,
    )
    said = other.stdout.split("\n")
    assert said[0].startswith("interpreted (the environment says"), other.stderr
    assert said[1] == digest()
    assert how().startswith("compiled by numba" if COMPILED else "interpreted (")
