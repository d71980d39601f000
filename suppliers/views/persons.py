"""Oneself: name, phone and language, how one gets in, and what the portal keeps about one."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suppliers.actions import parties
from suppliers.facts.reading import Malformed
from suppliers.forms.people import PersonForm, told
from suppliers.models import Declaration, Membership


def person_edit(request):
    """Name, phone, language, and all that is kept about this person."""
    person = getattr(request.user, "person", None)
    start = {
        "name": request.user.display_name,
        "phone": person.phone if person else "",
        "language": request.user.language,
    }
    form = PersonForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            parties.introduce_oneself(request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("suppliers:person-edit")
        except Malformed as wrong:
            told(form, wrong.errors)
    context = {"form": form, "entrances": _entrances(request.user), "kept": _kept(request.user)}
    return render(request, "suppliers/person_edit.html", context, status=422 if form.errors else 200)


def entrance_list(request):
    """How will you get in next time: a password, a passkey, a second step, or a mailed code."""
    return render(request, "suppliers/entrance_list.html", {"entrances": _entrances(request.user)})


def _entrances(user) -> dict:
    rows = Authenticator.objects.filter(user=user)
    keys = [row for row in rows if row.type == Authenticator.Type.WEBAUTHN]
    return {
        "password": user.has_usable_password(),
        "passkeys": keys,
        "totp": any(row.type == Authenticator.Type.TOTP for row in rows),
        "codes": any(row.type == Authenticator.Type.RECOVERY_CODES for row in rows),
    }


def _kept(user) -> dict:
    """What the portal holds about a person, in numbers and days: nothing of the company's business."""
    members = Membership.objects.filter(user=user).select_related("organisation", "end").order_by("begins")
    signed = Declaration.objects.signed().filter(signed_by__user=user)
    return {"memberships": members, "signed": signed.count(), "mails": user.mails.count()}
