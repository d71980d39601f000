"""The body of a declaration: what goes into one unit and how it came, own costs, own value."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from suppliers.models.parts import AMOUNT_LIMIT, Part, Sourcing, amount_checks, amount_field


class Costs(models.Model):
    """The maker's own costs of one unit without materials; ``net`` and ``total`` as booked, if the books say."""

    declaration = models.OneToOneField("suppliers.Declaration", models.CASCADE, primary_key=True, related_name="costs")
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
    declaration = models.ForeignKey("suppliers.Declaration", models.CASCADE, related_name="own_values")
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
    declaration = models.ForeignKey("suppliers.Declaration", models.CASCADE, related_name="lines")
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
    directed = models.BooleanField(
        default=False, help_text=_("Directed buy: the customer named the seller and the price, the maker pays.")
    )
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
    ge70 = models.BooleanField(
        null=True, blank=True, help_text=_("At least 70 percent U.S. and Canadian value (49 CFR 583.6(c)(6)), as you determine it.")
    )  # fmt: skip
    pct = amount_field(null=True, blank=True, help_text=_("Below 70: the percentage that you determine."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                # Each side says what is null: a comparison with NULL is neither true nor false, and would let the row pass.
                condition=Q(ge70__isnull=True, pct__isnull=True)
                | Q(ge70__isnull=False, ge70=True, pct__isnull=True)
                | Q(ge70__isnull=False, ge70=False, pct__isnull=False, pct__gte=0, pct__lt=70),
                name="cannot_determined",
                violation_error_message=_("At least 70 percent, or a percentage from 0 to below 70."),
            )
        ]

    def __str__(self) -> str:
        return self.get_reason_display()

    @property
    def is_determined(self) -> bool:
        """Whether it holds a determination that the label law can count; words alone count nothing."""
        return self.ge70 is not None


class Try(models.Model):
    """One attempt to get the answer: when and how. ``reminder``: the portal's own record of it, where there is one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cannot = models.ForeignKey(Cannot, models.CASCADE, related_name="tried")
    at = models.DateField()
    how = models.CharField(max_length=160, help_text=_("By mail, by telephone, on a visit; to whom."))
    reminder = models.ForeignKey(
        "suppliers.Reminder",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The portal's letter that this was, if it was one."),
    )

    class Meta:
        ordering = ["cannot", "at", "id"]

    def __str__(self) -> str:
        return f"{self.at} {self.how}"
