"""Times ``in_force(on)`` over 300 vehicles' parts and 20,000 declarations: python -m tests.bench.in_force (DATABASE_URL decides)."""

import datetime as dt
import os
import statistics
import time
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEMO", "1")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from suppliers.models import Declaration, Membership, Organisation, Part, Person, Signatory, User  # noqa: E402
from tracing.models import Vehicle  # noqa: E402

VEHICLES, DECLARATIONS, ROUNDS = 300, 20_000, 9
DAY = dt.date(2026, 11, 24)


def build() -> None:
    """One company of many parts, two years of declarations each, a twentieth superseded."""
    call_command("migrate", verbosity=0)
    company = Organisation.objects.create(
        code=f"bench-{uuid.uuid4().hex[:8]}", name="Bench", country="US", kind="automaker"
    )
    user = User.objects.create(email=f"{uuid.uuid4().hex}@bench.example", password="!")
    Person.objects.create(user=user, name="Bench")
    by = Membership.objects.create(user=user, organisation=company, roles=["certifier"], begins=dt.date(2020, 1, 1))
    parts = Part.objects.bulk_create(
        [Part(organisation=company, number=f"P{n}", description="part") for n in range(DECLARATIONS // 2)]
    )
    Vehicle.objects.bulk_create(
        [
            Vehicle(organisation=company, part=part, name=f"V{n}", model_year=2027)
            for n, part in enumerate(parts[:VEHICLES])
        ]
    )
    names = Signatory.objects.bulk_create([Signatory(name="A", title="B") for _ in range(DECLARATIONS)])
    rows = []
    for index, name in enumerate(names):
        year = 2025 + index % 2
        older = rows[index - 40] if index % 20 == 19 and index > 40 else None
        rows.append(
            Declaration(
                organisation=company,
                part=parts[index // 2],
                begins=dt.date(year, 7, 1),
                ends=dt.date(year + 1, 7, 1),
                currency="USD",
                drafted_by=by,
                signed_by=by,
                signed_at=timezone.now(),
                signatory=name,
                digest=uuid.uuid4().hex * 2,
                supersedes=older,
            )
        )
    Declaration.objects.bulk_create(rows, batch_size=500)


def measured(ask) -> tuple[float, float]:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times), max(times)


def main() -> None:
    build()
    part = Part.objects.filter(vehicle__isnull=False).first()
    vehicle_parts = list(Part.objects.filter(vehicle__isnull=False).values_list("pk", flat=True))
    asks = {
        "every key in force": lambda: list(Declaration.objects.in_force(on=DAY).values_list("pk", flat=True)),
        "how many in force": lambda: Declaration.objects.in_force(on=DAY).count(),
        "those of 300 vehicles": lambda: list(
            Declaration.objects.in_force(on=DAY).filter(part__in=vehicle_parts).values_list("pk")
        ),
        "that of one part": lambda: list(Declaration.objects.in_force(on=DAY).filter(part=part).values_list("pk")),
    }
    print(
        f"{connection.vendor}: {Declaration.objects.count()} declarations, {Vehicle.objects.count()} vehicles, {ROUNDS} rounds"
    )
    for name, ask in asks.items():
        median, worst = measured(ask)
        print(f"| {connection.vendor} | {name} | {median:.1f} | {worst:.1f} |")


if __name__ == "__main__":
    main()
