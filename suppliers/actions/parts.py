"""Part numbers, who sells which to whom, in which unit and at what price."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers import numbers
from suppliers.actions import declarations
from suppliers.actions.acts import ripple
from suppliers.actions.rights import demand
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Declaration,
    Introduction,
    Membership,
    Organisation,
    Part,
    Sourcing,
    SourcingConfirmation,
    SourcingEnd,
)

TRADERS = ("editor", "certifier", "reviewer")
PIECES = {"pc": 1, "100": 100, "1000": 1000}  # units whose factor is arithmetic, not a word between two companies


class AlreadyConfirmed(ValueError):
    """This side has confirmed it before."""


class AlreadyEnded(ValueError):
    """The sale has ended before."""


@transaction.atomic
def add(*, number: str, description: str, hs: str = "", unit: str = "pc", by: Membership) -> Part:
    """Enter one of one's own part numbers. Raises Malformed naming the field, NotYourRight."""
    demand(by, "editor", "certifier")
    return _entered(by.organisation, number=number, description=description, hs=hs, unit=unit)


def _entered(organisation: Organisation, **given: str) -> Part:
    part = Part(organisation=organisation, **{name: value.strip() for name, value in given.items()})
    try:
        part.full_clean()
    except ValidationError as wrong:
        raise Malformed(wrong.message_dict) from None
    part.save()
    return part


@transaction.atomic
def own(*, number: str, description: str, unit: str = "pc", hs: str = "", by: Membership) -> Part:
    """The part of one's own with this number; entered where it is not there yet. Raises Malformed, NotYourRight.

    A part that is there keeps its unit: another one typed for it is refused, since every sale of it counts in that unit.
    """
    demand(by, *TRADERS)
    known = Part.objects.filter(organisation=by.organisation, number=number.strip()).first()
    if known is None:
        return _entered(by.organisation, number=number, description=description, hs=hs, unit=unit)
    if unit and unit != known.unit:
        said = _("Your part %(number)s counts in %(unit)s: choose that unit, or enter another number.")
        raise Malformed({"unit": [said % {"number": known.number, "unit": known.get_unit_display()}]})
    return known


def factor_between(seller_unit: str, buyer_unit: str, typed: Any) -> Decimal:
    """How many of the seller's units make one of the buyer's. Raises Malformed; never guessed where the units differ.

    The factor between pieces, hundreds and thousands is arithmetic: what is typed must agree with it.
    """
    text, units = str("" if typed is None else typed).strip(), dict(Part.Unit.choices)
    words = {"seller": units.get(seller_unit, seller_unit), "buyer": units.get(buyer_unit, buyer_unit)}
    if not text:
        if seller_unit == buyer_unit:
            return Decimal(1)
        said = _(
            "The seller counts in %(seller)s, the buyer in %(buyer)s: how many of the seller's make one of the buyer's?"
        )
        raise Malformed({"factor": [said % words]})
    try:
        factor = numbers.decimal(text, machine=not isinstance(typed, str))
    except numbers.NotANumber as wrong:
        raise Malformed({"factor": [str(wrong)]}) from None
    if not factor:
        raise Malformed({"factor": [_("The factor between the units must be greater than zero.")]})
    if seller_unit != buyer_unit and {seller_unit, buyer_unit} <= set(PIECES):
        exact = Decimal(PIECES[buyer_unit]) / PIECES[seller_unit]
        if factor != exact:
            said = _("One %(buyer)s is %(exact)s × %(seller)s: the factor is %(exact)s.")
            raise Malformed({"factor": [said % (words | {"exact": numbers.written(exact)})]})
    return factor


@transaction.atomic
def propose(
    seller_part: Part, buyer_part: Part, *, by: Membership, factor=None, price_basis="ex_works", begins=None
) -> Sourcing:
    """Say that the seller's part is delivered under the buyer's number, and confirm one's own side. Raises Malformed."""
    demand(by, *TRADERS)
    if not {seller_part.organisation_id, buyer_part.organisation_id} & set(by.keeps):
        demand(by, "editor", of=seller_part.organisation)
    return _new_sale(
        seller_part, buyer_part, factor=factor_between(seller_part.unit, buyer_part.unit, factor), price_basis=price_basis,
        begins=begins, by=by,
    )  # fmt: skip


