"""The same file back with what is wrong in it: a column of errors, and every wrong cell of an .xlsx in colour."""

import csv
import io
import logging
from collections import defaultdict
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils.cell import coordinate_from_string

from suppliers.workbooks.columns import ERRORS
from suppliers.workbooks.commas import decoded, escaped, separator
from suppliers.workbooks.complaints import Complaint
from suppliers.workbooks.layout import DEEP

log = logging.getLogger("traceline.uploads")

RED = PatternFill("solid", start_color="FFF6C9C4")
WIDE = 70


def marked(stream: BinaryIO, name: str, complaints: list[Complaint]) -> bytes:
    """``stream``: a file that was read before, so its sizes are known to be fair."""
    by_row: dict[tuple[str, int], list[Complaint]] = defaultdict(list)
    for one in complaints:
        by_row[one.sheet, coordinate_from_string(one.cell)[1] if one.cell else 1].append(one)
    return _commas(stream.read(), by_row) if name.lower().endswith(".csv") else _workbook(stream, by_row)


def _said(some: list[Complaint]) -> str:
    return "\n".join(f"{one.cell}: {one.reason} {one.cure}" for one in some)


def _workbook(stream: BinaryIO, by_row: dict[tuple[str, int], list[Complaint]]) -> bytes:
    try:
        return _coloured(stream, by_row)
    except Exception:  # what reads the answers takes files that what writes them does not
        log.exception("a workbook could not be marked: its errors are listed")
        return _listed(by_row)


def _listed(by_row: dict[tuple[str, int], list[Complaint]]) -> bytes:
    """Where the file itself cannot be written anew: its errors, each with its sheet and cell."""
    book = Workbook()
    page = book.active
    for at, some in enumerate(by_row.values(), start=1):
        for column, text in enumerate((some[0].sheet, _said(some)[:32_000]), start=1):
            cell = page.cell(at, column)
            cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text), "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _coloured(stream: BinaryIO, by_row: dict[tuple[str, int], list[Complaint]]) -> bytes:
    book = load_workbook(stream)
    for page in book.worksheets:
        mine = {row: some for (sheet, row), some in by_row.items() if sheet == page.title}
        at = _column(page)
        _cleaned(page, at)
        if mine:
            _marked(page, at, mine)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _column(page: Any) -> int:
    """Where the errors stand, or will: the column that a marked copy already has, else the first free one."""
    for row in page.iter_rows(max_row=min(page.max_row, DEEP)):
        for cell in row:
            if cell.value == ERRORS:
                return cell.column
    return max((cell.column for cell in page._cells.values() if cell.value is not None), default=0) + 1


def _cleaned(page: Any, at: int) -> None:
    """What an earlier copy marked and somebody has mended since. Only cells that are there are looked at: one far out would
    make millions between."""
    for cell in list(page._cells.values()):
        if cell.fill.start_color.rgb == RED.start_color.rgb and cell.fill.fill_type == "solid":
            cell.fill = PatternFill()
        if cell.column == at and not isinstance(cell, MergedCell):
            cell.value = None


def _marked(page: Any, at: int, mine: dict[int, list[Complaint]]) -> None:
    page.cell(_heading(page), at).value = ERRORS
    for row, some in mine.items():
        cell = page.cell(row, at)
        cell.value, cell.data_type = _said(some)[:32_000], "s"  # text, whatever it begins with
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for one in some:
            if one.cell:
                page[one.cell].fill = RED
    page.column_dimensions[cell.column_letter].width = WIDE
    if _heading(page) + 1 not in mine:
        page.cell(_heading(page) + 1, at).value = _("What is wrong")


def _heading(page: Any) -> int:
    """The row of keys, else of headings: the first that says a good deal."""
    for row in page.iter_rows(max_row=min(page.max_row, DEEP)):
        if sum(1 for cell in row if cell.value not in (None, "", ERRORS)) >= 3:
            return row[0].row
    return 1


def _filled(row: list[str]) -> int:
    """How far a row is filled: a million marks after it are no columns."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _commas(data: bytes, by_row: dict[tuple[str, int], list[Complaint]]) -> bytes:
    text = decoded(data)
    mark = separator(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    place = next((row.index(ERRORS) for row in rows if ERRORS in row), max(map(_filled, rows)))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, lineterminator="\r\n")
    for index, row in enumerate(rows):
        row = row[:place] + [""] * (place - len(row))
        is_keys = "part" in row and "mark" in row
        said = ERRORS if is_keys else _said(by_row.get(("CSV", index + 1), []))
        writer.writerow([*row, escaped(said)] if said else row)
    return out.getvalue().encode("utf-8-sig")
