"""The bench: its graphs, its world on the real tables, every way to the same figures, and the command that prints them."""

import datetime as dt
import io
import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from suppliers import guards
from suppliers.models import Declaration, Line, Organisation, Source, Sourcing
from tests import make
from tracing.actions import rolls
from tracing.bench import (
    bars,
    chart,
    graphs,
    kernel,
    latency,
    laws,
    measure,
    own,
    place,
    pour,
    reads,
    rounds,
    rows,
    ways,
    world,
)
from tracing.bench.graphs import ASSEMBLY, BLEND, LEAF, UNIT, VEHICLE
from tracing.models import Roll, Vehicle, Verdict

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def laid(db):
    """A world of a thousand lines from our own generator, so that it is the same on every machine."""
    return world.fill(1_000, graph=graphs.graph(1_000, shared=None))


# ---- graphs


@pytest.mark.parametrize("size", [300, 1_000, 20_000])
def test_our_own_generator_draws_a_supply_without_loops(size):
    drawn = graphs.graph(size, shared=None)
    assert drawn.digest == graphs.graph(size, shared=None).digest != graphs.graph(size, seed=2, shared=None).digest
    assert 0.6 * size < len(drawn.parent) < 1.4 * size
    assert 8 <= drawn.heights[drawn.vehicles].max() <= 11
    inputs, uses = (np.bincount(column, minlength=drawn.count) for column in (drawn.parent, drawn.child))
    assert ((inputs > 0) == (drawn.kind != LEAF)).all()
    assert ((uses == 0) == (drawn.kind == VEHICLE)).all()
    assert uses.max() > 0.3 * (drawn.kind <= ASSEMBLY).sum() > 5 * np.median(uses)
    sold = drawn.kind[drawn.parent] == BLEND
    shares = np.bincount(drawn.parent[sold], weights=drawn.weight[sold], minlength=drawn.count)
    assert set(shares[drawn.kind == BLEND]) == {UNIT}
    assert (drawn.weight > 0).all() and (drawn.weight[sold] % 100 == 0).all()
    assert ((drawn.foreign >= 0) & (drawn.foreign <= drawn.own)).all() and (drawn.own[drawn.kind == BLEND] == 0).all()


def test_more_vehicles_are_trims_of_those_there_are():
    few, many = graphs.graph(1_000, shared=None), graphs.graph(1_000, shared=None, vehicles=30)
    assert len(few.vehicles) < 30 == len(many.vehicles)
    assert (np.bincount(many.parent, minlength=many.count)[many.vehicles] > 0).all()


def test_a_loop_is_no_supply():
    with pytest.raises(graphs.Loop):
        graphs.heights(np.array([0, 1, 2]), np.array([1, 2, 0]), 3)


# ---- the world


def test_a_world_needs_an_empty_database(db):
    make.organisation("Somebody")
    with pytest.raises(world.Inhabited):
        world.fill(1_000)
    assert Organisation.objects.count() == 1


@pytest.mark.slow
def test_a_world_stands_on_the_real_tables(laid):
    assert guards.missing() == []
    assert Line.objects.count() == laid.lines == laid.rows["Line"]
    assert Source.objects.count() == laid.sources > laid.lines
    assert Vehicle.objects.count() == laid.vehicles
    assert {"bought", "imported", "made"} == set(Source.objects.order_by().values_list("how", flat=True))
    assert 0.7 < laid.answered < 0.95
    assert Declaration.objects.in_force(on=DAY).count() < Declaration.objects.count()
    assert Sourcing.objects.confirmed().count() < Sourcing.objects.count()
    for row in Declaration.objects.all()[:40]:
        row.full_clean()
    connection.check_constraints()
    signed = Declaration.objects.first().pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.filter(pk=signed).update(price=1)


@pytest.mark.slow
def test_shares_of_every_line_add_up_to_one(laid):
    total = {}
    for line, one, of in Source.objects.values_list("line", "share_numerator", "share_denominator"):
        total[line] = total.get(line, 0) + Fraction(one, of)
    assert set(total.values()) == {1} and len(total) == laid.lines


def test_columns_that_are_no_columns_are_refused(db):
    with pytest.raises(KeyError, match="colour"):
        pour.pour(connection, Organisation, 1, {"colour": "red"})
    with pytest.raises(KeyError, match="has to be given"):
        pour.pour(connection, Line, 1, {"position": "1"})


@pytest.mark.slow
def test_every_table_that_is_filled_is_listed(laid):
    assert set(laid.rows) == {model.__name__ for model in rows.MODELS}


# ---- the ways


