"""The pass of the label: what each part brings as material at two looks back, and as equipment (49 CFR 583.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter
from typing import Any

import numpy as np

from tracing.engine.facts import Ints
from tracing.engine.loops import label as loop
from tracing.engine.loops.carried import carried
from tracing.engine.loops.errors import errors
from tracing.engine.methods.column import BEST, WORST
from tracing.engine.methods.label import US_CA, Item, Label, rounds
from tracing.engine.passes.costs import ALL, OURS, Costs, own_value
from tracing.engine.passes.money import in_sellers_units
from tracing.engine.passes.one import Floats, Pass
from tracing.engine.passes.shape import Bools, Extent, Shape
from tracing.engine.passes.stage import MUCH, ZERO, Stage, Wordings
from tracing.engine.runs import always
from tracing.engine.supply import Node, Source

WIDTH, BOUNDS = loop.WIDTH, loop.BOUNDS
INSIDE = "what was declared inside it"
LOOKS = ("first", "second", "counted")
OF_SLOT = ("weight", "below", "look", "first", "second", "item", "value", "own")


@dataclass(frozen=True)
class Said:
    """What one wording brings. Amounts in currency; ``first``, ``second`` and ``item`` as the loop takes them; ``home`` where
    what its inputs hold comes off its maker's own value; ``found`` where the asker has a finding of its own."""

    amounts: dict[str, Fraction]
    first: int
    second: int
    item: int
    home: bool
    found: bool
    reason: str = ""


