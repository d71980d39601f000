"""Amounts as integers: prices into the unit of a pass, and what the law makes of each wording over all the sources that have it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from tracing.engine import amounts
from tracing.engine.facts import FleetFacts, Ints
from tracing.engine.fleet import TooLarge
from tracing.engine.passes.shape import Bools
from tracing.engine.passes.stage import LITTLE, ZERO, Wordings

SAFE = 2**62
COMPARED = 10_000
"""Amounts are compared in hundredths of a percent: that times an amount must fit too."""
NANO, MICRO = 9, 6


@dataclass(frozen=True)
class Money:
    """The unit of a pass: ``digits`` places of one unit of the dossier's currency (9: a thousand-millionth; 6 at least).

    ``measure`` int64 [S] is what each source's wording is scaled by: its price in its asker's currency, or what own
    production costs where it has no price; ``charges`` int64 [S, C] are its charges likewise.
    """

    digits: int
    measure: Ints = field(repr=False)
    charges: Ints = field(repr=False)

    @property
    def unit(self) -> int:
        return int(10**self.digits)

    def of(self, amount: Fraction) -> int:
        """An amount in units, half up."""
        return amounts.half_up(amount * self.unit)

    def spread(self, found: Wordings, sources: Ints, said: Sequence[Sequence[Fraction]]) -> tuple[Ints, Bools]:
        """The amount of each of these sources, in units, from what its wording gives at a measure of none and of one; and
        where that was rounded. A rounded amount is off by at most half a unit. Raises TooLarge where one does not fit."""
        out, rough = np.zeros(len(found.of), dtype=np.int64), np.zeros(len(found.of), dtype=bool)
        every = len(sources) == len(self.measure)
        for at, measure in enumerate((self.measure, *self.charges.T)):
            self._add(found, measure if every else measure[sources], [_slope(row, at) for row in said], out, rough)
        for nth, (none, *_) in enumerate(said):
            if none:
                amount = none * self.unit
                out[found.at[nth]] += min(amounts.half_up(amount), SAFE // COMPARED)
                rough[found.at[nth]] |= amount.denominator != 1
        if int(np.abs(out).max(initial=0)) >= SAFE // COMPARED:
            raise TooLarge(f"an amount does not fit into 62 bits at {self.digits} places")
        return out, rough

    def _add(self, found: Wordings, measure: Ints, slopes: list[Fraction], out: Ints, rough: Bools) -> None:
        """Add to each source's amount its measure times the slope of its wording."""
        codes: dict[Fraction, int] = {}
        code = np.array([codes.setdefault(one, len(codes)) for one in slopes] or [0], dtype=np.int32)
        for factor, nth in codes.items():
            if factor:
                mask = (code == nth)[found.of]
                amounts, rounded = multiplied(measure[mask], factor)
                out[mask] += amounts
                rough[mask] |= rounded


def _slope(said: Sequence[Fraction], at: int) -> Fraction:
    """By how much an amount moves with the price (0), or with its first, second … charge."""
    if at == 0:
        return said[1] - said[0]
    return (said[at + 1] - said[1]) / LITTLE if at + 1 < len(said) else ZERO


def multiplied(values: Ints, factor: Fraction) -> tuple[Ints, Bools]:
    """Integers times a rational, half up, and where that was rounded. Raises TooLarge where a product does not fit."""
    times, over = factor.numerator, factor.denominator
    if over == 1 and times == 1:
        return values, np.zeros(len(values), dtype=bool)
    most = int(np.abs(values).max(initial=0))
    if most * abs(times) + over < SAFE:
        product = values * times
        return (product + over // 2) // over, product % over != 0
    exact = [value * times for value in values.tolist()]
    rounded = [(one + over // 2) // over for one in exact]
    if max(map(abs, rounded), default=0) >= SAFE:
        raise TooLarge("an amount does not fit: choose a coarser unit")
    return np.array(rounded, dtype=np.int64), np.array([one % over != 0 for one in exact], dtype=bool)


def in_sellers_units(values: Ints, up: Ints, down: Ints) -> Ints:
    """Amounts of one unit of a seller in one unit of the line: times the factor ``up / down``, half up."""
    odd = np.flatnonzero(((up != 1) | (down != 1)) & (values != 0))
    found = values.copy()
    for nth in odd.tolist():
        times, over = int(up[nth]), int(down[nth])
        found[nth] = (2 * int(values[nth]) * times + over) // (2 * over)
    return found


def charges(facts: FleetFacts, digits: int) -> Ints:
    """The charges of each source in units of its asker's currency: int64 [S, C]."""
    found: Ints = facts.charges[facts.kind] * 10 ** (digits - MICRO)
    return found


def prices(facts: FleetFacts, digits: int) -> Ints:
    """The price of each source in units of its asker's currency, 0 where none is said (or where it stands in the wording)."""
    found: Ints = np.maximum(facts.price, 0) * 10 ** (digits - MICRO)
    return found
