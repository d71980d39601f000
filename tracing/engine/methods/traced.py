"""NAFTA's tracing for light vehicles: listed imports, through every tier and through originating parts (Regs s.9)."""

from fractions import Fraction
from typing import Any

from tracing.engine.methods.column import (
    TRANSPORT,
    WORST,
    ZERO,
    Chosen,
    Column,
    Option,
    absence,
    added,
    place_of,
    price_of,
)
from tracing.engine.rules import Table
from tracing.engine.supply import Node, Source

DUTIES = frozenset({"duty", "tax", "brokerage"})
STATED = {"c": "9(2)(c)", "d": "9(2)(d)", "e": "9(2)(e)", "h": "9(2)(h)"}


def percent_of(row: dict[str, Any]) -> Fraction | None:
    """The regional value content that a statement states."""
    found: Fraction | None = row.get("percent") if row.get("percent") is not None else row.get("rvc")
    return found


def rests_on_rvc(child: Node, table: Table | None, *, content_stated: bool) -> bool:
    """Whether it originates by a rule with a regional value test: as claimed, or by the only form its rule has; a maker that
    states its regional value content under a rule that offers both says so by that."""
    basis = child.claim("basis")
    if basis is not None or table is None:
        return basis in {"rvc", "both"}
    return table.form in {"rvc", "both"} or (content_stated and table.form == "either")


