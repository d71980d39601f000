"""A long form posted after its session ended, without JavaScript: nothing typed is lost, and nobody else gets it."""

import pytest
from django.test import Client
from django.urls import reverse

from suppliers.models import Declaration
from suppliers.views import kept
from tests import make
from tests.suppliers.test_declaration_edit import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], price="2.5")


@pytest.fixture
def page(draft):
    return reverse("suppliers:declaration-edit", args=[draft.pk])


def sign_again(client, membership):
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(membership.pk)
    session.save()


def expired(client):
    del client.cookies["sessionid"]


def test_a_post_without_a_session_is_back_after_signing_in_and_not_saved(cast, page, draft, sign_in):
    client = sign_in(cast.ben)
    typed = fields_of(client.get(page).content.decode()) | {"price": "3.75", "lines.4.item": "A NEW ROW"}
    expired(client)
    sent = client.post(page, typed | {"do": "save"})
    assert sent.status_code == 302 and sent["Location"] == f"/accounts/login/?next={page}"
    assert "What you typed is kept" in client.get(sent["Location"]).content.decode()
    sign_again(client, cast.ben)
    back = client.get(page).content.decode()
    found = fields_of(back)
    assert found["price"] == "3.75" and "A NEW ROW" in back and "is back" in back
    assert str(Declaration.objects.get(pk=draft.pk).price) == "2.500000"
    assert fields_of(client.get(page).content.decode())["price"] == "2.5", "once"
    assert (
        client.post(page, found | {"lines.1.quantity": "1", "lines.1.sources.0.price": "1", "do": "save"}).status_code
        == 302
    )
    assert str(Declaration.objects.get(pk=draft.pk).price) == "3.750000"


def test_the_real_way_in_hands_it_back(cast, page, sign_in):
    cast.ben.user.set_password(make.PASSWORD)
    cast.ben.user.save()
    client = sign_in(cast.ben)
    typed = fields_of(client.get(page).content.decode()) | {"price": "3.75", "do": "save"}
    expired(client)
    login = client.post(page, typed)["Location"]
    done = client.post(login, {"login": cast.ben.user.email, "password": make.PASSWORD, "next": page}, follow=True)
    assert done.redirect_chain[-1][0] == page and fields_of(done.content.decode())["price"] == "3.75"


def test_somebody_else_in_the_same_browser_gets_nothing(cast, page, sign_in):
    client = sign_in(cast.ben)
    typed = fields_of(client.get(page).content.decode()) | {"price": "3.75", "do": "save"}
    for other in (cast.ada, cast.tom):
        expired(client)
        client.post(page, typed)
        sign_again(client, other)
        html = client.get(page).content.decode()
        assert "3.75" not in html


def test_a_conflict_after_coming_back_shows_both(cast, page, draft, sign_in):
    from suppliers.actions import declarations
    from suppliers.facts import stored

    client = sign_in(cast.ben)
    typed = fields_of(client.get(page).content.decode()) | {"price": "3.75", "do": "save"}
    expired(client)
    client.post(page, typed)
    declarations.change(draft, stored.of(draft) | {"price": "9"}, by=cast.ada, version=1, machine=True)
    sign_again(client, cast.ben)
    late = client.post(page, fields_of(client.get(page).content.decode()) | {"do": "save"})
    assert late.status_code == 422 and "Where the two versions differ" in late.content.decode()


@pytest.mark.parametrize("spoilt", ["none", "forged", "other draft", "too large", "too old"])
def test_what_did_not_come_from_our_page_is_kept_nowhere(cast, page, sign_in, monkeypatch, spoilt):
    client = sign_in(cast.ben)
    typed = fields_of(client.get(page).content.decode()) | {"price": "3.75", "do": "save"}
    if spoilt == "none":
        typed.pop("keep")
    elif spoilt == "forged":
        typed["keep"] = typed["keep"][:-3] + "abc"
    elif spoilt == "other draft":
        other = make.draft(cast.bolt, by=cast.ben)
        typed["keep"] = fields_of(client.get(reverse("suppliers:declaration-edit", args=[other.pk])).content.decode())[
            "keep"
        ]
    elif spoilt == "too large":
        monkeypatch.setattr(kept, "MOST", 100)
    else:
        monkeypatch.setattr(kept, "PAGE_DAYS", -1)
    expired(client)
    assert client.post(page, typed).status_code == 302
    assert "kept" not in client.session
    sign_again(client, cast.ben)
    assert fields_of(client.get(page).content.decode())["price"] == "2.5"


def test_a_page_older_than_its_token_against_forgery_loses_nothing_either(cast, page, draft):
    client = Client(enforce_csrf_checks=True)
    sign_again(client, cast.ben)
    typed = fields_of(client.get(page).content.decode()) | {
        "price": "3.75",
        "do": "save",
        "csrfmiddlewaretoken": "x" * 64,
    }
    refused = client.post(page, typed)
    assert refused.status_code == 403 and f'href="{page}"' in refused.content.decode()
    assert fields_of(client.get(page).content.decode())["price"] == "3.75"
    assert Declaration.objects.get(pk=draft.pk).version == 1
    plain = client.post(reverse("suppliers:declaration-sign-many"), {"do": "x"})
    assert plain.status_code == 403 and "Load the page again" in plain.content.decode()


def test_what_waited_too_long_is_dropped(cast, page, sign_in, monkeypatch):
    client = sign_in(cast.ben)
    typed = fields_of(client.get(page).content.decode()) | {"price": "3.75", "do": "save"}
    expired(client)
    client.post(page, typed)
    sign_again(client, cast.ben)
    monkeypatch.setattr(kept, "WAIT_HOURS", -1)
    assert fields_of(client.get(page).content.decode())["price"] == "2.5"
