"""The board's filters, its days, what moved and what hangs on a verdict, its files; and that no question grows with the fleet."""

import csv
import datetime as dt
import io
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from compliance.actions import checks
from suppliers.actions import declarations
from tests import make, worlds
from tests.tracing.test_vehicle_list import copied
from tests.worlds import forget
from tracing import exports, filters, notches, rulebooks, trends
from tracing.actions import days, rolls
from tracing.filters import Filter
from tracing.fleet import Fleet
from tracing.models import DatedVerdict, Day, Said, Vehicle
from tracing.slider import Slider

pytestmark = pytest.mark.usefixtures("fresh_fleet")

BOARD = "/vehicles/"
A_DAY = "/vehicles/day/"
TODAY = dt.date(2026, 11, 24)
COMING = dt.date(2027, 3, 1)
AFTER = dt.timedelta(days=1)
PINNED = tomllib.loads((Path(__file__).parent / "queries.toml").read_text())


@pytest.fixture
def river(cast):
    """The Alder with an entry of its own: programme, plant, markets."""
    made = worlds.laid("board", lambda: _entered(cast), cast.acme.pk)
    rolls.roll()
    return made


def _entered(cast):
    made = make.river(cast)
    works = make.plant(cast.meridian, code="silao", name="Silao", country="MX")
    facts = {"class": "light_truck", "model_line": "Alder", "units": {"US": "30000", "CA": "4000", "made": "34000"},
             "customs_value": "21000"}  # fmt: skip
    draft = declarations.supersede(made.car, by=cast.eve, vehicle_facts=facts, plant=works)
    made.car = declarations.sign(
        draft, by=cast.eve, name="E", title="VP", shown=declarations.shown(draft), alone_why="alone in the office"
    )
    return made


def seen(cast, **wanted):
    """The names of the vehicles that a filter leaves."""
    return [row.name for row in Fleet(cast.ed, Filter(**wanted), TODAY).found]


# ---- the filter ----


def test_each_filter_leaves_what_is_like_it(cast, river):
    copied(river.vehicle, 1)  # has no declaration, so no entry
    other = Vehicle.objects.exclude(pk=river.vehicle.pk).get().name
    assert seen(cast) == ["Alder", other]
    for name, value in {"programme": "Alder", "plant": "Silao", "kind": "light_truck", "market": "CA"}.items():
        assert seen(cast, **{name: value}) == ["Alder"], name
        assert seen(cast, **{name: "nothing such"}) == []
    assert seen(cast, year="2027") == ["Alder", other] and seen(cast, year="2031") == []
    assert seen(cast, q="alder 2027 CROSS") == ["Alder"] and seen(cast, q="alder birch") == []
    assert seen(cast, market="MX") == [], "it is not sold there"


def test_a_verdict_is_asked_of_the_law_in_view(cast, river):
    verdicts = {
        law: Fleet(cast.ed, Filter(law=law), TODAY).lines(river.vehicle.pk)[0].verdict for law in ("usmca", "nafta")
    }
    for law, verdict in verdicts.items():
        assert seen(cast, law=law, verdict=verdict) == ["Alder"]
        assert seen(cast, law=law, verdict={"pass": "fail", "fail": "pass", "open": "pass"}[verdict]) == []


def test_what_is_filtered_by_is_shown_and_undone_by_one_press(cast, river, sign_in):
    client = sign_in(cast.ed)
    page = client.get(BOARD + "?market=CA&year=2031&sort=margin").content.decode()
    assert "No vehicle is like that." in page and "Undo the filter" in page
    assert 'href="?year=2031&amp;sort=margin"' in page and 'href="?market=CA&amp;sort=margin"' in page
    assert "Canada" in page and "Undo all" in page
    page = client.get(BOARD + "?market=CA").content.decode()
    assert "Alder" in page and 'href="?"' in page and "Undo all" not in page


