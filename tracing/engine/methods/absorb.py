"""All or nothing at each part's own threshold, intermediates, accumulation (UR 3, 7-9, 14; Regs ss.4-7, 14)."""

from dataclasses import dataclass
from fractions import Fraction

from tracing.engine.methods.column import BEST, ZERO, Chosen, Column, Option, absence, added, entered, outside, price_of
from tracing.engine.methods.costs import Cost, cost_of, cost_of_source
from tracing.engine.rulebook import Table
from tracing.engine.supply import Node, Source

BOTH_AMOUNTS = {"nafta": ("14a", "14(2)(a)"), "usmca": ("9a", "9(2)(a)")}
FREE_AMOUNT = {"nafta": ("14b", "14(2)(b)"), "usmca": ("9b", "9(2)(b)")}
ORIGINATES = {"nafta": {"f", "g"}, "usmca": set()}


@dataclass(frozen=True)
class Offer:
    """One way a source may enter a good: what it adds to net cost, and to the value of non-originating materials."""

    para: str
    cost: Fraction
    vnm: Fraction
    text: str
    child: str | None = None


@dataclass(frozen=True)
class Entry:
    """What a source enters with in one column, the offers it had, and what is missing."""

    offer: Offer
    offers: tuple[Offer, ...]
    missing: str = ""


@dataclass(frozen=True)
class Value:
    """Net cost, value of non-originating materials and total cost of one unit at a threshold."""

    net: Fraction
    vnm: Fraction
    total: Fraction


