"""That a company took out everything it entered."""

from django.db import models

from suppliers.models import Act, Organisation


class TakeoutQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The company's own people: who took everything out, and when."""
        return self.filter(organisation_id__in=membership.keeps)


class Takeout(Act):
    """Somebody took out everything a company entered, as one archive. Written when it is asked for; the
    archive follows. Never edited."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="takeouts")

    objects = TakeoutQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.organisation} by {self.by} at {self.at:%Y-%m-%d %H:%M}"
