"""One column of the walk: the ground that all columns share, and for each missing answer whether it is at worst or at best."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from tracing.engine.elected import elections_of
from tracing.engine.methods.costs import ZERO, Cost, Costs, added, price_of
from tracing.engine.rules import Good, Rules, Table
from tracing.engine.supply import REGION, Key, Node, Source, Supply

__all__ = [
    "BEST", "DECLARED", "TRANSPORT", "WORST", "ZERO", "Chosen", "Column", "Ground", "Option", "Scale", "absence", "added", "outside",
    "place_of", "price_of", "unrounded",
]  # fmt: skip
WORST, DECLARED, BEST = "worst", "declared", "best"
TRANSPORT = frozenset({"freight", "insurance", "packing"})

Answers = Callable[[Key], str]
Scale = Callable[[Fraction], Fraction]


def unrounded(value: Fraction) -> Fraction:
    """The exact run: nothing is rounded."""
    return value


@dataclass(frozen=True)
class Option:
    """One lawful value of a source: the paragraph that allows it, the amount, and where it comes from."""

    para: str
    amount: Fraction
    text: str
    child: str | None = None


@dataclass(frozen=True)
class Chosen:
    """What a source counts in one column, the paragraph it rests on, and the lawful options, the one taken first."""

    amount: Fraction
    para: str
    options: tuple[Option, ...] = ()
    missing: str = ""
    at_stake: Fraction = ZERO


class Ground:
    """What no missing answer changes: the supply, the rules, how this good is computed, costs, rates, requirements."""

    def __init__(self, supply: Supply, rules: Rules):
        self.supply, self.rules = supply, rules
        self.good: Good = rules.good_for(supply.top)
        self.law = rules.rulebook.id
        self.territory = rules.rulebook.territory
        self.costs = Costs(supply, self.law)
        self._tables: dict[str, Table | None] = {}
        self.elected = elections_of(supply.top)

    def requirement(self, node: Node) -> Table | None:
        """What a part must reach by itself in this good's use."""
        if node.name not in self._tables:
            self._tables[node.name] = self.rules.requirement(node, self.good.use, self.elected)
        return self._tables[node.name]

    def outside(self, place: str | None) -> bool:
        """Whether a country is named and lies outside the territory of this law."""
        return place is not None and place not in self.territory

    def entered(self, source: Source) -> bool:
        """Whether the maker itself brought it in from outside the territory."""
        return source.how == "imported" and (source.made_in is None or self.outside(source.made_in))

    def price(self, node: Node) -> Fraction | None:
        """What one of it is sold for: as its maker says, else the lowest price that a buyer here pays for one."""
        if node.facts.get("price") is not None:
            return Fraction(node.facts["price"]) * self.costs.rates[node.name]
        paid = [
            price_of(source) * self.costs.rates[source.key[0]] / source.factor
            for source in self.supply.parents[node.name]
            if source.price is not None and source.how != "made" and source.factor
        ]
        return min(paid) if paid else None

    def transaction_value(self, node: Node) -> Fraction | None:
        """The price less transport after shipment that is inside it (Regs s.2(1), UR 1)."""
        price = self.price(node)
        after = (node.facts.get("costs") or {}).get("after_shipment") or ZERO
        return None if price is None else price - after * self.costs.rates[node.name]

    def base(self, node: Node, name: str) -> Fraction | None:
        """What a percentage of this node is measured over, by its name in the rulebook; None where it is not stated."""
        if name == "net_cost":
            cost = self.costs.of[node.name]
            return cost.net if cost else None
        if name == "transaction_value":
            return self.transaction_value(node)
        stated = node.facts.get(name)
        if stated is None:
            return self.price(node)
        return Fraction(stated) * self.costs.rates[node.name]


@dataclass
class Column:
    """What every method needs: the ground, the answers, and the rounding step (once per node and column).

    ``near`` is an earlier column of the same method: what lies outside ``dirty`` is taken over from it, so that another
    answer costs only the way from that answer up to the good.
    """

    ground: Ground
    answers: Answers
    scale: Scale = unrounded
    near: "Column | None" = None
    dirty: frozenset[str] | None = None
    missing: dict[Key, str] = field(default_factory=dict)

    @property
    def supply(self) -> Supply:
        return self.ground.supply

    @property
    def rules(self) -> Rules:
        return self.ground.rules

    @property
    def law(self) -> str:
        return self.ground.law

    def nodes(self) -> Iterator[Node]:
        """The nodes to walk, children first."""
        for name in self.supply.order:
            if self.near is None or self.dirty is None or name in self.dirty:
                yield self.supply.nodes[name]

    def rate(self, node: Node) -> Fraction:
        return self.ground.costs.rates[node.name]

    def cost(self, node: Node) -> Cost | None:
        return self.ground.costs.of[node.name]

    def cost_of_source(self, source: Source) -> Fraction:
        return self.ground.costs.of_source[source.key]

    def node_of(self, source: Source) -> Node:
        return self.supply.nodes[source.key[0]]

    def child_of(self, source: Source) -> Node | None:
        return self.supply.nodes[source.child] if source.child else None

    def passes_up(self, source: Source) -> bool:
        """A consigned material counts in its maker's own tests, never in what the maker passes up."""
        return source.key[0] == self.supply.good or not source.consigned

    def unknown(self, source: Source, reason: str, at_stake: Fraction, para: str) -> Chosen:
        """An amount nobody answered: nothing at best, all of it at worst and under the law's answer to silence."""
        self.missing[source.key] = reason
        amount = ZERO if self.answers(source.key) == BEST else at_stake
        return Chosen(amount, para, missing=reason, at_stake=at_stake)


def outside(place: str | None, territory: frozenset[str] = REGION) -> bool:
    """Whether a country is named and lies outside the territory."""
    return place is not None and place not in territory


def place_of(source: Source, child: Node | None) -> str | None:
    """Where it was made: as its maker says, else as its buyer does."""
    return source.made_in if child is None or child.made_in is None else child.made_in


def absence(source: Source, child: Node | None) -> str:
    """Why an answer is not there, in one word."""
    if source.cannot:
        return "cannot"
    return "missing" if child is None else "undetermined"
