"""The credit for vehicles put together in the United States, against the duty on parts (Proclamation 10925). Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from compliance.duties import rates
from compliance.duties.owed import CENT, WHOLE
from compliance.duties.rates import NoRate
from tracing.stakes import Step

MARKET = "US"


@dataclass(frozen=True)
class Assembled:
    """Vehicles put together in the United States on one day, or on days of one rate: their retail prices (MSRP) added up."""

    on: dt.date
    msrp: Decimal
    kind: str = "passenger_vehicle"


@dataclass(frozen=True)
class Credit:
    """What was earned, step by step, what of it takes duty off now, and what is carried forward. Nobody else may use it."""

    steps: tuple[Step, ...]
    carried: Decimal
    duty: Decimal

    @property
    def earned(self) -> Decimal:
        return sum((one.amount for one in self.steps), Decimal(0))

    @property
    def used(self) -> Decimal:
        """No more than the Section 232 duty on parts; other duty it does not touch."""
        return min(self.earned + self.carried, self.duty)

    @property
    def left(self) -> Decimal:
        return self.earned + self.carried - self.used

    @property
    def owed(self) -> Decimal:
        """What remains of the duty on parts."""
        return self.duty - self.used


def credit(assembled: Iterable[Assembled], *, duty: Decimal, carried: Decimal = Decimal(0)) -> Credit:
    """The credit of one maker against ``duty``, its 25 percent on parts in dollars. Raises NoRate for a day without a rate."""
    return Credit(tuple(_step(one) for one in assembled), carried, duty)


def _step(one: Assembled) -> Step:
    rate = rates.tariff(MARKET).rate("offset", kind=one.kind, origin=MARKET, on=one.on)
    if rate is None:
        raise NoRate(f"no offset is known for {rates.plain(one.kind)} put together on {one.on.day} {one.on:%b %Y}")
    amount = (rate.percent * one.msrp / WHOLE).quantize(CENT, ROUND_HALF_UP)
    words = f"{rate.words}: {rate.percent:f} % of a retail price of {one.msrp:,.2f}"
    return Step(words, amount, rate.cite, amount, rate.level, rate.caution)
