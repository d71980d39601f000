"""All or nothing at each part's own threshold, intermediates, accumulation (UR 3, 7-9, 14; Regs ss.4-7, 14)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracing.engine.elected import elections_of
from tracing.engine.methods.column import BEST, TRANSPORT, ZERO, Chosen, Column, Option, absence, added, price_of
from tracing.engine.rules import Table
from tracing.engine.supply import Key, Node, Source

BOTH_AMOUNTS = {"nafta": ("14a", "14(2)(a)"), "usmca": ("9a", "9(2)(a)")}
FREE_AMOUNT = {"nafta": ("14b", "14(2)(b)"), "usmca": ("9b", "9(2)(b)")}
VNM_ALONE = {"usmca": ("9-3", "9(3)")}
ORIGINATES = {"nafta": {"f", "g"}, "usmca": set()}
ASSISTS = frozenset({"assist"})
LAW_OF = {"eu-uk-ev": "eu-uk", "us-2026": "usmca"}
PARAS = {
    "nafta": {"whole": "7(1)", "originating": "6(4)", "intermediate": "7(4)", "own": "6(5)(a)"},
    "eu-uk": {"whole": "TCA ORIG.3", "originating": "TCA ORIG.4", "intermediate": "TCA ORIG.3", "own": "TCA ORIG.5"},
    "usmca": {"whole": "UR 8(1)", "originating": "UR 7(4)(a)", "intermediate": "UR 7(4)(b)", "own": "UR 7(5)(a)"},
}


@dataclass(frozen=True)
class Offer:
    """One way a source may enter a good: what it adds to net cost, and to the value of non-originating materials."""

    para: str
    cost: Fraction
    vnm: Fraction
    text: str
    child: str | None = None
    net_cost_only: bool = False


@dataclass(frozen=True)
class Entry:
    """What a source enters with in one column, the offers it had, and what is missing."""

    offer: Offer
    offers: tuple[Offer, ...]
    missing: str = ""


@dataclass(frozen=True)
class Value:
    """Base, value of non-originating materials and total cost of one unit at a threshold."""

    net: Fraction
    vnm: Fraction
    total: Fraction


class Absorb(Column):
    """Origin status of every part and the regional value of the good, per unit."""

    def walk(self) -> None:
        """Children first for the status of each part, then the good at its own threshold."""
        near = self.near if isinstance(self.near, Absorb) else None
        self.status: dict[str, bool | None] = dict(near.status) if near else {}
        self.entries: dict[Key, Entry] = dict(near.entries) if near else {}
        self.why: dict[str, str] = dict(near.why) if near else {}
        for node in self.nodes():
            if node.name != self.supply.good:
                self.status[node.name] = self._status(node)
        good = self.ground.good
        self.threshold = next((test.threshold for test in good.tests if test.kind == "rvc"), None) or ZERO
        self.good = self._highest(good.answers["base"])

    def _highest(self, base: str) -> Value | None:
        """The good's value with the choices that make its percentage highest: chosen again at what was reached, until it stays.

        They are also the best at the threshold: the highest percentage reaches it exactly when some choice does.
        """
        found, percent = self.value(self.supply.top, self.threshold, base), self.threshold
        while found is not None and found.net > 0 and self._have_choices():
            reached = 100 * (found.net - found.vnm) / found.net
            if reached == percent:
                break
            again = self.value(self.supply.top, reached, base)
            if again is None or again.net <= 0 or 100 * (again.net - again.vnm) <= reached * again.net:
                return again if again == found else self.value(self.supply.top, percent, base)
            found, percent = again, reached
        return found

    def _have_choices(self) -> bool:
        return any(len(entry.offers) > 1 for entry in self.entries.values())

    @property
    def spoken(self) -> str:
        """The law whose statements are heard under this rulebook."""
        return LAW_OF.get(self.law, self.law)

    @property
    def vnm(self) -> Fraction:
        return self.good.vnm if self.good else ZERO

    @property
    def net(self) -> Fraction:
        return self.good.net if self.good else ZERO

    def taken(self, source: Source) -> Chosen:
        entry = self.entries[source.key]
        options = tuple(Option(row.para, row.vnm, row.text, row.child) for row in entry.offers)
        return Chosen(entry.offer.vnm, entry.offer.para, options, entry.missing)

    def value(self, node: Node, threshold: Fraction, base: str = "net_cost") -> Value | None:
        """Base, VNM and total cost with, for each source, the offer best at this threshold. None without a stated base."""
        cost, over = self.cost(node), self.ground.base(node, base)
        vnm = more = ZERO
        for source in node.sources:
            entry = self.entries[source.key] = self.entry(source, threshold, nets=base == "net_cost")
            more += source.weight * (entry.offer.cost - self.cost_of_source(source))
            vnm += source.weight * entry.offer.vnm
        if over is None:
            return None
        more = more if base == "net_cost" else ZERO
        total = cost.total if cost else over
        return Value(self.scale(over + more), self.scale(vnm), self.scale(total + more))

    def entry(self, source: Source, threshold: Fraction, *, nets: bool = True) -> Entry:
        """The offer with the largest (100 − p)·NC − 100·VNM: the sum over all lines is the verdict (choices stay open)."""
        offers, missing = self.offers(source, threshold)
        lawful = [row for row in offers if nets or not row.net_cost_only]
        best = max(lawful, key=lambda row: (100 - threshold) * (row.cost if nets else ZERO) - 100 * row.vnm)
        return Entry(best, (best, *(row for row in lawful if row is not best)), missing)

    def offers(self, source: Source, threshold: Fraction) -> tuple[list[Offer], str]:
        child = self.child_of(source)
        cost, whole = self.cost_of_source(source), self.non_originating_value(source)
        if source.how == "made" and child is not None:
            return [self._own_production(source, child, threshold, cost)], ""
        if self.brought_in(source, child):
            return [Offer(self._para("whole"), cost, whole, "made outside the region")], ""
        if child is None:
            return self._missing(source, child, cost, whole)
        status = self.status[child.name]
        accumulated = self._accumulated(source, child, cost, whole)
        if status is None:
            offers, missing = self._missing(source, child, cost, whole)
            return [*offers, *accumulated], missing
        if status:
            whole_in = Offer(self._para("originating"), cost, ZERO, self.why[child.name], child.name)
            return [whole_in, *(row for row in accumulated if row.cost > cost)], ""
        inside = self._listed_inside(source, child, cost, whole, threshold)
        return [Offer(self._para("whole"), cost, whole, self.why[child.name], child.name), *accumulated, *inside], ""

    def _listed_inside(
        self, source: Source, child: Node, cost: Fraction, whole: Fraction, threshold: Fraction
    ) -> list[Offer]:
        """A material of Table F, or G by claim, may stand at what is foreign in it; not so in a vehicle (UR 20(4), (5))."""
        part = source.key[0] != self.supply.good or self.ground.good.name == "part"
        if (
            self.law != "usmca"
            or not part
            or not (self.ground.good.use or "").startswith("other")
            or not child.has_body
        ):
            return []
        role = child.claim("role") or source.claims.get("role")
        if role is None and any(row["table"] == "F" and not row["ex"] for row in self._rows_of(source.hs or child.hs)):
            role = "listed"
        if role != "listed":
            return []
        inner = self.value(child, threshold)
        vnm = inner.vnm * source.factor if inner else whole
        return [
            Offer("UR 20(4)", cost, min(vnm, whole), "what is not originating inside a listed material", child.name)
        ]

    def _rows_of(self, hs: str | None) -> list[dict[str, str]]:
        return self.rules.rulebook.lists["usmca_tables"].match(hs)

    def brought_in(self, source: Source, child: Node | None) -> bool:
        """Imported by the maker, or made outside the territory as its maker or its buyer says."""
        return self.ground.entered(source) or self.ground.outside(source.made_in if child is None else child.made_in)

    def non_originating_value(self, source: Source) -> Fraction:
        """NAFTA s.7(1): price and all charges not in it. USMCA UR 8(2): price less the documented charges in it; what the buyer
        gave its maker free is part of it (UR 8(28) Example 8; Schedule 6 s.4(1)(b)). EU and United Kingdom: customs value with
        what it cost to bring it to the place of importation (TCA Annex 2, note 4)."""
        rate = self.rate(self.node_of(source))
        if self.ground.good.answers["value"] == "cif":
            return (price_of(source) + added(source.charges, TRANSPORT, frozenset({"receipt"}))) * rate
        if self.ground.good.answers["value"] in {"s7", "s10"}:
            return (price_of(source) + added(source.charges)) * rate
        inside = sum((row.amount for row in source.charges if row.in_price and row.kind != "assist"), ZERO)
        return (max(ZERO, price_of(source) - inside) + added(source.charges, ASSISTS)) * rate

    def _missing(self, source: Source, child: Node | None, cost: Fraction, whole: Fraction) -> tuple[list[Offer], str]:
        chosen = self.unknown(source, absence(source, child), whole, self._para("whole"))
        name = child.name if child else None
        return [Offer(self._para("whole"), cost, chosen.amount, "nobody certified it", name)], chosen.missing

    def _own_production(self, source: Source, child: Node, threshold: Fraction, cost: Fraction) -> Offer:
        """A designated originating intermediate at nothing; own production otherwise as if its inputs were this maker's. Where the
        law absorbs what originates whoever made it, nothing need be designated (TCA ORIG.3)."""
        if self.status[child.name] and (self.absorbs_own or (source.designated and self.may_designate(source, child))):
            text = "own production, originating" if self.absorbs_own else "designated intermediate, originating"
            return Offer(self._para("intermediate"), cost, ZERO, text, child.name)
        inner = self.value(child, threshold)
        vnm = inner.vnm if inner else sum(
            (row.weight * self.entries[row.key].offer.vnm for row in child.sources), ZERO
        )  # fmt: skip
        made = inner.total * source.factor if inner else cost
        return Offer(self._para("own"), made, vnm * source.factor, "own production, looked through", child.name)

    @property
    def absorbs_own(self) -> bool:
        """Whether own production that originates counts wholly as originating without a designation."""
        return self.ground.good.answers["made"] == "absorb"

    def may_designate(self, source: Source, child: Node) -> bool:
        """Not where something inside it that rests on regional value is designated by the same producer (s.7(4), UR 8(7)).

        Read from the structure alone: a designation is an input, never the consequence of a result.
        """
        return source.basis != "rvc" or not any(
            row.designated and row.basis == "rvc" for row in self._own_sources(child)
        )

    def _own_sources(self, node: Node) -> list[Source]:
        found, waiting, seen = [], [node], {node.name}
        while waiting:
            for row in waiting.pop().sources:
                if row.how == "made" and row.child is not None:
                    found.append(row)
                    if row.child not in seen:
                        seen.add(row.child)
                        waiting.append(self.supply.nodes[row.child])
        return found

    def _accumulated(self, source: Source, child: Node, cost: Fraction, whole: Fraction) -> list[Offer]:
        """What the producer's own statement lets the buyer take in its place (Regs s.14(2); UR 9(2), (3))."""
        rate = self.rate(child) * source.factor
        both, free, alone = (table.get(self.law, ("", "")) for table in (BOTH_AMOUNTS, FREE_AMOUNT, VNM_ALONE))
        offers = []
        for row in child.statements(self.law):
            para, vnm, net, amount = row.get("para"), row.get("vnm"), row.get("net_cost"), row.get("amount")
            if para and para == both[0] and net is not None and vnm is not None:
                beside = added(source.charges) * self.rate(self.node_of(source))
                text = "net cost and VNM stated by its producer"
                offers.append(Offer(both[1], net * rate + beside, vnm * rate, text, child.name, True))
            elif para and para == free[0] and amount is not None:
                rest, text = max(ZERO, whole - amount * rate), "an amount free of VNM stated by its producer"
                offers.append(Offer(free[1], cost, rest, text, child.name, True))
            elif para and para == alone[0] and vnm is not None and self.ground.good.answers["base"] != "net_cost":
                offers.append(Offer(alone[1], cost, min(whole, vnm * rate), "VNM stated by its producer", child.name))
        return offers

    def _status(self, node: Node) -> bool | None:
        """Originating, not, or undetermined, and why in ``self.why``."""
        said = self.said(node)
        if said is not None:
            return said
        if self.ground.outside(node.made_in):
            return self._because(node, False, "made outside the region")
        if not node.has_body:
            return self._because(node, None, "no statement under this law")
        table = self.ground.requirement(node)
        value = self.value(node, table.threshold if table else ZERO, table.base if table else "net_cost")
        foreign = sum((row.weight * self.entries[row.key].offer.vnm for row in node.sources), ZERO)
        if not foreign and not any(self._open(row) for row in node.sources):
            return self._because(node, True, "made of originating materials only")
        if value is not None and self.within_de_minimis(node, value):
            return self._because(node, True, "non-originating materials within de minimis")
        return self._by_rule(node, table, value)

    def _open(self, source: Source) -> bool:
        return bool(self.entries[source.key].missing) and self.answers(source.key) != BEST

    def said(self, node: Node) -> bool | None:
        """What its maker states or claims under this law, for this use."""
        use = (self.ground.good.use or "").partition("_")[0]
        for row in node.statements(self.spoken):
            if row.get("use") and use and row["use"] != use:
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

    def within_de_minimis(self, node: Node, value: Value) -> bool:
        """Whether all that does not originate is so little that regional value is not asked: of the price its maker states,
        else of total cost (Art. 405(2), Regs s.5(5)); of whichever serves (UR 5(4))."""
        least, sold = self.rules.de_minimis, self.de_minimis_price(node)
        base = value.total if sold is None else max(value.total, sold) if self.rules.de_minimis_of_either else sold
        return least is not None and base > 0 and 100 * value.vnm <= least * base

    def de_minimis_price(self, node: Node) -> Fraction | None:
        """The adjusted transaction value that its maker states."""
        return self.ground.transaction_value(node) if node.facts.get("price") is not None else None

    def _by_rule(self, node: Node, table: Table | None, value: Value | None) -> bool | None:
        """The rule in its form: tariff shift, regional value, both, or either."""
        shift = self.shifted(node)
        form = table.form if table else "shift"
        reached = None
        if table and value and value.net > 0:
            reached = 100 * (value.net - value.vnm) >= table.threshold * value.net
        if table and not reached and self._reaches_by_price(node, table):
            reached = True
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
            text = f"does not reach its own {percent}" if reached is False else "no tariff shift"
            return self._because(node, False, text)
        return self._because(node, None, "no table row or claim decides it")

    def shifted(self, node: Node) -> bool | None:
        """Whether its rule's tariff change is met, as claimed: outright, or but for materials within de minimis."""
        claimed: Any = node.claim("shift")
        if isinstance(claimed, bool) or claimed is None:
            return claimed
        met = claimed.get("met")
        if met or claimed.get("unshifted") is None:
            return bool(met) if met is not None else None
        base = self.de_minimis_base(node)
        least = self.rules.de_minimis
        if base is None or least is None or not self.rules.de_minimis_covers(node.hs):
            return False
        return 100 * Fraction(claimed["unshifted"]) * self.rate(node) <= least * base

    def de_minimis_base(self, node: Node) -> Fraction | None:
        """Transaction value f.o.b., or total cost where there is no acceptable one (Regs s.5(1)); either of them (UR 5(1))."""
        sold, cost = self.de_minimis_price(node), self.cost(node)
        if sold is None or (cost is not None and cost.total > sold and self.rules.de_minimis_of_either):
            return cost.total if cost else None
        return sold

    def _reaches_by_price(self, node: Node, table: Table) -> bool:
        """The transaction-value method, where the part's rule offers it and the maker claims that it may be used."""
        if table.tv is None or node.claim("tv_allowed") is not True or not self.rules.price_allowed(node):
            return False
        if elections_of(node).get("method") == "NC":
            return False
        found = self.value(node, table.tv, "transaction_value")
        return bool(found and found.net > 0 and 100 * (found.net - found.vnm) >= table.tv * found.net)

    def _because(self, node: Node, status: bool | None, why: str) -> bool | None:
        self.why[node.name] = why
        return status

    def _para(self, what: str) -> str:
        return PARAS.get(self.spoken, PARAS["usmca"])[what]


__all__ = ["Absorb", "Entry", "Offer", "Value"]
