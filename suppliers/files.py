"""Files that people hand in: kept outside the web root under the digest of their bytes, after the scanner has seen them."""

import contextlib
import errno
import hashlib
import logging
import os
import re
import socket
import struct
import tempfile
from pathlib import Path
from typing import IO, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

log = logging.getLogger("traceline.files")

CHUNK = 1 << 16
DIGEST = re.compile(r"[0-9a-f]{64}")
NOT_TAKEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
PATIENCE = 30  # seconds the scanner has for each answer


class Refused(ValueError):
    """The file is not taken. The text says why and how to mend it, for the person who handed it in."""


class TooLarge(Refused):
    """More bytes than the limit."""


class Infected(Refused):
    """The scanner found something in it."""


class ScannerSilent(Refused):
    """A scanner is switched on and does not answer: nothing is taken unseen."""


class NoRoom(Refused):
    """The disk takes nothing: it is full, or not to be written to."""


class Missing(LookupError):
    """No file lies under this digest."""


def kept(stream: BinaryIO | IO[bytes], *, limit: int) -> tuple[str, int]:
    """Keep the bytes of a stream; answers (SHA-256 in hex, size in bytes). The same bytes twice are one file.

    Written beside its place, scanned, then moved there in one step: a crash leaves a stray part, never half a file
    under a digest. Raises TooLarge, Infected, ScannerSilent, NoRoom; then nothing is kept.
    """
    try:
        return _kept(stream, limit)
    except OSError as full:
        if full.errno not in NOT_TAKEN:
            raise
        log.exception("a file could not be kept")
        text = _(
            "The portal’s disk takes no file now, so nothing was kept; its operator has been told. Try again later."
        )
        raise NoRoom(text) from full


def _kept(stream: BinaryIO | IO[bytes], limit: int) -> tuple[str, int]:
    root = Path(settings.FILES_DIR)
    root.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=root, prefix="part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size = _copied(stream, target, limit)
            target.flush()
            os.fsync(target.fileno())
        scan(part)
        place = _place(digest)
        place.parent.mkdir(exist_ok=True)
        part.replace(place)
        synced(place.parent)
        synced(root)
    finally:
        part.unlink(missing_ok=True)
    return digest, size


def synced(folder: Path) -> None:
    """A name is on the disk once its folder is: else a power cut forgets a file whose row was committed after it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copied(stream, target, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            said = {"limit": f"{limit / 1_000_000:g}"}
            raise TooLarge(_("This file is larger than %(limit)s MB: split it or hand in a smaller copy.") % said)
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


def opened(digest: str) -> BinaryIO:
    """The file under a digest, open for reading. Raises Missing."""
    try:
        return _place(digest).open("rb")
    except OSError:
        raise Missing(digest) from None


def dropped(digest: str, *, oldest: float) -> bool:
    """Take a file away unless it was kept after that moment (seconds since 1970), be it a blink ago; whether it is gone."""
    place = _place(digest)
    aside = place.with_suffix(".gone")
    try:
        place.replace(aside)
        if aside.stat().st_mtime >= oldest:  # somebody kept the same bytes anew while this was decided
            aside.replace(place)
            return False
        aside.unlink()
    except FileNotFoundError:  # another worker is at it
        return False
    return True


def put_back() -> None:
    """What a worker laid aside and was killed over lies in its place again, to be judged anew."""
    for aside in Path(settings.FILES_DIR).glob("[0-9a-f][0-9a-f]/*.gone"):
        with contextlib.suppress(FileNotFoundError):
            aside.replace(aside.with_suffix(""))


def fault(digest: str) -> str:
    """What is wrong with the file under a digest: "missing", "changed", or "" when it is as it was kept."""
    try:
        with opened(digest) as stream:
            return "" if hashlib.file_digest(stream, "sha256").hexdigest() == digest else "changed"
    except Missing:
        return "missing"


def _place(digest: str) -> Path:
    """Where a digest's file lies. Anything that is no digest has no place, so that no name leads out of the folder."""
    if not DIGEST.fullmatch(digest):
        raise Missing(digest)
    return Path(settings.FILES_DIR) / digest[:2] / digest


def scan(path: Path) -> None:
    """Have ClamAV look at a file, where settings.CLAMAV names its socket; off while it is empty.

    ``unix:///run/clamav/clamd.ctl`` or ``tcp://host:3310``; clamd's INSTREAM command, so that clamd needs no right to
    read our folder. Raises Infected, ScannerSilent.
    """
    if not settings.CLAMAV:
        return
    try:
        said = _asked(settings.CLAMAV, path)
    except (OSError, ValueError):
        said = ""
    if said.endswith("FOUND"):
        raise Infected(_("The virus scanner found something in this file, so it was not kept. Hand in a clean copy."))
    if not said.endswith("OK"):
        text = _("The virus scanner does not answer, so nothing can be taken in now. Try again in some minutes.")
        raise ScannerSilent(text)


def _asked(address: str, path: Path) -> str:
    """What clamd says of a file: "stream: OK", "stream: Name FOUND", or an error of its own."""
    with _connected(address) as line, path.open("rb") as stream:
        line.sendall(b"zINSTREAM\0")
        while chunk := stream.read(CHUNK):
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
        said = b""
        while not said.endswith(b"\0") and (chunk := line.recv(4096)):
            said += chunk
    return said.rstrip(b"\0").decode("ascii", "replace").strip()


def _connected(address: str) -> socket.socket:
    url = urlsplit(address)
    if url.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        line.connect(url.path)
        return line
    return socket.create_connection((url.hostname or "", url.port or 3310), timeout=PATIENCE)
