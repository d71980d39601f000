"""One form that unfolds: plain questions first, only those of the request's laws, each once; what a statement settles folds."""

import pytest
from django.urls import reverse

from suppliers.actions import declarations, requests
from suppliers.facts import stored, typed, unsaved
from suppliers.facts.known import Known
from suppliers.facts.reading import Form, Malformed
from suppliers.forms import Sheet, needed
from suppliers.forms.questions import claims_asked
from suppliers.models import Declaration, Line
from tests import make
from tests.suppliers.test_declaration_edit import everything, fields_of

pytestmark = pytest.mark.django_db
WANTED = "needed as long as no statement above is enough"


@pytest.fixture
def draft(cast):
    return make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], lines=[])


@pytest.fixture
def page(draft):
    return reverse("suppliers:declaration-edit", args=[draft.pk])


def ask(cast, draft, *laws):
    sale = cast.bolt_to_talbot
    return requests.ask(sale, by=cast.tom, begins=draft.begins, ends=draft.ends, due=draft.ends, rulebooks=laws)


def test_each_law_of_the_request_is_asked_once_and_no_other(cast, draft, page, sign_in):
    ask(cast, draft, "usmca", "aala", "eu-uk-ev")
    client = sign_in(cast.ben)
    html = client.get(page).content.decode()
    assert [html.count(f'data-law="{law}"') for law in ("nafta", "usmca", "aala", "eu-uk")] == [0, 1, 1, 1]
    said = fields_of(html)
    laws = {said[f"statements.{n}.law"]: n for n in range(3)}
    said |= {f"statements.{laws['aala']}.ge70": "true", "do": "save"}
    assert client.post(page, said).status_code == 302
    assert [row["law"] for row in stored.of(Declaration.objects.get())["statements"]] == ["aala"], (
        "a question is no answer"
    )
    again = client.get(page).content.decode()
    assert [again.count(f'data-law="{law}"') for law in ("usmca", "aala", "eu-uk")] == [1, 1, 1]


def test_a_statement_alone_needs_no_body_and_goes_on_to_be_signed(cast, draft, page, sign_in):
    ask(cast, draft, "nafta")
    client = sign_in(cast.ada)
    html = client.get(page).content.decode()
    assert WANTED in html
    typed_in = fields_of(html) | {"statements.0.para": "nil"}
    done = client.post(page, typed_in | {"do": "review"})
    assert done["Location"] == reverse("suppliers:declaration-review", args=[draft.pk])
    row = Declaration.objects.get()
    assert [(one.law, one.para) for one in row.statements.all()] == [("nafta", "nil")] and not row.lines.exists()
    folded = client.get(page).content.decode()
    assert WANTED not in folded and "ask only for a statement" in folded


def test_a_statement_without_its_figure_is_refused_where_it_is_typed(cast, draft, page, sign_in):
    ask(cast, draft, "nafta")
    client = sign_in(cast.ada)
    said = fields_of(client.get(page).content.decode()) | {"statements.0.para": "f"}
    answer = client.post(page, said | {"do": "review"})
    assert 'id="f-statements-0-percent-e"' in answer.content.decode() and "G4" in answer.content.decode()
    assert "On which rule does its origin rest?" in answer.content.decode()
    unclear = client.post(page, said | {"statements.0.percent": "1.234", "version": "2", "do": "save"})
    assert unclear.status_code == 422 and 'id="f-statements-0-percent-e"' in unclear.content.decode()


def test_every_paragraph_of_a_law_can_be_chosen(cast, draft, page, sign_in):
    ask(cast, draft, "nafta", "usmca")
    html = sign_in(cast.ben).get(page).content.decode()
    blocks = html.split('data-law="')
    by_law = {block[: block.index('"')]: block for block in blocks[1:]}
    for para in ("nil", "c", "d", "e", "f", "g", "h", "10b", "10d", "10e", "14a", "14b"):
        assert f'<option value="{para}"' in by_law["nafta"], para
    for para in ("9a", "9b", "9-3"):
        assert f'<option value="{para}"' in by_law["usmca"], para


def test_a_second_statement_under_one_law_is_one_press_away(cast, draft, page, sign_in):
    ask(cast, draft, "usmca")
    client = sign_in(cast.ben)
    said = fields_of(client.get(page).content.decode()) | {
        "statements.0.originates": "true",
        "statements.0.use": "light",
    }
    more = fields_of(client.post(page, said | {"do": "state.usmca"}).content.decode())
    assert more["statements.1.law"] == "usmca" and more["statements.0.use"] == "light"
    more |= {"statements.1.originates": "false", "statements.1.use": "heavy", "do": "save"}
    client.post(page, more)
    assert [(row["originates"], row["use"]) for row in stored.of(Declaration.objects.get())["statements"]] == [
        (True, "light"),
        (False, "heavy"),
    ]


