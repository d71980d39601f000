"""A fleet's facts brought up to date: what these parts changed is read anew and spliced in, the rest is only copied."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from django.utils import timezone

from tracing import moments
from tracing.engine.facts import NOT_SAID, FleetFacts
from tracing.snapshots import bodies, fleets
from tracing.snapshots.answers import Answers, answers_of, once
from tracing.snapshots.bodies import Declared, Sources
from tracing.snapshots.columns import Names, speech
from tracing.snapshots.dossiers import one_moment, published
from tracing.snapshots.fleets import FleetRows
from tracing.snapshots.keys import KEY, Index, Ints, Keys, keys_of
from tracing.snapshots.spoken import FACE
from tracing.snapshots.tables import Reader
from tracing.snapshots.wordings import Filled

BY_SOURCE = ("kind", "asker", "child", "line", "nth", "qty", "share", "factor", "price")


def patched(rows: FleetRows, parts: Iterable[UUID], on: dt.date) -> tuple[FleetRows, Ints]:
    """The fleet after what changed at these parts, and the nodes that changed.

    Read anew are the parts' own declarations and those that hold them. A name keeps its node, new ones are appended; a node
    that nobody answers for any more keeps its place without body and sources, and nobody points to it. Where a holder turns
    out to be answered by what ``rows`` have not seen, the parts of that are taken too. Wordings that fell out of use stay.
    """
    watch, moment = fleets.Watch(), timezone.now()
    wanted = once(keys_of(parts))
    with one_moment():
        spoken_to = speech()
        spoken_to.settle()
        reader = Reader(spoken_to, on, watch)
        while True:
            change = _change(reader, rows, wanted)
            if not len(change.unseen):
                break
            wanted = once(np.concatenate([wanted, change.unseen]))
        rates, vehicles, standing = published(on), fleets.vehicles_of(), moments.facts(on)
    with watch("splice"):
        facts, refused, changed = _spliced(rows, change)
        declarations, own = _grown(rows.declarations, change.size), _grown(rows.parts, change.size)
        declarations[change.gone] = np.zeros(1, KEY)
        declarations[change.nodes], own[change.nodes] = (
            change.answers.columns[name] for name in ("declaration", "part")
        )
        facts = replace(facts, on=on)
        found = fleets.settled(facts, declarations, own, refused, rates, vehicles)
    return replace(found, standing=standing, at=moment, seconds=watch.seconds), changed


@dataclass(frozen=True)
class _Change:
    """What was read anew. ``answers`` of the changed parts stand at ``nodes``, what ``declared`` and ``sources`` say of them.

    The askers of ``sources`` are ``nodes`` and then ``holders``; ``child`` [answers of sources] are nodes. ``gone`` are nodes
    of the parts that nobody answers for now; ``unseen`` parts of answers that no node stands for; ``size`` how many nodes.
    """

    answers: Answers
    declared: Declared
    sources: Sources
    nodes: Ints
    holders: Ints
    gone: Ints
    child: Ints
    unseen: Keys
    size: int


def _change(reader: Reader, rows: FleetRows, wanted: Keys) -> _Change:
    own = Index(wanted).find(rows.parts) >= 0
    answers = answers_of(reader, wanted)
    held = Index(once(np.concatenate(reader.holders(wanted)))).find(rows.declarations)
    holders = np.flatnonzero((held >= 0) & rows.answered & ~own)
    old = np.flatnonzero(own)
    place = {rows.facts.names[node]: node for node in old.tolist()}
    names = list(answers.names())
    new = {name: len(rows.parts) + nth for nth, name in enumerate(name for name in names if name not in place)}
    nodes = np.array([(place | new)[name] for name in names], dtype=np.int64)
    declared = bodies.declared(reader, answers, answers.columns["declaration"])
    scope = np.concatenate([answers.columns["declaration"], rows.declarations[holders]])
    sources = bodies.sources(
        reader, lambda parts: answers_of(reader, once(np.concatenate([parts, wanted]))), Index(scope), scope
    )
    child, unseen = _known(rows, sources.answers, own, nodes, answers)
    return _Change(
        answers, declared, sources, nodes, holders, np.setdiff1d(old, nodes), child, unseen, len(rows.parts) + len(new)
    )


def _known(rows: FleetRows, found: Answers, own: np.ndarray, nodes: Ints, answers: Answers) -> tuple[Ints, Keys]:
    """The node of each answer that was found, and the parts of those that have none."""
    child = np.full(len(found) + 1, -1, dtype=np.int64)
    seen = np.where(rows.answered & ~own, found.index.find(rows.declarations), -1)
    child[seen] = np.arange(len(seen))
    child[found.index.find(answers.columns["declaration"])] = nodes
    child = child[:-1]
    return child, once(found.columns["part"][child < 0])


def _spliced(rows: FleetRows, change: _Change) -> tuple[FleetFacts, dict[int, str], Ints]:
    facts, declared, sources = rows.facts, change.declared, change.sources
    faces, number = facts.faces.joined(declared.faces)
    face = _grown(facts.face, change.size)
    face[change.nodes] = number[declared.face]
    if len(change.gone):
        faces, nothing = faces.joined(Filled.silent(FACE))
        face[change.gone] = nothing[0]
    body = _grown(facts.body, change.size)
    body[change.gone], body[change.nodes] = False, declared.body | sources.lined[: len(change.nodes)]
    amounts = {}
    for name, column in facts.amounts.items():
        amounts[name] = _grown(column, change.size)
        amounts[name][change.gone], amounts[name][change.nodes] = NOT_SAID, declared.amounts[name]
    kinds, number = facts.kinds.joined(sources.kinds)
    fresh, order = _fresh(change, number)
    afresh = np.zeros(change.size, bool)
    afresh[np.concatenate([change.nodes, change.holders, change.gone])] = True
    stale = afresh[facts.asker]
    kept = np.flatnonzero(~stale)
    at = np.searchsorted(facts.asker[kept], fresh["asker"])
    merged = np.insert(kept, at, len(stale) + np.arange(len(order)))
    columns = {name: np.concatenate([getattr(facts, name), fresh[name]])[merged] for name in BY_SOURCE}
    found = replace(facts, names=_names(facts.names, change), faces=faces, face=face, body=body, amounts=amounts,
                    kinds=kinds, **columns)  # fmt: skip
    refused = {node: why for node, why in rows.refused.items() if not afresh[node]}
    refused |= {int(change.nodes[nth]): why for nth, why in declared.refused.items()}
    askers = np.concatenate([change.nodes, change.holders])
    refused |= {int(askers[nth]): why for nth, why in sources.refused(sources.rows["asker"]).items()}
    moved = _moved(facts, fresh, np.flatnonzero(stale), change.holders)
    return found, refused, np.sort(np.concatenate([change.nodes, change.gone, moved]))


def _fresh(change: _Change, kind: Ints) -> tuple[dict[str, np.ndarray], Ints]:
    """The sources that were read, their askers, children and kinds those of the fleet, in the order of the askers."""
    rows = change.sources.rows
    asker = np.concatenate([change.nodes, change.holders])[rows["asker"]]
    order = np.argsort(asker, kind="stable")
    child = np.append(change.child, -1)[rows["child"]]
    found = rows | {
        "asker": asker.astype(np.int32),
        "child": child.astype(np.int32),
        "kind": kind[rows["kind"]].astype(np.int32),
    }
    return {name: found[name][order] for name in BY_SOURCE}, order


def _moved(facts: FleetFacts, fresh: dict[str, np.ndarray], stale: Ints, holders: Ints) -> Ints:
    """Which holders are answered otherwise than before."""
    old = stale[np.isin(facts.asker[stale], holders)]
    new = np.flatnonzero(np.isin(fresh["asker"], holders))
    sizes = [np.searchsorted(rows, holders, "right") - np.searchsorted(rows, holders)
             for rows in (facts.asker[old], fresh["asker"][new])]  # fmt: skip
    even = sizes[0] == sizes[1]
    old = old[np.isin(facts.asker[old], holders[even])]
    new = new[np.isin(fresh["asker"][new], holders[even])]
    differs = np.zeros(len(old), bool)
    for name in BY_SOURCE:
        unlike = getattr(facts, name)[old] != fresh[name][new]
        differs |= unlike.any(axis=1) if unlike.ndim > 1 else unlike
    return np.union1d(holders[~even], facts.asker[old[differs]])


def _names(names: Names, change: _Change) -> Names:
    """New names behind the old."""
    new = np.flatnonzero(change.nodes >= len(names))
    added = change.answers.names()
    codes = {code: nth for nth, code in enumerate(names.codes)}
    place = np.array([codes.setdefault(code, len(codes)) for code in added.codes] + [-1], dtype=np.int32)
    return Names(
        list(codes), np.concatenate([names.maker, place[added.maker[new]]]),
        np.concatenate([names.plant, place[added.plant[new]]]), names.numbers.and_(added.numbers.take(new)),
    )  # fmt: skip


def _grown(column: np.ndarray, size: int) -> np.ndarray:
    grown = np.zeros(size, column.dtype)
    grown[: len(column)] = column
    return grown
