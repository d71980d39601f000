"""Answers that end soon, renewed with one press; marks where something moved since an answer was signed."""

import datetime as dt

import pytest
from django.urls import reverse

from suppliers import staleness
from suppliers.actions import declarations, renewals, requests
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.models import Declaration, PriceWord
from tests import make

TODAY = dt.date(2026, 11, 24)
DAYS = dt.timedelta(days=60)


def answered(cast, part=None, *, ends=dt.date(2026, 12, 24), **changes):
    begins = changes.pop("begins", dt.date(ends.year - 1, ends.month, ends.day))
    return make.signed(part or cast.bolt, by=cast.ada, drafted_by=cast.ben, to=changes.pop("to", [cast.talbot]),
                       begins=begins, ends=ends, **changes)  # fmt: skip


def signed(draft, cast):
    return declarations.sign(draft, by=cast.ada, name="Ada", title="QM", shown=declarations.shown(draft))


# ---- which ones end ----


@pytest.mark.parametrize(
    ("ends", "listed"),
    [
        (dt.date(2026, 11, 24), False),
        (dt.date(2026, 11, 25), True),
        (dt.date(2027, 1, 23), True),
        (dt.date(2027, 1, 24), False),
    ],
)
def test_ending_is_in_force_today_and_over_within_the_days(cast, clock, ends, listed):
    answered(cast, ends=ends)
    assert Declaration.objects.ending(within=DAYS, on=TODAY).exists() == listed
    assert Declaration.objects.ended(since=DAYS, on=TODAY).exists() == (ends == TODAY)


def test_what_is_withdrawn_or_renewed_ends_no_more(cast, clock):
    row, other = answered(cast), answered(cast, make.part(cast.acme, "AB-2"), to=[])
    declarations.withdraw(other, by=cast.ada, why="x")
    draft = renewals.renew(row, by=cast.ben)
    assert list(Declaration.objects.ending(within=DAYS, on=TODAY)) == [row], "a draft renews nothing yet"
    signed(draft, cast)
    assert not Declaration.objects.ending(within=DAYS, on=TODAY).exists()
    assert not Declaration.objects.ended(since=DAYS, on=dt.date(2027, 1, 1)).exists()


# ---- renewing ----


@pytest.mark.parametrize(
    ("begins", "ends", "until"),
    [
        ((2026, 1, 1), (2027, 1, 1), (2028, 1, 1)), ((2026, 8, 31), (2026, 11, 30), (2027, 3, 1)), ((2026, 1, 31), (2026, 3, 31), (2026, 5, 31)),
        ((2024, 2, 29), (2025, 2, 28), (2026, 2, 28)), ((2023, 2, 28), (2024, 2, 28), (2025, 2, 28)), ((2026, 12, 31), (2027, 1, 31), (2027, 2, 28)),
        ((2026, 3, 1), (2026, 3, 15), (2026, 3, 29)),
    ],
)  # fmt: skip
def test_a_period_is_rolled_on_as_long_as_it_was(begins, ends, until):
    assert renewals.rolled(dt.date(*begins), dt.date(*ends)) == dt.date(*until)


def test_a_renewal_carries_everything_forward(cast, clock):
    row = answered(cast, statements=[{"law": "usmca", "originates": "true", "method": "NC"}], price="1.25")
    draft = renewals.renew(row, by=cast.ben)
    before, after = stored.of(row), stored.of(draft)
    assert (draft.begins, draft.ends, draft.supersedes) == (row.ends, dt.date(2027, 12, 24), row)
    assert after | {"begins": before["begins"], "ends": before["ends"]} == before
    assert renewals.renew(row, by=cast.ada) == draft, "pressed twice"
    signed(draft, cast)
    assert Declaration.objects.in_force(on=TODAY).get() == row
    assert Declaration.objects.in_force(on=dt.date(2027, 1, 1)).get() == draft
    with pytest.raises(renewals.NotRenewable):
        renewals.renew(row, by=cast.ben)


@pytest.mark.parametrize("who", ["cleo", "ivy", "tom", "dora", "sam_at_dorado", "ed", "fay", "olga"])
def test_only_a_writer_of_the_company_renews(cast, clock, who):
    row = answered(cast)
    with pytest.raises(NotYourRight):
        renewals.renew(row, by=getattr(cast, who))


