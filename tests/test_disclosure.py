"""Who sees which number: figures below a supplier are searched for on every page, in every form, for every reader."""

import datetime as dt
import json
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from suppliers.actions import declarations
from tests import make, worlds
from tracing import boards, derivations, disclosure, rulebooks, vehicletables, whys
from tracing.actions import traces
from tracing.engine.result import FAIL, OPEN, PASS
from tracing.models import Outcome, Said, Vehicle, Verdict

WIRE = "0.318407"  # Ada's wire: nobody but Ada may ever read it
ZINC = "0.027193"
OWN = {"product": "0.413906", "period": "0.071522"}
BODY = [WIRE, ZINC, *OWN.values()]
NAMES = ["Hanbit Wire", "Zinkwerk Lahn", "WR-CANARY", "ZN-CANARY"]
BOLT_PRICE = "1.296358"  # what Tom pays Ada: theirs, not the automaker's
TOMS = [BOLT_PRICE, "61.527", "37.184", "150.77"]
EDS_OWN = {"184.23", "1,984.23", "2,404.23"}  # sums of prices he pays: his own facts
LAWS = ["usmca", "nafta", "us-2017~total", "us-2017~actual", "us-2017~required"]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


def import_line(item, hs, price, country, seller, quantity="1"):
    source = {"how": "imported", "price": price, "made_in": country, "seller_name": seller, "title": "importation"}
    return {"item": item, "hs": hs, "quantity": quantity, "unit": "kg", "sources": [source]}


def bolt_lines(wire=WIRE):
    return [
        import_line("WR-CANARY", "7217.10", wire, "KR", "Hanbit Wire"),
        import_line("ZN-CANARY", "7901.11", ZINC, "DE", "Zinkwerk Lahn"),
    ]


@pytest.fixture
def river(cast):
    return worlds.laid("canaries", lambda: laid(cast), cast.acme.pk)


def laid(cast):
    """Ada's bolt with a body of canaries, Tom's axle of bolts and a silent part, Ed's car of the axle and a silent seat."""
    made = make.SimpleNamespace()
    made.bolt = make.signed(
        cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], costs=OWN,
        lines=bolt_lines(),
    )  # fmt: skip
    silent = make.sourcing(make.part(cast.dorado, "DF-88", hs="8482.10"), make.part(cast.talbot, "17-0088", hs="8482.10"),
                           by_seller=cast.dora, by_buyer=cast.tom)  # fmt: skip
    make.sourcing(cast.axle, make.part(cast.orion, "OR-500", hs="8708.50"), by_seller=cast.tom, by_buyer=cast.gus)
    lines = [
        {
            "item": "17-0012",
            "hs": "7318.15",
            "quantity": "8",
            "sources": [{"price": BOLT_PRICE, "sourcing": cast.bolt_to_talbot.pk}],
        },
        {"item": "17-0088", "hs": "8482.10", "quantity": "2", "sources": [{"price": "37.184", "sourcing": silent.pk}]},
        import_line("HSG-1", "7325.99", "61.527", "BR", "Fundicao Sul"),
    ]
    made.axle = make.signed(
        cast.axle,
        by=cast.tom,
        to=[cast.meridian, cast.orion],
        made_in="MX",
        lines=lines,
        costs={"product": "150.77", "period": "30.31"},
    )
    seat = make.sourcing(make.part(cast.dorado, "DF-SEAT", hs="9401.20"), make.part(cast.meridian, "5Q0-881", description="Front seat",
                         hs="9401.20"), by_seller=cast.dora, by_buyer=cast.ed)  # fmt: skip
    made.seat = seat
    car = [
        {
            "item": "5Q0-500",
            "hs": "8708.50",
            "quantity": "1",
            "sources": [{"price": "420", "sourcing": cast.axle_to_meridian.pk}],
        },
        {"item": "5Q0-881", "hs": "9401.20", "quantity": "2", "sources": [{"price": "900", "sourcing": seat.pk}]},
        import_line("5Q0-035", "8527.21", "184.23", "KR", "Taejin Electronics"),
    ]
    made.car = make.signed(
        cast.car,
        by=cast.eve,
        made_in="US",
        hs="8703.23",
        lines=car,
        costs={"net": "5000"},
        vehicle_facts={"class": "light"},
    )
    made.vehicle = Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)
    run(made.vehicle)
    return made


