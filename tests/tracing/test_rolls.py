"""The fleet's roll: what the traces say, at once for everybody; only what moved is stored; nothing stops for one company's slip."""

import datetime as dt

import pytest

from suppliers.actions import declarations
from suppliers.models import Ripple
from tests import make, worlds
from tracing import rulebooks
from tracing.actions import bells, rolls, traces
from tracing.models import Outcome, Roll, Vehicle, Verdict
from tracing.snapshots import fleets, splices

pytestmark = pytest.mark.usefixtures("fresh_fleet")

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def river(cast):
    return worlds.river(cast)


def said(vehicle):
    """What the board's rows say of a vehicle: by rulebook and reading the verdict and every test."""
    return {
        (row.rulebook, row.reading): (row.verdict, figures(row.result))
        for row in Verdict.objects.filter(vehicle=vehicle)
    }


def figures(result):
    keys = ("code", "result", "worst", "declared", "best", "threshold")
    return [{key: row[key] for key in keys} for row in result["tests"]]


def traced(vehicle):
    """The same of an exact trace made now."""
    traces.mark([vehicle.pk])
    trace = traces.retrace(vehicle.pk)
    return {
        (row.rulebook, row.reading): (row.verdict, figures(row.result)) for row in Outcome.objects.filter(trace=trace)
    }


def anew(row, *, by, signer, **changes):
    """A new version, signed."""
    draft = declarations.supersede(row, by=by, **changes)
    return declarations.sign(
        draft, by=signer, name="A", title="B", shown=declarations.shown(draft), alone_why="alone in the office"
    )


def test_a_roll_says_what_the_exact_trace_says(river):
    assert rolls.roll() == 1
    every = {(name, one.name) for name in rulebooks.ids() for one in rulebooks.rulebook(name).readings()}
    assert said(river.vehicle).keys() == every
    assert said(river.vehicle) == traced(river.vehicle)
    assert not Ripple.objects.unrolled().exists()


def test_without_news_nothing_is_rolled(river):
    rolls.roll()
    assert rolls.roll() == 0
    assert Roll.objects.count() == 1


def test_a_signature_moves_the_verdicts_it_reaches_and_stores_only_those(cast, river):
    rolls.roll()
    before = said(river.vehicle)
    anew(river.bolt, by=cast.ben, signer=cast.ada, made_in="MX")
    rolls.roll()
    after = said(river.vehicle)
    assert after == traced(river.vehicle) != before
    moved = {key for key in after if after[key] != before[key]}
    last = Roll.objects.first()
    assert (last.parts, last.vehicles) == (1, 1)
    assert {(row.rulebook, row.reading) for row in last.found.all()} >= moved
    assert last.verdicts < len(after), "an answer about a bolt is nothing to a law that does not ask"


def test_what_this_process_took_before_is_not_taken_again(cast, river, monkeypatch):
    read = []
    plain = splices.patched

    def patched(rows, parts, on):
        read.append(set(parts))
        return plain(rows, parts, on)

    monkeypatch.setattr(splices, "patched", patched)
    rolls.roll()
    anew(river.bolt, by=cast.ben, signer=cast.ada, made_in="MX")
    rolls.roll()
    anew(river.axle, by=cast.tom, signer=cast.tom, costs={"product": "160", "period": "30"})
    rolls.roll()
    assert read == [{cast.bolt.pk}, {cast.axle.pk}], "the bolt of the roll before is no news"


def test_a_signature_that_moves_nothing_stores_no_verdict(cast, river):
    rolls.roll()
    anew(river.bolt, by=cast.ben, signer=cast.ada)
    assert rolls.roll() == 1
    assert Roll.objects.first().verdicts == 0


@pytest.mark.parametrize("change", ["withdraw", "unaddressed", "expired"])
def test_whatever_ends_an_answer_is_rolled(cast, river, clock, change):
    rolls.roll()
    if change == "withdraw":
        declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    elif change == "unaddressed":
        anew(river.bolt, by=cast.ben, signer=cast.ada, addressed_to=[])
    else:
        clock.move_to(dt.datetime(2027, 7, 1, 3, tzinfo=dt.UTC))
    before = said(river.vehicle)
    assert rolls.roll() == 1
    if change == "expired":
        assert said(river.vehicle) == {}, "its own declaration has ended too: no figure is shown as if it held"
        return
    assert said(river.vehicle) == traced(river.vehicle) != before


def test_a_new_day_is_rolled_once(river, clock):
    rolls.roll()
    clock.move_to(dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC))
    assert rolls.roll() == 1
    assert rolls.roll() == 0
    assert Roll.objects.first().verdicts == 0, "a day on which no law changed is no news"


def test_another_process_takes_over_where_the_first_stopped(cast, river):
    """What one worker knows of the fleet it knows from rows: a second one, with nothing in memory, says the same."""
    rolls.roll()
    anew(river.bolt, by=cast.ben, signer=cast.ada, made_in="MX")
    rolls.forget()
    rolls.roll()
    assert said(river.vehicle) == traced(river.vehicle)
    assert Roll.objects.first().verdicts < len(said(river.vehicle)), "what is stored already is not stored again"


