"""A world for campaigns: one automaker, its vehicles, and many suppliers of whom nobody has answered; laid in bulk."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from suppliers.actions.acts import ripple
from suppliers.models import (
    Addressee,
    Declaration,
    Line,
    Membership,
    Organisation,
    Part,
    Person,
    Request,
    Signatory,
    Source,
    Sourcing,
    SourcingConfirmation,
    User,
)
from suppliers.models.parties import LANGUAGES
from tracing.models import Vehicle

BATCH = 2_000


@dataclass
class Laid:
    """What was laid: who asks, for which goods, of whom. By supplier its first contact (editor) and its certifier."""

    asker: Membership
    goods: list[Part]
    suppliers: list[Organisation]
    editors: dict[UUID, Membership]
    certifiers: dict[UUID, Membership]
    sales: list[Sourcing]


@transaction.atomic
def lay(suppliers: int = 500, parts: int = 20_000, vehicles: int = 10, *, begins: dt.date, ends: dt.date) -> Laid:
    """So many suppliers selling so many parts in equal shares to one automaker, spread over its vehicles' signed lists."""
    maker = Organisation.objects.create(code="bench-motors", name="Bench Motors", kind="automaker", country="US")
    asker, officer = _people(
        [(maker, "ask", ["reviewer", "editor"]), (maker, "officer", ["officer", "certifier"])], begins
    )
    companies = Organisation.objects.bulk_create(
        Organisation(
            code=f"bench-{nth:03d}", name=f"Bench Supplier {nth:03d}", country=("US", "MX", "CA")[nth % 3],
            language=LANGUAGES[nth % 3][0],
        )
        for nth in range(suppliers)
    )  # fmt: skip
    editors = _people([(row, "first", ["editor"]) for row in companies], begins)
    certifiers = _people([(row, "second", ["certifier"]) for row in companies], begins)
    made = Laid(
        asker,
        [],
        companies,
        {row.organisation_id: row for row in editors},
        {row.organisation_id: row for row in certifiers},
        [],
    )
    made.sales = _sales(maker, made, parts, begins)
    made.goods = _vehicles(maker, officer, made.sales, vehicles, begins, ends)
    return made


def _people(wanted: list[tuple[Organisation, str, list[str]]], begins: dt.date) -> list[Membership]:
    users = User.objects.bulk_create(
        User(email=f"{word}@{company.code}.example", password="!")  # noqa: S106 no password opens it
        for company, word, _ in wanted
    )
    Person.objects.bulk_create(
        Person(user=user, name=f"{word.title()} of {company.name}")
        for user, (company, word, _) in zip(users, wanted, strict=True)
    )
    return Membership.objects.bulk_create(
        Membership(
            user=user, organisation=company, roles=roles, title=word.title(), begins=begins - dt.timedelta(days=900)
        )
        for user, (company, word, roles) in zip(users, wanted, strict=True)
    )


def _sales(maker: Organisation, made: Laid, parts: int, begins: dt.date) -> list[Sourcing]:
    owners = [made.suppliers[nth % len(made.suppliers)] for nth in range(parts)]
    sold = Part.objects.bulk_create(
        (
            Part(organisation=owner, number=f"S{nth:05d}", description="Bracket", hs="8708.99")
            for nth, owner in enumerate(owners)
        ),
        batch_size=BATCH,
    )
    bought = Part.objects.bulk_create(
        (
            Part(organisation=maker, number=f"B{nth:05d}", description=f"Bracket {nth}", hs="8708.99")
            for nth in range(parts)
        ),
        batch_size=BATCH,
    )
    sales = Sourcing.objects.bulk_create(
        (
            Sourcing(
                seller=owner, seller_part=theirs, buyer=maker, buyer_part=ours, begins=begins - dt.timedelta(days=365)
            )
            for owner, theirs, ours in zip(owners, sold, bought, strict=True)
        ),
        batch_size=BATCH,
    )
    SourcingConfirmation.objects.bulk_create(
        (
            SourcingConfirmation(sourcing=sale, side=side, by=by)
            for sale in sales
            for side, by in (("seller", made.editors[sale.seller_id]), ("buyer", made.asker))
        ),
        batch_size=BATCH,
    )
    return sales


def _vehicles(maker, officer, sales, vehicles: int, begins: dt.date, ends: dt.date) -> list[Part]:
    """Each vehicle's list holds its share of the sales; prices run from 1 to 40."""
    goods = []
    for nth in range(vehicles):
        part = Part.objects.create(
            organisation=maker, number=f"CAR-{nth:02d}", description=f"Bench car {nth:02d}", hs="8703.23"
        )
        Vehicle.objects.create(
            organisation=maker, part=part, name=f"Bench {nth:02d}", model_year=begins.year, units_a_year=10_000
        )
        draft = Declaration.objects.create(
            organisation=maker,
            part=part,
            begins=begins,
            ends=ends,
            currency="USD",
            drafted_by=officer,
            hs="8703.23",
            made_in="US",
        )
        own = sales[nth::vehicles]
        lines = Line.objects.bulk_create(
            (
                Line(declaration=draft, position=at, item=sale.buyer_part.number, hs="8708.99")
                for at, sale in enumerate(own)
            ),
            batch_size=BATCH,
        )
        Source.objects.bulk_create(
            (
                Source(line=line, price=1 + at % 40, sourcing=sale)
                for at, (line, sale) in enumerate(zip(lines, own, strict=True))
            ),
            batch_size=BATCH,
        )
        _signed([draft], officer)
        goods.append(part)
    return goods


def _signed(drafts: list[Declaration], by: Membership) -> None:
    """Mark drafts as signed, without what ``declarations.sign`` proves: a bench's rows, not a company's word."""
    Signatory.objects.bulk_create(
        (Signatory(pk=row.pk, name=by.user.display_name, title=by.title) for row in drafts), batch_size=BATCH
    )
    keys = [row.pk for row in drafts]
    for start in range(0, len(keys), BATCH):
        Declaration.objects.filter(pk__in=keys[start : start + BATCH]).update(
            signed_by=by, signed_at=timezone.now(), signatory=F("pk"), digest="laid", signed_text="laid"
        )


@transaction.atomic
def answer(asked: list[Request], *, by: Membership) -> int:
    """Answer requests of one supplier in bulk: one signed declaration a part for the period asked for; answers how many."""
    drafts = Declaration.objects.bulk_create(
        (
            Declaration(
                organisation_id=row.sourcing.seller_id, part_id=row.sourcing.seller_part_id, begins=row.begins, ends=row.ends,
                currency="USD", made_in="US", hs="8708.99", drafted_by=by,
            )
            for row in asked
        ),
        batch_size=BATCH,
    )  # fmt: skip
    Addressee.objects.bulk_create(
        (
            Addressee(declaration=draft, organisation_id=row.sourcing.buyer_id)
            for draft, row in zip(drafts, asked, strict=True)
        ),
        batch_size=BATCH,
    )
    _signed(drafts, by)
    for row in asked[:1]:
        ripple(row.sourcing.seller_part, why="signed")
    return len(drafts)