def test_an_address_says_what_was_asked_and_nothing_else():
    assert filters.asked(QueryDict("laws=us-2017&laws=nafta&laws=usmca")).laws == (), "as they are shown at first"
    given = QueryDict("laws=usmca&laws=nonsense&law=nafta&market=US&q=%20red%20&sort=upside&go=1&was=3")
    wanted = filters.asked(given)
    assert wanted == Filter(laws=("usmca",), market="US", q="red"), "nafta is no column here"
    assert wanted.address() == "laws=usmca&market=US&q=red"
    assert wanted.address(on="2027-01-01", q="", sort="gaps") == "laws=usmca&market=US&on=2027-01-01&sort=gaps"


def test_orders_put_what_has_no_figure_last():
    rows = [Vehicle(name=name) for name in "abcd"]
    figures = dict(zip((row.pk for row in rows), (3, None, -2, 3), strict=True))
    asked = {"margin": figures.get, "duty": figures.get, "gaps": figures.get}
    assert [row.name for row in filters.ordered(rows, "margin", **asked)] == list("cadb")
    assert [row.name for row in filters.ordered(rows, "gaps", **asked)] == list("adcb")
    assert filters.ordered(rows, "name", **asked) is rows


def test_another_automaker_chooses_among_its_own(cast, river):
    assert Fleet(cast.gus, Filter(), TODAY).choices == {
        name: [] for name in ("programme", "plant", "kind", "market", "year")
    }
    assert [row["value"] for row in Fleet(cast.ed, Filter(), TODAY).choices["market"]] == ["CA", "US"]


# ---- the day ----


def test_a_day_that_is_not_worked_out_is_asked_for_by_a_button_and_shown_when_it_is(cast, river, sign_in):
    client = sign_in(cast.ed)
    page = client.get(BOARD, {"on": COMING.isoformat()}).content.decode()
    assert "was not worked out for 1 Mar 2027 yet" in page and "Work out 1 Mar 2027" in page and "cellink" not in page
    assert not Day.objects.exists(), "reading a page starts nothing"
    region = client.post(A_DAY, {"on": COMING.isoformat()}, headers={"HX-Request": "true"})
    assert "is being worked out" in region.content.decode() and "HX-Refresh" not in region.headers
    assert days.work() == 1
    region = client.get(A_DAY, {"on": COMING.isoformat()}, headers={"HX-Request": "true"})
    assert region.headers["HX-Refresh"] == "true"
    page = client.get(BOARD, {"on": COMING.isoformat()}).content.decode()
    assert "Rules of <b>1 Mar 2027</b>, answers as known now" in page and 'class="cellink"' in page
    assert client.post(A_DAY, {"on": COMING.isoformat()}).url == f"{BOARD}?on=2027-03-01", (
        "works without JavaScript too"
    )


def test_old_figures_of_a_coming_day_stay_and_say_so(cast, river, sign_in):
    days.roll(COMING)
    client = sign_in(cast.ed)
    assert "Something was signed since" not in client.get(BOARD, {"on": COMING.isoformat()}).content.decode()
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    page = client.get(BOARD, {"on": COMING.isoformat()}).content.decode()
    assert "Something was signed since these figures were worked out." in page and 'class="cellink"' in page


def test_what_was_rolled_while_it_was_to_come_is_no_past(cast, river, clock, sign_in):
    days.roll(TODAY + AFTER)
    clock.shift(10 * AFTER)
    page = sign_in(cast.ed).get(BOARD, {"on": (TODAY + AFTER).isoformat()}).content.decode()
    assert "was not worked out for 25 Nov 2026 yet" in page and "cellink" not in page
    days.roll(TODAY + AFTER)
    page = sign_in(cast.ed).get(BOARD, {"on": (TODAY + AFTER).isoformat()}).content.decode()
    assert "answers as they stood when it ended" in page and 'class="cellink"' in page


@pytest.mark.parametrize(
    ("on", "said"),
    [("2026-11-23", "the first was signed on 24 Nov 2026"), ("2105-01-01", "choose a day until 31 Dec 2099"),
     ("soon", "“soon” is no date. Write it as year, month and day, such as 2026-11-24")],
)  # fmt: skip
def test_a_day_without_figures_says_why(cast, river, sign_in, on, said):
    client = sign_in(cast.ed)
    page = client.get(BOARD, {"on": on}).content.decode()
    assert said in page and "cellink" not in page and "Show today" in page
    assert said in client.post(A_DAY, {"on": on}, follow=True).content.decode()
    assert not Day.objects.exists()


