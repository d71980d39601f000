"""Archives that were made, on the disk beside the files: written once, handed out for a week, then taken away."""

import datetime as dt
import enum
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings
from django.utils import timezone

from compliance.models import Takeout

KEPT = dt.timedelta(days=7)  # the row stays for good; the archive can be made anew
PATIENCE = dt.timedelta(hours=1)  # what is not made by then is given up
STALE = 300  # seconds: a worker that has written nothing for so long is taken for dead


class State(enum.StrEnum):
    """Computed from the act's moment and from what lies there; nothing sets it."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


def state(row: Takeout) -> State:
    now = timezone.now()
    if row.at < now - KEPT:
        return State.GONE
    if place(row).exists():
        return State.READY
    return State.MAKING if row.at > now - PATIENCE else State.FAILED


def place(row: Takeout) -> Path:
    return Path(settings.FILES_DIR) / "takeouts" / f"{row.pk}.zip"


def opened(row: Takeout) -> BinaryIO | None:
    """The archive, open for reading; None while it is being made, or once it is gone."""
    return place(row).open("rb") if state(row) == State.READY else None


def put(row: Takeout, pieces: Iterable[bytes]) -> bool:
    """Write an archive beside its place and move it there in one step. False where another worker is at it.

    Whoever makes the part first makes the archive. A part that was left by a failure is taken over once it is stale, so
    that what cannot be made is tried a few times and not at every ring.
    """
    target = place(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    if part.exists() and part.stat().st_mtime < time.time() - STALE:
        part.unlink(missing_ok=True)
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as stream:
        for piece in pieces:
            stream.write(piece)
            stream.flush()
        os.fsync(stream.fileno())
        if not _mine(stream, part):
            return False
        part.replace(target)
    return True


def _mine(stream: IO[bytes], part: Path) -> bool:
    """Whether the part is still the file that was written: who was silent for long may have been taken over."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), part.stat())
    except FileNotFoundError:
        return False


def swept() -> None:
    """Take away what has lain there for longer than it is kept."""
    folder, oldest = Path(settings.FILES_DIR) / "takeouts", time.time() - KEPT.total_seconds()
    for one in folder.iterdir() if folder.exists() else ():
        if one.stat().st_mtime < oldest:
            one.unlink(missing_ok=True)
