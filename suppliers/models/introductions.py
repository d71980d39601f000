"""Handing on: naming who makes an input, and that company's word on it."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models.acts import Act, Asking
from suppliers.models.campaigns import Campaign
from suppliers.models.mails import Mail
from suppliers.models.parties import LANGUAGES, Organisation
from suppliers.models.parts import Part, Sourcing


class IntroductionQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The buyer that wrote it. The invited company opens it by the mailed link; then there is a Sourcing between both."""
        return self.filter(buyer_id__in=membership.keeps)

    def waiting(self):
        return self.filter(reply__isnull=True)


class Introduction(Asking):
    """A buyer names the maker of an input that the portal does not know, and whom to write to there. Never edited.

    The mailed link opens it. Who accepts it says for which company, under which own number, and so makes the Sourcing; from
    then on the answer flows up without the buyer seeing it. An address that already belongs to somebody tells the buyer
    nothing.
    """

    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="introductions")
    buyer_part = models.ForeignKey(Part, models.PROTECT, related_name="introductions")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="introductions")
    company = models.CharField(max_length=160, help_text=_("The company's name, as on its invoices."))
    contact = models.CharField(max_length=120, help_text=_("Whom to write to there."))
    email = models.EmailField("e-mail")
    language = models.CharField(max_length=5, choices=LANGUAGES, default="en")
    seller_number = models.CharField(max_length=80, blank=True, help_text=_("Its number of the part, if you know it."))
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, blank=True, related_name="introductions")

    objects = IntroductionQuerySet.as_manager()

    class Meta(Asking.Meta):
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.buyer} introduces {self.company}"


class IntroductionReply(models.Model):
    """What became of an introduction: accepted, then with the sale it made, or refused with a reason. Never edited."""

    introduction = models.OneToOneField(Introduction, models.PROTECT, primary_key=True, related_name="reply")
    by = models.ForeignKey("suppliers.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sourcing = models.OneToOneField(Sourcing, models.PROTECT, null=True, blank=True, related_name="introduction_reply")
    why = models.CharField(max_length=300, blank=True, help_text=_("Why not: not ours, wrong company, wrong address …"))

    def __str__(self) -> str:
        return f"{'accepted' if self.sourcing_id else 'refused'}: {self.introduction}"


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Those of one's own organisation; who is invited is its administrators' business."""
        return self.filter(organisation_id=membership.organisation_id)

    def waiting(self, *, at=None):
        """Neither used nor taken back, and not too old."""
        return self.filter(use__isnull=True, until__gt=at or timezone.now())


class Invitation(Act):
    """Somebody is invited to act for an organisation, with roles. The mailed link works once and until its day. Never edited.

    The membership begins when the link is used (InvitationUse), not before.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    roles = models.JSONField(default=list)
    language = models.CharField(max_length=5, choices=LANGUAGES, default="en")
    until = models.DateTimeField(help_text=_("The link works until then."))
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, blank=True, related_name="invitations")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation}"


class InvitationUse(models.Model):
    """The invited person came in, and from then on acts by this membership; or the invitation was taken back. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="use")
    membership = models.OneToOneField(
        "suppliers.Membership", models.PROTECT, null=True, blank=True, related_name="invitation_use"
    )
    by = models.ForeignKey(
        "suppliers.Membership",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who took it back, if it was."),
    )
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=300, blank=True, help_text=_("Why it was taken back, if it was."))

    def __str__(self) -> str:
        return f"use of {self.invitation}"
