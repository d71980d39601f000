"""One cell into one plain value, as the form would have been told it: decided without doubt, or asked back."""

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext as _
from django_countries import countries

from suppliers import numbers
from suppliers.signs import KEEPING, TURNING
from suppliers.workbooks.cells import DATE, ERROR, FORMULA, NUMBER, PERCENT, TEXT, YES_NO, Cell, plain
from suppliers.workbooks.columns import Column, values

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{2,4})", re.ASCII)
SPACES = numbers.SPACES
DECLARED = {
    "point": re.compile(rf"\d{{1,3}}([,{SPACES}]\d{{3}})+(\.\d+)?|\d+(\.\d+)?", re.ASCII),
    "comma": re.compile(rf"\d{{1,3}}([.{SPACES}]\d{{3}})+(,\d+)?|\d+(,\d+)?", re.ASCII),
}
YEARS = range(1990, 2101)
UNSEEN = frozenset(TURNING + KEEPING)


class Unclear(ValueError):
    """What stands in a cell cannot be taken, or may mean two things: the reason, and how to mend it."""

    def __init__(self, reason: str, cure: str):
        self.reason, self.cure = reason, cure
        super().__init__(f"{reason} {cure}")


def value(cell: Cell, column: Column, point: str) -> str | dt.date | list[str]:
    """``point``: "point" or "comma" where the file declares which mark its texts use, else "ask". Raises Unclear."""
    if cell.kind == ERROR:
        raise Unclear(_("This is an error value, not an answer."), _("Type the value itself."))
    if cell.kind == FORMULA:
        raise Unclear(
            _("This is a formula; its result is not read, since it may be out of date."),
            _("Copy the cell and paste it as a value."),
        )
    return READERS[column.kind](cell, column, point)


def amount(cell: Cell, column: Column, point: str) -> str:
    if cell.kind == PERCENT:
        raise Unclear(_("It is shown as a percentage, but an amount is meant."), _("Format the cell as a number."))
    return number(cell, point)


def number(cell: Cell, point: str) -> str:
    """A plain decimal with a point. A number cell has one meaning; text is read only where it cannot mean two numbers."""
    if cell.kind == TEXT:
        return _typed(cell.value.strip(), point)
    if cell.kind != NUMBER:
        raise Unclear(
            _("The spreadsheet made a date or a yes-or-no of it."), _("Format the cell as a number and type it again.")
        )
    if abs(cell.value) >= 1e15:
        raise Unclear(_("This number is too large."), _("Is the currency right?"))
    if math.copysign(1, cell.value) < 0:
        raise Unclear(_("This is negative."), _("Amounts and quantities are zero or more."))
    return plain(cell.value)


def _typed(text: str, point: str) -> str:
    """``point``: the mark the file declares; under it 1,234 has one meaning, without it it is asked back."""
    plainly = DECLARED[point].fullmatch(text) if point in DECLARED else None
    if plainly:
        marks = SPACES + (",." if point == "point" else ".,")
        return text.translate(str.maketrans(dict.fromkeys(marks[:-1]))).replace(marks[-1], ".")
    try:
        found = numbers.written(numbers.decimal(text, places=15, whole=15))
    except numbers.NotANumber as wrong:
        raise Unclear(str(wrong), _("Format the cell as a number, or type digits with one mark, as 1234.50.")) from None
    if point in DECLARED:
        raise Unclear(
            _("%(typed)s does not fit the decimal mark that this file declares.") % {"typed": text},
            _("Type it with that mark, or change the first line of the file."),
        )
    return found


def percent(cell: Cell, column: Column, point: str) -> str:
    """60 and 60 % are clear; 0.6 alone may mean either and is asked."""
    if cell.kind == PERCENT:
        if math.copysign(1, cell.value) < 0:
            raise Unclear(_("This is negative."), _("Percentages are zero or more."))
        return plain(cell.value * 100)
    signed = cell.kind == TEXT and cell.value.strip().endswith("%")
    text = number(Cell(TEXT, cell.value.strip().removesuffix("%").rstrip()) if signed else cell, point)
    if not signed and 0 < Decimal(text) <= 1:
        raise Unclear(
            _("%(typed)s may mean %(small)s %% or %(large)s %%.")
            % {"typed": cell, "small": text, "large": numbers.written(Decimal(text) * 100)},
            _("Type it with the sign, as 60 %."),
        )
    return text


def share(cell: Cell, column: Column, point: str) -> str:
    if cell.kind == DATE:
        raise Unclear(
            _("The spreadsheet made a date of it."), _("Format the cell as text and type the share again, as 1/3.")
        )
    return cell.value.strip() if cell.kind == TEXT and "/" in cell.value else percent(cell, column, point)


def portion(cell: Cell, column: Column, point: str) -> str:
    """Percent as the share between 0 and 1 that a declaration holds."""
    return numbers.written(Decimal(percent(cell, column, point)) / 100)


