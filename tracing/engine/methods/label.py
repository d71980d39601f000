"""U.S. and Canadian parts content for the label: outside parts at 70 percent whole, allied parts as they are (49 CFR 583.6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracing.engine import amounts
from tracing.engine.methods.column import (
    BEST,
    DECLARED,
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
from tracing.engine.rules import Rules
from tracing.engine.supply import Key, Node, Source

US_CA = frozenset({"US", "CA"})
UNKNOWN, DUTY = "untraced", "import_charges"
NO_VALUE = frozenset({"duty", "tax", "brokerage", "waste"})
Vector = Mapping[str, Fraction]


def nearest5(percent: Fraction, tie: str = "up") -> Fraction:
    """To the nearest 5 percent. The text gives no rule for a tie: up, or down by the switch ``nearest5_tie``."""
    near = amounts.half_up(percent / 5)
    return Fraction(5 * (near - 1 if tie == "down" and 2 * percent / 5 == 2 * near - 1 else near))


def rounds(rules: Rules) -> bool:
    """Whether a share under the trigger counts to the nearest 5 on that day: after the amendment, or where its makers complied
    before they had to."""
    said = rules.rulebook.data["label"]
    early = rules.switches.get("nearest5_early") == "yes"
    return bool(rules.day >= (said["nearest5_voluntary"] if early else said["nearest5_from"]))


def counts_as(percent: Fraction, trigger: int, switches: Mapping[str, str], *, below: bool = False) -> Fraction:
    """What of a value a maker's own finding makes count, in percent: by the supplier's tests (583.6(c)(6)(v)); by the statute
    it may only say whether 70 percent is reached. ``below`` where the finding says that it is not."""
    if percent >= trigger and not below:
        return Fraction(100)
    statute = switches.get("aala_own_determination") == "statute"
    return ZERO if statute else nearest5(percent, switches["nearest5_tie"])


@dataclass(frozen=True)
class Item:
    """One piece of equipment: delivered value, U.S. and Canadian value counted, the raw share, and what decides it."""

    value: Fraction
    counted: Fraction
    raw: Fraction | None
    para: str
    text: str
    outside: bool
    missing: str = ""


@dataclass(frozen=True)
class Determined:
    """Equipment of a silent outside supplier for which the maker has its own good-faith finding: its value, the share found in
    it, and what of its value that share makes count by the supplier's own tests, in percent."""

    key: Key
    item: str
    value: Fraction
    percent: Fraction
    counts: Fraction


def under(said: Mapping[str, Any], trigger: int) -> bool:
    """Whether a statement says that 70 percent is not reached: outright, or by the nearest 5, which only less than 70 is given in.

    69.9 percent is 70 to the nearest 5 and counts as 70, not whole (583.10(a)(4), (5)).
    """
    if said.get("ge70") is not None:
        return said["ge70"] is False
    return said.get("pct") is None and said.get("pct5") is not None and amounts.exact(str(said["pct5"])) <= trigger


def spent(found: Iterable[Determined], cap: Fraction) -> list[tuple[Determined, Fraction]]:
    """How much value of each finding counts under a cap by value (583.6(c)(6)(iv)): what counts most of its value first.

    Value can be told apart as finely as units are (a part may be counted in some of a carline's vehicles), so that taking the
    highest rate first gains the most: whatever is moved from a higher to a lower rate loses.
    """
    left, rows = cap, []
    for one in sorted(found, key=lambda one: (-one.counts, -one.percent, one.key)):
        taken = min(left, one.value)
        left -= taken
        rows.append((one, taken))
    return rows


