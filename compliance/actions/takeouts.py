"""Handing a company everything it entered, signed: asked for by one of its people, made by a worker, kept for a week."""

import logging
from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from compliance import keys
from compliance.models import Takeout
from compliance.takeouts import archives, contents, shelf
from suppliers.actions.acts import ring
from suppliers.actions.rights import demand
from suppliers.models import Membership, Organisation

TAKERS = ("administrator", "certifier", "officer")

log = logging.getLogger("traceline.takeouts")


@transaction.atomic
def ask(organisation: Organisation, *, by: Membership) -> Takeout:
    """Record the act; the archive follows. One that is being made already is answered again. Raises NotYourRight, NoKey."""
    demand(by, *TAKERS, of=organisation)
    keys.active(settings.SIGNING_KEYS, make=settings.LOCAL)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    for row in waiting().filter(organisation=organisation, by=by):
        if shelf.state(row) == shelf.State.MAKING:
            return row
    transaction.on_commit(partial(ring, "compliance.make_takeouts"))
    return Takeout.objects.create(organisation=organisation, by=by)


def waiting():
    """Those that may still be made; whether one is made its archive says."""
    return Takeout.objects.filter(at__gt=timezone.now() - shelf.PATIENCE).order_by("at")


def make_due() -> int:
    """Make every archive that waits and take away the old ones; answers how many were made. Any number of workers may."""
    shelf.swept()
    made = 0
    for row in waiting().select_related("organisation", "by__user"):
        if shelf.state(row) == shelf.State.MAKING:
            try:
                made += shelf.put(row, pieces(row))
            except Exception:
                log.exception("takeout %s could not be made", row.pk)
    return made


def pieces(row: Takeout) -> Iterator[bytes]:
    """The archive, piece by piece, in the language of whoever asked."""
    key = keys.active(settings.SIGNING_KEYS, make=settings.LOCAL)
    about = {
        "takeout": 1, "id": str(row.pk), "organisation": row.organisation.code, "name": row.organisation.name,
        "issued_at": timezone.now().isoformat(timespec="seconds"), "portal": settings.PUBLIC_URL,
    }  # fmt: skip
    with translation.override(row.by.user.language or row.organisation.language):
        yield from archives.written(contents.entries(row.organisation), about, key)
