"""The same car under every rulebook: a row for each answer, and only reasons that stand in the two results."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from suppliers.actions import declarations
from suppliers.models import Sourcing
from tests import make, worlds
from tracing import boards, comparisons, disclosure, pairs, rulebooks, sides
from tracing.actions import traces
from tracing.models import Vehicle


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    return worlds.traced(cast)


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


# ---- two sides beside each other ----


def day(text):
    return dt.date.fromisoformat(text)


def own_car(cast, river, *, radio="184.23", seat="900", net=None, axle="420"):
    """The car again, as its maker declares it anew: an axle that is answered, a seat that nobody answers, an own import."""
    silent = Sourcing.objects.filter(buyer_part__number="5Q0-881").first() or make.sourcing(
        make.part(cast.dorado, "DF-SEAT", hs="9401.20"), make.part(cast.meridian, "5Q0-881", description="Front seat", hs="9401.20"),
        by_seller=cast.dora, by_buyer=cast.ed,
    )  # fmt: skip
    lines = [
        {"item": "5Q0-500", "hs": "8708.50", "quantity": "1", "sources": [{"price": axle, "sourcing": cast.axle_to_meridian.pk}]},
        {"item": "5Q0-881", "hs": "9401.20", "quantity": "2", "sources": [{"price": seat, "sourcing": silent.pk}]},
        {"item": "5Q0-035", "hs": "8527.21", "quantity": "1",
         "sources": [{"how": "imported", "price": radio, "made_in": "KR", "seller_name": "Taejin", "title": "importation"}]},
    ]  # fmt: skip
    costs = {"net": net} if net else {"product": "2000", "period": "500"}
    newer = declarations.supersede(river.car, by=cast.ed, lines=lines, costs=costs)
    river.car = declarations.sign(
        newer, by=cast.eve, name="Eve Novak", title="Vice president", shown=declarations.shown(newer)
    )
    return traced(river)


def traced(river):
    traces.spread()
    traces.mark([river.vehicle.pk])
    return traces.retrace(river.vehicle.pk)


def both(river, law="usmca", other="usmca", a=None, b=None):
    return [sides.side(river.vehicle, one, on, today=day("2026-11-25")) for one, on in ((law, a), (other, b))]


def test_the_same_side_twice_differs_in_nothing(cast, river):
    own_car(cast, river)
    for law in ("usmca", "nafta", "us-2017~total", "us-2017~actual", "aala"):
        a, b = both(river, law, law)
        assert pairs.differences(a, b) == [] and all(
            row["moved"] == "0 at worst, 0 at best" for row in pairs.tests(a, b) if row["moved"]
        )
        for row in pairs.sums(a, b):
            assert (row["whole"], row["own"], row["left"]) == ("0", "0", "−1.0 to +1.0")


def test_own_entries_and_the_answers_make_up_the_whole_difference(cast, river, clock):
    """What own entries explain and the exact change inside the answers add up to the exact difference, on every law that divides net cost."""
    own_car(cast, river)
    clock.shift(dt.timedelta(days=1))
    own_car(cast, river, radio="260", seat="700", axle="440")
    for law in ("usmca", "nafta", "us-2017~total"):
        a, b = both(river, law, law, a=day("2026-11-24"))
        assert a.day == day("2026-11-24") and b.day == day("2026-11-25") and a.net != b.net
        exact = []
        for one, on in ((a, "2026-11-24"), (b, "2026-11-25")):
            outcome = (
                river.vehicle.traces.filter(on=on)
                .first()
                .outcomes.get(rulebook=law.partition("~")[0], reading=law.partition("~")[2])
            )
            answered = [row for row in outcome.result["parts"] if row["declaration"]]
            inside = sum((Decimal(row["counted"]["worst"]) for row in answered), Decimal(0))
            exact.append((Decimal(outcome.result["tests"][0]["worst"]), 100 * inside / one.net))
        worst = pairs.sums(a, b)[0]
        left = exact[1][0] - exact[0][0] - Decimal(worst["own"].replace("−", "-"))
        assert abs(left - (exact[0][1] - exact[1][1])) <= Decimal("0.01"), law
        low, high = (Decimal(text.replace("−", "-")) for text in worst["left"].split(" to "))
        assert low - Decimal("0.05") <= left <= high + Decimal("0.05") and high - low == 2


def test_prices_sellers_and_answers_that_changed_are_named(cast, river, clock, sign_in):
    own_car(cast, river)
    clock.shift(dt.timedelta(days=1))
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    own_car(cast, river, radio="260")
    client = sign_in(cast.ed)
    page = client.get(address(river), {"a": ["usmca", "2026-11-24"], "b": "usmca"}).content.decode()
    assert "Alder: 24 Nov 2026 beside 25 Nov 2026" in page and "2 parts differ" in page
    assert "Price 184.23 in A, 260.00 in B" in page and "nobody answers in B" in page
    assert "Acme" not in page and "AB-M12" not in page
    file = client.get(address(river), {"a": ["usmca", "2026-11-24"], "b": "usmca", "format": "csv"}).content.decode()
    assert "Rear axle" in file and "whole difference" in file and "by your own entries" in file


def test_the_choice_stands_in_the_address(cast, river, clock, sign_in):
    own_car(cast, river)
    clock.shift(dt.timedelta(days=1))
    own_car(cast, river, seat="300")
    page = (
        sign_in(cast.ed).get(address(river), {"a": ["nafta", "2026-11-24", ""], "b": "us-2017~total"}).content.decode()
    )
    assert '<option value="nafta" selected>' in page and '<option value="2026-11-24" selected>' in page
    assert '<option value="us-2017~total" selected>' in page and "Alder: NAFTA, 24 Nov 2026 beside" in page


def test_two_plants_of_one_programme(cast, river, sign_in):
    """Another vehicle of the same programme may be chosen; another automaker's is not there."""
    own_car(cast, river)
    part = make.part(cast.meridian, "ALDER-27-S", hs="8703.23")
    line = {
        "item": "5Q0-500",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"price": "455", "sourcing": cast.axle_to_meridian.pk}],
    }
    make.signed(part, by=cast.eve, made_in="MX", hs="8703.23", lines=[line], costs={"net": "21000"},
                vehicle_facts={"class": "light", "model_line": "Alder"})  # fmt: skip
    newer = declarations.supersede(river.car, by=cast.ed, vehicle_facts={"class": "light", "model_line": "Alder"})
    declarations.sign(newer, by=cast.eve, name="Eve Novak", title="Vice president", shown=declarations.shown(newer))
    other = Vehicle.objects.create(organisation=cast.meridian, part=part, name="Alder South", model_year=2027)
    alien = Vehicle.objects.create(
        organisation=cast.orion, part=make.part(cast.orion, "OR-1", hs="8703.23"), name="Strange", model_year=2027
    )
    for one in (river.vehicle, other):
        traces.mark([one.pk])
        traces.retrace(one.pk)
    client = sign_in(cast.ed)
    page = client.get(address(river), {"a": "usmca", "b": ["usmca", str(other.pk)]}).content.decode()
    assert "Alder beside Alder South" in page and f'<option value="{other.pk}" selected>' in page
    assert "Price 420.00 in A, 455.00 in B" in page and "Only in A" in page and "Strange" not in page
    assert client.get(address(river), {"a": "usmca", "b": str(alien.pk)}).status_code == 404


