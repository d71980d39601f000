"""Reads the demo world's CSV files into rows, complains of every broken reference at once, and answers what belongs to what.

    world = read()
    world.organisations, world.parts, …        lists of the rows in rows.py, in the order of the files
    world.body(declaration)                    its lines, each with its sources, charges and any "cannot be had"
    world.in_force(part, buyer, on=day)        the declaration that answers for a part to a buyer on a day, or None
    dossiers.dossier(world, "Alder", on=day)   the portable file of one vehicle, as the engine reads it

Natural keys: an organisation, plant (within it), person and declaration by their short names, a part or item by
``(organisation, number)``, a line by ``(declaration, line)``, a source by ``(declaration, line, source)``, counted from 1.
"""

import csv
import datetime as dt
import types
import typing
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from compliance.demo import rows
from compliance.demo.rows import PartKey

HERE = Path(__file__).parent
TODAY = dt.date(2026, 11, 24)
"""The day the demo world is told for."""

FILES: dict[str, type] = {
    "organisations": rows.Organisation, "plants": rows.Plant, "people": rows.Person, "memberships": rows.Membership,
    "parts": rows.Part, "items": rows.Item, "sourcings": rows.Sourcing, "declarations": rows.Declaration,
    "lines": rows.Line, "sources": rows.Source, "charges": rows.Charge, "costs": rows.Costs,
    "own_value": rows.OwnValue, "statements": rows.Statement, "claims": rows.Claim, "cannots": rows.Cannot,
    "tries": rows.Try, "vehicles": rows.Vehicle, "requests": rows.Request, "declines": rows.Decline,
    "campaigns": rows.Campaign, "replies": rows.Reply,
    "rates": rows.Rate, "reviews": rows.Review, "grants": rows.Grant, "later": rows.Later,
    "price_words": rows.PriceWord, "face_reviews": rows.FaceReview,
}  # fmt: skip


class BrokenWorld(ValueError):
    """The files contradict themselves. ``reasons`` holds all of it."""

    def __init__(self, reasons: list[str]):
        self.reasons = reasons
        super().__init__("; ".join(reasons))


@dataclass(frozen=True)
class BodySource:
    """A source with what hangs on it."""

    row: rows.Source
    charges: tuple[rows.Charge, ...]
    cannot: rows.Cannot | None
    tries: tuple[rows.Try, ...]
    sourcing: rows.Sourcing | None


@dataclass(frozen=True)
class BodyLine:
    """A line with its item and sources."""

    row: rows.Line
    item: rows.Item | rows.Part
    sources: tuple[BodySource, ...]


class World:
    """All rows, by file name, and the look-ups between them. Built by ``read`` or ``scale.scaled``."""

    organisations: list[rows.Organisation]
    plants: list[rows.Plant]
    people: list[rows.Person]
    memberships: list[rows.Membership]
    parts: list[rows.Part]
    items: list[rows.Item]
    sourcings: list[rows.Sourcing]
    declarations: list[rows.Declaration]
    lines: list[rows.Line]
    sources: list[rows.Source]
    charges: list[rows.Charge]
    costs: list[rows.Costs]
    own_value: list[rows.OwnValue]
    statements: list[rows.Statement]
    claims: list[rows.Claim]
    cannots: list[rows.Cannot]
    tries: list[rows.Try]
    vehicles: list[rows.Vehicle]
    requests: list[rows.Request]
    declines: list[rows.Decline]
    campaigns: list[rows.Campaign]
    replies: list[rows.Reply]
    rates: list[rows.Rate]
    reviews: list[rows.Review]
    grants: list[rows.Grant]
    later: list[rows.Later]
    price_words: list[rows.PriceWord]
    face_reviews: list[rows.FaceReview]

    def __init__(self, tables: dict[str, list[Any]]):
        for name in FILES:
            setattr(self, name, tables.get(name, []))
        self.organisation = {row.organisation: row for row in self.organisations}
        self.plant = {(row.organisation, row.plant): row for row in self.plants}
        self.person = {row.person: row for row in self.people}
        self.part = {row.key: row for row in self.parts}
        self.item = {row.key: row for row in [*self.parts, *self.items]}
        self.declaration = {row.declaration: row for row in self.declarations}
        self.sourcing = {(row.seller, row.seller_number, row.buyer): row for row in self.sourcings}
        self.vehicle = {row.name: row for row in self.vehicles}
        self.costs_of = {row.declaration: row for row in self.costs}
        self.lines_of = _grouped(self.lines, lambda row: row.declaration)
        self.own_value_of = _grouped(self.own_value, lambda row: row.declaration)
        self.statements_of = _grouped(self.statements, lambda row: row.declaration)
        self.claims_of = _grouped(self.claims, lambda row: row.declaration)
        self.answers_for = _grouped(self.declarations, lambda row: row.part)
        self._sources = _grouped(self.sources, lambda row: (row.declaration, row.line))
        self._charges = _grouped(self.charges, lambda row: (row.declaration, row.line, row.source))
        self._tries = _grouped(self.tries, lambda row: (row.declaration, row.line, row.source))
        self._cannot = {(row.declaration, row.line, row.source): row for row in self.cannots}

    def body(self, declaration: str) -> tuple[BodyLine, ...]:
        """The lines of a declaration, in order, with all that hangs on them."""
        maker = self.declaration[declaration].organisation
        return tuple(
            BodyLine(
                line,
                self.item[maker, line.item],
                tuple(self._source(maker, row) for row in self._sources[declaration, line.line]),
            )
            for line in self.lines_of[declaration]
        )

    def _source(self, maker: str, row: rows.Source) -> BodySource:
        key = (row.declaration, row.line, row.source)
        bought = row.seller and row.how != "made"
        sourcing = self.sourcing[row.seller, row.seller_number, maker] if bought else None
        return BodySource(row, tuple(self._charges[key]), self._cannot.get(key), tuple(self._tries[key]), sourcing)

    def is_open(self, declaration: str) -> bool:
        """Whether the declaration shows a body: its own costs are stated, with lines or (raw materials) without."""
        return declaration in self.costs_of

    def buyers(self, part: PartKey) -> list[str]:
        """Who buys this part: every answer about it is addressed to all of them."""
        return [row.buyer for row in self.sourcings if (row.seller, row.seller_number) == part]

    def in_force(self, part: PartKey, *, on: dt.date) -> rows.Declaration | None:
        """Signed, not withdrawn, not superseded by a signed one that has begun, and ``on`` within its period."""
        answers = [row for row in self.answers_for[part] if row.signed_on is not None]
        replaced = {row.supersedes for row in answers if row.supersedes and row.begins <= on}
        for row in answers:
            ended = row.withdrawn_on is not None and row.withdrawn_on <= on
            if row.begins <= on < row.ends and not ended and row.declaration not in replaced:
                return row
        return None


