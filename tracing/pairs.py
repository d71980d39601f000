"""Two sides beside each other: two days, two plants or two laws, test by test and part by part.

What can be measured from the automaker's own entries is, to a hundredth of a point; the rest of a difference lies inside
its suppliers' answers and is as wide as whole points leave it.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from suppliers.days import day
from suppliers.models import Membership
from suppliers.pictures import grouped
from tracing import derivations, sankeys
from tracing.derivations import key_of
from tracing.models import Vehicle
from tracing.sides import Side, choice, law_name, programme

ZERO = Decimal(0)
BOUNDS = ("worst", "best")
SAID = {
    "counted": "your own import, counts", "not_counted": "your own import, does not count", "unknown": "nobody answers",
    "complete": "answered, complete", "incomplete": "answered, incomplete below this supplier",
}  # fmt: skip
Face = dict[str, Any]


def compared(
    vehicle: Vehicle, faces: list[Face], values: dict[str, Sequence[str]], *, by: Membership, on: dt.date
) -> Face:  # fmt: skip
    """The two sides that an address asks for, what may be chosen for each, and how they differ."""
    laws, mates = {key_of(face): law_name(face) for face in faces}, programme(vehicle, by, on)
    picked = {name: choice(vehicle, values[name], list(laws), mates, by=by, on=on) for name in ("a", "b")}
    a, b = picked["a"].side, picked["b"].side
    found = {"laws": list(laws.items()), "vehicles": mates, "title": title(a, b), "tests": tests(a, b)}
    return found | picked | {"parts": differences(a, b), "sums": sums(a, b)}


def title(a: Side, b: Side) -> str:
    """What is compared, in the words that differ: laws, days or vehicles."""
    names = [(one.vehicle.name, one.name, day(one.day)) for one in (a, b)]
    kept = [nth for nth in range(3) if names[0][nth] != names[1][nth]] or [1]
    said = [", ".join(name[nth] for nth in kept) for name in names]
    return f"{said[0]} beside {said[1]}" if 0 in kept else f"{a.vehicle.name}: {said[0]} beside {said[1]}"


def tests(a: Side, b: Side) -> list[Face]:
    """The tests of both sides, those that ask the same in one row: by code, else by what they measure."""
    mine, theirs = (list(one.face["ran"]) if one.face else [] for one in (a, b))
    found: list[Face] = []
    for test in mine:
        other = next((one for one in theirs if one["code"] == test["code"]), None)
        other = other or next(
            (one for one in theirs if (one["kind"], one["region"]) == (test["kind"], test["region"])), None
        )
        if other:
            theirs.remove(other)
        found.append({"a": test, "b": other, "title": test["title"], "moved": moved(test, other) if other else ""})
    return found + [{"a": None, "b": test, "title": test["title"], "moved": ""} for test in theirs]


def moved(one: Face, other: Face) -> str:
    """How the whole points of two tests lie to each other, at worst and at best."""
    said = []
    for bound in BOUNDS:
        if one["bar"][bound] is not None and other["bar"][bound] is not None:
            said.append(f"{signed(other['bar'][bound] - one['bar'][bound])} {derivations.BOUND_WORDS[bound]}")
    return ", ".join(said)


def signed(points: Decimal, digits: int | None = None) -> str:
    """+1.2 or −3: points with their sign; none at zero."""
    value = points if digits is None else points.quantize(Decimal(1).scaleb(-digits))
    text = f"{abs(value):f}"
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else "0"


# ---- part by part ----


def matched(a: Side, b: Side) -> list[tuple[Face | None, Face | None]]:
    """The same part on both sides: by number and seller, by number, then by what it is; the rest stands alone."""
    left, right = list(a.parts), list(b.parts)
    found: list[tuple[Face | None, Face | None]] = []
    for same in (
        lambda row: (row["item"], row["seller"], row["line"]), lambda row: (row["item"], row["seller"]), lambda row: row["item"],
        lambda row: (row["hs"], row["description"]) if row["description"] else None,
    ):  # fmt: skip
        held = {same(row): row for row in reversed(right) if same(row) is not None}
        for row in list(left):
            other = held.pop(same(row), None)
            if other is not None:
                found.append((row, other))
                left.remove(row)
                right.remove(other)
    return [*found, *((row, None) for row in left), *((None, row) for row in right)]


def differences(a: Side, b: Side) -> list[Face]:
    """The parts that differ, those that weigh most first: what differs in words, and the points that own entries give."""
    rows: list[Face] = []
    if a.rolled or b.rolled:
        return rows
    for one, other in matched(a, b):
        words = _words(one, other, same_law=a.law == b.law)
        points = {bound: _own(a, one, bound) - _own(b, other, bound) for bound in BOUNDS}
        if words:
            part = other or one
            assert part is not None
            told = any(row and row["own"] for row in (one, other)) and measured(a, b)
            rows.append({
                "part": part, "words": words, "told": told,
                "points": {bound: signed(points[bound], 2) for bound in BOUNDS} if told else None,
                "weight": max(abs(points["worst"]), abs(points["best"])),
                "value": max(Decimal(row["value"]) for row in (one, other) if row),
            })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["weight"], -row["value"], row["part"]["item"]))


def _own(one: Side, part: Face | None, bound: str) -> Decimal:
    """Points that a part takes off by the automaker's own entries alone: an import, or the price of what nobody answers."""
    if part is None or not part["own"] or not one.net:
        return ZERO
    return 100 * Decimal(part["counted"][bound] or 0) / one.net


