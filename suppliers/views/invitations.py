"""Invitations: writing one, coming in by one, taking one back."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from suppliers import links
from suppliers.actions import invitations, memberships
from suppliers.actions.invitations import AnotherAddress, LinkUsed
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.people import FirstForm, InvitationForm, NameForm, told
from suppliers.models import Invitation

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
def invitation_accept(request, token):
    """Who invites, for which company, as what. Only the button changes anything: mail scanners open links too."""
    row = _behind(token)
    me = request.user if request.user.is_authenticated else None
    known = invitations.account_of(row) if row else None
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": row.name} if row else {})
    over = invitations.stale(row) if row else "too_old"
    if request.method == "POST" and not over and (known or form.is_valid()):
        try:
            return _in(request, invitations.accept(row, user=me, name="" if known else form.cleaned_data["name"]))
        except (LinkUsed, AnotherAddress):
            return redirect("suppliers:invitation-accept", token=token)
    context = {"invitation": row, "over": over, "known": known, "me": me, "form": form, "token": token}
    status = 410 if over else 422 if form.errors and not known else 200
    return render(request, "suppliers/invitation_accept.html", context, status=status)


def _behind(token: str) -> Invitation | None:
    """The invitation of a link; None where it is too old to be read."""
    try:
        rows = Invitation.objects.select_related("organisation", "by__organisation", "by__user__person")
        return get_object_or_404(rows, pk=links.read("invitation", token))
    except links.Stale:
        return None
    except links.Unknown:
        raise Http404 from None


def _in(request, membership):
    """Acting by the new membership, signed in; a newcomer goes on to choose how to get in next time."""
    newcomer = not request.user.is_authenticated
    if newcomer:
        login(request, membership.user, backend=BACKEND)
        record_authentication(request, membership.user, method="invitation")
    request.session["membership"] = str(membership.pk)
    messages.success(request, _("You now act for %(name)s.") % {"name": membership.organisation.name})
    return redirect("suppliers:entrance-list" if newcomer else "home")


def invitation_new(request):
    """Invite a colleague."""
    own = request.membership.organisation
    form = InvitationForm(request.POST or None, organisation=own)
    if request.method == "POST" and form.is_valid():
        try:
            row = invitations.invite(**form.cleaned_data, organisation=own, by=request.membership)
            messages.success(request, _("A letter with a link goes to %(email)s.") % {"email": row.email})
            return redirect("suppliers:membership-list")
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "own": own}
    return render(request, "suppliers/invitation_new.html", context, status=422 if form.errors else 200)


def invitation_first(request):
    """Invite the first person of a supplier for which nobody acts yet."""
    form = FirstForm(request.POST or None, by=request.membership)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        company = said.pop("supplier")
        try:
            row = invitations.invite(**said, organisation=company, roles=memberships.FIRST, by=request.membership)
            messages.success(request, _("A letter with a link goes to %(email)s.") % {"email": row.email})
            return redirect("suppliers:invitation-first")
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
    sent = Invitation.objects.filter(by__organisation=request.membership.organisation)
    sent = sent.exclude(organisation=request.membership.organisation).select_related("organisation", "use")
    context = {"form": form, "any": form.fields["supplier"].queryset.exists(), "sent": sent}
    return render(request, "suppliers/invitation_first.html", context, status=422 if form.errors else 200)


@require_POST
def invitation_end(request, pk):
    """The link works no longer."""
    return _done(
        request, pk, invitations.take_back, _("Taken back: the link in the letter to %(email)s works no longer.")
    )


@require_POST
def invitation_again(request, pk):
    """The same invitation with a new link."""
    return _done(
        request, pk, invitations.send_anew, _("A new letter goes to %(email)s; the older link works no longer.")
    )


def _done(request, pk, act, said: str):
    row = get_object_or_404(Invitation.objects.visible_to(request.membership), pk=pk)
    try:
        act(row, by=request.membership)
        messages.success(request, said % {"email": row.email})
    except (LinkUsed, Malformed, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:membership-list")
