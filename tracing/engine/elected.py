"""What a maker elected, and what bars it from a choice."""

from typing import Any

from tracing.engine.supply import Node


def related_sales_exceed(node: Node) -> bool:
    """Whether related persons took more than 85 percent of identical and similar goods over the six months (s.6(6)(c))."""
    sales = node.facts.get("related_sales")
    return bool(sales and sales["total"] > 0 and 100 * sales["related"] > 85 * sales["total"])


AVERAGED = ("rvc", "core_parts")
"""What an election to average averages unless it names the figures: labour value content is one of its own (UR 18(15))."""


def averages(node: Node, figure: str) -> bool:
    """Whether its maker elected to average this figure over a category of vehicles (UR 14(12), 16, 18(15))."""
    elected = elections_of(node).get("averaging")
    return figure in (elected.get("of") or AVERAGED) if elected else False


def elections_of(node: Node) -> dict[str, Any]:
    """What its maker elected, by name."""
    return {key: value for key, value in (node.facts.get("elections") or {}).items() if value}
