"""Mail as rows: what is to be sent, what became of it, and who wants no reminders."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models.acts import Act
from suppliers.models.parties import LANGUAGES, Organisation

CLAIM = dt.timedelta(minutes=5)  # a worker that holds a mail longer than this has died


class MailQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Those sent in the name of one's own organisation."""
        return self.filter(sender_id__in=membership.keeps)

    def due(self, *, at=None):
        """Not sent, not given up, its time to try has come, and no living worker holds it."""
        at = at or timezone.now()
        free = models.Q(claimed_at__isnull=True) | models.Q(claimed_at__lt=at - CLAIM)
        return self.filter(free, sent_at__isnull=True, dropped_at__isnull=True, try_at__lte=at)


class Mail(models.Model):
    """One message to one address, complete when written. The row is the queue: it is sent, or given up with a reason.

    ``sent_at`` means that the mail server took it; ``bounced_at`` that it came back. The message id is fixed when the row
    is written, so that a second delivery after a crash is told by the reader's mail program to be the same message.
    """

    class Kind(models.TextChoices):
        REQUEST = "request", _("requests of one day, with reminders beside them")
        REMINDER = "reminder", _("reminders of one day alone")
        INTRODUCTION = "introduction", _("who makes an input is asked")
        INVITATION = "invitation", _("invitation")
        CODE = "code", _("code to sign in")
        PASSWORD = "password", _("link to set a password")
        SECURITY = "security", _("something changed in how you sign in")
        UNKNOWN = "unknown", _("no account by this address")
        NOTICE = "notice", _("something changed that you rely on")
        EXPIRY = "expiry", _("answers that end soon")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    sender = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mails",
        help_text=_("In whose name; empty: the portal."),
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="mails")
    address = models.EmailField("to")
    language = models.CharField(max_length=5, choices=LANGUAGES, default="en")
    subject = models.CharField(
        max_length=200, help_text=_("No confidential word: it is read over shoulders and on locks.")
    )
    text = models.TextField()
    html = models.TextField(blank=True)
    once = models.CharField(
        max_length=120,
        unique=True,
        help_text=_("Says which message this is, so that it is written once: kind, person, day."),
    )
    written_at = models.DateTimeField(default=timezone.now)
    try_at = models.DateTimeField(default=timezone.now, help_text=_("Not before this moment."))
    tries = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("A worker holds it since; a stale claim is taken over.")
    )
    trouble = models.CharField(max_length=300, blank=True, help_text=_("What the mail server said last."))
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Given up: refused for good by the mail server.")
    )
    bounced_at = models.DateTimeField(null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["written_at"]
        indexes = [
            models.Index(
                fields=["try_at"],
                name="mail_due",
                condition=models.Q(sent_at__isnull=True, dropped_at__isnull=True),
            ),
            models.Index(fields=["address"], name="mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"

    @property
    def domain(self) -> str:
        """Where it goes, without the person's name: what the one in whose interest it was sent may see."""
        return self.address.rpartition("@")[2]


class Contact(Act):
    """Whom a company wants to be written to: the first contact, or the second if the first is silent. The newest row of
    a rank holds. Never edited."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts")
    membership = models.ForeignKey("suppliers.Membership", models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(choices=[(1, _("first contact")), (2, _("second contact"))])

    class Meta:
        ordering = ["organisation", "rank", "at"]

    def __str__(self) -> str:
        return f"{self.rank} of {self.organisation}: {self.membership}"


class Ending(models.Model):
    """One time that a company was told by mail that an answer of its own ends soon. Never edited."""

    declaration = models.ForeignKey("suppliers.Declaration", models.PROTECT, related_name="endings")
    days = models.PositiveSmallIntegerField(help_text=_("The step of the timetable: at most so many days are left."))
    mail = models.ForeignKey(Mail, models.PROTECT, related_name="endings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["declaration", "days"], name="told_once_a_step")]

    def __str__(self) -> str:
        return f"{self.declaration} ends within {self.days} days"


class Unsubscription(models.Model):
    """An address that wants no reminders. Requests and duties still reach it. Taken back by deleting the row."""

    address = models.EmailField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.address


class Bounce(models.Model):
    """An address that does not take mail, with what its server said; it is not written to until it is corrected."""

    address = models.EmailField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    detail = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.address}: {self.detail}"
