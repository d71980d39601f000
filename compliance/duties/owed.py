"""What one good owes at one border on one day, to the cent, with every step and its citation. Pure: no rows, no clock."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache

from compliance.duties import rates
from compliance.duties.rates import Rate, Tariff
from tracing.stakes import Step

CENT = Decimal("0.01")
WHOLE = Decimal(100)
TAKEN_OFF = {"us_content": "U.S. content", "ca_mx_goods": "Canadian and Mexican goods"}


class NoAgreement(ValueError):
    """A good is said to qualify where no agreement that is held gives free entry."""


@dataclass(frozen=True)
class Crossing:
    """One good as it is entered: ``value`` is its customs value, in any one currency; shares are percent of that value.

    ``qualifies``: under the agreement between the two countries on that day. ``us_content`` counts only if it does, and
    stands for a figure that Commerce approved; ``overstated`` where it was found to be too high. ``ca_mx_goods`` is what the
    importer claims for Canada's surtax. ``in_quota``: inside a quota (United Kingdom) or a maker's remission (Canada).
    ``built`` is the calendar year in which a vehicle was made.
    """

    market: str
    made_in: str
    kind: str
    value: Decimal
    on: dt.date
    qualifies: bool = False
    us_content: Decimal = Decimal(0)
    ca_mx_goods: Decimal = Decimal(0)
    in_quota: bool = False
    hs: str = ""
    overstated: bool = False
    built: int | None = None


@dataclass(frozen=True)
class Duty:
    """What is owed, from the least to the most where a rate is a range; the steps add up to the most."""

    steps: tuple[Step, ...]

    @cached_property
    def most(self) -> Decimal:
        return sum((one.amount for one in self.steps), Decimal(0))

    @cached_property
    def least(self) -> Decimal:
        return sum((one.amount if one.least is None else one.least for one in self.steps), Decimal(0))


@lru_cache(maxsize=8192)
def owed(crossing: Crossing) -> Duty:
    """The duty on one good. Raises NoRate where a rate is not known, NoAgreement where it cannot qualify."""
    tariff = rates.tariff(crossing.market)
    if crossing.made_in in tariff.markets:
        return Duty((Step("made where it is sold: it crosses no border, and no duty is owed", Decimal(0)),))
    ordinary = _ordinary(tariff, crossing)
    added = _added(tariff, crossing, ordinary[0])
    return Duty((ordinary[1], *added))


def _ordinary(tariff: Tariff, crossing: Crossing) -> tuple[Decimal, Step]:
    """The percentage (the least of it) and the step of the ordinary duty."""
    pact = tariff.agreement(crossing.made_in, crossing.on)
    if crossing.qualifies:
        if pact is None:
            raise NoAgreement(f"no agreement between {tariff.name} and {crossing.made_in} is held for {crossing.on}")
        words = f"{pact.rulebook.upper()}: free of the ordinary duty"
        return Decimal(0), Step(words, Decimal(0), pact.cite, level=pact.level)
    rate = tariff.ordinary(kind=crossing.kind, origin=crossing.made_in, on=crossing.on, hs=crossing.hs)
    return rate.percent, _step(rate, crossing.value, f"of {crossing.value:,.2f}")


def _added(tariff: Tariff, crossing: Crossing, ordinary: Decimal) -> Iterable[Step]:
    asked = {"kind": crossing.kind, "origin": crossing.made_in, "on": crossing.on, "hs": crossing.hs}
    aged = tariff.rate("aged", **asked) if crossing.built is not None else None
    if aged and crossing.built is not None and crossing.on.year - crossing.built >= (aged.years or 0):
        return [_step(aged, crossing.value, f"of {crossing.value:,.2f}")]
    if cap := tariff.rate("all_in", **asked):
        more = max(cap.percent - ordinary, Decimal(0))
        amount = _of(more, crossing.value)
        words = f"{cap.words}: {more:f} % of {crossing.value:,.2f} on top of the ordinary {ordinary:f} %"
        return [Step(words, amount, cap.cite, amount, cap.level, cap.caution)]
    rate = tariff.rate("quota", **asked) if crossing.in_quota else None
    if rate is None or (rate.only_if_it_qualifies and not crossing.qualifies):
        rate = tariff.rate("added", **asked)
    if rate is None:
        return []
    base, said = _base(rate, crossing)
    return [_step(rate, base, said)]


def _base(rate: Rate, crossing: Crossing) -> tuple[Decimal, str]:
    """What the added duty falls on, and the words for it."""
    whole = crossing.value
    if not crossing.qualifies or not rate.less:
        return whole, f"of {whole:,.2f}"
    if crossing.overstated and rate.less == "us_content":
        return whole, f"of {whole:,.2f}: the U.S. content was overstated, the full value"
    if rate.less == "all_of_it":
        return Decimal(0), "of nothing: a part that qualifies is free of it"
    share = crossing.us_content if rate.less == "us_content" else crossing.ca_mx_goods
    name = TAKEN_OFF[rate.less]
    if rate.at_least is not None and share <= rate.at_least:
        share, name = rate.at_least, f"{name}, the share without proof"
    off = _of(share, whole)
    return whole - off, f"of {whole - off:,.2f}: the value less {off:,.2f} ({share:f} % {name})"


def _step(rate: Rate, base: Decimal, said: str) -> Step:
    least, most = (_of(percent, base) for percent in rate.bounds)
    percent = f"{rate.percent:f}" if rate.most is None else f"{rate.percent:f} to {rate.most:f}"
    return Step(f"{rate.words}: {percent} % {said}", most, rate.cite, least, rate.level, rate.caution)


def _of(percent: Decimal, value: Decimal) -> Decimal:
    return (percent * value / WHOLE).quantize(CENT, ROUND_HALF_UP)


def content_for_parity(rival: Decimal, *, added: Decimal) -> Decimal:
    """How much U.S. content, in percent, makes a good that qualifies pay no more than a rival does all in.

    From added × (1 − content) = rival. None is needed against a rival who pays as much or more.
    """
    return max(Decimal(0), WHOLE * (1 - rival / added))


def worth_complying(cost: Decimal, avoided: tuple[Decimal, Decimal]) -> str:
    """Whether meeting the rule costs less than the duty it avoids, each for one vehicle: comply, pay, or open in between."""
    least, most = avoided
    return "comply" if cost < least else "open" if cost < most else "pay"
