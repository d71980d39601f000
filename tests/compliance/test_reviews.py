"""The queue of answers: what stands in it, each decision as a row of its own, and what a decision does not do."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from compliance import ledger, queues
from compliance.actions import reviews
from compliance.models import FaceReview
from suppliers.actions import declarations, letters
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Mail, Request, Seal
from tests import make
from tests.compliance.conftest import CANARY, TODAY, TOMS
from tests.compliance.test_plausibility import axle, car
from tracing import doubts
from tracing.actions import traces


def url(name, *args):
    return reverse(f"compliance:{name}", args=args)


@pytest.fixture
def answer(cast, clock):
    car(cast, made_in="MX")
    return axle(cast)


@pytest.fixture
def doubtful(cast, clock):
    """It says that it originates, and Meridian's own line says that it is made in China."""
    car(cast, made_in="CN")
    return axle(cast, statements=[{"law": "usmca", "originates": True, "criterion": "B", "method": "NC"}])


def states(cast):
    return [row.state for row in queues.answers(cast.ed, on=TODAY)]


def test_an_answer_waits_until_somebody_decides_and_a_newer_one_waits_anew(cast, answer, clock):
    assert states(cast) == ["waiting"]
    row = reviews.review_face(answer, by=cast.ed, decision="accept")
    assert states(cast) == ["accept"] and row.findings == []
    assert Seal.objects.filter(kind="face.reviewed", act=row.pk).exists() and list(ledger.faults()) == []
    clock.shift(60)
    newer = declarations.supersede(answer, by=cast.tom, made_in="US")
    declarations.sign(newer, by=cast.tom, name="Tom", title="C", shown=declarations.shown(newer), alone_why="alone")
    assert states(cast) == ["waiting"]


def test_only_a_reviewer_of_the_company_it_is_addressed_to(cast, answer):
    for who in (cast.eve, cast.tom, cast.ada, cast.fay, cast.olga):
        with pytest.raises(NotYourRight):
            reviews.review_face(answer, by=who, decision="accept")
    with pytest.raises(Malformed):
        reviews.review_face(answer, by=cast.gus, decision="accept")
    assert not FaceReview.objects.exists()


def test_what_stops_cannot_be_accepted_and_what_is_found_needs_a_reason(cast, doubtful):
    with pytest.raises(Malformed) as wrong:
        reviews.review_face(doubtful, by=cast.ed, decision="accept", why="fine")
    assert "R8" in wrong.value.errors["decision"][0]
    for decision in ("ask", "reject", "else"):
        with pytest.raises(Malformed):
            reviews.review_face(doubtful, by=cast.ed, decision=decision)
    assert not FaceReview.objects.exists()
    row = reviews.review_face(doubtful, by=cast.ed, decision="reject", why="The marking says China.")
    assert row.findings == ["R8", "R10"]


def test_a_finding_that_is_worth_a_look_is_accepted_with_a_reason(cast, clock):
    car(cast, made_in="US")
    row = axle(cast)
    with pytest.raises(Malformed) as wrong:
        reviews.review_face(row, by=cast.ed, decision="accept")
    assert set(wrong.value.errors) == {"why"}
    assert reviews.review_face(row, by=cast.ed, decision="accept", why="Our line was wrong.").findings == ["R10"]


def test_a_decision_is_never_edited_and_a_later_one_counts(cast, answer, clock):
    first = reviews.review_face(answer, by=cast.ed, decision="reject", why="No.")
    clock.shift(60)
    reviews.review_face(answer, by=cast.ed, decision="accept", why="They explained it.", seen=first.pk)
    assert states(cast) == ["accept"] and FaceReview.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        FaceReview.objects.filter(pk=first.pk).update(why="else")


# ---- asking back ----


def test_asking_back_writes_to_the_supplier_and_only_a_newer_answer_answers(cast, doubtful, clock):
    clock.shift(60)
    row = reviews.review_face(doubtful, by=cast.ed, decision="ask", why="Is it made in Mexico? The marking says China.")
    asked = Request.objects.get(campaign=row.question)
    assert asked.sourcing == cast.axle_to_meridian and asked.rulebooks == ["usmca"]
    assert Request.objects.unanswered().filter(pk=asked.pk).exists()
    letters.write_due()
    mail = Mail.objects.get(kind="request")
    assert "The marking says China." in mail.text
    clock.shift(60)
    again = declarations.supersede(doubtful, by=cast.tom, statements=[{"law": "usmca", "originates": False}])
    declarations.sign(again, by=cast.tom, name="Tom", title="C", shown=declarations.shown(again), alone_why="alone")
    assert not Request.objects.unanswered().filter(pk=asked.pk).exists()


def test_pressed_twice_asks_once(cast, doubtful, sign_in):
    client = sign_in(cast.ed)
    typed = {"decision": "ask", "why": "Is it made in Mexico?", "seen": ""}
    for _press in range(2):
        assert client.post(url("review-answer", doubtful.pk), typed).status_code == 302
    assert FaceReview.objects.count() == Request.objects.count() == 1


