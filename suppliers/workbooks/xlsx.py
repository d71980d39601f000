"""An .xlsx read as untrusted input: sizes before bytes, no entities, no macros, nothing computed, nothing guessed.

Readers made for speed answer an empty text for an error cell or a formula that was never computed, fill a rectangle around
two far cells, and hide whether a value was typed or computed. Here each cell says which of these it is.
"""

import datetime as dt
import math
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers import numbers
from suppliers.workbooks.archives import MOST_BYTES, MOST_OF_ONE, looked_at
from suppliers.workbooks.cells import (
    DATE,
    ERROR,
    FORMULA,
    MOST_CELLS,
    NUMBER,
    PERCENT,
    TEXT,
    YES_NO,
    Cell,
    NotAWorkbook,
    Sheet,
    within,
)

PIECE = 256 * 1024
DAYS = {14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58}
HOURS = {18, 19, 20, 21, 32, 33, 45, 46, 47}
FIRST_1900, FIRST_1904 = dt.datetime.fromisoformat("1899-12-30"), dt.datetime.fromisoformat("1904-01-01")
_PLAIN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_SPAN = re.compile(r"\[[hms]+\]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_STRANGE = gettext_lazy("The file is put together in a way no spreadsheet does: save it anew as .xlsx.")
_MANY = gettext_lazy("It holds more cells than any workbook of answers, or a cell twice.")


def sheets(file: BinaryIO) -> list[Sheet]:
    """Every worksheet's filled cells. Raises NotAWorkbook."""
    try:
        with zipfile.ZipFile(file) as archive:
            looked_at(archive)
            return _Book(archive).sheets()
    except NotAWorkbook:
        raise
    except (zipfile.BadZipFile, expat.ExpatError, UnicodeError, OSError, EOFError, KeyError, ValueError, IndexError,
            NotImplementedError, RuntimeError, OverflowError, ArithmeticError, zipfile.LargeZipFile) as wrong:  # fmt: skip
        raise NotAWorkbook(
            _("The file is damaged, or no workbook: open it, save it anew as .xlsx and try again.")
        ) from wrong
    except Exception as wrong:  # zlib.error is no subclass of any of these, and has no public home
        if type(wrong).__module__ == "zlib":
            raise NotAWorkbook(_("The file is damaged: save it anew as .xlsx and try again.")) from wrong
        raise


class _Book:
    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        self.names = {entry.filename.lower().lstrip("/"): entry for entry in archive.infolist()}
        self.read = self.cells = 0
        self.strings: list[str] = []
        self.formats: list[str] = []
        self.since_1904 = False

    def sheets(self) -> list[Sheet]:
        if b"macroEnabled" in b"".join(self._bytes("[content_types].xml")):
            raise NotAWorkbook(_("A workbook with macros is not opened: save it as .xlsx without macros."))
        self._parsed("[content_types].xml", _one_workbook)
        targets, tabs, kinds = self._relations(), self._tabs(), {}
        for target, kind in targets.values():
            kinds.setdefault(kind, target)
        self.strings = self._strings(kinds.get("sharedStrings", ""))
        self.formats = self._formats(kinds.get("styles", ""))
        found = []
        for name, key, veiled in tabs:
            target, kind = targets.get(key, ("", ""))
            if kind == "worksheet":
                found.append(self._sheet(Sheet(name, veiled=veiled), target))
            elif kind != "chartsheet":  # another reader may take it for a worksheet
                raise NotAWorkbook(_STRANGE)
        return found

    def _bytes(self, name: str) -> Iterator[bytes]:
        """An entry in pieces, with one running cap over everything that is read: a size in the table may lie."""
        entry = self.names[name]
        size = 0
        with self.archive.open(entry) as file:
            while piece := file.read(PIECE):
                size, self.read = size + len(piece), self.read + len(piece)
                if size > MOST_OF_ONE or self.read > MOST_BYTES:
                    raise NotAWorkbook(_("Unpacked it is larger than any workbook of answers."))
                yield piece

    def _parsed(self, name: str, start: Any, end: Any = None, text: Any = None) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _no_entities
        for piece in self._bytes(name):
            parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _relations(self) -> dict[str, tuple[str, str]]:
        found = {}

        def start(tag: str, said: dict[str, str]) -> None:
            if tag.endswith(" Relationship") and said.get("TargetMode") != "External":
                target = said["Target"].lower()
                target = target.lstrip("/") if target.startswith("/") else "xl/" + target
                found[said["Id"]] = (target, said["Type"].rpartition("/")[2])

        self._parsed("xl/_rels/workbook.xml.rels", start)
        return found

    def _tabs(self) -> list[tuple[str, str, bool]]:
        found = []

        def start(tag: str, said: dict[str, str]) -> None:
            name = tag.rpartition(" ")[2]
            if name == "sheet":
                key = next(value for attribute, value in said.items() if attribute.endswith(" id"))
                found.append((said["name"][:60], key, said.get("state", "visible") != "visible"))
            elif name == "workbookPr":
                self.since_1904 = said.get("date1904", "0") in {"1", "true"}

        self._parsed("xl/workbook.xml", start)
        return found

    def _strings(self, name: str) -> list[str]:
        """The shared texts, runs put together, readings aids left out."""
        found: list[str] = []
        if name not in self.names:
            return found
        parts: list[str] = []
        inside = {"t": False, "rPh": False}

        def start(tag: str, said: dict[str, str]) -> None:
            name = tag.rpartition(" ")[2]
            if name == "si":
                parts.clear()
            elif name in inside:
                inside[name] = True

        def end(tag: str) -> None:
            name = tag.rpartition(" ")[2]
            if name == "si":
                found.append(_told("".join(parts)))
                if len(found) > MOST_CELLS:
                    raise NotAWorkbook(_("It holds more texts than any workbook of answers."))
            elif name in inside:
                inside[name] = False

        def text(said: str) -> None:
            if inside["t"] and not inside["rPh"]:
                parts.append(said)

        self._parsed(name, start, end, text)
        return found

    def _formats(self, name: str) -> list[str]:
        """By style: whether its number is shown as a day, an hour, a percentage, or plain."""
        if name not in self.names:
            return []
        own: dict[int, str] = {}
        found: list[str] = []
        place = []

        def start(tag: str, said: dict[str, str]) -> None:
            name = tag.rpartition(" ")[2]
            place.append(name)
            if name == "numFmt":
                own[int(said["numFmtId"])] = said.get("formatCode", "")
            elif name == "xf" and "cellXfs" in place:
                found.append(said.get("numFmtId", "0"))

        self._parsed(name, start, lambda tag: place.pop() and None)
        return [_format(int(number), own) for number in found]

    def count(self, cells: int) -> None:
        """So many cells more, empty ones too: whoever opens the file to mark its errors makes each of them."""
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise NotAWorkbook(_MANY)

    def span(self, reference: str) -> tuple[int, int, int, int]:
        """A block that is merged or one link, for whose every cell the same holds."""
        top, left, bottom, right = block = _block(reference)
        self.count((bottom - top + 1) * (right - left + 1))
        return block

    def _sheet(self, sheet: Sheet, target: str) -> Sheet:
        reader = _Cells(self, sheet)
        self._parsed(target, reader.start, reader.end, reader.text)
        return reader.sheet


class _Cells:
    """Reads one sheet's stream of elements into cells."""

    def __init__(self, book: _Book, sheet: Sheet):
        self.book, self.sheet = book, sheet
        self.row = self.column = -1
        self.kind = self.style = ""
        self.value: list[str] = []
        self.formula = self.listening = self.aside = False
        self.cells: dict[int, Cell] = {}

    def start(self, tag: str, said: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self.column = _column(said["r"]) if "r" in said else self.column + 1
            self.book.count(1)
            self.kind, self.style = said.get("t", "n"), said.get("s", "")
            self.value, self.formula = [], False
        elif name in {"v", "t"}:
            self.listening = not self.aside
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.aside = True
        elif name == "row":
            self.row = _number(said["r"]) - 1 if "r" in said else self.row + 1
            self.column, self.cells = -1, {}
            if said.get("hidden") in {"1", "true"}:
                self.sheet.hidden.add(self.row)
        elif name == "mergeCell":
            self.sheet.merged.append(self.book.span(said["ref"]))
        elif name == "hyperlink":
            self.book.span(said["ref"])

    def text(self, said: str) -> None:
        if self.listening:
            self.value.append(said)

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self._cell()
        elif name in {"v", "t"}:
            self.listening = False
        elif name == "rPh":
            self.aside = False
        elif name == "row" and self.cells:
            if self.row in self.sheet.rows:
                raise NotAWorkbook(_("Row %(row)s stands in the file twice: save it anew.") % {"row": self.row + 1})
            self.sheet.rows[self.row] = self.cells

    def _cell(self) -> None:
        cell = self._read()
        if cell is None:
            return
        within(self.row, self.column)
        if self.column in self.cells:
            raise NotAWorkbook(_MANY)
        self.cells[self.column] = cell

    def _read(self) -> Cell | None:
        text = "".join(self.value)
        if self.formula:
            return Cell(FORMULA, text)
        if self.kind == "e":
            return Cell(ERROR, text or "#")
        if not text:
            return None
        if self.kind == "s":
            text = self.book.strings[_number(text)]
            return Cell(TEXT, text) if text.strip() else None
        if self.kind in {"str", "inlineStr"}:
            text = _told(text)
            return Cell(TEXT, text) if text.strip() else None
        if self.kind == "b":
            return Cell(YES_NO, text.strip() in {"1", "true"})
        if self.kind == "d":
            return Cell(DATE, dt.datetime.fromisoformat(text.strip().removesuffix("Z")))
        return self._number(text.strip())

    def _number(self, text: str) -> Cell:
        value = float(text) if text.isascii() else math.nan
        if value != value or value in {float("inf"), float("-inf")} or "_" in text:
            return Cell(ERROR, text)
        style = _number(self.style) if self.style else len(self.book.formats)
        shown = self.book.formats[style] if style < len(self.book.formats) else ""
        if shown == "%":
            return Cell(PERCENT, value)
        if shown == "day":
            day = _day(value, self.book.since_1904)
            return Cell(DATE, day) if day else Cell(ERROR, text)
        return Cell(ERROR, text) if shown == "hour" else Cell(NUMBER, value)


def _no_entities(*_said: Any) -> None:
    raise NotAWorkbook(_("The file defines entities, which no spreadsheet does: save it anew as .xlsx."))


def _one_workbook(tag: str, said: dict[str, str]) -> None:
    """Another reader looks up here which entry is the workbook: it must be the one that is read."""
    kind, name = said.get("ContentType", "").lower(), said.get("PartName", "").lower()
    if kind.endswith("main+xml") and name != "/xl/workbook.xml":
        raise NotAWorkbook(_STRANGE)


def _told(text: str) -> str:
    """Excel writes characters that XML forbids as _x000D_. What is no character at all is shown as such."""
    return _ESCAPED.sub(lambda found: _char(int(found[1], 16)), text) if "_x" in text else text


def _char(code: int) -> str:
    return "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def _number(text: str) -> int:
    """A whole number from 0 on, in plain digits. Raises ValueError: int() takes signs, underscores and other scripts."""
    found = numbers.position(text)
    if found is None:
        raise ValueError(f"{text!r} counts nothing")
    return found


def _column(reference: str) -> int:
    column = 0
    for char in reference:
        if not char.isalpha():
            break
        column = column * 26 + ord(char.upper()) - 64
    if not 0 < column <= 16384:
        raise ValueError("no such column")
    return column - 1


def _block(reference: str) -> tuple[int, int, int, int]:
    """ "B7:C9" as first row, first column, last row, last column, counted from 0."""
    ends = [end.replace("$", "") for end in reference.split(":")]
    top, bottom = (_number("".join(char for char in end if char.isdigit())) - 1 for end in (ends[0], ends[-1]))
    left, right = _column(ends[0]), _column(ends[-1])
    if top < 0 or bottom < top or right < left:
        raise ValueError("no such block")
    return top, left, bottom, right


def _format(number: int, own: dict[int, str]) -> str:
    if number in {9, 10}:
        return "%"
    code = own.get(number, "").lower()
    if _SPAN.search(code):
        return "hour"
    code = _PLAIN.sub("", code)
    if number in DAYS or any(mark in code for mark in "yd") or ("m" in code and not any(mark in code for mark in "hs")):
        return "day"
    if number in HOURS or any(mark in code for mark in "hs"):
        return "hour"
    return "%" if "%" in code else ""


def _day(serial: float, since_1904: bool) -> dt.date | dt.datetime | None:
    """A day's number as a date. Before 1 March 1900 the two systems of counting disagree: no answer."""
    first = FIRST_1904 if since_1904 else FIRST_1900
    if not (0 if since_1904 else 61) <= serial < 2_958_466:
        return None
    moment = first + dt.timedelta(days=serial)
    return moment.date() if serial == int(serial) else moment.replace(microsecond=0)