def _new_sale(seller_part: Part, buyer_part: Part, *, factor, price_basis: str, begins, by: Membership) -> Sourcing:
    """A new sale, confirmed by the side that enters it. Raises Malformed."""
    sourcing = Sourcing(
        seller=seller_part.organisation, seller_part=seller_part, buyer=buyer_part.organisation, buyer_part=buyer_part,
        factor=factor, price_basis=price_basis, begins=begins or timezone.now().date(),
    )  # fmt: skip
    try:
        sourcing.full_clean()
    except ValidationError as wrong:
        raise Malformed(wrong.message_dict) from None
    sourcing.save()
    confirm(sourcing, by=by)
    return sourcing


@transaction.atomic
def offer(
    own_part: Part, other: Organisation, *, side: str, number: str, unit: str, factor=None, price_basis="ex_works", begins=None,
    by: Membership,
) -> Sourcing:  # fmt: skip
    """Propose a sale to a company one already trades with, under a number that one knows from its papers.

    The other company's number is entered for it where it is not there yet, and the answer is the same where it is: whether
    a number exists in another company is nobody's to find out. It confirms, corrects or ends what is proposed.
    Raises Malformed naming the field, NotYourRight.
    """
    demand(by, *TRADERS, of=own_part.organisation)
    errors = {}
    if not partners(by.organisation, side=side).filter(pk=other.pk).exists():
        errors["other"] = [_("Choose a company you trade with already. Another one is named under “Name a maker”.")]
    if not number.strip() or len(number.strip()) > 80:
        errors["number"] = [_("Which number does the other company use? 80 characters at most.")]
    if unit not in Part.Unit.values:
        errors["unit"] = [_("In which unit does the other company count it?")]
    if errors:
        raise Malformed(errors)
    units = (own_part.unit, unit) if side == "seller" else (unit, own_part.unit)
    agreed = factor_between(*units, factor)
    theirs, __ = Part.objects.get_or_create(
        organisation=other, number=number.strip(),
        defaults={"description": own_part.description, "unit": unit, "hs": own_part.hs},
    )  # fmt: skip
    seller_part, buyer_part = (own_part, theirs) if side == "seller" else (theirs, own_part)
    if _holding(seller_part, buyer_part).exists():
        raise Malformed({"number": [_("This sale is entered already: correct it, or end it first.")]})
    return _new_sale(seller_part, buyer_part, factor=agreed, price_basis=price_basis, begins=begins, by=by)


def _holding(seller_part: Part, buyer_part: Part):
    return Sourcing.objects.filter(seller_part=seller_part, buyer_part=buyer_part, ends__isnull=True)


def partners(organisation: Organisation, *, side: str):
    """The companies one trades with: one's customers as a ``seller``, one's suppliers as a ``buyer``."""
    trade = {"buys__seller__in": organisation.keeps} if side == "seller" else {"sells__buyer__in": organisation.keeps}
    return Organisation.objects.filter(**trade).distinct()


@transaction.atomic
def confirm(sourcing: Sourcing, *, by: Membership) -> SourcingConfirmation:
    """Confirm one's own side of a sale. When both sides have, answers begin to flow.

    Raises AlreadyConfirmed, AlreadyEnded, NotYourRight; Malformed where arithmetic says another factor.
    """
    side = side_of(sourcing, by.organisation)
    demand(by, *TRADERS, of=sourcing.seller if side == "seller" else sourcing.buyer)
    locked = Sourcing.objects.select_for_update().select_related("seller_part", "buyer_part").get(pk=sourcing.pk)
    if locked.ends is not None and locked.ends <= timezone.now().date():
        raise AlreadyEnded(_("This sale has ended: propose it anew."))
    if locked.confirmations.filter(side=side).exists():
        raise AlreadyConfirmed(_("Your side has confirmed this before."))
    factor_between(locked.seller_part.unit, locked.buyer_part.unit, locked.factor)
    row = SourcingConfirmation.objects.create(sourcing=locked, side=side, by=by)
    if locked.confirmations.count() == 2:
        ripple(locked.seller_part, why="sourcing")
    return row


def side_of(sourcing: Sourcing, organisation: Organisation) -> str:
    return "seller" if sourcing.seller_id in organisation.keeps else "buyer"