def test_a_reason_stays_in_the_house(cast, doubtful, sign_in):
    reviews.review_face(doubtful, by=cast.ed, decision="reject", why="SECRET-REASON")
    client = sign_in(cast.tom)
    for name, args in (("suppliers:request-list", []), ("suppliers:declaration-detail", [doubtful.pk]),
                       ("suppliers:disclosure-list", []), ("suppliers:notice-list", [])):  # fmt: skip
        assert b"SECRET-REASON" not in client.get(reverse(name, args=args)).content, name
    assert client.get(url("review-answer", doubtful.pk)).status_code == 404


def test_no_figure_changes_by_a_decision(cast, river, trace):
    before = {row.pk: row.result for row in trace.outcomes.all()}
    reviews.review_face(river.axle, by=cast.ed, decision="reject", why="Not plausible.")
    traces.spread()
    assert traces.current(river.vehicle).pk == trace.pk
    assert {row.pk: row.result for row in trace.outcomes.all()} == before


# ---- many at once ----


def several(cast, count=3):
    made = []
    for number in range(count):
        part = make.part(cast.talbot, f"T-{number}", description="Axle", hs="8708.50")
        own = make.part(cast.meridian, f"N-{number}", description="Axle", hs="8708.50")
        make.sourcing(part, own, by_seller=cast.tom, by_buyer=cast.ed)
        said = [{"law": "aala", "ge70": False, "pct5": "40", "origin": "MX"}]
        made.append(make.signed(part, by=cast.tom, to=[cast.meridian], made_in="MX", lines=[], statements=said))
    return made


def test_many_are_accepted_in_one_act_and_pressing_twice_accepts_once(cast, clock, sign_in):
    rows = several(cast)
    client, typed = sign_in(cast.ed), {"pk": [str(row.pk) for row in rows], "query": "state=waiting"}
    assert client.get(url("review-accept-many")).status_code == 405
    for _press in range(2):
        assert client.post(url("review-accept-many"), typed).url.endswith("?state=waiting")
    assert FaceReview.objects.filter(decision="accept", by=cast.ed).count() == 3
    assert list(ledger.faults()) == []


def test_one_with_a_finding_holds_all_back(cast, doubtful):
    rows = several(cast)
    with pytest.raises(Malformed) as wrong:
        reviews.accept_many([doubtful.pk, *(row.pk for row in rows)], by=cast.ed)
    assert "TA-400" in wrong.value.errors["pk"][0] and not FaceReview.objects.exists()


def test_one_that_is_not_theirs_holds_all_back(cast, clock):
    rows = several(cast)
    hidden = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    for foreign in (hidden.pk, rows[0].pk.__class__(int=7)):
        with pytest.raises(Malformed) as wrong:
            reviews.accept_many([rows[0].pk, foreign], by=cast.ed)
        assert "not there any more" in wrong.value.errors["pk"][0]
    with pytest.raises(NotYourRight):
        reviews.accept_many([row.pk for row in rows], by=cast.eve)
    assert not FaceReview.objects.exists()


# ---- what others ask ----


def test_doubts_for_the_pages_upstream(cast, answer, clock):
    sale = cast.axle_to_meridian
    found = doubts.of([sale, None], on=TODAY)[sale.pk]
    assert found.kind == "review" and "Nobody of yours" in found.words
    reviews.review_face(answer, by=cast.ed, decision="reject", why="Not plausible.")
    found = doubts.of([sale], on=TODAY)[sale.pk]
    assert found.kind == "contradictory" and "Not plausible." in found.words
    clock.shift(60)
    reviews.review_face(answer, by=cast.ed, decision="accept", why="Explained.", seen=FaceReview.objects.get().pk)
    assert doubts.of([sale, cast.bolt_to_talbot], on=TODAY) == {}


def test_what_a_check_found_is_said_until_somebody_decides(cast, doubtful):
    sale = cast.axle_to_meridian
    found = doubts.of([sale, cast.bolt_to_talbot], on=TODAY)
    assert found.keys() == {sale.pk} and found[sale.pk].kind == "review" and "R8" in found[sale.pk].words
    reviews.review_face(doubtful, by=cast.ed, decision="ask", why="Where is it made?")
    assert "Where is it made?" in doubts.of([sale], on=TODAY)[sale.pk].words


# ---- pages ----


def test_the_queue_by_its_filters_and_as_files(cast, doubtful, sign_in):
    several(cast, 2)
    client = sign_in(cast.ed)
    page = client.get(url("review-list")).content.decode()
    assert "3 answers wait for review" in page and page.index("R8") < page.index("T-0")
    assert page.count('name="pk"') == 2 and " checked>" not in page
    assert client.get(url("review-list") + "?tick=all").content.decode().count(" checked>") == 2
    clean = client.get(url("review-list") + "?finding=none").content.decode()
    assert "TA-400" not in clean and "T-1" in clean
    assert "TA-400" in client.get(url("review-list") + "?finding=R8").content.decode()
    assert "Undo the filter" in client.get(url("review-list") + f"?seller={cast.dorado.pk}").content.decode()
    assert "None." in client.get(url("review-list") + "?state=reject").content.decode()
    assert client.get(url("review-list") + "?state=junk&finding=junk&page=junk").status_code == 200
    told = client.get(url("review-list") + "?finding=R8&format=csv").getvalue().decode()
    assert told.count("\n") == 2 and "Talbot Axles" in told
    assert client.get(url("review-list") + "?format=xlsx").content.startswith(b"PK")


