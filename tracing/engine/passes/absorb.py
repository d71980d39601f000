"""The pass that finds which parts originate, and what those that do not bring into the parts above them."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tracing.engine.facts import NOT_SAID, Ints
from tracing.engine.loops import absorb as loop
from tracing.engine.loops.errors import errors
from tracing.engine.methods.absorb import Absorb, Offer
from tracing.engine.methods.column import WORST, Ground, absence
from tracing.engine.passes.costs import Costs
from tracing.engine.passes.one import Floats, Pass
from tracing.engine.passes.rows import rows_of
from tracing.engine.passes.shape import Bools, Extent, Shape
from tracing.engine.passes.stage import ZERO, Stage, Wordings
from tracing.engine.rules import Good
from tracing.engine.runs import always
from tracing.engine.supply import Node, Source

CONSTANT, MADE, STATUS, UNKNOWN = 0, loop.MADE, loop.STATUS, loop.UNKNOWN
WIDTH, BOUNDS = loop.WIDTH, loop.BOUNDS
COMPUTED = "computed"
SMALL = frozenset({"kind", "designated", "is_open", "fixed", "form", "shift", "battery", "by_net", "apart"})
"""Columns of a few values: a byte each, since reading them is what the loop waits for."""
OF_SLOT = ("kind", "designated", "whole", "other", "delta")
OF_ROW = (
    "is_open",
    "fixed",
    "over",
    "total",
    "need",
    "form",
    "shift",
    "battery",
    "minimis",
    "sold",
    "price_need",
    "price_over",
    "by_net",
    "apart",
)


@dataclass(frozen=True)
class Said:
    """What one wording brings: its amount when it does not originate and when nobody knows (at worst), and at best; the lawful
    choice beside them (``other``, at ``more`` cost than the price); and whether the columns can hold it at all."""

    kind: int
    whole: Fraction
    best: Fraction = ZERO
    other: Fraction | None = None
    more: Fraction = ZERO
    opens: bool = False
    designated: bool = False
    held: bool = True
    reason: str = ""


class Absorbed(Pass):
    """``values`` int64 [N * 9] and ``status`` int8 [N * 3] as the loop leaves them; ``far`` and ``doubt`` int64 [N] where these
    integers do not decide; ``choices`` bool [N] where more than one lawful offer stands, ``unheld`` where an offer needs more."""

    def __init__(self, shape: Shape, stage: Stage, costs: Costs, memory: dict[Any, Any], goods: dict[int, Good]):
        super().__init__(shape, stage, costs, memory)
        self.goods, self.law = goods, Absorb(stage.ground, always(WORST)).spoken
        self.values, self.base = (np.zeros(shape.rows * WIDTH, dtype=np.int64) for _ in range(2))
        self.status = np.full(shape.rows * BOUNDS, -1, dtype=np.int8)
        self.far, self.doubt, self.unsure = (np.zeros(shape.rows, dtype=np.int64) for _ in range(3))
        self.choices, self.unheld = (np.zeros(shape.rows, dtype=bool) for _ in range(2))
        self.slots = {name: np.zeros(len(shape.slot), dtype=np.int8 if name in SMALL else np.int64) for name in OF_SLOT}
        self.rows = {name: np.zeros(shape.rows, dtype=np.int8 if name in SMALL else np.int64) for name in OF_ROW}
        self.through = np.zeros(len(shape.slot), dtype=np.int64)

    def vnm(self, row: int, bound: int, *, by_net: bool) -> int:
        """Value of non-originating materials of one good in units; without any choice where its base is not net cost."""
        return int(self.values[row * WIDTH + (0 if by_net else BOUNDS) + bound])

    def more(self, row: int, bound: int) -> int:
        """What the choices taken add to its net cost."""
        return int(self.values[row * WIDTH + 2 * BOUNDS + bound])

    def lower(self, extent: Extent, found: Wordings) -> None:
        rows, slots, at = extent.rows, extent.slots, extent.at
        lowering = Lowering(self.stage.ground)
        for name, column in rows_of(rows, self.stage, self.costs, lowering, self.goods, self.memory).items():
            self.rows[name][rows] = column
        asked = self.ask(extent, found, lowering.said)
        kind = asked.flags(lambda one: one.kind, int)
        chosen = asked.flags(lambda one: one.other is not None)
        amounts = asked.named(("whole", "best", "other", "more"), lambda one, name: getattr(one, name) or ZERO)
        weighed = {name: extent.weight * column for name, column in amounts.items()}
        self._set_base(extent, kind, chosen, weighed)
        of_slot = {
            "kind": kind, "designated": asked.flags(lambda one: one.designated), "whole": weighed["whole"],
            "other": np.where(chosen, weighed["other"], NOT_SAID), "delta": weighed["more"],
        }  # fmt: skip
        for name, column in of_slot.items():
            self.slots[name][slots] = column[at]
        self.through[slots] = np.where(kind == MADE, extent.below, 0)[at]
        self.set_alone(extent, asked, (kind == CONSTANT) & (weighed["whole"] != weighed["best"]))
        self.rows["is_open"][rows] = extent.any_by_row(asked.flags(lambda one: one.opens))
        self.choices[rows] = extent.any_by_row(chosen)
        held = asked.flags(lambda one: one.held)
        self.unheld[rows] = extent.any_by_row(~held & (kind != MADE))
        # Own production is looked through at the threshold of what it goes into: with a choice inside, these columns hold another.
        made = kind == MADE
        nested = made & (extent.inner >= 0) & self.choices[extent.inner]
        self.unsure[rows] = extent.any_by_row(nested | ~held) | self.rows["apart"][rows].astype(bool)
        self.weigh(self.size, extent, amounts.values())
        self.rough[rows] = (
            extent.by_row(np.where(asked.rough, 2 * extent.weight, 0)) + self.costs.halves[rows] * extent.den
        )

    def _set_base(self, extent: Extent, kind: Ints, chosen: Bools, weighed: dict[str, Ints]) -> None:
        """What sources whose origin is settled bring to each row, with the choice that is best at its maker's own threshold."""
        base, still = self.base.reshape(-1, WIDTH), kind == CONSTANT
        choosing = np.flatnonzero(chosen & still)
        place = self.shape.row[self.shape.facts.asker[extent.sources[choosing]]]
        needed, parts = np.maximum(self.rows["need"][place], 0), self.shape.den[place]
        for bound, name in enumerate(("whole", "whole", "best")):
            amount = np.where(still, weighed[name], 0)
            taken, more = amount.copy(), np.zeros_like(amount)
            other, extra = weighed["other"][choosing], weighed["more"][choosing]
            gain = (10_000 - needed) * (extra // parts) - 10_000 * ((other - amount[choosing]) // parts)
            taken[choosing] = np.where(gain > 0, other, amount[choosing])
            more[choosing] = np.where(gain > 0, extra, 0)
            for nth, column in ((bound, taken), (BOUNDS + bound, amount), (2 * BOUNDS + bound, more)):
                base[extent.rows, nth] = extent.by_row(column)

    def proofs(self) -> Iterable[tuple[Floats, Ints, Ints]]:
        return [(self.size, self.through, self.through)]

    def differs(self, row: int, slots: slice) -> Bools:
        """Where no lawful choice stands; a row with choices is opened (passes/opening.py)."""
        col, kind = self.shape.col[slots], self.slots["kind"][slots]
        status, values = self.status.reshape(-1, BOUNDS)[col], self.values.reshape(-1, WIDTH)[col]
        taken = (self.slots["designated"][slots] != 0)[:, None] & (status == 1)
        made = np.where(taken, 0, self.through[slots][:, None] * values[:, :BOUNDS])
        whole = self.slots["whole"][slots]
        worst, best = np.where(status[:, 0] == 1, 0, whole), np.where(status[:, 2] == 0, whole, 0)
        found: Bools = np.where(
            kind == MADE, made[:, 0] != made[:, 2], np.where(kind == STATUS, worst != best, False)
        ).astype(bool)
        return found

    def opened(self, nth: int) -> list[tuple[int, int, str]]:
        """A part of which no rule decides the origin at worst is open itself, whatever is inside it."""
        shape, facts, row = self.shape, self.shape.facts, int(self.shape.row[nth])
        slots = range(int(shape.ptr[row]), int(shape.ptr[row + 1])) if row >= 0 else range(0)
        unruled = {
            (int(facts.line[shape.slot[at]]), int(facts.nth[shape.slot[at]])): int(shape.slot[at])
            for at in slots
            if self.slots["kind"][at] == STATUS and self.status[int(shape.col[at]) * BOUNDS] == UNKNOWN
        }
        cannot = facts.of_kinds("cannot", lambda kind: bool(kind["cannot"]))
        return [
            (
                line,
                source,
                why
                if (line, source) not in unruled
                else "cannot"
                if cannot[facts.kind[unruled[line, source]]]
                else "undetermined",
            )
            for line, source, why in super().opened(nth)
        ]

    def sweep(self, rows: Ints) -> None:
        shape, of = self.shape, self.rows
        errors(rows, shape.ptr, shape.col, self.through, shape.den, self.rough, self.halves)
        self.far[rows], self.doubt[rows] = self.unsure[rows], 0
        loop.absorb(
            rows, shape.ptr, shape.col, self.through, shape.den, *(self.slots[name] for name in OF_SLOT), self.base, self.choices,
            of["is_open"],
            of["fixed"], of["over"], of["total"], self.halves, of["need"], of["form"], of["shift"], of["battery"], of["minimis"],
            of["sold"],
            of["price_need"], of["price_over"], of["by_net"], self.values, self.status, self.far, self.doubt,
        )  # fmt: skip


class Lowering:
    """The method with the origin of a part set from outside, asked one wording at a time."""

    def __init__(self, ground: Ground):
        self.ground, self.column = ground, Absorb(ground, always(WORST))
        self.column.status, self.column.entries, self.column.why = {}, {}, {}

    def origin(self, child: Node) -> bool | str | None:
        """What is said of a part's origin; COMPUTED where its own bill decides."""
        said = self.column.said(child)
        if said is not None:
            return said
        if self.ground.outside(child.made_in):
            return False
        return COMPUTED if child.has_body else None

    def said(self, source: Source, child: Node | None) -> Said:
        whole = self.column.non_originating_value(source)
        if source.how == "made" and child is not None:
            absorbs = self.column.absorbs_own
            held = absorbs or not (source.designated and source.basis == "rvc")
            return Said(MADE, ZERO, designated=absorbs or source.designated, held=held)
        if self.column.brought_in(source, child):
            return Said(CONSTANT, whole, whole)
        origin = self.origin(child) if child is not None else None
        offers = self._offers(source, child, False if isinstance(origin, str) else origin)
        other, more = (offers[1].vnm, offers[1].cost - offers[0].cost) if len(offers) > 1 else (None, ZERO)
        held = len(offers) <= 2 and all(row.para != "UR 20(4)" for row in offers)
        if isinstance(origin, str):
            return Said(STATUS, whole, whole, other, more, held=held)
        amount = ZERO if origin else whole
        why = absence(source, child) if origin is None else ""
        return Said(
            CONSTANT, amount, ZERO if origin is None else amount, other, more, origin is None, held=held, reason=why
        )

    def _offers(self, source: Source, child: Node | None, status: bool | None) -> list[Offer]:
        if child is not None:
            self.column.status[child.name], self.column.why[child.name] = status, ""
        return self.column.offers(source, ZERO)[0]
