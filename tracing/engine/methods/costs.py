"""Total cost and net cost of one unit (NAFTA Regs ss.2(6), 6(3), 6(11), 7(6); UR 7(3), 7(11), 8(8))."""

from dataclasses import dataclass
from fractions import Fraction

from tracing.engine.supply import Charge, Node, Source, Supply

OWN = ("product", "period", "other")
ZERO = Fraction(0)


@dataclass(frozen=True)
class Cost:
    """Total cost of one unit, the excluded costs inside it, and what remains, in the dossier's currency."""

    total: Fraction
    excluded: Fraction
    net: Fraction
    materials: Fraction


def price_of(source: Source) -> Fraction:
    """The price for one; a made part may have none (then zero)."""
    return source.price if source.price is not None else ZERO


def added(
    charges: tuple[Charge, ...], kinds: frozenset[str] | None = None, legs: frozenset[str] | None = None
) -> Fraction:
    """Charges of these kinds and legs that are not in the price and not recovered."""
    return sum(
        (
            charge.amount
            for charge in charges
            if not charge.in_price
            and not charge.recoverable
            and (kinds is None or charge.kind in kinds)
            and (legs is None or charge.leg is None or charge.leg in legs)
        ),
        ZERO,
    )


def excluded_of(node: Node) -> Fraction:
    """The maker's own excluded costs, in its currency."""
    stated = (node.facts.get("costs") or {}).get("excluded") or {}
    return sum((value for value in stated.values() if value is not None), ZERO)


class Costs:
    """The costs of every node of a supply, children first; what they are does not depend on any missing answer."""

    def __init__(self, supply: Supply, law: str):
        self.supply, self.law = supply, law
        self.rates = {name: supply.rate(node, law) for name, node in supply.nodes.items()}
        self.of: dict[str, Cost | None] = {}
        self.of_source: dict[tuple[str, int, int], Fraction] = {}
        for name in supply.order:
            self.of[name] = self._cost(supply.nodes[name])

    def _source(self, source: Source) -> Fraction:
        """What one of it costs the maker: price and every charge not in it (s.7(1)(c)-(f)); own production at total cost."""
        inner = self.of[source.child] if source.how == "made" and source.child else None
        if inner is not None:
            return inner.total * source.factor
        return (price_of(source) + added(source.charges)) * self.rates[source.key[0]]

    def _cost(self, node: Node) -> Cost | None:
        """Costs of one unit as stated or summed; None when the maker stated none.

        A stated ``net`` or ``total`` is the base as booked. Excluded costs of own production that is not designated as an
        intermediate material come off too; those inside a designated one stay in (Regs s.7(6), Example 7-3-3).
        """
        for source in node.sources:
            self.of_source[source.key] = self._source(source)
        stated = node.facts.get("costs")
        if stated is None:
            return None
        rate = self.rates[node.name]
        materials = sum((source.weight * self.of_source[source.key] for source in node.sources), ZERO)
        excluded = excluded_of(node) * rate + self._embedded(node)
        own = sum((stated[key] for key in OWN if stated.get(key) is not None), ZERO) * rate
        net = stated["net"] * rate if stated.get("net") is not None else None
        if stated.get("total") is not None:
            total = stated["total"] * rate
        elif net is not None and not own:
            total = net + excluded
        else:
            total = materials + own
        return Cost(total, excluded, total - excluded if net is None else net, materials)

    def _embedded(self, node: Node) -> Fraction:
        """Excluded costs inside own production that is looked through."""
        found = ZERO
        for source in node.sources:
            if source.how == "made" and not source.designated and source.child is not None:
                inner = self.of[source.child]
                found += source.weight * source.factor * inner.excluded if inner else ZERO
        return found
