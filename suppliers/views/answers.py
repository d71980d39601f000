"""Signed answers on the screen: the list, the receipt, the face for a buyer, superseding and withdrawing."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers import days, faces, impact, retention, staleness, uses
from suppliers.actions import declarations, notices
from suppliers.actions.declarations import AlreadySigned
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Seal
from suppliers.views.declarations import RELATED, told


def declaration_list(request):
    """One's own answers, drafts first, then what is in force, then the past."""
    own = Declaration.objects.owned_by(request.membership).select_related(*RELATED, "withdrawal")
    own, today = own.prefetch_related("addressees__organisation"), timezone.now().date()
    speaking = Declaration.objects.owned_by(request.membership).in_force(on=today)
    in_force = set(speaking.values_list("pk", flat=True))
    signed = list(own.signed().order_by("part__number", "-begins"))
    marks = staleness.marks([row for row in signed if row.pk in in_force], on=today)
    for row in signed:
        row.in_force, row.marks = row.pk in in_force, marks.get(row.pk, [])
    return render(request, "suppliers/declaration_list.html", _rights(request.membership) | {
        "drafts": own.drafts().order_by("-drafted_at"), "in_force": [row for row in signed if row.in_force],
        "past": [row for row in signed if not row.in_force], "today": today,
        "ending": Declaration.objects.owned_by(request.membership).ending(within=SOON, on=today).count(),
    })  # fmt: skip


def _rights(membership) -> dict[str, bool]:
    """What this person may do here, so that no page offers a button that is refused."""
    return {
        "may_write": membership.holds(*declarations.WRITERS, "officer"),
        "may_sign": membership.holds(*declarations.SIGNERS),
    }


def _state(row) -> tuple[str, str]:
    """Whether it speaks today, as (kind, words): the shape beside it and what it says."""
    today = timezone.now().date()
    if not row.is_signed:
        return ("open", _("Draft, not signed"))
    if hasattr(row, "withdrawal"):
        return ("fail", _("Withdrawn on %(day)s") % {"day": days.day(row.withdrawal.at)})
    if row.ends <= today:
        return ("none", _("Ended"))
    if row.begins > today:
        return ("open", _("Begins on %(day)s") % {"day": days.day(row.begins)})
    if Declaration.objects.in_force(on=today).filter(pk=row.pk).exists():
        return ("pass", _("In force"))
    return ("none", _("Replaced by a newer answer"))


def declaration_detail(request, pk):
    """The receipt for its owner; the face, and nothing more, for a buyer it is addressed to."""
    row = get_object_or_404(
        Declaration.objects.visible_to(request.membership).select_related(*RELATED, "withdrawal"), pk=pk
    )
    if row.organisation_id != request.membership.organisation_id:
        face = faces.of(row, stored.of(row)) | {"state": _state(row)}
        return render(request, "suppliers/declaration_face.html", face)
    if not row.is_signed and request.membership.holds(*declarations.WRITERS, "officer"):
        return redirect("suppliers:declaration-edit", pk=pk)
    context = told(row, stored.of(row)) | {"seal": Seal.objects.filter(act=row.pk).first(), "state": _state(row)}
    return render(request, "suppliers/declaration_detail.html", context | _rights(request.membership) | _kept(row))


SOON = dt.timedelta(days=60)


def _kept(row) -> dict:
    """What moved since it was signed, whether it ends soon, who was told of its end, how long it must be kept."""
    if not row.is_signed:
        return {}
    today = timezone.localdate()
    speaks = Declaration.objects.in_force(on=today).filter(pk=row.pk).exists()
    clocks = retention.clocks(row, retention.laws_of([row])[row.pk])
    return {
        "marks": staleness.marks([row], on=today)[row.pk] if speaks else [],
        "clocks": clocks, "kept_until": clocks[-1].until, "today": today,
        "ending": Declaration.objects.ending(within=SOON, on=today).filter(pk=row.pk).exists(),
        "told_of": row.notices.select_related("to").prefetch_related("mails").order_by("to__name"),
    }  # fmt: skip


def declaration_supersede(request, pk):
    """What a new version will change for others, then a draft with everything copied."""
    row = get_object_or_404(Declaration.objects.owned_by(request.membership).signed().select_related(*RELATED), pk=pk)
    if request.method != "POST":
        return render(request, "suppliers/declaration_supersede.html", _breaks(row))
    try:
        draft = declarations.supersede(row, by=request.membership)
    except NotYourRight as refused:
        messages.error(request, str(refused))
        return redirect("suppliers:declaration-detail", pk=pk)
    return redirect("suppliers:declaration-edit", pk=draft.pk)


def declaration_withdraw(request, pk):
    """What taking it back will break, then the reason, then the act."""
    row = get_object_or_404(Declaration.objects.owned_by(request.membership).signed().select_related(*RELATED), pk=pk)
    errors = {}
    if request.method == "POST":
        try:
            declarations.withdraw(row, by=request.membership, why=request.POST.get("why", ""))
            messages.success(request, _("Withdrawn. From now on it counts as not given; your customers are told."))
            return redirect("suppliers:declaration-detail", pk=pk)
        except Malformed as wrong:
            errors = wrong.errors
        except (NotYourRight, AlreadySigned) as refused:
            errors = {"why": [str(refused)]}
    context = _breaks(row) | {"errors": errors, "typed": request.POST.get("why", "")}
    return render(request, "suppliers/declaration_withdraw.html", context, status=422 if errors else 200)


def _breaks(row) -> dict:
    today = timezone.localdate()
    return {
        "declaration": row, "impact": impact.of(row, on=today), "uses": uses.of(row.organisation, [row.pk])[row.pk],
        "today": today, "prompt": today + notices.PROMPT,
    }  # fmt: skip
