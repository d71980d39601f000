"""What a reviewer may know of an answer: its face, the faces before and beside it, and the company's own purchases."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from suppliers import numbers
from suppliers.facts.stored import STATEMENT
from suppliers.models import Declaration, PriceWord, Request, Source, Sourcing, Statement

AMOUNTS = ("amount", "percent", "net_cost", "vnm", "pct5", "pct")
ON_A_FACE = (
    "pk", "organisation_id", "organisation__name", "part_id", "part__number", "part__description", "part__hs",
    "part__hs_edition", "made_in", "currency", "begins", "ends", "signed_at", "supersedes_id", "taken",
)  # fmt: skip


@dataclass(frozen=True)
class Face:
    """What one answer tells its addressee: who, which part, which days, where made, and its statements law by law.

    ``made_in`` is on the face because a rulebook's schedule lists it. Neither plant nor price nor anything inside is here.
    ``until`` is the first day it counts for nothing any more: its last day is over, or a newer version has taken its place.
    """

    key: UUID
    company: UUID
    seller: str
    part: UUID
    number: str
    description: str
    hs: str
    hs_edition: str
    made_in: str
    currency: str
    begins: dt.date
    ends: dt.date
    until: dt.date
    signed: dt.datetime
    supersedes: UUID | None
    statements: tuple[dict[str, Any], ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether it counts on any day at all: not where a newer version begins with it or before."""
        return self.begins < self.until

    def overlaps(self, other: "Face") -> bool:
        """Whether both speak on some of the same days."""
        return self.speaks and other.speaks and self.begins < other.until and other.begins < self.until

    @property
    def facts(self) -> dict[str, Any]:
        """The face in the shape of plain facts, for what reads positions out of those."""
        return {
            "made_in": self.made_in, "hs": self.hs, "hs_edition": self.hs_edition, "currency": self.currency, "uses": [],
            "claims": [], "statements": self.statements,
        }  # fmt: skip


@dataclass(frozen=True)
class Purchase:
    """One price the company itself entered for one of its own units of an item: on a line it signed, or as its word on a sale."""

    sale: UUID
    item: str
    price: Decimal
    currency: str
    begins: dt.date
    ends: dt.date | None
    made_in: str = ""


@dataclass
class Known:
    """One face with all that its addressee may hold beside it.

    ``around`` are the supplier's other answers about the part, each for the days it speaks; ``purchases`` are of the same
    item from anybody, oldest first.
    """

    face: Face
    earlier: Face | None = None
    around: list[Face] = field(default_factory=list)
    sales: list[Sourcing] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    @property
    def beside(self) -> list[Face]:
        """Other answers that speak on some of the same days."""
        return [one for one in self.around if one.overlaps(self.face)]

    @property
    def own_purchases(self) -> list[Purchase]:
        """Those of this very sale that are of the days the answer is about."""
        mine = {sale.pk for sale in self.sales}
        return [
            row for row in self.purchases
            if row.sale in mine and row.begins < self.face.ends and (row.ends is None or row.ends > self.face.begins)
        ]  # fmt: skip

    @property
    def newest_purchases(self) -> list[Purchase]:
        """Those of them that begin last: what is paid now."""
        mine = self.own_purchases
        last = max((row.begins for row in mine), default=None)
        return [row for row in mine if row.begins == last]


def known_of(
    companies: Iterable[UUID], *, on: dt.date | None = None, keys: Iterable[UUID] | None = None,
    parts: Iterable[UUID] | None = None,
) -> list[Known]:  # fmt: skip
    """Every face addressed to these companies that counts on or after that day, newest first, or without a day every one ever
    signed and not withdrawn; of these parts, where any are named; or exactly those with these keys, whether they count or not.

    What is known of a face is the same whatever the day. Six queries, with keys seven, however many faces.
    """
    buyers, keys = list(companies), None if keys is None else set(keys)
    about = _about(keys, parts)
    every = _faces(buyers, about)
    chosen = [
        face for key, face in every.items()
        if (key in keys if keys is not None else on is None or (face.speaks and face.until > on))
    ]  # fmt: skip
    by_part: dict[UUID, list[Face]] = defaultdict(list)
    for face in sorted(every.values(), key=lambda face: (face.begins, face.signed, str(face.key))):
        by_part[face.part].append(face)
    sales = _sales(buyers, about)
    items = {sale.buyer_part_id for rows in sales.values() for sale in rows}
    purchases, asked = _purchases(buyers, None if about is None else items), _asked(buyers, about)
    return [
        Known(
            face, _before(face, by_part[face.part], every), _around(face, by_part[face.part]), sales[face.part],
            _of_items(purchases, sales[face.part]), [row for sale in sales[face.part] for row in asked[sale.pk]],
        )
        for face in sorted(chosen, key=lambda face: (face.signed, str(face.key)), reverse=True)
    ]  # fmt: skip


def _about(keys: set[UUID] | None, parts: Iterable[UUID] | None) -> list[UUID] | None:
    """The sellers' parts that are asked about; None is all that the companies buy."""
    if keys is not None:
        return list(Declaration.objects.filter(pk__in=keys).order_by().values_list("part", flat=True).distinct())
    return None if parts is None else list(parts)


