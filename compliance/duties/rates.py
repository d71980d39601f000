"""Tariffs as dated data: what a market asks of which good from whom, from when, and where that was read."""

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tracing.places import in_place, named
from tracing.remembered import Remembered

HERE = Path(__file__).parent.parent / "tariffs"
KINDS = ("passenger_vehicle", "light_truck", "heavy_truck", "bus", "part")
ROLES = ("ordinary", "added", "all_in", "quota", "aged", "offset")
LESS = ("", "us_content", "ca_mx_goods", "all_of_it")
LEVELS = ("primary", "official", "copy", "press", "inferred")


class TariffErrors(ValueError):
    """A tariff's file is wrong. ``reasons`` holds all of it."""

    def __init__(self, reasons: list[str]):
        self.reasons = reasons
        super().__init__("; ".join(reasons))


class NoRate(LookupError):
    """No rate is known for such a good on that day. Never to be read as free."""


@dataclass(frozen=True)
class Rate:
    """One row of a tariff: percent of the customs value, ``most`` where the sources leave a range. ``until`` is not included.

    ``role`` is ordinary (nothing for a good that qualifies), added (on top of it), all_in (added up to that much in all),
    quota (added, in place of the added duty, inside a quota), aged (in place of it, for a vehicle made ``years`` or more
    calendar years before the year of entry) or offset (a credit in percent of the retail price of what is put together in that
    market). ``less`` is what is taken off the value of a good that qualifies, ``at_least`` percent of it without any proof. No
    ``origins``: from anywhere; ``except_hs`` are codes it does not reach; ``only_if_it_qualifies`` leaves out other goods.
    ``level`` is how near to the law the source stands; ``caution`` is what was not seen.
    """

    role: str
    words: str
    kinds: tuple[str, ...]
    from_: dt.date
    percent: Decimal
    cite: str
    source: str
    level: str
    until: dt.date | None = None
    most: Decimal | None = None
    origins: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    less: str = ""
    at_least: Decimal | None = None
    caution: str = ""
    except_hs: tuple[str, ...] = ()
    years: Decimal | None = None
    only_if_it_qualifies: bool = False

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        return self.percent, self.percent if self.most is None else self.most

    def holds(self, on: dt.date) -> bool:
        return self.from_ <= on and (self.until is None or on < self.until)

    def fits(self, kind: str, origin: str, hs: str) -> bool:
        listed = not self.hs or any(_digits(hs).startswith(_digits(one)) for one in self.hs)
        spared = any(_digits(hs).startswith(_digits(one)) for one in self.except_hs)
        return kind in self.kinds and (not self.origins or origin in self.origins) and listed and not spared


@dataclass(frozen=True)
class Agreement:
    """Free entry from these partners for what qualifies under that rulebook; what was proposed in its place beside it."""

    rulebook: str
    partners: tuple[str, ...]
    from_: dt.date
    cite: str
    source: str
    level: str
    until: dt.date | None = None
    proposals: tuple[str, ...] = ()

    def holds(self, on: dt.date) -> bool:
        return self.from_ <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Tariff:
    """All that one customs territory asks; ``markets`` are the countries inside it."""

    name: str
    markets: tuple[str, ...]
    agreements: tuple[Agreement, ...]
    rates: tuple[Rate, ...]
    _known: Remembered = field(default_factory=Remembered, repr=False, compare=False)

    def agreement(self, origin: str, on: dt.date) -> Agreement | None:
        """The agreement in force with that country on that day."""
        return next((one for one in self.agreements if origin in one.partners and one.holds(on)), None)

    def deciders(self, origin: str) -> list[str]:
        """Every rulebook on which free entry from there hangs, hung or was proposed to hang."""
        found = [one for one in self.agreements if origin in one.partners]
        return list(dict.fromkeys(name for one in found for name in (one.rulebook, *one.proposals)))

    def rate(self, role: str, *, kind: str, origin: str, on: dt.date, hs: str = "") -> Rate | None:
        """The row for such a good from there on that day; one that names the origin goes before one that names none."""
        found: Rate | None = self._known.of(
            (role, kind, origin, on, hs), lambda: self._rate(role, kind, origin, on, hs)
        )
        return found

    def _rate(self, role: str, kind: str, origin: str, on: dt.date, hs: str) -> Rate | None:
        rows = [one for one in self.rates if one.role == role and one.holds(on) and one.fits(kind, origin, hs)]
        return max(rows, key=lambda one: (bool(one.origins), max(map(len, one.hs), default=0)), default=None)

    def ordinary(self, *, kind: str, origin: str, on: dt.date, hs: str = "") -> Rate:
        """The ordinary duty. Raises NoRate, with the reason, where none is known."""
        found = self.rate("ordinary", kind=kind, origin=origin, on=on, hs=hs)
        if found is None:
            what = f"a part of HS {hs or 'unknown'}" if kind == "part" else plain(kind)
            whence = in_place(origin) if origin else "an unnamed country"
            raise NoRate(f"no rate of {named(self.name)} is known for {what} from {whence} on {on.day} {on:%b %Y}")
        return found

    def changes(self) -> list[dt.date]:
        """Every day on which something in it begins or ends, in order."""
        rows: tuple[Any, ...] = (*self.agreements, *self.rates)
        found: list[dt.date] = self._known.of(
            "changes", lambda: sorted({day for row in rows for day in (row.from_, row.until) if day})
        )
        return found

    def since(self, on: dt.date) -> dt.date:
        """The day since which nothing in it changed; that day itself before anything began. The same is owed on both."""
        return max((day for day in self.changes() if day <= on), default=on)