def run(vehicle):
    traces.spread()
    traces.mark([vehicle.pk])
    return traces.retrace(vehicle.pk)


def addresses(vehicle):
    """Every page of the automaker about this vehicle, every law, every number's steps, every format."""
    detail, found = reverse("tracing:vehicle-detail", args=[vehicle.pk]), []
    found += [
        reverse("tracing:vehicle-list"),
        reverse("tracing:vehicle-list") + "?format=csv",
        reverse("tracing:vehicle-progress"),
    ]
    found += [f"{detail}?law={law}{more}" for law in LAWS for more in ("", "&format=csv")]
    found += [
        reverse("tracing:vehicle-ask", args=[vehicle.pk]),
        *(reverse("tracing:gap-list") + f"?law={law}" for law in rulebooks.ids()),
    ]
    duties = reverse("compliance:duty-list")
    found += [duties, f"{duties}?format=csv", reverse("compliance:duty-detail", args=[vehicle.pk])]
    line = boards.rows([vehicle])[0]
    found += [
        f"{detail}?why={row['test']['key']}.{bound}"
        for row in boards.tests(line["faces"])
        for bound in disclosure.BOUNDS
    ]
    parts = [part["key"] for part in disclosure.part_faces(line["trace"].outcomes.first())]
    found += [f"{detail}?law={law}&why={key}" for law in LAWS[:3] for key in parts]
    found += [f"{detail}?why={row['test']['key']}.margin" for row in boards.tests(line["faces"])]
    found += [f"{detail}?law={law}&why=gap.{key.removeprefix('part.')}" for law in LAWS[:3] for key in parts]
    found += [f"{detail}?law=aala&why=label.{name}" for name in whys.LABEL]
    found += [f"{detail}?law={law}&table={name}&format=csv" for law in LAWS for name in vehicletables.TABLES]
    compare = reverse("tracing:vehicle-compare", args=[vehicle.pk])
    found += [f"{compare}?a={law}&b={LAWS[0]}{more}" for law in LAWS for more in ("", "&format=csv", "&a=2026-11-24")]
    proof = reverse("tracing:vehicle-determinations", args=[vehicle.pk])
    api = [proof, f"{proof}?format=csv", reverse("api:vehicle-list"), reverse("api:vehicle-detail", args=[vehicle.pk])]
    return found + api + [reverse("api:gap-list", args=[face["id"]]) for face in line["faces"]]


def forms(figure):
    """The ways a figure might be printed: whole, in cents, grouped, with a comma, in thousandths, per hundred."""
    value = Decimal(figure)
    texts = {figure, figure.rstrip("0"), f"{value:.5f}", f"{value:.4f}", f"{value:.3f}"}
    texts |= {text.replace(".", ",") for text in texts} | {f"{value * 100:.4f}", f"{value * 1000:.3f}"}
    return {text for text in texts if len(text.replace(".", "").lstrip("0")) >= 3}


def told(response):
    """A page without the tokens that differ on every request, and without the address under which an outcome is reviewed."""
    return re.sub(
        r'name="(csrfmiddlewaretoken|token)" value="[\w-]+"|/outcomes/[0-9a-f-]{36}/', "", response.content.decode()
    )


def leaks(text, figures=BODY, words=NAMES):
    return [form for figure in figures for form in forms(figure) if form in text] + [
        word for word in words if word in text
    ]


def derived(outcome):
    """Exact figures that would give a supplier's body away: content, counted amounts and totals, to the cent."""
    found = set()
    for part in outcome.result["parts"]:
        if part["declaration"]:
            found |= set(part["content"].values())
            found |= {value for value in part["counted"].values() if Decimal(value) != Decimal(part["value"])}
    for test in outcome.result["tests"]:
        found |= {test[bound] for bound in disclosure.BOUNDS}
    found |= {
        value
        for key, value in outcome.result["amounts"].items()
        if key.startswith(("vnm", "regional", "us", "untraced"))
    }
    shown = {
        f"{Decimal(value):,.2f}" for value in found if value and Decimal(value) != Decimal(value).to_integral_value()
    }
    return shown - EDS_OWN


