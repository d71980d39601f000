"""Core parts of a passenger vehicle or light truck: the four ways, and what they do to the vehicle's own value (UR 14(4)-(12))."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from tracing.engine.hslists import digits
from tracing.engine.measured import Figure, Way, absent
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import BEST, ZERO, price_of
from tracing.engine.rules import Test
from tracing.engine.supply import Node, Source, Supply

if TYPE_CHECKING:
    from tracing.engine.closing import Scene

WAYS = {
    "part_all": ("each part, all its materials", "UR 14(7)(a)"),
    "part_components": ("each part, its listed components", "UR 14(7)(b), (8)"),
    "super_all": ("all core parts together, all materials", "UR 14(10)(a)"),
    "super_components": ("all core parts together, listed components", "UR 14(10)(b)"),
}
WHOLE = Fraction(100)
MANY = 8


@dataclass(frozen=True)
class Core:
    """A core part in the vehicle: how many of it, whether its being one is only suspected from its code, and whether the
    vehicle's producer makes it (then also every part above it). ``kind`` is its row in column 1, or what it is called."""

    source: Source
    child: Node | None
    units: Fraction
    doubtful: bool
    own: bool
    kind: str


@dataclass(frozen=True)
class Sums:
    """Net cost and the two values of non-originating materials of one core part, per unit; and whether it originates alone."""

    net: Fraction
    all: Fraction
    listed: Fraction
    originates: bool


Counted = tuple[str, Fraction, Sums]
"""One core part or several of it: its kind, how many, and what one counts."""


def cores(supply: Supply, test: Test) -> list[Core]:
    """The core parts by claim; those whose code alone suggests one are in doubt. What is inside a core part is not looked at."""
    found: list[Core] = []
    # Each part once, however many ways lead to it: how many of it stand in the vehicle, by whether its maker makes all above it.
    units: dict[str, dict[bool, Fraction]] = {supply.good: {True: Fraction(1)}}
    for name in reversed(supply.order):
        for chain, count in units.get(name, {}).items():
            for source in supply.nodes[name].sources:
                child = supply.nodes[source.child] if source.child else None
                own, times = chain and source.how == "made", count * source.weight
                suspected = _is_core(source, child, test)
                if suspected is not None:
                    kind = (child.claim("core") if child else None) or source.claims.get("core") or source.item
                    found.append(Core(source, child, times, suspected, own, kind))
                elif child is not None:
                    inside = units.setdefault(child.name, {})
                    inside[own] = inside.get(own, ZERO) + times * source.factor
    return found


def _is_core(source: Source, child: Node | None, test: Test) -> bool | None:
    """Whether a part is a core part in doubt (by its code alone) or surely (by claim); None where it is none."""
    said = (child.claim("core") if child else None) or source.claims.get("core")
    if said is not None:
        return None if said == "none" else False
    code = digits(source.hs or (child.hs if child else None))
    return True if code and any(code.startswith(digits(row)) for row in test.row.get("hs", [])) else None


def core_parts(scene: "Scene", test: Test) -> Figure:
    """The value of the best lawful way, or of the one elected: the weakest part, or all parts together."""
    parts = cores(scene.run.supply, test)
    if not any(not part.doubtful for part in parts):
        return absent("no part of the vehicle is claimed to be a core part: its description decides, not its code")
    elected = scene.elected.get("core_way")
    names = [name for name in WAYS if not elected or name == elected]
    chosen = _whatever_the_doubt(scene, test, parts, names)
    ways = [Way(name, *WAYS[name], chosen[name]) for name in names]
    best = max(ways, key=_value_of)
    return Figure(best.value, (best, *(way for way in ways if way is not best)))


def _value_of(way: Way) -> Fraction:
    return Fraction(-1) if way.value is None else way.value


def _whatever_the_doubt(scene: "Scene", test: Test, parts: list[Core], names: list[str]) -> dict[str, Fraction | None]:
    """The values of the ways with every doubtful part in or out, whichever is worse (better, where it is taken at its best).

    The producer chooses the way once it is known which parts are core parts.
    """
    sure = [part for part in parts if not part.doubtful]
    hopeful = [part for part in parts if part.doubtful and scene.answers(part.source.key) == BEST]
    fearful = [part for part in parts if part.doubtful and part not in hopeful]

    def best_of(kept: list[Core]) -> Fraction:
        values = _values(scene, test, kept)
        return max(Fraction(-1) if values[name] is None else values[name] or ZERO for name in names)

    worst = min(
        (max((sure + list(h) + list(f) for h in _subsets(hopeful)), key=best_of) for f in _subsets(fearful)),
        key=best_of,
    )
    return _values(scene, test, worst)


def _subsets(parts: list[Core]) -> list[tuple[Core, ...]]:
    """Every choice of the doubtful parts; beyond eight of them all or none, or each alone."""
    if len(parts) > MANY:
        return [(), tuple(parts), *((part,) for part in parts)]
    return [row for count in range(len(parts) + 1) for row in combinations(parts, count)]


