"""What a verdict is worth in duty. The room downstream that knows tariffs enters how to count; pages here ask."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from tracing.entries import Entry


@dataclass(frozen=True)
class Step:
    """One line of how an amount was made, with its citation.

    ``amount`` is the most and ``least`` the least, where a rate is a range. ``level`` is how near to the law its source
    stands (primary, official, copy, press, inferred); ``caution`` says what was not seen.
    """

    words: str
    amount: Decimal
    cite: str = ""
    least: Decimal | None = None
    level: str = ""
    caution: str = ""


@dataclass(frozen=True)
class Stake:
    """What one law decides for one vehicle in one market in one calendar year, in ``currency``.

    ``kept`` is the duty on one vehicle that qualifies, ``lost`` on one that does not, each from the least to the most that
    may be owed while answers are missing; ``now`` what is owed by the verdict as it stands, with silence answered as the law
    answers it: what is open fails. ``reading`` is the law's reading where its text allows several. ``hypothetical``: the law
    does not hold on that day, so the amounts are what it would cost. ``part_of`` names the law whose stake holds these
    amounts already, as USMCA's holds what U.S. content is worth: never add the two.
    """

    rulebook: str
    market: str
    year: int
    currency: str
    units: int
    kept: tuple[Decimal, Decimal]
    lost: tuple[Decimal, Decimal]
    verdict: str
    now: tuple[Decimal, Decimal]
    kept_steps: list[Step] = field(default_factory=list)
    lost_steps: list[Step] = field(default_factory=list)
    reading: str = ""
    hypothetical: bool = False
    part_of: str = ""

    @property
    def each(self) -> Decimal:
        """What failing costs on one vehicle, at the least."""
        return self.lost[0] - self.kept[1]

    @property
    def each_most(self) -> Decimal:
        return self.lost[1] - self.kept[0]

    @property
    def a_year(self) -> Decimal:
        """What failing costs on a year's units, at the least, at the rates of the day."""
        return self.each * self.units

    @property
    def now_a_year(self) -> Decimal:
        """What a year's units owe as the verdict stands, at the most."""
        return self.now[1] * self.units

    @property
    def cautions(self) -> list[str]:
        """What was not seen of the rates behind it, each once."""
        return list(dict.fromkeys(one.caution for one in [*self.kept_steps, *self.lost_steps] if one.caution))


Faces = list[dict[str, Any]]
Provider = Callable[[Mapping[UUID, Entry], Mapping[UUID, Faces], dt.date], dict[UUID, list[Stake]]]
_providers: list[Provider] = []
_bearing: set[str] = set()


def provided(provider: Provider) -> Provider:
    """Enter a function that answers the stakes of these vehicles, from their entries and the faces of their outcomes."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def asked() -> bool:
    """Whether any room counts stakes at all."""
    return bool(_providers)


def bear(*rulebooks: str) -> None:
    """Enter rulebooks whose verdicts or figures bear on what hangs on other laws."""
    _bearing.update(rulebooks)


def weighed(laws: list[str] | None) -> list[str] | None:
    """The laws whose faces have to be at hand to count what hangs on these; None for all."""
    return laws if laws is None or not _providers else sorted({*laws, *_bearing})


def of(entries: Mapping[UUID, Entry], faces: Mapping[UUID, Faces], *, on: dt.date) -> dict[UUID, list[Stake]]:
    """By vehicle what is at stake under each law that a duty hangs on, by market; no query beyond the providers' own."""
    found: dict[UUID, list[Stake]] = {}
    for provider in _providers:
        for key, rows in provider(entries, faces, on).items():
            found.setdefault(key, []).extend(rows)
    return found


def counted(stakes: Iterable[Stake]) -> list[Stake]:
    """Those that may be added up: of one law all, of several laws only what holds on the day, and nothing twice."""
    rows = list(stakes)
    if len({(one.rulebook, one.reading) for one in rows}) < 2:
        return rows
    return [one for one in rows if not one.hypothetical and not one.part_of]


def at_stake(stakes: Iterable[Stake]) -> Decimal:
    """What failing costs a year, over those that may be added up. Amounts of one currency: see ``by_currency``."""
    return sum((one.a_year for one in counted(stakes)), Decimal(0))


def by_currency(stakes: Iterable[Stake]) -> dict[str, list[Stake]]:
    """Stakes by their currency, for sums never cross one."""
    found: dict[str, list[Stake]] = {}
    for one in stakes:
        found.setdefault(one.currency, []).append(one)
    return found
