"""What is read again and again in the same shape: a signed list of parts, in one row."""

from typing import Any

from django.db import models

from suppliers.models import Declaration


class EnteredListQuerySet(models.QuerySet):
    def visible_to(self, membership: Any):
        """Whoever signed the list."""
        return self.filter(declaration__organisation_id=membership.organisation_id)


class EnteredList(models.Model):
    """One vehicle's signed list of parts as its automaker entered it, so that a page reads three hundred of them at once.

    A copy of what is signed and never changes: made once, never edited, made anew if it is lost (tracing/ownlines.py).
    """

    declaration = models.OneToOneField(Declaration, models.CASCADE, primary_key=True, related_name="+")
    shape = models.PositiveSmallIntegerField(
        help_text="Which columns the rows have; a copy of another shape is made anew."
    )
    rows = models.JSONField(help_text="A row for each source of each line.")
    bases = models.JSONField(help_text="Net cost by these entries and ex-works price, empty where they do not follow.")

    objects = EnteredListQuerySet.as_manager()

    def __str__(self) -> str:
        return f"the list of {self.declaration_id}"
