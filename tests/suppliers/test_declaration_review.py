"""Signing on the page, the receipt, and the face a buyer sees."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suppliers.facts import stored
from suppliers.models import Declaration
from tests import make

pytestmark = pytest.mark.django_db
CANARY = "7.654321"


@pytest.fixture
def draft(cast):
    wire = {
        "how": "imported",
        "price": CANARY,
        "made_in": "KR",
        "seller_name": "Canary Wire Works",
        "title": "importation",
    }
    line = {
        "item": "CANARY-ITEM",
        "description": "Wire",
        "hs": "7217.10",
        "quantity": "0.11",
        "unit": "kg",
        "sources": [wire],
    }
    return make.draft(
        cast.bolt, by=cast.ben, to=[cast.talbot], lines=[line], statements=[{"law": "usmca", "originates": "true"}]
    )


@pytest.fixture
def page(draft):
    return reverse("suppliers:declaration-review", args=[draft.pk])


def shown_on(html):
    start = html.index('name="shown" value="') + len('name="shown" value="')
    return html[start : start + 64]


def test_ada_signs_what_she_is_shown(cast, draft, page, sign_in):
    client = sign_in(cast.ada)
    html = client.get(page).content.decode()
    assert CANARY in html and "states to the direct buyer the amounts" in html
    assert 'name="right" value="true">' in html, "the box is empty at first"
    unticked = client.post(page, {"shown": shown_on(html), "name": "Ada Lind", "title": "QM"})
    assert unticked.status_code == 422 and not Declaration.objects.get(pk=draft.pk).is_signed
    done = client.post(page, {"shown": shown_on(html), "name": "Ada Lind", "title": "QM", "right": "true"})
    receipt = client.get(done["Location"]).content.decode()
    signed = Declaration.objects.get(pk=draft.pk)
    assert signed.digest in receipt and "Ada Lind, QM" in receipt


def test_ben_sees_it_but_cannot_sign(cast, draft, page, sign_in):
    client = sign_in(cast.ben)
    html = client.get(page).content.decode()
    assert 'name="shown"' not in html
    answer = client.post(page, {"shown": "x" * 64, "name": "Ben", "title": "Clerk", "right": "true"})
    assert answer.status_code == 422
    assert not Declaration.objects.get(pk=draft.pk).is_signed


def test_tom_sees_the_face_and_no_figure(cast, draft, sign_in):
    from suppliers.actions import declarations

    signed = declarations.sign(draft, by=cast.ada, name="Ada Lind", title="QM", shown=declarations.shown(draft))
    address = reverse("suppliers:declaration-detail", args=[signed.pk])
    face = sign_in(cast.tom).get(address).content.decode()
    assert "addressed to you" in face and "USMCA" in face
    for secret in (CANARY, "CANARY-ITEM", "Canary Wire Works", ">KR<", signed.digest, "Ada Lind"):
        assert secret not in face
    for who in (cast.dora, cast.ed, cast.gus, cast.finn, cast.olga):
        assert sign_in(who).get(address).status_code == 404
    assert (
        sign_in(cast.tom).post(reverse("suppliers:declaration-withdraw", args=[signed.pk]), {"why": "x"}).status_code
        == 404
    )


def test_superseding_and_withdrawing_by_page(cast, draft, sign_in):
    from suppliers.actions import declarations

    signed = declarations.sign(draft, by=cast.ada, name="Ada Lind", title="QM", shown=declarations.shown(draft))
    client = sign_in(cast.ada)
    newer = client.post(reverse("suppliers:declaration-supersede", args=[signed.pk]))
    assert Declaration.objects.get(supersedes=signed).organisation == cast.acme and "/edit/" in newer["Location"]
    client.post(reverse("suppliers:declaration-withdraw", args=[signed.pk]), {"why": ""})
    assert not hasattr(Declaration.objects.get(pk=signed.pk), "withdrawal")
    client.post(reverse("suppliers:declaration-withdraw", args=[signed.pk]), {"why": "the plant moved"})
    assert Declaration.objects.get(pk=signed.pk).withdrawal.why == "the plant moved"


def test_every_fact_that_is_signed_is_shown(cast, sign_in):
    from suppliers.facts import stored
    from tests.suppliers.test_declaration_edit import everything

    draft = everything(cast)
    html = sign_in(cast.ada).get(reverse("suppliers:declaration-review", args=[draft.pk])).content.decode()
    facts = stored.of(draft)
    words = [
        facts["price"],
        facts["plant_share"],
        "North works",
        "1 Apr 2026",
        "cars and light trucks, aftermarket",
        "HS 2017",
    ]
    words += list(facts["costs"].values()) + [row["amount"] for row in facts["own_values"]]
    for line in facts["lines"]:
        words += [line["item"], line["description"], line["hs"], line["quantity"]]
        for source in line["sources"]:
            words += [source["price"], source["seller_name"], source["made_in"], source["made_number"], source["rate"]]
            words += [charge["amount"] for charge in source["charges"]]
    words += ["fastener or fluid", "supplied free", "related person", "allied", "designated", "title passes", "already in the price",
              "recovered", "refused", "telephone", "made abroad", "marking", "1/3", "2/3", "averaged over light vehicles, 2026",
              "value of non-originating materials 1", "45%", "criterion B", "component", "Schedule V"]  # fmt: skip
    assert [word for word in words if word and word not in html] == []
    assert "600 USD" in html


def test_an_editor_learns_who_can_sign(cast, page, sign_in):
    html = sign_in(cast.ben).get(page).content.decode()
    assert "Ada Lind" in html and "can sign it" in html


def test_a_change_between_reading_and_signing_is_refused(cast, draft, page, sign_in):
    from suppliers.actions import declarations
    from suppliers.facts import stored

    seen = shown_on(sign_in(cast.ada).get(page).content.decode())
    declarations.change(draft, stored.of(draft) | {"made_in": "CA"}, by=cast.ben, version=1, machine=True)
    done = sign_in(cast.ada).post(page, {"shown": seen, "name": "Ada Lind", "title": "QM", "right": "true"})
    assert done.status_code == 422 and "changed after it was shown" in done.content.decode()
    assert not Declaration.objects.get(pk=draft.pk).is_signed


def test_alone_is_asked_only_of_one_who_is_alone(cast, draft, page, sign_in):
    assert 'name="alone_why"' not in sign_in(cast.ada).get(page).content.decode()
    mine = make.draft(cast.bolt, by=cast.ada, to=[cast.talbot])
    address = reverse("suppliers:declaration-review", args=[mine.pk])
    html = sign_in(cast.ada).get(address).content.decode()
    assert 'name="alone_why"' in html
    answer = sign_in(cast.ada).post(address, {"shown": shown_on(html), "name": "Ada", "title": "QM", "right": "true"})
    assert answer.status_code == 422 and "say why" in answer.content.decode()


def test_what_is_signed_is_read_once_a_page_and_once_a_signature(cast, draft, page, sign_in):
    """What is shown, its digest and the findings are of one reading, so that they cannot be of two states."""
    client = sign_in(cast.ada)
    bodies = '"suppliers_costs"'
    with CaptureQueriesContext(connection) as shown:
        html = client.get(page).content.decode()
    with CaptureQueriesContext(connection) as signed:
        client.post(page, {"shown": shown_on(html), "name": "Ada Lind", "title": "QM", "right": "true"})
    for asked in (shown, signed):
        assert sum(f"FROM {bodies}" in row["sql"] for row in asked.captured_queries) == 1
    assert Declaration.objects.get(pk=draft.pk).is_signed


def test_a_statement_alone_costs_fewer_questions_than_a_list_of_parts(cast, draft):
    plain = make.draft(
        cast.bolt, by=cast.ben, to=[cast.talbot], lines=[], statements=[{"law": "usmca", "originates": "true"}]
    )
    counts = []
    for row in (plain, draft):
        with CaptureQueriesContext(connection) as asked:
            stored.of(row)
        counts.append(len(asked))
    assert counts == [8, 10]