@transaction.atomic
def end(sourcing: Sourcing, *, on: dt.date | None, why: str, by: Membership) -> SourcingEnd:
    """Say from which day a sale no longer holds; one side is enough, and both read why. Raises Malformed, AlreadyEnded.

    A sale that both confirmed ends today at the earliest: what was computed from it stays true. One that waits for a word
    ends before it began.
    """
    demand(by, *TRADERS, of=sourcing.seller if side_of(sourcing, by.organisation) == "seller" else sourcing.buyer)
    locked = Sourcing.objects.select_for_update().get(pk=sourcing.pk)
    if SourcingEnd.objects.filter(sourcing=locked).exists() or locked.ends is not None:
        raise AlreadyEnded(_("This sale was ended before."))
    today = timezone.now().date()
    if locked.confirmations.count() < 2:
        on = locked.begins
    errors = {}
    if not why.strip():
        errors["why"] = [_("Say in a sentence why it ends: the other company reads it.")]
    if on is None:
        errors["on"] = [_("From which day does it no longer hold?")]
    elif locked.confirmations.count() == 2 and on < max(today, locked.begins):
        errors["on"] = [_("A sale that both confirmed ends today or later.")]
    if errors or on is None:
        raise Malformed(errors)
    Sourcing.objects.filter(pk=locked.pk).update(ends=on)
    row = SourcingEnd.objects.create(sourcing=locked, by=by, why=why.strip()[:300])
    if locked.confirmations.count() == 2:
        ripple(Part.objects.get(pk=locked.seller_part_id), why="sourcing")
    return row


@transaction.atomic
def correct(sourcing: Sourcing, *, factor, price_basis: str, why: str, by: Membership) -> Sourcing:
    """End a sale today and propose it anew with another factor or price basis; the other side confirms the new one.

    Raises Malformed, AlreadyEnded, NotYourRight.
    """
    today = timezone.now().date()
    agreed = factor_between(sourcing.seller_part.unit, sourcing.buyer_part.unit, factor)
    if price_basis not in Sourcing.Basis.values:
        raise Malformed({"price_basis": [_("Choose what the price holds.")]})
    if (agreed, price_basis) == (sourcing.factor, sourcing.price_basis):
        raise Malformed({"factor": [_("Nothing differs from what stands there.")]})
    end(sourcing, on=today, why=why, by=by)
    begins = max(today, sourcing.begins)
    taken = Sourcing.objects.filter(seller_part=sourcing.seller_part, buyer_part=sourcing.buyer_part)
    while taken.filter(begins=begins).exists():
        begins += dt.timedelta(days=1)
    return propose(
        sourcing.seller_part, sourcing.buyer_part, by=by, factor=agreed, price_basis=price_basis, begins=begins
    )


def customers(organisation: Organisation, part: Part):
    """The companies that buy this part, by sourcings in force."""
    return Organisation.objects.filter(buys__seller=organisation, buys__seller_part=part).distinct()


@transaction.atomic
def join(answer: Declaration, sourcing: Sourcing, *, by: Membership) -> Declaration:
    """Let the line of one's answer that holds this part name this sale, so that its seller's answer counts.

    A draft is changed, a signed answer gets a new version as a draft. Raises Malformed (also where several sellers stand in
    the line and none of them bears the name), NotYourRight.
    """
    demand(by, "editor", "certifier", "officer", of=answer.organisation)
    facts, number, ended = stored.of(answer), sourcing.buyer_part.number, _ended_sales(answer)
    free = [
        source for line in facts["lines"] if line["item"] == number for source in line["sources"]
        if source["how"] == "bought" and (not source["sourcing"] or source["sourcing"] in ended)
    ]  # fmt: skip
    if len(free) > 1:
        free = [source for source in free if source["seller_name"] in {sourcing.seller.name, _named(sourcing)}]
    if len(free) != 1:
        raise Malformed({"": [_("Several sellers stand in that line: choose the sale in the form.")]})
    free[0]["sourcing"] = str(sourcing.pk)
    if answer.is_signed:
        return declarations.supersede(answer, by=by, lines=facts["lines"])
    return declarations.change(answer, facts, by=by, version=answer.version, machine=True)


def _ended_sales(answer: Declaration) -> set[str]:
    rows = Sourcing.objects.filter(sources__line__declaration=answer, ends__isnull=False)
    return {str(key) for key in rows.values_list("pk", flat=True)}


def _named(sourcing: Sourcing) -> str:
    """The name under which the buyer introduced the seller, if it did."""
    row = Introduction.objects.filter(reply__sourcing=sourcing).first()
    return row.company if row else ""


def buyers_of(organisation: Organisation, *, on: dt.date) -> dict[Any, list[Organisation]]:
    """By part: the companies that buy it by sales that both sides confirmed and that hold on a day; in one query."""
    rows = (
        Sourcing.objects.filter(seller__in=organisation.keeps).confirmed().filter(Q(ends__isnull=True) | Q(ends__gt=on))
    )
    found: dict[Any, list[Organisation]] = {}
    for row in rows.select_related("buyer").order_by("buyer__name").distinct():
        if row.buyer not in found.setdefault(row.seller_part_id, []):
            found[row.seller_part_id].append(row.buyer)
    return found
