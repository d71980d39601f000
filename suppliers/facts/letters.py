"""The portal's own letters about a sale, as attempts that an asker may enter without typing them again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from suppliers.models import Organisation, Reminder

# What is signed is English, in every language of the page; a request's due day and a letter's kind never change.
WORDS = {
    Reminder.Kind.ASKED: "asked by a letter of the portal, answer due {due}",
    Reminder.Kind.REMINDED: "reminded by a letter of the portal, answer due {due}",
    Reminder.Kind.ESCALATED: "second contact written to by the portal, answer due {due}",
}


@dataclass(frozen=True)
class Letter:
    """One letter: the key of its ``Reminder``, the day it was written, and what an attempt says of it."""

    key: UUID
    at: dt.date
    how: str


def of(sales: Iterable[Any], organisation: Organisation) -> dict[UUID | None, list[Letter]]:
    """By sale the letters that were written in this buyer's name and have not come back, oldest first; one query."""
    found: dict[UUID | None, list[Letter]] = defaultdict(list)
    rows = Reminder.objects.filter(
        request__sourcing__in=list(sales), request__sourcing__buyer_id__in=organisation.keeps,
        mail__dropped_at__isnull=True, mail__bounced_at__isnull=True,
    )  # fmt: skip
    for row in rows.select_related("request").order_by("at", "pk"):
        how = WORDS[Reminder.Kind(row.kind)].format(due=row.request.due.isoformat())
        found[row.request.sourcing_id].append(Letter(row.pk, timezone.localdate(row.at), how))
    return found
