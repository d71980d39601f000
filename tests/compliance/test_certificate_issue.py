"""Issuing: from a current trace, by an accepted review, by someone who may; what the face says and what it does not."""

import io
import json

import pypdf
import pytest
from django.urls import reverse

from compliance.actions import certificates, reviews
from compliance.models import Certificate
from suppliers.actions import declarations
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Seal
from tests.compliance.conftest import CANARY, TOMS, certified
from tracing.actions import traces

SIGNED = {"name": "Eve Novak", "title": "Vice president"}


def accepted(cast, trace, rulebook="nafta"):
    return reviews.decide(trace.outcomes.get(rulebook=rulebook), by=cast.ed, decision="accept", why="It passes.")


def test_face_and_seal(certificate):
    says = certificate.says
    assert says["title"] == "Traced-content certificate"
    assert says["vehicle"]["name"] == "Alder" and says["signatory"]["name"] == "Eve Novak"
    assert says["rulebook"]["hypothetical"] is True
    assert says["period"] == {"from": "2026-07-01", "until": "2027-07-01"}
    assert [row["answer"] for row in says["parts"]] == ["answered"]
    assert says["silence"] and says["reason"] == "Passes whatever is still missing."
    assert Seal.objects.filter(kind="certificate.issued", act=certificate.pk, digest=certificate.digest).exists()


@pytest.mark.parametrize("rulebook", ["nafta", "usmca"])
def test_tests_not_run_stand_on_the_face_and_the_claim_is_no_origin(cast, trace, rulebook):
    says = certified(cast, trace, rulebook).says
    missing = [row["title"] for row in says["tests"] if row["result"] == "not_run"]
    assert missing and all(any(title in notice for notice in says["notices"]) for title in missing)
    assert "origin" not in says["title"].lower()
    ours = [notice for notice in says["notices"] if not notice.startswith("Not run")]
    assert not any("origin" in text.lower() for text in ours)


def test_the_nine_elements_stand_on_a_usmca_certificate_and_on_no_other(cast, trace, certificate):
    """Annex 5-A; 19 CFR 182.12(a)(4): each stated or why it is not; criterion and statement only where every test passed."""
    assert "elements" not in certificate.says
    cast.meridian.address = "1 Car Road\nDetroit MI 48201"
    cast.meridian.save()
    row = certified(cast, trace, "usmca")
    said = {number: text for number, _, text in row.says["elements"]}
    assert list(said) == [str(nth) for nth in range(1, 10)] and said["1"] == "producer"
    assert "Meridian Motors, 1 Car Road, Detroit MI 48201, US" in said["2"] and cast.eve.user.email in said["2"]
    assert said["8"] == "2026-07-01 to 2027-06-30" and "8703.23" in said["6"]
    assert said["7"].startswith("not stated") and said["9"].startswith("not given")
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bytes(row.pdf))).pages)
    assert "The nine data elements of USMCA Annex 5-A" in text and "1 Car Road" in text


def test_a_whole_law_that_passed_states_criterion_and_certification():
    from compliance import payloads

    result = {"rulebook": "usmca", "status": "law", "hypothetical": False, "tests": [{"result": "pass"}]}
    vehicle = {"name": "A", "model_year": "2027", "part": "P", "hs": "8703.23", "assembled_at": "Toledo"}
    given = {"company": "M, US", "contact": "e@m", "signatory": {"name": "E", "title": "V"}, "vehicle": vehicle}
    rows = payloads.elements(result, period={"from": "2026-01-01", "until": "2027-01-01"}, **given)
    assert rows[6][2] == "B" and rows[8][2] == payloads.ANNEX_5A and rows[7][2] == "2026-01-01 to 2026-12-31"
    assert payloads.elements(result | {"rulebook": "nafta"}, period={"from": "", "until": ""}, **given) == []


def test_a_hypothetical_law_says_so(certificate):
    assert any(notice.startswith("Hypothetical") for notice in certificate.says["notices"])


def test_a_law_in_force_is_not_called_hypothetical(cast, trace):
    assert not any("ypothetical" in notice for notice in certified(cast, trace, "usmca").says["notices"])


def test_a_proposal_says_so(cast, trace):
    outcome = next((row for row in trace.outcomes.filter(rulebook="us-2017") if row.verdict == "pass"), None)
    assert outcome is not None, "the river's car passes the proposal"
    review = reviews.decide(outcome, by=cast.ed, decision="accept", why="To show what it would have said.")
    says = certificates.issue(review, by=cast.eve, **SIGNED).says
    assert "proposal" in says["notices"][0] and says["title"] == "Traced-content certificate"


