"""Issuing, revoking and handing over certificates: each a row, each sealed, none ever edited."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from compliance import documents, issuable, keys, payloads, signoffs, wheels
from compliance.actions.reviews import NotTwoPeople
from compliance.actions.signoffs import holding
from compliance.models import AuthorityGrant, Certificate, Export, Opening, Review, Revocation, SignOff
from suppliers.actions.acts import seal
from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts import prescribed
from suppliers.facts.reading import Malformed
from suppliers.models import Evidence, Membership, Organisation, Signatory
from tracing import disclosure
from tracing.actions import traces
from tracing.engine import dossier
from tracing.models import Trace
from tracing.snapshots import take

PAPER = ("name", "kind", "size", "digest", "about")


class Stale(ValueError):
    """The facts have changed since the trace: review the new one."""


class NotAccepted(ValueError):
    """The review does not accept the outcome, or is used already."""


class NotSignedOff(ValueError):
    """The law of the outcome asks for an officer's sign-off, and none holds today."""


class NothingToCertify(ValueError):
    """The outcome does not pass under the rulebook's own answer to silence."""


def issue(review: Review, *, by: Membership, name: str, title: str) -> Certificate:
    """Issue the certificate of an accepted outcome, after a fresh look at the facts.

    Raises NotYourRight, NotAccepted, NotTwoPeople, NotSignedOff, Stale, NothingToCertify, Malformed (name, title), keys.NoKey.
    """
    outcome = review.outcome
    vehicle = outcome.trace.vehicle
    demand(by, "reviewer", "officer", of=vehicle.organisation)
    _certifiable(review, name, title)
    sign_off = _signed_off(review, by)
    snapshot = take([vehicle], traces.today())[0]
    if traces.digest_of(snapshot) != outcome.trace.digest:
        raise Stale("The facts or the day have changed since this was traced. Review the new trace.")
    key = keys.active(settings.SIGNING_KEYS, make=settings.LOCAL)
    with transaction.atomic():
        vehicle.organisation = Organisation.objects.select_for_update().get(pk=vehicle.organisation_id)
        _certifiable(review, name, title)  # again: somebody may have rejected it while the facts were looked at
        if Certificate.objects.filter(review=review).exists():
            raise NotAccepted("This review was used for a certificate before.")
        return _written(review, by, name.strip(), title.strip(), key, sign_off)


def _certifiable(review: Review, name: str, title: str) -> None:
    if review.decision != Review.Decision.ACCEPT:
        raise NotAccepted("The reviewer rejected this outcome.")
    if Review.objects.filter(outcome=review.outcome, at__gt=review.at).exists():
        raise NotAccepted("This outcome was reviewed again since: that decision counts.")
    errors = {
        field: [f"The {field} stands under the signature: type it."]
        for field, value in (("name", name), ("title", title))
        if not value.strip()
    }
    if errors:
        raise Malformed(errors)
    if not issuable.passes(review.outcome):
        raise NothingToCertify(
            "It does not pass under the rulebook's own answer to silence, so there is nothing to certify."
        )


def _signed_off(review: Review, by: Membership) -> SignOff | None:
    """The officer's sign-off that holds today, if there is one; a law that asks for one is not certified without."""
    asked, found = signoffs.of(review.outcome.rulebook), holding(review, on=traces.today())
    if asked.four_eyes and by.user_id == review.by.user_id:
        raise NotTwoPeople(
            "You reviewed this outcome. This law asks for two people: an officer issues the certificate."
        )
    if asked.officer and found is None:
        raise NotSignedOff("This law asks that an officer sign off the weak spots first, and no sign-off holds today.")
    return found


