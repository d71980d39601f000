"""Which lines of a good's own list of parts are open under one law: they count otherwise at worst than at best."""

from collections.abc import Iterable
from typing import Any

from tracing.engine.methods.column import BEST, WORST, Column
from tracing.engine.result import TestResult
from tracing.engine.runs import CONTENT_KINDS, Run, units_below
from tracing.engine.supply import Supply

BELOW = "below"
Open = list[tuple[int, int, str]]


def moved(tests: Iterable[TestResult]) -> set[str]:
    """The kinds of those tests whose figure hangs on an answer."""
    return {row.test.kind for row in tests if not row.absent and row.worst != row.best}


def open_lines(run: Run, tests: Iterable[TestResult]) -> Open:
    """Line, source and reason: the good's own answer that is missing, or BELOW where it is missing deeper. Empty where no test
    hangs on an answer."""
    kinds = moved(tests)
    found: Open = []
    if run.counts and kinds - CONTENT_KINDS:
        found += of_columns(run.supply, run.columns)
    if kinds and (not run.counts or kinds & CONTENT_KINDS):
        found += _of_content(run)
    return joined(found)


def joined(found: Open) -> Open:
    """Each line once, by its own missing answer where it has one."""
    rows: dict[tuple[int, int], str] = {}
    for line, source, why in found:
        rows[line, source] = why if rows.get((line, source), BELOW) == BELOW else rows[line, source]
    return [(*key, why) for key, why in sorted(rows.items())]


def of_columns(supply: Supply, columns: dict[str, Column]) -> Open:
    """The open lines of a method, from its columns at worst and at best. What the maker itself did not say of an own import is
    nobody's answer."""
    worst, best = columns[WORST], columns[BEST]
    return [
        (source.key[1], source.key[2], worst.missing.get(source.key, BELOW))
        for source in supply.top.sources
        if source.weight
        and _taken(worst, source) != _taken(best, source)
        and (source.child or source.key in worst.missing)
    ]


def _taken(column: Column, source: Any) -> Any:
    return column.taken(source).amount  # type: ignore[attr-defined]


def _of_content(run: Run) -> Open:
    opened, found = units_below(run.supply, run.content.opens), list[tuple[int, int, str]]()
    for key in run.of_key:
        if key[0] == run.supply.good:
            found.append((key[1], key[2], run.content.missing[key]))
        else:
            found += [(via[1], via[2], BELOW) for via, units in opened[key[0]].items() if units]
    return found
