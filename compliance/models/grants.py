"""What an authority may read, of which certificate, until when."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from suppliers.models import Act, Membership


class AuthorityGrantQuerySet(models.QuerySet):
    def in_force(self, *, on=None):
        on = on or timezone.now().date()
        return self.filter(begins__lte=on, ends__gt=on, end__isnull=True)

    def visible_to(self, membership):
        """The auditor who holds it, the automaker whose certificate it opens, the operator who keeps the register."""
        own = Q(membership=membership) | Q(certificate__organisation_id=membership.organisation_id)
        return self if membership.holds("operator") else self.filter(own)


class AuthorityGrant(Act):
    """An auditor may read the dossier of one certificate for a time and a purpose. Never edited; ends by a GrantEnd."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="grants", help_text="The auditor.")
    certificate = models.ForeignKey("compliance.Certificate", models.PROTECT, related_name="grants")
    purpose = models.CharField(max_length=300)
    begins = models.DateField()
    ends = models.DateField()

    objects = AuthorityGrantQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(begins__lt=F("ends")), name="grant_period")]

    def __str__(self) -> str:
        return f"{self.membership} on {self.certificate}"


class GrantEnd(Act):
    """The early end of a grant. Never edited."""

    grant = models.OneToOneField(AuthorityGrant, models.PROTECT, related_name="end")
    why = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"end of {self.grant}"
