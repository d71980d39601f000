"""The demo's certificates: reviewed, signed off and issued as its reviewers and officers decide, and laid down as files."""

import json
from pathlib import Path

from django.conf import settings

from compliance import keys, signoffs, weak_spots
from compliance.actions import certificates, grants, reviews
from compliance.actions import signoffs as signing
from compliance.actions.demo.building import Builder
from compliance.demo import rows
from compliance.models import Certificate, Review
from suppliers.models import Membership
from tracing.actions import traces
from tracing.models import Outcome, Vehicle


def certify(builder: Builder) -> list[Path]:
    """Review and certify what the world's reviewers decide, give its grants, and write certificates and dossiers as files."""
    for row in builder.world.reviews:
        vehicle = Vehicle.objects.get(part=builder.parts[builder.world.vehicle[row.vehicle].part])
        outcome = Outcome.objects.filter(
            trace=traces.current(vehicle), rulebook=row.rulebook, reading=row.reading
        ).first()
        if outcome is None or _decided(vehicle, row):
            continue
        review = reviews.decide(
            outcome, by=builder.members[row.reviewer, row.organisation], decision=row.decision, why=row.why
        )
        if row.officer:
            officer, name = builder.members[row.officer, row.organisation], builder.world.person[row.officer].name
            _signed_off(review, officer, name)
            certificate = certificates.issue(review, by=officer, name=name, title=officer.title or "Officer")
            _grants(builder, row, certificate)
    return _files()


def _decided(vehicle: Vehicle, row: rows.Review) -> bool:
    """Whether it was decided on a day before: each day has a trace of its own, and the demo's people decide once."""
    made = Review.objects.filter(outcome__trace__vehicle=vehicle)
    return made.filter(outcome__rulebook=row.rulebook, outcome__reading=row.reading).exists()


def _signed_off(review: Review, officer: Membership, name: str) -> None:
    """Where the law asks for it: the officer signs off the list for the longest that may be."""
    asked, today = signoffs.of(review.outcome.rulebook), traces.today()
    if not asked.officer:
        return
    period = {"begins": today, "ends": signoffs.latest_end(today, asked.months)}
    spots = weak_spots.spots(review.outcome, on=today, **period)
    signing.sign_off(
        review, by=officer, name=name, title=officer.title or "Officer", shown=signing.digest_of(spots), **period
    )  # fmt: skip


def _grants(builder: Builder, review: rows.Review, certificate: Certificate) -> None:
    for row in builder.world.grants:
        if (row.vehicle, row.rulebook, row.reading) == (review.vehicle, review.rulebook, review.reading):
            auditor = next(member for (who, _), member in builder.members.items() if who == row.auditor)
            by = builder.members[row.granted_by, review.organisation]
            grants.grant(certificate, to=auditor, purpose=row.purpose, begins=row.begins, ends=row.ends, by=by)


def _files() -> list[Path]:
    """``var/certificates`` for holders, ``var/dossiers`` for the authority; kept apart, since the second opens figures."""
    found = []
    for folder in ("certificates", "dossiers"):
        (settings.VAR_DIR / folder).mkdir(parents=True, exist_ok=True)
    for row in Certificate.objects.select_related("outcome__trace__vehicle", "organisation"):
        name = f"{row.organisation.code}-{row.number:04d}"
        written = {
            settings.VAR_DIR / "certificates" / f"{name}.pdf": bytes(row.pdf),
            settings.VAR_DIR / "certificates" / f"{name}.json": certificates.json_of(row),
            settings.VAR_DIR / "dossiers" / f"{name}.json": certificates.dossier_file(row),
        }
        for path, raw in written.items():
            path.write_bytes(raw)
            found.append(path)
    keys_file = settings.VAR_DIR / "certificates" / "jwks.json"
    keys_file.write_text(json.dumps(keys.public(settings.SIGNING_KEYS), indent=1) + "\n")
    return found
