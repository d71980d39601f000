"""What may be certified and is not yet: accepted results of today's computations that pass, without a certificate."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from compliance import signoffs
from compliance.models import Review, SignOff
from suppliers.models import Membership
from tracing import rulebooks
from tracing.models import Outcome, Trace


@dataclass(frozen=True)
class Issuable:
    """An accepted result, what its law asks before a certificate, and the sign-off that holds, if any."""

    review: Review
    asked: signoffs.Asked
    signed: SignOff | None

    @property
    def law(self) -> str:
        return rulebooks.rulebook(self.review.outcome.rulebook).title.split(",")[0]

    @property
    def reading(self) -> str:
        return self.review.outcome.result["reading_label"]

    @property
    def waits(self) -> bool:
        """Whether an officer has to sign it off first."""
        return self.asked.officer and self.signed is None


def passes(outcome: Outcome) -> bool:
    """Whether there is anything to certify: it passes under the rulebook's own answer to silence."""
    return outcome.verdict == "pass" or _passes_as_declared(outcome.result)


def _passes_as_declared(result: dict[str, Any]) -> bool:
    ran = [row for row in result["tests"] if row["result"] in {"pass", "fail", "open"}]
    holds = {"at_least": lambda a, b: a >= b, "more_than": lambda a, b: a > b, "at_most": lambda a, b: a <= b}
    return bool(ran) and all(
        row["exact"]["declared"]
        and holds[row["operator"]](Fraction(row["exact"]["declared"]), Fraction(row["threshold"]))
        for row in ran
    )


def waiting(membership: Membership, *, on: dt.date) -> list[Issuable]:
    """One's own, by vehicle and law; two queries. Of an older computation nothing is issued, so it is not named."""
    newest = Trace.objects.filter(vehicle=OuterRef("outcome__trace__vehicle")).order_by("-number").values("pk")[:1]
    later = Review.objects.filter(outcome=OuterRef("outcome"), at__gt=OuterRef("at"))
    rows = Review.objects.visible_to(membership).filter(
        decision=Review.Decision.ACCEPT, certificate__isnull=True, outcome__trace=Subquery(newest)
    )
    rows = rows.exclude(Exists(later)).select_related("outcome__trace__vehicle", "by__user__person")
    rows = rows.prefetch_related("sign_offs").order_by("outcome__trace__vehicle__name", "outcome__rulebook", "at")
    return [
        Issuable(
            row, signoffs.of(row.outcome.rulebook),
            next((one for one in row.sign_offs.all() if one.begins <= on < one.ends), None),
        )
        for row in rows if passes(row.outcome)
    ]  # fmt: skip
