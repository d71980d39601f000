"""Sales and purchases: proposed, confirmed, priced, corrected and ended; each side reads what is its own."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suppliers.actions import parts
from suppliers.actions.parts import AlreadyEnded
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Part, PriceWord, Ripple, Sourcing, SourcingEnd
from tests import make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


def page(row):
    return reverse("suppliers:sourcing-detail", args=[row.pk])


def act(row, name):
    return reverse(f"suppliers:sourcing-{name}", args=[row.pk])


@pytest.fixture
def offered(cast):
    """Acme's new bolt under Talbot's number, in Acme's word alone: Talbot counts hundreds."""
    part = make.part(cast.acme, "AB-9", description="Stud bolt")
    return parts.offer(part, cast.talbot, side="seller", number="T-9", unit="100", factor="100", by=cast.ben)


@pytest.mark.parametrize(
    "seller, buyer, typed, answer",
    [
        ("pc", "pc", "", "1"), ("pc", "100", "100", "100"), ("100", "1000", "10", "10"), ("kg", "pc", "0.25", "0.25"),
        ("pc", "set", "1", "1"), ("pc", "pc", "2", "2"), ("1000", "100", "0.1", "0.1"),
    ],
)  # fmt: skip
def test_the_factor_between_the_units(seller, buyer, typed, answer):
    assert parts.factor_between(seller, buyer, typed) == parts.Decimal(answer)


@pytest.mark.parametrize(
    "seller, buyer, typed",
    [("pc", "100", ""), ("kg", "pc", ""), ("pc", "100", "10"), ("pc", "pc", "0"), ("kg", "pc", "x")],
)
def test_no_factor_is_guessed(seller, buyer, typed):
    with pytest.raises(Malformed) as found:
        parts.factor_between(seller, buyer, typed)
    assert set(found.value.errors) == {"factor"}


def test_a_sale_is_proposed_and_confirmed(cast, offered, sign_in):
    html = sign_in(cast.ben).get("/sales/").content.decode()
    assert "AB-9" in html and "T-9" in html and "Waits for the other company" in html
    assert "Waiting for your word" in sign_in(cast.tom).get("/purchases/").content.decode()
    assert "Confirm this sale" in sign_in(cast.tom).get(page(offered)).content.decode()
    sign_in(cast.tom).post(act(offered, "confirm"))
    assert [row.why for row in Ripple.objects.all()] == ["sourcing"]
    html = sign_in(cast.cleo).get(page(offered)).content.decode()
    assert "Confirmed by both" in html and "hundred pieces of the buyer is 100 × piece of the seller" in html
    assert "Confirm this sale" not in html and "Keep this price" not in html, "a reader reads"


def test_by_the_page_every_error_at_its_field(cast, sign_in):
    typed = {"own": "AB-77", "own_unit": "kg", "other": str(cast.talbot.pk), "number": "T-77", "unit": "pc", "factor": "",
             "price_basis": "ex_works", "begins": "2026-11-24"}  # fmt: skip
    answer = sign_in(cast.ben).post("/sales/new/", typed)
    assert answer.status_code == 422 and "how many of the seller" in answer.content.decode()
    assert not Part.objects.filter(number__in=["AB-77", "T-77"]).exists(), "nothing half saved"
    answer = sign_in(cast.ben).post("/sales/new/", typed | {"factor": "0.5"})
    assert answer.status_code == 302
    row = Sourcing.objects.get(seller_part__number="AB-77")
    assert (row.factor, row.buyer_part.number, row.buyer_part.unit) == (parts.Decimal("0.5"), "T-77", "pc")


def test_only_partners_are_offered_to(cast, sign_in):
    typed = {"own": "AB-77", "own_unit": "pc", "other": str(cast.meridian.pk), "number": "T-77", "unit": "pc",
             "price_basis": "ex_works", "begins": "2026-11-24"}  # fmt: skip
    assert sign_in(cast.ben).post("/sales/new/", typed).status_code == 422
    assert "Meridian" not in sign_in(cast.ben).get("/sales/new/").content.decode()
    with pytest.raises(Malformed):
        parts.offer(cast.bolt, cast.meridian, side="seller", number="X", unit="pc", by=cast.ben)


def test_whether_a_number_exists_there_is_not_told(cast, sign_in):
    """A secret part of Talbot's and a number it does not have: the same page, whichever unit was guessed."""
    make.part(cast.talbot, "SECRET-1", description="Hidden gear", unit="kg")
    told = []
    for nth, number in enumerate(("SECRET-1", "SECRET-2")):
        own = make.part(cast.acme, f"OWN-{nth}", description="Gear")
        row = parts.offer(own, cast.talbot, side="seller", number=number, unit="pc", by=cast.ben)
        html = sign_in(cast.ben).get(page(row)).content.decode() + sign_in(cast.ben).get("/sales/").content.decode()
        assert "Hidden gear" not in html and "kilogram" not in html.split("<main")[1].split("</main>")[0]
        told.append(row)
    said = [
        sign_in(cast.ben).get(page(row)).content.decode().split('id="h-sale"')[1].split("</section>")[0] for row in told
    ]
    assert said[0].replace("SECRET-1", "N").replace("OWN-0", "O") == said[1].replace("SECRET-2", "N").replace(
        "OWN-1", "O"
    )


