"""Who asked whom for what, and who said that it cannot be answered."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models.acts import Act, Asking
from suppliers.models.campaigns import Campaign
from suppliers.models.declarations import Declaration
from suppliers.models.mails import Mail
from suppliers.models.parts import Sourcing


class RequestQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The one who asks and the one who is asked."""
        own = membership.keeps
        return self.filter(Q(sourcing__buyer_id__in=own) | Q(sourcing__seller_id__in=own))

    def addressed_to(self, organisation):
        return self.filter(sourcing__seller_id__in=organisation.keeps)

    def unanswered(self):
        """Neither declined nor answered."""
        return self.filter(~Exists(_answers()), decline__isnull=True)

    def with_answer(self, *, besides=None):
        """Each with ``answered_at``, when what first answers it was signed, and ``answer``, the key of what answers it last;
        both None while nothing does. ``besides``: as if that declaration were not there."""
        rows = _answers().exclude(pk=besides.pk if besides else None)
        return self.annotate(
            answered_at=models.Subquery(rows.order_by("signed_at", "pk").values("signed_at")[:1]),
            answer=models.Subquery(rows.order_by("-signed_at", "-pk").values("pk")[:1]),
        )


def _answers():
    """What answers an outer request: signed declarations of the part to the buyer that it names, within its period.

    A campaign asks where what was signed before does not do, so only what is signed afterwards answers it.
    """
    campaign = models.ExpressionWrapper(OuterRef("campaign"), output_field=models.UUIDField())
    return (
        Declaration.objects.signed()
        .filter(
            part=OuterRef("sourcing__seller_part"),
            addressees__organisation=OuterRef("sourcing__buyer"),
            begins__lt=OuterRef("ends"),
            ends__gt=OuterRef("begins"),
            withdrawal__isnull=True,
        )
        .annotate(in_campaign=campaign)
        .filter(Q(in_campaign__isnull=True) | Q(signed_at__gte=OuterRef("at")))
    )


class Request(Asking):
    """A buyer asks its direct supplier for a declaration about one part and period. Never edited."""

    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="requests")
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        help_text=_("Asked in one go with others."),
    )

    objects = RequestQuerySet.as_manager()

    class Meta(Asking.Meta):
        ordering = ["due", "id"]

    def __str__(self) -> str:
        return f"{self.sourcing.buyer} asks {self.sourcing.seller} for {self.sourcing.seller_part.number}"


class Decline(models.Model):
    """The one who was asked says that it will not or cannot answer, and why. Never edited."""

    class Reason(models.TextChoices):
        NOT_OURS = "not_ours", _("not our part")
        OBSOLETE = "obsolete", _("no longer made")
        OTHER_MAKER = "other_maker", _("made by another company")
        CANNOT = "cannot", _("cannot be obtained")
        REFUSED = "refused", _("will not be given")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(Request, models.PROTECT, related_name="decline")
    by = models.ForeignKey("suppliers.Membership", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    why = models.TextField(help_text=_("What was tried and what stands in the way, in your own words."))
    maker = models.CharField(
        max_length=160, blank=True, help_text=_("Who makes it, if another company does: its name as on its papers.")
    )

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.request}"

    @property
    def sealed(self) -> dict[str, str]:
        """What the seal's digest is over."""
        said = {"request": str(self.request_id), "reason": self.reason, "why": self.why}
        return said | {"maker": self.maker} if self.maker else said


class Postponement(Act):
    """The one who was asked does not know it yet and says by when it will. Never edited; a later one takes its place."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="postponements")
    until = models.DateField(help_text=_("The day by which the answer will be there."))
    why = models.CharField(max_length=300, help_text=_("What is still missing, in a sentence."))

    class Meta:
        ordering = ["request", "at"]

    def __str__(self) -> str:
        return f"{self.request} not before {self.until}"


class Reminder(models.Model):
    """One try to get an answer: the request itself, a reminder or an escalation, and the mail that carried it. Never edited.

    The proof of a timely request in good faith (49 USC 32304(d); 49 CFR 583.6(c)(6)) is the list of these with what became
    of each mail.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked")
        REMINDED = "reminded", _("reminded")
        ESCALATED = "escalated", _("sent to a second contact")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(Request, models.PROTECT, related_name="reminders")
    mail = models.ForeignKey(Mail, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["request", "at"]
        constraints = [models.UniqueConstraint(fields=["request", "mail"], name="reminded_once_a_mail")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.request}"
