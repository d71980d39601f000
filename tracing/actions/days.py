"""The fleet on other days: a day that is wanted is a row, and whoever hears the bell rolls what waits, one after the other."""

import datetime as dt
import logging
import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from suppliers.actions import acts
from suppliers.models import Membership, Ripple
from tracing import briefs, moments, notches
from tracing.actions import rolls
from tracing.models import DatedVerdict, Day, Said, Vehicle, over
from tracing.snapshots import fleets

log = logging.getLogger("traceline.days")
LOCK = 823_003  # any number that no other advisory lock of ours uses
ALONE = threading.Lock()
CHUNK = 900
WAITING = 30
FAILED = "The portal failed over this day, not you; its operator finds why in the log. Ask again later."
UNASKED = dt.timedelta(days=62)
Found = tuple[rolls.Key, dict[str, Any], str]


class TooManyWait(RuntimeError):
    """So many days wait to be worked out already that no further one is taken."""


def ask(on: dt.date, *, by: Membership) -> Day:
    """Have the fleet's figures of that day worked out, unless they are there and still hold.

    Raises ``notches.NotThatDay`` for a day that no figure can be given of, and TooManyWait.
    """
    notches.demand(on, notches.first_known(by))
    with transaction.atomic():
        if Day.objects.filter(waits=True).exclude(on=on).count() >= WAITING:
            raise TooManyWait
        day, _ = Day.objects.get_or_create(on=on)
        if not holds(day, moments.standing()):
            Day.objects.filter(pk=day.pk).update(waits=True, asked_at=timezone.now(), why="")
            transaction.on_commit(ring)
    return day


def ring() -> None:
    """Say that a day waits; the timetable says so again."""
    acts.ring("tracing.days")


def holds(day: Day, now: str) -> bool:
    """Whether a day's figures are what a roll of it would find: a past day's for good, a coming one's while facts stand so."""
    return day.is_final or (day.at is not None and over(day.on) > timezone.now() and day.standing == now)


def work() -> int:
    """Roll one day that waits, what was wanted last first, and ring again for the next, so that what a signature rings for comes
    in between. Answers how many were rolled: 0 where none waits or another worker is at it."""
    with rolls.alone(LOCK, ALONE) as mine:
        day = Day.objects.filter(waits=True).order_by("-asked_at", "on").first() if mine else None
        if day is not None:
            _tried(day)
    if day is None:
        return 0
    if Day.objects.filter(waits=True).exists():
        ring()
    return 1


def _tried(day: Day) -> None:
    """A day that cannot be rolled says so and waits no longer, so that it does not keep the others waiting.

    What failed stands in the log alone: a fleet is everybody's, so the words of the failure may name anybody's part.
    """
    try:
        roll(day.on)
    except Exception:
        log.exception("the fleet could not be rolled for %s", day.on)
        Day.objects.filter(pk=day.pk).update(waits=False, why=FAILED)


def roll(on: dt.date) -> Day:
    """Compute the fleet on that day and store what each law says of each vehicle. A past day that was rolled is left as it is."""
    day, _ = Day.objects.get_or_create(on=on)
    if day.is_final:
        Day.objects.filter(pk=day.pk).update(waits=False)
        return day
    watch, now, state = fleets.Watch(), timezone.now(), moments.standing()
    with watch("read"):
        rows = fleets.read(on, known=over(on) if over(on) <= now else None)
    with watch("roll"):
        found, gone = rolls.said(rows)
    with watch("store"):
        _store(day, found, gone - set(rows.without), state, now)
    seconds = {step: round(taken, 3) for step, taken in watch.seconds.items()}
    Day.objects.filter(pk=day.pk).update(seconds=seconds)
    log.info("rolled %s: %s verdicts in %s", on, len(found), seconds)
    return Day.objects.get(pk=day.pk)


@transaction.atomic
def _store(day: Day, found: list[Found], stopped: set[UUID], state: str, now: dt.datetime) -> None:
    """One transaction: the answers nobody gave before, who is told which on this day, and of what state that is."""
    number = _shared(found)
    DatedVerdict.objects.filter(day=day).delete()
    rows = [DatedVerdict(day=day, vehicle_id=key[0], said_id=number[digest]) for key, _, digest in found]
    DatedVerdict.objects.bulk_create(rows, batch_size=2000)
    Day.objects.filter(pk=day.pk).update(
        at=now, standing=state, waits=False, why="", stopped=sorted(pk.hex for pk in stopped)
    )


def _shared(found: list[Found]) -> dict[str, int]:
    """The number of each answer by its digest; those that no day gave before are stored."""
    told = {digest: result for _, result, digest in found}
    known = _numbers(told)
    new = [_said(result, digest) for digest, result in told.items() if digest not in known]
    briefs.keep(new)
    Said.objects.bulk_create(new, batch_size=200, ignore_conflicts=True)
    return known | _numbers(row.digest for row in new)


def _numbers(digests: Iterable[str]) -> dict[str, int]:
    wanted, found = list(digests), {}
    for start in range(0, len(wanted), CHUNK):
        found |= dict(Said.objects.filter(digest__in=wanted[start : start + CHUNK]).values_list("digest", "pk"))
    return found


def _said(result: dict[str, Any], digest: str) -> Said:
    return Said(
        digest=digest, rulebook=result["rulebook"], reading=result["reading"], edition=result["edition"], status=result["status"],
        hypothetical=result["hypothetical"], verdict=result["verdict"], result=result,
    )  # fmt: skip


def prepare() -> int:
    """Once in a while: have ready the days on which something changes, and the day that trends look back to; drop what is old.

    Answers how many days wait. Running it twice changes nothing. What changed today comes first: while vehicles are being
    traced nothing is prepared.
    """
    if Ripple.objects.due().exists() or Vehicle.objects.due().exists():
        return 0
    briefs.fill()
    wanted, now = notches.kept_ready(), moments.standing()
    with transaction.atomic():
        Day.objects.bulk_create([Day(on=on) for on in sorted(wanted)], ignore_conflicts=True)
        stale = [day for day in Day.objects.filter(waits=False) if not holds(day, now)]
        again = [day.pk for day in stale if day.on in wanted and not day.why]
        Day.objects.filter(pk__in=again).update(waits=True)
        Day.objects.filter(pk__in=[day.pk for day in stale if day.on not in wanted]).delete()
        long_ago = Day.objects.filter(waits=False, asked_at__lt=timezone.now() - UNASKED)
        long_ago.exclude(on__in=wanted).exclude(on__day=1).delete()
        Said.objects.filter(dated__isnull=True).delete()
    waiting = Day.objects.filter(waits=True).count()
    if waiting:
        ring()
    return waiting
