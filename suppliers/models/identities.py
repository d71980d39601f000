"""Being who one says: official numbers, new names, and what became of a company."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from suppliers.models.acts import Act
from suppliers.models.parties import Organisation


class Identifier(models.Model):
    """An official number of an organisation. Not unique over the portal: that would tell who else is here."""

    class Kind(models.TextChoices):
        EIN = "ein", _("EIN (United States)")
        BN = "bn", _("Business number (Canada)")
        RFC = "rfc", _("RFC (Mexico)")
        VAT = "vat", _("VAT number (European Union)")
        LEI = "lei", _("LEI")
        DUNS = "duns", _("D-U-N-S")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    value = models.CharField(max_length=40, help_text=_("Digits and letters, without spaces."))

    class Meta:
        ordering = ["organisation", "kind"]
        constraints = [models.UniqueConstraint(fields=["organisation", "kind"], name="identifier_once_a_kind")]
        indexes = [models.Index(fields=["kind", "value"], name="identifier_by_value")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class Renaming(Act):
    """A company bears another name from a day on; what it signed before keeps the old one. Never edited."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="renamings")
    old = models.CharField(max_length=160)
    new = models.CharField(max_length=160)

    class Meta:
        ordering = ["organisation", "at"]

    def __str__(self) -> str:
        return f"{self.old} is {self.new}"


class Succession(Act):
    """A company was entered twice, was taken over, or closed: its records stay its own and are kept by a successor.

    The successor's people may act for it (compliance and retention); nobody signs anything new for it. Never edited.
    """

    class Kind(models.TextChoices):
        MERGED = "merged", _("entered twice: one and the same company")
        TAKEN_OVER = "taken_over", _("taken over")
        CLOSED = "closed", _("closed")

    predecessor = models.OneToOneField(Organisation, models.PROTECT, related_name="succession")
    successor = models.ForeignKey(Organisation, models.PROTECT, related_name="predecessors")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    why = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.predecessor} is kept by {self.successor}"


def speakers_of(organisations: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Who speaks for each company now: itself, or the last of its successors. One query where none has any."""
    found = {key: key for key in organisations}
    seen, level = set(organisations), set(organisations)
    while level:
        rows = dict(Succession.objects.filter(predecessor__in=level).values_list("predecessor", "successor"))
        found = {key: rows.get(speaker, speaker) for key, speaker in found.items()}
        level = set(rows.values()) - seen
        seen |= level
    return found
