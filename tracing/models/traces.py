"""What follows: vehicles, and the traces that were computed of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from suppliers.models import Declaration, Organisation, Part


class VehicleQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The automaker's own."""
        return self.filter(organisation_id=membership.organisation_id)

    def due(self):
        return self.filter(due_mark__isnull=False)

    def traced_at_once(self):
        """Those that are traced whenever something below them changed; of a larger one the board shows the fleet's roll, and it
        is traced when somebody asks."""
        return self.filter(Q(lines__isnull=True) | Q(lines__lte=settings.TRACE_AT_ONCE))


class Vehicle(models.Model):
    """An automaker's vehicle: the part at the top of a supply tree, with what the laws need to class it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="vehicles")
    part = models.OneToOneField(Part, models.PROTECT, related_name="vehicle")
    name = models.CharField(max_length=80, help_text="The name people use.")
    model_year = models.PositiveIntegerField()
    body = models.CharField(max_length=60, blank=True, help_text="crossover, pickup, electric car …")
    assembled_at = models.CharField(max_length=120, blank=True, help_text="Town and country of final assembly.")
    units_a_year = models.PositiveIntegerField(default=0)
    lines = models.PositiveIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="How many sources stand below it, as the last roll of the fleet found.",
    )
    due_mark = models.UUIDField(
        null=True, blank=True, help_text="Set while a new trace is due; retrace clears the one it saw."
    )
    due_since = models.DateTimeField(null=True, blank=True)
    ring_at = models.DateTimeField(
        null=True, blank=True, help_text="When the next retrace is to be rung, so that it is rung once."
    )

    objects = VehicleQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "name"]
        indexes = [models.Index(fields=["due_since"], name="vehicle_due", condition=Q(due_mark__isnull=False))]

    def __str__(self) -> str:
        return f"{self.name}, model year {self.model_year}"


class TraceQuerySet(models.QuerySet):
    def visible_to(self, membership):
        return self.filter(vehicle__organisation_id=membership.organisation_id)


class Trace(models.Model):
    """One vehicle computed under every rulebook at one moment, with all that the engine was given. Never edited.

    The newest is what holds now; computing the same again stores nothing. A vehicle that returns to an earlier state gets
    a new number with the earlier digest (docs/adr/0007).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="traces")
    number = models.PositiveIntegerField(help_text="Counts the vehicle's traces.")
    on = models.DateField(help_text="The day whose facts and rules were taken.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of dossier, rulebooks and engine version.")
    engine = models.CharField(max_length=20)
    dossier = models.BinaryField(help_text="The canonical dossier, compressed: what the engine was given.")
    declarations = models.JSONField(default=dict, help_text="Dossier name of each declaration to its row.")
    at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True, help_text="Why it could not be traced, in the user's words.")

    objects = TraceQuerySet.as_manager()

    class Meta:
        ordering = ["vehicle", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["vehicle", "number"], name="trace_number_once"),
        ]
        indexes = [models.Index(fields=["vehicle", "digest"], name="trace_by_digest")]

    def __str__(self) -> str:
        return f"trace {self.number} of {self.vehicle}"

    def own_declarations(self):
        """The vehicle's own declarations among those it was computed from.

        Asked by the part alone: a question that named all of them would tell by its length how much lies below a supplier.
        """
        used = set(map(str, self.declarations.values()))
        own = Declaration.objects.filter(part=self.vehicle.part_id)
        return own.filter(pk__in=[pk for pk in own.values_list("pk", flat=True) if str(pk) in used])