def _written(
    review: Review, by: Membership, name: str, title: str, key: Any, sign_off: SignOff | None
) -> Certificate:  # fmt: skip
    outcome, trace = review.outcome, review.outcome.trace
    vehicle, issued = trace.vehicle, timezone.now().replace(microsecond=0)
    number = (
        Certificate.objects.filter(organisation=vehicle.organisation).aggregate(last=Max("number"))["last"] or 0
    ) + 1
    inputs = disclosure.dossier_of(trace)
    openings = payloads.sealed_figures(outcome.result, dossier.digest(inputs))
    data = payloads.payload(
        outcome.result, number=number, issuer=vehicle.organisation.name, why=review.why,
        vehicle={
            "name": vehicle.name, "model_year": str(vehicle.model_year), "part": vehicle.part.number, "hs": vehicle.part.hs,
            "assembled_at": vehicle.assembled_at,
        },
        trace={"number": str(trace.number), "at": trace.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
        signatory={"name": name, "title": title}, issued_at=issued.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        openings=openings, inputs=inputs, wheel=wheels.digest(), sign_off=sign_off,
        company=prescribed.named(vehicle.organisation), contact=by.user.email,
    )  # fmt: skip
    text = payloads.written(data)
    jws = keys.sign(text.encode(), key)
    row = Certificate.objects.create(
        by=by, at=issued, organisation=vehicle.organisation, number=number, review=review, outcome=outcome,
        sign_off=sign_off, signatory=Signatory.objects.create(name=name, title=title), payload=text, digest=dossier.digest(data), jws=jws,
        pdf=documents.pdf_file(data, documents.json_file(data, jws), key, verify_at=settings.PUBLIC_URL + "/verify/"),
    )  # fmt: skip
    Opening.objects.bulk_create(
        [Opening(certificate=row, leaf=one.leaf, salt=one.salt, value=one.value) for one in openings]
    )
    seal("certificate.issued", row.pk, row.digest)
    return row


def json_of(certificate: Certificate) -> bytes:
    """The certificate as its signed JSON file."""
    return documents.json_file(json.loads(certificate.payload), certificate.jws)


def revocation_file(revocation: Revocation) -> bytes:
    """A revocation as its signed JSON file."""
    return documents.json_file(json.loads(revocation.payload), revocation.jws)


@transaction.atomic
def revoke(certificate: Certificate, *, by: Membership, why: str) -> Revocation:
    """Take a certificate back by another signed document. Raises NotYourRight, Malformed, NotAccepted."""
    demand(by, "reviewer", "officer", of=certificate.organisation)
    if not why.strip():
        raise Malformed({"why": ["Say why it no longer holds."]})
    Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if Revocation.objects.filter(certificate=certificate).exists():
        raise NotAccepted("It was revoked before.")
    at = timezone.now().replace(microsecond=0)
    data = {
        "issuer": certificate.organisation.name,
        "revocation": {"number": str(certificate.number), "certificate": certificate.digest, "why": why.strip()},
        "issued_at": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    text = payloads.written(data)
    jws = keys.sign(text.encode(), keys.active(settings.SIGNING_KEYS, make=settings.LOCAL))
    row = Revocation.objects.create(by=by, at=at, certificate=certificate, why=why.strip(), payload=text, jws=jws)
    seal("certificate.revoked", row.pk, dossier.digest(data))
    return row


def dossier_file(certificate: Certificate) -> bytes:
    """The certificate with its openings, all the inputs and a list of the papers behind them: for an authority. It recomputes
    to the same bytes, for what is signed keeps its papers."""
    inputs = disclosure.dossier_of(certificate.outcome.trace)
    openings = [
        {"leaf": row.leaf, "salt": row.salt, "value": row.value} for row in certificate.openings.order_by("leaf")
    ]
    held = {"payload": json.loads(certificate.payload), "jws": certificate.jws}
    found = {**inputs, "certificate": held, "openings": openings} | _papers(certificate.outcome.trace)
    return dossier.canonical(found) + b"\n"


def _papers(trace: Trace) -> dict[str, Any]:
    """By the name of each declaration in the dossier the papers it was signed with: name, kind, size and digest, never the
    content. Nothing where there are none, so that other dossiers stay as they were."""
    names = {row: name for name, row in trace.declarations.items()}
    found: dict[str, list[dict[str, Any]]] = {}
    rows = Evidence.objects.filter(declaration__in=list(names)).order_by("digest")
    for owner, *said in rows.values_list("declaration", "name", "kind", "size", "digest", "about"):
        found.setdefault(names[str(owner)], []).append(dict(zip(PAPER, said, strict=True)))
    return {"evidence": found} if found else {}


@transaction.atomic
def export(certificate: Certificate, *, by: Membership) -> bytes:
    """Hand the dossier to an auditor whose grant is in force, and record it. Raises NotYourRight."""
    demand(by, "auditor")
    if not AuthorityGrant.objects.in_force().filter(membership=by, certificate=certificate).exists():
        raise NotYourRight("No grant in force covers this certificate.")
    raw = dossier_file(certificate)
    row = Export.objects.create(by=by, certificate=certificate, digest=hashlib.sha256(raw).hexdigest())
    seal("dossier.exported", row.pk, dossier.digest({"certificate": certificate.digest, "file": row.digest}))
    return raw
