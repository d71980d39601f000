"""Own determinations about silent suppliers: counted on the portal as by hand, by trace and by roll, and shown with their proof."""

import datetime as dt
import io
import re
from decimal import Decimal
from fractions import Fraction as F
from types import SimpleNamespace

import openpyxl
import pytest
from django.urls import reverse

from compliance import weak_spots
from suppliers.actions import declarations, letters, requests
from suppliers.facts import letters as sent
from suppliers.models import Cannot, Reminder
from tests import make
from tracing import determinations, disclosure, gaprows, gaps
from tracing.actions import rolls, traces
from tracing.models import Outcome, Vehicle, Verdict

pytestmark = pytest.mark.usefixtures("fresh_fleet")

TODAY = dt.date(2026, 11, 24)
CANARY = "0.318407"  # inside the answer of a supplier
TRIED = [{"at": "2026-10-01", "how": "by telephone, Ms Seo"}]


def bought(cast, seller, by, number, words):
    """A part of that seller that Meridian buys, and the sale."""
    part = make.part(seller, f"S-{number}", description=words)
    return part, make.sourcing(
        part, make.part(cast.meridian, number, description=words), by_seller=by, by_buyer=cast.ed
    )


def line(number, price, sale, words, **source):
    return {"item": number, "description": words, "hs": "8708.99", "quantity": "1",
            "sources": [{"price": price, "sourcing": sale.pk, **source}]}  # fmt: skip


def cannot(reason="silent", tried=TRIED, basis="drawings and quotations", **said):
    return {"reason": reason, "tried": tried, "basis": basis, "determination": "", **said}


def signed_car(cast, lines, **changes):
    return make.signed(
        cast.car, by=cast.eve, drafted_by=cast.ed, made_in="US", hs="8703.23", lines=lines, costs={"net": "20000"},
        vehicle_facts={"class": "light", "carline": "Alder", "model_year": "2027"}, **changes,
    )  # fmt: skip


def vehicle(cast):
    return Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)


@pytest.fixture
def river(cast, clock):
    """Equipment of 1,000: a seat of 800 that counts whole, and three silent suppliers of 90, 60 and 50; the budget is 100."""
    made = SimpleNamespace()
    clock.move_to(dt.datetime(2026, 8, 3, 9, tzinfo=dt.UTC), tick=False)
    seat, made.seat = bought(cast, cast.dorado, cast.dora, "SEAT", "Front seat")
    _, made.lamp = bought(cast, cast.dorado, cast.dora, "LAMP", "Head lamp")
    _, made.hose = bought(cast, cast.acme, cast.ada, "HOSE", "Brake hose")
    _, made.mat = bought(cast, cast.acme, cast.ada, "MAT", "Floor mat")
    steel = {"item": "CANARY-STEEL", "hs": "7209.16", "quantity": "1",
             "sources": [{"how": "imported", "price": CANARY, "made_in": "KR", "seller_name": "Hanbit Wire"}]}  # fmt: skip
    make.signed(
        seat, by=cast.dora, to=[cast.meridian], lines=[steel], costs={"product": "500"}, statements=[{"law": "aala", "ge70": "true"}]
    )  # fmt: skip
    period = {"begins": make.FROM, "ends": make.UNTIL, "due": dt.date(2026, 9, 30), "rulebooks": ["aala"]}
    made.asked = {name: requests.ask(getattr(made, name), by=cast.ed, **period) for name in ("lamp", "hose")}
    letters.write_due()
    made.refused = requests.decline(
        made.asked["hose"], by=cast.ada, reason="refused", why="We do not give percentages to carmakers."
    )
    clock.move_to(dt.datetime(2026, 11, 24, 10, 42, tzinfo=dt.UTC), tick=False)
    letter = sent.of([made.lamp.pk], cast.meridian)[made.lamp.pk][0]
    made.lines = [
        line("SEAT", "800", made.seat, "Front seat"),
        line("HOSE", "60", made.hose, "Brake hose", cannot=cannot("refused", ge70="false", pct="43")),
        line("MAT", "50", made.mat, "Floor mat", cannot=cannot(ge70="false", pct="2")),
        line("LAMP", "90", made.lamp, "Head lamp",
             cannot=cannot(ge70="true", tried=[{"at": letter.at, "how": letter.how}], determination="made in Toledo")),
    ]  # fmt: skip
    made.car = signed_car(cast, made.lines)
    made.vehicle = vehicle(cast)
    return made


