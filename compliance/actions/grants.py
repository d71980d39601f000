"""Letting an authority read one certificate's dossier for a time, and ending that."""

import datetime as dt
from typing import Any

from django.db import transaction

from compliance.models import AuthorityGrant, Certificate, GrantEnd
from suppliers.actions.acts import seal
from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, Organisation
from tracing.engine import dossier


@transaction.atomic
def grant(
    certificate: Certificate, *, to: Membership, purpose: str, begins: dt.date, ends: dt.date, by: Membership
) -> AuthorityGrant:
    """An officer of the automaker, or an operator, lets a named auditor read the dossier. Raises NotYourRight, Malformed."""
    if not by.holds("operator"):
        demand(by, "officer", "reviewer", of=certificate.organisation)
    if not to.holds("auditor") or to.organisation.kind != "authority":
        raise NotYourRight("Only an auditor of an authority can be given a grant.")
    errors = {}
    if not purpose.strip():
        errors["purpose"] = ["Say what it is for: the owners of the figures read it."]
    if begins >= ends or (ends - begins).days > 366:
        errors["ends"] = ["It ends after it begins, and lasts a year at most."]
    if errors:
        raise Malformed(errors)
    row = AuthorityGrant.objects.create(
        by=by, membership=to, certificate=certificate, purpose=purpose.strip(), begins=begins, ends=ends
    )
    seal(
        "grant.given",
        row.pk,
        dossier.digest({"certificate": certificate.digest, "purpose": row.purpose, "ends": str(ends)}),
    )
    return row


@transaction.atomic
def end(row: AuthorityGrant, *, by: Membership, why: str) -> GrantEnd:
    """End a grant early; one that was ended before stays as it was. Raises NotYourRight."""
    if not by.holds("operator"):
        demand(by, "officer", "reviewer", of=row.certificate.organisation)
    AuthorityGrant.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if before := GrantEnd.objects.filter(grant=row).first():
        return before
    ended = GrantEnd.objects.create(by=by, grant=row, why=why.strip() or "ended")
    seal("grant.ended", ended.pk, dossier.digest({"grant": str(row.pk), "why": ended.why}))
    return ended


def touching(organisation: Organisation) -> list[dict[str, Any]]:
    """Grants under which figures of this company can be read: by whom, until when, what for, and when that was done.

    Neither vehicle nor automaker: a supplier is not told where its parts end up.
    """
    prefix, found = f"{organisation.code}/", []
    rows = AuthorityGrant.objects.select_related("membership__organisation", "certificate__outcome__trace", "end")
    for row in rows.defer("certificate__pdf", "certificate__outcome__trace__dossier").order_by("-at"):
        if any(name.startswith(prefix) for name in row.certificate.outcome.trace.declarations):
            read = row.certificate.exports.filter(by=row.membership).values_list("at", flat=True)
            found.append({"authority": row.membership.organisation.name, "purpose": row.purpose, "begins": row.begins,
                          "ends": row.ends, "ended": getattr(row, "end", None), "read": list(read)})  # fmt: skip
    return found
