"""Who there is, where, and who may do what for whom."""

from dataclasses import dataclass

from compliance.demo.days import Bound, FiscalYear


@dataclass(frozen=True)
class Organisation:
    """A company, an authority or the operator. ``tier`` is where a supplier mostly stands; it decides nothing."""

    organisation: str
    name: str
    kind: str
    tier: int | None
    country: str
    currency: str
    fiscal_year_start: FiscalYear | None


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
    begins: Bound
    ends: Bound | None
