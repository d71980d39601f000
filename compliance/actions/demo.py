"""Builds the demo world through the same actions that people use, and rolls it up through the same tasks."""

import datetime as dt
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from celery import current_app
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from compliance.actions import demo_past
from compliance.demo import rows
from compliance.demo.world import BodyLine, BodySource, World
from suppliers import hs, numbers
from suppliers.actions import campaigns, declarations, requests
from suppliers.facts import stored
from suppliers.models import (
    Campaign,
    Declaration,
    Membership,
    Organisation,
    Part,
    Person,
    Plant,
    Rate,
    Request,
    Sourcing,
    User,
)
from suppliers.models.parts import SourcingConfirmation
from tracing.actions import proposals, traces
from tracing.models import Trace, Vehicle

PASSWORD = "traced-content-2026"  # noqa: S105  of fictional people, printed by the demo
PRINTED = (
    "vehicle",
    "rulebook",
    "reading",
    "on",
    "worst",
    "declared",
    "best",
    "threshold",
    "verdict",
    "gaps",
    "digest",
)
Say = Callable[[str], None]


class Builder:
    """Lays the world down noun by noun; what is there already is left as it is, so that a second run is safe."""

    def __init__(self, world: World, say: Say):
        self.world, self.say = world, say

    def build(self) -> None:
        """Everything up to signed declarations and open requests."""
        with transaction.atomic():
            self._parties()
            self._parts()
            self._sourcings()
            self._vehicles()
            self._rates()
        self.made: dict[str, Declaration] = {}
        past = demo_past.Past()
        for on, act, row in demo_past.acts(self.world.declarations):
            with past.on(on):
                getattr(self, f"_{act}")(row)
        self._requests()
        self._campaigns()

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
        hashed = make_password(PASSWORD)
        self.users = {row.person: self._user(row, hashed) for row in self.world.people}
        self.members = {(row.person, row.organisation): self._membership(row) for row in self.world.memberships}

    def _user(self, row: rows.Person, hashed: str) -> User:
        user, new = User.objects.get_or_create(email=row.email, defaults={"password": hashed})
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

    def _declaration(self, row: rows.Declaration) -> None:
        there = Declaration.objects.filter(
            organisation__code=row.organisation, part__number=row.number, begins=row.begins, ends=row.ends
        ).first()
        if there is not None:
            self.made[row.declaration] = there
            return
        drafter = self.members[row.drafted_by, row.organisation]
        older = self.made.get(row.supersedes)
        draft = declarations.draft(self._facts(row), by=drafter, supersedes=older, machine=True)
        self.made[row.declaration] = draft
        if row.signed_on is None:
            return
        signer = self.members[row.signed_by, row.organisation]
        signed = declarations.sign(
            draft, by=signer, name=self.world.person[row.signed_by].name, title=signer.title or "Certifier",
            shown=declarations.shown(draft), alone_why=row.alone_why,
        )  # fmt: skip
        self.made[row.declaration] = signed

    def _withdrawal(self, row: rows.Declaration) -> None:
        signed = self.made[row.declaration]
        if not hasattr(signed, "withdrawal"):
            by = self.members[row.withdrawn_by, row.organisation]
            declarations.withdraw(signed, by=by, why=row.withdrawn_why)

    def _facts(self, row: rows.Declaration) -> dict[str, Any]:
        world, part = self.world, self.world.part[row.part]
        costs = world.costs_of.get(row.declaration)
        vehicle = next((car for car in world.vehicles if car.part == row.part), None)
        lines = world.body(row.declaration) if world.is_open(row.declaration) or world.lines_of[row.declaration] else ()
        return {
            "part": self.parts[row.part], "plant": None, "made_in": row.made_in, "hs": part.hs, "uses": list(row.uses),
            "begins": row.begins, "ends": row.ends, "currency": row.currency, "price": _text(row.price),
            "vehicle_facts": vehicle.facts if vehicle else {},
            "addressed_to": [self.organisations[buyer] for buyer in dict.fromkeys(world.buyers(row.part))],
            "costs": _costs(costs) if costs else {},
            "own_values": [
                {"country": own.country, "amount": _text(own.amount)} for own in world.own_value_of[row.declaration]
            ],
            "lines": [self._line(line) for line in lines],
            "statements": [_statement(said) for said in world.statements_of[row.declaration]],
            "claims": [
                {"key": claim.claim, "value": claim.value, "why": claim.why} for claim in world.claims_of[row.declaration]
            ],
        }  # fmt: skip

    def _line(self, line: BodyLine) -> dict[str, Any]:
        return {
            "item": line.row.item, "description": line.item.description, "hs": line.item.hs, "unit": line.item.unit,
            "quantity": _text(line.row.qty), "minor": line.row.minor,
            "sources": [self._source(source) for source in line.sources],
        }  # fmt: skip

    def _source(self, source: BodySource) -> dict[str, Any]:
        row = source.row
        sourcing = made_part = None
        if row.how == "made":
            made_part = self.parts[row.seller, row.seller_number]
        elif source.sourcing is not None:
            key = source.sourcing
            sourcing = self.sourcings[key.seller, key.seller_number, key.buyer].pk
        return {
            "how": row.how, "share": f"{row.share.numerator}/{row.share.denominator}", "price": _text(row.price),
            "seller_name": row.seller_name, "sourcing": sourcing, "made_part": made_part, "made_in": row.made_in,
            "title": row.title, "allied": row.allied, "related": row.related,
            "charges": [
                {"kind": charge.kind, "amount": _text(charge.amount), "leg": charge.leg, "in_price": charge.in_price,
                 "recoverable": charge.recoverable}
                for charge in source.charges
            ],
            "cannot": {
                "reason": source.cannot.reason, "ge70": source.cannot.ge70, "pct": _text(source.cannot.pct),
                "determination": source.cannot.determination, "basis": source.cannot.basis,
                "tried": [{"at": one.on, "how": one.how} for one in source.tries],
            } if source.cannot else None,
        }  # fmt: skip

    def _requests(self) -> None:
        if Request.objects.exists():
            return
        for row in self.world.requests:
            sourcing = self.sourcings[row.seller, row.seller_number, row.asker]
            requests.ask(
                sourcing, by=self.members[row.asked_by, row.asker], begins=row.begins, ends=row.ends, due=row.due,
                rulebooks=row.rulebooks, message=row.message,
            )  # fmt: skip
        for row in self.world.declines:
            sourcing = self.sourcings[row.seller, row.seller_number, row.buyer]
            asked = Request.objects.filter(sourcing=sourcing).first()
            if asked is not None:
                requests.decline(asked, by=self.members[row.by, row.seller], reason=row.reason, why=row.why)

    def _campaigns(self) -> None:
        """Whom the portal proposes is asked in one go; some have replied."""
        if Campaign.objects.exists():
            return
        for row in self.world.campaigns:
            goods = [self.parts[car.part] for car in self.world.vehicles if car.organisation == row.asker]
            by, period = self.members[row.asked_by, row.asker], {"begins": row.begins, "ends": row.ends}
            found = proposals.proposal(goods, by=by, rulebooks=row.rulebooks, on=timezone.localdate(), **period)
            plan = campaigns.Plan(
                title=row.title, due=max(row.due, timezone.localdate()), rulebooks=row.rulebooks, message=row.message,
                remind_after=tuple(map(int, row.remind_after)), escalate_after=row.escalate_after, **period,
            )  # fmt: skip
            made = campaigns.start(
                uuid.uuid4(), plan, by=by, goods=goods, sourcings={one.sale["pk"] for one in found.ask}
            )
            for reply in self.world.replies:
                if reply.title == row.title:
                    self._reply(made, reply, self.sourcings[reply.seller, reply.seller_number, row.asker])

    def _reply(self, campaign: Campaign, row: rows.Reply, sourcing: Sourcing) -> None:
        asked, by = campaign.requests.get(sourcing=sourcing), self.members[row.by, row.seller]
        if row.how == "declined":
            requests.decline(asked, by=by, reason=row.reason, why=row.why)
        elif row.how == "postponed":
            later = max(row.until, timezone.localdate() + dt.timedelta(days=30))
            requests.postpone_many([asked], by=by, until=later, why=row.why)
        else:
            last = Declaration.objects.signed().filter(part=sourcing.seller_part).order_by("signed_at").last()
            facts = stored.of(last) | {"begins": campaign.begins, "ends": campaign.ends}
            editor = next(one for (_, code), one in self.members.items() if code == row.seller and one.holds("editor"))
            draft = declarations.draft(facts, by=editor, machine=True)
            declarations.sign(
                draft, by=by, name=self.world.person[row.by].name, title=by.title, shown=declarations.shown(draft),
                alone_why="alone in the office" if editor == by else "",
            )  # fmt: skip


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def _text(amount: Decimal | None) -> str:
    return numbers.written(amount)


