"""An officer signs off an accepted outcome before a claim rests on it: the weak spots are frozen, sealed, and never edited."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from compliance import payloads, signoffs, weak_spots
from compliance.actions.reviews import NotTwoPeople
from compliance.models import Review, SignOff
from suppliers.actions.acts import seal
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, Signatory
from tracing import disclosure
from tracing.actions import traces
from tracing.engine import dossier


class NotSignable(ValueError):
    """The review does not accept the outcome, a later one counts, or the trace is not the newest any more."""


class ListChanged(ValueError):
    """The list of weak spots is not the one that was read."""


def digest_of(spots: list[weak_spots.Spot]) -> str:
    """SHA-256 of the list as it is shown: what the officer read is what is signed."""
    return dossier.digest({"spots": [one.kept for one in spots]})


@transaction.atomic
def sign_off(
    review: Review, *, by: Membership, name: str, title: str, begins: dt.date, ends: dt.date, shown: str
) -> SignOff:  # fmt: skip
    """Sign off the outcome of an accepted review for a half-open period; ``shown`` is the digest of the list that was read.

    The same sent twice signs once. Raises NotYourRight, NotTwoPeople, NotSignable, ListChanged, Malformed (name, title, ends).
    """
    outcome, vehicle = review.outcome, review.outcome.trace.vehicle
    demand(by, "officer", of=vehicle.organisation)
    asked = signoffs.of(outcome.rulebook)
    if asked.four_eyes and by.user_id == review.by.user_id:
        raise NotTwoPeople("You reviewed this outcome. This law asks for two people: another officer signs it off.")
    Review.objects.select_for_update().get(pk=review.pk)
    _signable(review)
    errors = _errors(name, title, begins, ends, asked)
    if errors:
        raise Malformed(errors)
    spots = weak_spots.spots(outcome, begins=begins, ends=ends, on=traces.today())
    if digest_of(spots) != shown:
        raise ListChanged("The list of weak spots has changed since you opened it: read it again.")
    before = SignOff.objects.filter(review=review, by=by, begins=begins, ends=ends).first()
    if before is not None and [one.kept for one in spots] == before.says["spots"]:
        return before
    return _written(review, by, Signatory.objects.create(name=name.strip(), title=title.strip()), begins, ends, spots)


def _signable(review: Review) -> None:
    if review.decision != Review.Decision.ACCEPT:
        raise NotSignable("The reviewer rejected this outcome.")
    if Review.objects.filter(outcome=review.outcome, at__gt=review.at).exists():
        raise NotSignable("This outcome was reviewed again since: that decision counts.")
    newest = traces.current(review.outcome.trace.vehicle)
    if newest is None or newest.pk != review.outcome.trace_id:
        raise NotSignable("The facts or the day have changed since this was traced. Review the new trace.")


def _errors(name: str, title: str, begins: dt.date, ends: dt.date, asked: signoffs.Asked) -> dict[str, list[str]]:
    errors = {
        field: [f"The {field} stands under the signature: type it."]
        for field, value in (("name", name), ("title", title))
        if not value.strip()
    }
    last = signoffs.latest_end(begins, asked.months)
    if ends <= begins:
        errors["ends"] = ["The period must end after it begins."]
    elif ends > last:
        errors["ends"] = [
            f"Under this law a sign-off holds for {asked.months} months: until before {last:%d %b %Y} at most."
        ]
    return errors


def _written(
    review: Review, by: Membership, signatory: Signatory, begins: dt.date, ends: dt.date, spots: list[weak_spots.Spot]
) -> SignOff:  # fmt: skip
    outcome, at = review.outcome, timezone.now().replace(microsecond=0)
    face = disclosure.outcome_face(outcome)
    said = {
        "sign_off": 1, "vehicle": outcome.trace.vehicle.name, "trace": str(outcome.trace.number), "rulebook": outcome.rulebook,
        "reading": outcome.reading, "edition": outcome.edition, "on": face["on"], "verdict": face["verdict"],
        "tests": [payloads.face(row) for row in outcome.result["tests"]], "review": str(review.pk),
        "begins": begins.isoformat(), "ends": ends.isoformat(), "spots": [one.kept for one in spots],
        "signatory": signatory.commitment, "at": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    row = SignOff.objects.create(
        by=by, at=at, outcome=outcome, review=review, signatory=signatory, begins=begins, ends=ends,
        payload=payloads.written(said), digest=dossier.digest(said),
    )  # fmt: skip
    seal("outcome.signed_off", row.pk, row.digest)
    return row


def holding(review: Review, *, on: dt.date) -> SignOff | None:
    """The sign-off of this review that holds on a day; the newest."""
    return (
        SignOff.objects.filter(review=review, begins__lte=on, ends__gt=on)
        .select_related("signatory", "by__user")
        .first()
    )
