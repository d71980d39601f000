"""Declarations on the screen: drafting, reviewing what is signed, signing, the receipt, the face for a buyer."""

import datetime as dt

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from suppliers import forms
from suppliers.actions import declarations, parts
from suppliers.actions.declarations import (
    AloneWithoutReason,
    AlreadySigned,
    ChangedMeanwhile,
    NotTheTextShown,
    StopsFound,
)
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.typed import Malformed
from suppliers.models import Declaration, Part, Request, Seal

RELATED = (
    "organisation",
    "part",
    "signed_by__user__person",
    "signatory",
    "changed_by__user__person",
    "drafted_by__user__person",
)


def declaration_list(request):
    """One's own answers, drafts first, then what is in force, then the past."""
    own = Declaration.objects.owned_by(request.membership).select_related(*RELATED, "withdrawal")
    today = timezone.now().date()
    in_force = set(
        Declaration.objects.in_force(on=today)
        .filter(organisation=request.membership.organisation)
        .values_list("pk", flat=True)
    )
    signed = list(own.signed().order_by("part__number", "-begins"))
    return render(request, "suppliers/declaration_list.html", {
        "drafts": own.drafts().order_by("-drafted_at"), "in_force": [row for row in signed if row.pk in in_force],
        "past": [row for row in signed if row.pk not in in_force], "today": today,
    })  # fmt: skip


def declaration_new(request, part):
    """A new draft for a part: carried forward from the last answer where there is one."""
    row = get_object_or_404(Part.objects.filter(organisation=request.membership.organisation), pk=part)
    asked = Request.objects.addressed_to(row.organisation).filter(sourcing__seller_part=row).order_by("-due").first()
    last = Declaration.objects.owned_by(request.membership).signed().filter(part=row).order_by("-begins").first()
    if request.method != "POST":
        raise Http404
    facts = stored.of(last) if last else _blank(row, asked)
    try:
        draft = declarations.draft(facts, by=request.membership, supersedes=last, machine=True)
    except NotYourRight as refused:
        messages.error(request, str(refused))
        return redirect("suppliers:declaration-list")
    return redirect("suppliers:declaration-edit", pk=draft.pk)


def _blank(part, asked):
    today = timezone.now().date()
    begins, ends = (asked.begins, asked.ends) if asked else (today, today + dt.timedelta(days=365))
    buyers = [str(row.pk) for row in parts.customers(part.organisation, part)]
    currency = {"CA": "CAD", "MX": "MXN"}.get(part.organisation.country.code, "USD")
    return {"part": part, "begins": begins, "ends": ends, "currency": currency, "hs": part.hs, "uses": ["light"],
            "made_in": part.organisation.country.code, "addressed_to": buyers}  # fmt: skip


def declaration_edit(request, pk):
    """The open declaration: rows are added without losing what was typed; every error at once, at its field."""
    draft = get_object_or_404(Declaration.objects.owned_by(request.membership).select_related(*RELATED), pk=pk)
    if draft.is_signed:
        return redirect("suppliers:declaration-detail", pk=pk)
    if request.method == "POST":
        return _edited(request, draft)
    return _sheet(
        request, draft, stored.of(draft), found=declarations.findings(draft) if "check" in request.GET else ()
    )


def _edited(request, draft):
    facts, act = forms.posted(request.POST), request.POST.get("do", "save")
    facts["vehicle_facts"] = draft.vehicle_facts
    if forms.acted(facts, act):
        return _sheet(request, draft, facts, version=request.POST.get("version"), unsaved=True)
    try:
        saved = declarations.change(draft, facts, by=request.membership, version=_version(request))
    except Malformed as wrong:
        return _sheet(request, draft, facts, errors=wrong.errors, version=request.POST.get("version"))
    except ChangedMeanwhile as late:
        text = f"This draft was {late}. What you typed is still here: compare, then save it over theirs."
        return _sheet(request, draft, facts, errors={"": [text]}, version=str(draft.version))
    except (AlreadySigned, NotYourRight) as refused:
        messages.error(request, str(refused))
        return redirect("suppliers:declaration-detail", pk=draft.pk)
    if act == "review":
        found = [row for row in declarations.findings(saved) if row.severity == "stops"]
        if not found:
            return redirect("suppliers:declaration-review", pk=saved.pk)
        return _sheet(request, saved, stored.of(saved), found=declarations.findings(saved))
    return redirect(f"{request.path}?check=1")


def _version(request) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() else 0


def _sheet(request, draft, facts, *, errors=None, found=(), version=None, unsaved=False):
    typed = unsaved or bool(errors)
    sheet = forms.Sheet(facts, request.membership.organisation, errors=errors, found=found, stored=not typed)
    context = {
        "draft": draft, "sheet": sheet, "version": version or draft.version, "unsaved": unsaved, "sees": forms.sees(draft),
        "may_sign": request.membership.holds(*declarations.SIGNERS),
        "saved": draft.changed_at or draft.drafted_at, "saved_by": (draft.changed_by or draft.drafted_by).user.display_name,
    }  # fmt: skip
    return render(request, "suppliers/declaration_edit.html", context, status=422 if errors else 200)


