"""A washer that goes into many parts is signed again and again: the fleet is rolled once or twice, not once a signature."""

import json
import os
import sys
import time
from decimal import Decimal

import pytest

pytestmark = [pytest.mark.services, pytest.mark.slow]
SIGNATURES = 40


def told(installation, count, **environment):
    out = installation.run("-m", "tests.services.test_rolls", str(count), **environment)
    return json.loads(out.strip().splitlines()[-1])


def settled_at_once(before, after):
    """What was signed before a worker looked is taken by one roll; a second may find what came while the first ran."""
    assert before["unrolled"] == 0 < before["verdicts"]
    assert after["signed"] == SIGNATURES and after["places"] > 1
    assert after["unrolled"] == 0
    assert 1 <= after["rolls"] - before["rolls"] <= 2
    assert after["stored"] == after["fresh"]


def test_on_postgresql_and_redis(served_world):
    worker = served_world.worker()
    before = told(served_world, 0)
    worker.terminate()
    worker.wait(60)
    signed = told(served_world, SIGNATURES, PATIENCE="0")
    assert signed["unrolled"] == SIGNATURES and signed["rolls"] == before["rolls"]
    served_world.worker()
    settled_at_once(before, told(served_world, 0) | {name: signed[name] for name in ("signed", "places")})


def test_on_sqlite_with_the_embedded_worker(built_alone, tmp_path):
    embedded = built_alone(tmp_path / "embedded")
    before = told(embedded, 0, EMBEDDED="1")
    settled_at_once(before, told(embedded, SIGNATURES, EMBEDDED="1"))


def burst(count: int) -> dict[str, object]:
    """Sign the washer so many times, then ring and wait until everything is rolled; how things stand, and as a new process finds it."""
    from django.db.models import Count

    from config.celery import start_embedded_worker
    from suppliers.actions import acts, declarations
    from suppliers.models import Declaration, Membership, Part, Ripple
    from tracing.actions import rolls, traces
    from tracing.models import Roll, Verdict

    used = Part.objects.annotate(places=Count("sold_as__sources__line__declaration", distinct=True))
    washer = used.order_by("-places", "number")[0]
    for nth in range(count):
        older = Declaration.objects.in_force(on=traces.today()).get(part=washer)
        by = Membership.objects.get(pk=older.signed_by_id)
        price = (older.price or Decimal(1)) + Decimal("0.01") * (nth + 1)
        draft = declarations.supersede(older, by=by, price=str(price))
        shown = declarations.shown(draft)
        declarations.sign(
            draft, by=by, name="A Certifier", title="Certifier", shown=shown, alone_why="a test of a burst"
        )
    patience = time.monotonic() + float(os.environ.get("PATIENCE", "120"))
    if os.environ.get("EMBEDDED"):
        start_embedded_worker()
    if patience > time.monotonic() + 1:
        acts.ring()
    while Ripple.objects.unrolled().exists() and time.monotonic() < patience:
        time.sleep(0.1)
    found = {"signed": count, "places": washer.places, "unrolled": Ripple.objects.unrolled().count(), "rolls": Roll.objects.count(),
             "verdicts": Verdict.objects.count(), "stored": standing(Verdict)}  # fmt: skip
    if not found["unrolled"]:
        found["fresh"] = anew(rolls, Verdict)
    return found


def standing(model):
    return sorted(f"{row.vehicle_id} {row.rulebook} {row.reading} {row.digest}" for row in model.objects.all())


def anew(rolls, model):
    """The verdicts of a process that remembers nothing, and reads everything; what is stored stays as it was.

    While a worker holds the lock of rolling, this process is sent away: it comes again.
    """
    from django.db import transaction

    from suppliers.models import Ripple
    from tracing.models import Roll

    end = time.monotonic() + 120
    while True:
        with transaction.atomic():
            rolls.forget()
            model.objects.all().delete()
            Roll.objects.all().delete()
            Ripple.objects.all().update(rolled_at=None)
            rolled, found = rolls.roll(), standing(model)
            transaction.set_rollback(True)
        if rolled:
            return found
        assert time.monotonic() < end, "somebody rolled all the time"
        time.sleep(0.2)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(burst(int(sys.argv[1]))))
