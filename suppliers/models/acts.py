"""Acts, the ripples they make, and the chain that makes tampering visible."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """Something a person did for an organisation, with when and, where it matters, why. Never edited or deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey("suppliers.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Asking(Act):
    """What every way of asking says: which days, by when, under which laws, and a few words."""

    begins = models.DateField(help_text=_("First day the answer should cover."))
    ends = models.DateField(help_text=_("First day it need no longer cover."))
    due = models.DateField(help_text=_("The day the answer is needed by."))
    rulebooks = models.JSONField(default=list, help_text=_("The rulebooks the answer is needed for."))
    message = models.TextField(blank=True, help_text=_("A few words to the supplier, if any."))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins__lt=models.F("ends")),
                name="%(class)s_period",
                violation_error_message=_("The period must end after it begins."),
            )
        ]


class RippleQuerySet(models.QuerySet):
    def due(self):
        return self.filter(spread_at__isnull=True)

    def unrolled(self):
        return self.filter(rolled_at__isnull=True)


class Ripple(models.Model):
    """Something changed at this part. The row is the queue, twice: ``spread`` marks it done once vehicles above are due, a
    roll of the fleet once its figures are stored."""

    id = models.BigAutoField(primary_key=True)
    part = models.ForeignKey("suppliers.Part", models.CASCADE, related_name="ripples")
    why = models.CharField(max_length=40, help_text=_("signed, withdrawn, begins, ends, sourcing"))
    at = models.DateTimeField(default=timezone.now)
    spread_at = models.DateTimeField(null=True, blank=True)
    rolled_at = models.DateTimeField(null=True, blank=True)

    objects = RippleQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["spread_at"], name="ripple_due", condition=models.Q(spread_at__isnull=True)),
            models.Index(fields=["rolled_at"], name="ripple_unrolled", condition=models.Q(rolled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.why} at {self.part_id}"


class Seal(models.Model):
    """One link of the chain of digests of acts: ``hash = SHA-256(prev, number, kind, act, digest)``. Never edited."""

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40, help_text=_("What was sealed, e.g. declaration.signed"))
    act = models.UUIDField(help_text=_("The row that was sealed."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the act's canonical text."))
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
