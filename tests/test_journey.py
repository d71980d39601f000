"""A form, a bolt, a vehicle, a certificate, a replay: the river in one test, by the pages that people use."""

import datetime as dt
import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from compliance import keys, replay, verification
from compliance.models import AuthorityGrant, Certificate, Review
from suppliers.models import Declaration
from tests import make
from tracing.actions import traces
from tracing.models import Vehicle

pytestmark = pytest.mark.django_db
CANARY = "0.314159"  # what Ada pays for her wire


@pytest.fixture(autouse=True)
def _own_keys_and_no_waiting(settings, tmp_path, monkeypatch, clock):
    settings.SIGNING_KEYS = tmp_path / "keys"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@pytest.fixture
def waiting(cast):
    """Tom's axle and the car are signed; Ada's bolt is not: ten dollars of 20,000 decide whether 85 percent is regional."""
    bolts = {
        "item": "17-0012",
        "hs": "7318.15",
        "quantity": "8",
        "sources": [{"price": "1.25", "sourcing": cast.bolt_to_talbot.pk}],
    }
    steel = {"item": "ST-9", "hs": "7214.99", "quantity": "40", "unit": "kg",
             "sources": [{"how": "imported", "price": "1.1", "made_in": "BR", "title": "importation"}]}  # fmt: skip
    make.signed(
        cast.axle, by=cast.tom, to=[cast.meridian], made_in="MX", lines=[bolts, steel], costs={"product": "150"}
    )
    axle = {
        "item": "5Q0-500",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"price": "420", "sourcing": cast.axle_to_meridian.pk}],
    }
    screen = {
        "item": "SCR",
        "hs": "8528.59",
        "quantity": "1",
        "sources": [{"how": "imported", "price": "2950", "made_in": "CN"}],
    }
    make.signed(cast.car, by=cast.eve, made_in="US", hs="8703.23", lines=[axle, screen], costs={"net": "20000"})
    return Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)


def outcome(vehicle):
    traces.spread()
    traces.retrace(vehicle.pk)
    return traces.current(vehicle).outcomes.get(rulebook="us-2017", reading="total")


def test_the_river(cast, waiting, sign_in, settings, tmp_path):
    before = outcome(waiting)
    assert before.verdict == "open" and before.open_gaps.get().seller == cast.acme

    # Ben drafts by the form, Ada signs what she is shown.
    opened = sign_in(cast.ben).post(reverse("suppliers:declaration-new", args=[cast.bolt.pk]))
    draft = Declaration.objects.get(organisation=cast.acme)
    typed = {
        "version": "1", "part": str(cast.bolt.pk), "begins": "2026-07-01", "ends": "2027-07-01", "currency": "USD", "made_in": "US",
        "hs": "7318.15", "uses": ["light"], "addressed_to": [str(cast.talbot.pk)], "lines.0.item": "WR-12", "lines.0.hs": "7217.10",
        "lines.0.quantity": "0.11", "lines.0.unit": "kg", "lines.0.sources.0.how": "imported", "lines.0.sources.0.price": CANARY,
        "lines.0.sources.0.made_in": "KR", "lines.0.sources.0.share": "100", "lines.0.sources.0.title": "importation",
        "costs.product": "0.7", "do": "review",
    }  # fmt: skip
    reviewed = sign_in(cast.ben).post(opened["Location"], typed)
    assert reviewed["Location"] == reverse("suppliers:declaration-review", args=[draft.pk]), reviewed.content.decode()[
        :2000
    ]
    ada = sign_in(cast.ada)
    page = ada.get(reviewed["Location"]).content.decode()
    shown = page.split('name="shown" value="')[1][:64]
    ada.post(reviewed["Location"], {"shown": shown, "name": "Ada Lind", "title": "Quality manager", "right": "true"})
    assert Declaration.objects.get(pk=draft.pk).is_signed

    # The vehicle's verdict changes, the gap closes.
    after = outcome(waiting)
    assert after.verdict == "pass" and not after.open_gaps.exists()
    detail = reverse("tracing:vehicle-detail", args=[waiting.pk])
    seen = [
        sign_in(cast.ed).get(reverse("tracing:vehicle-list")).content.decode(),
        sign_in(cast.ed).get(detail).content.decode(),
    ]

    # Ed reviews with a reason, Eve issues.
    review_page = reverse("compliance:review-new", args=[after.pk])
    sign_in(cast.ed).post(
        review_page, {"decision": "accept", "why": "Every answer is in; both tests pass at their worst."}
    )
    issue_page = reverse("compliance:certificate-issue", args=[Review.objects.get().pk])
    sign_in(cast.eve).post(issue_page, {"name": "Eve Novak", "title": "Vice president, customs", "held": "on"})
    certificate = Certificate.objects.get()
    address = reverse("compliance:certificate-detail", args=[certificate.pk])
    as_json = sign_in(cast.ed).get(reverse("compliance:certificate-json", args=[certificate.pk])).content
    as_pdf = sign_in(cast.ed).get(reverse("compliance:certificate-pdf", args=[certificate.pk])).content

    # Anybody verifies it, by page and without one.
    trusted = keys.public(settings.SIGNING_KEYS)
    assert verification.verify(as_json, trusted).ok and verification.verify(as_pdf, trusted).ok
    checked = sign_in(cast.gus).post(reverse("compliance:verify"), {"file": SimpleUploadedFile("c.json", as_json)})
    assert "enuine" in checked.content.decode()
    assert replay.replay(as_json, trusted).code == replay.SEALED

    # Fay has a grant and computes the dossier again; it comes out the same.
    grant_page = reverse("compliance:certificate-grant", args=[certificate.pk])
    given = sign_in(cast.eve).post(
        grant_page, {"to": str(cast.fay.pk), "purpose": "Audit 27-1", "begins": "2026-11-24", "ends": "2027-02-24"}
    )
    assert AuthorityGrant.objects.count() == 1, given.content.decode()[:3000]
    dossier_page = reverse("compliance:grant-dossier", args=[AuthorityGrant.objects.get().pk])
    raw = sign_in(cast.fay).post(dossier_page).content
    again = replay.replay(raw, trusted)
    assert again.code == replay.RECOMPUTED, again.line
    assert CANARY in raw.decode(), "the authority sees it"
    tampered = json.loads(raw)
    tampered["declarations"]["acme-bolts/AB-M12"]["made_in"] = "MX"
    assert replay.replay(json.dumps(tampered).encode(), trusted).code == replay.DIFFERS

    # Nobody else learns that any of it exists, and no figure of Ada's reached Tom, Ed or the certificate.
    private = [
        reverse("suppliers:declaration-detail", args=[draft.pk]),
        detail,
        review_page,
        issue_page,
        address,
        grant_page,
        dossier_page,
    ]
    for stranger in (cast.dora, cast.finn, cast.gus):
        for url in private:
            client = sign_in(stranger)
            answer = client.post(url) if url == dossier_page else client.get(url)
            assert answer.status_code == 404, (stranger, url)
    face = sign_in(cast.tom).get(private[0]).content.decode()
    seen += [
        face,
        sign_in(cast.ed).get(address).content.decode(),
        sign_in(cast.ed).get(detail).content.decode(),
        as_json.decode(),
    ]
    seen.append("".join(sheet.extract_text() for sheet in PdfReader(BytesIO(as_pdf)).pages))
    for text in seen:
        for secret in (CANARY, "0.31", "WR-12", "27.64", "0.0345"):
            assert secret not in text, secret
