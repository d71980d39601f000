"""All parties stand here, suppliers, automakers, authorities and the operator alike: an automaker signs too."""

import hashlib
import secrets
import uuid
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

ROLES = {
    "reader": _("reads what the organisation has entered and received"),
    "editor": _("drafts declarations and requests"),
    "certifier": _("signs declarations for the organisation"),
    "administrator": _("invites people and gives them roles"),
    "reviewer": _("reviews traces and issues certificates for an automaker"),
    "officer": _("signs for an automaker as a responsible officer"),
    "auditor": _("reads dossiers for an authority, only under a grant"),
    "operator": _("runs the portal and sees no business data"),
}

ROLE_NAMES = {
    "reader": _("reader"), "editor": _("editor"), "certifier": _("certifier"), "administrator": _("administrator"),
    "reviewer": _("reviewer"), "officer": _("officer"), "auditor": _("auditor"), "operator": _("operator"),
}  # fmt: skip

LANGUAGES = [("en", "English"), ("es-mx", "Español (México)"), ("fr-ca", "Français (Canada)")]


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """One's own organisation, those whose records it keeps, and those one has a sourcing with in either direction."""
        own = membership.keeps
        return self.filter(Q(pk__in=own) | Q(sells__buyer_id__in=own) | Q(buys__seller_id__in=own)).distinct()


class Organisation(models.Model):
    """A company, an authority or the portal's operator. May be renamed; its code stays.

    One that was entered twice, taken over or closed has a Succession: its records stay its own, another speaks for it.
    """

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        AUTOMAKER = "automaker", _("Automaker")
        AUTHORITY = "authority", _("Authority")
        OPERATOR = "operator", _("Operator")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(
        _("code"), max_length=60, unique=True, help_text=_("Short name used in dossiers; never changes.")
    )
    name = models.CharField(_("name"), max_length=160, help_text=_("The company's name as it stands on its invoices."))
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SUPPLIER)
    country = CountryField(help_text=_("Where the company is seated."))
    address = models.TextField(
        _("address"),
        max_length=400,
        blank=True,
        help_text=_("Street, town, state or province and postal code, as on your invoices."),
    )
    fiscal_year_start = models.DateField(
        null=True, blank=True, help_text=_("First day of the current fiscal year; thresholds of NAFTA follow it.")
    )
    language = models.CharField(
        max_length=5, choices=LANGUAGES, default="en", help_text=_("The language the company is written to in.")
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def keeps(self) -> list[uuid.UUID]:
        """Whose records its people read and whose sales they go on with: its own, and those of its predecessors, oldest last."""
        found = level = [self.pk]
        while level:
            rows = Organisation.objects.filter(succession__successor_id__in=level).values_list("pk", flat=True)
            level = [key for key in rows if key not in found]
            found = [*found, *level]
        return found

    @property
    def speaker(self) -> "Organisation":
        """Who speaks for it now: itself, or the last of its successors."""
        told, seen = self, {self.pk}
        while succession := getattr(told, "succession", None):
            told = succession.successor
            if told.pk in seen:
                break
            seen.add(told.pk)
        return told


class Plant(models.Model):
    """A place where an organisation makes things."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plants")
    code = models.SlugField(max_length=40, help_text=_("Short name of the plant, used in dossiers."))
    name = models.CharField(max_length=120, help_text=_("Town and state or province, as on the delivery note."))
    country = CountryField(help_text=_("The country the plant stands in."))

    class Meta:
        ordering = ["organisation", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="plant_code_once",
                violation_error_message=_("Your organisation already has a plant with this code."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.country.code}"


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A login: who the person is stands in Person, what they may do in Membership."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    language = models.CharField(
        max_length=5, choices=LANGUAGES, blank=True, help_text=_("Empty: the language of the company.")
    )

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        person = getattr(self, "person", None)
        return person.name if person else self.email


class Person(models.Model):
    """Personal data of a user, apart from every act, so that it can be erased without breaking a proof."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="person")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    def in_force(self, *, on=None):
        on = on or timezone.now().date()
        return self.filter(begins__lte=on, end__isnull=True, user__is_active=True).filter(
            Q(ends__isnull=True) | Q(ends__gt=on)
        )


class Membership(models.Model):
    """One person acting for one organisation, with roles, from a day. Never edited: it ends by a MembershipEnd."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    roles = models.JSONField(default=list, help_text=format_lazy(_("Any of: {roles}"), roles=", ".join(ROLES)))
    title = models.CharField(
        max_length=120, blank=True, help_text=_("The person's position, as it stands under a signature.")
    )
    begins = models.DateField(default=timezone.localdate)
    ends = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "user"]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.user.display_name}"

    @property
    def keeps(self) -> list[uuid.UUID]:
        """The organisations whose records this membership reads as its own."""
        return self.organisation.keeps

    def holds(self, *roles: str) -> bool:
        """Whether any of these roles is held."""
        return bool(set(roles) & set(self.roles))


class MembershipEnd(models.Model):
    """The end of a membership, with who ended it, why, and who takes over what it had in hand. Never edited.

    Other roles are a new membership too: then the heir is the same person's next one.
    """

    membership = models.OneToOneField(Membership, models.PROTECT, primary_key=True, related_name="end")
    heir = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inherits",
        help_text=_("Who takes over the drafts and open requests of the one who leaves."),
    )
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.membership} until {self.at:%Y-%m-%d}"


def _salt() -> str:
    return secrets.token_hex(16)


class Signatory(models.Model):
    """Name and title as written under one signature. The signed act holds only its salted commitment.

    Erasing a person empties the name, the title and the salt; the act's digest still verifies.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    salt = models.CharField(max_length=32, default=_salt)
    kept = models.CharField(
        max_length=64, blank=True, help_text=_("The commitment, once name, title and salt are erased; empty before.")
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kept="", erased_at__isnull=True, erased_by__isnull=True)
                | Q(kept__gt="", erased_at__isnull=False, erased_by__isnull=False, name="", title="", salt=""),
                name="signatory_erased_whole",
                violation_error_message=_("A signature's personal data is erased wholly or not at all."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}" if not self.kept else gettext("a person whose name was erased")

    @property
    def commitment(self) -> str:
        """SHA-256 over salt, name and title: what the signed act keeps instead of personal data, erased or not."""
        return self.kept or hashlib.sha256(f"{self.salt}\0{self.name}\0{self.title}".encode()).hexdigest()