def traced(vehicle):
    traces.spread()
    traces.mark([vehicle.pk])
    return Outcome.objects.get(trace=traces.retrace(vehicle.pk), rulebook="aala")


def page(client, vehicle, **query):
    response = client.get(reverse("tracing:vehicle-determinations", args=[vehicle.pk]), query)
    assert response.status_code == 200
    return response


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_portal_counts_what_a_hand_counts_by_trace_and_by_roll(river):
    """The lamp wholly, then ten of the sixty of the hose at 45 percent, the mat not at all."""
    by_hand = F(100) * (800 + 90 + 10 * F(45, 100)) / 1000
    outcome = traced(river.vehicle)
    assert [F(outcome.worst), F(outcome.declared), F(outcome.best)] == [80, by_hand, 100] == [80, F("89.45"), 100]
    rolls.roll()
    rolled = Verdict.objects.get(vehicle=river.vehicle, rulebook="aala").result["tests"][0]
    assert [rolled[bound] for bound in ("worst", "declared", "best")] == [outcome.worst, outcome.declared, outcome.best]
    budget = outcome.result["label"]["budget"]
    assert (budget["cap"], budget["used"]) == ("100", "100")
    assert [(row["item"], row["determined"]) for row in budget["items"]] == [
        ("LAMP", "90"),
        ("HOSE", "10"),
        ("MAT", "0"),
    ]


def test_no_other_law_hears_a_determination(cast, river):
    before = {(row.rulebook, row.reading): row.verdict for row in traced(river.vehicle).trace.outcomes.all()}
    tests = {
        (row.rulebook, row.reading): row.result["tests"] for row in Outcome.objects.all() if row.rulebook != "aala"
    }
    plain = [row | {"sources": [{**source, "cannot": {**source["cannot"], "ge70": None, "pct": ""} if source.get("cannot") else None}
                                for source in row["sources"]]} for row in river.lines]  # fmt: skip
    sign(declarations.supersede(river.car, by=cast.ed, lines=plain), cast)
    after = traced(river.vehicle)
    assert F(after.declared) == 80
    assert {(row.rulebook, row.reading): row.verdict for row in after.trace.outcomes.all()} == before
    assert tests == {
        (row.rulebook, row.reading): row.result["tests"] for row in after.trace.outcomes.all() if row.rulebook != "aala"
    }


def sign(draft, cast):
    return declarations.sign(
        draft, by=cast.eve, name="Eve", title="Officer", shown=declarations.shown(draft), alone_why=""
    )


def test_words_alone_and_a_determination_without_tries_count_nothing(cast, river):
    """Neither by trace nor by roll; a row without tries cannot be typed, so it is made by hand."""
    draft = declarations.supersede(river.car, by=cast.ed)
    rows = Cannot.objects.filter(source__line__declaration=draft)
    for row in rows:
        row.tried.all().delete()
    rows.filter(source__line__item="HOSE").update(ge70=None, pct=None, determination="surely half of it")
    sign(draft, cast)
    outcome = traced(river.vehicle)
    assert F(outcome.declared) == 80 and outcome.result["label"]["budget"]["items"] == []
    rolls.roll()
    assert F(Verdict.objects.get(vehicle=river.vehicle, rulebook="aala").result["tests"][0]["declared"]) == 80
    told = determinations.told(river.vehicle, TODAY)
    why = {row.item: row.why for row in told["rows"]}
    assert "Nobody was asked" in why["LAMP"] and "words alone count nothing" in why["HOSE"]


def test_the_page_tells_what_was_spent_why_and_what_was_tried(cast, river, sign_in):
    traced(river.vehicle)
    text = text_of(page(sign_in(cast.ed), river.vehicle))
    assert "2 determinations of your own count on the Alder’s label" in text
    assert "100.00 USD, 10.00 points" in text and "It gains 9.45 points" in text
    assert text.index("Head lamp") < text.index("Brake hose") < text.index("Floor mat")
    assert "90.00 USD in one vehicle; counts 90.00, 9.00 points" in text
    assert "10.00 of 60.00 USD in one vehicle; counts 4.50, 0.45 points" in text
    assert "all of its value counts, so it goes before HOSE (45 %), MAT (0 %)" in text
    assert "The budget ends here" in text and "The budget is spent" in text
    assert (
        "Asked, answer due 30 Sep 2026: letter to a contact at" in text
        and "signed attempt" in text
        and "Ed Okafor" in text
    )
    assert "Declined: will not be given" in text and "We do not give percentages to carmakers." in text
    assert "by telephone, Ms Seo" in text and "signed by Eve Novak" in text