def test_no_page_of_the_automaker_holds_a_figure_from_below(cast, river, sign_in):
    client = sign_in(cast.ed)
    exact = set().union(*(derived(row) for row in Outcome.objects.all()))
    trace = traces.current(river.vehicle)
    digests = {trace.digest, *trace.outcomes.values_list("digest", flat=True)}
    assert len(exact) > 10
    for address in addresses(river.vehicle):
        response = client.get(address)
        assert response.status_code == 200, address
        text = response.content.decode()
        assert leaks(text, [*BODY, *TOMS], [*NAMES, "17-0012", "17-0088", "HSG-1", "Acme"]) == [], address
        assert [figure for figure in exact if figure in text] == [], address
        # Whoever knows all but one price could find it from an unsalted digest of the inputs.
        assert not any(digest[:12] in text for digest in digests), address


def test_the_canaries_are_there_to_be_found(cast, river, sign_in):
    """A search that finds nothing anywhere would prove nothing: the owner finds all of them."""
    page = sign_in(cast.ada).get(reverse("suppliers:declaration-detail", args=[river.bolt.pk]))
    assert page.status_code == 200 and WIRE in page.content.decode()
    assert WIRE in json.dumps(disclosure.dossier_of(traces.current(river.vehicle)))


def test_nobody_else_opens_the_vehicle(cast, river, sign_in):
    for stranger in (cast.gus, cast.tom, cast.dora, cast.ada, cast.cleo, cast.fay, cast.finn, cast.olga):
        client = sign_in(stranger)
        missing = client.get(reverse("tracing:vehicle-detail", args=["00000000-0000-4000-8000-000000000007"]))
        for name in ("vehicle-detail", "vehicle-ask"):
            response = client.get(reverse(f"tracing:{name}", args=[river.vehicle.pk]))
            assert response.status_code == 404 == missing.status_code
            assert "Alder" not in response.content.decode()
    body = sign_in(cast.gus).get(reverse("tracing:vehicle-detail", args=[river.vehicle.pk])).content
    assert (
        body
        == sign_in(cast.gus)
        .get(reverse("tracing:vehicle-detail", args=["00000000-0000-4000-8000-000000000007"]))
        .content
    )


@pytest.mark.parametrize("who", ["tom", "dora", "gus", "cleo", "fay", "olga"])
def test_no_list_of_another_company_holds_a_body(cast, river, sign_in, who):
    client = sign_in(getattr(cast, who))
    figures = [WIRE, ZINC] if who != "cleo" else []
    for name in ("suppliers:request-list", "suppliers:declaration-list", "suppliers:part-list", "tracing:vehicle-list", "tracing:gap-list",
                 "tracing:rulebook-list", "api:vehicle-list", "api:declaration-list"):  # fmt: skip
        response = client.get(reverse(name))
        if response.status_code == 200 and figures:
            assert leaks(response.content.decode(), figures) == [], (who, name)
    for row in (river.bolt, river.axle):
        response = client.get(reverse("suppliers:declaration-detail", args=[row.pk]))
        if response.status_code == 200 and row.organisation_id != getattr(cast, who).organisation_id:
            assert leaks(response.content.decode()) == []


@pytest.mark.slow
def test_what_is_shown_does_not_move_with_a_body_inside_a_point(cast, river, sign_in):
    """Two worlds that differ only below, by less than a whole point: every page of the automaker is the same to the byte."""
    client = sign_in(cast.ed)
    pages = [address for address in addresses(river.vehicle) if "/api/" not in address]
    before = {address: told(client.get(address)) for address in pages}
    newer = declarations.supersede(river.bolt, by=cast.ben, lines=bolt_lines("0.319511"))
    declarations.sign(newer, by=cast.ada, name="Ada Lind", title="Quality manager", shown=declarations.shown(newer))
    old, new = traces.current(river.vehicle), run(river.vehicle)
    assert old.digest != new.digest and new.number == old.number + 1
    exact = [trace.outcomes.get(rulebook="us-2017", reading="total").worst for trace in (old, new)]
    assert exact[0] != exact[1]
    for address in pages:
        assert told(client.get(address)) == before[address], address


