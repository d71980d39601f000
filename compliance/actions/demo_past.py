"""The demo's past: what its companies signed and withdrew is done on the days that its rows tell, in the order of those days."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.utils import timezone

from compliance.demo import rows
from suppliers import clock
from suppliers.models import Seal

Acts = Iterator[tuple[dt.date | None, str, rows.Declaration]]


def acts(declarations: Iterable[rows.Declaration]) -> Acts:
    """Each declaration and each withdrawal with its day, in order; of one day older versions first; drafts last, without a day."""
    told = [(row.signed_on, bool(row.supersedes), row.declaration, "declaration", row) for row in declarations]
    told += [(row.withdrawn_on, True, row.declaration, "withdrawal", row) for row in declarations if row.withdrawn_on]
    for on, _, _, act, row in sorted(told, key=lambda one: (one[0] or dt.date.max, *one[1:4])):
        yield on, act, row


class Past:
    """Answers the moment to act at: noon of the day, but never before what is sealed and never later than now. Outside a demo
    everything is done now."""

    def __init__(self):
        last = Seal.objects.order_by("-number").first()
        self.last = last.at if last else None

    def on(self, day: dt.date | None) -> AbstractContextManager[None]:
        if day is None or not settings.DEMO:
            return nullcontext()
        noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
        at = min(max(noon, self.last or noon), timezone.now())
        self.last = at
        return clock.lived(at)
