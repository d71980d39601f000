"""What was made of a company's signed answers, told to that company alone: the rooms downstream say it in this shape."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from suppliers.models import Organisation


@dataclass(frozen=True)
class Use:
    """One use, or the last of several alike. Names no vehicle and no company but an authority that read.

    ``kind`` is trace, certificate, read or scenario; ``words`` is a sentence in the reader's language.
    """

    kind: str
    on: dt.date
    count: int
    words: str


Answered = dict[UUID, list[Use]]
Provider = Callable[[Organisation, list[UUID]], Answered]
_providers: list[Provider] = []


def provided(provider: Provider) -> Provider:
    """Enter a function that answers, for a company and some of its signed answers, what was made of each of them."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def of(organisation: Organisation, answers: Iterable[UUID]) -> Answered:
    """Every use of these answers, the newest first: as many queries as there are providers, however many answers."""
    keys = list(answers)
    found: Answered = {key: [] for key in keys}
    if keys:
        for provider in _providers:
            for key, rows in provider(organisation, keys).items():
                found[key] += rows
    return {key: sorted(rows, key=lambda row: row.on, reverse=True) for key, rows in found.items()}
