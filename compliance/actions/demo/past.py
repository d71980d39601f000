"""The demo's past: what its companies did is done on the days that its rows tell, in the order of those days."""

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.utils import timezone

from compliance.demo.world import World
from suppliers import clock
from suppliers.models import Declaration, Seal, User

Act = tuple[dt.date, str, Any]
"""The day, what is done (a function of acts.py by its name), and the row that tells of it."""


def told_on() -> dt.date | None:
    """The day for which the demo that this database holds was told: when its people joined. None where it holds none."""
    people = User.objects.filter(email__endswith=".example").order_by("date_joined")
    first = people.values_list("date_joined", flat=True).first() if Declaration.objects.exists() else None
    return timezone.localdate(first) if first else None


def acts(world: World) -> list[Act]:
    """All that is done, in order; of one day in the order of ``_told``, at last the post of that day. That of the day of telling
    itself is left to the workers."""
    told = list(_told(world))
    days = {on for on, _, _ in told} | set(_reminding(world))
    told += [(on, "post", None) for on in days if on < world.day]
    return sorted(told, key=lambda one: one[0])  # what is told first stays first within its day


def _told(world: World) -> Iterator[Act]:
    """Older versions before those that supersede them, questions before what becomes of them."""
    for row in sorted(world.declarations, key=lambda row: (bool(row.supersedes), row.declaration)):
        yield row.signed_on or row.drafted_on, "declaration", row
    for row in sorted(world.declarations, key=lambda row: row.declaration):
        if row.withdrawn_on:
            yield row.withdrawn_on, "withdrawal", row
    yield from ((row.asked_on, "request", row) for row in world.requests)
    yield from ((row.on, "decline", row) for row in world.declines)
    yield from ((row.asked_on, "campaign", row) for row in world.campaigns)
    yield from ((row.on, "reply", row) for row in world.replies)
    yield from ((row.on, "price_word", row) for row in world.price_words)
    yield from ((row.asked_on, "later_request", row) for row in world.later if row.asked_on)
    yield from ((row.on, "later", row) for row in world.later)
    yield from ((row.on, "face_review", row) for row in world.face_reviews)


def _reminding(world: World) -> Iterator[dt.date]:
    """The days on which a campaign's timetable writes to those who are silent."""
    for row in world.campaigns:
        for days in map(int, row.remind_after):
            yield row.asked_on + dt.timedelta(days=days)


class Past:
    """Answers the moment to act at: noon of the day, but never before what is sealed and never later than now. Outside a demo
    everything is done now."""

    def __init__(self):
        last = Seal.objects.order_by("-number").first()
        self.last = last.at if last else None

    def on(self, day: dt.date) -> AbstractContextManager[None]:
        if not settings.DEMO:
            return nullcontext()
        noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
        at = min(max(noon, self.last or noon), timezone.now())
        self.last = at
        return clock.lived(at)
