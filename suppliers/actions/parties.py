"""Founding organisations, entering one's own, and what people say of themselves."""

import secrets

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from suppliers.actions.memberships import FIRST, ordered
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Membership,
    Organisation,
    Person,
    User,
)
from suppliers.models.parties import LANGUAGES


@transaction.atomic
def found(*, name: str, code: str, country: str, kind: str = "supplier", by: Membership) -> Organisation:
    """Enter a company, an authority or an operator; only an operator may. Raises Malformed naming the field, NotYourRight."""
    demand(by, "operator")
    organisation = Organisation(
        name=" ".join(name.split()), code=code.strip(), country=country.strip().upper(), kind=kind
    )
    try:
        organisation.full_clean()
    except ValidationError as wrong:
        raise Malformed(wrong.message_dict) from None
    organisation.save()
    return organisation


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
    Person.objects.update_or_create(user=user, defaults={"name": " ".join(name.split()), "phone": phone.strip()})
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
        name=" ".join(company.split()), country=country.strip().upper(), language=language,
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
    Person.objects.create(user=user, name=" ".join(name.split()))
    return Membership.objects.create(
        user=user, organisation=organisation, roles=ordered(FIRST), title=title.strip()[:120],
        begins=timezone.now().date(),
    )  # fmt: skip
