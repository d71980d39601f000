"""A reviewer's decisions on a trace."""

from django.db import models

from suppliers.models import Act
from tracing.models import Outcome


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The automaker's own decisions."""
        return self.filter(outcome__trace__vehicle__organisation_id=membership.organisation_id)


class Review(Act):
    """A reviewer's decision on one outcome, with the reason. Never edited; a later decision is a later row."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", "accepted: may be certified"
        REJECT = "reject", "rejected: not to be certified"

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=6, choices=Decision.choices)
    why = models.TextField(help_text="The reason, in words an auditor can follow years later.")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["outcome", "-at"]

    def __str__(self) -> str:
        return f"{self.decision} of {self.outcome}"
