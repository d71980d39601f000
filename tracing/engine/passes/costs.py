"""The pass that finds what every part costs its maker; it depends on no missing answer, only on the law's exchange rates."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from tracing.engine.facts import NOT_SAID, Ints, Places
from tracing.engine.fleet import TooLarge
from tracing.engine.loops import costs as loop
from tracing.engine.loops.errors import errors
from tracing.engine.methods.costs import OWN, added, excluded_of, price_of
from tracing.engine.passes.money import COMPARED, MICRO, SAFE, Money, charges, in_sellers_units, multiplied, prices
from tracing.engine.passes.one import Asked, Floats, Pass
from tracing.engine.passes.shape import Extent, Shape
from tracing.engine.passes.stage import Stage, Wordings, node_of
from tracing.engine.supply import Node, Source

WIDTH = loop.WIDTH
ALL, OURS = 4, 5
STATED = ("own", "total", "excluded", "net")


class Costs(Pass):
    """Cost of every row in units of the dossier's currency: ``values`` int64 [N * 3] total, excluded, net; ``known`` int64 [N]
    is 1 where its maker states its costs."""

    def __init__(self, shape: Shape, stage: Stage, digits: int, memory: dict[Any, Any]):
        super().__init__(shape, stage, None, memory)
        self.digits = digits
        self.values, self.known = np.zeros(shape.rows * WIDTH, dtype=np.int64), np.zeros(shape.rows, dtype=np.int64)
        self.stated, self.base = np.zeros(shape.rows, dtype=np.int64), np.zeros(shape.rows, dtype=np.int64)
        self.said = {name: np.zeros(shape.rows, dtype=np.int64) for name in STATED}
        self.made, self.kept = (np.zeros(len(shape.slot), dtype=np.int64) for _ in range(2))
        self._money = Money(digits, prices(shape.facts, digits), charges(shape.facts, digits))

    @property
    def money(self) -> Money:
        return self._money

    def column(self, nth: int) -> Ints:
        """Total (0), excluded (1) or net (2) cost by row; -1 where the maker states no costs."""
        found: Ints = np.where(self.known > 0, self.values[nth::WIDTH], NOT_SAID)
        return found

    def lower(self, extent: Extent, found: Wordings) -> None:
        rows, slots, at = extent.rows, extent.slots, extent.at
        self._state(extent)
        asked = Asked(extent, found, Money(self.digits, prices(self.shape.facts, self.digits), charges(self.shape.facts, self.digits)),
                      self.stage.asked(found, lambda source, _: _paid(self.stage, source), self.memory, self.law))  # fmt: skip
        paid = asked.amounts(lambda one: one)
        made = extent.of_kind("made", is_made) & (extent.inner >= 0)
        kept = made & ~extent.of_kind("designated", lambda row: row["designated"])
        # Own production whose maker states its costs stands at those, and not at a price.
        by_price = ~(made & (self.stated[extent.inner] > 0))
        self.made[slots] = np.where(made[at], extent.below[at], 0)
        self.kept[slots] = np.where(kept[at], extent.below[at], 0)
        self.base[rows] = extent.by_row(np.where(by_price, extent.weight * paid, 0))
        self.size[rows] += extent.sizes(np.abs(paid))
        self.rough[rows] = extent.by_row(np.where(by_price & asked.rough, extent.weight, 0)) + 4 * extent.den

    def proofs(self) -> Iterable[tuple[Floats, Ints, Ints]]:
        return [(self.size, self.made, self.made)]

    def sweep(self, rows: Ints) -> None:
        shape = self.shape
        loop.costs(rows, shape.ptr, shape.col, self.made, self.kept, shape.den, self.base, self.stated,
                   *(self.said[name] for name in STATED), self.known, self.values)  # fmt: skip
        errors(rows, shape.ptr, shape.col, 2 * self.made, shape.den, self.rough, self.halves)

    def measure(self) -> None:
        """Let the other passes measure own production without a price by what it costs."""
        shape, facts = self.shape, self.shape.facts
        measure = prices(facts, self.digits)
        free = facts.of_kinds("made without a price", lambda row: is_made(row) and "price" not in row)
        without = np.flatnonzero(free[facts.kind] & (facts.price < 0))
        inner = shape.inner(without)
        spent = np.where((inner >= 0) & (self.known[inner] > 0), self.values[inner * WIDTH], 0)
        measure[without] = in_sellers_units(spent, facts.factor[without, 0], facts.factor[without, 1])
        self._money = Money(self.digits, measure, charges(facts, self.digits))

    def _state(self, extent: Extent) -> None:
        """Which rows state costs, and their own, total, excluded and net cost in units, -1 where not said."""
        facts, rows = self.shape.facts, extent.rows
        nodes = self.shape.node[rows]
        found = {key: in_units(self, nodes, facts.amounts[key][nodes]) for key in (*OWN, "total", "excluded", "net")}
        said = {key: found[key] for key in ("total", "net")}
        said["own"] = sum((np.maximum(found[key], 0) for key in OWN), np.zeros(len(rows), dtype=np.int64))
        stated, said["excluded"] = (found["excluded"] >= 0).astype(np.int64), np.maximum(found["excluded"], 0)
        odd = facts.of_faces("costs", lambda face: "costs" in face)[facts.face[nodes]]
        for nth in np.flatnonzero(odd).tolist():
            node = node_of(facts, int(nodes[nth]))
            rate, costs = rate_of(self.stage, node.currency), node.facts["costs"]
            stated[nth] = 1
            said["excluded"][nth] = self.money.of(excluded_of(node) * rate)
            said["own"][nth] = sum(self.money.of(costs[key] * rate) for key in OWN if costs.get(key) is not None)
            for key in ("total", "net"):
                said[key][nth] = self.money.of(costs[key] * rate) if costs.get(key) is not None else NOT_SAID
        most = np.max([np.maximum(column, 0) for column in said.values()], axis=0)
        if int(most.max(initial=0)) >= SAFE // COMPARED:
            raise TooLarge(f"a cost does not fit into 62 bits at {self.digits} places")
        self.size[rows] = most.astype(np.float64) * extent.den
        self.stated[rows] = stated
        for key, values in said.items():
            self.said[key][rows] = values


def _paid(stage: Stage, source: Source) -> Fraction:
    """Price and every charge not in it; own production without a price has its charges only."""
    rate = stage.ground.costs.rates[source.key[0]]
    if source.how == "made" and source.price is None:
        return added(source.charges) * rate
    return (price_of(source) + added(source.charges)) * rate


def own_value(costs: Costs, rows: Ints) -> Ints:
    """What the makers of these rows add by their own word, in units: int64 [R, 6] in the three countries, elsewhere, in all,
    and in the United States and Canada together."""
    facts, nodes = costs.shape.facts, costs.shape.node[rows]
    said = facts.own[facts.face[nodes]]
    columns = [in_units(costs, nodes, said[:, nth]) for nth in range(said.shape[1])]
    return np.stack([*columns, columns[0] + columns[1]], axis=1)


def is_made(kind: dict[str, Any]) -> bool:
    """Whether the asker makes it itself."""
    return bool(kind["how"] == "made")


def rate_of(stage: Stage, currency: str | None) -> Fraction:
    """One unit of a currency in the dossier's under the law of this stage."""
    return stage.ground.supply.rate(Node("a maker", {"currency": currency}), stage.ground.law)


def in_units(costs: Costs, nodes: Ints | Places, micro: Ints) -> Ints:
    """Amounts of these declarations, in millionths of each one's currency, as units of the dossier's; -1 stays -1."""
    facts = costs.shape.facts
    values = np.maximum(micro, 0) * 10 ** (costs.digits - MICRO)
    currencies = facts.of_faces("currency", lambda face: face.get("currency") or "")[facts.face[nodes]]
    for currency in np.unique(currencies).tolist():
        rate = rate_of(costs.stage, currency or None)
        if rate != 1:
            mask = currencies == currency
            values[mask] = multiplied(values[mask], rate)[0]
    return np.where(micro >= 0, values, NOT_SAID)
