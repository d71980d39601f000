"""A worker is killed at each step, and Redis forgets everything: the rows at the end equal an undisturbed run's."""

from pathlib import Path

import pytest

from tests.services.conftest import kill, wait_until

pytestmark = pytest.mark.services


def figures(told):
    return {name: row["figures"] for name, row in told["vehicles"].items()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, built_alone):
    """The figures of a run that nothing disturbed, on SQLite with the worker in the same process."""
    alone = built_alone(tmp_path_factory.mktemp("undisturbed") / "var")
    return figures(alone.told("settle", EMBEDDED="1"))


def test_a_worker_killed_after_each_step_changes_nothing(served_world, undisturbed):
    for step in ("marked", "snapshot", "stored"):
        doomed = served_world.worker(TRACELINE_FAILPOINT=step)
        served_world.run("-c", "import django; django.setup(); from tracing.tasks import spread; spread.delay()",
                   DJANGO_SETTINGS_MODULE="config.settings")  # fmt: skip
        children = Path(f"/proc/{doomed.pid}/task/{doomed.pid}/children")
        seen = set()

        def died(seen=seen, children=children):
            """The pool's child was killed by the failpoint at least once: another has taken its place."""
            seen.update(children.read_text().split() if children.exists() else [])
            return len(seen) >= 2

        wait_until(died, seconds=60, step=0.05)
        kill(doomed)
    served_world.worker()
    told = served_world.told("settle")
    assert told["ripples"] == 0 and told["due"] == 0
    assert figures(told) == undisturbed


def test_redis_may_forget_everything(served_world, undisturbed):
    import redis

    url = served_world.environment["CELERY_BROKER_URL"]
    path, _, number = url.removeprefix("redis+socket://").partition("?virtual_host=")
    forget = redis.Redis(unix_socket_path=path, db=int(number))
    served_world.worker()
    served_world.run("-c", "import django; django.setup(); from tracing.tasks import spread; spread.delay()",
               DJANGO_SETTINGS_MODULE="config.settings")  # fmt: skip
    forget.flushdb()
    told = served_world.told("settle")
    assert told["ripples"] == 0 and told["due"] == 0
    assert figures(told) == undisturbed
