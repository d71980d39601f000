"""Inviting people by mail to act for an organisation, taking it back, and coming in by the link."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suppliers import links
from suppliers.actions import mails
from suppliers.actions.memberships import ordered, wrong_roles
from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Invitation,
    InvitationUse,
    Membership,
    MembershipEnd,
    Organisation,
    Person,
    Sourcing,
    User,
)
from suppliers.models.parties import LANGUAGES, ROLES

DAYS = 14  # a link works so long
ASKERS = ("editor", "certifier", "reviewer", "administrator")


class LinkUsed(ValueError):
    """The invitation's link was used before, taken back, or is too old; the text says which and what helps."""


class AnotherAddress(PermissionError):
    """The invitation is for another address than the one that is signed in."""


@transaction.atomic
def invite(
    email: str, *, name: str, organisation: Organisation, roles: Iterable[str], title: str = "", language: str = "",
    by: Membership,
) -> Invitation:  # fmt: skip
    """Invite a person to act for an organisation, by mail; the membership begins when the link is used.

    An administrator of it may, an operator, and a customer with a confirmed sale while nobody acts for it yet. An older
    invitation of the same address that still waits is taken back. Raises NotYourRight, Malformed.
    """
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    _may_invite(locked, roles, by)
    email, language = email.strip().lower(), language or locked.language
    _well_formed(locked, email, name, roles, language)
    for older in Invitation.objects.filter(organisation=locked, email=email, use__isnull=True):
        InvitationUse.objects.create(invitation=older, by=by, why=gettext_noop("A newer invitation took its place."))
    row = Invitation(
        by=by, organisation=locked, email=email, name=name.strip(), title=title.strip()[:120], roles=ordered(roles),
        language=language, until=timezone.now() + dt.timedelta(days=DAYS),
    )  # fmt: skip
    row.mail = _letter(row)
    row.save(force_insert=True)
    return row


def _letter(row: Invitation):
    """The mail that carries the link, in the company's language; its subject says nothing of business."""
    token = links.made("invitation", row.pk, days=DAYS)
    context = {
        "invitation": row, "inviter": row.by.user.display_name, "house": row.by.organisation.name,
        "link": links.absolute(reverse("suppliers:invitation-accept", args=[token])),
        "roles": [ROLES[role] for role in row.roles],
    }  # fmt: skip
    return mails.write(
        "invitation", to=row.email, language=row.language, context=context, once=f"invitation:{row.pk}",
        sender=row.by.organisation,
    )  # fmt: skip


def _may_invite(organisation: Organisation, roles: Iterable[str], by: Membership) -> None:
    if hasattr(organisation, "succession"):
        told = {"old": organisation.name, "new": organisation.speaker.name}
        raise NotYourRight(_("%(old)s is now kept by %(new)s: invite people there.") % told)
    if by.holds("operator"):
        demand(by, "operator")
    elif by.organisation_id == organisation.pk:
        demand(by, "administrator", of=organisation)
    else:
        demand(by, *ASKERS)
        if organisation not in without_people(by):
            raise NotYourRight(_("%(name)s decides itself whom it invites.") % {"name": organisation.name})
    if not by.holds("operator") and {"operator", "auditor"} & set(roles):
        raise NotYourRight(_("Only an operator gives these roles."))


def without_people(by: Membership):
    """Direct suppliers with a confirmed sale for which nobody acts yet: their customer may invite the first person."""
    sales = Sourcing.objects.confirmed().in_force(on=timezone.now().date()).filter(buyer_id__in=by.keeps)
    manned = Membership.objects.in_force().values("organisation")
    rows = Organisation.objects.filter(pk__in=sales.values("seller"), kind="supplier", succession__isnull=True)
    return rows.exclude(pk__in=manned)


