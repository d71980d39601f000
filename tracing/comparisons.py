"""The same car under every rulebook: why one figure differs from another, from faces and the law's own data only.

Every reason is a difference that stands in the two results or in the two texts; where it can be measured from the
automaker's own facts it says how many points, else whose answer it is.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from suppliers.pictures import grouped
from tracing import disclosure, rulebooks
from tracing.models import Outcome

BASES = {
    "net_cost": "net cost", "transaction_value": "transaction value", "ex_works": "ex-works price", "customs_value": "customs value",
    "parts": "equipment delivered to final assembly, assembly itself left out",
}  # fmt: skip
FOREIGN = {"traced", "absorb", "heavy", "content"}  # methods whose counted amount is what comes from outside
LISTED = 3


def rows(line: dict[str, Any], wanted: str) -> list[dict[str, Any]]:
    """One row for each rulebook and each answer its readings give; reasons against the row whose rulebook is ``wanted``."""
    outcomes = {str(one.pk): one for one in line["trace"].outcomes.all()}
    found = [_row(group, outcomes) for name in _ordered(line["faces"]) for group in _groups(line["faces"], name)]
    reference = next((row for row in found if row["face"]["rulebook"] == wanted), found[0] if found else None)
    net = disclosure.own_net_cost(line["trace"])
    for row in found:
        row["is_reference"] = row is reference
        row["reasons"] = [] if row is reference else reasons(reference, row, net)
    return found


def _ordered(faces: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(face["rulebook"] for face in faces))


def _groups(faces: list[dict[str, Any]], name: str) -> list[list[dict[str, Any]]]:
    """The readings of one rulebook that give the same figures and verdict, together."""
    found: dict[tuple, list[dict[str, Any]]] = {}
    for face in faces:
        if face["rulebook"] == name:
            shown = tuple((test["worst"], test["best"], test["result"]) for test in face["ran"])
            found.setdefault((face["verdict"], shown), []).append(face)
    return list(found.values())


def _row(group: list[dict[str, Any]], outcomes: dict[str, Outcome]) -> dict[str, Any]:
    face = group[0]
    outcome = outcomes[face["id"]]
    good = disclosure.good_of(outcome)
    return {
        "face": face, "letters": ", ".join(one["letter"] for one in group if one["letter"]), "tests": face["ran"],
        "base": BASES[good["base"]], "good": good, "parts": disclosure.part_faces(outcome), "not_run": len(face["not_run"]),
        "label": disclosure.label_face(outcome), "why_none": face["not_run"][0]["why"] if not face["ran"] and face["not_run"] else "",
    }  # fmt: skip


def reasons(one: dict[str, Any], other: dict[str, Any], net: Decimal) -> list[dict[str, str]]:
    """Why ``other`` says something else than ``one``: kind, words, and points where own facts give them."""
    found = [
        *_standing(one, other), *_base(one, other), *_region(one, other), *_imports(one, other, net), *_absorbed(one, other, net),
        *_method(one, other), *_silence(one, other, net), *_not_run(one, other),
    ]  # fmt: skip
    return [{"kind": kind, "text": text, "points": points} for kind, text, points in found]


def _standing(one, other):
    face = other["face"]
    if face["hypothetical"] and not one["face"]["hypothetical"]:
        yield "hypothetical", f"It was not law on {_day(face['on'])}: what it would say if it were.", ""
    if face["status"] != "law":
        yield (
            face["status"],
            f"Reported by {rulebooks.rulebook(face['rulebook']).data.get('reported_by', '')}.",
            "",
        )
    if other["letters"]:
        yield "reading", f"As the text is read under {other['letters']}: {reading_of(face)}.", ""


def _day(text: str) -> str:
    day = dt.date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def reading_of(face) -> str:
    """A reading's label without its letter."""
    return face["reading_label"].partition(": ")[2] or face["reading_label"]


def _base(one, other):
    if one["base"] != other["base"]:
        yield "other base", f"Measured over {other['base']}, not over {one['base']}.", ""


def _region(one, other):
    ours, theirs = (_places(row) for row in (one, other))
    if ours and theirs and ours != theirs:
        yield "other region", f"Counts {words(theirs)}, where the other counts {words(ours)}.", ""


def _places(row) -> tuple[str, ...]:
    return tuple(sorted(row["tests"][0]["region"])) if row["tests"] else ()