class Labelled(Pass):
    """``values`` int64 [N * 9]; ``equipment`` int64 [N] the delivered value of everything in one unit; ``far`` int64 [N] where
    an asker's own findings, or a comparison within the bound ``halves``, are for the exact run."""

    law = "aala"

    def __init__(self, shape: Shape, stage: Stage, costs: Costs, memory: dict[Any, Any]):
        super().__init__(shape, stage, costs, memory)
        self.added = np.zeros((shape.rows, 2), dtype=np.int64)
        self.values, self.base = (np.zeros(shape.rows * WIDTH, dtype=np.int64) for _ in range(2))
        self.equipment, self.doubt, self.findings, self.far = (np.zeros(shape.rows, dtype=np.int64) for _ in range(4))
        self.rounded, self.counts = np.zeros(shape.rows, dtype=bool), np.zeros(shape.rows)
        self.slots = {name: np.zeros(len(shape.slot), dtype=np.int64) for name in OF_SLOT}

    def counted(self, row: int, bound: int) -> int:
        """What counts of one good, in units."""
        return int(self.values[row * WIDTH + 2 * BOUNDS + bound])

    def lower(self, extent: Extent, found: Wordings) -> None:
        asked = self.ask(extent, found, Lowering(self.stage).said)
        amounts = asked.named(AMOUNTS, lambda one, name: one.amounts[name])
        self._at_home(extent, amounts)
        flag = {name: asked.flags(attrgetter(name), int) for name in ("first", "second", "item", "home", "found")}
        rows = extent.rows
        weight, below = (np.where(extent.passes, column, 0) for column in (extent.weight, extent.below))
        delivered = extent.by_row(weight * amounts["delivered"])
        self.equipment[rows] = (delivered + extent.den // 2) // extent.den
        self.rounded[rows] = delivered % extent.den != 0
        factor = self.shape.facts.factor[extent.sources]
        inside = np.where((flag["home"] > 0) & (extent.inner >= 0), self.equipment[extent.inner], 0)
        spent = in_sellers_units(inside, factor[:, 0], factor[:, 1])
        self.added[rows] = own_value(self.costs, rows)[:, (OURS, ALL)]
        # Own value where its maker says it is added, and so much less where it makes the part.
        stated = [
            in_sellers_units(np.where(extent.inner >= 0, self.added[extent.inner, nth], 0), factor[:, 0], factor[:, 1])
            for nth in range(2)
        ]
        moved = stated[0] - np.where(flag["home"] > 0, stated[1], 0)
        trigger = flag["item"] == loop.TRIGGER
        takes_off = {"first": flag["first"] > 0, "second": flag["second"] > 0, "counted": flag["item"] == loop.AS_IT_IS}
        # What a maker in a third country documents to add here counts too (583.6(c)(4)(v)).
        documented = np.where(flag["home"] > 0, 0, stated[0])
        own, sizes = amounts["own"] - spent + documented, list[Ints]()
        base = self.base.reshape(-1, WIDTH)
        for nth, name in enumerate(LOOKS):
            for bound, columns in (("worst", (0, 1)), ("best", (2,))):
                brought = amounts[f"{name}_{bound}"] - np.where(takes_off[name], spent, 0)
                brought += np.where(takes_off[name], documented if name == "counted" else moved, 0)
                sizes.append(brought)
                total = extent.by_row(weight * (np.where(trigger, 0, brought) if name == "counted" else brought))
                for column in columns:
                    base[rows, 3 * nth + column] = total
        of_slot = {
            "weight": weight, "below": below, "look": flag["first"] + flag["second"] > 0, "first": flag["first"], "second": flag["second"],
            "item": flag["item"], "value": amounts["delivered"], "own": own,
        }  # fmt: skip
        for name, column in of_slot.items():
            self.slots[name][extent.slots] = column[extent.at]
        self.findings[rows] = extent.any_by_row(flag["found"])
        self.set_alone(extent, asked, (weight != 0) & (amounts["counted_worst"] != amounts["counted_best"]))
        self.weigh(self.size, extent, sizes[:4])
        self.weigh(self.counts, extent, [*sizes[4:], amounts["delivered"], own])
        # Half a unit for each step that was rounded: an amount, what came off the maker's own value, a share of a value.
        halves = 2 * asked.rough + ((flag["home"] > 0) & self.rounded[extent.inner]) + trigger + 2 * (moved != 0)
        self.rough[rows] = extent.by_row(halves * weight)

    def _at_home(self, extent: Extent, amounts: dict[str, Ints]) -> None:
        """Minor items are value of the country of the assembly that they are built into, which no wording tells."""
        facts = self.shape.facts
        minor = facts.of_kinds("minor", lambda row: row["minor"])[facts.kind[extent.sources]].astype(bool)
        if not minor.any():
            return
        home = facts.of_faces("in US or CA", lambda face: face.get("made_in") in US_CA)
        here = home[facts.face[facts.asker[extent.sources]]].astype(bool)
        for name in (f"{look}_{bound}" for look in LOOKS for bound in ("worst", "best")):
            amounts[name] = np.where(minor, np.where(here, amounts["delivered"], 0), amounts[name])

    def proofs(self) -> Iterable[tuple[Floats, Ints, Ints]]:
        return [
            (self.size, np.where(self.slots["look"] > 0, self.slots["below"], 0), self.slots["below"]),
            (self.counts, np.where(self.slots["item"] == loop.AS_IT_IS, self.slots["below"], 0), self.slots["below"]),
        ]

    def differs(self, row: int, slots: slice) -> Bools:
        """Allied equipment by what is inside it, outside equipment by what the trigger makes of that."""
        values, found = self.values.reshape(-1, WIDTH), np.zeros(slots.stop - slots.start, dtype=bool)
        for at in range(slots.start, slots.stop):
            inside, item = values[self.shape.col[at]], int(self.slots["item"][at])
            if item == loop.AS_IT_IS:
                found[at - slots.start] = inside[6] != inside[8]
            elif item == loop.TRIGGER and self.slots["weight"][at] and inside[3] != inside[5]:
                found[at - slots.start] = self._counted(at, int(inside[3])) != self._counted(at, int(inside[5]))
        return found

    def _counted(self, at: int, brought: int) -> int:
        rules, slot = self.stage.rules, {name: int(self.slots[name][at]) for name in OF_SLOT}
        said = rules.rulebook.data["label"]
        nearest, down = int(rounds(rules)), int(rules.switches["nearest5_tie"] == "down")
        amount, _ = loop.triggered(
            brought, slot["below"], slot["weight"], slot["own"], slot["value"], 0, int(said["trigger"]), nearest, down
        )  # fmt: skip
        return int(amount)

    def sweep(self, rows: Ints) -> None:
        shape, rules = self.shape, self.stage.rules
        said = rules.rulebook.data["label"]
        errors(rows, shape.ptr, shape.col, self.slots["below"], shape.den, self.rough, self.halves)
        self.doubt[rows] = self.findings[rows]
        loop.label(
            rows, shape.ptr, shape.col, *(self.slots[name] for name in OF_SLOT), shape.den, self.base, self.halves, int(said["trigger"]),
            int(rounds(rules)), int(rules.switches["nearest5_tie"] == "down"), self.values, self.doubt,
        )  # fmt: skip
        carried(rows, shape.ptr, shape.col, self.doubt, self.far)


class _Recorder(Label):
    """The method, noting when the trigger is asked about what lies inside a part."""

    asked: Fraction | None = None

    def _triggered(self, value: Fraction, percent: Fraction, text: str, *, below: bool = False) -> Item:
        if text == INSIDE:
            self.asked = percent
        return super()._triggered(value, percent, text, below=below)


class Lowering:
    """The method with nothing known of what is inside a part, asked one wording at a time."""

    def __init__(self, stage: Stage):
        self.stage = stage

    def said(self, source: Source, child: Node | None) -> Said:
        worst, best = self._column(WORST, child), self._column(BEST, child)
        # Two marks inside the part, so far apart that each shows by its size which look was taken.
        marked = self._column(WORST, child, first=MUCH, second=MUCH * MUCH, allied=MUCH)
        amounts = {"delivered": worst.delivered(source), "own": ZERO}
        seen = []
        for depth, name in ((1, "first"), (2, "second")):
            amounts[f"{name}_worst"] = _ours(worst.look(source, depth))
            amounts[f"{name}_best"] = _ours(best.look(source, depth))
            inside = _ours(marked.look(source, depth)) - amounts[f"{name}_worst"]
            seen.append(0 if not inside else 1 if inside < MUCH * MUCH / 2 else 2)
        item = worst.item_of(source)
        amounts |= {"counted_worst": item.counted, "counted_best": best.item_of(source).counted}
        kind = 0
        if worst.asked is not None:
            kind, amounts["own"] = loop.TRIGGER, worst.asked * amounts["delivered"] / 100
        elif marked.item_of(source).counted != item.counted:
            kind = loop.AS_IT_IS
        finding = bool(item.missing and item.outside and source.determination)
        first, second = seen
        return Said(amounts, first, second, kind, child is not None and child.made_in in US_CA, finding, item.missing)

    def _column(
        self,
        bound: str,
        child: Node | None,
        *,
        first: Fraction = ZERO,
        second: Fraction = ZERO,
        allied: Fraction = ZERO,
    ) -> _Recorder:
        column = _Recorder(self.stage.ground, always(bound))
        column.materials, column.items, column.looks, column.allied = {}, {}, {}, {}
        if child is not None:
            column.materials[child.name] = ZERO
            column.looks = {(child.name, 1): {"US": first}, (child.name, 2): {"US": second}}
            column.allied[child.name] = (allied, ZERO)
        return column


AMOUNTS = ("delivered", "own", *(f"{name}_{bound}" for name in LOOKS for bound in ("worst", "best")))


def _ours(vector: Mapping[str, Fraction]) -> Fraction:
    return sum((amount for place, amount in vector.items() if place in US_CA), ZERO)
