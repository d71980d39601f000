"""What an officer signs before a claim rests on an outcome."""

import json

from django.db import models
from django.db.models import F, Q

from compliance.models.reviews import Review
from suppliers.models import Act, Signatory
from tracing.models import Outcome


class SignOffQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The automaker's own."""
        return self.filter(outcome__trace__vehicle__organisation_id=membership.organisation_id)


class SignOff(Act):
    """An officer read the weak spots of an accepted outcome and stands in for the claim all the same. Never edited.

    ``payload`` froze the list as it was read; a claim lies in the half-open period.
    """

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="sign_offs")
    review = models.ForeignKey(Review, models.PROTECT, related_name="sign_offs")
    signatory = models.OneToOneField(Signatory, models.PROTECT, related_name="sign_off")
    begins = models.DateField(help_text="First day of the claim.")
    ends = models.DateField(help_text="First day the claim no longer covers.")
    payload = models.TextField(help_text="The canonical JSON that was signed off, byte for byte.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the payload.")

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=Q(begins__lt=F("ends")), name="sign_off_period")]

    def __str__(self) -> str:
        return f"sign-off of {self.outcome}"

    @property
    def says(self) -> dict:
        """What was signed off, read from the text that was sealed."""
        return json.loads(self.payload)
