"""One vehicle: tests, gaps ranked with whom to ask, the face of each direct part, and steps behind each number."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from suppliers.actions import declarations, requests
from suppliers.models import Request
from tests import make, worlds
from tracing import boards
from tracing.actions import traces
from tracing.models import Vehicle


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    return worlds.traced(cast)


@pytest.fixture
def rung(monkeypatch):
    """The bells that rang for vehicles."""
    found = []
    monkeypatch.setattr(traces, "ring", lambda pk: found.append(pk))
    return found


def run(vehicle):
    traces.spread()
    traces.mark([vehicle.pk])
    return traces.retrace(vehicle.pk)


def page(client, vehicle, **query):
    response = client.get(reverse("tracing:vehicle-detail", args=[vehicle.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_every_test_that_ran_and_every_test_that_did_not(cast, river, sign_in):
    text = page(sign_in(cast.ed), river.vehicle)
    assert "regional value content, net cost" in text and "12 tests of these laws not run" in text
    assert "Steel purchases" in text and "no purchases of steel are stated for its producer" in text
    assert "hypothetical: not law on 24 Nov 2026" in text and "proposal, not law" in text


def test_every_shown_number_opens_its_steps(cast, river, sign_in):
    client = sign_in(cast.ed)
    text = page(client, river.vehicle)
    links = set(re.findall(r'href="(\?law=[^"]+#why)"', text))
    numbers = boards.tests(boards.rows([river.vehicle])[0]["faces"])
    bounds = [link for link in links if link.endswith((".worst#why", ".declared#why", ".best#why"))]
    margins = [row for row in numbers if row["test"]["margin"]]
    assert (
        len(bounds) == 3 * len(numbers)
        and len([link for link in links if link.endswith(".margin#why")]) == len(margins) > 3
    )
    for link in links:
        opened = client.get(
            reverse("tracing:vehicle-detail", args=[river.vehicle.pk]) + link.replace("&amp;", "&").removesuffix("#why")
        )
        text = opened.content.decode()
        assert 'id="why"' in text and 'id="why-h"' in text
        close = re.search(r'<a class="small no-print" href="#([^"]+)">Close', text).group(1)
        assert f'id="{close}"' in text and 'aria-current="true"' in text


def test_steps_carry_citations_and_end_at_the_face(cast, river, sign_in):
    client = sign_in(cast.ed)
    text = page(client, river.vehicle, why="usmca.rvc.worst")
    assert "20,000.00" in text and "UR 7(3), 12, 13" in text and "A part that nobody certified as originating" in text
    part = page(client, river.vehicle, why="part.0.0")
    assert "420.00" in part and "Steps end at the face of the answer" in part
    assert "AB-M12" not in part and "1.25" not in part


def test_an_unknown_number_opens_nothing(cast, river, sign_in):
    for why in ("usmca.rvc.median", "part.9.9", "x", "usmca.steel.worst", "<script>"):
        text = page(sign_in(cast.ed), river.vehicle, why=why)
        assert 'id="why"' not in text and "<script>alert" not in text


def test_a_gap_below_is_the_direct_suppliers_and_nobody_elses(cast, river, sign_in):
    declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    run(river.vehicle)
    text = page(sign_in(cast.ed), river.vehicle, law="us-2017~total")
    assert "Incomplete below this supplier; worth at most the price you pay." in text and "Talbot Axles" in text
    assert "Acme" not in text and "AB-M12" not in text and "withdrew" not in text.lower()


def test_a_direct_supplier_is_named_with_what_happened(cast, river, sign_in):
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    run(river.vehicle)
    client = sign_in(cast.ed)
    text = page(client, river.vehicle, law="us-2017~total")
    assert "Withdrew its answer 24 Nov 2026." in text and "Not asked yet." in text and "Ask again" in text
    requests.ask(cast.axle_to_meridian, by=cast.ed, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 15))
    assert "Asked, answer due 15 Dec 2026." in page(client, river.vehicle, law="us-2017~total")


def test_a_draft_of_the_supplier_changes_nothing(cast, river, sign_in):
    client = sign_in(cast.ed)
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    before = strip.sub("", page(client, river.vehicle))
    make.draft(cast.axle, by=cast.tom, to=[cast.meridian])
    assert strip.sub("", page(client, river.vehicle)) == before


def test_history_holds_what_changed_for_the_reader_only(cast, river, sign_in):
    client = sign_in(cast.ed)
    newer = declarations.supersede(river.axle, by=cast.tom)
    declarations.sign(
        newer, by=cast.tom, name="Tom", title="Controller", shown=declarations.shown(newer), alone_why="alone"
    )
    declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    run(river.vehicle)
    usmca = page(client, river.vehicle, law="usmca")
    table = usmca[usmca.index('id="history-h"') :]
    assert 1 <= table.count('scope="row">24 Nov 2026</th>') <= 2
    assert "Day" in table and "trace 2" not in usmca.lower()


def test_asking_writes_a_request_for_each_chosen_supplier(cast, river, sign_in):
    client = sign_in(cast.ed)
    address = reverse("tracing:vehicle-ask", args=[river.vehicle.pk])
    opened = client.get(address, {"sourcing": str(cast.axle_to_meridian.pk)}).content.decode()
    assert re.search(rf'value="{cast.axle_to_meridian.pk}" id="[^"]+" checked', opened)
    chosen = {"sourcings": [str(cast.axle_to_meridian.pk)], "message": "For 2027."}
    data = chosen | {"begins": "2026-11-01", "ends": "2027-11-01", "due": "2026-12-15"}
    sent = client.post(address + "?law=usmca", data)
    assert sent.status_code == 302, sent.content.decode()[sent.content.decode().index('id="findings"') :][:400]
    row = Request.objects.get()
    assert (row.sourcing, row.by, row.due, row.rulebooks, row.message) == (
        cast.axle_to_meridian, cast.ed, dt.date(2026, 12, 15), ["usmca"], "For 2027.",
    )  # fmt: skip
    assert "Asked Talbot Axles for 1 answer" in client.get(sent.url).content.decode()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"sourcings": []}, "Choose at least one part to ask for."),
        ({"ends": "2026-10-01"}, "The period must end after it begins."),
        ({"due": "2026-11-01"}, "This day has passed"),
        ({"message": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(cast, river, sign_in, wrong, said):
    data = {
        "sourcings": [str(cast.axle_to_meridian.pk)],
        "begins": "2026-11-01",
        "ends": "2027-11-01",
        "due": "2026-12-15",
    } | wrong
    response = sign_in(cast.ed).post(reverse("tracing:vehicle-ask", args=[river.vehicle.pk]), data)
    assert response.status_code == 200 and said in response.content.decode()
    assert not Request.objects.exists()


def test_one_asks_only_about_ones_own_purchases(cast, river, sign_in):
    data = {
        "sourcings": [str(cast.bolt_to_talbot.pk)],
        "begins": "2026-11-01",
        "ends": "2027-11-01",
        "due": "2026-12-15",
    }
    response = sign_in(cast.ed).post(reverse("tracing:vehicle-ask", args=[river.vehicle.pk]), data)
    assert response.status_code == 200 and not Request.objects.exists()


def test_an_officer_reads_but_does_not_ask(cast, river, sign_in):
    reader = make.person("Rae Lund", cast.meridian, "reader")
    client = sign_in(reader)
    assert "/ask/" not in page(client, river.vehicle)
    assert client.get(reverse("tracing:vehicle-ask", args=[river.vehicle.pk])).status_code == 404


def test_parts_as_csv_hold_faces_and_no_formula(cast, river, sign_in):
    text = (
        sign_in(cast.ed)
        .get(reverse("tracing:vehicle-detail", args=[river.vehicle.pk]), {"format": "csv"})
        .content.decode()
    )
    assert "5Q0-500,Rear axle,8708.50,Talbot Axles" in text
    assert "complete" in text and "1.25" not in text


def newer_pages(vehicle):
    return [reverse("tracing:vehicle-detail", args=[vehicle.pk]), reverse("tracing:vehicle-compare", args=[vehicle.pk])]


def test_what_the_roll_says_since_is_said_and_every_number_stays_the_trace_s(cast, river, roll, sign_in):
    client = sign_in(cast.ed)
    before = boards.rows([river.vehicle])[0]["faces"]
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    roll()
    assert boards.rows([river.vehicle])[0]["faces"] == before
    action = f'action="{reverse("tracing:vehicle-trace", args=[river.vehicle.pk])}"'
    for address in newer_pages(river.vehicle):
        text = client.get(address).content.decode()
        assert "An answer changed since: the board has newer figures," in text and action in text, address
        assert "by the fleet’s roll of 24 Nov 2026, 10:43" in text and "the trace of 24 Nov 2026, 10:42" in text
    assert "Rear axle" in client.get(reverse("tracing:gap-list")).content.decode(), "gaps are known by the roll alone"
    run(river.vehicle)
    for address in newer_pages(river.vehicle):
        text = client.get(address).content.decode()
        assert 'id="newer"' not in text and action not in text, address


def test_no_word_of_a_roll_that_says_the_same(cast, river, roll, sign_in):
    client = sign_in(cast.ed)
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    before = strip.sub("", page(client, river.vehicle))
    roll()
    assert strip.sub("", page(client, river.vehicle)) == before


def test_a_vehicle_never_traced_shows_its_tests_by_the_roll(cast, roll, settings, sign_in):
    settings.TRACE_AT_ONCE = 1
    made = make.river(cast)
    roll()
    client = sign_in(cast.ed)
    text = page(client, made.vehicle)
    assert "Each test of each law" in text and "regional value content, net cost" in text and "Passes" in text
    assert "12 tests of these laws not run" in text and "Figures without a verdict" in text
    assert "This vehicle is large: more than 1 sources stand below it" in text
    assert 'class="btn btn-primary">Trace it now' in text
    assert "why=" not in text and "history-h" not in text
    assert "What you entered into it" in text and "Rear axle" in text and "420.00 USD paid" in text
    numbers = boards.tests(boards.board([made.vehicle])[0]["faces"])
    assert text.count('data-l="Worst"') == len(numbers)
    compared = client.get(newer_pages(made.vehicle)[1]).content.decode()
    assert "Nothing to compare yet." in compared and "Trace it now" in compared
    gaps = client.get(reverse("tracing:gap-list")).content.decode()
    assert "Nothing is missing" in gaps and "Every answer is there." in gaps and "Not known" not in gaps
    assert client.get(newer_pages(made.vehicle)[0], {"format": "csv"}).content.decode().count("\n") == 2


def test_a_vehicle_never_traced_shows_its_open_lines_and_pictures_by_the_roll(cast, roll, settings, sign_in):
    settings.TRACE_AT_ONCE = 1
    made = make.river(cast)
    declarations.withdraw(made.bolt, by=cast.ada, why="the wire comes from elsewhere")
    roll()
    client = sign_in(cast.ed)
    text = page(client, made.vehicle, law="us-2017~total")
    assert 'id="gaps"' in text and "Incomplete below this supplier; worth at most the price you pay." in text
    assert 'id="picture-h"' in text and 'id="countries-h"' in text and "Answered, incomplete below" in text
    assert "Acme" not in text and "AB-M12" not in text and "why=" not in text
    file = client.get(newer_pages(made.vehicle)[0], {"format": "csv", "law": "us-2017~total"}).content.decode()
    assert "5Q0-500,Rear axle,8708.50,Talbot Axles" in file and ",incomplete," in file


def test_how_many_sources_stand_below_is_not_told(cast, roll, settings, sign_in):
    """Below a direct supplier no count: the page says only that there are more than the portal traces at once."""
    settings.TRACE_AT_ONCE = 1
    made = make.river(cast)
    roll()
    Vehicle.objects.filter(pk=made.vehicle.pk).update(lines=90_817)
    text = page(sign_in(cast.ed), made.vehicle)
    assert "more than 1 sources" in text
    assert not re.search(r"(?<![\da-f-])90,?817(?![\da-f-])", text)  # in a key it may stand by chance


def test_a_small_vehicle_never_traced_says_so_too(cast, roll, sign_in):
    made = make.river(cast)
    roll()
    text = page(sign_in(cast.ed), made.vehicle)
    assert "Not traced yet: its figures are by the fleet’s roll" in text and "This vehicle is large" not in text


def test_a_large_vehicle_can_be_traced_again_though_nothing_seems_changed(cast, river, sign_in, settings):
    settings.TRACE_AT_ONCE = 1
    Vehicle.objects.filter(pk=river.vehicle.pk).update(lines=2)
    text = page(sign_in(cast.ed), river.vehicle)
    assert 'id="newer"' not in text and "Trace it now" in text and "it is traced when somebody asks" in text
    settings.TRACE_AT_ONCE = 2
    assert "Trace it now" not in page(sign_in(cast.ed), river.vehicle)


def test_trace_it_now_marks_the_vehicle_and_rings(cast, roll, rung, sign_in, django_capture_on_commit_callbacks):
    made = make.river(cast)
    roll()
    client = sign_in(cast.ed)
    address = reverse("tracing:vehicle-trace", args=[made.vehicle.pk])
    assert client.get(address).status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(address)
    assert sent.status_code == 302 and sent.url == newer_pages(made.vehicle)[0]
    made.vehicle.refresh_from_db()
    assert made.vehicle.due_mark and rung == [made.vehicle.pk]
    text = client.get(sent.url).content.decode()
    assert "The Alder is being traced; its parts and gaps follow on this page." in text
    assert "It is being traced." in text and "Trace it now" not in text
    assert traces.retrace(made.vehicle.pk).number == 1
    assert 'id="newer"' not in page(client, made.vehicle)


def test_only_who_may_ask_has_a_vehicle_traced(cast, roll, rung, sign_in):
    made = make.river(cast)
    roll()
    address = reverse("tracing:vehicle-trace", args=[made.vehicle.pk])
    reader = make.person("Rae Lund", cast.meridian, "reader")
    client = sign_in(reader)
    text = page(client, made.vehicle)
    assert address not in text and "An editor, a certifier or a reviewer of your company can have it traced." in text
    for member in (reader, cast.gus, cast.tom, cast.ada, cast.fay, cast.olga):
        assert sign_in(member).post(address).status_code == 404
    made.vehicle.refresh_from_db()
    assert made.vehicle.due_mark is None and rung == []


def test_the_api_says_which_figures_are_a_roll_s(cast, river, roll, sign_in):
    client = sign_in(cast.ed)
    address = reverse("api:vehicle-detail", args=[river.vehicle.pk])
    before = client.get(address).json()["outcomes"]
    assert {row["rolled_at"] for row in before} == {None}
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    roll()
    after = client.get(address).json()["outcomes"]
    assert [(row["id"], row["gaps"], row["rulebook"]) for row in after] == [
        (row["id"], row["gaps"], row["rulebook"]) for row in before
    ]
    assert {row["rolled_at"] for row in after} >= {"2026-11-24T10:43:00Z"}


def test_whom_to_ask_comes_right_after_the_tests_and_proposals_are_folded_until_one_is_in_view(cast, river, sign_in):
    run(river.vehicle)
    page = reverse("tracing:vehicle-detail", args=[river.vehicle.pk])
    html = sign_in(cast.ed).get(page).content.decode()
    places = [html.index(f'id="{name}"') for name in ("tests-h", "gaps-h", "figures-h", "picture-h")]
    assert places == sorted(places)
    folds = re.findall(r"<details([^>]*)><summary>Proposals, never law: ([^<]+)</summary>", html)
    assert len(folds) == 1 and " open" not in folds[0][0] and re.search(r"\d (pass|fail|is open|are open)", folds[0][1])
    html = sign_in(cast.ed).get(page, {"law": "us-2017~total"}).content.decode()
    assert re.search(r'<details class="px-3 pt-1" open><summary>Proposals', html)
    assert re.search(r'<details class="more-laws" open>', html)
