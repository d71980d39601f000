"""Rolls the demo's vehicles up, and says what came out and who may sign in."""

import time
from typing import Any

from celery import current_app

from compliance.demo.world import World
from suppliers.models import Ripple
from tracing.actions import traces
from tracing.models import Trace, Vehicle

PRINTED = (
    "vehicle",
    "rulebook",
    "reading",
    "on",
    "worst",
    "declared",
    "best",
    "threshold",
    "verdict",
    "gaps",
    "digest",
)


def roll_up(*, patience: float = 300) -> None:
    """Ring, and wait until no ripple and no vehicle is due. Raises TimeoutError when no worker does it."""
    end = time.monotonic() + patience
    current_app.send_task("tracing.spread")
    again = time.monotonic() + 10
    while Ripple.objects.due().exists() or Vehicle.objects.due().exists() or _untraced():
        if time.monotonic() > end:
            raise TimeoutError("The vehicles were not traced in time: is a worker running? celery -A config worker")
        if time.monotonic() > again:
            current_app.send_task("tracing.spread")
            again = time.monotonic() + 10
        time.sleep(0.1)


def _untraced() -> bool:
    """Vehicles that no trace of today is stored of yet; marked due so that the next bell finds them."""
    stale = Vehicle.objects.exclude(traces__on=traces.today()).filter(due_mark__isnull=True)
    return bool(traces.mark(stale.values_list("pk", flat=True)))


def table() -> list[dict[str, Any]]:
    """Vehicle × rulebook × reading: the newest trace of every vehicle, contents as unrounded decimal texts in percent."""
    found = []
    for vehicle in Vehicle.objects.select_related("organisation").order_by("organisation__name", "name"):
        trace: Trace | None = traces.current(vehicle)
        for row in trace.outcomes.order_by("rulebook", "reading") if trace else []:
            found.append(
                {
                    "vehicle": vehicle.name,
                    "rulebook": row.rulebook,
                    "reading": row.reading,
                    "on": trace.on.isoformat(),
                    "worst": row.worst,
                    "declared": row.declared,
                    "best": row.best,
                    "threshold": row.threshold,
                    "verdict": row.verdict,
                    "gaps": row.gaps,
                    "digest": row.digest,
                    "hypothetical": row.hypothetical,
                    "status": row.status,
                }
            )
    return found


def logins(world: World) -> list[tuple[str, str, str]]:
    """One person of each kind: name, what he does where, e-mail."""
    wanted = ["ada", "ben", "tom", "ed", "eve", "fay", "olga"]
    found = []
    for key in wanted:
        person = world.person.get(key)
        row = next((row for row in world.memberships if row.person == key), None)
        if person and row:
            name = world.organisation[row.organisation].name
            found.append((person.name, f"{', '.join(row.roles)} at {name}", person.email))
    return found
