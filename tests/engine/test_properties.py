"""What must hold of every supply: content adds up, order does not matter, unknown stays within its bounds."""

import copy
import datetime as dt
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tracing import rulebooks
from tracing.engine import amounts, dossier
from tracing.engine.supply import supply_of
from tracing.engine.trace import trace

DAY = dt.date(2019, 3, 1)
PLACES = ["US", "CA", "MX", "JP", "CN"]
CODES = ["8708.40", "8528.59", "7318.15", "8501.10", "9401.20", "4009.31"]
SWITCHES = {"nafta": {}, "us-2017": {"us_share_of": "actual"}, "usmca": {}}
cents = st.integers(1, 50_000).map(lambda n: amounts.text(Fraction(n, 100)))


@st.composite
def supplies(draw):
    """A vehicle over one to three tiers, some sources unanswered, some imported, some shared between lines."""
    names = [f"D{n}" for n in range(draw(st.integers(1, 5)))]
    declarations, worth = {}, {}
    for name in reversed(names):
        lines = [draw(_line(worth)) for _ in range(draw(st.integers(0, 3)))]
        declarations[name] = {
            "made_in": draw(st.sampled_from(PLACES[:3])),
            "hs": draw(st.sampled_from(CODES)),
            "body": lines,
        }
        worth[name] = sum(
            (Fraction(line["qty"]) * Fraction(line["sources"][0]["price"]) for line in lines), Fraction(0)
        )
        if draw(st.booleans()):
            declarations[name]["costs"] = {"product": draw(cents)}
        if draw(st.booleans()):
            declarations[name]["claims"] = {"requirement": "60", "shift": draw(st.booleans())}
    top = [draw(_line(worth)) for _ in range(draw(st.integers(1, 4)))]
    spent = sum(Fraction(line["qty"]) * Fraction(line["sources"][0]["price"]) for line in top)
    net = amounts.text(spent + Fraction(draw(cents)) + 500)
    car = {"made_in": "US", "hs": "8703.23", "uses": ["light"], "costs": {"net": net}, "body": top}
    return {
        "dossier": 1,
        "on": DAY.isoformat(),
        "currency": "USD",
        "vehicles": ["V"],
        "declarations": {"V": car, **declarations},
    }


@st.composite
def _line(draw, worth):
    """A line; a part that was declared costs at least what went into it (an admissible supply)."""
    how = draw(st.sampled_from(["bought", "bought", "imported"]))
    source = {"how": how, "price": draw(cents)}
    if how == "imported":
        source |= {"made_in": draw(st.sampled_from(PLACES)), "title": "importation"}
    elif worth and draw(st.booleans()):
        source["declaration"] = draw(st.sampled_from(sorted(worth)))
        source["price"] = amounts.text(worth[source["declaration"]] + Fraction(source["price"]))
    return {"item": "x", "hs": draw(st.sampled_from(CODES)), "qty": str(draw(st.integers(1, 3))), "sources": [source]}


def results(data, **options):
    supply = supply_of(dossier.read(data))
    return {
        name: trace(supply, rulebooks.rulebook(name).on(DAY, switches), **options)
        for name, switches in SWITCHES.items()
    }


def figures(result):
    return [(row.worst, row.declared, row.best) for row in result.tests if not row.absent]


@settings(max_examples=20, deadline=None)
@given(supplies())
def test_content_adds_up_and_bounds_are_in_order(data):
    for result in results(data).values():
        assert sum(result.content.values()) == result.amounts["net_cost"] or result.rules.rulebook.id == "usmca"
        for worst, declared, best in figures(result):
            assert worst is None or worst <= declared <= best


@settings(max_examples=20, deadline=None)
@given(supplies(), st.randoms())
def test_the_order_of_the_inputs_does_not_matter(data, random):
    shuffled = copy.deepcopy(data)
    for row in shuffled["declarations"].values():
        random.shuffle(row["body"])
    names = list(shuffled["declarations"])
    random.shuffle(names)
    shuffled["declarations"] = {name: shuffled["declarations"][name] for name in names}
    for name, result in results(data).items():
        assert figures(result) == figures(results(shuffled)[name])


