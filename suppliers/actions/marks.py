"""The marked copy of a wrong file: made by the worker that read it, kept beside the files for a month, made anew after that."""

import datetime as dt
import logging
import os
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.utils import translation

from suppliers import files
from suppliers.models import Upload
from suppliers.workbooks.complaints import Complaint
from suppliers.workbooks.marking import marked

KEPT = dt.timedelta(days=30)

log = logging.getLogger("traceline.uploads")


def copy(upload: Upload) -> bytes:
    """The same file with its errors beside its rows, in the language it was read in. Raises files.Missing."""
    try:
        return _place(upload).read_bytes()
    except OSError:
        return _made(upload)


def keep(upload: Upload) -> None:
    """Have the copy ready before somebody asks for it; what fails here is made when it is asked for."""
    try:
        raw, place = _made(upload), _place(upload)
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=place.parent, prefix="part-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
        Path(part).replace(place)
    except Exception:
        log.exception("the errors of upload %s could not be marked", upload.pk)


def sweep() -> None:
    """Take away copies that nobody has needed for a month."""
    folder, oldest = Path(settings.FILES_DIR) / "marked", time.time() - KEPT.total_seconds()
    for one in folder.iterdir() if folder.exists() else ():
        if one.stat().st_mtime < oldest:
            one.unlink(missing_ok=True)


def _place(upload: Upload) -> Path:
    return Path(settings.FILES_DIR) / "marked" / str(upload.pk)


def _made(upload: Upload) -> bytes:
    with translation.override(upload.language), files.opened(upload.digest) as stream:
        return marked(stream, upload.name, [Complaint(*row) for row in upload.errors])
