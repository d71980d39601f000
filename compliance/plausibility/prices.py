"""Does a price stand out of one's own purchases? Median and spread, so that one odd price does not hide another."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from compliance.plausibility.known import Purchase

SPREAD = Decimal("1.4826")
"""Makes the median distance from the median an estimate of the standard deviation of normal data (Rousseeuw, Croux 1993)."""
TIMES = 3
ROOM = Decimal("0.25")
FEW = 3
FACTOR_OF_FEW = 2


@dataclass(frozen=True)
class Odd:
    """A price that stands out: how many times the usual one, among how many others, over how many days."""

    purchase: Purchase
    usual: Decimal
    others: int
    days: int

    @property
    def factor(self) -> Decimal:
        return self.purchase.price / self.usual


def odd(mine: Sequence[Purchase], every: Sequence[Purchase]) -> Odd | None:
    """The one of my prices that stands out most of all the others in its currency, or None.

    With three others or more: further from their median than three spreads and a quarter of it. With fewer: twice or half.
    """
    found = [one for one in (_against(row, every) for row in mine) if one]
    return max(found, key=lambda one: max(one.factor, 1 / one.factor), default=None)


def _against(row: Purchase, every: Sequence[Purchase]) -> Odd | None:
    others = [one for one in every if one is not row and one.currency == row.currency and one.price > 0]
    if not others or row.price <= 0:
        return None
    usual = median([one.price for one in others])
    found = Odd(row, usual, len(others), _days([*others, row]))
    if len(others) < FEW:
        far = max(found.factor, 1 / found.factor) >= FACTOR_OF_FEW
    else:
        spread = SPREAD * median([abs(one.price - usual) for one in others])
        far = abs(row.price - usual) > max(TIMES * spread, ROOM * usual)
    return found if far else None


def _days(rows: Sequence[Purchase]) -> int:
    first, last = min(row.begins for row in rows), max(row.begins for row in rows)
    return (last - first) // dt.timedelta(days=1)
