"""The same of a vehicle that only the roll computed: whole points, and nothing of what stands below."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from suppliers.actions import declarations
from tests import make, worlds
from tests.canaries import BODY, NAMES, TOMS, bolt_lines, bounds, laid, leaks, told
from tracing import boards, disclosure, rulebooks
from tracing.actions import traces
from tracing.models import Vehicle, Verdict


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    return worlds.laid("canaries", lambda: laid(cast), cast.acme.pk)


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
