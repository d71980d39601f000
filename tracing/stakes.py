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
    """One line of how an amount was made, with its citation."""

    words: str
    amount: Decimal
    cite: str = ""


@dataclass(frozen=True)
class Stake:
    """What one law decides for one vehicle in one market in one calendar year, in ``currency``.

    ``kept`` is the duty on one vehicle that qualifies, ``lost`` on one that does not, each from the least to the most that
    may be owed while answers are missing; ``now`` what is owed by the verdict as it stands: as if it failed while open.
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

    @property
    def each(self) -> Decimal:
        """What failing costs on one vehicle, at the least."""
        return self.lost[0] - self.kept[1]

    @property
    def a_year(self) -> Decimal:
        return self.each * self.units


Faces = list[dict[str, Any]]
Provider = Callable[[Mapping[UUID, Entry], Mapping[UUID, Faces], dt.date], dict[UUID, list[Stake]]]
_providers: list[Provider] = []


def provided(provider: Provider) -> Provider:
    """Enter a function that answers the stakes of these vehicles, from their entries and the faces of their outcomes."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def of(entries: Mapping[UUID, Entry], faces: Mapping[UUID, Faces], *, on: dt.date) -> dict[UUID, list[Stake]]:
    """By vehicle what is at stake under each law that a duty hangs on, by market; no query beyond the providers' own."""
    found: dict[UUID, list[Stake]] = {}
    for provider in _providers:
        for key, rows in provider(entries, faces, on).items():
            found.setdefault(key, []).extend(rows)
    return found


def at_stake(stakes: Iterable[Stake]) -> Decimal:
    """What failing costs a year, over all of these."""
    return sum((one.a_year for one in stakes), Decimal(0))
