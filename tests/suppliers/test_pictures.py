"""Marks, figures and words that stand on every page."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template

from suppliers import pictures
from suppliers.templatetags import traceline


def page(source: str, **context) -> str:
    return Template("{% load traceline %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("name", "word", "shape"),
    [
        ("pass", "Passes", "<circle"),
        ("fail", "Fails", "<rect"),
        ("open", "Open", "M7 .9 13.1"),
        ("none", "No pass mark", "M2 7H12"),
    ],
)
def test_a_verdict_is_word_shape_and_colour(name, word, shape):
    drawn = pictures.verdict(name)
    assert word in drawn and shape in drawn and f"v-{name}" in drawn
    assert 'aria-hidden="true"' in drawn  # the word is read, not the shape


def test_an_unknown_verdict_is_an_error_and_not_a_dash():
    with pytest.raises(ValueError, match="maybe"):
        pictures.mark("maybe")


def test_a_test_that_was_not_run_says_so():
    assert "Not run" in pictures.verdict("not_run") and "v-none" in pictures.verdict("not_run")


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [
        ("74.96", {}, "74.9"),
        ("74.96", {"up": True, "needed": 75}, "74.96"),  # 75.0 beside "fails" would be a lie
        ("74.9999", {"up": True, "needed": 75, "digits": 0}, "74.9999"),
        ("75", {"needed": 75, "digits": 0}, "75"),
        ("62.5", {"needed": "62.5", "digits": 0}, "62.5"),
        ("62.7", {"needed": "62.5", "digits": 0}, "62.7"),  # 62 would deny a pass
        ("78.31", {"up": True}, "78.4"),
        ("-1.91", {}, "−2.0"),
    ],
)
def test_shares_round_toward_failing_and_never_contradict_the_threshold(value, how, text):
    assert pictures.shown(value, **how) == text


@pytest.mark.parametrize(
    ("verdict", "worst", "best", "text"),
    [
        ("pass", "84.1", "87.7", "+9.1 to spare"),
        ("fail", "66.0", "73.1", "−1.9 at best"),
        ("fail", "66.0", "74.99", "−0.01 at best"),
        ("open", "72.6", "78.4", "−2.4 … +3.4"),
    ],
)
def test_the_margin_beside_a_verdict(verdict, worst, best, text):
    assert traceline.margin(verdict, worst, best, 75) == text


def test_amounts_and_days_are_written_one_way():
    assert traceline.amount(Decimal("-1234567.005")) == "−1,234,567.01"
    assert traceline.amount("-0.001") == "0.00"
    assert traceline.amount(None) == ""  # nothing known is not zero
    assert traceline.day("2026-11-22") == "22 Nov 2026"
    assert traceline.moment(dt.datetime(2026, 11, 22, 14, 5, tzinfo=dt.UTC)) == "22 Nov 2026, 14:05"
    assert traceline.period(dt.date(2027, 1, 1), dt.date(2028, 1, 1)) == "1 Jan 2027 to 31 Dec 2027"


def test_what_does_not_add_up_is_hatched_and_said():
    drawn = pictures.adds_up(
        [("Inputs", Decimal("1003.57")), ("Own value", Decimal("596.28"))], price=Decimal("1620.00")
    )
    assert "20.15 not explained" in drawn and "url(#hatch)" in drawn
    whole = pictures.adds_up([("Inputs", 10)], price=10)
    assert "hatch" not in whole and "not explained" not in whole
    assert "5.00 more than the price" in pictures.adds_up([("Inputs", 15)], price=10)


def test_names_cannot_bring_markup_into_a_picture():
    evil = '"><script>alert(1)</script>'
    for drawn in (
        pictures.adds_up([(evil, 1)], price=2, price_word=evil),
        pictures.progress(1, 2, label=evil),
        pictures.stacked([(evil, 1, "pass")], label=evil),
        pictures.verdict("pass", word=evil),
        page("{% scrolling name %}x{% endscrolling %}", name=evil),
    ):
        assert "<script" not in drawn and '"><' not in drawn.replace('"><rect', "").replace('"><svg', "").replace(
            '"><circle', ""
        ).replace('"><path', "")


class Row(forms.Form):
    share = forms.DecimalField(label="Share", help_text="Of this part.", max_value=100)
    sure = forms.BooleanField(label="I hold the right to sign", required=False)

    def clean_share(self):
        raise forms.ValidationError("The shares add up to 90%. Raise one of them.", code="S2")


def test_a_finding_stands_at_its_field_and_in_the_summary():
    form = Row({"share": "60"})
    summary = page('{% include "components/findings.html" with form=form %}', form=form)
    assert 'role="alert"' in summary and 'href="#id_share"' in summary and "One thing stops this" in summary
    drawn = page('{% include "components/field.html" with field=form.share unit="percent" %}', form=form)
    assert 'aria-invalid="true"' in drawn and 'id="id_share_error"' in drawn and "<code>S2</code>" in drawn
    assert 'aria-describedby="id_share_helptext id_share_error"' in drawn and 'id="id_share_helptext"' in drawn
    assert "<b>The shares add up to 90%.</b> Raise one of them." in drawn
    assert "Share, percent" in drawn


def test_a_field_that_is_fine_says_nothing():
    drawn = page('{% include "components/field.html" with field=form.share %}', form=Row())
    assert "aria-invalid" not in drawn and "_error" not in drawn and 'class="form-control num"' in drawn
    tick = page('{% include "components/field.html" with field=form.sure %}', form=Row())
    assert "form-check-input" in tick and "checked" not in tick


def test_a_thing_worth_a_look_is_amber_and_no_alert():
    found = [{"message": "20.15 of the price is not explained. Is it freight?", "code": "V1", "severity": "look"}]
    summary = page('{% include "components/findings.html" with found=found %}', found=found)
    assert 'role="alert"' not in summary and "note-open" in summary and "One thing is worth a look" in summary
    plain = page('{% field form.share unit="percent" %}', form=Row(), found=found)
    assert "V1" not in plain  # the page's own findings stay out of its fields
    cell = page('{% control form.share label="Row 1" found=found %}', form=Row(), found=found)
    assert "query" in cell and "aria-invalid" not in cell and 'aria-label="Row 1"' in cell
