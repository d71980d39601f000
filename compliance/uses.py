"""Certificates that rest on a company's answers, and authorities that read them: for that company's own page."""

from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from compliance.models import AuthorityGrant, Certificate
from suppliers import uses
from suppliers.models import Organisation
from suppliers.uses import Answered, Use
from tracing import rulebooks


@uses.provided
def certified(organisation: Organisation, answers: list[UUID]) -> Answered:
    """Certificates by day and law, whether they still hold, and every reading of a dossier, in two queries.

    Neither vehicle nor automaker is named: a supplier is not told where its parts end up. An authority is.
    """
    rows = Certificate.objects.annotate(held=Cast("outcome__trace__declarations", TextField())).filter(
        held__contains=f'"{organisation.code}/'
    )
    resting = list(rows.values("pk", "at", "outcome__rulebook", "revocation__at", "held"))
    reads = list(
        AuthorityGrant.objects.filter(certificate__in=[row["pk"] for row in resting], certificate__exports__isnull=False)
        .values("certificate", "membership", "membership__organisation__name", "purpose", "certificate__exports__at",
                "certificate__exports__by")
    )  # fmt: skip
    found: Answered = {}
    for key in answers:
        for row in resting:
            if f'"{key}"' in row["held"]:
                found.setdefault(key, []).append(_certificate(row))
                found[key] += [_read(one) for one in reads if one["certificate"] == row["pk"] and
                               one["membership"] == one["certificate__exports__by"]]  # fmt: skip
    return found


def _certificate(row: dict) -> Use:
    law = rulebooks.rulebook(row["outcome__rulebook"]).title
    words = _("a certificate rests on it: %(law)s") % {"law": law}
    if row["revocation__at"]:
        words = _("a certificate rested on it and was revoked: %(law)s") % {"law": law}
    return Use("certificate", row["at"].date(), 1, words)


def _read(row: dict) -> Use:
    words = _("%(authority)s read it whole, under a grant for: %(purpose)s") % {
        "authority": row["membership__organisation__name"], "purpose": row["purpose"],
    }  # fmt: skip
    return Use("read", row["certificate__exports__at"].date(), 1, words)
