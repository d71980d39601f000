"""The check while typing: findings at their fields and what is missing, nothing saved, for whoever may write."""

import pytest
from django.urls import reverse

from suppliers.actions import requests
from suppliers.models import Declaration
from tests import make
from tests.suppliers.test_declaration_edit import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], price="2.5")


@pytest.fixture
def form(cast, draft, sign_in):
    html = sign_in(cast.ben).get(reverse("suppliers:declaration-edit", args=[draft.pk])).content.decode()
    return fields_of(html)


def check(draft):
    return reverse("suppliers:declaration-check", args=[draft.pk])


def test_findings_come_with_their_field_with_whom_to_ask_and_nothing_is_saved(cast, draft, form, sign_in):
    html = sign_in(cast.ben).post(check(draft), form | {"price": "0.01"}).content.decode()
    assert 'data-at="f-price"' in html and "V1" in html and "Ask your cost accounting." in html
    assert Declaration.objects.get(pk=draft.pk).version == 1 and str(Declaration.objects.get().price) == "2.500000"


def test_what_cannot_be_read_is_said_at_its_field(cast, draft, form, sign_in):
    html = sign_in(cast.ben).post(check(draft), form | {"lines.0.sources.0.price": "1.234"}).content.decode()
    assert 'data-at="f-lines-0-sources-0-price" data-stops="1"' in html and "may mean" in html


def test_an_empty_row_above_does_not_move_a_finding(cast, draft, form, sign_in):
    typed = form | {"statements.0.law": "aala", "statements.1.law": "nafta", "statements.1.para": "c"}
    html = sign_in(cast.ben).post(check(draft), typed).content.decode()
    assert 'data-at="f-statements-1-amount"' in html and "f-statements-0-amount" not in html


def test_what_is_missing_is_told_in_words_until_it_is_there(cast, draft, form, sign_in):
    requests.ask(
        cast.bolt_to_talbot, by=cast.tom, begins=draft.begins, ends=draft.ends, due=draft.ends, rulebooks=["aala"]
    )
    client, page = sign_in(cast.ben), reverse("suppliers:declaration-edit", args=[draft.pk])
    form = fields_of(client.get(page).content.decode())
    assert "Nothing is said under AALA yet." in client.post(check(draft), form).content.decode()
    said = client.post(check(draft), form | {"statements.0.ge70": "true"}).content.decode()
    assert "Nothing is missing for what was asked." in said or "AALA yet" not in said
    nobody = client.post(
        check(draft), {key: value for key, value in form.items() if key != "addressed_to"}
    ).content.decode()
    assert "Say for which customers it is." in nobody


def test_the_check_button_does_the_same_without_javascript(cast, draft, form, sign_in):
    page = reverse("suppliers:declaration-edit", args=[draft.pk])
    answer = sign_in(cast.ben).post(page, form | {"price": "0.01", "do": "check"})
    html = answer.content.decode()
    assert answer.status_code == 200 and 'id="f-price-e"' in html and fields_of(html)["price"] == "0.01"
    assert Declaration.objects.get(pk=draft.pk).version == 1
    wrong = sign_in(cast.ben).post(page, form | {"price": "x", "do": "check"})
    assert wrong.status_code == 422 and fields_of(wrong.content.decode())["price"] == "x"


def test_only_those_who_may_write_check_and_only_drafts(cast, draft, form, sign_in):
    for who in (cast.tom, cast.dora, cast.cleo, cast.ed):
        assert sign_in(who).post(check(draft), form).status_code == 404
    assert sign_in(cast.ben).get(check(draft)).status_code == 405
    signed = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    assert sign_in(cast.ben).post(check(signed), form).status_code == 404


def test_forged_names_break_nothing(cast, draft, form, sign_in):
    client = sign_in(cast.ben)
    for name, value in (("lines", "x"), ("lines.0.sources", "z"), ("statements.0", "1"), ("claims.9.key", "shift"), ("part", "x"),
                        ("statements.3.para", "zzzzzzzzzzzzzzzz"), ("claims.0.value", "x" * 90), ("hs", "8708.29.99.99")):  # fmt: skip
        assert client.post(check(draft), form | {name: value}).status_code == 200, name
