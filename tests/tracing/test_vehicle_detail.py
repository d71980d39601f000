"""One vehicle: tests, gaps ranked with whom to ask, the face of each direct part, and steps behind each number."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from suppliers.actions import declarations, requests
from suppliers.models import Request
from tests import make
from tracing import boards
from tracing.actions import traces


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def river(cast):
    made = make.river(cast)
    run(made.vehicle)
    return made


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
    assert len([link for link in links if "part." not in link]) == 3 * len(numbers)
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
    assert table.count('<th scope="row">24 Nov 2026</th>') <= 2
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
