"""How much of the disk a company's files take, and whether another one fits beside them."""

import os
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from suppliers import files, numbers
from suppliers.models import Evidence, Organisation


class Full(files.Refused):
    """With this file the company would keep more than its share of the disk."""


def used(organisation: Organisation, *, besides: str = "") -> int:
    """Bytes of everything a company handed in, papers and workbooks; the same file under many answers counts once.
    ``besides``: a digest that is not counted."""
    papers = Evidence.objects.filter(declaration__organisation=organisation).order_by().values_list("digest", "size")
    rows = papers.union(organisation.uploads.order_by().values_list("digest", "size"))
    return sum(size for digest, size in rows if digest != besides)


def demand_room(organisation: Organisation, stream: BinaryIO) -> None:
    """Raise Full where the stream no longer fits into ``settings.QUOTA`` bytes; 0 is no limit. Nothing is read or kept.

    Asked before a file is kept and without a lock: ``demand_share`` decides.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    _demand(organisation, size)


def demand_share(organisation: Organisation, *, size: int, digest: str) -> None:
    """Raise Full where a kept file no longer fits. Call it in the transaction that writes the file's row: until that ends no
    other file of the company is counted, so that many at the same moment fit together or not at all."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    _demand(organisation, size, besides=digest)


def _demand(organisation: Organisation, size: int, *, besides: str = "") -> None:
    if not settings.QUOTA:
        return
    taken = used(organisation, besides=besides)
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
