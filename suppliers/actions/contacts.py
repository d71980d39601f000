"""Whom a company's letters go to: choosing the first and the second contact, and who cannot be reached."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from suppliers import contacts as people
from suppliers.actions import mails
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Contact,
    Membership,
    Organisation,
)


def contacts(organisation: Organisation) -> list[Membership]:
    """The first and, where there is one, the second contact of a company."""
    by_rank = people.of({organisation.pk}).get(organisation.pk, {})
    return [by_rank[rank] for rank in people.RANKS if rank in by_rank]


@transaction.atomic
def choose_contact(organisation: Organisation, membership: Membership, rank: int, *, by: Membership) -> Contact:
    """Say who of one's own people is written to first, or second. Raises NotYourRight, Malformed naming the field."""
    demand(by, "administrator", of=organisation)
    if rank not in people.RANKS:
        raise Malformed({"rank": [_("Choose the first or the second contact.")]})
    known = Membership.objects.in_force().filter(pk=membership.pk, organisation=organisation)
    if not known.exists() or not membership.holds(*people.MAY):
        raise Malformed({"membership": [_("Choose somebody of your company who may draft, sign or administer.")]})
    return Contact.objects.create(by=by, organisation=organisation, membership=membership, rank=rank)


@transaction.atomic
def choose_contacts(organisation: Organisation, chosen: dict[int, Membership], *, by: Membership) -> list[Contact]:
    """Both contacts at once, by rank; what was chosen before is not written again. Raises as ``choose_contact`` does."""
    if len({row.user_id for row in chosen.values()}) < len(chosen):
        raise Malformed({"second": [_("Choose another person: the second is written to when the first is silent.")]})
    said = people.chosen({organisation.pk})[organisation.pk]
    return [
        choose_contact(organisation, member, rank, by=by)
        for rank, member in sorted(chosen.items())
        if said.get(rank) != member.user_id
    ]


def reach_again(member: Membership, *, by: Membership) -> None:
    """A colleague's mailbox takes mail again, its administrator says. Raises NotYourRight."""
    demand(by, "administrator", of=member.organisation)
    mails.reached(member.user.email)


def unreachable(organisations: Iterable[Organisation]) -> set[UUID]:
    """The companies of which nobody takes mail, or that have nobody to write to."""
    wanted = {row.pk for row in organisations}
    known = people.of(wanted, reachable=True)
    return {key for key in wanted if not known.get(key)}
