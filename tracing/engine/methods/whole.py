"""A part counts whole or not at all by where it was made or where it originates: U.S. content under Section 232, Canada's surtax."""

from fractions import Fraction

from tracing.engine.methods.column import BEST, ZERO, Chosen, Column, Option, absence, price_of
from tracing.engine.supply import Key, Node, Source

INSIDE = "u232_inside_foreign_part"


class Whole(Column):
    """What the vehicle's parts count, per vehicle. ``base`` is the value for duty, None where it is not stated."""

    def walk(self) -> None:
        """Children first; only ``inside`` looks below a direct part, and only where a switch lets it."""
        near = self.near if isinstance(self.near, Whole) else None
        self.inside: dict[str, Fraction] = dict(near.inside) if near else {}
        self.of_source: dict[Key, Chosen] = dict(near.of_source) if near else {}
        for node in self.nodes():
            total = ZERO
            for source in node.sources:
                chosen = self.of_source[source.key] = self.counted(source)
                total += source.weight * chosen.amount if self.passes_up(source) else ZERO
            self.inside[node.name] = self.scale(total)
        stated = self.supply.top.facts.get("customs_value")
        self.base = None if stated is None else Fraction(stated) * self.rate(self.supply.top)

    @property
    def claimed(self) -> Fraction:
        """What the parts count together, never more than the vehicle is worth."""
        found = self.inside[self.supply.good]
        return found if self.base is None else min(found, self.base)

    @property
    def allowed(self) -> Fraction:
        """The same, or the share that the law grants without proof where that is more."""
        row = self.rules.rulebook.data.get("default_share")
        return max(self.claimed, (self.base or ZERO) * Fraction(row["percent"]) / 100) if row else self.claimed

    @property
    def net(self) -> Fraction:
        return self.base or ZERO

    @property
    def vnm(self) -> Fraction:
        return self.net - self.allowed

    def taken(self, source: Source) -> Chosen:
        return self.of_source[source.key]

    def counted(self, source: Source) -> Chosen:
        child, cite = self.child_of(source), self.ground.good.cite
        price = price_of(source) * self.rate(self.node_of(source))
        below = self.inside[child.name] * source.factor if child else ZERO
        if source.how == "made" and child is not None:
            return Chosen(below, cite, (Option(cite, below, "own production: its parts count", child.name),))
        counts = self._counts(source, child)
        if counts is None:
            self.missing[source.key] = absence(source, child)
            best = self.answers(source.key) == BEST
            return Chosen(price if best else ZERO, cite, missing=self.missing[source.key], at_stake=price)
        if counts:
            return Chosen(price, cite, (Option(cite, price, "counts whole", source.child),))
        inner = below if self.rules.switches.get(INSIDE) == "counted" else ZERO
        return Chosen(inner, cite, (Option(cite, inner, "made elsewhere", source.child),))

    def _counts(self, source: Source, child: Node | None) -> bool | None:
        """Whether a part counts; None where nobody said what decides it."""
        region = self.ground.good.tests[0].region
        if self.ground.good.answers["bought"] == "whole_if_origin":
            return self._by_origin(source, child, region)
        if child is None:
            known = self.ground.entered(source) or (source.made_in is not None and source.made_in not in region)
            return False if known else None
        if child.made_in is None:
            return None
        return child.made_in in region and child.claim("substantial") is not False

    def _by_origin(self, source: Source, child: Node | None, region: frozenset[str]) -> bool | None:
        origin = child.claim("marking_origin") if child else None
        if origin is not None:
            return origin in region
        away = self.ground.entered(source) or self.ground.outside(source.made_in if child is None else child.made_in)
        return False if away else None
