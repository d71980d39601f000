"""The workbook a supplier fills in, as .xlsx: its parts, drop-downs, an example row, a version cell, hidden keys."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_countries import countries

from suppliers import hs
from suppliers.workbooks.columns import SHEETS, Column
from suppliers.workbooks.commas import ALIVE, FIRST, written
from suppliers.workbooks.layout import ABOUT, VERSION
from suppliers.workbooks.made import Made
from suppliers.workbooks.shown import FIGURES, PERCENTS, example, shown, text, used

KEYS, HEADINGS, HINTS, EXAMPLES, FIRST_ROW = range(5)
SPARE = 300  # empty rows with drop-downs below the last
INK, PAPER, GREY, SHADE = "#1B2733", "#E8EEF4", "#5B6773", "#F4F1E6"
FOLDED = {"hs_edition": hs.EDITION}  # columns that hold the same in nearly every row
KEPT = {"mark", "base"}  # for the portal alone


def titles() -> dict[str, str]:
    """What the sheets are called in the language of the moment."""
    return {
        "answers": _("Answers"),
        "inputs": _("Inputs"),
        "costs": _("Costs"),
        "suppliers": _("Suppliers"),
        "help": _("Help"),
    }


def workbook(made: Made) -> bytes:
    """The .xlsx in the language of the moment."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties(
        {"title": _("Answers of %(company)s") % {"company": made.organisation.name}, "author": "Traceline"}
    )
    pen = _Pen(book, made)
    for kind in SHEETS:
        pen.sheet(kind)
    pen.suppliers()
    pen.help()
    pen.lists()
    book.close()
    return out.getvalue()


