"""A reviewer decides: on answers addressed to the company, and on outcomes of its vehicles, each with a reason."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import transaction

from compliance import plausibility, signoffs
from compliance.doubts import newest_of
from compliance.models import FaceReview, Review
from suppliers import clock
from suppliers.actions import campaigns
from suppliers.actions.acts import seal
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Campaign, Declaration, Membership, Organisation
from tracing import rulebooks
from tracing.engine import dossier
from tracing.models import Outcome, Vehicle

ANSWER_WITHIN = 21  # days, as when a part is asked for from a vehicle's page
REMIND_AFTER = (7, 14)
LONGEST = 2000
BOOKS = {"eu-uk": "eu-uk-ev"}  # a statement's law by the rulebook that holds it, where the names differ


class NotTwoPeople(ValueError):
    """The law asks for two people, and this would be one."""


# ---- answers ----


@transaction.atomic
def review_face(
    declaration: Declaration, *, by: Membership, decision: str, why: str = "", seen: UUID | None = None
) -> FaceReview:
    """Accept an answer, reject it, or ask its supplier back; ``why`` is the reason, or the question as the supplier reads it.

    ``seen`` is the newest decision on the page that was posted: the same form sent twice decides once. Raises NotYourRight,
    Malformed naming the field.
    """
    demand(by, "reviewer", of=by.organisation)
    Organisation.objects.select_for_update().get(pk=by.organisation_id)
    last = newest_of({declaration.pk}, {by.organisation_id}).get((by.organisation_id, declaration.pk))
    if last is not None and last.pk != seen and _same(last, by, decision, why):
        return last
    known = _known(declaration, by)
    found = plausibility.found(known)
    _refuse(decision, why, found)
    asked = _ask_back(known, by=by, question=why.strip()) if decision == FaceReview.Decision.ASK else None
    return _decided(declaration, by, decision, why.strip(), found, asked)


@transaction.atomic
def accept_many(declarations: Iterable[UUID], *, by: Membership) -> list[FaceReview]:
    """Accept all of these that wait and have no finding, each by its own row. What was decided meanwhile is left alone.

    Raises NotYourRight; Malformed when one is not there, or has a finding: then none is accepted.
    """
    demand(by, "reviewer", of=by.organisation)
    Organisation.objects.select_for_update().get(pk=by.organisation_id)
    wanted = set(declarations)
    rows = {row.pk: row for row in Declaration.objects.signed().filter(pk__in=wanted)}
    known = plausibility.known_of(by.keeps, on=clock.today(), keys=wanted)
    if not wanted:
        raise Malformed({"pk": ["Tick at least one answer."]})
    if len(known) < len(wanted):
        raise Malformed({"pk": ["One of these answers is not there any more: look at the list again."]})
    doubtful = [one.face for one in known if plausibility.found(one)]
    if doubtful:
        raise Malformed(
            {"pk": [f"{doubtful[0].number} of {doubtful[0].seller} has a finding: decide on it by itself."]}
        )
    decided = {key for _buyer, key in newest_of(wanted, {by.organisation_id})}
    return [_decided(rows[one.face.key], by, "accept", "", [], None) for one in known if one.face.key not in decided]


def _known(declaration: Declaration, by: Membership) -> plausibility.Known:
    known = plausibility.known_of(by.keeps, on=clock.today(), keys=[declaration.pk])
    if not known:
        raise Malformed({"": ["This answer is not addressed to your company, or was withdrawn."]})
    return known[0]


def _same(last: FaceReview, by: Membership, decision: str, why: str) -> bool:
    return (last.by_id, last.decision, last.why) == (by.pk, decision, why.strip())


def _refuse(decision: str, why: str, found: list[plausibility.Finding]) -> None:
    errors: dict[str, list[str]] = {}
    if decision not in FaceReview.Decision.values:
        errors["decision"] = ["Choose: accept, ask back or reject."]
    if decision == FaceReview.Decision.ASK and not why.strip():
        errors["why"] = ["Write the question: the supplier reads these words."]
    elif decision == FaceReview.Decision.REJECT and not why.strip():
        errors["why"] = ["Give the reason in words that an auditor can follow years later."]
    elif decision == FaceReview.Decision.ACCEPT and found and not why.strip():
        errors["why"] = ["There is a finding: say why the answer is plausible all the same."]
    elif len(why.strip()) > LONGEST:
        errors["why"] = ["This is longer than 2,000 characters: shorten it."]
    stopping = [one.code for one in found if one.severity == plausibility.STOPS]
    if decision == FaceReview.Decision.ACCEPT and stopping:
        errors["decision"] = [f"{', '.join(stopping)} stops it: correct your own entry, ask back, or reject."]
    if errors:
        raise Malformed(errors)


def _decided(
    declaration: Declaration, by: Membership, decision: str, why: str, found: list[plausibility.Finding], asked: Campaign | None
) -> FaceReview:  # fmt: skip
    row = FaceReview.objects.create(
        by=by, at=clock.now(), organisation=by.organisation, declaration=declaration, decision=decision, why=why,
        findings=[one.code for one in found], question=asked,
    )  # fmt: skip
    seal("face.reviewed", row.pk, dossier.digest(row.sealed))
    return row


def _ask_back(known: plausibility.Known, *, by: Membership, question: str) -> Campaign:
    """A request of its own for the days of the answer: only what is signed after it answers it, and it reminds by itself."""
    face, today = known.face, clock.today()
    if not known.sales:
        raise Malformed({"decision": ["No confirmed sale joins this part to one of yours, so there is nobody to ask."]})
    plan = campaigns.Plan(
        title=f"Question about {face.number} of {face.seller}"[:120], begins=face.begins, ends=face.ends,
        due=today + dt.timedelta(days=ANSWER_WITHIN), rulebooks=_laws(face), remind_after=REMIND_AFTER, message=question,
    )  # fmt: skip
    try:
        return campaigns.start(uuid4(), plan, by=by, goods=_goods(known), sourcings={sale.pk for sale in known.sales})
    except Malformed as wrong:
        fields = {"message": "why"}
        raise Malformed({fields.get(field, "decision"): said for field, said in wrong.errors.items()}) from None


def _laws(face: plausibility.Face) -> tuple[str, ...]:
    """The rulebooks that what it states is for; where it states nothing, the law of the day."""
    said = {BOOKS.get(row["law"], row["law"]) for row in face.statements}
    return tuple(name for name in rulebooks.ids() if name in said) or ("usmca",)


def _goods(known: plausibility.Known) -> list:
    """Own vehicles that the part goes into by their own lines; one's own number where no vehicle names it yet."""
    sales = [sale.pk for sale in known.sales]
    lines = (
        Vehicle.objects.filter(part__declarations__lines__sources__sourcing__in=sales).select_related("part").distinct()
    )
    return [row.part for row in lines] or [sale.buyer_part for sale in known.sales]


