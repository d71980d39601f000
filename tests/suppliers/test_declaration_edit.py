"""The open declaration as a page: nothing typed is lost, every error stands at its field, without JavaScript."""

import re

import pytest
from django.urls import reverse

from suppliers.actions import declarations
from suppliers.facts import stored
from suppliers.models import Declaration
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], price="2.5")


@pytest.fixture
def page(draft):
    return reverse("suppliers:declaration-edit", args=[draft.pk])


def fields_of(html):
    """Every field of the sheet as a browser would post it."""
    form = html[html.index('id="sheet"') :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if not name or name[1].startswith("csrf"):
            continue
        if kind and kind[1] in {"checkbox", "radio"}:
            if "checked" in tag:
                found.setdefault(name[1], []).append(value[1])
        else:
            found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else re.search(r'<option value="([^"]*)"', body)[1]
    return found


def test_a_round_trip_through_the_browser_changes_nothing(cast, draft, page, sign_in):
    client = sign_in(cast.ben)
    before = stored.of(draft)
    posted = fields_of(client.get(page).content.decode())
    answer = client.post(page, {**posted, "do": "save"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert stored.of(Declaration.objects.get(pk=draft.pk)) == before


def test_adding_a_row_keeps_everything_typed(cast, page, sign_in):
    client = sign_in(cast.ben)
    posted = fields_of(client.get(page).content.decode()) | {
        "lines.0.item": "TYPED-JUST-NOW",
        "price": "not yet a number",
    }
    more = client.post(page, {**posted, "do": "add.lines"}).content.decode()
    kept = fields_of(more)
    assert kept["lines.0.item"] == "TYPED-JUST-NOW" and kept["price"] == "not yet a number"
    assert "lines.1.item" in kept
    again = fields_of(client.post(page, {**kept, "do": "add.lines.0.sources"}).content.decode())
    assert "lines.0.sources.1.price" in again
    fewer = fields_of(client.post(page, {**again, "do": "remove.lines.1"}).content.decode())
    assert "lines.1.item" not in fewer and fewer["lines.0.item"] == "TYPED-JUST-NOW"


@pytest.mark.parametrize("typed", ["NaN", "1.234", "1_000", "-3", "1e5", "١٢٣", "1234567890.5", "0.1234567"])
def test_a_number_that_is_none_is_refused_at_its_field_and_nothing_is_saved(cast, draft, page, sign_in, typed):
    client = sign_in(cast.ben)
    posted = fields_of(client.get(page).content.decode()) | {"lines.0.sources.0.price": typed}
    answer = client.post(page, {**posted, "do": "save"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'id="f-lines-0-sources-0-price-e"' in html and 'href="#f-lines-0-sources-0-price"' in html
    assert fields_of(html)["lines.0.sources.0.price"] == typed
    assert Declaration.objects.get(pk=draft.pk).version == 1


def test_all_errors_at_once(cast, page, sign_in):
    client = sign_in(cast.ben)
    posted = fields_of(client.get(page).content.decode()) | {
        "begins": "2027-09-01",
        "hs": "9999.99",
        "lines.0.quantity": "0",
    }
    html = client.post(page, {**posted, "do": "save"}).content.decode()
    for name in ("f-ends-e", "f-hs-e", "f-lines-0-quantity-e"):
        assert f'id="{name}"' in html


def test_two_people_in_one_draft_lose_nothing(cast, draft, page, sign_in):
    posted = fields_of(sign_in(cast.ada).get(page).content.decode())
    declarations.change(draft, stored.of(draft) | {"made_in": "CA"}, by=cast.ben, version=1, machine=True)
    late = sign_in(cast.ada).post(page, {**posted, "made_in": "MX", "do": "save"})
    html = late.content.decode()
    assert late.status_code == 422 and "changed by Ben Ruiz at" in html
    assert fields_of(html)["made_in"] == "MX"
    saved = sign_in(cast.ada).post(page, {**fields_of(html), "do": "save"})
    assert saved.status_code == 302
    assert Declaration.objects.get(pk=draft.pk).made_in == "MX"


def test_findings_stand_at_their_field_before_review(cast, draft, page, sign_in):
    client = sign_in(cast.ben)
    posted = fields_of(client.get(page).content.decode()) | {"price": "0.01"}
    html = client.post(page, {**posted, "do": "review"}).content.decode()
    assert "V1" in html and 'id="f-price-e"' in html


def test_a_clean_draft_goes_on_to_review(cast, page, draft, sign_in):
    client = sign_in(cast.ben)
    posted = fields_of(client.get(page).content.decode())
    answer = client.post(page, {**posted, "do": "review"})
    assert answer["Location"] == reverse("suppliers:declaration-review", args=[draft.pk])


@pytest.mark.parametrize("who", ["dora", "tom", "ed", "gus", "fay", "finn", "olga"])
def test_others_do_not_know_it_exists(cast, page, sign_in, who):
    client = sign_in(getattr(cast, who))
    assert client.get(page).status_code == 404
    assert client.post(page, {"do": "save"}).status_code == 404


def test_a_reader_does_not_write(cast, page, sign_in):
    assert sign_in(cast.cleo).get(page).status_code == 404
