"""What lacks an answer over a whole fleet: one row for each sale, with the verdicts and the duty that hang on it, and whom to chase."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from suppliers.models import Membership, Organisation, Request
from tracing import boards, briefs, disclosure, filters, ownlines, stakes
from tracing.disclosure.budgets import LAW as LABEL
from tracing.disclosure.gaps import OpenLine, answer, apart, bars
from tracing.engine.chasing import Case, Chase, chase
from tracing.engine.ranking import Answer
from tracing.engine.result import OPEN
from tracing.fleet import Fleet
from tracing.gaprows import KINDS, Asked, Row, Told, of_line, of_sale
from tracing.models import Vehicle, Verdict
from tracing.remembered import Remembered
from tracing.sales import Sales
from tracing.standings import day

_answers, _chases, _found, _sales = Remembered(), Remembered(50), Remembered(18), Remembered(4)


class Gaps:
    """One reader's gaps on a day. Everything is read when it is first asked for."""

    def __init__(self, membership: Membership, wanted: Asked, on: dt.date):
        self.membership, self.wanted, self.on = membership, wanted, on
        # The label decides nothing, and what it lacks is asked for all the same: it is in view only by its name.
        self.columns = [one for one in boards.columns(on) if not one["figures"] or one["id"] == LABEL]
        deciding = [one for one in self.columns if not one["figures"]]
        self.law = next((one for one in self.columns if one["id"] == wanted.law), deciding[0])
        self.every = wanted.law == "every"
        self.laws = [one["id"] for one in deciding] if self.every else [self.law["id"]]
        self.fleet = Fleet(membership, filters.Filter(laws=tuple(self.laws), programme=wanted.programme), on)

    @cached_property
    def vehicles(self) -> list[Vehicle]:
        return [one for one in self.fleet.found if self.wanted.vehicle in ("", str(one.pk))]

    # ---- what the laws say ----

    @property
    def moment(self) -> str:
        """The state of all that shows here."""
        return self.fleet.moment

    @cached_property
    def state(self) -> tuple[Any, ...]:
        """All that what is remembered here hangs on."""
        wanted = (self.wanted.programme, self.wanted.vehicle)
        return (self.membership.organisation_id, *wanted, tuple(self.laws), self.on, self.moment)

    @cached_property
    def told(self) -> list[Told]:
        """By the fleet's roll; by its newest trace of a vehicle that was not rolled since it knows open lines."""
        found: list[Told] = _found.of(("told", self.state), self._told)
        return found

    def _told(self) -> list[Told]:
        own = {one.pk: one for one in self.vehicles}
        rows = Verdict.objects.filter(vehicle__in=own, rulebook__in=self.laws)
        heads = list(rows.order_by("vehicle", "rulebook", "reading").values_list("vehicle", "pk", "digest"))
        fresh = _answers.lacks((vehicle, digest) for vehicle, _, digest in heads)
        made = _read(own, [pk for vehicle, pk, digest in heads if (vehicle, digest) in fresh])
        said = [_answers.of((vehicle, digest), lambda pk=pk: made.get(pk)) for vehicle, pk, digest in heads]  # type: ignore[misc]
        found = [one for one in said if one is not None]
        rolled = {one.vehicle.pk for one in found}
        return found + self._traced([one for one in self.vehicles if one.pk not in rolled])

    def _traced(self, vehicles: list[Vehicle]) -> list[Told]:
        own = {one.pk: one for one in vehicles}
        traces = boards.newest(vehicles, self.laws) if vehicles else {}
        disclosure.prepare(traces.values())
        return [
            Told(own[pk], one.rulebook, one.reading, one.verdict, *apart(disclosure.open_lines(one)), *bars(one.result["tests"]))
            for pk, trace in traces.items()
            if not trace.error
            for one in trace.outcomes.all()
        ]  # fmt: skip

    @cached_property
    def unknown(self) -> list[Vehicle]:
        """Vehicles of which no gap is known: neither rolled nor traced."""
        known = {one.vehicle.pk for one in self.told}
        return [one for one in self.vehicles if one.pk not in known]

    # ---- rows ----

    @cached_property
    def every_row(self) -> list[Row]:
        """One a sale, first what decides by itself, then with the fewest others, then by points; remembered until something changes."""
        rows: list[Row] = _found.of(("rows", self.state), self._made)
        return rows

    def _made(self) -> list[Row]:
        found: dict[Any, Row] = {}
        perhaps: dict[Any, list[tuple[Row, OpenLine]]] = {}
        for told in self.told:
            for line in told.deciding:
                row = _row(found, told, line)
                row.hold(told.vehicle, line)
                row.weigh(told, line)
            key = (told.vehicle.pk, id(told.idle))  # laws and readings that find the same lines open share them
            if key not in perhaps:
                perhaps[key] = _held(found, told)
            for row, line in perhaps[key]:
                row.weigh(told, line)
        self._stand(found.values())
        return sorted([*found.values(), *self._answered(found)], key=lambda row: row.order)

    def _stand(self, rows: Iterable[Row]) -> None:
        """What became of the asking: refused, expired, withdrawn in place of missing; and one sentence."""
        rows = list(rows)
        sold = {row.sale for row in rows if row.sale}
        standings = self.sales.standings if sold else {}
        # Until the roll takes a newer list of parts over, rows are of the older one, and so may sales be that it alone names.
        if older := sold - standings.keys():
            standings = standings | Sales.of({key: [] for key in older}, self.on).standings
        for row in rows:
            standing = standings.get(row.sale) if row.sale else None
            if standing:
                row.note, row.act = standing["note"], standing["act"]
                if row.kind in {"missing", "undetermined"} and standing["kind"] not in {"answered", "missing"}:
                    row.kind = standing["kind"]

    @cached_property
    def sales(self) -> Sales:
        """Every sale behind the own lists of the reader's vehicles, the same under every law and filter."""
        key = ("sales", self.membership.organisation_id, self.on, self.moment)
        found: Sales = _sales.of(key, lambda: Sales.of(self._holders(), self.on))
        return found

    def _holders(self) -> dict[UUID, list[Vehicle]]:
        """By sale the reader's vehicles whose own lists name it."""
        entries, found = self.fleet.entries, defaultdict[UUID, list[Vehicle]](list)
        held = [one for one in self.fleet.vehicles if one.pk in entries]
        lists = ownlines.of(entries[one.pk].declaration for one in held)
        for vehicle in held:
            for sale in lists[entries[vehicle.pk].declaration].sales:
                found[sale].append(vehicle)
        return dict(found)

    def _answered(self, found: Mapping[Any, Row]) -> list[Row]:
        """Sales whose answer holds and still needs somebody: it ends soon, waits for a review, or was rejected in one."""
        wanted, rows = {one.pk for one in self.vehicles}, []
        for key, sale in self.sales.rows.items():
            ends, doubt = self.sales.ending.get(key), self.sales.doubts.get(key)
            if key in found or (ends is None and doubt is None):
                continue
            holders = {one.pk: one for one in self.sales.holders[key] if one.pk in wanted}
            if not holders:
                continue
            if ends is not None and (doubt is None or doubt.kind == "review"):
                note = f"Its answer ends after {day(ends - dt.timedelta(days=1))}."
                rows.append(of_sale(sale, "expiring", note, "Ask to renew"))
            elif doubt is not None:
                rows.append(of_sale(sale, doubt.kind, doubt.words))
            rows[-1].holders = holders
        return rows

    @cached_property
    def rows(self) -> list[Row]:
        """Those that the address asks for; what only waits for a review of one's own is asked for by its kind."""
        wanted = self.wanted
        return [
            row for row in self.every_row
            if (wanted.kind == row.kind if wanted.kind else row.kind != "review")
            and (not wanted.supplier or str(row.seller_key) == wanted.supplier)
        ]  # fmt: skip

    def with_duty(self, rows: Iterable[Row]) -> list[Row]:
        """With a year's duty of the verdicts that each of these may change; nothing where no room counts duties."""
        rows = list(rows)
        for row in rows:
            hang = {(told.vehicle.pk, told.law, told.reading) for told, line in row.uses if line.decides}
            found = [
                one for pk in {key[0] for key in hang} for one in self._worth.get(pk, [])
                if (pk, one.rulebook, one.reading) in hang
            ]  # fmt: skip
            sums = [(code, stakes.at_stake(same)) for code, same in sorted(stakes.by_currency(found).items())]
            row.duty = [(code, amount) for code, amount in sums if amount]
        return rows

    @cached_property
    def _worth(self) -> dict[UUID, list[stakes.Stake]]:
        return {pk: rows for pk, rows in self.fleet.worth(self.laws).items() if rows}

    @property
    def waiting(self) -> int:
        """How many answers wait for a review, when they are not shown."""
        return 0 if self.wanted.kind else sum(row.kind == "review" for row in self.every_row)

    # ---- whom to chase ----

    @cached_property
    def chase(self) -> Chase:
        """The fewest direct suppliers whose own answers can decide the most verdicts."""
        found: Chase = _found.of(("chase", self.state), self._chase)
        return found

    def _chase(self) -> Chase:
        idle: dict[int, dict[UUID, Decimal]] = {}
        answers: dict[Any, tuple[Answer, ...]] = {}
        cases = []
        for told in self.told:
            if told.verdict != OPEN or not told.bars or not told.whole:
                continue
            if id(told.idle) not in idle:
                idle[id(told.idle)] = _paid(told.idle)
            alike = (id(told.idle), id(told.deciding) if told.deciding else None, len(told.bars))
            if alike not in answers:
                answers[alike] = _answers_of(_paid(told.deciding), idle[id(told.idle)], len(told.bars))
            cases.append(Case(told.name, answers[alike], tuple(told.bars)))
        key = tuple((case.name, case.answers, case.bars) for case in cases)
        found: Chase = _chases.of(key, lambda: chase(cases))
        return found

    @cached_property
    def chased(self) -> dict[str, Any]:
        """The list in words: companies, their sales that bear on it, the vehicles and verdicts it can decide."""
        keys, cases = set(self.chase.keys), set(self.chase.cases)
        names = {row.pk: row.name for row in Organisation.objects.filter(pk__in=keys)}
        sales = {
            line.own.sale for told in self.told if told.name in cases for line in told.lines
            if line.direct and line.own.seller_key in keys
        }  # fmt: skip
        vehicles = {told.vehicle.pk: told.vehicle for told in self.told if told.name in cases}
        waiting = set(Request.objects.unanswered().filter(sourcing__in=sales).values_list("sourcing", flat=True))
        return {
            "waiting": bool(sales) and waiting == sales, "suppliers": sorted(names.values()),
            "sales": sorted(map(str, sales)), "vehicles": list(vehicles.values()),
            "verdicts": len(cases), "least": self.chase.least, "exact": self.chase.exact,
        }  # fmt: skip

    @cached_property
    def choices(self) -> dict[str, list[tuple[str, str, int]]]:
        """By kind and by supplier what there is to choose: value, words, how many rows."""
        kinds = Counter((row.kind, KINDS[row.kind]) for row in self.every_row)
        sellers = Counter((str(row.seller_key), row.seller) for row in self.every_row if row.seller_key)
        return {
            name: [(*key, count) for key, count in sorted(found.items(), key=lambda row: row[0][1])]
            for name, found in {"kind": kinds, "supplier": sellers}.items()
        }


