"""One reader's fleet on one day through one filter: what the board, its sums and its files are made of."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from suppliers.models import Membership
from tracing import boards, entries, filters, memory, moments, notches, stakes, trends, verdicts
from tracing.actions import days
from tracing.engine.result import FAIL, OPEN, PASS
from tracing.entries import Entry
from tracing.filters import Filter
from tracing.models import Day, Vehicle, over
from tracing.notches import Notch
from tracing.remembered import Remembered
from tracing.stakes import Stake

CHUNK = 200
_fleets = Remembered(400)
Row = dict[str, Any]
Counted = tuple[int | None, int]
NOT_KNOWN: Counted = (None, 0)


class Fleet:
    """``on`` is the day in view; ``day`` its figures where that is not today (None: not worked out), ``before`` those of a month
    earlier. Everything is read when it is first asked for, for all vehicles at once."""

    def __init__(self, membership: Membership, wanted: Filter, on: dt.date):
        self.membership, self.wanted, self.on = membership, wanted, on
        self.laws = wanted.wanted
        self.columns = boards.columns(on, self.laws)
        self.law: dict[str, Any] = next((one for one in self.columns if one["id"] == wanted.law), self.columns[0])

    # ---- the day ----

    @cached_property
    def today(self) -> dt.date:
        return notches.today()

    @property
    def is_today(self) -> bool:
        return self.on == self.today

    @property
    def known(self) -> dt.datetime | None:
        """Of a past day the moment after which nothing counts; None where all that is known does."""
        return over(self.on) if self.on < self.today else None

    @cached_property
    def back(self) -> dt.date:
        """The day that trends look back to."""
        return notches.moved(self.on, -1)

    @cached_property
    def first(self) -> dt.date | None:
        """The day of the first declaration of a vehicle."""
        key = ("first", self.membership.organisation_id, self.moment)
        found: dt.date | None = _fleets.of(key, lambda: notches.first_known(self.membership))
        return found

    @cached_property
    def day(self) -> Day | None:
        return None if self.is_today else self._rolled(self.on)

    @cached_property
    def before(self) -> Day | None:
        return self._rolled(self.back) if self._has(self.back) else None

    @property
    def lacks_before(self) -> bool:
        """Whether there could be a trend and its day is not worked out."""
        return self._has(self.back) and self.before is None and self.back != self.today

    def _has(self, on: dt.date) -> bool:
        return self.first is not None and on >= self.first

    def _rolled(self, on: dt.date) -> Day | None:
        """A day's figures. Of a past day only such as were made when it was over: before that nobody knew how it would end."""
        day = Day.objects.filter(on=on).rolled().first()
        return None if day is None or (on < self.today and not day.is_final) else day

    @property
    def has_figures(self) -> bool:
        return self.is_today or self.day is not None

    # ---- its vehicles ----

    @cached_property
    def vehicles(self) -> list[Vehicle]:
        """All of the reader's own, by name, each with its newest trace's key."""
        rows = Vehicle.objects.visible_to(self.membership).select_related("part", "organisation")
        return list(rows.annotate(last=boards.last_trace()).order_by("name", "pk"))

    @cached_property
    def state(self) -> str:
        """A digest of all that what is remembered of a whole fleet hangs on: its maker's moment, the day, vehicles and traces."""
        figures = (self.day.pk, self.day.at) if self.day else ()
        rows = [(row.pk, row.last) for row in self.vehicles]
        said = (self.membership.organisation_id, self.on, self.today, self.moment, figures, rows)
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @cached_property
    def moment(self) -> str:
        """The state of all that its maker's pages are made from."""
        return moments.moment(self.membership.keeps)

    @property
    def is_stale(self) -> bool:
        """Whether figures of a coming day are of facts that are no more."""
        return self.day is not None and not days.holds(self.day, moments.standing())

    @cached_property
    def entries(self) -> dict[UUID, Entry]:
        found: dict[UUID, Entry] = _fleets.of(
            ("entries", self.state), lambda: entries.entries(self.vehicles, on=self.on, known=self.known)
        )
        return found

    @cached_property
    def told(self) -> verdicts.Told:
        """What the law in view says of every vehicle, and the laws that bear on what hangs on it."""
        found: verdicts.Told = _fleets.of(("told", self.law["id"], self.state), lambda: self._told([self.law["id"]]))
        return found

    def _told(self, laws: list[str]) -> verdicts.Told:
        """What these laws say, and those that bear on what hangs on them; each law is read and remembered by itself."""
        wanted = (stakes.weighed(laws) or []) if self.has_figures else []
        fresh = [law for _, law, _ in _fleets.lacks(("law", law, self.state) for law in wanted)]
        made = self._read(sorted(fresh)) if fresh else {}
        found: verdicts.Told = {}
        for law in wanted:
            said = _fleets.of(("law", law, self.state), lambda law=law: verdicts.of_law(made, law))  # type: ignore[misc]
            for pk, lines in said.items():
                found.setdefault(pk, {})[law] = lines
        return found

    def _read(self, laws: list[str]) -> verdicts.Told:
        if self.day is not None:
            return verdicts.on_day(self.vehicles, self.day, laws)
        return verdicts.of_today(self.vehicles, laws)

    @cached_property
    def found(self) -> list[Vehicle]:
        """Those that the filter leaves, in the order that was asked for."""
        rows = filters.matching(self.vehicles, self.wanted, self.entries, self.told, self.law["id"])
        return filters.ordered(
            rows, self.wanted.sort, margin=self.margin, duty=self.duty, gaps=lambda pk: self.gaps(pk)[0]
        )

    @cached_property
    def choices(self) -> dict[str, list[dict[str, Any]]]:
        return filters.choices(self.vehicles, self.entries)

    @cached_property
    def notches(self) -> dict[dt.date, Notch]:
        """What changes on which day of the slider."""
        found: dict[dt.date, Notch] = _fleets.of(
            ("notches", self.membership.organisation_id, self.today, self.moment),
            lambda: notches.notches(self.membership, *notches.span(self.first, self.today)),
        )
        return found

    # ---- figures under the law in view ----

    def lines(self, pk: UUID) -> list[verdicts.Line]:
        return self.told.get(pk, {}).get(self.law["id"], [])

    def margin(self, pk: UUID) -> Decimal | None:
        return min((one.margin for one in self.lines(pk) if one.margin is not None), default=None)

    def duty(self, pk: UUID) -> Decimal | None:
        return stakes.at_stake(self.stakes[pk]) if self.stakes.get(pk) else None

    def gaps(self, pk: UUID) -> Counted:
        """How many gaps, None where nobody knows, and how many settle it at the least: by the roll, else by the trace."""
        for line in self.lines(pk)[:1]:
            return line.brief.gaps, line.brief.settling
        return NOT_KNOWN

    def _as_traced(self, pk: UUID) -> bool:
        """Whether its gaps are those of its trace though the roll says something else since."""
        return any(one.traced for one in self.lines(pk)[:1])

    @cached_property
    def stakes(self) -> dict[UUID, list[Stake]]:
        """What hangs on the law in view, by vehicle."""
        return self.worth([self.law["id"]])

    def worth(self, laws: list[str]) -> dict[UUID, list[Stake]]:
        """By vehicle what hangs on these laws; of every vehicle, whatever the filter leaves."""
        if not stakes.asked() or not self.has_figures:
            return {}
        found: dict[UUID, list[Stake]] = _fleets.of(("stakes", *laws, self.state), lambda: self._worth(laws))
        return found

    def _worth(self, laws: list[str]) -> dict[UUID, list[Stake]]:
        told = self.told if laws == [self.law["id"]] else self._told(laws)
        faces = {pk: verdicts.weighed(said) for pk, said in told.items()}
        worth = memory.stakes_of(self.entries, faces, self.on)
        return {pk: [one for one in rows if one.rulebook in laws] for pk, rows in worth.items()}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What the head says of the law in view, over all that the filter leaves."""
        said = [{one.verdict for one in self.lines(row.pk)} for row in self.found]
        gaps = [self.gaps(row.pk) for row in self.found]
        return {
            "vehicles": len(self.found), "pass": sum(one == {PASS} for one in said), "open": sum(OPEN in one for one in said),
            "fail": sum(FAIL in one for one in said), "gaps": sum(count or 0 for count, _ in gaps),
            "settling": sum(settling for _, settling in gaps), "unknown": sum(count is None for count, _ in gaps),
            "duty": self._duties(),
        }  # fmt: skip

    def _duties(self) -> list[tuple[str, Decimal]]:
        """By currency what failing would cost a year."""
        rows = [one for row in self.found for one in self.stakes.get(row.pk, [])]
        return [(code, stakes.at_stake(same)) for code, same in sorted(stakes.by_currency(rows).items())]

    # ---- rows ----

    def board(self, vehicles: list[Vehicle], laws: list[str] | None) -> list[Row]:
        """The rows of these vehicles under these laws, or all, with what hangs on them."""
        rows = boards.board(vehicles, self.day, stakes.weighed(laws))
        worth = memory.stakes_of(self.entries, {row["vehicle"].pk: row["faces"] for row in rows}, self.on)
        return [
            row | {"entry": self.entries.get(row["vehicle"].pk), "stakes": worth.get(row["vehicle"].pk, [])}
            for row in rows
        ]

    def rows(self, vehicles: Iterable[Vehicle], *, every: bool = False) -> list[Row]:
        """The rows that a page shows: with gaps, what hangs on each verdict, and what it said a month ago."""
        shown = list(vehicles)
        found = self.board(shown, None if every else self.laws)
        then = memory.dated_faces(self.before, [one.pk for one in shown], self.laws) if self.before else {}
        for row in found:
            row["gaps"], row["settling"] = self.gaps(row["vehicle"].pk)
            row["since"] = self._as_traced(row["vehicle"].pk)
            for law, cell in row["cells"].items():
                if cell:
                    self._told_of(row, law, cell, then.get(row["vehicle"].pk, []))
        return found

    def _told_of(self, row: Row, law: str, cell: dict[str, Any], then: list[dict[str, Any]]) -> None:
        if self.before is not None:
            cell["trends"] = trends.trends(cell["faces"], [face for face in then if face["rulebook"] == law])
        same = [one for one in row["stakes"] if one.rulebook == law]
        first = [one for one in same if one.reading == same[0].reading]
        cell["duty"] = (first[0].currency, stakes.at_stake(first)) if first else None

    def every_row(self) -> Iterable[Row]:
        """The rows of all that the filter leaves, under every law, a few at a time."""
        for start in range(0, len(self.found), CHUNK):
            yield from self.rows(self.found[start : start + CHUNK], every=True)
