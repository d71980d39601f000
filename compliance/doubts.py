"""What a company's reviewers hold against an answer: entered where tracing's pages ask, for the buyer's own eyes."""

import datetime as dt
from uuid import UUID

from compliance.models import FaceReview
from suppliers.models import Declaration, Sourcing
from tracing import doubts
from tracing.doubts import ASKED, REJECTED, WAITING, Doubt

STATES = {FaceReview.Decision.ASK: ASKED, FaceReview.Decision.REJECT: REJECTED}
WORDS = {
    WAITING: "Nobody of yours has reviewed this answer yet.",
    ASKED: "A reviewer asked back: “{why}”",
    REJECTED: "A reviewer rejected it: “{why}” It counts until the supplier withdraws it.",
}


@doubts.provided
def reviewed(sales: list[Sourcing], on: dt.date) -> dict[UUID, Doubt]:
    """By sale what the newest decision on its answer says, the worst where several answers hold; two queries."""
    held = _holding(sales, on)
    newest = newest_of({key for keys in held.values() for key, _at in keys}, {sale.buyer_id for sale in sales})
    found: dict[UUID, Doubt] = {}
    order = (WAITING, ASKED, REJECTED)
    for sale in sales:
        rows = [
            _doubt(key, at, newest.get((sale.buyer_id, key)))
            for key, at in held.get((sale.seller_part_id, sale.buyer_id), [])
        ]
        worst = max((row for row in rows if row), key=lambda row: order.index(row.state), default=None)
        if worst:
            found[sale.pk] = worst
    return found


def newest_of(declarations: set[UUID], buyers: set[UUID]) -> dict[tuple[UUID, UUID], FaceReview]:
    """By buyer and answer: the decision that holds, which is the last one; one query."""
    rows = FaceReview.objects.filter(declaration__in=declarations, organisation__in=buyers)
    rows = rows.select_related("by__user__person").order_by("at", "pk")
    return {(row.organisation_id, row.declaration_id): row for row in rows}


def _holding(sales: list[Sourcing], on: dt.date) -> dict[tuple[UUID, UUID], list[tuple[UUID, dt.datetime]]]:
    """By the seller's part and the buyer: the answers addressed to it that hold on that day."""
    rows = (
        Declaration.objects.in_force(on=on)
        .filter(
            part__in={sale.seller_part_id for sale in sales},
            addressees__organisation__in={sale.buyer_id for sale in sales},
        )
        .values_list("part", "addressees__organisation", "pk", "signed_at")
    )
    found: dict[tuple[UUID, UUID], list[tuple[UUID, dt.datetime]]] = {}
    for part, buyer, key, at in rows:
        found.setdefault((part, buyer), []).append((key, at))
    return found


def _doubt(key: UUID, signed: dt.datetime, last: FaceReview | None) -> Doubt | None:
    if last is None:
        return Doubt(key, WAITING, signed.date(), WORDS[WAITING])
    state = STATES.get(FaceReview.Decision(last.decision))
    return Doubt(key, state, last.at.date(), WORDS[state].format(why=last.why)) if state else None