def test_a_day_before_the_first_trace_and_a_law_of_another_base_say_so(cast, river, sign_in):
    client = sign_in(cast.ed)
    page = client.get(address(river), {"a": ["usmca", "2020-01-01"], "b": "usmca"}).content.decode()
    assert "The Alder was not traced by then." in page
    page = client.get(address(river), {"a": "aala", "b": "usmca"}).content.decode()
    assert "Points can be added up where both laws measure regional value" in page
    for odd in ("<script>", "2026-99-99", "nonsense", "00000000"):
        assert client.get(address(river), {"a": odd}).status_code == 200


def test_looking_at_one_law_alone_does_not_lose_the_net_cost(cast, river):
    """The net cost of a side is the vehicle's, though only one law's outcome was fetched for it."""
    trace = own_car(cast, river)
    a, b = both(river, "usmca", "nafta")
    assert a.net == b.net == disclosure.own_net_cost(trace) > 0


def test_a_day_to_come_and_a_vehicle_never_traced_are_told_by_the_roll(cast, river, roll, sign_in, settings):
    """A side without a trace has tests and no parts; what a day to come says is what the fleet was rolled for."""
    from tracing.actions import days

    settings.TRACE_AT_ONCE = 1
    roll()
    coming = day("2027-01-01")
    days.roll(coming)
    client = sign_in(cast.ed)
    page = client.get(address(river), {"a": "usmca", "b": ["usmca", coming.isoformat()]}).content.decode()
    assert "Alder: 24 Nov 2026 beside 1 Jan 2027" in page and "B is by the fleet’s roll: tests only." in page
    assert (
        "Parts are not known of a side by the fleet’s roll" in page and '<option value="2027-01-01" selected>' in page
    )
    assert "By your own imports and what nobody answers" not in page
    unknown = client.get(address(river), {"a": "usmca", "b": ["usmca", "2027-03-03"]}).content.decode()
    assert "That day was not rolled: choose it on the board first." in unknown
    a = sides.by_roll(river.vehicle, "usmca", None, today=day("2026-11-24"))
    traced_side = sides.side(river.vehicle, "usmca", None, today=day("2026-11-24"))
    assert a.rolled and not traced_side.rolled
    assert [(row["worst"], row["best"]) for row in a.face["ran"]] == [
        (row["worst"], row["best"]) for row in traced_side.face["ran"]
    ]


def test_a_vehicle_by_the_roll_compares_its_laws(cast, roll, sign_in, settings):
    settings.TRACE_AT_ONCE = 1
    made = make.river(cast)
    roll()
    page = sign_in(cast.ed).get(address(made), {"a": "usmca", "b": "nafta"}).content.decode()
    assert "Alder: USMCA beside NAFTA" in page and "Both sides are by the fleet’s roll: tests only." in page
