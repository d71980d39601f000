"""What stands against a direct supplier's answer that counts. The room downstream that reviews answers enters how to ask."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from suppliers.models import Sourcing

WAITING, ASKED, REJECTED = "waiting", "asked", "rejected"
KINDS = {WAITING: "review", ASKED: "review", REJECTED: "contradictory"}


@dataclass(frozen=True)
class Doubt:
    """Why the answer to one sale is not taken as it stands, though what is signed counts until it is withdrawn.

    ``state`` is waiting (a check found something and nobody decided), asked (a question went back) or rejected. ``words`` is a
    sentence for the buyer, made of the face and the buyer's own words alone; ``declaration`` is the answer, ``on`` since when.
    """

    declaration: UUID
    state: str
    on: dt.date
    words: str

    @property
    def kind(self) -> str:
        """The kind of gap it is: ``review`` or ``contradictory``."""
        return KINDS[self.state]


Provider = Callable[[list[Sourcing], dt.date], dict[UUID, Doubt]]
_providers: list[Provider] = []


def provided(provider: Provider) -> Provider:
    """Enter a function that answers, for sales and a day, which of their answers somebody of the buyer doubts."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def of(sourcings: Iterable[Sourcing | None], *, on: dt.date) -> dict[UUID, Doubt]:
    """By sale what stands against the answer that holds that day; sales without one are left out. Only for the buyer's eyes."""
    sales = [row for row in sourcings if row is not None]
    found: dict[UUID, Doubt] = {}
    for provider in _providers if sales else ():
        found |= provider(sales, on)
    return found


State = Callable[[list[UUID]], Any]
_states: list[State] = []


def stated(of_companies: State) -> State:
    """Enter a function that answers what the doubts of companies are made from, as it stands: the same as long as they are."""
    if of_companies not in _states:
        _states.append(of_companies)
    return of_companies


def state(companies: list[UUID]) -> list[Any]:
    """What the doubts of these companies are made from."""
    return [one(companies) for one in _states]
