"""The API: the same actions and the same table as the pages; numbers are strings; nobody else's body."""

import datetime as dt
import json

import pytest

from suppliers.facts import stored
from tests import make, worlds
from tracing import rulebooks
from tracing.actions import traces

pytestmark = pytest.mark.django_db
CANARY = "3.141592"


@pytest.fixture
def api(sign_in):
    def call(membership, method, url, data=None):
        client = sign_in(membership)
        body = {"data": json.dumps(data), "content_type": "application/json"} if data is not None else {}
        return getattr(client, method)(url, **body)

    return call


@pytest.fixture
def river(cast, clock, monkeypatch):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    return worlds.traced(cast)


def test_drafting_checking_and_changing(cast, api):
    facts = make.facts(cast.bolt, to=[str(cast.talbot.pk)]) | {
        "part": str(cast.bolt.pk),
        "begins": "2026-07-01",
        "ends": "2027-07-01",
    }
    made = api(cast.ben, "post", "/api/v1/declarations/", facts)
    assert made.status_code == 201, made.content
    address = f"/api/v1/declarations/{made.json()['id']}/"
    read = api(cast.ben, "get", address).json()
    assert read["facts"]["lines"][0]["sources"][0]["price"] == "0.31"
    assert api(cast.ben, "post", address + "check/").json() == []
    saved = api(cast.ben, "put", address, facts | {"version": 1, "made_in": "MX"})
    assert saved.json()["version"] == 2
    late = api(cast.ada, "put", address, facts | {"version": 1})
    assert late.status_code == 409 and "Ben Ruiz" in late.json()["errors"]["version"][0]


def test_every_error_at_its_path(cast, api):
    facts = make.facts(cast.bolt) | {
        "part": str(cast.bolt.pk),
        "begins": "2026-07-01",
        "ends": "2026-01-01",
        "currency": "XXX",
    }
    facts["lines"][0]["sources"][0]["price"] = "NaN"
    wrong = api(cast.ben, "post", "/api/v1/declarations/", facts)
    assert wrong.status_code == 400
    assert {"ends", "currency", "lines.0.sources.0.price"} <= set(wrong.json()["errors"])


def test_a_buyer_reads_the_face_and_never_the_body(cast, api):
    signed = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], price=CANARY)
    address = f"/api/v1/declarations/{signed.pk}/"
    face = api(cast.tom, "get", address)
    assert face.json()["signed"] and "facts" not in face.json() and CANARY not in face.content.decode()
    assert CANARY in api(cast.ada, "get", address).content.decode()
    for stranger in (cast.dora, cast.gus, cast.ed, cast.finn, cast.olga):
        assert api(stranger, "get", address).status_code == 404
    assert api(cast.tom, "put", address, stored.of(signed) | {"version": 1}).status_code == 404
    assert api(cast.tom, "post", address + "check/").status_code == 404


def test_a_reader_may_not_write(cast, api):
    refused = api(cast.cleo, "post", "/api/v1/declarations/", make.facts(cast.bolt) | {"part": str(cast.bolt.pk), "begins": "2026-07-01",
                  "ends": "2027-07-01"})  # fmt: skip
    assert refused.status_code == 403


def test_vehicles_in_whole_points_for_their_automaker_only(cast, api, river):
    address = f"/api/v1/vehicles/{river.vehicle.pk}/"
    found = api(cast.ed, "get", address).json()
    assert {row["rulebook"] for row in found["outcomes"]} == set(rulebooks.ids())
    for row in found["outcomes"]:
        for test in row["ran"]:
            assert test["worst"] == str(int(test["worst"]))
    gaps = api(cast.ed, "get", f"/api/v1/outcomes/{found['outcomes'][-1]['id']}/gaps/")
    assert gaps.status_code == 200
    for stranger in (cast.gus, cast.tom, cast.ada, cast.dora, cast.finn):
        assert api(stranger, "get", address).status_code == 404
        assert api(stranger, "get", f"/api/v1/outcomes/{found['outcomes'][-1]['id']}/gaps/").status_code == 404


def test_lists_hold_only_ones_own(cast, api, river):
    mine = api(cast.dora, "get", "/api/v1/declarations/").json()
    assert mine["results"] == []
    toms = api(cast.tom, "get", "/api/v1/declarations/").json()["results"]
    assert {row["part"] for row in toms} == {"AB-M12", "TA-400"}


def test_the_schema_and_its_page_work_offline(cast, api):
    assert api(cast.ben, "get", "/api/v1/schema/").status_code == 200
    page = api(cast.ben, "get", "/api/v1/docs/").content.decode()
    assert "cdn" not in page and "/static/drf_spectacular_sidecar/" in page


def test_strangers_get_json_or_nothing(client, db):
    assert client.get("/api/v1/vehicles/").status_code == 404
