"""Founding organisations, inviting people, ending memberships."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, MembershipEnd, Organisation, Person, User
from suppliers.models.parties import ROLES


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
def invite(email: str, *, name: str, organisation: Organisation, roles, title: str = "", by: Membership) -> Membership:
    """Give a person roles in an organisation; an administrator of it, or an operator, may. The person sets a password
    through the mailed link. Raises NotYourRight."""
    if by.holds("operator"):
        demand(by, "operator")
    else:
        demand(by, "administrator", of=organisation)
        if {"operator", "auditor"} & set(roles):
            raise NotYourRight("Only an operator gives these roles.")
    user = User.objects.filter(email__iexact=email).first()
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        raise Malformed({"roles": [f"Not a role: {', '.join(unknown)}." if unknown else "Give at least one role."]})
    if user is None:
        user = User.objects.create(email=email.lower(), password=make_password(None))
        Person.objects.create(user=user, name=name)
    return Membership.objects.create(
        user=user, organisation=organisation, roles=sorted(set(roles)), title=title, begins=timezone.now().date()
    )


@transaction.atomic
def end(membership: Membership, *, by: Membership, why: str) -> MembershipEnd:
    """End a membership at once. Raises NotYourRight."""
    if by.holds("operator"):
        demand(by, "operator")
    else:
        demand(by, "administrator", of=membership.organisation)
    return MembershipEnd.objects.create(membership=membership, by=by, why=why)
