"""Rulebooks are read strictly, and say what they say on each day."""

import datetime as dt

import pytest

from tracing import rulebooks
from tracing.engine import dossier, rulebook
from tracing.engine.supply import supply_of
from tracing.engine.trace import trace

TEXT = (rulebooks.HERE / "us-2017.toml").read_bytes()


def errors(text):
    with pytest.raises(rulebook.RulebookErrors) as wrong:
        rulebook.read(text)
    return wrong.value.errors


@pytest.mark.parametrize("name", rulebooks.ids())
def test_ours_are_clean_and_complete(name):
    book = rulebooks.rulebook(name)
    assert book.disclosure["cite"] and book.silence["says"] and book.consequence["says"] and len(book.sha256) == 64


def test_all_that_is_wrong_is_said_at_once():
    broken = TEXT.replace(b'cite     = "Reuters, 13 October 2017"\n', b"", 1).replace(b"[disclosure]", b"[disclosures]").replace(
        b"is = 85 }]", b"is = 850 }]"
    )  # fmt: skip
    told = " | ".join(errors(broken))
    for part in (
        "cite: is missing",
        "disclosures: unknown key",
        "disclosure: is missing",
        "is: 850 is not allowed here",
    ):
        assert part in told, part


def test_dates_out_of_order_and_keys_twice_are_errors():
    backwards = TEXT.replace(
        b"{ from = 2017-10-13, is = 85 }", b"{ from = 2017-10-13, is = 85 }, { from = 2016-01-01, is = 80 }"
    )
    assert any("does not come after" in error for error in errors(backwards))
    assert "not a TOML file" in errors(TEXT + b'\nid = "twice"\n[id]\n')[0]


def test_a_list_that_is_not_there_is_an_error():
    assert any("there is no list" in error for error in errors((rulebooks.HERE / "nafta.toml").read_bytes()))


def needed(name, on, **facts):
    car = {"made_in": "US", "hs": "8703.23", "uses": ["light"], "costs": {"net": "10"}, "body": [], **facts}
    data = {"dossier": 1, "on": on, "currency": "USD", "vehicles": ["V"], "declarations": {"V": car}}
    result = trace(supply_of(dossier.read(data)), rulebooks.rulebook(name).on(dt.date.fromisoformat(on)))
    return result.tests[0].test.threshold


@pytest.mark.parametrize(
    ("start", "percent"),
    [("1996-01-01", 50), ("1997-07-02", 50), ("1997-07-03", 56), ("1998-01-01", 56), ("2001-07-02", 56), ("2001-07-03", 62.5),
     ("2002-01-01", 62.5), ("2019-04-01", 62.5)],
)  # fmt: skip
def test_nafta_follows_the_fiscal_year_whose_start_is_closest(start, percent):
    assert needed("nafta", "2005-03-01", fiscal_year_start=start) == percent


@pytest.mark.parametrize(("on", "percent"), [("2020-07-01", 66), ("2021-06-30", 66), ("2021-07-01", 69), ("2022-07-01", 72),
                                             ("2023-06-30", 72), ("2023-07-01", 75), ("2026-11-24", 75)])  # fmt: skip
def test_usmca_follows_the_day(on, percent):
    assert needed("usmca", on) == percent


@pytest.mark.parametrize(
    ("hs", "percent"),
    [("8407.34.10", 62.5), ("8708.40", 62.5), ("8708.50", 60), ("9401.20", 60), ("8482.10", 50), ("4009.31", 60)],
)
def test_listed_parts_have_their_own_requirement(hs, percent):
    assert needed("nafta", "2005-03-01", hs=hs) == percent


def test_outside_its_life_a_law_is_hypothetical():
    nafta, usmca = rulebooks.rulebook("nafta"), rulebooks.rulebook("usmca")
    assert nafta.on(dt.date(2020, 7, 1)).hypothetical and not nafta.on(dt.date(2020, 6, 30)).hypothetical
    assert usmca.on(dt.date(2020, 6, 30)).hypothetical and not usmca.on(dt.date(2020, 7, 1)).hypothetical


def test_an_unknown_switch_is_refused():
    with pytest.raises(rulebook.UnknownSwitch):
        rulebooks.rulebook("us-2017").on(dt.date(2020, 1, 1), {"us_share_of": "half"})