def _values(scene: "Scene", test: Test, parts: list[Core]) -> dict[str, Fraction | None]:
    column = scene.column
    assert isinstance(column, Absorb)
    own = [(part.kind, part.units, counts_of(scene, column, part, test.threshold or ZERO)) for part in parts]
    others = _of_peers(scene, test)
    sums = [*own, *others]
    return {
        "part_all": _weakest(own, others, test, "all"),
        "part_components": _weakest(own, others, test, "listed"),
        "super_all": _average(sums, "all"),
        "super_components": _average(sums, "listed"),
    }


def _average(rows: list[Counted], what: str) -> Fraction | None:
    net = sum((units * row.net for _, units, row in rows), ZERO)
    away: Fraction = sum((units * getattr(row, what) for _, units, row in rows), ZERO)
    return 100 * (net - away) / net if net > 0 else None


def _weakest(own: list[Counted], others: list[Counted], test: Test, what: str) -> Fraction:
    """The lowest of the parts; where they are averaged, of each category of them over all vehicles if that is more (14(12))."""
    found = WHOLE
    for kind, _, row in own:
        value = _alone(row, getattr(row, what), test)
        if others:
            value = max(value, _average([one for one in (*own, *others) if one[0] == kind], what) or ZERO)
        found = min(found, value)
    return found


def _of_peers(scene: "Scene", test: Test) -> list[Counted]:
    """The core parts of the other vehicles of an averaging category, by their units against this one's (UR 14(12), 16(10))."""
    found = []
    for peer, other in scene.peers("core_parts"):
        assert isinstance(other.column, Absorb)
        share = peer.units / scene.run.units if scene.run.units else ZERO
        for part in cores(peer.supply, test):
            found.append((part.kind, share * part.units, counts_of(other, other.column, part, test.threshold or ZERO)))
    return found


def _alone(row: Sums, away: Fraction, test: Test) -> Fraction:
    """A part's own value; one that originates otherwise (as certified, by tariff change) is not what holds the vehicle back.

    Only an average must exceed: a part that just reaches by itself is not held back either.
    """
    value, least = 100 * (row.net - away) / row.net if row.net > 0 else ZERO, test.threshold or ZERO
    return WHOLE if (row.originates and value < least) or (value == least and test.operator == "more_than") else value


def counts_of(scene: "Scene", column: Absorb, part: Core, threshold: Fraction) -> Sums:
    """A part that nobody opened stands at its price; a bought one that does not originate is itself the first listed component."""
    source, child = part.source, part.child
    price = price_of(source) * column.rate(column.node_of(source))
    status = column.status.get(child.name) if child else None
    if status is None and scene.answers(source.key) == BEST and not part.own:
        status = True
    value = column.value(child, threshold) if child is not None and child.has_body else None
    if child is None or value is None or value.net <= 0:
        away = ZERO if status else price
        return Sums(price, away, away, bool(status))
    factor = source.factor
    net, away = value.net * factor, value.vnm * factor
    if part.own:
        listed = sum((row.weight * amount for row, amount in listed_components(column, child)), ZERO) * factor
    else:
        listed = ZERO if status else net
    return Sums(net, away, min(listed, net), bool(status))


def listed_components(column: Absorb, node: Node) -> Iterator[tuple[Source, Fraction]]:
    """The non-originating column-2 components of one part and what they count, per unit. An unlisted part is a wall."""
    for source in node.sources:
        child = column.child_of(source)
        said = (child.claim("listed") if child else None) or source.claims.get("listed")
        if said in {None, "none"}:
            continue
        if child is not None and column.status.get(child.name) and not column.brought_in(source, child):
            yield source, ZERO
        elif source.how == "made" and child is not None:
            yield source, column.cost_of_source(source)
        else:
            unknown = child is None and not column.brought_in(source, child)
            whole = column.non_originating_value(source)
            yield source, ZERO if unknown and column.answers(source.key) == BEST else whole


def counted_twice_by_the_core(scene: "Scene", judged: "Scene | None" = None) -> Fraction:
    """What core parts that do not originate alone put into the vehicle's VNM, where the core-parts test is met another way.

    A core part that originates by any of the four ways is originating in the vehicle too (UR 14(1); panel of 2022). ``judged`` is
    the vehicle whose average decides, where the core parts of this one are averaged with it (14(12)).
    """
    test = next((row for row in scene.run.good.tests if row.kind == "core_parts"), None)
    column = scene.column
    if test is None or not isinstance(column, Absorb) or not _originate(judged or scene, test):
        return ZERO
    found = ZERO
    for part in cores(scene.run.supply, test):
        direct = part.source.key[0] == scene.run.supply.good
        if (direct or part.own) and not part.doubtful and part.source.key in column.entries:
            found += part.units * column.entries[part.source.key].offer.vnm
    return found


def _originate(scene: "Scene", test: Test) -> bool:
    figure = core_parts(scene, test)
    if figure.absent or figure.value is None or test.threshold is None:
        return False
    return figure.value > test.threshold or (figure.value == test.threshold and test.operator != "more_than")
