"""Where the columns of a file stand: by the hidden row of keys, else by the headings in any of our languages."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _

from suppliers.models.parties import LANGUAGES
from suppliers.workbooks.cells import MOST_ROWS, SPARE, Cell, NotAWorkbook, Sheet, letters, name_of, within
from suppliers.workbooks.columns import ERRORS, EXAMPLE, SHEETS, Column
from suppliers.workbooks.commas import FIRST
from suppliers.workbooks.complaints import Complaint

VERSION = "1"
ABOUT = "traceline-workbook"  # in the first cell of the sheet that says whose workbook it is, and of which version
DEEP = 12  # rows in which a heading is looked for
FEWEST = 3  # columns that make a table


@dataclass
class Table:
    """One sheet's columns by their place and its rows of answers, from 0."""

    kind: str
    sheet: Sheet
    columns: dict[int, Column]
    rows: list[int]
    unknown: list[int] = field(default_factory=list)

    def keyed(self, row: int) -> dict[str, tuple[int, Cell]]:
        """The filled cells of a row by the key of their column, each with its place."""
        columns = self.columns
        return {columns[at].key: (at, cell) for at, cell in self.sheet.rows[row].items() if at in columns}

    def place(self, key: str) -> int:
        """The column of a key; the column of the part where the file has none."""
        places = {column.key: at for at, column in self.columns.items()}
        return places.get(key, places["part"])


@dataclass
class Layout:
    """A file's tables by their kind, the decimal mark it declares ("point", "comma" or "ask"), and what is wrong with it."""

    tables: dict[str, Table] = field(default_factory=dict)
    point: str = "ask"
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table in self.tables.values())


def layout(sheets: list[Sheet], organisation: str) -> Layout:
    """Finds the tables. ``organisation``: the code whose answers these must be. Raises NotAWorkbook."""
    found = Layout()
    for sheet in sheets:
        if _said(sheet, 0, 0) == ABOUT:
            _about(found, sheet, organisation)
    pieces = [piece for sheet in sheets for piece in _pieces(found, sheet, organisation)]
    for sheet, rows in pieces:
        _table(found, sheet, rows)
    if "answers" not in found.tables and not found.complaints:
        raise NotAWorkbook(
            _("No sheet of answers was found in it: download the workbook anew and fill that one in, row by row.")
        )
    return found


def _said(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.rows.get(row, {}).get(column)
    return str(cell).strip() if cell else ""


def _about(found: Layout, sheet: Sheet, organisation: str) -> None:
    """The version cell and the company, beside the word that marks the sheet."""
    _version(found, sheet, (0, 1), (1, 1), organisation)


def _version(
    found: Layout, sheet: Sheet, version: tuple[int, int], company: tuple[int, int], organisation: str
) -> None:
    if _said(sheet, *version) != VERSION:
        found.complaints.append(Complaint(
            sheet.name, name_of(*version), _said(sheet, *version), _("This is another version of the workbook."),
            _("Download the workbook anew and copy your answers over."),
        ))  # fmt: skip
    if _said(sheet, *company) != organisation:
        found.complaints.append(Complaint(
            sheet.name, name_of(*company), _said(sheet, *company), _("This workbook was made for another company."),
            _("Choose the company you act for at the top of the page, or download its own workbook."),
        ))  # fmt: skip


def _pieces(found: Layout, sheet: Sheet, organisation: str) -> Iterator[tuple[Sheet, list[int]]]:
    """A sheet as one table, or a .csv as the tables that its opening lines divide it into: each with its rows in their order."""
    rows = sorted(sheet.rows)
    opened = [nth for nth, row in enumerate(rows) if _said(sheet, row, 0).lower() == FIRST]
    if not opened:
        yield sheet, rows
        return
    for nth, after in zip(opened, [*opened[1:], len(rows)], strict=True):
        row = rows[nth]
        _version(found, sheet, (row, 1), (row, 3), organisation)
        declared = {"decimal point": "point", "decimal comma": "comma"}.get(_said(sheet, row, 4).lower())
        if declared is None:
            found.complaints.append(Complaint(
                sheet.name, name_of(row, 4), _said(sheet, row, 4), _("The file does not say which decimal mark it uses."),
                _("Write “decimal point” or “decimal comma” there."),
            ))  # fmt: skip
        found.point = declared or "ask"
        yield sheet, rows[nth + 1 : after]


def _table(found: Layout, sheet: Sheet, rows: list[int]) -> None:
    for row in rows[:DEEP]:
        kind, columns = _keys(sheet.rows[row])
        if kind:
            break
    else:
        for row in rows[:DEEP]:
            kind, columns = _headings(sheet.rows[row])
            if kind:
                break
        else:
            return
    at = rows.index(row)
    words = {one for one in rows[at + 1 : at + 4] if _is_heading(sheet.rows[one], columns)}
    below = [one for one in rows[at + 1 :] if one not in words]
    if kind in found.tables:
        found.complaints.append(Complaint(
            sheet.name, name_of(row, min(columns)), "", _("There are two such sheets in the file."),
            _("Put all rows into one of them and delete the other."),
        ))  # fmt: skip
        return
    table = Table(kind, sheet, columns, [])
    found.tables[kind] = table
    table.rows = [one for one in below if any(at in columns for at in sheet.rows[one])]
    if len(table.rows) > MOST_ROWS:
        within(MOST_ROWS + SPARE, 0)
    found.complaints += _strangers(table, row, below)
    found.complaints += _twice(sheet, row, columns)
    found.complaints += _merged(table)


def _keys(cells: dict[int, Cell]) -> tuple[str, dict[int, Column]]:
    """The table whose keys stand in a row; every sheet has a "part", and none has all keys of another."""
    said = {at: str(cell).strip() for at, cell in cells.items()}
    best, found = "", {}
    for kind, columns in SHEETS.items():
        by_key = {column.key: column for column in columns}
        fits = {at: by_key[key] for at, key in said.items() if key in by_key}
        if len(fits) > len(found) and "part" in {column.key for column in fits.values()}:
            best, found = kind, fits
    return (best, found) if len(found) >= FEWEST else ("", {})


@cache
def _words(kind: str) -> dict[str, Column | None]:
    """Headings of a sheet in every language; None where a word means two columns."""
    found: dict[str, set[str]] = defaultdict(set)
    by_key = {column.key: column for column in SHEETS[kind]}
    for code, _name in LANGUAGES:
        with translation.override(code):
            for column in SHEETS[kind]:
                found[_plain(str(column.label))].add(column.key)
    return {word: by_key[next(iter(keys))] if len(keys) == 1 else None for word, keys in found.items()}


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())


