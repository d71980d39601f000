"""Amounts that contradict each other."""

from fractions import Fraction

from tracing.engine.checks.registry import STOPS, Found, check, stated
from tracing.engine.elected import elections_of, related_sales_exceed
from tracing.engine.methods.column import ZERO, added, price_of
from tracing.engine.rules import Rules
from tracing.engine.said import said
from tracing.engine.supply import Node, Supply


def _own_rate_inputs(node: Node) -> Fraction:
    return sum((row.weight * (price_of(row) + added(row.charges)) for row in node.sources), ZERO)


@check("V1", "49 CFR 583.6; Regs s.2(6)", STOPS)
def inputs_exceed_price(node: Node, supply: Supply) -> Found:
    """What goes into one costs more than your customer pays for it: check quantities, units and currency."""
    price, inputs = node.facts.get("price"), _own_rate_inputs(node)
    if price is not None and node.has_body and inputs > price:
        yield (
            "price",
            said("Inputs come to {inputs:.2f}, the price is {price:.2f}.", inputs=float(inputs), price=float(price)),
        )


@check("V2", "Regs s.2(6)")
def price_not_explained(node: Node, supply: Supply) -> Found:
    """Part of the price is neither inputs nor own value: is it selling cost, freight or profit?"""
    price, own = node.facts.get("price"), node.facts.get("own_value") or {}
    if price is None or not own or not node.has_body:
        return
    explained = _own_rate_inputs(node) + sum(own.values(), ZERO)
    if explained < price:
        yield (
            "own_value",
            said("{rest:.2f} of {price:.2f} is not explained.", rest=float(price - explained), price=float(price)),
        )
    if explained > price:
        yield (
            "own_value",
            said("Inputs and own value come to {over:.2f} more than the price.", over=float(explained - price)),
        )


@check("N1", "Regs s.6(11); UR 7(11)")
def net_cost_differs_from_its_sum(node: Node, supply: Supply) -> Found:
    """The net cost as booked differs from materials and own costs less excluded costs; the booked figure is used."""
    costs = node.facts.get("costs") or {}
    own = [costs.get(key) for key in ("product", "period", "other")]
    if (
        costs.get("net") is None
        or all(value is None for value in own)
        or any(row.how == "made" for row in node.sources)
    ):
        return
    excluded = sum((v for v in (costs.get("excluded") or {}).values() if v is not None), ZERO)
    total = _own_rate_inputs(node) + sum((value for value in own if value is not None), ZERO)
    if total - excluded != costs["net"]:
        yield (
            "costs.net",
            said(
                "Booked {booked:.2f}, summed {summed:.2f}.", booked=float(costs["net"]), summed=float(total - excluded)
            ),
        )


@check("N2", "Regs s.2(1); UR 1", STOPS)
def excluded_exceed_costs(node: Node, supply: Supply) -> Found:
    """More is excluded than stands in the costs: excluded costs are part of the costs above them."""
    costs = node.facts.get("costs") or {}
    own = [costs.get(key) for key in ("product", "period", "other", "total")]
    excluded = sum((v for v in (costs.get("excluded") or {}).values() if v is not None), ZERO)
    held = sum((value for value in own if value is not None), ZERO)
    if any(value is not None for value in own) and excluded > held:
        yield "costs.excluded", said("Excluded {part:.2f} of {whole:.2f}.", part=float(excluded), whole=float(held))


@check("V3", "49 CFR 583.6(b); UR 7(2), (3)", STOPS)
def more_than_a_hundred(node: Node, supply: Supply) -> Found:
    """No share is more than 100 percent of the part."""
    for index, row in stated(node):
        for key in ("percent", "rvc", "pct5", "pct"):
            if row.get(key) is not None and row[key] > 100:
                yield f"statements[{index}].{key}", said("{percent:g} percent.", percent=float(row[key]))


@check("V4", "Regs s.14(2)(a); UR 9(2)(a)", STOPS)
def more_foreign_than_cost(node: Node, supply: Supply) -> Found:
    """The foreign materials stated come to more than the net cost stated beside them."""
    for index, row in stated(node):
        if row.get("vnm") is not None and row.get("net_cost") is not None and row["vnm"] > row["net_cost"]:
            amounts = {"part": float(row["vnm"]), "whole": float(row["net_cost"])}
            yield f"statements[{index}].vnm", said("{part:.2f} of {whole:.2f}.", **amounts)


@check("M1", "Regs s.6(6)(c)", "look", "nafta")
def price_method_barred(node: Node, supply: Supply, rules: Rules) -> Found:
    """The transaction-value method is closed where related persons took more than 85 percent of the units: net cost is used."""
    if related_sales_exceed(node) and elections_of(node).get("method") == "TV":
        sales = node.facts["related_sales"]
        yield (
            "elections.method",
            said(
                "{percent:.4g} percent went to related persons.", percent=float(100 * sales["related"] / sales["total"])
            ),
        )
