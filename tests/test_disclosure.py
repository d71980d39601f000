"""Who sees which number: figures below a supplier are searched for on every page, in every form, for every reader."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.urls import reverse

from suppliers.actions import declarations
from tests import make, worlds
from tests.canaries import BODY, NAMES, TOMS, WIRE, ZINC, addresses, bolt_lines, bounds, derived, laid, leaks, run, told
from tracing import boards, derivations, disclosure, rulebooks
from tracing.actions import traces
from tracing.engine.result import OPEN
from tracing.models import Outcome, Said


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    return worlds.laid("canaries", lambda: laid(cast), cast.acme.pk)


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
