"""Founding organisations, inviting people, giving them other roles, ending memberships; and what people say of themselves."""

import datetime as dt
import secrets
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suppliers import links
from suppliers.actions import mails
from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Contact,
    Invitation,
    InvitationUse,
    Membership,
    MembershipEnd,
    Organisation,
    Person,
    Sourcing,
    User,
)
from suppliers.models.parties import LANGUAGES, ROLE_NAMES, ROLES

DAYS = 14  # a link works so long
COMPANY = ("reader", "editor", "certifier", "administrator")
ROLES_OF = {
    "supplier": COMPANY,
    "automaker": (*COMPANY, "reviewer", "officer"),
    "authority": ("auditor",),
    "operator": ("operator",),
}
LAST = ("administrator", "certifier", "officer")  # somebody must always hold what somebody held
FIRST = ("administrator", "certifier", "editor")  # what the first person of a company is given
ASKERS = ("editor", "certifier", "reviewer", "administrator")


class LinkUsed(ValueError):
    """The invitation's link was used before, taken back, or is too old; the text says which and what helps."""


class AnotherAddress(PermissionError):
    """The invitation is for another address than the one that is signed in."""


@transaction.atomic
def found(*, name: str, code: str, country: str, kind: str = "supplier", by: Membership) -> Organisation:
    """Enter a company, an authority or an operator; only an operator may. Raises Malformed naming the field, NotYourRight."""
    demand(by, "operator")
    organisation = Organisation(name=name.strip(), code=code.strip(), country=country.strip().upper(), kind=kind)
    try:
        organisation.full_clean()
    except ValidationError as wrong:
        raise Malformed(wrong.message_dict) from None
    organisation.save()
    return organisation


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
        by=by, organisation=locked, email=email, name=name.strip(), title=title.strip()[:120], roles=_ordered(roles),
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
    if told := _wrong_roles(organisation, roles):
        errors["roles"] = [told]
    if language not in dict(LANGUAGES):
        errors["language"] = [_("Choose one of the languages.")]
    here = Membership.objects.in_force().filter(organisation=organisation, user__email=email)
    if not errors and here.exists():
        errors["email"] = [_("This person acts for the company already: change the roles instead.")]
    if errors:
        raise Malformed(errors)


def _wrong_roles(organisation: Organisation, roles: Iterable[str]) -> str:
    fitting = ROLES_OF[organisation.kind]
    unknown = sorted(set(roles) - set(fitting))
    if unknown:
        return _("Not a role here: %(roles)s.") % {"roles": ", ".join(str(ROLE_NAMES.get(one, one)) for one in unknown)}
    return "" if roles else _("Give at least one role.")


def _ordered(roles: Iterable[str]) -> list[str]:
    return [role for role in ROLES if role in set(roles)]


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
        roles=_ordered([*invitation.roles, *(here.roles if here else [])]), begins=timezone.now().date(),
    )  # fmt: skip
    if here:
        MembershipEnd.objects.create(
            membership=here, by=invitation.by, heir=row, why=gettext_noop("Invited anew: roles were added.")
        )
    return row


@transaction.atomic
def change(membership: Membership, *, roles: Iterable[str], title: str | None = None, by: Membership) -> Membership:
    """Other roles or another title: the membership ends and a new one begins. Raises NotYourRight, Malformed."""
    _administers(by, membership)
    _locked(membership)
    if told := _wrong_roles(membership.organisation, roles):
        raise Malformed({"roles": [told]})
    title = membership.title if title is None else title.strip()[:120]
    if _ordered(roles) == _ordered(membership.roles) and title == membership.title:
        return membership
    leaves_somebody(membership, keeps=roles)
    row = Membership.objects.create(
        user=membership.user, organisation=membership.organisation, roles=_ordered(roles), title=title,
        begins=timezone.now().date(),
    )  # fmt: skip
    MembershipEnd.objects.create(membership=membership, by=by, heir=row, why=gettext_noop("Other roles or title."))
    return row


