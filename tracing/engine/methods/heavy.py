"""NAFTA heavy-duty goods: listed materials, components, assemblies and sub-components by role (Regs s.10, Schedule V)."""

from dataclasses import dataclass
from fractions import Fraction

from tracing.engine.hslists import digits
from tracing.engine.methods.absorb import Absorb, Offer, Value
from tracing.engine.methods.column import BEST, ZERO
from tracing.engine.methods.traced import percent_of, rests_on_rvc
from tracing.engine.supply import Key, Node, Source

LETTERS = ("a", "b", "c", "d", "e", "f")
ROLES = frozenset({"component", "assembly", "sub"})
COMPONENT_CODES = ("8407", "8408", "870840")


@dataclass(frozen=True)
class Six:
    """What one unit of a node holds under (a) to (f), and two sums that a signed statement may give: what it says as an
    originating role ((d)(i)) and as a non-originating one ((e)(i))."""

    amounts: dict[str, Fraction]
    stated_d: Fraction
    stated_e: Fraction


NOTHING = Six(dict.fromkeys(LETTERS, ZERO), ZERO, ZERO)


class Heavy(Absorb):
    """Ordinary rules decide what originates; roles decide what an originating or non-originating one adds (s.10(1)).

    ``into`` keeps what each source brings into the statements of its maker, under (d)(i) and (e)(i), per unit of the maker's part.
    """

    def walk(self) -> None:
        near = self.near if isinstance(self.near, Heavy) else None
        self.six: dict[str, Six] = dict(near.six) if near else {}
        self.open_below: dict[str, bool] = dict(near.open_below) if near else {}
        self.into: dict[Key, tuple[Fraction, Fraction]] = dict(near.into) if near else {}
        self.told: dict[str, bool] = dict(near.told) if near else {}
        super().walk()

    def _status(self, node: Node) -> bool | None:
        """As for any good; its inside is gone through even where a statement decides, for what it may state of it."""
        if node.has_body:
            table = self.ground.requirement(node)
            self.value(node, table.threshold if table else ZERO)
        self.told[node.name] = self.said(node) is not None
        return super()._status(node)

    def role(self, source: Source, child: Node | None) -> str | None:
        """The role as claimed by description; an engine or a gear box by its code alone."""
        said: str | None = (child.claim("role") if child else None) or source.claims.get("role")
        if said is not None:
            return None if said == "none" else said
        code = digits(source.hs or (child.hs if child else None))
        return "component" if code.startswith(COMPONENT_CODES) else None

    def is_heavy_good(self, node: Node) -> bool:
        """The vehicle, and components and assemblies for it: their own value is found by s.10 too; a sub-component's is not."""
        code = digits(node.hs)
        role = node.claim("role") or ("component" if code.startswith(COMPONENT_CODES) else None)
        return node.name == self.supply.good or role in {"component", "assembly"}

    def value(self, node: Node, threshold: Fraction, base: str = "net_cost") -> Value | None:
        """As for any good, and for a heavy-duty good the VNM of s.10."""
        found = super().value(node, threshold, base)
        self.open_below[node.name] = any(self._is_open(row) for row in node.sources)
        six = self.six[node.name] = self._six(node)
        if found is None or not self.is_heavy_good(node):
            return found
        return Value(found.net, self.scale(sum(six.amounts.values(), ZERO)), found.total)

    def offers(self, source: Source, threshold: Fraction) -> tuple[list[Offer], str]:
        """In a heavy-duty good the options of s.10(1); elsewhere those of ss.6 and 7."""
        if not self.is_heavy_good(self.node_of(source)):
            return super().offers(source, threshold)
        return self._ten(source, threshold)

    def _ten(self, source: Source, threshold: Fraction) -> tuple[list[Offer], str]:
        """The options of s.10(1) for one source, by its role."""
        child, role = self.child_of(source), self.role(source, self.child_of(source))
        cost, whole = self.cost_of_source(source), self.non_originating_value(source)
        if source.how == "made" and child is not None:
            return self._own(source, child, role, threshold, cost), ""
        if self.brought_in(source, child):
            para = "10(1)(c)" if role else "10(1)(f)"
            return [Offer(para, cost, whole, "imported from outside the territory")], ""
        status = self.status[child.name] if child is not None else None
        if child is None or status is None:
            para = "10(1)(f)" if role is None else "10(1)(b)" if role == "listed" else "10(1)(e)(ii)"
            # A listed material that nothing decides counts as one that does not originate, at the lowest that (b) allows.
            stake = (
                min(row.vnm for row in self._listed(source, child, cost, whole))
                if role == "listed" and child
                else whole
            )
            chosen = self.unknown(source, "missing" if child is None else "undetermined", stake, para)
            if role in ROLES and child is not None and child.has_body:
                return self._role(source, child, cost, whole), chosen.missing
            return [Offer(para, cost, chosen.amount, "nobody certified it", source.child)], chosen.missing
        if role in ROLES:
            return self._role(source, child, cost, whole), ""
        if status:
            return [Offer("6(4)", cost, ZERO, "originating: neither it nor what is inside it counts", child.name)], ""
        if role == "listed":
            return self._listed(source, child, cost, whole), ""
        return [Offer("10(1)(f)", cost, whole, self.why[child.name], child.name)], ""

    def _own(self, source: Source, child: Node, role: str | None, threshold: Fraction, cost: Fraction) -> list[Offer]:
        """Own production is looked through; roles cannot be designated; a listed one that fails may stand at its inputs."""
        if role not in ROLES and source.designated and self.status[child.name] and self.may_designate(source, child):
            return [Offer("7(4)", cost, ZERO, "designated intermediate, originating", child.name)]
        self.value(child, threshold)
        inner = sum(self.six[child.name].amounts.values(), ZERO) * source.factor
        through = [Offer("10(9)(a)", cost, inner, "own production, looked through", child.name)]
        if role != "listed":
            return through
        return self._either(
            source, child, through if not source.designated else [], self._own_listed(child, source, cost)
        )

    def _own_listed(self, child: Node, source: Source, cost: Fraction) -> list[Offer]:
        """(a): a listed material of own production that does not originate, at total cost or by its non-originating inputs."""
        inputs = self._inputs(child) * source.factor
        return [
            Offer("10(1)(a)(i)", cost, cost, "its total cost", child.name),
            Offer("10(1)(a)(iii)", cost, inputs, "its non-originating inputs only", child.name),
        ]

    def _listed(self, source: Source, child: Node, cost: Fraction, whole: Fraction) -> list[Offer]:
        """(b): a listed material that does not originate, whole or by its non-originating inputs where its producer signed them."""
        offers = [Offer("10(1)(b)(i)", cost, whole, "its whole value", child.name)]
        for row in child.statements("nafta"):
            if row.get("para") == "10b" and row.get("amount") is not None:
                amount = row["amount"] * source.factor * self.rate(child)
                offers.append(Offer("10(1)(b)(ii)", cost, amount, "stated by its producer", child.name))
        if child.has_body:
            amount = self._inputs(child) * source.factor
            offers.append(Offer("10(1)(b)(ii)", cost, amount, "its non-originating inputs", child.name))
        return offers

    def _inputs(self, node: Node) -> Fraction:
        """The non-originating inputs of one unit, at customs value and costs or at what was paid; nothing is accumulated here."""
        total = ZERO
        for row in node.sources:
            child = self.child_of(row)
            if row.how == "made" and child is not None:
                originating = row.designated and self.status[child.name]
                total += ZERO if originating else row.weight * row.factor * self._inputs(child)
                continue
            status = self.status[child.name] if child is not None else None
            whole = row.weight * self.non_originating_value(row)
            if self.brought_in(row, child) or status is False:
                total += whole
            elif status is None:
                total += ZERO if self.answers(row.key) == BEST else whole
        return total

    def _role(self, source: Source, child: Node, cost: Fraction, whole: Fraction) -> list[Offer]:
        """The options of a role as it originates or not. One that originates may be treated as if it did not, but then
        counts whole (s.10(9)(d)): the sum of (e)(i) is not among its options."""
        as_one, as_none = (self._of_role(source, child, status, cost, whole) for status in (True, False))
        return self._either(source, child, as_one, as_none)

    def _either(self, source: Source, child: Node, as_one: list[Offer], as_none: list[Offer]) -> list[Offer]:
        """The options as it originates or as it does not; where that is open, of both the set that may be the worse, or at
        best the better: either status may come out lower, so that no single one of them bounds the other."""
        if not as_one:
            return as_none
        if self._settled(source, child):
            return as_one if self.status[child.name] else as_none
        lowest = [min(row.vnm for row in rows) for rows in (as_one, as_none)]
        return as_one if (lowest[0] < lowest[1]) == (self.answers(source.key) == BEST) else as_none

    def _settled(self, source: Source, child: Node) -> bool:
        """Whether no missing answer can turn whether it originates: none is below it, its maker says it, or it originates
        even at worst, or does not even at best."""
        status = self.status.get(child.name)
        if status is None:
            return False
        return (
            not self.open_below.get(child.name, False)
            or self.told[child.name]
            or status != (self.answers(source.key) == BEST)
        )

    def _own_production(self, source: Source, child: Node, threshold: Fraction, cost: Fraction) -> Offer:
        """Inside a good with ordinary rules own production is looked through by those rules, whatever its role (s.6(5)(a))."""
        if source.designated and self.status[child.name] and self.may_designate(source, child):
            return super()._own_production(source, child, threshold, cost)
        vnm = more = ZERO
        for row in child.sources:
            offers, _ = super().offers(row, threshold)
            best = max(offers, key=lambda one: (100 - threshold) * one.cost - 100 * one.vnm)
            vnm += row.weight * best.vnm
            more += row.weight * (best.cost - self.cost_of_source(row))
        costs = self.cost(child)
        made = (costs.total + more) * source.factor if costs else cost
        return Offer(self._para("own"), made, vnm * source.factor, "own production, looked through", child.name)

    def _of_role(self, source: Source, child: Node, status: bool, cost: Fraction, whole: Fraction) -> list[Offer]:
        """(d) and (e): what its seller states of the inside, its value less its regional value, or its value."""
        six, letter = self.six.get(child.name, NOTHING), "d" if status else "e"
        offers = [Offer("10(1)(d)(iv)" if status else "10(1)(e)(ii)", cost, whole, "its whole value", child.name)]
        for row in child.statements("nafta"):
            if row.get("para") == f"10{letter}" and row.get("amount") is not None:
                amount = row["amount"] * source.factor * self.rate(child)
                offers.append(Offer(f"10(1)({letter})(i)", cost, amount, "stated by its seller", child.name))
        if child.has_body:
            amount = (six.stated_d if status else six.stated_e) * source.factor
            offers.append(Offer(f"10(1)({letter})(i)", cost, amount, "what was declared inside it", child.name))
        return offers + (self._by_percentage(source, child, cost, whole) if status else [])

    def _by_percentage(self, source: Source, child: Node, cost: Fraction, whole: Fraction) -> list[Offer]:
        """(d)(ii), (iii): only where it originates on a regional value basis and its seller says so."""
        table = self.ground.requirement(child)
        offers = []
        for row in child.statements("nafta"):
            stated = percent_of(row)
            if not rests_on_rvc(child, table, content_stated=row.get("para") == "f" and stated is not None):
                continue
            if stated is not None and (row.get("para") == "f" or row.get("originates")):
                text = f"W × (1 − {float(stated):g} %), stated"
                offers.append(Offer("10(1)(d)(ii)", cost, whole * (100 - stated) / 100, text, child.name))
            elif table is not None and (row.get("para") == "g" or row.get("originates")):
                text = f"W × (1 − {float(table.threshold):g} %), its requirement ({table.cite})"
                amount = whole * (100 - table.threshold) / 100
                offers.append(Offer("10(1)(d)(iii)", cost, amount, text, child.name))
        return offers

    def _six(self, node: Node) -> Six:
        """The columns of one node from what each source was taken at."""
        amounts, stated_d, stated_e = dict.fromkeys(LETTERS, ZERO), ZERO, ZERO
        for source in node.sources:
            child, taken = self.child_of(source), self._taken_by_ten(node, source)
            amount, letter = source.weight * taken.vnm, self._letter(source, taken.para)
            if letter is None and child is not None and source.how == "made":
                inner, times = self.six.get(child.name, NOTHING), source.weight * source.factor
                for name in LETTERS:
                    amounts[name] += times * inner.amounts[name]
            else:
                amounts[letter or "f"] += amount
            into = self.into[source.key] = (
                self._into_d(source, child, letter, amount),
                self._into_e(source, child, letter, amount),
            )
            stated_d, stated_e = stated_d + into[0], stated_e + into[1]
        return Six(amounts, stated_d, stated_e)

    def _taken_by_ten(self, node: Node, source: Source) -> Offer:
        """What s.10 takes of a source; inside a good that has ordinary rules of its own, the lowest that s.10 allows."""
        if self.is_heavy_good(node):
            return self.entries[source.key].offer
        offers, _ = self._ten(source, ZERO)
        return min(offers, key=lambda row: row.vnm)

    def _letter(self, source: Source, para: str) -> str | None:
        if para.startswith("10(1)("):
            return para[6]
        if para in {"10(9)(a)", "6(5)(a)"}:
            return None
        child = self.child_of(source)
        role = self.role(source, child)
        if self.brought_in(source, child):
            return "c" if role else "f"
        if role == "listed":
            return "b"
        if role in ROLES and child is not None:
            return "d" if self.status.get(child.name) else "e"
        return "f"

    def _is_open(self, source: Source) -> bool:
        """Whether an answer is missing at this source or below it."""
        child = self.child_of(source)
        if self.brought_in(source, child) and source.how != "made":
            return False
        if child is None:
            return True
        undecided = source.how != "made" and self.status.get(child.name) is None
        return undecided or self.open_below.get(child.name, False)

    def _into_d(self, source: Source, child: Node | None, letter: str | None, amount: Fraction) -> Fraction:
        """(d)(i): listed materials at (a) and (b) and imports at (c), at any depth, through the roles inside whether they
        originate or not (clauses (A) to (C)); a role inside brings at most its own value (clause (D), s.10(9)(d))."""
        inner = self.six.get(child.name, NOTHING) if child is not None else NOTHING
        times = source.weight * source.factor
        if source.how == "made" and child is not None:
            return self._of_own(source, child, letter, times * inner.stated_d, amount if letter == "a" else ZERO)
        if letter in {"a", "b", "c"}:
            return amount
        if letter not in {"d", "e"}:
            return ZERO
        if child is None or not child.has_body:
            return amount
        return min(times * inner.stated_d, source.weight * self.non_originating_value(source))

    def _into_e(self, source: Source, child: Node | None, letter: str | None, amount: Fraction) -> Fraction:
        """(e)(i): (a) to (d) and (f), and what a nested non-originating role holds of them."""
        inner = self.six.get(child.name, NOTHING) if child is not None else NOTHING
        if source.how == "made" and child is not None:
            return self._of_own(source, child, letter, source.weight * source.factor * inner.stated_e, amount)
        if letter not in {"d", "e"} or child is None or not child.has_body:
            return amount
        cost, whole = self.cost_of_source(source), self.non_originating_value(source)
        as_one = source.weight * min(row.vnm for row in self._of_role(source, child, True, cost, whole))
        as_none = source.weight * source.factor * inner.stated_e
        if self.rules.switches.get("nested_e") == "whole":
            as_none = source.weight * whole
        return self._of_both(source, child, as_one, as_none)

    def _of_own(self, source: Source, child: Node, letter: str | None, through: Fraction, amount: Fraction) -> Fraction:
        """What own production brings into a statement: what is inside it, or as a listed material that fails its own amount."""
        if self.role(source, child) != "listed" or source.designated:
            return through if letter is None else amount
        cost = self.cost_of_source(source)
        as_none = source.weight * min(row.vnm for row in self._own_listed(child, source, cost))
        return self._of_both(source, child, through, as_none)

    def _of_both(self, source: Source, child: Node, as_one: Fraction, as_none: Fraction) -> Fraction:
        """The amount as it originates or as it does not; where that is open, the higher, or at best the lower."""
        if self._settled(source, child):
            return as_one if self.status[child.name] else as_none
        return min(as_one, as_none) if self.answers(source.key) == BEST else max(as_one, as_none)