def words(places: tuple[str, ...]) -> str:
    """Countries in words; a long list by its number."""
    names = {"US": "the United States", "CA": "Canada", "MX": "Mexico"}
    if len(places) > 5:
        return f"the {len(places)} countries of the EU and the United Kingdom"
    return " and ".join(
        filter(None, [", ".join(names.get(place, place) for place in places[:-1]), names.get(places[-1], places[-1])])
    )


def _imports(one, other, net):
    """Own imports that count under one law and not under the other: own facts, so by name and to the tenth of a point."""
    if one["face"]["method"] not in FOREIGN or other["face"]["method"] not in FOREIGN:
        return
    ours, theirs = (_own_imports(row) for row in (one, other))
    more = [key for key in theirs if theirs[key] > 0 and not ours.get(key, 0)]
    less = [key for key in ours if ours[key] > 0 and not theirs.get(key, 0)]
    if less:
        yield (
            "not traced here",
            f"Imports of yours that do not count here: {_named(other, less)}.",
            _points(sum(ours[k] for k in less), net),
        )
    if more:
        yield (
            "traced here",
            f"Imports of yours that count here and not there: {_named(other, more)}.",
            _points(-sum(theirs[k] for k in more), net),
        )


def _own_imports(row) -> dict[str, Decimal]:
    return {
        part["key"]: Decimal(part["counted"]["worst"] or 0)
        for part in row["parts"] if part["own"] and part["category"] in {"counted", "not_counted"}
    }  # fmt: skip


def _named(row, keys: list[str]) -> str:
    names = [part["description"] or part["item"] for part in row["parts"] if part["key"] in keys]
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")


def _points(amount: Decimal, net: Decimal) -> str:
    if not net:
        return ""
    points = (100 * amount / net).quantize(Decimal("0.1"))
    return f"{'+' if points > 0 else ''}{points:f}".replace("-", "−")


def _absorbed(one, other, net):
    """Parts that originate count in full under a law that rolls up; by value paid, for what is inside is their suppliers'."""
    for here, there, sign in ((other, one, "up to +"), (one, other, "up to −")):
        whole = [part for part in here["parts"] if part["originates"] == "yes"]
        if whole and there["face"]["method"] in {"content", "traced"}:
            paid = sum((Decimal(part["value"]) for part in whole), Decimal(0))
            text = "originate and count in full, whatever foreign value is inside them"
            where = "here" if here is other else "there"
            said = f"{len(whole)} direct parts {text} {where}: {grouped(paid, 0)} paid."
            yield "absorbed", said, f"{sign}{_points(paid, net).lstrip('+')}"


def _method(one, other):
    if one["face"]["method"] == other["face"]["method"]:
        return
    text = {
        "label": "An outside supplier's part counts whole from 70 percent up and to the nearest 5 below; an allied one's as it is.",
        "whole": "A part counts whole or not at all, by where it was made or where it originates; what is inside is not looked at.",
        "content": "Every part is followed to the countries where value was added: nothing is deemed regional.",
        "traced": "Only imports that stand on the list of Annex 403.1 count, followed through every tier.",
        "absorb": "A part that reaches its own requirement counts as wholly regional, one that misses it as wholly foreign.",
        "heavy": "Engines, gear boxes and listed materials are followed by their role.",
    }[other["face"]["method"]]
    kind = {"label": "rolled up at 70", "whole": "whole parts", "absorb": "rolled up"}.get(
        other["face"]["method"], "followed"
    )
    yield kind, text, ""


def _silence(one, other, net):
    answers = [rulebooks.rulebook(row["face"]["rulebook"]).silence["answer"] for row in (one, other)]
    silent = sum((Decimal(part["value"]) for part in other["parts"] if part["category"] == "unknown"), Decimal(0))
    if answers[0] != answers[1] and silent:
        yield (
            "silence",
            f"What nobody answered: {other['face']['silence']}",
            f"up to {_points(silent, net).lstrip('+')}",
        )


def _not_run(one, other):
    if not other["tests"] and other["why_none"]:
        yield "not computed", f"Not computed: {other['why_none']}.", ""
    elif other["not_run"]:
        yield "tests not run", f"{other['not_run']} more of its tests are not run: passing what ran is not origin.", ""
