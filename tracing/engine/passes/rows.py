"""What a law asks of each part itself, as columns: the percentage it must reach, in which form, over which base."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from tracing.engine.elected import elections_of
from tracing.engine.facts import NOT_SAID, Ints, Places
from tracing.engine.loops import absorb as loop
from tracing.engine.methods.costs import Cost
from tracing.engine.passes.costs import Costs, in_units, is_made, rate_of
from tracing.engine.passes.money import in_sellers_units
from tracing.engine.passes.shape import Bools, Shape
from tracing.engine.passes.stage import Stage, node_of
from tracing.engine.rules import Good
from tracing.engine.supply import Node

if TYPE_CHECKING:
    from tracing.engine.passes.absorb import Lowering

FORMS = {"shift": loop.SHIFT, "rvc": loop.RVC, "both": loop.BOTH, "either": loop.EITHER}
TRUTH = {True: 1, False: 0, None: -1}
NET, TOTAL = 2, 0


class Unheld(ValueError):
    """A requirement that is finer than a hundredth of a percent: the columns cannot hold it."""


@dataclass(frozen=True)
class Face:
    """What one face is asked: all that its maker's amounts do not change. ``alone`` where one of its claims is measured."""

    fixed: int
    need: int
    form: int
    shift: int
    battery: int
    base: str
    price_need: int
    alone: bool


def hundredths(percent: Fraction | None, name: str) -> int:
    """A percentage in hundredths; -1 where there is none. Raises Unheld where it is finer than that."""
    if percent is None:
        return NOT_SAID
    if (percent * 100).denominator != 1:
        raise Unheld(name)
    return (percent * 100).numerator


def rows_of(
    rows: Ints, stage: Stage, costs: Costs, lowering: "Lowering", goods: dict[int, Good], memory: dict[Any, Any]
) -> dict[str, Ints]:
    """What these rows are asked, as the loop takes it: int64 [R] by name. Each good stands at its own test and base.

    ``apart`` is 1 where a row is measured over what its buyers pay and they do not pay the same, so that it depends on the
    vehicle which of them is the lowest.
    """
    shape = costs.shape
    facts, nodes = shape.facts, shape.node[rows]
    legal, _ = facts.alike(lowering.column.spoken)
    numbers = legal[facts.face[nodes]].astype(np.int64) * 2 + facts.body[nodes]
    _, first, of = np.unique(numbers, return_index=True, return_inverse=True)
    faces = [
        _remembered(stage, lowering, int(facts.face[nth]), bool(facts.body[nth]), memory)
        for nth in nodes[first].tolist()
    ]
    names = ("fixed", "need", "form", "shift", "battery", "price_need")
    table = {name: np.array([getattr(one, name) for one in faces], dtype=np.int64)[of] for name in names}
    bases = np.array([one.base for one in faces], dtype=object)[of]
    for nth in np.flatnonzero(np.array([one.alone for one in faces])[of]).tolist():
        table["shift"][nth] = _measured_shift(stage, costs, lowering, int(rows[nth]))
    for nth, good in ((nth, goods[row]) for nth, row in enumerate(rows.tolist()) if row in goods):
        threshold = next((test.threshold for test in good.tests if test.kind == "rvc"), None) or Fraction(0)
        table["fixed"][nth], table["need"][nth], bases[nth] = (
            loop.UNKNOWN,
            hundredths(threshold, good.name),
            good.answers["base"],
        )
    table["minimis"] = np.full(len(rows), hundredths(stage.rules.de_minimis, "de minimis"), dtype=np.int64)
    table["by_net"] = (bases == "net_cost").astype(np.int64)
    _set_bases(rows, stage, costs, table, bases)
    _set_sold(rows, stage, costs, table)
    return table


def _remembered(stage: Stage, lowering: "Lowering", face: int, body: bool, memory: dict[Any, Any]) -> Face:
    key = ("face", stage.heard(face, lowering.column.spoken), body)
    if key not in memory:
        memory[key] = _face(stage, lowering, stage.face(face, body))
    found: Face = memory[key]
    return found


def _face(stage: Stage, lowering: "Lowering", node: Node) -> Face:
    table, column = stage.ground.requirement(node), lowering.column
    origin = lowering.origin(node)
    fixed = loop.COMPUTED if isinstance(origin, str) else TRUTH[origin]
    form = table.form if table else "shift"
    if node.claim("basis") == "shift" and form == "either":
        form = "shift"
    claimed: Any = node.claim("shift")
    alone = isinstance(claimed, dict) and not claimed.get("met") and claimed.get("unshifted") is not None
    by_price = node.claim("tv_allowed") is True and elections_of(node).get("method") != "NC"
    by_price = by_price and stage.rules.price_allowed(node)
    return Face(
        fixed=fixed, need=hundredths(table.threshold if table else None, node.name), form=FORMS[form],
        shift=NOT_SAID if alone else TRUTH[column.shifted(node)],
        battery=int((node.hs or "").replace(".", "").startswith("850760")), base=table.base if table else "net_cost",
        price_need=hundredths(table.tv if table and by_price else None, node.name), alone=alone,
    )  # fmt: skip


def _measured_shift(stage: Stage, costs: Costs, lowering: "Lowering", row: int) -> int:
    """A tariff change that is met but for some materials: measured against the part's own base (Regs s.5(1); UR 5(1))."""
    node = node_of(costs.shape.facts, int(costs.shape.node[row]))
    shown = stage.ground.costs
    shown.rates[node.name] = rate_of(stage, node.currency)
    total, excluded, net = (Fraction(int(costs.values[row * 3 + k]), costs.money.unit) for k in range(3))
    shown.of[node.name] = Cost(total, excluded, net, total) if costs.known[row] else None
    return TRUTH[lowering.column.shifted(node)]


