"""The day the world is written for, and where its days lie when it is told on another: docs/adr/0013."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated

from tracing.notches import moved

WRITTEN = dt.date(2026, 11, 24)
"""The day that the files are written for: told on it, and in the six days after it, they stand as they are written."""
FIRST = dt.date(2026, 7, 1), 2027
"""The period that the vehicles' answers are for, and the model year that it is."""
A_DAY = dt.timedelta(days=1)
MOVING = re.compile(r"\{(act|bound|year):([^:}]*)(?::([^}]*))?\}")


@dataclass(frozen=True)
class Telling:
    """The world as it is told on a day. The law's own days are no part of it and never move.

    An act moves by whole weeks: it stays as old as it was, give or take six days, and on its weekday. A bound of a period moves
    by whole months: it stays the first of one, and the day of telling lies as deep in the period as it did. A model year and a
    company's fiscal year move by whole years.
    """

    on: dt.date = WRITTEN

    def act(self, day: dt.date) -> dt.date:
        return day + dt.timedelta(weeks=(self.on - WRITTEN).days // 7)

    def bound(self, day: dt.date) -> dt.date:
        """The last of a month stays the last of one."""
        if (day + A_DAY).day == 1:
            return moved(day + A_DAY, self._months) - A_DAY
        return moved(day, self._months)

    @property
    def _months(self) -> int:
        full = self.on.day >= WRITTEN.day
        return (self.on.year - WRITTEN.year) * 12 + self.on.month - WRITTEN.month - (not full)

    def fiscal(self, start: dt.date) -> dt.date:
        """The start of the fiscal year that the day of telling lies in."""
        this_year = start.replace(year=self.on.year)
        return this_year if this_year <= self.on else start.replace(year=self.on.year - 1)

    def year(self, year: int) -> int:
        """A model year is the annual production period that includes 1 January of that calendar year (49 USC 32901(a)(16))."""
        begins = self.bound(FIRST[0])
        current = begins.year if begins == begins.replace(month=1, day=1) else begins.year + 1
        return year + current - FIRST[1]

    def words(self, text: str) -> str:
        """A text with its days filled in: ``{act:2026-08-12:%-d %b %Y}``, ``{bound:2026-06-30:%-d %B}``, ``{year:2027}``.

        Raises ValueError naming what is wrong in a text with other braces.
        """
        filled = MOVING.sub(self._filled, text) if "{" in text else text
        if "{" in filled or "}" in filled:
            raise ValueError(
                f"{text!r} has braces that are neither {{act:day:form}}, {{bound:day:form}} nor {{year:number}}"
            )
        return filled

    def _filled(self, found: re.Match[str]) -> str:
        how, what, form = found.groups()
        if how == "year":
            return str(self.year(int(what)))
        day: dt.date = getattr(self, how)(dt.date.fromisoformat(what))
        return day.strftime((form or "%Y-%m-%d").replace("%-d", str(day.day)))


Act = Annotated[dt.date, Telling.act]
"""A day on which something was done, is due, or a right to it begins and ends."""
Bound = Annotated[dt.date, Telling.bound]
"""The first day of a period, or the first after it."""
FiscalYear = Annotated[dt.date, Telling.fiscal]
ModelYear = Annotated[int, Telling.year]