def test_a_face_holds_no_more_than_its_schedule(cast, river):
    open_keys = {"line", "source", "item", "hs", "qty", "share", "price", "value", "seller", "how", "made_in", "own", "answered", "key",
                 "state", "counted", "para", "stated", "originates", "category", "description", "sourcing", "sources"}  # fmt: skip
    for outcome in Outcome.objects.all():
        schedule = set(rulebooks.rulebook(outcome.rulebook).disclosure["buyer_automaker"])
        for part in disclosure.part_faces(outcome):
            assert set(part) == open_keys
            if part["own"]:
                continue
            assert part["counted"] is None and part["para"] == ""
            assert part["state"] in {"complete", "incomplete"} and "status" in schedule
            assert not part["originates"] or "originates" in schedule
            assert all(any(entry.startswith("statement.") for entry in schedule) for _ in part["stated"])


def test_a_stated_amount_is_shown_whichever_option_was_taken(cast, river):
    """That a body counts less than a statement is nobody's to read: the statement stands there either way."""
    schedule = {"status", "statement.c"}
    option = [
        {"para": "9(1)", "amount": "5", "text": "what was traced inside it"},
        {"para": "9(2)(c)", "amount": "9", "text": "stated by the seller"},
    ]
    row = {
        "line": 0, "source": 0, "item": "x", "hs": "", "qty": "1", "share": "1", "price": "20", "value": "20", "seller": "s",
        "how": "bought", "made_in": "MX", "declaration": "d", "state": "complete", "para": "9(1)", "content": {},
        "counted": dict.fromkeys(disclosure.BOUNDS, "5"), "options": option,
    }  # fmt: skip
    face = disclosure.parts._part_face(row, schedule, "nafta")
    swapped = disclosure.parts._part_face(row | {"options": option[::-1], "para": "9(2)(c)"}, schedule, "nafta")
    assert face == swapped and [one["amount"] for one in face["stated"]] == ["9"]
    assert disclosure.parts._part_face(row, {"status"}, "nafta")["stated"] == []


def test_below_a_supplier_is_one_block_however_much_is_missing(cast, river):
    outcome = traces.current(river.vehicle).outcomes.get(rulebook="us-2017", reading="total")
    below = [gap for gap in disclosure.gap_faces(outcome) if not gap["direct"]]
    assert [(gap["seller"], gap["kind"], gap["points"]) for gap in below] == [("Talbot Axles", "below", "up to 10")]
    declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    again = run(river.vehicle).outcomes.get(rulebook="us-2017", reading="total")
    assert again.gaps == outcome.gaps + 1
    kept = ("item", "seller", "kind", "points", "stake", "rank", "settle")
    shown = [[{name: gap[name] for name in kept} for gap in disclosure.gap_faces(row)] for row in (outcome, again)]
    assert shown[0] == shown[1]
    assert disclosure.outcome_face(outcome)["gaps"] == disclosure.outcome_face(again)["gaps"]


def bounds(worst, best, needed="62.5", operator="at_least", declared=None):
    result = PASS if Decimal(worst) >= Decimal(needed) else OPEN if Decimal(best) >= Decimal(needed) else FAIL
    return {"worst": worst, "declared": declared or worst, "best": best, "threshold": needed, "operator": operator, "result": result,
            "of": "total"}  # fmt: skip


@pytest.mark.parametrize(
    "test, shown, margin",
    [
        (bounds("79.961", "85.74"), ("79", "86"), "+16.5 to spare"),
        (bounds("62.71", "64.2"), ("62.5", "65"), "less than 1 to spare"),
        (bounds("70.1", "74.96", "75"), ("70", "under 75"), "less than 1 short at best"),
        (bounds("70.1", "73.2", "75"), ("70", "74"), "−1 at best"),
        (bounds("71.37", "76.2", "75"), ("71", "77"), "−4 … +2"),
    ],
)
def test_whole_points_never_contradict_the_verdict(test, shown, margin):
    told = disclosure.whole_points(test)
    assert (told["worst"], told["best"]) == shown
    assert disclosure.margin(test) == margin