def _words(one: Face | None, other: Face | None, *, same_law: bool) -> list[str]:
    if one is None or other is None:
        part, where = (other, "B") if one is None else (one, "A")
        assert part is not None
        return [f"only in {where}: {grouped(part['value'])} in one vehicle, {SAID[part['category']]}"]
    said = [
        f"{word} {shown(one[name])} in A, {shown(other[name])} in B"
        for name, word, shown in OWN
        if one[name] != other[name]
    ]
    if one["category"] != other["category"]:
        said.append(f"{SAID[one['category']]} in A; {SAID[other['category']]} in B")
    if one["originates"] != other["originates"] and one["originates"] and other["originates"]:
        said.append(f"originates: {one['originates']} in A, {other['originates']} in B")
    stated = [[(row["para"], row["amount"]) for row in part["stated"]] for part in (one, other)]
    if same_law and stated[0] != stated[1]:  # each law has its own words for a seller's statement
        said.append(f"its seller states {_stated(stated[0])} in A, {_stated(stated[1])} in B")
    counts = [
        grouped(part["counted"]["worst"] or 0) if part["own"] and part["category"] == "counted" else ""
        for part in (one, other)
    ]
    if all(counts) and counts[0] != counts[1]:
        said.append(f"counts {counts[0]} in A, {counts[1]} in B")
    return said


OWN = (
    ("seller", "seller", lambda text: text or "not named"), ("made_in", "made in", lambda text: text or "not said"),
    ("price", "price", lambda text: grouped(text or 0)), ("qty", "quantity", str), ("share", "share", str),
)  # fmt: skip


def _stated(rows: list[tuple[str, str]]) -> str:
    return ", ".join(f"{grouped(amount)} ({para})" for para, amount in rows) or "nothing"


# ---- the sum ----


def measured(a: Side, b: Side) -> bool:
    """Whether own entries can be taken in points on both sides: regional value over all of the net cost, and parts known."""
    if a.rolled or b.rolled:
        return False
    return all(
        one.first is not None and sankeys.measures(one.first) and one.face["method"] in sankeys.COUNTS for one in (a, b)
    )  # type: ignore[index]


def sums(a: Side, b: Side) -> list[Face]:
    """For worst and best: the whole difference, what the parts' own entries give, own work apart, and what is left.

    What is left is a range: each shown figure stands for a whole point. It is what lies inside the suppliers' answers.
    """
    if not measured(a, b):
        return []
    found = []
    for bound in BOUNDS:
        one, other = a.first["bar"][bound], b.first["bar"][bound]  # type: ignore[index]
        (low, high), (low_b, high_b) = (derivations.between(points, bound) for points in (one, other))
        own = sum((_own(a, part, bound) for part in a.parts), ZERO) - sum(
            (_own(b, part, bound) for part in b.parts), ZERO
        )
        answered = any(not part["own"] for part in (*a.parts, *b.parts))
        found.append({
            "bound": derivations.BOUND_WORDS[bound], "whole": signed(other - one), "own": signed(own, 2),
            "left": f"{signed(low_b - high - own, 1)} to {signed(high_b - low - own, 1)}" if answered else "",
        })  # fmt: skip
    return found