def _grouped(table: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in table:
        groups[key(row)].append(row)
    return groups


def read(folder: Path = HERE) -> World:
    """The world as the files tell it. Raises BrokenWorld with every reason at once."""
    reasons: list[str] = []
    world = World({name: _table(folder / f"{name}.csv", row_type, reasons) for name, row_type in FILES.items()})
    reasons += complaints(world)
    if reasons:
        raise BrokenWorld(reasons)
    return world


def _table(path: Path, row_type: type, reasons: list[str]) -> list[Any]:
    kinds = typing.get_type_hints(row_type)
    table = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, raw in enumerate(csv.DictReader(file), start=2):
            if set(raw) != {field.name for field in fields(row_type)}:
                reasons.append(f"{path.name}: its columns are not those of {row_type.__name__}")
                break
            try:
                table.append(row_type(**{name: _value(text, kinds[name]) for name, text in raw.items()}))
            except (ValueError, ArithmeticError) as wrong:
                reasons.append(f"{path.name}:{number}: {wrong}")
    return table


def _value(text: str, kind: Any) -> Any:
    if isinstance(kind, types.UnionType):
        plain = next(part for part in typing.get_args(kind) if part is not types.NoneType)
        return None if text == "" else _value(text, plain)
    if kind is bool:
        if text not in {"", "yes", "no"}:
            raise ValueError(f"{text!r} is neither yes nor no")
        return text == "yes"
    if kind is dt.date:
        return dt.date.fromisoformat(text)
    if typing.get_origin(kind) is tuple:
        return tuple(text.split())
    return kind(text) if kind in {int, Decimal, Fraction} else text


def complaints(world: World) -> list[str]:
    """Every reference that leads nowhere and every key given twice, as sentences."""
    found = []
    for table, key in (
        (world.organisations, lambda row: row.organisation), (world.people, lambda row: row.person),
        (world.parts, lambda row: row.key), (world.items, lambda row: row.key),
        (world.declarations, lambda row: row.declaration), (world.vehicles, lambda row: row.name),
        (world.sourcings, lambda row: (row.seller, row.seller_number, row.buyer)),
        (world.lines, lambda row: (row.declaration, row.line)),
        (world.sources, lambda row: (row.declaration, row.line, row.source)),
    ):  # fmt: skip
        keys = [key(row) for row in table]
        found += (
            [f"{name} is given twice" for name in {name for name in keys if keys.count(name) > 1}]
            if len(set(keys)) < len(keys)
            else []
        )
    for row in world.memberships:
        found += _missing(world.person, row.person, row) + _missing(world.organisation, row.organisation, row)
    for row in [*world.parts, *world.vehicles]:
        found += _missing(world.plant, (row.organisation, row.plant), row)
    for row in world.sourcings:
        found += _missing(world.part, (row.seller, row.seller_number), row)
        found += _missing(world.item, (row.buyer, row.buyer_number), row)
    for row in world.declarations:
        found += _missing(world.part, row.part, row) + _missing(world.plant, (row.organisation, row.plant), row)
        found += _missing(world.declaration, row.supersedes, row) if row.supersedes else []
    for row in world.lines:
        found += _missing(world.declaration, row.declaration, row)
        maker = row.declaration.partition("/")[0]
        found += _missing(world.item, (maker, row.item), row)
    for row in world.sources:
        maker = row.declaration.partition("/")[0]
        if row.how == "made":
            found += _missing(world.part, (row.seller, row.seller_number), row)
        elif row.seller:
            found += _missing(world.sourcing, (row.seller, row.seller_number, maker), row)
    for row in world.requests:
        found += _missing(world.sourcing, (row.seller, row.seller_number, row.asker), row)
    for row in world.replies:
        asker = next((one.asker for one in world.campaigns if one.title == row.title), "")
        found += _missing(world.sourcing, (row.seller, row.seller_number, asker), row) + _missing(
            world.person, row.by, row
        )
    for row in [*world.later, *world.price_words]:
        found += _missing(world.sourcing, (row.seller, row.seller_number, row.buyer), row) + _missing(
            world.person, row.by, row
        )
    for row in world.face_reviews:
        found += _missing(world.organisation, row.seller, row) + _missing(world.person, row.reviewer, row)
    for row in [*world.reviews, *world.grants]:
        found += _missing(world.vehicle, row.vehicle, row)
    return found


def _missing(known: Any, key: Any, row: Any) -> list[str]:
    return [] if key in known else [f"{type(row).__name__} names {key}, which is not there: {row}"]
