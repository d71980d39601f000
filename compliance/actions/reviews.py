"""A reviewer decides on an outcome, with a reason."""

from django.db import transaction

from compliance.models import Review
from suppliers.actions.acts import seal
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Membership
from tracing.engine import dossier
from tracing.models import Outcome


@transaction.atomic
def decide(outcome: Outcome, *, by: Membership, decision: str, why: str) -> Review:
    """Accept or reject an outcome. Raises NotYourRight, Malformed naming the field."""
    demand(by, "reviewer", of=outcome.trace.vehicle.organisation)
    errors = {}
    if decision not in Review.Decision.values:
        errors["decision"] = ["Choose: accepted or rejected."]
    if not why.strip():
        errors["why"] = ["Give the reason in words that an auditor can follow years later."]
    if errors:
        raise Malformed(errors)
    row = Review.objects.create(by=by, outcome=outcome, decision=decision, why=why.strip())
    seal("outcome.reviewed", row.pk, dossier.digest({"outcome": outcome.digest, "decision": decision, "why": row.why}))
    return row