class _Pen:
    """Writes one workbook; ``lists_of`` gathers what the drop-downs offer, each a column of a hidden sheet."""

    def __init__(self, book: Any, made: Made):
        self.book, self.made, self.titles = book, made, titles()
        plain = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self.looks = {
            "head": book.add_format(
                plain | {"bold": True, "bg_color": PAPER, "font_color": INK, "text_wrap": True, "bottom": 1}
            ),
            "hint": book.add_format(plain | {"font_size": 9, "font_color": GREY, "text_wrap": True, "bottom": 1}),
            "key": book.add_format(plain | {"font_size": 8, "font_color": GREY}),
            "title": book.add_format(plain | {"bold": True, "font_size": 15, "font_color": INK}),
            "wrap": book.add_format(plain | {"text_wrap": True}),
        }
        for name, extra in (("", {}), ("example", {"italic": True, "font_color": GREY, "bg_color": SHADE})):
            base = plain | extra | ({"locked": False})
            self.looks |= {
                f"text{name}": book.add_format(base | {"num_format": "@"}),
                f"alive{name}": book.add_format(base | {"num_format": "@", "quote_prefix": True}),
                f"figure{name}": book.add_format(base | {"num_format": "#,##0.00####"}),
                f"count{name}": book.add_format(base | {"num_format": "#,##0.######"}),
                f"percent{name}": book.add_format(base | {"num_format": "0.######"}),
                f"small{name}": book.add_format(base | {"num_format": "0.######%"}),
                f"day{name}": book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "left"}),
            }
        self.looks["shown"] = book.add_format(plain | {"num_format": "@", "font_color": GREY})
        self.lists_of: list[list[str]] = []

    def sheet(self, kind: str) -> None:
        columns, rows = SHEETS[kind], self.made.rows[kind]
        page = self.book.add_worksheet(self.titles[kind])
        said = used(columns, rows) - set(FOLDED)
        last = FIRST_ROW + len(rows) + SPARE
        for at, column in enumerate(columns):
            folded = column.key in KEPT or (
                column.key not in said and (column.rare or not column.needed(self.made.asked))
            )
            if column.key in FOLDED:
                folded = {row.get(column.key) or FOLDED[column.key] for row in rows} <= {FOLDED[column.key]}
            options = {"hidden": folded} | ({"level": 1} if folded and column.key not in KEPT else {})
            page.set_column(at, at, column.width + 1, self.looks[_look(column)], options)
            page.write_string(KEYS, at, column.key, self.looks["key"])
            page.write_string(HEADINGS, at, capfirst(str(column.label)), self.looks["head"])
            page.write_string(HINTS, at, str(column.hint), self.looks["hint"])
            self._list(page, at, column, last)
        page.set_row(KEYS, None, None, {"hidden": True})
        page.set_row(HEADINGS, 32)
        page.set_row(HINTS, 50)
        for at in range(len(columns)):
            page.write_blank(EXAMPLES, at, None, self.looks["textexample"])
        self._row(page, EXAMPLES, columns, example(columns), "example")
        for index, row in enumerate(rows):
            self._row(page, FIRST_ROW + index, columns, row, "")
        page.freeze_panes(FIRST_ROW - 1, 2)
        _printed(page)
        page.repeat_rows(HEADINGS)
        page.protect("", {
            "insert_rows": True, "delete_rows": True, "sort": True, "autofilter": True, "format_cells": True,
            "format_columns": True, "format_rows": True, "objects": True,
        })  # fmt: skip

    def _row(self, page: Any, at: int, columns: list[Column], row: dict[str, Any], name: str) -> None:
        for place, column in enumerate(columns):
            value = shown(column, row.get(column.key))
            if value is not None:
                self._cell(page, at, place, column, value, name)

    def _cell(self, page: Any, at: int, place: int, column: Column, value: Any, name: str) -> None:
        if isinstance(value, dt.date):
            page.write_datetime(at, place, dt.datetime.combine(value, dt.time()), self.looks[f"day{name}"])
        elif isinstance(value, Decimal):
            if Decimal(f"{float(value):.15g}") != value:  # more digits than a spreadsheet keeps
                page.write_string(at, place, format(value, "f"), self.looks[f"text{name}"])
            else:
                look = _look(column)
                page.write_number(at, place, float(value), self.looks[f"{look}{name}"])
        elif column.kind in PERCENTS and value.endswith("%"):
            page.write_number(at, place, float(Decimal(value.rstrip(" %")) / 100), self.looks[f"small{name}"])
        else:
            look = "alive" if value.startswith(ALIVE) else "text"
            page.write_string(
                at, place, value, self.looks["shown" if column.kind == "shown" and not name else f"{look}{name}"]
            )

    def _list(self, page: Any, at: int, column: Column, last: int) -> None:
        """A drop-down where there is a list; only an answer out of a closed list is enforced by the spreadsheet itself."""
        offered = self._offered(column)
        if not offered:
            return
        if offered not in self.lists_of:
            self.lists_of.append(offered)
        letter = xlsxwriter.utility.xl_col_to_name(self.lists_of.index(offered))
        closed = column.kind == "choice"
        page.data_validation(FIRST_ROW, at, last, at, {
            "validate": "list", "source": f"=lists!${letter}$1:${letter}${len(offered)}", "ignore_blank": True,
            "show_error": closed, "error_type": "stop", "error_title": _("Not one of the answers")[:32],
            "error_message": _("Choose from the list, or leave it empty."),
        })  # fmt: skip

    def _offered(self, column: Column) -> list[str]:
        if column.choices:
            return [str(label) for _key, label in column.choices]
        return {
            "country": [code for code, _name in countries], "plant": self.made.plants, "buyers": self.made.customers,
            "own": self.made.parts, "seller": sorted({row[0] for row in self.made.suppliers}),
        }.get(column.kind, self.made.parts if column.key == "part" and column.kind == "identity" else [])  # fmt: skip

    def suppliers(self) -> None:
        """Whom the company buys from, to copy codes and numbers out of. Never read back."""
        page = self.book.add_worksheet(self.titles["suppliers"])
        heads = [_("Seller’s code"), _("Seller"), _("You buy it as"), _("Seller’s part number"), _("Unit")]
        for at, head in enumerate(heads):
            page.write_string(0, at, head, self.looks["head"])
            page.set_column(at, at, 22)
        for index, row in enumerate(self.made.suppliers):
            for at, said in enumerate(row):
                page.write_string(index + 1, at, said, self.looks["alive" if said.startswith(ALIVE) else "text"])
        page.freeze_panes(1, 0)
        _printed(page)

    def help(self) -> None:
        page = self.book.add_worksheet(self.titles["help"])
        _printed(page)
        page.set_column(0, 0, 26)
        page.set_column(1, 1, 34)
        page.set_column(2, 2, 90)
        page.write_string(0, 0, ABOUT, self.looks["key"])
        page.write_string(0, 1, VERSION, self.looks["key"])
        page.write_string(1, 0, _("Company"), self.looks["wrap"])
        page.write_string(1, 1, self.made.organisation.code, self.looks["wrap"])
        page.write_string(1, 2, self.made.organisation.name, self.looks["wrap"])
        page.write_string(3, 0, _("How to fill it in"), self.looks["title"])
        row = 4
        for number, said in enumerate(rules(), 1):
            page.write_string(row, 0, str(number), self.looks["wrap"])
            page.merge_range(row, 1, row, 2, said, self.looks["wrap"])
            page.set_row(row, 32)
            row += 1
        row += 1
        for at, head in enumerate((_("Sheet"), _("Column"), _("What it means"))):
            page.write_string(row, at, head, self.looks["head"])
        for kind, columns in SHEETS.items():
            for column in columns:
                if column.key not in KEPT:
                    row += 1
                    page.write_string(row, 0, self.titles[kind], self.looks["wrap"])
                    page.write_string(row, 1, str(column.label), self.looks["wrap"])
                    page.write_string(row, 2, explained(column), self.looks["wrap"])

    def lists(self) -> None:
        page = self.book.add_worksheet("lists")
        for at, offered in enumerate(self.lists_of):
            for row, said in enumerate(offered):
                page.write_string(row, at, said)
        page.hide()


