"""Handing a company everything it entered, signed, as a stream."""

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from compliance import keys
from compliance.models import Takeout
from compliance.takeouts import archives, contents
from suppliers.actions.rights import demand
from suppliers.models import Membership, Organisation

TAKERS = ("administrator", "certifier", "officer")


def take_out(organisation: Organisation, *, by: Membership) -> Iterator[bytes]:
    """Record the act and answer the archive, piece by piece. Raises NotYourRight, NoKey."""
    demand(by, *TAKERS, of=organisation)
    key = keys.active(settings.SIGNING_KEYS, make=settings.LOCAL)
    with transaction.atomic():
        row = Takeout.objects.create(organisation=organisation, by=by)
    about = {
        "takeout": 1, "id": str(row.pk), "organisation": organisation.code, "name": organisation.name,
        "issued_at": timezone.now().isoformat(timespec="seconds"), "portal": settings.PUBLIC_URL,
    }  # fmt: skip
    return archives.written(contents.entries(organisation), about, key)
