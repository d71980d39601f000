"""How much of a trace each party may see. Pages, API and certificates ask here and never read a result themselves."""

import json
import zlib
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from suppliers.models import Membership, Source
from tracing import rulebooks
from tracing.engine.result import PASS
from tracing.models import Outcome, Trace, Vehicle

BOUNDS = ("worst", "declared", "best")
BANDS = [(Decimal("0.1"), "under 0.1"), (Decimal("0.5"), "0.1 to 0.5"), (Decimal(1), "0.5 to 1"), (Decimal(2), "1 to 2"),
         (Decimal(5), "2 to 5"), (Decimal(10), "5 to 10"), (Decimal(20), "10 to 20")]  # fmt: skip


def whole_points(test: dict[str, Any]) -> dict[str, str]:
    """Worst, declared and best of a test in whole points: worst and declared rounded down, best up, as failing demands.

    Exact totals would give every direct supplier's share away; the verdict beside them is from the exact figure.
    """
    shown = {}
    for bound in BOUNDS:
        value = Decimal(test[bound]) if test[bound] else None
        if value is None:
            shown[bound] = ""
            continue
        up = (bound == "best") != (test["operator"] == "at_most")
        shown[bound] = str(value.quantize(Decimal(1), ROUND_CEILING if up else ROUND_FLOOR))
    return shown


def may_see_outcomes(vehicle: Vehicle, membership: Membership) -> bool:
    """Outcomes of a vehicle are its automaker's."""
    return vehicle.organisation_id == membership.organisation_id


def outcome_face(outcome: Outcome) -> dict[str, Any]:
    """What an automaker sees of one outcome of its own vehicle: verdict, whole points, tests, notices, counts of gaps."""
    result = outcome.result
    tests = [
        {key: row[key] for key in ("code", "title", "cite", "operator", "threshold", "of", "result", "why", "region")}
        | whole_points(row)
        | {"margin": margin(row)}
        for row in result["tests"]
    ]
    ran = [row for row in tests if row["result"] != "not_run"]
    return {
        "id": str(outcome.pk), "rulebook": outcome.rulebook, "title": result["title"], "status": outcome.status,
        "edition": outcome.edition, "reading": outcome.reading, "reading_label": result["reading_label"],
        "hypothetical": outcome.hypothetical, "verdict": outcome.verdict, "tests": tests, "ran": ran,
        "not_run": [row for row in tests if row["result"] == "not_run"], "gaps": outcome.gaps, "silence": result["silence"],
        "on": result["on"], "switches": result["switches"],
    }  # fmt: skip


def margin(test: dict[str, Any]) -> str:
    """Points to spare at worst, or short at best, rounded toward failing; whole points, like everything shown."""
    if not test["threshold"] or not test["worst"]:
        return ""
    shown = whole_points(test)
    needed = Decimal(test["threshold"])
    worst, best = Decimal(shown["worst"]) - needed, Decimal(shown["best"]) - needed
    if test["result"] == PASS:
        return f"+{max(worst, Decimal(0)).normalize():f} to spare"
    if test["result"] == "fail":
        return f"−{abs(min(best, Decimal(0))).normalize():f} at best"
    return f"−{abs(min(worst, Decimal(0))).normalize():f} … +{max(best, Decimal(0)).normalize():f}"


def band(points: str) -> str:
    """Points at stake as a band: two looks at the same vehicle must not give a difference away."""
    value = Decimal(points or 0)
    return next((label for limit, label in BANDS if value < limit), "20 and more")


