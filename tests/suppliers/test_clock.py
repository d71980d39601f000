"""Acts are done now; only a demo lives through a past, forwards, and what it seals there is as sealed as anything."""

import datetime as dt

import pytest
from django.utils import timezone

from compliance import ledger
from compliance.actions.demo import past as demo_past
from compliance.demo import world
from suppliers import clock
from suppliers.actions import declarations
from suppliers.facts.reading import Malformed
from suppliers.models import Ripple, Seal
from tests import make

SPRING = dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC)


def test_a_portal_that_is_no_demo_has_no_past(cast, clock_of_the_test, settings):
    settings.DEMO = False
    with pytest.raises(clock.NoPast), clock.lived(SPRING):
        pass
    with demo_past.Past().on(SPRING.date()):
        assert clock.now() == timezone.now()


def test_what_is_done_in_the_past_carries_its_moment_everywhere(cast, clock_of_the_test, settings):
    settings.DEMO = True
    with clock.lived(SPRING):
        row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    later = SPRING + dt.timedelta(days=30)
    with clock.lived(later):
        taken = declarations.withdraw(row, by=cast.ada, why="The wire changed.")
    assert (row.drafted_at, row.signed_at, taken.at) == (SPRING, SPRING, later)
    assert (
        list(Seal.objects.values_list("at", flat=True))
        == [SPRING, later]
        == list(Ripple.objects.values_list("at", flat=True))
    )
    assert list(row.notices.values_list("at", flat=True)) == [later]
    assert list(ledger.faults()) == []
    assert clock.now() == timezone.now()


def test_it_goes_forward_only(cast, clock_of_the_test, settings):
    settings.DEMO = True
    with clock.lived(SPRING):
        make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    for at in (SPRING - dt.timedelta(seconds=1), timezone.now() + dt.timedelta(seconds=1)):
        with pytest.raises(clock.NoPast), clock.lived(at):
            pass
    past = demo_past.Past()
    with past.on(dt.date(2026, 1, 1)):
        assert clock.now() == SPRING
    with past.on(dt.date(2030, 1, 1)):
        assert clock.now() == timezone.now()


def test_the_world_is_told_in_the_order_of_its_days():
    written = world.read()
    told = demo_past.acts(written)
    days = [on for on, _, _ in told]
    assert days == sorted(days) and days[-1] <= world.WRITTEN
    at = {(act, row.declaration): n for n, (_, act, row) in enumerate(told) if act in {"declaration", "withdrawal"}}
    for (act, name), n in at.items():
        older = written.declaration[name].supersedes
        if act == "withdrawal":
            assert at["declaration", name] < n
        elif older:
            assert at["declaration", older] < n
    letters = [n for n, (_, act, _) in enumerate(told) if act == "post"]
    assert all(days[n] < days[n + 1] for n in letters[:-1]), "the post goes out when the day's work is done"


def test_nobody_signs_for_an_attempt_that_is_not_made_yet(cast, clock_of_the_test, settings):
    """In the demo's past, too: its declarations are signed after the asking that they tell of."""
    settings.DEMO = True
    cannot = {"reason": "silent", "basis": "a visit", "tried": [{"at": "2026-09-22", "how": "by telephone"}]}
    source = {"how": "bought", "price": "1", "seller_name": "Marlin Glass", "cannot": cannot}
    lines = [{"item": "G-1", "hs": "7007.11", "quantity": "1", "sources": [source]}]
    with clock.lived(SPRING), pytest.raises(Malformed) as refused:
        make.draft(cast.axle, by=cast.tom, lines=lines)
    assert list(refused.value.errors) == ["lines.0.sources.0.cannot.tried.0.at"]
    with clock.lived(SPRING + dt.timedelta(days=60)):
        assert make.draft(cast.axle, by=cast.tom, lines=lines).pk


@pytest.fixture(name="clock_of_the_test")
def _clock_of_the_test(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 24, 10, 42, tzinfo=dt.UTC), tick=False)
