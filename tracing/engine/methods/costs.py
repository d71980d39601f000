"""Total cost and net cost of one unit (NAFTA Regs ss.2(6), 6(3), 6(11), 7(6); UR 7(3), 7(11), 8(8))."""

from dataclasses import dataclass
from fractions import Fraction

from tracing.engine.methods.column import ZERO, Column, added, price_of
from tracing.engine.supply import Node, Source

OWN = ("product", "period", "other")


@dataclass(frozen=True)
class Cost:
    """Total cost of one unit, the excluded costs inside it, and what remains, in the dossier's currency."""

    total: Fraction
    excluded: Fraction
    net: Fraction
    materials: Fraction


def cost_of_source(column: Column, source: Source) -> Fraction:
    """What one of it costs the maker: price and every charge not in it (s.7(1)(c)-(f)); own production at total cost."""
    node = column.node_of(source)
    child = column.child_of(source)
    if source.how == "made" and child is not None:
        inner = cost_of(column, child)
        if inner is not None:
            return inner.total
    return (price_of(source) + added(source.charges)) * column.rate(node)


def cost_of(column: Column, node: Node) -> Cost | None:
    """Costs of one unit as stated or summed; None when the maker stated none.

    A stated ``net`` or ``total`` is the base as booked. Excluded costs of own production that is not designated as an
    intermediate material come off too; those inside a designated one stay in (Regs s.7(6), Example 7-3-3).
    """
    stated = node.facts.get("costs")
    if stated is None:
        return None
    rate = column.rate(node)
    materials = sum((source.weight * cost_of_source(column, source) for source in node.sources), ZERO)
    excluded = sum((value for value in (stated.get("excluded") or {}).values() if value is not None), ZERO) * rate
    for source in node.sources:
        child = column.child_of(source)
        if source.how == "made" and not source.designated and child is not None:
            inner = cost_of(column, child)
            excluded += source.weight * inner.excluded if inner else ZERO
    own = sum((stated[key] for key in OWN if stated.get(key) is not None), ZERO) * rate
    net = stated["net"] * rate if stated.get("net") is not None else None
    if stated.get("total") is not None:
        total = stated["total"] * rate
    elif net is not None and not own:
        total = net + excluded
    else:
        total = materials + own
    return Cost(total, excluded, total - excluded if net is None else net, materials)
