"""The fleet's roll: what changed since the last one, taken over in one go, and every verdict that moved, stored in bulk."""

import dataclasses
import datetime as dt
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from suppliers.models import Ripple
from tracing import briefs, moments, rulebooks
from tracing.actions import traces
from tracing.engine import VERSION, dossier
from tracing.engine.dossier import Refused
from tracing.engine.facts import FleetFacts
from tracing.engine.fleet import TooLarge
from tracing.engine.order import SupplyLoop
from tracing.engine.roll import Roll as Passes
from tracing.engine.roll import Verdict as Found
from tracing.models import Roll, Vehicle, Verdict
from tracing.snapshots import fleets, one_moment, shelf, splices

log = logging.getLogger("traceline.rolls")
LOCK = 823_002  # any number that no other advisory lock of ours uses
OVERLAP = dt.timedelta(minutes=5)
SHELVE = dt.timedelta(minutes=10)
LOOPS = 50
CHUNK = 900
ALONE = threading.Lock()
Key = tuple[UUID, str, str]


@dataclass
class Kept:
    """What this process remembers of the fleet between two rolls: its rows, its passes by currency, the parts that were cut out
    because they contain each other, by name, what is stored, and which ripples it took lately."""

    rows: fleets.FleetRows
    at: dt.datetime
    passes: dict[str, Passes] = field(default_factory=dict)
    looped: dict[str, str] = field(default_factory=dict)
    digests: dict[Key, str] = field(default_factory=dict)
    last: tuple[int, dt.datetime] | None = None
    shelved: dt.datetime | None = None
    taken: dict[int, dt.datetime] = field(default_factory=dict)


_kept: Kept | None = None


@contextmanager
def alone(lock: int = LOCK, mutex: threading.Lock = ALONE) -> Iterator[bool]:
    """Whether this is the only roll of its kind under way, in this process and on this database."""
    if not mutex.acquire(blocking=False):
        yield False
        return
    try:
        if connection.vendor != "postgresql":
            yield True
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
            mine = cursor.fetchone()[0]
        try:
            yield mine
        finally:
            if mine:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
    finally:
        mutex.release()


def roll(on: dt.date | None = None) -> int:
    """Roll the fleet until nothing is left that changed. Answers how many rolls that took; 0 where another is at it.

    A burst of signatures is one roll, or two: whatever is committed while one runs is taken by the next.
    """
    day, done = on or timezone.now().date(), 0
    if not _needed(day):
        return 0
    with alone() as mine:
        while mine and _needed(day):
            _once(day)
            done += 1
    return done


def _needed(day: dt.date) -> bool:
    """Whether something changed, or this day was not rolled yet: a day may change what a law says."""
    return Ripple.objects.unrolled().exists() or not Roll.objects.filter(on=day).exists()


def remembered() -> Kept | None:
    """What this process remembers of the fleet, for whoever measures it."""
    return _kept


def forget() -> None:
    """Drop what this process remembers: the next roll reads everything anew."""
    global _kept
    _kept = None


def _once(day: dt.date) -> Roll:
    """One roll: take what changed, compute what it reaches, store what moved, mark what was taken."""
    watch = fleets.Watch()
    # What is due and what is read are of one moment, so that a file never claims a change that it does not hold.
    with watch("read"), one_moment():
        due = list(Ripple.objects.unrolled().values_list("pk", "part_id"))
        kept, changed = _brought_up(day, {part for _, part in due})
    with watch("roll"):
        found, reached, gone = _found(kept, changed)
    with watch("tell"):
        moved = _moved(kept, found)
    with watch("store"):
        stored = _store(kept, day, due, reached, moved, gone, sum(one.exact for one in found), watch)
    with watch("shelve"):
        _shelve(kept)
    stored.seconds = {step: round(seconds, 4) for step, seconds in watch.seconds.items()}
    stored.save(update_fields=["seconds"])
    log.info("rolled %s: %s parts, %s vehicles, %s verdicts", day, stored.parts, len(reached), len(moved))
    return stored


def _brought_up(day: dt.date, parts: set[UUID]) -> tuple[Kept, np.ndarray | None]:
    """The fleet as it stands, and the numbers of what changed; None where everything is to be computed."""
    global _kept
    now = timezone.now()
    if _kept is not None and _kept.rows.facts.on == day and _was_rolled(_kept.last):
        # What another process rolled meanwhile is no news to the database, but to this one.
        lately = Ripple.objects.filter(rolled_at__gte=_kept.at - OVERLAP).values_list("pk", "part")
        parts = parts | {part for pk, part in lately if pk not in _kept.taken}
        rows, changed = splices.patched(_kept.rows, parts, day)
        _kept.rows, _kept.at = (
            dataclasses.replace(rows, facts=dataclasses.replace(rows.facts, asked=_kept.rows.facts.asked)),
            now,
        )
        return _kept, changed
    rows = _from_the_shelf(day) or fleets.read(day)
    _kept = Kept(rows, now)
    stored = Verdict.objects.values_list("vehicle_id", "rulebook", "reading", "digest")
    _kept.digests = {(vehicle, law, reading): digest for vehicle, law, reading, digest in stored}
    return _kept, None