def test_claims_are_asked_only_where_they_decide():
    usmca, axle = needed(["usmca"]), {"hs": "8708.50", "uses": ["light"]}
    assert {"shift", "basis", "table", "core"} <= set(claims_asked(usmca, axle))
    stated = axle | {"statements": [{"law": "usmca", "originates": "true"}]}
    assert claims_asked(usmca, stated) == ["core"], "a statement settles its rule, not what the vehicle needs to know"
    bolt = claims_asked(usmca, {"hs": "7318.15", "uses": ["light"]})
    assert "table" not in bolt and "core" not in bolt and "role" not in bolt
    assert "role" in claims_asked(needed(["nafta"]), {"hs": "8708.50", "uses": ["heavy"]})
    assert claims_asked(needed(["aala"]), {"hs": "8708.50"}) == []
    assert "substantial" in claims_asked(needed(["aala"]), {"hs": "8708.50", "lines": [{"item": "x"}]})
    assert claims_asked(needed(["canada-surtax"]), {}) == ["marking_origin"]
    assert claims_asked(needed(["nafta"]), {"statements": [{"law": "nafta", "para": "g"}]}) == ["basis"]


def test_a_claim_is_a_question_with_its_article_and_reaches_the_engine(cast, page, draft, sign_in):
    ask(cast, draft, "usmca")
    client = sign_in(cast.ben)
    html = client.get(page).content.decode()
    assert "change its tariff classification" in html and "UR 3, 5" in html
    said = fields_of(html)
    index = next(name.split(".")[1] for name, value in said.items() if name.endswith(".key") and value == "requirement")
    shift = next(name.split(".")[1] for name, value in said.items() if name.endswith(".key") and value == "shift")
    said |= {
        f"claims.{index}.value": "62,5",
        f"claims.{shift}.value": "not_met",
        f"claims.{shift}.why": "wire and bolt share a heading",
    }
    client.post(page, said | {"do": "save"})
    claims = {row["key"]: row["value"] for row in stored.of(Declaration.objects.get())["claims"]}
    assert claims == {"requirement": "62.5", "shift": "not_met"}
    wrong = client.post(page, said | {f"claims.{index}.value": "many", "version": "2", "do": "save"})
    assert wrong.status_code == 422 and f'id="f-claims-{index}-value-e"' in wrong.content.decode()


def test_a_finding_about_a_claim_stands_at_its_question(cast):
    facts = {"part": cast.bolt, "claims": [{"key": "shift", "value": "met"}, {"key": "role", "value": "nonsense"}]}
    row = make.draft(cast.bolt, by=cast.ben, claims=facts["claims"])
    sheet = Sheet(stored.of(row), cast.acme, found=declarations.findings(row), stored=True)
    at = [cell.name for cell in sheet.cells_by_name.values() if cell.found]
    number = next(n for n, one in enumerate(stored.of(row)["claims"]) if one["key"] == "role")
    assert at == [f"claims.{number}.value"]


def test_unsaved_facts_are_those_that_would_be_saved(cast):
    saved = stored.of(everything(cast))
    form, known = Form(machine=True), Known(saved, cast.acme)
    header, body = typed.header(form, saved, known), typed.Body(form, saved, known)
    assert not form.errors
    assert unsaved.of(header, body.rows) == saved


def test_who_supplies_and_who_pays_is_asked_by_name(cast, draft, page, sign_in):
    client = sign_in(cast.ben)
    said = fields_of(
        client.post(page, fields_of(client.get(page).content.decode()) | {"do": "add.lines"}).content.decode()
    )
    said |= {
        "lines.0.item": "CLIP",
        "lines.0.quantity": "1",
        "lines.0.sources.0.price": "2",
        "lines.0.supply": "directed",
        "do": "save",
    }
    assert client.post(page, said).status_code == 302
    line = Line.objects.get()
    assert line.directed and not line.consigned
    again = fields_of(client.get(page).content.decode())
    assert again["lines.0.supply"] == "directed"
    client.post(page, again | {"lines.0.supply": "consigned", "do": "save"})
    assert Line.objects.get().consigned and not Line.objects.get().directed
    review = client.get(reverse("suppliers:declaration-review", args=[draft.pk])).content.decode()
    assert "supplied free by the customer" in review


def test_a_directed_buy_is_covered_by_the_signature(cast):
    line = {"item": "CLIP", "quantity": "1", "sources": [{"price": "2"}]}
    plain, directed = (
        make.draft(cast.bolt, by=cast.ben, lines=[line]),
        make.draft(cast.bolt, by=cast.ben, lines=[line | {"directed": True}]),
    )
    from suppliers.facts import terms

    digests = {terms.content_digest(stored.of(row), signed_text="", commitment="") for row in (plain, directed)}
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("price", "per", "kept"), [("12,50", "100", "0.125"), ("340", "1000", "0.34"), ("2.5", "", "2.5")]
)
def test_a_price_for_a_hundred_is_kept_for_one(cast, price, per, kept):
    line = {"item": "CLIP", "quantity": "1", "sources": [{"price": price, "per": per}]}
    row = declarations.draft(make.facts(cast.bolt, lines=[line]), by=cast.ben)
    assert stored.of(row)["lines"][0]["sources"][0]["price"] == kept


