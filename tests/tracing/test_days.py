"""The fleet on other days: a past day as it was known then and for good, a coming one by what is known now; never a made-up figure."""

import datetime as dt

import pytest
from django.utils import timezone

from suppliers.actions import declarations, parts
from suppliers.models import Declaration, Ripple
from tests import make, worlds
from tests.tracing.test_fleet_rows import Trade, everything
from tracing import moments, notches
from tracing.actions import days, rolls
from tracing.models import DatedVerdict, Day, Said, over
from tracing.snapshots import fleets, keys

pytestmark = pytest.mark.usefixtures("fresh_fleet")

TODAY = dt.date(2026, 11, 24)
A_DAY = dt.timedelta(days=1)
LATER = dt.date(2027, 3, 1)


@pytest.fixture
def river(cast):
    return worlds.river(cast)


def at_rest():
    """As if every vehicle had been traced since."""
    Ripple.objects.update(spread_at=timezone.now())


def said(on):
    """What is said on a day, by vehicle, rulebook and reading: the answer's digest."""
    rows = DatedVerdict.objects.filter(day__on=on).select_related("said")
    return {(row.vehicle_id, row.said.rulebook, row.said.reading): row.said.digest for row in rows}


def in_force_then(on, known):
    """The declarations that stood on a day by what was known before a moment, asked as naively as can be."""
    found = set()
    for row in Declaration.objects.filter(signed_at__isnull=False).select_related("withdrawal"):
        newer = [one for one in row.superseded_by.all() if one.signed_at and one.signed_at < known and one.begins <= on]
        taken = hasattr(row, "withdrawal") and row.withdrawal.at < known
        if row.signed_at < known and row.begins <= on < row.ends and not taken and not newer:
            found.add(row.pk)
    return found


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_a_past_day_is_read_as_it_stood_when_it_ended(cast, clock, seed):
    """Random histories of signing, withdrawing, superseding, confirming, ending sales: what is read later is what was read then."""
    trade, then = Trade(cast, seed), {}
    for _ in range(8):
        for _ in range(trade.draw.randint(1, 6)):
            trade.act()
            clock.shift(dt.timedelta(hours=1))
        _end_a_sale(trade)
        on = notches.today()
        then[on] = everything(fleets.read(on))
        clock.move_to(over(on) + dt.timedelta(hours=trade.draw.randint(0, 30)))
    for on, was in then.items():
        rows = fleets.read(on, known=over(on))
        now = everything(rows)
        assert {**now, "standing": ""} == {**was, "standing": ""}, on
        naive = in_force_then(on, over(on))
        assert set(keys.uuids_of(rows.declarations[rows.answered])) <= naive
        assert naive == set(Declaration.objects.in_force(on=on, known=over(on)).values_list("pk", flat=True))
    assert len({str(one) for one in then.values()}) > 3, "nothing happened in this history"


def _end_a_sale(trade):
    """Now and then one side ends a sale from today on: a day before that still holds it."""
    open_ = [sale for sale in trade.sales if sale.confirmations.count() == 2 and not hasattr(sale, "end")]
    if open_ and trade.draw.random() < 0.5:
        sale = trade.draw.choice(open_)
        sale.refresh_from_db()
        if sale.ends is None:
            parts.end(sale, on=notches.today(), why="another supplier", by=trade.by[sale.seller])


def test_a_past_day_never_changes_once_it_was_rolled(cast, river, clock):
    clock.shift(10 * A_DAY)
    days.roll(TODAY)
    before = said(TODAY)
    assert before and Day.objects.get(on=TODAY).is_final
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    days.ask(TODAY, by=cast.ed)
    assert not Day.objects.get(on=TODAY).waits, "nothing is to be done"
    Day.objects.update(waits=True)
    assert days.work() == 1
    assert said(TODAY) == before


def test_a_past_day_knows_nothing_of_what_came_after(cast, river, clock):
    days.roll(TODAY + A_DAY)  # while it is still to come
    ahead = said(TODAY + A_DAY)
    clock.shift(10 * A_DAY)
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    days.roll(TODAY + A_DAY)
    assert said(TODAY + A_DAY) == ahead
    days.roll(notches.today() + A_DAY)
    assert said(notches.today() + A_DAY) != ahead


def test_a_coming_day_is_rolled_again_when_facts_change(cast, river):
    days.roll(LATER)
    before, day = said(LATER), Day.objects.get(on=LATER)
    assert before and not day.is_final and days.holds(day, moments.standing())
    days.ask(LATER, by=cast.ed)
    assert not Day.objects.get(on=LATER).waits
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    assert not days.holds(day, moments.standing())
    days.ask(LATER, by=cast.ed)
    assert said(LATER) == before, "the last good figures stay until there are new ones"
    assert days.work() == 1
    assert said(LATER).keys() == before.keys() and said(LATER) != before


def test_a_coming_day_has_the_rules_of_that_day_and_the_answers_that_reach_it(cast, river):
    days.roll(dt.date(2027, 6, 30))
    days.roll(make.UNTIL)
    assert said(dt.date(2027, 6, 30))
    assert said(make.UNTIL) == {}, "its own declaration has ended: no figure is made up"


def test_days_that_say_the_same_share_their_answers(river):
    days.roll(TODAY + A_DAY)
    count = Said.objects.count()
    days.roll(TODAY + 2 * A_DAY)
    assert Said.objects.count() == count == len(said(TODAY + A_DAY))
    assert said(TODAY + A_DAY) == said(TODAY + 2 * A_DAY)


