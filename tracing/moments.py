"""The state of what figures and pages are made from, as a digest: the same as long as nobody wrote anything that shows there.

Three who ask, each with what only it is made from: a fleet as it was read (``facts``), a coming day that was rolled
(``standing``), and an automaker's page (``moment``). A few short queries each, whatever the fleet.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Model, QuerySet

from suppliers.models import (
    Addressee,
    Declaration,
    Decline,
    Postponement,
    PriceWord,
    Rate,
    Request,
    Ripple,
    Seal,
    SourcingConfirmation,
    SourcingEnd,
    Withdrawal,
)
from tracing import doubts, rulebooks
from tracing.engine import VERSION
from tracing.models import Trace, Vehicle, Verdict
from tracing.remembered import Remembered

LATE = 10_000
"""Among so many of the newest ripples one may have been committed late."""
ASKED: dict[type[Model], str] = {
    Request: "sourcing__", Decline: "request__sourcing__", Postponement: "request__sourcing__", PriceWord: "sourcing__",
}  # fmt: skip
"""What is asked and told about a sale, and the way from it to the sale."""
_moments = Remembered(200)


def facts(on: dt.date) -> str:
    """What a fleet as it was read on a day is made from."""
    return _digest(on, _said(), _rates(on=on))


def standing() -> str:
    """What figures of a coming day are made from: facts, rates, rulebooks, engine."""
    return _digest(_said(), _rates(), VERSION, [rulebooks.rulebook(name).sha256 for name in rulebooks.ids()])


def moment(buyers: Iterable[UUID]) -> str:
    """What pages of these companies are made from: what they entered, asked and were answered, and their own vehicles' figures.

    What others tell each other is no part of it: it changes nothing here until a figure moves, and a page that hung on it would
    say by its slowness that something happened. Only where nobody said anything is what they were told not counted anew.
    """
    own = list(buyers)
    asked = [_counted(model.objects.filter(**{f"{way}buyer__in": own})) for model, way in ASKED.items()]
    verdicts, traces = (model.objects.filter(vehicle__organisation__in=own) for model in (Verdict, Trace))
    figures = [_counted(verdicts, "roll"), _counted(traces)]  # a verdict is replaced in its place: by which roll last
    told = _moments.of((tuple(own), standing()), lambda: _told(own))
    return _digest(asked, figures, Vehicle.objects.filter(organisation__in=own).count(), doubts.state(own), told)


def _told(own: list[UUID]) -> list[Any]:
    """What these companies signed and were told, agreed on and withdrew, and what was withdrawn from them."""
    return [
        _counted(Declaration.objects.signed().filter(organisation__in=own), "signed_at"),
        _counted(Addressee.objects.filter(organisation__in=own, declaration__signed_at__isnull=False), "declaration__signed_at"),
        *(_counted(Withdrawal.objects.filter(**{f"declaration__{way}__in": own})) for way in ("organisation", "addressees__organisation")),
        *(_counted(model.objects.filter(sourcing__buyer__in=own)) for model in (SourcingConfirmation, SourcingEnd)),
    ]  # fmt: skip


def _digest(*state: Any) -> str:
    return hashlib.sha256(repr(state).encode()).hexdigest()


def _counted(rows: QuerySet[Any], at: str = "at") -> dict[str, Any]:
    """How many there are and when the last was written: a row that is committed late counts, too."""
    return rows.order_by().aggregate(count=Count("pk"), last=Max(at))


def _said() -> list[Any]:
    """What is signed, withdrawn, confirmed, published or decided leaves a ripple or a seal. That a day began is no news."""
    told = Ripple.objects.exclude(why="day")
    last = told.aggregate(last=Max("pk"))["last"] or 0
    late = told.filter(pk__gt=last - LATE).count()
    return [last, late, Seal.objects.aggregate(Max("number")), Vehicle.objects.count()]


def _rates(**until: dt.date) -> dict[str, Any]:
    """The published rates of exchange."""
    rows = Rate.objects.filter(organisation__isnull=True, **{f"{name}__lte": day for name, day in until.items()})
    return rows.aggregate(Count("pk"), Max("on"))
