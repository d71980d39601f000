"""The fleet at a glance: under which law each vehicle passes or fails, by how much, and whose answer would tell."""

from typing import Any

from tracing import boards, disclosure, profiles
from tracing.engine.result import OPEN

Line = dict[str, Any]
LAWS = boards.SHOWN_FIRST


def glances(lines: list[Line]) -> list[dict[str, Any]]:
    """For each row of ``boards.rows``: its cells, the law its page opens with, that law's gaps, and whom to ask first where it is
    open. All of it stands on the vehicle's own page too."""
    return [_glance(line) for line in lines]


def _glance(line: Line) -> dict[str, Any]:
    face = profiles.first_of(line["faces"])
    outcomes = line["trace"].outcomes.all() if line["trace"] else []
    outcome = next((one for one in outcomes if face and str(one.pk) == face["id"]), None)
    gaps = disclosure.gap_faces(outcome) if outcome else []
    return {
        "vehicle": line["vehicle"], "cells": {law: line["cells"].get(law) for law in LAWS}, "face": face, "gaps": gaps,
        "ask": profiles.ask_first(gaps) if face and face["verdict"] == OPEN else [], "day": True,
    }  # fmt: skip
