"""Signing on the page, the receipt, and the face a buyer sees."""

import pytest
from django.urls import reverse

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
    assert "addressed to you" in face and "usmca" in face
    for secret in (CANARY, "CANARY-ITEM", "Canary Wire Works", "KR", signed.digest, "Ada Lind"):
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
