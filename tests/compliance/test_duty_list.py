"""What failing costs, on the page: the demo's cars to the cent, by market and year, and nothing below the whole points."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from compliance.duties import exposure, rates, tables
from suppliers.models import Declaration
from tests import make, worlds
from tests.compliance.conftest import TODAY
from tracing import boards, stakes
from tracing.entries import Entry, entries
from tracing.models import Vehicle

PAGE = "/duties/"
FACTS = {
    "class": "passenger_vehicle", "customs_value": "26900", "msrp": "31450", "model_line": "Alder", "model_year": "2027",
    "units": {"US": "71000", "CA": "14000", "MX": "19000", "made": "104000"},
}  # fmt: skip


@pytest.fixture
def alder(cast, monkeypatch):
    """The river's vehicle with a value and markets, made in Mexico."""
    plain = make.facts

    def valued(part, *, to=(), **changes):
        return plain(part, to=to, **changes | ({"vehicle_facts": FACTS, "made_in": "MX"} if part == cast.car else {}))

    monkeypatch.setattr(make, "facts", valued)
    return worlds.laid("valued river", lambda: make.river(cast), cast.acme.pk)


@pytest.fixture
def traced(alder):
    from tracing.actions import traces

    traces.spread()
    alder.vehicle.refresh_from_db()
    traces.retrace(alder.vehicle.pk)
    return alder.vehicle


def of(vehicle, on=TODAY):
    held = entries([vehicle], on=TODAY)
    faces = {vehicle.pk: boards.board([vehicle])[0]["faces"]}
    return stakes.of(held, faces, on=on)[vehicle.pk]


def test_the_stakes_of_a_traced_vehicle_by_law_and_market(traced):
    found = {(one.rulebook, one.reading, one.market): one for one in of(traced)}
    assert {market for _, _, market in found} == {"US", "CA"}  # made in Mexico: nothing crosses a border there
    usmca = found["usmca", "", "US"]
    assert usmca.lost == (Decimal("7397.50"), Decimal("7397.50")) and usmca.units == 71000
    assert 0 <= usmca.kept[0] <= usmca.kept[1] <= Decimal("6725.00")
    assert found["usmca", "", "CA"].lost == (Decimal("1640.90"), Decimal("1640.90"))
    for law in ("nafta", "us-2017", "us-2026"):
        rows = [one for key, one in found.items() if key[0] == law and key[2] == "US"]
        assert rows and all(one.hypothetical and one.lost == usmca.lost for one in rows)
    assert found["us-232", "", "US"].part_of == "usmca" and ("canada-surtax", "", "CA") not in found


def test_what_is_open_is_owed_as_if_it_failed_and_what_passes_at_its_worst(traced):
    for one in of(traced):
        if one.part_of:
            continue
        expected = one.lost if one.verdict in ("open", "fail") else one.kept
        assert one.now[1] == expected[1], one


def test_sums_never_count_a_market_twice(traced):
    found = of(traced)
    once = [one for one in found if one.rulebook == "usmca"]
    assert stakes.at_stake(found) == stakes.at_stake(once) == sum(one.each * one.units for one in once) > 0
    half = [replace(one, currency="CAD") if one.market == "CA" else one for one in once]
    assert {key: len(rows) for key, rows in stakes.by_currency(half).items()} == {"USD": 1, "CAD": 1}


def test_the_page_shows_what_the_stakes_say(cast, traced, sign_in):
    page = sign_in(cast.ed).get(PAGE).content.decode()
    one = next(row for row in of(traced) if (row.rulebook, row.market) == ("usmca", "US"))
    for text in (f"{one.lost[0]:,.2f}", f"{one.each:,.2f}", f"{one.a_year:,.0f}", "United States", "71,000 a year"):
        assert text in page, text
    assert "Canada" in page and "Not in the table" not in page


def test_the_steps_of_an_amount_open_without_a_script(cast, traced, sign_in):
    client = sign_in(cast.ed)
    page = client.get(PAGE, {"why": f"{traced.pk}.US.usmca"}).content.decode()
    assert (
        'id="why"' in page
        and "25 % of 26,900.00" in page
        and "Proclamation 10908" in page
        and "read in the legal text" in page
    )


@pytest.mark.parametrize(("asked", "shown", "hidden"), [
    ({}, "<span>USMCA<span", "if that were the law"), ({"market": "CA"}, "1,640.90", "7,397.50"), ({"market": "US"}, "7,397.50", "1,640.90"), ({"year": "2018"}, "672.50", "7,397.50"),
    ({"law": "us-2017"}, "if that were the law", "<span>USMCA<span"), ({"year": "1"}, "24 Nov 2026", "31 Dec"),
])  # fmt: skip
def test_filters(cast, traced, sign_in, asked, shown, hidden):
    page = sign_in(cast.ed).get(PAGE, asked).content.decode()
    assert shown in page and hidden not in page


