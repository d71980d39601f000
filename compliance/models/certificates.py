"""Certificates, what was sealed in them, and their revocation."""

import json
import uuid

from django.db import models
from django.db.models import Q

from compliance.models.reviews import Review
from compliance.models.signoffs import SignOff
from suppliers.models import Act, Organisation, Signatory
from tracing.models import Outcome


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The automaker that issued it, and an authority that holds a grant in force for it."""
        from compliance.models.grants import AuthorityGrant

        granted = AuthorityGrant.objects.in_force().filter(membership=membership).values("certificate")
        return self.filter(Q(organisation_id=membership.organisation_id) | Q(pk__in=granted))


class Certificate(Act):
    """A traced-content certificate: a copy of all it says, signed and sealed. Never edited or regenerated."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="certificates")
    number = models.PositiveIntegerField(help_text="Counts the automaker's certificates.")
    review = models.OneToOneField(Review, models.PROTECT, related_name="certificate")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="certificates")
    sign_off = models.ForeignKey(
        SignOff,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        help_text="The officer's, where the law of the outcome asks for one.",
    )
    signatory = models.OneToOneField(Signatory, models.PROTECT, related_name="certificate")
    payload = models.TextField(help_text="The canonical JSON that was signed, byte for byte.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the payload.")
    jws = models.TextField(help_text="Ed25519 signature over the payload, compact JWS.")
    pdf = models.BinaryField(help_text="The document as issued.")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "-number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="certificate_number_once")]

    def __str__(self) -> str:
        return f"certificate {self.number} of {self.organisation}"

    @property
    def says(self) -> dict:
        """What the certificate says, read from the bytes that were signed."""
        return json.loads(self.payload)

    @property
    def filename(self) -> str:
        """The name its files bear, without the ending."""
        return f"{self.organisation.code}-{self.number:04d}"


class Opening(models.Model):
    """The salt and value behind one commitment of a certificate: for an authority under a grant only. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="openings")
    leaf = models.CharField(max_length=300)
    salt = models.CharField(max_length=64)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "leaf"], name="opening_once")]

    def __str__(self) -> str:
        return self.leaf


class Revocation(Act):
    """A certificate is taken back: another document, with its own reason. Never edited."""

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="revocation")
    why = models.TextField(help_text="Why it no longer holds.")
    payload = models.TextField()
    jws = models.TextField()

    def __str__(self) -> str:
        return f"revocation of {self.certificate}"


class Export(Act):
    """Somebody was given a certificate's dossier. Never edited; the owners of the figures can see it."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="exports")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file as handed over.")

    def __str__(self) -> str:
        return f"dossier of {self.certificate}"
