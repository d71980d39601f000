"""Fills the review queue of the demo world, by the same actions that people use."""

from typing import Any

from django.utils import timezone

from compliance import plausibility
from compliance.actions import reviews
from compliance.demo import rows
from compliance.models import FaceReview
from suppliers import numbers
from suppliers.actions import declarations, prices, requests
from suppliers.models import Declaration, Membership, Organisation

LINELESS: dict[str, Any] = {"lines": [], "costs": {}, "own_values": [], "claims": []}


def fill(builder) -> None:
    """Later answers, words on prices, decisions; what is there already is left as it is."""
    if FaceReview.objects.exists():
        return
    for row in builder.world.price_words:
        sale = builder.sourcings[row.seller, row.seller_number, row.buyer]
        by = builder.members[row.by, row.buyer]
        prices.say_price(sale, by=by, price=numbers.written(row.price), currency=row.currency, begins=row.begins)
    for row in builder.world.later:
        _answered(builder, row)
    for row in builder.world.face_reviews:
        _decided(builder.members[row.reviewer, row.organisation], row)


def _answered(builder, row: rows.Later) -> None:
    sale = builder.sourcings[row.seller, row.seller_number, row.buyer]
    if row.asked_until is not None:
        asker = builder.members["ed", row.buyer]
        due = max(row.begins, timezone.localdate())
        requests.ask(sale, by=asker, begins=row.begins, ends=row.asked_until, due=due, rulebooks=[row.law])
    last = Declaration.objects.signed().filter(part=sale.seller_part).order_by("signed_at").last()
    said = {
        "law": row.law,
        "para": row.para,
        "amount": numbers.written(row.amount),
        "originates": row.originates or None,
    }
    facts = LINELESS | {
        "part": sale.seller_part, "made_in": last.made_in.code, "hs": last.hs, "uses": last.uses, "begins": row.begins,
        "ends": row.ends, "currency": last.currency, "addressed_to": [sale.buyer], "statements": [said],
    }  # fmt: skip
    by = builder.members[row.by, row.seller]
    editor = next(one for (_, code), one in builder.members.items() if code == row.seller and one.holds("editor"))
    draft = declarations.draft(facts, by=editor, machine=True)
    declarations.sign(
        draft, by=by, name=builder.world.person[row.by].name, title=by.title, shown=declarations.shown(draft),
        alone_why="alone in the office" if editor == by else "",
    )  # fmt: skip


def _decided(by: Membership, row: rows.FaceReview) -> None:
    """The newest answer about the part; or, without a number, all of the supplier's answers that have no finding."""
    seller = Organisation.objects.get(code=row.seller)
    known = plausibility.known_of(by.keeps, on=timezone.localdate())
    mine = [one for one in known if one.face.company == seller.pk]
    if not row.seller_number:
        reviews.accept_many([one.face.key for one in mine if not plausibility.found(one)], by=by)
        return
    face = next(one.face for one in mine if one.face.number == row.seller_number)
    reviews.review_face(Declaration.objects.get(pk=face.key), by=by, decision=row.decision, why=row.why)
