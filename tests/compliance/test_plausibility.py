"""Each check finds what it is for and keeps quiet beside it; and none of them tells anything of a body."""

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from compliance import plausibility
from compliance.demo import world
from compliance.plausibility import own, prices, words
from compliance.plausibility.known import Purchase
from suppliers.actions import requests
from suppliers.models import Declaration, PriceWord
from tests import make
from tests.compliance.conftest import CANARY, TODAY, TOMS

FROM, UNTIL = make.FROM, make.UNTIL


def known_of(cast, row):
    return next(one for one in plausibility.known_of(cast.meridian.keeps, on=TODAY) if one.face.key == row.pk)


def codes(cast, row):
    return [one.code for one in plausibility.found(known_of(cast, row))]


def axle(cast, **changes):
    """Tom's answer about his axle to Meridian, with no body: statements only unless told otherwise."""
    given = {"lines": [], "made_in": "MX", "statements": [{"law": "aala", "ge70": False, "pct5": "40", "origin": "MX"}]}
    return make.signed(cast.axle, by=cast.tom, to=[cast.meridian], **given | changes)


def car(cast, price="420", made_in="", **changes):
    """Meridian's car with the axle at that price."""
    line = {"item": "5Q0-500", "hs": "8708.50", "quantity": "1",
            "sources": [{"price": price, "made_in": made_in, "sourcing": cast.axle_to_meridian.pk}]}  # fmt: skip
    given = {
        "made_in": "US",
        "hs": "8703.23",
        "lines": [line],
        "costs": {"net": "20000"},
        "vehicle_facts": {"class": "light"},
    }
    return make.signed(cast.car, by=cast.eve, **given | changes)


def test_a_plain_answer_has_no_finding(cast, clock):
    row = axle(cast)
    car(cast, made_in="MX")
    assert codes(cast, row) == []


# ---- codes and words ----


def test_r2_the_code_is_of_another_thing(cast, clock):
    wrong = make.part(cast.talbot, "TA-900", description="Hex flange bolt M12", hs="4011.10")
    make.sourcing(
        wrong, make.part(cast.meridian, "N-900", description="Bolt", hs="7318.15"), by_seller=cast.tom, by_buyer=cast.ed
    )
    row = make.signed(
        wrong, by=cast.tom, to=[cast.meridian], lines=[], statements=[{"law": "aala", "ge70": True, "origin": "US"}]
    )
    found = plausibility.found(known_of(cast, row))
    assert [one.code for one in found] == ["R2"] and "73.18" in found[0].fact


def test_words_of_the_demos_parts_fit_their_codes_and_not_those_of_others():
    told = [row for row in [*world.read().parts, *world.read().items] if row.hs]
    assert len(told) > 450 and [row for row in told if words.elsewhere((row.description,), row.hs)] == []
    chance = random.Random(1)
    swapped = [(row, chance.choice([one.hs for one in told if one.hs[:4] != row.hs[:4]])) for row in told]
    found = sum(bool(words.elsewhere((row.description,), code)) for row, code in swapped)
    assert found / len(swapped) > 0.8


def test_words_that_the_nomenclature_does_not_know_prove_nothing():
    assert words.elsewhere(("Assento dianteiro XR-7",), "8708.29") == ()
    assert words.elsewhere(("Front seat",), "") == () == words.elsewhere(("Hex bolt",), "9999.99")


# ---- country ----


def test_r3_made_elsewhere_than_the_answer_before_said(cast, clock):
    before = axle(cast)
    clock.shift(dt.timedelta(days=1))
    row = axle(cast, made_in="US", supersedes=None, statements=[{"law": "aala", "ge70": True, "origin": "US"}], begins=UNTIL,
               ends=dt.date(2028, 7, 1))  # fmt: skip
    found = plausibility.found(known_of(cast, row))
    assert (
        [one.code for one in found] == ["R3", "R3"]
        and "said MX" in found[0].fact
        and "1 Jul 2026 to 30 Jun 2027" in found[0].fact
    )
    assert codes(cast, before) == []


