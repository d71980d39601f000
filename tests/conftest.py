"""The cast, the clock, the client; and the one place where guards may be lowered."""

import datetime as dt
import gc
import os

import pytest
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations

from suppliers import guards
from tests import make, worlds
from tests.migrated import django_db_keepdb, django_db_setup, first_without_a_database, template  # noqa: F401, fixtures
from tests.post import post  # noqa: F401, a fixture

TODAY = dt.date(2026, 11, 24)


@pytest.fixture(scope="session", autouse=True)
def _guards_give_way_to_flush():
    """Django's flush between transactional tests is the only thing that may pass the guards."""
    plain = BaseDatabaseOperations.execute_sql_flush

    def flush(self, sql_list):
        using = self.connection.alias
        guards.remove(using)
        try:
            return plain(self, sql_list)
        finally:
            guards.install(using)

    BaseDatabaseOperations.execute_sql_flush = flush
    yield
    BaseDatabaseOperations.execute_sql_flush = plain


@pytest.fixture(scope="session", autouse=True)
def _no_clock_rings_by_itself():
    """The timetable of the embedded worker would roll the fleet in the middle of whatever test comes later."""
    from config import celery

    winding, celery._wind_the_clock = celery._wind_the_clock, lambda: None
    yield
    celery._wind_the_clock = winding


@pytest.fixture(autouse=True)
def _nobody_hears_the_bell(request, monkeypatch):
    """A worker that one test started in this process would go on with what later tests ring, when their rows are gone."""
    from config.celery import app

    if str(app.conf.broker_url).startswith("memory://") and request.node.path.name != "test_tasks.py":
        monkeypatch.setattr(app, "send_task", lambda *given, **named: None)


@pytest.fixture
def clock(time_machine):
    """The demo's day, standing still."""
    time_machine.move_to(dt.datetime(2026, 11, 24, 10, 42, tzinfo=dt.UTC), tick=False)
    return time_machine


@pytest.fixture
def cast(db):
    """Everybody of the design's cast, with their companies, parts and sourcings."""
    return worlds.laid("cast", make.cast)


@pytest.fixture
def sign_in(client):
    """``sign_in(cast.ada)`` answers a client that acts by that membership."""

    def signed(membership):
        client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["membership"] = str(membership.pk)
        session.save()
        return client

    return signed


@pytest.fixture
def roll(settings, tmp_path, clock):
    """``roll()``: a minute later the fleet is rolled, by the real thing."""
    from tracing.actions import rolls

    settings.FLEET_DIR = tmp_path / "fleet"
    rolls.forget()

    def rolled():
        clock.shift(dt.timedelta(minutes=1))
        assert rolls.roll() == 1

    yield rolled
    rolls.forget()


@pytest.fixture
def on_postgresql():
    return connections["default"].vendor == "postgresql"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    first_without_a_database(items)


def pytest_collection_finish():
    """What is loaded by now stays: the collector of garbage need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter):
    """A skip is no pass: say so loudly."""
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"NOT VERIFIED: {report.nodeid}: {report.longrepr[2]}", red=True)


def pytest_sessionfinish(session, exitstatus):
    """In CI a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
