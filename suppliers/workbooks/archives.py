"""What may be in an .xlsx at all, judged by its table of contents before a byte of it is unpacked."""

import itertools
import zipfile

from django.utils.translation import gettext as _

from suppliers.workbooks.cells import NotAWorkbook

MOST_ENTRIES, MOST_BYTES, MOST_OF_ONE = 400, 64 * 1024**2, 48 * 1024**2
ALIVE = ("vbaproject", "macrosheets/", "embeddings/", "activex/", "customui/", "dialogsheets/")


def looked_at(archive: zipfile.ZipFile) -> None:
    """Refuses by the table of contents alone: too much, twice the same, one inside the other, alive, or hidden."""
    entries, seen, spans = archive.infolist(), set(), []
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise NotAWorkbook(_("Unpacked it is larger than any workbook of answers: delete what does not belong there."))
    for entry in entries:
        name = entry.filename.lower()
        if entry.flag_bits & 1:
            raise NotAWorkbook(_("It is protected by a password: save it without one."))
        if name in seen or ".." in name.split("/") or name.startswith("/") or "\\" in entry.filename:
            raise NotAWorkbook(_("The file is put together in a way no spreadsheet does: save it anew as .xlsx."))
        if any(part in name for part in ALIVE):
            raise NotAWorkbook(
                _("It holds macros or embedded objects, which are not opened: save it as .xlsx without them.")
            )
        seen.add(name)
        spans.append((entry.header_offset, entry.header_offset + 30 + entry.compress_size))
    spans.sort()
    if any(begin < end for (_before, end), (begin, _after) in itertools.pairwise(spans)):
        raise NotAWorkbook(_("The file is put together in a way no spreadsheet does: save it anew as .xlsx."))
