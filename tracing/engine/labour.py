"""Labour value content: high-wage material and labour, technology and assembly credits (UR 18; 29 CFR 810)."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tracing.engine import amounts
from tracing.engine.measured import Figure, Way, absent
from tracing.engine.methods.column import BEST, ZERO, price_of
from tracing.engine.periods import months_after
from tracing.engine.rules import Test

if TYPE_CHECKING:
    from tracing.engine.closing import Scene

CREDIT_ENDS, ONE_DAY = dt.date(2027, 7, 1), dt.timedelta(days=1)
OWN_CURRENCY = {"US": "USD", "CA": "CAD", "MX": "MXN"}


def qualifies(scene: "Scene", plant: str | None) -> bool | None:
    """Whether a plant's average wage reaches its country's floor on the day; None where no wage of it is stated.

    A wage in another currency is converted to the country's. Raises Refused where there is no rate for that.
    """
    dossier, law = scene.run.supply.dossier, scene.run.ground.law
    facts = dossier.plants.get(plant or "")
    if not facts or facts.get("hourly") is None:
        return None
    own = OWN_CURRENCY.get(facts.get("country") or "")
    if own is None:
        return False
    wage, said = amounts.exact(str(facts["hourly"])), facts.get("currency") or own
    if said != own:
        wage *= dossier.rate(said, law) / dossier.rate(own, law)
    floor = Fraction(scene.run.rules.rulebook.data["labour"]["floors"][own])
    return wage >= floor and _window_holds(scene, facts.get("window"))


def _window_holds(scene: "Scene", window: dict[str, str] | None) -> bool:
    """A window of twelve months is good for the next twelve; a shorter one for as long again, or for twelve (18(5)).

    ``until`` is the first day after the window; the last day of a whole number of months is taken for it as well.
    """
    if not window or not window.get("from") or not window.get("until"):
        return True
    begins, ends = (dt.date.fromisoformat(window[key]) for key in ("from", "until"))
    if ends.day != begins.day and (ends + ONE_DAY).day == begins.day:
        ends += ONE_DAY
    months = 12 * (ends.year - begins.year) + ends.month - begins.month if ends.day == begins.day else 0
    if (
        months >= 12
        or (ends - begins).days >= 364
        or scene.run.rules.switches.get("short_wage_window") == "twelve_months"
    ):
        last = months_after(ends, 12)
    else:
        last = months_after(ends, months) if months else ends + (ends - begins)
    return begins <= scene.run.rules.day < last


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


@dataclass(frozen=True)
class Terms:
    """What the first term is made of, per vehicle or summed over a category, in the dossier's currency."""

    labour: Fraction
    material: Fraction
    transport: Fraction
    bought: Fraction
    net: Fraction

    def times(self, units: Fraction) -> "Terms":
        return Terms(*(units * getattr(self, name) for name in self.__dataclass_fields__))

    def __add__(self, other: "Terms") -> "Terms":
        return Terms(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def terms(scene: "Scene") -> Terms:
    """Wages count at a qualifying assembly plant; where its wage is not stated, at best. High-wage transport counts as said."""
    facts, rate = scene.facts, scene.run.ground.costs.rates[scene.run.supply.good]
    reached = qualifies(scene, facts.get("plant"))
    paid = reached if reached is not None else scene.answers(("", -1, -1)) == BEST
    material, bought = high_wage_values(scene)
    wages, transport = ((facts.get(key) or ZERO) * rate for key in ("labour", "high_wage_transport"))
    return Terms(wages if paid else ZERO, material, transport, bought, scene.net_and_vnm()[0])


def _first_term(scene: "Scene") -> list[Way] | None:
    """High-wage material and labour in percent, by the two formulas (18(6)), averaged if elected (18(15), (18)).

    None where no wage of its assembly plant is stated. Transport that is not in the value of the materials counts beside them (18(20)).
    """
    if not any(plant.get("hourly") is not None for plant in scene.run.supply.dossier.plants.values()):
        return None
    found, peers = terms(scene), scene.peers("labour")
    if peers:
        found = found.times(scene.run.units)
        for peer, other in peers:
            found += terms(other).times(peer.units)
    spent = found.labour + found.material + found.transport
    bought = found.bought + found.transport + found.labour
    elected = scene.elected.get("lvc")
    ways = []
    if found.net > 0 and elected != "purchase":
        ways.append(Way("nc", "over net cost", "UR 18(6)(a)", 100 * spent / found.net))
    if bought > 0 and elected != "nc":
        ways.append(Way("purchase", "over purchases", "UR 18(6)(b)", 100 * spent / bought))
    return sorted(ways, key=lambda way: -(way.value or ZERO))


def technology_credit(scene: "Scene") -> Fraction:
    """Wages for research and development and for information technology over production wages, at most ten points (18(9))."""
    row = scene.run.rules.rulebook.data["labour"]
    wages = scene.company.get("wages") or {}
    production = amounts.exact(str(wages.get("production") or 0))
    if production <= 0:
        return ZERO
    spent = sum((amounts.exact(str(wages.get(key) or 0)) for key in ("rd", "it")), ZERO)
    return min(Fraction(row["technology_cap"]), 100 * spent / production)


def assembly_credit(scene: "Scene") -> Fraction:
    """Five points for a qualifying engine, transmission or battery plant of the capacity named, or none (18(12)-(14))."""
    row = scene.run.rules.rulebook.data["labour"]
    need = row["heavy_capacity" if scene.run.good.use == "heavy" else "capacity"]
    originating = scene.run.rules.switches.get("assembly_credit_parts") == "originating"
    for contract in scene.company.get("assembly_contracts") or []:
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