def plain(kind: str) -> str:
    """``a light truck``: a kind of good in words."""
    return {
        "passenger_vehicle": "a car", "light_truck": "a light truck", "heavy_truck": "a truck over five tonnes", "bus": "a bus",
        "part": "a part",
    }.get(kind, "a vehicle of unknown class")  # fmt: skip


@cache
def tariffs() -> tuple[Tariff, ...]:
    """Every tariff that is held. Raises TariffErrors."""
    return tuple(read(path.read_bytes()) for path in sorted(HERE.glob("*.toml")))


def tariff(market: str) -> Tariff:
    """The tariff of the territory that a country belongs to. Raises NoRate."""
    for one in tariffs():
        if market in one.markets:
            return one
    raise NoRate(f"no tariff of {in_place(market) if market else 'an unnamed country'} is held")


def read(text: bytes) -> Tariff:
    """Read a tariff's TOML strictly. Raises TariffErrors with all that is wrong."""
    try:
        data = tomllib.loads(text.decode(), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise TariffErrors([f"not a TOML file: {wrong}"]) from None
    reasons = [f"{name} is not known" for name in sorted(set(data) - {"name", "markets", "agreements", "rates"})]
    reasons += [f"{name} is missing" for name in ("name", "markets") if not data.get(name)]
    pacts = [_row(Agreement, row, f"agreement {nth}", reasons) for nth, row in enumerate(data.get("agreements", []), 1)]
    rows = [_row(Rate, row, f"rate {nth}", reasons) for nth, row in enumerate(data.get("rates", []), 1)]
    found = Tariff(
        data.get("name", ""), tuple(data.get("markets", ())), tuple(one for one in pacts if one), tuple(one for one in rows if one)
    )  # fmt: skip
    reasons += _overlaps(found)
    if reasons:
        raise TariffErrors(reasons)
    return found


def _row(kind: type, raw: dict[str, Any], where: str, reasons: list[str]) -> Any:
    given = {("from_" if name == "from" else name): _value(value) for name, value in raw.items()}
    known = {one.name: one for one in fields(kind)}
    wrong = [f"{name} is not known" for name in given if name not in known]
    wrong += [
        f"{name.rstrip('_')} is missing"
        for name in list(known)[: 8 if kind is Rate else 6]
        if given.get(name) in (None, "", ())
    ]
    wrong += [
        f"{name} {given[name]!r} is not known"
        for name, values in _CHOICES.items()
        if name in given and given[name] not in values
    ]
    wrong += [f"kind {one!r} is not known" for one in given.get("kinds", ()) if one not in KINDS]
    if not wrong and given.get("until") and given["until"] <= given["from_"]:
        wrong.append("until is not after from")
    if not wrong and given.get("most") is not None and given["most"] < given["percent"]:
        wrong.append("most is under percent")
    reasons += [f"{where}: {one}" for one in wrong]
    return None if wrong else kind(**given)


_CHOICES: dict[str, tuple[str, ...]] = {"role": ROLES, "level": LEVELS, "less": LESS}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return Decimal(value) if isinstance(value, int) else value


def _overlaps(found: Tariff) -> Iterable[str]:
    """Two rows that would speak of the same good on the same day, so that which holds would be chance."""
    for nth, one in enumerate(found.rates):
        for other in found.rates[nth + 1 :]:
            same = (
                one.role == other.role
                and set(one.kinds) & set(other.kinds)
                and bool(one.origins) == bool(other.origins)
            )
            shared = not one.origins or set(one.origins) & set(other.origins)
            if same and shared and set(one.hs or ("",)) & set(other.hs or ("",)) and _meet(one, other):
                yield f"{one.words} and {other.words} hold on the same day"


def _meet(one: Rate, other: Rate) -> bool:
    return (other.until is None or one.from_ < other.until) and (one.until is None or other.from_ < one.until)


def _digits(hs: str) -> str:
    return "".join(letter for letter in hs if letter.isdigit())
