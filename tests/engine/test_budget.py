"""The label's good-faith budget is spent where it gains most: against every way of spending it in small steps."""

from fractions import Fraction as F
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracing import rulebooks
from tracing.engine import dossier
from tracing.engine.methods.label import Determined, nearest5, spent
from tracing.engine.rules import Rules
from tracing.engine.supply import supply_of
from tracing.engine.trace import trace

percents = st.sampled_from([0, 2, 3, 10, 40, 65, 67, 68, 69, 70, 85, 100])


def counts(percent):
    return F(100) if percent >= 70 else nearest5(F(percent))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), percents), min_size=1, max_size=4), st.integers(0, 8))
def test_no_other_spending_gains_more(rows, cap):
    """Values in whole units, every split of the cap into whole units tried; half units make no better one."""
    found = [
        Determined(("V", nth, 0), "x", F(value), F(percent), counts(percent))
        for nth, (value, percent) in enumerate(rows)
    ]
    spending = spent(found, F(cap))
    assert sum(taken for _, taken in spending) <= cap and all(0 <= taken <= one.value for one, taken in spending)
    gained = sum(taken * one.counts for one, taken in spending)
    ways = product(*(range(2 * value + 1) for value, _ in rows))
    best = max(
        sum(F(half, 2) * counts(percent) for half, (_, percent) in zip(way, rows, strict=True))
        for way in ways
        if sum(way) <= 2 * cap
    )
    assert gained == best


def vehicle(parts, known, units):
    """A car of one answered part and silent ones, each with a finding of its own."""
    body = [
        {"item": f"s{nth}", "sources": [{"how": "bought", "price": str(value), "cannot": {
            "reason": "silent", "tried": [{"how": "letter"}], "determination": {"pct": str(percent)}}}]}
        for nth, (value, percent) in enumerate(parts)
    ]  # fmt: skip
    if known:
        body.append({"item": "known", "sources": [{"how": "bought", "price": str(known), "declaration": "K"}]})
    return {"made_in": "US", "hs": "8703.23", "uses": ["light"], "carline": "C", "model_year": 2026, "body": body,
            "costs": {"net": "100000"}, "units": {"expected": units}}  # fmt: skip


def result_of(cars, rules: Rules):
    answered = {"made_in": "US", "statements": [{"law": "aala", "ge70": True}]}
    names = [f"V{nth}" for nth in range(len(cars))]
    data = {"dossier": 1, "on": "2026-03-01", "currency": "USD", "vehicles": names,
            "declarations": dict(zip(names, cars, strict=True)) | {"K": answered}}  # fmt: skip
    return trace(supply_of(dossier.read(data), "V0"), rules)


@pytest.fixture(scope="module")
def rules():
    import datetime as dt

    return rulebooks.rulebook("aala").on(dt.date(2026, 3, 1))


cars = st.tuples(
    st.lists(st.tuples(st.integers(1, 30), st.sampled_from([10, 40, 65, 70])), max_size=2),
    st.integers(0, 200),
    st.integers(1, 3),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(cars, min_size=1, max_size=2).filter(lambda rows: any(parts or known for parts, known, _ in rows)))
def test_a_carlines_budget_is_spent_over_all_its_plants(rules, rows):
    """Against the linear programme solved by every order of spending: some order is the best one."""
    found = result_of([vehicle(*row) for row in rows], rules).tests[0].declared
    base = sum(units * (sum(value for value, _ in parts) + known) for parts, known, units in rows)
    silent = [(F(units * value), counts(percent)) for parts, _, units in rows for value, percent in parts]
    known = sum(units * one for _, one, units in rows)
    assert found == 100 * (known + most(silent, F(base) / 10)) / base


def most(silent, cap):
    """The most that can be gained: every item is taken first, and the rest as well as possible."""
    if not silent or cap <= 0:
        return F(0)
    best = F(0)
    for nth, (value, rate) in enumerate(silent):
        taken = min(value, cap)
        best = max(best, taken * rate / 100 + most(silent[:nth] + silent[nth + 1 :], cap - taken))
    return best


def test_what_one_plant_leaves_of_the_budget_another_uses(rules):
    """Plant A has a silent part of 20 of 100, plant B none: 10 percent of both is 20, and all of it counts."""
    result = result_of([vehicle([(20, 70)], 80, 1), vehicle([], 100, 1)], rules)
    assert result.tests[0].declared == 100
    assert result_of([vehicle([(20, 70)], 80, 1)], rules).tests[0].declared == 90


@pytest.mark.parametrize(
    ("said", "counts"),
    [({"ge70": True, "says": "in Toledo"}, 100), ({"ge70": False, "pct": "43.5"}, 45), ({"ge70": False, "pct": "69.9"}, 70),
     ({"ge70": False, "pct5": "70"}, 70), ({"pct5": "70"}, 70), ({"pct": "70"}, 100),
     ({"ge70": False}, 0), ({"says": "all of it"}, 0), ("all of it", 0)],
)  # fmt: skip
def test_a_share_counts_and_words_do_not(rules, said, counts):
    car = vehicle([(10, 0)], 90, 1)
    car["body"][0]["sources"][0]["cannot"]["determination"] = said
    assert result_of([car], rules).tests[0].declared == 90 + F(10 * counts, 100)


@pytest.mark.parametrize("said", [{"pct": "half"}, {"pct": 40}, {"ge70": "yes"}, {"percent": "40"}, 40, ["40"], ""])
def test_a_share_that_is_none_is_refused_with_its_place(said):
    car = vehicle([(10, 0)], 0, 1)
    car["body"][0]["sources"][0]["cannot"]["determination"] = said
    with pytest.raises(dossier.Refused) as refused:
        dossier.read(
            {"dossier": 1, "on": "2026-03-01", "currency": "USD", "vehicles": ["V"], "declarations": {"V": car}}
        )
    assert "declarations.V.body[0].sources[0].cannot.determination" in str(refused.value)


def test_the_budget_that_is_told_is_the_carlines(rules):
    """Two plants of 3 and 1: values are those of the average vehicle, and what one plant leaves the other uses."""
    told = result_of([vehicle([(20, 70)], 80, 3), vehicle([], 100, 1)], rules).label["budget"]
    assert (told["cap"], told["used"]) == ("10", "10")
    assert [(row["asker"], row["value"], row["determined"], row["zero"]) for row in told["items"]] == [
        ("V0", "15", "10", "5")
    ]
    alone = result_of([vehicle([(20, 70)], 80, 3)], rules).label["budget"]
    assert [(row["value"], row["determined"]) for row in alone["items"]] == [("20", "10")] and alone["cap"] == "10"
