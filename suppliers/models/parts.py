"""Part numbers, who sells which to whom, and the rates that bring currencies together."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from suppliers.models.acts import Act
from suppliers.models.parties import Membership, Organisation, Plant

AMOUNT_LIMIT = 1_000_000_000


def amount_field(*label, **options):
    """A money amount or figure per unit: at most 9 digits before and 6 after the point, checked by the database too."""
    return models.DecimalField(*label, max_digits=15, decimal_places=6, **options)


def amount_checks(model: str, *names: str) -> list[models.CheckConstraint]:
    """At least zero and below a thousand million; on PostgreSQL NaN sorts above every number, so it is refused too."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lt": AMOUNT_LIMIT}),
            name=f"{model}_{name}_amount",
            violation_error_message=format_lazy(
                _("{name}: an amount from 0 up to 999,999,999.999999 is needed."), name=name.replace("_", " ")
            ),
        )
        for name in names
    ]


class PartQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """One's own numbers, and those that a confirmed or proposed sourcing joins to one's own."""
        own = membership.keeps
        return self.filter(
            Q(organisation_id__in=own) | Q(sold_as__buyer_id__in=own) | Q(bought_as__seller_id__in=own)
        ).distinct()


class Part(models.Model):
    """One organisation's part number: something it makes, sells or buys. The number stays."""

    class Unit(models.TextChoices):
        PIECE = "pc", _("piece")
        SET = "set", _("set")
        KILOGRAM = "kg", _("kilogram")
        METRE = "m", _("metre")
        SQUARE_METRE = "m2", _("square metre")
        LITRE = "l", _("litre")
        HUNDRED = "100", _("hundred pieces")
        THOUSAND = "1000", _("thousand pieces")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="parts")
    number = models.CharField(max_length=80, help_text=_("The part number as your own papers write it."))
    description = models.CharField(max_length=200, help_text=_("What it is, in words a buyer would use."))
    hs = models.CharField(
        _("HS code"), max_length=13, blank=True, help_text=_("At least six digits, as on the customs entry.")
    )
    hs_edition = models.CharField(max_length=7, default="HS 2022", help_text=_("The edition of the Harmonized System."))
    unit = models.CharField(max_length=6, choices=Unit.choices, default=Unit.PIECE)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"],
                name="part_number_once",
                violation_error_message=_("Your organisation already has a part with this number."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.description}"


class SourcingQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Both sides of the sale, nobody else."""
        own = membership.keeps
        return self.filter(Q(seller_id__in=own) | Q(buyer_id__in=own))

    def confirmed(self):
        """Those that seller and buyer have both confirmed: only these carry answers up."""
        return self.filter(confirmations__side="seller").filter(confirmations__side="buyer")

    def in_force(self, *, on):
        return self.filter(begins__lte=on).filter(Q(ends__isnull=True) | Q(ends__gt=on))

    def during(self, begins, ends):
        """Those that hold on at least one day of a half-open period."""
        return self.filter(begins__lt=ends).filter(Q(ends__isnull=True) | Q(ends__gt=begins))

    def awaiting(self, organisation):
        """Those that wait for this organisation's word: proposed by the other side and not ended."""
        said = SourcingConfirmation.objects.filter(sourcing=models.OuterRef("pk"))
        as_seller = Q(seller__in=organisation.keeps) & ~models.Exists(said.filter(side="seller"))
        as_buyer = Q(buyer__in=organisation.keeps) & ~models.Exists(said.filter(side="buyer"))
        return self.filter(as_seller | as_buyer, ends__isnull=True)

    def told(self):
        """With all that a page of sales prints, in a fixed number of queries."""
        rows = self.select_related("seller", "buyer", "seller_part", "buyer_part", "end__by__organisation")
        return rows.prefetch_related("confirmations")


