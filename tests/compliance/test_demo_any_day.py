"""The demo built on any day of the coming years: a past that is sealed in order, a trend, letters, and a tour that tells the truth."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.urls import reverse

from compliance import ledger, tours
from compliance.actions import demo
from compliance.actions.demo import past
from compliance.demo import world
from compliance.management.commands.demo import aged
from compliance.models import Certificate, FaceReview, Review
from suppliers.models import (
    Campaign,
    Decline,
    Mail,
    Membership,
    Notice,
    Organisation,
    PriceWord,
    Reminder,
    Request,
    Seal,
)
from tracing import notches
from tracing.actions import days, rolls, traces
from tracing.models import Vehicle
from tracing.snapshots import take

# Soon after it was written, in the next model year, and two years on; test_demo_days.py reads more days, until 2032.
DAYS = [dt.date(2026, 12, 20), dt.date(2027, 8, 15), dt.date(2028, 11, 27)]
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _demo(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR, settings.FLEET_DIR = True, tmp_path, tmp_path / "fleet"
    settings.SIGNING_KEYS = tmp_path / "keys"
    rolls.forget()
    yield
    rolls.forget()


def morning(on):
    return dt.datetime.combine(on, dt.time(10, 42), tzinfo=dt.UTC)


def traced(on):
    """The figures of that day and of the day a month before, as workers make them."""
    for snapshot in take(Vehicle.objects.all(), on):
        traces.store(snapshot)
    days.roll(notches.moved(on, -1))


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_a_newcomer_finds_a_living_world(on, client, time_machine):
    time_machine.move_to(morning(on), tick=False)
    demo.Builder(world.read(on=on), print).build()
    traced(on)
    assert past.told_on() == on
    nothing_is_signed_out_of_turn(on)
    questions_have_a_past(on)
    client.post(reverse("compliance:tour-enter", args=["automaker"]))
    assert "was open" in client.get(reverse("tracing:vehicle-list")).content.decode(), "what moved since last month"
    every_story_is_proven(on, client)


def nothing_is_signed_out_of_turn(on):
    sealed = list(Seal.objects.order_by("number").values_list("at", flat=True))
    assert sealed == sorted(sealed) and list(ledger.faults()) == []
    assert (sealed[-1] - sealed[0]).days > 365 and sealed[-1] <= morning(on)
    for model in (Request, Campaign, Decline, FaceReview, PriceWord, Reminder, Notice):
        moments = set(model.objects.values_list("at", flat=True))
        assert moments and max(moments) < morning(on) - dt.timedelta(hours=12), (
            f"{model.__name__}: none is of the day of building"
        )


def questions_have_a_past(on):
    """Asked on their days, reminded, answered, put off, declined; each with its letter, written and carried on that day."""
    waiting = Request.objects.unanswered()
    assert waiting.filter(due__lt=on).exists() and waiting.filter(due__range=(on, on + dt.timedelta(days=14))).exists()
    first = Request.objects.with_answer().filter(campaign=None, answered_at__isnull=False).order_by("at")[0]
    assert first.at < first.answered_at and (morning(on) - first.at).days > 150
    [campaign] = Campaign.objects.filter(title__startswith="Model year")
    kinds = {
        (row.kind, row.at.date() - campaign.at.date()) for row in Reminder.objects.filter(request__campaign=campaign)
    }
    assert kinds == {("asked", dt.timedelta(0)), ("reminded", dt.timedelta(days=7))}
    for row in Mail.objects.all():
        assert row.sent_at == row.written_at and row.sent_at.date() < on
    assert len(mail.outbox) == Mail.objects.count() > 50


def every_story_is_proven(on, client):
    """The page that each story leads to shows its figures to the automaker."""
    told = {
        one.key: one for one in tours.stories(tours.lines_of(Organisation.objects.get(code="meridian"), on=on), on=on)
    }
    assert list(told) == ["laws", "readings", "past", "battery", "list", "research", "duty", "stop"]
    assert "Hanbit" in told["battery"].what and "Tamarack" in told["readings"].what
    assert "Northgate Engines" in told["past"].what and "NG-35" in told["past"].what
    for key in ("readings", "past", "battery", "list", "research"):
        html = client.get(told[key].url.partition("#")[0]).content.decode()
        for figure in re.findall(r"[0-9.]+", told[key].figure):
            assert figure in html, (key, figure)
    assert told["duty"].figure == "$750 to $3,750" and told["stop"].figure == "100, 65 or 33"


def test_a_demo_of_last_month_goes_on_and_says_its_age(time_machine):
    time_machine.move_to(morning(world.WRITTEN), tick=False)
    first = demo.Builder(world.read(on=world.WRITTEN), print)
    first.build()
    traced(world.WRITTEN)
    demo.certify(first)
    counted = {model: model.objects.count() for model in (Seal, Request, Mail, Review, Certificate, Membership)}
    assert counted[Certificate] >= 3
    later = dt.date(2026, 12, 31)
    time_machine.move_to(morning(later), tick=False)
    again = demo.Builder(world.read(on=past.told_on() or later), print)
    again.build()
    traced(later)
    demo.certify(again)
    assert counted == {model: model.objects.count() for model in counted}
    assert aged(again.world, later) == (
        "This world was built on 24 Nov 2026, 37 days ago, and has aged since. To begin anew, as of today: make demo ARGS=--reset"
    )
    assert aged(again.world, world.WRITTEN) == ""
