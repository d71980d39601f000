"""What the tests ask an installation to do, each in a process of its own: ``python -m tests.services.scripts NAME``."""

import json
import os
import sys
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from compliance.actions import demo  # noqa: E402
from compliance.demo import world  # noqa: E402
from config.celery import start_embedded_worker  # noqa: E402
from suppliers.actions import declarations  # noqa: E402
from suppliers.models import Declaration, Membership, Ripple  # noqa: E402
from tracing.actions import traces  # noqa: E402
from tracing.models import Trace, Vehicle  # noqa: E402
from tracing.snapshots import take  # noqa: E402


def build() -> None:
    """The demo world, signed, nothing traced yet."""
    call_command("migrate", verbosity=0)
    demo.Builder(world.read(on=traces.today()), print).build()
    print(json.dumps({"ripples": Ripple.objects.due().count()}))


def settle(patience: str = "120") -> None:
    """Ring as the timetable does until nothing is due, or time is up; then say how things stand."""
    if os.environ.get("EMBEDDED"):
        start_embedded_worker()
    demo.roll_up(patience=float(patience))
    standing()


def standing() -> None:
    """What is due, and for each vehicle the newest digest, a fresh one, how many traces, and its figures."""
    rows = {}
    for vehicle in Vehicle.objects.select_related("part").order_by("name"):
        newest = traces.current(vehicle)
        rows[vehicle.name] = {
            "traces": Trace.objects.filter(vehicle=vehicle).count(),
            "newest": newest.digest if newest else "",
            "fresh": traces.digest_of(take([vehicle], traces.today())[0]),
            "figures": [
                [row.rulebook, row.reading, row.worst, row.declared, row.best, row.verdict, row.digest]
                for row in (newest.outcomes.order_by("rulebook", "reading") if newest else [])
            ],
        }
    print(json.dumps({"ripples": Ripple.objects.due().count(), "due": Vehicle.objects.due().count(), "vehicles": rows}))


def burst(signatures: str = "500", threads: str = "8") -> None:
    """So many new versions signed by so many threads at once, while workers run."""
    if os.environ.get("EMBEDDED"):
        start_embedded_worker()
    base = list(Declaration.objects.in_force(on=traces.today()).exclude(part__vehicle__isnull=False).order_by("pk"))
    work = [base[index % len(base)].pk for index in range(int(signatures))]
    lock, failures, started = threading.Lock(), [], time.monotonic()

    def sign() -> None:
        while True:
            with lock:
                if not work:
                    break
                key = work.pop()
            try:
                _sign_anew(key)
            except Exception as wrong:
                failures.append(repr(wrong))
        connection.close()

    hands = [threading.Thread(target=sign) for _ in range(int(threads))]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]
    print(json.dumps({"failures": failures, "seconds": round(time.monotonic() - started, 1)}))


def _sign_anew(key) -> None:
    """A new version of the same part with a slightly other cost, drafted and signed by the one who signed before."""
    older = Declaration.objects.get(pk=key)
    by = Membership.objects.get(pk=older.signed_by_id)
    draft = declarations.supersede(older, by=by)
    declarations.sign(
        draft, by=by, name="A Certifier", title="Certifier", shown=declarations.shown(draft), alone_why="a test of many hands"
    )  # fmt: skip


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
