"""One vehicle as its page tells it: tests, gaps, parts, pictures, what is at stake, and the panel that the address opens."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.urls import reverse
from django_countries import countries

from suppliers.models import Membership
from tracing import boards, derivations, disclosure, entries, partlists, sankeys, stakes, trees, whys
from tracing.derivations import key_of
from tracing.engine.result import NONE, OPEN
from tracing.models import Outcome, Trace, Vehicle, Verdict
from tracing.standings import standings

HISTORY = 12
PAGE = 50
TRACED_WHOLE = "us-2017"  # whose shares divide the whole vehicle by country
Told = dict[str, Any]


def told(vehicle: Vehicle, *, asked: Mapping[str, str], by: Membership, on: dt.date) -> Told:
    """All that the page of one vehicle shows; what it holds follows from whether it was traced, rolled, or neither."""
    line = boards.rows([vehicle])[0]
    outcome, face = chosen(line, asked)
    entry = entries.entries([vehicle], on=on).get(vehicle.pk)
    faces = line["faces"] or line["rolled"]
    found = {
        "vehicle": vehicle, "line": line, "trace": line["trace"], "face": face, "why": None, "opened": asked.get("why", ""),
        "stakes": stakes.of({vehicle.pk: entry}, {vehicle.pk: faces}, on=on).get(vehicle.pk, []) if entry else [],
    } | tests(line, faces)  # fmt: skip
    if outcome is None:
        own = partlists.of(entry) if not line["error"] else None
        return found | _entered(vehicle, own, entry, line["rolled"], asked, on)
    found |= _traced(vehicle, line, outcome, face, asked, on)
    found |= {
        "history": history(vehicle, outcome.rulebook, outcome.reading),
        "links": links(outcome, by),
        "why": whys.panel(found, asked.get("why", "")),
    }
    return found


def chosen(line: Told, asked: Mapping[str, str]) -> tuple[Outcome, Told] | tuple[None, None]:
    """The outcome in view: of the law that was asked for, else of the number that was opened, else the first that is open."""
    faces = line["faces"]
    wanted = asked.get("law", "")
    opened = derivations.found(faces, asked.get("why", "")) if asked.get("why") else None
    face = next((one for one in faces if key_of(one) == wanted), opened[0] if opened and not wanted else None)
    face = face or first_of(faces)
    if face is None:
        return None, None
    return next(one for one in line["trace"].outcomes.all() if str(one.pk) == face["id"]), face


def first_of(faces: list[Told]) -> Told | None:
    """The face to begin with: the first that is open, else the first with a verdict; law in force before the rest."""
    in_force = sorted(faces, key=lambda one: (one["verdict"] == NONE, one["status"] != "law", one["hypothetical"]))
    return next((one for one in in_force if one["verdict"] == OPEN), in_force[0] if in_force else None)


def tests(line: Told, faces: list[Told]) -> Told:
    """The tests of each law, the figures of those without a verdict, what was not run, and where each rule stands."""
    outcomes = line["trace"].outcomes.all() if line["trace"] else []
    goods = {str(one.pk): disclosure.good_of(one)["name"] for one in outcomes}
    return {
        "tests": boards.tests([one for one in faces if one["verdict"] != NONE]),
        "figures": boards.tests([one for one in faces if one["verdict"] == NONE]),
        "not_run": boards.not_run(faces),
        "rules": {test["key"]: rule_url(one, test, goods.get(one["id"], "")) for one in faces for test in one["ran"]},
    }


def rule_url(face: Told, test: Told, good: str) -> str:
    """Where the rulebook's page says what this test needs, on the day of the facts."""
    page = reverse("tracing:rulebook-detail", args=[face["rulebook"]])
    return f"{page}?on={face['on']}" + (f"#{good}.{test['code']}" if good else "")


