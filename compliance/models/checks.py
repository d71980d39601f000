"""What the checks found in the answers addressed to a company, kept so that a list of them is read and not worked out."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef

from suppliers.models import Declaration, Organisation, Part


class CheckedAnswerQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The company's own eyes only: neither the supplier nor anybody else learns what was found."""
        return self.filter(organisation_id__in=membership.keeps)

    def counting(self, *, on: dt.date):
        """Those that count on that day or a later one."""
        return self.filter(until__gt=on).filter(until__gt=F("begins"))

    def each_once(self, companies: list[uuid.UUID]):
        """Of an answer addressed to several of these companies one row: all that is kept of it is the same."""
        if len(companies) == 1:
            return self
        same = CheckedAnswer.objects.filter(declaration=OuterRef("declaration"), organisation__in=companies)
        return self.exclude(Exists(same.filter(organisation__lt=OuterRef("organisation"))))


class CheckedAnswer(models.Model):
    """One answer addressed to a company with what the checks found in it; withdrawn ones have none.

    A copy of what follows from other rows, worked out anew whenever one of those changes: never the truth, and no act.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="checked_answers", help_text="To whom the answer is addressed."
    )
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="checked")
    seller = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="Who signed it.")
    part = models.ForeignKey(Part, models.CASCADE, related_name="+")
    begins = models.DateField(help_text="First day it counts.")
    until = models.DateField(help_text="First day it counts no more: it is over, or a newer version takes its place.")
    signed = models.DateTimeField(help_text="When it was signed.")
    severity = models.CharField(max_length=5, help_text="The worst of its findings: stops, look, or fine.")
    codes = models.CharField(
        max_length=80, blank=True, help_text="The codes of its findings, each once between spaces."
    )
    findings = models.JSONField(default=list, help_text="Code and fact of each, in the order of the checks.")
    sales = models.PositiveIntegerField(default=0, help_text="Confirmed sales of the part that it was held against.")
    words = models.PositiveIntegerField(default=0, help_text="Own price words on the same items.")
    asked = models.PositiveIntegerField(default=0, help_text="Requests for the part, by each answer signed after one.")

    objects = CheckedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "declaration"], name="checked_once_a_buyer")]
        indexes = [
            models.Index(fields=["organisation", "until"], name="checked_counting"),
            models.Index(fields=["organisation", "part"], name="checked_by_part"),
        ]

    def __str__(self) -> str:
        return f"{self.codes or 'nothing'} in {self.declaration_id}"


class CheckedCompany(models.Model):
    """Up to where one company's answers were checked; its row is the lock under which they are."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="checked")
    basis = models.CharField(
        max_length=64, blank=True, help_text="Digest of the checks and of whose answers these are."
    )
    seal = models.BigIntegerField(default=0, help_text="The last act taken into account.")
    ripple = models.BigIntegerField(default=0, help_text="The last ripple there was.")
    sales = models.PositiveIntegerField(default=0, help_text="Sales changed among the newest ripples.")
    words = models.PositiveIntegerField(default=0, help_text="Its own price words.")
    asked = models.PositiveIntegerField(default=0, help_text="Its requests, by each answer signed after one.")
    at = models.DateTimeField(null=True, blank=True, help_text="When all of them were last checked, whatever changed.")

    def __str__(self) -> str:
        return f"{self.organisation_id} up to {self.seal}"
