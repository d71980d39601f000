"""One side of a comparison: a vehicle on a day under a law and reading, and what may be chosen for it.

A side is a trace under one law, seen through its faces; where there is none, what the fleet's roll says of that day.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404

from suppliers.models import Membership
from tracing import boards, disclosure, entries, profiles
from tracing.models import DatedVerdict, Day, Trace, Vehicle, Verdict

ZERO = Decimal(0)
DAYS = 90  # traces looked through for days on which a shown figure changed
Face = dict[str, Any]


@dataclass(frozen=True)
class Side:
    """One side: a vehicle on a day under a law and reading. ``error`` says why there are no figures; ``rolled``: its figures
    are by the fleet's roll, which knows no parts."""

    vehicle: Vehicle
    law: str
    day: dt.date
    face: Face | None = None
    parts: list[Face] = field(default_factory=list)
    net: Decimal = ZERO
    error: str = ""
    rolled: bool = False

    @property
    def name(self) -> str:
        """The law's name with its letter."""
        return law_name(self.face) if self.face else self.law

    @property
    def first(self) -> Face | None:
        """The first test that ran."""
        return self.face["ran"][0] if self.face and self.face["ran"] else None


@dataclass(frozen=True)
class Asked:
    """What an address asks of one side: any of a law, a day and a vehicle, told apart by their form."""

    law: str = ""
    day: dt.date | None = None
    vehicle: UUID | None = None


def asked(values: Sequence[str], laws: Sequence[str]) -> Asked:
    """``?a=usmca&a=2026-11-20&a=<vehicle>`` in any order; what is none of the three is left out."""
    law, day, vehicle = "", None, None
    for text in values:
        if text in laws:
            law = text
            continue
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            vehicle = _uuid(text) or vehicle
    return Asked(law, day, vehicle)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Choice:
    """One side with what was asked of it and the days that may be chosen."""

    side: Side
    want: Asked
    law: str
    days: list[dt.date]


def choice(
    vehicle: Vehicle, values: Sequence[str], laws: Sequence[str], mates: list[Vehicle], *, by: Membership, on: dt.date
) -> Choice:
    """The side that an address asks for, else the vehicle's newest figures under the first law."""
    want = asked(values, laws)
    law = want.law or laws[0]
    other = chosen_vehicle(want.vehicle, mates, by) if want.vehicle else vehicle
    rulebook, _, reading = law.partition("~")
    days = {row["on"] for row in profiles.history(other, rulebook, reading, count=DAYS)}
    days |= set(rolled_days(other, rulebook, reading, today=on))
    return Choice(side(other, law, want.day, today=on), want, law, sorted(days, reverse=True))


def rolled_days(vehicle: Vehicle, rulebook: str, reading: str, *, today: dt.date) -> list[dt.date]:
    """Days of which the fleet's roll has an answer to the vehicle under that law, before its first trace or to come."""
    first = Trace.objects.filter(vehicle=vehicle).order_by("on").values_list("on", flat=True).first()
    days = Day.objects.rolled().filter(
        verdicts__vehicle=vehicle, verdicts__said__rulebook=rulebook, verdicts__said__reading=reading
    )
    reached = Q(on__lt=first) | Q(on__gt=today) if first else Q()
    return list(days.filter(reached).distinct().values_list("on", flat=True))


def law_name(face: Face) -> str:
    return face["title"].split(",")[0] + (f", {face['letter']}" if face["letter"] else "")


def programme(vehicle: Vehicle, by: Membership, on: dt.date) -> list[Vehicle]:
    """The vehicles of the same programme that the reader may see, this one first: other plants, other years."""
    entry = entries.entries([vehicle], on=on).get(vehicle.pk)
    if entry is None or not entry.programme:
        return [vehicle]
    same = Vehicle.objects.visible_to(by).exclude(pk=vehicle.pk).filter(
        part__declarations__signed_at__isnull=False, part__declarations__vehicle_facts__model_line=entry.programme
    )  # fmt: skip
    return [vehicle, *same.select_related("part", "organisation").distinct().order_by("name", "model_year")]


def chosen_vehicle(key: UUID, mates: list[Vehicle], by: Membership) -> Vehicle:
    held = next((one for one in mates if one.pk == key), None)
    return held or get_object_or_404(Vehicle.objects.visible_to(by).select_related("part", "organisation"), pk=key)


def side(vehicle: Vehicle, law: str, day: dt.date | None, *, today: dt.date) -> Side:
    """The vehicle under that law as its newest trace until that day found it, or its newest of all."""
    rulebook, _, reading = law.partition("~")
    rows = profiles.traces_under(vehicle, rulebook, reading)
    trace: Trace | None = (rows.filter(on__lte=day) if day else rows).first()
    if trace is None or (day and day > today):
        return by_roll(vehicle, law, day, today=today)
    error, found = disclosure.error_face(trace), list(trace.outcomes.all())
    if error or not found:
        return Side(vehicle, law, trace.on, error=error or "This law does not cover the vehicle.")
    face = disclosure.outcome_face(found[0]) | {"letter": boards.letter(rulebook, reading)}
    return Side(vehicle, law, day or trace.on, face, disclosure.part_faces(found[0]), disclosure.own_net_cost(trace))


def by_roll(vehicle: Vehicle, law: str, day: dt.date | None, *, today: dt.date) -> Side:
    """A side without a trace: its tests as the fleet was rolled, for that day or last. Its parts are not known by a roll."""
    rulebook, _, reading = law.partition("~")
    face: Face | None = None
    if day is None:
        verdict = Verdict.objects.filter(vehicle=vehicle, rulebook=rulebook, reading=reading).first()
        face = disclosure.verdict_face(verdict) if verdict else None
    else:
        dated = DatedVerdict.objects.filter(
            vehicle=vehicle, day__on=day, day__at__isnull=False, said__rulebook=rulebook
        )
        row = dated.filter(said__reading=reading).select_related("said").first()
        face = disclosure.said_face(row.said, day) if row else None
    if face is None:
        return Side(vehicle, law, day or today, error=_nothing(vehicle, day, today))
    return Side(vehicle, law, day or today, face | {"letter": boards.letter(rulebook, reading)}, rolled=True)


def _nothing(vehicle: Vehicle, day: dt.date | None, today: dt.date) -> str:
    if day and day > today:
        return "That day was not rolled: choose it on the board first."
    return f"The {vehicle.name} was not traced{' by then' if day else ''}."
