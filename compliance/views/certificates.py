"""Certificates: the list, the face, the files, issuing and revoking."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from compliance import issuable, keys, signoffs
from compliance.actions import certificates
from compliance.actions.signoffs import holding
from compliance.forms import IssueForm, WhyForm, told
from compliance.models import Certificate, Review
from suppliers.facts.reading import Malformed
from tracing import disclosure
from tracing.actions import traces

REFUSED = (
    certificates.Stale,
    certificates.NotAccepted,
    certificates.NotTwoPeople,
    certificates.NotSignedOff,
    certificates.NothingToCertify,
    keys.NoKey,
)


def _visible(request):
    rows = Certificate.objects.visible_to(request.membership)
    return rows.select_related("organisation", "revocation", "outcome__trace__vehicle")


def certificate_list(request):
    page = Paginator(_visible(request).defer("pdf"), 50).get_page(request.GET.get("page"))
    me = request.membership
    ready = issuable.waiting(me, on=traces.today()) if me.holds("reviewer", "officer") and page.number == 1 else []
    return render(request, "compliance/certificate_list.html", {"page": page, "ready": ready})


def certificate_detail(request, pk):
    row = get_object_or_404(_visible(request), pk=pk)
    own = row.organisation_id == request.membership.organisation_id
    context = {
        "certificate": row, "says": row.says, "own": own,
        "may_issue": own and request.membership.holds("reviewer", "officer"),
        "grants": row.grants.select_related("membership__user__person", "membership__organisation", "end") if own else [],
        "exports": row.exports.select_related("by__user__person", "by__organisation") if own else [],
    }  # fmt: skip
    return render(request, "compliance/certificate_detail.html", context)


def certificate_pdf(request, pk):
    row = get_object_or_404(_visible(request), pk=pk)
    return _file(bytes(row.pdf), "application/pdf", f"{row.filename}.pdf")


def certificate_json(request, pk):
    row = get_object_or_404(_visible(request), pk=pk)
    return _file(certificates.json_of(row), "application/json", f"{row.filename}.json")


def revocation_json(request, pk):
    """The revocation of a certificate, as the document it is."""
    row = get_object_or_404(_visible(request).filter(revocation__isnull=False), pk=pk)
    return _file(certificates.revocation_file(row.revocation), "application/json", f"{row.filename}-revocation.json")


def certificate_issue(request, review):
    """The last look before signing: what will stand on the face, then name and title."""
    mine = Review.objects.visible_to(request.membership).select_related("outcome__trace__vehicle")
    row = get_object_or_404(mine, pk=review, decision=Review.Decision.ACCEPT, certificate__isnull=True)
    me = request.membership
    form = IssueForm(request.POST or None, initial={"name": me.user.display_name, "title": me.title})
    if request.method == "POST" and form.is_valid():
        try:
            issued = certificates.issue(row, by=me, name=form.cleaned_data["name"], title=form.cleaned_data["title"])
        except Malformed as wrong:
            told(form, wrong.errors)
        except REFUSED as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"Certificate {issued.number} is issued and signed.")
            return redirect("compliance:certificate-detail", pk=issued.pk)
    context = {"review": row, "outcome": row.outcome, "vehicle": row.outcome.trace.vehicle, "form": form,
               "face": disclosure.outcome_face(row.outcome), "asked": signoffs.of(row.outcome.rulebook),
               "sign_off": holding(row, on=traces.today()), "passes": issuable.passes(row.outcome),
               "one_person": signoffs.of(row.outcome.rulebook).four_eyes and me.user_id == row.by.user_id}  # fmt: skip
    return render(request, "compliance/certificate_issue.html", context)


def certificate_revoke(request, pk):
    mine = _visible(request).filter(organisation=request.membership.organisation, revocation__isnull=True)
    row = get_object_or_404(mine, pk=pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            certificates.revoke(row, by=request.membership, **form.cleaned_data)
        except Malformed as wrong:
            told(form, wrong.errors)
        except REFUSED as no:
            form.add_error(None, str(no))
        else:
            return redirect("compliance:certificate-detail", pk=row.pk)
    return render(request, "compliance/certificate_revoke.html", {"certificate": row, "says": row.says, "form": form})


def _file(raw: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(raw, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
