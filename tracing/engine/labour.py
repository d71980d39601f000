"""Labour value content: high-wage material and labour, technology and assembly credits (UR 18; 29 CFR 810)."""

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tracing.engine import amounts
from tracing.engine.measured import Figure, Way, absent
from tracing.engine.methods.column import BEST, ZERO, price_of
from tracing.engine.rules import Test

if TYPE_CHECKING:
    from tracing.engine.closing import Scene

CREDIT_ENDS = dt.date(2027, 7, 1)
OWN_CURRENCY = {"US": "USD", "CA": "CAD", "MX": "MXN"}


def qualifies(scene: "Scene", plant: str | None) -> bool | None:
    """Whether a plant's average wage reaches the floor on the day; None where no wage of it is stated."""
    facts = scene.run.supply.dossier.plants.get(plant or "")
    if not facts or facts.get("hourly") is None:
        return None
    if facts.get("country") not in OWN_CURRENCY:
        return False
    floors = scene.run.rules.rulebook.data["labour"]["floors"]
    currency = facts.get("currency") or OWN_CURRENCY[facts["country"]]
    reached = amounts.exact(str(facts["hourly"])) >= Fraction(floors[currency])
    return reached and _window_holds(scene, facts.get("window"))


def _window_holds(scene: "Scene", window: dict[str, str] | None) -> bool:
    """A window of twelve months is good for the next twelve; a shorter one for as long again, or for twelve (18(5))."""
    if not window or not window.get("from") or not window.get("until"):
        return True
    begins, ends = (dt.date.fromisoformat(window[key]) for key in ("from", "until"))
    length = ends - begins
    if scene.run.rules.switches.get("short_wage_window") == "twelve_months" or length.days >= 364:
        length = dt.timedelta(days=366)
    return begins <= scene.run.rules.day < ends + length


def high_wage_values(scene: "Scene") -> tuple[Fraction, Fraction]:
    """Value of materials made at qualifying plants at any tier, each counted once; and the value of all materials bought.

    A qualifying plant's product counts whole; another's only by what is inside it, so nothing counts twice (18(7), (21)).
    """
    supply, inside = scene.run.supply, dict(scene.known)
    total = ZERO
    for name in supply.order:
        if name in scene.known:
            continue
        node, found = supply.nodes[name], ZERO
        for source in node.sources:
            child = supply.nodes[source.child] if source.child else None
            value = price_of(source) * scene.run.ground.costs.rates[name]
            if source.how == "made" and source.price is None:
                value = scene.run.ground.costs.of_source[source.key]
            below = inside[source.child] * source.factor if source.child else ZERO
            found += source.weight * high_wage(scene, source, child, value, below)
            total += source.weight * value if name == supply.good else ZERO
        inside[name] = found
    return inside[supply.good], total


def high_wage(scene: "Scene", source: Any, child: Any, value: Fraction, below: Fraction) -> Fraction:
    """What one source counts: all of it from a qualifying plant, else what is inside it."""
    place = source.made_in if child is None else child.made_in
    if scene.run.ground.outside(place) or scene.run.ground.entered(source):
        return ZERO
    reached = qualifies(scene, child.facts.get("plant") if child else None)
    if reached is None:
        return value if scene.answers(source.key) == BEST else below
    return value if reached else below


def _first_term(scene: "Scene") -> list[Way] | None:
    """High-wage material and labour in percent, by the two formulas (18(6)); None where the assembly plant's wage is not stated."""
    if qualifies(scene, scene.facts.get("plant")) is None:
        return None
    wages = scene.facts.get("labour") or ZERO
    labour_cost = wages if qualifies(scene, scene.facts.get("plant")) else ZERO
    material, bought = high_wage_values(scene)
    net, _ = scene.net_and_vnm()
    elected = (scene.facts.get("elections") or {}).get("lvc")
    ways = []
    if net > 0 and elected != "purchase":
        ways.append(Way("nc", "over net cost", "UR 18(6)(a)", 100 * (labour_cost + material) / net))
    if bought + labour_cost > 0 and elected != "nc":
        ways.append(
            Way("purchase", "over purchases", "UR 18(6)(b)", 100 * (material + labour_cost) / (bought + labour_cost))
        )
    return sorted(ways, key=lambda way: -(way.value or ZERO))


def technology_credit(scene: "Scene") -> Fraction:
    """Wages for research and development and for information technology over production wages, at most ten points (18(9))."""
    row = scene.run.rules.rulebook.data["labour"]
    wages = (scene.run.supply.dossier.companies.get(scene.facts.get("maker") or "") or {}).get("wages") or {}
    production = amounts.exact(str(wages.get("production") or 0))
    if production <= 0:
        return ZERO
    spent = sum((amounts.exact(str(wages.get(key) or 0)) for key in ("rd", "it")), ZERO)
    return min(Fraction(row["technology_cap"]), 100 * spent / production)


def assembly_credit(scene: "Scene") -> Fraction:
    """Five points for a qualifying engine, transmission or battery plant of the capacity named, or none (18(12)-(14))."""
    row = scene.run.rules.rulebook.data["labour"]
    company = scene.run.supply.dossier.companies.get(scene.facts.get("maker") or "") or {}
    need = row["heavy_capacity" if scene.run.good.use == "heavy" else "capacity"]
    originating = scene.run.rules.switches.get("assembly_credit_parts") == "originating"
    for contract in company.get("assembly_contracts") or []:
        enough = Fraction(str(contract.get("capacity") or 0)) >= need.get(contract.get("kind"), 10**12)
        lasts = contract.get("own") or Fraction(str(contract.get("years") or 0)) >= 3
        if (
            enough
            and lasts
            and qualifies(scene, contract.get("plant"))
            and (contract.get("originating") or not originating)
        ):
            return Fraction(row["assembly_credit"])
    return ZERO


def labour(scene: "Scene", test: Test) -> Figure:
    """High-wage material and labour, and both credits (UR 18(1), (2), (6))."""
    ways = _first_term(scene)
    if not ways:
        return absent("no wage of its assembly plant is stated")
    credits = technology_credit(scene) + assembly_credit(scene)
    found = tuple(Way(way.name, way.text, way.cite, (way.value or ZERO) + credits) for way in ways)
    return Figure(found[0].value, found)


def labour_minimum(scene: "Scene", test: Test) -> Figure:
    """The first term alone: points of high-wage material and labour (UR 18(1), (2))."""
    ways = _first_term(scene)
    return Figure(ways[0].value, tuple(ways)) if ways else absent("no wage of its assembly plant is stated")


def high_wage_credit(scene: "Scene", value: Fraction) -> Fraction:
    """Until 2027-07-01 a heavy truck's points beyond 30 of 45 may be added to a regional value of at least 60 (UR 18(22))."""
    ways = _first_term(scene)
    if not ways or scene.run.rules.day >= CREDIT_ENDS or value < 60:
        return value
    first = max(way.value or ZERO for way in ways)
    total = first + technology_credit(scene) + assembly_credit(scene)
    return value + first - 30 if first > 30 and total > 45 else value
