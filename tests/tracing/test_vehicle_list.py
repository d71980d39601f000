"""The board: verdicts with margins, whole points, progress that never hides the last figures."""

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suppliers.actions import declarations
from tests import make, worlds
from tracing import boards, disclosure, rulebooks
from tracing.actions import traces
from tracing.filters import Filter
from tracing.fleet import Fleet
from tracing.models import Trace, Vehicle, Verdict

BOARD = "/vehicles/"
TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    return worlds.traced(cast)


def copied(vehicle, count):
    """So many vehicles more that say by the roll what this one says, and were never traced."""
    for nth in range(count):
        part = make.part(vehicle.organisation, hs="8703.23")
        other = Vehicle.objects.create(
            organisation=vehicle.organisation,
            part=part,
            name=f"Rowan {part.number}",
            model_year=2027,
            lines=90_000 + nth,
        )
        for row in vehicle.verdicts.all():
            row.pk, row.vehicle, row._state.adding = None, other, True
            row.id = Verdict._meta.pk.get_default()
            row.save()


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


def test_a_roll_that_says_the_same_leaves_the_board_as_it_is(cast, river, roll, sign_in):
    client = sign_in(cast.ed)
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    before = strip.sub("", client.get(BOARD).content.decode())
    roll()
    assert Verdict.objects.filter(at__gt=Trace.objects.get().at).exists()
    assert strip.sub("", client.get(BOARD).content.decode()) == before


def test_what_the_roll_says_since_a_trace_stands_on_the_board(cast, river, roll, sign_in):
    client = sign_in(cast.ed)
    before = {(face["rulebook"], face["reading"]): face for face in boards.rows([river.vehicle])[0]["faces"]}
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    roll()
    line = boards.board([river.vehicle])[0]
    assert line["rolled"] and [(face["rulebook"], face["reading"]) for face in line["faces"]] == list(before)
    for face in line["faces"]:
        held = before[face["rulebook"], face["reading"]]
        assert (face["id"], face["gaps"]) == (held["id"], held["gaps"])
        assert (face["rolled_at"] is None) == all(face[key] == held[key] for key in ("verdict", "tests"))
    page = client.get(BOARD).content.decode()
    assert "by the fleet’s roll at 24 Nov 2026, 10:43; parts and gaps follow when it is traced" in page
    assert "Computed <b>24 Nov 2026, 10:43</b>" in page
    law = line["rolled"][0]["rulebook"]
    fleet = Fleet(cast.ed, Filter(laws=(law,)), TODAY)
    row = fleet.rows(fleet.found)[0]
    assert not row["since"], "a roll knows which of the vehicle's own lines are open"
    assert (fleet.summary["gaps"], fleet.summary["unknown"]) == (row["gaps"], 0)
    trace_again(river.vehicle)
    page = client.get(BOARD).content.decode()
    assert "by the fleet’s roll" not in page and boards.board([river.vehicle])[0]["rolled_at"] is None


def trace_again(vehicle):
    """The trace that follows a roll says the same, and stands in its place."""
    traces.mark([vehicle.pk])
    traces.retrace(vehicle.pk)


def test_a_vehicle_that_was_never_traced_stands_with_its_figures(cast, roll, sign_in):
    made = make.river(cast)
    roll()
    client = sign_in(cast.ed)
    page = client.get(BOARD).content.decode()
    assert "Not traced yet" not in page and "Passes" in page and "until traced" not in page
    assert "gaps not known" not in page and "by the fleet’s roll at" in page
    rows = list(csv.DictReader(io.StringIO(client.get(BOARD, {"format": "csv"}).content.decode())))
    assert {row["rulebook"] for row in rows} == set(rulebooks.ids())
    assert {(row["gaps"], row["by the roll at"]) for row in rows} == {("", "2026-11-24T10:43:00+00:00")}
    line = boards.board([made.vehicle])[0]
    assert {face["gaps"] for face in line["faces"]} == {None} and line["trace"] is None
    fleet = Fleet(cast.ed, Filter(), TODAY)
    row = fleet.rows(fleet.found)[0]
    assert (
        row["gaps"] == fleet.summary["gaps"] == len(disclosure.gap_faces(made.vehicle.verdicts.get(rulebook="usmca")))
    )


def test_the_csv_says_which_figures_are_the_trace_s(cast, river, sign_in):
    rows = csv.DictReader(io.StringIO(sign_in(cast.ed).get(BOARD, {"format": "csv"}).content.decode()))
    assert {row["by the roll at"] for row in rows} == {""}


def test_an_error_gives_way_to_what_the_roll_could_compute(cast, roll, sign_in):
    made = make.river(cast)
    declarations.withdraw(made.car, by=cast.eve, why="a slip")
    trace_again(made.vehicle)
    assert Trace.objects.get().error
    make.signed(cast.car, by=cast.eve, made_in="US", hs="8703.23", lines=[AXLE | {"sources": [
        {"price": "420", "sourcing": cast.axle_to_meridian.pk}]}], costs={"net": "20000"},
        vehicle_facts={"class": "light"})  # fmt: skip
    roll()
    line = boards.board([made.vehicle])[0]
    assert line["faces"] and not line["error"] and boards.rows([made.vehicle])[0]["error"]
    assert Fleet(cast.ed, Filter(), TODAY).summary["unknown"] == 0
    assert "sign what goes into the vehicle" not in sign_in(cast.ed).get(BOARD).content.decode()


AXLE = {"item": "5Q0-500", "hs": "8708.50", "quantity": "1"}


def test_more_vehicles_by_the_roll_ask_the_database_no_more_often(cast, roll, sign_in):
    made = make.river(cast)
    roll()
    client = sign_in(cast.ed)
    counts = []
    for more in (1, 2, 10):
        copied(made.vehicle, more)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(BOARD).content.decode()
        counts.append(len(asked))
        assert page.count("parts and gaps follow") == Vehicle.objects.count()
    assert counts[1] == counts[2], counts


def test_a_large_vehicle_is_being_traced_only_when_somebody_asked(cast, river, roll, settings, sign_in):
    settings.TRACE_AT_ONCE = 1
    declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    roll()
    river.vehicle.refresh_from_db()
    assert boards.is_large(river.vehicle)
    assert traces.spread() == 0 and traces.progress(cast.meridian)["due"] == 0
    assert traces.daily(dt.date(2026, 11, 25)) == 0
    traces.ask(river.vehicle)
    assert traces.progress(cast.meridian)["due"] == 1
    assert "being traced again" in sign_in(cast.ed).get(BOARD).content.decode()
