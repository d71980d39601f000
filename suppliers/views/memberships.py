"""The people of one's organisation: who may do what, who is invited, and ending a membership."""

from django.contrib import messages
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers.actions import memberships
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.people import EndForm, RolesForm, told
from suppliers.models import Declaration, Invitation, Membership, MembershipEnd


def membership_list(request):
    """Everybody who acts for the organisation, whoever is invited, and whoever left."""
    own = request.membership.organisation
    members = Membership.objects.in_force().filter(organisation=own).select_related("user__person")
    waiting = Invitation.objects.visible_to(request.membership).filter(use__isnull=True).select_related("mail")
    # Whoever only changed roles did not leave: the heir is the same person.
    gone = MembershipEnd.objects.filter(membership__organisation=own).exclude(heir__user=F("membership__user"))
    gone = gone.select_related("membership__user__person", "by__user__person", "heir__user__person").order_by("-at")
    return render(request, "suppliers/membership_list.html", {
        "members": _with_drafts(members.order_by("user__person__name"), own), "waiting": waiting.order_by("-at"),
        "gone": gone[:50], "now": timezone.now(), "own": own,
    })  # fmt: skip


def _with_drafts(members, organisation) -> list[Membership]:
    """Each with the number of drafts in hand, inherited ones included."""
    heirs = dict(MembershipEnd.objects.filter(membership__organisation=organisation).values_list("membership", "heir"))
    counts: dict = {}
    drafts = Declaration.objects.drafts().filter(organisation=organisation)
    for changed, drafted in drafts.values_list("changed_by", "drafted_by"):
        hand = changed or drafted
        while hand in heirs:
            hand = heirs[hand]
        counts[hand] = counts.get(hand, 0) + 1
    rows = list(members)
    for row in rows:
        row.drafts = counts.get(row.pk, 0)
    return rows


def _member(request, pk) -> Membership:
    rows = Membership.objects.in_force().filter(organisation=request.membership.organisation)
    return get_object_or_404(rows.select_related("user__person", "organisation"), pk=pk)


def membership_change(request, pk):
    """Other roles: the membership ends and a new one begins."""
    row = _member(request, pk)
    start = {"roles": row.roles, "title": row.title}
    form = RolesForm(request.POST or None, organisation=row.organisation, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            fresh = memberships.change(row, **form.cleaned_data, by=request.membership)
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
        else:
            if row.pk == request.membership.pk:
                request.session["membership"] = str(fresh.pk)
            messages.success(request, _("%(name)s has these roles from now on.") % {"name": row.user.display_name})
            stays = row.pk != request.membership.pk or fresh.holds("administrator")
            return redirect("suppliers:membership-list" if stays else "home")
    context = {"form": form, "member": row, "self": row.user_id == request.user.pk}
    return render(request, "suppliers/membership_change.html", context, status=422 if form.errors else 200)


def membership_end(request, pk):
    """Somebody leaves: why, and who takes over."""
    row = _member(request, pk)
    form = EndForm(request.POST or None, membership=row)
    if request.method == "POST" and form.is_valid():
        try:
            memberships.end(row, **form.cleaned_data, by=request.membership)
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s no longer acts for the company.") % {"name": row.user.display_name})
            return redirect("suppliers:membership-list" if row.pk != request.membership.pk else "home")
    drafts = (
        Declaration.objects.drafts()
        .filter(Q(drafted_by=row, changed_by=None) | Q(changed_by=row))
        .select_related("part")
    )
    context = {"form": form, "member": row, "drafts": drafts, "self": row.user_id == request.user.pk}
    return render(request, "suppliers/membership_end.html", context, status=422 if form.errors else 200)
