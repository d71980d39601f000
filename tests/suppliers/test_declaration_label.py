"""What the label's law and preferential agreements let a supplier say: typed on the portal, signed, and counted."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suppliers.actions import declarations, requests
from suppliers.facts import stored, terms
from suppliers.forms import needed
from suppliers.models import Declaration
from tests import make, worlds
from tracing.actions import rolls, traces
from tracing.models import Outcome, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def river(cast, clock, settings, tmp_path, monkeypatch):
    settings.FLEET_DIR = tmp_path / "fleet"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    rolls.forget()
    yield worlds.river(cast)
    rolls.forget()


def label(rows):
    return [row["declared"] for one in rows for row in one.result["tests"]]


def rolled(vehicle):
    rolls.roll()
    return label(Verdict.objects.filter(vehicle=vehicle, rulebook="aala").order_by("reading"))


def traced(vehicle):
    traces.mark([vehicle.pk])
    return label(Outcome.objects.filter(trace=traces.retrace(vehicle.pk), rulebook="aala").order_by("reading"))


def restated(row, *, by, **said):
    draft = declarations.supersede(row, by=by, statements=[{"law": "aala", **said}])
    return declarations.sign(draft, by=by, name="A", title="B", shown=declarations.shown(draft), alone_why="alone")


def test_an_answer_for_the_label_moves_the_vehicles_figure_by_roll_and_by_trace(cast, river):
    silent = rolled(river.vehicle)
    restated(river.axle, by=cast.tom, pct5="40")
    some = rolled(river.vehicle)
    assert some == traced(river.vehicle) != silent


@pytest.mark.parametrize("said", [{"ge70": "true"}, {"ge70": "false", "pct5": "0"}, {"pct5": "65", "origin": "MX"}])
def test_roll_and_trace_read_every_answer_alike(cast, river, said):
    restated(river.axle, by=cast.tom, **said)
    assert rolled(river.vehicle) == traced(river.vehicle)


def test_the_signature_covers_agreements_only_where_they_are_said(cast):
    plain = stored.of(make.draft(cast.bolt, by=cast.ben, statements=[{"law": "eu-uk", "originates": "true"}]))
    more = stored.of(make.draft(cast.bolt, by=cast.ben,
                                statements=[{"law": "eu-uk", "originates": "true", "agreements": "CA, MX"}]))  # fmt: skip

    def digest(facts, **more):
        return terms.content_digest(facts, signed_text="", commitment="", **more)

    assert digest(plain) != digest(more)
    assert digest(plain) == digest(plain, evidence=())
    assert digest(plain) != digest(plain, evidence=[{"name": "a.pdf", "kind": "certificate", "digest": "00"}])
    assert terms.declaration(plain, lambda _: None) == terms.declaration(more, lambda _: None)


def test_saving_while_typing_answers_the_new_version_and_never_writes_over_another(cast, sign_in):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    client, page = sign_in(cast.ben), reverse("suppliers:declaration-edit", args=[draft.pk])
    typed = {"part": str(cast.bolt.pk), "begins": "2026-01-01", "ends": "2027-01-01", "currency": "USD", "do": "autosave",
             "statements.0.law": "aala", "statements.0.ge70": "false"}  # fmt: skip
    first = client.post(page, typed | {"version": draft.version})
    assert first.status_code == 200 and first.json()["version"] == draft.version + 1
    assert stored.of(Declaration.objects.get(pk=draft.pk))["statements"][0]["ge70"] is False
    assert client.post(page, typed | {"version": draft.version}).status_code == 409
    assert client.post(page, typed | {"version": draft.version + 1, "price": "many"}).status_code == 422


def test_a_unit_other_than_the_sales_is_refused_with_the_question(cast):
    line = {
        "item": "17-0012",
        "quantity": "8",
        "unit": "kg",
        "sources": [{"price": "1", "sourcing": cast.bolt_to_talbot.pk}],
    }
    with pytest.raises(declarations.Malformed) as wrong:
        make.draft(cast.axle, by=cast.tom, lines=[line])
    assert list(wrong.value.errors) == ["lines.0.unit"]


def test_a_request_asks_only_what_its_laws_need():
    assert needed(["aala"]).label and not (needed(["aala"]).costs or needed(["aala"]).paras or needed(["aala"]).lines)
    assert needed(["eu-uk-ev"]).agreements and not needed(["usmca"]).label
    assert {"table", "core", "listed"} <= needed(["usmca"]).claims and "listed" not in needed(["nafta"]).claims, (
        "Table A.2, column 2, is a list of USMCA"
    )
    assert needed(["us-232"]).own_value and not needed(["us-232"]).costs
    assert needed([]) == needed(["no-such-law"])


def test_a_renewed_answer_shows_what_differs_from_the_last(cast, sign_in):
    last = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], price="1.20")
    same = declarations.supersede(last, by=cast.ben)
    client = sign_in(cast.ben)
    assert "nothing differs yet" in client.get(reverse("suppliers:declaration-edit", args=[same.pk])).content.decode()
    other = declarations.supersede(last, by=cast.ben, price="1.30")
    page = client.get(reverse("suppliers:declaration-edit", args=[other.pk])).content.decode()
    assert "1 field differs" in page and re.search(r"<td[^>]*>1\.3</td><td[^>]*>1\.2</td>", page)


def test_a_request_for_the_label_alone_folds_what_goes_into_the_part(cast, sign_in):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], lines=[])
    client, page = sign_in(cast.ben), reverse("suppliers:declaration-edit", args=[draft.pk])
    assert "ask only for a statement" not in client.get(page).content.decode()
    requests.ask(
        cast.bolt_to_talbot, by=cast.tom, begins=draft.begins, ends=draft.ends, due=draft.ends, rulebooks=["aala"]
    )
    folded = client.get(page).content.decode()
    assert "ask only for a statement" in folded and "Nobody asks for it under the laws" in folded


def test_a_long_form_asks_the_database_no_more_often(cast):
    def asked(count):
        draft, source = make.draft(cast.axle, by=cast.tom), {"price": "1", "sourcing": str(cast.bolt_to_talbot.pk)}
        lines = [{"item": f"I-{n}", "quantity": "1", "sources": [source]} for n in range(count)]
        facts = stored.of(draft) | {"lines": lines}
        with CaptureQueriesContext(connection) as queries:
            declarations.change(draft, facts, by=cast.tom, version=draft.version, machine=True)
        assert Declaration.objects.get(pk=draft.pk).lines.count() == count
        return len(queries)

    assert asked(2) == asked(40)  # an insert holds some fifty rows on SQLite
