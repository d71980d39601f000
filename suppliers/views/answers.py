"""Signed answers on the screen: the list, the receipt, the face for a buyer, superseding and withdrawing."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from suppliers import faces
from suppliers.actions import declarations
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
    for row in signed:
        row.in_force = row.pk in in_force
    return render(request, "suppliers/declaration_list.html", _rights(request.membership) | {
        "drafts": own.drafts().order_by("-drafted_at"), "in_force": [row for row in signed if row.in_force],
        "past": [row for row in signed if not row.in_force], "today": today,
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
        return ("open", "Draft, not signed")
    if hasattr(row, "withdrawal"):
        return ("fail", f"Withdrawn on {row.withdrawal.at:%-d %b %Y}")
    if row.ends <= today:
        return ("none", "Ended")
    if row.begins > today:
        return ("open", f"Begins on {row.begins:%-d %b %Y}")
    if Declaration.objects.in_force(on=today).filter(pk=row.pk).exists():
        return ("pass", "In force")
    return ("none", "Replaced by a newer answer")


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
    context = told(row) | {
        "seal": Seal.objects.filter(act=row.pk).first(),
        "state": _state(row),
    }
    return render(request, "suppliers/declaration_detail.html", context | _rights(request.membership))


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
