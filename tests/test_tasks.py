"""The bell: every name that is rung is a task, tasks carry ids only, and the embedded worker hears."""

import inspect
import re
import time
from pathlib import Path

import pytest

from config import celery as house
from tests import make

ROOT = Path(__file__).parent.parent


def test_every_name_that_is_rung_is_registered():
    house.app.loader.import_default_modules()
    rung = {entry["task"] for entry in house.app.conf.beat_schedule.values()}
    for app in ("suppliers", "tracing", "compliance", "config"):
        for path in (ROOT / app).rglob("*.py"):
            rung |= set(re.findall(r'send_task\(\s*"([^"]+)"', path.read_text()))
    assert {"tracing.spread", "tracing.retrace", "tracing.daily"} <= rung
    assert rung <= set(house.app.tasks)


def test_tasks_carry_ids_only_and_call_one_action():
    for name, task in house.app.tasks.items():
        if not name.startswith("celery."):
            assert all(parameter.annotation is str for parameter in inspect.signature(task.run).parameters.values()), (
                name
            )
            assert len(inspect.getsource(task.run).strip().splitlines()) <= 8, name


@pytest.mark.django_db(transaction=True)
def test_from_a_signature_to_a_trace_without_a_hand_between():
    from suppliers.models import Ripple
    from tracing.models import Trace, Vehicle

    cast = make.cast()
    house.start_embedded_worker()
    river = make.river(cast)
    Ripple.objects.create(part=cast.car, why="signed")
    from suppliers.actions.acts import ring

    ring()
    end = time.monotonic() + 30
    while (
        not Trace.objects.filter(vehicle=river.vehicle).exists()
        or Vehicle.objects.due().exists()
        or Ripple.objects.due().exists()
    ):
        assert time.monotonic() < end, "the bell was not heard"
        time.sleep(0.05)
    assert Trace.objects.filter(vehicle=river.vehicle).last().outcomes.count() == 5


def test_one_embedded_worker_a_process():
    house.start_embedded_worker()
    assert house.start_embedded_worker() is False