def told(laid):
    """The figures by the rows' own relations, exact and one step at a time: what every way has to say."""
    rows = Declaration.objects.in_force(on=DAY).select_related("costs")
    rows = rows.prefetch_related("own_values", "addressees", "lines__sources__sourcing")
    answers = {row.part_id: row for row in rows}
    confirmed = set(Sourcing.objects.confirmed().in_force(on=DAY).values_list("pk", flat=True))
    known = {}

    def away(country, amount):
        return Fraction(0) if country in reads.REGION else amount

    def worth(row):
        if row.pk not in known:
            price = Fraction(row.price)
            costs = getattr(row, "costs", None)
            value = (
                sum((Fraction(getattr(costs, name)) for name in ("product", "period", "other")), Fraction(0))
                if costs
                else price
            )
            said = [(one.country.code, Fraction(one.amount)) for one in row.own_values.all()]
            foreign = sum((away(*one) for one in said), Fraction(0))
            foreign += away(row.made_in.code, value - sum((amount for _, amount in said), Fraction(0)))
            inputs = [below(source) for line in row.lines.all() for source in line.sources.all()]
            known[row.pk] = tuple(
                mine
                + Fraction((sum((one[k] for one in inputs), Fraction(0)) * 10**6 + Fraction(1, 2)).__floor__(), 10**6)
                for k, mine in enumerate((value, foreign))
            )
        return known[row.pk]

    def below(source):
        times = Fraction(source.line.quantity) * Fraction(source.share_numerator, source.share_denominator)
        answer = answers.get(source.made_part_id)
        if source.sourcing_id in confirmed:
            answer = answers.get(source.sourcing.seller_part_id)
            if answer and source.sourcing.buyer_id not in {one.organisation_id for one in answer.addressees.all()}:
                answer = None
        if answer:
            return tuple(times * amount for amount in worth(answer))
        price = Fraction(source.price or 0)
        return times * price, times * away(source.made_in.code, price)

    return {
        part: tuple(int(amount * 10**6) for amount in worth(answers[part]))
        for part in Vehicle.objects.values_list("part_id", flat=True)
    }


@pytest.mark.slow
def test_every_way_gives_the_figures_that_the_rows_tell(laid):
    figures = told(laid)
    arrays = reads.rowwise()
    assert len(arrays.parent) == laid.sources and len(figures) == laid.vehicles
    assert ways.good_django() == figures
    assert ways.sql_by_level(ways.low_level_codes(arrays)) == figures
    for part, pair in ways.recursive_query().items():
        assert pair == pytest.approx(figures[part], abs=ways.BOUND * figures[part][0])
    for read in (arrays, reads.by_orm(), own.arrays(), own.two_figures(own.load())):
        built = ways.layers(read)
        assert read.figures(ways.by_numpy(built, read.own)[read.goods]) == figures
        plain = ways.by_python(ways.lists(read), read.own.T.tolist())
        assert read.figures(np.array(plain, np.int64).T[read.goods]) == figures
        fleet = own.build(read)
        mine = own.placed(fleet, read.own)
        values = own.roll(fleet, mine)
        assert read.figures(values[fleet.goods]) == figures
        assert np.array_equal(kernel.Reference(fleet).run(mine), values)
        leaf = int(fleet.place[np.flatnonzero(read.heights == 0)[0]])
        mine[leaf] += 1_000_000
        own.again(fleet, mine, values, np.array([leaf], np.int32))
        assert leaf in own.above(fleet, [leaf]) and np.array_equal(values, own.roll(fleet, mine))
        if ways.has_scipy():
            assert read.figures(ways.by_scipy(ways.matrices(read), read.own)[read.goods]) == figures


def test_everything_in_one_file_is_everything(laid, tmp_path):
    read = own.load()
    own.keep(read, tmp_path)
    kept = own.kept(read, tmp_path)
    assert kept.standing == read.standing
    for name in ("asker", "child", "qty", "price", "goods"):
        assert np.array_equal(getattr(kept.facts, name), getattr(read.facts, name))


# ---- rounds, table, picture


def test_what_no_longer_fits_sits_out():
    dear, cheap = rounds.Way("roll", "dear", lambda: None), rounds.Way("roll", "cheap", lambda: None)
    dear.seconds, cheap.seconds = [60.0], [0.001]
    assert rounds._fitting([dear, cheap], 10) == [cheap]
    assert rounds._fitting([dear, cheap], 100) == [dear, cheap]


def test_a_wrong_answer_counts_for_nothing():
    def check(answer):
        measure._agree(answer, {"part": (1, 0)})

    with pytest.raises(measure.Differs):
        rounds.interleave([rounds.Way("roll", "wrong", lambda: {"part": (2, 0)}, check=check)], 3, 1)


def test_sizes_are_written_as_people_write_them():
    assert [measure.count(size) for size in ("10k", "1M", "250")] == [10_000, 1_000_000, 250]
    for wrong in ("", "k", "10 k", "ten", "0", "-1k"):
        with pytest.raises(ValueError, match="is no size"):
            measure.count(wrong)


