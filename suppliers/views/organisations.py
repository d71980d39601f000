"""One's own company: name, address, official numbers and plants."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers.actions import identities
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.companies import CompanyForm, IdentifierForm, PlantForm, RenamingForm
from suppliers.forms.people import told
from suppliers.models import Identifier, Plant

DESCRIBED = ("country", "address", "language", "fiscal_year_start")


def organisation_edit(request):
    """What the portal knows of one's company. Its people read it; its administrator changes it."""
    own = request.membership.organisation
    forms = _forms(own)
    asked = request.POST.get("act", "") if request.method == "POST" else ""
    if asked in forms:
        forms[asked] = type(forms[asked])(request.POST, prefix=asked)
        if forms[asked].is_valid() and _acted(request, own, asked, forms[asked]):
            return redirect("suppliers:organisation-edit")
    context = {
        "own": own, "forms": forms, "wrong": forms.get(asked),
        "numbers": [(row, identities.doubt(row.kind, row.value)) for row in own.identifiers.all()],
        "plants": own.plants.all(), "renamings": own.renamings.order_by("-at"),
        "predecessors": own.predecessors.select_related("predecessor"),
        "may_edit": request.membership.holds("administrator"), "may_plant": request.membership.holds(*identities.PLANTERS),
        "may_take_out": request.membership.holds("administrator", "certifier", "officer"),
    }  # fmt: skip
    return render(request, "suppliers/organisation_edit.html", context, status=422 if asked in forms else 200)


def _forms(own) -> dict:
    return {
        "describe": CompanyForm(prefix="describe", initial={name: getattr(own, name) for name in DESCRIBED}),
        "rename": RenamingForm(prefix="rename"),
        "identify": IdentifierForm(prefix="identify"),
        "plant": PlantForm(prefix="plant", initial={"country": own.country.code}),
    }


def _acted(request, own, asked: str, form) -> bool:
    acts = {"describe": identities.describe, "rename": identities.rename, "identify": identities.identify,
            "plant": identities.add_plant}  # fmt: skip
    try:
        acts[asked](own, **form.cleaned_data, by=request.membership)
    except Malformed as wrong:
        told(form, wrong.errors)
        return False
    except NotYourRight as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
def identifier_end(request, pk):
    """Take an official number off again."""
    row = get_object_or_404(Identifier, pk=pk, organisation=request.membership.organisation)
    try:
        identities.forget(row, by=request.membership)
    except NotYourRight as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:organisation-edit")


def plant_edit(request, pk):
    """Another name for a plant."""
    row = get_object_or_404(Plant, pk=pk, organisation=request.membership.organisation)
    form = PlantForm(request.POST or None, there=True, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        try:
            identities.change_plant(row, **form.cleaned_data, by=request.membership)
            return redirect("suppliers:organisation-edit")
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
    return render(
        request, "suppliers/plant_edit.html", {"form": form, "plant": row}, status=422 if form.errors else 200
    )