class Sourcing(models.Model):
    """That a seller delivers its part under the buyer's number. Holds no share and no price: those are facts of a line.

    A proposal until both sides have confirmed it; never edited afterwards, it ends on its day.
    """

    class Basis(models.TextChoices):
        EX_WORKS = "ex_works", _("ex works")
        DELIVERED = "delivered", _("delivered to the plant")
        FREE_CARRIER = "free_carrier", _("free carrier")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seller = models.ForeignKey(Organisation, models.PROTECT, related_name="sells")
    seller_part = models.ForeignKey(Part, models.PROTECT, related_name="sold_as")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="buys")
    buyer_part = models.ForeignKey(Part, models.PROTECT, related_name="bought_as")
    factor = models.DecimalField(
        max_digits=15,
        decimal_places=6,
        default=1,
        help_text=_("How many of the seller's units make one of the buyer's: 100 when the buyer counts hundreds."),
    )
    price_basis = models.CharField(max_length=14, choices=Basis.choices, default=Basis.EX_WORKS)
    begins = models.DateField(default=timezone.localdate)
    ends = models.DateField(null=True, blank=True, help_text=_("First day on which it no longer holds."))

    objects = SourcingQuerySet.as_manager()

    class Meta:
        ordering = ["buyer_part", "seller"]
        constraints = [
            models.CheckConstraint(
                condition=Q(factor__gt=0, factor__lt=AMOUNT_LIMIT),
                name="sourcing_factor_positive",
                violation_error_message=_("The factor between the units must be greater than zero."),
            ),
            models.CheckConstraint(
                condition=~Q(seller=F("buyer")),
                name="sourcing_between_two",
                violation_error_message=_("A company does not sell to itself: enter the part as made by you."),
            ),
            models.UniqueConstraint(
                fields=["seller_part", "buyer_part", "begins"],
                name="sourcing_once",
                violation_error_message=_("This part number pair is already entered from that day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller} {self.seller_part.number} → {self.buyer} {self.buyer_part.number}"


class SourcingConfirmation(models.Model):
    """One side says: yes, this is sold and bought, in this unit. Never edited."""

    class Side(models.TextChoices):
        SELLER = "seller", _("seller")
        BUYER = "buyer", _("buyer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="confirmations")
    side = models.CharField(max_length=6, choices=Side.choices)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sourcing", "side"], name="confirmed_once_a_side")]

    def __str__(self) -> str:
        return f"{self.side} of {self.sourcing}"


class SourcingEnd(Act):
    """One side says from which day a sale no longer holds, and why; both read it. Never edited."""

    sourcing = models.OneToOneField(Sourcing, models.PROTECT, related_name="end")
    why = models.CharField(
        max_length=300, help_text=_("Why it ends: another supplier, another number, a wrong factor …")
    )

    def __str__(self) -> str:
        return f"end of {self.sourcing}"


class PriceWord(models.Model):
    """One side's word on what one of the buyer's units costs under a sale, from a day. Never edited; the newest holds.

    The two sides of a sale know its price anyway: each sees the other's word, nobody else sees either.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="price_words")
    side = models.CharField(max_length=6, choices=SourcingConfirmation.Side.choices)
    price = amount_field(help_text=_("For one of the buyer's units, without freight unless the basis is delivered."))
    currency = models.CharField(max_length=3)
    begins = models.DateField(help_text=_("First day it holds."))
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sourcing", "side", "-begins", "-at"]
        constraints = amount_checks("price_word", "price")

    def __str__(self) -> str:
        return f"{self.side} of {self.sourcing}: {self.price} {self.currency}"


class Rate(models.Model):
    """One exchange rate as a dated, cited fact: units of the second currency for one of the first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rates",
        help_text=_("Empty: published for all."),
    )
    from_currency = models.CharField(max_length=3)
    to_currency = models.CharField(max_length=3)
    law = models.CharField(
        max_length=40, blank=True, help_text=_("The rulebook whose currency rule it follows; empty: all.")
    )
    rate = models.DecimalField(max_digits=18, decimal_places=9)
    on = models.DateField(help_text=_("The day the rate was published for."))
    cite = models.CharField(max_length=200, help_text=_("Who published it, and under which rule it is used."))

    class Meta:
        ordering = ["from_currency", "to_currency", "-on"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lt=AMOUNT_LIMIT), name="rate_positive"),
            models.UniqueConstraint(
                fields=["from_currency", "to_currency", "law", "on"],
                name="rate_once_for_all",
                condition=Q(organisation__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["organisation", "from_currency", "to_currency", "law", "on"],
                name="rate_once",
                condition=Q(organisation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.from_currency} = {self.rate} {self.to_currency}, {self.on}"


__all__ = [
    "AMOUNT_LIMIT",
    "Part",
    "Plant",
    "PriceWord",
    "Rate",
    "Sourcing",
    "SourcingConfirmation",
    "SourcingEnd",
    "amount_checks",
    "amount_field",
]
