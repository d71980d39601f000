"""Rows → engine shapes. ``dossiers``: the supply of single vehicles; ``fleets``, ``splices``, ``files``: of all, as arrays."""

from tracing.snapshots.dossiers import Snapshot, one_moment, take

__all__ = ["Snapshot", "one_moment", "take"]