def test_a_vehicle_without_a_declaration_on_that_day_says_so(cast, river, sign_in):
    days.roll(make.UNTIL)
    page = sign_in(cast.ed).get(BOARD, {"on": make.UNTIL.isoformat()}).content.decode()
    assert "No declaration of it is in force on that day, as far as is known now." in page


def test_the_slider_s_day_counts_where_it_was_moved(cast, river, sign_in):
    client = sign_in(cast.ed)
    slider = Slider.of(Fleet(cast.ed, Filter(), TODAY))
    at = slider.stops.index(COMING)
    moved = {
        "laws": ["usmca", "nafta", "us-2017"],
        "law": "usmca",
        "go": "1",
        "on": TODAY.isoformat(),
        "was": str(slider.at),
        "stop": str(at),
        "market": "",
        "sort": "name",
    }
    assert client.get(BOARD, moved).url == f"{BOARD}?on=2027-03-01"
    typed = moved | {"stop": str(slider.at), "on": "2027-03-05", "market": "CA"}
    assert client.get(BOARD, typed).url == f"{BOARD}?market=CA&on=2027-03-05"
    assert client.get(BOARD, typed | {"on": TODAY.isoformat(), "market": ""}).url == f"{BOARD}?"


def test_the_slider_stands_on_notches_months_and_today(cast, river):
    slider = Slider.of(Fleet(cast.ed, Filter(), TODAY))
    assert slider.stops == sorted(set(slider.stops)) and {TODAY, COMING, make.UNTIL} <= set(slider.stops)
    assert slider.stops[0] == TODAY, "before the first declaration there is no figure"
    assert "answers begin or end" in slider.words(make.UNTIL) and slider.words(TODAY).endswith("today")
    assert {day for day in notches.rule_days() if TODAY < day <= notches.moved(TODAY, notches.AHEAD)} <= set(
        slider.stops
    )
    assert slider.marks.count("<line") == len(slider.stops)


# ---- trends ----


def test_a_trend_says_what_moved_in_whole_points(cast, river, clock, sign_in):
    days.roll(TODAY)  # not over yet: no past to compare with
    clock.move_to(dt.datetime(2026, 12, 24, 9, tzinfo=dt.UTC))
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    rolls.roll()
    client = sign_in(cast.ed)
    page = client.get(BOARD).content.decode()
    assert "Since 24 Nov 2026:" not in page and "What moved since 24 Nov 2026 is not known yet" in page
    days.roll(TODAY)
    page = client.get(BOARD).content.decode()
    assert "Since 24 Nov 2026:" in page and "is not known yet" not in page


def test_a_trend_is_told_from_faces():
    def face(reading, verdict, worst, best, needs="75"):
        test = {"code": "x", "bar": {"worst": Decimal(worst), "best": Decimal(best)}, "threshold": needs}
        return {"reading": reading, "letter": reading, "verdict": verdict, "ran": [test]}

    then = [face("A", "open", 70, 80), face("B", "pass", 80, 80)]
    assert trends.trends(then, then) == []
    now = [face("A", "pass", 77, 79), face("B", "pass", 80, 80)]
    assert trends.trends(now, then) == [{"words": "was open; worst +7; best −1", "letters": "A"}]
    assert trends.trends([face("A", "open", 70, 80, "77")], then) == [{"words": "needed 75", "letters": ""}]
    assert trends.trends(now, []) == [{"words": "no figure then", "letters": ""}]


# ---- what is nobody's to see ----


