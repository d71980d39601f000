"""Signing many at once: each its own declaration, each only as shown, nothing half."""

import re

import pytest
from django.urls import reverse

from suppliers.actions import batches, declarations
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Seal
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "suppliers:declaration-sign-many"


def drafts(cast, count, *, by=None):
    rows = [make.part(cast.acme, f"MB-{n:02}") for n in range(count)]
    for row in rows:
        make.sourcing(row, make.part(cast.talbot, f"T-{row.number}"), by_seller=cast.ada, by_buyer=cast.tom)
    said = [{"law": "usmca", "originates": "true", "criterion": "B", "method": "NC"}]
    return [make.draft(row, by=by or cast.ben, to=[cast.talbot], lines=[], statements=said) for row in rows]


def post_of(html, **changes):
    ticked = re.findall(r'name="sign" value="([^"]+)"[^>]* checked', html)
    shown = dict(re.findall(r'name="(shown\.[^"]+)" value="([^"]+)"', html))
    return {"sign": ticked, **shown, "name": "Ada Lind", "title": "QM", "right": "true"} | changes


def test_forty_drafts_are_signed_in_one_act_each_with_its_own_digest_and_seal(cast, sign_in):
    rows, client = drafts(cast, 40), sign_in(cast.ada)
    html = client.get(reverse(PAGE)).content.decode()
    for row in rows:
        assert declarations.shown(row) in html and declarations.text(row, stored.of(row)).replace("'", "&#x27;") in html
    before = Seal.objects.count()
    done = client.post(reverse(PAGE), post_of(html))
    signed = Declaration.objects.signed()
    assert signed.count() == 40 and len(set(signed.values_list("digest", flat=True))) == 40
    assert Seal.objects.count() == before + 40
    receipt = client.get(done["Location"]).content.decode()
    assert "40 declarations signed on" in receipt
    assert all(row.digest in receipt for row in signed)


def test_only_the_one_that_changed_is_refused_and_it_is_named(cast, sign_in):
    rows, client = drafts(cast, 3), sign_in(cast.ada)
    html = client.get(reverse(PAGE)).content.decode()
    declarations.change(rows[1], stored.of(rows[1]) | {"made_in": "CA"}, by=cast.ben, version=1, machine=True)
    answer = client.post(reverse(PAGE), post_of(html))
    told = answer.content.decode()
    assert answer.status_code == 422 and "2 declarations are signed." in told
    assert "MB-01</a>: The draft changed after it was shown to you" in told
    assert [row.is_signed for row in Declaration.objects.order_by("part__number")] == [True, False, True]
    again = client.post(reverse(PAGE), post_of(told, sign=[str(rows[1].pk)]))
    assert again.status_code == 302 and Declaration.objects.signed().count() == 3


def test_a_draft_that_a_check_stops_cannot_be_ticked_and_is_refused_if_forged(cast, sign_in):
    row = drafts(cast, 1)[0]
    wrong = [{"law": "nafta", "para": "c"}]  # an amount is missing
    declarations.change(row, stored.of(row) | {"statements": wrong}, by=cast.ben, version=1, machine=True)
    client = sign_in(cast.ada)
    html = client.get(reverse(PAGE)).content.decode()
    assert "disabled" in html and "G4" in html and post_of(html)["sign"] == []
    told = client.post(reverse(PAGE), post_of(html, sign=[str(row.pk)])).content.decode()
    assert "G4" in told and not Declaration.objects.signed().exists()


def test_who_drafted_alone_says_why_once_before_anything_is_signed(cast, sign_in):
    drafts(cast, 2, by=cast.ada)
    client = sign_in(cast.ada)
    html = client.get(reverse(PAGE)).content.decode()
    assert client.post(reverse(PAGE), post_of(html)).status_code == 422
    assert not Declaration.objects.signed().exists()
    assert client.post(reverse(PAGE), post_of(html, alone_why="one clerk")).status_code == 302
    assert set(Declaration.objects.values_list("alone_why", flat=True)) == {"one clerk"}


def test_name_title_and_right_are_asked_before_the_first_is_signed(cast, sign_in):
    drafts(cast, 2)
    client = sign_in(cast.ada)
    html = client.get(reverse(PAGE)).content.decode()
    for missing in ({"name": " "}, {"title": ""}, {"right": ""}, {"sign": []}):
        assert client.post(reverse(PAGE), post_of(html, **missing)).status_code == 422
    assert not Declaration.objects.signed().exists()


def test_nobody_signs_for_others_or_without_the_right(cast, sign_in):
    rows = drafts(cast, 1)
    html = sign_in(cast.ada).get(reverse(PAGE)).content.decode()
    sign_in(cast.tom).post(reverse(PAGE), post_of(html))
    assert sign_in(cast.ben).get(reverse(PAGE)).status_code == 404
    for who in (cast.ben, cast.cleo):
        with pytest.raises(NotYourRight):
            batches.sign_many([(rows[0], declarations.shown(rows[0]))], by=who, name="B", title="C")
    with pytest.raises(NotYourRight):
        batches.sign_many([(rows[0], declarations.shown(rows[0]))], by=cast.tom, name="B", title="C")
    with pytest.raises(Malformed):
        batches.sign_many([(rows[0], declarations.shown(rows[0]))], by=cast.ada, name="", title="")
    assert not Declaration.objects.signed().exists()


def test_the_page_asks_the_database_no_more_often_for_forty(cast, sign_in, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def more(numbers):
        for n in numbers:
            part = make.part(cast.acme, f"MC-{n}")
            make.sourcing(part, make.part(cast.talbot, f"T-{n}"), by_seller=cast.ada, by_buyer=cast.tom)
            make.draft(part, by=cast.ben, to=[cast.talbot])

    drafts(cast, 2)
    more(range(2))
    client = sign_in(cast.ada)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(PAGE))
    more(range(2, 40))
    with django_assert_num_queries(len(few)):
        client.get(reverse(PAGE))


def test_a_receipt_holds_ones_own_of_that_day(cast, sign_in):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    day = Declaration.objects.get().signed_at.date().isoformat()
    assert "AB-M12" in sign_in(cast.cleo).get(reverse("suppliers:declaration-receipt", args=[day])).content.decode()
    assert "AB-M12" not in sign_in(cast.tom).get(reverse("suppliers:declaration-receipt", args=[day])).content.decode()
    assert sign_in(cast.ada).get(reverse("suppliers:declaration-receipt", args=["yesterday"])).status_code == 404


def test_what_was_told_to_another_customer_is_shown_before_many_are_signed(cast, sign_in):
    """A contradiction does not stop a signature, but nobody signs past it unseen."""
    other = make.sourcing(cast.bolt, make.part(cast.orion, "OR-1"), by_seller=cast.ada, by_buyer=cast.gus)
    said = {"law": "usmca", "originates": "true"}
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[other.buyer], statements=[said])
    make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], statements=[said | {"originates": "false"}])
    html = sign_in(cast.ada).get(reverse(PAGE)).content.decode()
    assert "Orion Cars" in html and "you said that" in html and "disabled" not in html
