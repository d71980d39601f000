"""Whom a row of a rulebook is for."""

from fractions import Fraction
from typing import Any

from tracing.engine.hslists import HsList, digits
from tracing.engine.supply import Node

CLASSES = frozenset({"passenger_vehicle", "light_truck", "heavy_truck", "other"})


def _between(value: Any, limits: list[int]) -> bool:
    return value is not None and limits[0] <= int(value) <= limits[1]


def deserves(row: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Whether a plant with these facts has the relief of that row (NAFTA Regs s.11(2), UR 20(8))."""
    share = Fraction(str(facts.get("machinery_share") or 0))
    share = share * 100 if share <= 1 else share
    enough = share >= Fraction(row.get("machinery", 0))
    return bool(facts.get("novelty")) and enough and (not row.get("building") or bool(facts.get("new_building")))


def applies(row: dict[str, Any], node: Node, lists: dict[str, HsList], uses: set[str]) -> bool:
    """Whether a row of a rulebook is for this good, by use, body, drive, class, code or list; ``uses`` are what it is for."""
    facts = node.facts
    if "uses" in row and uses and not uses & set(row["uses"]):
        return False
    if "needs_use" in row and not uses & set(row["needs_use"]):
        return False
    if "persons" in row and not _between(facts.get("persons"), row["persons"]):
        return False
    if "claims_table" in row and node.claim("table") != row["claims_table"]:
        return False
    if "off_road" in row and bool(facts.get("off_road")) != row["off_road"]:
        return False
    if "drivetrains" in row and facts.get("drivetrain") not in row["drivetrains"]:
        return False
    if "not_drivetrains" in row and facts.get("drivetrain") in row["not_drivetrains"]:
        return False
    named = (facts.get("class") or "").lower().replace(" ", "_")
    if "classes" in row and named in CLASSES:
        return named in row["classes"]
    if "hs" not in row and "list" not in row:
        return True
    return of_code(row, node, lists)


def of_code(row: dict[str, Any], node: Node, lists: dict[str, HsList]) -> bool:
    """Whether its code stands in the row, or in the rows of the list that it names."""
    code = digits(node.hs)
    by_prefix = any(code.startswith(digits(prefix)) for prefix in row.get("hs", []) if code)
    by_list = "list" in row and any(
        all(entry.get(key) == value for key, value in row.get("where", {}).items())
        for entry in lists[row["list"]].match(node.hs)
    )
    return by_prefix or by_list
