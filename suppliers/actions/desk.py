"""What the portal's operator does by its own hand to those who act for a company is told to that company at once: whoever can
enter people can enter themselves, so none of it is silent."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy

from suppliers import links
from suppliers.actions import mails
from suppliers.actions.memberships import LAST
from suppliers.models import Mail, Membership, Organisation, User
from suppliers.models.parties import ROLE_NAMES


def entered(membership: Membership) -> None:
    """Somebody acts for the company from now on, entered at the desk and not by a letter of the company's own."""
    roles = lazy(
        lambda: ", ".join(str(ROLE_NAMES[role]) for role in membership.roles), str
    )  # in each reader's language
    context = {"event": "entered", "person": membership.user.display_name, "roles": roles()}
    _tell(membership.organisation, context, besides=membership.user)


def moved(user: User, *, before: str) -> None:
    """Links and codes of this person go to another address from now on: the old one and each company are told."""
    context = {"event": "moved", "person": user.display_name, "before": before, "after": user.email}
    _write(before, user.language, context, user)
    _everywhere(user, context)


def let_in(user: User) -> None:
    """Somebody who was shut out may sign in again."""
    _everywhere(user, {"event": "let_in", "person": user.display_name})


def _everywhere(user: User, context: dict[str, Any]) -> None:
    for row in Membership.objects.in_force().filter(user=user).select_related("organisation"):
        _tell(row.organisation, context, besides=user)


def _tell(company: Organisation, context: dict[str, Any], *, besides: User) -> None:
    """Everybody who answers for the company: its administrators, certifiers and officers."""
    context = context | {"company": company.name}
    for row in Membership.objects.in_force().filter(organisation=company).exclude(user=besides).select_related("user"):
        if row.holds(*LAST):
            _write(row.user.email, row.user.language or company.language, context, row.user)


def _write(address: str, language: str, context: dict[str, Any], user: User) -> None:
    told = context | {"link": links.absolute(reverse("suppliers:membership-list"))}
    once = f"desk {context['event']} {user.pk} {timezone.now().timestamp()}"
    mails.write(Mail.Kind.SECURITY, to=address, language=language or "en", context=told, once=once, user=user)
