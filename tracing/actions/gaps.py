"""One act about several sales that lack an answer: ask, remind, hand to a colleague, leave to the law's answer to silence."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from suppliers.actions import campaigns, reminders
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, Reminder, Request, Sourcing
from tracing import rulebooks
from tracing.models import Assignment, Silence, Vehicle

ASKERS = ("editor", "certifier", "reviewer")
REMIND_AFTER, ESCALATE_AFTER = (7, 14), 21


@dataclass(frozen=True)
class Plan:
    """What to do about which sales. ``law`` is a rulebook's id or ``every``; ``token`` is the page's: sent twice is done once."""

    act: str
    sales: tuple[UUID, ...]
    law: str
    due: dt.date | None
    person: str
    why: str
    token: UUID
    on: dt.date


@transaction.atomic
def act(plan: Plan, *, by: Membership) -> str:
    """Do it for all of them, or for none; answers a sentence on what was done. Raises Malformed naming what failed, NotYourRight."""
    demand(by, *ASKERS, of=by.organisation)
    sales = _sales(plan.sales, by)
    return {"ask": ask, "remind": remind, "escalate": remind, "assign": assign, "accept": accept, "reopen": accept}[
        plan.act
    ](plan, sales, by=by)


def _sales(keys: Iterable[UUID], by: Membership) -> list[Sourcing]:
    wanted = list(keys)
    rows = Sourcing.objects.filter(pk__in=wanted, buyer__in=by.keeps).select_related("seller", "buyer", "buyer_part")
    if len(rows) < len(set(wanted)) or not wanted:
        raise Malformed({"sale": ["A part that was ticked is not bought any more: open the page again."]})
    return sorted(rows, key=lambda row: (row.seller.name, row.buyer_part.number))


def laws_of(plan: Plan) -> list[str]:
    """The rulebooks that the page was about."""
    return [plan.law] if plan.law in rulebooks.ids() else list(rulebooks.ids())


def ask(plan: Plan, sales: list[Sourcing], *, by: Membership) -> str:
    """A campaign of its own, so that it reminds by itself and keeps every try; what is asked already is not asked twice."""
    begins = plan.on.replace(day=1)
    said = campaigns.Plan(
        title=f"Gaps of {plan.on.day} {plan.on:%b %Y}", begins=begins, ends=begins.replace(year=begins.year + 1), due=plan.due or plan.on,
        rulebooks=tuple(laws_of(plan)), remind_after=REMIND_AFTER, escalate_after=ESCALATE_AFTER,
    )  # fmt: skip
    holding = Vehicle.objects.visible_to(by).filter(part__declarations__lines__sources__sourcing__in=sales)
    goods = [row.part for row in holding.select_related("part").distinct()]
    made = campaigns.start(plan.token, said, by=by, goods=goods, sourcings=[row.pk for row in sales])
    count = made.requests.count()
    left = len(sales) - count
    return f"Asked for {count} answer{'s' if count != 1 else ''}." + (
        f" {left} of the ticked parts {'wait' if left > 1 else 'waits'} for an answer already." if left > 0 else ""
    )


def remind(plan: Plan, sales: list[Sourcing], *, by: Membership) -> str:
    """The last open question about each sale; to the second contact where it is an escalation."""
    last: dict[UUID, Request] = {}
    rows = Request.objects.unanswered().filter(sourcing__in=sales).select_related(
        "sourcing__seller", "sourcing__buyer", "sourcing__buyer_part"
    )  # fmt: skip
    for row in rows.order_by("at"):
        last[row.sourcing_id] = row
    never = [
        f"{row.seller.name} was never asked about {row.buyer_part.number}, or has answered: ask it."
        for row in sales
        if row.pk not in last
    ]
    if never:
        raise Malformed({"sale": never})
    kind = Reminder.Kind.ESCALATED if plan.act == "escalate" else Reminder.Kind.REMINDED
    count = reminders.remind_now(last.values(), by=by, kind=kind)
    return f"{count} letter{'s' if count != 1 else ''} written; who has had one today gets the next tomorrow."


def assign(plan: Plan, sales: list[Sourcing], *, by: Membership) -> str:
    """A colleague of the same company takes them over."""
    person = (
        Membership.objects.in_force(on=plan.on)
        .filter(organisation=by.organisation)
        .filter(pk=plan.person or None)
        .first()
    )
    if person is None:
        raise Malformed({"person": ["That colleague has left: choose another."]})
    Assignment.objects.bulk_create(
        (Assignment(by=by, sourcing=row, person=person, token=plan.token) for row in sales), ignore_conflicts=True
    )
    return f"{person.user.display_name} takes over {len(sales)} part{'s' if len(sales) != 1 else ''}."


def accept(plan: Plan, sales: list[Sourcing], *, by: Membership) -> str:
    """Under each law in view, the row that holds from now on: left to the law's answer to silence, or chased again."""
    if not plan.why.strip():
        raise Malformed({"why": ["Say in a sentence why: it is kept with the decision."]})
    holds, laws = plan.act == "accept", laws_of(plan)
    Silence.objects.bulk_create(
        (
            Silence(by=by, sourcing=row, rulebook=law, holds=holds, why=plan.why.strip(), token=plan.token)
            for row in sales
            for law in laws
        ),
        ignore_conflicts=True,
    )
    word = "left to the law’s answer to silence" if holds else "chased again"
    return f"{len(sales)} part{'s are' if len(sales) != 1 else ' is'} {word}."
