"""What pages over a whole fleet are made from, named by a digest: the same as long as nobody wrote anything that shows there."""

import hashlib

from django.db.models import Count, Max

from suppliers.models import Decline, Postponement, PriceWord, Request, SourcingConfirmation
from tracing.actions import days
from tracing.models import Roll, Trace

ASKED = (Request, Decline, Postponement, PriceWord, SourcingConfirmation)


def moment() -> str:
    """The state of facts, rules, figures and asking. A few short queries, whatever the fleet.

    What is signed, withdrawn, confirmed, published or decided is in ``days.standing`` by its seal or its ripple.
    """
    told = [model.objects.aggregate(Count("pk"), Max("at")) for model in ASKED]
    figures = [Roll.objects.aggregate(Max("pk")), Trace.objects.aggregate(Count("pk"), Max("at"))]
    return hashlib.sha256(repr((days.standing(), told, figures)).encode()).hexdigest()
