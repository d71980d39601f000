"""The fleet against the rulebooks, as an automaker sees it: rows of faces, columns of laws, and how they sum up."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Subquery

from tracing import disclosure, rulebooks
from tracing.engine.result import OPEN, PASS
from tracing.models import Trace, Vehicle

SETTLING = {"yes", "together"}


def columns(on: dt.date) -> list[dict[str, Any]]:
    """One column for each rulebook, the law of the day first; with what must be said of it at its head."""
    found = []
    for name in rulebooks.ids():
        law = rulebooks.rulebook(name)
        over = law.until is not None and on >= law.until
        early = law.from_ is not None and on < law.from_
        found.append({
            "id": name, "title": law.title, "short": law.title.split(",")[0], "law": law,
            "proposal": law.status != "law", "status": law.status,
            "hypothetical": over or early, "last": law.until - dt.timedelta(days=1) if law.until else None,
        })  # fmt: skip
    return sorted(found, key=lambda row: (row["proposal"], row["hypothetical"]))


def newest(vehicles) -> dict[Any, Trace]:
    """The newest trace of each vehicle, with what it found; a few queries for the whole page."""
    last = Trace.objects.filter(vehicle=OuterRef("pk")).order_by("-number").values("pk")[:1]
    keys = Vehicle.objects.filter(pk__in=[row.pk for row in vehicles]).values_list(Subquery(last), flat=True)
    rows = Trace.objects.filter(pk__in=[key for key in keys if key]).select_related(
        "vehicle__part", "vehicle__organisation"
    )
    return {row.vehicle_id: row for row in rows.prefetch_related("outcomes__open_gaps")}


def rows(vehicles) -> list[dict[str, Any]]:
    """One row a vehicle: its cells by rulebook, its gaps as its automaker counts them."""
    traces = newest(vehicles)
    return [row(vehicle, traces.get(vehicle.pk)) for vehicle in vehicles]


def row(vehicle: Vehicle, trace: Trace | None) -> dict[str, Any]:
    faces = faces_of(trace)
    cells = {name: cell([face for face in faces if face["rulebook"] == name]) for name in rulebooks.ids()}
    error = disclosure.error_face(trace) if trace else ""
    busy = vehicle.due_mark is not None
    return {"vehicle": vehicle, "trace": trace, "cells": cells, "faces": faces, "busy": busy, "error": error}


def faces_of(trace: Trace | None) -> list[dict[str, Any]]:
    """The faces of a trace's outcomes: law in force first, then what is hypothetical, then proposals; readings in order."""
    if trace is None or trace.error:
        return []
    order = [(name, reading.name) for name in rulebooks.ids() for reading in rulebooks.rulebook(name).readings()]
    outcomes = sorted(
        trace.outcomes.all(),
        key=lambda one: (one.status != "law", one.hypothetical, order.index((one.rulebook, one.reading))),
    )
    return [disclosure.outcome_face(one) | {"letter": letter(one.rulebook, one.reading)} for one in outcomes]


def letter(rulebook: str, reading: str) -> str:
    """A, B, C: the letter of a reading where a text allows several."""
    for one in rulebooks.rulebook(rulebook).readings():
        if one.name == reading and ":" in one.label:
            return one.label.split(":")[0]
    return ""


def cell(faces: list[dict[str, Any]]) -> dict[str, Any] | None:
    """One rulebook of one vehicle: its common tests once, the tests that depend on the reading by letter."""
    if not faces:
        return None
    common, lettered = faces[0]["ran"][:1], []
    for face in faces:
        label = f"{face['title']}, {face['reading_label']}"
        lettered += [{"letter": face["letter"], "test": test, "face": face, "label": label} for test in face["ran"][1:]]
    verdicts = {face["verdict"] for face in faces}
    return {
        "faces": faces, "common": common, "lettered": lettered, "same": len(verdicts) == 1, "verdict": faces[0]["verdict"],
        "first": faces[0], "margin": common[0]["margin"] if len(faces) == 1 and common else "",
    }  # fmt: skip


def tests(faces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every test that ran, each once: a test that is the same under each reading stands there once, without a letter."""
    found: dict[tuple, dict[str, Any]] = {}
    for face in faces:
        several = sum(other["rulebook"] == face["rulebook"] for other in faces) > 1
        for nth, test in enumerate(face["ran"]):
            key = (face["rulebook"], test["code"], "" if several and nth == 0 else face["reading"])
            found.setdefault(key, {"face": face, "test": test, "letter": face["letter"] if nth or not several else ""})
    return list(found.values())


def not_run(faces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tests of a law that are not computed, each once with why."""
    found = {
        (face["rulebook"], test["code"]): {"face": face, "test": test} for face in faces for test in face["not_run"]
    }
    return list(found.values())


def summary(found: list[dict[str, Any]], law: str) -> dict[str, Any]:
    """What the head of the board says of one law: how many pass, how many are open, how many answers can settle."""
    faces = [face for line in found for face in line["faces"] if face["rulebook"] == law]
    settling = [gap for line in found for gap in gaps_of(line, law) if gap["settle"] in SETTLING]
    for line in found:
        line["gaps"] = gaps_of(line, law)
        line["settling"] = sum(gap["settle"] in SETTLING for gap in line["gaps"])
    return {
        "vehicles": len(found), "pass": sum(face["verdict"] == PASS for face in faces),
        "open": sum(face["verdict"] == OPEN for face in faces),
        "settling": len(settling), "gaps": sum(len(gaps_of(line, law)) for line in found),
    }  # fmt: skip


def gaps_of(line: dict[str, Any], law: str, reading: str | None = None) -> list[dict[str, Any]]:
    """The gaps of one row under one law, as its automaker may see them."""
    for outcome in line["trace"].outcomes.all() if line["trace"] else []:
        if outcome.rulebook == law and (reading is None or outcome.reading == reading):
            return disclosure.gap_faces(outcome)
    return []
