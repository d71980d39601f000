"""The tour: what this is, and the stories that a fleet tells; in the demo one may enter as each of its people."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from compliance import glances, tours
from suppliers.models import Membership, Organisation, User
from tracing import boards

DOORS = (("supplier", "certifier"), ("automaker", "reviewer"), ("authority", "auditor"))


def tour(request):
    """Whose fleet tells the stories: one's own, else the first automaker's. A portal in earnest has no tour."""
    if not settings.DEMO:
        raise Http404
    day, fleet = timezone.localdate(), _fleet(request.membership)
    lines = tours.lines_of(fleet, on=day)
    with translation.override("en"):  # the stories are told in English, so their days and verdicts are too
        told, seen = tours.stories(lines, on=day), glances.glances(lines)
    return render(request, "compliance/tour.html", {
        "stories": told, "glances": seen, "columns": boards.columns(day, glances.LAWS),
        "fleet": fleet, "inside": request.membership is not None and request.membership.organisation == fleet,
        "doors": {kind: _first(kind, role, fleet) for kind, role in DOORS},
    })  # fmt: skip


@require_POST
def tour_enter(request, kind):
    """Sign in as one of the demo's people and come out at ``to``, a page of this portal, else at the first page.

    Where this is no demo there is no such door.
    """
    person = _first(kind, dict(DOORS).get(kind, ""), _fleet(request.membership)) if settings.DEMO else None
    if person is None:
        raise Http404
    login(request, get_object_or_404(User, pk=person.user_id), backend="django.contrib.auth.backends.ModelBackend")
    to = request.POST.get("to", "")
    here = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(to if here else "home")


def _fleet(membership) -> Organisation | None:
    if membership is not None and membership.organisation.kind == Organisation.Kind.AUTOMAKER:
        return membership.organisation
    played = Organisation.objects.filter(kind=Organisation.Kind.AUTOMAKER, vehicles__isnull=False)
    return played.order_by("code").first()


def _first(kind: str, role: str, fleet: Organisation | None) -> Membership | None:
    """The first person of the demo with that role, by the order in which they joined; of automakers, one of that fleet."""
    rows = Membership.objects.in_force().filter(organisation__kind=kind)
    if fleet is not None and kind == Organisation.Kind.AUTOMAKER:
        rows = rows.filter(organisation=fleet)
    rows = rows.select_related("user__person", "organisation")
    return next((row for row in rows.order_by("begins", "organisation__code", "user__email") if row.holds(role)), None)
