"""The sales behind an automaker's own lists of parts, and how each stands whatever the law: asked, answered, ending, doubted."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from suppliers.models import Addressee, Sourcing, Withdrawal
from tracing import doubts
from tracing.doubts import Doubt
from tracing.models import Vehicle
from tracing.standings import standings

SOON = dt.timedelta(days=90)


class Sale(NamedTuple):
    """One sale as its buyer knows it: whose, and the number, words and HS code of its own part. Keys as a ``Sourcing`` has them."""

    pk: UUID
    seller_id: UUID
    seller: str
    seller_part_id: UUID
    buyer_id: UUID
    item: str
    description: str
    hs: str


COLUMNS = (
    "pk", "seller", "seller__name", "seller_part", "buyer", "buyer_part__number", "buyer_part__description", "buyer_part__hs",
    "seller_part__number", "seller_part__description", "seller_part__hs",
)  # fmt: skip


def of(keys: Iterable[UUID]) -> dict[UUID, Sale]:
    """The sales with these keys; one query."""
    rows = Sourcing.objects.filter(pk__in=list(keys)).values_list(*COLUMNS)
    return {row[0]: _sale(*row) for row in rows}


def _sale(*row: Any) -> Sale:
    own, theirs = row[5:8], row[8:]
    return Sale(*row[:5], *(theirs if own[0] is None else own))


@dataclass
class Sales:
    """Some sales on a day, with the vehicles that hold each; asked about when it is first wanted, and then for all at once."""

    rows: dict[UUID, Sale]
    holders: dict[UUID, list[Vehicle]]
    on: dt.date

    @classmethod
    def of(cls, holders: dict[UUID, list[Vehicle]], on: dt.date) -> "Sales":
        return cls(of(holders), holders, on)

    @cached_property
    def standings(self) -> dict[UUID, dict[str, str]]:
        """What became of the asking, by sale: kind, note and what to do."""
        return standings(self.rows.values(), self.on)

    @cached_property
    def doubts(self) -> dict[UUID, Doubt]:
        """What somebody of the buyer holds against an answer, by sale."""
        return doubts.of(self.rows.values(), on=self.on)

    @cached_property
    def ending(self) -> dict[UUID, dt.date]:
        """By sale the day on which the last answer that holds now ends, where that is soon."""
        buyers = {row.buyer_id for row in self.rows.values()}
        gone = Withdrawal.objects.filter(declaration=OuterRef("declaration"))
        told = Addressee.objects.filter(
            ~Exists(gone), organisation__in=buyers, declaration__signed_at__isnull=False, declaration__ends__gt=self.on
        ).values_list("declaration__part", "organisation")
        last = told.annotate(last=Max("declaration__ends")).filter(last__lte=self.on + SOON).order_by()
        ends = {(part, buyer): on for part, buyer, on in last}
        found = {key: ends.get((row.seller_part_id, row.buyer_id)) for key, row in self.rows.items()}
        return {key: on for key, on in found.items() if on is not None}
