"""Five hundred signatures by eight threads while workers run: nothing stays due, and every vehicle is right at the end."""

import pytest

pytestmark = pytest.mark.services
MOST_TRACES = 25


def right_at_the_end(told):
    assert told["ripples"] == 0 and told["due"] == 0
    for name, row in told["vehicles"].items():
        assert row["newest"] == row["fresh"], name
        assert row["traces"] <= MOST_TRACES, name
        assert row["figures"], name


def test_on_postgresql_and_redis_with_two_workers(served_world):
    served_world.worker()
    served_world.worker()
    done = served_world.told("burst 500 8")
    assert done["failures"] == []
    right_at_the_end(served_world.told("settle"))


@pytest.mark.slow
def test_on_sqlite_with_the_embedded_worker(built_alone, tmp_path):
    embedded = built_alone(tmp_path / "embedded")
    done = embedded.told("burst 500 8", EMBEDDED="1")
    assert done["failures"] == []
    right_at_the_end(embedded.told("settle", EMBEDDED="1"))
