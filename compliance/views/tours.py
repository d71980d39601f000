"""The tour: what this is, and the stories that a fleet tells; in the demo one may enter as each of its people."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from compliance import tours
from suppliers.models import Membership, Organisation, User

DOORS = (("supplier", "certifier"), ("automaker", "reviewer"), ("authority", "auditor"))


def tour(request):
    """Whose fleet tells the stories: one's own, else the first automaker's. A portal in earnest has no tour."""
    if not settings.DEMO:
        raise Http404
    return render(request, "compliance/tour.html", {
        "stories": tours.stories(_fleet(request.membership), on=timezone.localdate()),
        "doors": {kind: _first(kind, role) for kind, role in DOORS},
    })  # fmt: skip


@require_POST
def tour_enter(request, kind):
    """Sign in as one of the demo's people. Where this is no demo there is no such door."""
    person = _first(kind, dict(DOORS).get(kind, "")) if settings.DEMO else None
    if person is None:
        raise Http404
    login(request, get_object_or_404(User, pk=person.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")


def _fleet(membership) -> Organisation | None:
    if membership is not None and membership.organisation.kind == Organisation.Kind.AUTOMAKER:
        return membership.organisation
    played = Organisation.objects.filter(kind=Organisation.Kind.AUTOMAKER, vehicles__isnull=False)
    return played.order_by("code").first()


def _first(kind: str, role: str) -> Membership | None:
    """The first person of the demo with that role, by the order in which they joined."""
    rows = Membership.objects.in_force().filter(organisation__kind=kind).select_related("user__person", "organisation")
    return next((row for row in rows.order_by("begins", "organisation__code", "user__email") if row.holds(role)), None)
