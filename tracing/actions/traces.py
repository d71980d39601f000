"""Ripples spread to vehicles; due vehicles are traced once, stored once, and unmarked if nothing happened meanwhile."""

import datetime as dt
import logging
import os
import signal
import socket
import threading
import uuid
import zlib
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from suppliers.models import Declaration, Line, Part, Ripple, Source, Sourcing
from tracing import briefs, rulebooks
from tracing.engine import VERSION, dossier
from tracing.engine.dossier import Refused
from tracing.engine.order import SupplyLoop
from tracing.engine.result import Result
from tracing.engine.rulebook import NoRuleOnThatDay
from tracing.engine.supply import Supply, supply_of
from tracing.engine.trace import trace
from tracing.models import Gap, Outcome, Pulse, Trace, Vehicle
from tracing.snapshots import Snapshot, take

log = logging.getLogger("traceline.traces")
CHUNK = 900
SETTLE = dt.timedelta(seconds=1.5)


def today() -> dt.date:
    return timezone.now().date()


def failpoint(name: str) -> None:
    """End this process as a power cut would, when a test armed this point by TRACELINE_FAILPOINT. Otherwise nothing."""
    if os.environ.get("TRACELINE_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)


def beat() -> None:
    """Note that a worker is alive: the page says when one was last seen."""
    name = f"{socket.gethostname()}-{os.getpid()}-{threading.get_native_id()}"[:120]
    Pulse.objects.update_or_create(worker=name, defaults={"at": timezone.now()})


def mark(vehicles) -> int:
    """Mark vehicles due, each with a new mark, so that a trace under way does not clear it."""
    now, count = timezone.now(), 0
    for key in vehicles:
        count += Vehicle.objects.filter(pk=key).update(due_mark=uuid.uuid4(), due_since=now)
    return count


def spread() -> int:
    """Walk up from what changed and mark the vehicles above due; then ring once for each due vehicle.

    Answers how many vehicles are due. A few queries a level; any loop is survived; running twice changes nothing.
    """
    with transaction.atomic():
        ripples = Ripple.objects.due().order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            ripples = ripples.select_for_update(skip_locked=True)
        found = list(ripples.values_list("pk", "part_id"))
        if found:
            small = Vehicle.objects.traced_at_once()
            if small.exists():  # of larger ones the roll has told already, and the walk up a large fleet takes seconds
                mark(small.filter(part__in=above({part for _, part in found})).values_list("pk", flat=True))
            keys = [key for key, _ in found]
            for start in range(0, len(keys), CHUNK):
                Ripple.objects.filter(pk__in=keys[start : start + CHUNK]).update(spread_at=timezone.now())
    failpoint("marked")
    due = list(Vehicle.objects.due().values_list("pk", flat=True))
    for key in due:
        ring(key)
    return len(due)


def ring(vehicle_id) -> bool:
    """Ring for one due vehicle, unless that is on its way already; not sooner than SETTLE after its newest trace.

    A burst of signatures so costs a few traces and a handful of messages. A ring that is lost is rung again by the
    timetable once its moment has passed.
    """
    now = timezone.now()
    newest = Trace.objects.filter(vehicle=vehicle_id).order_by("-number").values_list("at", flat=True).first()
    at = max(now, newest + SETTLE) if newest else now
    free = Q(ring_at__isnull=True) | Q(ring_at__lt=now - SETTLE)
    if not Vehicle.objects.filter(free, pk=vehicle_id, due_mark__isnull=False).update(ring_at=at):
        return False
    current_app.send_task("tracing.retrace", args=[str(vehicle_id)], countdown=(at - now).total_seconds() or None)
    return True


def ask(vehicle: Vehicle) -> None:
    """Have a vehicle traced now, however large its supply is."""
    mark([vehicle.pk])
    transaction.on_commit(lambda: ring(vehicle.pk))


def above(parts: set[uuid.UUID]) -> set[uuid.UUID]:
    """These parts and every part that holds one of them, by sales and by own production."""
    seen, level = set(parts), set(parts)
    while level:
        upper: set[uuid.UUID] = set()
        ordered = sorted(level)
        for start in range(0, len(ordered), CHUNK):
            chunk = ordered[start : start + CHUNK]
            # Asked for one after the other: of either in one question a database reads every source there is.
            for way in ("sources__sourcing__seller_part__in", "sources__made_part__in"):
                lines = Line.objects.filter(**{way: chunk}, declaration__signed_at__isnull=False)
                upper |= set(lines.values_list("declaration__part", flat=True).distinct())
        level = upper - seen
        seen |= level
    return seen


def retrace(vehicle_id) -> Trace | None:
    """Trace a due vehicle: see its mark, take a snapshot, compute, store once, clear the mark only if it is the one seen.

    Answers the newest trace; None when the vehicle is not due any more.
    """
    beat()
    vehicle = Vehicle.objects.select_related("part").filter(pk=vehicle_id).first()
    if vehicle is None:
        return None
    Vehicle.objects.filter(pk=vehicle.pk).update(ring_at=None)
    seen = vehicle.due_mark
    if seen is None:
        return None
    newest = current(vehicle)
    if newest is not None and timezone.now() - newest.at < SETTLE:
        ring(vehicle.pk)
        return newest
    moment = timezone.now()
    snapshot = take([vehicle], today())[0]
    failpoint("snapshot")
    stored = store(snapshot, at=moment)
    failpoint("stored")
    if not Vehicle.objects.filter(pk=vehicle.pk, due_mark=seen).update(due_mark=None, due_since=None):
        ring(vehicle.pk)
    return stored


def digest_of(snapshot: Snapshot) -> str:
    """SHA-256 over everything the engine is given: the dossier, every rulebook with its readings, the engine's version."""
    laws = [[name, rulebooks.rulebook(name).sha256] for name in rulebooks.ids()]
    given = snapshot.dossier or {"error": snapshot.error}
    return dossier.digest({"dossier": given, "rulebooks": laws, "engine": VERSION, "on": snapshot.on.isoformat()})


def current(vehicle: Vehicle) -> Trace | None:
    """The newest trace of a vehicle."""
    return Trace.objects.filter(vehicle=vehicle).order_by("-number").first()


def store(snapshot: Snapshot, *, at: dt.datetime | None = None) -> Trace:
    """Store a trace of this snapshot, taken at that moment, unless the newest one is of the same digest already.

    A vehicle that returns to an earlier state gets a new number for it: the newest trace is always what holds now.
    """
    digest = digest_of(snapshot)
    newest = current(snapshot.vehicle)
    if newest is not None and newest.digest == digest:
        return newest
    error, results = snapshot.error, []
    if not error:
        error, results = _computed(snapshot)
    with transaction.atomic():
        Vehicle.objects.select_for_update().get(pk=snapshot.vehicle.pk)
        newest = current(snapshot.vehicle)
        if newest is not None and newest.digest == digest:
            return newest
        number = (Trace.objects.filter(vehicle=snapshot.vehicle).aggregate(last=Max("number"))["last"] or 0) + 1
        row = Trace.objects.create(
            vehicle=snapshot.vehicle, number=number, on=snapshot.on, digest=digest, engine=VERSION, error=error,
            dossier=zlib.compress(snapshot.canonical), declarations=snapshot.declarations, at=at or timezone.now(),
        )  # fmt: skip
        _store_results(row, snapshot, results)
    return row


def _computed(snapshot: Snapshot) -> tuple[str, list[Result]]:
    """Every rulebook in every reading; or why it cannot be computed, in the user's words."""
    try:
        supply = supply_of(dossier.read(snapshot.dossier))
        return "", list(results_of(supply, snapshot.on))
    except SupplyLoop as loop:
        return f"It cannot be traced: {loop}. One of these lines is wrong.", []
    except Refused as refused:
        return "It cannot be traced. " + " ".join(str(reason) for reason in refused.reasons[:5]), []


def results_of(supply: Supply, on: dt.date):
    """One result for each rulebook and reading that covers the good."""
    for name in rulebooks.ids():
        rulebook = rulebooks.rulebook(name)
        for reading in rulebook.readings():
            try:
                yield trace(supply, rulebook.on(on, reading.switches))
            except NoRuleOnThatDay as none:
                log.info("%s", none)


def outcome_digest(snapshot: Snapshot, result: Result) -> str:
    """SHA-256 over the dossier, one rulebook, its switches and the engine: equal wherever the same facts are computed."""
    return dossier.digest(
        {
            "dossier": snapshot.dossier,
            "rulebook": [result.rules.rulebook.id, result.rules.rulebook.sha256],
            "switches": result.rules.switches,
            "engine": VERSION,
        }
    )


def _store_results(row: Trace, snapshot: Snapshot, results: list[Result]) -> None:
    found: dict[Outcome, list[Gap]] = {}
    sides = _sides(snapshot)
    for result in results:
        data = result.as_dict()
        first = data["tests"][0]
        outcome = Outcome(
            trace=row, rulebook=data["rulebook"], rulebook_digest=data["sha256"], edition=data["edition"], status=data["status"],
            reading=data["reading"], hypothetical=data["hypothetical"], worst=first["worst"], declared=first["declared"],
            best=first["best"], threshold=first["threshold"], verdict=data["verdict"], gaps=len(data["gaps"]),
            digest=outcome_digest(snapshot, result), result=data,
        )  # fmt: skip
        found[outcome] = [_gap(outcome, rank, gap, *sides(gap)) for rank, gap in enumerate(data["gaps"], 1)]
    briefs.keep_traced(row, found)
    Outcome.objects.bulk_create(found)
    Gap.objects.bulk_create(gap for gaps in found.values() for gap in gaps)


def _gap(outcome: Outcome, rank: int, gap: dict[str, Any], asker: UUID, sale: UUID | None, seller: UUID | None) -> Gap:
    return Gap(
        outcome=outcome, rank=rank, asker_id=asker, seller_id=seller, sourcing_id=sale, line=gap["line"], source=gap["source"],
        direct=gap["direct"], via_line=gap["via"][0], via_source=gap["via"][1], reason=gap["reason"], amount=gap["amount"],
        points=gap["points"], can_settle=gap["can_settle"], settles=gap["settles"],
    )  # fmt: skip


def _sides(snapshot: Snapshot):
    """Who asks and who should answer, for any gap of a snapshot; by the rows the declarations came from."""
    rows = Declaration.objects.filter(pk__in=snapshot.declarations.values()).values_list("pk", "organisation_id")
    owner = {str(key): organisation for key, organisation in rows}
    sources: dict[str, dict[tuple[int, int], tuple]] = {}

    def of(gap):
        key = snapshot.declarations[gap["asker"]]
        if key not in sources:
            found = Source.objects.filter(line__declaration=key).values_list(
                "line__position", "position", "sourcing_id", "sourcing__seller_id"
            )
            sources[key] = {(line, position): (sourcing, seller) for line, position, sourcing, seller in found}
            lines = sorted({line for line, _ in sources[key]})
            sources[key] = {(lines.index(line), at): value for (line, at), value in sources[key].items()}
        sourcing, seller = sources[key].get((gap["line"], gap["source"]), (None, None))
        return owner[key], sourcing, seller

    return of


def daily(on: dt.date | None = None) -> int:
    """Once a day: ripples for what begins or ends, and every vehicle anew, since a day may change what a law says.

    Days that were missed are caught up, because a vehicle whose newest trace is of another day is marked due.
    """
    day = on or today()
    with transaction.atomic():
        parts = set(Declaration.objects.signed().filter(Q(begins=day) | Q(ends=day)).values_list("part", flat=True))
        parts |= set(
            Sourcing.objects.confirmed().filter(Q(begins=day) | Q(ends=day)).values_list("seller_part", flat=True)
        )
        waiting = set(Ripple.objects.due().values_list("part", flat=True))
        Ripple.objects.bulk_create(
            [Ripple(part=part, why="day") for part in Part.objects.filter(pk__in=parts - waiting)]
            if _first_today(day)
            else []
        )
        stale = (
            Vehicle.objects.traced_at_once()
            .filter(due_mark__isnull=True)
            .exclude(traces__on=day)
            .filter(traces__isnull=False)
            .distinct()
        )
        mark(stale.values_list("pk", flat=True))
    return spread()


def _first_today(day: dt.date) -> bool:
    return not Ripple.objects.filter(why="day", at__date=day).exists()


def progress(organisation) -> dict:
    """For the pages: how many vehicles are being traced anew, since when, and when a worker was last seen."""
    vehicles = Vehicle.objects.filter(organisation=organisation)
    due = vehicles.due()
    return {
        "vehicles": vehicles.count(),
        "due": due.count(),
        "since": due.order_by("due_since").values_list("due_since", flat=True).first(),
        "worker_seen": Pulse.objects.aggregate(last=Max("at"))["last"],
    }