def test_a_day_says_what_a_roll_says_on_that_day(river, clock):
    days.roll(TODAY + A_DAY)
    clock.shift(A_DAY)
    rolls.roll()
    rolled = {
        (row.vehicle_id, row.rulebook, row.reading): (row.digest, row.brief) for row in river.vehicle.verdicts.all()
    }
    dated = DatedVerdict.objects.filter(day__on=TODAY + A_DAY).select_related("said")
    assert rolled == {
        (row.vehicle_id, row.said.rulebook, row.said.reading): (row.said.digest, row.said.brief) for row in dated
    }


def test_before_the_first_declaration_there_is_no_figure(cast, river):
    with pytest.raises(notches.NotThatDay, match="the first was signed on 24 Nov 2026"):
        days.ask(TODAY - A_DAY, by=cast.ed)
    with pytest.raises(notches.NotThatDay, match="none was signed yet"):
        days.ask(TODAY, by=cast.gus)
    with pytest.raises(notches.NotThatDay, match="choose a day until"):
        days.ask(dt.date(2100, 1, 1), by=cast.ed)
    assert not Day.objects.exists()


def test_no_more_than_so_many_days_wait(cast, river, monkeypatch):
    monkeypatch.setattr(days, "WAITING", 2)
    for nth in range(1, 3):
        days.ask(TODAY + nth * A_DAY, by=cast.ed)
    days.ask(TODAY + A_DAY, by=cast.ed)
    with pytest.raises(days.TooManyWait):
        days.ask(TODAY + 9 * A_DAY, by=cast.ed)


def test_a_day_that_fails_says_so_and_keeps_no_other_waiting(cast, river, sign_in, monkeypatch, caplog):
    """Why it failed stands in the log: the fleet is everybody's, so the words may name somebody else's part."""
    plain = rolls.said
    monkeypatch.setattr(
        rolls, "said", lambda rows: {}["talbot-axles/17-0012"] if rows.facts.on == LATER else plain(rows)
    )
    days.ask(TODAY + A_DAY, by=cast.ed)
    days.ask(LATER, by=cast.ed)
    assert sum(iter(days.work, 0)) == 2
    assert Day.objects.get(on=LATER).why == days.FAILED and said(TODAY + A_DAY)
    page = (
        sign_in(cast.ed)
        .get("/vehicles/day/", {"on": LATER.isoformat()}, headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "The portal failed over this day" in page and "17-0012" not in page and "17-0012" in caplog.text
    monkeypatch.undo()
    days.ask(LATER, by=cast.ed)
    assert days.work() == 1 and Day.objects.get(on=LATER).why == "" and said(LATER)


def test_the_timetable_prepares_days_on_which_something_changes_and_drops_what_is_old(cast, river, clock):
    assert days.prepare() == 0, "vehicles are to be traced first"
    at_rest()
    assert days.prepare() == len(notches.kept_ready()) > 0
    assert make.UNTIL in notches.kept_ready() and TODAY not in notches.kept_ready()
    assert sum(iter(days.work, 0)) == days.prepare() + len(notches.kept_ready())
    days.roll(LATER)
    assert days.prepare() == 0 and Day.objects.filter(on=LATER).exists()
    declarations.withdraw(river.bolt, by=cast.ada, why="a mistake")
    at_rest()
    assert days.prepare() == len(notches.kept_ready())
    assert not Day.objects.filter(on=LATER).exists(), "made of facts that are no more"
    assert Said.objects.exists()
    sum(iter(days.work, 0))
    assert not Said.objects.filter(dated__isnull=True).exists() or days.prepare() == 0
    assert not Said.objects.filter(dated__isnull=True).exists()
    clock.shift(40 * A_DAY)
    assert notches.moved(notches.today(), -1) in notches.kept_ready(), "what trends look back to"


def test_what_only_a_day_brings_makes_no_coming_day_old(river):
    now = moments.standing()
    Ripple.objects.create(part=river.vehicle.part, why="day")
    assert moments.standing() == now
    Ripple.objects.create(part=river.vehicle.part, why="signed")
    assert moments.standing() != now


def test_a_vehicle_that_cannot_be_computed_is_named(cast, river, clock):
    """Parts that hold each other: nothing above them is computed, and the day says of which vehicles."""
    axle = {
        "item": "AX",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"price": "1", "sourcing": river.axle_to_acme.pk}],
    }
    draft = declarations.supersede(river.bolt, by=cast.ben, lines=[axle])
    declarations.sign(draft, by=cast.ada, name="A", title="B", shown=declarations.shown(draft))
    day = days.roll(LATER)
    assert day.stopped == [river.vehicle.pk.hex] and said(LATER) == {}


@pytest.mark.parametrize(
    ("day", "by", "then"),
    [
        ("2026-11-24", -1, "2026-10-24"),
        ("2026-12-31", -1, "2026-11-30"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2026-01-15", -13, "2024-12-15"),
    ],
)
def test_a_month_back_is_the_same_day_or_the_last(day, by, then):
    assert notches.moved(dt.date.fromisoformat(day), by) == dt.date.fromisoformat(then)


def test_notches_know_of_no_day_that_lies_deeper(cast, river):
    """The bolt is the axle's supplier's: its automaker learns neither its days nor that there is an answer."""
    make.signed(cast.bolt, by=cast.ada, to=[cast.talbot], ends="2027-02-11")
    make.signed(cast.axle, by=cast.tom, to=[cast.meridian], ends="2027-04-09")
    found = notches.notches(cast.ed, TODAY, dt.date(2027, 12, 31))
    assert found[dt.date(2027, 4, 9)].ends == 1 and found[make.UNTIL].ends == 2
    assert dt.date(2027, 2, 11) not in found
    assert all(
        not found[on].begins and not found[on].ends for on in found if on in notches.rule_days() and on > make.UNTIL
    )
