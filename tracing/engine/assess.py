"""A dossier in, an answer out, from the file alone: what ``manage.py assess`` prints."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from tracing.engine import dossier, trace
from tracing.engine.dossier import Reason, Refused
from tracing.engine.explain import NoSuchTest, Step, explain
from tracing.engine.methods.column import DECLARED
from tracing.engine.order import SupplyLoop
from tracing.engine.result import Result
from tracing.engine.rulebook import NoRuleOnThatDay, Rulebook, UnknownSwitch
from tracing.engine.rules import Rules
from tracing.engine.supply import Supply, supply_of


def assess(
    data: Any,
    rulebook: Rulebook,
    *,
    on: dt.date | None = None,
    good: str | None = None,
    switches: dict[str, str] | None = None,
) -> list[Result]:
    """One result, or one per reading where the rulebook has several and the switches choose none.

    Switches that the dossier names for this rulebook hold unless given here. Raises Refused with every reason.
    """
    return _asked(data, rulebook, on, good, switches, trace.trace)


def explained(
    data: Any, rulebook: Rulebook, key: str, *, on: dt.date | None = None, good: str | None = None,
    switches: dict[str, str] | None = None,
) -> list[Step]:  # fmt: skip
    """The steps to one figure of each reading. ``key`` is a test's code, with .worst, .declared or .best after it."""
    code, _, bound = key.rpartition(".")
    code, bound = (code, bound) if bound in {"worst", "declared", "best"} else (key, DECLARED)
    return _asked(data, rulebook, on, good, switches, lambda supply, rules: explain(supply, rules, code, bound))


Answered = TypeVar("Answered")


def _asked(
    data: Any, rulebook: Rulebook, on: dt.date | None, good: str | None, switches: dict[str, str] | None,
    ask: Callable[[Supply, Rules], Answered],
) -> list[Answered]:  # fmt: skip
    read = dossier.read(data)
    day = on or read.on
    read = dataclasses.replace(read, on=day)
    named = next((row["switches"] for row in read.rulebooks if row["id"] == rulebook.id), None) or {}
    chosen = {**named, **(switches or {})}
    doubtful = {name for reading in rulebook.readings() for name in reading.switches}
    readings = [reading.switches for reading in rulebook.readings()] if not doubtful & set(chosen) else [{}]
    try:
        supply = supply_of(read, good)
        return [ask(supply, rulebook.on(day, {**chosen, **reading})) for reading in readings]
    except SupplyLoop as loop:
        raise Refused([Reason("declarations", "L1", str(loop), "one of these lines is wrong.")]) from None
    except NoRuleOnThatDay as none:
        codes = sorted({code for row in rulebook.data["goods"] for code in row.get("hs", ())})
        cure = f"its goods are of HS {', '.join(codes)}: give the good's code as hs." if codes else ""
        raise Refused([Reason("rulebooks", "R2", str(none), cure)]) from None
    except (UnknownSwitch, NoSuchTest) as none:
        raise Refused([Reason("rulebooks", "R2", str(none), "")]) from None


def answer(results: list[Result]) -> dict[str, Any]:
    """The answer as plain data: the first reading on top, all of them under ``readings`` where there are several."""
    rows = [_row(result) for result in results]
    return rows[0] if len(rows) == 1 else {**rows[0], "readings": rows}


def _row(result: Result) -> dict[str, Any]:
    data = result.as_dict()
    keep = ("rulebook", "edition", "on", "good", "currency", "status", "hypothetical", "reading", "reading_label", "switches",
            "silence", "verdict", "tests", "amounts", "parts", "gaps", "label")  # fmt: skip
    return {**{key: data[key] for key in keep}, "findings": [row["code"] for row in data["findings"]],
            "finding_texts": data["findings"]}  # fmt: skip
