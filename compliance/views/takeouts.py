"""Taking out everything one's company entered."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from compliance import keys
from compliance.actions import takeouts
from compliance.models import Takeout
from suppliers.actions.rights import NotYourRight
from suppliers.models import Declaration, Organisation


def takeout(request):
    """What is in it and who took it before; the button hands it over, which is recorded."""
    kept = Organisation.objects.filter(pk__in=request.membership.keeps)
    if request.method == "POST":
        row = get_object_or_404(kept, pk=request.POST.get("organisation") or request.membership.organisation_id)
        try:
            pieces = takeouts.take_out(row, by=request.membership)
        except (NotYourRight, keys.NoKey) as refused:
            messages.error(request, str(refused))
            return redirect("compliance:takeout")
        name = f"{row.code}-{timezone.now():%Y-%m-%d}.zip"
        held = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(pieces, content_type="application/zip", headers=held)
    before = Takeout.objects.visible_to(request.membership).select_related("by__user__person", "organisation")[:20]
    signed = Declaration.objects.owned_by(request.membership).signed().count()
    return render(request, "compliance/takeout.html", {"kept": kept, "before": before, "signed": signed})