def _read(own: dict[UUID, Vehicle], keys: list[UUID]) -> dict[UUID, Told]:
    """What these answers of a roll say, by key; left out is one of before rolls knew open lines."""
    kept = ("pk", "vehicle", "rulebook", "reading", "verdict", "ranked")
    rows = list(Verdict.objects.filter(pk__in=keys).values_list(*kept)) if keys else []
    made = briefs.of_rolled(Verdict, [pk for pk, *_, ranked in rows if not briefs.holds(ranked)])
    said = [(*head, ranked if briefs.holds(ranked) else made[pk][1]) for pk, *head, ranked in rows]
    lists = ownlines.of(UUID(ranked["declaration"]) for *_, ranked in said if ranked)
    return {
        pk: Told(own[vehicle], law, reading, verdict,
                 *briefs.lines_of(ranked, lists[UUID(ranked["declaration"])], is_open=verdict == OPEN))
        for (pk, *_), (vehicle, law, reading, verdict, ranked) in zip(rows, said, strict=True) if ranked
    }  # fmt: skip


def _row(found: dict[Any, Row], told: Told, line: OpenLine) -> Row:
    """The row of a line's sale, or of the line where nobody on the portal sells it; made where there is none yet."""
    key = line.own.sale or (told.vehicle.pk, line.own.line, line.own.source)
    if key not in found:
        found[key] = of_line(told, line)
    return found[key]


def _held(found: dict[Any, Row], told: Told) -> list[tuple[Row, OpenLine]]:
    """Note the lines that surely decide nothing; answers those that may decide all the same, each with its row."""
    may = []
    for line in told.idle:
        row = _row(found, told, line)
        row.hold(told.vehicle, line)
        if line.perhaps:
            may.append((row, line))
    return may


def _paid(lines: Iterable[OpenLine]) -> dict[UUID, Decimal]:
    """By direct supplier what its own answers on these lines surely move a test by, in points."""
    found: dict[UUID, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.direct and line.own.seller_key:
            found[line.own.seller_key] += line.stake
    return found


def _answers_of(deciding: Mapping[UUID, Decimal], idle: Mapping[UUID, Decimal], tests: int) -> tuple[Answer, ...]:
    """What each direct supplier's own answers surely move so many tests by, as the automaker knows it: those on the lines that
    surely decide, and on the others."""
    paid = {key: deciding.get(key, Decimal(0)) + idle.get(key, Decimal(0)) for key in {*deciding, *idle}}
    return tuple(answer(key, True, stake, tests) for key, stake in sorted(paid.items(), key=lambda row: str(row[0])))
