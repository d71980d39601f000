"""What a file of answers holds before anybody asks what it means: sheets, rows and cells, and why a file is refused."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext as _

SPARE = 10  # rows of headings and hints
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 10_000, 200, 1_000_000
TEXT, NUMBER, PERCENT, DATE, YES_NO, ERROR, FORMULA = [
    "text",
    "number",
    "percent",
    "date",
    "yes_no",
    "error",
    "formula",
]


class NotAWorkbook(ValueError):
    """It is no file of answers: the text says why, and what to do instead."""


class Cell(NamedTuple):
    """One filled cell: what kind of thing it is, and the thing (text, float, date or moment, bool)."""

    kind: str
    value: Any

    def __str__(self) -> str:
        if self.kind == NUMBER:
            return plain(self.value)
        if self.kind == PERCENT:
            return f"{plain(round(self.value * 100, 10))} %"
        if self.kind == DATE:
            return self.value.isoformat(sep=" ") if isinstance(self.value, dt.datetime) else self.value.isoformat()
        if self.kind == YES_NO:
            return "TRUE" if self.value else "FALSE"
        return str(self.value)


@dataclass
class Sheet:
    """A sheet's filled cells by row and column, both counted from 0. ``merged``: first and last row and column of each
    merged block; ``hidden``: rows that a reader of the sheet does not see; ``veiled``: nor the sheet itself."""

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    veiled: bool = False


def plain(value: float) -> str:
    """The decimal that a spreadsheet shows of this number, exactly: at most 15 digits count, so the noise of binary
    fractions (0.1 + 0.2) is gone, and nothing else is. 870829.0 is 870829; never an exponent."""
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def letters(column: int) -> str:
    """0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def name_of(row: int, column: int) -> str:
    """The cell as people call it: B7."""
    return f"{letters(column)}{row + 1}"


def sheets(file: BinaryIO, name: str) -> list[Sheet]:
    """The sheets of an .xlsx or the tables of a .csv, by content and ending alike. Raises NotAWorkbook."""
    from suppliers.workbooks import commas, xlsx

    ending = PurePath(name).suffix.lower()
    if ending in {".xlsm", ".xltm", ".xlsb", ".xlam"}:
        raise NotAWorkbook(_("A workbook with macros is not opened: save it as .xlsx without macros."))
    if ending not in {".xlsx", ".csv"}:
        raise NotAWorkbook(_("Only .xlsx and .csv are read: save it as one of them."))
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotAWorkbook(_("It is protected by a password, or an old .xls: save it as .xlsx without a password."))
    if head.startswith(b"PK") != (ending == ".xlsx"):
        raise NotAWorkbook(_("What is in it does not fit its ending %(ending)s: save it anew.") % {"ending": ending})
    return xlsx.sheets(file) if ending == ".xlsx" else commas.sheets(file.read())


def within(row: int, column: int) -> None:
    if not 0 <= row < MOST_ROWS + SPARE or column >= MOST_COLUMNS:
        raise NotAWorkbook(
            _(
                "Cell %(cell)s lies outside: at most %(rows)s rows and %(columns)s columns of a sheet are read. Split the file."
            )
            % {"cell": name_of(row, column), "rows": MOST_ROWS, "columns": MOST_COLUMNS}
        )
