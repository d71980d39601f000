"""Declarations on the screen: drafting, reviewing what is signed, signing, the receipt, the face for a buyer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_countries import countries

from suppliers import forms
from suppliers.actions import declarations, parts, requests
from suppliers.actions.declarations import (
    AloneWithoutReason,
    AlreadySigned,
    ChangedMeanwhile,
    NotTheTextShown,
    StopsFound,
)
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Membership, Part, Request
from suppliers.views import autosave, kept

RELATED = (
    "organisation",
    "part",
    "signed_by__user__person",
    "signatory",
    "changed_by__user__person",
    "drafted_by__user__person",
)


def declaration_new(request, part):
    """A new draft for a part, carried forward from the last answer where there is one; or the one that is begun already."""
    row = get_object_or_404(Part.objects.filter(organisation_id__in=request.membership.keeps), pk=part)
    last = Declaration.objects.owned_by(request.membership).signed().filter(part=row).order_by("-begins").first()
    if request.method != "POST":
        raise Http404
    facts = stored.of(last) if last else _blank(row, _open_request(row))
    try:
        draft = declarations.begin(row, facts, by=request.membership, last=last)
    except NotYourRight as refused:
        messages.error(request, str(refused))
        return redirect("suppliers:declaration-list")
    return redirect("suppliers:declaration-edit", pk=draft.pk)


def _blank(part, asked):
    return forms.first(part, asked, [str(row.pk) for row in parts.customers(part.organisation, part)])


def declaration_edit(request, pk):
    """The open declaration: rows are added without losing what was typed; every error at once, at its field."""
    draft = get_object_or_404(Declaration.objects.owned_by(request.membership).select_related(*RELATED), pk=pk)
    if draft.is_signed:
        return redirect("suppliers:declaration-detail", pk=pk)
    if request.method == "POST":
        return _edited(request, draft)
    back = kept.taken(request, draft)
    if back is not None:
        messages.warning(request, _("What you typed before you were signed out is back. It is not saved yet: save it."))
        facts = forms.posted(back) | {"vehicle_facts": draft.vehicle_facts}
        return _sheet(request, draft, facts, version=back.get("version"), unsaved=True)
    facts = stored.of(draft)
    return _sheet(request, draft, facts, found=declarations.findings(draft, facts) if "check" in request.GET else ())


def _edited(request, draft):
    facts, act = _typed(request, draft), request.POST.get("do", "save")
    if act == "autosave":
        return autosave.saved_while_typing(request, draft, facts)
    if (
        forms.acted(facts, act)
        or forms.filled_in(facts, act, draft.organisation)
        or forms.taken_over(facts, act, draft.organisation)
    ):
        return _sheet(request, draft, facts, version=request.POST.get("version"), unsaved=True)
    if act == "check":
        errors, found = _weighed(request, draft, facts)
        return _sheet(
            request, draft, facts, errors=errors, found=found, version=request.POST.get("version"), unsaved=True
        )
    try:
        saved = declarations.change(draft, facts, by=request.membership, version=autosave.version(request))
    except Malformed as wrong:
        return _sheet(request, draft, facts, errors=wrong.errors, version=request.POST.get("version"))
    except ChangedMeanwhile as late:
        now = Declaration.objects.select_related(*RELATED).get(pk=draft.pk)
        text = _("This draft was %(how)s. What you typed is still here: compare, then save it over theirs.") % {
            "how": late
        }
        other = forms.differences(facts, stored.of(now))
        return _sheet(request, now, facts, errors={"": [text]}, version=str(now.version), other=other)
    except (AlreadySigned, NotYourRight) as refused:
        messages.error(request, str(refused))
        return redirect("suppliers:declaration-detail", pk=draft.pk)
    if act == "evidence":
        return autosave.kept(redirect("suppliers:evidence-list", pk=saved.pk), saved)
    if act == "plant":
        return autosave.kept(_for_plant(request, saved), saved)
    if act == "review":
        facts = stored.of(saved)
        found = declarations.findings(saved, facts)
        if not any(row.severity == "stops" for row in found):
            return autosave.kept(redirect("suppliers:declaration-review", pk=saved.pk), saved)
        return autosave.kept(_sheet(request, saved, facts, found=found), saved)
    return autosave.kept(redirect(f"{request.path}?check=1"), saved)


def _typed(request, draft):
    return forms.posted(request.POST) | {"vehicle_facts": draft.vehicle_facts}


def _weighed(request, draft, facts):
    """What is wrong with what was typed, and what the checks would find; nothing is saved."""
    try:
        return None, declarations.weighed(facts, by=request.membership, draft=draft)
    except Malformed as wrong:
        return wrong.errors, ()


@require_POST
def declaration_check(request, pk):
    """While typing: what is still missing and what the checks would find, for the page that stays open. Saves nothing."""
    draft = get_object_or_404(Declaration.objects.owned_by(request.membership).drafts().select_related(*RELATED), pk=pk)
    facts = _typed(request, draft)
    errors, found = _weighed(request, draft, facts)
    asked = _open_requests(draft.part)
    sheet = forms.Sheet(facts, draft.organisation, errors=errors, found=found, rulebooks=forms.laws(asked))
    return render(request, "suppliers/_checked.html", {"sheet": sheet, "live": True})


def _for_plant(request, draft):
    """The same part from another plant: a second draft, opened at once."""
    plant = draft.organisation.plants.filter(pk__in=forms.keys([request.POST.get("other_plant")])).first()
    if plant is None:
        messages.error(request, _("Choose the other plant first; it is one of yours."))
        return redirect("suppliers:declaration-edit", pk=draft.pk)
    other = declarations.for_plant(draft, plant=plant, by=request.membership)
    messages.success(
        request,
        _("This is the answer for %(plant)s: change what differs, and say each plant’s share.") % {"plant": plant},
    )
    return redirect("suppliers:declaration-edit", pk=other.pk)


def _sheet(request, draft, facts, *, errors=None, found=(), version=None, unsaved=False, other=()):
    typed = unsaved or bool(errors)
    asked = _open_requests(draft.part)
    sheet = forms.Sheet(
        facts, request.membership.organisation, errors=errors, found=found, stored=not typed,
        rulebooks=forms.laws(asked),
    )  # fmt: skip
    changed = forms.differences(facts, stored.of(draft.supersedes)) if draft.supersedes else []
    for row in [*other, *changed]:
        row["mine"], row["theirs"] = (sheet.named(row[name], row["path"]) for name in ("mine", "theirs"))
    saved_by = (draft.changed_by or draft.drafted_by).user
    return render(request, "suppliers/declaration_edit.html", {
        "draft": draft, "sheet": sheet, "countries": countries, "version": version or draft.version, "unsaved": typed,
        "other": other, "changed": changed, "plants": forms.plants(draft), "keep": kept.token(request, draft),
        "sees": forms.sees(draft), "may_sign": request.membership.holds(*declarations.SIGNERS),
        "signers": _signers(request.membership.organisation), "asked": asked[0] if asked else None,
        "saved": draft.changed_at or draft.drafted_at, "saved_by": saved_by.display_name,
        "by_me": saved_by.pk == request.user.pk,
    }, status=422 if errors else 200)  # fmt: skip


def _signers(organisation) -> list[str]:
    """Who may sign for the company, so that an editor knows whom to tell."""
    rows = Membership.objects.in_force().filter(organisation=organisation).select_related("user__person")
    return [row.user.display_name for row in rows if row.holds(*declarations.SIGNERS)]


def _open_requests(part) -> list[Request]:
    """Those about a part that are neither answered nor declined, the most urgent first."""
    rows = Request.objects.filter(sourcing__seller_part=part, decline__isnull=True).order_by("due")
    rows = list(rows.select_related("sourcing__buyer"))
    answered = requests.answers_to(rows)
    return [row for row in rows if row.pk not in answered]


def _open_request(part) -> Request | None:
    return next(iter(_open_requests(part)), None)


def declaration_review(request, pk):
    """Exactly what is signed and nothing else, in the order of the form; a certifier signs it here."""
    draft = get_object_or_404(Declaration.objects.owned_by(request.membership).select_related(*RELATED), pk=pk)
    if draft.is_signed:
        return redirect("suppliers:declaration-detail", pk=pk)
    errors = {}
    if request.method == "POST":
        try:
            _sign(request, draft)
            return redirect("suppliers:declaration-detail", pk=pk)
        except Malformed as wrong:
            errors = wrong.errors
        except (NotYourRight, NotTheTextShown, AloneWithoutReason, StopsFound, AlreadySigned) as refused:
            field = {AloneWithoutReason: "alone_why"}.get(type(refused), "")
            errors = {field: [str(refused)]}
    facts = stored.of(draft)
    context = told(draft, facts) | {
        "errors": errors, "typed": request.POST, "shown": declarations.shown(draft, facts), "text": declarations.text(draft, facts),
        "found": declarations.findings(draft, facts), "may_sign": request.membership.holds(*declarations.SIGNERS),
        "alone": declarations.hands(draft) == {request.membership.user_id}, "signers": _signers(draft.organisation),
        "today": timezone.now(),
    }  # fmt: skip
    return render(request, "suppliers/declaration_review.html", context, status=422 if errors else 200)


def _sign(request, draft):
    typed = request.POST
    if not typed.get("right"):
        raise Malformed({"right": [_("Say that you hold the right to sign for the company.")]})
    declarations.sign(
        draft, by=request.membership, name=typed.get("name", ""), title=typed.get("title", ""), shown=typed.get("shown", ""),
        alone_why=typed.get("alone_why", ""),
    )  # fmt: skip


def told(row, facts):
    """A declaration, with its facts, as its owner reads it back."""
    addressees = row.addressees.select_related("organisation")
    return {"declaration": row, "told": forms.told(facts), "addressees": addressees, "sees": forms.sees(row)}
