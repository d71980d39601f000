"""What it breaks to withdraw or replace an answer, told to its owner before it does so, and of others only what it may know."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from suppliers.actions import requests
from suppliers.models import Declaration, Request, Sourcing


@dataclass
class Customer:
    """A customer the answer is addressed to: its own numbers of the part, the requests that would stand open again, and
    another answer of ours that it would still hold."""

    name: str
    numbers: list[str]
    open_again: list[Request] = field(default_factory=list)
    still: Declaration | None = None


@dataclass
class Impact:
    """Who relies on it, and which of the owner's own answers do."""

    customers: list[Customer]
    own: list[Declaration]

    def __bool__(self) -> bool:
        return bool(self.customers or self.own)


def of(declaration: Declaration, *, on: dt.date) -> Impact:
    """Direct customers and the owner's own answers, never anything further away: it is told to nobody but the owner."""
    addressed = declaration.addressees.select_related("organisation").order_by("organisation__name")
    customers = {row.organisation_id: Customer(row.organisation.name, []) for row in addressed}
    sales = Sourcing.objects.filter(seller_part=declaration.part_id, buyer__in=customers)
    for buyer, number in sales.order_by("buyer_part__number").values_list("buyer_id", "buyer_part__number"):
        if number not in customers[buyer].numbers:
            customers[buyer].numbers.append(number)
    for buyer, rows in _open_again(declaration, customers).items():
        customers[buyer].open_again = rows
    owners = declaration.organisation.speaker.keeps
    for buyer, answer in _still(declaration, customers, owners, on).items():
        customers[buyer].still = answer
    return Impact(list(customers.values()), _own(declaration, owners, on))


def _open_again(declaration: Declaration, customers) -> dict[Any, list[Request]]:
    """Requests that this answer answers and no other of ours does."""
    asked = Request.objects.filter(
        sourcing__seller_part=declaration.part_id, sourcing__buyer__in=customers, begins__lt=declaration.ends,
        ends__gt=declaration.begins, decline__isnull=True,
    ).select_related("sourcing")  # fmt: skip
    rows = list(asked.order_by("due"))
    others = requests.answers_to(rows, besides=declaration)
    found: dict[Any, list[Request]] = defaultdict(list)
    for row in rows:
        if row.pk not in others:
            found[row.sourcing.buyer_id].append(row)
    return found


def _still(declaration: Declaration, customers, owners, on: dt.date) -> dict[Any, Declaration]:
    """Another answer in force about the same part and plant that the customer holds as well."""
    rows = (
        Declaration.objects.in_force(on=on)
        .filter(organisation__in=owners, part=declaration.part_id, addressees__organisation__in=customers)
        .exclude(pk=declaration.pk)
        .prefetch_related("addressees")
        .distinct()
    )  # fmt: skip
    return {
        told.organisation_id: row for row in rows for told in row.addressees.all() if told.organisation_id in customers
    }


def _own(declaration: Declaration, owners, on: dt.date) -> list[Declaration]:
    """The owner's signed answers that take this part as made by itself, or that rest a statement on this answer."""
    resting = Q(lines__sources__made_part=declaration.part_id) | Q(statements__relies_on=declaration.pk)
    rows = (
        Declaration.objects.signed()
        .filter(resting, organisation__in=owners, withdrawal__isnull=True, ends__gt=on)
        .filter(begins__lt=declaration.ends, ends__gt=declaration.begins)
        .exclude(pk=declaration.pk)
    )
    return list(rows.select_related("part").distinct().order_by("part__number", "begins"))
