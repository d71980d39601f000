"""Direct parts as an automaker may see them: the price it pays and the face of the answer."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tracing import rulebooks
from tracing.disclosure.own import own_sales, sale_of, words_of
from tracing.disclosure.points import BOUNDS
from tracing.models import Outcome

REGION = ("CA", "MX", "US")
STATED = {f"9(2)({letter})": f"statement.{letter}" for letter in "cdefgh"}


def part_faces(outcome: Outcome) -> list[dict[str, Any]]:
    """The vehicle's direct parts: what the automaker pays, and of the answer only its face.

    A supplier's counted amount and country split are its own. Shown exactly are the automaker's own imports, the price of
    what nobody answered, and amounts that the law makes the seller state; else one block, complete or incomplete.
    """
    if not hasattr(outcome, "_parts"):
        schedule = set(rulebooks.rulebook(outcome.rulebook).disclosure["buyer_automaker"])
        words, sales, rows = words_of(outcome), own_sales(outcome.trace), outcome.result["parts"]
        counts = Counter(row["line"] for row in rows)
        outcome._parts = _merged(
            _part_face(row, schedule, outcome.rulebook)
            | {
                "description": words.get(row["item"], ""),
                "sourcing": sale_of(row, counts[row["line"]], sales.get(row["line"], [])),
                "sources": [(row["line"], row["source"])],
            }
            for row in rows
        )
    parts: list[dict[str, Any]] = outcome._parts
    return parts


def _merged(faces: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One face for each sale of a line: from how many plants its seller answers, and in what shares, is the seller's own."""
    found: dict[Any, dict[str, Any]] = {}
    for face in faces:
        key = (face["line"], face["sourcing"].pk if face["sourcing"] else face["source"])
        if key not in found:
            found[key] = face
            continue
        whole = found[key]
        whole["value"] = f"{Decimal(whole['value']) + Decimal(face['value']):f}"
        whole["share"] = str(Fraction(whole["share"]) + Fraction(face["share"]))
        whole["sources"] += face["sources"]
        states, answers = {whole["state"], face["state"]}, {whole["originates"], face["originates"]}
        whole["state"] = "complete" if states == {"complete"} else "incomplete"
        whole["originates"] = whole["originates"] if len(answers) == 1 else "open"
        whole["answered"] = whole["answered"] or face["answered"]
        if whole["own"] and face["own"]:
            whole["counted"] = {
                bound: f"{Decimal(whole['counted'][bound]) + Decimal(face['counted'][bound]):f}" for bound in BOUNDS
            }
        else:
            whole |= {"own": False, "counted": None, "para": "", "stated": []}
        whole["category"] = _category(whole)
    return list(found.values())


def _part_face(row: dict[str, Any], schedule: set[str], law: str) -> dict[str, Any]:
    kept = ("line", "source", "item", "hs", "qty", "share", "price", "value", "seller", "how", "made_in")
    answered = row["declaration"] is not None
    own = not answered or (row["how"] == "imported" and row["made_in"] not in REGION)
    face = {name: row[name] for name in kept} | {
        "own": own,
        "answered": answered,
        "key": f"part.{row['line']}.{row['source']}",
    }
    face["state"] = "complete" if row["state"] == "complete" else "incomplete"
    face["counted"] = dict(row["counted"]) if own else None
    face["para"] = row["para"] if own else ""
    face["stated"] = _stated(row, schedule) if answered and not own else []
    face["originates"] = _originates(row, schedule, law) if answered and not own else ""
    face["category"] = _category(face)
    return face


def _stated(row: dict[str, Any], schedule: set[str]) -> list[dict[str, str]]:
    """The amounts the seller stated to its buyer under the law, whichever was taken: which was lowest may tell of a body."""
    found = []
    for option in row["options"]:
        is_nil = option["para"] == "9(1)" and option["text"].startswith("stated")
        named = STATED.get(option["para"]) or ("statement.nil" if is_nil else "")
        if named in schedule:
            found.append({"para": option["para"], "amount": option["amount"], "text": option["text"]})
    return sorted(found, key=lambda one: one["para"])


def _originates(row: dict[str, Any], schedule: set[str], law: str) -> str:
    """Whether the part originates, where its law lets the buyer know: yes, no, or open."""
    if "originates" not in schedule or law != "usmca" or row["how"] == "made":
        return ""
    worst, best = (Decimal(row["counted"][bound]) for bound in ("worst", "best"))
    if worst != best:
        return "open"
    return "yes" if worst == 0 else "no" if worst == Decimal(row["value"]) else ""


def _category(face: dict[str, Any]) -> str:
    """What a picture may paint the part as: an own import, unknown because nobody answered, or one neutral block."""
    if not face["own"]:
        return face["state"]
    if face["how"] == "imported" and face["made_in"] not in REGION:
        return "counted" if Decimal(face["counted"]["worst"] or 0) else "not_counted"
    return "unknown"
