"""Passes over a fleet against the exact run of each vehicle: the same figures within the bound, the same verdicts, the same bits."""

import copy
import dataclasses
import hashlib
import os
import random
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest

from tests.reference.run import PROFILES, switches_of
from tests.reference.trees import Maker
from tracing import rulebooks
from tracing.engine import dossier
from tracing.engine.dossier import Refused
from tracing.engine.facts import facts_of
from tracing.engine.fleet import TooLarge
from tracing.engine.order import SupplyLoop
from tracing.engine.passes.one import Pass
from tracing.engine.passes.supplies import supply_from
from tracing.engine.roll import Roll
from tracing.engine.runs import Run
from tracing.engine.supply import supply_of

ROOT = Path(__file__).parents[2]
FEW, MANY = 8, 100


def drawn(profile, seed):
    """A dossier and the rules it is asked under."""
    data = Maker(seed, profile).dossier()
    read = dossier.read(data)
    return read, rulebooks.rulebook(PROFILES[profile]).on(read.on, switches_of(profile, seed))


def fleet_of(profile, seed, goods=4):
    """Several vehicles over one supply: the same tree with other vehicles on top of its parts."""
    data, draw = Maker(seed, profile).dossier(), random.Random(f"fleet {profile} {seed}")
    for number in range(1, goods):
        other = copy.deepcopy(data["declarations"]["V"])
        for line in other["body"]:
            line["qty"] = str(draw.randint(1, 3))
        data["declarations"][f"V{number}"] = other
        data["vehicles"].append(f"V{number}")
    return dossier.read(data)


def compare(expected, found):
    """What differs between the exact run and a verdict, as text."""
    said = []
    for one, other in zip(expected, found.tests, strict=True):
        for bound in ("worst", "declared", "best"):
            wanted, value = getattr(one, bound), getattr(other, bound)
            if (wanted is None) != (value is None) or (wanted is not None and abs(wanted - value) > F(1, 10**5)):
                said.append(f"{one.test.code} {bound}: {wanted} and {value}")
        if (one.result, one.absent, one.moot) != (other.result, other.absent, other.moot):
            said.append(f"{one.test.code}: {one.result} {one.absent} and {other.result} {other.absent}")
    return said


def differences(profile, seeds):
    held, said = 0, []
    for seed in seeds:
        try:
            read, rules = drawn(profile, seed)
            expected = Run(supply_of(read), rules).tests()
        except Refused:
            continue
        roll = Roll(facts_of(read))
        found = roll.verdict(int(roll.facts.goods[0]), rules)
        held += not found.exact
        said += [f"{profile} {seed} {line}" for line in compare(expected, found)]
    return held, said


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_pass_says_what_the_exact_run_says(profile):
    held, said = differences(profile, range(FEW))
    assert said == []
    # Heavy-duty vehicles have no pass of their own; every other method must mostly be held by its columns.
    assert held == 0 if profile == "heavy" else held >= FEW // 2


@pytest.mark.slow
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_pass_says_what_the_exact_run_says_of_many(profile):
    assert differences(profile, range(10_000, 10_000 + MANY))[1] == []


@pytest.mark.parametrize("profile", ["nafta", "usmca", "us-2017", "aala", "us-232", "eu-uk-ev"])
def test_one_pass_serves_every_vehicle_of_a_fleet(profile):
    for seed in range(6):
        try:
            read = fleet_of(profile, seed)
        except Refused:
            continue
        rules = rulebooks.rulebook(PROFILES[profile]).on(read.on, switches_of(profile, seed))
        roll = Roll(facts_of(read))
        for nth in roll.facts.goods.tolist():
            alone = dataclasses.replace(read, vehicles=[roll.facts.names[nth]])
            assert compare(Run(supply_of(alone), rules).tests(), roll.verdict(nth, rules)) == []


