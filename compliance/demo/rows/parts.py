"""What is sold and bought, between whom, and for how much."""

from dataclasses import dataclass
from decimal import Decimal

from compliance.demo.days import Act, Bound

PartKey = tuple[str, str]
"""Organisation and its own part number."""


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
    begins: Bound
    ends: Bound | None
    seller_confirmed: Act | None
    buyer_confirmed: Act | None


@dataclass(frozen=True)
class PriceWord:
    """The buyer's own word on what one of its units costs under a sale, from a day."""

    seller: str
    seller_number: str
    buyer: str
    on: Act
    by: str
    price: Decimal
    currency: str
    begins: Bound


@dataclass(frozen=True)
class Rate:
    """``rate`` units of the second currency for one of the first; ``law`` empty: every law."""

    from_currency: str
    to_currency: str
    law: str
    rate: Decimal
    on: Bound
    cite: str
