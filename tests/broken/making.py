"""One broken file and the verdict it must get; changing a sound workbook by its cells or by the entries of its archive."""

import io
import zipfile
from collections.abc import Callable
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


def edited(good: bytes, change: Callable) -> bytes:
    book = load_workbook(io.BytesIO(good))
    change(book)
    return books.closed(book)


def rezipped(good: bytes, change: Callable[[dict], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    change(entries)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()
