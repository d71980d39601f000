"""The days of the board as a slider: where it can stand, what changes there, and its marks as a picture."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from suppliers import numbers
from suppliers.days import day
from suppliers.pictures import places
from tracing import notches
from tracing.notches import Notch

WIDTH, HEIGHT = 1000, 16
TOPS = {"rule": 0, "answer": 6, "month": 11}
"""Where the mark of each kind begins: what a rule changes is the tallest."""


@dataclass
class Slider:
    """``stops`` are the days it can stand on, in order; ``found`` what changes on those of them on which something does."""

    on: dt.date
    today: dt.date
    stops: list[dt.date]
    found: dict[dt.date, Notch]

    @classmethod
    def of(cls, fleet: Any) -> "Slider":
        first, last = notches.span(fleet.first, fleet.today)
        stops = notches.stops(fleet.notches, first, last, fleet.today, fleet.on)
        return cls(fleet.on, fleet.today, stops, fleet.notches)

    @property
    def at(self) -> int:
        return self.stops.index(self.on)

    @property
    def last(self) -> int:
        return len(self.stops) - 1

    def stop(self, text: str) -> dt.date:
        """The day at that place; the day in view where there is no such place."""
        at = numbers.position(text)
        return self.stops[at] if at is not None and at < len(self.stops) else self.on

    @property
    def said(self) -> str:
        """Every stop for the reader's eyes and ears, as the script shows them: date, and what changes, between bars."""
        return "|".join(f"{one.isoformat()}={self.words(one)}" for one in self.stops)

    def words(self, on: dt.date) -> str:
        notch, found = self.found.get(on), [day(on)]
        if on == self.today:
            found.append("today")
        if notch and notch.rules:
            found.append("rules change")
        if notch and (notch.begins or notch.ends):
            found.append("answers begin or end")
        return ", ".join(found)

    @cached_property
    def notches(self) -> list[Notch]:
        return [self.found[on] for on in sorted(self.found)]

    @property
    def marks(self) -> SafeString:
        """A mark for each stop, as tall as what changes there weighs; the slider itself is the control, so it is hidden from readers."""
        lines = []
        for nth, on in enumerate(self.stops):
            notch = self.found.get(on)
            kind = "month" if notch is None else "rule" if notch.rules else "answer"
            at = places(nth * WIDTH / max(self.last, 1))
            lines.append((f"mark-{kind}" + (" mark-today" if on == self.today else ""), at, at, TOPS[kind], HEIGHT))
        drawn = format_html_join(
            "", '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}" vector-effect="non-scaling-stroke"/>', lines
        )
        return format_html(
            '<svg class="marks" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
            WIDTH,
            HEIGHT,
            drawn,
        )
