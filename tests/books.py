"""Workbooks for tests: taken from the portal, filled in by a program, handed in."""

import io

from django.utils import translation
from openpyxl import load_workbook

from suppliers.actions import uploads
from suppliers.models import Sourcing
from suppliers.workbooks import made, writing
from suppliers.workbooks.columns import SHEETS
from tests import make

FIRST_ROW = 5  # of answers, counted as people count


def taken(organisation, language="en", **options) -> bytes:
    """The .xlsx that a company downloads."""
    with translation.override(language):
        return writing.workbook(made.made(organisation, **options))


def opened(data: bytes):
    return load_workbook(io.BytesIO(data))


def closed(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def page_of(book, kind):
    """The sheet of that kind, whatever it is called."""
    keys = {column.key for column in SHEETS[kind]}
    return next(page for page in book.worksheets if page["A1"].value == "mark" and keys >= set(headings(page)))


def headings(page):
    return {cell.value: cell.column for cell in page[1] if cell.value and cell.value != "errors"}


def put(page, row, **values):
    places = headings(page)
    for key, value in values.items():
        page.cell(row, places[key]).value = value


def row_of(page, part):
    places = headings(page)
    return next(row for row in range(FIRST_ROW, page.max_row + 1) if page.cell(row, places["part"]).value == part)


def filled(data, part, answer, inputs=(), costs=None) -> bytes:
    """One part's answer put into a workbook."""
    book = opened(data)
    page = page_of(book, "answers")
    put(page, row_of(page, part), **answer)
    for kind, rows in (("inputs", inputs), ("costs", [costs] if costs else [])):
        page = page_of(book, kind)
        free = max([FIRST_ROW - 1, *(cell.row for cell in page["B"] if cell.value)]) + 1
        for offset, row in enumerate(rows):
            put(page, free + offset, part=part, **row)
    return closed(book)


def handed_in(data, by, name="answers.xlsx", language="en"):
    """Uploaded and read, by the real thing."""
    with translation.override(language):
        row = uploads.take(io.BytesIO(data), name=name, by=by)
    uploads.read_due()
    row.refresh_from_db()
    return row


def new_part(cast, number="BR-7", unit="pc"):
    """A part of Acme's that Talbot buys and nobody has declared."""
    part = make.part(cast.acme, number, hs="8708.29", unit=unit)
    make.sourcing(part, make.part(cast.talbot, f"T-{number}"), by_seller=cast.ada, by_buyer=cast.tom)
    return part


def steel_bought(cast):
    """Acme buys steel of Dorado under its own number."""
    row = make.sourcing(make.part(cast.dorado, "D-STEEL", unit="kg"), make.part(cast.acme, "ST-9", unit="kg"))
    return Sourcing.objects.get(pk=row.pk)


def said(upload):
    """Complaints as (sheet, cell)."""
    return {(row[0], row[1]) for row in upload.errors}


ANSWER = {
    "state": "declare", "customers": "talbot-axles", "begins": "2027-01-01", "ends": "2028-01-01", "made_in": "US", "hs": "8708.29",
    "currency": "USD", "price": 12.5, "uses": "light",
}  # fmt: skip
INPUT = {
    "item": "W-1",
    "quantity": 0.11,
    "unit": "kg",
    "how": "imported",
    "made_in": "KR",
    "price": 0.31,
    "title": "importation",
}
