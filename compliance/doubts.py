"""What a company's reviewers hold against an answer: entered where tracing's pages ask, for the buyer's own eyes."""

import datetime as dt
from uuid import UUID

from compliance import plausibility
from compliance.models import FaceReview
from compliance.plausibility import Face, Finding
from suppliers.models import Declaration, Sourcing
from tracing import doubts
from tracing.doubts import ASKED, REJECTED, WAITING, Doubt

STATES = {FaceReview.Decision.ASK: ASKED, FaceReview.Decision.REJECT: REJECTED}
WORDS = {
    WAITING: "Nobody of yours has reviewed this answer yet.",
    ASKED: "A reviewer asked back: “{why}”",
    REJECTED: "A reviewer rejected it: “{why}” It counts until the supplier withdraws it.",
}
ORDER = (WAITING, ASKED, REJECTED)


@doubts.provided
def reviewed(sales: list[Sourcing], on: dt.date) -> dict[UUID, Doubt]:
    """By sale what stands against its answer: the newest decision; where nobody has decided that it waits, and what was found."""
    found: dict[UUID, Doubt] = {}
    for buyer in {sale.buyer_id for sale in sales}:  # one buyer at a time: what is told is for its eyes alone
        mine = [sale for sale in sales if sale.buyer_id == buyer]
        states = states_of(mine, on)
        waiting = {key for rows in states.values() for key, last in rows if last is None}
        known = plausibility.checked([buyer], on=on, keys=waiting)
        findings = {row.face.key: (row.face, found_in_it) for row, found_in_it in known}
        for sale in mine:
            rows = [_doubt(key, last, findings.get(key)) for key, last in states.get(sale.pk, [])]
            if worst := max((row for row in rows if row), key=lambda row: ORDER.index(row.state), default=None):
                found[sale.pk] = worst
    return found


def states_of(sales: list[Sourcing], on: dt.date) -> dict[UUID, list[tuple[UUID, FaceReview | None]]]:
    """By sale the answers that hold on that day, each with the decision that holds on it; two queries."""
    held = _holding(sales, on)
    newest = newest_of({key for keys in held.values() for key in keys}, {sale.buyer_id for sale in sales})
    return {
        sale.pk: [(key, newest.get((sale.buyer_id, key))) for key in held.get((sale.seller_part_id, sale.buyer_id), [])]
        for sale in sales
    }


def newest_of(declarations: set[UUID], buyers: set[UUID]) -> dict[tuple[UUID, UUID], FaceReview]:
    """By buyer and answer: the decision that holds, which is the last one; one query."""
    rows = FaceReview.objects.filter(declaration__in=declarations, organisation__in=buyers)
    rows = rows.select_related("by__user__person").order_by("at", "pk")
    return {(row.organisation_id, row.declaration_id): row for row in rows}


def _holding(sales: list[Sourcing], on: dt.date) -> dict[tuple[UUID, UUID], list[UUID]]:
    """By the seller's part and the buyer: the answers addressed to it that hold on that day."""
    rows = (
        Declaration.objects.in_force(on=on)
        .filter(
            part__in={sale.seller_part_id for sale in sales},
            addressees__organisation__in={sale.buyer_id for sale in sales},
        )
        .values_list("part", "addressees__organisation", "pk")
    )
    found: dict[tuple[UUID, UUID], list[UUID]] = {}
    for part, buyer, key in rows:
        found.setdefault((part, buyer), []).append(key)
    return found


def _doubt(key: UUID, last: FaceReview | None, told: tuple[Face, list[Finding]] | None) -> Doubt | None:
    if last is not None:
        state = STATES.get(FaceReview.Decision(last.decision))
        return Doubt(key, state, last.at.date(), WORDS[state].format(why=last.why)) if state else None
    if told is None:  # withdrawn in this very moment
        return None
    face, found = told
    if not found:
        return Doubt(key, WAITING, face.signed.date(), WORDS[WAITING])
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return Doubt(key, WAITING, face.signed.date(), f"To review, {found[0].code}: {found[0].fact}{more}.")
