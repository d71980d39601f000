"""One function per check: a code people can say on the phone, a citation, and the docstring that the supplier reads."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from tracing.engine.methods.column import ZERO, added, outside, price_of
from tracing.engine.result import Finding
from tracing.engine.rules import Rules
from tracing.engine.supply import Node, Supply

STOPS, LOOK = "stops", "look"
Found = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Check:
    """A registered check. ``text`` is what the supplier reads, ``run`` yields a path below the declaration and a detail."""

    code: str
    cite: str
    severity: str
    run: Callable[[Node, Supply], Found]

    @property
    def text(self) -> str:
        return " ".join((self.run.__doc__ or "").split())


CHECKS: list[Check] = []


def check(
    code: str, cite: str, severity: str = LOOK
) -> Callable[[Callable[[Node, Supply], Found]], Callable[[Node, Supply], Found]]:
    """Register a check under its code."""

    def register(run: Callable[[Node, Supply], Found]) -> Callable[[Node, Supply], Found]:
        CHECKS.append(Check(code, cite, severity, run))
        return run

    return register


def findings(supply: Supply, rules: Rules | None = None, *, of: str | None = None) -> Iterator[Finding]:
    """Every finding of every declaration (or of one), in the order of the checks."""
    names = supply.order if of is None else (of,)
    for one in CHECKS:
        for name in names:
            node = supply.nodes[name]
            for path, detail in one.run(node, supply):
                message = f"{one.text} {detail}".strip()
                yield Finding(one.code, one.cite, message, f"declarations.{name}.{path}".rstrip("."), one.severity)


def _own_rate_inputs(node: Node) -> Fraction:
    return sum((row.weight * (price_of(row) + added(row.charges)) for row in node.sources), ZERO)


@check("V1", "49 CFR 583.6; Regs s.2(6)", STOPS)
def inputs_exceed_price(node: Node, supply: Supply) -> Found:
    """What goes into one costs more than your customer pays for it: check quantities, units and currency."""
    price, inputs = node.facts.get("price"), _own_rate_inputs(node)
    if price is not None and node.has_body and inputs > price:
        yield "price", f"Inputs come to {float(inputs):.2f}, the price is {float(price):.2f}."


@check("V2", "Regs s.2(6)")
def price_not_explained(node: Node, supply: Supply) -> Found:
    """Part of the price is neither inputs nor own value: is it selling cost, freight or profit?"""
    price, own = node.facts.get("price"), node.facts.get("own_value") or {}
    if price is None or not own or not node.has_body:
        return
    explained = _own_rate_inputs(node) + sum(own.values(), ZERO)
    if explained < price:
        yield "own_value", f"{float(price - explained):.2f} of {float(price):.2f} is not explained."
    if explained > price:
        yield "own_value", f"Inputs and own value come to {float(explained - price):.2f} more than the price."


@check("N1", "Regs s.6(11); UR 7(11)")
def net_cost_differs_from_its_sum(node: Node, supply: Supply) -> Found:
    """The net cost as booked differs from materials and own costs less excluded costs; the booked figure is used."""
    costs = node.facts.get("costs") or {}
    own = [costs.get(key) for key in ("product", "period", "other")]
    if (
        costs.get("net") is None
        or all(value is None for value in own)
        or any(row.how == "made" for row in node.sources)
    ):
        return
    excluded = sum((v for v in (costs.get("excluded") or {}).values() if v is not None), ZERO)
    total = _own_rate_inputs(node) + sum((value for value in own if value is not None), ZERO)
    if total - excluded != costs["net"]:
        yield "costs.net", f"Booked {float(costs['net']):.2f}, summed {float(total - excluded):.2f}."


@check("N2", "Regs s.2(1); UR 1", STOPS)
def excluded_exceed_costs(node: Node, supply: Supply) -> Found:
    """More is excluded than stands in the costs: excluded costs are part of the costs above them."""
    costs = node.facts.get("costs") or {}
    own = [costs.get(key) for key in ("product", "period", "other", "total")]
    excluded = sum((v for v in (costs.get("excluded") or {}).values() if v is not None), ZERO)
    held = sum((value for value in own if value is not None), ZERO)
    if any(value is not None for value in own) and excluded > held:
        yield "costs.excluded", f"Excluded {float(excluded):.2f} of {float(held):.2f}."


@check("G1", "Regs s.9(2)(f), (g)", STOPS)
def by_percentage_without_basis(node: Node, supply: Supply) -> Found:
    """Paragraphs (f) and (g) are open only to a material that originates by a regional value rule: claim the basis, or choose another paragraph."""  # noqa: E501
    for index, row in enumerate(node.facts.get("statements") or []):
        if row["law"] == "nafta" and row.get("para") in {"f", "g"} and node.claim("basis") == "shift":
            yield f"statements[{index}].para", "The basis claimed is a tariff shift."


@check("G2", "Regs s.9(2)(f), (g); UR 3", STOPS)
def originates_but_made_outside(node: Node, supply: Supply) -> Found:
    """It cannot originate when it is made outside Canada, Mexico and the United States."""
    for index, row in enumerate(node.facts.get("statements") or []):
        says = row.get("originates") or (row["law"] == "nafta" and row.get("para") in {"f", "g"})
        if says and row["law"] in {"nafta", "usmca"} and outside(node.made_in):
            yield f"statements[{index}]", f"Made in {node.made_in}."


@check("G3", "Regs s.9(1)", STOPS)
def nil_but_listed_import(node: Node, supply: Supply) -> Found:
    """You state that it holds no import of a listed provision, but your own inputs show an import: take one of them back."""
    for index, row in enumerate(node.facts.get("statements") or []):
        if row["law"] == "nafta" and row.get("para") == "nil":
            imported = [source.item for source in node.sources if source.how == "imported" and outside(source.made_in)]
            if imported:
                yield f"statements[{index}].para", f"Imported: {', '.join(imported[:3])}. Is it off the list?"


@check("G4", "Regs s.9(2)(c) to (h)", STOPS)
def statement_without_amount(node: Node, supply: Supply) -> Found:
    """This paragraph states an amount, and none is given."""
    for index, row in enumerate(node.facts.get("statements") or []):
        if row["law"] == "nafta" and row.get("para") in {"c", "d", "e", "h"} and row.get("amount") is None:
            yield f"statements[{index}].amount", f"Paragraph ({row['para']})."
        if row["law"] == "nafta" and row.get("para") == "f" and row.get("percent") is None and row.get("rvc") is None:
            yield f"statements[{index}].percent", "Paragraph (f) states the regional value content."


@check("C1", "Regs s.8; 19 CFR 182.12")
def import_from_within(node: Node, supply: Supply) -> Found:
    """An own import that is marked as made in the region is treated as bought there: was it made in the region?"""
    for row in node.sources:
        if row.how == "imported" and row.made_in is not None and not outside(row.made_in):
            yield f"body[{row.key[1]}].sources[{row.key[2]}].made_in", f"{row.item}: {row.made_in}."


@check("C2", "Regs s.9(2)(a), (b)")
def import_without_country(node: Node, supply: Supply) -> Found:
    """An own import without a country of making is taken as made outside the region."""
    for row in node.sources:
        if row.how == "imported" and row.made_in is None:
            yield f"body[{row.key[1]}].sources[{row.key[2]}].made_in", f"{row.item}."


@check("C3", "Regs s.9(2)(a), (b)")
def transport_without_leg(node: Node, supply: Supply) -> Found:
    """Freight on an own import counts only up to a place: say where this transport ends. Until then all of it counts."""
    for row in node.sources:
        if row.how == "imported" and any(
            c.kind in {"freight", "insurance", "packing"} and c.leg is None for c in row.charges
        ):
            yield f"body[{row.key[1]}].sources[{row.key[2]}].charges", f"{row.item}."


@check("C4", "Schedule IV; HS", LOOK)
def import_without_code(node: Node, supply: Supply) -> Found:
    """An own import without an HS code may stand on the list: give the code on the customs entry."""
    for row in node.sources:
        if row.how == "imported" and not row.hs:
            yield f"body[{row.key[1]}].hs", f"{row.item}."


@check("I1", "Regs s.7(4); UR 8(7)", STOPS)
def nested_intermediates(node: Node, supply: Supply) -> Found:
    """An intermediate material that rests on regional value may not hold another such one of the same producer: designate one of them."""
    for row in node.sources:
        if row.how != "made" or not row.designated or row.basis != "rvc" or row.child is None:
            continue
        waiting = [row.child]
        while waiting:
            for inner in supply.nodes[waiting.pop()].sources:
                if inner.how == "made" and inner.child is not None:
                    waiting.append(inner.child)
                    if inner.designated and inner.basis == "rvc":
                        yield f"body[{row.key[1]}].sources[{row.key[2]}].designated", f"{row.item} holds {inner.item}."


@check("D1", "49 CFR 583.13; 19 CFR 182.12(a)(4)(viii)")
def not_in_force(node: Node, supply: Supply) -> Found:
    """The declaration does not cover the day that is computed: a new one is needed."""
    begins, ends = node.facts.get("from"), node.facts.get("until")
    if (begins and supply.on < begins) or (ends and supply.on >= ends):
        yield "until", f"It holds from {begins or '…'} until {ends or '…'}; computed for {supply.on}."


@check("D2", "19 CFR 182.12(a)(4)(viii)")
def longer_than_a_year(node: Node, supply: Supply) -> Found:
    """A blanket period is at most twelve months where the answer is to carry a certification of origin."""
    begins, ends = node.facts.get("from"), node.facts.get("until")
    if begins and ends and node.facts.get("statements") and ends > _a_year_after(begins):
        yield "until", f"From {begins} until {ends}."


def _a_year_after(day: dt.date) -> dt.date:
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@check("A1", "49 CFR 583.6(b); 49 USC 32304(a)(9)", STOPS)
def not_a_multiple_of_five(node: Node, supply: Supply) -> Found:
    """Below 70 percent the U.S./Canadian share is stated to the nearest 5 percent."""
    for index, row in enumerate(node.facts.get("statements") or []):
        if row.get("pct5") is not None and row["pct5"] % 5:
            yield f"statements[{index}].pct5", f"{float(row['pct5']):g} is not a multiple of 5."