@settings(max_examples=20, deadline=None)
@given(supplies())
def test_twice_the_quantity_at_half_the_price_is_the_same(data):
    doubled = copy.deepcopy(data)
    for line in doubled["declarations"]["V"]["body"]:
        if line["sources"][0].get("declaration"):
            continue
        line["qty"] = str(2 * int(line["qty"]))
        for source in line["sources"]:
            source["price"] = amounts.text(Fraction(source["price"]) / 2)
    for name, result in results(data).items():
        assert figures(result) == figures(results(doubled)[name])


@settings(max_examples=20, deadline=None)
@given(supplies(), st.sampled_from(["foreign", "regional", "half"]))
def test_whatever_is_answered_lies_within_the_bounds(data, kind):
    """Every source nobody answered for gets an answer: the result lies where the interval said it would."""
    answered = copy.deepcopy(data)
    for row in list(answered["declarations"].values()):
        for line in row["body"]:
            source = line["sources"][0]
            if source["how"] == "bought" and not source.get("declaration"):
                name = f"A{len(answered['declarations'])}"
                source["declaration"] = name
                answered["declarations"][name] = _answer(kind, source["price"])
    before, after = results(data), results(answered)
    for name, result in before.items():
        for (worst, _, best), (low, _, high) in zip(figures(result), figures(after[name]), strict=True):
            assert worst is None or (worst <= low and high <= best), name


def _answer(kind, price):
    half = amounts.text(Fraction(price) / 2)
    part = {"foreign": price, "regional": "0", "half": half}[kind]
    body = [
        {
            "item": "y",
            "hs": "8501.10",
            "sources": [{"how": "imported", "made_in": "JP", "price": part, "title": "importation"}],
        }
    ]
    return {"made_in": "US", "hs": "8708.50", "costs": {"net": price}, "claims": {"requirement": "60", "shift": False},
            "body": body if part != "0" else []}  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(supplies(), st.integers(1, 5_000))
def test_more_foreign_value_below_never_means_less_above(data, more):
    """At fixed prices: a dearer listed import inside a part never raises the regional value."""
    base = {"how": "imported", "made_in": "JP", "price": "10", "title": "importation"}
    part = {"made_in": "US", "hs": "8708.50", "costs": {"net": "500"}, "claims": {"requirement": "60", "shift": False},
            "body": [{"item": "motor", "hs": "8501.10", "sources": [base]}]}  # fmt: skip
    less = copy.deepcopy(data)
    less["declarations"]["Z"] = part
    less["declarations"]["V"]["body"].append(
        {"item": "z", "sources": [{"how": "bought", "price": "500", "declaration": "Z"}]}
    )
    greater = copy.deepcopy(less)
    greater["declarations"]["Z"]["body"][0]["sources"][0]["price"] = amounts.text(10 + Fraction(more, 20))
    for name in ("nafta", "usmca"):
        for (a, _, b), (c, _, d) in zip(figures(results(less)[name]), figures(results(greater)[name]), strict=True):
            assert c <= a and d <= b, name


@settings(max_examples=20, deadline=None)
@given(supplies())
def test_the_rounded_run_stays_within_its_bound(data):
    """One half-up step for each node and column at a billionth: nodes × weight × half a billionth is the bound."""
    nano = Fraction(1, 10**9)

    def rounded(value):
        return amounts.half_up(value / nano) * nano

    exact, near = results(data), results(data, scale=rounded)
    for name in ("nafta", "us-2017"):
        steps = len(exact[name].supply.order) * 3**6
        for one, other in zip(figures(exact[name]), figures(near[name]), strict=True):
            for a, b in zip(one, other, strict=True):
                assert a is None or abs(a - b) <= 100 * steps * nano


# ---- counter-examples that a careless bound or choice gets wrong ----


def shares(declarations, **net):
    data = {"dossier": 1, "on": "2018-01-01", "currency": "USD", "vehicles": ["V"], "declarations": declarations}
    law = rulebooks.rulebook("us-2017").on(dt.date(2018, 1, 1), {"us_share_of": "actual"})
    return next(row for row in trace(supply_of(dossier.read(data)), law).tests if row.test.code == "us-2017.us")