def test_a_unit_is_turned_only_by_an_explicit_factor(cast):
    sale = make.sourcing(
        make.part(cast.talbot, "W", unit="kg"),
        make.part(cast.acme, "W-1", unit="kg"),
        by_seller=cast.tom,
        by_buyer=cast.ada,
    )
    line = {"item": "W-1", "quantity": "3", "unit": "m", "sources": [{"price": "2", "sourcing": str(sale.pk)}]}
    with pytest.raises(Malformed) as missing:
        make.draft(cast.bolt, by=cast.ben, lines=[line])
    assert list(missing.value.errors) == ["lines.0.unit"]
    row = make.draft(cast.bolt, by=cast.ben, lines=[line | {"factor": "0.25"}])
    assert [stored.of(row)["lines"][0][key] for key in ("quantity", "unit")] == ["0.75", "kg"]
    with pytest.raises(Malformed) as fine:
        make.draft(cast.bolt, by=cast.ben, lines=[line | {"factor": "0.33333"}])
    assert list(fine.value.errors) == ["lines.0.factor"]


def test_a_row_is_filled_with_what_is_known_and_nothing_typed_is_lost(cast, draft, page, sign_in):
    sale = make.sourcing(make.part(cast.talbot, "W", unit="kg"), make.part(cast.acme, "W-1", unit="kg", hs="7217.10", description="Wire"),
                         by_seller=cast.tom, by_buyer=cast.ada)  # fmt: skip
    source = {"price": "2.25", "sourcing": str(sale.pk), "made_in": "MX"}
    make.draft(cast.bolt, by=cast.ben, lines=[{"item": "W-1", "quantity": "1", "unit": "kg", "sources": [source]}])
    client = sign_in(cast.ben)
    html = client.post(page, fields_of(client.get(page).content.decode()) | {"do": "add.lines"}).content.decode()
    assert '<option value="W-1">Wire</option>' in html
    typed_in = fields_of(html) | {"lines.0.item": "W-1", "lines.0.hs": "7217.20", "price": "9"}
    found = fields_of(client.post(page, typed_in | {"do": "fill.lines.0"}).content.decode())
    assert {key: found[f"lines.0.{key}"] for key in ("description", "hs", "unit")} == {
        "description": "Wire",
        "hs": "7217.20",
        "unit": "kg",
    }
    assert {key: found[f"lines.0.sources.0.{key}"] for key in ("sourcing", "price", "made_in")} == source
    assert found["price"] == "9" and Declaration.objects.get(pk=draft.pk).version == 1
    unknown = client.post(page, typed_in | {"lines.0.item": "NEVER", "do": "fill.lines.0"})
    assert unknown.status_code == 200 and fields_of(unknown.content.decode())["lines.0.hs"] == "7217.20"
    for act in ("fill.lines.77", "fill.lines.x", "fill.costs.0"):
        assert client.post(page, typed_in | {"do": act}).status_code in {200, 302, 422}


def test_another_companys_purchases_fill_nothing(cast, sign_in):
    make.signed(
        cast.axle,
        by=cast.tom,
        to=[cast.meridian],
        lines=[{"item": "SECRET-9", "quantity": "1", "sources": [{"price": "7.77"}]}],
    )
    row = make.draft(cast.bolt, by=cast.ben, lines=[{"item": "SECRET-9", "quantity": "1", "sources": [{"price": "1"}]}])
    page = reverse("suppliers:declaration-edit", args=[row.pk])
    typed_in = fields_of(sign_in(cast.ben).get(page).content.decode()) | {
        "lines.0.sources.0.price": "",
        "do": "fill.lines.0",
    }
    assert "7.77" not in sign_in(cast.ben).post(page, typed_in).content.decode()


def test_a_part_made_in_two_plants_is_answered_for_each(cast, draft, page, sign_in):
    north, south = (
        make.plant(cast.acme, code="north", name="North works"),
        make.plant(cast.acme, code="south", name="South works", country="MX"),
    )
    client = sign_in(cast.ben)
    said = fields_of(client.get(page).content.decode()) | {"plant": str(north.pk), "plant_share": "0.6"}
    done = client.post(page, said | {"other_plant": str(south.pk), "do": "plant"})
    other = Declaration.objects.exclude(pk=draft.pk).get()
    assert done["Location"] == reverse("suppliers:declaration-edit", args=[other.pk])
    assert (other.plant, other.made_in.code, other.plant_share) == (south, "MX", None)
    html = client.get(done["Location"]).content.decode()
    assert "North works" in html and "must come to 1" in html
    client.post(done["Location"], fields_of(html) | {"plant_share": "0.4", "do": "save"})
    assert "must come to 1" not in client.get(page).content.decode()
    theirs = make.plant(cast.talbot, code="x")
    client.post(page, fields_of(client.get(page).content.decode()) | {"other_plant": str(theirs.pk), "do": "plant"})
    assert Declaration.objects.count() == 2