def _faces(buyers: list[UUID], about: list[UUID] | None) -> dict[UUID, Face]:
    """All faces ever addressed to them and not withdrawn, by key: those of the past are what a new one is held against."""
    rows = Declaration.objects.signed().filter(addressees__organisation__in=buyers)
    newer = Declaration.objects.signed().filter(supersedes=OuterRef("pk")).order_by("begins").values("begins")[:1]
    rows = rows.exclude(organisation__in=buyers).annotate(taken=Subquery(newer))
    of_them = Statement.objects.filter(declaration__addressees__organisation__in=buyers)
    if about is not None:
        rows, of_them = rows.filter(part__in=about), of_them.filter(declaration__part__in=about)
    said: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in of_them.distinct().order_by("position", "pk").values("declaration_id", *STATEMENT):
        said[row["declaration_id"]].append(
            {name: numbers.written(row[name]) if name in AMOUNTS else row[name] for name in STATEMENT}
        )
    # Which were withdrawn is asked for and not filtered by: a database takes those that were not to be hardly any.
    told = rows.order_by().distinct().values(*ON_A_FACE, "withdrawal")
    return {row["pk"]: _face(row, said[row["pk"]]) for row in told if row["withdrawal"] is None}


def _face(row: dict[str, Any], said: list[dict[str, Any]]) -> Face:
    return Face(
        key=row["pk"], company=row["organisation_id"], seller=row["organisation__name"], part=row["part_id"],
        number=row["part__number"], description=row["part__description"], hs=row["part__hs"],
        hs_edition=row["part__hs_edition"], made_in=str(row["made_in"] or ""), currency=row["currency"],
        begins=row["begins"], ends=row["ends"], until=max(row["begins"], min(row["ends"], row["taken"] or row["ends"])),
        signed=row["signed_at"], supersedes=row["supersedes_id"], statements=tuple(said),
    )  # fmt: skip


def _before(face: Face, same: list[Face], every: dict[UUID, Face]) -> Face | None:
    """The answer it takes the place of, else the last one that was over when it begins."""
    if face.supersedes in every:
        return every[face.supersedes]
    over = [one for one in same if one.speaks and one.until <= face.begins and one.signed <= face.signed]
    return max(over, key=lambda one: (one.until, one.signed, str(one.key)), default=None)


def _around(face: Face, same: list[Face]) -> list[Face]:
    """Other answers about the part that speak on any day and are not versions of one another."""
    return [
        one for one in same if one.speaks and one.key not in {face.key, face.supersedes} and one.supersedes != face.key
    ]


def _sales(buyers: list[UUID], about: list[UUID] | None) -> dict[UUID, list[Sourcing]]:
    rows = Sourcing.objects.filter(buyer__in=buyers).confirmed()
    rows = rows if about is None else rows.filter(seller_part__in=about)
    found: dict[UUID, list[Sourcing]] = defaultdict(list)
    for row in rows.select_related("buyer_part", "seller").order_by("begins", "pk"):
        found[row.seller_part_id].append(row)
    return found


def _purchases(buyers: list[UUID], items: set[UUID] | None) -> dict[UUID, list[Purchase]]:
    """By own item, of all or of these: what was paid, by one's own signed lines and words on a sale; from any of its sellers."""
    found: dict[UUID, list[Purchase]] = defaultdict(list)
    lines = Source.objects.filter(
        sourcing__buyer__in=buyers, line__declaration__organisation__in=buyers, price__isnull=False,
        line__declaration__signed_at__isnull=False, line__declaration__withdrawal__isnull=True,
    )  # fmt: skip
    words = PriceWord.objects.filter(sourcing__buyer__in=buyers, side="buyer")
    if items is not None:
        lines, words = lines.filter(sourcing__buyer_part__in=items), words.filter(sourcing__buyer_part__in=items)
    for part, *row in lines.order_by().values_list(
        "sourcing__buyer_part", "sourcing", "line__item", "price", "line__declaration__currency", "line__declaration__begins",
        "line__declaration__ends", "made_in",
    ):  # fmt: skip
        found[part].append(Purchase(*row[:6], str(row[6] or "")))
    for part, *row in words.order_by().values_list(
        "sourcing__buyer_part", "sourcing", "sourcing__buyer_part__number", "price", "currency", "begins"
    ):
        found[part].append(Purchase(*row, None))
    for rows in found.values():
        rows.sort(key=lambda row: (row.begins, str(row.sale), row.price, row.currency, row.item, row.made_in))
    return found


def _of_items(purchases: dict[UUID, list[Purchase]], sales: list[Sourcing]) -> list[Purchase]:
    return [row for part in dict.fromkeys(sale.buyer_part_id for sale in sales) for row in purchases.get(part, [])]


def _asked(buyers: list[UUID], about: list[UUID] | None) -> dict[UUID, list[Request]]:
    rows = Request.objects.filter(sourcing__buyer__in=buyers, decline__isnull=True)
    rows = rows if about is None else rows.filter(sourcing__seller_part__in=about)
    found: dict[UUID, list[Request]] = defaultdict(list)
    for row in rows.order_by("at", "pk"):
        found[row.sourcing_id].append(row)
    return found
