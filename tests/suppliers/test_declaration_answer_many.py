"""Answer many: a grid of plain answers, one answer for ticked parts, a body copied to similar ones."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suppliers.actions import declarations, requests
from suppliers.facts import stored
from suppliers.models import Declaration
from tests import make
from tests.suppliers.test_declaration_edit import fields_of

pytestmark = pytest.mark.django_db
PAGE = "suppliers:declaration-answer-many"


def asked(cast, count, *, laws=("usmca", "aala"), hs="7318.15", start=0):
    parts = [make.part(cast.acme, f"AM-{n:02}", hs=hs) for n in range(start, start + count)]
    for part in parts:
        sale = make.sourcing(part, make.part(cast.talbot, f"T-{part.number}"), by_seller=cast.ada, by_buyer=cast.tom)
        requests.ask(sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 1), rulebooks=laws)
    return parts


def fields(html):
    return fields_of(html.replace('id="many"', 'id="sheet"'))


def test_one_answer_is_given_to_the_ticked_and_saved_as_a_draft_for_each(cast, clock, sign_in):
    asked(cast, 40)
    other = asked(cast, 1, hs="8708.50", start=90)[0]
    client = sign_in(cast.ada)
    typed = fields(client.get(reverse(PAGE)).content.decode())
    ticked = fields(client.post(reverse(PAGE), typed | {"do": "tick", "family": "7318.15"}).content.decode())
    assert len([name for name in ticked if name.startswith("tick.")]) == 40
    same = {
        "all.usmca.originates": "true",
        "all.usmca.criterion": "B",
        "all.usmca.method": "NC",
        "all.aala.ge70": "true",
    }
    given = client.post(reverse(PAGE), ticked | same | {"do": "same"}).content.decode()
    assert "Given to 40 parts" in given and not Declaration.objects.exists()
    done = client.post(reverse(PAGE), fields(given) | {"do": "save"})
    assert done["Location"] == reverse("suppliers:declaration-sign-many")
    assert Declaration.objects.drafts().count() == 40 and not Declaration.objects.filter(part=other).exists()
    facts = stored.of(Declaration.objects.first())
    assert [(row["law"], row["originates"], row["ge70"]) for row in facts["statements"]] == [
        ("usmca", True, None),
        ("aala", None, True),
    ]
    assert facts["addressed_to"] == [str(cast.talbot.pk)] and facts["begins"] == "2026-07-01"


def test_what_is_wrong_stands_beneath_its_part_and_the_others_are_saved(cast, clock, sign_in):
    good, bad = asked(cast, 2, laws=("nafta",))
    client = sign_in(cast.ada)
    typed = fields(client.get(reverse(PAGE)).content.decode())
    typed |= {
        f"{good.pk}.nafta.para": "f",
        f"{good.pk}.nafta.percent": "72,5",
        f"{bad.pk}.nafta.para": "f",
        f"{bad.pk}.nafta.percent": "1.234",
    }
    answer = client.post(reverse(PAGE), typed | {"do": "save"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "1 answer is saved." in html and "may mean" in html
    assert f'<a href="#row-{bad.pk}">{bad.number}: ' in html and f'id="row-{bad.pk}"' in html, "each leads to its row"
    draft = Declaration.objects.get()
    assert draft.part == good and str(draft.statements.get().percent) == "72.500000"
    assert draft.claims.get().value == "rvc", "the choice says by value"
    mended = client.post(reverse(PAGE), fields(html) | {f"{bad.pk}.nafta.percent": "61", "do": "save"})
    assert mended.status_code == 302 and Declaration.objects.count() == 2


def test_nobodys_change_is_overwritten(cast, clock, sign_in):
    part = asked(cast, 1)[0]
    row = make.draft(part, by=cast.ben, to=[cast.talbot])
    client = sign_in(cast.ada)
    typed = fields(client.get(reverse(PAGE)).content.decode()) | {f"{part.pk}.usmca.originates": "false", "do": "save"}
    declarations.change(row, stored.of(row) | {"price": "7"}, by=cast.ben, version=1, machine=True)
    late = client.post(reverse(PAGE), typed)
    assert late.status_code == 422 and "changed by Ben Ruiz" in late.content.decode()
    assert client.post(reverse(PAGE), fields(late.content.decode()) | {"do": "save"}).status_code == 302
    facts = stored.of(Declaration.objects.get())
    assert facts["price"] == "7" and facts["statements"][0]["originates"] is False and facts["lines"], "the body stays"


def test_a_body_is_copied_to_similar_parts_as_drafts(cast, clock, sign_in):
    parts = asked(cast, 3)
    source = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], costs={"product": "0.2"})
    client = sign_in(cast.ben)
    typed = fields(client.get(reverse(PAGE)).content.decode())
    ticks = {f"tick.{part.pk}": "true" for part in parts[:2]}
    assert client.post(reverse(PAGE), typed | {"do": "copy", "body": str(source.pk)}).status_code == 422
    assert client.post(reverse(PAGE), typed | ticks | {"do": "copy", "body": str(source.pk)}).status_code == 302
    for part in parts[:2]:
        facts = stored.of(Declaration.objects.get(part=part))
        assert facts["lines"] == stored.of(source)["lines"] and facts["costs"]["product"] == "0.2"
    assert not Declaration.objects.filter(part=parts[2]).exists()


def test_another_companys_body_is_not_to_be_had(cast, clock, sign_in):
    part = asked(cast, 1)[0]
    theirs = make.signed(cast.axle, by=cast.tom, to=[cast.meridian])
    client = sign_in(cast.ada)
    typed = fields(client.get(reverse(PAGE)).content.decode())
    answer = client.post(reverse(PAGE), typed | {f"tick.{part.pk}": "true", "do": "copy", "body": str(theirs.pk)})
    assert answer.status_code == 422 and not Declaration.objects.filter(organisation=cast.acme).exists()


def test_only_the_laws_of_a_parts_own_request_are_asked(cast, clock, sign_in):
    label, both = asked(cast, 1, laws=("aala",))[0], asked(cast, 1, start=5)[0]
    html = sign_in(cast.ada).get(reverse(PAGE)).content.decode()
    assert f'name="{label.pk}.aala.ge70"' in html and f'name="{label.pk}.usmca' not in html
    assert f'name="{both.pk}.usmca.originates"' in html and "nafta" not in re.findall(r'name="[^"]*"', html)


def test_the_grid_asks_the_database_no_more_often_for_forty(cast, clock, sign_in):
    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(PAGE))
        return len(found)

    parts, client = asked(cast, 2), sign_in(cast.ada)
    make.draft(parts[0], by=cast.ben)
    few = queries()
    for part in asked(cast, 38, start=20):
        make.draft(part, by=cast.ben)
    assert queries() == few


def test_what_the_grid_does_not_ask_stays_and_an_unchanged_row_is_not_touched(cast, clock, sign_in):
    """The amount of another paragraph, a second statement; and who drafted a row that only looked on."""
    part, other = asked(cast, 2, laws=("nafta", "usmca"))
    said = [{"law": "nafta", "para": "c", "amount": "1.125"}, {"law": "usmca", "originates": "true", "use": "light"},
            {"law": "usmca", "originates": "false", "use": "heavy"}]  # fmt: skip
    row = make.draft(part, by=cast.ben, to=[cast.talbot], statements=said)
    make.draft(other, by=cast.ben, to=[cast.talbot], statements=said)
    client = sign_in(cast.ada)
    typed = fields(client.get(reverse(PAGE)).content.decode())
    assert client.post(reverse(PAGE), typed | {f"{part.pk}.usmca.criterion": "B", "do": "save"}).status_code == 302
    facts = stored.of(row)["statements"]
    assert sorted((one["law"], one["amount"], one["use"], one["criterion"]) for one in facts) == [
        ("nafta", "1.125", "", ""), ("usmca", "", "heavy", ""), ("usmca", "", "light", "B")]  # fmt: skip
    changed = {one.part_id: one.changed_by for one in Declaration.objects.all()}
    assert changed == {part.pk: cast.ada, other.pk: None}
    typed = fields(client.get(reverse(PAGE)).content.decode())
    assert client.post(reverse(PAGE), typed | {f"{part.pk}.nafta.para": "g", "do": "save"}).status_code == 302
    assert {one["amount"] for one in stored.of(row)["statements"]} == {""}, "an amount of (c) is none of (g)"
