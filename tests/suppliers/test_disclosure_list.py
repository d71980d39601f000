"""Who sees what of mine: one's own answers, their readers, what they are shown, and every use made of them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.actions import certificates, grants, reviews
from suppliers import faces, uses
from suppliers.actions import declarations
from suppliers.facts import stored
from suppliers.models import Declaration
from tests import make
from tracing.actions import traces

pytestmark = pytest.mark.django_db
PAGE = "/disclosures/"


def test_each_answer_with_its_readers_and_the_statements_they_are_shown(cast, sign_in, clock):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot],
                statements=[{"law": "usmca", "originates": "true"}])  # fmt: skip
    make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    html = sign_in(cast.cleo).get(PAGE).content.decode()
    assert html.count("AB-M12") == 1, "a draft has gone nowhere"
    assert "Talbot Axles" in html and "originates" in html and "In force" in html
    assert "Hanbit" not in html and "Copy it and sign" not in html
    assert reverse("suppliers:disclosure-list") == PAGE


def test_nothing_of_another_company(cast, sign_in, clock):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    for who in (cast.tom, cast.dora, cast.gus):
        assert "AB-M12" not in sign_in(who).get(PAGE).content.decode()
    assert sign_in(cast.fay).get(PAGE).status_code == 404


def test_the_page_says_what_the_face_shows(cast, sign_in, clock):
    """One function makes both: a sentence that a reader is shown stands on the owner's page too."""
    said = [{"law": "usmca", "originates": "true", "criterion": "B"}, {"law": "nafta", "para": "c", "amount": "0.3141"}]
    row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], statements=said)
    mine = sign_in(cast.ada).get(PAGE).content.decode()
    theirs = sign_in(cast.tom).get(reverse("suppliers:declaration-detail", args=[row.pk])).content.decode()
    shown = faces.of(row, stored.of(row))["statements"]
    assert len(shown) == 2
    for one in shown:
        assert one["says"] in mine and one["says"] in theirs


def test_an_answer_is_given_to_one_more_by_one_press(cast, sign_in, clock):
    sale = make.sourcing(cast.bolt, make.part(cast.dorado, "D-9"), by_seller=cast.ada, by_buyer=cast.dora)
    row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    address = reverse("suppliers:declaration-address", args=[row.pk])
    assert "Dorado Fasteners" in sign_in(cast.ben).get(PAGE).content.decode()
    for stranger in (cast.tom, cast.dora, cast.cleo):
        assert sign_in(stranger).post(address, {"to": str(sale.buyer_id)}).status_code == 404
    refused = sign_in(cast.ben).post(address, {"to": str(cast.meridian.pk)})
    assert refused["Location"] == PAGE and not Declaration.objects.drafts().exists(), "no sale, no reader"
    done = sign_in(cast.ben).post(address, {"to": str(sale.buyer_id)})
    draft = Declaration.objects.drafts().get(supersedes=row)
    assert done["Location"] == reverse("suppliers:declaration-review", args=[draft.pk])
    assert {one.organisation for one in draft.addressees.all()} == {cast.talbot, cast.dorado}
    again = sign_in(cast.ben).post(address, {"to": str(sale.buyer_id)})
    assert again["Location"] == reverse("suppliers:declaration-edit", args=[draft.pk]), "one draft, not two"


@pytest.fixture
def certified(cast, settings, tmp_path, monkeypatch, clock):
    """The river computed, certified, and read by an auditor."""
    settings.SIGNING_KEYS = tmp_path / "keys"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    river = make.river(cast)
    traces.spread()
    traces.mark([river.vehicle.pk])
    outcome = traces.retrace(river.vehicle.pk).outcomes.filter(verdict="pass").first()
    review = reviews.decide(outcome, by=cast.ed, decision="accept", why="Every answer is in.")
    river.certificate = certificates.issue(review, by=cast.eve, name="Eve Novak", title="Officer")
    grants.grant(river.certificate, to=cast.fay, purpose="Audit 27-1", begins=dt.date(2026, 11, 24),
                 ends=dt.date(2027, 1, 1), by=cast.eve)  # fmt: skip
    certificates.export(river.certificate, by=cast.fay)
    return river


def test_every_use_is_told_to_the_owner_and_names_no_vehicle(cast, certified, sign_in):
    html = sign_in(cast.ada).get(PAGE).content.decode()
    assert "computed with on this day" in html and "a certificate rests on it" in html
    assert "Border Audit Office read it whole, under a grant for: Audit 27-1" in html
    for word in ("Alder", "Meridian", "TA-400", "5Q0"):
        assert word not in html
    certificates.revoke(certified.certificate, by=cast.eve, why="superseded")
    assert "rested on it and was revoked" in sign_in(cast.ada).get(PAGE).content.decode()
    found = uses.of(cast.dorado, [certified.bolt.pk])
    assert found == {certified.bolt.pk: []}, "asked for another company's, nothing is told"


def uses_of(client):
    return client.get(PAGE).content.decode().split("<main")[1].split("</main>")[0].partition("Also give")[0]


def test_how_often_a_day_is_not_told(cast, certified, sign_in):
    """One computation more tells that somebody answered, and when."""
    client = sign_in(cast.ada)
    before = uses_of(client)
    axle = declarations.supersede(certified.axle, by=cast.tom, costs={"product": "151", "period": "30"})
    declarations.sign(
        axle, by=cast.tom, name="Tom Vega", title="Controller", shown=declarations.shown(axle), alone_why="alone"
    )
    traces.mark([certified.vehicle.pk])
    assert traces.retrace(certified.vehicle.pk).number == 2
    assert uses_of(client) == before


def test_as_many_queries_for_many_answers_as_for_two(cast, sign_in, clock):
    client, counts = sign_in(cast.cleo), []
    for more in (2, 18):
        for _ in range(more):
            part = make.part(cast.acme)
            make.sourcing(part, make.part(cast.talbot), by_seller=cast.ada, by_buyer=cast.tom)
            make.signed(part, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        client = sign_in(cast.cleo)
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1], counts
