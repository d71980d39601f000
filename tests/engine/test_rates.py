"""Three laws, three rules of exchange; editions of the HS and what stands for what."""

import datetime as dt
from fractions import Fraction

import pytest

from tracing import rulebooks
from tracing.engine import editions, rates


def test_the_quarters_of_a_label_certificate():
    """49 CFR 583.14(b), a certificate of 2026-03-31."""
    found = rates.quarter_ends(dt.date(2026, 3, 31))
    assert [day.isoformat() for day in found] == [
        "2022-06-30", "2022-09-30", "2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31",
        "2024-06-30", "2024-09-30", "2024-12-31", "2025-03-31",
    ]  # fmt: skip


def test_the_mean_needs_all_twelve():
    assert rates.mean([Fraction(n) for n in range(12)]) == Fraction(11, 2)
    with pytest.raises(ValueError, match="11 are given"):
        rates.mean([Fraction(1)] * 11)


def test_a_booked_rate_serves_for_thirty_days():
    day = dt.date(2024, 3, 1)
    assert rates.booked(day, {dt.date(2024, 2, 1): Fraction(2), dt.date(2024, 3, 20): Fraction(3)}) == (
        dt.date(2024, 3, 20),
        3,
    )
    assert rates.booked(day, {dt.date(2024, 1, 30): Fraction(2)}) is None


def test_each_law_has_its_rule_and_citation():
    assert set(rates.RULES) == {"nafta", "usmca", "aala"} <= set(rulebooks.ids())


def table():
    return editions.read((rulebooks.HERE / "hs_concordance.csv").read_bytes())


def test_a_code_in_an_older_edition_names_who_decided():
    codes, used = editions.in_edition("8507.60.00", "HS 2012", "HS 2007", table())
    assert codes == {"8507.80"} and used[0].who and used[0].on and used[0].doubt


def test_a_code_that_no_row_moves_stays():
    assert editions.in_edition("8708.40", "HS 2012", "HS 2007", table()) == ({"8708.40"}, [])


def test_editions_are_dated_and_an_unknown_one_is_an_error():
    assert editions.edition_on(dt.date(2016, 12, 31)) == "HS 2012"
    with pytest.raises(KeyError):
        editions.in_edition("8708.40", "HS 2023", "HS 2007", table())
    for row in table():
        assert row.of in editions.EDITIONS and row.to in editions.EDITIONS and row.why