def gap_faces(outcome: Outcome) -> list[dict[str, Any]]:
    """Gaps as an automaker may see them: its own lines by name; anything deeper only as its direct part, once.

    Below a direct supplier there is no name, no price, no part number and no count; what is open there is worth at most
    the price the automaker pays, in bands.
    """
    parts = {(row["line"], row["source"]): row for row in outcome.result["parts"]}
    rows = outcome.open_gaps.select_related("seller", "sourcing__seller_part", "sourcing__buyer_part")
    shown: dict[tuple[int, int], dict[str, Any]] = {}
    for gap in rows:
        key = (gap.via_line, gap.via_source)
        part = parts[key]
        if key in shown and not gap.direct:
            shown[key]["can_settle"] |= gap.can_settle
            continue
        shown[key] = {
            "line": key[0], "source": key[1], "item": part["item"], "hs": part["hs"], "seller": part["seller"],
            "price": part["price"], "value": part["value"], "direct": gap.direct,
            "kind": gap.reason if gap.direct else "below", "can_settle": gap.can_settle, "settles": gap.settles,
            "points_exact": Decimal(gap.points) if gap.direct else at_most(part, outcome), "declaration": part["declaration"], "part": part,
        }  # fmt: skip
    ranked = sorted(shown.values(), key=lambda row: -row["points_exact"])
    for rank, row in enumerate(ranked, 1):
        row["rank"] = rank
        row["points"] = band(str(row.pop("points_exact")))
        row["sourcing"] = _sourcing_of(outcome, row)
    return ranked


def at_most(part: dict[str, Any], outcome: Outcome) -> Decimal:
    """What a part can be worth at the most, in points: the price the automaker pays, over its own net cost."""
    return 100 * Decimal(part["value"]) / Decimal(outcome.result["amounts"]["net_cost"])


def _sourcing_of(outcome: Outcome, row: dict[str, Any]) -> Any:
    """The automaker's own sale behind one of its lines, so that it can ask."""
    key = (outcome.pk, row["line"], row["source"])
    if not hasattr(outcome, "_sourcings"):
        outcome._sourcings = _own_sourcings(outcome.trace)
    return outcome._sourcings.get(key[1:])


def _own_sourcings(trace: Trace) -> dict[tuple[int, int], Any]:
    top = dossier_of(trace)["vehicles"][0]
    rows = Source.objects.filter(line__declaration=trace.declarations[top]).select_related("sourcing__seller", "line")
    lines = sorted({row.line.position for row in rows})
    return {(lines.index(row.line.position), row.position): row.sourcing for row in rows}


def part_faces(outcome: Outcome) -> list[dict[str, Any]]:
    """The vehicle's direct parts: what the automaker pays, and of the answer only its face.

    A supplier's counted amount and country split are its own; shown are the automaker's own imports exactly, amounts that
    the law makes the seller state, and otherwise one block: complete, or incomplete below this supplier.
    """
    schedule = _schedule(outcome)
    return [_part_face(row, schedule) for row in outcome.result["parts"]]


def _schedule(outcome: Outcome) -> set[str]:
    return set(rulebooks.rulebook(outcome.rulebook).disclosure["buyer_automaker"])


def _part_face(row: dict[str, Any], schedule: set[str]) -> dict[str, Any]:
    own = row["how"] == "imported" or row["declaration"] is None
    stated = row["para"] in {f"9(2)({letter})" for letter in "cdefgh" if f"statement.{letter}" in schedule}
    face = {
        key: row[key]
        for key in ("line", "source", "item", "hs", "qty", "share", "price", "value", "seller", "how", "made_in")
    }
    face |= {
        "state": row["state"],
        "own": own,
        "para": row["para"] if own or stated else "",
        "answered": row["declaration"] is not None,
    }
    face["counted"] = row["counted"] if own or stated else None
    face["category"] = _category(row) if own else ("answered" if row["state"] == "complete" else "incomplete")
    return face


def _category(row: dict[str, Any]) -> str:
    if row["how"] == "imported":
        return "foreign"
    return "unknown"


def dossier_of(trace: Trace) -> dict[str, Any]:
    """What the engine was given. Never shown to anyone but through a certificate's dossier for an authority."""
    found: dict[str, Any] = json.loads(zlib.decompress(bytes(trace.dossier)))
    return found
