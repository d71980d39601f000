"""What an automaker entered of its vehicles in their own declarations: programme, plant, class, value and units by market."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from suppliers.models import Declaration
from tracing.models import Vehicle

KINDS = ("passenger_vehicle", "light_truck", "heavy_truck", "other")


@dataclass(frozen=True)
class Entry:
    """One vehicle as its automaker declared it for a day. Amounts are for one vehicle, in ``currency``; None: not entered.

    ``units`` are a year's, by country of sale (ISO 3166-1 alpha-2); ``made_in`` is where it is put together.
    """

    vehicle: UUID
    declaration: UUID
    programme: str = ""
    plant: str = ""
    made_in: str = ""
    kind: str = ""
    hs: str = ""
    model_year: str = ""
    currency: str = ""
    customs_value: Decimal | None = None
    msrp: Decimal | None = None
    units: dict[str, int] = field(default_factory=dict)

    @property
    def markets(self) -> list[str]:
        """Where it is sold, by the code of the country."""
        return sorted(country for country, units in self.units.items() if units)


def entries(vehicles: Iterable[Vehicle], *, on: dt.date, known: dt.datetime | None = None) -> dict[UUID, Entry]:
    """By vehicle what its declaration in force on that day says; vehicles without one are left out. One query for all.

    ``known``: as it was known before that moment.
    """
    by_part = {row.part_id: row.pk for row in vehicles}
    rows = Declaration.objects.in_force(on=on, known=known).filter(part__in=by_part).select_related("plant")
    return {by_part[row.part_id]: _entry(by_part[row.part_id], row) for row in rows.order_by("signed_at")}


def _entry(vehicle: UUID, row: Declaration) -> Entry:
    told = row.vehicle_facts
    units = {country: int(count) for country, count in (told.get("units") or {}).items() if len(country) == 2}
    return Entry(
        vehicle=vehicle, declaration=row.pk, programme=told.get("model_line", ""), plant=row.plant.name if row.plant else "",
        made_in=row.made_in.code or (row.plant.country.code if row.plant else ""), kind=told.get("class", ""), hs=row.hs,
        model_year=told.get("model_year", ""), currency=row.currency, customs_value=_amount(told.get("customs_value")),
        msrp=_amount(told.get("msrp")), units=units,
    )  # fmt: skip


def _amount(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