def test_what_another_process_rolled_is_taken_up(cast, river):
    rolls.roll()
    mine = rolls._kept
    anew(river.bolt, by=cast.ben, signer=cast.ada, made_in="MX")
    rolls.forget()
    rolls.roll()
    rolls._kept = mine
    anew(river.axle, by=cast.tom, signer=cast.tom, costs={"product": "160", "period": "30"})
    rolls.roll()
    assert said(river.vehicle) == traced(river.vehicle)


def test_a_process_that_starts_takes_the_newest_file_and_what_changed_since(cast, river, monkeypatch):
    rolls.roll()
    anew(river.bolt, by=cast.ben, signer=cast.ada, made_in="MX")
    rolls.forget()
    monkeypatch.setattr(fleets, "read", lambda _on: pytest.fail("the newest file and the ripples since are enough"))
    rolls.roll()
    assert said(river.vehicle) == traced(river.vehicle)


def test_a_restored_database_is_read_anew(river):
    rolls.roll()
    Verdict.objects.all().delete()
    Roll.objects.all().delete()
    rolls.roll()
    assert len(said(river.vehicle)) == len(traced(river.vehicle))


def test_a_loop_stops_only_what_holds_it(cast, river):
    """Acme says its bolt holds Talbot's axle: no figure of the Alder, and every figure of the other car."""
    other = make.part(cast.meridian, "BIRCH-27", description="Birch", hs="8703.23")
    make.signed(
        other,
        by=cast.eve,
        made_in="US",
        hs="8703.23",
        lines=[],
        costs={"net": "15000"},
        vehicle_facts={"class": "light"},
    )
    birch = Vehicle.objects.create(organisation=cast.meridian, part=other, name="Birch", model_year=2027)
    rolls.roll()
    assert said(birch) and said(river.vehicle)
    lines = [{"item": "axle", "quantity": "1", "sources": [{"price": "1", "sourcing": river.axle_to_acme.pk}]}]
    looped = anew(river.bolt, by=cast.ben, signer=cast.ada, lines=lines)
    rolls.roll()
    assert said(river.vehicle) == {} and said(birch)
    anew(looped, by=cast.ben, signer=cast.ada, lines=make.facts(cast.bolt)["lines"])
    rolls.roll()
    assert said(river.vehicle) == traced(river.vehicle)


def test_two_currencies_have_their_own_figures(cast, river):
    from suppliers.models import Rate

    Rate.objects.create(from_currency="USD", to_currency="CAD", rate="1.4", on=TODAY, cite="test")
    other = make.part(cast.orion, "MAPLE", description="Maple", hs="8703.23")
    line = {
        "item": "x",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"how": "imported", "price": "400", "made_in": "JP"}],
    }
    make.signed(other, by=make.person("Nia", cast.orion, "certifier"), made_in="CA", hs="8703.23", currency="CAD", lines=[line],
                costs={"net": "30000"}, vehicle_facts={"class": "light"})  # fmt: skip
    maple = Vehicle.objects.create(organisation=cast.orion, part=other, name="Maple", model_year=2027)
    rolls.roll()
    assert said(maple) == traced(maple)
    assert {row.result["currency"] for row in maple.verdicts.all()} == {"CAD"}


def test_a_large_vehicle_is_rolled_and_not_traced_until_somebody_asks(river, settings):
    settings.TRACE_AT_ONCE = 2
    assert bells.spread() == 0
    river.vehicle.refresh_from_db()
    assert river.vehicle.lines == 4 and said(river.vehicle)
    traces.ask(river.vehicle)
    assert Vehicle.objects.due().get() == river.vehicle


def test_a_large_vehicle_without_figures_is_traced_so_that_it_says_why(cast, river, settings):
    settings.TRACE_AT_ONCE = 2
    bells.spread()
    declarations.withdraw(river.car, by=cast.eve, why="prices changed")
    assert bells.spread() == 1
    assert said(river.vehicle) == {}
    assert "sign what goes into the vehicle" in traces.retrace(river.vehicle.pk).error


def test_a_roll_that_fails_keeps_no_vehicle_from_being_traced(river, monkeypatch):
    def broken(_on):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(fleets, "read", broken)
    assert bells.spread() == 1
    assert Ripple.objects.unrolled().exists(), "it is tried again"


def test_a_fleet_that_lies_on_the_shelf_is_not_read_from_the_database(river, monkeypatch):
    rolls.roll()
    Roll.objects.all().update(on=TODAY - dt.timedelta(days=1))
    rolls.forget()

    def read(_on):
        raise AssertionError("it lies on the shelf")

    monkeypatch.setattr(fleets, "read", read)
    assert rolls.roll() == 1


def test_a_file_of_another_database_is_none(river, monkeypatch):
    """A demo begun anew on the same day has as many rows of everything: only the roll tells that they are others."""
    rolls.roll()
    rolls.forget()
    Verdict.objects.all().delete()
    Roll.objects.all().delete()
    read, times = fleets.read, []
    monkeypatch.setattr(fleets, "read", lambda on: times.append(on) or read(on))
    rolls.roll()
    assert times == [TODAY]
    rolls.forget()
    Roll.objects.all().update(on=TODAY - dt.timedelta(days=1))
    rolls.roll()
    assert times == [TODAY], "the file was written anew, for this database"