def test_many_at_once_from_the_page(cast, clock, sign_in):
    rows = [answered(cast, make.part(cast.acme, f"AB-{n}"), to=[]) for n in range(5)]
    client, page = sign_in(cast.ben), reverse("suppliers:declaration-ending")
    seen = client.get(page).content.decode()
    assert "5 answers end soon" in seen and seen.count("checked") == 5
    stranger = make.signed(make.part(cast.dorado, "DF"), by=cast.dora, ends=dt.date(2026, 12, 1))
    posted = {"pk": [str(row.pk) for row in rows[:3]] + [str(stranger.pk), "x", ""]}
    client.post(reverse("suppliers:declaration-renew-many"), posted)
    client.post(reverse("suppliers:declaration-renew-many"), posted)
    assert Declaration.objects.drafts().count() == 3
    seen = client.get(page).content.decode()
    assert "Renewals to read and sign" in seen and "only the period" in seen and seen.count("renewal drafted") == 3
    draft = Declaration.objects.drafts().first()
    declarations.change(draft, stored.of(draft) | {"price": "2"}, by=cast.ben, version=1, machine=True)
    assert "the period and 1 field" in client.get(page).content.decode()


def test_a_reader_sees_what_ends_and_no_button(cast, clock, sign_in):
    answered(cast)
    seen = sign_in(cast.cleo).get(reverse("suppliers:declaration-ending")).content.decode()
    assert "1 answer ends soon" in seen and "checkbox" not in seen and "Draft the renewals" not in seen


def test_the_page_asks_the_same_for_few_and_many(cast, clock, sign_in, django_assert_max_num_queries):
    for number in range(40):
        row = answered(cast, make.part(cast.acme, f"AB-{number}"), to=[])
        if number % 2:
            renewals.renew(row, by=cast.ben)
    client = sign_in(cast.ada)
    for page, most in (("declaration-ending", 45), ("declaration-list", 30), ("retention-list", 16)):
        with django_assert_max_num_queries(most):
            client.get(reverse(f"suppliers:{page}"))


# ---- what moved since ----


def marks(row, on=TODAY):
    return [(mark.kind, mark.on) for mark in staleness.marks([row], on=on)[row.pk]]


def word(sale, by, price, *, side="buyer", begins=TODAY, currency="USD"):
    return PriceWord.objects.create(sourcing=sale, side=side, price=price, currency=currency, begins=begins, by=by)


@pytest.fixture
def axle(cast, clock):
    """Tom's axle takes eight of Ada's bolts at 1.25; both signed on one morning."""
    cast.ada_said = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    line = {
        "item": "17-0012",
        "hs": "7318.15",
        "quantity": "8",
        "sources": [{"price": "1.25", "sourcing": cast.bolt_to_talbot.pk}],
    }
    said = [{"law": "usmca", "originates": "true", "method": "NC"}]
    cast.tom_said = make.signed(
        cast.axle,
        by=cast.tom,
        to=[cast.meridian],
        made_in="MX",
        lines=[line],
        uses=["heavy"],
        price="420",
        statements=said,
    )
    clock.shift(dt.timedelta(hours=1))
    return cast


def test_nothing_moved(axle):
    word(axle.bolt_to_talbot, axle.tom, "1.25")
    word(axle.axle_to_meridian, axle.ed, "420")
    assert marks(axle.tom_said) == []


def test_a_newer_price_of_an_input_or_of_the_part(axle):
    word(axle.bolt_to_talbot, axle.ada, "1.31", side="seller", begins=dt.date(2026, 12, 1))
    assert marks(axle.tom_said) == []
    assert marks(axle.tom_said, dt.date(2026, 12, 1)) == [("prices", dt.date(2026, 12, 1))]
    word(axle.axle_to_meridian, axle.ed, "431")
    assert marks(axle.tom_said) == [("prices", TODAY)]
    assert marks(axle.ada_said) == [], "the bolt's own answer gives no price"


