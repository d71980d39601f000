"""What failing costs, as its page and its files show it: one row for each vehicle, market and law."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.http import urlencode

from compliance.duties import exposure, rates
from compliance.duties.exposure import Span, Unknown
from tracing import boards, memory, rulebooks, stakes, verdicts
from tracing.entries import Entry, entries
from tracing.models import Vehicle
from tracing.stakes import Stake

YEARS = range(exposure.FIRST, exposure.LAST + 1)
HEAD = [
    "vehicle", "model year", "made in", "sold in", "rates of", "law", "reading", "if that were the law", "verdict", "currency",
    "customs value", "owed if it qualifies, least", "owed if it qualifies, most", "owed if not, least", "owed if not, most",
    "owed now, most", "failing costs, each", "units a year", "failing costs, a year", "not seen",
]  # fmt: skip


YEARS_HEAD = [
    "vehicle", "sold in", "from", "until before", "law", "currency", "owed if it qualifies, least", "owed if it qualifies, most",
    "owed if not, least", "owed if not, most", "failing costs, each", "units a year", "failing costs, on a year's units",
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a reader asked for: the year, and one market or law where one was chosen; nothing: all of them."""

    year: int
    today: dt.date
    market: str = ""
    law: str = ""
    why: str = ""

    @property
    def on(self) -> dt.date:
        """The day whose rates are taken: today's in this year, else those of a year's last day."""
        return self.today if self.year == self.today.year else dt.date(self.year, 12, 31)

    @property
    def query(self) -> str:
        return urlencode({"year": self.year, "market": self.market, "law": self.law})


@dataclass(frozen=True)
class Row:
    """One vehicle at one border under one law."""

    vehicle: Vehicle
    entry: Entry
    stake: Stake

    @property
    def key(self) -> str:
        """Names the row in addresses."""
        one = self.stake
        return ".".join(part for part in (str(self.vehicle.pk), one.market, one.rulebook, one.reading) if part)

    @property
    def law(self) -> str:
        return law_name(self.stake.rulebook, self.stake.reading)

    def alike(self, other: "Row") -> bool:
        """Whether both say the same, by two readings of one law."""
        return self.vehicle == other.vehicle and replace(self.stake, reading="") == replace(other.stake, reading="")


@dataclass
class Page:
    """Rows, what is not known, and sums by currency of the rows that may be added up."""

    rows: list[Row] = field(default_factory=list)
    unknown: list[tuple[Vehicle, Unknown]] = field(default_factory=list)
    laws: list[str] = field(default_factory=list)
    markets: list[str] = field(default_factory=list)
    computed: dt.datetime | None = None

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The rows, those that say the same by several readings once, with the law and all their letters."""
        found: list[dict[str, Any]] = []
        for row in self.rows:
            same = next((one for one in found if one["row"].alike(row)), None)
            if same:
                same["law"] += ", " + boards.letter(row.stake.rulebook, row.stake.reading)
            else:
                found.append({"row": row, "law": row.law})
        return found

    @property
    def sums(self) -> list[dict[str, Any]]:
        """A sum for each currency, by reading where a text allows several: those are never added up. Equal ones once."""
        grouped: dict[tuple[str, str], list[Stake]] = {}
        for row in self.rows:
            letter = boards.letter(row.stake.rulebook, row.stake.reading)
            grouped.setdefault((row.stake.currency, letter), []).append(row.stake)
        found: list[dict[str, Any]] = []
        for (currency, letter), rows in grouped.items():
            total = {"currency": currency} | _sum(rows)
            same = next((one for one in found if one | {"letters": ""} == total | {"letters": ""}), None)
            if same:
                same["letters"] += f", {letter}"
            else:
                found.append(total | {"letters": letter})
        return found

    def row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)


def _sum(rows: list[Stake]) -> dict[str, Any]:
    """At stake, owed now, and how much of that only because a verdict fails or is open; a year, at the rates of the day."""
    avoidable = sum(((one.now[0] - one.kept[1]) * one.units for one in rows if one.now[0] > one.kept[1]), Decimal(0))
    return {
        "at_stake": sum((one.a_year for one in rows), Decimal(0)), "avoidable": avoidable,
        "now": sum((one.now_a_year for one in rows), Decimal(0)),
    }  # fmt: skip


def page(vehicles: Iterable[Vehicle], asked: Asked) -> Page:
    """The rows of these vehicles: their facts and verdicts are today's, the rates those of the day asked for."""
    rows = list(vehicles)
    held = entries(rows, on=asked.today)
    faces = {pk: verdicts.weighed(said) for pk, said in verdicts.of_today(rows, rulebooks.ids()).items()}
    found = memory.stakes_of(held, {one.pk: faces.get(one.pk, []) for one in rows}, asked.on)
    shown = Page(computed=boards.computed(rows))
    for vehicle in rows:
        _fill(shown, vehicle, held.get(vehicle.pk), found, asked)
    shown.laws, shown.markets = _known(found), _markets(held)
    return shown


