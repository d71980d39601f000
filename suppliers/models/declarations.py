"""Declarations: one maker's answer about one part, plant and period, and what it is made of."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from suppliers.models.parties import Membership, Organisation, Plant, Signatory
from suppliers.models.parts import Part, amount_checks, amount_field

CURRENCIES = ["USD", "CAD", "MXN", "EUR", "JPY", "KRW", "CNY", "GBP", "BRL", "THB", "PLN"]


class DeclarationQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """One's own, drafts included; of others only the signed ones addressed to one's organisation (their face)."""
        own = membership.keeps
        return self.filter(
            Q(organisation_id__in=own) | Q(signed_at__isnull=False, addressees__organisation_id__in=own)
        ).distinct()

    def owned_by(self, membership):
        """Those whose body this membership may read: its own organisation's and its predecessors', nobody else's."""
        return self.filter(organisation_id__in=membership.keeps)

    def drafts(self):
        return self.filter(signed_at__isnull=True)

    def signed(self):
        return self.filter(signed_at__isnull=False)

    def in_force(self, *, on, known: dt.datetime | None = None):
        """Signed, not withdrawn, not superseded by a signed version that has begun, and ``on`` lies in the period.

        ``known``: as all this stood before that moment.
        """
        newer = Declaration.objects.filter(supersedes=models.OuterRef("pk"), signed_at__isnull=False, begins__lte=on)
        taken_back = Q(withdrawal__isnull=True)
        if known is not None:
            newer, taken_back = newer.filter(signed_at__lt=known), taken_back | Q(withdrawal__at__gte=known)
        found = self.filter(~models.Exists(newer), taken_back, signed_at__isnull=False, begins__lte=on, ends__gt=on)
        return found if known is None else found.filter(signed_at__lt=known)

    def ending(self, *, within: dt.timedelta, on: dt.date | None = None):
        """In force on that day (today), over within so many days after it, and not renewed by a signed newer version."""
        on = on or timezone.localdate()
        return self.in_force(on=on).filter(~models.Exists(_newer()), ends__lte=on + within)

    def ended(self, *, since: dt.timedelta, on: dt.date | None = None):
        """Signed, over for at most so many days, neither withdrawn nor renewed: their customers hold nothing now."""
        on = on or timezone.localdate()
        return self.filter(
            ~models.Exists(_newer()),
            signed_at__isnull=False,
            withdrawal__isnull=True,
            ends__lte=on,
            ends__gt=on - since,
        )


def _newer():
    """A signed version that takes an answer's place or goes on where it ends."""
    return Declaration.objects.filter(supersedes=models.OuterRef("pk"), signed_at__isnull=False)


class Declaration(models.Model):
    """One answer about one part, plant and half-open period, in one currency. Frozen by the database once signed.

    It may hold a body (lines, costs, own value), statements and claims. It ends by a newer signed version that
    supersedes it, by a Withdrawal, or by its last day. FACTS: docs/dossier.md names every field in the law's terms.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="declarations")
    part = models.ForeignKey(Part, models.PROTECT, related_name="declarations")
    plant = models.ForeignKey(
        Plant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The plant this answer is about, if any."),
    )
    plant_share = amount_field(
        null=True,
        blank=True,
        help_text=_("Share of your deliveries that comes from this plant, 0 to 1; empty: all of them."),
    )
    made_in = CountryField(blank=True, help_text=_("The country where you make it."))
    hs = models.CharField(
        _("HS code"), max_length=13, blank=True, help_text=_("Of the part itself, at least six digits.")
    )
    hs_edition = models.CharField(max_length=7, default="HS 2022")
    uses = models.JSONField(
        default=list, help_text=_("light, heavy, other vehicles, or aftermarket: what it is made for.")
    )
    begins = models.DateField(_("from"), help_text=_("First day the answer holds."))
    ends = models.DateField(_("until"), help_text=_("First day it no longer holds."))
    fiscal_year_start = models.DateField(
        null=True, blank=True, help_text=_("First day of your fiscal year, if not as entered.")
    )
    currency = models.CharField(
        max_length=3, choices=[(c, c) for c in CURRENCIES], help_text=_("Of every amount in it.")
    )
    price = amount_field(
        null=True, blank=True, help_text=_("What your customer pays for one, without freight, if you wish it checked.")
    )
    vehicle_facts = models.JSONField(
        default=dict, blank=True, help_text=_("Only for vehicles: class, model line, persons …")
    )
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    drafted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+", null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text=_("Rises with each saved change of the draft."))

    signed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="signed_declarations")
    signed_at = models.DateTimeField(null=True, blank=True)
    signatory = models.OneToOneField(Signatory, models.PROTECT, null=True, blank=True, related_name="declaration")
    signed_text = models.TextField(blank=True, help_text=_("The statement exactly as it was shown to the signer."))
    alone_why = models.CharField(
        max_length=300, blank=True, help_text=_("Why drafter and signer are one person, if they are.")
    )
    digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of the canonical content."))

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "part", "-begins"]
        indexes = [
            models.Index(
                fields=["part", "begins", "ends"], name="declaration_in_force", condition=Q(signed_at__isnull=False)
            ),
            models.Index(fields=["organisation", "signed_at"], name="declaration_by_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(begins__lt=F("ends")),
                name="declaration_period",
                violation_error_message=_("The period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, signatory__isnull=True, digest="")
                | Q(signed_at__isnull=False, signed_by__isnull=False, signatory__isnull=False, digest__gt=""),
                name="declaration_signed_whole",
                violation_error_message=_("A declaration is signed wholly or not at all."),
            ),
            models.CheckConstraint(
                condition=Q(plant_share__isnull=True) | Q(plant_share__gt=0, plant_share__lte=1),
                name="declaration_plant_share",
                violation_error_message=_("The plant's share lies between 0 and 1."),
            ),
            *amount_checks("declaration", "price"),
        ]

    def __str__(self) -> str:
        return f"{self.part.number} by {self.organisation}, {self.begins} to {self.ends}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class Addressee(models.Model):
    """A buyer to whom the answer is addressed; only these see its face and only for these it counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="addressees")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="addressed")

    class Meta:
        ordering = ["declaration", "organisation__code"]
        constraints = [models.UniqueConstraint(fields=["declaration", "organisation"], name="addressed_once")]

    def __str__(self) -> str:
        return f"{self.declaration} to {self.organisation}"


