"""The fleet against the rulebooks, as an automaker sees it: rows of faces, columns of laws, and how they sum up."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Prefetch, Q, Subquery

from tracing import disclosure, rulebooks
from tracing.engine.result import NONE, OPEN, PASS
from tracing.models import Outcome, Trace, Vehicle, Verdict

SETTLING = {"yes", "together"}
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
    last = Trace.objects.filter(vehicle=OuterRef("pk")).order_by("-number").values("pk")[:1]
    keys = Vehicle.objects.filter(pk__in=[row.pk for row in vehicles]).values_list(Subquery(last), flat=True)
    rows = Trace.objects.filter(pk__in=[key for key in keys if key]).select_related(
        "vehicle__part", "vehicle__organisation"
    )
    outcomes = Outcome.objects.all() if laws is None else Outcome.objects.filter(rulebook__in=laws)
    found = rows.prefetch_related(Prefetch("outcomes", outcomes), "outcomes__open_gaps")
    return {row.vehicle_id: row for row in found}


def newer(vehicles) -> dict[Any, list[Verdict]]:
    """What the fleet's roll says of each vehicle since its newest trace, or at all where there is none; one query."""
    traced = Trace.objects.filter(vehicle=OuterRef("vehicle")).order_by("-number").values("at")[:1]
    rows = Verdict.objects.filter(vehicle__in=[row.pk for row in vehicles]).annotate(traced=Subquery(traced))
    found: dict[Any, list[Verdict]] = {}
    for one in rows.filter(Q(traced__isnull=True) | Q(at__gt=F("traced"))):
        found.setdefault(one.vehicle_id, []).append(one)
    return found


def rows(vehicles) -> list[dict[str, Any]]:
    """One row a vehicle by its newest trace alone: its cells by rulebook, and beside them what the fleet's roll says since."""
    traces, verdicts = newest(vehicles), newer(vehicles)
    return [row(vehicle, traces.get(vehicle.pk), verdicts.get(vehicle.pk, [])) for vehicle in vehicles]


def board(vehicles) -> list[dict[str, Any]]:
    """The rows as the board shows them: what the fleet's roll says since a trace stands in place of what the trace said.

    Gaps stay the trace's, for a roll knows none.
    """
    return [_rolled_over(line) for line in rows(vehicles)]


def row(vehicle: Vehicle, trace: Trace | None, verdicts: list[Verdict]) -> dict[str, Any]:
    faces = faces_of(trace)
    rolled = rolled_faces(faces, verdicts)
    return {
        "vehicle": vehicle, "trace": trace, "cells": cells_of(faces), "faces": faces, "busy": vehicle.due_mark is not None,
        "error": disclosure.error_face(trace) if trace else "", "rolled": rolled, "large": is_large(vehicle),
        "rolled_at": max((face["rolled_at"] for face in rolled), default=None),
    }  # fmt: skip


def _rolled_over(line: dict[str, Any]) -> dict[str, Any]:
    if not line["rolled"]:
        return line
    faces = {_law(face): face for face in line["faces"]}
    for face in line["rolled"]:
        held = faces.get(_law(face), face)
        faces[_law(face)] = face | {"id": held["id"], "gaps": held["gaps"]}
    shown = _sorted(list(faces.values()))
    return line | {"faces": shown, "cells": cells_of(shown), "error": ""}


def is_large(vehicle: Vehicle) -> bool:
    """Whether a vehicle is traced only when somebody asks. How many sources there are is below its suppliers, and not shown."""
    return vehicle.lines is not None and vehicle.lines > settings.TRACE_AT_ONCE


def cells_of(faces: list[dict[str, Any]]) -> dict[str, dict[str, Any] | None]:
    return {name: cell([face for face in faces if face["rulebook"] == name]) for name in rulebooks.ids()}


def faces_of(trace: Trace | None) -> list[dict[str, Any]]:
    """The faces of a trace's outcomes, as a board sorts them."""
    if trace is None or trace.error:
        return []
    return _sorted([disclosure.outcome_face(one) for one in trace.outcomes.all()])


def rolled_faces(faces: list[dict[str, Any]], verdicts: list[Verdict]) -> list[dict[str, Any]]:
    """The faces of these verdicts that say something else to their reader than the trace's faces do."""
    held, known = {_law(face): face for face in faces}, _order()
    found = [disclosure.verdict_face(one) for one in verdicts if (one.rulebook, one.reading) in known]
    return _sorted([face for face in found if _law(face) not in held or not disclosure.alike(face, held[_law(face)])])


def _sorted(faces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Law in force first, then what is hypothetical, then proposals; readings in order, each with its letter."""
    order = _order()
    ranked = sorted(
        faces,
        key=lambda face: (
            face["status"] != "law",
            face["hypothetical"],
            face["verdict"] == NONE,
            order.index(_law(face)),
        ),
    )
    return [face | {"letter": letter(*_law(face))} for face in ranked]


def _order() -> list[tuple[str, str]]:
    return [(name, reading.name) for name in rulebooks.ids() for reading in rulebooks.rulebook(name).readings()]


def _law(face: dict[str, Any]) -> tuple[str, str]:
    return face["rulebook"], face["reading"]


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


def summary(found: list[dict[str, Any]], law: str) -> dict[str, Any]:
    """What the head of the board says of one law: how many pass, how many are open, how many answers can settle.

    Gaps that are not known (None) are not counted; whether one settles a verdict that the roll has changed, nobody knows.
    """
    faces = [face for line in found for face in line["faces"] if face["rulebook"] == law]
    for line in found:
        line["gaps"] = gaps_of(line, law) if line["trace"] and not line["trace"].error else None
        line["since"] = any(face["rulebook"] == law for face in line["rolled"])
        settling = [] if line["since"] else line["gaps"] or []
        line["settling"] = sum(gap["settle"] in SETTLING for gap in settling)
    return {
        "vehicles": len(found), "pass": sum(face["verdict"] == PASS for face in faces),
        "open": sum(face["verdict"] == OPEN for face in faces),
        "settling": sum(line["settling"] for line in found), "gaps": sum(len(line["gaps"] or []) for line in found),
        "unknown": sum(line["gaps"] is None for line in found),
    }  # fmt: skip


def gaps_of(line: dict[str, Any], law: str, reading: str | None = None) -> list[dict[str, Any]]:
    """The gaps of one row under one law, as its automaker may see them."""
    for outcome in line["trace"].outcomes.all() if line["trace"] else []:
        if outcome.rulebook == law and (reading is None or outcome.reading == reading):
            return disclosure.gap_faces(outcome)
    return []
