"""Per vehicle or category: what each kind of test measures, once the walk is done. One function a kind, in ``KINDS``."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tracing.engine import amounts
from tracing.engine.cores import core_parts, counted_twice_by_the_core
from tracing.engine.elected import averages, elections_of
from tracing.engine.hslists import digits
from tracing.engine.labour import high_wage_credit, labour, labour_minimum
from tracing.engine.measured import Figure, Way, absent, moot
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import BEST, WORST, ZERO, Answers, Column
from tracing.engine.methods.content import part_of, share
from tracing.engine.methods.label import Determined, Label, spent
from tracing.engine.methods.whole import Whole
from tracing.engine.rules import Test

if TYPE_CHECKING:
    from tracing.engine.runs import Run

__all__ = ["KINDS", "Figure", "Scene", "Way"]
MELTED = dt.date(2027, 7, 1)
STAGED = "alternative_staging"


@dataclass(frozen=True)
class Scene:
    """One choice of answers: the run, the answers, and the column that was walked for them.

    ``known`` is high-wage value inside parts that a run does not open itself, because a pass over the fleet found it.
    """

    run: "Run"
    answers: Answers
    column: Column | None
    known: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        return self.run.supply.top.facts

    @property
    def elected(self) -> dict[str, Any]:
        """What its maker elected, by name."""
        return elections_of(self.run.supply.top)

    @property
    def company(self) -> dict[str, Any]:
        """What is said of its maker; nothing where it is not named."""
        return self.run.supply.dossier.companies.get(self.facts.get("maker") or "") or {}

    def net_and_vnm(self) -> tuple[Fraction, Fraction]:
        """Base and value of non-originating materials of one good, in this column."""
        column = self.column
        if column is None:
            return self.run.content.base, ZERO
        return column.net, column.vnm  # type: ignore[attr-defined]

    def peers(self, of: str) -> list[tuple["Run", "Scene"]]:
        """The other vehicles that a figure is averaged over, each with its own scene: by election, of the figures it names."""
        if not averages(self.run.supply.top, of):
            return []
        bound = self.answers(("", -1, -1))
        columns = [(peer, peer.columns.get(bound) or peer.columns.get(WORST)) for peer in self.run.peers]
        return [(peer, replace(self, run=peer, column=column, known={})) for peer, column in columns]

    def melting(self, metal: str) -> bool:
        """Whether this metal must be melted in the region too, on the day and for this kind of good (UR 17(5)(b))."""
        return metal == "steel" and self.run.rules.day >= MELTED and self.run.good.name != STAGED

    def purchases(self, metal: str) -> list[tuple[dict[str, Any], Fraction]]:
        """The producer's purchases of a metal, each with what of it counts: what meets all that is asked, so the smaller."""
        keys = ("originating", "melted_in_region") if self.melting(metal) else ("originating",)
        return [
            (row, min(amounts.exact(str(row.get(key) or 0)) for key in keys))
            for row in self.company.get("purchases") or []
            if row.get("metal") == metal
        ]

    def stake(self) -> tuple[Fraction, Fraction]:
        """Of what nobody traced, how much this choice takes at its best and how much at its worst."""
        best = worst = ZERO
        for key, amount in self.run.of_key.items():
            said = self.answers(key)
            best += amount if said == BEST else ZERO
            worst += amount if said == WORST else ZERO
        return best, worst


def rvc(scene: Scene, test: Test) -> Figure:
    """Regional value content on the rulebook's base (s.6(2), (3); UR 7(2), (3)); averaged over the category if elected."""
    if scene.column is None:
        return country_share(scene, test)
    spared = _spared(scene)
    net, vnm = scene.net_and_vnm()
    panel = vnm - counted_twice_by_the_core(scene)
    strict = scene.run.rules.switches.get("core_rollup") == "us_position"
    sums = [_sums(scene.run, scene, vnm if strict else panel)]
    judged = scene if scene.peers("core_parts") else None
    for peer, other in scene.peers("rvc"):
        sums.append(
            _sums(peer, other, other.net_and_vnm()[1] - (ZERO if strict else counted_twice_by_the_core(other, judged)))
        )
    base, away = (sum((row[nth] for row in sums), ZERO) for nth in (0, 1))
    if base <= 0:
        return moot(spared) if spared else _without_a_base(scene)
    value = 100 * (base - away) / base
    if spared:
        # Met whatever the percentage: where other answers leave it unmet, this one counts as what is asked.
        return moot(spared, max(value, test.threshold or ZERO))
    ways: tuple[Way, ...] = ()
    if panel != vnm and net > 0:
        ways = (
            Way("panel", "a core part that originates counts in full", "UR 14(1); panel of 2022, 145-146", 100 * (net - panel) / net),
            Way("us_position", "only a part that reaches its own requirement counts in full", "position of the United States",
                100 * (net - vnm) / net),
        )  # fmt: skip
        ways = ways[::-1] if strict else ways
    if test.row.get("credit") == "labour":
        value = high_wage_credit(scene, value)
    return Figure(value, ways)