def _fill(shown: Page, vehicle: Vehicle, entry: Entry | None, found: Mapping[UUID, list[Stake]], asked: Asked) -> None:
    if entry is None:
        why = "It has no declaration in force: what it is worth and where it is sold is entered there."
        shown.unknown.append((vehicle, Unknown("", why)))
        return
    shown.rows += [Row(vehicle, entry, one) for one in found[vehicle.pk] if _wanted(one, asked)]
    shown.unknown += [
        (vehicle, one)
        for one in exposure.unknown(entry, on=asked.on)
        if not asked.market or one.market in ("", asked.market)
    ]


def _wanted(one: Stake, asked: Asked) -> bool:
    if asked.market and one.market != asked.market:
        return False
    return one.rulebook == asked.law if asked.law else not (one.hypothetical or one.part_of)


def _known(found: Mapping[UUID, list[Stake]]) -> list[str]:
    """The laws a reader may ask for by name: those that hang on duty, in the order of the rulebooks."""
    named = {one.rulebook for rows in found.values() for one in rows}
    return [name for name in rulebooks.ids() if name in named]


def _markets(held: Mapping[UUID, Entry]) -> list[str]:
    return sorted({market for entry in held.values() for market in entry.markets})


def years(entry: Entry, faces: stakes.Faces) -> list[tuple[str, list[Span]]]:
    """For each market that the vehicle is carried to: what failing cost and costs, stretch by stretch."""
    found = []
    for market in entry.markets:
        if entry.customs_value is None or not _is_held(market):
            continue
        ends = exposure.ends(entry, market, faces)
        found.append((market, exposure.spans(*ends, years=YEARS)))
    return [(market, spans) for market, spans in found if spans]


def years_cells(vehicle: Vehicle, entry: Entry | None, found: Iterable[tuple[str, list[Span]]]) -> Iterable[list[Any]]:
    """The years of one vehicle as a file holds them; YEARS_HEAD names the columns."""
    for market, spans in found if entry else ():
        units = entry.units[market]
        for span in spans:
            yield [
                vehicle.name, market, span.from_, span.until, span.law, entry.currency, *span.owed_if_kept, span.lost.least,
                span.lost.most, span.each, units, span.each * units,
            ]  # fmt: skip


def _is_held(market: str) -> bool:
    return any(market in tariff.markets for tariff in rates.tariffs())


def cells(rows: Iterable[Row], on: dt.date) -> Iterable[list[Any]]:
    """The rows as a file holds them; HEAD names the columns."""
    for row in rows:
        one = row.stake
        yield [
            row.vehicle.name, row.vehicle.model_year, row.entry.made_in, one.market, on, one.rulebook, one.reading,
            "yes" if one.hypothetical else "no", one.verdict or "not traced", one.currency, row.entry.customs_value, *one.kept,
            *one.lost, one.now[1], one.each, one.units, one.a_year, " ".join(one.cautions),
        ]  # fmt: skip


def law_name(rulebook: str, reading: str = "") -> str:
    """``USMCA``; with the letter of its reading where the text allows several."""
    letter = boards.letter(rulebook, reading)
    return rulebooks.rulebook(rulebook).title.split(",")[0] + (f", {letter}" if letter else "")
