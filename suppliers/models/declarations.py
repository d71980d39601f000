"""Declarations: one maker's answer about one part, plant and period, and what it is made of."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from suppliers.models.parties import Membership, Organisation, Plant, Signatory
from suppliers.models.parts import AMOUNT_LIMIT, Part, Sourcing, amount_checks, amount_field

CURRENCIES = ["USD", "CAD", "MXN", "EUR", "JPY", "KRW", "CNY", "GBP", "BRL", "THB", "PLN"]


class DeclarationQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """One's own, drafts included; of others only the signed ones addressed to one's organisation (their face)."""
        own = membership.organisation_id
        return self.filter(
            Q(organisation_id=own) | Q(signed_at__isnull=False, addressees__organisation_id=own)
        ).distinct()

    def owned_by(self, membership):
        """Those whose body this membership may read: its own organisation's, nobody else's."""
        return self.filter(organisation_id=membership.organisation_id)

    def drafts(self):
        return self.filter(signed_at__isnull=True)

    def signed(self):
        return self.filter(signed_at__isnull=False)

    def in_force(self, *, on):
        """Signed, not withdrawn, not superseded by a signed version that has begun, and ``on`` lies in the period."""
        newer = Declaration.objects.filter(supersedes=models.OuterRef("pk"), signed_at__isnull=False, begins__lte=on)
        return self.filter(
            ~models.Exists(newer), signed_at__isnull=False, withdrawal__isnull=True, begins__lte=on, ends__gt=on
        )


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


class Costs(models.Model):
    """The maker's own costs of one unit without materials; ``net`` and ``total`` as booked, if the books say."""

    declaration = models.OneToOneField(Declaration, models.CASCADE, primary_key=True, related_name="costs")
    product = amount_field(null=True, blank=True, help_text=_("Labour and overhead of making it, without materials."))
    period = amount_field(null=True, blank=True, help_text=_("General, selling and administrative costs."))
    other = amount_field(null=True, blank=True, help_text=_("Other costs on your books."))
    excluded_sales = amount_field(
        null=True, blank=True, help_text=_("Of these: sales promotion, marketing, after-sales service.")
    )
    excluded_royalties = amount_field(null=True, blank=True, help_text=_("Of these: royalties."))
    excluded_shipping = amount_field(null=True, blank=True, help_text=_("Of these: shipping and packing."))
    excluded_interest = amount_field(null=True, blank=True, help_text=_("Of these: non-allowable interest."))
    net = amount_field(null=True, blank=True, help_text=_("Net cost as booked, if your books give it."))
    total = amount_field(null=True, blank=True, help_text=_("Total cost as booked, if your books give it."))

    AMOUNTS = [
        "product", "period", "other", "excluded_sales", "excluded_royalties", "excluded_shipping", "excluded_interest",
        "net", "total",
    ]  # fmt: skip

    class Meta:
        constraints = amount_checks("costs", *[
            "product", "period", "other", "excluded_sales", "excluded_royalties", "excluded_shipping",
            "excluded_interest", "net", "total",
        ])  # fmt: skip

    def __str__(self) -> str:
        return f"costs of {self.declaration}"


