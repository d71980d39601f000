"""Two people where the law asks for two, and an officer's sign-off of the weak spots, frozen, before a certificate."""

import datetime as dt
import io
import json

import pypdf
import pytest
from django.urls import reverse

from compliance import ledger, signoffs, weak_spots
from compliance.actions import certificates, reviews
from compliance.actions import signoffs as acts
from compliance.models import Certificate, SignOff
from suppliers.actions import declarations
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Seal
from tests import make
from tests.compliance.conftest import CANARY, TODAY, TOMS, certified, signed_off
from tracing import rulebooks

UNTIL = dt.date(2027, 11, 24)


def url(name, *args):
    return reverse(f"compliance:{name}", args=args)


@pytest.fixture
def review(cast, trace):
    return reviews.decide(trace.outcomes.get(rulebook="usmca"), by=cast.ed, decision="accept", why="It passes.")


def spots_of(review, begins=TODAY, ends=UNTIL):
    return {one.code: one for one in weak_spots.spots(review.outcome, begins=begins, ends=ends, on=TODAY)}


def test_the_data_are_whole_and_cite():
    rows = signoffs.asked()
    assert {"usmca", "us-232", "aala"} == set(rows) <= set(rulebooks.ids())
    assert all(row.cite and row.says and row.months in {6, 12} for row in rows.values())
    assert not signoffs.of("nafta").officer and not signoffs.of("us-2017").four_eyes


@pytest.mark.parametrize(
    ("begins", "months", "last"),
    [
        ("2026-11-24", 12, "2027-11-24"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-15", 6, "2027-06-15"),
    ],
)
def test_the_last_day_of_a_claim(begins, months, last):
    assert signoffs.latest_end(dt.date.fromisoformat(begins), months) == dt.date.fromisoformat(last)


# ---- two people ----


def test_who_entered_or_signed_the_vehicle_does_not_review_it(cast, river, trace):
    outcome = trace.outcomes.get(rulebook="usmca")
    eve_reviews = make.person("Eve Novak", cast.meridian, "reviewer", title="Reviewer")
    assert eve_reviews.user_id == cast.eve.user_id, "the same person by another membership"
    with pytest.raises(reviews.NotTwoPeople):
        reviews.decide(outcome, by=eve_reviews, decision="accept", why="Mine.")
    hypothetical = trace.outcomes.get(rulebook="nafta")
    assert reviews.decide(hypothetical, by=eve_reviews, decision="accept", why="No law asks.").pk


def test_the_reviewer_neither_signs_off_nor_issues(cast, trace, review):
    ed_signs = make.person("Ed Okafor", cast.meridian, "officer", title="Officer")
    with pytest.raises(reviews.NotTwoPeople):
        signed_off(cast, review, by=ed_signs)
    signed_off(cast, review)
    with pytest.raises(certificates.NotTwoPeople):
        certificates.issue(review, by=cast.ed, name="Ed", title="Analyst")
    assert certificates.issue(review, by=cast.eve, name="Eve", title="Officer").pk


def test_only_an_officer_of_the_automaker_signs_off(cast, review):
    for who in (cast.ed, cast.gus, cast.tom, cast.ada, cast.fay, cast.olga):
        with pytest.raises((NotYourRight, reviews.NotTwoPeople)):
            signed_off(cast, review, by=who)
    assert not SignOff.objects.exists()


# ---- the list ----


def test_the_weak_spots_of_the_river(cast, river, review):
    found = spots_of(review)
    assert "1 answer waits" in found["W6"].fact and found["W6"].rows == ("TA-400 of Talbot Axles",)
    assert "TA-400 of Talbot Axles ends 30 Jun 2027" in found["W4"].rows
    assert "W8" in found and "UR 14(1)" in repr(found["W8"].rows)
    assert "W4" not in spots_of(review, ends=dt.date(2027, 6, 1))
    reviews.review_face(river.axle, by=cast.ed, decision="reject", why="Too cheap.")
    doubted = spots_of(review)
    assert "Too cheap." in doubted["W5"].rows[0] and "W6" not in doubted


def test_the_list_tells_of_no_body(cast, river, review):
    text = repr(spots_of(review)) + signed_off(cast, review).payload
    for canary in (CANARY, TOMS, "AB-M12", "Acme", "Hanbit", "17-0012", "WR-12", "ST-9"):
        assert canary not in text
    assert review.outcome.digest not in text, "an unsalted digest of all inputs could be searched for a price"


def test_it_is_frozen_sealed_and_pressed_twice_signs_once(cast, river, review):
    row = signed_off(cast, review)
    assert signed_off(cast, review).pk == row.pk and SignOff.objects.count() == 1
    assert Seal.objects.filter(kind="outcome.signed_off", act=row.pk, digest=row.digest).exists()
    said = row.says["spots"]
    reviews.review_face(river.axle, by=cast.ed, decision="reject", why="Too cheap.")
    row.refresh_from_db()
    assert row.says["spots"] == said and "W5" in spots_of(review)
    assert list(ledger.faults()) == []


def test_a_list_that_changed_since_it_was_read_is_not_signed(cast, river, review):
    shown = acts.digest_of(list(weak_spots.spots(review.outcome, begins=TODAY, ends=UNTIL, on=TODAY)))
    reviews.review_face(river.axle, by=cast.ed, decision="reject", why="Too cheap.")
    with pytest.raises(acts.ListChanged):
        signed_off(cast, review, shown=shown)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"title": ""}, "title"),
        ({"ends": TODAY}, "ends"),
        ({"ends": dt.date(2027, 11, 25)}, "ends"),
    ],
)
def test_what_is_typed(cast, review, changes, field):
    with pytest.raises(Malformed) as wrong:
        signed_off(cast, review, **changes)
    assert set(wrong.value.errors) == {field}


