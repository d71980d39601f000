"""Lays the demo world down noun by noun, and goes through what its companies did."""

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from compliance.actions.demo import acts, past
from compliance.demo import rows
from compliance.demo.world import World
from suppliers import hs
from suppliers.models import (
    Declaration,
    Membership,
    Organisation,
    Part,
    Person,
    Plant,
    Rate,
    Sourcing,
    User,
)
from suppliers.models.parts import SourcingConfirmation
from tracing.models import Vehicle

PASSWORD = "traced-content-2026"  # noqa: S105  of fictional people, printed by the demo
Say = Callable[[str], None]


class Builder:
    """Lays the world down; what is there already is left as it is, so that a second run is safe.

    A database that holds a declaration has its past: nothing of it is told a second time.
    """

    def __init__(self, world: World, say: Say):
        self.world, self.say = world, say

    def build(self) -> None:
        """Everything up to signed declarations, open requests and reviewed answers: all of it, or nothing."""
        with transaction.atomic():
            self._parties()
            self._parts()
            self._sourcings()
            self._vehicles()
            self._rates()
            if not Declaration.objects.exists():
                self._go_through()

    def _go_through(self) -> None:
        self.made: dict[str, Declaration] = {}
        now = past.Past()
        for on, act, row in past.acts(self.world):
            with now.on(on):
                getattr(acts, act)(self, row)

    def _parties(self) -> None:
        self.organisations = {
            row.organisation: Organisation.objects.get_or_create(
                code=row.organisation,
                defaults={
                    "name": row.name,
                    "kind": row.kind,
                    "country": row.country,
                    "fiscal_year_start": row.fiscal_year_start,
                },
            )[0]
            for row in self.world.organisations
        }
        self.plants = {
            (row.organisation, row.plant): Plant.objects.get_or_create(
                organisation=self.organisations[row.organisation],
                code=row.plant,
                defaults={"name": row.name, "country": row.country},
            )[0]
            for row in self.world.plants
        }
        hashed, self.joined = make_password(PASSWORD), _joined(self.world.day)
        self.users = {row.person: self._user(row, hashed) for row in self.world.people}
        self.members = {(row.person, row.organisation): self._membership(row) for row in self.world.memberships}

    def _user(self, row: rows.Person, hashed: str) -> User:
        user, new = User.objects.get_or_create(
            email=row.email, defaults={"password": hashed, "date_joined": self.joined}
        )
        if new:
            Person.objects.create(user=user, name=row.name)
        return user

    def _membership(self, row: rows.Membership) -> Membership:
        return Membership.objects.get_or_create(
            user=self.users[row.person],
            organisation=self.organisations[row.organisation],
            defaults={"roles": list(row.roles), "title": row.title, "begins": row.begins, "ends": row.ends},
        )[0]

    def _parts(self) -> None:
        known = {(row.organisation.code, row.number): row for row in Part.objects.select_related("organisation")}
        fresh = {}
        for row in [*self.world.parts, *self.world.items]:
            if row.key not in known and row.key not in fresh:
                fresh[row.key] = Part(
                    organisation=self.organisations[row.organisation], number=row.number, description=row.description,
                    hs=row.hs, hs_edition=hs.EDITION, unit=row.unit,
                )  # fmt: skip
        Part.objects.bulk_create(fresh.values())
        self.parts = {**known, **fresh}

    def _sourcings(self) -> None:
        known = {(row.seller_part_id, row.buyer_part_id): row for row in Sourcing.objects.all()}
        self.sourcings: dict[tuple[str, str, str], Sourcing] = {}
        fresh, confirmations = [], []
        for row in self.world.sourcings:
            if row.seller == row.buyer:
                continue  # own production is no sale
            sold, bought = self.parts[row.seller, row.seller_number], self.parts[row.buyer, row.buyer_number]
            made = known.get((sold.pk, bought.pk))
            if made is None:
                made = Sourcing(
                    seller=sold.organisation, seller_part=sold, buyer=bought.organisation, buyer_part=bought,
                    factor=row.factor, price_basis=row.price_basis, begins=row.begins, ends=row.ends,
                )  # fmt: skip
                fresh.append(made)
                for side, day in (("seller", row.seller_confirmed), ("buyer", row.buyer_confirmed)):
                    if day is not None:
                        by = self._anyone(row.seller if side == "seller" else row.buyer)
                        confirmations.append(SourcingConfirmation(sourcing=made, side=side, by=by, at=_moment(day)))
            self.sourcings[row.seller, row.seller_number, row.buyer] = made
        Sourcing.objects.bulk_create(fresh)
        SourcingConfirmation.objects.bulk_create(confirmations)

    def _anyone(self, organisation: str) -> Membership:
        """Somebody of the organisation who may confirm a sale."""
        mine = [row for (_, code), row in self.members.items() if code == organisation]
        may = [row for row in mine if row.holds("certifier", "editor", "reviewer", "officer")]
        return (may or mine)[0]

    def _vehicles(self) -> None:
        for row in self.world.vehicles:
            plant = self.plants[row.organisation, row.plant]
            Vehicle.objects.get_or_create(
                part=self.parts[row.part],
                defaults={
                    "organisation": self.organisations[row.organisation], "name": row.name, "model_year": row.model_year,
                    "body": row.body, "assembled_at": str(plant),
                    "units_a_year": row.units_us + row.units_ca + row.units_mx,
                },
            )  # fmt: skip

    def _rates(self) -> None:
        for row in self.world.rates:
            Rate.objects.get_or_create(
                organisation=None, from_currency=row.from_currency, to_currency=row.to_currency, law=row.law, on=row.on,
                defaults={"rate": row.rate, "cite": row.cite},
            )  # fmt: skip


def _joined(day: dt.date) -> dt.datetime:
    """When the demo's people join: now, or at the end of the day that the world is told for where midnight has come between.
    ``past.told_on`` reads it back."""
    return min(timezone.now(), dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC))


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
