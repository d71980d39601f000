"""Asking many suppliers in one act, and stopping to remind them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from suppliers import clock
from suppliers.actions import requests
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Campaign, CampaignEnd, Membership, Organisation, Part, Request, Sourcing
from tracing import rulebooks

ASKERS = ("editor", "certifier", "reviewer")
LONGEST = 4 * 366  # days of a period
REMINDERS = 12
LAST_DAY = 365


class AlreadyEnded(ValueError):
    """This campaign was ended before."""


@dataclass(frozen=True)
class Plan:
    """What is asked and how it is followed up. ``remind_after`` and ``escalate_after`` are days after sending."""

    title: str
    begins: dt.date
    ends: dt.date
    due: dt.date
    rulebooks: tuple[str, ...]
    remind_after: tuple[int, ...] = ()
    escalate_after: int | None = None
    message: str = ""


def checked(plan: Plan, *, on: dt.date) -> dict[str, list[str]]:
    """What is wrong with a plan, by field; nothing where it may be started."""
    errors: dict[str, list[str]] = {}
    if not plan.title.strip():
        errors["title"] = [_("Give it a title, by which you will find it again.")]
    elif len(plan.title.strip()) > 120:
        errors["title"] = [_("This is longer than 120 characters: shorten it.")]
    if plan.begins >= plan.ends:
        errors["ends"] = [_("The period must end after it begins.")]
    elif (plan.ends - plan.begins).days > LONGEST:
        errors["ends"] = [_("At most four years: ask again after that.")]
    if plan.due < on:
        errors["due"] = [_("This day has passed: choose a later one.")]
    if not plan.rulebooks or not set(plan.rulebooks) <= set(rulebooks.ids()):
        errors["rulebooks"] = [_("Choose at least one rulebook that the answers are for.")]
    if len(plan.remind_after) > REMINDERS or not all(1 <= days <= LAST_DAY for days in plan.remind_after):
        errors["remind_after"] = [_("Up to twelve numbers of days from 1 to 365, for example 7, 14, 28.")]
    if plan.escalate_after is not None and not 1 <= plan.escalate_after <= LAST_DAY:
        errors["escalate_after"] = [_("A number of days from 1 to 365, or nothing.")]
    if len(plan.message) > 2000:
        errors["message"] = [_("This is longer than 2,000 characters: shorten it.")]
    return errors


@transaction.atomic
def start(token: UUID, plan: Plan, *, by: Membership, goods: Iterable[Part], sourcings: Iterable[UUID]) -> Campaign:
    """Ask the sellers of these sales, all or none. ``token`` is the campaign's key: the same given twice starts one.

    Sales for which a question as wide is open already are left out. Raises Malformed naming the field, NotYourRight.
    """
    demand(by, *ASKERS, of=by.organisation)
    Organisation.objects.select_for_update().get(pk=by.organisation_id)  # two campaigns of one company do not ask twice
    before = Campaign.objects.filter(pk=token).first()
    if before is not None:
        return _same(before, by)
    goods, wanted, errors = list(goods), set(sourcings), checked(plan, on=clock.today())
    if not goods or any(part.organisation_id not in by.keeps for part in goods):
        errors["goods"] = [_("Choose what the answers are for: your vehicles, or parts you sell.")]
    sales = _sales(wanted, plan, by)
    if not wanted:
        errors["sourcings"] = [_("Choose at least one part to ask for.")]
    elif len(sales) < len(wanted):
        errors["sourcings"] = [
            _("A part that you chose is not bought from a confirmed supplier in this period any more.")
        ]
    if errors:
        raise Malformed(errors)
    waiting = _open(by, plan)
    sales = [sale for sale in sales if sale.pk not in waiting]
    if not sales:
        raise Malformed({"sourcings": [_("Everything here was asked for meanwhile.")]})
    return _started(token, plan, by, goods, sales)


def _same(before: Campaign, by: Membership) -> Campaign:
    if before.organisation_id != by.organisation_id:
        raise Malformed({"": [_("This page is out of date: begin again.")]})
    return before


def _started(token: UUID, plan: Plan, by: Membership, goods: list[Part], sales: list[Sourcing]) -> Campaign:
    told = {
        "begins": plan.begins, "ends": plan.ends, "due": plan.due, "rulebooks": sorted(plan.rulebooks),
        "message": plan.message.strip(),
    }  # fmt: skip
    try:
        with transaction.atomic():
            made = Campaign.objects.create(
                pk=token, by=by, at=clock.now(), organisation=by.organisation, title=plan.title.strip(),
                remind_after=sorted(set(plan.remind_after)), escalate_after=plan.escalate_after, **told,
            )  # fmt: skip
    except IntegrityError:  # pressed twice, and the other press was quicker
        return _same(Campaign.objects.get(pk=token), by)
    made.goods.set(goods)
    requests.ask_many((requests.Asked(sourcing=sale, **told) for sale in sales), by=by, campaign=made)
    return made


def _sales(wanted: set[UUID], plan: Plan, by: Membership) -> list[Sourcing]:
    """Those of one's own purchases that both sides confirmed and that hold at some time of the period."""
    rows = Sourcing.objects.during(plan.begins, plan.ends).filter(buyer__in=by.keeps).select_related("buyer")
    return [row for row in rows.confirmed() if row.pk in wanted]


def _open(by: Membership, plan: Plan) -> set[UUID]:
    """The sales about which a question as wide as this one waits for its answer."""
    rows = Request.objects.unanswered().filter(
        sourcing__buyer__in=by.keeps, begins__lte=plan.begins, ends__gte=plan.ends
    )
    laws = set(plan.rulebooks)
    found = rows.values_list("sourcing", "rulebooks")
    return {sale for sale, asked in found if not asked or laws <= set(asked)}


@transaction.atomic
def end(campaign: Campaign, *, by: Membership, why: str) -> CampaignEnd:
    """Stop reminding; what was asked stays asked. Raises Malformed, AlreadyEnded, NotYourRight."""
    demand(by, *ASKERS, of=campaign.organisation)
    if not why.strip() or len(why.strip()) > 300:
        raise Malformed({"why": [_("Say why in a sentence of at most 300 characters.")]})
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    if CampaignEnd.objects.filter(campaign=campaign).exists():
        raise AlreadyEnded(_("This campaign was ended before."))
    return CampaignEnd.objects.create(campaign=campaign, by=by, at=clock.now(), why=why.strip())
