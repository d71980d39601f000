"""Which kinds of papers are taken as evidence, told by their first bytes and by nothing that the browser says."""

import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers.files import Refused

HEAD = 4096
DIRECTORY_LIMIT = 1 << 20  # the list of what a package holds; its contents are never unpacked
OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Kind:
    """A kind of paper: its name for people, the content type it is served with, the endings its name may have."""

    word: str
    served_as: str
    endings: tuple[str, ...]


PDF = Kind("PDF", "application/pdf", (".pdf",))
PNG = Kind("PNG", "image/png", (".png",))
JPEG = Kind("JPEG", "image/jpeg", (".jpg", ".jpeg"))
TIFF = Kind("TIFF", "image/tiff", (".tif", ".tiff"))
XLSX = Kind("Excel", OFFICE + "spreadsheetml.sheet", (".xlsx",))
DOCX = Kind("Word", OFFICE + "wordprocessingml.document", (".docx",))
ODS = Kind("OpenDocument", "application/vnd.oasis.opendocument.spreadsheet", (".ods",))
EML = Kind(gettext_lazy("e-mail"), "message/rfc822", (".eml",))
XML = Kind("XML", "application/xml", (".xml",))
CSV = Kind("CSV", "text/csv", (".csv",))
TEXT = Kind(gettext_lazy("text"), "text/plain", (".txt",))
KINDS = (PDF, PNG, JPEG, TIFF, XLSX, DOCX, ODS, EML, XML, CSV, TEXT)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)

MAGIC = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
)
ACTIVE = re.compile(
    rb"(?i)vbaproject|xl/macrosheets/|/activex/|/embeddings/|^basic/|^scripts/|\.(exe|dll|js|vbs|bat|cmd|ps1)$"
)
MARKUP = re.compile(rb"(?i)<(!doctype\s+html|html|script|svg|iframe|object|embed)\b")
IN_XML = re.compile(rb"(?i)<!(doctype|entity)\b|<\?xml-stylesheet|w3\.org/(1999/xhtml|2000/svg)|<([a-z]+:)?script\b")
IN_PDF = re.compile(rb"/(JavaScript|JS|Launch)\s*[(<\[/]|/(JavaScript|Launch)\b")
IN_MAIL = re.compile(
    rb"(?i)name[^=\r\n]{0,8}=\s*\"?[^\"\r\n]{0,200}\.(exe|dll|scr|com|js|jse|vbs|bat|cmd|ps1|lnk|hta|xlsm|docm|jar|msi)\b"
)
HEADER = re.compile(rb"(?im)^(from|received|return-path|message-id|date|subject):[ \t]")


def named(name: str) -> str:
    """A file's name without its folder, fit to be shown: no control or turning characters. Raises Refused."""
    plain = PurePosixPath(name.replace("\\", "/")).name.strip()
    if not plain or not plain.isprintable():
        raise Refused(_("The file's name holds characters that cannot be shown: rename it and try again."))
    if len(plain) > 160:
        raise Refused(_("The file's name is longer than 160 characters: shorten it."))
    return plain


def told(name: str, stream: BinaryIO) -> Kind:
    """What a file is, by its bytes; its name must say the same. The stream is left at its beginning. Raises Refused.

    Nothing is unpacked, decoded or drawn: a package is known by the list of its members, a PDF by its first bytes.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in ENDINGS:
        said = {"endings": ", ".join(ENDINGS)}
        raise Refused(
            _("Files of this kind are not taken. Taken are %(endings)s: save or print it as one of these.") % said
        )
    stream.seek(0)
    head = stream.read(HEAD)
    if not head:
        raise Refused(_("This file is empty: choose the right one."))
    kind = _of(head, stream, ending)
    stream.seek(0)
    if ending not in kind.endings:
        said = {"word": kind.word, "ending": ending, "right": kind.endings[0]}
        text = _(
            "Its name ends in %(ending)s, but inside it is %(word)s: rename it to %(right)s, or choose the right file."
        )
        raise Refused(text % said)
    return kind


def _of(head: bytes, stream: BinaryIO, ending: str) -> Kind:
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"%PDF-"):
        return _pdf(stream)
    if head.startswith(b"PK"):
        return _package(stream)
    return _text(stream, ending)


def _pdf(stream: BinaryIO) -> Kind:
    if _holds(stream, IN_PDF):
        raise Refused(_("This PDF holds commands that run when it is opened: print it to a new PDF and hand that in."))
    return PDF


def _package(stream: BinaryIO) -> Kind:
    """A workbook or a document by its list of members, which is at most a megabyte or refused before it is read."""
    names = _members(stream)
    if any(ACTIVE.search(name) for name in names):
        raise Refused(_("This file holds macros, programs or embedded objects: save it without them, or as PDF."))
    for member, kind in ((b"xl/workbook.xml", XLSX), (b"word/document.xml", DOCX), (b"content.xml", ODS)):
        if member in names:
            return kind
    raise Refused(_("This is an archive, or a workbook of a kind that is not taken: hand in each paper by itself."))


def _members(stream: BinaryIO) -> set[bytes]:
    size = stream.seek(0, 2)
    stream.seek(max(size - 66_000, 0))
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    damaged = Refused(_("This file is damaged, or not what its name says: save it anew and try again."))
    if end < 0 or len(tail) - end < 22 or struct.unpack_from("<I", tail, end + 12)[0] > DIRECTORY_LIMIT:
        raise damaged
    try:
        with zipfile.ZipFile(stream) as package:
            rows = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        raise damaged from None
    if any(row.flag_bits & 1 for row in rows):
        raise Refused(_("This file is locked with a password, so nobody can check it: save it without one."))
    return {row.filename.encode("utf-8", "replace") for row in rows}


def _text(stream: BinaryIO, ending: str) -> Kind:
    """Text of some kind: no zero bytes, no control characters, and nothing that a browser would run."""
    stream.seek(0)
    whole = stream.read()
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", whole):
        raise Refused(_("What is in this file is not what its name says: choose the right one, or save it anew."))
    plain = whole.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith(b"<?xml"):
        if IN_XML.search(whole):
            raise Refused(_("This XML file can run or fetch something when it is opened: hand in a PDF of it."))
        return XML
    if ending == ".eml" and HEADER.search(plain[:HEAD]):
        if IN_MAIL.search(whole):
            raise Refused(_("This e-mail carries a program: save the message without its attachments, or as PDF."))
        return EML
    if MARKUP.search(plain[:HEAD]) or plain.startswith(b"#!"):
        raise Refused(_("This file holds a web page or a program: print it to PDF and hand that in."))
    return next((kind for kind in (CSV, TEXT) if ending in kind.endings), TEXT)


def _holds(stream: BinaryIO, pattern: re.Pattern[bytes]) -> bool:
    """Whether a pattern of some bytes stands anywhere, read in pieces that overlap."""
    stream.seek(0)
    kept = b""
    while chunk := stream.read(1 << 20):
        if pattern.search(kept + chunk):
            return True
        kept = chunk[-64:]
    return False