def test_readings_of_one_proposal_are_summed_apart(cast, traced):
    asked = tables.Asked(2026, TODAY, law="us-2017")
    shown = tables.page([traced], asked)
    once = [one for one in of(traced) if (one.rulebook, one.reading) == ("us-2017", "total")]
    assert sorted("".join(row["letters"] for row in shown.sums).replace(", ", "")) == ["A", "B", "C"]
    assert {row["at_stake"] for row in shown.sums} == {stakes.at_stake(once)}
    assert (
        len(shown.rows) == 6
        and len(shown.shown) < 6
        and shown.shown[0]["law"].startswith("United States proposal of 2017, A")
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_table_leaves_as_a_file(cast, traced, sign_in, kind):
    answer = sign_in(cast.ed).get(PAGE, {"format": kind})
    assert answer["Content-Disposition"].endswith(f'duties.{kind}"')
    if kind == "csv":
        rows = {row["sold in"]: row for row in csv.DictReader(io.StringIO(answer.content.decode()))}
        assert rows["US"]["owed if not, most"] == "7397.50" and rows["CA"]["law"] == "usmca"


def test_a_vehicle_without_a_value_says_what_is_missing(cast, sign_in):
    make.river(cast)
    page = sign_in(cast.ed).get(PAGE).content.decode()
    assert "Not in the table" in page and "lacks a customs value" in page


def test_a_market_without_a_rate_says_so_and_is_no_zero(traced):
    entry = entries([traced], on=TODAY)[traced.pk]
    sold = replace(entry, units={"BR": 5, "US": 1})
    assert [one.market for one in exposure.at_borders({traced.pk: sold}, {}, TODAY)[traced.pk]] == ["US", "US"]
    assert [(one.market, one.why) for one in exposure.unknown(sold, on=TODAY)] == [
        ("BR", "No tariff of Brazil is held.")
    ]


def test_a_vehicle_that_was_never_traced_has_the_widest_range(alder):
    entry = entries([alder.vehicle], on=TODAY)[alder.vehicle.pk]
    usmca, content = exposure.at_borders({alder.vehicle.pk: replace(entry, units={"US": 1})}, {}, TODAY)[
        alder.vehicle.pk
    ]
    assert (usmca.verdict, usmca.kept, usmca.now) == ("", (0, Decimal("6725.00")), usmca.lost)
    assert (content.rulebook, content.each) == ("us-232", 0)  # nothing is proved: nothing is kept by it


def test_us_content_of_40_percent_keeps_a_quarter_of_it():
    key = Declaration().pk
    entry = Entry(
        vehicle=key,
        declaration=key,
        made_in="MX",
        hs="8703.23",
        currency="USD",
        customs_value=Decimal(30000),
        units={"US": 10},
    )
    faces = [face("usmca", "pass"), face("us-232", "none", worst=40, best=44)]
    usmca, content = exposure.at_borders({key: entry}, {key: faces}, TODAY)[key]
    assert usmca.kept == (Decimal("4200.00"), Decimal("4500.00")) and usmca.now == (Decimal("4500.00"),) * 2
    assert (usmca.each, usmca.a_year) == (Decimal("3750.00"), Decimal("37500.00"))
    assert (content.lost[0], content.each, content.part_of) == (Decimal("7500.00"), Decimal("3000.00"), "usmca")
    failed = exposure.at_borders({key: entry}, {key: [face("usmca", "fail"), faces[1]]}, TODAY)[key]
    assert [one.rulebook for one in failed] == ["usmca"] and failed[0].now == failed[0].lost


def face(law, verdict, *, worst=None, best=None):
    bar = {"worst": worst and Decimal(worst), "best": best and Decimal(best)}
    return {"rulebook": law, "reading": "", "verdict": verdict, "ran": [{"bar": bar}]}


@pytest.mark.parametrize(("hs", "entered", "kind"), [
    ("8703.23", "light_truck", "passenger_vehicle"), ("8704.31", "passenger_vehicle", "light_truck"), ("", "light_truck", "light_truck"),
    ("8704.23", "", "heavy_truck"), ("8702.40", "", "bus"), ("", "other", ""), ("9401", "heavy_truck", "heavy_truck"),
])  # fmt: skip
def test_the_hs_code_decides_the_kind_before_the_class(hs, entered, kind):
    key = Declaration().pk
    assert exposure.kind_of(Entry(vehicle=key, declaration=key, hs=hs, kind=entered)) == kind


def test_the_years_of_one_vehicle(cast, traced, sign_in):
    page = sign_in(cast.ed).get(reverse("compliance:duty-detail", args=[traced.pk])).content.decode()
    for text in ("Sold in the United States", "Sold in Canada", "672.50", "1 Jul 2020 – 2 Apr 2025", "NAFTA", "2027"):
        assert text in page, text
    sheet = page[page.index('class="on-paper editions"') :].partition("</p>")[0]
    assert "USMCA" in sheet and "NAFTA" in sheet and "SOR/2020-155" in sheet


def test_the_years_leave_as_a_file(cast, traced, sign_in):
    answer = sign_in(cast.ed).get(reverse("compliance:duty-detail", args=[traced.pk]), {"format": "csv"})
    rows = [row for row in csv.DictReader(io.StringIO(answer.content.decode())) if row["sold in"] == "US"]
    assert [row["failing costs, each"] for row in rows if row["from"][:4] in ("2018", "2024")] == ["672.50"] * 2
    assert rows[-1]["owed if not, most"] == "7397.50" and rows[-1]["until before"] == "2028-01-01"


def test_what_is_owed_follows_from_the_whole_points_alone(traced):
    """An exact figure would give a supplier's share away by the cents of a duty."""
    content = next(face for face in boards.board([traced])[0]["faces"] if face["rulebook"] == "us-232")["ran"][0]["bar"]
    assert content["worst"] == int(content["worst"]) and content["best"] == int(content["best"])
    usmca = next(one for one in of(traced) if (one.rulebook, one.market) == ("usmca", "US"))
    assert usmca.kept == tuple(Decimal("67.25") * (100 - content[end]) for end in ("best", "worst"))


def test_another_automaker_s_vehicle_is_not_there(cast, traced, sign_in):
    assert sign_in(cast.gus).get(reverse("compliance:duty-detail", args=[traced.pk])).status_code == 404
    assert traced.name not in sign_in(cast.gus).get(PAGE).content.decode()


def test_an_electric_car_between_the_union_and_the_kingdom():
    key = Declaration().pk
    entry = Entry(vehicle=key, declaration=key, made_in="GB", hs="8703.80", currency="GBP", customs_value=Decimal(30000),
                  units={"DE": 10, "GB": 90, "US": 5})  # fmt: skip
    found = exposure.at_borders({key: entry}, {key: [face("eu-uk-ev", "open"), face("usmca", "pass")]}, TODAY)[key]
    assert [(one.rulebook, one.market, one.kept, one.now[1], one.a_year) for one in found] == [
        ("eu-uk-ev", "DE", (0, 0), Decimal("3000.00"), Decimal("30000.00"))
    ]
    assert [(one.market, one.why) for one in exposure.unknown(entry, on=TODAY)] == [
        ("US", "No agreement between the United States and the United Kingdom is held: nothing hangs on origin here.")
    ]


def test_every_rate_stands_on_a_page_with_its_source(cast, sign_in):
    page = sign_in(cast.ed).get("/duties/rates/").content.decode()
    for tariff in rates.tariffs():
        for row in tariff.rates:
            assert escape(row.cite) in page and escape(row.words.capitalize()[:12]) in page, row
    for text in ("20–50", "was not seen", "27 countries of the European Union", "from anywhere", "inferred, not read"):
        assert text in page, text


# ---- the calculator: skip and pay ----

CAR = {
    "value": "30000", "kind": "passenger_vehicle", "made_in": "MX", "sold_in": "US", "on": "2018-06-01", "us_content": "40",
}  # fmt: skip


@pytest.mark.parametrize(("day", "costs"), [("2018-06-01", "750.00"), ("2026-06-01", "3,750.00")])
def test_a_30_000_car_then_and_now(cast, sign_in, day, costs):
    page = sign_in(cast.ed).get(PAGE, CAR | {"on": day}).content.decode()
    assert f"failing costs <b>{costs}</b>" in page
    assert "<b>750.00</b>" in page and "<b>3,750.00</b>" in page  # every year stands below


@pytest.mark.parametrize(("cost", "advice"), [("900", "paying is cheaper"), ("700", "<b>comply</b>")])
def test_comply_or_pay(cast, sign_in, cost, advice):
    assert advice in sign_in(cast.ed).get(PAGE, CAR | {"cost": cost}).content.decode()


def test_a_rival_s_rate_says_how_much_us_content_equals_it(cast, sign_in):
    page = sign_in(cast.ed).get(PAGE, CAR | {"on": "2026-06-01", "rival": "13"}).content.decode()
    assert "<b>48.0 percent</b>" in page


def test_a_japanese_car_cannot_qualify_and_is_told_so(cast, sign_in):
    page = sign_in(cast.ed).get(PAGE, CAR | {"on": "2026-06-01", "made_in": "JP"}).content.decode()
    assert "one owes <b>4,500.00</b>" in page and "No agreement between these two" in page


@pytest.mark.parametrize(("changes", "said"), [
    ({"on": "2010-01-01"}, "No rate of the United States is known for a car from Mexico on 1 Jan 2010"), ({"value": "-1"}, "an amount above zero"),
    ({"us_content": "101"}, "from 0 to 100"), ({"on": "soon"}, "Choose one, for"), ({"made_in": "ZZ"}, "Choose one of the list"),
    ({"kind": "part"}, "HS unknown"),
])  # fmt: skip
def test_what_cannot_be_reckoned_names_its_field(cast, sign_in, changes, said):
    page = sign_in(cast.ed).get(PAGE, CAR | changes).content.decode()
    assert said in page and "failing costs <b>" not in page


def test_more_vehicles_ask_the_database_no_more_often(cast, traced, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.ed)
    client.get(PAGE)
    with django_assert_max_num_queries(35):
        client.get(PAGE)
    assert Vehicle.objects.count() == 1
