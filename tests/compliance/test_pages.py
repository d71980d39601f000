"""The pages: from a review to a certificate, its files, revocation, verification, grants; and 404 for those it is not for."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from compliance.actions import certificates, grants
from compliance.models import AuthorityGrant, Certificate, Export
from suppliers import days
from tests.compliance.conftest import CANARY, TOMS


def url(name, *args):
    return reverse(f"compliance:{name}", args=args)


def test_ed_reviews_and_eve_signs(cast, trace, sign_in):
    outcome = trace.outcomes.get(rulebook="nafta")
    client = sign_in(cast.ed)
    page = client.get(url("review-new", outcome.pk))
    assert page.status_code == 200 and b"Hypothetical" in page.content
    wrong = client.post(url("review-new", outcome.pk), {"decision": "accept", "why": " "})
    assert wrong.status_code == 200 and not outcome.reviews.exists()
    done = client.post(url("review-new", outcome.pk), {"decision": "accept", "why": "Passes at its worst."})
    review = outcome.reviews.get()
    assert done.url == url("certificate-issue", review.pk)
    client = sign_in(cast.eve)
    signing = {"name": "Eve Novak", "title": "Vice president"}
    assert client.post(done.url, signing).status_code == 200 and not Certificate.objects.exists()
    done = client.post(done.url, {**signing, "held": "on"})
    certificate = Certificate.objects.get()
    assert done.url == url("certificate-detail", certificate.pk)
    page = client.get(done.url)
    assert b"Traced-content certificate" in page.content and b"Passes at its worst." in page.content
    assert b"Alder" in client.get(url("certificate-list")).content


def test_a_rejection_leads_to_no_certificate(cast, trace, sign_in):
    outcome = trace.outcomes.get(rulebook="nafta")
    client = sign_in(cast.ed)
    client.post(url("review-new", outcome.pk), {"decision": "reject", "why": "The axle is not plausible."}, follow=True)
    review = outcome.reviews.get()
    assert client.get(url("certificate-issue", review.pk)).status_code == 404


def test_the_files(cast, certificate, files, sign_in):
    client = sign_in(cast.ed)
    assert client.get(url("certificate-pdf", certificate.pk)).content == files.pdf
    assert client.get(url("certificate-json", certificate.pk)).content == files.json
    assert client.get(url("revocation-json", certificate.pk)).status_code == 404


def test_not_theirs_is_not_there(cast, certificate, trace, sign_in):
    names = ["detail", "pdf", "json", "revoke", "grant"]
    for who in (cast.ada, cast.tom, cast.dora, cast.gus, cast.finn, cast.olga):
        client = sign_in(who)
        for name in names:
            there = client.get(url(f"certificate-{name}", certificate.pk))
            nowhere = client.get(url(f"certificate-{name}", "00000000-0000-0000-0000-000000000000"))
            assert there.status_code == nowhere.status_code == 404, (who, name)
        assert client.get(url("review-new", certificate.outcome_id)).status_code == 404
    for who in (cast.fay, cast.eve):
        assert sign_in(who).get(url("review-new", certificate.outcome_id)).status_code == 404


def test_no_page_of_the_automaker_shows_a_figure_of_its_suppliers(cast, certificate, granted, sign_in):
    client = sign_in(cast.ed)
    pages = [url("certificate-list"), url("certificate-detail", certificate.pk), url("grant-list"),
             url("review-new", certificate.outcome_id), url("certificate-json", certificate.pk)]  # fmt: skip
    for address in pages:
        shown = client.get(address).content
        for canary in (CANARY, TOMS, "AB-M12", "Acme"):
            assert canary.encode() not in shown, (address, canary)


def test_revoking(cast, certificate, files, sign_in, client):
    signed = sign_in(cast.eve)
    signed.post(url("certificate-revoke", certificate.pk), {"why": "The costs of the axle were wrong."})
    assert b"Revoked" in signed.get(url("certificate-detail", certificate.pk)).content
    paper = signed.get(url("revocation-json", certificate.pk))
    assert json.loads(paper.content)["payload"]["revocation"]["certificate"] == certificate.digest
    client.logout()
    page = client.post(url("verify"), {"file": SimpleUploadedFile("c.pdf", files.pdf)})
    assert b"Genuine, and revoked" in page.content and b"costs of the axle" in page.content


def test_anyone_can_verify(client, files):
    for raw in vars(files).values():
        page = client.post(url("verify"), {"file": SimpleUploadedFile("file", raw)}).content
        assert b"Genuine" in page and b"Not genuine" not in page and CANARY.encode() not in page


def test_verify_says_what_is_wrong(client, files):
    changed = files.json.replace(b"Alder", b"Elder")
    page = client.post(url("verify"), {"file": SimpleUploadedFile("file", changed)})
    assert b"Not genuine" in page.content
    page = client.post(url("verify"), {"file": SimpleUploadedFile("file", b"\x00\xff<script>alert(1)</script>")})
    assert b"Cannot be checked" in page.content and b"<script>alert" not in page.content
    assert client.post(url("verify")).status_code == 200


def test_the_public_keys_stand_where_verifiers_look(client, certificate):
    answer = client.get("/.well-known/jwks.json").json()
    assert [one["crv"] for one in answer["keys"]] == ["Ed25519"] and "d" not in answer["keys"][0]


def test_fay_takes_the_dossier_and_it_is_recorded(cast, certificate, granted, files, sign_in):
    client = sign_in(cast.fay)
    assert b"Sample 27-114" in client.get(url("grant-list")).content
    assert client.get(url("certificate-detail", certificate.pk)).status_code == 200
    assert client.get(url("grant-dossier", granted.pk)).status_code == 405
    taken = client.post(url("grant-dossier", granted.pk))
    assert taken.content == files.dossier
    assert Export.objects.get().by == cast.fay


def test_the_dossier_is_nobody_elses(cast, granted, sign_in):
    for who in (cast.finn, cast.ada, cast.tom, cast.dora, cast.ed, cast.gus, cast.olga):
        assert sign_in(who).post(url("grant-dossier", granted.pk)).status_code == 404
    assert not Export.objects.exists()


def test_an_ended_or_expired_grant_opens_nothing(cast, certificate, granted, sign_in, clock):
    clock.move_to("2027-02-01T09:00:00Z")
    client = sign_in(cast.fay)
    assert client.post(url("grant-dossier", granted.pk)).status_code == 404
    assert client.get(url("certificate-detail", certificate.pk)).status_code == 404
    clock.move_to("2026-11-25T09:00:00Z")
    assert sign_in(cast.eve).post(url("grant-end", granted.pk), {"why": "The audit is done."}).status_code == 302
    assert sign_in(cast.fay).post(url("grant-dossier", granted.pk)).status_code == 404


def test_owners_see_that_they_may_be_read_and_not_in_what(cast, certificate, granted, sign_in):
    certificates.export(certificate, by=cast.fay)
    for who in (cast.ada, cast.tom):
        page = sign_in(who).get(url("grant-list")).content
        assert b"Sample 27-114" in page and b"Border Audit Office" in page and b"24 Nov 2026, 10:42" in page
        assert b"Alder" not in page and b"Meridian" not in page
    assert b"Nobody." in sign_in(cast.dora).get(url("grant-list")).content


def test_eve_gives_a_grant_and_olga_does_by_number(cast, certificate, sign_in):
    given = {"to": str(cast.fay.pk), "purpose": "Sample 1", "begins": "2026-11-24", "ends": "2027-01-01"}
    assert sign_in(cast.eve).post(url("certificate-grant", certificate.pk), given).status_code == 302
    by_number = {**given, "issuer": "meridian-motors", "number": "7"}
    client = sign_in(cast.olga)
    assert b"There is no such certificate" in client.post(url("grant-new"), by_number).content
    assert client.post(url("grant-new"), {**by_number, "number": "1"}).status_code == 302
    assert AuthorityGrant.objects.count() == 2
    assert b"Alder" not in client.get(url("grant-list")).content
    too_long = {**given, "ends": "2029-01-01"}
    assert b"a year at most" in sign_in(cast.eve).post(url("certificate-grant", certificate.pk), too_long).content
    to_ed = {**given, "to": str(cast.ed.pk)}
    assert sign_in(cast.eve).post(url("certificate-grant", certificate.pk), to_ed).status_code == 200
    assert AuthorityGrant.objects.count() == 2


def test_a_grant_ends_once_however_often_that_is_pressed(cast, granted):
    """The second of two presses was a server error."""
    first = grants.end(granted, by=cast.eve, why="done")
    assert grants.end(granted, by=cast.olga, why="again") == first


def test_a_sheet_printed_without_signing_in_bears_its_day_too(client):
    html = client.get(reverse("compliance:verify")).content.decode()
    assert f'data-paper="printed {days.day(timezone.localdate())}"' in html
