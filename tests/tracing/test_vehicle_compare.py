"""The same car under every rulebook: a row for each answer, and only reasons that stand in the two results."""

import datetime as dt

import pytest
from django.urls import reverse

from tests import make
from tracing import boards, comparisons, disclosure, rulebooks
from tracing.actions import traces


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    made = make.river(cast)
    traces.spread()
    traces.retrace(made.vehicle.pk)
    return made


def address(river):
    return reverse("tracing:vehicle-compare", args=[river.vehicle.pk])


def test_every_rulebook_stands_on_it_with_its_base_and_verdict(cast, river, sign_in):
    page = sign_in(cast.ed).get(address(river)).content.decode()
    for name in rulebooks.ids():
        assert rulebooks.rulebook(name).title.split(",")[0].replace("'", "&#x27;") in page, name
    for words in (
        "equipment delivered to final assembly",
        "customs value",
        "ex-works price",
        "other base",
        "other region",
        "hypothetical",
    ):
        assert words in page, words


def test_reasons_are_against_the_law_that_was_chosen(cast, river, sign_in):
    client = sign_in(cast.ed)
    page = client.get(address(river) + "?with=aala").content.decode()
    assert "Why it differs from American Automobile Labeling Act" in page
    assert "Counts Canada, Mexico and the United States, where the other counts Canada and the United States." in page
    assert "Why it differs from USMCA" in client.get(address(river) + "?with=nonsense").content.decode()


def test_no_reason_without_a_difference(cast, river):
    line = boards.rows([river.vehicle])[0]
    rows = comparisons.rows(line, "usmca")
    net = disclosure.own_net_cost(line["trace"])
    for row in rows:
        kinds = {reason["kind"] for reason in comparisons.reasons(row, row, net)}
        assert kinds <= {row["face"]["status"], "reading", "tests not run", "not computed"}, row["face"]["rulebook"]


def test_nothing_from_below_a_direct_supplier_is_on_it(cast, river, sign_in):
    page = sign_in(cast.ed).get(address(river)).content.decode()
    for hidden in ("AB-M12", "Acme", "1.25"):
        assert hidden not in page


def test_it_is_its_automakers_alone(cast, river, sign_in):
    for stranger in (cast.gus, cast.tom, cast.ada):
        assert sign_in(stranger).get(address(river)).status_code == 404


def test_a_vehicle_without_a_trace_says_so(cast, sign_in):
    made = make.river(cast)
    page = sign_in(cast.ed).get(address(made)).content.decode()
    assert "Nothing to compare yet." in page