def test_a_letter_that_came_back_says_so(cast, river, sign_in):
    traced(river.vehicle)
    mail = Reminder.objects.filter(request=river.asked["lamp"]).get().mail
    back = {"bounced_at": dt.datetime(2026, 8, 4, tzinfo=dt.UTC), "trouble": f"<{mail.address}> no such person"}
    type(mail).objects.filter(pk=mail.pk).update(**back)
    html = page(sign_in(cast.ed), river.vehicle).content.decode()
    assert "did not arrive: &lt;…&gt; no such person" in html and mail.address not in html


def test_the_files_hold_the_same(cast, river, sign_in):
    traced(river.vehicle)
    client = sign_in(cast.ed)
    said = page(client, river.vehicle, format="csv").content.decode()
    assert said.splitlines()[0].startswith("part,description,supplier,reason,determined") and "made in Toledo" in said
    book = openpyxl.load_workbook(io.BytesIO(page(client, river.vehicle, format="xlsx").content))
    rows = list(book.active.values)
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["part"], first["counted as determined"], first["gain in points"]) == ("LAMP", 90, "9.00")
    assert first["among the signed attempts"] == "yes" and len(rows) > 4
    assert CANARY not in said and "CANARY" not in said and "Hanbit" not in said


def test_an_answer_takes_the_place_of_a_determination(cast, river):
    part = river.lamp.seller_part
    make.signed(part, by=cast.dora, to=[cast.meridian], statements=[{"law": "aala", "ge70": "false", "pct5": "30"}])
    outcome = traced(river.vehicle)
    assert F(outcome.declared) == F(100) * (800 + 27 + 60 * F(45, 100)) / 1000, (
        "30 of 90, the hose wholly within the budget"
    )
    told = determinations.told(river.vehicle, TODAY)
    lamp = next(row for row in told["rows"] if row.item == "LAMP")
    assert lamp.state == "aside" and "answered under this law" in lamp.why
    assert any(event.what == "Answered" for event in lamp.events)
    assert {row.item: row.state for row in told["rows"]} == {"LAMP": "aside", "HOSE": "whole", "MAT": "nothing"}


def test_nobody_else_opens_it_and_nothing_of_an_answer_stands_there(cast, river, sign_in):
    traced(river.vehicle)
    address = reverse("tracing:vehicle-determinations", args=[river.vehicle.pk])
    for stranger in (cast.gus, cast.ada, cast.tom, cast.fay, cast.olga):
        assert sign_in(stranger).get(address).status_code == 404
    for reader in (cast.ed, cast.eve):
        html = sign_in(reader).get(address).content.decode()
        assert not any(word in html for word in (CANARY, "CANARY-STEEL", "Hanbit"))


def test_another_buyers_asking_is_not_shown(cast, river, sign_in):
    """Orion buys the same lamp and asked too."""
    sale = make.sourcing(
        river.lamp.seller_part, make.part(cast.orion, "O-LAMP"), by_seller=cast.dora, by_buyer=cast.gus
    )
    requests.ask(
        sale, by=cast.gus, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 24), message="ORION-CANARY"
    )
    letters.write_due()
    traced(river.vehicle)
    text = text_of(page(sign_in(cast.ed), river.vehicle))
    assert "Orion" not in text and "Gus" not in text and "24 Dec 2026" not in text


@pytest.fixture
def allied(cast, river):
    """The axle comes from a wholly owned company, which buys a bolt and determined its share itself."""
    bolts = {"item": "17-0012", "hs": "7318.15", "quantity": "1", "sources": [
        {"price": "40", "sourcing": cast.bolt_to_talbot.pk, "cannot": cannot(ge70="true", basis="TALBOT-CANARY")}]}  # fmt: skip
    make.signed(cast.axle, by=cast.tom, to=[cast.meridian], made_in="US", lines=[bolts], costs={"product": "100"})
    axle = line("5Q0-500", "200", cast.axle_to_meridian, "Rear axle", allied=True)
    sign(declarations.supersede(river.car, by=cast.ed, lines=[*river.lines, axle]), cast)
    return river


