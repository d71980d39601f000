"""A .csv of answers: one file, one table a sheet, each opened by a line that says what it is and how numbers are written.

    traceline;1;answers;acme-bolts;decimal comma

The mark after the first word is the one between fields. A file without such a line is read by its headings.
"""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from suppliers.workbooks.cells import TEXT, Cell, NotAWorkbook, Sheet, within

FIRST = "traceline"
SEPARATORS = ",;\t"
ALIVE = tuple("=+-@\t\r'\uff1d\uff0b\uff0d\uff20")  # what a spreadsheet may take for a formula, and our own mark for it


def escaped(text: str) -> str:
    """Text that a spreadsheet shows as it is and never computes: ``=cmd|…`` is written ``'=cmd|…``."""
    return "'" + text if text.startswith(ALIVE) else text


def unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(ALIVE) else text


def sheets(data: bytes) -> list[Sheet]:
    """The tables of a .csv. Raises NotAWorkbook."""
    text = decoded(data)
    if "\0" in text:
        raise NotAWorkbook(_("It holds bytes that are no text: save it as “CSV UTF-8”."))
    sheet = Sheet("CSV")
    try:
        for index, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)):
            filled = {column: Cell(TEXT, unescaped(value)) for column, value in enumerate(row) if value.strip()}
            if filled:
                within(index // 3, max(filled))  # three tables in one file
                sheet.rows[index] = filled
    except csv.Error as wrong:
        raise NotAWorkbook(_("It is no table: a quotation mark is not closed, or a field is too long.")) from wrong
    return [sheet]


def written(rows: Iterable[Iterable[str]], *, comma: bool) -> bytes:
    """Rows as CSV in UTF-8 with a mark of its own in front, as Excel wants it; a decimal comma takes semicolons."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerows([escaped(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(data: bytes) -> str:
    """The text of a .csv: UTF-8, or what a mark in front says; nothing is guessed. Raises NotAWorkbook."""
    encoding = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        raise NotAWorkbook(
            _("Its letters are not written in UTF-8, so accents would be guessed: save it as “CSV UTF-8”.")
        ) from wrong


def separator(text: str) -> str:
    """The mark after the first word where the file says what it is; else the one that alone divides the first line."""
    first = text.lstrip().split("\n", 1)[0]
    opened = first.lstrip('"').lower().removeprefix(FIRST).lstrip('"')[:1]
    if first.lstrip('"').lower().startswith(FIRST) and opened in SEPARATORS:
        return opened
    found = [mark for mark in SEPARATORS if mark in first]
    if len(found) > 1:
        raise NotAWorkbook(
            _(
                "Which mark divides its fields cannot be told without doubt. Download the CSV anew and keep its first line."
            )
        )
    return found[0] if found else ","
