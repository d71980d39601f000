"""What lacks an answer over a whole fleet: one row for each sale, with the verdicts and the duty that hang on it, and whom to chase."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from suppliers.models import Declaration, Membership, Organisation, Request, Sourcing
from tracing import boards, disclosure, doubts, filters, memory, ownlines, stakes
from tracing.disclosure.gaps import OpenLine, answer, bars
from tracing.engine.chasing import Case, Chase, chase
from tracing.engine.result import OPEN
from tracing.fleet import Fleet
from tracing.gaprows import KINDS, Asked, Row, Told, of_line, of_sale, row_of
from tracing.models import Vehicle, Verdict
from tracing.moments import moment
from tracing.remembered import Remembered
from tracing.standings import day, standings

SOON = dt.timedelta(days=90)
Key = tuple[UUID, str, str]
_lines = Remembered()
_chases = Remembered(200)
_rows = Remembered(8)


class Gaps:
    """One reader's gaps on a day. Everything is read when it is first asked for."""

    def __init__(self, membership: Membership, wanted: Asked, on: dt.date):
        self.membership, self.wanted, self.on = membership, wanted, on
        self.columns = [one for one in boards.columns(on) if not one["figures"]]
        self.law = next((one for one in self.columns if one["id"] == wanted.law), self.columns[0])
        self.every = wanted.law == "every"
        self.laws = [one["id"] for one in self.columns] if self.every else [self.law["id"]]
        self.fleet = Fleet(membership, filters.Filter(laws=tuple(self.laws), programme=wanted.programme), on)

    @cached_property
    def vehicles(self) -> list[Vehicle]:
        return [one for one in self.fleet.found if self.wanted.vehicle in ("", str(one.pk))]

    # ---- what the laws say ----

    @cached_property
    def told(self) -> list[Told]:
        """By the fleet's roll; by its newest trace of a vehicle that was not rolled since it knows open lines."""
        own = {one.pk: one for one in self.vehicles}
        rows = Verdict.objects.filter(vehicle__in=own, rulebook__in=self.laws)
        heads = list(rows.values_list("vehicle_id", "rulebook", "reading", "digest"))
        fresh = _lines.lacks(digest for *_, digest in heads)
        self._read(Verdict.objects.filter(digest__in=fresh, vehicle__in=own))
        found, rolled = [], set()
        for pk, law, reading, digest in heads:
            said = _lines.of(digest, lambda digest=digest: _said(Verdict.objects.filter(digest=digest)[0]))  # type: ignore[misc]
            if said is not None:
                found.append(Told(own[pk], law, reading, *said))
                rolled.add(pk)
        return found + self._traced([one for one in self.vehicles if one.pk not in rolled])

    def _read(self, rows: Iterable[Verdict]) -> None:
        rows = list(rows)
        ownlines.of({UUID(row.result["declaration"]) for row in rows if "open" in row.result})
        for row in rows:
            _lines.of(row.digest, lambda row=row: _said(row))  # type: ignore[misc]

    def _traced(self, vehicles: list[Vehicle]) -> list[Told]:
        own = {one.pk: one for one in vehicles}
        traces = boards.newest(vehicles, self.laws) if vehicles else {}
        return [
            Told(own[pk], one.rulebook, one.reading, one.verdict, one.result["tests"], disclosure.open_lines(one))
            for pk, trace in traces.items()
            if not trace.error
            for one in trace.outcomes.all()
        ]

    @cached_property
    def unknown(self) -> list[Vehicle]:
        """Vehicles of which no gap is known: neither rolled nor traced."""
        known = {one.vehicle.pk for one in self.told}
        return [one for one in self.vehicles if one.pk not in known]

    # ---- rows ----

    @cached_property
    def every_row(self) -> list[Row]:
        """One a sale, first what decides by itself, then with the fewest others, then by points; remembered until something changes."""
        asked = (self.membership.organisation_id, self.wanted.programme, self.wanted.vehicle, tuple(self.laws), self.on)
        rows: list[Row] = _rows.of((*asked, moment()), self._made)
        return rows

    def _made(self) -> list[Row]:
        found: dict[str, Row] = {}
        for told in self.told:
            for line in told.lines:
                key = str(line.own.sale or f"{told.vehicle.pk}.{line.own.line}.{line.own.source}")
                row = found.setdefault(key, of_line(key, line))
                row.uses.append((told, line))
                row.kind = line.kind if row.kind == "below" else row.kind
        self._stand(found)
        return sorted([*found.values(), *self._answered(found)], key=lambda row: row.order)

    def _stand(self, found: dict[str, Row]) -> None:
        """What became of the asking: refused, expired, withdrawn in place of missing; and one sentence."""
        sales = self.sales
        known = standings([sales[UUID(key)] for key in found if row_of(key) in sales], self.on)
        for key, row in found.items():
            row.sale = sales.get(row_of(key))
            standing = known.get(row_of(key)) if row.sale else None
            if standing:
                row.note, row.act = standing["note"], standing["act"]
                if row.kind in {"missing", "undetermined"} and standing["kind"] != "answered":
                    row.kind = standing["kind"] if standing["kind"] != "missing" else row.kind

    @cached_property
    def sales(self) -> dict[Any, Sourcing]:
        """Every sale behind the own lists of the vehicles in view."""
        keys = {*self._holders, *(line.own.sale for told in self.told for line in told.lines if line.own.sale)}
        rows = Sourcing.objects.filter(pk__in=keys).select_related("seller", "seller_part", "buyer", "buyer_part")
        return {row.pk: row for row in rows}

    @cached_property
    def _holders(self) -> dict[UUID, list[Vehicle]]:
        """By sale the vehicles in view whose own lists name it."""
        of_vehicle = {
            one: self.fleet.entries[one.pk].declaration for one in self.vehicles if one.pk in self.fleet.entries
        }
        lists, found = ownlines.of(of_vehicle.values()), defaultdict[UUID, list[Vehicle]](list)
        for vehicle, key in of_vehicle.items():
            for sale in {row.sale for rows in lists[key].lines.values() for row in rows if row.sale}:
                found[sale].append(vehicle)
        return dict(found)

    def _answered(self, found: dict[str, Row]) -> list[Row]:
        """Sales whose answer holds and still needs somebody: it ends soon, waits for a review, or was rejected in one."""
        rest = {key: sale for key, sale in self.sales.items() if str(key) not in found}
        doubted, rows = doubts.of(rest.values(), on=self.on), []
        for key, sale in rest.items():
            ends, doubt = self._ending.get((sale.seller_part_id, sale.buyer_id)), doubted.get(key)
            if ends is not None and (doubt is None or doubt.kind == "review"):
                rows.append(
                    of_sale(
                        sale, "expiring", f"Its answer ends after {day(ends - dt.timedelta(days=1))}.", "Ask to renew"
                    )
                )
            elif doubt is not None:
                rows.append(of_sale(sale, doubt.kind, doubt.words))
        for row in rows:
            row.holders = self._holders.get(row_of(row.key), [])  # type: ignore[arg-type]
        return rows

    @cached_property
    def _ending(self) -> dict[tuple[UUID, UUID], dt.date]:
        """By part and buyer the day on which the last answer that holds now ends, where that is soon."""
        parts = {sale.seller_part_id for sale in self.sales.values()}
        rows = Declaration.objects.signed().filter(part__in=parts, withdrawal__isnull=True, ends__gt=self.on)
        last: dict[tuple[UUID, UUID], dt.date] = {}
        for part, buyer, ends in rows.values_list("part", "addressees__organisation", "ends"):
            last[part, buyer] = max(ends, last.get((part, buyer), ends))
        return {key: ends for key, ends in last.items() if ends <= self.on + SOON}

    @cached_property
    def rows(self) -> list[Row]:
        """Those that the address asks for; what only waits for a review of one's own is asked for by its kind."""
        wanted = self.wanted
        return [
            row for row in self.every_row
            if (wanted.kind == row.kind if wanted.kind else row.kind != "review")
            and (not wanted.supplier or (row.sale is not None and str(row.sale.seller_id) == wanted.supplier))
            and (not wanted.vehicle or any(str(one.pk) == wanted.vehicle for one in row.vehicles))
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
        if not stakes.asked():
            return {}
        laws, rows = stakes.weighed(self.laws), Verdict.objects.filter(vehicle__in=[one.pk for one in self.vehicles])
        faces = memory.verdict_faces(rows if laws is None else rows.filter(rulebook__in=laws))
        traced = [one for one in self.vehicles if one.pk not in faces]
        faces |= {row["vehicle"].pk: row["faces"] for row in (self.fleet.board(traced, self.laws) if traced else ())}
        return memory.stakes_of({pk: one for pk, one in self.fleet.entries.items() if pk in faces}, faces, self.on)

    @property
    def waiting(self) -> int:
        """How many answers wait for a review, when they are not shown."""
        return 0 if self.wanted.kind else sum(row.kind == "review" for row in self.every_row)

    # ---- whom to chase ----

    @cached_property
    def chase(self) -> Chase:
        """The fewest direct suppliers whose own answers can decide the most verdicts."""
        cases = [case for told in self.told if (case := _case(told)) is not None]
        key = tuple((case.name, case.answers, case.bars) for case in cases)
        found: Chase = _chases.of(key, lambda: chase(cases))
        return found

    @cached_property
    def chased(self) -> dict[str, Any]:
        """The list in words: companies, their sales that bear on it, the vehicles and verdicts it can decide."""
        keys, cases = set(self.chase.keys), set(self.chase.cases)
        names = {row.pk: row.name for row in Organisation.objects.filter(pk__in=keys)}
        sales = {
            line.own.sale for told in self.told if _name(told) in cases for line in told.lines
            if line.direct and line.own.seller_key in keys
        }  # fmt: skip
        vehicles = {told.vehicle.pk: told.vehicle for told in self.told if _name(told) in cases}
        waiting = set(Request.objects.unanswered().filter(sourcing__in=sales).values_list("sourcing", flat=True))
        return {
            "waiting": bool(sales) and waiting == sales, "suppliers": sorted(names.values()),
            "sales": sorted(map(str, sales)), "vehicles": list(vehicles.values()),
            "verdicts": len(cases), "least": self.chase.least, "exact": self.chase.exact,
        }  # fmt: skip

    @cached_property
    def choices(self) -> dict[str, list[tuple[str, str, int]]]:
        """For each filter what there is to choose: value, words, how many rows."""
        kinds, sellers, vehicles = defaultdict(int), defaultdict(int), defaultdict(int)
        for row in self.every_row:
            kinds[row.kind, KINDS[row.kind]] += 1
            if row.sale:
                sellers[str(row.sale.seller_id), row.sale.seller.name] += 1
            for one in row.vehicles:
                vehicles[str(one.pk), one.name] += 1
        order = {"kind": kinds, "supplier": sellers, "vehicle": vehicles}
        return {
            name: [(*key, count) for key, count in sorted(found.items(), key=lambda row: row[0][1])]
            for name, found in order.items()
        }


def _said(row: Verdict) -> tuple[str, list[dict[str, Any]], list[OpenLine]] | None:
    """None for a verdict of before rolls knew open lines."""
    if "open" not in row.result:
        return None
    key = UUID(row.result["declaration"])
    return row.verdict, disclosure.tests_of(row), disclosure.open_lines(row, ownlines.of([key])[key])


def _name(told: Told) -> Key:
    return told.vehicle.pk, told.law, told.reading


def _case(told: Told) -> Case | None:
    """An open verdict as the automaker knows it: what each direct supplier's own answers surely move its tests by."""
    found, whole = bars(told.tests)
    if told.verdict != OPEN or not found or not whole:
        return None
    paid: dict[UUID, Decimal] = defaultdict(Decimal)
    for line in told.lines:
        if line.direct and line.own.seller_key:
            paid[line.own.seller_key] += line.stake
    answers = tuple(
        answer(key, True, stake, len(found)) for key, stake in sorted(paid.items(), key=lambda row: str(row[0]))
    )
    return Case(_name(told), answers, tuple(found))
