"""A day of the board that is not worked out yet: having it done, and the region that waits for it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tracing import notches
from tracing.actions import days
from tracing.models import Day
from tracing.views.vehicles import asked_day

FULL = "So many days are being worked out that no further one is taken now. Ask again in a few minutes."


def vehicle_day(request):
    """POST: have a day worked out. GET: the region that says how far that is; when it is done the page is shown anew."""
    on, trouble = asked_day((request.POST if request.method == "POST" else request.GET).get("on", ""))
    if request.method == "POST" and not trouble:
        trouble = _asked(on, request.membership)
    if request.htmx:
        return _region(request, on, trouble)
    if trouble:
        messages.error(request, trouble)
    return redirect(f"{reverse('tracing:vehicle-list')}?on={on.isoformat()}")


def _asked(on, membership) -> str:
    """Has it worked out; answers why not, where it is not."""
    try:
        days.ask(on, by=membership)
    except notches.NotThatDay as why:
        return str(why)
    except days.TooManyWait:
        return FULL
    return ""


def _region(request, on, trouble) -> HttpResponse:
    day = Day.objects.filter(on=on).first()
    waits = bool(day and day.waits) and not trouble
    response = render(
        request, "tracing/_day.html", {"on": on, "day": day, "waits": waits, "why": trouble or (day.why if day else "")}
    )
    if day and not waits and not day.why and not trouble:
        response["HX-Refresh"] = "true"
    return response
