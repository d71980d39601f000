"""Asking a direct supplier, and saying that one cannot answer."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F

from suppliers.actions.acts import seal
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Decline, Membership, Request, Sourcing
from tracing.engine import dossier


class AlreadyDeclined(ValueError):
    """This request was declined before."""


@transaction.atomic
def ask(
    sourcing: Sourcing, *, by: Membership, begins: dt.date, ends: dt.date, due: dt.date, rulebooks=(), message: str = ""
) -> Request:
    """Ask the seller of a sourcing for a declaration. Raises Malformed naming the field, NotYourRight."""
    demand(by, "editor", "certifier", "reviewer", of=sourcing.buyer)
    errors = {}
    if begins >= ends:
        errors["ends"] = ["The period must end after it begins."]
    if len(message) > 2000:
        errors["message"] = ["This is longer than 2,000 characters: shorten it."]
    if errors:
        raise Malformed(errors)
    return Request.objects.create(
        by=by,
        sourcing=sourcing,
        begins=begins,
        ends=ends,
        due=due,
        rulebooks=sorted(rulebooks),
        message=message.strip(),
    )


@transaction.atomic
def decline(request: Request, *, by: Membership, reason: str, why: str, maker: str = "") -> Decline:
    """Say that the answer will not come, and why: an answer too. Raises Malformed, AlreadyDeclined, NotYourRight."""
    demand(by, "editor", "certifier", of=request.sourcing.seller)
    errors = {}
    if reason not in Decline.Reason.values:
        errors["reason"] = ["Choose one of the reasons."]
    if not why.strip():
        errors["why"] = ["Say in a sentence what was tried and what stands in the way."]
    if errors:
        raise Malformed(errors)
    Request.objects.filter(pk=request.pk).first()
    if Decline.objects.filter(request=request).exists():
        raise AlreadyDeclined("This request was answered so before.")
    row = Decline.objects.create(request=request, by=by, reason=reason, why=why.strip(), maker=maker.strip())
    seal("request.declined", row.pk, dossier.digest({"request": str(request.pk), "reason": reason, "why": row.why}))
    return row


def answer_to(request: Request) -> Declaration | None:
    """The declaration that answers a request, newest first; None while it is open."""
    return answers_to([request]).get(request.pk)


def answers_to(asked: Iterable[Request]) -> dict[UUID, Declaration]:
    """By request: the newest signed declaration of that part to that buyer over that period, in one query."""
    asked = list(asked)
    signed = (
        Declaration.objects.signed()
        .filter(part__in={row.sourcing.seller_part_id for row in asked}, withdrawal__isnull=True)
        .annotate(buyer=F("addressees__organisation"))
        .order_by("signed_at")
    )
    by_sale: dict[tuple[UUID, UUID], list[Declaration]] = {}
    for row in signed:
        by_sale.setdefault((row.part_id, row.buyer), []).append(row)
    found = {}
    for request in asked:
        sale = request.sourcing
        for row in by_sale.get((sale.seller_part_id, sale.buyer_id), []):
            if row.begins < request.ends and row.ends > request.begins:
                found[request.pk] = row
    return found
