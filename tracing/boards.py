"""The fleet against the rulebooks, as an automaker sees it: rows of faces, columns of laws, and how they sum up."""

import datetime as dt
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import F, Max, OuterRef, Prefetch, Q, Subquery

from tracing import disclosure, memory, rulebooks
from tracing.engine.result import NONE
from tracing.models import Day, Outcome, Trace, Vehicle, Verdict

SHOWN_FIRST = ["usmca", "nafta", "us-2017"]


def columns(on: dt.date, wanted: list[str] | None = None) -> list[dict[str, Any]]:
    """One column for each rulebook, or for those wanted; the law of the day first; with what must be said of it at its head."""
    found = []
    for name in rulebooks.ids():
        if wanted is not None and name not in wanted:
            continue
        law = rulebooks.rulebook(name)
        over = law.until is not None and on >= law.until
        early = law.from_ is not None and on < law.from_
        found.append({
            "id": name, "title": law.title, "short": law.title.split(",")[0], "law": law,
            "proposal": law.status != "law", "status": law.status, "figures": not has_verdict(law),
            "hypothetical": over or early, "last": law.until - dt.timedelta(days=1) if law.until else None,
        })  # fmt: skip
    return sorted(found, key=lambda row: (row["proposal"], row["hypothetical"], row["figures"]))


def has_verdict(law) -> bool:
    """Whether a rulebook asks for a percentage at all; a label or an amount has none."""
    return any(test["operator"] != "none" for good in law.data["goods"] for test in good["tests"])


def wanted_laws(asked: list[str]) -> list[str]:
    """The rulebooks a reader chose for the board, or those shown at first."""
    known = [name for name in rulebooks.ids() if name in asked]
    return known or SHOWN_FIRST


def newest(vehicles, laws: list[str] | None = None) -> dict[Any, Trace]:
    """The newest trace of each vehicle, with what it found, under these laws where any are named; a few queries for the page."""
    rows = Trace.objects.filter(pk__in=_last(vehicles)).select_related("vehicle__part", "vehicle__organisation")
    outcomes = Outcome.objects.all() if laws is None else Outcome.objects.filter(rulebook__in=laws)
    found = rows.prefetch_related(Prefetch("outcomes", outcomes), "outcomes__open_gaps")
    return {row.vehicle_id: row for row in found}


def newer(vehicles, laws: list[str] | None = None) -> dict[Any, list[dict[str, Any]]]:
    """The faces of what the fleet's roll says of each vehicle since its newest trace, or at all where there is none."""
    traced = Trace.objects.filter(vehicle=OuterRef("vehicle")).order_by("-number").values("at")[:1]
    rows = Verdict.objects.filter(vehicle__in=[row.pk for row in vehicles]).annotate(traced=Subquery(traced))
    rows = rows if laws is None else rows.filter(rulebook__in=laws)
    return memory.verdict_faces(rows.filter(Q(traced__isnull=True) | Q(at__gt=F("traced"))))


def rows(vehicles) -> list[dict[str, Any]]:
    """One row a vehicle by its newest trace alone: its cells by rulebook, and beside them what the fleet's roll says since."""
    traces, verdicts = newest(vehicles), newer(vehicles)
    return [row(vehicle, traces.get(vehicle.pk), verdicts.get(vehicle.pk, [])) for vehicle in vehicles]


def board(vehicles, day: Day | None = None, laws: list[str] | None = None) -> list[dict[str, Any]]:
    """The rows as the board shows them, under these laws where any are named: what the fleet's roll says since a trace stands in
    place of what the trace said; with a ``day``, what is said of each vehicle on that day.

    Gaps stay the trace's, for a roll knows none.
    """
    if day is not None:
        return dated(vehicles, day, laws)
    traces, verdicts = heads(vehicles), newer(vehicles, laws)
    faces = memory.outcome_faces(
        traces.values(), laws, lambda keys: newest([one for one in vehicles if one.pk in keys], laws)
    )
    return [
        _rolled_over(_live(one, traces.get(one.pk), _sorted(faces.get(one.pk, [])), verdicts.get(one.pk, []), laws))
        for one in vehicles
    ]


