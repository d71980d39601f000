"""Tables that leave the portal as a file: CSV for any program, XLSX for the one that most people open."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA = {"=", "+", "-", "@", "\t", "\r"}
WIDTHS = (8, 48)
A_PIECE = 100
Line = Sequence[Any]


def kind_of(asked: str | None) -> str | None:
    """The kind of file that an address asks for by ``?format=``, or None: the page itself."""
    return asked if asked in KINDS else None


def table(
    name: str, head: Sequence[str], lines: Iterable[Line], *, kind: str = "csv", stream: bool = False
) -> HttpResponseBase:
    """A table as a file to be downloaded. ``kind`` is csv or xlsx; ``name`` is the file's, without its ending.

    In a CSV all is text, made plain; in an XLSX numbers and days stay what they are. An unknown kind raises KeyError.
    ``stream``: a CSV leaves as it is made, its head before the first line is asked for; a workbook is whole or it is none.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    if stream and kind == "csv":
        return StreamingHttpResponse(_pieces(head, lines), content_type=KINDS[kind], headers=headers)
    content = {"csv": _csv, "xlsx": _xlsx}[kind](name, head, lines)
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)


def _csv(_name: str, head: Sequence[str], lines: Iterable[Line]) -> str:
    return "".join(_pieces(head, lines))


def _pieces(head: Sequence[str], lines: Iterable[Line]) -> Iterator[str]:
    """A CSV in pieces: the head, then some lines at a time."""
    rest = iter(lines)
    some: list[Line] = [head]
    while some:
        out = io.StringIO(newline="")
        csv.writer(out).writerows([plain(value) for value in line] for line in some)
        yield out.getvalue()
        some = list(islice(rest, A_PIECE))


def plain(value: Any) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in FORMULA else text


def _xlsx(name: str, head: Sequence[str], lines: Iterable[Line]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=name[:31])
    rows = [[_cell(value) for value in line] for line in lines]
    for at, title in enumerate(head):
        widest = max([len(title), *(len(str(row[at])) for row in rows if row[at] is not None)])
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(max(widest + 2, WIDTHS[0]), WIDTHS[1])
    # Set before the first row: afterwards a write-only sheet no longer takes them.
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, title) for title in head])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bold(sheet: Any, title: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=plain(title))
    cell.font = Font(bold=True)
    return cell


def _cell(value: Any) -> Any:
    """What a cell of a workbook holds: numbers and days as such; a moment without its zone, which is always UTC."""
    if isinstance(value, bool) or value is None:
        return None if value is None else str(value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, int | float | Decimal | dt.date) else plain(value)