def test_an_answer_is_decided_on_its_page(cast, doubtful, sign_in):
    client = sign_in(cast.ed)
    page = client.get(url("review-answer", doubtful.pk)).content.decode()
    assert "R8" in page and "Record the decision" in page and "420" in page
    wrong = client.post(url("review-answer", doubtful.pk), {"decision": "accept", "why": "x", "seen": ""})
    assert wrong.status_code == 200 and b"R8 stops it" in wrong.content
    done = client.post(url("review-answer", doubtful.pk), {"decision": "reject", "why": "=Marked China.", "seen": ""})
    assert done.url == url("review-list")
    assert "Marked China." in client.get(url("review-ledger")).content.decode()
    told = client.get(url("review-ledger") + "?format=csv").content.decode()
    assert "'=Marked China." in told, "no formula reaches a spreadsheet"
    assert client.get(url("review-ledger") + "?format=xlsx").content.startswith(b"PK")


def test_an_officer_reads_and_does_not_decide(cast, doubtful, sign_in):
    client = sign_in(cast.eve)
    page = client.get(url("review-answer", doubtful.pk)).content.decode()
    assert "R8" in page and "Record the decision" not in page
    posted = client.post(url("review-answer", doubtful.pk), {"decision": "reject", "why": "No.", "seen": ""})
    assert posted.status_code == 200 and not FaceReview.objects.exists()
    assert client.post(url("review-accept-many"), {"pk": [str(doubtful.pk)]}).status_code == 404


def test_nobody_elses_page(cast, doubtful, sign_in):
    for who in (cast.gus, cast.tom, cast.ada, cast.fay, cast.olga):
        client = sign_in(who)
        there = client.get(url("review-answer", doubtful.pk))
        nowhere = client.get(url("review-answer", "00000000-0000-0000-0000-000000000000"))
        assert there.status_code == nowhere.status_code == 404
    assert "TA-400" not in sign_in(cast.gus).get(url("review-list")).content.decode()


def test_no_page_of_the_queue_tells_of_a_body(cast, river, trace, sign_in):
    reviews.review_face(river.axle, by=cast.ed, decision="ask", why="Which wire?")
    client = sign_in(cast.ed)
    pages = [url("review-list") + "?state=all", url("review-list") + "?state=all&format=csv", url("review-answer", river.axle.pk),
             url("review-result-list") + "?law=all", url("review-result-list") + "?law=all&format=csv", url("review-ledger"), url("review-ledger") + "?format=csv"]  # fmt: skip
    pages += [url("review-new", row.pk) for row in trace.outcomes.all()]
    for address in pages:
        answered = client.get(address)
        assert answered.status_code == 200, address
        for canary in (CANARY, TOMS, "AB-M12", "Acme", "Hanbit", "17-0012", "WR-12", "ST-9"):
            assert canary.encode() not in answered.getvalue(), (address, canary)


def test_results_wait_until_they_read_otherwise(cast, river, trace, sign_in, clock):
    client = sign_in(cast.ed)
    every = queues.results(queues.newest_outcomes(cast.ed), on=TODAY)
    assert {row.outcome.rulebook for row in every} >= {"usmca", "aala", "us-232"}
    assert {row.state for row in every} == {"waiting"} and all(row.unseen == 1 for row in every)
    outcome = trace.outcomes.get(rulebook="usmca")
    reviews.decide(outcome, by=cast.ed, decision="accept", why="It passes.")
    clock.shift(dt.timedelta(days=1))
    traces.mark([river.vehicle.pk])
    newer = traces.retrace(river.vehicle.pk)
    assert newer.pk != trace.pk
    row = next(
        one for one in queues.results(queues.newest_outcomes(cast.ed), on=TODAY) if one.outcome.rulebook == "usmca"
    )
    assert row.state == "accept" and row.outcome.trace == newer
    assert b"Ed Okafor" in client.get(url("review-result-list")).content
    assert b"Undo the filter" in client.get(url("review-result-list") + "?law=usmca&verdict=fail").content
    told = client.get(url("review-result-list") + "?law=usmca&verdict=pass&format=csv").content.decode()
    assert told.count("\n") == 2 and "accept" in told
    assert client.get(url("review-result-list") + "?law=junk&verdict=junk&format=xlsx").content.startswith(b"PK")


def test_the_ledger_finds_a_changed_decision(cast, answer):
    from suppliers import guards

    reviews.review_face(answer, by=cast.ed, decision="reject", why="No.")
    guards.remove()
    try:
        FaceReview.objects.update(why="Yes.")
        assert any("face.reviewed" in fault for fault in ledger.faults())
    finally:
        guards.install()
        call_command("check", "--database", "default")