def declaration_statement(request, part):
    """The short form: a statement about a part, without opening its body."""
    row = get_object_or_404(Part.objects.filter(organisation=request.membership.organisation), pk=part)
    facts = _blank(
        row, Request.objects.addressed_to(row.organisation).filter(sourcing__seller_part=row).order_by("-due").first()
    )
    errors = {}
    if request.method == "POST":
        facts |= forms.posted(request.POST) | {"part": row, "uses": ["light"]}
        try:
            draft = declarations.draft(facts, by=request.membership)
            return redirect("suppliers:declaration-review", pk=draft.pk)
        except Malformed as wrong:
            errors = wrong.errors
        except NotYourRight as refused:
            errors = {"": [str(refused)]}
    facts["statements"] = facts.get("statements") or [
        {"law": "nafta", "para": "nil"},
        {"law": "usmca", "originates": "true"},
    ]
    sheet = forms.Sheet(facts, row.organisation, errors=errors)
    return render(
        request, "suppliers/declaration_statement.html", {"part": row, "sheet": sheet}, status=422 if errors else 200
    )


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
    context = _told(draft) | {
        "errors": errors, "typed": request.POST, "shown": declarations.shown(draft), "text": declarations.text(draft),
        "found": declarations.findings(draft), "may_sign": request.membership.holds(*declarations.SIGNERS),
        "alone": request.membership.user_id in {draft.drafted_by.user_id, draft.changed_by.user_id if draft.changed_by else None},
        "today": timezone.now(),
    }  # fmt: skip
    return render(request, "suppliers/declaration_review.html", context, status=422 if errors else 200)


def _sign(request, draft):
    typed = request.POST
    if not typed.get("right"):
        raise Malformed({"right": ["Say that you hold the right to sign for the company."]})
    declarations.sign(
        draft, by=request.membership, name=typed.get("name", ""), title=typed.get("title", ""), shown=typed.get("shown", ""),
        alone_why=typed.get("alone_why", ""),
    )  # fmt: skip


COST_WORDS = {
    "product": "product costs", "period": "period costs", "other": "other costs", "net": "net cost as booked",
    "total": "total cost as booked", "excluded_sales": "of these: sales promotion", "excluded_royalties": "of these: royalties",
    "excluded_shipping": "of these: shipping and packing", "excluded_interest": "of these: excess interest",
}  # fmt: skip


def _told(row):
    """A declaration as its owner reads it back."""
    facts = stored.of(row)
    costs = [(COST_WORDS[key], value) for key, value in facts["costs"].items() if value]
    return {"declaration": row, "facts": facts, "costs": costs, "addressees": row.addressees.select_related("organisation"),
            "sees": forms.sees(row)}  # fmt: skip


def declaration_detail(request, pk):
    """The receipt for its owner; the face, and nothing more, for a buyer it is addressed to."""
    row = get_object_or_404(
        Declaration.objects.visible_to(request.membership).select_related(*RELATED, "withdrawal"), pk=pk
    )
    if row.organisation_id != request.membership.organisation_id:
        facts = stored.of(row)
        face = {"declaration": row, "statements": facts["statements"]}
        return render(request, "suppliers/declaration_face.html", face)
    if not row.is_signed:
        return redirect("suppliers:declaration-edit", pk=pk)
    context = _told(row) | {
        "seal": Seal.objects.filter(act=row.pk).first(),
        "may_sign": request.membership.holds(*declarations.SIGNERS),
    }
    return render(request, "suppliers/declaration_detail.html", context)


@require_POST
def declaration_supersede(request, pk):
    """A new draft with everything copied."""
    row = get_object_or_404(Declaration.objects.owned_by(request.membership).signed(), pk=pk)
    try:
        draft = declarations.supersede(row, by=request.membership)
    except NotYourRight as refused:
        messages.error(request, str(refused))
        return redirect("suppliers:declaration-detail", pk=pk)
    return redirect("suppliers:declaration-edit", pk=draft.pk)


@require_POST
def declaration_withdraw(request, pk):
    """Take it back, with a reason."""
    row = get_object_or_404(Declaration.objects.owned_by(request.membership).signed(), pk=pk)
    try:
        declarations.withdraw(row, by=request.membership, why=request.POST.get("why", ""))
        messages.success(request, "Withdrawn. From now on it counts as not given.")
    except Malformed as wrong:
        messages.error(request, " ".join(text for texts in wrong.errors.values() for text in texts))
    except (NotYourRight, AlreadySigned) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:declaration-detail", pk=pk)
