"""A kept preview as people read it: columns and answers in the language of the moment, what changes first."""

import datetime as dt
from typing import Any

from suppliers import days, numbers
from suppliers.workbooks.columns import SHEETS, STATES, Column
from suppliers.workbooks.told import NUMERIC

FIRST = 200  # answers shown; the rest is counted
ORDER = {"changed": 0, "new": 1, "declined": 2, "later": 3}


def reviewed(kept: dict[str, Any]) -> dict[str, Any]:
    """``counts``, ``rows`` with each change as place, old and new, ``left`` out, ``writes``: whether applying saves anything."""
    columns = {(sheet, column.key): column for sheet, some in SHEETS.items() for column in some}
    rows = sorted(kept["answers"], key=lambda row: ORDER[row["kind"]])
    states = dict(STATES)
    told = [
        row | {"state": states.get(row["state"], ""), "changes": [_change(columns, *one) for one in row["changes"]]}
        for row in rows[:FIRST]
    ]
    drafts = kept["counts"]["new"] + kept["counts"]["changed"]
    return {"counts": kept["counts"], "rows": told, "left": max(0, len(rows) - FIRST), "writes": len(rows), "drafts": drafts,
            "replies": kept["counts"]["declined"] + kept["counts"]["later"],
            "hidden": sum(kept["hidden"].values())}  # fmt: skip


def _change(
    columns: dict[tuple[str, str], Column], sheet: str, row: str, key: str, old: str, new: str
) -> dict[str, str]:
    column = columns[sheet, key]
    return {"row": row, "column": str(column.label), "old": _said(column, old), "new": _said(column, new)}


def _said(column: Column, text: str) -> str:
    if not text:
        return ""
    if column.kind == "day":
        return days.day(dt.date.fromisoformat(text))
    if column.kind in NUMERIC:
        return numbers.local(text)
    labels = {key: str(label) for key, label in column.choices}
    return "; ".join(labels.get(one, one) for one in text.split("; "))
