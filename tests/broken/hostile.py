"""Workbooks made to hurt whoever opens them: small files that become millions of cells, and files that two readers read as two.

Found by changing one attribute, text or element at a time in a sound workbook; each kind here did something once.
"""

import re
from collections.abc import Callable

from tests.broken.making import rezipped

SHEET = "xl/worksheets/sheet1.xml"


def after_rows(text: str) -> Callable[[dict], None]:
    def change(entries):
        entries[SHEET] = entries[SHEET].replace(b"</sheetData>", b"</sheetData>" + text.encode(), 1)

    return change


def in_rows(text: str) -> Callable[[dict], None]:
    def change(entries):
        entries[SHEET] = entries[SHEET].replace(b"</sheetData>", text.encode() + b"</sheetData>", 1)

    return change


def other_workbook(entries):
    """The table of contents names another entry as the workbook than the one that lies where workbooks lie."""
    entries["xl/other.xml"] = entries["xl/workbook.xml"]
    entries["xl/_rels/other.xml.rels"] = entries["xl/_rels/workbook.xml.rels"]
    entries["[Content_Types].xml"] = entries["[Content_Types].xml"].replace(b"/xl/workbook.xml", b"/xl/other.xml")


def odd_sheet(entries):
    """A sheet of a kind that nobody knows, which one reader passes over and another opens."""
    rels = entries["xl/_rels/workbook.xml.rels"]
    entries["xl/_rels/workbook.xml.rels"] = re.sub(
        rb'relationships/worksheet"', b'relationships/strange"', rels, count=1
    )


MERGED = '<mergeCells><mergeCell ref="{}"/></mergeCells>'
LINKED = '<hyperlinks><hyperlink ref="{}" location="A1"/></hyperlinks>'
REFUSED = {
    "a merge over everything": after_rows(MERGED.format("A1:XFD1048576")),
    "a link over everything": after_rows(LINKED.format("A1:XFD1048576")),
    "a merge backwards": after_rows(MERGED.format("C9:B7")),
    "a merge of no row": after_rows(MERGED.format("B0:C1")),
    "a row before the first": in_rows('<row r="0"><c r="A0"><v>1</v></c></row>'),
    "a text before the first": in_rows('<row r="900"><c r="B900" t="s"><v>-1</v></c></row>'),
    "a text in another script": in_rows('<row r="900"><c r="B900" t="s"><v>٣</v></c></row>'),
    "another workbook": other_workbook,
    "a sheet of no kind": odd_sheet,
}
MARKED = {
    "an empty cell far out": in_rows('<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
    "a link to nowhere": after_rows('<hyperlinks><hyperlink ref="B2" r:id="rId99" xmlns:r="http://schemas.openxmlformats.org/'
                                    'officeDocument/2006/relationships"/></hyperlinks>'),
    "a style that is not there": lambda entries: entries.update(
        {SHEET: entries[SHEET].replace(b'<c r="C2"', b'<c s="999" r="C2"')}),
}  # fmt: skip


def made(good: bytes, change: Callable[[dict], None]) -> bytes:
    return rezipped(good, change)
