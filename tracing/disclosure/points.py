"""Tests in whole points: worst and declared rounded down, best up, never against the verdict."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from tracing.engine.result import FAIL, MEASURED, OPEN, PASS
from tracing.models import Outcome, Said, Verdict

RAN = {PASS, FAIL, OPEN, MEASURED}
BOUNDS = ("worst", "declared", "best")
ROLLED = Decimal("0.000001")
"""Points within which a roll's integers may lie beside the exact percentage, with room to spare."""
HOLDS = {
    "at_least": lambda value, needed: value >= needed,
    "more_than": lambda value, needed: value > needed,
    "at_most": lambda value, needed: value <= needed,
}


def rounded(test: dict[str, Any], bound: str) -> tuple[str, Decimal] | None:
    """One bound in whole points, as text and as the number to draw: worst and declared rounded down, best up.

    Where rounding would contradict the threshold, the threshold itself stands there: that adds nothing to the verdict.
    """
    if not test[bound]:
        return None
    exact, operator = Decimal(test[bound]), test["operator"]
    up = (bound == "best") != (operator == "at_most")
    whole = exact.quantize(Decimal(1), ROUND_CEILING if up else ROUND_FLOOR)
    if not test["threshold"]:
        return str(whole), whole
    needed, holds = Decimal(test["threshold"]), HOLDS[operator]
    if holds(exact, needed) == holds(whole, needed):
        return str(whole), whole
    beyond = {("at_least", False): "under ", ("more_than", True): "over ", ("at_most", False): "over "}
    return beyond.get((operator, holds(exact, needed)), "") + test["threshold"], needed


def whole_points(test: dict[str, Any]) -> dict[str, str]:
    """Worst, declared and best of a test as they may be read. Exact totals would give every direct supplier's share away."""
    return {bound: (rounded(test, bound) or ("", None))[0] for bound in BOUNDS}


def margin(test: dict[str, Any]) -> str:
    """Points to spare at worst, or short at best; from the whole points, so it says no more than they do."""
    if not test["threshold"] or not test["worst"]:
        return ""
    needed = Decimal(test["threshold"])
    worst, best = (abs((rounded(test, bound) or ("", needed))[1] - needed) for bound in ("worst", "best"))
    if test["result"] == PASS:
        return f"+{worst:f} to spare" if worst else "less than 1 to spare"
    if test["result"] == FAIL:
        return f"−{best:f} at best" if best else "less than 1 short at best"
    return f"−{worst:f} … +{best:f}"


def spare(tests: Iterable[dict[str, Any]]) -> Decimal | None:
    """Points to spare at worst over all tests that ran, below zero where it is short; from whole points, as ``margin``."""
    found = []
    for test in map(steadied, tests):
        worst = rounded(test, "worst") if test["result"] in RAN and test["threshold"] else None
        if worst is not None:
            over = worst[1] - Decimal(test["threshold"])
            found.append(-over if test["operator"] == "at_most" else over)
    return min(found, default=None)


def test_face(test: dict[str, Any], reading: str) -> dict[str, Any]:
    """One test as its automaker sees it. ``key`` names it in addresses; ``bar`` are the numbers a picture may draw."""
    kept = ("code", "kind", "note", "title", "cite", "operator", "threshold", "of", "result", "why", "region")
    numbers = {bound: (rounded(test, bound) or ("", None))[1] for bound in BOUNDS}
    key = test["code"] + (f"@{reading}" if reading else "")
    said = {
        "margin": margin(test),
        "bar": numbers,
        "key": key,
        "options": [_way_face(row, test) for row in test["options"]],
    }
    return {name: test[name] for name in kept} | whole_points(test) | said


def _way_face(way: dict[str, Any], test: dict[str, Any]) -> dict[str, Any]:
    """One lawful way to a test, in whole points as the test itself."""
    shown = whole_points(way | {"operator": test["operator"], "threshold": test["threshold"]})
    return {name: way[name] for name in ("name", "text", "cite", "taken")} | shown


def steadied(test: dict[str, Any]) -> dict[str, Any]:
    """A roll's test in which a percentage that all but is a whole point is that point, so that a trace rounds to the same.

    Not where that would stand on the other side of what is needed: so near to it the exact run has decided.
    """
    return test | {bound: _steady(test, test[bound]) for bound in BOUNDS} | {
        "options": [way | {bound: _steady(test, way[bound]) for bound in BOUNDS} for way in test["options"]]
    }  # fmt: skip


def _steady(test: dict[str, Any], text: str) -> str:
    if not text:
        return text
    exact = Decimal(text)
    whole = exact.quantize(Decimal(1), ROUND_HALF_EVEN)
    if whole == exact or abs(whole - exact) > ROLLED:
        return text
    if test["threshold"]:
        needed, holds = Decimal(test["threshold"]), HOLDS[test["operator"]]
        if holds(exact, needed) != holds(whole, needed):
            return text
    return f"{whole:f}"


def tests_of(found: Outcome | Verdict | Said) -> list[dict[str, Any]]:
    """The exact tests of an outcome, and of what a roll says as a trace would round them."""
    rows: list[dict[str, Any]] = found.result["tests"]
    return rows if isinstance(found, Outcome) else [steadied(row) for row in rows]
