"""What a supplier says here and otherwise elsewhere is shown to it alone, before it signs, with both answers and the cure."""

import datetime as dt

import pytest
from django.urls import reverse

from suppliers import contradictions, days
from suppliers.actions import declarations, requests
from suppliers.facts import stored
from tests import make


@pytest.fixture
def two(cast):
    """Acme sells its bolt to Orion too."""
    cast.orion_bolt = make.part(cast.orion, "OB-12")
    make.sourcing(cast.bolt, cast.orion_bolt, by_seller=cast.ada, by_buyer=cast.gus)
    return cast


def buyer(cast, name):
    made = make.organisation(name)
    make.sourcing(cast.bolt, make.part(made, "X"), by_seller=cast.ada)
    return made


def says(law, **said):
    return {"law": law} | said


def answer(cast, *, to, signed=False, statements=(), **changes):
    changes = {"lines": []} | changes
    make_it = make.signed if signed else make.draft
    return make_it(cast.bolt, by=cast.ada, to=to, statements=list(statements), **changes)


def found(declaration):
    return [(row.code, row.path) for row in contradictions.of(declaration)]


NAFTA_F = says("nafta", para="f", percent="62.5")
RVC = [{"key": "basis", "value": "rvc"}]
CASES = {
    # name: (told to Talbot, said now to Orion, code, path)
    "nafta originates": (says("nafta", para="g"), says("nafta", originates="false"), "K4", "statements.0.originates"),
    "nafta nil and listed": (says("nafta", para="nil"), says("nafta", para="c", amount="0.4"), "K5", "statements.0.amount"),
    "nafta amount": (says("nafta", para="c", amount="0.4"), says("nafta", para="c", amount="0.5"), "K5", "statements.0.amount"),
    "nafta percentage": (NAFTA_F, says("nafta", para="f", percent="58"), "K5", "statements.0.percent"),
    "usmca originates": (says("usmca", originates="true", method="NC"), says("usmca", originates="false"), "K4", "statements.0.originates"),
    "usmca criterion": (says("usmca", originates="true", criterion="A"), says("usmca", originates="true", criterion="B", method="NC"), "K4", "statements.0.criterion"),
    "usmca accumulation": (says("usmca", para="9-3", vnm="0.2"), says("usmca", para="9-3", vnm="0.3"), "K5", "statements.0.vnm"),
    "aala seventy": (says("aala", ge70="true"), says("aala", ge70="false"), "K6", "statements.0.ge70"),
    "aala seventy and nearest five": (says("aala", ge70="true"), says("aala", pct5="55", origin="JP"), "K6", "statements.0.pct5"),
    "aala nearest five": (says("aala", pct5="55"), says("aala", pct5="40"), "K6", "statements.0.pct5"),
    "aala exact": (says("aala", pct="63.2"), says("aala", pct="63.9"), "K6", "statements.0.pct"),
    "aala origin": (says("aala", pct5="20", origin="JP"), says("aala", pct5="20", origin="KR"), "K7", "statements.0.origin"),
    "aala engine": (says("aala", ge70="true", engine_origin="US"), says("aala", ge70="true", engine_origin="MX"), "K7", "statements.0.engine_origin"),
    "aala transmission": (says("aala", transmission_origin="US"), says("aala", transmission_origin="MX"), "K7", "statements.0.transmission_origin"),
    "eu originates": (says("eu-uk", originates="true", agreements="MX"), says("eu-uk", originates="false", agreements="MX, CH"), "K4", "statements.0.originates"),
    "eu origin": (says("eu-uk", originates="true", origin="DE"), says("eu-uk", originates="true", origin="TR"), "K7", "statements.0.origin"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_law_by_law(two, name):
    before, now, code, path = CASES[name]
    answer(two, to=[two.talbot], signed=True, statements=[before], made_in="")
    draft = answer(two, to=[two.orion], statements=[now], made_in="")
    rows = [row for row in contradictions.of(draft) if (row.code, row.path) == (code, path)]
    assert len(rows) == 1, found(draft)
    text = rows[0].message
    today = days.day(dt.datetime.now(dt.UTC).date())
    assert "Talbot Axles" in text and today in text and "1 Jul 2027" in text and "new version" in text
    assert rows[0].cite and rows[0].severity == "look"
    assert rows[0] in declarations.findings(draft)


AGREE = {
    "the same": (NAFTA_F, NAFTA_F),
    "another law": (says("usmca", originates="true", method="NC"), says("nafta", originates="false")),
    "other vehicles": (says("usmca", originates="true", use="light"), says("usmca", originates="false", use="heavy")),
    "other agreements": (says("eu-uk", originates="true", agreements="CH"), says("eu-uk", originates="false", agreements="MX")),
    "the price of another sale": (says("nafta", para="e", amount="1.1"), says("nafta", para="e", amount="1.2")),
    "another way of counting": (says("usmca", originates="true", method="NC"), says("usmca", originates="true", method="TV")),
    "seventy and an exact share above it": (says("aala", ge70="true"), says("aala", pct="71.5")),
}  # fmt: skip


@pytest.mark.parametrize("name", AGREE)
def test_what_may_both_be_true_is_no_contradiction(two, name):
    before, now = AGREE[name]
    answer(two, to=[two.talbot], signed=True, statements=[before], claims=RVC)
    assert found(answer(two, to=[two.orion], statements=[now], claims=RVC)) == []


def test_of_the_part_itself(two):
    make.signed(two.bolt, by=two.ada, to=[two.talbot], made_in="US", claims=[{"key": "shift", "value": "met"}])
    draft = make.draft(
        two.bolt, by=two.ada, to=[two.orion], made_in="MX", hs="7318.16", claims=[{"key": "shift", "value": "not_met"}]
    )
    assert found(draft) == [("K1", "made_in"), ("K2", "hs"), ("K3", "claims.0.value")]
    messages = " ".join(row.message for row in contradictions.of(draft))
    assert "made in MX" in messages and "made in US" in messages and "7318.16" in messages and "7318.15" in messages
    national = make.draft(two.bolt, by=two.ada, to=[two.orion], made_in="US", hs="7318.15.20")
    older = make.draft(two.bolt, by=two.ada, to=[two.orion], made_in="US", hs="7318.16", hs_edition="HS 2017")
    assert found(national) == found(older) == []


def imported(item, price, country, quantity="1"):
    source = {"how": "imported", "price": price, "made_in": country, "title": "importation"}
    return {"item": item, "hs": "7217.10", "quantity": quantity, "unit": "kg", "sources": [source]}


ACROSS = {
    # name: (told to Talbot, said now to Orion, the path here)
    "seventy, and a body of less": (
        {"statements": [says("aala", ge70="true")]}, {"price": "1", "lines": [imported("WR", "0.31", "KR")]}, "lines.0.item"),
    "a body of less, and seventy": (
        {"price": "1", "lines": [imported("WR", "0.31", "KR")]}, {"statements": [says("aala", ge70="true")]}, "statements.0.ge70"),
    "nil, and an import": ({"lines": [imported("WR", "0.1", "KR")]}, {"statements": [says("nafta", para="nil")]}, "statements.0.para"),
    "criterion A, and an import": (
        {"lines": [imported("WR", "0.1", "KR")]}, {"statements": [says("usmca", originates="true", criterion="A")]}, "statements.0.criterion"),
    "originates, and made elsewhere": (
        {"statements": [says("usmca", originates="true", method="NC")], "made_in": ""}, {"made_in": "KR"}, "made_in"),
    "by tariff shift, and not met": (
        {"claims": [{"key": "shift", "value": "not_met"}]}, {"statements": [says("usmca", originates="true", method="TS")]}, "statements.0.originates"),
    "seventy, and of Japanese origin": (
        {"statements": [says("aala", pct5="20", origin="JP")], "made_in": ""}, {"statements": [says("aala", ge70="true")]}, "statements.0.ge70"),
    "of German origin, and made in Mexico": (
        {"made_in": "MX"}, {"statements": [says("eu-uk", originates="true", origin="DE")], "made_in": ""}, "statements.0.origin"),
}  # fmt: skip


@pytest.mark.parametrize("name", ACROSS)
def test_across_forms(two, name):
    before, now, path = ACROSS[name]
    answer(two, to=[two.talbot], signed=True, **{"made_in": "US", "costs": {"product": "0.1"}} | before)
    draft = answer(two, to=[two.orion], **{"made_in": "US", "costs": {"product": "0.1"}} | now)
    assert path in [at for _, at in found(draft)], found(draft)


def test_seventy_percent_is_not_contradicted_at_thirty_percent_from_elsewhere(two):
    answer(two, to=[two.talbot], signed=True, statements=[says("aala", ge70="true")])
    assert found(answer(two, to=[two.orion], price="1", lines=[imported("WR", "0.30", "KR")])) == []


WITHIN = {
    "both of one law": ([says("usmca", originates="true"), says("usmca", originates="false")], {}, "K4"),
    "seventy and a foreign origin": ([says("aala", ge70="true", origin="JP")], {}, "K6"),
    "tariff shift": ([says("usmca", originates="true", method="TS")], {"claims": [{"key": "shift", "value": "not_met"}]}, "K4"),
    "a German origin made in Mexico": ([says("eu-uk", originates="true", origin="DE")], {"made_in": "MX"}, "K7"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHIN)
def test_within_one_answer(two, name):
    statements, changes, code = WITHIN[name]
    rows = contradictions.of(answer(two, to=[two.talbot], statements=statements, **changes))
    assert [row.code for row in rows] == [code] and "Both cannot be true" in rows[0].message


def test_a_member_of_the_union_may_be_the_place_of_making(two):
    said = [says("eu-uk", originates="true", origin="DE")]
    assert found(answer(two, to=[two.talbot], statements=said, made_in="PL")) == []


@pytest.mark.parametrize(
    "change", ["withdrawn", "superseded", "other days", "other plant", "replaced before", "other part", "draft"]
)
def test_only_answers_that_speak_for_the_same_part_and_days(two, change, clock):
    one, other = make.plant(two.acme, code="one"), make.plant(two.acme, code="two")
    yes, no = [says("usmca", originates="true", method="NC")], [says("usmca", originates="false")]
    if change == "draft":
        answer(two, to=[two.talbot], statements=yes)
    else:
        told = answer(two, to=[two.talbot], signed=True, statements=yes, plant=one)
    days = {"begins": dt.date(2026, 7, 1), "ends": dt.date(2027, 7, 1)}
    supersedes, plant, part = None, one, two.bolt
    if change == "withdrawn":
        declarations.withdraw(told, by=two.ada, why="wrong")
    if change == "superseded":
        supersedes = told
    if change == "other days":
        days = {"begins": dt.date(2027, 7, 1), "ends": dt.date(2028, 7, 1)}
    if change == "other plant":
        plant = other
    if change == "other part":
        part = make.part(two.acme, "AB-M14", hs="7318.15")
    if change == "replaced before":
        newer = declarations.supersede(told, by=two.ada, begins=dt.date(2026, 12, 1), statements=no)
        declarations.sign(newer, by=two.ada, name="Ada", title="QM", shown=declarations.shown(newer), alone_why="alone")
        days = {"begins": dt.date(2026, 12, 1), "ends": dt.date(2027, 7, 1)}
    facts = make.facts(part, to=[two.orion], lines=[], statements=no, plant=plant, **days)
    draft = declarations.draft(facts, by=two.ada, supersedes=supersedes, machine=True)
    assert found(draft) == []


def test_many_customers_are_one_finding(two):
    buyers = [buyer(two, f"Buyer {letter}") for letter in "ABC"]
    for one in buyers:
        answer(two, to=[one], signed=True, statements=[says("usmca", originates="true")])
    rows = contradictions.of(answer(two, to=[two.orion], statements=[says("usmca", originates="false")]))
    assert len(rows) == 1 and "Buyer A, Buyer B, Buyer C" in rows[0].message


def test_not_our_part_said_to_another_customer(two):
    asked = requests.ask(
        two.bolt_to_talbot, by=two.tom, begins=dt.date(2026, 7, 1), ends=dt.date(2027, 7, 1), due=dt.date(2026, 12, 1)
    )
    requests.decline(asked, by=two.ada, reason="not_ours", why="a rival makes it")
    draft = make.draft(two.bolt, by=two.ada, to=[two.orion])
    (row,) = contradictions.of(draft)
    assert row.code == "K9" and "Talbot Axles" in row.message and "not our part" in row.message


def test_the_reading_costs_the_same_for_few_and_many(two, django_assert_max_num_queries):
    draft = answer(two, to=[two.orion], statements=[says("usmca", originates="false")])
    for turn in range(12):
        answer(two, to=[buyer(two, f"B{turn}")], signed=True, statements=[says("usmca", originates="true")])
    with django_assert_max_num_queries(30):
        contradictions.of(draft)


def test_while_typing_nothing_is_saved_and_the_answer_replaced_is_no_contradiction(two):
    told = answer(two, to=[two.talbot], signed=True, statements=[says("usmca", originates="true")])
    typed = make.facts(
        two.bolt, to=[str(two.orion.pk)], lines=[], statements=[{"law": ""}, says("usmca", originates="false")]
    )
    fresh, newer = answer(two, to=[two.orion]), declarations.supersede(told, by=two.ada)
    codes = [(row.code, row.path) for row in declarations.weighed(typed, by=two.ada, draft=fresh, machine=True)]
    assert ("K4", "statements.1.originates") in codes, "at the row that was typed"
    assert "K4" not in [row.code for row in declarations.weighed(typed, by=two.ada, draft=newer, machine=True)]


def test_its_owner_reads_it_and_signs_all_the_same(two, sign_in):
    answer(two, to=[two.talbot], signed=True, statements=[says("usmca", originates="true")])
    draft = answer(two, to=[two.orion], statements=[says("usmca", originates="false")])
    client = sign_in(two.ada)
    for page in ("declaration-review", "declaration-edit"):
        got = client.get(reverse(f"suppliers:{page}", args=[draft.pk]), {"check": "1"}).content.decode()
        assert "to Talbot Axles you said that it originates under USMCA" in got and "K4" in got
    checked = client.post(reverse("api:declaration-check", args=[draft.pk])).json()
    assert "K4" in [row["code"] for row in checked]
    declarations.sign(draft, by=two.ada, name="Ada", title="QM", shown=declarations.shown(draft), alone_why="alone")


def test_no_customer_ever_sees_it(two, sign_in):
    """Orion and Talbot read their faces, lists, requests and the API: nothing there says that the other was told otherwise."""
    first = answer(two, to=[two.talbot], signed=True, statements=[says("usmca", originates="true")])
    second = answer(two, to=[two.orion], signed=True, statements=[says("usmca", originates="false")])
    for reader, own, other, name in ((two.tom, first, second, b"Orion"), (two.gus, second, first, b"Talbot")):
        client = sign_in(reader)
        pages = [reverse("suppliers:declaration-detail", args=[own.pk]), reverse("suppliers:request-list"), reverse("suppliers:part-list"),
                 reverse("suppliers:declaration-list"), reverse("suppliers:disclosure-list"), reverse("api:declaration-list"),
                 reverse("api:declaration-detail", args=[own.pk])]  # fmt: skip
        for page in pages:
            got = client.get(page)
            assert got.status_code == 200 and b"you said that" not in got.content and b"<code>K4" not in got.content, (
                page
            )
            if reader is two.gus:
                assert name not in got.content, page
        for page in (
            reverse("suppliers:declaration-detail", args=[other.pk]),
            reverse("api:declaration-detail", args=[other.pk]),
        ):
            assert client.get(page).status_code == 404
        for verb, page in (
            ("post", "api:declaration-check"),
            ("get", "suppliers:declaration-review"),
            ("get", "suppliers:declaration-edit"),
        ):
            assert getattr(client, verb)(reverse(page, args=[own.pk])).status_code == 404


def test_many_signed_together_show_each_its_own(two, sign_in, django_assert_max_num_queries):
    answer(two, to=[two.talbot], signed=True, statements=[says("usmca", originates="true")])
    draft = answer(two, to=[two.orion], statements=[says("usmca", originates="false")])
    for number in range(20):
        part = make.part(two.acme, f"AB-{number}")
        make.signed(part, by=two.ada, made_in="US")
        make.draft(part, by=two.ben, made_in="US")
    with django_assert_max_num_queries(40):
        told = contradictions.of_many((row, stored.of(row)) for row in [draft])
    assert [row.code for row in told[draft.pk]] == ["K4"]
    page = sign_in(two.ada).get(reverse("suppliers:declaration-sign-many")).content.decode()
    assert page.count("to Talbot Axles you said that") == 1
