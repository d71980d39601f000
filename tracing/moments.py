"""What pages over a whole fleet are made from, named by a digest: the same as long as nobody wrote anything that shows there."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Max

from suppliers.models import Decline, Postponement, PriceWord, Request
from tracing.actions import days
from tracing.models import Roll, Trace

ASKED = {
    Request: "sourcing__", Decline: "request__sourcing__", Postponement: "request__sourcing__", PriceWord: "sourcing__",
}  # fmt: skip
"""What is asked and told about a sale, and the way from it to the sale."""


def moment(buyers: Iterable[UUID]) -> str:
    """The state of facts, rules and figures, and of what these companies asked and were told about what they buy. A few short
    queries, whatever the fleet.

    What is signed, withdrawn, confirmed, published or decided is in ``days.standing`` by its seal or its ripple.
    """
    own = list(buyers)
    told = [
        model.objects.filter(**{f"{way}buyer__in": own}).aggregate(Count("pk"), Max("at"))
        for model, way in ASKED.items()
    ]
    figures = [Roll.objects.aggregate(Max("pk")), Trace.objects.aggregate(Count("pk"), Max("at"))]
    return hashlib.sha256(repr((days.standing(), told, figures)).encode()).hexdigest()