class OwnValue(models.Model):
    """What the maker's own work adds to one unit in one country."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="own_values")
    country = CountryField()
    amount = amount_field()

    class Meta:
        ordering = ["declaration", "country"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "country"],
                name="own_value_once_a_country",
                violation_error_message=_("Each country stands once: add the amounts up."),
            ),
            *amount_checks("own_value", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} in {self.country}"


class Line(models.Model):
    """One material in one unit of the part (an input)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    item = models.CharField(_("part number"), max_length=80, help_text=_("Your own number of the material."))
    description = models.CharField(max_length=200, blank=True, help_text=_("What it is."))
    hs = models.CharField(_("HS code"), max_length=13, blank=True)
    hs_edition = models.CharField(max_length=7, default="HS 2022")
    quantity = models.DecimalField(
        max_digits=15, decimal_places=4, default=1, help_text=_("How much of it goes into one.")
    )
    unit = models.CharField(max_length=6, choices=Part.Unit.choices, default=Part.Unit.PIECE)
    minor = models.BooleanField(default=False, help_text=_("A fastener or fluid that the labelling law leaves out."))
    consigned = models.BooleanField(default=False, help_text=_("Your customer supplies it free of charge."))

    class Meta:
        ordering = ["declaration", "position"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "position"], name="line_position_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lt=AMOUNT_LIMIT),
                name="line_quantity_positive",
                violation_error_message=_("The quantity must be greater than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} × {self.quantity}"


class Source(models.Model):
    """One way a line's material came: bought, imported by the maker itself, or made by it."""

    class How(models.TextChoices):
        BOUGHT = "bought", _("bought")
        IMPORTED = "imported", _("imported by us")
        MADE = "made", _("made by us")

    class Title(models.TextChoices):
        IMPORTATION = "importation", _("at importation")
        LATER = "later", _("later, inland")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(Line, models.CASCADE, related_name="sources")
    position = models.PositiveIntegerField(default=0)
    how = models.CharField(max_length=8, choices=How.choices, default=How.BOUGHT)
    share_numerator = models.PositiveIntegerField(default=1)
    share_denominator = models.PositiveIntegerField(default=1)
    price = amount_field(
        null=True, blank=True, help_text=_("For one: the price paid, or the customs value if you imported it yourself.")
    )
    seller_name = models.CharField(max_length=160, blank=True, help_text=_("Who sells it to you."))
    sourcing = models.ForeignKey(Sourcing, models.PROTECT, null=True, blank=True, related_name="sources")
    made_part = models.ForeignKey(
        Part,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Your own part, where you make it yourself."),
    )
    made_in = CountryField(blank=True, help_text=_("The country marked on it, as far as you know."))
    allied = models.BooleanField(
        default=False, help_text=_("The seller is wholly owned by the vehicle's maker (49 CFR 583.4).")
    )
    related = models.BooleanField(default=False, help_text=_("Buyer and seller are related persons."))
    title = models.CharField(
        max_length=12, choices=Title.choices, blank=True, help_text=_("When you became its owner.")
    )
    rate = models.DecimalField(
        max_digits=18, decimal_places=9, null=True, blank=True, help_text=_("The exchange rate you booked, if any.")
    )
    designated = models.BooleanField(default=False, help_text=_("Designated as an intermediate material."))
    basis = models.CharField(
        max_length=6, blank=True, choices=[("shift", _("tariff shift")), ("rvc", _("regional value"))]
    )

    class Meta:
        ordering = ["line", "position"]
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="source_position_once"),
            models.CheckConstraint(
                condition=Q(
                    share_numerator__gt=0, share_denominator__gt=0, share_numerator__lte=F("share_denominator")
                ),
                name="source_share",
                violation_error_message=_("A share lies above 0 and at most at 100 %."),
            ),
            *amount_checks("source", "price"),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.line}"


class Charge(models.Model):
    """Freight, duty or another charge on one unit of a source, and whether the price already holds it."""

    class Kind(models.TextChoices):
        FREIGHT = "freight", _("freight")
        INSURANCE = "insurance", _("insurance")
        PACKING = "packing", _("packing")
        DUTY = "duty", _("customs duty")
        TAX = "tax", _("tax")
        BROKERAGE = "brokerage", _("brokerage")
        WASTE = "waste", _("waste and spoilage")
        ASSIST = "assist", _("assist")

    class Leg(models.TextChoices):
        RECEIPT = "receipt", _("to the first place received in the territory")
        TITLE = "title", _("to the place where the first person there takes title")
        PLANT = "plant", _("to your plant")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.CASCADE, related_name="charges")
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = amount_field()
    in_price = models.BooleanField(default=False, help_text=_("The price above already holds it."))
    leg = models.CharField(max_length=8, choices=Leg.choices, blank=True, help_text=_("Where this transport ends."))
    recoverable = models.BooleanField(default=False, help_text=_("You get it back, as a refund or credit."))

    class Meta:
        ordering = ["source", "position"]
        constraints = amount_checks("charge", "amount")

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Cannot(models.Model):
    """The buyer's record on a source whose answer cannot be had: the reason, and any good-faith determination."""

    class Reason(models.TextChoices):
        SILENT = "silent", _("no answer after reminders")
        REFUSED = "refused", _("refused")
        MULTI_INDUSTRY = "multi_industry", _("sells to many industries, cannot trace for one")
        INSOLVENT = "insolvent", _("insolvent or closed")
        UNKNOWN_MAKER = "unknown_maker", _("the maker is not known")
        CONFIDENTIAL = "confidential", _("holds it to be confidential")

    source = models.OneToOneField(Source, models.CASCADE, primary_key=True, related_name="cannot")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    determination = models.CharField(max_length=300, blank=True, help_text=_("Your own good-faith finding, if any."))
    basis = models.CharField(max_length=300, blank=True, help_text=_("What that finding rests on."))

    def __str__(self) -> str:
        return self.get_reason_display()


class Try(models.Model):
    """One attempt to get the answer: when and how."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cannot = models.ForeignKey(Cannot, models.CASCADE, related_name="tried")
    at = models.DateField()
    how = models.CharField(max_length=160, help_text=_("By mail, by telephone, on a visit; to whom."))

    class Meta:
        ordering = ["cannot", "at", "id"]

    def __str__(self) -> str:
        return f"{self.at} {self.how}"


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
