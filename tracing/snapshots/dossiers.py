"""Rows → engine shapes: the whole supply of vehicles at one moment. The only place that knows both."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from suppliers import numbers
from suppliers.facts import stored, terms
from suppliers.models import Addressee, Declaration, Rate, Sourcing
from tracing.engine import dossier
from tracing.models import Vehicle

CHUNK = 900


@dataclass(frozen=True)
class Snapshot:
    """What the engine is given of one vehicle, and which rows it came from. ``error`` says why there is none."""

    vehicle: Vehicle
    on: dt.date
    dossier: dict[str, Any]
    declarations: dict[str, str]
    error: str = ""

    @property
    def canonical(self) -> bytes:
        return dossier.canonical(self.dossier)


@dataclass(frozen=True)
class _Answer:
    """A declaration in force: its row, its name in dossiers, its share of the maker's deliveries."""

    pk: UUID
    name: str
    share: Fraction
    buyers: frozenset[UUID]


@contextmanager
def one_moment() -> Iterator[None]:
    """Every read inside sees the same moment; on both databases without making writers wait."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = mode
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def take(vehicles: Iterable[Vehicle], on: dt.date) -> list[Snapshot]:
    """The supply of these vehicles as it stands, declarations in force on ``on``; one read moment, level by level.

    A vehicle without a declaration in force gets a snapshot with ``error``. Loops are kept: the engine names them.
    """
    wanted = list(vehicles)
    with one_moment():
        reader = _Reader(on)
        tops = reader.of_parts({vehicle.part_id for vehicle in wanted})
        reader.follow([answer.pk for answers in tops.values() for answer in answers])
        rates = published(on)
    return [_snapshot(reader, vehicle, tops.get(vehicle.part_id, []), rates, on) for vehicle in wanted]


class _Reader:
    """Reads level by level: the declarations of a level, then the answers to their sources."""

    def __init__(self, on: dt.date):
        self.on = on
        self.facts: dict[UUID, dict[str, Any]] = {}
        self.answers: dict[UUID, list[_Answer]] = {}  # by part
        self.sourcings: dict[str, dict[str, Any]] = {}

    def follow(self, keys: list[UUID]) -> None:
        """Everything below these declarations, each once, whatever loops there are."""
        level = [key for key in keys if key not in self.facts]
        while level:
            read = stored.of_many(level)
            self.facts |= read
            sources = [source for facts in read.values() for line in facts["lines"] for source in line["sources"]]
            self._sourcings({source["sourcing"] for source in sources if source["sourcing"]})
            parts = {UUID(source["made_part"]) for source in sources if source["how"] == "made" and source["made_part"]}
            parts |= {
                self.sourcings[source["sourcing"]]["seller_part_id"]
                for source in sources
                if source["sourcing"] in self.sourcings
            }
            below = self.of_parts(parts - self.answers.keys())
            level = [answer.pk for answers in below.values() for answer in answers if answer.pk not in self.facts]

    def _sourcings(self, keys: set[str]) -> None:
        """Only what both sides confirmed and what holds on the day carries answers."""
        missing = [key for key in keys if key not in self.sourcings]
        for start in range(0, len(missing), CHUNK):
            rows = Sourcing.objects.confirmed().in_force(on=self.on).filter(pk__in=missing[start : start + CHUNK])
            for row in rows.values("pk", "seller_part_id", "buyer_id", "factor"):
                self.sourcings[str(row["pk"])] = row

    def of_parts(self, parts: Iterable[UUID]) -> dict[UUID, list[_Answer]]:
        """The declarations in force of these parts, in the order of their names."""
        keys = sorted(parts)
        found: dict[UUID, list[_Answer]] = {key: [] for key in keys}
        for start in range(0, len(keys), CHUNK):
            for answer, part in self._in_force(keys[start : start + CHUNK]):
                found[part].append(answer)
        for answers in found.values():
            answers.sort(key=lambda answer: answer.name)
        self.answers |= found
        return found

    def _in_force(self, parts: list[UUID]) -> Iterator[tuple[_Answer, UUID]]:
        rows = list(
            Declaration.objects.in_force(on=self.on)
            .filter(part__in=parts)
            .order_by("signed_at", "pk")
            .values("pk", "part_id", "part__number", "part__organisation__code", "plant__code", "plant_share")
        )
        buyers: dict[UUID, set[UUID]] = {}
        for start in range(0, len(rows), CHUNK):
            chunk = [row["pk"] for row in rows[start : start + CHUNK]]
            for key, buyer in Addressee.objects.filter(declaration__in=chunk).values_list(
                "declaration", "organisation"
            ):
                buyers.setdefault(key, set()).add(buyer)
        # The last signed of a part and plant is its answer: an older one that overlaps is not counted twice.
        latest = {(row["part_id"], row["plant__code"]): row for row in rows}
        several = {part for part, plant in latest if plant}
        for (part, plant), row in latest.items():
            if plant is None and part in several:
                continue
            name = f"{row['part__organisation__code']}/{row['part__number']}" + (f"@{plant}" if plant else "")
            share = Fraction(row["plant_share"]) if row["plant_share"] is not None else Fraction(1)
            yield _Answer(row["pk"], name, share, frozenset(buyers.get(row["pk"], ()))), part

    def answering(self, source: dict[str, Any]) -> list[_Answer]:
        """The declarations that answer one source: its maker's, addressed to the buyer, or the maker's own sub-part."""
        if source["how"] == "made":
            return self.answers.get(UUID(source["made_part"]), []) if source["made_part"] else []
        sourcing = self.sourcings.get(source["sourcing"])
        if sourcing is None:
            return []
        offered = self.answers.get(sourcing["seller_part_id"], [])
        return [answer for answer in offered if sourcing["buyer_id"] in answer.buyers]

    def factor(self, source: dict[str, Any]) -> str:
        """Seller's units in one of the buyer's, where that is not one."""
        sourcing = self.sourcings.get(source["sourcing"])
        factor = numbers.written(sourcing["factor"]) if sourcing else ""
        return "" if factor == "1" else factor


def published(on: dt.date) -> list[dict[str, str]]:
    """For each pair and law the last rate published by that day."""
    rows = Rate.objects.filter(organisation__isnull=True, on__lte=on).order_by(
        "from_currency", "to_currency", "law", "on"
    )
    latest = {(row.from_currency, row.to_currency, row.law): row for row in rows}
    return [
        terms.said(
            **{"from": source, "to": target, "law": law, "rate": numbers.written(row.rate), "on": row.on.isoformat()},
            cite=row.cite,
        )
        for (source, target, law), row in sorted(latest.items())
    ]


def _snapshot(
    reader: _Reader, vehicle: Vehicle, tops: list[_Answer], rates: list[dict[str, str]], on: dt.date
) -> Snapshot:
    if not tops:
        error = (
            f"No declaration of {vehicle.part.number} is in force on {on:%d %b %Y}: sign what goes into the vehicle."
        )
        return Snapshot(vehicle, on, {}, {}, error)
    top = tops[-1]
    declarations: dict[str, Any] = {}
    rows: dict[str, str] = {}
    waiting = [top]
    while waiting:
        answer = waiting.pop()
        if answer.name not in declarations:
            facts = reader.facts[answer.pk]
            declarations[answer.name], below = _declaration(reader, facts)
            rows[answer.name] = str(answer.pk)
            waiting += below
    currency = reader.facts[top.pk]["currency"]
    used = {row["currency"] for row in declarations.values() if "currency" in row}
    return Snapshot(
        vehicle=vehicle,
        on=on,
        dossier={
            "dossier": 1,
            "on": on.isoformat(),
            "currency": currency,
            "vehicles": [top.name],
            "rates": [row for row in rates if row["to"] == currency and row["from"] in used],
            "declarations": declarations,
        },
        declarations=rows,
    )


def _declaration(reader: _Reader, facts: dict[str, Any]) -> tuple[dict[str, Any], list[_Answer]]:
    """One declaration in the dossier's terms, its sources resolved, split where several plants answer."""
    below: list[_Answer] = []
    lines = []
    for line in facts["lines"]:
        sources = []
        for source in line["sources"]:
            answers = reader.answering(source)
            below += answers
            sources += _split(reader, source, answers)
        lines.append(line | {"sources": sources})
    return terms.declaration(facts | {"lines": lines}, lambda source: source["answered_by"]), below


def _split(reader: _Reader, source: dict[str, Any], answers: list[_Answer]) -> list[dict[str, Any]]:
    """A source for each plant that answers, by its share of deliveries; what no plant covers stays unanswered."""
    share = Fraction(source["share_exact"])
    source = source | {"factor": reader.factor(source)}
    if len(answers) == 1 and answers[0].share == 1:
        return [source | {"answered_by": answers[0].name}]
    total = sum((answer.share for answer in answers), Fraction(0))
    over = max(total, Fraction(1))
    split = [
        source | {"share_exact": _ratio(share * answer.share / over), "answered_by": answer.name}
        for answer in answers
    ]  # fmt: skip
    if total < 1:
        split.append(source | {"share_exact": _ratio(share * (1 - total)), "answered_by": None})
    return split


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
