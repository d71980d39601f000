"""Re-derives the chain of seals and the digest of every sealed act, by its own reading of the rows."""

import json
from collections.abc import Iterator

from compliance.models import AuthorityGrant, Certificate, Export, FaceReview, GrantEnd, Review, Revocation, SignOff
from suppliers import files
from suppliers.actions.acts import GENESIS, link
from suppliers.facts import stored, terms
from suppliers.models import Declaration, Decline, Evidence, Seal, Withdrawal
from tracing.engine import dossier


def faults() -> Iterator[str]:
    """Every break, in the order of the chain; nothing when it is whole."""
    prev, expected = GENESIS, 1
    known: dict[str, set[str]] = {}
    for seal in Seal.objects.order_by("number").iterator():
        if seal.number != expected:
            yield f"seal {expected} is missing"
            expected = seal.number
        if seal.prev != prev:
            yield f"seal {seal.number} does not follow the one before it"
        if link(seal.number, seal.kind, str(seal.act), seal.digest, seal.prev) != seal.hash:
            yield f"seal {seal.number} ({seal.kind}) was changed"
        known.setdefault(seal.kind, set()).add(str(seal.act))
        found = _digest(seal)
        if found != seal.digest:
            yield f"seal {seal.number}: the {seal.kind} it seals was {'changed' if found else 'removed'}"
        prev, expected = seal.hash, expected + 1
    for kind, rows in _sealed_kinds().items():
        for key in sorted(rows - known.get(kind, set())):
            yield f"{kind} {key} was never sealed"
    yield from _papers()


def _papers() -> Iterator[str]:
    """Evidence of signed declarations whose file is gone, or is no longer the one that was signed."""
    rows = Evidence.objects.filter(declaration__signed_at__isnull=False).order_by("digest")
    for digest in rows.values_list("digest", flat=True).distinct():
        if wrong := files.fault(digest):
            owners = ", ".join(str(key) for key in rows.filter(digest=digest).values_list("declaration", flat=True))
            yield f"evidence {digest} of declaration {owners}: its file is {wrong}"


def _sealed_kinds() -> dict[str, set[str]]:
    return {
        "declaration.signed": {str(key) for key in Declaration.objects.signed().values_list("pk", flat=True)},
        "declaration.withdrawn": {str(key) for key in Withdrawal.objects.values_list("pk", flat=True)},
        "certificate.issued": {str(key) for key in Certificate.objects.values_list("pk", flat=True)},
        "certificate.revoked": {str(key) for key in Revocation.objects.values_list("pk", flat=True)},
        "outcome.reviewed": {str(key) for key in Review.objects.values_list("pk", flat=True)},
        "outcome.signed_off": {str(key) for key in SignOff.objects.values_list("pk", flat=True)},
        "face.reviewed": {str(key) for key in FaceReview.objects.values_list("pk", flat=True)},
        "grant.given": {str(key) for key in AuthorityGrant.objects.values_list("pk", flat=True)},
        "grant.ended": {str(key) for key in GrantEnd.objects.values_list("pk", flat=True)},
        "dossier.exported": {str(key) for key in Export.objects.values_list("pk", flat=True)},
    }


def _digest(seal: Seal) -> str:
    readers = {
        "declaration.signed": _declaration, "declaration.withdrawn": _withdrawal, "certificate.issued": _certificate,
        "certificate.revoked": _revocation, "outcome.reviewed": _review, "grant.given": _grant, "grant.ended": _grant_end,
        "request.declined": _decline, "dossier.exported": _export, "outcome.signed_off": _sign_off, "face.reviewed": _face_review,
    }  # fmt: skip
    read = readers.get(seal.kind)
    return read(seal.act) if read else seal.digest


def _declaration(key) -> str:
    row = Declaration.objects.filter(pk=key, signed_at__isnull=False).select_related("signatory").first()
    if row is None:
        return ""
    commitment = row.signatory.commitment
    return terms.content_digest(
        stored.of(row), signed_text=row.signed_text, commitment=commitment, evidence=stored.evidence(row)
    )


def _withdrawal(key) -> str:
    row = Withdrawal.objects.filter(pk=key).select_related("declaration").first()
    return dossier.digest({"declaration": row.declaration.digest, "why": row.why}) if row else ""


def _certificate(key) -> str:
    row = Certificate.objects.filter(pk=key).first()
    return dossier.digest(json.loads(row.payload)) if row else ""


def _revocation(key) -> str:
    row = Revocation.objects.filter(pk=key).first()
    return dossier.digest(json.loads(row.payload)) if row else ""


def _review(key) -> str:
    row = Review.objects.filter(pk=key).select_related("outcome").first()
    return dossier.digest({"outcome": row.outcome.digest, "decision": row.decision, "why": row.why}) if row else ""


def _face_review(key) -> str:
    row = FaceReview.objects.filter(pk=key).select_related("declaration", "organisation").first()
    return dossier.digest(row.sealed) if row else ""


def _sign_off(key) -> str:
    row = SignOff.objects.filter(pk=key).first()
    return dossier.digest(json.loads(row.payload)) if row else ""


def _grant(key) -> str:
    row = AuthorityGrant.objects.filter(pk=key).select_related("certificate").first()
    said = {"certificate": row.certificate.digest, "purpose": row.purpose, "ends": str(row.ends)} if row else None
    return dossier.digest(said) if said else ""


def _grant_end(key) -> str:
    row = GrantEnd.objects.filter(pk=key).first()
    return dossier.digest({"grant": str(row.grant_id), "why": row.why}) if row else ""


def _export(key) -> str:
    row = Export.objects.filter(pk=key).select_related("certificate").first()
    return dossier.digest({"certificate": row.certificate.digest, "file": row.digest}) if row else ""


def _decline(key) -> str:
    row = Decline.objects.filter(pk=key).first()
    return dossier.digest(row.sealed) if row else ""
