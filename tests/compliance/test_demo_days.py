"""The demo's days: on any day it is told it is as alive as on the one it was written for; the law's days stay the law's."""

import dataclasses
import datetime as dt
import typing

import pytest

from compliance.actions.demo import past
from compliance.demo import rows, world
from compliance.demo.days import WRITTEN, Telling

DAYS = [dt.date(2026, 12, 20), dt.date(2027, 3, 1), dt.date(2027, 8, 15), dt.date(2028, 11, 27), dt.date(2032, 2, 29)]


def day(text):
    return dt.date.fromisoformat(text)


def fields_of(row_type):
    return typing.get_type_hints(row_type, include_extras=True)


def dates_of(told):
    """Every date of a world: (file, row, column) to the day."""
    return {
        (name, n, field.name): value
        for name in world.FILES
        for n, row in enumerate(getattr(told, name))
        for field in dataclasses.fields(row)
        if isinstance(value := getattr(row, field.name), dt.date)
    }


def test_every_day_of_a_row_says_how_it_moves():
    for row_type in world.FILES.values():
        for name, kind in fields_of(row_type).items():
            plain = [kind, *typing.get_args(kind)]
            assert dt.date not in plain or typing.get_origin(kind) is typing.Annotated, (row_type.__name__, name)
    assert fields_of(rows.Declaration)["begins"] != fields_of(rows.Declaration)["drafted_on"]


@pytest.mark.parametrize("on", [WRITTEN, WRITTEN + dt.timedelta(days=6)])
def test_in_its_first_week_it_stands_as_it_is_written(on):
    first, told = world.read(), world.read(on=on)
    assert all(getattr(told, name) == getattr(first, name) for name in world.FILES)
    assert told.day == on != world.read(on=WRITTEN + dt.timedelta(days=7)).day


@pytest.mark.parametrize("on", DAYS)
def test_its_days_keep_their_distance_from_the_day_it_is_told(on):
    """Acts to the week and on their weekday; bounds of periods to the month and, where they were, on its first."""
    written, told = dates_of(world.read()), dates_of(world.read(on=on))
    assert written.keys() == told.keys() and len(written) > 1000
    telling = Telling(on)
    for key, then in written.items():
        how = fields_of(world.FILES[key[0]])[key[2]]
        moved = next(one for one in [how, *typing.get_args(how)] if typing.get_origin(one) is typing.Annotated)
        now, kind = told[key], typing.get_args(moved)[1]
        if kind is Telling.act:
            assert now.weekday() == then.weekday()
            assert 0 <= ((on - now) - (WRITTEN - then)).days < 7, key
        elif kind is Telling.bound:
            assert now == telling.bound(then) and (now.day == 1) == (then.day == 1), key
        else:
            assert kind is Telling.fiscal and now <= on < now.replace(year=now.year + 1), key


@pytest.mark.parametrize("on", DAYS)
def test_everybody_stands_as_on_the_day_it_was_written_for(on):
    told = world.read(on=on)
    for row in told.declarations:
        assert (row.state == "signed") == (told.in_force(row.part, on=on) is row), row.declaration
        assert (row.state == "expired") == (row.ends <= on), row.declaration
    assert all(act < on for act, _, _ in past.acts(told)), "nothing is done before its day"
    month_ago = on - dt.timedelta(days=28)
    assert any(row.signed_on and row.signed_on > month_ago for row in told.declarations), (
        "a trend has something to tell"
    )
    assert any(row.withdrawn_on and row.withdrawn_on > month_ago for row in told.declarations)
    lives = [told.in_force(row.part, on=on) for row in told.declarations]
    assert any(row and row.ends <= on + dt.timedelta(days=60) for row in lives), "an answer ends soon"
    dues = {row.due for row in told.requests}
    assert min(dues) < on < max(dues) < on + dt.timedelta(days=14), "some are overdue, some are due soon"
    assert all(on < row.due and row.begins > on for row in told.campaigns)
    assert all(row.until is None or row.until > on for row in told.replies)
    assert all(row.begins <= on < row.ends for row in told.grants)
    assert all(row.on <= on for row in told.rates)


@pytest.mark.parametrize(
    ("on", "begins", "year"),
    [
        ("2026-11-24", "2026-07-01", 2027), ("2026-12-24", "2026-08-01", 2027), ("2027-06-23", "2027-01-01", 2027),
        ("2027-06-24", "2027-02-01", 2028), ("2028-11-27", "2028-07-01", 2029),
    ],
)  # fmt: skip
def test_a_model_year_is_the_period_with_its_first_of_january(on, begins, year):
    told = world.read(on=day(on))
    vehicle = told.vehicle["Lumen"]
    [answer] = told.answers_for[vehicle.part]
    assert (answer.begins, vehicle.model_year) == (day(begins), year)
    assert answer.begins <= dt.date(year, 1, 1) < answer.ends
    number = f"MM-LUMEN-{year % 100}"
    assert (vehicle.number, answer.declaration) == (number, f"meridian/{number}/1")
    assert {row.declaration for row in told.cannots} == {answer.declaration}
    assert {row.title for row in told.replies} == {row.title for row in told.campaigns} == {f"Model year {year + 1}"}


def test_words_name_the_days_of_their_telling():
    words = {on: {row.message for row in world.read(on=on).requests} for on in (WRITTEN, day("2028-11-27"))}
    assert "Your answer ended on 30 June; please renew it." in words[WRITTEN]
    assert words[WRITTEN] == {text.replace("2029", "2027") for text in words[day("2028-11-27")]}
    later = Telling(day("2027-02-24"))
    assert later.words("until {bound:2026-06-30:%-d %B %Y}, asked on {act:2026-08-12}, for {year:2027}") == (
        "until 30 September 2026, asked on 2026-11-11, for 2027"
    )
    assert later.bound(day("2026-11-30")) == day("2027-02-28")


@pytest.mark.parametrize("text", ["{year:soon}", "{act:2026-13-01}", "{day:2026-08-12}", "ends {2026}", "}"])
def test_words_that_cannot_be_filled_are_refused(text):
    with pytest.raises(ValueError, match=r"braces|month|soon"):
        Telling().words(text)
