"""What laws say of every vehicle of a fleet on a day, in the few columns that filters, orders and sums need."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tracing import boards, disclosure
from tracing.models import DatedVerdict, Day, Outcome, Trace, Vehicle, Verdict


@dataclass(frozen=True)
class Line:
    """One law in one reading: its verdict and whole points to spare at worst. What its gaps are known by: ``digest`` of what a
    roll says, ``outcome`` of a trace; both where the roll says something else since the trace."""

    reading: str
    verdict: str
    margin: Decimal | None = None
    digest: str = ""
    outcome: UUID | None = None


Told = dict[UUID, dict[str, list[Line]]]


def on_day(vehicles: Iterable[Vehicle], day: Day, laws: Iterable[str]) -> Told:
    """As they are dated; one query."""
    rows = DatedVerdict.objects.filter(day=day, vehicle__in=[one.pk for one in vehicles], said__rulebook__in=list(laws))
    found: Told = {}
    for vehicle, law, *said in rows.values_list(
        "vehicle_id", "said__rulebook", "said__reading", "said__verdict", "said__margin", "said__digest"
    ):
        found.setdefault(vehicle, {}).setdefault(law, []).append(Line(*said))
    return found


def of_today(vehicles: list[Vehicle], laws: Iterable[str]) -> Told:
    """As the board shows them: the newest trace's, and the fleet's roll's where it says something else since."""
    traces, wanted = boards.heads(vehicles), list(laws)
    found = _traced(traces.values(), wanted)
    keys = [one.pk for one in vehicles]
    rows = Verdict.objects.filter(vehicle__in=keys, rulebook__in=wanted)
    for vehicle, law, reading, verdict, margin, digest, at in rows.values_list(
        "vehicle_id", "rulebook", "reading", "verdict", "margin", "digest", "at"
    ):
        trace, lines = traces.get(vehicle), found.setdefault(vehicle, {}).setdefault(law, [])
        held = next((one for one in lines if one.reading == reading), None)
        if held is None or trace is None or at > trace.at:
            lines[:] = [one for one in lines if one is not held]
            lines.append(Line(reading, verdict, margin, digest, held.outcome if held else None))
    return found


def _traced(traces: Iterable[Trace], laws: list[str]) -> Told:
    """What the outcomes of these traces say; of their results only the tests are read."""
    keys = {row.pk: row.vehicle_id for row in traces if not row.error}
    found: Told = {}
    rows = Outcome.objects.filter(trace__in=keys, rulebook__in=laws)
    for trace, pk, law, reading, verdict, tests in rows.values_list(
        "trace_id", "pk", "rulebook", "reading", "verdict", "result__tests"
    ):
        line = Line(reading, verdict, disclosure.spare(tests), outcome=pk)
        found.setdefault(keys[trace], {}).setdefault(law, []).append(line)
    return found
