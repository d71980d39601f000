"""The bell: every name that is rung is a task, tasks carry ids only, and the embedded worker hears."""

import contextlib
import inspect
import re
import time
from pathlib import Path

import pytest

from config import celery as house
from tests import make
from tracing import rulebooks

ROOT = Path(__file__).parent.parent


def test_every_name_that_is_rung_is_registered():
    house.app.loader.import_default_modules()
    rung = {entry["task"] for entry in house.app.conf.beat_schedule.values()}
    for app in ("suppliers", "tracing", "compliance", "config"):
        for path in (ROOT / app).rglob("*.py"):
            rung |= set(re.findall(r'(?:send_task\(\s*|ring\(|ring, )"([^"]+)"', path.read_text()))
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

    cast = make.cast()
    river = make.river(cast)
    Ripple.objects.create(part=cast.car, why="signed")
    from suppliers.actions.acts import ring

    ring()
    with hearing():
        _wait_for_the_trace(river)


@contextlib.contextmanager
def hearing():
    """A worker in this process: the embedded one, or Celery's own for tests where the bell is Redis."""
    if str(house.app.conf.broker_url).startswith("memory://"):
        house.start_embedded_worker()
        yield
        return
    from celery.contrib.testing.worker import start_worker

    with start_worker(house.app, perform_ping_check=False, pool="threads"):
        yield


def _wait_for_the_trace(river):
    from suppliers.models import Ripple
    from tracing.models import Trace, Vehicle

    end = time.monotonic() + 60
    while (
        not Trace.objects.filter(vehicle=river.vehicle).exists()
        or Vehicle.objects.due().exists()
        or Ripple.objects.due().exists()
    ):
        assert time.monotonic() < end, "the bell was not heard"
        time.sleep(0.05)
    assert Trace.objects.filter(vehicle=river.vehicle).last().outcomes.count() == sum(
        len(rulebooks.rulebook(name).readings()) for name in rulebooks.ids()
    )


def test_one_embedded_worker_a_process():
    """Once with the memory broker; never beside a real one."""
    house.start_embedded_worker()
    assert house.start_embedded_worker() is False
