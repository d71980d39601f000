"""From signatures to traces: marked, computed, stored once, and right at the end."""

import datetime as dt

import pytest

from suppliers.actions import declarations, parts
from suppliers.models import Ripple
from tests import make, worlds
from tracing import rulebooks
from tracing.actions import traces
from tracing.models import Outcome, Trace, Vehicle
from tracing.snapshots import take

TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    """The bell is another test's; here every step is called by hand, and nothing needs to settle."""
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    return worlds.river(cast)


def run(vehicle):
    traces.spread()
    vehicle.refresh_from_db()
    return traces.retrace(vehicle.pk)


def test_the_river_flows_from_bolt_to_vehicle(river):
    trace = run(river.vehicle)
    assert trace.error == "" and trace.number == 1
    rows = {(row.rulebook, row.reading) for row in trace.outcomes.all()}
    assert rows == {(name, one.name) for name in rulebooks.ids() for one in rulebooks.rulebook(name).readings()}
    assert set(trace.declarations) == {"acme-bolts/AB-M12", "meridian-motors/ALDER-27", "talbot-axles/TA-400"}
    assert not Ripple.objects.due().exists()
    assert Vehicle.objects.get(pk=river.vehicle.pk).due_mark is None


def test_ada_changes_the_verdict_of_the_vehicle(cast, river):
    before = run(river.vehicle).outcomes.get(rulebook="us-2017", reading="total")
    declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    after = run(river.vehicle).outcomes.get(rulebook="us-2017", reading="total")
    assert (before.gaps, after.gaps) == (0, 1)
    gap = after.open_gaps.get()
    assert (gap.asker, gap.seller, gap.direct) == (cast.talbot, cast.acme, False)
    assert float(after.worst) < float(before.worst) and float(after.best) > float(before.worst)


def test_the_same_facts_store_nothing(river):
    first = run(river.vehicle)
    traces.mark([river.vehicle.pk])
    assert run(river.vehicle) == first
    assert Trace.objects.count() == 1


def test_a_state_that_returns_is_the_newest_again(cast, river):
    first = run(river.vehicle)
    again = declarations.supersede(river.bolt, by=cast.ben, made_in="MX")
    again = declarations.sign(again, by=cast.ada, name="Ada", title="QM", shown=declarations.shown(again))
    second = run(river.vehicle)
    back = declarations.supersede(again, by=cast.ben, made_in="US")
    declarations.sign(back, by=cast.ada, name="Ada", title="QM", shown=declarations.shown(back))
    third = run(river.vehicle)
    assert first.digest == third.digest != second.digest
    assert traces.current(river.vehicle) == third
    fresh = traces.digest_of(take([river.vehicle], TODAY)[0])
    assert third.digest == fresh


def test_a_mark_made_meanwhile_is_kept(river, monkeypatch):
    traces.spread()
    plain = traces.take

    def interrupted(vehicles, on):
        traces.mark([river.vehicle.pk])
        return plain(vehicles, on)

    monkeypatch.setattr(traces, "take", interrupted)
    traces.retrace(river.vehicle.pk)
    assert Vehicle.objects.due().count() == 1


def test_an_answer_counts_only_for_whom_it_is_addressed(cast, river):
    other = declarations.supersede(river.bolt, by=cast.ben, addressed_to=[])
    declarations.sign(other, by=cast.ada, name="Ada", title="QM", shown=declarations.shown(other))
    outcome = run(river.vehicle).outcomes.get(rulebook="us-2017", reading="total")
    assert outcome.gaps == 1


def test_a_sale_that_one_side_has_not_confirmed_carries_nothing(cast):
    river = make.river(cast, confirm_bolt=False)
    assert run(river.vehicle).outcomes.get(rulebook="us-2017", reading="total").gaps == 1
    parts.confirm(river.bolt_sale, by=cast.ada)
    assert run(river.vehicle).outcomes.get(rulebook="us-2017", reading="total").gaps == 0


def test_a_loop_is_named_in_the_trace(cast, river):
    looped = declarations.supersede(river.bolt, by=cast.ben, lines=[
        {"item": "axle", "quantity": "1", "sources": [{"price": "1", "sourcing": river.axle_to_acme.pk}]}
    ])  # fmt: skip
    declarations.sign(looped, by=cast.ada, name="Ada", title="QM", shown=declarations.shown(looped))
    trace = run(river.vehicle)
    assert "contain each other" in trace.error and "acme-bolts/AB-M12" in trace.error
    assert not trace.outcomes.exists()


def test_a_vehicle_without_a_declaration_says_so(cast, river):
    declarations.withdraw(river.car, by=cast.eve, why="prices changed")
    assert "sign what goes into the vehicle" in run(river.vehicle).error


def test_a_day_changes_what_is_in_force(river, clock):
    run(river.vehicle)
    clock.move_to(dt.datetime(2027, 7, 1, 3, tzinfo=dt.UTC))
    traces.daily()
    trace = traces.retrace(river.vehicle.pk)
    assert trace.on == dt.date(2027, 7, 1) and "No declaration" in trace.error
    count = Ripple.objects.count()
    traces.daily()
    assert Ripple.objects.count() == count, "once a day"


def test_factor_and_share_reach_the_dossier(cast, river):
    body = take([river.vehicle], TODAY)[0].dossier["declarations"]["talbot-axles/TA-400"]["body"]
    assert body[0]["sources"][0]["declaration"] == "acme-bolts/AB-M12"
    assert body[0]["qty"] == "8"


def test_a_buyer_who_counts_hundreds_is_understood(cast):
    from suppliers.models import Sourcing

    Sourcing.objects.filter(pk=cast.bolt_to_talbot.pk).update(factor=100)
    river = make.river(cast)
    snapshot = take([river.vehicle], TODAY)[0]
    source = snapshot.dossier["declarations"]["talbot-axles/TA-400"]["body"][0]["sources"][0]
    assert source["factor"] == "100"
    content = run(river.vehicle).outcomes.get(rulebook="us-2017", reading="total").result["amounts"]["content"]
    # 8 hundreds of bolts, each bolt 0.11 kg of Korean wire at 0.31
    assert content["KR"] == "27.28"


def test_outcomes_keep_the_whole_answer(river):
    outcome = Outcome.objects.get(trace=run(river.vehicle), rulebook="nafta")
    assert outcome.hypothetical and outcome.result["tests"][0]["threshold"] == "62.5"
    assert outcome.verdict == "pass"
