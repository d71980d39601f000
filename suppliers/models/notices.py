"""What a party must be told: a certificate or statement it relies on is no longer what it was."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models.declarations import Declaration
from suppliers.models.mails import Mail
from suppliers.models.parties import Organisation


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The one who is told and the one it is about: the record of the duty is both sides'."""
        own = membership.keeps
        return self.filter(models.Q(to_id__in=own) | models.Q(declaration__organisation_id__in=own))


class Notice(models.Model):
    """One buyer told of one change of an answer addressed to it. Never edited.

    Canada: at once (Customs Act 97.1(3)); United States: 30 days count as prompt (19 CFR 182.124).
    """

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("withdrawn")
        SUPERSEDED = "superseded", _("replaced by a newer answer")
        ENDED = "ended", _("its period ends soon")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to = models.ForeignKey(Organisation, models.PROTECT, related_name="notices")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    mails = models.ManyToManyField(Mail, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["to", "declaration", "kind"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.to} told: {self.declaration} {self.kind}"
