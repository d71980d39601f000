"""What an automaker sees of an outcome, a roll's verdict or a day's: the law, its reading, the verdict, each test in whole points."""

import datetime as dt
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from suppliers.models import Declaration
from tracing.disclosure.gaps import gap_faces
from tracing.disclosure.goods import base_of, good_of, method_of
from tracing.disclosure.points import RAN, steadied, test_face
from tracing.models import Outcome, Said, Trace, Verdict

SAID = ("status", "hypothetical", "verdict", "reading_label", "switches", "tests")


def label_face(outcome: Outcome) -> dict[str, Any] | None:
    """The label as its maker may print it: shares in whole points, U.S. and Canadian rounded down and foreign up; countries.

    What the label law makes public anyway is finer than a supplier's answer would need: a carline's shares are published.
    Whole points still keep one supplier's share from being taken out of two days' labels. Sums of money stay away.
    """
    label = outcome.result.get("label") or {}
    if not label:
        return None
    found = {
        key: label[key] for key in ("engine", "transmission", "assembly", "required", "not_required", "label_required")
    }
    found["us_ca"] = _floor(label["us_ca"])
    found["foreign"] = [{"country": row["country"], "share": _ceiling(row["share"])} for row in label["foreign"]]
    return found


def _floor(text: str) -> str:
    return str(Decimal(text).quantize(Decimal(1), ROUND_FLOOR)) if text else ""


def _ceiling(text: str) -> str:
    return str(Decimal(text).quantize(Decimal(1), ROUND_CEILING)) if text else ""


def outcome_face(outcome: Outcome) -> dict[str, Any]:
    """What an automaker sees of one outcome of its own vehicle: verdict, whole points, tests; gaps counted as it sees them."""
    return _face(outcome, outcome.result["tests"]) | {
        "id": str(outcome.pk),
        "gaps": len(gap_faces(outcome)),
        "rolled_at": None,
    }


def verdict_face(verdict: Verdict) -> dict[str, Any]:
    """What an automaker sees of what the fleet's roll says of its own vehicle: as an outcome's face, by the same rules.

    ``rolled_at`` is since when it says so. A roll knows no gaps (None), and nothing opens into steps (no id).
    """
    tests = [steadied(row) for row in verdict.result["tests"]]
    return _face(verdict, tests) | {"id": None, "gaps": None, "rolled_at": verdict.at}


def said_face(said: Said, on: dt.date) -> dict[str, Any]:
    """What an automaker sees of what is said of its own vehicle on another day: by the same rules, without gaps and steps."""
    return _face(said, [steadied(row) for row in said.result["tests"]]) | {
        "id": None, "gaps": None, "rolled_at": None, "on": on.isoformat()
    }  # fmt: skip


def _face(found: Outcome | Verdict | Said, tests: list[dict[str, Any]]) -> dict[str, Any]:
    """What outcomes and verdicts have in common: the law and its reading, the verdict, each test in whole points."""
    result = found.result
    faces = [test_face(row, found.reading) for row in tests]
    return {
        "rulebook": found.rulebook, "title": result["title"], "status": found.status,
        "edition": found.edition, "reading": found.reading, "reading_label": result["reading_label"],
        "hypothetical": found.hypothetical, "verdict": found.verdict, "tests": faces,
        "ran": [row for row in faces if row["result"] in RAN],
        "not_run": [row for row in faces if row["result"] not in RAN],
        "silence": result["silence"], "on": result["on"], "switches": result["switches"],
        "method": method_of(found), "base": base_of(found), "good_cite": good_of(found)["cite"],
    }  # fmt: skip


def alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two faces say the same to their reader. What moved inside a whole point is nobody's to see, nor that it did."""
    return all(one[name] == other[name] for name in SAID)


def error_face(trace: Trace) -> str:
    """Why a vehicle cannot be traced, as its automaker may read it: errors about another company's answer are its owner's.

    The engine names the parts of a loop and the fields of what it refuses; they are shown when all of them are the
    automaker's own.
    """
    named = [key for name, key in trace.declarations.items() if name in trace.error]
    others = Declaration.objects.filter(pk__in=named).exclude(organisation=trace.vehicle.organisation_id)
    if foreign := set(re.findall(r"no rate from (\w{3}) ", trace.error)):
        own = Declaration.objects.filter(pk__in=trace.declarations.values(), organisation=trace.vehicle.organisation_id)
        if foreign - set(
            own.values_list("currency", flat=True)
        ):  # in which currency somebody below counts is its own affair
            return "It cannot be traced: an exchange rate is missing that an answer needs. The portal’s operator enters it."
    if not trace.error or not others.exists():
        return trace.error
    return (
        "It cannot be traced: an answer below your direct suppliers contradicts itself or leads back to a part above it. "
        "Ask your direct suppliers to check theirs; whoever signed it must supersede it."
    )
