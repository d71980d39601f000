"""Files that people hand in: kept once under their SHA-256, outside the web root, never under a name that came with them."""

import hashlib
import os
import socket
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

MAX_SIZE = 20 * 1024 * 1024
PIECE = 64 * 1024


class TooLarge(ValueError):
    """More bytes than the portal keeps."""


class Infected(ValueError):
    """The scanner found something in it, or did not answer: then it is not opened either."""


def folder() -> Path:
    return Path(settings.FILES_DIR)


def place(digest: str) -> Path:
    """Where the file of that digest lies. Raises ValueError for anything that is no SHA-256."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return folder() / digest[:2] / digest


def keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Store bytes as they come and answer their SHA-256 and size; the same bytes lie there once. Raises TooLarge."""
    folder().mkdir(parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder(), prefix="coming-")
    coming = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_SIZE:
                    raise TooLarge(_("The file is larger than %(most)s MB.") % {"most": MAX_SIZE // 1024**2})
                hashed.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        _moved(coming, place(hashed.hexdigest()))
    finally:
        coming.unlink(missing_ok=True)
    return hashed.hexdigest(), size


def _moved(coming: Path, target: Path) -> None:
    """A rename is whole or not at all; the folder is written too, so that a power cut cannot lose the name."""
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        coming.replace(target)
        where = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(where)
        finally:
            os.close(where)


def opened(digest: str) -> BinaryIO:
    """The kept bytes, for reading. Raises FileNotFoundError."""
    return place(digest).open("rb")


def scan(digest: str) -> None:
    """Ask ClamAV where ``CLAMD`` names one ("host:port" or a socket's path); without it nothing is asked. Raises Infected."""
    address = getattr(settings, "CLAMD", "")
    if not address:
        return
    try:
        said = _asked(address, digest)
    except OSError as silent:
        raise Infected(_("The virus scanner does not answer. Try again in a few minutes.")) from silent
    if not said.endswith("OK"):
        raise Infected(_("The virus scanner refuses this file."))


def _asked(address: str, digest: str) -> str:
    """clamd's INSTREAM: each piece behind its length, an empty one ends it."""
    host, colon, port = address.rpartition(":")
    local = address.startswith("/")
    with socket.socket(socket.AF_UNIX if local else socket.AF_INET, socket.SOCK_STREAM) as line, opened(digest) as file:
        line.settimeout(30)
        line.connect(address if local else (host, int(port)) if colon else (address, 3310))
        line.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        return line.recv(4096).rstrip(b"\0").decode("utf-8", "replace").strip()
