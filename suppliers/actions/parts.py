"""Part numbers, and who sells which to whom."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from suppliers.actions.acts import ripple
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, Organisation, Part, Sourcing, SourcingConfirmation


class AlreadyConfirmed(ValueError):
    """This side has confirmed it before."""


@transaction.atomic
def add(*, number: str, description: str, hs: str = "", unit: str = "pc", by: Membership) -> Part:
    """Enter one of one's own part numbers. Raises Malformed naming the field, NotYourRight."""
    demand(by, "editor", "certifier")
    part = Part(
        organisation=by.organisation, number=number.strip(), description=description.strip(), hs=hs.strip(), unit=unit
    )
    try:
        part.full_clean()
    except ValidationError as wrong:
        raise Malformed(wrong.message_dict) from None
    part.save()
    return part


@transaction.atomic
def propose(
    seller_part: Part, buyer_part: Part, *, by: Membership, factor=1, price_basis="ex_works", begins=None
) -> Sourcing:
    """Say that the seller's part is delivered under the buyer's number, and confirm one's own side. Raises Malformed."""
    demand(by, "editor", "certifier", "reviewer")
    if not {seller_part.organisation_id, buyer_part.organisation_id} & set(by.keeps):
        demand(by, "editor", of=seller_part.organisation)
    sourcing = Sourcing(
        seller=seller_part.organisation,
        seller_part=seller_part,
        buyer=buyer_part.organisation,
        buyer_part=buyer_part,
        factor=factor,
        price_basis=price_basis,
        begins=begins or timezone.now().date(),
    )
    try:
        sourcing.full_clean()
    except ValidationError as wrong:
        raise Malformed(wrong.message_dict) from None
    sourcing.save()
    confirm(sourcing, by=by)
    return sourcing


@transaction.atomic
def confirm(sourcing: Sourcing, *, by: Membership) -> SourcingConfirmation:
    """Confirm one's own side of a sale. When both sides have, answers begin to flow. Raises AlreadyConfirmed, NotYourRight."""
    side = "seller" if sourcing.seller_id in by.keeps else "buyer"
    demand(by, "editor", "certifier", "reviewer", of=sourcing.seller if side == "seller" else sourcing.buyer)
    Sourcing.objects.select_for_update().get(pk=sourcing.pk)
    if sourcing.confirmations.filter(side=side).exists():
        raise AlreadyConfirmed("Your side has confirmed this before.")
    row = SourcingConfirmation.objects.create(sourcing=sourcing, side=side, by=by)
    if sourcing.confirmations.count() == 2:
        ripple(sourcing.seller_part, why="sourcing")
    return row


def customers(organisation: Organisation, part: Part):
    """The companies that buy this part, by sourcings in force."""
    return Organisation.objects.filter(buys__seller_id__in=organisation.keeps, buys__seller_part=part).distinct()
