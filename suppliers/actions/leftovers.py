"""Files that no row names: papers taken off a draft, what was refused after it was kept, parts of a write that was cut off."""

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from suppliers import files
from suppliers.models import Evidence, Upload

AGE = 3600  # seconds: a file is kept before its row is written, by a request that ends long before
AT_ONCE = 500


def sweep() -> int:
    """Take away every file that is an hour old and that no paper and no workbook rests on; answers how many. What is handed in
    anew meanwhile is young again and stays."""
    files.put_back()
    oldest, taken = time.time() - AGE, 0
    for some in _old(oldest):
        named = {digest for model in (Evidence, Upload)
                 for digest in model.objects.filter(digest__in=some).order_by().values_list("digest", flat=True)}  # fmt: skip
        taken += sum(files.dropped(digest, oldest=oldest) for digest in set(some) - named)
    return taken + _parts(oldest)


def _old(oldest: float) -> Iterator[list[str]]:
    """The digests under which an old file lies, some at a time."""
    root, some = Path(settings.FILES_DIR), []
    for path in root.glob("[0-9a-f][0-9a-f]/*"):
        if files.DIGEST.fullmatch(path.name) and path.stat().st_mtime < oldest:
            some.append(path.name)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _parts(oldest: float) -> int:
    """What a worker that was killed, or a full disk, left of a file: its upload was never answered with yes."""
    parts = [path for path in Path(settings.FILES_DIR).glob("part-*") if path.stat().st_mtime < oldest]
    for path in parts:
        path.unlink(missing_ok=True)
    return len(parts)
