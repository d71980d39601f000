"""What hangs on each verdict of a vehicle at each border, from its automaker's entry and the faces of its outcomes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from compliance.duties import rates
from compliance.duties.owed import Crossing, Duty, owed
from compliance.duties.rates import NoRate, Tariff
from tracing import stakes
from tracing.engine.result import FAIL, NONE, PASS
from tracing.entries import Entry
from tracing.places import in_place, named
from tracing.stakes import Faces, Stake

FIGURES = {"us_content": "us-232", "ca_mx_goods": "canada-surtax"}
"""By what is taken off the value: the rulebook that measures it."""
# Figures that are taken off, and whether the pact of the day failed, bear on what hangs on any other law.
stakes.bear(*FIGURES.values(), "usmca", "nafta", "eu-uk-ev")
EVERYTHING = (Decimal(0), Decimal(100))
FIRST, LAST = 2017, 2027
HS_KINDS = {
    "8702": "bus", "8703": "passenger_vehicle", "870421": "light_truck", "870431": "light_truck", "870441": "light_truck",
    "870451": "light_truck", "870460": "light_truck", "8704": "heavy_truck", "8701": "heavy_truck",
}  # fmt: skip
"""Tariffs go by the HS code. Trucks of five tonnes at most are light; 8704.60, electric, is of any weight and taken as light."""


@dataclass(frozen=True)
class Unknown:
    """Why no amount can be given for a vehicle in a market, as a fact and its cure."""

    market: str
    why: str


@dataclass(frozen=True)
class Span:
    """Days of one year, until not included, on which the same is owed; each from the least to the most."""

    from_: dt.date
    until: dt.date
    law: str
    kept: Duty
    lost: Duty
    at_best: Duty

    @property
    def owed_if_kept(self) -> tuple[Decimal, Decimal]:
        return self.at_best.least, self.kept.most

    @property
    def each(self) -> Decimal:
        """What failing costs on one, at the least."""
        return self.lost.least - self.kept.most

    @property
    def whole(self) -> bool:
        """Whether it is a whole year."""
        return (self.from_, self.until) == (dt.date(self.from_.year, 1, 1), dt.date(self.from_.year + 1, 1, 1))


def kind_of(entry: Entry) -> str:
    """The kind of good that tariffs know: by the HS code where there is one, else by the class that was entered."""
    return kind_of_code(entry.hs) or (entry.kind if entry.kind in rates.KINDS else "")


def kind_of_code(hs: str) -> str:
    """The kind of vehicle of an HS code; nothing of a part's."""
    digits = hs.replace(".", "")
    heads = [head for head in HS_KINDS if digits.startswith(head)]
    return HS_KINDS[max(heads, key=len)] if heads else ""


@stakes.provided
def at_borders(entries: Mapping[UUID, Entry], faces: Mapping[UUID, Faces], on: dt.date) -> dict[UUID, list[Stake]]:
    """Every vehicle's stakes under each law on which free entry hangs, hung or would hang; see ``unknown`` for what is left out."""
    return {key: _of_vehicle(entry, faces.get(key, []), on) for key, entry in entries.items()}


def _of_vehicle(entry: Entry, faces: Faces, on: dt.date) -> list[Stake]:
    found: list[Stake] = []
    for market in entry.markets:
        try:
            found += _of_market(entry, market, faces, on)
        except NoRate:
            continue
    return found


def _of_market(entry: Entry, market: str, faces: Faces, on: dt.date) -> list[Stake]:
    tariff = rates.tariff(market)
    pact = tariff.agreement(entry.made_in, on)
    if entry.customs_value is None or not entry.made_in or entry.made_in in tariff.markets or pact is None:
        return []
    border = Border(entry, market, faces, on)
    deciding = [
        face for face in faces if face["rulebook"] in tariff.deciders(entry.made_in) and face["verdict"] != NONE
    ]
    if not any(face["rulebook"] == pact.rulebook for face in deciding):
        deciding = [{"rulebook": pact.rulebook, "reading": "", "verdict": "", "status": "law"}, *deciding]
    found = [
        border.stake(
            face["rulebook"], face["verdict"], reading=face["reading"], hypothetical=face["rulebook"] != pact.rulebook
        )
        for face in deciding
    ]
    failed = any(face["rulebook"] == pact.rulebook and face["verdict"] == FAIL for face in deciding)
    return found if failed else [*found, *border.figures(pact.rulebook)]