def _traced(vehicle: Vehicle, line: Told, outcome: Outcome, face: Told, asked: Mapping[str, str], on: dt.date) -> Told:
    parts, gaps = disclosure.part_faces(outcome), _gaps(outcome, on)
    inner, net, key = disclosure.inner_faces(outcome), disclosure.own_net_cost(outcome.trace), key_of(face)
    path = trees.trail(parts, inner, asked.get("at", ""))
    tree = trees.tree(vehicle, parts, net, law=key, inner=inner, at=asked.get("at", ""))
    return {
        "label": disclosure.label_face(outcome), "key": key, "parts": parts, "gaps": gaps, "inner": inner, "net": net,
        "laws": [{"face": one, "key": key_of(one), "current": one is face} for one in line["faces"]],
        "ask_first": ask_first(gaps), "widest": max((gap["stake"] for gap in gaps), default=0),
        "currency": outcome.result["currency"], "paid": sum((Decimal(part["value"]) for part in parts), Decimal(0)),
        "page": paged(parts, asked), "tree": tree, "trail": _trail(vehicle, path, key),
        "tree_title": f"Where one {vehicle.name}’s {net:,.0f} goes" if not path else f"What goes into {tree.name}",
        "flows": flows(vehicle, line, outcome, face, parts, inner, net),
    }  # fmt: skip


def _gaps(outcome: Outcome, on: dt.date) -> list[Told]:
    """The gaps with how each direct supplier stands to its buyer today."""
    return _standing([dict(gap) for gap in disclosure.gap_faces(outcome)], on)


def _standing(gaps: list[Told], on: dt.date) -> list[Told]:
    known = standings([gap["sourcing"] for gap in gaps], on)
    for gap in gaps:
        gap |= {"standing": known.get(gap["sourcing"].pk) if gap["sourcing"] else None}
        if gap["direct"] and gap["standing"] and gap["kind"] == "missing":
            gap["kind"] = gap["standing"]["kind"].replace("answered", "missing")
    return gaps


def ask_first(gaps: list[Told]) -> list[Told]:
    """The answers to ask for in one go: those that settle the verdict by themselves, else as many as the smallest set that does,
    else three; what weighs most first."""
    open_to = [gap for gap in gaps if gap["sourcing"] and gap["direct"]]
    alone = [gap for gap in open_to if gap["settle"] == "yes"]
    together = [gap for gap in open_to if gap["settle"] == "together"]
    return alone or together[: disclosure.fewest(gap["decides"] for gap in together)] or open_to[:3]


def paged(parts: list[Told], asked: Mapping[str, str]) -> Page:
    """The page of the table of parts that was asked for, or on which the opened part stands."""
    keys = [part["key"] for part in parts]
    opened = asked.get("why", "")
    number = keys.index(opened) // PAGE + 1 if opened in keys and not asked.get("page") else asked.get("page")
    return Paginator(parts, PAGE).get_page(number)


def _trail(vehicle: Vehicle, path: list[Told], key: str) -> list[tuple[str, str]]:
    """The way from the vehicle to the part at which the picture begins: words and addresses, the last without."""
    if not path:
        return []
    steps = [(part["description"] or part["item"], f"?law={key}&at={part['key']}#picture-h") for part in path]
    return [(vehicle.name, f"?law={key}#picture-h"), *steps[:-1], (steps[-1][0], "")]


def flows(
    vehicle: Vehicle, line: Told, outcome: Outcome, face: Told, parts: list[Told], inner: Mapping[str, list[Told]], net: Decimal
) -> sankeys.Sankey | None:  # fmt: skip
    """Which country, who added it, how it counts under the law in view."""
    return sankeys.sankey(
        vehicle.name, face["title"].split(",")[0], parts, dict(inner), net, disclosure.own_work(outcome.trace),
        test=face["ran"][0] if face["ran"] else None, content=shares(line["faces"]), countries=dict(countries),
    )  # fmt: skip


def shares(faces: list[Told]) -> dict[str, Told | None]:
    """The shares that the tracing of everything gives of the whole vehicle: the region's, and the United States'."""
    found: dict[str, Told | None] = {"region": None, "us": None}
    for test in (test for one in faces if one["rulebook"] == TRACED_WHOLE for test in one["ran"]):
        if sankeys.measures(test):
            found["region"] = found["region"] or test
        elif test["region"] == ["US"] and test["of"] == "total":
            found["us"] = found["us"] or test
    return found


