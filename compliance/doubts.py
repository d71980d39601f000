"""What a company's reviewers hold against an answer: entered where tracing's pages ask, for the buyer's own eyes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Max
from django.db.models.functions import TruncDate

from compliance.actions import checks
from compliance.models import CheckedAnswer, CheckedCompany, FaceReview
from suppliers.models import Declaration, Organisation, Sourcing
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
    """By sale what stands against its answer: the newest decision; where nobody has decided that it waits, and what was found.

    Of a sale no more is read than its keys.
    """
    of_buyer: dict[UUID, list[Sourcing]] = {}
    for sale in sales:
        of_buyer.setdefault(sale.buyer_id, []).append(sale)
    found: dict[UUID, Doubt] = {}
    for buyer in Organisation.objects.filter(pk__in=of_buyer):  # one at a time: what is told is for its eyes alone
        against = _against(buyer, on)
        found |= {
            sale.pk: against[sale.seller_part_id] for sale in of_buyer[buyer.pk] if sale.seller_part_id in against
        }
    return found


@doubts.stated
def state(companies: list[UUID]) -> tuple[Any, ...]:
    """What was decided, and when all answers were last checked anew. What else a check reads is the buyer's own, or said to it."""
    decided = (
        FaceReview.objects.filter(organisation__in=companies).order_by().aggregate(count=Count("pk"), last=Max("at"))
    )
    anew = CheckedCompany.objects.filter(pk__in=companies, at__isnull=False).order_by("pk").values_list("at", flat=True)
    return decided, list(anew)


def _against(buyer: Organisation, on: dt.date) -> dict[UUID, Doubt]:
    """By the seller's part the worst that stands against an answer addressed to this buyer that holds on that day."""
    speaker = buyer.speaker
    checks.bring_up(speaker, most=checks.A_PAGE)
    rows = CheckedAnswer.objects.filter(organisation=buyer, begins__lte=on, until__gt=on)
    findings = dict(rows.filter(codes__gt="").values_list("declaration", "findings"))
    decided, worst = decisions(speaker.keeps), dict[UUID, Doubt]()
    held = rows.values_list("part", "declaration", TruncDate("signed", tzinfo=dt.UTC))
    for part, key, signed in [*held, *([] if checks.has_read(speaker) else _unread(buyer, on))]:
        doubt = _decided(key, *decided[key]) if key in decided else _waits(key, signed, findings.get(key))
        if doubt and (part not in worst or ORDER.index(doubt.state) > ORDER.index(worst[part].state)):
            worst[part] = doubt
    return worst


def _unread(buyer: Organisation, on: dt.date) -> list[tuple[UUID, UUID, dt.date]]:
    """As of those that the checks have read: an answer they have not read yet waits all the same."""
    rows = Declaration.objects.in_force(on=on).filter(pk__in=checks.unread([buyer.pk]).values("declaration"))
    return list(rows.values_list("part", "pk", TruncDate("signed_at", tzinfo=dt.UTC)))


def decisions(companies: Iterable[UUID]) -> dict[UUID, tuple[str, dt.datetime, str]]:
    """By answer what holds of all that these companies decided on it, which is the last: the decision, when and why; one query."""
    rows = FaceReview.objects.filter(organisation__in=companies).order_by("at", "pk")
    return {key: told for key, *told in rows.values_list("declaration", "decision", "at", "why")}  # type: ignore[misc]


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


def _decided(key: UUID, decision: str, at: dt.datetime, why: str) -> Doubt | None:
    state = STATES.get(FaceReview.Decision(decision))
    return Doubt(key, state, at.date(), WORDS[state].format(why=why)) if state else None


def _waits(key: UUID, signed: dt.date, findings: list[tuple[str, str]] | None) -> Doubt:
    if not findings:
        return Doubt(key, WAITING, signed, WORDS[WAITING])
    (code, fact), *more = findings
    return Doubt(key, WAITING, signed, f"To review, {code}: {fact}{f', and {len(more)} more' if more else ''}.")
