"""A thousand broken workbooks and some sound ones, from a seed: each with the verdict it must get (trust/tests.md, section 4).

``corpus(good, seed, count)`` yields ``Broken(kind, name, data, verdict, cells)``. Verdicts: "refused" (no file of answers),
"cell" (an error that names one of ``cells``, or any cell where none is given), "fine" (accepted), "any" (whatever is said,
but never a server error, and nothing saved that differs from the sound file).
"""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from openpyxl import load_workbook

from tests import books

STRINGS = "xl/sharedStrings.xml"


@dataclass
class Broken:
    kind: str
    name: str
    data: bytes
    verdict: str
    cells: set = field(default_factory=set)


def corpus(good: bytes, seed: int = 20261124, count: int = 1000) -> Iterator[Broken]:
    """``good``: a filled-in workbook with BR-7 in row 6 of Answers and two rows of Inputs from row 5."""
    dice = random.Random(seed)
    makers = list(KINDS.items())
    weights = [weight for _name, (weight, _make) in makers]
    for number in range(count):
        name, (_weight, make) = (
            makers[number % len(makers)] if number < len(makers) else dice.choices(makers, weights)[0]
        )
        for made in [make(good, dice)]:
            made.kind = name
            yield made


def _edited(good: bytes, change: Callable) -> bytes:
    book = load_workbook(io.BytesIO(good))
    change(book)
    return books.closed(book)


