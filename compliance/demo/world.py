"""Reads the demo world's CSV files into rows, complains of every broken reference at once, and answers what belongs to what.

    world = read()                             as it is written, for days.WRITTEN
    world = read(on=day)                       as it is told on another day: days.py
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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from compliance.demo import rows
from compliance.demo.complaints import complaints
from compliance.demo.days import WRITTEN, Telling
from compliance.demo.rows import PartKey

HERE = Path(__file__).parent
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
    """All rows, by file name, the day they are told on, and the look-ups between them. Built by ``read`` or ``scale.scaled``."""

    day: dt.date
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

    def __init__(self, tables: dict[str, list[Any]], day: dt.date):
        self.day = day
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


def read(folder: Path = HERE, *, on: dt.date = WRITTEN) -> World:
    """The world as the files tell it, on a day. Raises BrokenWorld with every reason at once."""
    reasons: list[str] = []
    reader = _Reader(folder, Telling(on), reasons)
    world = World({name: reader.table(name, row_type) for name, row_type in FILES.items()}, on)
    reasons += complaints(world)
    if reasons:
        raise BrokenWorld(reasons)
    return world


class _Reader:
    """Turns the files of a folder into rows, whose days and words are those of the telling."""

    def __init__(self, folder: Path, telling: Telling, reasons: list[str]):
        self.folder, self.telling, self.reasons = folder, telling, reasons
        self.renamed = dict(self._renamed())

    def _renamed(self) -> Iterator[tuple[str, str]]:
        """A vehicle's number ends with its model year: by the number that is written the one of this telling."""
        for _, raw in self._lines("vehicles"):
            number, year = raw.get("number") or "", raw.get("model_year") or ""
            if year.isdecimal() and number.endswith(year[-2:]) and (told := self.telling.year(int(year))) != int(year):
                yield number, f"{number[:-2]}{told % 100:02d}"

    def _lines(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from enumerate(csv.DictReader(file), start=2)

    def table(self, name: str, row_type: type) -> list[Any]:
        kinds = typing.get_type_hints(row_type, include_extras=True)
        table = []
        for number, raw in self._lines(name):
            if set(raw) != {field.name for field in fields(row_type)}:
                self.reasons.append(f"{name}.csv: its columns are not those of {row_type.__name__}")
                break
            try:
                table.append(row_type(**{column: self.value(text, kinds[column]) for column, text in raw.items()}))
            except (ValueError, ArithmeticError) as wrong:
                self.reasons.append(f"{name}.csv:{number}: {wrong}")
        return table

    def value(self, text: str, kind: Any) -> Any:
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in (types.UnionType, typing.Union):
            plain = next(part for part in inner if part is not types.NoneType)
            return None if text == "" else self.value(text, plain)
        if origin is typing.Annotated:
            moved = inner[1]
            return moved(self.telling, self.value(text, inner[0]))
        if kind is bool:
            if text not in {"", "yes", "no"}:
                raise ValueError(f"{text!r} is neither yes nor no")
            return text == "yes"
        if kind is dt.date:
            return dt.date.fromisoformat(text)
        if origin is tuple:
            return tuple(text.split())
        return kind(text) if kind in {int, Decimal, Fraction} else self._words(text)

    def _words(self, text: str) -> str:
        for written, told in self.renamed.items():
            text = text.replace(written, told)
        return self.telling.words(text)
