"""Who asked whom, and what became of it."""

from dataclasses import dataclass

from compliance.demo.days import Act, Bound


@dataclass(frozen=True)
class Request:
    """A buyer (``asker``) asks its direct seller; answered where an answer in force exists."""

    asker: str
    seller: str
    seller_number: str
    buyer_number: str
    asked_on: Act
    asked_by: str
    due: Act
    begins: Bound
    ends: Bound
    rulebooks: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Decline:
    seller: str
    seller_number: str
    buyer: str
    on: Act
    by: str
    reason: str
    why: str


@dataclass(frozen=True)
class Campaign:
    """A buyer asks all whom the portal proposes for its vehicles, in one go; ``remind_after`` and ``escalate_after`` in days."""

    asker: str
    title: str
    asked_on: Act
    asked_by: str
    due: Act
    begins: Bound
    ends: Bound
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
    on: Act
    by: str
    how: str
    until: Act | None
    reason: str
    why: str
