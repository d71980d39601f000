"""How much of the disk a company's files take, and whether another one fits beside them."""

import os
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from suppliers import files, numbers
from suppliers.models import Evidence, Organisation


class Full(files.Refused):
    """With this file the company would keep more than its share of the disk."""


def used(organisation: Organisation) -> int:
    """Bytes of everything a company handed in, papers and workbooks; the same file under many answers counts once."""
    papers = Evidence.objects.filter(declaration__organisation=organisation).order_by().values_list("digest", "size")
    return sum(size for _digest, size in papers.union(organisation.uploads.order_by().values_list("digest", "size")))


def demand_room(organisation: Organisation, stream: BinaryIO) -> None:
    """Raise Full where the stream no longer fits into ``settings.QUOTA`` bytes; 0 is no limit. Nothing is read or kept.

    Asked before a file is kept and without a lock, so several files at the same moment may lead past it by their own size.
    """
    if not settings.QUOTA:
        return
    size, taken = stream.seek(0, os.SEEK_END), used(organisation)
    stream.seek(0)
    if taken + size > settings.QUOTA:
        said = {"taken": _mb(taken), "most": _mb(settings.QUOTA), "size": _mb(size)}
        raise Full(
            _(
                "Your company’s files take %(taken)s of %(most)s MB, so this one of %(size)s MB does not fit: take papers "
                "off your drafts that you do not need, or ask the operator for more room."
            )
            % said
        )


def _mb(size: int) -> str:
    return numbers.local(f"{size / 1_000_000:.1f}")