@pytest.mark.parametrize("how", ["bought", "made", "imported"])
def test_the_battery_of_an_electric_car_is_looked_at_by_itself(how):
    cell = {"item": "cell", "sources": [{"how": "imported", "made_in": "CN", "price": "3000"}]}
    pack = {"maker": "M", "made_in": "DE", "hs": "8507.60", "body": [cell], "costs": {"net": "6000"}, "ex_works": "6000",
            "claims": {"table": "pack"}}  # fmt: skip
    source = {"how": how, "price": "6000", **({"made_in": "CN"} if how == "imported" else {"declaration": "P"})}
    car = {"maker": "M", "made_in": "DE", "hs": "8703.80", "ex_works": "30000", "costs": {"net": "30000"},
           "body": [{"item": "pack", "hs": "8507.60", "sources": [source]}]}  # fmt: skip
    read = dossier.read(
        {"dossier": 1, "on": "2027-02-01", "currency": "EUR", "vehicles": ["V"], "declarations": {"V": car, "P": pack}}
    )
    rules = rulebooks.rulebook("eu-uk-ev").on(read.on)
    found = Roll(facts_of(read)).verdict(0, rules)
    assert compare(Run(supply_of(read), rules).tests(), found) == []
    assert any(test.test.kind == "pack" and not test.absent for test in found.tests)


def test_a_supply_comes_back_from_the_arrays():
    read, _ = drawn("usmca", 7)
    facts = facts_of(read)
    roll = Roll(facts)
    wanted, found = supply_of(read), supply_from(facts, roll.shape.starts, int(facts.goods[0]))
    assert set(wanted.order) == set(found.order)
    for name in wanted.order:
        one, other = wanted.nodes[name], found.nodes[name]
        assert [dataclasses.replace(row, item="", seller=None) for row in one.sources] == list(other.sources)
        assert one.has_body == other.has_body and one.facts.get("price") == other.facts.get("price")


# ---- change ----


def changed_price(facts, nth, price):
    prices = facts.price.copy()
    prices[nth] = price
    return dataclasses.replace(facts, price=prices)


def arrays(roll):
    """Every array of whole numbers of every pass, by name; the floats only bound their size."""
    return {
        (key, name): value
        for key, one in roll.passes.items()
        if isinstance(one, Pass)
        for name, value in vars(one).items()
        if isinstance(value, np.ndarray) and value.dtype != np.float64
    }


def everything(roll):
    return {(row.number, row.rules.rulebook.id, row.rules.reading.name): row.tests for row in roll.verdicts(laws())}


def laws():
    return [rulebooks.rulebook(name) for name in rulebooks.ids()]


