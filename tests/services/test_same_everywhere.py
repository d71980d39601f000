"""The same facts give the same digests on SQLite with the embedded worker and on PostgreSQL with Redis and two workers."""

import json

import pytest

from tracing import rulebooks

pytestmark = pytest.mark.services


def test_the_demo_gives_equal_digests_on_both(embedded, served):
    served.worker()
    served.worker()
    there = json.loads(served.run("manage.py", "demo", "--no-serve", "--json"))
    here = json.loads(embedded.run("manage.py", "demo", "--no-serve", "--json"))
    assert there == here
    assert len({row["vehicle"] for row in here["rows"]}) == 4
    assert {row["rulebook"] for row in here["rows"]} == set(rulebooks.ids())
