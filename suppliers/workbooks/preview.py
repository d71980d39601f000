"""What a file would change, as plain data: kept with the upload, shown before anything is saved, compared before it is applied."""

from collections import Counter
from typing import Any

from suppliers.models import Request
from suppliers.workbooks.answers import Reading
from suppliers.workbooks.carried import Answer
from suppliers.workbooks.columns import DECLARE, KEEP, LATER
from suppliers.workbooks.known import base
from suppliers.workbooks.told import differences, flat, told

MOST = 200  # changes told of one answer
KINDS = ("new", "changed", "unchanged", "declined", "later", "kept")


def kind_of(answer: Answer, reading: Reading) -> tuple[str, list[tuple[str, str, str, str, str]]]:
    """ "new", "changed", "unchanged", "declined", "later", "kept" or "" (nothing said), and what differs."""
    if answer.state == DECLARE:
        if answer.before is None:
            return "new", []
        changes = differences(flat(answer.before), flat(told(answer.facts, reading.known.buyers_by_text)))
        return ("changed", changes) if changes else ("unchanged", [])
    if answer.state in {"", KEEP}:
        return "kept" if answer.state else "", []
    asked = reading.asked.get(answer.key[0], [])
    if answer.state == LATER:
        return "unchanged" if all(_is_postponed(row, answer) for row in asked) else "later", []
    return "declined" if asked else "unchanged", []  # nobody asks any more: it was said before


def _is_postponed(request: Request, answer: Answer) -> bool:
    said = [(row.until, row.why) for row in request.postponements.all()]
    return bool(said) and said[-1] == (answer.said["until"], answer.said["why"])


def preview(reading: Reading) -> dict[str, Any]:
    """``counts`` by kind; ``answers``: those that would be written, each with the version it was compared with."""
    rows = []
    counts: Counter[str] = Counter()
    for answer in reading.answers.values():
        kind, changes = kind_of(answer, reading)
        counts[kind] += 1
        if kind in {"", "unchanged", "kept"}:
            continue
        rows.append(_row(answer, kind, changes))
    veiled = {table.sheet.name: len(table.sheet.hidden & set(table.rows)) for table in reading.layout.tables.values()}
    return {"counts": {kind: counts[kind] for kind in KINDS}, "answers": rows,
            "hidden": {name: count for name, count in veiled.items() if count}}  # fmt: skip


def _row(answer: Answer, kind: str, changes: list[tuple[str, str, str, str, str]]) -> dict[str, Any]:
    last = answer.last
    by = (last.changed_by or last.drafted_by) if last else None
    made_from = answer.said.get("base", "")
    return {
        "number": answer.number, "row": answer.row + 1, "kind": kind, "state": answer.state, "inputs": len(answer.inputs),
        "base": base(last), "signed": bool(last and last.is_signed), "changes": [list(one) for one in changes[:MOST]],
        "more": max(0, len(changes) - MOST),
        "newer": by.user.display_name if by and made_from and made_from != base(last) else "",
    }  # fmt: skip