def a_fleet(parts=150):
    """A supply large enough that one change touches less than a twentieth of it: many small trees side by side."""
    declarations, vehicles = {}, []
    for number in range(parts // 6):
        data = Maker(number, "usmca").dossier()
        for name, facts in data["declarations"].items():
            for line in facts.get("body") or []:
                for source in line["sources"]:
                    if source.get("declaration"):
                        source["declaration"] = f"{number}/{source['declaration']}"
            declarations[f"{number}/{name}"] = facts
        vehicles.append(f"{number}/V")
    data = {"dossier": 1, "on": "2026-09-01", "currency": "USD", "vehicles": vehicles, "declarations": declarations,
            "rates": [{"from": "MXN", "to": "USD", "rate": "0.05"}]}  # fmt: skip
    return dossier.read(data)


def test_a_changed_price_costs_only_what_it_reaches_and_gives_the_same_bits():
    roll = Roll(facts_of(a_fleet()))
    before, touched = everything(roll), 0
    draw = random.Random(7)
    for _ in range(3):
        nth = draw.choice(np.flatnonzero(roll.facts.price > 0).tolist())
        facts = changed_price(roll.facts, nth, int(roll.facts.price[nth]) * 2 + 1)
        goods = roll.change(facts, [int(facts.asker[nth])])
        assert len(goods) <= 1, "a change in one tree is no business of the others"
        touched += len(goods)
        fresh = Roll(facts)
        after, expected = everything(roll), everything(fresh)
        assert after == expected
        named = {key for key in after if key[0] in goods}
        assert all(after[key] == before[key] for key in after.keys() - named)
        mine, theirs = arrays(roll), arrays(fresh)
        assert mine.keys() == theirs.keys()
        assert [key for key in mine if not np.array_equal(mine[key], theirs[key])] == []
        before = after
    assert touched, "some of these parts stand in a vehicle"


def test_what_a_maker_makes_of_a_changed_part_moves_whoever_buys_it():
    """A bracket is made into a frame, the frame is bought for a car: the frame's cost moves, and so does its maker's own value."""

    def supply(steel):
        def bought(name, price):
            return {"item": name, "sources": [{"how": "bought", "price": price, "declaration": name}]}

        def made(name):
            return {"item": name, "sources": [{"how": "made", "declaration": name}]}

        steel_line = {
            "item": "steel",
            "sources": [{"how": "imported", "made_in": "JP", "price": steel, "title": "importation"}],
        }
        bracket = {"maker": "M", "made_in": "MX", "hs": "7326.90", "body": [steel_line], "costs": {"product": "2"}}
        frame = {"maker": "M", "made_in": "MX", "hs": "9401.90", "body": [made("bracket")], "costs": {"product": "5"}}
        car = {
            "made_in": "US",
            "hs": "8703.23",
            "uses": ["light"],
            "costs": {"net": "20000"},
            "body": [bought("frame", "40")],
        }
        others = {f"X{nth}": {"made_in": "US", "body": [], "costs": {"net": "1"}} for nth in range(100)}
        return dossier.read({"dossier": 1, "on": "2026-09-01", "currency": "USD", "vehicles": ["V"],
                             "declarations": {"V": car, "frame": frame, "bracket": bracket, **others}})  # fmt: skip

    roll = Roll(facts_of(supply("10")))
    before = everything(roll)
    facts = facts_of(supply("20"))
    roll.change(facts, [facts.names.index("bracket")])
    fresh = Roll(facts)
    assert everything(roll) == everything(fresh) != before
    mine, theirs = arrays(roll), arrays(fresh)
    assert [key for key in mine if not np.array_equal(mine[key], theirs[key])] == []


def test_an_answer_that_opens_or_closes_a_part_gives_the_same_bits():
    """Who holds whom changes: everything is laid out anew, from what the law was asked before."""
    roll = Roll(facts_of(a_fleet(40)))
    everything(roll)
    nth = int(np.flatnonzero(roll.facts.child >= 0)[3])
    child = roll.facts.child.copy()
    child[nth] = -1
    facts = dataclasses.replace(roll.facts, child=child)
    assert len(roll.change(facts, [int(facts.asker[nth])])) == len(facts.goods)
    assert everything(roll) == everything(Roll(facts))


def test_a_change_in_what_everybody_buys_is_a_full_pass():
    read = a_fleet(40)
    roll = Roll(facts_of(read))
    everything(roll)
    facts = dataclasses.replace(
        roll.facts, price=np.where(roll.facts.price > 0, roll.facts.price + 1, roll.facts.price)
    )
    assert len(roll.change(facts, range(len(facts.names)))) == len(facts.goods)
    assert everything(roll) == everything(Roll(facts))


# ---- exactness ----


def plain(price, foreign, *, currency="USD", net=None):
    """A car of one foreign screen, at a net cost."""
    line = {
        "item": "screen",
        "hs": "8708.40",
        "sources": [{"how": "imported", "made_in": "JP", "price": foreign, "title": "importation"}],
    }
    car = {
        "made_in": "US",
        "hs": "8703.23",
        "uses": ["light"],
        "costs": {"net": net or price},
        "body": [line],
        "currency": currency,
    }
    return {"dossier": 1, "on": "2005-03-01", "currency": currency, "vehicles": ["V"], "declarations": {"V": car}}


def test_what_lies_on_the_threshold_is_decided_in_rationals():
    """62.5 percent exactly: the integers say the same, and still leave it to the exact run."""
    read = dossier.read(plain("20000", "7500"))
    rules = rulebooks.rulebook("nafta").on(read.on)
    roll = Roll(facts_of(read))
    found = roll.verdict(0, rules)
    assert found.exact and found.verdict == "pass" and found.tests[0].worst == F("62.5")
    away = Roll(facts_of(dossier.read(plain("20000", "7000")))).verdict(0, rules)
    assert not away.exact and away.verdict == "pass"


def test_amounts_that_do_not_fit_make_the_unit_coarser_and_then_name_the_part():
    rules = rulebooks.rulebook("nafta").on(dossier.read(plain("20000", "7000")).on)
    pesos = Roll(facts_of(dossier.read(plain("900000", "300000", currency="MXN"))))
    found = pesos.verdict(0, rules)
    assert pesos.digits < 9 and found.tests[0].worst == F(200, 3)
    with pytest.raises(TooLarge):
        Roll(facts_of(dossier.read(plain("990000000000", "990000000000")))).verdict(0, rules)


def test_nothing_wraps_at_the_edge_of_the_proof():
    """Quantities that drive the sums up to the bound: refused, or right."""
    rules = rulebooks.rulebook("nafta").on(dossier.read(plain("1", "1")).on)
    for digits in range(4, 12):
        data = plain("400000000", "5")
        data["declarations"]["V"]["body"][0]["qty"] = str(10**digits)
        read = dossier.read(data)
        try:
            found = Roll(facts_of(read)).verdict(0, rules)
        except TooLarge:
            continue
        assert compare(Run(supply_of(read), rules).tests(), found) == []


def test_a_loop_is_named():
    data = plain("100", "1")
    for one, other in (("A", "B"), ("B", "C"), ("C", "A")):
        line = {"item": other, "sources": [{"how": "bought", "price": "1", "declaration": other}]}
        data["declarations"][one] = {"made_in": "US", "body": [line]}
    data["declarations"]["V"]["body"].append(
        {"item": "A", "sources": [{"how": "bought", "price": "1", "declaration": "A"}]}
    )
    with pytest.raises(SupplyLoop) as caught:
        Roll(facts_of(dossier.read(data)))
    assert sorted(caught.value.parts) == ["A", "B", "C"]


def test_twenty_six_nested_parts_are_instant():
    """Each part holds every later one: 2^25 ways down, 26 rows, and core parts at the bottom."""
    letters = [chr(65 + nth) for nth in range(26)]
    declarations = {}
    for nth, name in enumerate(letters):
        body = [{"item": other, "sources": [{"how": "bought", "price": str(2 ** (25 - at)), "declaration": other}]}
                for at, other in enumerate(letters[nth + 1:], nth + 1)]  # fmt: skip
        declarations[name] = {"made_in": "US", "hs": "7318.15", "body": body, "costs": {"net": str(2 ** (26 - nth))}}
    declarations["Z"]["claims"] = {"core": "engine"}
    declarations["A"] |= {"hs": "8703.23", "uses": ["light"], "costs": {"net": str(2**26)}}
    read = dossier.read(
        {"dossier": 1, "on": "2026-09-01", "currency": "USD", "vehicles": ["A"], "declarations": declarations}
    )
    roll = Roll(facts_of(read))
    assert {row.verdict for row in roll.verdicts(laws())} >= {"pass"}


# ---- the same bits ----


def digest():
    """A digest of every array of every pass over a few trees of each kind."""
    whole = hashlib.sha256()
    for profile in sorted(PROFILES):
        for seed in range(4):
            try:
                read, rules = drawn(profile, seed)
                roll = Roll(facts_of(read))
                roll.verdict(int(roll.facts.goods[0]), rules)
            except Refused:
                continue
            for key, values in sorted(arrays(roll).items(), key=str):
                whole.update(repr(key).encode() + values.tobytes())
    return whole.hexdigest()


def test_compiled_and_interpreted_agree_bit_for_bit():
    """With numba installed this compares machine code with plain Python; without it, two runs of the same text."""
    code = "from tests.engine.test_passes import digest; print(digest())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "TRACELINE_INTERPRETED": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert found.stdout.strip() == digest()
