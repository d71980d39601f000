"""Each side's word on what one of the buyer's units costs, from a day."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from suppliers import clock, numbers
from suppliers.actions.parts import TRADERS, side_of
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Membership,
    PriceWord,
    Sourcing,
)
from suppliers.models.declarations import CURRENCIES


@transaction.atomic
def say_price(sourcing: Sourcing, *, price: str, currency: str, begins: dt.date | None, by: Membership) -> PriceWord:
    """One side's word on what one of the buyer's units costs, from a day. Raises Malformed naming the field, NotYourRight."""
    side = side_of(sourcing, by.organisation)
    demand(by, *TRADERS, of=sourcing.seller if side == "seller" else sourcing.buyer)
    errors, amount = {}, None
    try:
        amount = numbers.decimal(price.strip()) if price.strip() else None
    except numbers.NotANumber as wrong:
        errors["price"] = [str(wrong)]
    if amount is None and not errors:
        errors["price"] = [_("What does one of the buyer's units cost?")]
    if currency not in CURRENCIES:
        errors["currency"] = [_("Choose the currency of the price.")]
    if begins is None:
        errors["begins"] = [_("From which day does it hold?")]
    if errors:
        raise Malformed(errors)
    return PriceWord.objects.create(
        sourcing=sourcing, side=side, price=amount, currency=currency, begins=begins, by=by, at=clock.now()
    )


def prices(sales, *, on: dt.date) -> dict[Any, dict[str, PriceWord]]:
    """By sale and side: the price word that holds on a day, the newest; in one query."""
    found: dict[Any, dict[str, PriceWord]] = {}
    rows = PriceWord.objects.filter(sourcing__in=[row.pk for row in sales], begins__lte=on)
    for row in rows.order_by("begins", "at"):
        found.setdefault(row.sourcing_id, {})[row.side] = row
    return found
