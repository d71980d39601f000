"""Faces that were made once and are remembered by what they were made from, so that a page of fifty vehicles is quick."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tracing import disclosure, stakes
from tracing.entries import Entry
from tracing.models import DatedVerdict, Day, Outcome, Said, Trace, Verdict
from tracing.remembered import Remembered
from tracing.stakes import Stake

Face = dict[str, Any]

_faces, _errors, _stakes = Remembered(), Remembered(), Remembered()


def verdict_faces(rows: QuerySet[Verdict]) -> dict[UUID, list[Face]]:
    """By vehicle ``disclosure.verdict_face`` of these rows; results are read only where no face is remembered.

    Rows of one digest say the same but for their moments.
    """
    told = list(rows.values_list("vehicle_id", "pk", "digest", "at", "result__on"))
    fresh = _faces.lacks(digest for _, _, digest, _, _ in told)
    lacking = {digest: pk for _, pk, digest, _, _ in told if digest in fresh}
    made = {one.digest: one for one in Verdict.objects.filter(pk__in=lacking.values())}
    found: dict[UUID, list[Face]] = {}
    for vehicle, pk, digest, at, on in told:
        face = _faces.of(
            digest,
            lambda pk=pk, digest=digest: disclosure.verdict_face(made.get(digest) or Verdict.objects.get(pk=pk)),  # type: ignore[misc]
        )
        found.setdefault(vehicle, []).append({**face, "rolled_at": at, "on": on})
    return found


def dated_faces(day: Day, vehicles: Iterable[UUID], laws: list[str] | None = None) -> dict[UUID, list[Face]]:
    """By vehicle the faces of what is said of it on that day; results are read only where no face is remembered."""
    rows = DatedVerdict.objects.filter(day=day, vehicle__in=list(vehicles))
    if laws is not None:
        rows = rows.filter(said__rulebook__in=laws)
    told = list(rows.values_list("vehicle_id", "said__digest"))
    fresh = Said.objects.filter(digest__in=_faces.lacks(digest for _, digest in told))
    made = {one.digest: one for one in fresh}
    found: dict[UUID, list[Face]] = {}
    for vehicle, digest in told:
        face = _faces.of(digest, lambda digest=digest: disclosure.said_face(_said(made, digest), day.on))  # type: ignore[misc]
        found.setdefault(vehicle, []).append(
            {**face, "id": None, "gaps": None, "rolled_at": None, "on": day.on.isoformat()}
        )
    return found


def outcome_faces(
    traces: Iterable[Trace], laws: list[str] | None, whole: Callable[[set[UUID]], dict[UUID, Trace]]
) -> dict[UUID, list[Face]]:
    """By vehicle the faces of its trace's outcomes. ``whole`` is asked for the traces of vehicles of which one is not remembered."""
    rows = Outcome.objects.filter(trace__in=[row.pk for row in traces if not row.error])
    told = list((rows if laws is None else rows.filter(rulebook__in=laws)).values_list("trace__vehicle_id", "pk"))
    fresh = _faces.lacks(pk for _, pk in told)
    if fresh:
        remember(whole({vehicle for vehicle, pk in told if pk in fresh}).values())
    found: dict[UUID, list[Face]] = {}
    for vehicle, pk in told:
        found.setdefault(vehicle, []).append(_faces.of(pk, lambda pk=pk: _outcome_face(Outcome.objects.get(pk=pk))))  # type: ignore[misc]
    return found


def remember(traces: Iterable[Trace]) -> None:
    """Make the faces of what these traces found; a few queries for all."""
    rows = [row for row in traces if not row.error]
    disclosure.prepare(rows)
    for row in rows:
        for one in row.outcomes.all():
            _faces.of(one.pk, lambda one=one: _outcome_face(one))  # type: ignore[misc]


def _outcome_face(one: Outcome) -> Face:
    return disclosure.outcome_face(one)


def stakes_of(entries: Mapping[UUID, Entry], faces: Mapping[UUID, list[Face]], on: dt.date) -> dict[UUID, list[Stake]]:
    """``stakes.of``, counted once of one entry, one day and the same figures."""
    keys = {pk: (entries[pk].declaration, on, *map(_weighed, told)) for pk, told in faces.items() if pk in entries}
    fresh = _stakes.lacks(keys.values())
    lacking = {pk: entries[pk] for pk, key in keys.items() if key in fresh}
    counted = stakes.of(lacking, {pk: faces[pk] for pk in lacking}, on=on) if lacking else {}
    return {pk: _stakes.of(key, lambda pk=pk: counted.get(pk, [])) for pk, key in keys.items()}  # type: ignore[misc]


def _weighed(face: Face) -> tuple[Any, ...]:
    """All of a face that may bear on a duty: the law, its reading, its verdict and the whole points of what ran."""
    points = tuple((test["code"], test["bar"]["worst"], test["bar"]["best"]) for test in face["ran"])
    return (face["rulebook"], face["reading"], face["verdict"], face["hypothetical"], points)


def error_face(trace: Trace) -> str:
    """``disclosure.error_face``, asked once of each trace."""
    return _errors.of(trace.pk, lambda: disclosure.error_face(trace)) if trace.error else ""


def _said(made: dict[str, Said], digest: str) -> Said:
    """One that was forgotten between looking and asking is read again."""
    return made.get(digest) or Said.objects.get(digest=digest)