def test_no_exact_figure_and_nothing_deeper_stands_on_any_day(cast, river, clock, sign_in):
    """Neither on today's board with its trends nor on a coming day's, nor in their files."""
    days.roll(COMING)
    clock.move_to(dt.datetime(2026, 12, 24, 9, tzinfo=dt.UTC))
    days.roll(TODAY)
    declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    rolls.roll()
    days.roll(COMING)
    client, laws = sign_in(cast.ed), "&".join(f"laws={name}" for name in rulebooks.ids())
    exact = {
        test[bound]
        for said in Said.objects.all()
        for test in said.result["tests"]
        for bound in ("worst", "declared", "best")
        if "." in test[bound]
    }
    assert len(exact) > 5
    for address in (BOARD, f"{BOARD}?on={COMING}", f"{BOARD}?on={TODAY}"):
        mark = "&" if "?" in address else "?"
        for more in (laws, f"{laws}&sort=margin", "format=csv"):
            page = client.get(f"{address}{mark}{more}").content.decode()
            assert "Alder" in page
            assert [figure for figure in exact if figure in page] == []
            assert [word for word in ("Acme", "AB-M12", "Talbot Axles 17", "17-0012") if word in page] == []


# ---- files ----


def test_files_hold_every_page_of_the_filter_and_no_formula(cast, river, sign_in, monkeypatch):
    monkeypatch.setattr("tracing.views.vehicles.PAGE", 2)
    copied(river.vehicle, 4)
    Vehicle.objects.filter(pk=river.vehicle.pk).update(name="=HYPERLINK()")
    client = sign_in(cast.ed)
    rows = list(csv.DictReader(io.StringIO(client.get(BOARD, {"format": "csv"}).content.decode())))
    assert len({row["vehicle"] for row in rows}) == 5 and "'=HYPERLINK()" in {row["vehicle"] for row in rows}
    assert {row["rulebook"] for row in rows} == set(rulebooks.ids())
    answer = client.get(BOARD, {"format": "xlsx", "market": "CA"})
    assert answer["Content-Disposition"] == 'attachment; filename="board.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.content)).active
    table = list(sheet.values)
    assert {row[0] for row in table[1:]} == {"'=HYPERLINK()"} and table[0][0] == "vehicle"
    worst = [row[table[0].index("worst")] for row in table[1:] if row[table[0].index("test")] == "nafta.rvc"]
    assert all(isinstance(value, int) for value in worst), "a number stays one"
    assert sheet.freeze_panes == "A2"


def test_a_day_s_file_is_of_that_day(cast, river, sign_in):
    days.roll(COMING)
    answer = sign_in(cast.ed).get(BOARD, {"format": "csv", "on": COMING.isoformat()})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert rows and {row["on"] for row in rows} == {"2027-03-01"}


def test_a_table_keeps_days_moments_and_amounts_in_a_workbook():
    line = [Decimal("1.50"), dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC), None, True, "@x"]
    answer = exports.table("t", ["a", "b", "c", "d", "e", "f"], [line], kind="xlsx")
    read = list(load_workbook(io.BytesIO(answer.content)).active.values)[1]
    assert read == (1.5, dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4), None, "True", "'@x")
    assert exports.kind_of("xlsx") == "xlsx" and exports.kind_of("exe") is exports.kind_of(None) is None


# ---- how often the database is asked ----


def _dated_alike(vehicle):
    """Every vehicle is said of what is said of this one, on every day."""
    others = Vehicle.objects.exclude(pk=vehicle.pk).exclude(dated_verdicts__isnull=False)
    rows = list(vehicle.dated_verdicts.all())
    for other in others:
        DatedVerdict.objects.bulk_create([DatedVerdict(day=row.day, vehicle=other, said=row.said) for row in rows])


@pytest.mark.parametrize("page", sorted(PINNED))
def test_a_page_asks_the_database_as_often_as_is_pinned_whatever_the_fleet(cast, river, sign_in, page):
    """By a process that has just started: at 4 vehicles exactly the number in queries.toml, at 40 no more."""
    client, counts = sign_in(cast.ed), []
    for more in (3, 36):
        copied(river.vehicle, more)
        days.roll(TODAY + AFTER)
        days.roll(COMING)
        _dated_alike(river.vehicle)
        checks.bring_all_up()  # as a worker has done that heard the bell
        forget()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(page.replace("VEHICLE", str(river.vehicle.pk)))
        assert answer.status_code == 200
        counts.append(len(asked))
    assert Vehicle.objects.count() == 40
    assert counts[0] == PINNED[page] and counts[1] <= counts[0], "\n".join(
        row["sql"][:160] for row in asked.captured_queries
    )