def test_a_supplier_that_answered_anew_or_took_back(axle, clock):
    newer = declarations.supersede(axle.ada_said, by=axle.ben)
    assert marks(axle.tom_said) == []
    signed(newer, axle)
    assert marks(axle.tom_said) == [("answers", TODAY)]
    clock.shift(dt.timedelta(days=1))
    declarations.withdraw(newer, by=axle.ada, why="canary")
    found = staleness.marks([axle.tom_said], on=TODAY)[axle.tom_said.pk]
    assert [mark.on for mark in found] == [TODAY, dt.date(2026, 11, 25)] and "took back" in found[1].words
    assert "canary" not in str(found) and "AB-M12" not in str(found), "only what a face shows"


def test_an_answer_addressed_to_others_moves_nothing(axle):
    make.sourcing(axle.bolt, make.part(axle.orion, "OB"), by_seller=axle.ada, by_buyer=axle.gus)
    make.signed(axle.bolt, by=axle.ada, drafted_by=axle.ben, to=[axle.orion])
    assert marks(axle.tom_said) == []


def test_an_own_part_answered_anew(cast, clock):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben)
    made = {"item": "AB-M12", "quantity": "4", "sources": [{"how": "made", "made_part": str(cast.bolt.pk)}]}
    said = [{"law": "usmca", "originates": "true", "method": "NC"}]
    kit = make.signed(make.part(cast.acme, "KIT"), by=cast.ada, drafted_by=cast.ben, lines=[made], statements=said)
    body = make.signed(make.part(cast.acme, "KIT-2"), by=cast.ada, drafted_by=cast.ben, lines=[made])
    clock.shift(dt.timedelta(hours=1))
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben)
    assert marks(kit) == [("answers", TODAY)]
    assert marks(body) == [], "what is computed is computed again by itself"


def test_the_rules_moved(cast, clock):
    """UR 13: 70 percent for heavy trucks from 2027-07-01 on."""
    said = [{"law": "usmca", "originates": "true", "method": "NC"}]
    days = {"begins": dt.date(2026, 11, 1), "ends": dt.date(2027, 11, 1)}
    heavy = answered(cast, statements=said, uses=["heavy"], **days)
    light = answered(cast, make.part(cast.acme, "AB-2"), to=[], statements=said, uses=["light"], **days)
    over = answered(
        cast, make.part(cast.acme, "AB-3"), to=[], statements=said, uses=["heavy"], ends=dt.date(2027, 7, 1)
    )
    asked = answered(cast, make.part(cast.acme, "AB-4"), to=[], uses=["heavy"], **days)
    sale = make.sourcing(asked.part, make.part(cast.talbot, "17-4"), by_seller=cast.ada, by_buyer=cast.tom)
    requests.ask(sale, by=cast.tom, begins=days["begins"], ends=days["ends"], due=TODAY, rulebooks=["usmca"])
    later = dt.date(2027, 7, 1)
    assert marks(heavy, dt.date(2027, 6, 30)) == [] and marks(heavy, later) == marks(asked, later) == [("rules", later)]
    assert marks(light, later) == marks(over, later) == []


def test_a_newer_edition_of_the_codes(cast, clock):
    row = answered(cast, begins=dt.date(2027, 6, 1), ends=dt.date(2028, 6, 1))
    assert marks(row, dt.date(2027, 12, 31)) == [] and marks(row, dt.date(2028, 1, 1)) == [
        ("codes", dt.date(2028, 1, 1))
    ]


def test_marks_stand_in_list_and_receipt_for_the_owner_alone(axle, sign_in):
    signed(declarations.supersede(axle.ada_said, by=axle.ben), axle)
    client = sign_in(axle.tom)
    detail = reverse("suppliers:declaration-detail", args=[axle.tom_said.pk])
    for page in (reverse("suppliers:declaration-list"), detail):
        assert "Acme Bolts signed a newer answer about 17-0012." in client.get(page).content.decode()
    client = sign_in(axle.ed)
    for page in (reverse("suppliers:declaration-list"), detail, reverse("suppliers:notice-list")):
        assert "Acme" not in client.get(page).content.decode()


def test_the_marks_ask_the_same_for_few_and_many(axle, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        staleness.marks(Declaration.objects.signed(), on=TODAY)
    rows = [answered(axle, make.part(axle.acme, f"AB-{n}"), to=[]) for n in range(30)]
    with django_assert_max_num_queries(14):
        staleness.marks([*rows, axle.tom_said, axle.ada_said], on=TODAY)
