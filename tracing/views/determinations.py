"""The good-faith determinations of one vehicle: the budget of the label, what was spent on what, and the asking behind it."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from tracing import determinations, exports
from tracing.models import Vehicle
from tracing.views.vehicles import today

DRAFTERS = ("editor", "certifier")


def vehicle_determinations(request, pk):
    """The proof of 49 CFR 583.6(c)(6), to be read, printed or taken along as a table."""
    vehicle = get_object_or_404(
        Vehicle.objects.visible_to(request.membership).select_related("part", "organisation"), pk=pk
    )
    told = determinations.told(vehicle, today())
    if kind := exports.kind_of(request.GET.get("format")):
        return exports.table("determinations", determinations.HEAD, determinations.lines(told), kind=kind)
    return render(request, "tracing/vehicle_determinations.html", told | {
        "states": determinations.STATES, "can_enter": request.membership.holds(*DRAFTERS),
        "enter_url": reverse("suppliers:declaration-list"),
    })  # fmt: skip