# ---- outcomes ----


@transaction.atomic
def decide(outcome: Outcome, *, by: Membership, decision: str, why: str) -> Review:
    """Accept or reject an outcome. Raises NotYourRight, NotTwoPeople, Malformed naming the field."""
    demand(by, "reviewer", of=outcome.trace.vehicle.organisation)
    if signoffs.of(outcome.rulebook).four_eyes and by.user_id in entered_by(outcome):
        raise NotTwoPeople(
            "You entered or signed the vehicle’s own declaration. This law asks for two people: let another reviewer decide."
        )
    errors = {}
    if decision not in Review.Decision.values:
        errors["decision"] = ["Choose: accepted or rejected."]
    if not why.strip():
        errors["why"] = ["Give the reason in words that an auditor can follow years later."]
    if errors:
        raise Malformed(errors)
    # A certificate that is being issued on the last decision is issued before this one, or not at all.
    Organisation.objects.select_for_update(no_key=True).get(pk=outcome.trace.vehicle.organisation_id)
    row = Review.objects.create(by=by, outcome=outcome, decision=decision, why=why.strip())
    seal("outcome.reviewed", row.pk, dossier.digest({"outcome": outcome.digest, "decision": decision, "why": row.why}))
    return row


def entered_by(outcome: Outcome) -> set[UUID]:
    """The people who drafted, changed or signed the vehicle's own declaration that the outcome was computed from."""
    rows = outcome.trace.own_declarations().values_list("drafted_by__user", "changed_by__user", "signed_by__user")
    return {person for row in rows for person in row if person}
