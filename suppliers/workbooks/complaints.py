"""What is wrong in a file of answers: each complaint at its cell, with the reason and the cure, and grouped for people."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

FIGURES = re.compile(r"\d[\d.,]*")
MOST = 20_000  # kept of one file; more tell nothing new


class Complaint(NamedTuple):
    """``cell`` is "B7", or "" where a whole sheet is meant."""

    sheet: str
    cell: str
    value: str
    reason: str
    cure: str


def grouped(rows: Iterable[Iterable[str]]) -> list[dict[str, Any]]:
    """The same reason and cure in one sheet once, with its cells; the largest group first."""
    groups: dict[tuple[str, str, str], list[Complaint]] = defaultdict(list)
    for row in rows:
        told = Complaint(*row)
        groups[told.sheet, _without(told.reason, told.value), _without(told.cure, told.value)].append(told)
    found = [
        {"sheet": some[0].sheet, "reason": some[0].reason, "cure": some[0].cure, "rows": some, "count": len(some)}
        for some in groups.values()
    ]
    return sorted(found, key=lambda group: -group["count"])


def _without(text: str, value: str) -> str:
    """The sentence without what it quotes, so that five hundred different typing errors of one kind are one group."""
    return FIGURES.sub("…", text.replace(value, "…") if value else text)
