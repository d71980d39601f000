"""The answers, and all that stands in them."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from compliance.demo.days import Act, Bound
from compliance.demo.rows.parts import PartKey


@dataclass(frozen=True)
class Declaration:
    """One answer; named ``organisation/number/version``. ``state`` is how it stands on the demo's day, checked by a test:
    signed (in force), draft, withdrawn, expired or superseded."""

    declaration: str
    organisation: str
    number: str
    begins: Bound
    ends: Bound
    currency: str
    made_in: str
    plant: str
    uses: tuple[str, ...]
    price: Decimal | None
    state: str
    drafted_by: str
    drafted_on: Act
    signed_by: str
    signed_on: Act | None
    alone_why: str
    supersedes: str
    withdrawn_on: Act | None
    withdrawn_by: str
    withdrawn_why: str

    @property
    def part(self) -> PartKey:
        return self.organisation, self.number


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
class Try:
    declaration: str
    line: int
    source: int
    on: Act
    how: str


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
class Later:
    """An answer for a later period, with one statement; it decides no figure yet. ``asked_until``: a request for days up to then
    goes before it, on the day ``asked_on``, by ``asked_by``."""

    seller: str
    seller_number: str
    buyer: str
    on: Act
    by: str
    begins: Bound
    ends: Bound
    asked_on: Act | None
    asked_by: str
    asked_until: Bound | None
    law: str
    para: str
    amount: Decimal | None
    originates: bool
