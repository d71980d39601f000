"""Files that people hand in: workbooks of answers, and evidence. Both lie outside the web root under their digest."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models.declarations import Declaration
from suppliers.models.parties import LANGUAGES, Membership, Organisation


class UploadQuerySet(models.QuerySet):
    def visible_to(self, membership):
        return self.filter(organisation_id__in=membership.keeps)


class Upload(models.Model):
    """A workbook of answers as it came, kept under its digest, and how far reading it is. Nothing is saved as an answer
    before somebody has seen the preview and applied it; then everything in it is saved as drafts, or nothing."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be read")
        READING = "reading", _("being read")
        WRONG = "wrong", _("holds errors")
        READY = "ready", _("ready to be applied")
        APPLIED = "applied", _("applied")
        CANCELLED = "cancelled", _("cancelled")
        REFUSED = "refused", _("not a file of answers")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="uploads")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=160, help_text=_("The file's name as it came, without its folder."))
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file as it came."))
    language = models.CharField(max_length=5, choices=LANGUAGES, default="en")
    read_at = models.DateTimeField(null=True, blank=True, help_text=_("All of it is read; what was found stands here."))
    refused = models.CharField(max_length=300, blank=True, help_text=_("Why it is no file of answers, if it is none."))
    cancelled_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0, help_text=_("Rows of answers found in it."))
    done = models.PositiveIntegerField(default=0, help_text=_("Rows read so far."))
    errors = models.JSONField(
        default=list, help_text=_("sheet, cell, value, reason and cure of each; grouped when shown.")
    )
    preview = models.JSONField(default=dict, help_text=_("What would be new, changed and unchanged."))
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("A worker reads it since; a stale claim is taken over.")
    )

    tries = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often a worker began to read it: a file that ends every worker is given up.")
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.name} of {self.organisation}"

    @property
    def state(self) -> "Upload.State":
        """Computed from its moments; nothing sets it."""
        said = [
            (self.cancelled_at, self.State.CANCELLED), (self.applied_at, self.State.APPLIED), (self.refused, self.State.REFUSED),
            (self.read_at and self.errors, self.State.WRONG), (self.read_at, self.State.READY), (self.claimed_at, self.State.READING),
        ]  # fmt: skip
        return next((state for holds, state in said if holds), self.State.WAITING)


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The owner of the declaration alone: evidence is for it and for an authority under a grant."""
        return self.filter(declaration__organisation_id__in=membership.keeps)


class Evidence(models.Model):
    """A paper that a declaration rests on: name, kind and digest are part of what is signed, the file lies beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="evidence")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=160, help_text=_("The file's name as it came, without its folder."))
    kind = models.CharField(max_length=80, help_text=_("The content type, from the portal's own list."))
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file."))
    about = models.CharField(max_length=120, blank=True, help_text=_("What it proves, in a few words."))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["declaration", "at", "name"]
        constraints = [models.UniqueConstraint(fields=["declaration", "digest"], name="evidence_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.declaration}"