def _entered(
    vehicle: Vehicle, own: partlists.PartList | None, entry: entries.Entry | None, faces: list[Told], asked: Mapping[str, str], on: dt.date
) -> Told:  # fmt: skip
    """What a vehicle without a trace shows beside its tests: the automaker's own entries, and which of them the roll finds open."""
    if own is None or entry is None:
        return {"own": None, "parts": [], "gaps": [], "key": ""}
    face = next((one for one in faces if key_of(one) == asked.get("law")), first_of(faces))
    gaps = _rolled_gaps(vehicle, face, own, on) if face else None
    found = {
        "own": own, "parts": own.rows, "paid": own.paid, "net": own.net, "currency": own.currency, "gaps": gaps or [],
        "page": paged(own.rows, asked), "key": key_of(face) if face else "", "rolled_face": face, "known": gaps is not None,
        "laws": [{"face": one, "key": key_of(one), "current": one is face} for one in faces],
        "widest": max((gap["stake"] for gap in gaps or []), default=0),
    }  # fmt: skip
    if gaps is None or face is None or not own.net:
        return found
    rows = [_worded(row, {gap["key"]: gap["kind"] for gap in gaps}) for row in own.rows]
    mine = {entry.made_in: own.net - own.paid} if own.net > own.paid else {}
    return found | {
        "parts": rows, "page": paged(rows, asked), "tree": trees.tree(vehicle, rows, own.net, law=found["key"], linked=False),
        "tree_title": f"Where one {vehicle.name}’s {own.net:,.0f} goes",
        "flows": sankeys.sankey(vehicle.name, face["title"].split(",")[0], rows, {}, own.net, mine, test=None, content=shares(faces),
                                countries=dict(countries)),
    }  # fmt: skip


def _rolled_gaps(vehicle: Vehicle, face: Told, own: partlists.PartList, on: dt.date) -> list[Told] | None:
    """The open lines of what the roll says under the law in view; None of a roll that does not tell them."""
    verdict = Verdict.objects.filter(vehicle=vehicle, rulebook=face["rulebook"], reading=face["reading"]).first()
    if verdict is None or "open" not in verdict.result:
        return None
    rows = {row["key"]: row for row in own.rows}
    return _standing([dict(gap) | {"part": rows[gap["key"]], "sourcing": rows[gap["key"]]["sourcing"]}
                      for gap in disclosure.gap_faces(verdict) if gap["key"] in rows], on)  # fmt: skip


def _worded(row: Told, kinds: Mapping[str, str]) -> Told:
    """An own entry with the one word that a roll has on its answer; how an import counts only a trace tells."""
    foreign = row["how"] == "imported" and row["made_in"] not in disclosure.REGION
    kind = kinds.get(row["key"], "")
    state = "incomplete" if kind == "below" else "unknown" if kind else "entered" if foreign else "complete"
    return row | {"category": state, "stated": [], "own": state in {"unknown", "entered"}}


def history(vehicle: Vehicle, rulebook: str, reading: str, *, count: int = HISTORY) -> list[Told]:
    """What this law said before, by day; a trace that changed nothing the reader sees is left out, so it tells of no one."""
    found: list[Told] = []
    last = None
    for row in traces_under(vehicle, rulebook, reading)[:count][::-1]:
        same = list(row.outcomes.all())
        test = disclosure.test_face(same[0].result["tests"][0], reading) if same else None
        error = disclosure.error_face(row)
        seen = (test["worst"], test["declared"], test["best"], same[0].verdict) if test else (error,)
        if seen != last:
            found.append({"on": row.on, "test": test, "verdict": same[0].verdict if same else "", "error": error})
        last = seen
    return found[::-1]


def traces_under(vehicle: Vehicle, rulebook: str, reading: str) -> Any:
    """A vehicle's traces, the newest first, each with what it says under one law alone."""
    same_law = Outcome.objects.filter(rulebook=rulebook, reading=reading)
    rows = (
        Trace.objects.filter(vehicle=vehicle).select_related("vehicle").prefetch_related(Prefetch("outcomes", same_law))
    )
    return rows.order_by("-number")


def links(outcome: Outcome, membership: Membership) -> dict[str, str]:
    """Where this reader may decide about the outcome, and read certificates. By name: that room lies downstream."""
    found = {}
    for name, args, roles in (
        ("review-new", [outcome.pk], ["reviewer"]),
        ("certificate-list", [], ["reader", "reviewer", "officer"]),
    ):
        if membership.holds(*roles):
            found[name.replace("-", "_")] = reverse(f"compliance:{name}", args=args)
    return found