def test_the_pdf_is_tagged_says_the_same_and_carries_the_json(certificate, files):
    reader = pypdf.PdfReader(io.BytesIO(files.pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "Traced-content certificate" in text and "Alder" in text and "Eve Novak" in text and "Not run" in text
    assert "Hypothetical" in text and "Talbot Axles" in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.attachments["certificate.json"][0] == files.json
    assert json.loads(files.json)["payload"] == certificate.says


def test_no_figure_of_another_company_in_it(files):
    shown = files.json + b"".join(page.extract_text().encode() for page in pypdf.PdfReader(io.BytesIO(files.pdf)).pages)
    for canary in (CANARY, TOMS, "acme", "Acme", "AB-M12", "Hanbit", "17-0012", "WR-12", "ST-9"):
        assert canary.encode() not in shown
    assert CANARY.encode() in files.dossier and TOMS.encode() in files.dossier


def test_stale_when_a_fact_changed_since(cast, river, trace):
    review = accepted(cast, trace)
    declarations.withdraw(river.bolt, by=cast.ada, why="the wire comes from elsewhere")
    with pytest.raises(certificates.Stale):
        certificates.issue(review, by=cast.eve, **SIGNED)
    assert not Certificate.objects.exists()


def test_only_an_accepted_review_that_still_counts_and_only_once(cast, trace):
    outcome = trace.outcomes.get(rulebook="nafta")
    rejected = reviews.decide(outcome, by=cast.ed, decision="reject", why="Not plausible.")
    with pytest.raises(certificates.NotAccepted):
        certificates.issue(rejected, by=cast.eve, **SIGNED)
    review = accepted(cast, trace)
    certificates.issue(review, by=cast.eve, **SIGNED)
    with pytest.raises(certificates.NotAccepted):
        certificates.issue(review, by=cast.eve, **SIGNED)


def test_a_later_rejection_counts(cast, trace, clock):
    review = accepted(cast, trace)
    clock.shift(60)
    reviews.decide(trace.outcomes.get(rulebook="nafta"), by=cast.ed, decision="reject", why="The axle looks wrong.")
    with pytest.raises(certificates.NotAccepted):
        certificates.issue(review, by=cast.eve, **SIGNED)


def test_nobody_elses_right(cast, trace):
    review = accepted(cast, trace)
    for who in (cast.gus, cast.tom, cast.ada, cast.dora, cast.fay, cast.olga):
        with pytest.raises(NotYourRight):
            reviews.decide(trace.outcomes.get(rulebook="nafta"), by=who, decision="accept", why="mine")
        with pytest.raises(NotYourRight):
            certificates.issue(review, by=who, **SIGNED)


def test_a_decision_needs_a_reason_and_a_signature_a_name(cast, trace):
    with pytest.raises(Malformed) as wrong:
        reviews.decide(trace.outcomes.get(rulebook="nafta"), by=cast.ed, decision="", why=" ")
    assert set(wrong.value.errors) == {"decision", "why"}
    with pytest.raises(Malformed) as wrong:
        certificates.issue(accepted(cast, trace), by=cast.eve, name="", title=" ")
    assert set(wrong.value.errors) == {"name", "title"}


def test_what_fails_under_the_laws_own_silence_is_neither_certified_nor_offered_for_it(cast, river, sign_in):
    gearbox = {"item": "GB-1", "hs": "8708.40", "quantity": "1", "sources": [
        {"how": "imported", "price": "12000", "made_in": "JP", "title": "importation"}]}  # fmt: skip
    again = declarations.supersede(river.car, by=cast.eve, lines=[gearbox])
    declarations.sign(
        again, by=cast.eve, name="Eve", title="VP", shown=declarations.shown(again), alone_why="one officer only"
    )
    traces.spread()
    river.vehicle.refresh_from_db()
    failing = traces.retrace(river.vehicle.pk).outcomes.get(rulebook="nafta")
    assert failing.verdict == "fail"
    review = reviews.decide(failing, by=cast.ed, decision="accept", why="hope")
    with pytest.raises(certificates.NothingToCertify):
        certificates.issue(review, by=cast.eve, **SIGNED)
    way, client = reverse("compliance:certificate-issue", args=[review.pk]), sign_in(cast.eve)
    html = client.get(way).content.decode()
    assert "There is nothing to certify" in html and "Sign and issue, " not in html
    assert way not in client.get(reverse("compliance:certificate-list")).content.decode()


def test_a_rejection_while_the_facts_are_looked_at_stops_the_certificate(cast, trace, monkeypatch, clock):
    """Whoever presses a moment before decides; the check was made before the facts were read and not again."""
    review, read = accepted(cast, trace), certificates.take

    def slow(*given, **named):
        clock.shift(1)
        reviews.decide(review.outcome, by=cast.ed, decision="reject", why="On second thoughts.")
        return read(*given, **named)

    monkeypatch.setattr(certificates, "take", slow)
    with pytest.raises(certificates.NotAccepted, match="reviewed again since"):
        certificates.issue(review, by=cast.eve, **SIGNED)
    assert not Certificate.objects.exists()


def test_what_is_accepted_and_not_certified_waits_on_the_certificates_page(cast, trace, sign_in):
    """Nobody has to remember an address: the way on stands there until the certificate does, and only for who may issue."""
    page = reverse("compliance:certificate-list")
    nafta, usmca = accepted(cast, trace), accepted(cast, trace, "usmca")
    ways = [reverse("compliance:certificate-issue", args=[row.pk]) for row in (nafta, usmca)]
    html = sign_in(cast.eve).get(page).content.decode()
    assert ways[0] in html
    assert ways[1] not in html and reverse("compliance:signoff-new", args=[usmca.pk]) in html  # an officer reads first
    assert "waits for an officer" in sign_in(cast.ed).get(page).content.decode()
    certificates.issue(nafta, by=cast.eve, **SIGNED)
    assert ways[0] not in sign_in(cast.eve).get(page).content.decode()


def test_an_empty_signature_is_told_at_each_field(cast, trace, sign_in):
    way = reverse("compliance:certificate-issue", args=[accepted(cast, trace).pk])
    html = sign_in(cast.eve).post(way, {"name": " ", "title": ""}).content.decode()
    for said in (
        "type your name as it shall stand",
        "type your position",
        "sign this for my company: tick it if you do",
    ):
        assert said in html, said
    assert not Certificate.objects.exists()


def test_who_reviewed_it_is_not_offered_a_signature_that_would_be_refused(cast, trace, sign_in):
    """Where a law asks for two people, the page says so before anything is typed."""
    row = accepted(cast, trace, "usmca")
    way, client = reverse("compliance:certificate-issue", args=[row.pk]), sign_in(cast.ed)
    html = client.get(way).content.decode()
    assert "You reviewed it, so somebody else signs" in html and "Sign and issue, " not in html