def _set_bases(rows: Ints, stage: Stage, costs: Costs, table: dict[str, Ints], bases: Any) -> None:
    """What each row is measured over by the base its table or test names, and by price where that method is open to it."""
    net, total = costs.column(NET)[rows], costs.column(TOTAL)[rows]
    by_price = over = np.full(len(rows), NOT_SAID, dtype=np.int64)
    apart = np.zeros(len(rows), dtype=bool)
    if (bases != "net_cost").any() or (table["price_need"] >= 0).any():
        of_fleet, unclear = sold_at(costs.shape, stage, costs)
        sold, unsure = of_fleet[rows], unclear[rows]
        by_price = _less_shipment(sold, costs.shape.node[rows], costs)
        over = _by_name(rows, stage, costs, bases, sold)
        apart = unsure & ((bases != "net_cost") | (table["price_need"] >= 0))
    table["over"] = np.where(bases == "net_cost", net, np.where(bases == "transaction_value", by_price, over))
    table["total"] = np.where(total >= 0, total, table["over"])
    table["price_over"], table["apart"] = by_price, apart.astype(np.int64)


def _set_sold(rows: Ints, stage: Stage, costs: Costs, table: dict[str, Ints]) -> None:
    """The adjusted transaction value each maker states: de minimis is measured over it instead of total cost (Regs s.5(5)), or
    over either, then in ``sold``, -1 elsewhere (UR 5(1), (4))."""
    facts, nodes = costs.shape.facts, costs.shape.node[rows]
    price = _said_price(nodes, stage, costs)
    sold = _less_shipment(price, nodes, costs)
    if not stage.rules.de_minimis_of_either:
        table["sold"] = np.full(len(rows), NOT_SAID, dtype=np.int64)
        table["total"] = np.where(price >= 0, sold, table["total"])
        table["by_net"] = np.where((price >= 0) & (table["by_net"] == 1), 2, table["by_net"])
        return
    table["sold"] = sold
    # Amounts that are finer than the columns hold stand in the wording: those rows are for the exact run.
    worded = facts.of_faces("worded price", lambda face: "price" in face or "costs" in face)
    table["apart"] |= worded[facts.face[nodes]].astype(np.int64)


def sold_at(shape: Shape, stage: Stage, costs: Costs) -> tuple[Ints, Bools]:
    """What one of each row is sold for, in units: as its maker says, else the lowest price that a buyer pays; -1 unknown.
    And where that is not the same for every buyer."""
    facts, said = shape.facts, _said_price(shape.node, stage, costs)
    bought = np.flatnonzero(~facts.of_kinds("made", is_made)[facts.kind] & (facts.child >= 0))
    inner = shape.inner(bought)
    takes, inner = bought[inner >= 0], inner[inner >= 0]
    paid = _paid_for_one(facts.price[takes], takes, stage, costs)
    most = np.iinfo(np.int64).max
    lowest, highest = np.full(shape.rows, most, dtype=np.int64), np.full(shape.rows, NOT_SAID, dtype=np.int64)
    told = paid >= 0
    np.minimum.at(lowest, inner[told], paid[told])
    np.maximum.at(highest, inner[told], paid[told])
    unsure = highest > lowest
    # A price that is finer than the columns hold, or a factor of nothing, is for the exact run.
    unsure[inner[~told]] = True
    return np.where(said >= 0, said, np.where(lowest == most, NOT_SAID, lowest)), (said < 0) & unsure


def _less_shipment(price: Ints, nodes: Places, costs: Costs) -> Ints:
    """Prices of these declarations, in units, less the transport after shipment that is inside them; -1 stays unknown."""
    after = np.maximum(in_units(costs, nodes, costs.shape.facts.amounts["after_shipment"][nodes]), 0)
    return np.where(price >= 0, price - after, NOT_SAID)


def _said_price(nodes: Places, stage: Stage, costs: Costs) -> Ints:
    """What the makers of these declarations say one is sold for, in units; -1 where they do not."""
    facts = costs.shape.facts
    said = in_units(costs, nodes, facts.amounts["price"][nodes])
    worded = facts.of_faces("price", lambda face: "price" in face)[facts.face[nodes]]
    for nth in np.flatnonzero(worded).tolist():
        node = node_of(facts, int(nodes[nth]))
        said[nth] = costs.money.of(Fraction(node.facts["price"]) * rate_of(stage, node.currency))
    return said


def _paid_for_one(price: Ints, takes: Ints, stage: Stage, costs: Costs) -> Ints:
    """What each of these sources pays for one of the seller's units, in units of the dossier's currency; -1 not in a column."""
    facts = costs.shape.facts
    paid = in_units(costs, facts.asker[takes].astype(np.int64), price)
    up, down = facts.factor[takes, 0], facts.factor[takes, 1]
    paid = np.where(up > 0, in_sellers_units(paid, down, np.maximum(up, 1)), NOT_SAID)
    return np.where(price >= 0, paid, NOT_SAID)


def _by_name(rows: Ints, stage: Stage, costs: Costs, bases: Any, sold: Ints) -> Ints:
    """A base that the maker states by its own name (ex works), or the price where it does not."""
    found = sold.copy()
    for nth in np.flatnonzero((bases != "net_cost") & (bases != "transaction_value")).tolist():
        node = node_of(costs.shape.facts, int(costs.shape.node[rows[nth]]))
        stated = node.facts.get(str(bases[nth]))
        if stated is not None:
            found[nth] = costs.money.of(Fraction(stated) * rate_of(stage, node.currency))
    return found
