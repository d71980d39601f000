"""Which parts lead to a core part, so that a vehicle need be opened no further."""

import numpy as np

from tracing.engine.hslists import digits
from tracing.engine.loops.carried import carried
from tracing.engine.passes.shape import Bools, Shape, all_of

QUIET, NONE, CORE = 0, 1, 2


def leads_to_core_parts(shape: Shape, codes: tuple[str, ...]) -> Bools:
    """Which declarations are core parts or hold one: by claim, and by these codes where nothing is claimed. bool [D]"""
    facts = shape.facts
    by_face = facts.of_faces("core", lambda face: _said((face.get("claims") or {}).get("core")))
    by_kind = facts.of_kinds("core", lambda row: _said(row["claims"].get("core")))
    has = facts.child >= 0
    of_child = np.where(has, by_face[facts.face[facts.child]], QUIET)
    core = (by_kind[facts.kind] == CORE) | (of_child == CORE)
    if codes:
        quiet = (by_kind[facts.kind] == QUIET) & (of_child == QUIET)
        own = facts.of_kinds("hs", lambda row: digits(row["hs"]))[facts.kind]
        theirs = facts.of_faces("hs", lambda face: digits(face.get("hs")))[facts.face[facts.child]]
        code = np.where(own != "", own, np.where(has, theirs, ""))
        core |= quiet & np.any([np.char.startswith(code, one) for one in codes], axis=0)
    extent = all_of(shape)
    flags, rows = np.zeros(shape.rows, dtype=np.int64), np.zeros(shape.rows, dtype=np.int64)
    flags[extent.rows] = extent.any_by_row(core)
    carried(extent.rows, shape.ptr, shape.col, flags, rows)
    found: Bools = np.where(shape.row >= 0, rows[shape.row] > 0, False)
    found[facts.child[core & has]] = True
    return found


def _said(core: str | None) -> int:
    return QUIET if core is None else NONE if core == "none" else CORE