def day(cell: Cell, column: Column, point: str) -> dt.date:
    found = _day(cell)
    if found.year not in YEARS:
        raise Unclear(
            _("%(typed)s lies outside the years that can be meant.") % {"typed": found}, _("Is the year right?")
        )
    return found


def _day(cell: Cell) -> dt.date:
    if cell.kind == DATE:
        if isinstance(cell.value, dt.datetime):
            if cell.value.time() != dt.time():
                raise Unclear(_("It holds an hour; a day is meant."), _("Type the day alone, as 2026-11-24."))
            return cell.value.date()
        return cell.value
    if cell.kind != TEXT:
        raise Unclear(_("This is a number, not a date."), _("Type the day as 2026-11-24."))
    text = cell.value.strip()
    slashed = _SLASHED.fullmatch(text)
    if slashed and int(slashed[1]) <= 12 and int(slashed[2]) <= 12 and slashed[1] != slashed[2]:
        raise Unclear(
            _("%(typed)s may mean two days: which one is the month?") % {"typed": text}, _("Type it as 2026-11-24.")
        )
    try:
        if not _ISO.fullmatch(text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Unclear(_("%(typed)s is not a date.") % {"typed": text}, _("Type it as 2026-11-24.")) from None


def words(cell: Cell, column: Column, point: str) -> str:
    """Free text, in one line, as people see it."""
    if cell.kind == YES_NO:
        raise Unclear(_("This is a yes-or-no value; words are meant."), _("Format the cell as text and type it again."))
    text = unicodedata.normalize("NFC", str(cell))
    return " ".join(
        "".join(" " if unicodedata.category(char) == "Cc" else char for char in text if char not in UNSEEN).split()
    )


def item(cell: Cell, column: Column, point: str) -> str:
    """A number of a part or material: an identity, so nothing about it is mended in silence."""
    if cell.kind in {DATE, YES_NO, PERCENT}:
        raise Unclear(
            _("The spreadsheet made something else of this part number."),
            _("Format the cell as text and type it again."),
        )
    if cell.kind == NUMBER:
        return _digits(cell.value)
    text = unicodedata.normalize("NFC", cell.value).strip()
    for char in text:
        if unicodedata.category(char) in {"Cf", "Cc", "Co", "Cn"}:
            raise Unclear(
                _("It holds a character that cannot be seen (%(code)s).") % {"code": f"U+{ord(char):04X}"},
                _("Delete what is in the cell and type the number again."),
            )
    return text


def _digits(number: float) -> str:
    if abs(number) >= 1e15:
        raise Unclear(
            _("A spreadsheet keeps only 15 digits of a number: the last ones may be lost."),
            _("Format the cell as text and type the part number again."),
        )
    if number < 0 or number != int(number):
        raise Unclear(
            _("As a number a part number loses zeros and signs."),
            _("Format the cell as text and type the part number again."),
        )
    return str(int(number))


def code(cell: Cell, column: Column, point: str) -> str:
    if cell.kind == NUMBER:
        return plain(cell.value)
    return item(cell, column, point)


@cache
def _countries() -> frozenset[str]:
    return frozenset(countries.countries)


def country(cell: Cell, column: Column, point: str) -> str:
    text = item(cell, column, point).upper()
    if text not in _countries():
        raise Unclear(_("%(typed)s is not a country.") % {"typed": cell}, _("Type its two letters, as MX."))
    return text


def choice(cell: Cell, column: Column, point: str) -> str:
    allowed = _allowed(column)
    text = {True: "true", False: "false"}[cell.value] if cell.kind == YES_NO else str(cell).strip()
    found = allowed.get(unicodedata.normalize("NFC", text).casefold())
    if found is None:
        raise Unclear(
            _("%(typed)s is not one of the answers.") % {"typed": text},
            _("Choose from the list: %(answers)s.")
            % {"answers": ", ".join(str(label) for _key, label in column.choices)},
        )
    return found


@cache
def _allowed(column: Column) -> dict[str, str]:
    return values(column)


def several(cell: Cell, column: Column, point: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[;,]", str(cell)) if part.strip()]
    if column.choices:
        return [choice(Cell(TEXT, part), column, point) for part in parts]
    return parts


def tried(cell: Cell, column: Column, point: str) -> list[str]:
    """Each try as a day and how: "2026-10-01 by mail; 2026-10-15 by telephone"."""
    found = [part.strip() for part in words(cell, column, point).split(";") if part.strip()]
    for part in found:
        if not _ISO.match(part) or not part[10:].strip():
            raise Unclear(
                _("%(typed)s is not a day and how you asked.") % {"typed": part},
                _("Write each try as: 2026-10-01 by mail, with a semicolon between two."),
            )
    return found


READERS = {
    "text": words, "shown": words, "base": words, "mark": words, "amount": amount, "quantity": amount, "rate": amount, "percent": percent,
    "share": share, "portion": portion, "day": day, "country": country, "choice": choice, "code": code, "item": item,
    "identity": item, "own": item, "plant": item, "seller": item, "buyers": several, "uses": several, "kinds": several,
    "tried": tried,
}  # fmt: skip
