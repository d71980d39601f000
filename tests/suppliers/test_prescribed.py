"""What a law prescribes for a statement stands in the signed text, word for word, where the answer states it and nowhere else."""

import datetime as dt

import pytest

from suppliers.actions import declarations
from suppliers.facts import prescribed, stored
from tests import make

pytestmark = pytest.mark.django_db


def signed_text(cast, **statement):
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], statements=[statement])
    return declarations.text(row, stored.of(row))


def test_the_label_begins_with_its_phrase(cast):
    """49 CFR 583.13: the phrase immediately precedes the other information on the certificate."""
    said = signed_text(cast, law="aala", ge70=True)
    assert said.startswith("This information is certified in accordance with DOT regulations. Acme")


def test_a_good_that_originates_is_certified_in_the_words_of_annex_5a(cast):
    cast.acme.address = "1 Mill Road\r\nToledo OH 43604"
    cast.acme.save()
    said = signed_text(cast, law="usmca", originates=True, criterion="B")
    assert (
        said.endswith(prescribed.ANNEX_5A)
        and "certified by the producer, Acme Bolts, 1 Mill Road, Toledo OH 43604, US: I certify" in said
    )
    for words in (
        "qualify as originating",
        "true and accurate",
        "responsibility for proving",
        "during a verification visit",
    ):
        assert words in said


@pytest.mark.parametrize("statement", [
    {"law": "usmca", "originates": False}, {"law": "usmca", "para": "9b", "amount": "1"}, {"law": "nafta", "para": "c", "amount": "1"},
    {"law": "eu-uk", "originates": False},
])  # fmt: skip
def test_nobody_certifies_what_the_answer_does_not_state(cast, statement):
    said = signed_text(cast, **statement)
    assert "I certify" not in said and "I, the undersigned" not in said and "DOT regulations" not in said


@pytest.mark.parametrize("statement", [{"para": "f", "percent": "62.5"}, {"para": "g"}])
def test_a_nafta_good_that_originates_is_certified_as_on_its_form(cast, statement):
    assert signed_text(cast, law="nafta", **statement).endswith(prescribed.FORM_434)


def test_a_long_term_declaration_has_its_last_day_and_its_cumulation(cast):
    """Annex 22-16: its last day is the one before ours, which is not included; one of the two boxes on cumulation."""
    row = {"law": "eu-uk", "originates": True, "made_in": "US", "agreements": "CA, JP"}
    given = {
        "producer": "Acme, US",
        "goods": "B-1, bolt",
        "buyers": "Talbot",
        "begins": dt.date(2026, 1, 1),
        "ends": dt.date(2028, 1, 1),
    }
    said = prescribed.after([row, row], **given)
    assert said.count("I, the undersigned") == 1
    assert "originate in US" in said and "trade with CA, JP" in said and "no cumulation applied" in said
    assert "from 01 Jan 2026 to 31 Dec 2027" in said and "inform Talbot immediately" in said
    assert "cumulation applied with TR" in prescribed.after([row | {"cumulation": "TR"}], **given)
