"""A quantity and its unit agree in number, each language by its own rule."""

import pytest
from django.utils.translation import override

from suppliers.facts import words


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [
        ("1", "pc", "1 piece"), ("4", "pc", "4 pieces"), ("0.5", "kg", "0.5 kilograms"), ("1.5", "m", "1.5 metres"), ("1", "100", "1 hundred pieces"),
        ("2", "set", "2 sets"), ("1", "m2", "1 square metre"), ("3", "1000", "3 thousands of pieces"), ("1", "l", "1 litre"),
    ],
)  # fmt: skip
def test_english(quantity, unit, said):
    assert words.counted(quantity, unit) == said


def test_every_unit_is_counted():
    assert set(words.COUNTED) == set(words.UNITS)


def test_french_counts_what_is_below_two_as_one(monkeypatch):
    """By the rule of the language, whatever the words: the plural begins with two, and the comma is written."""
    from django.utils.translation import ngettext_lazy

    monkeypatch.setitem(words.COUNTED, "pc", ngettext_lazy("%(quantity)s one", "%(quantity)s many", "count"))
    with override("fr-ca"):
        assert [words.counted(one, "pc") for one in ("0.5", "1.5", "2", "2.5")] == [
            "0,5 one",
            "1,5 one",
            "2 many",
            "2,5 many",
        ]