def test_settling_is_told_from_what_is_shown(cast):
    """The same whole points give the same word, whatever the exact figure: no row of gaps can be read as a ruler."""
    for worst, best in (("71.001", "77.3"), ("71.999", "77.999"), ("71", "78")):
        test = bounds(worst, best, "75") | {"kind": "rvc", "options": []}
        rows = [(True, Decimal(stake)) for stake in ("4.5", "3.5", "0.5", "0.4")] + [(False, Decimal(9))]
        ranks = disclosure.gaps._ranks(Said(verdict=OPEN, result={"tests": [test]}), rows)
        told = [disclosure.gaps.deciding(rank, perhaps=rank.together.least is None) for rank in ranks]
        # 4.5 passes from 71 by itself; 3.5 fails from 78; 0.5 passes with 3.5; 0.4 would with both, who do without it.
        assert [row["settle"] for row in told] == ["yes", "yes", "together", "perhaps", "perhaps"]
        assert [row["together"] for row in told] == [1, 1, 2, None, None] and disclosure.fewest(ranks) == 2


def test_the_range_of_answered_parts_is_that_of_the_points(cast, river):
    """A derivation of a total must not be its exact total less what the reader knows."""
    line = boards.rows([river.vehicle])[0]
    for outcome in line["trace"].outcomes.all():
        face = next(one for one in line["faces"] if one["id"] == str(outcome.pk))
        if not face["ran"]:
            continue
        test = face["ran"][0]
        for bound in disclosure.BOUNDS:
            low, high = derivations.between(test["bar"][bound], bound)
            assert high - low <= 1 and low <= Decimal(outcome.result["tests"][0][bound]) <= high


def test_a_loop_below_is_not_told_by_name(cast, sign_in):
    """Acme's bolt is made of Talbot's axle, which is made of Acme's bolt: the automaker reads of neither part."""
    made = make.river(cast)
    axle = {
        "item": "AX",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"price": "99", "sourcing": made.axle_to_acme.pk}],
    }
    newer = declarations.supersede(made.bolt, by=cast.ben, lines=[axle])
    declarations.sign(newer, by=cast.ada, name="Ada Lind", title="Quality manager", shown=declarations.shown(newer))
    trace = run(made.vehicle)
    assert "AB-M12" in trace.error
    client = sign_in(cast.ed)
    for address in (reverse("tracing:vehicle-list"), reverse("tracing:vehicle-detail", args=[made.vehicle.pk]),
                    reverse("api:vehicle-detail", args=[made.vehicle.pk])):  # fmt: skip
        text = client.get(address).content.decode()
        assert "cannot be traced" in text and "AB-M12" not in text and "TA-400" not in text, address


def test_how_many_plants_a_supplier_answers_from_does_not_show(cast, river):
    face = {"line": 0, "source": 0, "value": "30", "share": "3/10", "sources": [(0, 0)], "state": "complete", "originates": "yes",
            "answered": True, "own": False, "counted": None, "para": "", "stated": [], "category": "complete",
            "sourcing": cast.axle_to_meridian, "how": "bought", "made_in": "MX"}  # fmt: skip
    rest = face | {
        "source": 1,
        "value": "70",
        "share": "7/10",
        "sources": [(0, 1)],
        "state": "incomplete",
        "originates": "open",
    }
    whole = disclosure.parts._merged([dict(face, sources=[(0, 0)]), dict(rest)])
    assert len(whole) == 1
    assert (whole[0]["value"], whole[0]["share"], whole[0]["state"], whole[0]["originates"]) == (
        "100",
        "1",
        "incomplete",
        "open",
    )
    assert whole[0]["sources"] == [(0, 0), (0, 1)]


def exact_of(verdict):
    """The exact figures of a verdict that are no whole points: whole, and cut to two, four and six places."""
    texts = [
        way[bound]
        for test in verdict.result["tests"]
        for way in (test, *test["options"])
        for bound in disclosure.BOUNDS
    ]
    texts += [value for test in verdict.result["tests"] for value in test["exact"].values()]
    found = set()
    for text in filter(None, texts):
        found.add(text)
        if "/" not in text:
            found |= {f"{Decimal(text):.{places}f}" for places in (2, 4, 6)}
    needed = {test["threshold"] for test in verdict.result["tests"]}
    return {text for text in found if "/" in text or Decimal(text) != int(Decimal(text))} - needed


def rolled_pages(vehicle):
    detail = reverse("tracing:vehicle-detail", args=[vehicle.pk])
    board = reverse("tracing:vehicle-list")
    laws = "&".join(f"laws={name}" for name in rulebooks.ids())
    return [board, f"{board}?{laws}", f"{board}?format=csv", detail, f"{detail}?format=csv", f"{detail}?why=usmca.rvc.worst",
            reverse("tracing:vehicle-compare", args=[vehicle.pk]), reverse("tracing:gap-list"),
            reverse("api:vehicle-list"), reverse("api:vehicle-detail", args=[vehicle.pk])]  # fmt: skip


