"""What stands against a direct supplier's answer that counts. The room downstream that reviews answers enters how to ask."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from suppliers.models import Sourcing

WAITING, ASKED, REJECTED = "waiting", "asked", "rejected"
KINDS = {WAITING: "review", ASKED: "review", REJECTED: "contradictory"}


@dataclass(frozen=True)
class Doubt:
    """Why the answer to one sale is not taken as it stands, though what is signed counts until it is withdrawn.

    ``state`` is waiting (nobody decided), asked (a question went back) or rejected; ``words`` is a sentence for the buyer,
    made of the face and the buyer's own words alone; ``declaration`` is the answer, ``on`` the day since when.
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
