"""What a file of answers holds before anybody asks what it means: sheets, rows and cells, and why a file is refused."""

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext as _

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000, 200, 1_500_000
TEXT, NUMBER, PERCENT, DATE, YES_NO, ERROR, FORMULA = "text number percent date yes_no error formula".split()


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
    """A sheet's filled cells by row and column, both counted from 0."""

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)


def plain(value: float) -> str:
    """The shortest decimal that is this float, without an exponent: 870829.0 is 870829, 0.1 is 0.1."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    from decimal import Decimal

    return format(Decimal(text), "f")


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
    from suppliers.workbooks import xlsx

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
    return xlsx.sheets(file) if ending == ".xlsx" else _tables(file.read())


def _tables(data: bytes) -> list[Sheet]:
    """The tables of a CSV: each begins with a version cell; they are split by the reader of rows."""
    text = _decoded(data)
    if "\0" in text:
        raise NotAWorkbook(_("It holds bytes that are no text: save it as “CSV UTF-8”."))
    sheet = Sheet("CSV")
    try:
        for index, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)):
            filled = {column: Cell(TEXT, value) for column, value in enumerate(row) if value.strip()}
            if filled:
                _within(index, max(filled))
                sheet.rows[index] = filled
    except csv.Error as wrong:
        raise NotAWorkbook(_("It is no table: a quotation mark is not closed, or a field is too long.")) from wrong
    return [sheet]


def _within(row: int, column: int) -> None:
    if row >= MOST_ROWS + 10 or column >= MOST_COLUMNS:
        raise NotAWorkbook(
            _("Cell %(cell)s lies outside: at most %(rows)s rows and %(columns)s columns are read.")
            % {"cell": name_of(row, column), "rows": MOST_ROWS, "columns": MOST_COLUMNS}
        )


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            break
    else:
        encoding = "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        raise NotAWorkbook(
            _("Its letters are not written in UTF-8, so accents would be guessed: save it as “CSV UTF-8”.")
        ) from wrong


def _separator(text: str) -> str:
    """The mark between the first two column keys, which hold no such mark themselves; without one nothing is split."""
    lines = text.split("\n", 12)
    for line in lines[:12]:
        key = line.lstrip('"').split("part", 1)
        if len(key) == 2 and not key[0]:
            mark = key[1].lstrip('"')[:1]
            if mark in {",", ";", "\t"}:
                return mark
    return ","
