"""Recomputes a dossier with the engine and compares it with its certificate, byte by byte. No database, no network."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from compliance import commitments, payloads, verification
from tracing import rulebooks
from tracing.engine import VERSION, dossier
from tracing.engine.dossier import Refused
from tracing.engine.order import SupplyLoop
from tracing.engine.rulebook import NoRuleOnThatDay, UnknownSwitch
from tracing.engine.supply import supply_of
from tracing.engine.trace import trace

RECOMPUTED, DIFFERS, SEALED = 0, 1, 2


@dataclass(frozen=True)
class Replay:
    """What a replay found: its exit code and one line."""

    code: int
    line: str


def replay(raw: bytes, trusted: dict[str, Any]) -> Replay:
    """Recompute. 0: the same bytes came out; 1: something differs, and what; 2: it cannot be recomputed from this file."""
    checked = verification.verify(raw, trusted)
    if checked.unreadable:
        return Replay(SEALED, f"cannot recompute: {checked.line}")
    if not checked.ok or checked.payload is None:
        return Replay(DIFFERS, checked.line)
    if checked.kind == "revocation":
        return Replay(SEALED, "cannot recompute: a revocation holds no figures")
    if checked.inputs is None:
        return Replay(SEALED, f"cannot recompute: {len(checked.payload['sealed'])} figures are sealed")
    return _recomputed(checked.inputs, checked.payload, checked.openings)


def _recomputed(inputs: dict[str, Any], payload: dict[str, Any], openings: dict[str, commitments.Opening]) -> Replay:
    law, engine = payload["rulebook"], payload["trace"]["engine"]
    if engine.split(".")[0] != VERSION.split(".")[0]:
        return Replay(SEALED, _other_engine(engine, payload["trace"].get("wheel", "")))
    rulebook = rulebooks.rulebook(law["rulebook"])
    if rulebook.sha256 != law["sha256"]:
        return Replay(
            SEALED, f"cannot recompute: it needs the edition of {law['rulebook']} with SHA-256 {law['sha256']}"
        )
    try:
        rules = rulebook.on(dt.date.fromisoformat(payload["on"]), law["switches"])
        result = trace(supply_of(dossier.read(inputs)), rules).as_dict() | {"engine": engine}
    except (Refused, SupplyLoop, NoRuleOnThatDay, UnknownSwitch) as wrong:
        return Replay(DIFFERS, f"the engine refuses it: {wrong}")
    again = {row.leaf: row.value for row in payloads.sealed_figures(result, openings["inputs"].value)}
    for leaf, opening in sorted(openings.items()):
        if again.get(leaf) != opening.value:
            return Replay(DIFFERS, f"{leaf} comes out differently")
    shown = {
        "tests": [payloads.face(row) for row in result["tests"]], "verdict": result["verdict"],
        "parts": [payloads.part_face(row) for row in result["parts"]], "title": payloads.title_of(result),
        "notices": payloads.notices(result), "period": payloads.period(inputs, result["good"]),
    }  # fmt: skip
    if any(payload.get(name) != value for name, value in shown.items()):
        return Replay(DIFFERS, "the face of the certificate does not follow from its figures")
    line = f"recomputed: {len(openings)} sealed figures and the verdict ({result['verdict']}) come out the same, byte for byte"
    return Replay(RECOMPUTED, line)


def _other_engine(engine: str, wheel: str) -> str:
    """Which engine it takes, and how to run it: a released one stays runnable by itself."""
    named = f" (SHA-256 {wheel})" if wheel else ""
    return (
        f"cannot recompute: it was computed by engine {engine}, this is {VERSION}. Install traceline_engine-{engine}-py3-none-any.whl"
        f"{named} in an environment of its own and run: python -m tracing.engine DOSSIER --rulebook ID"
    )
