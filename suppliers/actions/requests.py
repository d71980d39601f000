"""Asking a direct supplier, and saying that one cannot answer."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from suppliers import clock
from suppliers.actions.acts import ring, seal_many
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Campaign, Declaration, Decline, Membership, Postponement, Request, Sourcing
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
    at = clock.now()
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


def decline(request: Request, *, by: Membership, reason: str, why: str, maker: str = "") -> Decline:
    """Say that one answer will not come, and why: an answer too. Raises as ``decline_many`` does."""
    return decline_many([request], by=by, reason=reason, why=why, maker=maker)[0]


def decline_many(asked: Iterable[Request], *, by: Membership, reason: str, why: str, maker: str = "") -> list[Decline]:
    """Give one reason for many requests: all of them, or none. Raises Malformed, AlreadyDeclined, NotYourRight."""
    return decline_each((Decline(request=row, reason=reason, why=why, maker=maker) for row in asked), by=by)


@transaction.atomic
def decline_each(rows: Iterable[Decline], *, by: Membership) -> list[Decline]:
    """Give each request its own reason, all or none, in as many queries for a thousand as for one; a row as yet unsaved holds
    request, reason, why and maker. Raises as ``decline_many`` does."""
    rows = list(rows)
    _own([row.request for row in rows], by)
    errors: dict[str, list[str]] = {}
    for row in rows:
        row.by, row.at, row.why, row.maker = by, clock.now(), row.why.strip(), row.maker.strip()
        errors |= _wrong(row)
    if errors:
        raise Malformed(errors)
    _not_declined(rows)
    made = Decline.objects.bulk_create(rows, batch_size=500)
    seal_many("request.declined", [(row.pk, dossier.digest(row.sealed)) for row in made])
    return made


def _wrong(row: Decline) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if row.reason not in Decline.Reason.values:
        errors["reason"] = [_("Choose one of the reasons.")]
    if not row.why:
        errors["why"] = [_("Say in a sentence what was tried and what stands in the way.")]
    if row.reason == Decline.Reason.OTHER_MAKER and not row.maker:
        errors["maker"] = [_("Say which company makes it, by the name on its papers.")]
    if len(row.maker) > 160:
        errors["maker"] = [_("This is longer than 160 characters: shorten it.")]
    return errors


def _not_declined(rows: list[Decline]) -> None:
    """Each request once, and none that was declined before. The requests are locked."""
    before = set(Decline.objects.filter(request__in=[row.request_id for row in rows]).values_list("request", flat=True))
    for row in rows:
        if row.request_id in before:
            raise AlreadyDeclined(
                _("%(part)s for %(buyer)s was answered so before.")
                % {"part": row.request.sourcing.seller_part.number, "buyer": row.request.sourcing.buyer}
            )
        before.add(row.request_id)


def postpone_many(asked: Iterable[Request], *, by: Membership, until: dt.date | None, why: str) -> list[Postponement]:
    """Say that it is not known yet and by when it will be; nobody is reminded before that day. Raises Malformed,
    NotYourRight."""
    return postpone_each((Postponement(request=row, until=until, why=why) for row in asked), by=by)


@transaction.atomic
def postpone_each(rows: Iterable[Postponement], *, by: Membership) -> list[Postponement]:
    """Put off each request to its own day, all or none; a row as yet unsaved holds request, until and why. Raises as
    ``postpone_many`` does."""
    rows = list(rows)
    _own([row.request for row in rows], by)
    errors: dict[str, list[str]] = {}
    for row in rows:
        row.by, row.at, row.why = by, clock.now(), row.why.strip()
        errors |= _too_late(row)
    if errors:
        raise Malformed(errors)
    return Postponement.objects.bulk_create(rows, batch_size=500)


def _too_late(row: Postponement) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    until, why = row.until, row.why
    if until is None:
        errors["until"] = [_("Say by which day you will know it.")]
    elif until <= clock.today():
        errors["until"] = [_("This day is over: choose a later one.")]
    elif until >= row.request.ends:
        errors["until"] = [
            _("The answer for %(buyer)s is for a period that ends before that day: choose an earlier one.")
            % {"buyer": row.request.sourcing.buyer}
        ]
    if not why:
        errors["why"] = [_("Say in a sentence what is still missing.")]
    elif len(why) > 300:
        errors["why"] = [_("This is longer than 300 characters: shorten it.")]
    return errors


def _own(asked: Iterable[Request], by: Membership) -> list[Request]:
    """The requests, locked against a second answer at the same moment, each addressed to the one who speaks."""
    rows = list(asked)
    demand(by, "editor", "certifier")
    if not rows:
        raise Malformed({"": [_("Tick at least one part.")]})
    for seller in {row.sourcing.seller_id: row.sourcing.seller for row in rows}.values():
        demand(by, "editor", "certifier", of=seller)
    list(Request.objects.select_for_update().filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("pk"))
    return rows


def answer_to(request: Request) -> Declaration | None:
    """The declaration that answers a request, newest first; None while it is open."""
    return answers_to([request]).get(request.pk)


def answers_to(asked: Iterable[Request], *, besides: Declaration | None = None) -> dict[UUID, Declaration]:
    """By request: what answers it last, in two queries. ``besides``: as if that one were not there.

    What answers a request is said in one place: ``Request.objects.with_answer``.
    """
    rows = Request.objects.filter(pk__in=[row.pk for row in asked]).with_answer(besides=besides)
    keys = {pk: answer for pk, answer in rows.values_list("pk", "answer") if answer}
    answers = Declaration.objects.in_bulk(set(keys.values()))
    return {pk: answers[answer] for pk, answer in keys.items()}