class Statement(models.Model):
    """What one law lets a supplier say to its buyer; speaks only under that law."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="statements")
    position = models.PositiveIntegerField(default=0)
    law = models.CharField(max_length=20, help_text=_("nafta, usmca, aala, …"))
    para = models.CharField(
        _("paragraph"), max_length=12, blank=True, help_text=_("The paragraph that allows it: c, d, e, f, g, h …")
    )
    amount = amount_field(null=True, blank=True)
    percent = amount_field(null=True, blank=True)
    net_cost = amount_field(null=True, blank=True)
    vnm = amount_field(_("value of non-originating materials"), null=True, blank=True)
    originates = models.BooleanField(null=True, blank=True)
    criterion = models.CharField(max_length=4, blank=True)
    method = models.CharField(
        max_length=4,
        blank=True,
        choices=[("NC", _("net cost")), ("TV", _("transaction value")), ("TS", _("tariff shift"))],
    )
    use = models.CharField(max_length=12, blank=True)
    averaged = models.CharField(max_length=80, blank=True, help_text=_("Category and period, if averaged."))
    ge70 = models.BooleanField(
        _("at least 70 %"), null=True, blank=True, help_text=_("U.S./Canadian share of its value (49 CFR 583.10).")
    )
    pct5 = amount_field(_("to the nearest 5 %"), null=True, blank=True, help_text=_("Below 70: 0, 5, 10 … 70."))
    pct = amount_field(
        _("exact percentage"), null=True, blank=True, help_text=_("An allied supplier's (49 CFR 583.11).")
    )
    origin = CountryField(blank=True, help_text=_("Country of origin under this law."))
    engine_origin = CountryField(blank=True, help_text=_("If it goes into an engine (49 CFR 583.8(c))."))
    transmission_origin = CountryField(blank=True, help_text=_("If it goes into a transmission (49 CFR 583.8(c))."))
    agreements = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Preferential trade with: country codes or groups, as on the declaration."),
    )
    cumulation = models.CharField(max_length=80, blank=True, help_text=_("Cumulation applied with; empty: none."))
    relies_on = models.ForeignKey(Declaration, models.PROTECT, null=True, blank=True, related_name="relied_on_by")

    class Meta:
        ordering = ["declaration", "position"]
        constraints = amount_checks("statement", "amount", "percent", "net_cost", "vnm", "pct5", "pct")

    def __str__(self) -> str:
        return f"{self.law} {self.para}"


class Claim(models.Model):
    """What cannot be computed from facts: tariff shift met, the table a part belongs to, the basis relied on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="claims")
    key = models.CharField(max_length=20, help_text=_("shift, basis, table, role, core, listed, requirement …"))
    value = models.CharField(max_length=40)
    why = models.CharField(max_length=300, blank=True, help_text=_("On what you base it."))

    class Meta:
        ordering = ["declaration", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "key"], name="claim_once", violation_error_message=_("Each claim stands once.")
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class Withdrawal(models.Model):
    """The maker takes a signed declaration back: from then on it counts as not given. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.OneToOneField(Declaration, models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=300, help_text=_("Why it no longer holds."))

    def __str__(self) -> str:
        return f"withdrawal of {self.declaration}"