class Label(Column):
    """Per vehicle: ``value`` of all equipment delivered, and ``counted`` of it as U.S. and Canadian."""

    def walk(self) -> None:
        """Children first: what each part brings by country at both looks, then the equipment of the vehicle."""
        near = self.near if isinstance(self.near, Label) else None
        self.materials: dict[str, Fraction] = dict(near.materials) if near else {}
        self.looks: dict[tuple[str, int], Vector] = dict(near.looks) if near else {}
        self.items: dict[Key, Item] = dict(near.items) if near else {}
        self.allied: dict[str, tuple[Fraction, Fraction]] = dict(near.allied) if near else {}
        for node in self.nodes():
            rows = [(row.weight, row) for row in node.sources if self.passes_up(row)]
            self.materials[node.name] = sum((weight * self.delivered(row) for weight, row in rows), ZERO)
            for depth in (1, 2):
                self.looks[node.name, depth] = _sum((weight, self.look(row, depth)) for weight, row in rows)
            for _, row in rows:
                self.items[row.key] = self.item_of(row)
            counted = sum((weight * self.items[row.key].counted for weight, row in rows), ZERO)
            self.allied[node.name] = (counted, self.materials[node.name])
        self.counted, self.value = self.allied[self.supply.good]
        self.counted += self.scale(self.determined_value)

    # ---- what stands on each source ----

    def delivered(self, source: Source) -> Fraction:
        """Price and what it cost to bring it to the plant; duty is part of what a material cost and no country's value."""
        price = source.price
        if price is None:
            return self.cost_of_source(source)
        return (price + added(source.charges)) * self.rate(self.node_of(source))

    def no_value(self, source: Source) -> Fraction:
        """What of the delivered price is duty and other border charges, in the price or beside it: value of no country
        (583.6(c)(4)(vi))."""
        inside = sum((row.amount for row in source.charges if row.in_price and row.kind in NO_VALUE), ZERO)
        return (min(inside, price_of(source)) + added(source.charges, NO_VALUE)) * self.rate(self.node_of(source))

    def look(self, source: Source, depth: int) -> Vector:
        """What one unit brings, by country. ``depth`` counts the substantial transformations still to walk back over."""
        child, value = self.child_of(source), self.delivered(source)
        if source.minor:
            # The country of the assembly that it is built into (583.6(a), (c)(4)(iv)).
            return {self.node_of(source).made_in or UNKNOWN: value}
        charges = self.no_value(source)
        rest = value - charges
        found: dict[str, Fraction] = defaultdict(lambda: ZERO)
        if charges:
            found[DUTY] += charges
        for place, amount in self._of_part(source, child, rest, depth).items():
            found[place] += amount
        return found

    def _of_part(self, source: Source, child: Node | None, value: Fraction, depth: int) -> Vector:
        stated = self._stated(child, value)
        if stated is not None:
            return stated
        place = place_of(source, child)
        if child is None or not child.has_body:
            if place is not None and place not in US_CA:
                return {place: value}
            if source.how == "imported" and place is None:
                return {"foreign": value}
            self.missing[source.key] = absence(source, child)
            return {place or "US": value} if self.answers(source.key) == BEST else {UNKNOWN: value}
        own = value - self.materials[child.name] * source.factor
        if depth == 1 and child.claim("substantial"):
            return {child.made_in or UNKNOWN: value}
        below = self.looks[child.name, 1 if child.claim("substantial") else depth]
        return _sum([(source.factor, below), (Fraction(1), self._own(child, own, source.factor))])

    def _own(self, node: Node, own: Fraction, factor: Fraction) -> Vector:
        """A maker's own value: where it says, the rest where it makes the part."""
        found: dict[str, Fraction] = defaultdict(lambda: ZERO)
        for place, amount in (node.facts.get("own_value") or {}).items():
            found[place] += factor * amount * self.rate(node)
            own -= factor * amount * self.rate(node)
        found[node.made_in or UNKNOWN] += own
        return found

    def _stated(self, child: Node | None, value: Fraction) -> Vector | None:
        """A material's share as its supplier certified it; where it opened its bill as well, the bill is looked at instead."""
        if child is None or child.has_body:
            return None
        for row in child.statements("aala"):
            percent = next((row[key] for key in ("pct", "pct5") if row.get(key) is not None), None)
            if percent is None and row.get("ge70"):
                percent = Fraction(70)
            if percent is not None:
                inside = value * min(percent, Fraction(100)) / 100
                home = child.made_in if child.made_in in US_CA else "US"
                away = row.get("origin") or "foreign"
                return _sum(
                    [
                        (Fraction(1), {home: inside}),
                        (Fraction(1), {away if away not in US_CA else "foreign": value - inside}),
                    ]
                )
        return None

    # ---- equipment ----

    def item_of(self, source: Source) -> Item:
        """One piece of equipment of the vehicle or of an allied supplier (583.6(b), (c))."""
        child, value = self.child_of(source), self.delivered(source)
        outside = not (source.allied or source.how == "made")
        if source.minor:
            counted = value if self.node_of(source).made_in in US_CA else ZERO
            text = "minor item: the country of the assembly that it is built into"
            return Item(value, counted, None, "583.6(a), (c)(4)(iv)", text, False)
        if not outside:
            return self._allied_item(source, child, value)
        return self._outside_item(source, child, value)

    def _allied_item(self, source: Source, child: Node | None, value: Fraction) -> Item:
        para = "583.6(c)(2), (3)"
        said = next(
            (row["pct"] for row in (child.statements("aala") if child else []) if row.get("pct") is not None), None
        )
        if said is not None:
            return Item(value, value * said / 100, said, para, "stated by the allied supplier", False)
        if child is None or not child.has_body:
            return self._silent(source, child, value, outside=False)
        inputs, spent = (amount * source.factor for amount in self.allied[child.name])
        at_home = child.made_in in US_CA
        own = value - self.no_value(source) - spent if at_home else self._documented(child) * source.factor
        counted = inputs + own
        return Item(
            value, counted, 100 * counted / value if value else None, para, "as it is: no trigger, no rounding", False
        )

    def _outside_item(self, source: Source, child: Node | None, value: Fraction) -> Item:
        for row in child.statements("aala") if child else []:
            if row.get("ge70"):
                return Item(value, value, None, "583.6(c)(1)", "certified at 70 percent or more: counts whole", True)
            said = row.get("pct5") if row.get("pct5") is not None else row.get("pct")
            if said is not None:
                return self._triggered(
                    value, Fraction(said), "certified by the supplier", below=under(row, self.trigger)
                )
        place = place_of(source, child)
        known = place is not None and place not in US_CA
        if child is None or not child.has_body:
            if known or (source.how == "imported" and place is None):
                return Item(value, ZERO, ZERO, "583.6(c)(4)(v)", "imported, no value documented", True)
            return self._silent(source, child, value, outside=True)
        brought = self.looks[child.name, 2]
        added_here = sum((brought.get(place, ZERO) for place in US_CA), ZERO) * source.factor
        if child.made_in in US_CA:
            # Over the price as delivered, less what its materials cost (583.6(c)(4)(i)(B)).
            added_here += value - self.no_value(source) - self.materials[child.name] * source.factor
        else:
            added_here += self._documented(child) * source.factor
        return self._triggered(value, 100 * added_here / value if value > 0 else ZERO, "what was declared inside it")

    def _documented(self, child: Node) -> Fraction:
        """What the maker of something from a third country documents to have added here itself (583.6(c)(4)(v))."""
        stated = child.facts.get("own_value") or {}
        return sum((amount for place, amount in stated.items() if place in US_CA), ZERO) * self.rate(child)

    def _triggered(self, value: Fraction, percent: Fraction, text: str, *, below: bool = False) -> Item:
        """Whole from 70 percent up; below it to the nearest 5, or nothing before the amendment. The trigger sees the raw share;
        ``below`` where its supplier certifies that it has less."""
        if percent >= self.trigger and not below:
            return Item(value, value, percent, "583.6(c)(1)", f"{text}: 70 percent or more counts whole", True)
        if not rounds(self.rules):
            return Item(
                value, ZERO, percent, "583.6(c)(1) before 2000", f"{text}: under 70 percent nothing counts", True
            )
        near = max(ZERO, nearest5(percent, self.rules.switches["nearest5_tie"]))
        return Item(
            value, value * near / 100, percent, "583.6(c)(1)", f"{text}: to the nearest 5, {near} percent", True
        )

    def _silent(self, source: Source, child: Node | None, value: Fraction, *, outside: bool) -> Item:
        reason = self.missing[source.key] = absence(source, child)
        counted = value if self.answers(source.key) == BEST else ZERO
        return Item(value, counted, None, "583.6(c)(5)", "no answer: nothing counts", outside, reason)

    # ---- the closing of one carline ----

    def equipment(self) -> list[tuple[Fraction, Source]]:
        """Every piece of equipment once, with its number in the vehicle: the maker's own and what its allied plants received."""
        found: list[tuple[Fraction, Source]] = []
        units = {self.supply.good: Fraction(1)}
        for name in reversed(self.supply.order):
            count = units.get(name, ZERO)
            for row in self.supply.nodes[name].sources if name in units else ():
                if not self.passes_up(row):
                    continue
                found.append((count * row.weight, row))
                if (row.allied or row.how == "made") and row.child is not None:
                    units[row.child] = units.get(row.child, ZERO) + count * row.weight * row.factor
        return found

    @property
    def outside_value(self) -> Fraction:
        """Value of all equipment from outside suppliers, the maker's and its allied plants' together (583.6(c)(6)(iv))."""
        return sum(
            (units * self.items[row.key].value for units, row in self.equipment() if self.items[row.key].outside), ZERO
        )

    def findings(self) -> list[Determined]:
        """The good-faith findings about silent outside suppliers, wherever the answer is what the law makes of silence."""
        found = []
        for units, row in self.equipment():
            item, said = self.items[row.key], row.determination
            if item.missing and item.outside and said and self.answers(row.key) == DECLARED:
                percent = _share_of(said)
                counts = self._finding(percent, below=under(said, self.trigger))
                found.append(Determined(row.key, row.item, units * item.value, percent, counts))
        return found

    @property
    def trigger(self) -> int:
        """From how many percent up an outside supplier's equipment counts whole."""
        return int(self.rules.rulebook.data["label"]["trigger"])

    @property
    def cap(self) -> Fraction:
        """The most value for which findings may count; none before the rule that allowed them."""
        if self.rules.day < self.rules.rulebook.data["label"]["budget_from"]:
            return ZERO
        return self.outside_value * Fraction(self.rules.rulebook.data["label"]["budget"]) / 100

    def determinations(self) -> list[tuple[Determined, Fraction]]:
        """The findings and how much value of each the budget lets count."""
        return spent(self.findings(), self.cap)

    @property
    def determined_value(self) -> Fraction:
        return sum((taken * one.counts / 100 for one, taken in self.determinations()), ZERO)

    def _finding(self, percent: Fraction, *, below: bool) -> Fraction:
        if not rounds(self.rules) and (below or percent < self.trigger):
            return ZERO
        return counts_as(percent, self.trigger, self.rules.switches, below=below)

    @property
    def net(self) -> Fraction:
        return self.value

    @property
    def vnm(self) -> Fraction:
        return self.value - self.counted

    def taken(self, source: Source) -> Chosen:
        item = self.items[source.key]
        options = (Option(item.para, item.counted, item.text, source.child),)
        return Chosen(item.counted, item.para, options, item.missing, item.value if item.missing else ZERO)


def _share_of(said: Mapping[str, Any]) -> Fraction:
    if said.get("ge70") is True:
        return Fraction(100)
    for key in ("pct5", "pct", "us_ca"):
        if said.get(key) is not None:
            return amounts.exact(str(said[key]))
    return ZERO


def _sum(rows: Any) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(lambda: ZERO)
    for times, vector in rows:
        for place, amount in vector.items():
            found[place] += times * amount
    return dict(found)


__all__ = ["BEST", "TRANSPORT", "WORST", "Determined", "Item", "Label", "nearest5", "rounds"]
