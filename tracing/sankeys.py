"""Which country, who added it, how it counts: one vehicle's value in whole points, as a picture and as its table.

Three kinds of figures go in and nothing else: the automaker's own entries, the price it pays, and whole points that other
pages show already. What its suppliers answered is one block, and how that block divides is what these leave over, so
whoever subtracts everything it knows learns what it knew before (docs/disclosure.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tracing.trees import Inner, split, worth

ZERO, HUNDRED = Decimal(0), Decimal(100)
REGION = ("US", "CA", "MX")
COUNTS = {"traced", "absorb", "heavy", "content"}
Face = dict[str, Any]
Points = dict[str, Decimal]


@dataclass(frozen=True)
class Node:
    """One bar of a column. ``kind`` is the category of origin it is painted as; ``country`` its code, if it is one."""

    key: str
    word: str
    kind: str
    country: str = ""


@dataclass(frozen=True)
class Sankey:
    """Whole points of one vehicle's net cost by country, by who added them and by how they count; flows add up to 100."""

    name: str
    law: str
    places: list[Node]
    adders: list[Node]
    counts: list[Node]
    added: dict[tuple[str, str], Decimal]
    counted: dict[tuple[str, str], Decimal]
    by_test: bool
    """Whether the last column is that of the law's first test; else it is told from the faces of the answers."""

    def total(self, key: str) -> Decimal:
        """The points of one node."""
        flows = self.counted if any(node.key == key for node in self.counts) else self.added
        side = 0 if any(node.key == key for node in self.places) else 1
        return sum((points for pair, points in flows.items() if pair[side] == key), ZERO)


ADDERS = {
    "own": Node("own", "Your own work and costs", "own"),
    "counted": Node("counted", "Your own imports that count as foreign", "fc"),
    "not_counted": Node("not_counted", "Your own imports that do not", "fn"),
    "imported": Node("imported", "Your own imports", "im"),
    "answered": Node("answered", "Your direct suppliers and all below them", "ok"),
    "silent": Node("silent", "Nobody answered", "uk"),
}
COUNTED = {
    "in": Node("in", "Counts as regional, even at worst", "own"),
    "out": Node("out", "Counts as foreign, even at best", "fc"),
    "open": Node("open", "Depends on answers, or on rounding", "uk"),
}
TOLD = {
    "own": Node("t-own", "Your own work", "own"),
    "imported": Node("t-imported", "Own import, outside the region", "im"),
    "complete": Node("t-complete", "Answered, complete", "ok"),
    "incomplete": Node("t-incomplete", "Answered, incomplete below", "in"),
    "silent": Node("t-silent", "Not known", "uk"),
}
OTHERS = "others"
CODE_OF = {
    "fc": "counted",
    "fn": "not_counted",
    "im": "imported",
    "mi": "imported",
    "ok": "complete",
    "in": "incomplete",
    "uk": "silent",
}
PLACES = {
    "us": Node("us", "United States", "us", "US"),
    "ca": Node("ca", "Canada", "ca", "CA"),
    "mx": Node("mx", "Mexico", "mx", "MX"),
    "camx": Node("camx", "Canada or Mexico, by answers", "ca"),
    "abroad": Node("abroad", "Other countries, by answers", "fc"),
    "answers": Node("answers", "Not told apart: your suppliers’ answers", "ok"),
    "unknown": Node("unknown", "Not known", "uk"),
}


def sankey(
    name: str, law: str, parts: list[Face], inner: Inner, net: Decimal, own: Mapping[str, Decimal], *,
    test: Face | None, content: Mapping[str, Face | None], countries: Mapping[str, str],
) -> Sankey | None:  # fmt: skip
    """The picture of one vehicle, or None where the parts cost more than the whole.

    ``own``: own work by country, in money. ``test``: the face of the law's first test. ``content``: the faces of the
    shares that the tracing of everything gives, ``region`` and ``us``, where it ran. ``countries``: names by code.
    """
    facts = _own_facts(parts, inner, own)
    if net <= 0 or sum(facts.values(), ZERO) > net * Decimal("1.0001"):
        return None
    divides = test is not None and measures(test)
    if not divides:  # what such a law makes of an import is not said in points of net cost
        facts = _together(facts)
    points = apportioned(_pooled({key: 100 * amount / net for key, amount in facts.items()}))
    counted = _by_test(points, test) if divides else _by_faces(points)
    answered = sum((value for (who, _), value in counted.items() if who == "answered"), ZERO)
    added = _by_place(points, counted) | {
        (place, "answered"): value for place, value in _answered(points, answered, content).items() if value
    }
    return Sankey(
        name, law, _places(added, countries), [ADDERS[key] for key in ADDERS if any(who == key for who, _ in counted)],
        [node for node in (*COUNTED.values(), *TOLD.values()) if any(key == node.key for _, key in counted)],
        added, counted, by_test=any(key in COUNTED for _, key in counted),
    )  # fmt: skip