def test_r8_and_r10_hold_the_answer_against_ones_own_line(cast, clock):
    row = axle(cast, statements=[{"law": "usmca", "originates": True, "criterion": "B", "method": "NC"}])
    car(cast, made_in="CN")
    found = {one.code: one for one in plausibility.found(known_of(cast, row))}
    assert set(found) == {"R8", "R10"} and found["R8"].severity == plausibility.STOPS and "CN" in found["R8"].fact


def test_r10_alone_where_nothing_is_said_to_originate(cast, clock):
    row = axle(cast)
    car(cast, made_in="US")
    assert codes(cast, row) == ["R10"]


# ---- price ----


def purchase(price, currency="USD", begins=FROM):
    return Purchase("sale", "N-1", Decimal(price), currency, begins, None)


@pytest.mark.parametrize(
    ("price", "others", "odd"),
    [
        ("100", ["98", "101", "102", "99"], False),
        ("130", ["98", "101", "102", "99"], True),
        ("124", ["98", "101", "102", "99"], False),  # within a quarter of the median, however narrow the spread
        ("160", ["80", "100", "120", "140", "90"], False),  # prices that move much: three spreads
        ("10", ["98", "101", "102", "1000"], True),  # one odd price among the others hides nothing
        ("199", ["100"], False),
        ("200", ["100"], True),
        ("50", ["100", "100"], True),
        ("100", [], False),
    ],
)
def test_a_price_against_ones_own(price, others, odd):
    mine = purchase(price)
    assert bool(prices.odd([mine], [mine, *map(purchase, others)])) is odd


def test_prices_in_another_currency_are_not_compared():
    mine = purchase("2000", currency="MXN")
    assert prices.odd([mine], [mine, purchase("100"), purchase("101")]) is None


def test_r4_says_factor_and_days(cast, clock):
    row = axle(cast)
    car(cast, price="42", made_in="MX")
    assert codes(cast, row) == []
    PriceWord.objects.create(
        sourcing=cast.axle_to_meridian,
        side="buyer",
        price="420",
        currency="USD",
        begins=dt.date(2026, 1, 1),
        by=cast.ed,
    )
    found = plausibility.found(known_of(cast, row))
    assert [one.code for one in found] == ["R4"] and "10 percent" in found[0].fact and "181 days" in found[0].fact


def test_r7_states_more_than_is_paid(cast, clock):
    said = [{"law": "nafta", "para": "c", "amount": "430"}]
    row = axle(cast, statements=said)
    car(cast, price="420", made_in="MX")
    assert codes(cast, row) == ["R7"]


# ---- days ----


def test_r5_days_that_nobody_speaks_for(cast, clock):
    axle(cast, begins=dt.date(2026, 1, 1), ends=dt.date(2026, 7, 1))
    row = axle(cast, begins=dt.date(2026, 7, 15))
    found = plausibility.found(known_of(cast, row))
    assert [one.code for one in found] == ["R5"] and "14 days" in found[0].fact
    axle(cast, begins=dt.date(2026, 7, 1), ends=dt.date(2026, 7, 20))
    assert codes(cast, row) == []


def test_r6_the_days_that_were_asked_for(cast, clock):
    asked = {"begins": FROM, "ends": UNTIL, "due": dt.date(2026, 12, 24)}
    requests.ask(cast.axle_to_meridian, by=cast.ed, **asked)
    clock.shift(60)
    row = axle(cast, ends=dt.date(2027, 1, 1))
    found = plausibility.found(known_of(cast, row))
    assert [one.code for one in found] == ["R6"] and "1 Jan 2027 to 30 Jun 2027" in found[0].fact
    axle(cast, begins=dt.date(2027, 1, 1))
    assert codes(cast, row) == []


# ---- contradictions ----


