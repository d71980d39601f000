"""What parties say, as rows."""

from suppliers.models.acts import Act, Ripple, Seal
from suppliers.models.declarations import (
    Addressee,
    Cannot,
    Charge,
    Claim,
    Costs,
    Declaration,
    Line,
    OwnValue,
    Source,
    Statement,
    Try,
    Withdrawal,
)
from suppliers.models.parties import Membership, MembershipEnd, Organisation, Person, Plant, Signatory, User
from suppliers.models.parts import Part, Rate, Sourcing, SourcingConfirmation
from suppliers.models.requests import Decline, Request

__all__ = [
    "Act",
    "Addressee",
    "Cannot",
    "Charge",
    "Claim",
    "Costs",
    "Declaration",
    "Decline",
    "Line",
    "Membership",
    "MembershipEnd",
    "Organisation",
    "OwnValue",
    "Part",
    "Person",
    "Plant",
    "Rate",
    "Request",
    "Ripple",
    "Seal",
    "Signatory",
    "Source",
    "Sourcing",
    "SourcingConfirmation",
    "Statement",
    "Try",
    "User",
    "Withdrawal",
]
