"""The people of one's organisation: who may do what, who is invited, and ending a membership."""

from django.contrib import messages
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers.actions import letters, parties
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.people import ContactForm, EndForm, RolesForm, told
from suppliers.models import Contact, Declaration, Invitation, Membership, MembershipEnd


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
        "gone": gone[:50], "now": timezone.now(), "own": own, "contacts": ContactForm(organisation=own, initial=_contacts(own)),
    })  # fmt: skip


def _contacts(own) -> dict:
    """Who gets letters now, by the fields of the form."""
    return dict(zip(("first", "second"), (row.pk for row in letters.contacts(own)), strict=False))


def _is_chosen(own, rank: int, member: Membership) -> bool:
    """Whether the company said so before; that it would be written to anyway is no choice."""
    newest = Contact.objects.filter(organisation=own, rank=rank).order_by("-at").first()
    return newest is not None and newest.membership_id == member.pk


@require_POST
def contact_choose(request):
    """Whom customers' letters go to."""
    own = request.membership.organisation
    form = ContactForm(request.POST, organisation=own)
    if form.is_valid():
        for rank, field in ((1, "first"), (2, "second")):
            chosen = form.cleaned_data[field]
            if chosen and not _is_chosen(own, rank, chosen):
                letters.choose_contact(own, chosen, rank, by=request.membership)
        messages.success(request, _("Letters go there from now on."))
    else:
        messages.error(request, _("Choose somebody of your company who may draft, sign or administer."))
    return redirect("suppliers:membership-list")


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
            fresh = parties.change(row, **form.cleaned_data, by=request.membership)
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
            parties.end(row, **form.cleaned_data, by=request.membership)
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
