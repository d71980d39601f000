"""From the arrays back to one good's supply, exact: for the run that decides what lies too near, and for what closes a vehicle."""

from collections.abc import Callable

from tracing.engine.facts import FleetFacts, Ints
from tracing.engine.order import children_first
from tracing.engine.passes.stage import node_of, price_said, source_of
from tracing.engine.supply import Node, Source, Supply


def supply_from(facts: FleetFacts, starts: Ints, good: int) -> Supply:
    """The whole supply of the good with this number, as ``supply_of`` reads it from a dossier. Raises SupplyLoop."""
    names = facts.names
    below: dict[str, list[str]] = {}
    number = {names[good]: good}
    waiting = [good]
    while waiting:
        nth = waiting.pop()
        inside = [int(child) for child in facts.child[starts[nth] : starts[nth + 1]] if child >= 0]
        below[names[nth]] = [names[child] for child in inside]
        for child in inside:
            if names[child] not in number:
                number[names[child]] = child
                waiting.append(child)
    order = children_first(names[good], below)
    nodes = {name: node_from(facts, starts, number[name]) for name in order}
    return Supply(facts.dossier, names[good], nodes, tuple(order))


def opened(
    facts: FleetFacts, starts: Ints, good: int, opens: Callable[[int], bool], stub: Callable[[int], Node]
) -> tuple[Supply, dict[str, int]]:
    """The supply of a good down to where it need not be opened, and the numbers of the parts that stay shut.

    What the good's maker makes itself is always opened; of the rest what ``opens`` says. Children first, the good last.
    """
    names, number = facts.names, {facts.names[good]: good}
    below: dict[str, list[str]] = {}
    waiting = [good]
    while waiting:
        nth = waiting.pop()
        below[names[nth]] = []
        for at in range(int(starts[nth]), int(starts[nth + 1])):
            child = int(facts.child[at])
            if child < 0:
                continue
            below[names[nth]].append(names[child])
            number[names[child]] = child
            if names[child] not in below and (opens(child) or facts.kinds[facts.kind[at]]["how"] == "made"):
                waiting.append(child)
    shut = {name: nth for name, nth in number.items() if name not in below}
    order = children_first(names[good], below | {name: [] for name in shut})
    nodes = {name: stub(number[name]) if name in shut else node_from(facts, starts, number[name]) for name in order}
    return Supply(facts.dossier, names[good], nodes, tuple(order)), shut


def node_from(facts: FleetFacts, starts: Ints, nth: int) -> Node:
    """One declaration with its sources."""
    plain = node_of(facts, nth)
    within = range(int(starts[nth]), int(starts[nth + 1]))
    return Node(plain.name, plain.facts, tuple(source_from(facts, at, plain.name) for at in within))


def source_from(facts: FleetFacts, at: int, asker: str) -> Source:
    """One source, exact."""
    child = int(facts.child[at])
    return source_of(facts, at, asker, facts.names[child] if child >= 0 else None, price=price_said(facts, at))