def test_beside_an_allied_supplier_only_whole_points_are_shown(cast, allied, sign_in):
    outcome = traced(allied.vehicle)
    budget = outcome.result["label"]["budget"]
    # 10 percent of what both buy outside, 1,000 and 40: the bolt of 40 and 64 of the lamp's 90 count whole.
    assert (budget["cap"], budget["used"]) == ("104", "104") and {row["item"] for row in budget["items"]} > {
        "17-0012",
        "LAMP",
    }
    assert round(F(outcome.declared), 9) == round(F(100) * (800 + 160 + 104) / 1200, 9)
    response = page(sign_in(cast.ed), allied.vehicle)
    text = text_of(response)
    assert "8 points of the carline’s equipment" in text and "at most 9 points" in text
    shown = page(sign_in(cast.ed), allied.vehicle, format="csv").content.decode() + response.content.decode()
    assert not any(word in shown for word in ("17-0012", "TALBOT-CANARY", "104.00", "64.00", "8.67"))
    taken = {row.item: row.spent for row in determinations.told(allied.vehicle, TODAY)["rows"]}["LAMP"]
    if taken.left:
        assert "part of 90.00 USD" in text
    assert Decimal(90) - taken.left == taken.taken


def test_a_vehicle_that_was_not_traced_shows_what_stands_in_its_declaration(cast, river, sign_in):
    text = text_of(page(sign_in(cast.ed), river.vehicle))
    assert "neither traced nor rolled yet" in text and "Head lamp" in text and "100.00 USD" not in text


def said(vehicle):
    """All that the page makes of what was computed."""
    told, budget = determinations.told(vehicle, TODAY), None
    if one := told["budget"]:
        budget = (one.cap, one.amounts, one.points, one.exact, one.currency, one.base)
    rows = [(row.item, row.state, row.why, row.share, row.spent, len(row.events)) for row in told["rows"]]
    return budget, rows, told["gain"], told["test"]


def answered(cast, river):
    make.signed(
        river.lamp.seller_part,
        by=cast.dora,
        to=[cast.meridian],
        statements=[{"law": "aala", "ge70": "false", "pct5": "30"}],
    )


def all_answered(cast, river):
    for sale, by in ((river.lamp, cast.dora), (river.hose, cast.ada), (river.mat, cast.ada)):
        make.signed(sale.seller_part, by=by, to=[cast.meridian], statements=[{"law": "aala", "ge70": "true"}])


def nothing_more(cast, river):
    """As it is."""


@pytest.mark.parametrize("more", [nothing_more, answered, all_answered, "allied", "own"])
def test_a_vehicle_that_was_only_rolled_shows_what_its_trace_would(cast, river, more, request, sign_in):
    if more == "allied":
        request.getfixturevalue("allied")
    elif more == "own":
        dashboard(cast, river)
    else:
        more(cast, river)
    rolls.roll()
    assert not river.vehicle.traces.exists()
    rolled, html = said(river.vehicle), page(sign_in(cast.ed), river.vehicle).content.decode()
    traced(river.vehicle)
    by_trace = said(river.vehicle)
    assert rolled[1:] == by_trace[1:]
    assert rolled[0] == by_trace[0] or (more == all_answered and rolled[0] is None), (
        "nothing is put to it, so no roll keeps it"
    )
    assert not any(word in html for word in (CANARY, "TALBOT-CANARY", "17-0012", "Hanbit"))
    assert "TALBOT-CANARY" not in str(Verdict.objects.get(rulebook="aala").result) and "17-0012" not in str(
        Verdict.objects.get(rulebook="aala").result
    ), "what an allied supplier determined is its own"


