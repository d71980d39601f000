"""Asking many suppliers for many parts at once, on a timetable."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from suppliers.models.acts import Act, Asking
from suppliers.models.parties import Organisation
from suppliers.models.parts import Part


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The organisation that asks, nobody else: whom else a customer asks is not a supplier's business."""
        return self.filter(organisation_id__in=membership.keeps)

    def running(self):
        return self.filter(end__isnull=True)


class Campaign(Asking):
    """Many requests made in one act: for which goods, which period and laws, and when to remind. Never edited; it ends by
    a CampaignEnd, and each of its requests stops when it is answered."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="campaigns")
    title = models.CharField(max_length=120, help_text=_("How you will find it again. Suppliers do not see it."))
    goods = models.ManyToManyField(
        Part, related_name="campaigns", help_text=_("Your vehicles, or the parts you sell: what the answers are for.")
    )
    remind_after = models.JSONField(default=list, help_text=_("Days after sending on which the silent are reminded."))
    escalate_after = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Days after sending on which a second contact of the silent is written to.")
    )

    objects = CampaignQuerySet.as_manager()

    class Meta(Asking.Meta):
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.title} of {self.organisation}"


class CampaignEnd(Act):
    """The asker stops a campaign: nobody is reminded any more; what was asked stays asked. Never edited."""

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="end")
    why = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"end of {self.campaign}"