class Absorb(Column):
    """Origin status of every part and the regional value of the good, per unit."""

    def walk(self, threshold: Fraction | None) -> None:
        """Children first for the status of each part, then the good at its own threshold."""
        self.status: dict[str, bool | None] = {}
        self.entries: dict[tuple[str, int, int], Entry] = {}
        self.why: dict[str, str] = {}
        for name in self.supply.order:
            if name != self.supply.good:
                self.status[name] = self._status(self.supply.nodes[name])
        self.good = self.value(self.supply.top, threshold or ZERO)

    @property
    def vnm(self) -> Fraction:
        return self.good.vnm if self.good else ZERO

    def taken(self, source: Source) -> Chosen:
        entry = self.entries[source.key]
        options = tuple(Option(row.para, row.vnm, row.text, row.child) for row in entry.offers)
        return Chosen(entry.offer.vnm, entry.offer.para, options, entry.missing)

    def value(self, node: Node, threshold: Fraction) -> Value | None:
        """NC, VNM and total cost with, for each source, the offer best at this threshold. None without stated costs."""
        cost = cost_of(self, node)
        vnm = net = total = ZERO
        for source in node.sources:
            entry = self.entries[source.key] = self.entry(source, threshold)
            plain = cost_of_source(self, source)
            net += source.weight * (entry.offer.cost - plain)
            vnm += source.weight * entry.offer.vnm
        if cost is None:
            return None
        total = cost.total + net
        return Value(self.scale(cost.net + net), self.scale(vnm), self.scale(total))

    def entry(self, source: Source, threshold: Fraction) -> Entry:
        """The offer with the largest (100 − p)·NC − 100·VNM: the sum over all lines is the verdict (choices stay open)."""
        offers, missing = self._offers(source, threshold)
        best = max(offers, key=lambda row: (100 - threshold) * row.cost - 100 * row.vnm)
        return Entry(best, (best, *(row for row in offers if row is not best)), missing)

    def _offers(self, source: Source, threshold: Fraction) -> tuple[list[Offer], str]:
        child = self.child_of(source)
        cost, whole = cost_of_source(self, source), self.non_originating_value(source)
        if source.how == "made" and child is not None:
            return [self._own_production(source, child, threshold, cost)], ""
        if entered(source) or (child is None and outside(source.made_in)) or (child and outside(child.made_in)):
            return [Offer(self._para("whole"), cost, whole, "made outside the region")], ""
        if child is None:
            return self._missing(source, child, cost, whole)
        status = self.status[child.name]
        accumulated = self._accumulated(source, child, cost, whole)
        if status is None and not accumulated:
            return self._missing(source, child, cost, whole)
        if status is None:
            offers, missing = self._missing(source, child, cost, whole)
            return [*offers, *accumulated], missing
        if status:
            return [Offer(self._para("originating"), cost, ZERO, self.why[child.name], child.name)], ""
        return [Offer(self._para("whole"), cost, whole, self.why[child.name], child.name), *accumulated], ""

    def non_originating_value(self, source: Source) -> Fraction:
        """NAFTA s.7(1): price and all charges not in it. USMCA UR 8(2): price less the documented charges in it."""
        rate = self.rate(self.node_of(source))
        if self.rules.good_for(self.supply.top).answers["value"] == "s7":
            return (price_of(source) + added(source.charges)) * rate
        inside = sum((row.amount for row in source.charges if row.in_price and row.kind != "assist"), ZERO)
        return max(ZERO, price_of(source) - inside) * rate

    def _missing(self, source: Source, child: Node | None, cost: Fraction, whole: Fraction) -> tuple[list[Offer], str]:
        chosen = self.unknown(source, absence(source, child), whole, self._para("whole"))
        name = child.name if child else None
        return [Offer(self._para("whole"), cost, chosen.amount, "nobody certified it", name)], chosen.missing

    def _own_production(self, source: Source, child: Node, threshold: Fraction, cost: Fraction) -> Offer:
        if source.designated and self.status[child.name]:
            return Offer(self._para("intermediate"), cost, ZERO, "designated intermediate, originating", child.name)
        inner = self.value(child, threshold)
        vnm = inner.vnm if inner else sum(
            (row.weight * self.entries[row.key].offer.vnm for row in child.sources), ZERO
        )  # fmt: skip
        return Offer(
            self._para("own"), inner.total if inner else cost, vnm, "own production, looked through", child.name
        )

    def _accumulated(self, source: Source, child: Node, cost: Fraction, whole: Fraction) -> list[Offer]:
        rate, offers = self.rate(child) * source.factor, []
        both, free = BOTH_AMOUNTS.get(self.law), FREE_AMOUNT.get(self.law)
        for row in child.statements(self.law):
            if both and row.get("para") == both[0] and row.get("net_cost") is not None and row.get("vnm") is not None:
                beside = added(source.charges) * self.rate(self.node_of(source))
                net = row["net_cost"] * rate + beside
                offers.append(
                    Offer(both[1], net, row["vnm"] * rate, "net cost and VNM stated by its producer", child.name)
                )
            elif free and row.get("para") == free[0] and row.get("amount") is not None:
                rest = max(ZERO, whole - row["amount"] * rate)
                offers.append(Offer(free[1], cost, rest, "an amount free of VNM stated by its producer", child.name))
        return offers

    def _status(self, node: Node) -> bool | None:
        """Originating, not, or undetermined, and why in ``self.why``."""
        said = self._said(node)
        if said is not None:
            return said
        if outside(node.made_in):
            return self._because(node, False, "made outside the region")
        if not node.has_body:
            return self._because(node, None, "no statement under this law")
        table = self.rules.requirement(node)
        value = self.value(node, table.threshold if table else ZERO)
        foreign = sum((row.weight * self.entries[row.key].offer.vnm for row in node.sources), ZERO)
        if not foreign and not any(self._open(row) for row in node.sources):
            return self._because(node, True, "made of originating materials only")
        if value is not None and self._within_de_minimis(value):
            return self._because(node, True, "non-originating materials within de minimis")
        return self._by_rule(node, table, value)

    def _open(self, source: Source) -> bool:
        return bool(self.entries[source.key].missing) and self.answers(source.key) != BEST

    def _said(self, node: Node) -> bool | None:
        uses = set(self.supply.top.facts.get("uses") or [])
        for row in node.statements(self.law):
            if row.get("use") and uses and row["use"] not in uses:
                continue
            if row.get("originates") is not None:
                text = "stated to originate" if row["originates"] else "stated not to originate"
                return self._because(node, row["originates"], text)
            if row.get("para") in ORIGINATES.get(self.law, set()):
                return self._because(node, True, "stated to originate")
        claimed: bool | None = node.claim("originates")
        if claimed is not None:
            return self._because(node, claimed, "claimed by its maker")
        return None

    def _within_de_minimis(self, value: Value) -> bool:
        least = self.rules.de_minimis
        return least is not None and value.total > 0 and 100 * value.vnm <= least * value.total

    def _by_rule(self, node: Node, table: Table | None, value: Value | None) -> bool | None:
        """The rule in its form: tariff shift, regional value, both, or either."""
        shift = node.claim("shift")
        shift = shift if isinstance(shift, bool) else None
        form = table.form if table else "shift"
        reached = None
        if table and value and value.net > 0:
            reached = 100 * (value.net - value.vnm) >= table.threshold * value.net
        if node.claim("basis") == "shift" and form == "either":
            form = "shift"
        if form == "rvc" and shift and (node.hs or "").replace(".", "").startswith("850760"):
            return self._because(node, True, "tariff shift met (traction battery, UR 14(3))")
        percent = f"{float(table.threshold):g} %" if table else ""
        if form in {"rvc", "either"} and reached:
            return self._because(node, True, f"reaches its own {percent}")
        if form in {"shift", "either"} and shift:
            return self._because(node, True, "tariff shift met")
        if form == "both" and shift and reached:
            return self._because(node, True, f"tariff shift met and {percent} reached")
        failed = {
            "rvc": reached is False,
            "shift": shift is False,
            "either": reached is False and shift is not None,
            "both": reached is False or shift is False,
        }[form]
        if failed:
            return self._because(
                node, False, f"does not reach its own {percent}" if reached is False else "no tariff shift"
            )
        return self._because(node, None, "no table row or claim decides it")

    def _because(self, node: Node, status: bool | None, why: str) -> bool | None:
        self.why[node.name] = why
        return status

    def _para(self, what: str) -> str:
        nafta = {"whole": "7(1)", "originating": "6(4)", "intermediate": "7(4)", "own": "6(5)(a)"}
        usmca = {"whole": "UR 8(1)", "originating": "UR 7(4)(a)", "intermediate": "UR 7(4)(b)", "own": "UR 7(5)(a)"}
        return (nafta if self.law == "nafta" else usmca)[what]


__all__ = ["Absorb", "Cost", "Entry", "Offer", "Value"]