def _rezipped(good: bytes, change: Callable[[dict], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    change(entries)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


# Whole files ---------------------------------------------------------------------------------------------------------


def truncated(good, dice):
    return Broken("", "a.xlsx", good[: dice.randrange(1, len(good) - 30)], "refused")


def flipped(good, dice):
    data = bytearray(good)
    for _one in range(dice.randrange(1, 40)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return Broken("", "a.xlsx", bytes(data), "any")


def wrong_type(good, dice):
    data = dice.choice([
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), b"%PDF-1.7\n", b"<html><table><tr><td>part</td></tr></table></html>", b"GIF89a" + bytes(60),
        b"PK\x05\x06" + bytes(18), bytes(200), b"{\\rtf1}", b"\x1f\x8b\x08" + bytes(40),
    ])  # fmt: skip
    return Broken("", dice.choice(["a.xlsx", "a.XLSX"]), data, "refused")


def wrong_ending(good, dice):
    name = dice.choice(["a.xlsm", "a.xls", "a.ods", "a.csv", "a.xlsx.exe", "a", "a.xlsb", "a.txt", "a.zip"])
    return Broken("", name, good, "refused")


def macros(good, dice):
    name = dice.choice(
        ["xl/vbaProject.bin", "xl/embeddings/oleObject1.bin", "xl/activeX/activeX1.bin", "xl/macrosheets/sheet1.xml"]
    )
    return Broken("", "a.xlsx", _rezipped(good, lambda entries: entries.__setitem__(name, b"x")), "refused")


def macro_type(good, dice):
    def change(entries):
        entries["[Content_Types].xml"] = entries["[Content_Types].xml"].replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )

    return Broken("", "a.xlsx", _rezipped(good, change), "refused")


def encrypted(good, dice):
    data = bytearray(good)
    for match in re.finditer(b"PK\x01\x02", good):
        data[match.start() + 8] |= 1
    return Broken("", "a.xlsx", bytes(data), "refused")


def bomb(good, dice):
    def change(entries):
        name = dice.choice([STRINGS, "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/junk.xml"])
        entries[name] = entries.get(name, b"") + b" " * (70 * 1024 * 1024)

    return Broken("", "a.xlsx", _rezipped(good, change), "refused")


def lying_sizes(good, dice):
    """The table of contents says less than is in it."""
    data = bytearray(_rezipped(good, lambda entries: entries.__setitem__(STRINGS, b"<sst>" + b" " * 60_000_000)))
    for match in re.finditer(b"PK\x01\x02", bytes(data)):
        struct.pack_into("<I", data, match.start() + 24, 100)
    return Broken("", "a.xlsx", bytes(data), "refused")


def many_entries(good, dice):
    return Broken(
        "",
        "a.xlsx",
        _rezipped(good, lambda entries: entries.update({f"xl/x{n}.xml": b"" for n in range(500)})),
        "refused",
    )


def traversal(good, dice):
    name = dice.choice(["../../etc/passwd", "/etc/passwd", "xl\\..\\..\\x", "xl/../../x"])
    return Broken("", "a.xlsx", _rezipped(good, lambda entries: entries.__setitem__(name, b"x")), "refused")


def entities(good, dice):
    """XXE and a billion laughs."""
    kind = dice.choice([
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:/etc/passwd">]>',
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
    ])  # fmt: skip
    name = dice.choice(["xl/worksheets/sheet1.xml", STRINGS, "xl/workbook.xml", "xl/styles.xml"])

    def change(entries):
        head, mark, rest = entries[name].partition(b"?>")
        entries[name] = head + mark + kind + rest

    return Broken("", "a.xlsx", _rezipped(good, change), "refused")


def cut_xml(good, dice):
    name = dice.choice(
        ["xl/worksheets/sheet1.xml", STRINGS, "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
    )

    def change(entries):
        data = entries[name]
        entries[name] = data[: dice.randrange(1, len(data) - 20)]

    verdict = "any" if name.startswith("[") else "refused"
    return Broken("", "a.xlsx", _rezipped(good, change), verdict)


def lost_entry(good, dice):
    name = dice.choice(
        ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
    )
    return Broken("", "a.xlsx", _rezipped(good, lambda entries: entries.pop(name)), "refused")


def far_cells(good, dice):
    row, column = dice.choice([(1_048_576, 2), (20_000, 3), (7, 16_384), (6, 400)])

    def change(book):
        books.page_of(book, "answers").cell(row, column).value = "x"

    return Broken("", "a.xlsx", _edited(good, change), "refused")


def no_answers(good, dice):
    def change(book):
        page = book["Answers"]
        page.delete_rows(1, 2)

    return Broken("", "a.xlsx", _edited(good, change), "refused")


def encodings(good, dice):
    text = "part;state;price;made_in\nBR-7;declare;12,50;México\n"
    data = dice.choice([text.encode("cp1252"), text.encode("utf-16-le"), text.encode() + b"\xff\xfe", b"\xef\xbb\xbf" + text.encode("latin-1"),
                        text.replace("M", "\0").encode(), text.encode("utf-16")[:-1], b"\xff\xfe" + text.encode()])  # fmt: skip
    return Broken("", "a.csv", data, "refused")


# Sheets, columns, headings -------------------------------------------------------------------------------------------


def heading(good, dice):
    """A column whose key and heading are gone still holds something."""
    key = dice.choice(["price", "state", "begins", "currency", "made_in"])
    where = {}

    def change(book):
        page = books.page_of(book, "answers")
        at = books.headings(page)[key]
        page.cell(1, at).value = page.cell(2, at).value = dice.choice(["Preis", "?", "price2", None])
        where["cell"] = page.cell(6, at).column_letter

    data = _edited(good, change)
    return Broken("", "a.xlsx", data, "cell", {("Answers", f"{where['cell']}{row}") for row in range(3, 7)})


def doubled(good, dice):
    key = dice.choice(["price", "part", "begins"])

    def change(book):
        page = books.page_of(book, "answers")
        at = page.max_column + 1
        page.cell(1, at).value = key
        page.cell(6, at).value = "1"

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def two_sheets(good, dice):
    def change(book):
        book.copy_worksheet(books.page_of(book, dice.choice(["answers", "inputs"])))

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def merged(good, dice):
    row = dice.choice([5, 6])

    def change(book):
        books.page_of(book, "answers").merge_cells(
            start_row=row, end_row=row + dice.randrange(2), start_column=4, end_column=8
        )

    return Broken("", "a.xlsx", _edited(good, change), "cell", {("Answers", f"D{row}")})


def version(good, dice):
    cell = dice.choice(["B1", "B2"])

    def change(book):
        book["Help"][cell].value = dice.choice(["0", "2", "talbot-axles", "=1", None, 1.5, True])

    return Broken("", "a.xlsx", _edited(good, change), "cell", {("Help", cell)})


def example(good, dice):
    key = dice.choice(["part", "price", "begins", "customers"])
    where = {}

    def change(book):
        page = books.page_of(book, "answers")
        at = books.headings(page)[key]
        page.cell(4, at).value = "BR-7" if key == "part" else "7"
        where["cell"] = page.cell(4, at).coordinate

    data = _edited(good, change)
    return Broken("", "a.xlsx", data, "cell", {("Answers", where["cell"])})


# Values --------------------------------------------------------------------------------------------------------------

AMOUNTS = ["1,234", "1.234", "1 2", "1_000", "abc", "-3", "−5", "1e3", "1E5", "NaN", "Infinity", "-Infinity", "sNaN", "0x10", "١٢٣", "１２", "1'23", "12,34,5",
           "1.2.3", "1,2.3,4", "$5", "5 USD", "=1+1", "=cmd|'/c calc'!A1", "#N/A", "#DIV/0!", "+5", "½", "∞", "1\u200b2", "--", "12,5%", -0.01, -1, 1e12, 1e300,
           1e-9, 0.1234567, True, False, "01/02/2027", "null", "None", "1/0", "9" * 40, "0." + "1" * 40]  # fmt: skip
DAYS = ["03/04/2027", "4.3.2027", "2027-02-30", "2027-13-01", "27-01-01", "tomorrow", "2027", 45, 46000.5, "2027-01-01T00:00:00Z", "1/1/2027", "2027/01/01",
        "2027-1-1", "=TODAY()", "0000-00-00", "9999-12-31", True, "２０２７-01-01", "2027-01-01 ±", "1899-12-31"]  # fmt: skip
COUNTRIES = ["Freedonia", "XX", "USA", "U", "U5", "Ü", "ＵＳ", "us mx", "1", "=A1", "M\u0425"]
PARTS = [
    "br-7",
    "BR\u20117",
    "BR-7\u200b",
    "ВR-7",
    "BR-07",
    "BR–7",
    "B R-7",
    "BR7",
    "1E5",
    45000,
    "nobody",
    "TA-400",
    "17-0012",
    "BR-7;AB-M12",
    "'BR-7",
    "<b>",
    "%s%n",
    "{0}",
]
CHOICES = ["perhaps", "DECLARE!", "yes", "1", "ja", "declare ; not our part", "=1", "\u0130"]


def _value(sheet, row, key, values):
    def make(good, dice):
        typed = dice.choice(values)
        where = {}

        def change(book):
            page = books.page_of(book, sheet)
            cell = page.cell(row, books.headings(page)[key])
            if isinstance(typed, str) and not typed.startswith(("=", "#")):
                cell.value, cell.data_type, cell.number_format = typed, "s", "@"
            else:
                cell.value = typed
                cell.number_format = "General"
            where["cell"] = cell.coordinate

        data = _edited(good, change)
        return Broken("", "a.xlsx", data, "cell", {(sheet.capitalize(), where["cell"])})

    return make


def quantity_zero(good, dice):
    def change(book):
        books.put(books.page_of(book, "inputs"), 5, quantity=dice.choice([0, 0.00001, "0", -1, "nil"]))

    return Broken("", "a.xlsx", _edited(good, change), "cell", {("Inputs", "H5")})


def shares(good, dice):
    def change(book):
        page = books.page_of(book, "inputs")
        books.put(page, 6, share=dice.choice([50, 99, "1/3", "0", "110", "1/0", "x", 30]))

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def missing(good, dice):
    sheet, row, key = dice.choice([("answers", 6, "begins"), ("answers", 6, "ends"), ("answers", 6, "currency"), ("answers", 6, "state"), ("answers", 6, "part"),
                                   ("inputs", 5, "item"), ("inputs", 5, "quantity"), ("inputs", 5, "price"), ("inputs", 6, "part")])  # fmt: skip

    def change(book):
        books.put(books.page_of(book, sheet), row, **{key: None})

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def backwards(good, dice):
    def change(book):
        books.put(
            books.page_of(book, "answers"), 6, begins="2028-01-01", ends=dice.choice(["2027-01-01", "2028-01-01"])
        )

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def twice(good, dice):
    sheet, row = dice.choice([("answers", 7), ("costs", 6)])

    def change(book):
        books.put(
            books.page_of(book, sheet),
            row,
            part="BR-7",
            **({"state": "declare"} if sheet == "answers" else {"own_us": 1}),
        )

    return Broken("", "a.xlsx", _edited(good, change), "cell", {(sheet.capitalize(), f"B{row}")})


def orphan(good, dice):
    sheet = dice.choice(["inputs", "costs"])

    def change(book):
        page = books.page_of(book, sheet)
        row = 9
        books.put(
            page,
            row,
            part=dice.choice(["LONE-1", "nobody", "TA-400"]),
            **({"item": "X"} if sheet == "inputs" else {"own_us": 1}),
        )

    return Broken("", "a.xlsx", _edited(good, change), "cell", {(sheet.capitalize(), "B9")})


def own_sale(good, dice):
    """Names a seller that does not sell this, or whose code and name are two companies."""

    def change(book):
        books.put(books.page_of(book, "inputs"), 5, **dice.choice([
            {"seller_code": "talbot-axles"}, {"seller_code": "meridian-motors"}, {"seller_part": "X-1"}, {"how": "made by us", "own_part": "TA-400"},
            {"how": "made by us", "price": None}, {"in_price": "tax"}, {"leg": "to your plant"}, {"tried": "2026-01-01 mail"},
        ]))  # fmt: skip

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def customers(good, dice):
    def change(book):
        books.put(
            books.page_of(book, "answers"),
            6,
            customers=dice.choice(["nobody", "meridian-motors", "talbot-axles; nobody", "acme-bolts", "=A1"]),
        )

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def declines(good, dice):
    def change(book):
        books.put(
            books.page_of(book, "answers"), 6, state=dice.choice(["not our part", "not yet known", "no longer made"])
        )

    return Broken("", "a.xlsx", _edited(good, change), "cell")


def commas(good, dice):
    lines = [["traceline", "1", "answers", "acme-bolts", "decimal comma"], ["part", "state", "price", "begins", "ends", "currency"],
             ["BR-7", "declare", "12,50", "2027-01-01", "2028-01-01", "USD"]]  # fmt: skip
    row, at, typed, verdict = dice.choice([
        (0, 1, "9", "cell"), (0, 3, "other", "cell"), (0, 4, "", "cell"), (0, 4, "decimal", "cell"), (2, 0, "nobody", "cell"), (2, 1, "x", "cell"),
        (2, 2, "12.50", "cell"), (2, 2, "1,234,5", "cell"), (2, 2, "'=1", "cell"), (2, 3, "01/02/2027", "cell"), (2, 5, "US$", "cell"), (2, 2, '"12', "refused"),
        (2, 2, "=cmd|'/c calc'!A0", "cell"), (2, 2, "+12", "cell"), (2, 2, "@1", "cell"),
    ])  # fmt: skip
    lines[row][at] = typed
    return Broken("", "a.csv", "\n".join(";".join(line) for line in lines).encode(), verdict)


def near_miss(good, dice):
    """Odd, but sound: order of columns, spaces, case, other sheets, comments, links, hidden things."""

    def change(book):
        answers = books.page_of(book, "answers")
        pick = dice.randrange(6)
        if pick == 0:
            books.put(answers, 6, state="  DECLARE ", currency="usd".upper(), made_in="us")
        elif pick == 1:
            answers["D6"].hyperlink = "https://example.com/"
        elif pick == 2:
            book.create_sheet("Notes")["A1"].value = "=1+1"
        elif pick == 3:
            answers.column_dimensions["R"].hidden = True
            answers.row_dimensions[6].hidden = True
        elif pick == 4:
            answers.insert_rows(6, 3)
        else:
            book.move_sheet("Help", -4)

    return Broken("", "a.xlsx", _edited(good, change), "fine")


KINDS = {
    "truncated": (12, truncated), "flipped": (18, flipped), "wrong type": (5, wrong_type), "wrong ending": (3, wrong_ending), "macros": (3, macros),
    "macro type": (1, macro_type), "encrypted": (1, encrypted), "bomb": (1, bomb), "lying sizes": (1, lying_sizes), "many entries": (1, many_entries),
    "traversal": (1, traversal), "entities": (3, entities), "cut xml": (4, cut_xml), "lost entry": (2, lost_entry), "far cells": (2, far_cells),
    "no answers": (1, no_answers), "encodings": (4, encodings), "heading": (4, heading), "doubled": (2, doubled), "two sheets": (1, two_sheets),
    "merged": (2, merged), "version": (2, version), "example": (2, example), "amount": (12, _value("answers", 6, "price", AMOUNTS)),
    "input amount": (8, _value("inputs", 5, "price", AMOUNTS)), "day": (6, _value("answers", 6, "begins", DAYS)),
    "country": (3, _value("answers", 6, "made_in", COUNTRIES)), "part": (5, _value("answers", 6, "part", PARTS)),
    "choice": (3, _value("answers", 6, "state", CHOICES)), "quantity": (2, quantity_zero), "shares": (2, shares), "missing": (3, missing),
    "backwards": (1, backwards), "twice": (2, twice), "orphan": (2, orphan), "sales": (3, own_sale), "customers": (2, customers),
    "declines": (1, declines), "commas": (6, commas), "near miss": (4, near_miss),
}  # fmt: skip