def _sums(run: "Run", scene: Scene, vnm: Fraction) -> tuple[Fraction, Fraction]:
    return run.units * scene.net_and_vnm()[0], run.units * vnm


def country_share(scene: Scene, test: Test) -> Figure:
    """A share of content by country, over all, over the actual or over the required regional value."""
    run, (best, worst) = scene.run, scene.stake()
    whole = [row for row in run.good.tests if row.kind in {"share", "rvc"} and row.of == "total"]
    required = (whole[0].threshold if whole else None) or ZERO
    content, base = run.content.good, run.content.base
    return Figure(share(test, content, base, required, best=best, worst=worst))


def non_originating(scene: Scene, test: Test) -> Figure:
    """Non-originating materials in percent of the base (a maximum, as the EU writes it)."""
    if _by_tariff_change(scene) is True:
        return moot("not needed: the tariff-change alternative of its rule is met")
    net, vnm = scene.net_and_vnm()
    return Figure(100 * vnm / net) if net > 0 else _without_a_base(scene)


def _without_a_base(scene: Scene) -> Figure:
    words = {"net_cost": "net cost", "transaction_value": "price", "ex_works": "ex-works price"}
    return absent(f"the {words.get(scene.run.good.answers['base'], 'value')} is not stated or not above zero")


def claimed(scene: Scene, test: Test) -> Figure:
    """A test that the engine cannot derive: as claimed by the maker, or not run. Met is 100, not met is 0."""
    name = test.row.get("claim", "shift")
    if test.row.get("alternative") and _form(scene) != "both":
        by_change = _by_tariff_change(scene)
        if by_change is False and _form(scene) == "either":
            return moot("not needed: the other alternative of its rule decides, regional value")
        said: Any = by_change
    elif name == "shift" and isinstance(scene.column, Absorb):
        said = scene.column.shifted(scene.run.supply.top)
    else:
        said = scene.run.supply.top.claim(name)
        said = said.get("met") if isinstance(said, dict) else said
    if said is None:
        return absent(test.row.get("needs") or "its maker claims neither that it is met nor that it is not")
    return Figure(Fraction(100 if said else 0))


def _form(scene: Scene) -> str:
    table = scene.run.ground.requirement(scene.run.supply.top)
    return table.form if table else "shift"


def _spared(scene: Scene) -> str:
    """Why a part need not reach its percentage: by its tariff change, or as all of its foreign materials are small; else nothing."""
    if _by_tariff_change(scene) is True:
        return "not needed: the tariff-change alternative of its rule is met"
    if _is_part(scene) and _form(scene) == "both" and _within_de_minimis(scene):
        return "not needed: all non-originating materials are within de minimis (Regs s.5(4); UR 5(4))"
    return ""


def _is_part(scene: Scene) -> bool:
    return isinstance(scene.column, Absorb) and any(test.row.get("alternative") for test in scene.run.good.tests)


def _within_de_minimis(scene: Scene) -> bool:
    column = scene.column
    return (
        isinstance(column, Absorb)
        and column.good is not None
        and column.within_de_minimis(scene.run.supply.top, column.good)
    )


def _by_tariff_change(scene: Scene) -> bool | None:
    """Whether a part meets its rule without regional value: by its tariff change, or as all of its foreign materials are small.

    None for a vehicle, for a rule that asks for both, and where nothing is claimed.
    """
    column, top = scene.column, scene.run.supply.top
    if not isinstance(column, Absorb) or not _is_part(scene) or _form(scene) in {"both", "rvc"}:
        return None
    if top.claim("shift") is not None and _within_de_minimis(scene):
        return True
    return column.shifted(top)


def with_activities(scene: Scene, test: Test) -> Figure:
    """Content with research, engineering, design and software as terms (idea of January 2018; no formula was published)."""
    run, (best, _) = scene.run, scene.stake()
    regional = part_of(run.content.good, test.region) + best
    base, done = run.content.base, activities(scene.facts, test.region, run)
    if base <= 0:
        return Figure(None)
    way = run.rules.switches.get("canada_2018_cap", "both_sides")
    plain = 100 * regional / base
    values = {
        "numerator_only": 100 * (regional + done) / base,
        "both_sides": 100 * (regional + done) / (base + done),
        "capped": plain + min(Fraction(10), 100 * done / base),
    }
    return Figure(values[way])