@transaction.atomic
def end(membership: Membership, *, by: Membership, why: str, heir: Membership | None = None) -> MembershipEnd:
    """End a membership at once; ``heir`` takes over drafts and open requests. Never the last administrator or certifier.

    Raises NotYourRight, Malformed (why, heir, membership).
    """
    _administers(by, membership)
    _locked(membership)
    if not why.strip():
        raise Malformed({"why": [_("Say why it ends.")]})
    fits = heir is None or (heir.organisation_id == membership.organisation_id and heir.pk != membership.pk)
    if not fits or (heir and not Membership.objects.in_force().filter(pk=heir.pk).exists()):
        raise Malformed({"heir": [_("Choose somebody who acts for the company.")]})
    leaves_somebody(membership)
    row = MembershipEnd.objects.create(membership=membership, by=by, heir=heir, why=why.strip()[:300])
    _written_to_instead(membership, heir, by)
    return row


def _written_to_instead(membership: Membership, heir: Membership | None, by: Membership) -> None:
    """Letters of customers go to the heir of whoever was chosen to get them."""
    company = membership.organisation
    for rank in (1, 2):
        newest = Contact.objects.filter(organisation=company, rank=rank).order_by("-at").first()
        if heir and newest and newest.membership_id == membership.pk and heir.holds(*FIRST):
            Contact.objects.create(by=by, organisation=company, membership=heir, rank=rank)


def _administers(by: Membership, membership: Membership) -> None:
    if by.holds("operator"):
        demand(by, "operator")
    elif by.organisation_id != membership.organisation_id:
        raise NotYourRight(_("Only an administrator of the company may."))
    else:
        demand(by, "administrator", of=membership.organisation)


def _locked(membership: Membership) -> None:
    """One change of a company's people at a time; whoever comes second sees what the first has done."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    if not Membership.objects.in_force().filter(pk=membership.pk).exists():
        raise Malformed({"membership": [_("This membership has ended a moment ago.")]})


def leaves_somebody(membership: Membership, keeps: Iterable[str] = ()) -> None:
    """Raise Malformed if nobody would hold a role any more that somebody must hold."""
    others = Membership.objects.in_force().filter(organisation=membership.organisation_id).exclude(pk=membership.pk)
    held = {role for roles in others.values_list("roles", flat=True) for role in roles} | set(keeps)
    last = [role for role in LAST if role in membership.roles and role not in held]
    if last:
        told = {"name": membership.user.display_name, "role": ROLE_NAMES[last[0]]}
        raise Malformed(
            {"roles": [_("%(name)s is the last %(role)s here: give another person this role first.") % told]}
        )


@transaction.atomic
def introduce_oneself(user: User, *, name: str, phone: str = "", language: str = "") -> User:
    """A person's own name, phone and language. Raises Malformed."""
    errors = {}
    if not name.strip() or len(name.strip()) > 120:
        errors["name"] = [_("Your name, of at most 120 characters, is needed: it stands under what you sign.")]
    if len(phone.strip()) > 40:
        errors["phone"] = [_("This is longer than 40 characters: shorten it.")]
    if language and language not in dict(LANGUAGES):
        errors["language"] = [_("Choose one of the languages.")]
    if errors:
        raise Malformed(errors)
    Person.objects.update_or_create(user=user, defaults={"name": name.strip(), "phone": phone.strip()})
    User.objects.filter(pk=user.pk).update(language=language)
    return User.objects.get(pk=user.pk)


@transaction.atomic
def enter(
    *, email: str, name: str, title: str, company: str, country: str, language: str = "en"
) -> Membership:  # fmt: skip
    """Somebody whose address is proved enters the company and becomes its administrator, editor and certifier.

    The code always ends in random signs: one without them would tell that the name was free. Raises Malformed.
    """
    errors: dict[str, list[str]] = {}
    if not name.strip() or len(name.strip()) > 120:
        errors["name"] = [_("Your name, of at most 120 characters, is needed: it stands under what you sign.")]
    organisation = Organisation(
        name=company.strip(), country=country.strip().upper(), language=language,
        code=f"{slugify(company)[:50] or 'company'}-{secrets.token_hex(2)}",
    )  # fmt: skip
    try:
        organisation.full_clean(validate_unique=False)
    except ValidationError as wrong:
        errors |= {"company" if field == "name" else field: said for field, said in wrong.message_dict.items()}
    if errors:
        raise Malformed(errors)
    organisation.save()
    user = User.objects.create(email=email.lower(), password=make_password(None), language=language)
    Person.objects.create(user=user, name=name.strip())
    return Membership.objects.create(
        user=user, organisation=organisation, roles=_ordered(FIRST), title=title.strip()[:120],
        begins=timezone.now().date(),
    )  # fmt: skip