def heads(vehicles) -> dict[Any, Trace]:
    """The newest trace of each vehicle without what it was made from and what it found; two queries."""
    rows = Trace.objects.filter(pk__in=_last(vehicles)).select_related("vehicle").defer("dossier")
    return {row.vehicle_id: row for row in rows}


def computed(vehicles) -> dt.datetime | None:
    """When the newest of what is said of these vehicles was computed, by a trace or by the fleet's roll; two queries."""
    rolled = Verdict.objects.filter(vehicle__in=[row.pk for row in vehicles]).aggregate(last=Max("at"))["last"]
    return max((at for at in (rolled, *(row.at for row in heads(vehicles).values())) if at), default=None)


def _last(vehicles) -> list[Any]:
    """The keys of the newest traces."""
    keys = Vehicle.objects.filter(pk__in=[row.pk for row in vehicles]).values_list(last_trace(), flat=True)
    return [key for key in keys if key]


def last_trace() -> Subquery:
    """The key of a vehicle's newest trace."""
    return Subquery(Trace.objects.filter(vehicle=OuterRef("pk")).order_by("-number").values("pk")[:1])


def dated(vehicles, day: Day, laws: list[str] | None = None) -> list[dict[str, Any]]:
    """One row a vehicle by what is said of it on that day; without faces where it had no declaration or cannot be computed."""
    found = memory.dated_faces(day, [one.pk for one in vehicles], laws)
    return [
        _row(one, [], laws) | {"faces": (faces := _sorted(found.get(one.pk, []))), "cells": cells_of(faces, laws),
                               "day": day, "stopped": one.pk.hex in day.stopped}
        for one in vehicles
    ]  # fmt: skip


def row(vehicle: Vehicle, trace: Trace | None, verdicts: list[dict[str, Any]]) -> dict[str, Any]:
    return _live(vehicle, trace, faces_of(trace), verdicts, None)


def _live(
    vehicle: Vehicle,
    trace: Trace | None,
    faces: list[dict[str, Any]],
    verdicts: list[dict[str, Any]],
    laws: list[str] | None,
) -> dict[str, Any]:
    rolled = rolled_faces(faces, verdicts)
    return _row(vehicle, faces, laws) | {
        "trace": trace, "busy": vehicle.due_mark is not None, "error": memory.error_face(trace) if trace else "",
        "rolled": rolled, "rolled_at": max((face["rolled_at"] for face in rolled), default=None),
    }  # fmt: skip


def _row(vehicle: Vehicle, faces: list[dict[str, Any]], laws: list[str] | None) -> dict[str, Any]:
    """A row of which nothing but these faces is known."""
    return {
        "vehicle": vehicle, "trace": None, "cells": cells_of(faces, laws), "faces": faces, "busy": False, "error": "", "rolled": [],
        "large": is_large(vehicle), "rolled_at": None, "day": None, "laws": laws,
    }  # fmt: skip


def _rolled_over(line: dict[str, Any]) -> dict[str, Any]:
    if not line["rolled"]:
        return line
    faces = {_law(face): face for face in line["faces"]}
    for face in line["rolled"]:
        held = faces.get(_law(face), face)
        faces[_law(face)] = face | {"id": held["id"], "gaps": held["gaps"]}
    shown = _sorted(list(faces.values()))
    return line | {"faces": shown, "cells": cells_of(shown, line["laws"]), "error": ""}


def is_large(vehicle: Vehicle) -> bool:
    """Whether a vehicle is traced only when somebody asks. How many sources there are is below its suppliers, and not shown."""
    return vehicle.lines is not None and vehicle.lines > settings.TRACE_AT_ONCE


def cells_of(faces: list[dict[str, Any]], laws: list[str] | None = None) -> dict[str, dict[str, Any] | None]:
    wanted = rulebooks.ids() if laws is None else laws
    return {name: cell([face for face in faces if face["rulebook"] == name]) for name in wanted}


