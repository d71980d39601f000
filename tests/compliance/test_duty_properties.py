"""What must hold of what any good owes at a border."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.duties import exposure, owed, rates
from compliance.duties.owed import Crossing
from tests.compliance.test_duties import most

# How fast a case is drawn says how busy the machine is, and nothing about duty.
any_case = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.decimals("0.01", "200000", places=2)
SHARES = st.decimals("0", "100", places=1)
DAYS = st.dates(dt.date(2017, 1, 1), dt.date(2027, 12, 31))
PAIRS = st.sampled_from([
    (market, origin) for market in ("US", "CA", "MX") for origin in ("US", "CA", "MX") if market != origin
])  # fmt: skip
KINDS = st.sampled_from(["passenger_vehicle", "passenger_vehicle", "light_truck"])


@st.composite
def crossings(draw):
    market, origin = draw(PAIRS)
    kind = "passenger_vehicle" if market == "MX" else draw(KINDS)
    return Crossing(market, origin, kind, draw(VALUES), draw(DAYS), us_content=draw(SHARES), ca_mx_goods=draw(SHARES))


@any_case
@given(crossings())
def test_qualifying_never_costs_more(one):
    kept, lost = owed.owed(replace(one, qualifies=True)), owed.owed(one)
    assert kept.least <= kept.most <= lost.least <= lost.most


@any_case
@given(crossings(), SHARES)
def test_more_us_content_never_costs_more(one, more):
    low, high = sorted((one.us_content, more))
    assert most(one, qualifies=True, us_content=high) <= most(one, qualifies=True, us_content=low)


@any_case
@given(crossings(), SHARES)
def test_more_canadian_and_mexican_goods_never_cost_more(one, more):
    low, high = sorted((one.ca_mx_goods, more))
    assert most(one, qualifies=True, ca_mx_goods=high) <= most(one, qualifies=True, ca_mx_goods=low)


@any_case
@given(crossings())
def test_each_step_is_within_half_a_cent_of_the_exact_amount(one):
    for step in owed.owed(one).steps:
        assert step.amount == step.amount.quantize(Decimal("0.01")) and step.cite and step.level
    exact = sum(Fraction(rate.bounds[1]) * Fraction(one.value) / 100 for rate in _rows(one))
    assert abs(Fraction(owed.owed(one).most) - exact) <= Fraction(len(_rows(one)), 200)


def _rows(one):
    tariff = rates.tariff(one.market)
    asked = {"kind": one.kind, "origin": one.made_in, "on": one.on}
    return [row for row in (tariff.ordinary(**asked), tariff.rate("added", **asked)) if row]


@any_case
@given(crossings())
def test_between_two_changes_of_the_tariff_the_day_does_not_matter(one):
    days = [dt.date(2017, 1, 1), *rates.tariff(one.market).changes()]
    began = max(day for day in days if day <= one.on)
    assert owed.owed(one) == owed.owed(replace(one, on=began))


@any_case
@given(crossings())
def test_the_years_say_what_each_day_says(one):
    spans = exposure.spans(replace(one, qualifies=True))
    assert {span.from_.year for span in spans} == set(range(2017, 2028))
    assert all(a.until == b.from_ for a, b in pairwise(spans))
    held = next(span for span in spans if span.from_ <= one.on < span.until)
    assert held.lost == owed.owed(one) and held.kept == owed.owed(replace(one, qualifies=True))
