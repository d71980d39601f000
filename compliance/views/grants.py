"""Who may read a dossier: for the auditor, the automaker, the owners of the figures and the operator."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from compliance.actions import certificates, grants
from compliance.forms import GrantForm, WhyForm, told
from compliance.models import AuthorityGrant, Certificate
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed


def grant_list(request):
    """An auditor: what may I read? An automaker: who may read mine? A supplier: under which grants mine can be read."""
    kind = request.membership.organisation.kind
    if kind == "supplier":
        return render(
            request, "compliance/grant_owner.html", {"rows": grants.touching(request.membership.organisation)}
        )
    rows = AuthorityGrant.objects.visible_to(request.membership).select_related(
        "certificate__organisation", "membership__user__person", "membership__organisation", "end"
    ).defer("certificate__pdf")  # fmt: skip
    active = set(AuthorityGrant.objects.in_force().values_list("pk", flat=True))
    context = {"rows": [(row, row.pk in active) for row in rows.order_by("-at")], "kind": kind}
    return render(request, "compliance/grant_list.html", context)


def grant_new(request, certificate=None):
    """An automaker for one of its certificates; the operator for a certificate by issuer and number."""
    row = None
    if certificate is not None:
        mine = Certificate.objects.filter(organisation=request.membership.organisation)
        row = get_object_or_404(mine.defer("pdf"), pk=certificate)
    elif not request.membership.holds("operator"):
        return redirect("compliance:certificate-list")
    form = GrantForm(request.POST or None, certificate=row)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("to", "purpose", "begins", "ends")}
        try:
            grants.grant(form.certificate, by=request.membership, **given)
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as no:
            form.add_error(None, str(no))
        else:
            return redirect("compliance:grant-list")
    return render(request, "compliance/grant_new.html", {"form": form, "certificate": row})


def grant_end(request, pk):
    rows = AuthorityGrant.objects.visible_to(request.membership).filter(end__isnull=True)
    row = get_object_or_404(rows.select_related("certificate__organisation", "membership__organisation"), pk=pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        grants.end(row, by=request.membership, **form.cleaned_data)
        return redirect("compliance:grant-list")
    return render(request, "compliance/grant_end.html", {"grant": row, "form": form})


@require_POST
def grant_dossier(request, pk):
    """Hand the dossier over, and record it: a POST, since it leaves a trace that the owners can read."""
    held = AuthorityGrant.objects.in_force().filter(membership=request.membership)
    row = get_object_or_404(held.select_related("certificate__organisation"), pk=pk)
    raw = certificates.export(row.certificate, by=request.membership)
    name = f"{row.certificate.filename}-dossier.json"
    return HttpResponse(
        raw, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