def _costs(row: rows.Costs) -> dict[str, str]:
    own = {name: _text(getattr(row, name)) for name in ("product", "period", "other")}
    return own | {
        f"excluded_{name}": _text(getattr(row, name)) for name in ("sales", "royalties", "shipping", "interest")
    }


def _statement(row: rows.Statement) -> dict[str, Any]:
    return {
        "law": row.law, "para": row.para, "amount": _text(row.amount), "percent": _text(row.percent),
        "originates": row.originates, "criterion": row.criterion, "method": row.method, "use": row.use,
    }  # fmt: skip


def roll_up(*, patience: float = 300) -> None:
    """Ring, and wait until no ripple and no vehicle is due. Raises TimeoutError when no worker does it."""
    from suppliers.models import Ripple

    end = time.monotonic() + patience
    current_app.send_task("tracing.spread")
    again = time.monotonic() + 10
    while Ripple.objects.due().exists() or Vehicle.objects.due().exists() or _untraced():
        if time.monotonic() > end:
            raise TimeoutError("The vehicles were not traced in time: is a worker running? celery -A config worker")
        if time.monotonic() > again:
            current_app.send_task("tracing.spread")
            again = time.monotonic() + 10
        time.sleep(0.1)


def _untraced() -> bool:
    """Vehicles that no trace of today is stored of yet; marked due so that the next bell finds them."""
    stale = Vehicle.objects.exclude(traces__on=traces.today()).filter(due_mark__isnull=True)
    return bool(traces.mark(stale.values_list("pk", flat=True)))


