"""The rows of the demo world, one class a CSV file: a column is a field, a key of several columns a tuple of texts."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

Day = dt.date
PartKey = tuple[str, str]
"""Organisation and its own part number."""


@dataclass(frozen=True)
class Organisation:
    """A company, an authority or the operator. ``tier`` is where a supplier mostly stands; it decides nothing."""

    organisation: str
    name: str
    kind: str
    tier: int | None
    country: str
    currency: str
    fiscal_year_start: Day | None


@dataclass(frozen=True)
class Plant:
    organisation: str
    plant: str
    name: str
    country: str


@dataclass(frozen=True)
class Person:
    person: str
    name: str
    email: str


@dataclass(frozen=True)
class Membership:
    """A person acts for an organisation; ``roles`` as config/access.py names them."""

    person: str
    organisation: str
    title: str
    roles: tuple[str, ...]
    begins: Day
    ends: Day | None


@dataclass(frozen=True)
class Part:
    """A number under which an organisation sells (or builds) something it makes."""

    organisation: str
    number: str
    description: str
    hs: str
    unit: str
    plant: str

    @property
    def key(self) -> PartKey:
        return self.organisation, self.number


@dataclass(frozen=True)
class Item:
    """A number under which an organisation buys something: its own part number, not its seller's."""

    organisation: str
    number: str
    description: str
    hs: str
    unit: str

    @property
    def key(self) -> PartKey:
        return self.organisation, self.number


@dataclass(frozen=True)
class Sourcing:
    """The seller's number is the buyer's number. ``factor``: how many of the seller's units make one of the buyer's."""

    seller: str
    seller_number: str
    buyer: str
    buyer_number: str
    factor: Decimal
    price_basis: str
    begins: Day
    ends: Day | None
    seller_confirmed: Day | None
    buyer_confirmed: Day | None


@dataclass(frozen=True)
class Charge:
    declaration: str
    line: int
    source: int
    charge: int
    kind: str
    amount: Decimal
    leg: str
    in_price: bool
    recoverable: bool


@dataclass(frozen=True)
class Try:
    declaration: str
    line: int
    source: int
    on: Day
    how: str


@dataclass(frozen=True)
class Cannot:
    declaration: str
    line: int
    source: int
    reason: str
    ge70: bool | None
    pct: Decimal | None
    determination: str
    basis: str


@dataclass(frozen=True)
class Source:
    """One way a line's material came. ``seller`` is on the portal (with its number), ``seller_name`` is not.

    ``how`` bought, imported or made; for made, seller and number are the maker's own.
    """

    declaration: str
    line: int
    source: int
    how: str
    share: Fraction
    price: Decimal
    seller: str
    seller_number: str
    seller_name: str
    made_in: str
    title: str
    allied: bool
    related: bool


@dataclass(frozen=True)
class Line:
    """One material in one unit of the part; description, code and unit stand with the item (or, if made, the part).

    ``minor``: a fastener or fluid, 49 CFR 583.6(a).
    """

    declaration: str
    line: int
    item: str
    qty: Decimal
    minor: bool


@dataclass(frozen=True)
class Costs:
    """The maker's own costs of one unit; a declaration that has this row opens its body, with or without lines."""

    declaration: str
    product: Decimal | None
    period: Decimal | None
    other: Decimal | None
    sales: Decimal | None
    royalties: Decimal | None
    shipping: Decimal | None
    interest: Decimal | None


@dataclass(frozen=True)
class OwnValue:
    declaration: str
    country: str
    amount: Decimal


@dataclass(frozen=True)
class Statement:
    declaration: str
    law: str
    para: str
    amount: Decimal | None
    percent: Decimal | None
    originates: bool | None
    criterion: str
    method: str
    use: str


@dataclass(frozen=True)
class Claim:
    declaration: str
    claim: str
    value: str
    why: str


@dataclass(frozen=True)
class Declaration:
    """One answer; named ``organisation/number/version``. ``state`` is how it stands on the demo's day, checked by a test:
    signed (in force), draft, withdrawn, expired or superseded."""

    declaration: str
    organisation: str
    number: str
    begins: Day
    ends: Day
    currency: str
    made_in: str
    plant: str
    uses: tuple[str, ...]
    price: Decimal | None
    state: str
    drafted_by: str
    drafted_on: Day
    signed_by: str
    signed_on: Day | None
    alone_why: str
    supersedes: str
    withdrawn_on: Day | None
    withdrawn_by: str
    withdrawn_why: str

    @property
    def part(self) -> PartKey:
        return self.organisation, self.number


@dataclass(frozen=True)
class Vehicle:
    organisation: str
    number: str
    name: str
    model_line: str
    model_year: int
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


@dataclass(frozen=True)
class Request:
    """A buyer (``asker``) asks its direct seller; answered where an answer in force exists."""

    asker: str
    seller: str
    seller_number: str
    buyer_number: str
    asked_on: Day
    asked_by: str
    due: Day
    begins: Day
    ends: Day
    rulebooks: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Decline:
    seller: str
    seller_number: str
    buyer: str
    on: Day
    by: str
    reason: str
    why: str


@dataclass(frozen=True)
class Campaign:
    """A buyer asks all whom the portal proposes for its vehicles, in one go; ``remind_after`` and ``escalate_after`` in days."""

    asker: str
    title: str
    asked_by: str
    due: Day
    begins: Day
    ends: Day
    rulebooks: tuple[str, ...]
    remind_after: tuple[str, ...]
    escalate_after: int
    message: str


@dataclass(frozen=True)
class Reply:
    """What became of one question of a campaign: ``answered`` (its last answer carried on), ``postponed`` or ``declined``."""

    title: str
    seller: str
    seller_number: str
    by: str
    how: str
    until: Day | None
    reason: str
    why: str


@dataclass(frozen=True)
class Rate:
    """``rate`` units of the second currency for one of the first; ``law`` empty: every law."""

    from_currency: str
    to_currency: str
    law: str
    rate: Decimal
    on: Day
    cite: str


@dataclass(frozen=True)
class Review:
    """What a reviewer decides once the vehicle is traced; accepted ones become certificates, signed by the officer."""

    organisation: str
    vehicle: str
    rulebook: str
    reading: str
    decision: str
    reviewer: str
    officer: str
    why: str


@dataclass(frozen=True)
class Later:
    """An answer signed today for a later period, with one statement; it decides no figure yet. ``asked_until``: a request for
    days up to then goes before it."""

    seller: str
    seller_number: str
    buyer: str
    by: str
    begins: Day
    ends: Day
    asked_until: Day | None
    law: str
    para: str
    amount: Decimal | None
    originates: bool


@dataclass(frozen=True)
class PriceWord:
    """The buyer's own word on what one of its units costs under a sale, from a day."""

    seller: str
    seller_number: str
    buyer: str
    by: str
    price: Decimal
    currency: str
    begins: Day


@dataclass(frozen=True)
class FaceReview:
    """What a reviewer decides on the answers of a supplier about a part; without a number: all of its answers without a finding."""

    organisation: str
    seller: str
    seller_number: str
    decision: str
    reviewer: str
    why: str


@dataclass(frozen=True)
class Grant:
    """An auditor may read the dossier of the certificate that names this vehicle, rulebook and reading."""

    auditor: str
    vehicle: str
    rulebook: str
    reading: str
    granted_by: str
    purpose: str
    begins: Day
    ends: Day
