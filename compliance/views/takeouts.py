"""Taking out everything one's company entered: asking for it, seeing how far it is, fetching it."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render

from compliance import keys
from compliance.actions import takeouts
from compliance.models import Takeout
from compliance.takeouts import shelf
from suppliers.actions.rights import NotYourRight
from suppliers.models import Declaration, Organisation

LATEST = 20


def takeout(request):
    """What is in it and who took it before; the button asks for it, which is recorded."""
    kept = Organisation.objects.filter(pk__in=request.membership.keeps)
    if request.method == "POST":
        wanted = request.POST.get("organisation") or str(request.membership.organisation_id)
        row = next((one for one in kept if str(one.pk) == wanted), None)
        if row is None:
            raise Http404("No such company.")
        try:
            takeouts.ask(row, by=request.membership)
        except (NotYourRight, keys.NoKey) as refused:
            messages.error(request, str(refused))
        return redirect("compliance:takeout")
    signed = Declaration.objects.owned_by(request.membership).signed().count()
    return render(request, "compliance/takeout.html", _told(request) | {"kept": kept, "signed": signed})


def _told(request) -> dict:
    """Those asked for so far, each with its state and size; ``making``: the oldest that is not there yet, ``ready``: the newest
    that is, if any."""
    rows = list(
        Takeout.objects.visible_to(request.membership).select_related("by__user__person", "organisation")[:LATEST]
    )
    for row in rows:
        row.state = shelf.state(row).value
        row.size = shelf.place(row).stat().st_size if row.state == shelf.State.READY else 0
    making = [row for row in rows if row.state == shelf.State.MAKING]
    ready = next((row for row in rows if row.state == shelf.State.READY), None)
    until = ready.at + shelf.KEPT if ready else None
    return {"before": rows, "making": making[-1] if making else None, "ready": ready, "until": until}


def takeout_progress(request):
    """The region that says that it is being made; once it is there the page is shown anew."""
    told = _told(request)
    response = render(request, "compliance/_takeout_progress.html", told)
    if request.htmx and not told["making"]:
        response["HX-Refresh"] = "true"
    return response


def takeout_file(request, pk):
    """One archive as a download, while it is kept."""
    row = get_object_or_404(Takeout.objects.visible_to(request.membership).select_related("organisation"), pk=pk)
    stream = shelf.opened(row)
    if stream is None:
        raise Http404("It is not there.")
    name = f"{row.organisation.code}-{row.at:%Y-%m-%d}.zip"
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip",
                        headers={"Cache-Control": "private, no-store"})  # fmt: skip