def table() -> list[dict[str, Any]]:
    """Vehicle × rulebook × reading: the newest trace of every vehicle, contents as unrounded decimal texts in percent."""
    found = []
    for vehicle in Vehicle.objects.select_related("organisation").order_by("organisation__name", "name"):
        trace: Trace | None = traces.current(vehicle)
        for row in trace.outcomes.order_by("rulebook", "reading") if trace else []:
            found.append(
                {
                    "vehicle": vehicle.name,
                    "rulebook": row.rulebook,
                    "reading": row.reading,
                    "on": trace.on.isoformat(),
                    "worst": row.worst,
                    "declared": row.declared,
                    "best": row.best,
                    "threshold": row.threshold,
                    "verdict": row.verdict,
                    "gaps": row.gaps,
                    "digest": row.digest,
                    "hypothetical": row.hypothetical,
                    "status": row.status,
                }
            )
    return found


def logins(world: World) -> list[tuple[str, str, str]]:
    """One person of each kind: name, what he does where, e-mail."""
    wanted = ["ada", "ben", "tom", "ed", "eve", "fay", "olga"]
    found = []
    for key in wanted:
        person = world.person.get(key)
        row = next((row for row in world.memberships if row.person == key), None)
        if person and row:
            name = world.organisation[row.organisation].name
            found.append((person.name, f"{', '.join(row.roles)} at {name}", person.email))
    return found
