"""Who asked whom for what, and who said that it cannot be answered."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from suppliers.models.acts import Act
from suppliers.models.parts import Sourcing


class RequestQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The one who asks and the one who is asked."""
        own = membership.organisation_id
        return self.filter(Q(sourcing__buyer_id=own) | Q(sourcing__seller_id=own))

    def addressed_to(self, organisation):
        return self.filter(sourcing__seller=organisation)


class Request(Act):
    """A buyer asks its direct supplier for a declaration about one part and period. Never edited."""

    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="requests")
    begins = models.DateField(help_text="First day the answer should cover.")
    ends = models.DateField(help_text="First day it need no longer cover.")
    due = models.DateField(help_text="The day the answer is needed by.")
    rulebooks = models.JSONField(default=list, help_text="The rulebooks the answer is needed for.")
    message = models.TextField(blank=True, help_text="A few words to the supplier, if any.")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(begins__lt=models.F("ends")),
                name="request_period",
                violation_error_message="The period must end after it begins.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sourcing.buyer} asks {self.sourcing.seller} for {self.sourcing.seller_part.number}"


class Decline(models.Model):
    """The one who was asked says that it will not or cannot answer, and why. Never edited."""

    class Reason(models.TextChoices):
        NOT_OURS = "not_ours", "not our part"
        OBSOLETE = "obsolete", "no longer made"
        OTHER_MAKER = "other_maker", "made by another company"
        CANNOT = "cannot", "cannot be obtained"
        REFUSED = "refused", "will not be given"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(Request, models.PROTECT, related_name="decline")
    by = models.ForeignKey("suppliers.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    why = models.TextField(help_text="What was tried and what stands in the way, in your own words.")

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.request}"
