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


def everything(cast):
    """A draft that uses every field a declaration has, so that a form that forgets one is found."""
    plant = make.plant(cast.acme, code="north", name="North works")
    sub = make.part(cast.acme, "AB-SUB", description="Blank", hs="7318.15")
    make.sourcing(
        make.part(cast.talbot, "TW-1", unit="kg"),
        make.part(cast.acme, "W-1", unit="kg"),
        by_seller=cast.tom,
        by_buyer=cast.ada,
    )
    sale = cast.acme.buys.get()
    imported = {
        "how": "imported", "share": "1/3", "price": "1.125", "seller_name": "Hanbit Wire", "made_in": "KR", "title": "later",
        "rate": "17.123456789", "related": True, "allied": True,
        "charges": [{"kind": "freight", "amount": "0.05", "leg": "receipt"},
                    {"kind": "tax", "amount": "0.01", "in_price": True, "recoverable": True}],
        "cannot": {"reason": "refused", "determination": "made abroad", "basis": "marking",
                   "tried": [{"at": "2026-08-01", "how": "mail"}, {"at": "2026-09-01", "how": "telephone"}]},
    }  # fmt: skip
    lines = [
        {"item": "12.345", "description": "Wire", "hs": "7217.10", "hs_edition": "HS 2017", "quantity": "0.11", "unit": "kg",
         "minor": True, "consigned": True,
         "sources": [imported, {"how": "bought", "share": "2/3", "price": "2", "sourcing": str(sale.pk)}]},
        {"item": "SUB", "quantity": "1", "sources": [{"how": "made", "made_part": str(sub.pk), "designated": True, "basis": "rvc"}]},
    ]  # fmt: skip
    statements = [
        {"law": "nafta", "para": "10b", "amount": "1.5"},
        {"law": "aala", "ge70": "false", "pct5": "45", "pct": "44.5", "origin": "MX", "engine_origin": "DE",
         "transmission_origin": "JP"},
        {"law": "eu-uk", "originates": "false", "agreements": "CA, JP", "cumulation": "EU"},
        {"law": "usmca", "para": "9a", "net_cost": "9", "vnm": "1", "originates": "true", "criterion": "B", "method": "NC",
         "use": "heavy", "averaged": "light vehicles, 2026"},
    ]  # fmt: skip
    return make.draft(
        cast.bolt, by=cast.ben, to=[cast.talbot], lines=lines, statements=statements, plant=str(plant.pk), plant_share="0.6",
        fiscal_year_start="2026-04-01", price="600", uses=["light", "aftermarket"], hs_edition="HS 2017",
        costs={"product": "1", "period": "2", "other": "3", "excluded_sales": "0.1", "excluded_royalties": "0.2",
               "excluded_shipping": "0.3", "excluded_interest": "0.4", "net": "5", "total": "6"},
        own_values=[{"country": "US", "amount": "3"}, {"country": "CA", "amount": "1.5"}],
        claims=[{"key": "role", "value": "component", "why": "Schedule V"}, {"key": "shift", "value": "met"}],
    )  # fmt: skip


def test_no_fact_is_lost_on_the_way_through_the_form(cast, sign_in):
    draft, client = everything(cast), sign_in(cast.ben)
    before, page = stored.of(draft), reverse("suppliers:declaration-edit", args=[draft.pk])
    posted = fields_of(client.get(page).content.decode())
    answer = client.post(page, {**posted, "do": "save"})
    assert answer.status_code == 302, re.findall(r"find err.*?</b>", answer.content.decode())
    assert stored.of(Declaration.objects.get(pk=draft.pk)) == before
    again = client.post(page, {**posted, "do": "add.lines.0.sources.0.cannot.tried"}).content.decode()
    assert fields_of(again)["lines.0.sources.0.cannot.tried.2.how"] == ""
    fewer = client.post(page, {**posted, "do": "remove.lines.0.sources.0.charges.0"}).content.decode()
    assert fields_of(fewer)["lines.0.sources.0.charges.0.kind"] == "tax"


def test_the_versions_of_two_people_stand_side_by_side(cast, draft, page, sign_in):
    posted = fields_of(sign_in(cast.ada).get(page).content.decode())
    declarations.change(draft, stored.of(draft) | {"price": "9.75"}, by=cast.ben, version=1, machine=True)
    html = sign_in(cast.ada).post(page, {**posted, "price": "8.25", "do": "save"}).content.decode()
    table = html[html.index("Where the two versions differ") :]
    table = table[: table.index("</table>")]
    assert re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", table)[3:] == ["Price", "8.25", "9.75"]


def test_forged_names_break_nothing(cast, draft, page, sign_in):
    client = sign_in(cast.ben)
    posted = fields_of(client.get(page).content.decode())
    for name, value in (("lines", "x"), ("lines.0", "y"), ("lines.0.sources", "z"), ("costs", "1"), ("lines.0.sources.0.cannot", "q"),
                        ("statements.x.law", "nafta"), ("lines.99999.item", "w"), ("price.deep", "1"), ("do", "add.price.0")):  # fmt: skip
        answer = client.post(page, {**posted, name: value})
        assert answer.status_code in {200, 302, 422}, name
    for act in ("add.lines.77.sources", "remove.lines.77", "add.version", "remove.", "add.costs.lines.lines"):
        assert client.post(page, {**posted, "do": act}).status_code in {200, 302, 422}, act


def test_a_draft_is_the_companys_own(cast, page, sign_in):
    for who in (cast.tom, cast.dora, cast.ed, cast.gus, cast.sam_at_dorado):
        assert sign_in(who).get(page).status_code == 404
        assert sign_in(who).post(page, {"do": "save", "version": "1"}).status_code == 404
    assert sign_in(cast.cleo).get(page).status_code == 404, "a reader does not write"


def test_each_finding_says_its_place_and_leads_there(cast, page, sign_in):
    client = sign_in(cast.ben)
    posted = fields_of(client.get(page).content.decode()) | {"lines.0.quantity": "", "lines.0.sources.0.share": "90"}
    html = client.post(page, {**posted, "do": "save"}).content.decode()
    summary = html[html.index('id="findings"') : html.index('id="sheet"')]
    assert "Inputs, row 1: quantity." in summary and "Inputs, row 1: share." in summary
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{target}"' in html, target
