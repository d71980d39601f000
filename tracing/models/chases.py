"""What an automaker's people do about a gap besides asking: hand it to a colleague, or leave it to the law's answer to silence."""

import uuid

from django.db import models

from suppliers.models import Act, Membership, Sourcing


class ChaseQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The buyer's own people only: what a buyer does about a supplier's silence is not the supplier's to read."""
        return self.filter(sourcing__buyer__in=membership.keeps)


class Assignment(Act):
    """A colleague takes over to chase one sale's answer. Never edited: a later one takes its place."""

    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Membership, models.PROTECT, related_name="+", help_text="Who takes it over.")
    token = models.UUIDField(default=uuid.uuid4, help_text="Of the page it was sent from: sent twice is done once.")

    objects = ChaseQuerySet.as_manager()

    class Meta:
        ordering = ["sourcing", "at"]
        constraints = [models.UniqueConstraint(fields=["sourcing", "token"], name="assigned_once")]

    def __str__(self) -> str:
        return f"{self.sourcing} to {self.person}"


class Silence(Act):
    """One sale is left to what a rulebook answers to silence, and why; or is chased again (not ``holds``). Never edited: a later
    one takes its place. It changes no figure: silence is answered so anyway."""

    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="silences")
    rulebook = models.CharField(max_length=30)
    holds = models.BooleanField(default=True, help_text="False: it is chased again.")
    why = models.CharField(max_length=300, help_text="Why it is not worth chasing, or is again.")
    token = models.UUIDField(default=uuid.uuid4, help_text="Of the page it was sent from: sent twice is done once.")

    objects = ChaseQuerySet.as_manager()

    class Meta:
        ordering = ["sourcing", "at"]
        constraints = [models.UniqueConstraint(fields=["sourcing", "rulebook", "token"], name="silent_once")]

    def __str__(self) -> str:
        return f"{self.sourcing} under {self.rulebook}: {'left to silence' if self.holds else 'chased again'}"
