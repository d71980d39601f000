"""Which exchange rate each law asks for: three laws, three rules. The rates themselves are facts, dated and cited."""

import calendar
import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

QUARTERS = 12
NEAR = dt.timedelta(days=30)
RULES = {
    "nafta": ("the maker's own booking rate of that purchase; without one, a rate booked within 30 days, else the official customs rate "
              "of the day of direct shipment", "Regs s.3(1)"),
    "usmca": ("the maker's own booking rate; without one, a rate booked within 30 days, else the official customs rate of the day of "
              "shipment", "UR 2"),
    "aala": ("the mean of the Federal Reserve Bank of New York's rates at the ends of the 12 quarters that end one year before",
             "49 CFR 583.14"),
}  # fmt: skip


def quarter_ends(day: dt.date) -> list[dt.date]:
    """The twelve quarter ends whose rates a certificate of that day takes: the last is that of the quarter a year before (583.14)."""
    last = dt.date(day.year - 1, 3 * ((day.month - 1) // 3) + 3, 1)
    found = []
    for back in range(QUARTERS):
        months = last.year * 12 + last.month - 1 - 3 * back
        year, month = divmod(months, 12)
        found.append(dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1]))
    return found[::-1]


def mean(rates: Iterable[Fraction]) -> Fraction:
    """The arithmetic mean of exactly twelve rates. Raises ValueError where one is missing."""
    found = list(rates)
    if len(found) != QUARTERS:
        raise ValueError(f"{QUARTERS} quarter-end rates are needed, {len(found)} are given")
    return sum(found, Fraction(0)) / QUARTERS


def booked(day: dt.date, rates: dict[dt.date, Fraction]) -> tuple[dt.date, Fraction] | None:
    """The booked rate nearest to a day and within 30 days of it, with its day; None where the official rate must serve."""
    near = [one for one in rates if abs(one - day) <= NEAR]
    chosen = min(near, key=lambda one: (abs(one - day), one)) if near else None
    return (chosen, rates[chosen]) if chosen else None
