"""Founding organisations, inviting people, ending memberships."""

import secrets

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts.reading import Malformed
from suppliers.models import Identifier, Membership, MembershipEnd, Organisation, Person, User
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


@transaction.atomic
def enter(
    *, email: str, name: str, title: str, company: str, country: str, language: str = "en",
    identifier: tuple[str, str] | None = None,
) -> Membership:  # fmt: skip
    """Somebody whose address is proved enters the company and becomes its administrator, editor and certifier.

    The code always ends in random signs: one without them would tell that the name was free. Whether another company of
    the portal bears the same official number is told to nobody here; the operator finds such pairs. Raises Malformed.
    """
    errors: dict[str, list[str]] = {}
    if not name.strip():
        errors["name"] = [_("Your name, please: your customer's people will know you by it.")]
    organisation = Organisation(
        name=company.strip(), country=country.strip().upper(), language=language,
        code=f"{slugify(company)[:50] or 'company'}-{secrets.token_hex(2)}",
    )  # fmt: skip
    official = Identifier(organisation=organisation, kind=identifier[0], value=identifier[1].strip()) if identifier else None
    for row, leave, names in ((organisation, (), {"name": "company"}), (official, ("organisation",), {})):
        try:
            if row is not None:
                row.full_clean(exclude=leave, validate_unique=False)
        except ValidationError as wrong:
            errors |= {names.get(field, field): said for field, said in wrong.message_dict.items()}
    if errors:
        raise Malformed(errors)
    organisation.save()
    if official is not None:
        official.save()
    user = User.objects.create(email=email.lower(), password=make_password(None), language=language)
    Person.objects.create(user=user, name=name.strip())
    return Membership.objects.create(
        user=user, organisation=organisation, roles=["administrator", "certifier", "editor"], title=title.strip(),
        begins=timezone.now().date(),
    )  # fmt: skip
