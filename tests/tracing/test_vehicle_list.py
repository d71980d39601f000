"""The board: verdicts with margins, whole points, progress that never hides the last figures."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from tests import make
from tracing import rulebooks
from tracing.actions import traces
from tracing.models import Trace, Vehicle

BOARD = "/vehicles/"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    made = make.river(cast)
    traces.spread()
    traces.retrace(made.vehicle.pk)
    return made


def test_an_empty_board_says_what_a_vehicle_needs(cast, sign_in):
    page = sign_in(cast.ed).get(BOARD).content.decode()
    assert "No vehicle yet." in page and reverse("suppliers:part-list") in page


def test_each_rulebook_is_a_column_and_says_what_it_is(cast, river, sign_in):
    page = sign_in(cast.ed).get(BOARD).content.decode()
    assert "hypothetical: law ended 30 Jun 2020" in page
    assert "proposal, never law" in page
    for letter in "ABC":
        assert f"<b>{letter}</b>" in page
    assert "Passes" in page and "to spare" in page
    assert page.count('class="ib"') == 2 + 1 + 3


def test_only_ones_own_vehicles_stand_on_it(cast, river, sign_in):
    assert "Alder" in sign_in(cast.ed).get(BOARD).content.decode()
    assert "Alder" not in sign_in(cast.gus).get(BOARD).content.decode()


def test_old_figures_stay_while_a_vehicle_is_traced_again(cast, river, sign_in):
    client = sign_in(cast.ed)
    traces.mark([river.vehicle.pk])
    page = client.get(BOARD).content.decode()
    assert "Passes" in page and "being traced again" in page and 'role="progressbar"' in page
    assert f'hx-get="{reverse("tracing:vehicle-progress")}"' in page and f'href="{BOARD}"' in page
    region = client.get(reverse("tracing:vehicle-progress"), headers={"HX-Request": "true"})
    assert 'role="progressbar"' in region.content.decode() and "HX-Refresh" not in region.headers
    traces.retrace(river.vehicle.pk)
    done = client.get(reverse("tracing:vehicle-progress"), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true" and "progressbar" not in done.content.decode()


def test_when_it_was_computed_and_when_a_worker_was_seen(cast, river, sign_in):
    page = sign_in(cast.ed).get(BOARD).content.decode()
    assert "Computed <b>24 Nov 2026" in page and "Worker last seen <b>24 Nov 2026" in page


def test_a_vehicle_that_cannot_be_traced_says_why(cast, sign_in):
    vehicle = Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Sorrel", model_year=2027)
    traces.mark([vehicle.pk])
    traces.retrace(vehicle.pk)
    client = sign_in(cast.ed)
    assert Trace.objects.get().error
    for address in (BOARD, reverse("tracing:vehicle-detail", args=[vehicle.pk])):
        assert "sign what goes into the vehicle" in client.get(address).content.decode()


def test_the_table_as_csv_is_the_same_table(cast, river, sign_in):
    response = sign_in(cast.ed).get(BOARD, {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {row["rulebook"] for row in rows} == set(rulebooks.ids())
    nafta = next(row for row in rows if row["test"] == "nafta.rvc")
    assert nafta["hypothetical"] == "yes" and nafta["result"] == "pass" and nafta["worst"].isdigit()


def test_the_board_asks_the_database_a_fixed_number_of_times(cast, river, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.ed)
    client.get(BOARD)
    with django_assert_max_num_queries(40):
        client.get(BOARD)


def test_a_reader_chooses_which_laws_are_columns(cast, river, sign_in):
    client = sign_in(cast.ed)
    page = client.get(BOARD).content.decode()
    assert "Which laws: 3 of 9" in page and page.count('type="checkbox"') == 9
    page = client.get(BOARD + "?laws=aala&laws=us-2026").content.decode()
    assert "Which laws: 2 of 9" in page and "a figure, no verdict" in page
    for letter in "ABCDEF":
        assert letter in page
    assert "Which laws: 3 of 9" in client.get(BOARD + "?laws=none-such").content.decode()