@pytest.mark.parametrize("traced", [True, False])
def test_no_exact_figure_of_a_roll_leaves(cast, river, roll, sign_in, traced):
    """A vehicle whose trace is older than its verdicts, and one without a trace: whole points only, on every page."""
    vehicle = river.vehicle
    if traced:
        declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
        roll()
    else:
        roll()
        part = make.part(cast.meridian, "BIRCH-27", hs="8703.23")
        vehicle = Vehicle.objects.create(
            organisation=cast.meridian, part=part, name="Birch", model_year=2027, lines=90_817
        )
        Verdict.objects.filter(vehicle=river.vehicle).update(vehicle=vehicle)
    verdicts = list(vehicle.verdicts.all())
    exact = set().union(*(exact_of(row) for row in verdicts))
    assert len(exact) > 50 and boards.rows([vehicle])[0]["rolled"]
    client = sign_in(cast.ed)
    for address in rolled_pages(vehicle):
        response = client.get(address)
        assert response.status_code == 200, address
        text = response.content.decode()
        assert [figure for figure in exact if re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", text)] == [], (
            address
        )
        assert leaks(text, [*BODY, *TOMS], [*NAMES, "17-0012", "17-0088", "HSG-1", "Acme"]) == [], address
        assert not any(row.digest[:12] in text for row in verdicts), address
        assert not re.search(r"(?<![\da-f-])90,?817(?![\da-f-])", text), address  # in a key it may stand by chance
    for row in verdicts:
        face = disclosure.verdict_face(row)
        for test in face["ran"]:
            for bound in disclosure.BOUNDS:
                plain = re.sub(r"^(under|over) ", "", test[bound])
                assert plain == test["threshold"] or plain.isdigit(), (row, test)
    for stranger in (cast.gus, cast.tom, cast.ada, cast.fay, cast.olga):
        text = sign_in(stranger).get(reverse("tracing:vehicle-list")).content.decode()
        assert vehicle.name not in text


def test_a_roll_shows_what_a_trace_shows(cast, river, roll):
    """The same facts, rolled and traced: the same faces, so that no page can tell the one from the other by a rounding."""
    roll()
    faces = {(face["rulebook"], face["reading"]): face for face in boards.rows([river.vehicle])[0]["faces"]}
    verdicts = list(river.vehicle.verdicts.all())
    assert len(verdicts) == len(faces)
    for row in verdicts:
        face = disclosure.verdict_face(row)
        assert disclosure.alike(face, faces[row.rulebook, row.reading]), row
        assert (face["gaps"], face["id"]) == (None, None)


def test_a_body_that_moves_inside_a_point_does_not_show_by_a_roll(cast, river, roll, sign_in):
    """The roll finds other exact figures and stores them anew; no page says that anything changed."""
    client = sign_in(cast.ed)
    pages = [address for address in rolled_pages(river.vehicle) if "/api/" not in address]
    roll()
    before = {address: told(client.get(address)) for address in pages}
    stored = dict(river.vehicle.verdicts.values_list("pk", "digest"))
    newer = declarations.supersede(river.bolt, by=cast.ben, lines=bolt_lines("0.319511"))
    declarations.sign(newer, by=cast.ada, name="Ada Lind", title="Quality manager", shown=declarations.shown(newer))
    roll()
    assert dict(river.vehicle.verdicts.values_list("pk", "digest")) != stored
    for address in pages:
        assert told(client.get(address)) == before[address], address


@pytest.mark.parametrize(
    "worst, shown",
    [
        ("79.9999999999", "80"),
        ("80.0000000001", "80"),
        ("79.999", "79"),
        ("74.9999999999", "74"),
        ("75.0000000001", "75"),
    ],
)
def test_an_integer_s_breadth_beside_a_whole_point_is_that_point(worst, shown):
    """A roll counts in the smallest integers: 79.9999999999 is the trace's 80; but never across what is needed."""
    test = bounds(worst, "97.3", "75") | {"options": []}
    assert disclosure.whole_points(disclosure.points.steadied(test))["worst"] == shown
