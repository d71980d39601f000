"""Every answer that counts with what the checks find in it, remembered until anything changes."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from compliance.plausibility.checks import Finding, found
from compliance.plausibility.known import Known, known_of
from tracing.moments import moment
from tracing.remembered import Remembered

FEW = 50
Checked = list[tuple[Known, list[Finding]]]
_checked = Remembered(8)


def checked(companies: Iterable[UUID], *, on: dt.date, keys: Iterable[UUID] | None = None) -> Checked:
    """``known_of`` with ``found`` for each. A few named answers are read by themselves; many are taken from all that count."""
    buyers, keys = sorted(companies), None if keys is None else set(keys)
    if keys is not None and len(keys) <= FEW:
        return _read(buyers, on, keys) if keys else []
    every: Checked = _checked.of((*buyers, on, moment(buyers)), lambda: _read(buyers, on, None))
    return every if keys is None else [row for row in every if row[0].face.key in keys]


def _read(buyers: list[UUID], on: dt.date, keys: set[UUID] | None) -> Checked:
    return [(row, found(row)) for row in known_of(buyers, on=on, keys=keys)]
