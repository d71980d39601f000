"""What an automaker makes itself opens into its own lines; what it buys for it stays a price and one word."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from suppliers.actions import declarations
from tests import make, worlds
from tracing import disclosure, trees
from tracing.actions import traces
from tracing.models import Vehicle


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


def bought(item, hs, price, sale, quantity="1"):
    return {"item": item, "hs": hs, "quantity": quantity, "sources": [{"price": price, "sourcing": sale.pk}]}


def made(item, hs, part, price="", quantity="1"):
    source = {"how": "made", "made_part": part.pk} | ({"price": price} if price else {})
    return {"item": item, "hs": hs, "quantity": quantity, "sources": [source]}


def imported(item, hs, price, country="JP"):
    source = {"how": "imported", "price": price, "made_in": country, "seller_name": "Oka Seiki", "title": "importation"}
    return {"item": item, "hs": hs, "quantity": "1", "sources": [source]}


@pytest.fixture
def own(cast):
    return worlds.laid("own production", lambda: _own(cast), cast.acme.pk)


def _own(cast):
    """A car whose two power units the automaker makes itself: of an axle, a silent bearing, an import, and a casting it makes too."""
    river = make.river(cast)
    bearing = make.part(cast.meridian, "MM-BRG", description="Bearing", hs="8482.10")
    silent = make.sourcing(
        make.part(cast.dorado, "DF-BRG", hs="8482.10"), bearing, by_seller=cast.dora, by_buyer=cast.ed
    )
    casting = make.part(cast.meridian, "MM-CAST", description="Casting", hs="8409.91")
    unit = make.part(cast.meridian, "MM-UNIT", description="Power unit", hs="8407.34")
    make.signed(
        casting, by=cast.eve, made_in="US", lines=[imported("MM-INGOT", "7601.20", "40", "BR")], costs={"product": "10"}
    )
    lines = [
        bought("5Q0-500", "8708.50", "420", cast.axle_to_meridian), bought("MM-BRG", "8482.10", "15", silent, "4"),
        imported("MM-ECU", "8537.10", "120"), made("MM-CAST", "8409.91", casting, "60"),
    ]  # fmt: skip
    make.signed(unit, by=cast.eve, made_in="US", lines=lines, costs={"product": "200"})
    car = [made("MM-UNIT", "8407.34", unit, "1000", "2"), imported("MM-RADIO", "8527.21", "184.23", "KR")]
    newer = declarations.supersede(river.car, by=cast.ed, lines=car)
    declarations.sign(newer, by=cast.eve, name="Eve Novak", title="Vice president", shown=declarations.shown(newer))
    traces.mark([river.vehicle.pk])
    river.trace = traces.retrace(river.vehicle.pk)
    assert not river.trace.error
    return river


def outcome_of(own, law="usmca"):
    return own.trace.outcomes.get(rulebook=law, reading="")


def test_it_opens_into_its_own_lines_in_amounts_of_one_vehicle(cast, own):
    inner = disclosure.inner_faces(outcome_of(own))
    rows = {row["item"]: row for row in inner["part.0.0"]}
    values = {item: Decimal(row["value"]) for item, row in rows.items()}
    assert values == {"5Q0-500": 840, "MM-BRG": 120, "MM-ECU": 240, "MM-CAST": 120}
    assert rows["MM-BRG"]["category"] == "unknown" and rows["MM-ECU"]["category"] == "imported"
    assert rows["5Q0-500"]["category"] in {"complete", "incomplete"}
    assert [row["item"] for row in inner["part.0.0.3.0"]] == ["MM-INGOT"] and Decimal(
        inner["part.0.0.3.0"][0]["value"]
    ) == 80


def test_a_face_of_own_production_holds_nothing_of_an_answer(cast, own):
    allowed = {"line", "source", "item", "hs", "qty", "share", "price", "how", "value", "seller", "made_in", "key", "state", "answered",
               "description", "own", "category"}  # fmt: skip
    for outcome in own.trace.outcomes.all():
        for rows in disclosure.inner_faces(outcome).values():
            assert all(set(row) == allowed for row in rows)
            assert not {row["item"] for row in rows} & {"17-0012", "ST-9", "WR-12"}


def test_the_word_on_an_answer_turns_when_something_below_it_is_missing(cast, own):
    """The supplier of a part that goes into own production is a direct supplier: its buyer reads complete or incomplete, no more."""
    inside = {row["item"]: row["state"] for row in disclosure.inner_faces(outcome_of(own, "nafta"))["part.0.0"]}
    declarations.withdraw(own.bolt, by=cast.ada, why="the wire comes from elsewhere")
    traces.mark([own.vehicle.pk])
    again = traces.retrace(own.vehicle.pk).outcomes.get(rulebook="us-2017", reading="total")
    after = {row["item"]: row["state"] for row in disclosure.inner_faces(again)["part.0.0"]}
    assert after["5Q0-500"] == "incomplete" and inside["MM-BRG"] == after["MM-BRG"] == "incomplete"


def test_a_made_part_is_split_by_what_goes_into_it(cast, own):
    outcome = outcome_of(own)
    parts, inner = disclosure.part_faces(outcome), disclosure.inner_faces(outcome)
    found = trees.split(parts[0], inner)
    assert sum(found.values()) == 2000 and found["uk"] == 120 and found["im"] == 320
    assert found["own"] == 2000 - 120 - 320 - 840


def test_the_picture_begins_anew_at_a_made_part(cast, own, sign_in):
    client = sign_in(cast.ed)
    page = reverse("tracing:vehicle-detail", args=[own.vehicle.pk])
    top = client.get(page, {"law": "usmca"}).content.decode()
    assert "?law=usmca&amp;at=part.0.0#picture-h" in top
    unit = client.get(page, {"law": "usmca", "at": "part.0.0"}).content.decode()
    assert (
        "What goes into Power unit" in unit and "MM-ECU" in unit and "?law=usmca&amp;at=part.0.0.3.0#picture-h" in unit
    )
    casting = client.get(page, {"law": "usmca", "at": "part.0.0.3.0"}).content.decode()
    assert "What goes into Casting" in casting and '<span aria-current="page">Casting</span>' in casting
    line = client.get(page, {"law": "usmca", "at": "part.0.0", "why": "part.0.0.1.0"}).content.decode()
    assert "Why 120.00 for Bearing?" in line and "Nobody answered" in line
    for odd in ("part.1.0", "part.9.9", "part.0.0.0.0", "<script>", "part.0.0."):
        again = client.get(page, {"law": "usmca", "at": odd}).content.decode()
        assert "Where one Alder" in again and "<script>" not in again.replace("<script src", "")


def test_another_company_s_declaration_never_opens(cast, own):
    """Though a part be called made, what somebody else declared stays closed."""
    outcome = outcome_of(own)
    opened = disclosure.production._Opened(outcome)
    assert opened.own == {"meridian-motors/MM-UNIT", "meridian-motors/MM-CAST"}


def test_own_work_stands_by_country_as_entered(cast, own):
    assert disclosure.own_work(own.trace) == {"US": Decimal(20000) - 2000 - Decimal("184.23")}


def test_the_page_costs_as_many_queries_with_twenty_parts_more(cast, own, sign_in, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, page = sign_in(cast.ed), reverse("tracing:vehicle-detail", args=[own.vehicle.pk])
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    more = [imported(f"MM-X{nth}", "8527.21", "10", "KR") for nth in range(20)]
    part = make.part(cast.meridian, "BIRCH-27", hs="8703.23")
    sale = bought("5Q0-500", "8708.50", "420", cast.axle_to_meridian)
    make.signed(
        part,
        by=cast.eve,
        made_in="US",
        hs="8703.23",
        lines=[sale, *more],
        costs={"net": "20000"},
        vehicle_facts={"class": "light"},
    )
    other = Vehicle.objects.create(organisation=cast.meridian, part=part, name="Birch", model_year=2027)
    traces.mark([other.pk])
    traces.retrace(other.pk)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("tracing:vehicle-detail", args=[other.pk]))
    assert len(many) <= len(few)