def test_r9_two_answers_about_one_part(cast, clock):
    one = axle(cast)
    clock.shift(60)
    other = axle(cast, statements=[{"law": "aala", "ge70": True, "origin": "US"}])
    assert codes(cast, one) == ["R9", "R9"] == codes(cast, other)
    assert "less than 70 percent" in plausibility.found(known_of(cast, one))[0].fact


def test_a_newer_version_does_not_contradict_the_one_it_takes_the_place_of(cast, clock):
    before = axle(cast)
    clock.shift(60)
    draft = Declaration.objects.get(pk=make.draft(cast.axle, by=cast.tom, to=[cast.meridian], lines=[], made_in="MX",
                                                  statements=[{"law": "aala", "ge70": True, "origin": "MX"}]).pk)  # fmt: skip
    Declaration.objects.filter(pk=draft.pk).update(supersedes=before)
    from suppliers.actions import declarations

    draft.refresh_from_db()
    newer = declarations.sign(
        draft, by=cast.tom, name="Tom", title="C", shown=declarations.shown(draft), alone_why="alone"
    )
    assert "R9" not in codes(cast, newer)
    assert [one.face.key for one in plausibility.known_of(cast.meridian.keeps, on=TODAY)] == [newer.pk]


def test_r1_shares_of_ones_own_plants(cast, clock):
    north, south = make.plant(cast.meridian, code="north"), make.plant(cast.meridian, code="south")
    car(cast, plant=north, plant_share="0.7")
    car(cast, plant=south, plant_share="0.6")
    found = own.found_in([cast.car], on=TODAY)[cast.car.pk]
    assert [one.code for one in found] == ["R1"] and "130 percent" in found[0].fact
    assert own.found_in([cast.axle], on=TODAY) == {}


# ---- what they may not tell ----


def _told(cast, cost, wire):
    """What the queue tells of an axle with this body; afterwards the world is as it was."""
    with transaction.atomic():
        bolts = {
            "item": "17-0012",
            "hs": "7318.15",
            "quantity": "8",
            "sources": [{"price": wire, "sourcing": cast.bolt_to_talbot.pk}],
        }
        row = axle(cast, lines=[bolts], costs={"product": cost, "period": "30"}, made_in="MX")
        known = known_of(cast, row)
        said = (known.face.number, known.face.statements, [one.fact for one in plausibility.found(known)])
        transaction.set_rollback(True)
    return said


def test_two_bodies_one_face_the_same_findings(cast, clock):
    car(cast, made_in="US")
    one, other = _told(cast, "150", "1.25"), _told(cast, "20", "9.75")
    assert one == other and one[2], "there is something to find, and it is the same"


def test_no_finding_and_no_face_holds_anything_of_a_body(cast, river):
    found = [(row, plausibility.found(row)) for row in plausibility.known_of(cast.meridian.keeps, on=TODAY)]
    for canary in (CANARY, TOMS, "AB-M12", "Acme", "ST-9", "'BR'"):
        assert canary not in repr(found)
    assert [row.face.seller for row, _findings in found] == ["Talbot Axles"]


def test_the_number_of_queries_does_not_grow(cast, clock, django_assert_num_queries):
    axle(cast)
    car(cast)
    with django_assert_num_queries(6):
        plausibility.known_of(list(cast.meridian.keeps), on=TODAY)
    for number in range(5):
        part = make.part(cast.talbot, f"T-{number}", description="Axle")
        make.sourcing(part, make.part(cast.meridian, f"N-{number}"), by_seller=cast.tom, by_buyer=cast.ed)
        make.signed(part, by=cast.tom, to=[cast.meridian])
    with django_assert_num_queries(6):
        plausibility.known_of(list(cast.meridian.keeps), on=TODAY)


def test_every_check_is_documented():
    page = (Path(__file__).parents[2] / "docs/for-reviewers.md").read_text()
    for row in [*plausibility.CHECKS]:
        assert f"| `{row.code}` | {'stops' if row.severity == 'stops' else 'look'} | {row.title}" in page, row.code
    assert own.R1["title"] in page
