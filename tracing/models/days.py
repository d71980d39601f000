"""What the fleet says on other days than today: each day once, and each different answer once for all the days that give it."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone

from tracing.models.traces import Vehicle


def over(on: dt.date) -> dt.datetime:
    """The first moment after a day (UTC): what was signed before it was known by the end of that day."""
    return dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), dt.UTC)


class DayQuerySet(models.QuerySet):
    def rolled(self):
        return self.filter(at__isnull=False)


class Day(models.Model):
    """One day of which the fleet's figures were asked for, or are kept ready: by the rules of that day.

    A past day takes the declarations as they stood when it ended; rolled once after that, it never changes. A coming day
    takes what is known now and is rolled again when ``standing`` no longer names that. Empty ``at``: not rolled yet.
    """

    id = models.BigAutoField(primary_key=True)
    on = models.DateField(unique=True)
    asked_at = models.DateTimeField(default=timezone.now, help_text="When somebody, or the timetable, last wanted it.")
    waits = models.BooleanField(default=True, help_text="It is to be rolled, or rolled again.")
    at = models.DateTimeField(null=True, blank=True, help_text="When it was rolled.")
    standing = models.CharField(max_length=64, blank=True, help_text="Digest of the state of facts it was made from.")
    stopped = models.JSONField(default=list, help_text="Vehicles of which nothing could be computed, by key.")
    why = models.CharField(max_length=300, blank=True, help_text="Why it could not be rolled, if it could not.")
    seconds = models.JSONField(default=dict, help_text="Where the time went, by step.")

    objects = DayQuerySet.as_manager()

    class Meta:
        ordering = ["on"]
        indexes = [models.Index(fields=["asked_at"], name="day_waits", condition=models.Q(waits=True))]

    def __str__(self) -> str:
        return f"the fleet on {self.on}"

    @property
    def is_final(self) -> bool:
        """Whether it was rolled after it was over: nothing that happens later changes what was known then."""
        return self.at is not None and self.at >= over(self.on)


class Said(models.Model):
    """One answer of one law, in one reading, to one vehicle. Days on which the same is said share it. Never edited."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the result apart from its day.")
    rulebook = models.CharField(max_length=30)
    reading = models.CharField(max_length=30, blank=True)
    edition = models.CharField(max_length=200)
    status = models.CharField(max_length=10, help_text="law, proposal or idea")
    hypothetical = models.BooleanField(default=False, help_text="The law was not in force on that day.")
    verdict = models.CharField(max_length=5)
    result = models.JSONField(help_text="The tests, exact; disclosure decides who sees what.")
    brief = models.JSONField(
        null=True, editable=False, help_text="What pages over a fleet need of it: tracing/briefs.py."
    )

    def __str__(self) -> str:
        return f"{self.rulebook} {self.reading}: {self.verdict}"


class DatedVerdictQuerySet(models.QuerySet):
    def visible_to(self, membership: Any):
        return self.filter(vehicle__organisation_id=membership.organisation_id)


class DatedVerdict(models.Model):
    """What one law says of one vehicle on one day, by the answer it shares with every day that gives the same."""

    id = models.BigAutoField(primary_key=True)
    day = models.ForeignKey(Day, models.CASCADE, related_name="verdicts")
    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="dated_verdicts")
    said = models.ForeignKey(Said, models.PROTECT, related_name="dated")

    objects = DatedVerdictQuerySet.as_manager()

    class Meta:
        ordering = ["day", "vehicle", "said"]
        constraints = [models.UniqueConstraint(fields=["day", "vehicle", "said"], name="dated_verdict_once")]

    def __str__(self) -> str:
        return f"{self.vehicle_id} on {self.day_id}: {self.said_id}"
