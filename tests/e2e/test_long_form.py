"""The long form in a real browser: it saves itself, and an expired session costs nothing that was typed."""

import pytest

from suppliers.facts import stored
from suppliers.models import Declaration
from tests import make
from tests.make import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft():
    cast = make.cast()
    cast.ben.user.set_password(PASSWORD)
    cast.ben.user.save()
    return cast, make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], price="2.5")


def said(draft):
    return stored.of(Declaration.objects.get(pk=draft.pk))["price"]


def test_what_is_typed_is_saved_without_a_button_and_saved_again(visit, draft):
    cast, row = draft
    page = visit(cast.ben)
    page.goto(f"/declarations/{row.pk}/edit/")
    for price in ("2.75", "2.80"):
        page.fill("input[name=price]", price)
        with page.expect_response(
            lambda answer: answer.request.method == "POST" and answer.url.endswith("/edit/")
        ) as answered:
            pass
        assert answered.value.status == 200
        assert page.evaluate("document.activeElement.name") == "price"
    page.locator("#saved", has_text="Saved").wait_for()
    assert said(row) == "2.8"
    page.click("button[value=save]:visible >> nth=-1")
    page.wait_for_url("**check=1")
    assert page.evaluate("() => Object.keys(sessionStorage).filter(key => key.startsWith('typed-'))") == []


def test_an_expired_session_keeps_what_was_typed(visit, draft):
    cast, row = draft
    page = visit(cast.ben)
    page.goto(f"/declarations/{row.pk}/edit/")
    page.context.clear_cookies(name="sessionid")
    page.fill("input[name=price]", "3.25")
    page.locator("#saved", has_text="signed out").wait_for()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", cast.ben.user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.goto(f"/declarations/{row.pk}/edit/")
    assert page.input_value("input[name=price]") == "3.25"
    page.click("button[value=save]:visible >> nth=-1")
    page.wait_for_url("**check=1")
    assert said(row) == "3.25"
