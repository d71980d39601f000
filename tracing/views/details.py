"""One vehicle: which law, by how much, why, and whom to ask."""

from decimal import Decimal

from django.conf import settings
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from tracing import boards, comparisons, derivations, disclosure, trees
from tracing.engine.result import NONE, OPEN
from tracing.models import Outcome, Vehicle
from tracing.standings import standings
from tracing.views.vehicles import as_csv, today, working

HISTORY = 12
ASKERS = ("editor", "certifier", "reviewer")


def vehicle_detail(request, pk):
    """One vehicle: its tests, its gaps, its direct parts, and how each number was made."""
    vehicle = get_object_or_404(
        Vehicle.objects.visible_to(request.membership).select_related("part", "organisation"), pk=pk
    )
    line = boards.rows([vehicle])[0]
    outcome, face = chosen(line, request.GET)
    if request.GET.get("format") == "csv":
        return _parts_csv(outcome)
    told = _told(vehicle, line, outcome, face, request) if outcome else _tests(line["rolled"])
    shown = {
        "vehicle": vehicle, "line": line, "trace": line["trace"], "face": face, "sign_url": reverse("suppliers:declaration-list"),
        "can_ask": request.membership.holds(*ASKERS), "at_once": settings.TRACE_AT_ONCE,
    } | told | working(request)  # fmt: skip
    return render(request, "tracing/vehicle_detail.html", shown)


def chosen(line, asked):
    """The outcome in view: of the law that was asked for, else of the number that was opened, else the first that is open."""
    faces = line["faces"]
    wanted = asked.get("law", "")
    opened = derivations.found(faces, asked.get("why", "")) if asked.get("why") else None
    face = next((one for one in faces if key_of(one) == wanted), opened[0] if opened and not wanted else None)
    in_force = sorted(faces, key=lambda one: (one["verdict"] == NONE, one["status"] != "law", one["hypothetical"]))
    face = face or next((one for one in in_force if one["verdict"] == OPEN), in_force[0] if in_force else None)
    if face is None:
        return None, None
    return next(one for one in line["trace"].outcomes.all() if str(one.pk) == face["id"]), face


def key_of(face) -> str:
    return face["rulebook"] + (f"~{face['reading']}" if face["reading"] else "")


def _told(vehicle, line, outcome, face, request):
    parts, gaps = disclosure.part_faces(outcome), [dict(gap) for gap in disclosure.gap_faces(outcome)]
    known = standings([gap["sourcing"] for gap in gaps], today())
    for gap in gaps:
        gap |= {"standing": known.get(gap["sourcing"].pk) if gap["sourcing"] else None}
        if gap["direct"] and gap["standing"] and gap["kind"] == "missing":
            gap["kind"] = gap["standing"]["kind"].replace("answered", "missing")
    laws = [{"face": one, "key": key_of(one), "current": one is face} for one in line["faces"]]
    net = disclosure.own_net_cost(outcome.trace)
    key = key_of(face)
    return _tests(line["faces"]) | {
        "label": disclosure.label_face(outcome), "laws": laws, "key": key,
        "parts": parts, "gaps": gaps, "ask_first": ask_first(gaps),
        "widest": max((gap["stake"] for gap in gaps), default=0), "net": net, "currency": outcome.result["currency"],
        "paid": sum((Decimal(part["value"]) for part in parts), Decimal(0)), "tree": trees.tree(vehicle, parts, net, law=key),
        "tree_title": f"Where one {vehicle.name}’s {net:,.0f} goes",
        "history": history(vehicle, outcome), "links": links(outcome, request.membership),
        "why": _why(vehicle, line, face, parts, net, request.GET.get("why", "")), "opened": request.GET.get("why", ""),
    }  # fmt: skip


def _tests(faces):
    """The tests of each law, the figures of those without a verdict, and what was not run."""
    return {
        "tests": boards.tests([one for one in faces if one["verdict"] != NONE]),
        "figures": boards.tests([one for one in faces if one["verdict"] == NONE]),
        "not_run": boards.not_run(faces),
    }


def vehicle_compare(request, pk):
    """The same car under every rulebook, and the reason for each difference."""
    vehicle = get_object_or_404(Vehicle.objects.visible_to(request.membership).select_related("part"), pk=pk)
    line = boards.rows([vehicle])[0]
    rows = comparisons.rows(line, request.GET.get("with", "")) if line["faces"] else []
    return render(request, "tracing/vehicle_compare.html", {
        "vehicle": vehicle, "line": line, "trace": line["trace"], "rows": rows, "can_ask": request.membership.holds(*ASKERS),
        "at_once": settings.TRACE_AT_ONCE,
        "reference": next((row for row in rows if row["is_reference"]), None),
        "back": reverse("tracing:vehicle-detail", args=[vehicle.pk]), "why_none": line["error"] or "The vehicle was not traced yet.",
    })  # fmt: skip


def ask_first(gaps):
    """The answers to ask for in one go: those that can settle the verdict, else the three that weigh most."""
    open_to = [gap for gap in gaps if gap["sourcing"] and gap["direct"]]
    settling = [gap for gap in open_to if gap["settle"] in boards.SETTLING]
    return settling or open_to[:3]


def _why(vehicle, line, face, parts, net, key):
    """The derivation panel that the address names, or nothing."""
    opened = derivations.found(line["faces"], key)
    if opened:
        outcome = next(one for one in line["trace"].outcomes.all() if str(one.pk) == opened[0]["id"])
        return derivations.of_test(*opened, parts=disclosure.part_faces(outcome), net=net, vehicle=vehicle.name)
    part = next((one for one in parts if one["key"] == key), None)
    return derivations.of_part(face, part, vehicle=vehicle.name) if part else None


def history(vehicle, outcome):
    """What this law said before, by day; a trace that changed nothing the reader sees is left out, so it tells of no one."""
    found, last = [], None
    same_law = Outcome.objects.filter(rulebook=outcome.rulebook, reading=outcome.reading)
    rows = vehicle.traces.select_related("vehicle").prefetch_related(Prefetch("outcomes", same_law))
    for row in reversed(rows.order_by("-number")[:HISTORY]):
        same = list(row.outcomes.all())
        test = disclosure.test_face(same[0].result["tests"][0], outcome.reading) if same else None
        error = disclosure.error_face(row)
        seen = (test["worst"], test["declared"], test["best"], same[0].verdict) if test else (error,)
        if seen != last:
            found.append({"on": row.on, "test": test, "verdict": same[0].verdict if same else "", "error": error})
        last = seen
    return found[::-1]


def links(outcome, membership):
    """Where this reader may decide about the outcome, and read certificates. By name: that room lies downstream."""
    found = {}
    for name, args, roles in (
        ("review-new", [outcome.pk], ["reviewer"]),
        ("certificate-list", [], ["reader", "reviewer", "officer"]),
    ):
        if membership.holds(*roles):
            found[name.replace("-", "_")] = reverse(f"compliance:{name}", args=args)
    return found


def _parts_csv(outcome):
    head = ["item", "description", "hs", "seller", "how", "made in", "quantity", "share", "price", "in one vehicle", "answer", "counted",
            "paragraph"]  # fmt: skip
    rows = disclosure.part_faces(outcome) if outcome else []
    lines = [
        [row["item"], row["description"], row["hs"], row["seller"], row["how"], row["made_in"], row["qty"], row["share"], row["price"],
         row["value"], row["state"] if row["answered"] else "not answered" if row["category"] == "unknown" else "own import",
         row["counted"]["worst"] if row["counted"] else "", row["para"]]
        for row in rows
    ]  # fmt: skip
    return as_csv("parts", head, lines)
