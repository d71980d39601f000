"""A vehicle opened as far as its tests look inside it: to its core parts, and into what its own maker makes."""

from fractions import Fraction
from typing import TYPE_CHECKING

from tracing.engine.closing import KINDS, Scene
from tracing.engine.measured import Figure
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import Column, Ground, unrounded
from tracing.engine.opens import Open, of_columns
from tracing.engine.passes.absorb import Absorbed, Lowering
from tracing.engine.passes.closing import Standing
from tracing.engine.passes.supplies import opened
from tracing.engine.rules import Good, Rules, Test
from tracing.engine.runs import always
from tracing.engine.supply import Supply

if TYPE_CHECKING:
    from tracing.engine.roll import Roll


class Opening(Standing):
    """Its opened parts are walked by the exact method; which of the shut ones originate, a pass has told."""

    found: Absorbed

    def __init__(self, roll: "Roll", nth: int, rules: Rules, good: Good, found: Absorbed):
        self.shut: dict[str, int] = {}
        super().__init__(roll, nth, rules, good, found)

    def _ground(self) -> Ground:
        return Ground(self.supply, self.rules)

    def _supply(self) -> Supply:
        facts, leads = self.roll.facts, self.roll.leads(self._core_codes())
        stubs = self.stage.stub
        supply, self.shut = opened(facts, self.roll.shape.starts, self.nth, lambda nth: bool(leads[nth]), stubs)
        return supply

    def _core_codes(self) -> tuple[str, ...]:
        rows = [test.row.get("hs", []) for test in self.good.tests if test.kind == "core_parts"]
        return tuple(code for row in rows for code in row)

    def _column(self, at: int, bound: str) -> Column:
        before = Absorb(self.ground, always(bound))
        before.entries, before.why = {}, dict.fromkeys(self.shut, "")
        before.status = {name: self._status(nth, at) for name, nth in self.shut.items()}
        walked = frozenset(self.supply.order) - self.shut.keys()
        column = Absorb(self.ground, always(bound), unrounded, before, walked)
        column.walk()
        return column

    def _status(self, nth: int, at: int) -> bool | None:
        row = int(self.roll.shape.row[nth])
        if row >= 0:
            return {1: True, 0: False}.get(int(self.found.status[row * 3 + at]))
        facts = self.roll.facts
        origin = Lowering(self.ground).origin(self.stage.face(int(facts.face[nth]), bool(facts.body[nth])))
        assert not isinstance(origin, str), "only a part with a body computes its origin"
        return origin

    def _of_method(self) -> Open:
        return of_columns(self.supply, self.columns)

    def beyond(self) -> bool:
        """Whether a shut part's origin, or what stands inside one, is more than the pass can tell."""
        row, place = self.roll.shape.row, self.roll.number
        shut = [int(row[nth]) for nth in self.shut.values() if row[nth] >= 0]
        walked = [int(row[place[name]]) for name in self.supply.order if name not in self.shut]
        return any(self.found.doubt[one] for one in shut) or any(self.found.unheld[one] for one in walked)

    def figure(self, test: Test, at: int, bound: str) -> Figure:
        paid = self.roll.wages and test.kind in {"labour", "labour_minimum"}
        wages = self.roll.high_wages(self.stage, self.rules) if paid else None
        known: dict[str, Fraction] = {}
        if wages is not None:
            for name, nth in self.shut.items():
                row = int(self.roll.shape.row[nth])
                known[name] = self.money(int(wages.values[row * 3 + at])) if row >= 0 else Fraction(0)
        return KINDS[test.kind](Scene(self, always(bound), self.columns[bound], known), test)  # type: ignore[arg-type]
