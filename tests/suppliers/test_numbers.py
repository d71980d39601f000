"""Numbers as people type them: decided, never guessed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers import numbers


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12", "12"), ("12.5", "12.5"), ("12,5", "12.5"), ("1,234.50", "1234.5"), ("1.234,50", "1234.5"), ("1 234,5", "1234.5"),
     ("1'234.5", "1234.5"), ("1.234.567", "1234567"), ("0.125", "0.125"), ("0,125", "0.125"), ("1234.567", "1234.567"),
     (" 7 ", "7"), ("1\u00a0234,00", "1234")],
)  # fmt: skip
def test_clear_numbers_are_read(typed, value):
    assert numbers.decimal(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    [
        "1.234",
        "12,345",
        "-1",
        "−1",
        "1e3",
        "1_000",
        "NaN",
        "inf",
        "١٢٣",
        "１２",
        "",
        "1,23,456",
        "1.2.3",
        "12a",
        "0x1f",
    ],
)
def test_others_are_refused_with_a_cure(typed):
    with pytest.raises(numbers.NotANumber) as wrong:
        numbers.decimal(typed)
    assert str(wrong.value)


@given(st.decimals(min_value=0, max_value=10**9 - 1, places=6))
def test_what_is_shown_is_read_back(value):
    assert numbers.decimal(numbers.typed(numbers.written(value))) == value
    assert numbers.decimal(numbers.written(value), machine=True) == value


@given(st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=1000))
def test_shares_survive(value):
    text = numbers.share_written(value.numerator, value.denominator)
    assert numbers.share(text, machine=True) == value