def _headings(cells: dict[int, Cell]) -> tuple[str, dict[int, Column]]:
    best, found = "", {}
    for kind in SHEETS:
        words = _words(kind)
        fits = {at: column for at, cell in cells.items() if (column := words.get(_plain(str(cell))))}
        if len(fits) > len(found) and "part" in {column.key for column in fits.values()}:
            best, found = kind, fits
    return (best, found) if len(found) >= FEWEST else ("", {})


@cache
def _hints() -> frozenset[str]:
    """Everything that may stand under a heading to explain it."""
    found = set()
    for code, _name in LANGUAGES:
        with translation.override(code):
            found |= {_plain(str(column.hint)) for columns in SHEETS.values() for column in columns if column.hint}
    return frozenset(found)


def _is_heading(cells: dict[int, Cell], columns: dict[int, Column]) -> bool:
    """The words or hints under the row of keys: most of what stands there is one of ours."""
    said = [_plain(str(cell)) for at, cell in cells.items() if at in columns]
    words = {_plain(str(column.label)) for column in columns.values()}
    ours = sum(1 for word in said if word in _hints() or word in words or _is_word(word))
    return len(said) >= FEWEST and ours * 2 > len(said)


def _is_word(word: str) -> bool:
    return any(word in _words(kind) for kind in SHEETS)


def _strangers(table: Table, heading: int, below: list[int]) -> Iterator[Complaint]:
    """Columns without a meaning that hold something: nothing is passed over in silence."""
    seen = set()
    for row in below:
        for at, cell in table.sheet.rows[row].items():
            if at not in table.columns and at not in seen:
                seen.add(at)
                if ERRORS in {_said(table.sheet, heading, at), _said(table.sheet, 0, at)}:
                    continue  # a marked copy, mended
                yield Complaint(
                    table.sheet.name, name_of(row, at), str(cell)[:120],
                    _("Column %(column)s has no heading of the workbook, so it would not be read.") % {"column": letters(at)},
                    _("Delete the column, or give it the heading it had."),
                )  # fmt: skip


def _twice(sheet: Sheet, row: int, columns: dict[int, Column]) -> Iterator[Complaint]:
    seen: dict[str, int] = {}
    for at, column in sorted(columns.items()):
        if column.key in seen:
            yield Complaint(
                sheet.name, name_of(row, at), str(sheet.rows[row][at]),
                _("This heading stands twice, in column %(column)s too.") % {"column": letters(seen[column.key])},
                _("Delete one of the two columns."),
            )  # fmt: skip
        seen[column.key] = at


def _merged(table: Table) -> Iterator[Complaint]:
    rows = set(table.rows)
    for top, left, bottom, right in table.sheet.merged:
        inside = range(top, min(bottom, top + 20_000) + 1)
        if any(row in rows for row in inside) and any(at in table.columns for at in range(left, min(right, 300) + 1)):
            yield Complaint(
                table.sheet.name, name_of(top, left), _said(table.sheet, top, left)[:120],
                _("Cells are merged here, so all but the first are empty."),
                _("Undo the merge and fill every cell in."),
            )  # fmt: skip


def is_example(cells: dict[str, tuple[int, Cell]]) -> bool:
    """The row that shows how a sheet is filled in, by the hidden mark or by the word before its part number."""
    marked = "mark" in cells and str(cells["mark"][1]).strip() == EXAMPLE
    return marked or ("part" in cells and str(cells["part"][1]).strip().casefold().startswith(_example_words()))


@cache
def _example_words() -> tuple[str, ...]:
    found = []
    for code, _name in LANGUAGES:
        with translation.override(code):
            found.append(example_part("").strip().casefold())
    return tuple(found)


def example_part(number: str) -> str:
    """The part number of the example row: nobody's."""
    return _("EXAMPLE: %(number)s") % {"number": number}
