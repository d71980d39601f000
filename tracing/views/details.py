"""One vehicle: which law, by how much, why, and whom to ask; and what two days, plants or laws say beside each other."""

from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from tracing import boards, comparisons, exports, pairs, profiles, vehicletables
from tracing.models import Vehicle
from tracing.views.vehicles import today, working

ASKERS = ("editor", "certifier", "reviewer")


def vehicle_detail(request, pk):
    """One vehicle: its tests, its gaps, its direct parts, and how each number was made."""
    vehicle = get_object_or_404(
        Vehicle.objects.visible_to(request.membership).select_related("part", "organisation"), pk=pk
    )
    told = profiles.told(vehicle, asked=request.GET, by=request.membership, on=today())
    kind, name = exports.kind_of(request.GET.get("format")), request.GET.get("table", "parts")
    if kind:
        return exports.table(
            name if name in vehicletables.TABLES else "parts", *vehicletables.table(told, name), kind=kind
        )
    return render(request, "tracing/vehicle_detail.html", told | {
        "sign_url": reverse("suppliers:declaration-list"), "can_ask": request.membership.holds(*ASKERS), "at_once": settings.TRACE_AT_ONCE,
    } | working(request))  # fmt: skip


def vehicle_compare(request, pk):
    """Two days, plants or laws beside each other; without a choice the same car under every rulebook."""
    vehicle = get_object_or_404(
        Vehicle.objects.visible_to(request.membership).select_related("part", "organisation"), pk=pk
    )
    line = boards.rows([vehicle])[0]
    values = {name: request.GET.getlist(name) for name in ("a", "b")}
    chosen = any(values.values())
    faces = line["faces"] or line["rolled"]
    pair = pairs.compared(vehicle, faces, values, by=request.membership, on=today()) if faces else None
    kind = exports.kind_of(request.GET.get("format"))
    if kind and pair:
        return exports.table("difference", *vehicletables.difference(pair), kind=kind)
    rows = comparisons.rows(line, request.GET.get("with", "")) if line["faces"] and not chosen else []
    return render(request, "tracing/vehicle_compare.html", {
        "vehicle": vehicle, "line": line, "trace": line["trace"], "rows": rows, "can_ask": request.membership.holds(*ASKERS),
        "at_once": settings.TRACE_AT_ONCE, "pair": pair, "chosen": chosen,
        "query": urlencode([(name, value) for name in values for value in values[name]]),
        "reference": next((row for row in rows if row["is_reference"]), None),
        "back": reverse("tracing:vehicle-detail", args=[vehicle.pk]), "why_none": line["error"] or "The vehicle was not traced yet.",
    })  # fmt: skip
