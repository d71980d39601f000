"""Giving somebody of one's company other roles, and ending a membership; never the last who holds what somebody must."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Contact,
    Membership,
    MembershipEnd,
    Organisation,
)
from suppliers.models.parties import ROLE_NAMES, ROLES

COMPANY = ("reader", "editor", "certifier", "administrator")
ROLES_OF = {
    "supplier": COMPANY,
    "automaker": (*COMPANY, "reviewer", "officer"),
    "authority": ("auditor",),
    "operator": ("operator",),
}
FIRST = ("administrator", "certifier", "editor")  # what the first person of a company is given
LAST = ("administrator", "certifier", "officer")  # somebody must always hold what somebody held


@transaction.atomic
def change(membership: Membership, *, roles: Iterable[str], title: str | None = None, by: Membership) -> Membership:
    """Other roles or another title: the membership ends and a new one begins. Raises NotYourRight, Malformed."""
    _administers(by, membership)
    _locked(membership)
    if told := wrong_roles(membership.organisation, roles):
        raise Malformed({"roles": [told]})
    title = membership.title if title is None else title.strip()[:120]
    if ordered(roles) == ordered(membership.roles) and title == membership.title:
        return membership
    leaves_somebody(membership, keeps=roles)
    row = Membership.objects.create(
        user=membership.user, organisation=membership.organisation, roles=ordered(roles), title=title,
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


def wrong_roles(organisation: Organisation, roles: Iterable[str]) -> str:
    """What is wrong with roles for somebody of this organisation, in words; empty where nothing is."""
    fitting = ROLES_OF[organisation.kind]
    unknown = sorted(set(roles) - set(fitting))
    if unknown:
        return _("Not a role here: %(roles)s.") % {"roles": ", ".join(str(ROLE_NAMES.get(one, one)) for one in unknown)}
    return "" if roles else _("Give at least one role.")


def ordered(roles: Iterable[str]) -> list[str]:
    """Roles in the order that every page and record keeps."""
    return [role for role in ROLES if role in set(roles)]
