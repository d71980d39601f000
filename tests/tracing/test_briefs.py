"""Briefs say what faces and gaps say, lists copied once are the lists as signed, and pages are the same without either."""

import datetime as dt
from uuid import UUID

import pytest

from suppliers.actions import declarations
from tests import make
from tests.worlds import forget
from tracing import boards, briefs, disclosure, gaprows, gaps, memory, ownlines, verdicts
from tracing.actions import days, rolls, traces
from tracing.filters import Filter
from tracing.fleet import Fleet
from tracing.models import EnteredList, Outcome, Said, Verdict

pytestmark = pytest.mark.usefixtures("fresh_fleet")

TODAY = dt.date(2026, 11, 24)
COMING = dt.date(2027, 3, 1)


@pytest.fixture
def river(cast):
    """A car whose axle, 42 of 100 points, lacks its answer: traced, rolled for today and for a day to come."""
    made = make.river(cast, net="1000")
    declarations.withdraw(made.axle, by=cast.tom, why="a new forging")
    traces.mark([made.vehicle.pk])
    traces.retrace(made.vehicle.pk)
    rolls.roll()
    days.roll(COMING)
    return made


ANSWERS = [Verdict, Said, Outcome]


@pytest.mark.parametrize("model", ANSWERS)
def test_a_brief_is_what_the_face_and_the_gaps_say(cast, river, model):
    rows = list(model.objects.all())
    assert rows and all(briefs.holds(row.brief) for row in rows)
    for row in rows:
        assert row.brief == briefs.brief(model.objects.get(pk=row.pk)), "made anew from what is stored it is the same"
        tests = [disclosure.test_face(test, row.reading) for test in disclosure.tests_of(row)]
        kept = briefs.read(row.brief)
        ran = [test for test in tests if test["result"] in disclosure.RAN]
        assert kept.ran == tuple((test["code"], test["bar"]["worst"], test["bar"]["best"]) for test in ran)
        if model is not Said:
            faces = disclosure.gap_faces(row)
            assert kept.gaps == len(faces)
            assert kept.settling == disclosure.fewest(gap["decides"] for gap in faces)
    assert any(row.brief["settling"] for row in rows) and any(row.brief["gaps"] for row in rows)


def test_no_brief_holds_an_exact_figure(cast, river):
    """What is kept beside an answer may be read where the answer may: it is no finer than a page."""
    for model in ANSWERS:
        for row in model.objects.all():
            exact = {test[bound] for test in row.result["tests"] for bound in disclosure.BOUNDS if len(test[bound]) > 6}
            assert not [figure for figure in exact if figure in str(row.brief)], row


def test_open_lines_are_kept_as_they_are_ranked(cast, river):
    own = ownlines.of([river.car.pk])[river.car.pk]
    compared = 0
    for row in Verdict.objects.all():
        kept = briefs.lines_of(row.ranked, own, is_open=row.verdict == "open")
        found = sorted([*kept.deciding, *kept.idle], key=lambda line: (line.own.line, line.own.source))
        told = sorted(disclosure.open_lines(row, own), key=lambda line: (line.own.line, line.own.source))
        assert [(line.own, line.kind, line.rank.passing, line.rank.failing, line.perhaps) for line in found] == [
            (line.own, line.kind, line.rank.passing, line.rank.failing, line.perhaps) for line in told
        ]
        if row.verdict == "open":
            assert (kept.bars, kept.whole) == disclosure.gaps.bars(disclosure.tests_of(row))
        compared += len(kept.deciding)
    assert compared > 0


def test_a_copied_list_is_the_list_as_it_was_signed(cast, river):
    assert EnteredList.objects.filter(declaration=river.car.pk).exists()
    kept = ownlines.of([river.car.pk])[river.car.pk]
    EnteredList.objects.all().delete()
    forget()
    assert ownlines.of([river.car.pk])[river.car.pk] == kept
    ownlines.keep([river.car.pk])
    forget()
    assert ownlines.of([river.car.pk])[river.car.pk] == kept
    assert ownlines.of([UUID(int=7)]) == {UUID(int=7): ownlines.NOTHING}