def _printed(page: Any) -> None:
    """As wide as one sheet of paper, lying."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _look(column: Column) -> str:
    if column.kind in FIGURES:
        return "count" if column.kind == "quantity" else "figure"
    return "percent" if column.kind in PERCENTS else "day" if column.kind == "day" else "text"


def explained(column: Column) -> str:
    """The hint of a column and what may stand in it."""
    if not column.choices:
        return str(column.hint)
    choices = _("One of: %(choices)s.") % {"choices": ", ".join(str(label) for _key, label in column.choices)}
    return f"{column.hint} {choices}" if column.hint else choices


def rules() -> list[str]:
    return [
        _("One row for each part on the first sheet. Choose what your answer is; a row without one says nothing."),
        _("What goes into a part stands on the second sheet, one row for each material. "
          "Two sellers of one material: two rows, each with its share."),
        _("Your own work and costs for one piece stand on the third sheet, where a law asks for them."),
        _("Type numbers as numbers and days as 2026-11-24. Formulas are not read: paste their values."),
        _("Headings and grey rows stay as they are. The grey example is not read; delete it if you like."),
        _("Upload the file. You see every error, then everything that would change. "
          "Only then it is saved, as drafts that somebody signs."),
    ]  # fmt: skip


def commas(made: Made, *, comma: bool) -> bytes:
    """The same as .csv, with the decimal mark said in its opening lines."""
    mark = "decimal comma" if comma else "decimal point"
    lines: list[list[str]] = []
    for kind, columns in SHEETS.items():
        lines.append([FIRST, VERSION, kind, made.organisation.code, mark])
        lines.append([column.key for column in columns])
        lines.append([str(column.label) for column in columns])
        for row in (example(columns), *made.rows[kind]):
            lines.append([text(column, row.get(column.key), comma=comma) for column in columns])
    return written(lines, comma=comma)