def activities(facts: dict[str, Any], region: frozenset[str], run: "Run") -> Fraction:
    """What the maker spent per unit on research, engineering, design and software in the region."""
    rate = run.ground.costs.rates[run.supply.good]
    rows = (facts.get("activities") or {}).values()
    found = [amounts.exact(str(value)) for row in rows for place, value in row.items() if place in region]
    return sum(found, ZERO) * rate


def labelled(scene: Scene, test: Test) -> Figure:
    """U.S. and Canadian parts content of the carline, over the equipment delivered (583.6(d)); averaged over its plants."""
    columns = [
        (run, scene.column if run is scene.run else run.columns.get(scene.answers(("", -1, -1))))
        for run in (scene.run, *scene.run.peers)
    ]
    rows = [(expected(run), column) for run, column in columns if isinstance(column, Label)]
    counted = sum((units * column.counted for units, column in rows), ZERO)
    base = sum((units * column.value for units, column in rows), ZERO)
    if len(rows) > 1:
        # The budget is the carline's: what one plant leaves of it, another may use.
        _, spending = carline_budget(rows)
        counted += sum((taken * one.counts / 100 for one, taken in spending), ZERO)
        counted -= sum((units * column.determined_value for units, column in rows), ZERO)
    return Figure(100 * counted / base if base > 0 else None)


def expected(run: "Run") -> Fraction:
    """How many of this vehicle the carline is expected to have: as stated, else as many as are made; one where neither is said."""
    units = run.supply.top.facts.get("units") or {}
    return amounts.exact(str(units.get("expected") or units.get("made") or 1))


def carline_budget(rows: Iterable[tuple[Fraction, Label]]) -> tuple[Fraction, list[tuple[Determined, Fraction]]]:
    """The good-faith budget of a carline, by value of all its vehicles, and how it is spent over all its plants."""
    rows = list(rows)
    cap = sum((units * column.cap for units, column in rows), ZERO)
    found = [replace(one, value=units * one.value) for units, column in rows for one in column.findings()]
    return cap, spent(found, cap)


def whole_amount(scene: Scene, test: Test) -> Figure:
    """The value of parts that count whole, in percent of the customs value; with the share that needs no proof."""
    column = scene.column
    if not isinstance(column, Whole) or column.base is None or column.base <= 0:
        return absent("the customs value of the vehicle is not stated")
    return Figure(100 * column.allowed / column.base)


def metal(scene: Scene, test: Test) -> Figure:
    """Originating purchases of steel or of aluminum, in percent of all, by value, at the producer's level (UR 17)."""
    staged = scene.elected.get(STAGED)
    if scene.run.good.name == STAGED and isinstance(staged, dict) and staged.get("metals_exempt"):
        return moot("not needed: its approved alternative staging exempts its producer (UR 19(4)(c))")
    rows = scene.purchases(test.kind)
    total = sum((amounts.exact(str(row["value"])) for row, _ in rows), ZERO)
    if total <= 0:
        return absent(f"no purchases of {test.kind} are stated for its producer")
    if scene.melting(test.kind) and any(row.get("melted_in_region") is None for row, _ in rows):
        return absent("from 2027-07-01 steel must be melted in the region too, and that is not stated (UR 17(5))")
    return Figure(100 * sum((counted for _, counted in rows), ZERO) / total)


def pack(scene: Scene, test: Test) -> Figure:
    """Whether the traction battery in the vehicle originates: 100 or 0; not run where none is named."""
    column = scene.column
    found = [row for row in scene.run.supply.top.sources if _is_pack(scene, row)]
    if not found or not isinstance(column, Absorb):
        return absent("no traction battery (8507.60) is among the vehicle's parts")
    return Figure(Fraction(100 if all(_originates(column, row) for row in found) else 0))


def _originates(column: Absorb, source: Any) -> bool:
    """Whether a part originates by itself, though its maker be the vehicle's."""
    if source.how == "made" and source.child is not None:
        status = column.status[source.child]
        return status if status is not None else column.answers(source.key) == BEST
    return column.taken(source).amount == 0


def _is_pack(scene: Scene, source: Any) -> bool:
    child = scene.run.supply.nodes.get(source.child or "")
    return digits(source.hs or (child.hs if child else None)).startswith("850760")


KINDS: dict[str, Callable[[Scene, Test], Figure]] = {
    "rvc": rvc, "share": country_share, "non_originating": non_originating, "claim": claimed, "activities": with_activities,
    "content": labelled, "whole": whole_amount, "core_parts": core_parts, "labour": labour, "labour_minimum": labour_minimum,
    "steel": metal, "aluminum": metal, "pack": pack,
}  # fmt: skip