def _was_rolled(last: tuple[int, dt.datetime] | None) -> bool:
    """Whether the database is the one of that roll: not another or a restored one, in which that roll never was."""
    return last is not None and Roll.objects.filter(pk=last[0], at=last[1]).exists()


def _from_the_shelf(day: dt.date) -> fleets.FleetRows | None:
    """The fleet from the file of this very state, or from the newest of the day; what changed since is read anew.

    A file of another database is none, however like the two are: a demo begun anew has the same numbers of everything.
    """
    rows = shelf.take(day, moments.facts(day)) or shelf.newest()
    if rows is None or rows.facts.on != day or rows.at is None or not _was_rolled(rows.roll):
        return None
    parts = set(Ripple.objects.filter(at__gte=rows.at - OVERLAP).values_list("part", flat=True))
    return splices.patched(rows, parts, day)[0] if parts else rows


def _shelve(kept: Kept) -> None:
    """Keep the fleet as a file, now and then, for the processes that start after this one."""
    now = timezone.now()
    if kept.shelved is None or now - kept.shelved > SHELVE:
        there = shelf.take(kept.rows.facts.on, kept.rows.standing)
        if there is None or not _was_rolled(there.roll):
            shelf.put(dataclasses.replace(kept.rows, roll=kept.last))
        kept.shelved = now


def said(rows: fleets.FleetRows) -> tuple[list[tuple[Key, dict[str, Any], str]], set[UUID]]:
    """Every verdict of a fleet as it was read, whatever day that is of, with its digest; and the vehicles that have none.

    Nothing is stored, and nothing is remembered.
    """
    kept = Kept(rows, timezone.now())
    found, _, gone = _found(kept, None, note=False)
    return _moved(kept, found), set(gone)


def _found(kept: Kept, changed: np.ndarray | None, *, note: bool = True) -> tuple[list[Found], list[UUID], list[UUID]]:
    """The verdicts of every vehicle that the change reaches; those vehicles; and those of which nothing can be computed.

    ``note``: how large each vehicle's supply is, is kept for pages and bell.
    """
    found: list[Found] = []
    reached: list[UUID] = []
    gone = list(kept.rows.without)
    vehicles = {int(nth): UUID(bytes=bytes(kept.rows.vehicles[at])) for nth, at in _places(kept.rows)}
    for currency in sorted(set(kept.rows.currencies)):
        passes, goods = _taken_over(kept, currency, changed)
        refused = set(kept.rows.refused) | _numbers(passes, kept.looped)
        stopped = passes.above(refused)
        gone += [vehicles[nth] for nth in goods if nth in stopped]
        told = [nth for nth in goods if nth not in stopped]
        reached += [vehicles[nth] for nth in told]
        if note:
            _note_lines(passes, vehicles, told)
        found += _verdicts(passes, told, gone, vehicles)
    return found, reached, gone


def _taken_over(kept: Kept, currency: str, changed: np.ndarray | None) -> tuple[Passes, list[int]]:
    """The passes of one currency over the fleet as it stands, and the goods whose verdicts may differ.

    Parts that contain each other are cut out, so that one company's slip stops only what holds them.
    """
    facts, passes = kept.rows.in_currency(currency), kept.passes.get(currency)
    if changed is not None and kept.looped and any(facts.names[nth] in kept.looped for nth in changed.tolist()):
        kept.looped = {}
    for _ in range(LOOPS):
        whole = _without(facts, kept.looped)
        try:
            if passes is not None and changed is not None:
                return passes, passes.change(whole, changed.tolist())
            passes = kept.passes[currency] = Passes(whole, memory=passes.memory if passes else None)
            return passes, whole.goods.tolist()
        except SupplyLoop as loop:
            kept.looped |= dict.fromkeys(loop.parts, str(loop))
            changed = None
    raise SupplyLoop(list(kept.looped))


def _without(facts: FleetFacts, looped: dict[str, str]) -> FleetFacts:
    """The facts with these parts neither holding anything nor saying what they are made of."""
    if not looped:
        return facts
    stopped = [nth for nth, name in enumerate(facts.names) if name in looped]
    kept, body = ~np.isin(facts.asker, stopped), facts.body.copy()
    body[stopped] = False
    return dataclasses.replace(facts, body=body, **{name: getattr(facts, name)[kept] for name in splices.BY_SOURCE})


def _numbers(passes: Passes, names: Iterable[str]) -> set[int]:
    """The numbers of declarations by name."""
    return {passes.number[name] for name in names if name in passes.number} if names else set()


def _places(rows: fleets.FleetRows) -> Iterable[tuple[int, int]]:
    """Each good's number and its place among the vehicles."""
    return [(nth, at) for at, nth in enumerate(rows.facts.goods.tolist())]


