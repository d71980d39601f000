"""The bell: the Celery app, its timetable, and the worker that the small installation carries in its own process."""

import os
import threading

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("traceline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # The row is the queue; this is the second hand of the bell, for rings that were lost.
    "spread": {"task": "tracing.spread", "schedule": 30.0},
    "letters": {"task": "suppliers.write_letters", "schedule": 900.0},
    "mail": {"task": "suppliers.send_mail", "schedule": 60.0},
    "notices": {"task": "suppliers.write_notices", "schedule": 60.0},
    "daily": {"task": "tracing.daily", "schedule": 3600.0},
    "calendar": {"task": "tracing.calendar", "schedule": 3600.0},
    "days": {"task": "tracing.days", "schedule": 60.0},
    "read_uploads": {"task": "suppliers.read_uploads", "schedule": 30.0},
    "leftovers": {"task": "suppliers.sweep_files", "schedule": 3600.0},
    "checks": {"task": "compliance.check_answers", "schedule": 60.0},
    "checks_anew": {"task": "compliance.check_anew", "schedule": 3600.0},
    "takeouts": {"task": "compliance.make_takeouts", "schedule": 60.0},
}

_embedded_lock = threading.Lock()
_embedded_pid = None
_embedded_thread: threading.Thread | None = None
STOP_WITHIN = 60.0  # seconds; what a task had begun by then is begun again from its row


def start_embedded_worker(concurrency: int = 4) -> bool:
    """Start Celery's own worker in a daemon thread of this process, once per process.

    Only for ``memory://``: the thread does not survive a fork, so it is started by the process that serves.
    Answers False when this process already carries one, or when a real broker is configured.
    """
    global _embedded_pid, _embedded_thread
    if not str(app.conf.broker_url).startswith("memory://"):
        return False
    with _embedded_lock:
        if _embedded_pid == os.getpid():
            return False
        _embedded_pid = os.getpid()
    from celery import _state

    app.finalize()
    worker = app.WorkController(
        pool="threads",
        concurrency=concurrency,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        loglevel="WARNING",
    )
    _embedded_thread = threading.Thread(target=worker.start, name="traceline-embedded-worker", daemon=True)
    _embedded_thread.start()
    # A worker in this very process must not forbid the web threads to wait for results.
    _state._set_task_join_will_block(False)
    threading.Thread(target=_wind_the_clock, name="traceline-embedded-clock", daemon=True).start()
    return True


def stop_embedded_worker() -> None:
    """Let the worker of this process end what it is at, and take nothing more: for a process that is about to end itself."""
    global _embedded_pid, _embedded_thread
    from celery.worker import state

    if _embedded_thread is None or _embedded_pid != os.getpid():
        return
    state.should_stop = 0
    _embedded_thread.join(STOP_WITHIN)
    state.should_stop = None
    _embedded_pid = _embedded_thread = None


def _wind_the_clock() -> None:
    """Ring the timetable's bells: beat cannot run inside a thread pool, and the rows, not the bells, are the truth."""
    import time

    while True:
        for entry in app.conf.beat_schedule.values():
            app.send_task(entry["task"])
        time.sleep(30)
