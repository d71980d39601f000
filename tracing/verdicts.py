"""What laws say of every vehicle of a fleet on a day, in the few columns that filters, orders and sums need."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tracing import boards, briefs, disclosure
from tracing.briefs import Brief
from tracing.models import DatedVerdict, Day, Outcome, Said, Trace, Vehicle, Verdict

Face = dict[str, Any]


class Line(NamedTuple):
    """One law in one reading: its verdict, and what is known of it in brief. ``traced``: the roll says something else since the
    trace, and it does not know what is missing, so the gaps are the trace's."""

    reading: str
    verdict: str
    hypothetical: bool
    brief: Brief
    traced: bool = False

    @property
    def margin(self) -> Decimal | None:
        return self.brief.margin


Told = dict[UUID, dict[str, list[Line]]]


def on_day(vehicles: Iterable[Vehicle], day: Day, laws: Iterable[str]) -> Told:
    """As they are dated; one query."""
    rows = DatedVerdict.objects.filter(day=day, vehicle__in=[one.pk for one in vehicles], said__rulebook__in=list(laws))
    kept = ("said__rulebook", "said__reading", "said__verdict", "said__hypothetical", "said", "said__brief")
    told = list(rows.values_list("vehicle_id", *kept))
    made = briefs.of_rolled(Said, [pk for *_, pk, brief in told if not briefs.holds(brief)])
    found: Told = {}
    for vehicle, law, reading, verdict, hypothetical, pk, brief in told:
        known = briefs.read(brief) if briefs.holds(brief) else made[pk][0]
        found.setdefault(vehicle, {}).setdefault(law, []).append(Line(reading, verdict, hypothetical, known))
    return _in_order(found)


def of_today(vehicles: list[Vehicle], laws: Iterable[str]) -> Told:
    """As the board shows them: the newest trace's, and the fleet's roll's where it says something else since."""
    traces, wanted = boards.heads(vehicles), list(laws)
    found = _traced(vehicles, traces, wanted)
    rows = Verdict.objects.filter(vehicle__in=[one.pk for one in vehicles], rulebook__in=wanted)
    kept = ("vehicle_id", "rulebook", "reading", "verdict", "hypothetical", "pk", "brief", "at")
    told = list(rows.values_list(*kept))
    made = briefs.of_rolled(Verdict, [pk for *_, pk, brief, _ in told if not briefs.holds(brief)])
    for vehicle, law, reading, verdict, hypothetical, pk, brief, at in told:
        trace, lines = traces.get(vehicle), found.setdefault(vehicle, {}).setdefault(law, [])
        held = next((one for one in lines if one.reading == reading), None)
        if held is None or trace is None or at > trace.at:
            known = briefs.read(brief) if briefs.holds(brief) else made[pk][0]
            lines[:] = [one for one in lines if one is not held]
            lines.append(_over(held, Line(reading, verdict, hypothetical, known)))
    return _in_order(found)


def _over(held: Line | None, line: Line) -> Line:
    """What the roll says in place of the trace; of gaps it may know nothing, and what the trace knew settles nothing any more."""
    if line.brief.gaps is not None or held is None or held.brief.gaps is None:
        return line
    return line._replace(brief=line.brief._replace(gaps=held.brief.gaps, settling=0), traced=True)


def _traced(vehicles: list[Vehicle], traces: dict[UUID, Trace], laws: list[str]) -> Told:
    """What the outcomes of these traces say."""
    keys = {row.pk: row.vehicle_id for row in traces.values() if not row.error}
    rows = Outcome.objects.filter(trace__in=keys, rulebook__in=laws)
    told = list(rows.values_list("trace_id", "pk", "rulebook", "reading", "verdict", "hypothetical", "brief"))
    lacking = {keys[trace] for trace, *_, brief in told if not briefs.holds(brief)}
    made = briefs.of_traced(_whole([one for one in vehicles if one.pk in lacking], laws)) if lacking else {}
    found: Told = {}
    for trace, pk, law, reading, verdict, hypothetical, brief in told:
        known = briefs.read(brief) if briefs.holds(brief) else made[pk]
        found.setdefault(keys[trace], {}).setdefault(law, []).append(Line(reading, verdict, hypothetical, known))
    return found


def _whole(vehicles: list[Vehicle], laws: list[str]) -> list[Outcome]:
    """The outcomes of these vehicles' newest traces with all that they were made from, a few queries for all."""
    traces = [row for row in boards.newest(vehicles, laws).values() if not row.error]
    disclosure.prepare(traces)
    return [one for row in traces for one in row.outcomes.all()]


def _in_order(found: Told) -> Told:
    """Readings in the order of their law, as the board shows them."""
    order = boards.order()
    for said in found.values():
        for law, lines in said.items():
            lines.sort(key=lambda line: order.get((law, line.reading), len(order)))
    return found


def of_law(told: Told, law: str) -> dict[UUID, list[Line]]:
    """What one of the laws says, by vehicle."""
    return {pk: said[law] for pk, said in told.items() if law in said}


def weighed(said: dict[str, list[Line]]) -> list[Face]:
    """As much of the faces of one vehicle as bears on a duty: laws, readings, verdicts and the whole points of what ran."""
    return [
        {
            "rulebook": law, "reading": line.reading, "verdict": line.verdict, "hypothetical": line.hypothetical,
            "ran": [{"code": code, "bar": {"worst": worst, "best": best}} for code, worst, best in line.brief.ran],
        }
        for law, lines in sorted(said.items())
        for line in lines
    ]  # fmt: skip
