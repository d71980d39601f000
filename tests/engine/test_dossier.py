"""The strict reader: everything that is wrong at once, where, and how to mend it."""

import json

import pytest

from tracing.engine import amounts, dossier
from tracing.engine.order import SupplyLoop, children_first
from tracing.engine.supply import supply_of

PLAIN = {
    "dossier": 1,
    "on": "2026-11-24",
    "currency": "USD",
    "declarations": {"V": {"body": [{"sources": [{"price": "1"}]}]}},
}


def paths(data):
    with pytest.raises(dossier.Refused) as refused:
        dossier.read(data)
    assert all(reason.message for reason in refused.value.reasons)
    return {reason.path for reason in refused.value.reasons}


def with_source(**changes):
    return {**PLAIN, "declarations": {"V": {"body": [{"sources": [{"price": "1", **changes}]}]}}}


def test_everything_at_once():
    wrong = {
        "dossier": 2, "on": "24.11.2026", "currency": "usd", "colour": "red",
        "declarations": {"V": {"body": [{"qty": "1.00001", "sources": [{"price": 1.5, "how": "found"}]}]}},
    }  # fmt: skip
    assert {"dossier", "on", "currency", "colour", "declarations.V.body[0].qty", "declarations.V.body[0].sources[0].price",
            "declarations.V.body[0].sources[0].how"} <= paths(wrong)  # fmt: skip


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-1", "1e3", "1_000", "١٢", "1,5", " 1", "01", "", ".5", "5."])
def test_what_is_no_plain_decimal_is_refused(text):
    assert "declarations.V.body[0].sources[0].price" in paths(with_source(price=text))


def test_a_missing_price_gives_no_interval():
    assert "declarations.V.body[0].sources[0].price" in paths(
        {**PLAIN, "declarations": {"V": {"body": [{"sources": [{"how": "bought"}]}]}}}
    )


def test_shares_add_to_exactly_one():
    thirds = [{"price": "1", "share": "1/3"}] * 3
    dossier.read({**PLAIN, "declarations": {"V": {"body": [{"sources": thirds}]}}})
    almost = [{"price": "1", "share": "0.333333"}] * 3
    assert "declarations.V.body[0].sources" in paths({**PLAIN, "declarations": {"V": {"body": [{"sources": almost}]}}})


def test_names_that_lead_nowhere_and_keys_given_twice():
    assert "declarations.V.body[0].sources[0].declaration" in paths(with_source(declaration="W"))
    assert "vehicles[0]" in paths({**PLAIN, "vehicles": ["W"]})
    with pytest.raises(dossier.Refused, match="given twice"):
        dossier.read('{"dossier":1,"dossier":1}')
    with pytest.raises(dossier.Refused, match="not a JSON file"):
        dossier.read(b"\xff\xfe")


def test_a_loop_is_named():
    declarations = {
        "V": {"body": [{"sources": [{"price": "1", "declaration": "A"}]}]},
        "A": {"body": [{"sources": [{"price": "1", "declaration": "B"}]}]},
        "B": {"body": [{"sources": [{"price": "1", "declaration": "A"}]}]},
    }
    with pytest.raises(SupplyLoop) as loop:
        supply_of(dossier.read({**PLAIN, "vehicles": ["V"], "declarations": declarations}))
    assert loop.value.parts == ["A", "B"]


def test_depth_is_no_limit_and_order_is_children_first():
    chain = {str(n): [str(n + 1)] for n in range(20_000)} | {"20000": []}
    order = children_first("0", chain)
    assert order[0] == "20000" and order[-1] == "0"
    nested = {str(n): [str(m) for m in range(n + 1, 26)] for n in range(26)}
    assert len(children_first("0", nested)) == 26, "each node once, not each path"


def test_canonical_text_is_one_text():
    assert dossier.canonical({"b": "ü", "a": ["1.0"]}) == '{"a":["1.0"],"b":"ü"}'.encode()
    assert dossier.digest({"a": 1, "b": 2}) == dossier.digest(json.loads('{"b":2,"a":1}'))
    with pytest.raises(TypeError):
        dossier.canonical({"a": 1.5})


def test_numbers_are_written_exactly_or_toward_failing():
    from fractions import Fraction

    assert amounts.text(Fraction(83525, 1000)) == "83.525"
    assert amounts.text(Fraction(600, 11)) == "54." + "54" * 16
    assert amounts.text(Fraction(200, 3), up=True).endswith("7")
    assert amounts.text(Fraction(1, 2**40)) == format(__import__("decimal").Decimal(1) / 2**40, "f")
    assert amounts.text(Fraction(-5, 2)) == "-2.5" and amounts.text(Fraction(0)) == "0"
    assert [amounts.half_up(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-1, 0, 1, 2]


def test_currencies_need_a_rate():
    other = {"V": {"hs": "8703.23", "costs": {"net": "10"}, "body": [{"sources": [{"price": "1", "declaration": "A"}]}]},
             "A": {"currency": "MXN", "body": []}}  # fmt: skip
    read = dossier.read({**PLAIN, "vehicles": ["V"], "declarations": other})
    with pytest.raises(dossier.Refused, match="no rate from MXN to USD"):
        supply_of(read).rate(supply_of(read).nodes["A"], "nafta")
    rated = dossier.read({**PLAIN, "vehicles": ["V"], "declarations": other, "rates": [
        {"from": "MXN", "to": "USD", "rate": "0.05"}, {"from": "MXN", "to": "USD", "law": "usmca", "rate": "0.06"}]})  # fmt: skip
    supply = supply_of(rated)
    assert (supply.rate(supply.nodes["A"], "nafta"), supply.rate(supply.nodes["A"], "usmca")) == (
        amounts.exact("0.05"), amounts.exact("0.06"))  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value", "path"),
    [
        ("persons", "fifteen", "declarations.V.persons"),
        ("units", {"made": "many"}, "declarations.V.units.made"),
        ("relief", {"first_prototype": "2021"}, "declarations.V.relief.first_prototype"),
        ("elections", {"core_way": "all"}, "declarations.V.elections.core_way"),
        ("elections", {"averaging": {"of": ["wages"]}}, "declarations.V.elections.averaging.of[0]"),
        ("elections", {"metod": "TV"}, "declarations.V.elections.metod"),
        ("plants", {"P": {"hourly": "16"}}, "plants.P.country"),
        ("companies", {"X": {"purchases": [{"metal": "copper", "value": "1", "originating": "1"}]}}, "companies.X.purchases[0].metal"),
    ],
)  # fmt: skip
def test_a_wrong_fact_of_a_vehicle_a_plant_or_a_company_is_refused_at_its_place(place, value, path):
    car = {"made_in": "US", "body": []}
    data = {"dossier": 1, "on": "2024-01-01", "currency": "USD", "declarations": {"V": car}}
    (data if place in {"plants", "companies"} else car)[place] = value
    assert paths(data) == {path}


def test_facts_of_a_vehicle_stay_as_they_are_written():
    car = {
        "made_in": "US",
        "persons": 15,
        "units": {"made": "100", "US": 60},
        "relief": {"first_prototype": "2021-03-31"},
    }
    data = {"dossier": 1, "on": "2024-01-01", "currency": "USD", "declarations": {"V": car}}
    kept = dossier.read(data).declarations["V"]
    assert {name: kept[name] for name in ("persons", "units", "relief")} == {
        name: car[name] for name in ("persons", "units", "relief")
    }
