"""One column of the walk: a supply, rules, and for each missing answer whether it is taken at its worst or its best."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from tracing.engine.rulebook import Rules
from tracing.engine.supply import REGION, Charge, Key, Node, Source, Supply

WORST, DECLARED, BEST = "worst", "declared", "best"
ZERO = Fraction(0)
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


@dataclass
class Column:
    """What every method needs: the supply, the rules, the answers, and the rounding step (once per node and column)."""

    supply: Supply
    rules: Rules
    answers: Answers
    scale: Scale = unrounded
    missing: dict[Key, str] = field(default_factory=dict)

    @property
    def law(self) -> str:
        return self.rules.rulebook.id

    def rate(self, node: Node) -> Fraction:
        return self.supply.rate(node, self.law)

    def node_of(self, source: Source) -> Node:
        return self.supply.nodes[source.key[0]]

    def child_of(self, source: Source) -> Node | None:
        return self.supply.nodes[source.child] if source.child else None

    def unknown(self, source: Source, reason: str, at_stake: Fraction, para: str) -> Chosen:
        """An amount nobody answered: nothing at best, all of it at worst and under the law's answer to silence."""
        self.missing[source.key] = reason
        amount = ZERO if self.answers(source.key) == BEST else at_stake
        return Chosen(amount, para, missing=reason, at_stake=at_stake)


def outside(place: str | None) -> bool:
    """Whether a country is named and lies outside the territory."""
    return place is not None and place not in REGION


def entered(source: Source) -> bool:
    """Whether the maker itself brought it in from outside the territory."""
    return source.how == "imported" and (source.made_in is None or outside(source.made_in))


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


def price_of(source: Source) -> Fraction:
    """The price for one; a made part may have none (then zero)."""
    return source.price if source.price is not None else ZERO


def absence(source: Source, child: Node | None) -> str:
    """Why an answer is not there, in one word."""
    if source.cannot:
        return "cannot"
    return "missing" if child is None else "undetermined"
