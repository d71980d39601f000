"""Which rows must be asked and weighed anew after some declarations changed; what only lies above them is added up again."""

import numpy as np

from tracing.engine.facts import Ints
from tracing.engine.passes.costs import is_made
from tracing.engine.passes.shape import Shape, ranges


def touched(shape: Shape, changed: Ints) -> Ints:
    """The positions of what changed and of what its maker makes of it (their costs move), of whoever holds one of these, and of
    what the changed ones hold (its lowest price may move). ``changed`` are numbers of declarations."""
    facts = shape.facts
    moved = _made_of(shape, shape.row[changed][shape.row[changed] >= 0].astype(np.int64))
    asked = facts.child[ranges(shape.starts[changed], shape.starts[changed + 1])]
    buyers = facts.asker[np.isin(facts.child, changed)]
    near = shape.row[np.concatenate([buyers, asked[asked >= 0]])]
    return np.unique(np.concatenate([moved, _holders(shape, moved), near[near >= 0]])).astype(np.int64)


def _made_of(shape: Shape, rows: Ints) -> Ints:
    """These rows and those whose maker makes one of them itself, at whatever depth."""
    made = shape.facts.of_kinds("made", is_made)
    while made.any():
        holders = _holders(shape, rows)
        slots = ranges(shape.ptr[holders], shape.ptr[holders + 1])
        makes = made[shape.facts.kind[shape.slot[slots]]] & np.isin(shape.col[slots], rows)
        holder = np.repeat(holders, shape.ptr[holders + 1] - shape.ptr[holders])
        more = np.union1d(rows, holder[makes])
        if len(more) == len(rows):
            break
        rows = more
    return rows


def _holders(shape: Shape, rows: Ints) -> Ints:
    """The rows that hold one of these."""
    above = shape.fleet.above
    found = above.col[ranges(above.ptr[rows].astype(np.int64), above.ptr[rows + 1].astype(np.int64))]
    return np.unique(found).astype(np.int64)
