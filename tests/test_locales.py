"""Numbers, days, findings and the words of a workbook in each language."""

import datetime as dt
import re
from decimal import Decimal

import polib
import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from suppliers import days, numbers, pictures
from suppliers.facts import phrases, spoken
from suppliers.templatetags import traceline
from suppliers.workbooks.columns import SHEETS
from tests import catalogues
from tracing.engine.fields import Reader
from tracing.engine.said import said

CODES = [code for code, _ in settings.LANGUAGES if code != "en"]


@pytest.fixture(autouse=True)
def _all_are_offered(settings):
    settings.LANGUAGES_OFFERED = [code for code, _ in settings.LANGUAGES]


# ---- numbers and days ----


@pytest.mark.parametrize(
    ("language", "amount", "share", "margin", "day", "moment", "first"),
    [
        ("en", "1,234.56", "−1.9", "+9.1", "24 Nov 2026", "24 Nov 2026, 14:05", "1 Jan 2027"),
        ("es-mx", "1,234.56", "−1.9", "+9.1", "24 nov. 2026", "24 nov. 2026, 14:05", "1 ene. 2027"),
        ("fr-ca", "1\u00a0234,56", "−1,9", "+9,1", "24 nov. 2026", "24 nov. 2026, 14\u00a0h\u00a005", "1er janv. 2027"),
    ],
)
def test_numbers_and_days_by_locale(language, amount, share, margin, day, moment, first):
    with translation.override(language):
        assert traceline.amount(Decimal("1234.56")) == amount
        assert traceline.down("-1.85") == share and traceline.signed("9.1") == margin
        assert days.day("2026-11-24") == day and days.day(dt.date(2027, 1, 1)) == first
        assert days.moment(dt.datetime(2026, 11, 24, 14, 5, tzinfo=dt.UTC)) == moment


@given(st.decimals(min_value=0, max_value=10**9 - 1, places=6), st.sampled_from(["en", "es-mx", "fr-ca"]))
def test_what_a_field_shows_is_read_back_in_every_language(value, language):
    with translation.override(language):
        assert numbers.decimal(numbers.typed(numbers.written(value))) == value
        assert numbers.decimal(pictures.grouped(value, 6).replace("−", "")) == value


def test_coordinates_and_machine_values_are_never_localised():
    for language in CODES:
        with translation.override(language):
            drawn = pictures.adds_up([("a", Decimal("1003.57")), ("b", Decimal("2.5"))], price=Decimal("1620.33"))
            assert re.findall(r'="[^"]*\d,\d[^"]*"', drawn.partition("aria-label")[0] + drawn.partition("><")[2]) == []
            page = Template("{{ whole }} {{ point }} {{ exact }} {{ day|date:'Y-m-d' }}").render(
                Context({"whole": 1234567, "point": 1234.5, "exact": Decimal("1234.50"), "day": dt.date(2026, 11, 24)})
            )
            assert page == "1234567 1234.5 1234.50 2026-11-24"


# ---- findings ----


def test_a_finding_is_put_together_in_the_readers_language(monkeypatch):
    words = {
        "Inputs come to {inputs:.2f}, the price is {price:.2f}.": "Les intrants font {inputs:.2f} pour un prix de {price:.2f}.",
        "It holds from {begins} until {ends}; computed for {day}.": "Du {begins} au {ends}; calcul du {day}.",
    }
    monkeypatch.setattr(spoken, "gettext", lambda text: words.get(text, text))
    row = said("Inputs come to {inputs:.2f}, the price is {price:.2f}.", inputs=12.5, price=1234.0)
    held = said("It holds from {begins} until {ends}; computed for {day}.", begins=dt.date(2026, 1, 1), ends="…",
                day=dt.date(2026, 11, 24))  # fmt: skip
    assert row == "Inputs come to 12.50, the price is 1234.00." and spoken.sentence(row) == row
    with translation.override("fr-ca"):
        assert spoken.sentence(row) == "Les intrants font 12,50 pour un prix de 1234,00."
        assert spoken.sentence(held) == "Du 1er janv. 2026 au …; calcul du 24 nov. 2026."


def test_every_sentence_of_the_engine_can_be_filled_in_any_language():
    """A translation that names another value would fail where a supplier reads it."""
    for code, path in catalogues.CATALOGUES.items():
        for row in polib.pofile(str(path)):
            if row.msgid in phrases.DETAILS and row.msgstr:
                assert set(re.findall(r"{(\w+)", row.msgid)) == set(re.findall(r"{(\w+)", row.msgstr)), (
                    code,
                    row.msgid,
                )


def test_a_reason_of_the_reader_keeps_its_words_and_values():
    from tracing.engine import fields

    reader = Reader()
    reader.value("nonsense", fields.date, "from")
    (reason,) = reader.reasons
    assert str(reason) == "from: 'nonsense' is not a date. write YYYY-MM-DD."
    with translation.override("fr-ca"):
        assert "'nonsense'" in spoken.message(reason)


# ---- workbooks ----


def test_no_heading_of_a_sheet_means_two_columns():
    """A workbook filled in one language is read in all of them: by its headings alone, where its hidden row was lost."""
    for kind, columns in SHEETS.items():
        meant = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                for column in columns:
                    meant.setdefault(" ".join(str(column.label).casefold().split()), set()).add(column.key)
        assert {(kind, word): keys for word, keys in meant.items() if len(keys) > 1} == {}


def test_no_word_of_a_choice_means_two_answers():
    for column in (column for columns in SHEETS.values() for column in columns if column.choices):
        meant = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                for value, word in column.choices:
                    meant.setdefault(str(word).strip().casefold(), set()).add(value)
        assert {(column.key, word): keys for word, keys in meant.items() if len(keys) > 1} == {}
