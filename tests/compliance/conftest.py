"""A certificate of the river's vehicle, with keys of its own."""

import datetime as dt
from types import SimpleNamespace

import pytest

from compliance import keys, signoffs, weak_spots
from compliance.actions import certificates, grants, reviews
from compliance.actions import signoffs as signing
from tests import make, worlds
from tracing.actions import traces

TODAY = dt.date(2026, 11, 24)
CANARY = "0.313717"  # what Ada pays for her wire; it must not leave her and the authority
TOMS = "151.926535"  # Tom's own cost of making the axle


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path, monkeypatch, clock):
    settings.SIGNING_KEYS = tmp_path / "keys"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def trusted(settings):
    return lambda: keys.public(settings.SIGNING_KEYS)


@pytest.fixture
def river(cast, monkeypatch):
    """The river of tests.make, with two figures that can be searched for."""
    plain = make.facts

    def marked(part, *, to=(), **changes):
        facts = plain(part, to=to, **changes)
        if part == cast.bolt:
            facts["lines"][0]["sources"][0]["price"] = CANARY
        if part == cast.axle:
            facts["costs"]["product"] = TOMS
        return facts

    monkeypatch.setattr(make, "facts", marked)
    return worlds.laid("certified river", lambda: make.river(cast), cast.acme.pk)


@pytest.fixture
def trace(river):
    def made():
        traces.spread()
        return traces.retrace(river.vehicle.pk)

    trace = worlds.laid("certified river's trace", made, river.vehicle.pk)
    river.vehicle.refresh_from_db()
    return trace


def signed_off(cast, review, *, begins=TODAY, ends=dt.date(2027, 11, 24), **changes):
    """The officer's sign-off of a review, after reading the list as it stands."""
    spots = weak_spots.spots(review.outcome, begins=begins, ends=ends, on=TODAY)
    given = {"by": cast.eve, "name": "Eve Novak", "title": "Vice president, customs", "shown": signing.digest_of(spots)}
    return signing.sign_off(review, begins=begins, ends=ends, **given | changes)


def certified(cast, trace, rulebook="nafta"):
    outcome = trace.outcomes.get(rulebook=rulebook)
    review = reviews.decide(outcome, by=cast.ed, decision="accept", why="Passes whatever is still missing.")
    if signoffs.of(rulebook).officer:
        signed_off(cast, review)
    return certificates.issue(review, by=cast.eve, name="Eve Novak", title="Vice president, customs")


@pytest.fixture
def certificate(cast, trace):
    return certified(cast, trace)


@pytest.fixture
def files(certificate):
    return SimpleNamespace(
        json=certificates.json_of(certificate),
        pdf=bytes(certificate.pdf),
        dossier=certificates.dossier_file(certificate),
    )


@pytest.fixture
def granted(cast, certificate):
    return grants.grant(
        certificate, to=cast.fay, purpose="Sample 27-114", begins=TODAY, ends=dt.date(2027, 2, 1), by=cast.eve
    )
