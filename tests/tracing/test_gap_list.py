"""The gap list: by the roll as by the trace, ranked by what decides, filtered by its address, and what is done about several rows."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.actions import checks
from suppliers.actions import contacts, declarations, letters
from suppliers.models import Campaign, Mail, Reminder, Request
from tests import make, worlds
from tracing import disclosure, gaprows, gaps, ownlines, standings
from tracing.actions import rolls, traces
from tracing.models import Assignment, Outcome, Silence, Verdict

pytestmark = pytest.mark.usefixtures("fresh_fleet")

TODAY = dt.date(2026, 11, 24)
GAPS = reverse("tracing:gap-list")
ACT = reverse("tracing:gap-act")


@pytest.fixture
def river(cast):
    """A car of which the axle is 42 of 100 points, so that its answer decides."""
    return worlds.river(cast, net="1000")


def withdrawn(river, cast, *, bolt=False):
    row, by = (river.bolt, cast.ada) if bolt else (river.axle, cast.tom)
    declarations.withdraw(row, by=by, why="a new forging")
    rolls.roll()


def listed(member, on=TODAY, **wanted):
    return gaps.Gaps(member, gaprows.Asked(**wanted), on)


def traced(vehicle):
    traces.mark([vehicle.pk])
    return traces.retrace(vehicle.pk)


@pytest.mark.parametrize("bolt", [False, True])
def test_a_roll_shows_the_gaps_of_the_trace(cast, river, bolt):
    """Under every law in every reading: the same lines, for the same reason, of the same weight."""
    withdrawn(river, cast, bolt=bolt)
    outcomes = {(row.rulebook, row.reading): row for row in Outcome.objects.filter(trace=traced(river.vehicle))}
    compared = 0
    for row in Verdict.objects.filter(vehicle=river.vehicle):
        by_roll, by_trace = (
            [(face["key"], face["kind"], face["points"], face["settle"]) for face in disclosure.gap_faces(one)]
            for one in (row, outcomes[row.rulebook, row.reading])
        )
        assert by_roll == by_trace, row.rulebook
        compared += len(by_roll)
    assert compared > 5


def test_one_answer_that_decides_both_ways_leads(cast, river, sign_in):
    withdrawn(river, cast)
    (row,) = listed(cast.ed).rows
    assert (row.kind, row.item, row.seller, row.points) == ("withdrawn", "5Q0-500", "Talbot Axles", "42.0")
    assert len(row.alone) == 1 and row.uses[0][1].rank.both
    page = sign_in(cast.ed).get(GAPS).content.decode()
    assert "Chase this supplier and 1 verdict can be decided" in page and "No shorter list decides as many." in page
    assert "can decide 1 verdict by itself" in page and "Withdrew its answer" in page


def test_below_a_supplier_stands_one_row_in_a_band(cast, river, sign_in):
    withdrawn(river, cast, bolt=True)
    for address in (
        GAPS,
        f"{GAPS}?law=every",
        f"{GAPS}?law=every&format=csv",
        f"{GAPS}?kind=below",
        f"{GAPS}?law=aala",
    ):
        page = sign_in(cast.ed).get(address).content.decode()
        for hidden in ("17-0012", "Acme", "7318.15", "1.25", "Hexagon", "WR-12", "ST-9"):
            assert hidden not in page, (address, hidden)
    rows = listed(cast.ed, law="every").rows
    assert [(row.kind, row.item, row.points) for row in rows] == [("below", "5Q0-500", "up to 50")]
    assert not rows[0].alone and rows[0].decides == 0, "whole points and prices tell nothing for sure below a supplier"


def test_nobody_else_sees_it(cast, river, sign_in):
    withdrawn(river, cast)
    assert listed(cast.gus, law="every").rows == [] and "5Q0-500" not in sign_in(cast.gus).get(GAPS).content.decode()
    assert sign_in(cast.tom).get(GAPS).status_code in {403, 404}


def test_the_filters_stand_in_the_address(cast, river):
    withdrawn(river, cast)
    sale = cast.axle_to_meridian
    for wanted, there in (
        ({"kind": "withdrawn"}, 1), ({"kind": "expired"}, 0), ({"vehicle": str(river.vehicle.pk)}, 1), ({"vehicle": "x"}, 0),
        ({"supplier": str(sale.seller_id)}, 1), ({"supplier": str(sale.buyer_id)}, 0), ({"programme": "none of it"}, 0),
    ):  # fmt: skip
        assert len(listed(cast.ed, **wanted).rows) == there, wanted


def test_an_answer_that_ends_soon_is_a_gap(cast, river):
    rolls.roll()
    assert listed(cast.ed, dt.date(2027, 3, 1)).rows == []
    assert [row.kind for row in listed(cast.ed, dt.date(2027, 3, 1), kind="review").rows] == ["review"], (
        "nobody decided about it"
    )
    (row,) = listed(cast.ed, dt.date(2027, 5, 1)).rows
    assert (row.kind, row.note, row.act) == ("expiring", "Its answer ends after 30 Jun 2027.", "Ask to renew")
    assert [one.name for one in row.vehicles] == ["Alder"]


def test_a_sale_that_only_the_older_list_names_stands_as_it_does_until_the_next_roll(cast, river):
    withdrawn(river, cast)
    other = make.sourcing(
        make.part(cast.dorado, "DF-9"), make.part(cast.meridian, "5Q0-900"), by_seller=cast.dora, by_buyer=cast.ed
    )
    lines = [{"item": "5Q0-900", "hs": "8708.50", "quantity": "1", "sources": [{"price": "420", "sourcing": other.pk}]}]
    newer = declarations.supersede(river.car, by=cast.ed, lines=lines)
    declarations.sign(newer, by=cast.eve, name="E", title="VP", shown=declarations.shown(newer), alone_why="alone")
    (row,) = listed(cast.ed).rows
    told = standings.standings([cast.axle_to_meridian], TODAY)[cast.axle_to_meridian.pk]
    assert (row.item, row.kind, row.note, row.act) == ("5Q0-500", "withdrawn", told["note"], told["act"]) and row.note
    rolls.roll()
    (row,) = listed(cast.ed).rows
    told = standings.standings([other], TODAY)[other.pk]
    assert (row.item, row.kind, row.note, row.act) == ("5Q0-900", "missing", told["note"], told["act"])


def test_the_table_leaves_as_a_file(cast, river, sign_in):
    withdrawn(river, cast)
    client = sign_in(cast.ed)
    text = client.get(f"{GAPS}?format=csv").content.decode()
    assert "5Q0-500" in text and "Talbot Axles,withdrawn" in text and ",1,1,1,0,42.0," in text
    assert client.get(f"{GAPS}?format=xlsx").content[:2] == b"PK"


def test_queries_do_not_grow_with_what_is_remembered(cast, river, sign_in):
    withdrawn(river, cast)
    checks.bring_all_up()  # as a worker has done that heard the bell
    client = sign_in(cast.ed)
    client.get(GAPS)
    with CaptureQueriesContext(connection) as caught:
        client.get(GAPS)
    asked = [row["sql"] for row in caught.captured_queries]
    assert not [sql for sql in asked if '"tracing_verdict"."result"' in sql or '"ranked"' in sql], (
        "what was told is read once"
    )
    assert len(caught) < 32


# ---- acts ----


def posted(client, cast, act, *, sales=None, **more):
    given = {
        "act": act,
        "law": "usmca",
        "token": str(uuid.uuid4()),
        "sale": sales or [str(cast.axle_to_meridian.pk)],
        "due": "2026-12-31",
    }
    return client.post(ACT, given | more, follow=True).content.decode()


def test_asking_twice_from_one_page_asks_once(cast, river, sign_in):
    withdrawn(river, cast)
    client, token = sign_in(cast.ed), str(uuid.uuid4())
    assert "Asked for 1 answer." in posted(client, cast, "ask", token=token)
    posted(client, cast, "ask", token=token)
    campaign = Campaign.objects.get()
    assert (campaign.requests.count(), campaign.remind_after, list(campaign.goods.all())) == (1, [7, 14], [cast.car])


def test_a_colleague_takes_over_once(cast, river, sign_in):
    withdrawn(river, cast)
    client, token = sign_in(cast.ed), str(uuid.uuid4())
    for _ in range(2):
        page = posted(client, cast, "assign", person=str(cast.eve.pk), token=token)
    assert Assignment.objects.get().person == cast.eve
    assert f"In hand: {cast.eve.user.display_name}" in page
    assert "Colleague: " in posted(client, cast, "assign", person=str(cast.tom.pk)), "a stranger is no colleague"
    assert Assignment.objects.count() == 1


def test_silence_is_kept_with_its_reason_and_undone_by_a_later_row(cast, river, sign_in, clock):
    withdrawn(river, cast)
    client = sign_in(cast.ed)
    before = list(Verdict.objects.order_by("pk").values_list("digest", flat=True))
    assert ">Why: " in posted(client, cast, "accept") and not Silence.objects.exists()
    page = posted(client, cast, "accept", why="Two points of a van that is sold out")
    assert f"Left to silence under USMCA by {cast.ed.user.display_name}" in page and "sold out" in page
    clock.shift(60)
    page = posted(client, cast, "reopen", why="It is built again")
    assert "Left to silence" not in page
    assert [(row.holds, row.by) for row in Silence.objects.order_by("at")] == [(True, cast.ed), (False, cast.ed)]
    rolls.roll()
    assert list(Verdict.objects.order_by("pk").values_list("digest", flat=True)) == before


def test_all_or_none_and_what_failed_is_named(cast, river, sign_in):
    withdrawn(river, cast)
    client = sign_in(cast.ed)
    page = posted(client, cast, "remind")
    assert "Nothing was done." in page and "Talbot Axles was never asked about" in page
    strange = make.sourcing(make.part(cast.acme), make.part(cast.talbot))
    page = posted(client, cast, "ask", sales=[str(cast.axle_to_meridian.pk), str(strange.pk)])
    assert "is not bought any more" in page and not Request.objects.exists()
    assert (
        "Parts: tick at least one part."
        in client.post(ACT, {"act": "ask", "token": str(uuid.uuid4())}, follow=True).content.decode()
    )


def test_a_refused_act_leaves_ticks_words_and_filter_as_they_were(cast, river, sign_in):
    withdrawn(river, cast)
    client, sale = sign_in(cast.ed), str(cast.axle_to_meridian.pk)
    sent = {"act": "accept", "law": "usmca", "token": str(uuid.uuid4()), "sale": [sale], "due": "2027-02-03", "why": " ",
            "address": f"law=usmca&kind=withdrawn&supplier={cast.talbot.pk}&page=1"}  # fmt: skip
    answer = client.post(ACT, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and '<a href="#act-why">Why: say in a sentence why' in page
    assert re.search(r'<input[^>]* aria-invalid="true"[^>]* id="act-why"', page), "the field itself is marked"
    assert re.search(rf'name="sale" value="{sale}" checked', page)
    assert '<option value="accept" selected>' in page and page.count('value="2027-02-03"') == 2
    assert '<option value="withdrawn" selected>' in page
    done = client.post(ACT, sent | {"why": "Sold out"})
    assert done.status_code == 302 and f"kind=withdrawn&supplier={cast.talbot.pk}" in done.url
    assert not re.search(r"checked", client.get(done.url).content.decode())
    odd = client.post(
        ACT,
        sent | {"why": "Again", "token": str(uuid.uuid4()), "address": "law=%00&vehicle=%27&page=x&next=//elsewhere"},
    )
    assert odd.status_code == 302 and odd.url.startswith(f"{GAPS}?") and "elsewhere" not in odd.url
    assert client.get(odd.url).status_code in {200, 400}


def test_only_who_may_ask_may_act(cast, river, sign_in):
    withdrawn(river, cast)
    for member in (cast.tom, cast.gus):
        sign_in(member).post(ACT, {"act": "ask", "law": "usmca", "token": str(uuid.uuid4()), "due": "2026-12-31",
                                   "sale": [str(cast.axle_to_meridian.pk)]})  # fmt: skip
    assert not Request.objects.exists()
    assert sign_in(cast.ed).get(ACT).status_code == 405


def test_a_list_of_parts_is_weighed_by_its_own_entries(cast, river):
    own = ownlines.of([river.car.pk])[river.car.pk]
    assert (own.net, [(row.item, row.value, row.sale) for row in own.lines[0]]) == (
        1000, [("5Q0-500", 420, cast.axle_to_meridian.pk)]
    )  # fmt: skip
    assert re.fullmatch(r"[\d.]+", str(own.net))


def test_reminding_writes_one_letter_a_day(cast, river, sign_in, clock):
    withdrawn(river, cast)
    client = sign_in(cast.ed)
    posted(client, cast, "ask")
    letters.write_due()
    assert "0 letters written" in posted(client, cast, "remind"), "it was written to today"
    clock.shift(dt.timedelta(days=1))
    assert "1 letter written" in posted(sign_in(cast.ed), cast, "remind")
    assert list(Reminder.objects.order_by("at").values_list("kind", flat=True)) == ["asked", "reminded"]
    page = posted(client, cast, "escalate")
    assert "Nothing was done." in page and "Nobody at Talbot Axles can be written to" in page
    head = make.person("Tara Voss", cast.talbot, "administrator", "editor")
    contacts.choose_contact(cast.talbot, head, 2, by=head)
    assert "1 letter written" in posted(client, cast, "escalate")
    assert Reminder.objects.filter(kind="escalated").count() == 1
    assert Mail.objects.filter(address=head.user.email).count() == 1
