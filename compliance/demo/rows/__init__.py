"""The rows of the demo world, one class a CSV file: a column is a field, a key of several columns a tuple of texts. The type of a
day says how it moves when the world is told later (compliance/demo/days.py)."""

from compliance.demo.rows.declarations import (
    Cannot,
    Charge,
    Claim,
    Costs,
    Declaration,
    Later,
    Line,
    OwnValue,
    Source,
    Statement,
    Try,
)
from compliance.demo.rows.parties import Membership, Organisation, Person, Plant
from compliance.demo.rows.parts import Item, Part, PartKey, PriceWord, Rate, Sourcing
from compliance.demo.rows.requests import Campaign, Decline, Reply, Request
from compliance.demo.rows.reviews import FaceReview, Grant, Review
from compliance.demo.rows.vehicles import Vehicle

__all__ = [
    "Campaign", "Cannot", "Charge", "Claim", "Costs", "Declaration", "Decline", "FaceReview", "Grant", "Item", "Later", "Line",
    "Membership", "Organisation", "OwnValue", "Part", "PartKey", "Person", "Plant", "PriceWord", "Rate", "Reply", "Request",
    "Review", "Source", "Sourcing", "Statement", "Try", "Vehicle",
]  # fmt: skip
