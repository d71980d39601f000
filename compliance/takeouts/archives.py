"""A takeout as a ZIP: written as a stream, so that it may be of any size, and checked again without a database."""

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from joserfc.jwk import OKPKey

from compliance import documents, keys
from compliance.takeouts.contents import Entry
from tracing.engine import dossier

MANIFEST = "takeout.json"
LARGEST = 1 << 30  # bytes of all files unpacked; a page of ours checks no more
LONGEST = 32 << 20  # bytes of the signed list: some two hundred thousand files
DECLARATION = re.compile(r"declarations/([0-9a-f-]{36})\.json")
NAMED = re.compile(r"(?:evidence|uploads)/([0-9a-f]{64})")
STAMP = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


# Whatever a damaged archive makes the reader of archives say.
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, IndexError, ValueError, NotImplementedError, RuntimeError,
    EOFError, OSError, OverflowError,
)  # fmt: skip


class _Pipe(io.RawIOBase):
    """What the ZIP writer writes, to be fetched piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def fetched(self) -> bytes:
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def written(entries: Iterable[Entry], about: dict[str, Any], key: OKPKey) -> Iterator[bytes]:
    """The archive piece by piece: every file, then the signed list of all of them."""
    pipe, digests = _Pipe(), {}
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in entries:
            digest = hashlib.sha256()
            with archive.open(_entry(name), "w") as target:
                for piece in pieces:
                    digest.update(piece)
                    target.write(piece)
                    yield pipe.fetched()
            digests[name] = digest.hexdigest()
        payload = about | {"files": digests}
        with archive.open(_entry(MANIFEST), "w") as target:
            target.write(documents.json_file(payload, keys.sign(dossier.canonical(payload), key)))
    yield pipe.fetched()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def manifest(raw: bytes) -> dict[str, Any]:
    """The signed list of a takeout, not yet believed. Raises NotADocument."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entry = archive.getinfo(MANIFEST)
            listed = archive.read(entry) if _plain(entry) and entry.file_size <= LONGEST else b""
        documents.demand_sparse(listed)
        data = json.loads(listed)
    except (*BROKEN, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise documents.NotADocument(_("this is no takeout of ours"))
    return data


def faults(raw: bytes, payload: dict[str, Any]) -> Iterator[str]:
    """Every file that is not what the list says; nothing when all are. Raises NotADocument."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            found = list(_faults(archive, payload["files"]))
    except documents.NotADocument:
        raise
    except BROKEN as wrong:
        raise documents.NotADocument(_("the archive is damaged: %(why)s") % {"why": wrong}) from None
    yield from found


def _plain(entry: zipfile.ZipInfo) -> bool:
    """As we write it: stored or deflated, not encrypted."""
    return entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not entry.flag_bits & 1


def _faults(archive: zipfile.ZipFile, listed: dict[str, str]) -> Iterator[str]:
    inside = [entry for entry in archive.infolist() if entry.filename != MANIFEST]
    if sum(entry.file_size for entry in inside) > LARGEST:
        raise documents.NotADocument(
            _("it is larger than a gigabyte unpacked: unpack it and check the files one by one")
        )
    names = [entry.filename for entry in inside]
    for name in sorted(set(listed) - set(names)):
        yield _("%(name)s is missing") % {"name": name}
    for name in sorted({name for name in names if name not in listed or names.count(name) > 1}):
        yield _("%(name)s was added") % {"name": name}
    for entry in inside:
        if not _plain(entry):
            raise documents.NotADocument(_("%(name)s is packed in a way that we never use") % {"name": entry.filename})
        with archive.open(entry) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != listed.get(entry.filename, digest):
            yield _("%(name)s was changed") % {"name": entry.filename}
        named = NAMED.fullmatch(entry.filename)
        if named and named[1] != digest:
            yield _("%(name)s is not the file its name says") % {"name": entry.filename}
