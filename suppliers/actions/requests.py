"""Asking a direct supplier, and saying that one cannot answer."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers.actions.acts import ring, seal
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Campaign, Declaration, Decline, Membership, Request, Sourcing
from tracing.engine import dossier


class AlreadyDeclined(ValueError):
    """This request was declined before."""


@dataclass(frozen=True)
class Asked:
    """One question of many: of whom, for which days, by when, under which laws, with which words."""

    sourcing: Sourcing
    begins: dt.date
    ends: dt.date
    due: dt.date
    rulebooks: tuple[str, ...] = ()
    message: str = ""


def ask(
    sourcing: Sourcing, *, by: Membership, begins: dt.date, ends: dt.date, due: dt.date, rulebooks=(), message: str = "",
    campaign: Campaign | None = None,
) -> Request:  # fmt: skip
    """Ask the seller of a sourcing for a declaration. Raises Malformed naming the field, NotYourRight."""
    return ask_many([Asked(sourcing, begins, ends, due, tuple(rulebooks), message)], by=by, campaign=campaign)[0]


@transaction.atomic
def ask_many(rows: Iterable[Asked], *, by: Membership, campaign: Campaign | None = None) -> list[Request]:
    """Ask many sellers at once, all or none. Raises Malformed naming the field, NotYourRight."""
    rows, errors = list(rows), {}
    for buyer in {row.sourcing.buyer_id: row.sourcing.buyer for row in rows}.values():
        demand(by, "editor", "certifier", "reviewer", of=buyer)
    if any(row.begins >= row.ends for row in rows):
        errors["ends"] = [_("The period must end after it begins.")]
    if any(len(row.message) > 2000 for row in rows):
        errors["message"] = [_("This is longer than 2,000 characters: shorten it.")]
    if errors:
        raise Malformed(errors)
    at = timezone.now()
    made = Request.objects.bulk_create(
        (
            Request(
                by=by, at=at, sourcing=row.sourcing, campaign=campaign, begins=row.begins, ends=row.ends, due=row.due,
                rulebooks=sorted(row.rulebooks), message=row.message.strip(),
            )
            for row in rows
        ),
        batch_size=1000,
    )  # fmt: skip
    transaction.on_commit(partial(ring, "suppliers.write_letters"))
    return made


@transaction.atomic
def decline(request: Request, *, by: Membership, reason: str, why: str) -> Decline:
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
    row = Decline.objects.create(request=request, by=by, reason=reason, why=why.strip())
    seal("request.declined", row.pk, dossier.digest({"request": str(request.pk), "reason": reason, "why": row.why}))
    return row


def answer_to(request: Request) -> Declaration | None:
    """The declaration that answers a request, newest first; None while it is open."""
    return answers_to([request]).get(request.pk)


def answers_to(asked: Iterable[Request]) -> dict[UUID, Declaration]:
    """By request: the newest signed declaration of that part to that buyer over that period, in one query.

    A campaign's request is answered only by what was signed after it: see ``Request.objects.unanswered``.
    """
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
            late_enough = request.campaign_id is None or row.signed_at >= request.at
            if late_enough and row.begins < request.ends and row.ends > request.begins:
                found[request.pk] = row
    return found
