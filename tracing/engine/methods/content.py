"""Who added the price, by country; what nobody told stays ``untraced`` (the 2017 proposal, and the picture of every vehicle)."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from tracing.engine.methods.column import ZERO, Column, absence, added, price_of
from tracing.engine.rules import Test
from tracing.engine.supply import REGION, Node, Source

UNTRACED = "untraced"
CHARGES = "import_charges"
ELSEWHERE = "foreign"

Content = dict[str, Fraction]


class ByCountry(Column):
    """Content by country of every node's inputs, per unit; linear, so one pass serves every bound."""

    def walk(self) -> None:
        """Children first; each node once."""
        self.inputs: dict[str, Content] = {}
        self.of_source: dict[tuple[str, int, int], Content] = {}
        self.open_in: dict[tuple[str, int, int], Fraction] = {}
        for name in self.supply.order:
            node = self.supply.nodes[name]
            total: Content = defaultdict(lambda: ZERO)
            for source in node.sources:
                content = self.of_source[source.key] = self._source(source)
                if self.passes_up(source):
                    for country, amount in content.items():
                        total[country] += source.weight * amount
            self.inputs[name] = {country: self.scale(amount) for country, amount in total.items()}
        self.good = self._with_own(self.supply.top, self.inputs[self.supply.good], self.base)

    @property
    def base(self) -> Fraction:
        """Net cost of the good, or its price where no cost is stated."""
        cost = self.cost(self.supply.top)
        return cost.net if cost else self.ground.price(self.supply.top) or ZERO

    def from_outside(self, source: Source, child: Node | None) -> bool:
        """Imported by the maker, or known to be made outside the territory whoever brought it in."""
        place = source.made_in if child is None else child.made_in
        return self.ground.entered(source) or self.ground.outside(place)

    def opens(self, source: Source) -> bool:
        """Whether what is inside a part reaches the good: its maker opened it, and it was not brought in from outside."""
        child = self.child_of(source)
        return child is not None and child.has_body and not self.from_outside(source, child)

    def _source(self, source: Source) -> Content:
        """Content of one unit as the buyer paid for it: the price by country, and charges beside it apart."""
        rate = self.rate(self.node_of(source))
        price, child = price_of(source) * rate, self.child_of(source)
        beside = added(source.charges) * rate
        content: Content = {CHARGES: beside} if beside else {}
        if self.from_outside(source, child):
            place = source.made_in or (child.made_in if child else None) or ELSEWHERE
            return content | {place: price}
        if child is not None and child.has_body:
            if source.how == "made" and source.price is None:
                price = self.cost_of_source(source)
            self._homeless(source, child, price)
            return _sum(content, self._with_own(child, self.inputs[child.name], price, source.factor))
        if price:
            self.missing[source.key] = absence(source, child)
            content[UNTRACED] = self.open_in[source.key] = price
        return content

    def _homeless(self, source: Source, child: Node, price: Fraction) -> None:
        """A part whose maker does not say where it makes it: its own value is nobody's country until it does."""
        if child.made_in is not None:
            return
        stated = sum((child.facts.get("own_value") or {}).values(), ZERO) * self.rate(child)
        left = price - source.factor * (sum(self.inputs[child.name].values(), ZERO) + stated)
        if left > 0:
            self.missing[source.key] = "undetermined"
            self.open_in[source.key] = left

    def _with_own(
        self, node: Node, inputs: Mapping[str, Fraction], price: Fraction, factor: Fraction = Fraction(1)
    ) -> Content:
        """Inputs plus the maker's own value: where stated in the countries stated, the rest where it is made."""
        content: Content = {country: factor * amount for country, amount in inputs.items()}
        left = price - sum(content.values(), ZERO)
        for country, amount in (node.facts.get("own_value") or {}).items():
            share = factor * amount * self.rate(node)
            content[country] = content.get(country, ZERO) + share
            left -= share
        if left:
            place = node.made_in or UNTRACED
            content[place] = content.get(place, ZERO) + left
        return content


def _sum(one: Content, other: Content) -> Content:
    return {country: one.get(country, ZERO) + other.get(country, ZERO) for country in {**one, **other}}


def part_of(content: Mapping[str, Fraction], region: frozenset[str]) -> Fraction:
    """The content of these countries."""
    return sum((amount for country, amount in content.items() if country in region), ZERO)


def share(
    test: Test, content: Mapping[str, Fraction], base: Fraction, required: Fraction, *, best: Fraction, worst: Fraction
) -> Fraction | None:
    """A test's value in percent, with ``best`` of the untraced amount taken at its best for it and ``worst`` at its worst.

    ``required`` is the regional percentage that is required. Over the actual regional value the worst answer is not
    "foreign" but another country of the region: it widens what the share is measured over (bounds: each test by its own
    coefficients).
    """
    counted = part_of(content, test.region) + best
    if test.of == "total":
        over = base
    elif test.of == "required":
        over = base * required / 100
    else:
        regional = part_of(content, REGION) + best
        over = regional + worst if test.region != REGION else regional
    return 100 * counted / over if over > 0 else None