class Traced(Column):
    """The traced value of every node, per unit. ``of_source`` keeps what each source counts and why."""

    def walk(self) -> None:
        """Children first; each node once."""
        near = self.near if isinstance(self.near, Traced) else None
        self.values: dict[str, Fraction] = dict(near.values) if near else {}
        self.of_source: dict[tuple[str, int, int], Chosen] = dict(near.of_source) if near else {}
        for node in self.nodes():
            total = ZERO
            for source in node.sources:
                chosen = self.of_source[source.key] = self.counted(source)
                if self.passes_up(source):
                    total += source.weight * chosen.amount
            self.values[node.name] = self.scale(total)

    def taken(self, source: Source) -> Chosen:
        return self.of_source[source.key]

    @property
    def net(self) -> Fraction:
        cost = self.cost(self.supply.top)
        return cost.net if cost else ZERO

    @property
    def vnm(self) -> Fraction:
        return self.values[self.supply.good]

    def counted(self, source: Source) -> Chosen:
        """The lowest lawful value of what the source brings in; V is always lawful (s.9(9)(e))."""
        child = self.child_of(source)
        if self.ground.entered(source):
            return self._at_the_border(source, child)
        if source.how == "made" and child is not None and not child.has_body:
            return self._unopened(source, child)
        if source.how == "made" and child is not None:
            below = Option(
                "9(9)(a)", source.factor * self.values[child.name], "own production is looked through", child.name
            )
            return Chosen(below.amount, below.para, (below,))
        if child is None:
            return self._nobody_answered(source, None)
        options = self._statements(source, child)
        if self.ground.outside(child.made_in):
            whole = self._nobody_answered(source, child)
            if whole.missing or whole.amount:
                return self._lowest(options, whole) if options else whole
            return whole
        if child.has_body:
            options.append(
                Option("9(1)", source.factor * self.values[child.name], "what was traced inside it", child.name)
            )
        elif not options:
            return self._nobody_answered(source, child)
        return self._lowest(options, Chosen(self.v(source), "9(9)(e)"))

    def _unopened(self, source: Source, child: Node) -> Chosen:
        """Own production whose inside nobody told: what is stated of it, else anything up to what it costs."""
        stated = [row for row in self._statements(source, child) if row.para in {"9(1)", *STATED.values()}]
        if stated:
            lowest = min(stated, key=lambda row: row.amount)
            return Chosen(lowest.amount, lowest.para, tuple(stated))
        at_stake = self.v(source) if source.price is not None else self.cost_of_source(source)
        return self.unknown(source, absence(source, child), at_stake, "9(9)(a)")

    def v(self, source: Source) -> Fraction:
        """V, VM: the price paid with bundled freight, plus taxes that are not recovered, duties on an import from outside
        the territory among them, those on an import from a NAFTA country not; no freight beside it (s.9(5))."""
        child = self.child_of(source)
        place = place_of(source, child)
        kinds = frozenset({"tax", "duty"} if self.ground.outside(place) else {"tax"})
        return (price_of(source) + added(source.charges, kinds)) * self.rate(self.node_of(source))

    def border(self, source: Source) -> Fraction:
        """s.9(2)(a), (b): customs value, transport to the first place received (title at importation) or to where the
        producer takes title (later), duties, taxes and brokerage; only what is not in it, nothing recoverable."""
        later = source.title == "later"
        if source.title is None:
            # Not said: the leg to title counts at worst and not at best.
            later = self.answers(source.key) == WORST
        legs = frozenset({"receipt", "title"} if later else {"receipt"})
        transport = added(source.charges, TRANSPORT | {"assist"}, legs)
        amount = price_of(source) + transport + added(source.charges, DUTIES)
        return amount * self.rate(self.node_of(source))

    def _listed(self, source: Source, child: Node | None) -> bool | None:
        """By its code; where the list takes only some goods of a code, as its description is claimed (\"ex\")."""
        name = self.ground.good.answers["border"].removeprefix("list:")
        code = source.hs or (child.hs if child else None)
        found = self.rules.listed(name, code)
        said = (child.claim("listed") if child else None) or source.claims.get("listed")
        if found is None and said is not None and self.rules.listed_in_part(name, code):
            return bool(said != "none")
        return found

    def _at_the_border(self, source: Source, child: Node | None) -> Chosen:
        listed = self._listed(source, child)
        if listed is False:
            return Chosen(ZERO, "9(9)(b)", (Option("9(9)(b)", ZERO, "not on the list when it was imported"),))
        amount = self.border(source)
        para = "9(2)(b)" if source.title == "later" else "9(2)(a)"
        if listed is None:
            return self.unknown(source, "unclassified", amount, para)
        return Chosen(
            amount, para, (Option(para, amount, "customs value, transport and duties to where title passes"),)
        )

    def _nobody_answered(self, source: Source, child: Node | None) -> Chosen:
        """s.9(2)(i): the whole price, unless it is known that no listed import is inside."""
        v = self.v(source)
        place = place_of(source, child)
        if self.ground.outside(place):
            listed = self._listed(source, child)
            if listed is False:
                return Chosen(ZERO, "9(9)(b)", (Option("9(9)(b)", ZERO, "not on the list when it was imported"),))
            if listed is True:
                return Chosen(v, "9(2)(i)", (Option("9(2)(i)", v, "a listed import without a statement"),))
        return self.unknown(source, absence(source, child), v, "9(2)(i)")

    def _statements(self, source: Source, child: Node) -> list[Option]:
        options = []
        nested = source.key[0] != self.supply.good
        for row in child.statements("nafta"):
            para = (row.get("para") or "").removeprefix("9(2)(").strip("()")
            if para in STATED and row.get("amount") is not None:
                amount = row["amount"] * source.factor * self.rate(child)
                options.append(Option(STATED[para], amount, "stated by the seller", child.name))
            elif para == "nil":
                options.append(Option("9(1)", ZERO, "stated to hold no listed import", child.name))
            elif self._rests_on_rvc(row, para, child):
                if nested and self.rules.switches["nested_f_g"] == "direct_only":
                    continue
                options += self._by_percentage(source, child, row, para)
        return options

    def _rests_on_rvc(self, row: dict[str, object], para: str, child: Node) -> bool:
        """(f) and (g) speak of a material made in the territory that originates on a regional value basis."""
        if para not in {"f", "g"} and not (row.get("originates") and not para):
            return False
        if self.ground.outside(child.made_in):
            return False
        stated = para == "f" and percent_of(row) is not None
        return rests_on_rvc(child, self.ground.requirement(child), content_stated=stated)

    def _by_percentage(self, source: Source, child: Node, row: dict[str, object], para: str) -> list[Option]:
        stated = percent_of(row)
        v = self.v(source)
        if para == "f" and isinstance(stated, Fraction):
            return [Option("9(2)(f)", v * (100 - stated) / 100, f"VM × (1 − {stated} %), stated", child.name)]
        table = self.ground.requirement(child)
        if table is None:
            return []
        text = f"VM × (1 − {float(table.threshold):g} %), its requirement ({table.cite})"
        return [Option("9(2)(g)", v * (100 - table.threshold) / 100, text, child.name)]

    def _lowest(self, options: list[Option], whole: Chosen) -> Chosen:
        everything = [*options, Option(whole.para, whole.amount, "the whole price")]
        ordered = sorted(everything, key=lambda option: option.amount)
        return Chosen(ordered[0].amount, ordered[0].para, tuple(ordered))
