"""A plain value as a cell shows it in the language of the moment: what reading it back makes the same value of."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from suppliers.workbooks.cells import TEXT, Cell
from suppliers.workbooks.columns import EXAMPLE, Column
from suppliers.workbooks.layout import example_part
from suppliers.workbooks.told import Row
from suppliers.workbooks.values import value as read

PERCENTS = {"percent", "portion", "share"}
FIGURES = {"amount", "quantity", "rate"}
SMALL = Decimal(1)  # at most 1 %: written with its sign, since 0.6 alone may mean 60 %


def shown(column: Column, value: Any) -> str | Decimal | dt.date | None:
    """Text, an exact figure, a day or None. A percentage of at most 1 comes as text with its sign."""
    if value in (None, "", []):
        return None
    if isinstance(value, bool):
        value = "true" if value else "false"
    if column.kind == "day":
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    if column.kind in FIGURES:
        return Decimal(str(value))
    if column.kind in PERCENTS and "/" not in str(value):
        figure = Decimal(str(value)) * (100 if column.kind == "portion" else 1)
        return f"{_plain(figure)} %" if 0 < figure <= SMALL else figure
    return words(column, value)


def words(column: Column, value: Any) -> str:
    labels = {key: str(label) for key, label in column.choices}
    if isinstance(value, list):
        return "; ".join(labels.get(one, str(one)) for one in value)
    return labels.get(value, str(value))


def text(column: Column, value: Any, *, comma: bool) -> str:
    """For a .csv: figures without groups, with the mark that the file declares."""
    found = shown(column, value)
    if found is None:
        return ""
    if isinstance(found, dt.date):
        return found.isoformat()
    said = _plain(found) if isinstance(found, Decimal) else found
    is_figure = isinstance(found, Decimal) or column.kind in PERCENTS
    return said.replace(".", ",") if comma and is_figure else said


def _plain(figure: Decimal) -> str:
    text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def example(columns: list[Column]) -> Row:
    """The row that shows how a sheet is filled in, as plain values."""
    found: Row = {"mark": EXAMPLE}
    for column in columns:
        if column.kind == "identity":
            found[column.key] = example_part(column.example)
        elif column.example:
            found[column.key] = read(Cell(TEXT, column.example), column, "point")
    return found


def used(columns: list[Column], rows: list[Row]) -> set[str]:
    """The keys of columns in which some row says something."""
    return set(_said(columns, rows))


def _said(columns: list[Column], rows: list[Row]) -> Iterator[str]:
    for column in columns:
        if any(row.get(column.key) not in (None, "", [], False) for row in rows):
            yield column.key
