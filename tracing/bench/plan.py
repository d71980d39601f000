"""Who makes, sells and answers what in a bench world: decided for a whole graph at once, before any row is written."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tracing.bench import graphs
from tracing.bench.graphs import ASSEMBLY, BLEND, LEAF, OTHER, UNIT, VEHICLE, Graph

OPEN, CLOSED, SILENT, WITHDRAWN, IMPORTED = range(5)
"""What there is about a part: a body; a price and statements; nothing; what was taken back; an import of its buyers."""
BOUGHT, MADE = 0, 1
HOW = ("bought", "made", "imported")
REGION = ("US", "CA", "MX")
ABROAD = ("JP", "DE", "KR", "CN", "BR", "TH", "IN", "PL")
PLACES = (*REGION, *ABROAD)
MODULES = (
    ("8707.10", "Body in white", 4), ("8407.34.10", "Engine, 2.0 l", 5), ("8408.20", "Diesel engine", 1),
    ("8708.40", "Transmission", 6), ("8708.50", "Drive axle", 7), ("8708.80", "Suspension module", 8),
    ("8708.94", "Steering system", 5), ("9401.20", "Front seat", 6), ("8708.29.11", "Door panel stamping", 5),
    ("8708.29.20", "Door assembly", 4), ("8708.70.11", "Road wheel", 4), ("8544.30", "Wiring harness", 8),
    ("8415.20", "Air conditioner", 4), ("8708.10.10", "Bumper", 3), ("8708.95", "Airbag module", 3),
    ("8708.30", "Brake system", 5), ("8708.91", "Radiator module", 3), ("8708.92", "Exhaust system", 3),
    ("8528.59", "Display", 3), ("8708.99.91", "Frame and mounts", 4), ("4011.10", "Tyre", 3),
    ("8507.60", "Traction battery", 2), ("8537.10", "Control unit", 4),
)  # fmt: skip
PARTS = (
    ("8409.91", "Cylinder head", 8), ("8483.10", "Crankshaft", 5), ("8483.40", "Gear set", 6),
    ("8482.10", "Ball bearing", 6), ("8482.20", "Tapered bearing", 4), ("8413.30", "Fuel pump", 5),
    ("8511.40", "Starter", 3), ("8511.50", "Alternator", 3), ("8512.20", "Headlamp", 5), ("8512.40", "Wiper", 3),
    ("8501.10", "Small motor", 6), ("8536.50", "Switch", 7), ("8536.90", "Junction box", 6),
    ("9032.89", "Regulator", 5), ("9031.80", "Sensor", 6), ("8301.20", "Lock", 4), ("4009.32", "Hose", 5),
    ("4016.99.30", "Rubber mount", 4), ("8708.29.99", "Trim part", 9), ("8708.99.99", "Bracket", 9),
    ("9401.99", "Seat structure", 6), ("8534.00", "Printed circuit", 6), ("8504.40", "Converter", 4),
    ("7007.11", "Side glass", 3), ("8481.80", "Valve", 5), ("8708.21", "Seat belt", 3),
)  # fmt: skip
MATERIALS = (
    ("7318.15", "Screw", 14), ("7318.16", "Nut", 8), ("7318.29", "Clip", 8), ("7208.27", "Hot rolled coil", 7),
    ("7210.49", "Galvanised coil", 6), ("7228.30", "Steel bar", 6), ("7601.20", "Aluminium alloy", 6),
    ("7606.12", "Aluminium sheet", 4), ("7408.11", "Copper wire", 5), ("3902.30", "Polypropylene compound", 7),
    ("3908.10", "Polyamide", 5), ("3903.30", "ABS resin", 4), ("4002.19", "Rubber", 4),
    ("8542.31", "Microcontroller", 7), ("8541.10", "Diode", 5), ("8532.24", "Capacitor", 5), ("8544.49", "Cable", 5),
    ("8482.40", "Needle bearing", 3), ("8536.69", "Connector", 7), ("3208.90", "Paint", 3), ("3920.91", "Film", 2),
    ("4016.93.10", "Gasket", 5), ("8505.11", "Magnet", 3),
)  # fmt: skip
WASHER = ("7318.22", "Washer", 0)
CAR = ("8703.23", "Passenger car", 0)
GOODS = (*MODULES, *PARTS, *MATERIALS, WASHER, CAR)


def _pick(chance: np.ndarray, goods: tuple, start: int) -> np.ndarray:
    weight = np.cumsum([row[2] for row in goods], dtype=float)
    return start + np.minimum(np.searchsorted(weight / weight[-1], chance, side="right"), len(goods) - 1)


@dataclass
class Plan:
    """A graph as a trade between organisations. Number 0 is the automaker, 1 to ``suppliers`` the suppliers.

    By node [N]: ``maker``, ``state``, ``place`` (index of PLACES), ``goods`` (index of GOODS), ``price`` (micro-USD, what a
    buyer pays for one), ``bulk`` (sold by weight). By line [L], grouped by parent: ``line_parent``, ``line_item`` (node or
    blend), ``quantity`` (1e-4), ``line_position``. By source [S], grouped by line: ``line``, ``seller`` (node), ``percent``,
    ``how``, ``position``, ``sale`` (row of the sourcings or -1), ``answered``. By sourcing [K]: ``sold``, ``buyer``,
    ``item``, ``confirmed``. By item that a buyer buys [B]: ``item_buyer``, ``item_node``; ``item_of`` [K] its row.
    """

    graph: Graph

    def __post_init__(self) -> None:
        self.draw = np.random.Generator(np.random.PCG64([self.graph.seed, self.graph.count]))
        self.suppliers = int(np.clip(len(self.graph.parent) ** 0.5, 20, 1500))
        self._makers()
        self._states()
        self._classes()
        self._lines()
        self._sources()
        self._prices()
        self._sales()

    @cached_property
    def solid(self) -> np.ndarray:
        """bool [N]: real part numbers of a maker; a blend is only its buyer's number."""
        return self.graph.kind != BLEND

    def _makers(self) -> None:
        graph, draw, count = self.graph, self.draw, self.graph.count
        maker = 1 + np.minimum((draw.random(count) ** 1.6 * self.suppliers).astype(np.int64), self.suppliers - 1)
        maker[graph.kind == VEHICLE] = 0
        first = np.full(count, -1)
        first[graph.child[::-1]] = graph.parent[::-1]
        in_house = (draw.random(count) < 0.06) & (first >= 0) & (graph.kind == ASSEMBLY)
        for _ in range(12):  # made by the one who builds it in, who may itself be the one above
            maker = np.where(in_house, maker[first], maker)
        self.maker = maker

    def _states(self) -> None:
        graph, chance = self.graph, self.draw.random(self.graph.count)
        abroad = (graph.country == OTHER) & (graph.foreign == graph.own) & self.solid
        leaf = graph.kind == LEAF
        closed = (chance < 0.45) & ((graph.foreign == 0) | abroad)
        state = np.where(leaf & closed, CLOSED, OPEN)
        state = np.where(leaf & abroad & (chance < 0.45), IMPORTED, state)
        state = np.where(leaf & (chance >= 0.92), SILENT, state)
        self.state = np.where(leaf & (chance >= 0.997), WITHDRAWN, state)
        self.abroad = abroad
        far = len(REGION) + (self.draw.random(graph.count) * len(ABROAD)).astype(np.int64)
        self.place = np.where(abroad, far, np.where(graph.country == OTHER, 2, graph.country))
        self.far = far

    def _classes(self) -> None:
        graph, chance = self.graph, self.draw.random(self.graph.count)
        top = np.zeros(graph.count, bool)
        top[graph.child[graph.kind[graph.parent] == VEHICLE]] = True
        goods = _pick(chance, MATERIALS, len(MODULES) + len(PARTS))
        assembly = (graph.kind == ASSEMBLY) | ((graph.kind == BLEND) & (graph.heights > 1))
        small = assembly | (self.draw.random(graph.count) < 0.15)
        goods = np.where(small, _pick(chance, PARTS, len(MODULES)), goods)
        goods = np.where(assembly & top, _pick(chance, MODULES, 0), goods)
        goods[np.bincount(graph.child, minlength=graph.count).argmax()] = GOODS.index(WASHER)
        goods[graph.kind == VEHICLE] = GOODS.index(CAR)
        sold = graph.kind[graph.parent] == BLEND
        goods[graph.child[sold]] = goods[graph.parent[sold]]
        self.goods = goods
        bulk = np.zeros(graph.count, bool)
        bulk[graph.child[(graph.weight % UNIT != 0) & ~sold]] = True
        bulk[graph.child[sold]] = bulk[graph.parent[sold]]
        self.bulk = bulk

    def _prices(self) -> None:
        margin = 300 + (self.draw.random(self.graph.count) * 500).astype(np.int64)
        margin[~self.solid | (self.state != OPEN)] = 0
        self.price = graphs.rolled(self.graph, self.graph.own, margin)

    def _lines(self) -> None:
        graph = self.graph
        lines = np.flatnonzero(self.solid[graph.parent])
        lines = lines[np.argsort(graph.parent[lines], kind="stable")]
        self.line_parent, self.line_item, self.quantity = (
            column[lines].astype(np.int64) for column in (graph.parent, graph.child, graph.weight)
        )
        self.line_position = _counted(self.line_parent)

    def _sources(self) -> None:
        graph = self.graph
        shares = np.flatnonzero(~self.solid[graph.parent])
        shares = shares[np.argsort(graph.parent[shares], kind="stable")]
        start, end = (np.searchsorted(graph.parent[shares], self.line_item, side=side) for side in ("left", "right"))
        many = np.maximum(end - start, 1)
        self.line = np.repeat(np.arange(len(many)), many)
        self.position = _counted(self.line)
        blend = ~self.solid[self.line_item[self.line]]
        at = shares[np.where(blend, start[self.line] + self.position, 0)] if len(shares) else np.zeros_like(self.line)
        self.seller = np.where(blend, graph.child[at], self.line_item[self.line]).astype(np.int64)
        self.percent = np.where(blend, graph.weight[at] // 100, 100)
        own = self.maker[self.seller] == self.maker[self.line_parent[self.line]]
        self.how = np.where(self.state[self.seller] == IMPORTED, 2, np.where(own, MADE, BOUGHT))
        unsaid = self.seller[(self.how == MADE) & (self.state[self.seller] > CLOSED)]
        self.state[unsaid] = OPEN  # of what one makes oneself there is an answer
        self.declared = self.solid & (self.state <= CLOSED)

    def _sales(self) -> None:
        bought = np.flatnonzero(self.how == BOUGHT)
        buyer = self.maker[self.line_parent[self.line[bought]]]
        pair = buyer * self.graph.count + self.seller[bought]
        key, first, back = np.unique(pair, return_index=True, return_inverse=True)
        self.sale = np.full(len(self.line), -1)
        self.sale[bought] = back
        self.buyer, self.sold = np.divmod(key, self.graph.count)
        self.item = self.line_item[self.line[bought[first]]]
        self.confirmed = self.draw.random(len(key)) >= 0.01
        item, self.item_of = np.unique(self.buyer * self.graph.count + self.item, return_inverse=True)
        self.item_buyer, self.item_node = np.divmod(item, self.graph.count)
        self.answered = self.declared[self.seller] & ((self.how == MADE) | ((self.how == BOUGHT) & self._confirmed()))

    def _confirmed(self) -> np.ndarray:
        return np.append(self.confirmed, True)[self.sale]


def _counted(groups: np.ndarray) -> np.ndarray:
    """0, 1, 2 … within each run of equal numbers."""
    place = np.arange(len(groups))
    start = np.append(True, groups[1:] != groups[:-1]) if len(groups) else np.zeros(0, bool)
    return place - np.maximum.accumulate(np.where(start, place, 0))