def _verdicts(passes: Passes, goods: list[int], gone: list[UUID], vehicles: dict[int, UUID]) -> list[Found]:
    laws = [rulebooks.rulebook(name) for name in rulebooks.ids()]
    found = []
    for nth in goods:
        try:
            found += list(passes.verdicts(laws, [nth]))
        except (Refused, TooLarge) as why:
            # Its trace says why, in the user's words.
            log.info("%s: %s", vehicles[nth], why)
            gone.append(vehicles[nth])
    return found


def _note_lines(passes: Passes, vehicles: dict[int, UUID], goods: list[int]) -> None:
    """How large each vehicle's supply is: the page and the bell ask for it."""
    lines = {vehicles[nth]: count for nth, count in passes.lines_below(goods).items()}
    known = dict(Vehicle.objects.filter(pk__in=lines).values_list("pk", "lines"))
    stale = [Vehicle(pk=pk, lines=count) for pk, count in lines.items() if known.get(pk, count) != count]
    Vehicle.objects.bulk_update(stale, ["lines"], batch_size=CHUNK)


def _moved(kept: Kept, found: list[Found]) -> list[tuple[Key, dict[str, Any], str]]:
    """Those verdicts that say something else than what is stored."""
    vehicles = {nth: UUID(bytes=bytes(kept.rows.vehicles[at])) for nth, at in _places(kept.rows)}
    moved = []
    for one in found:
        result = one.as_dict() | {"declaration": str(UUID(bytes=bytes(kept.rows.declarations[one.number])))}
        if one.budget:
            result["budget"] = _by_key(kept, one)
        # The day itself is no news: a verdict stands since it first said so.
        said = {name: value for name, value in result.items() if name != "on"}
        key, digest = (vehicles[one.number], result["rulebook"], result["reading"]), dossier.digest(said)
        if kept.digests.get(key) != digest:
            moved.append((key, result, digest))
    return moved


def _by_key(kept: Kept, one: Found) -> dict[str, Any]:
    """The budget of a verdict with the keys of its maker's own declarations in place of their names in the fleet."""
    names = kept.passes[one.currency].number
    keys = {row[0]: str(UUID(bytes=bytes(kept.rows.declarations[names[row[0]]]))) for row in one.budget["places"]}
    return one.budget | {
        "items": [row | {"asker": keys[row["asker"]]} for row in one.budget["items"]],
        "places": [[keys[name], *where] for name, *where in one.budget["places"]],
    }


def _store(
    kept: Kept, day: dt.date, due: list[tuple[int, UUID]], reached: list[UUID], moved: list[tuple[Key, dict[str, Any], str]],
    gone: list[UUID], exact: int, watch: fleets.Watch,
) -> Roll:  # fmt: skip
    """One transaction: the roll, its verdicts, and the ripples it took."""
    now, stale = timezone.now(), [key for key in kept.digests if key[0] in set(gone)]
    keys = [pk for pk, _ in due]
    with transaction.atomic():
        row = Roll.objects.create(
            on=day, engine=VERSION, parts=len({part for _, part in due}), vehicles=len(reached), verdicts=len(moved), exact=exact,
            seconds=watch.seconds, at=now,
        )  # fmt: skip
        Verdict.objects.filter(vehicle__in=gone).delete()
        rows = [_row(row, key, result, digest, now) for key, result, digest in moved]
        briefs.keep(rows)
        Verdict.objects.bulk_create(
            rows, batch_size=200, update_conflicts=True, unique_fields=["vehicle", "rulebook", "reading"],
            update_fields=["edition", "status", "hypothetical", "verdict", "result", "brief", "ranked", "digest", "roll", "at"],
        )  # fmt: skip
        for start in range(0, len(keys), CHUNK):
            Ripple.objects.filter(pk__in=keys[start : start + CHUNK]).update(rolled_at=now)
    for key in stale:
        del kept.digests[key]
    # A large vehicle that has no figure any more is traced all the same: its trace says why.
    lost = Vehicle.objects.filter(pk__in={key[0] for key in stale}).exclude(pk__in=Vehicle.objects.traced_at_once())
    traces.mark(lost.values_list("pk", flat=True))
    kept.digests |= {key: digest for key, _, digest in moved}
    kept.last = (row.pk, now)
    kept.taken = {pk: at for pk, at in kept.taken.items() if now - at < 2 * OVERLAP} | dict.fromkeys(keys, now)
    return row


def _row(row: Roll, key: Key, result: dict[str, Any], digest: str, now: dt.datetime) -> Verdict:
    vehicle, law, reading = key
    return Verdict(
        vehicle_id=vehicle, rulebook=law, reading=reading, edition=result["edition"], status=result["status"],
        hypothetical=result["hypothetical"], verdict=result["verdict"], result=result, digest=digest, roll=row, at=now,
    )  # fmt: skip