def test_unknown_as_foreign_is_wrong_for_a_share_of_the_actual_regional_value():
    """Of 100: U.S. 40, Canada and Mexico 40, unknown 20. As foreign the share is 50 percent, as Mexican 40."""
    body = [
        {"item": "ca", "sources": [{"how": "bought", "price": "20", "declaration": "C"}]},
        {"item": "mx", "sources": [{"how": "bought", "price": "20", "declaration": "M"}]},
        {"item": "open", "sources": [{"how": "bought", "price": "20"}]},
    ]
    parts = {name: {"made_in": place, "body": []} for name, place in (("C", "CA"), ("M", "MX"))}
    row = shares({"V": {"made_in": "US", "hs": "8703.23", "costs": {"net": "100"}, "body": body}, **parts})
    assert (row.worst, row.declared, row.best) == (40, 50, 60)


def test_known_foreign_value_in_place_of_mexican_raises_that_share():
    def car(place):
        source = {"how": "imported" if place == "JP" else "bought", "price": "20", "made_in": place}
        mexican = {"item": "x", "sources": [source if place == "JP" else {**source, "declaration": "M"}]}
        parts = {"M": {"made_in": "MX", "body": []}}
        return shares(
            {"V": {"made_in": "US", "hs": "8703.23", "costs": {"net": "100"}, "body": [mexican]}, **parts}
        ).declared

    assert car("JP") == 100 > car("MX") == 80


def test_a_nested_designation_is_judged_on_structure_not_on_a_result():
    """Two more foreign dollars in X (39 to 41 of 100 against 60 percent) must not turn the good's VNM from 50 to nothing."""

    def vnm(foreign):
        inner = {"maker": "P", "made_in": "US", "claims": {"requirement": "60", "shift": False}, "costs": {"net": "100"},
                 "body": [{"item": "f", "sources": [{"how": "imported", "made_in": "JP", "price": str(foreign)}]}]}  # fmt: skip
        made = {"how": "made", "designated": True, "basis": "rvc"}
        outer = {"maker": "P", "made_in": "US", "claims": {"requirement": "60", "shift": False}, "costs": {"net": "150"},
                 "body": [{"item": "x", "sources": [{**made, "declaration": "X"}]},
                          {"item": "g", "sources": [{"how": "imported", "made_in": "JP", "price": "50"}]}]}  # fmt: skip
        good = {"maker": "P", "made_in": "US", "hs": "8421.39", "claims": {"requirement": "60"}, "costs": {"net": "400"},
                "body": [{"item": "y", "sources": [{**made, "declaration": "Y"}]}]}  # fmt: skip
        data = {"dossier": 1, "on": "2005-03-01", "currency": "USD", "vehicles": ["G"],
                "declarations": {"G": good, "Y": outer, "X": inner}}  # fmt: skip
        return trace(supply_of(dossier.read(data)), rulebooks.rulebook("nafta").on(dt.date(2005, 3, 1))).amounts["vnm"]

    assert vnm(39) <= vnm(41)


def test_choices_separate_at_the_threshold():
    """Not accumulating has the lower VNM and 53.3 percent; accumulating the higher VNM and 70."""
    statement = {"law": "usmca", "para": "9a", "net_cost": "150", "vnm": "55"}
    part = {"made_in": "US", "statements": [statement], "claims": {"originates": False}}
    body = [{"item": "part", "sources": [{"how": "bought", "price": "50", "declaration": "P"}]},
            {"item": "rest", "sources": [{"how": "imported", "made_in": "JP", "price": "20"}]}]  # fmt: skip
    good = {"made_in": "US", "hs": "8421.39", "claims": {"requirement": "60"}, "costs": {"net": "150"}, "body": body}
    data = {
        "dossier": 1,
        "on": "2024-02-01",
        "currency": "USD",
        "vehicles": ["G"],
        "declarations": {"G": good, "P": part},
    }
    result = trace(supply_of(dossier.read(data)), rulebooks.rulebook("usmca").on(dt.date(2024, 2, 1)))
    assert result.tests[0].declared == 70 and result.amounts["vnm"] == 75
