"""What the companies of the demo do, by the same actions that people use: one function an act, named as past.py names it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from compliance import plausibility
from compliance.actions import reviews
from compliance.actions.demo import facts
from compliance.demo import rows
from suppliers import clock, numbers
from suppliers.actions import campaigns, declarations, letters, mails, notices, prices, requests
from suppliers.facts import stored
from suppliers.models import Campaign, Declaration, Membership, Part, Request, Sourcing
from tracing.actions import proposals

if TYPE_CHECKING:
    from compliance.actions.demo.building import Builder

LINELESS: dict[str, Any] = {"lines": [], "costs": {}, "own_values": [], "claims": []}


def declaration(builder: Builder, row: rows.Declaration) -> None:
    drafter = builder.members[row.drafted_by, row.organisation]
    older = builder.made.get(row.supersedes)
    draft = declarations.draft(facts.facts(builder, row), by=drafter, supersedes=older, machine=True)
    builder.made[row.declaration] = draft
    if row.signed_on is not None:
        signer = builder.members[row.signed_by, row.organisation]
        builder.made[row.declaration] = _signed(builder, draft, row.signed_by, signer, alone_why=row.alone_why)


def withdrawal(builder: Builder, row: rows.Declaration) -> None:
    by = builder.members[row.withdrawn_by, row.organisation]
    declarations.withdraw(builder.made[row.declaration], by=by, why=row.withdrawn_why)


def request(builder: Builder, row: rows.Request) -> None:
    requests.ask(
        builder.sourcings[row.seller, row.seller_number, row.asker], by=builder.members[row.asked_by, row.asker],
        begins=row.begins, ends=row.ends, due=row.due, rulebooks=row.rulebooks, message=row.message,
    )  # fmt: skip


def decline(builder: Builder, row: rows.Decline) -> None:
    sourcing = builder.sourcings[row.seller, row.seller_number, row.buyer]
    asked = Request.objects.filter(sourcing=sourcing).first()
    if asked is not None:
        requests.decline(asked, by=builder.members[row.by, row.seller], reason=row.reason, why=row.why)


def campaign(builder: Builder, row: rows.Campaign) -> None:
    """Whom the portal proposes is asked in one go."""
    goods = [builder.parts[car.part] for car in builder.world.vehicles if car.organisation == row.asker]
    by, period = builder.members[row.asked_by, row.asker], {"begins": row.begins, "ends": row.ends}
    found = proposals.proposal(goods, by=by, rulebooks=row.rulebooks, on=clock.today(), **period)
    plan = campaigns.Plan(
        title=row.title, due=row.due, rulebooks=row.rulebooks, message=row.message,
        remind_after=tuple(map(int, row.remind_after)), escalate_after=row.escalate_after, **period,
    )  # fmt: skip
    campaigns.start(uuid.uuid4(), plan, by=by, goods=goods, sourcings={one.sale["pk"] for one in found.ask})


def reply(builder: Builder, row: rows.Reply) -> None:
    """What becomes of one question: declined, put off, or the last answer carried on into the period that is asked for."""
    asker = next(one.asker for one in builder.world.campaigns if one.title == row.title)
    sourcing, by = builder.sourcings[row.seller, row.seller_number, asker], builder.members[row.by, row.seller]
    campaign = Campaign.objects.get(title=row.title, organisation__code=asker)
    asked = campaign.requests.get(sourcing=sourcing)
    if row.how == "declined":
        requests.decline(asked, by=by, reason=row.reason, why=row.why)
    elif row.how == "postponed":
        requests.postpone_many([asked], by=by, until=row.until, why=row.why)
    else:
        said = stored.of(_last(sourcing.seller_part)) | {"begins": campaign.begins, "ends": campaign.ends}
        _answered(builder, said, row.seller, row.by)


def price_word(builder: Builder, row: rows.PriceWord) -> None:
    sale, by = builder.sourcings[row.seller, row.seller_number, row.buyer], builder.members[row.by, row.buyer]
    prices.say_price(sale, by=by, price=numbers.written(row.price), currency=row.currency, begins=row.begins)


def later_request(builder: Builder, row: rows.Later) -> None:
    sale, asker = builder.sourcings[row.seller, row.seller_number, row.buyer], builder.members[row.asked_by, row.buyer]
    requests.ask(sale, by=asker, begins=row.begins, ends=row.asked_until, due=row.begins, rulebooks=[row.law])


def later(builder: Builder, row: rows.Later) -> None:
    sale: Sourcing = builder.sourcings[row.seller, row.seller_number, row.buyer]
    last = _last(sale.seller_part)
    said = {
        "law": row.law,
        "para": row.para,
        "amount": numbers.written(row.amount),
        "originates": row.originates or None,
    }
    told = LINELESS | {
        "part": sale.seller_part, "made_in": last.made_in.code, "hs": last.hs, "uses": last.uses, "begins": row.begins,
        "ends": row.ends, "currency": last.currency, "addressed_to": [sale.buyer], "statements": [said],
    }  # fmt: skip
    _answered(builder, told, row.seller, row.by)


def face_review(builder: Builder, row: rows.FaceReview) -> None:
    """Of the newest answer about the part; or, without a number, of all the supplier's answers that have no finding."""
    by = builder.members[row.reviewer, row.organisation]
    known = plausibility.known_of(by.keeps, on=clock.today())
    mine = [one for one in known if one.face.company == builder.organisations[row.seller].pk]
    if not row.seller_number:
        reviews.accept_many([one.face.key for one in mine if not plausibility.found(one)], by=by)
        return
    face = next(one.face for one in mine if one.face.number == row.seller_number)
    reviews.review_face(Declaration.objects.get(pk=face.key), by=by, decision=row.decision, why=row.why)


def post(builder: Builder, row: None) -> None:
    """The letters and notices of the day are written, and carried."""
    notices.write_due()
    letters.write_due()
    mails.send_due()


def _last(part: Part) -> Declaration:
    """The answer about a part that was signed last."""
    last = Declaration.objects.signed().filter(part=part).order_by("signed_at").last()
    if last is None:
        raise LookupError(f"nothing is signed about {part}, so there is nothing to carry on")
    return last


def _answered(builder: Builder, said: dict[str, Any], seller: str, person: str) -> None:
    """Drafted by the company's editor and signed by that person."""
    by = builder.members[person, seller]
    editor = next(one for (_, code), one in builder.members.items() if code == seller and one.holds("editor"))
    draft = declarations.draft(said, by=editor, machine=True)
    _signed(builder, draft, person, by, alone_why="alone in the office" if editor == by else "")


def _signed(builder: Builder, draft: Declaration, person: str, by: Membership, *, alone_why: str) -> Declaration:
    return declarations.sign(
        draft, by=by, name=builder.world.person[person].name, title=by.title or "Certifier",
        shown=declarations.shown(draft), alone_why=alone_why,
    )  # fmt: skip
