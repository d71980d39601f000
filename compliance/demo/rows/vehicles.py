"""What is built of it all."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compliance.demo.days import ModelYear
from compliance.demo.rows.parts import PartKey


@dataclass(frozen=True)
class Vehicle:
    organisation: str
    number: str
    name: str
    model_line: str
    model_year: ModelYear
    vehicle_class: str
    body: str
    drivetrain: str
    persons: int
    gvwr_kg: int
    plant: str
    price: Decimal
    msrp: Decimal
    units_us: int
    units_ca: int
    units_mx: int
    activities: tuple[str, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """What the laws need of it, in the dossier's terms; weight in pounds, as 49 CFR 583 asks it."""
        made = self.units_us + self.units_ca + self.units_mx
        price = format(self.price.normalize(), "f")
        return {
            "class": self.vehicle_class, "model_line": self.model_line, "model_year": str(self.model_year), "carline": self.name,
            "drivetrain": self.drivetrain, "persons": str(self.persons), "gvwr": str(round(self.gvwr_kg * 2.20462)),
            "msrp": format(self.msrp.normalize(), "f"), "customs_value": price, "ex_works": price,
            "units": {
                "US": str(self.units_us), "CA": str(self.units_ca), "MX": str(self.units_mx), "made": str(made),
                "expected": str(made),
            },
        } | ({"activities": self._activities()} if self.activities else {})  # fmt: skip

    def _activities(self) -> dict[str, dict[str, str]]:
        """What its maker spends on research and the like for one of it, by kind and country."""
        found: dict[str, dict[str, str]] = {}
        for said in self.activities:
            kind, country, amount = said.split(":")
            found.setdefault(kind, {})[country] = amount
        return found

    @property
    def part(self) -> PartKey:
        return self.organisation, self.number