def test_what_was_rejected_or_has_moved_is_not_signed_off(cast, river, trace, review, clock):
    clock.shift(60)
    rejected = reviews.decide(review.outcome, by=cast.ed, decision="reject", why="No.")
    for row in (review, rejected):
        with pytest.raises(acts.NotSignable):
            signed_off(cast, row)
    clock.shift(60)
    again = reviews.decide(review.outcome, by=cast.ed, decision="accept", why="Yes.")
    from tracing.actions import traces

    declarations.withdraw(river.axle, by=cast.tom, why="wrong")
    traces.mark([river.vehicle.pk])
    traces.retrace(river.vehicle.pk)
    with pytest.raises(acts.NotSignable):
        signed_off(cast, again)


# ---- the certificate ----


def test_no_certificate_without_a_sign_off_that_holds_today(cast, trace, review, clock):
    signing = {"by": cast.eve, "name": "Eve", "title": "Officer"}
    with pytest.raises(certificates.NotSignedOff):
        certificates.issue(review, **signing)
    signed_off(cast, review, begins=dt.date(2026, 12, 1))
    with pytest.raises(certificates.NotSignedOff):
        certificates.issue(review, **signing)
    signed_off(cast, review)
    assert certificates.issue(review, **signing).sign_off is not None


def test_the_certificate_names_it_and_not_its_list(cast, river, trace):
    made = certified(cast, trace, "usmca")
    said = made.says["sign_off"]
    assert said["name"] == "Eve Novak" and said["digest"] == made.sign_off.digest and said["until"] == "2027-11-24"
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bytes(made.pdf))).pages)
    assert "signed off" in text and "Eve Novak" in text
    assert "waits for review" not in made.payload and "W6" not in json.dumps(said)


def test_a_certificate_of_a_law_that_asks_for_none_says_nothing_of_it(certificate):
    assert "sign_off" not in certificate.says and certificate.sign_off is None


# ---- pages ----


def test_ed_reviews_eve_reads_signs_off_and_issues(cast, trace, sign_in):
    outcome = trace.outcomes.get(rulebook="usmca")
    client = sign_in(cast.ed)
    done = client.post(url("review-new", outcome.pk), {"decision": "accept", "why": "It passes."})
    assert done.url == url("review-new", outcome.pk)
    review = outcome.reviews.get()
    assert client.get(url("signoff-new", review.pk)).status_code == 404, "a reviewer is no officer"
    client = sign_in(cast.eve)
    assert "Sign off" in client.get(url("review-result-list")).content.decode()
    assert "has not signed it off" in client.get(url("certificate-issue", review.pk)).content.decode()
    page = client.get(url("signoff-new", review.pk))
    assert "W6" in page.content.decode() and "19 CFR 182.12(a)(4)" in page.content.decode()
    typed = {
        "begins": "2026-11-24",
        "ends": "2027-11-24",
        "name": "Eve Novak",
        "title": "VP",
        "shown": page.context["shown"],
    }
    assert client.post(url("signoff-new", review.pk), typed).status_code == 200 and not SignOff.objects.exists()
    other = client.post(url("signoff-new", review.pk), {**typed, "read": "on", "ends": "2027-01-01"})
    assert "read it again" in other.content.decode() and not SignOff.objects.exists()
    done = client.post(url("signoff-new", review.pk), {**typed, "read": "on"})
    assert done.url == url("signoff-detail", SignOff.objects.get().pk)
    page = client.get(done.url).content.decode()
    assert "W6" in page and "Go on to the certificate" in page
    issued = client.post(url("certificate-issue", review.pk), {"name": "Eve Novak", "title": "VP", "held": "on"})
    page = client.get(issued.url).content.decode()
    assert "Who signed off its weak spots" in page and Certificate.objects.get().sign_off is not None


def test_a_sign_off_is_nobody_elses(cast, review, sign_in):
    row = signed_off(cast, review)
    for who in (cast.gus, cast.tom, cast.ada, cast.fay, cast.olga):
        client = sign_in(who)
        for address in (url("signoff-detail", row.pk), url("signoff-new", review.pk)):
            assert client.get(address).status_code == 404, (who, address)


def test_the_page_says_that_two_people_are_asked_for(cast, trace, sign_in):
    eve_reviews = make.person("Eve Novak", cast.meridian, "reviewer", title="Reviewer")
    client = sign_in(eve_reviews)
    outcome = trace.outcomes.get(rulebook="usmca")
    page = client.get(url("review-new", outcome.pk)).content.decode()
    assert "entered or signed this vehicle" in page
    typed = {"decision": "accept", "why": "Mine."}
    assert "asks for two people" in client.post(url("review-new", outcome.pk), typed).content.decode()
    assert not outcome.reviews.exists()