def _together(facts: Mapping[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    """Own imports as one, whether they count or not."""
    found: dict[tuple[str, str], Decimal] = {}
    for (who, place), amount in facts.items():
        key = ("imported" if who in {"counted", "not_counted"} else who, place)
        found[key] = found.get(key, ZERO) + amount
    return found


def measures(test: Face) -> bool:
    """Whether a test's whole points divide the net cost: regional value over all of it, in the whole region."""
    whole = set(test["region"]) == set(REGION) and test["of"] in {"", "total"}
    return (
        whole
        and test["kind"] in {"rvc", "share"}
        and test["bar"]["worst"] is not None
        and test["operator"] != "at_most"
    )


def _own_facts(parts: list[Face], inner: Inner, own: Mapping[str, Decimal]) -> dict[tuple[str, str], Decimal]:
    """Money by who added it and country; every figure an entry of the automaker's own. Own production is looked into."""
    found: dict[tuple[str, str], Decimal] = {("own", place): amount for place, amount in own.items()}

    def add(who: str, place: str, amount: Decimal) -> None:
        if amount:
            found[who, place] = found.get((who, place), ZERO) + amount

    home = max(own, key=lambda place: own[place], default="")
    waiting = list(parts)
    while waiting:
        row = waiting.pop()
        if row["key"] in inner:
            waiting += inner[row["key"]]
            add("own", home, worth(row, inner) - sum((worth(one, inner) for one in inner[row["key"]]), ZERO))
            continue
        for code, amount in split(row | {"stated": []}, inner).items():
            who = CODE_OF[code]
            place = row["made_in"] if who in {"counted", "not_counted", "imported"} else ""
            add(who, place, amount)
    return found


def _pooled(points: Mapping[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    """Countries that would be less than a point of own imports, together: rounded one by one they would vanish."""
    found: dict[tuple[str, str], Decimal] = {}
    for (who, place), value in points.items():
        small = value < 1 and who in {"counted", "not_counted", "imported"} and bool(place)
        key = (who, OTHERS if small else place)
        found[key] = found.get(key, ZERO) + value
    return found


def apportioned(shares: Mapping[Any, Decimal], total: Decimal = HUNDRED) -> dict[Any, Decimal]:
    """Whole points that add up to the total, each at most one off: the largest remainders are rounded up."""
    whole = {key: share.quantize(Decimal(1), ROUND_FLOOR) for key, share in shares.items()}
    left = int(total.quantize(Decimal(1), ROUND_FLOOR) - sum(whole.values(), ZERO))
    ranked = sorted(shares, key=lambda key: (whole[key] - shares[key], str(key)))
    for key in ranked[: max(left, 0)]:
        whole[key] += 1
    return {key: points for key, points in whole.items() if points > 0}


def _sum(points: Mapping[tuple[str, str], Decimal], *who: str) -> Decimal:
    return sum((value for key, value in points.items() if key[0] in who), ZERO)


def _by_test(points: Mapping[tuple[str, str], Decimal], test: Face) -> dict[tuple[str, str], Decimal]:
    """How everything counts under the test in view. Own entries take their points first; the answers are what is left."""
    worst, best = test["bar"]["worst"], test["bar"]["best"]
    rest = {"in": worst, "open": max(best - worst, ZERO), "out": HUNDRED - max(best, worst)}
    found: dict[tuple[str, str], Decimal] = {}
    for who, where in (
        ("own", "in"),
        ("not_counted", "in"),
        ("counted", "out"),
        ("imported", "out"),
        ("silent", "open"),
    ):
        taken = min(_sum(points, who), rest[where])
        rest[where] -= taken
        found[who, where] = taken
    found |= {("answered", where): value for where, value in rest.items()}
    return {pair: value for pair, value in found.items() if value > 0}


def _by_faces(points: Mapping[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    """How everything counts as far as the face of each part says it, where the law in view does not divide the net cost."""
    found: dict[tuple[str, str], Decimal] = {}
    for (who, _), value in points.items():
        pair = ("answered" if who in {"complete", "incomplete"} else who, TOLD[who].key)
        found[pair] = found.get(pair, ZERO) + value
    return found


def _by_place(
    points: Mapping[tuple[str, str], Decimal], counted: Mapping[tuple[str, str], Decimal]
) -> dict[tuple[str, str], Decimal]:
    """From which country what is the automaker's own came; as many points as the last column leaves each."""
    found: dict[tuple[str, str], Decimal] = {}
    for who in ("own", "counted", "not_counted", "imported", "silent"):
        left = _sum(counted, who)
        for (one, place), value in sorted(points.items(), key=lambda row: (-row[1], row[0])):
            if one == who and left > 0:
                key = (_place_key(place), who)
                found[key] = found.get(key, ZERO) + min(value, left)
                left -= min(value, left)
    return found


def _place_key(place: str) -> str:
    return place.lower() if place in REGION else f"c-{place}" if place else "unknown"


def _answered(points: Mapping[tuple[str, str], Decimal], total: Decimal, content: Mapping[str, Face | None]) -> Points:
    """Where the value in the answers was added: what the shown shares of the whole leave over after the own entries."""
    region, home = content.get("region"), content.get("us")
    if total <= 0:
        return {}
    if region is None or not measures(region):
        return {"answers": total}
    worst, best = region["bar"]["worst"], max(region["bar"]["best"], region["bar"]["worst"])
    us = min(home["bar"]["worst"], worst) if home and home["bar"]["worst"] is not None else None
    own = {place: _at(points, place) for place in REGION}
    left = {
        "us": us - own["US"] if us is not None else ZERO,
        "camx": worst - (us or ZERO) - own["CA"] - own["MX"] - (own["US"] if us is None else ZERO),
        "abroad": HUNDRED - best - _sum(points, "counted", "not_counted", "imported"),
        "unknown": best - worst - _sum(points, "silent"),
    }
    known = {key: max(value, ZERO) for key, value in left.items()}
    whole = sum(known.values(), ZERO)
    if not whole:
        return {"answers": total}
    if us is None:
        known["answers"] = known.pop("camx") + known.pop("us")
    scaled = {key: value * total / whole for key, value in known.items()}
    return apportioned(scaled, total) if total == total.to_integral_value() else {k: v for k, v in scaled.items() if v}


def _at(points: Mapping[tuple[str, str], Decimal], place: str) -> Decimal:
    return sum((value for (who, where), value in points.items() if where == place and who == "own"), ZERO)


def _places(added: Mapping[tuple[str, str], Decimal], countries: Mapping[str, str]) -> list[Node]:
    """The countries in the order of every legend: the region, abroad by size, what is not known."""
    totals: Points = {}
    for (place, _), value in added.items():
        totals[place] = totals.get(place, ZERO) + value
    abroad = sorted(
        (key for key in totals if key.startswith("c-")), key=lambda key: (key.endswith(OTHERS), -totals[key], key)
    )
    names = {**countries, OTHERS: "Other countries, your own imports"}
    named = [Node(key, names.get(key[2:], key[2:]), "fc", key[2:]) for key in abroad]
    before, after = ("us", "ca", "mx", "camx"), ("abroad", "answers", "unknown")
    return [PLACES[key] for key in before if key in totals] + named + [PLACES[key] for key in after if key in totals]


def tables(found: Sankey) -> list[tuple[str, list[Node], list[tuple[Node, list[Decimal], Decimal]]]]:
    """The picture's equal: by country and who added it, by who added it and how it counts; each row with its sum."""
    return [
        (title, columns, [_line(row, columns, flows) for row in rows])
        for title, rows, columns, flows in (
            ("Who added it", found.places, found.adders, found.added), ("How it counts", found.adders, found.counts, found.counted),
        )
    ]  # fmt: skip


def _line(
    row: Node, columns: Iterable[Node], flows: Mapping[tuple[str, str], Decimal]
) -> tuple[Node, list[Decimal], Decimal]:
    values = [flows.get((row.key, column.key), ZERO) for column in columns]
    return row, values, sum(values, ZERO)