def shown(cast):
    """What pages over the fleet make of the answers: board, sums, trends' day, gaps."""
    found = []
    for on in (TODAY, COMING):
        for law in ("usmca", "nafta", "us-2017"):
            fleet = Fleet(cast.ed, Filter(law=law), on)
            found.append((fleet.summary, {pk: (fleet.margin(pk), fleet.gaps(pk)) for pk in fleet.told}, fleet.stakes))
    for law in ("every", "usmca", "us-2026"):
        listed = gaps.Gaps(cast.ed, gaprows.Asked(law=law), TODAY)
        rows = [(row.key, row.kind, row.order, row.points, row.note, len(row.alone)) for row in listed.rows]
        found.append((rows, listed.chased, listed.choices))
    return found


def test_pages_are_the_same_where_no_brief_is_kept_yet(cast, river):
    """After an update of the portal; and filling in what is missing makes what a roll would have kept."""
    before = shown(cast)
    kept = {row.pk: (row.brief, row.ranked) for row in Verdict.objects.all()}
    Verdict.objects.update(brief=None, ranked=None)
    Said.objects.update(brief={"shape": 0})
    EnteredList.objects.all().delete()
    forget()
    assert shown(cast) == before
    forget()
    assert briefs.fill() == len(kept) + Said.objects.count() and briefs.fill() == 0
    assert {row.pk: (row.brief, row.ranked) for row in Verdict.objects.all()} == kept
    assert all(briefs.holds(row.brief) for row in Said.objects.all()) and EnteredList.objects.exists()
    assert shown(cast) == before


def test_what_is_filled_in_never_takes_the_place_of_what_was_rolled_meanwhile(cast, river, monkeypatch):
    row = Verdict.objects.first()
    Verdict.objects.filter(pk=row.pk).update(brief=None)
    keep = briefs.keep

    def rolled_meanwhile(rows):
        keep(rows)
        Verdict.objects.filter(pk=row.pk).update(brief=row.brief, digest="another")

    monkeypatch.setattr(briefs, "keep", rolled_meanwhile)
    briefs.fill()
    assert Verdict.objects.get(pk=row.pk).brief == row.brief


def test_outcomes_of_before_are_briefed_when_they_are_asked_for(cast, river, monkeypatch):
    """Outcomes never change, so those of before have no brief."""
    vehicles = [river.vehicle]
    Verdict.objects.all().delete()
    kept = verdicts.of_today(vehicles, ["usmca", "us-2017"])
    monkeypatch.setattr(briefs, "SHAPE", briefs.SHAPE + 1)
    assert verdicts.of_today(vehicles, ["usmca", "us-2017"]) == kept


def test_what_hangs_on_a_verdict_is_the_same_by_its_brief_and_by_its_face(cast, river):
    laws = ["usmca", "nafta", "us-232", "canada-surtax", "eu-uk-ev"]
    said = verdicts.of_today([river.vehicle], laws)[river.vehicle.pk]
    faces = boards.board([river.vehicle], laws=laws)[0]["faces"]
    weighed = {memory._weighed(face) for face in verdicts.weighed(said)}
    assert weighed == {memory._weighed(face) for face in faces} and len(weighed) > 3


def test_a_law_over_the_ex_works_price_weighs_answers_over_it(cast, river):
    """Over the smaller net cost an answer would seem to move such a law further than it surely does."""
    facts = {"class": "light_truck", "ex_works": "2000"}
    draft = declarations.supersede(river.car, by=cast.eve, vehicle_facts=facts)
    car = declarations.sign(
        draft, by=cast.eve, name="E", title="VP", shown=declarations.shown(draft), alone_why="alone in the office"
    )
    rolls.roll()
    traces.mark([river.vehicle.pk])
    trace = traces.retrace(river.vehicle.pk)
    own = ownlines.of([car.pk])[car.pk]
    assert own.net and own.ex_works == 2000 != own.net
    laws = {law: disclosure.base_of(Verdict.objects.filter(rulebook=law)[0]) for law in ("eu-uk-ev", "usmca")}
    assert laws == {"eu-uk-ev": "ex_works", "usmca": "net_cost"}
    for law, base in (("eu-uk-ev", own.ex_works), ("usmca", own.net)):
        for row in (*Verdict.objects.filter(rulebook=law), *Outcome.objects.filter(trace=trace, rulebook=law)):
            for line in disclosure.open_lines(row, own):
                assert line.stake == 100 * line.own.value / base, law
    assert any(Verdict.objects.get(rulebook="usmca").result["open"])