def faces_of(trace: Trace | None) -> list[dict[str, Any]]:
    """The faces of a trace's outcomes, as a board sorts them."""
    if trace is None or trace.error:
        return []
    return _sorted([disclosure.outcome_face(one) for one in trace.outcomes.all()])


def rolled_faces(faces: list[dict[str, Any]], rolled: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the roll's faces that say something else to their reader than the trace's faces do."""
    held, known = {_law(face): face for face in faces}, order()
    found = [face for face in rolled if _law(face) in known]
    return _sorted([face for face in found if _law(face) not in held or not disclosure.alike(face, held[_law(face)])])


def _sorted(faces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Law in force first, then what is hypothetical, then proposals; readings in order, each with its letter."""
    known = order()
    ranked = sorted(
        faces,
        key=lambda face: (
            face["status"] != "law",
            face["hypothetical"],
            face["verdict"] == NONE,
            known[_law(face)],
        ),
    )
    return [face | {"letter": letter(*_law(face))} for face in ranked]


@cache
def order() -> dict[tuple[str, str], int]:
    """The place of each rulebook's readings among all."""
    laws = [(name, reading.name) for name in rulebooks.ids() for reading in rulebooks.rulebook(name).readings()]
    return {law: nth for nth, law in enumerate(laws)}


def _law(face: dict[str, Any]) -> tuple[str, str]:
    return face["rulebook"], face["reading"]


@cache
def letter(rulebook: str, reading: str) -> str:
    """A, B, C: the letter of a reading where a text allows several."""
    for one in rulebooks.rulebook(rulebook).readings():
        if one.name == reading and ":" in one.label:
            return one.label.split(":")[0]
    return ""


def cell(faces: list[dict[str, Any]]) -> dict[str, Any] | None:
    """One rulebook of one vehicle: its tests, those that are the same under every reading once, the others by letter."""
    if not faces:
        return None
    grouped = tests(faces)
    common = [row["test"] for row in grouped if not row["letter"]]
    lettered = [
        row | {"label": f"{row['face']['title']}, {row['face']['reading_label']}"} for row in grouped if row["letter"]
    ]
    verdicts = {face["verdict"] for face in faces}
    return {
        "faces": faces, "common": common[:1], "more": len(common[1:]), "lettered": lettered, "same": len(verdicts) == 1,
        "verdict": faces[0]["verdict"], "first": faces[0], "verdicts": _by_verdict(faces),
        "margin": common[0]["margin"] if len(faces) == 1 and common else "",
    }  # fmt: skip


def _by_verdict(faces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The letters of the readings under each verdict: A, C fail, B passes."""
    found: dict[str, list[str]] = {}
    for face in faces:
        found.setdefault(face["verdict"], []).append(face["letter"])
    return [{"verdict": verdict, "letters": ", ".join(letters)} for verdict, letters in found.items()]


def tests(faces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every test that ran, once for each different answer: the letters of the readings that give it, none where all do."""
    found: dict[tuple, dict[str, Any]] = {}
    for face in faces:
        for test in face["ran"]:
            shown = tuple(test[key] for key in ("worst", "declared", "best", "threshold", "result", "of"))
            key = (face["rulebook"], test["code"], shown)
            row = found.setdefault(key, {"face": face, "test": test, "letters": []})
            row["letters"].append(face["letter"])
    for row in found.values():
        several = sum(face["rulebook"] == row["face"]["rulebook"] for face in faces)
        row["letter"] = "" if len(row["letters"]) == several else ", ".join(row["letters"])
    return list(found.values())


def not_run(faces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tests of a law that are not computed, each once with why."""
    found = {
        (face["rulebook"], test["code"]): {"face": face, "test": test} for face in faces for test in face["not_run"]
    }
    return list(found.values())


def gaps_of(line: dict[str, Any], law: str, reading: str | None = None) -> list[dict[str, Any]]:
    """The gaps of one row under one law, as its automaker may see them."""
    for outcome in line["trace"].outcomes.all() if line["trace"] else []:
        if outcome.rulebook == law and (reading is None or outcome.reading == reading):
            return disclosure.gap_faces(outcome)
    return []
