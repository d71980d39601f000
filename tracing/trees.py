"""A vehicle's direct parts as the picture draws them: own imports and own work by origin, each answer as one block."""

from decimal import Decimal
from typing import Any

from tracing.icicles import Group, Part, Tree
from tracing.models import Vehicle

CODES = {"counted": "fc", "not_counted": "fn", "unknown": "uk", "complete": "ok", "incomplete": "in"}
CHAPTERS = [
    (
        "Powertrain",
        ("8407", "8408", "8409", "8483", "8708.40", "8421", "8708.92", "8507.60", "8501", "8504", "8708.91"),
    ),
    ("Chassis", ("8708.30", "8708.50", "8708.70", "8708.80", "8708.94", "4011", "8482", "7320", "4009")),
    ("Interior", ("9401", "8708.95", "8415", "5703", "8528", "9029", "8708.22")),
    ("Electrical", ("85", "9031", "9032")),
    ("Body", ("8708", "7007", "39", "40", "72", "73", "76", "83", "32")),
]


def group_of(hs: str) -> str:
    """The group of a part by its heading; the longest heading that fits decides."""
    fits = [(len(code), name) for name, codes in CHAPTERS for code in codes if hs.startswith(code)]
    return max(fits)[1] if fits else "Other parts"


def tree(vehicle: Vehicle, parts: list[dict[str, Any]], net: Decimal, *, law: str) -> Tree:
    """Groups of direct parts by value, and the automaker's own work. Only faces go in; an answer is as wide as its price."""
    groups: dict[str, list[Part]] = {}
    for row in parts:
        price = Decimal(row["value"])
        name = row["description"] or row["item"]
        if price > 0:
            href = f"?law={law}&why={row['key']}#why"
            groups.setdefault(group_of(row["hs"]), []).append(
                Part(name, price, {CODES[row["category"]]: price}, hs=row["hs"], seller=row["seller"], href=href)
            )
    found = [Group(name, rows) for name, rows in groups.items()]
    own = net - sum((Decimal(row["value"]) for row in parts), Decimal(0))
    if own > 0:
        found.append(Group("Own work", [Part("Assembly and own costs", own, {"own": own})], own=True))
    return Tree(vehicle.name, found, smaller_href="#parts")
