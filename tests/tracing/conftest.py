"""What tests of rolled fleets share."""

import datetime as dt

import pytest

from tests import worlds
from tracing.actions import rolls, traces


@pytest.fixture
def fresh_fleet(monkeypatch, clock, settings, tmp_path):
    """No memory of another test's fleet, no file of it, and nothing that needs to settle."""
    settings.FLEET_DIR = tmp_path / "fleet"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    rolls.forget()
    worlds.forget()
    yield
    rolls.forget()