def _well_formed(organisation: Organisation, email: str, name: str, roles: Iterable[str], language: str) -> None:
    errors: dict[str, list[str]] = {}
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = [_("This is not an e-mail address: name@company.com.")]
    if not name.strip():
        errors["name"] = [_("Whom do you invite? The name stands in the letter.")]
    elif len(name.strip()) > 120:
        errors["name"] = [_("This is longer than 120 characters: shorten it.")]
    if told := wrong_roles(organisation, roles):
        errors["roles"] = [told]
    if language not in dict(LANGUAGES):
        errors["language"] = [_("Choose one of the languages.")]
    here = Membership.objects.in_force().filter(organisation=organisation, user__email=email)
    if not errors and here.exists():
        errors["email"] = [_("This person acts for the company already: change the roles instead.")]
    if errors:
        raise Malformed(errors)


@transaction.atomic
def take_back(invitation: Invitation, *, by: Membership, why: str = "") -> InvitationUse:
    """The link works no longer. Whoever may invite may. Raises NotYourRight, LinkUsed."""
    if not (by.pk == invitation.by_id or by.holds("operator")):
        demand(by, "administrator", of=invitation.organisation)
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if InvitationUse.objects.filter(invitation=locked).exists():
        raise LinkUsed(_("This invitation was used or taken back a moment ago."))
    return InvitationUse.objects.create(invitation=locked, by=by, why=why.strip()[:300] or gettext_noop("Taken back."))


def send_anew(invitation: Invitation, *, by: Membership) -> Invitation:
    """The same invitation with a new link; the old link works no longer. Raises NotYourRight, Malformed."""
    return invite(
        invitation.email, name=invitation.name, organisation=invitation.organisation, roles=invitation.roles,
        title=invitation.title, language=invitation.language, by=by,
    )  # fmt: skip


def account_of(invitation: Invitation) -> User | None:
    """Who has the invited address already, if anybody. For whoever holds the link, never for whoever invites."""
    return User.objects.filter(email__iexact=invitation.email).first()


def stale(invitation: Invitation) -> str:
    """Why the link works no longer, in a word of ours; empty while it works."""
    use = InvitationUse.objects.filter(invitation=invitation).first()
    if use:
        return "used" if use.membership_id else "taken_back"
    if hasattr(invitation.organisation, "succession"):
        return "taken_back"
    return "too_old" if invitation.until <= timezone.now() else ""


@transaction.atomic
def accept(invitation: Invitation, *, user: User | None = None, name: str = "") -> Membership:
    """The invited person comes in: a user where there is none, and the membership, from today.

    ``user`` is who is signed in; somebody who has an account must be. Whoever acts for the company already keeps one
    membership, with the roles of both. Raises LinkUsed, AnotherAddress, Malformed.
    """
    Organisation.objects.select_for_update().get(pk=invitation.organisation_id)
    locked = Invitation.objects.select_related("organisation", "by").get(pk=invitation.pk)
    if stale(locked):
        raise LinkUsed(_("This link works no longer."))
    known = account_of(locked)
    if known != user:
        raise AnotherAddress(_("This invitation is for %(email)s: sign in as that.") % {"email": locked.email})
    if known is None:
        if not (name := name.strip() or locked.name):
            raise Malformed({"name": [_("Your name is needed.")]})
        known = User.objects.create(email=locked.email, language=locked.language, password=make_password(None))
        Person.objects.create(user=known, name=name[:120])
    row = _joined(known, locked)
    InvitationUse.objects.create(invitation=locked, membership=row)
    return row


def _joined(user: User, invitation: Invitation) -> Membership:
    here = Membership.objects.in_force().filter(user=user, organisation=invitation.organisation).first()
    row = Membership.objects.create(
        user=user, organisation=invitation.organisation, title=invitation.title or (here.title if here else ""),
        roles=ordered([*invitation.roles, *(here.roles if here else [])]), begins=timezone.now().date(),
    )  # fmt: skip
    if here:
        MembershipEnd.objects.create(
            membership=here, by=invitation.by, heir=row, why=gettext_noop("Invited anew: roles were added.")
        )
    return row