class Border:
    """One vehicle at one border on one day: what it owes if it qualifies, at each end of its figures, and if not."""

    def __init__(self, entry: Entry, market: str, faces: Faces, on: dt.date):
        self.entry, self.market, self.on = entry, market, on
        since = rates.tariff(market).since(on)  # days on which the same is owed share what was counted
        self.ends = tuple(replace(one, on=since) for one in ends(entry, market, faces))
        self.lost = owed(self.ends[0])
        self.worst, self.best = (owed(replace(one, qualifies=True)) for one in self.ends)

    def stake(self, rulebook: str, verdict: str, *, reading: str = "", hypothetical: bool = False) -> Stake:
        """What that law's verdict decides here."""
        held = verdict in (PASS, NONE)
        now = self.worst if held else self.lost
        return self._stake(rulebook, verdict, now, self.lost, reading=reading, hypothetical=hypothetical)

    def figures(self, rulebook: str) -> Iterable[Stake]:
        """What the figures taken off the value are worth: against none that is proved, for a vehicle that qualifies."""
        worst = self.ends[0]
        added = rates.tariff(self.market).rate("added", kind=worst.kind, origin=worst.made_in, on=self.on)
        if added and added.less in FIGURES:
            without = owed(replace(worst, qualifies=True, **{added.less: Decimal(0)}))
            yield self._stake(FIGURES[added.less], NONE, self.worst, without, part_of=rulebook)

    def _stake(self, rulebook: str, verdict: str, now: Duty, lost: Duty, **more) -> Stake:
        return Stake(
            rulebook=rulebook, market=self.market, year=self.on.year, currency=self.entry.currency,
            units=self.entry.units[self.market], kept=(self.best.least, self.worst.most), lost=(lost.least, lost.most),
            verdict=verdict, now=(now.least, now.most), kept_steps=list(self.worst.steps), lost_steps=list(lost.steps), **more,
        )  # fmt: skip


def _figure(faces: Faces, rulebook: str) -> tuple[Decimal, Decimal]:
    """A law's figure at worst and at best in the whole points that its automaker sees; anything where it was not computed."""
    for face in faces:
        if face["rulebook"] == rulebook and face["ran"]:
            bar = face["ran"][0]["bar"]
            if bar["worst"] is not None and bar["best"] is not None:
                return bar["worst"], min(bar["best"], Decimal(100))
    return EVERYTHING


def unknown(entry: Entry, *, on: dt.date) -> list[Unknown]:
    """For each market in which no amount can be given: why, and what would mend it."""
    missing = [name for name, held in (
        ("a customs value", entry.customs_value is not None), ("where it is made", bool(entry.made_in)),
        ("a class or an HS code that tariffs know", bool(kind_of(entry))),
    ) if not held]  # fmt: skip
    if missing:
        return [Unknown("", f"Its declaration lacks {' and '.join(missing)}: enter it there and sign a new version.")]
    return [Unknown(market, why) for market in entry.markets if (why := _why_not(entry, market, on))]


def _why_not(entry: Entry, market: str, on: dt.date) -> str:
    try:
        owed(Crossing(market, entry.made_in, kind_of(entry), entry.customs_value or Decimal(0), on, hs=entry.hs))
    except NoRate as fact:
        return f"{str(fact)[:1].upper()}{str(fact)[1:]}."
    tariff = rates.tariff(market)
    if entry.made_in in tariff.markets or tariff.agreement(entry.made_in, on):
        return ""
    return f"No agreement between {named(tariff.name)} and {in_place(entry.made_in)} is held: nothing hangs on origin here."


def ends(entry: Entry, market: str, faces: Faces) -> tuple[Crossing, Crossing]:
    """The vehicle as it comes to that border, with its figures at worst and at best; of any day."""
    shares = {name: _figure(faces, law) for name, law in FIGURES.items()}
    plain = Crossing(market, entry.made_in, kind_of(entry), entry.customs_value or Decimal(0), dt.date.min, hs=entry.hs)
    worst, best = (replace(plain, **{name: pair[end] for name, pair in shares.items()}) for end in (0, 1))
    return worst, best


def spans(
    crossing: Crossing, best: Crossing | None = None, *, years: Iterable[int] = range(FIRST, LAST + 1)
) -> list[Span]:
    """What one that qualifies and one that does not owe, for each stretch of each year on which nothing changes.

    ``crossing`` bears its figures at worst, ``best`` at best. Stretches for which no rate is known are left out.
    """
    tariff = rates.tariff(crossing.market)
    found: list[Span] = []
    for year in years:
        first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        days = [first, *(day for day in tariff.changes() if first < day < end), end]
        found += joined(one for pair in pairwise(days) if (one := _span(tariff, crossing, best or crossing, *pair)))
    return found


def stretches(crossing: Crossing) -> list[Span]:
    """As ``spans``, with years on which the same is owed under the same law joined: what changed when, and no more."""
    return joined(spans(crossing))


def _span(tariff: Tariff, crossing: Crossing, best: Crossing, first: dt.date, until: dt.date) -> Span | None:
    pact = tariff.agreement(crossing.made_in, first)
    if pact is None or crossing.made_in in tariff.markets:
        return None
    try:
        lost = owed(replace(crossing, on=first, qualifies=False))
        kept, at_best = (owed(replace(one, on=first, qualifies=True)) for one in (crossing, best))
    except NoRate:
        return None
    return Span(first, until, pact.rulebook, kept, lost, at_best)


def joined(rows: Iterable[Span]) -> list[Span]:
    """Stretches that follow each other with the same law and amounts as one."""
    found: list[Span] = []
    for one in rows:
        last = found[-1] if found else None
        if last and last.until == one.from_ and replace(last, until=one.until) == replace(one, from_=last.from_):
            found[-1] = replace(last, until=one.until)
        else:
            found.append(one)
    return found