def test_each_side_says_its_price_and_nobody_else_reads_it(cast, sign_in):
    row = cast.bolt_to_talbot
    wrong = sign_in(cast.ben).post(act(row, "price"), {"price": "1.2x", "currency": "USD", "begins": "2026-11-01"})
    assert wrong.status_code == 422 and "1.2x" in wrong.content.decode() and not PriceWord.objects.exists()
    sign_in(cast.ben).post(act(row, "price"), {"price": "1.2873", "currency": "USD", "begins": "2026-11-01"})
    sign_in(cast.tom).post(act(row, "price"), {"price": "1.2671", "currency": "USD", "begins": "2026-11-01"})
    for who in (cast.cleo, cast.tom):
        html = sign_in(who).get(page(row)).content.decode()
        assert "1.2873" in html and "1.2671" in html and "differ by 0.0202 USD" in html
    for who in (cast.dora, cast.ed, cast.gus):
        assert sign_in(who).get(page(row)).status_code == 404
    sign_in(cast.tom).post(act(row, "price"), {"price": "1.2873", "currency": "USD", "begins": "2026-11-20"})
    assert "Both say the same." in sign_in(cast.ben).get(page(row)).content.decode()
    sign_in(cast.tom).post(act(row, "price"), {"price": "1.2873", "currency": "CAD", "begins": "2026-11-21"})
    assert "different currencies" in sign_in(cast.ben).get(page(row)).content.decode()
    assert PriceWord.objects.count() == 4, "no word is overwritten"


def test_one_side_ends_a_sale_and_both_read_why(cast, sign_in):
    row = cast.bolt_to_talbot
    bad = sign_in(cast.tom).post(act(row, "end"), {"on": "2026-11-01", "why": ""})
    assert bad.status_code == 422 and not SourcingEnd.objects.exists()
    sign_in(cast.tom).post(act(row, "end"), {"on": "2026-12-01", "why": "Bought elsewhere from December."})
    row.refresh_from_db()
    assert row.ends == dt.date(2026, 12, 1) and Ripple.objects.filter(why="sourcing").count() == 1
    assert "Bought elsewhere from December." in sign_in(cast.cleo).get(page(row)).content.decode()
    with pytest.raises(AlreadyEnded):
        parts.end(row, on=dt.date(2026, 12, 2), why="again", by=cast.ada)
    with pytest.raises(NotYourRight):
        parts.end(cast.axle_to_meridian, on=TODAY, why="no", by=cast.dora)


def test_a_proposal_is_refused(cast, offered, sign_in):
    sign_in(cast.tom).post(act(offered, "end"), {"why": "Not our number."})
    offered.refresh_from_db()
    assert offered.ends == offered.begins and not Ripple.objects.exists()
    assert not Sourcing.objects.in_force(on=TODAY).filter(pk=offered.pk).exists()
    assert "Refused or taken back" in sign_in(cast.ben).get("/sales/?past=1").content.decode()
    with pytest.raises(AlreadyEnded):
        parts.confirm(offered, by=cast.tom)


def test_a_correction_ends_the_sale_and_proposes_it_anew(cast, sign_in):
    row = cast.bolt_to_talbot
    same = sign_in(cast.ben).post(act(row, "correct"), {"factor": "", "price_basis": "ex_works", "why": "x"})
    assert same.status_code == 422
    done = sign_in(cast.ben).post(
        act(row, "correct"), {"factor": "4", "price_basis": "delivered", "why": "They count sets."}
    )
    row.refresh_from_db()
    newer = Sourcing.objects.exclude(pk=row.pk).get(seller_part=row.seller_part, buyer_part=row.buyer_part)
    assert done["Location"] == page(newer) and row.ends == TODAY and newer.begins == TODAY and newer.factor == 4
    assert [one.side for one in newer.confirmations.all()] == ["seller"], "the other side confirms the new one"


def test_an_answer_learns_of_a_new_sale(cast, sign_in):
    """A line without a sale: the page says so, and one press drafts the version that names it."""
    line = {"item": "17-0012", "hs": "7318.15", "quantity": "8", "sources": [{"price": "1.25", "seller_name": "Acme"}]}
    axle = make.signed(cast.axle, by=cast.tom, to=[cast.meridian], made_in="MX", lines=[line])
    html = sign_in(cast.tom).get(page(cast.bolt_to_talbot)).content.decode()
    assert (
        "does not name this sale" in html
        and "does not name" not in sign_in(cast.ben).get(page(cast.bolt_to_talbot)).content.decode()
    )
    join = reverse("suppliers:sourcing-join", args=[cast.bolt_to_talbot.pk, axle.pk])
    assert sign_in(cast.ada).post(join).status_code == 404
    done = sign_in(cast.tom).post(join)
    draft = Declaration.objects.drafts().get(supersedes=axle)
    assert done["Location"] == reverse("suppliers:declaration-review", args=[draft.pk])
    assert draft.lines.get().sources.get().sourcing == cast.bolt_to_talbot
    assert "does not name" not in sign_in(cast.tom).get(page(cast.bolt_to_talbot)).content.decode()


@pytest.mark.parametrize("name", ["sale-list", "purchase-list"])
def test_as_many_queries_for_forty_as_for_two(cast, sign_in, name):
    counts = []
    for more in (2, 38):
        for _ in range(more):
            make.sourcing(make.part(cast.acme), make.part(cast.talbot), by_seller=cast.ada)
            make.sourcing(make.part(cast.talbot), make.part(cast.acme), by_buyer=cast.ada)
        client = sign_in(cast.ben)
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"suppliers:{name}")).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1], counts


def test_found_by_either_number(cast, sign_in):
    make.sourcing(make.part(cast.acme, "AB-500"), make.part(cast.talbot, "T-777"), by_seller=cast.ada)
    for wanted in ("500", "777"):
        html = sign_in(cast.ben).get(f"/sales/?q={wanted}").content.decode()
        assert "AB-500" in html and "AB-M12" not in html