class Outcome(models.Model):
    """What one rulebook, in one reading, says of a traced vehicle. Exact; ``disclosure`` decides who sees what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trace = models.ForeignKey(Trace, models.CASCADE, related_name="outcomes")
    rulebook = models.CharField(max_length=30)
    rulebook_digest = models.CharField(max_length=64)
    edition = models.CharField(max_length=200)
    status = models.CharField(max_length=10, help_text="law, proposal or idea")
    reading = models.CharField(max_length=30, blank=True)
    hypothetical = models.BooleanField(default=False, help_text="The law was not in force on that day.")
    worst = models.CharField(max_length=60, help_text="Percent, exact or 34 digits.")
    declared = models.CharField(max_length=60)
    best = models.CharField(max_length=60)
    threshold = models.CharField(max_length=20)
    verdict = models.CharField(max_length=5)
    gaps = models.PositiveIntegerField(default=0, help_text="Open gaps that bear on this rulebook.")
    digest = models.CharField(
        max_length=64, help_text="SHA-256 of the dossier, this rulebook, its switches and the engine."
    )
    result = models.JSONField(help_text="The engine's whole answer.")
    brief = models.JSONField(
        null=True, editable=False, help_text="What pages over a fleet need of it: tracing/briefs.py."
    )

    class Meta:
        ordering = ["trace", "rulebook", "reading"]
        constraints = [models.UniqueConstraint(fields=["trace", "rulebook", "reading"], name="outcome_once")]

    def __str__(self) -> str:
        return f"{self.rulebook} {self.reading} of {self.trace}".replace("  ", " ")


class Roll(models.Model):
    """One roll of the whole fleet: what had changed, how many figures moved, and where its time went. Never edited."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    on = models.DateField(help_text="The day whose facts and rules were taken.")
    engine = models.CharField(max_length=20)
    parts = models.PositiveIntegerField(help_text="Parts at which something had changed.")
    vehicles = models.PositiveIntegerField(help_text="Vehicles that these reach.")
    verdicts = models.PositiveIntegerField(help_text="Verdicts stored because they say something else than before.")
    exact = models.PositiveIntegerField(default=0, help_text="Verdicts that the exact run decided.")
    seconds = models.JSONField(default=dict, help_text="Where the time went, by step.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"roll {self.pk} of {self.on}"


class VerdictQuerySet(models.QuerySet):
    def visible_to(self, membership):
        return self.filter(vehicle__organisation_id=membership.organisation_id)


class Verdict(models.Model):
    """What one rulebook, in one reading, says of a vehicle by the fleet's last roll. A roll that finds otherwise replaces it.

    It has the tests and nothing of what they rest on: parts, gaps and steps are a Trace's, and so is what a certificate says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="verdicts")
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
    ranked = models.JSONField(
        null=True, editable=False, help_text="Its open lines with what each decides: tracing/briefs.py."
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the result: equal results are stored once.")
    roll = models.ForeignKey(Roll, models.PROTECT, related_name="found")
    at = models.DateTimeField(default=timezone.now, help_text="Since when it says so.")

    objects = VerdictQuerySet.as_manager()

    class Meta:
        ordering = ["vehicle", "rulebook", "reading"]
        constraints = [models.UniqueConstraint(fields=["vehicle", "rulebook", "reading"], name="verdict_once")]

    def __str__(self) -> str:
        return f"{self.rulebook} {self.reading} of {self.vehicle}".replace("  ", " ")


class Gap(models.Model):
    """An answer that is missing under one outcome, and what it is worth."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="open_gaps")
    rank = models.PositiveIntegerField()
    asker = models.ForeignKey(Organisation, models.PROTECT, related_name="+", help_text="Whose line lacks the answer.")
    seller = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    sourcing = models.ForeignKey("suppliers.Sourcing", models.PROTECT, null=True, related_name="+")
    line = models.PositiveIntegerField(help_text="Of the asker's declaration.")
    source = models.PositiveIntegerField()
    direct = models.BooleanField(help_text="The line is the vehicle's own.")
    via_line = models.PositiveIntegerField(help_text="The vehicle's line it hangs below.")
    via_source = models.PositiveIntegerField()
    reason = models.CharField(max_length=20)
    amount = models.CharField(max_length=60, help_text="Value in one vehicle.")
    points = models.CharField(max_length=60, help_text="Points between this answer's worst and best.")
    can_settle = models.BooleanField(default=False)
    settles = models.BooleanField(default=False)

    class Meta:
        ordering = ["outcome", "rank"]

    def __str__(self) -> str:
        return f"gap {self.rank} of {self.outcome}"


class Pulse(models.Model):
    """When a worker last did something: one row per worker, for the line "worker last seen"."""

    worker = models.CharField(primary_key=True, max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker} at {self.at:%H:%M:%S}"
