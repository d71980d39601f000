"""Papers of an answer on the screen: attaching, taking off, handing back to their owner as a download."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers import files
from suppliers.actions import evidence
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.evidence import EvidenceForm
from suppliers.models import Declaration, Evidence


def evidence_list(request, pk):
    """The papers of one draft, and the form to attach another; those of a signed answer stand on its receipt."""
    draft = get_object_or_404(Declaration.objects.owned_by(request.membership).select_related("part"), pk=pk)
    if draft.is_signed:
        return redirect("suppliers:declaration-detail", pk=pk)
    posted = request.method == "POST"
    form = EvidenceForm(request.POST, request.FILES) if posted else EvidenceForm()
    if posted and form.is_valid() and _attached(request, draft, form):
        return redirect("suppliers:evidence-list", pk=pk)
    context = {"draft": draft, "form": form, "papers": draft.evidence.all()}
    return render(request, "suppliers/evidence_list.html", context, status=422 if form.errors else 200)


def _attached(request, draft, form) -> bool:
    said, file = form.cleaned_data, form.cleaned_data["file"]
    try:
        evidence.attach(draft, file, name=file.name, about=said["about"], by=request.membership)
    except Malformed as wrong:
        for field, texts in wrong.errors.items():
            form.add_error(field, texts)
    except (evidence.Signed, NotYourRight) as refused:
        form.add_error(None, str(refused))
    return form.is_valid()


@require_POST
def evidence_remove(request, pk):
    """Take a paper off a draft."""
    row = get_object_or_404(Evidence.objects.visible_to(request.membership).select_related("declaration"), pk=pk)
    try:
        evidence.detach(row, by=request.membership)
    except (evidence.Signed, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:evidence-list", pk=row.declaration_id)


def evidence_file(request, pk):
    """One paper as a download: never shown in the browser, never run, under a content type from our own list."""
    row = get_object_or_404(Evidence.objects.visible_to(request.membership), pk=pk)
    try:
        stream = files.opened(row.digest)
    except files.Missing:
        text = _("This file is missing from the store. Tell the operator its digest: %(digest)s")
        messages.error(request, text % {"digest": row.digest})
        return redirect("suppliers:declaration-detail", pk=row.declaration_id)
    response = FileResponse(stream, as_attachment=True, filename=row.name, content_type=row.kind)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