def test_the_gap_list_under_the_label_weighs_each_answer_by_what_it_moves(cast, river, sign_in):
    rolls.roll()
    worst = F(Verdict.objects.get(rulebook="aala").result["tests"][0]["worst"])
    rows = gaps.Gaps(cast.ed, gaprows.Asked(law="aala"), TODAY).rows
    assert [(row.item, row.points) for row in rows] == [("LAMP", "9.0"), ("HOSE", "6.0"), ("MAT", "5.0")]
    assert not any(row.alone or row.decides or row.perhaps for row in rows), "the label asks for no percentage"
    html = text_of(sign_in(cast.ed).get(reverse("tracing:gap-list"), {"law": "aala"}))
    assert "what weighs most in the label’s share stands first" in html and "no verdict" not in html
    makers = {"LAMP": cast.dora, "HOSE": cast.ada, "MAT": cast.ada}
    for row in rows:  # each answers that all of it counts: the label moves by just that
        sale = getattr(river, row.item.lower())
        make.signed(
            sale.seller_part, by=makers[row.item], to=[cast.meridian], statements=[{"law": "aala", "ge70": "true"}]
        )
        rolls.roll()
        now = F(Verdict.objects.get(rulebook="aala").result["tests"][0]["worst"])
        assert now - worst == F(row.points)
        worst = now
    left = gaps.Gaps(cast.ed, gaprows.Asked(law="aala"), TODAY).rows
    assert left == [] and gaps.Gaps(cast.ed, gaprows.Asked(law="every"), TODAY).laws.count("aala") == 0


def test_the_roll_weighs_under_the_label_as_the_trace_does(cast, river):
    rolls.roll()
    verdict = Verdict.objects.get(rulebook="aala")
    by_roll, by_trace = (
        [(face["key"], face["kind"], face["points"]) for face in disclosure.gap_faces(one)]
        for one in (verdict, traced(river.vehicle))
    )
    assert by_roll == by_trace and len(by_roll) == 3


def test_it_is_reached_from_the_vehicle_and_from_the_gaps_under_the_label(cast, river, sign_in):
    traced(river.vehicle)
    client, address = sign_in(cast.ed), reverse("tracing:vehicle-determinations", args=[river.vehicle.pk])
    detail = client.get(reverse("tracing:vehicle-detail", args=[river.vehicle.pk]), {"law": "aala"}).content.decode()
    assert f'href="{address}"' in detail
    assert f'href="{address}"' in detail[detail.index('id="gaps"') :], "beside the gaps under the label too"
    other = client.get(reverse("tracing:vehicle-detail", args=[river.vehicle.pk]), {"law": "usmca"}).content.decode()
    assert f'href="{address}"' not in other[other.index('id="gaps"') :]
    assert f'href="{address}"' in client.get(reverse("tracing:gap-list")).content.decode()


def dashboard(cast, river):
    """One that the maker makes in its own works of a silent screen of 70."""
    _, screen = bought(cast, cast.acme, cast.ada, "SCREEN", "Screen")
    dashboard = make.part(cast.meridian, "DASH", description="Dashboard")
    inner = [line("SCREEN", "70", screen, "Screen", cannot=cannot(ge70="true"))]
    make.signed(dashboard, by=cast.eve, drafted_by=cast.ed, lines=inner, costs={"product": "30"})
    own = {
        "item": "DASH",
        "hs": "8708.29",
        "quantity": "1",
        "sources": [{"how": "made", "made_part": dashboard.pk, "price": "100"}],
    }
    sign(declarations.supersede(river.car, by=cast.ed, lines=[*river.lines, own]), cast)
    return dashboard


def test_what_goes_into_a_part_that_the_maker_makes_itself_counts_as_its_own(cast, river, sign_in):
    """The screen is outside equipment, the budget 107 of 1,070."""
    made = dashboard(cast, river)
    outcome = traced(river.vehicle)
    budget = outcome.result["label"]["budget"]
    assert budget["cap"] == "107" and sum(Decimal(row["determined"]) for row in budget["items"]) == 107
    assert round(F(outcome.declared), 9) == round(F(100) * (800 + 30 + 107) / 1100, 9)
    rolls.roll()
    assert (
        Verdict.objects.get(vehicle=river.vehicle, rulebook="aala").result["tests"][0]["declared"] == outcome.declared
    )
    rows = {row.item: row for row in determinations.told(river.vehicle, TODAY)["rows"]}
    assert rows["SCREEN"].spent and rows["SCREEN"].source.line.declaration.part == made
    assert "107.00 USD" in text_of(page(sign_in(cast.ed), river.vehicle))


def test_the_officer_reads_them_among_the_weak_spots(cast, river):
    spots = weak_spots.spots(traced(river.vehicle), begins=make.FROM, ends=make.UNTIL, on=TODAY)
    found = next(one for one in spots if one.code == "W9")
    assert found.fact == "3 findings of your own stand for an answer"
    assert "LAMP: at least 70 % U.S. and Canadian value; made in Toledo; drawings and quotations" in found.rows