def test_the_picture_has_a_line_for_each_way_and_no_two_labels_on_each_other():
    found = [
        rounds.Row(size, measure.WHOLE, way, lines / 1e6 * dear, 1, 1, 1, lines=lines)
        for size, lines in (("10k", 10_000), ("1M", 1_000_000))
        for way, dear in (("ours", 1), ("SQL <by> level", 1.01), ("recursive CTE", 30))
    ]
    drawn = chart.chart(found, measure.WHOLE, "Cost & size")
    tree = ET.fromstring(drawn)  # noqa: S314  what we wrote ourselves
    texts = {node.text: float(node.get("y")) for node in tree.iter("{http://www.w3.org/2000/svg}text")}
    labels = sorted(texts[name] for name in ("ours", "SQL <by> level", "recursive CTE"))
    assert min(b - a for a, b in pairwise(labels)) >= chart.GAP
    assert "prefers-color-scheme: dark" in drawn and "10k" in texts and "1 s" in texts
    with pytest.raises(ValueError, match="nothing was measured"):
        chart.chart(found, "store", "Nothing")


@pytest.fixture
def no_children(monkeypatch):
    """Memory is measured in processes of their own, which is slow to start: here one number stands for it."""
    monkeypatch.setattr(rounds, "peak", lambda name: 2**27)


@pytest.mark.slow
def test_the_command_prints_every_row_and_touches_nothing_else(db, tmp_path, no_children):
    make.organisation("Somebody")
    configured = connection.settings_dict["NAME"]
    table, picture, out = tmp_path / "bench.md", tmp_path / "bench.svg", io.StringIO()
    call_command("bench", size="300", rounds=2, seconds=5, markdown=str(table), svg=str(picture), stdout=out)
    printed = out.getvalue()
    for step in (*measure.ORDER, rounds.MEMORY):
        assert f"{step}, 300" in printed and f"| 300 | {step} |" in table.read_text()
    for way in ("ours", "good Django", "SQL by level", "recursive CTE", "plain Python integers", "ORM values_list"):
        assert f"  {way} " in printed
    assert "<svg" in picture.read_text()
    assert list(Organisation.objects.values_list("name", flat=True)) == ["Somebody"]
    assert connection.settings_dict["NAME"] == configured


def test_the_command_says_what_is_no_size():
    with pytest.raises(CommandError, match="is no size"):
        call_command("bench", size="many")


def test_a_bar_is_met_missed_or_not_measured():
    def row(way, amount, step=measure.LOAD):
        return rounds.Row("1M", step, way, amount, 1, 1, 1, lines=1_000_000)

    told = bars.told([row(measure.PACKED, 1.0), row(bars.COPY, 2.0), row("ORM values_list", 1.5)])
    said = {line.split(": ", 1)[1].rpartition(":")[0] or line: line.split()[0] for line in told}
    assert said[f"{measure.LOAD}: {measure.PACKED} ≤ 0.85 × {bars.COPY}"] == "met"
    assert said[f"{measure.LOAD}: {measure.PACKED} ≤ 0.5 × ORM values_list"] == "missed"
    assert sum(line.startswith("not measured") for line in told) == len(told) - 2 > 5
    assert bars.told([rounds.Row("1k", measure.LOAD, measure.PACKED, 1.0, 1, 1, 1, lines=1_000)]) == []


def test_only_where_a_worker_and_a_broker_are_real_is_latency_measured(db, monkeypatch):
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "memory://localhost")
    with pytest.raises(latency.Unfit, match="Redis"):
        latency.measure("1k", 4, 1, 1, print)


@pytest.mark.slow
def test_the_passes_of_every_law_are_measured_on_a_database_of_their_own(db):
    shelf = settings.FLEET_DIR
    with place.own_database():
        laid = world.fill(300)
        assert shelf != settings.FLEET_DIR
        laying = measure.Laying(reads.rowwise())
        found = laws.measured("300", laid.sources, 2, laying, lambda line: None)
        assert {row.step for row in found} == {laws.FIRST, laws.SWEPT, laws.A_COLUMN, laws.CHANGED}
        assert all(row.amount >= 0 for row in found)
        assert Roll.objects.count() == 1 and Verdict.objects.values("vehicle").distinct().count() == laid.vehicles
        assert sum(own.width(one) for one in own.passes(own.rolled())) > 32
    assert shelf == settings.FLEET_DIR and rolls._kept is None


@pytest.mark.slow
def test_memory_is_measured_in_a_process_of_its_own(db):
    with place.own_database():
        world.fill(300)
        assert 2**24 < rounds.peak("start") <= rounds.peak("ours") * 1.2
