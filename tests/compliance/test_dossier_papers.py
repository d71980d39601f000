"""An authority's dossier names the papers behind each declaration, hands out none of them, and still proves itself."""

import hashlib
import io
import json

import pytest

from compliance import keys, replay, verification
from compliance.actions import certificates
from suppliers.actions import declarations, evidence
from tests.compliance.conftest import certified
from tracing.actions import traces

pytestmark = pytest.mark.django_db
PAPER = b"part;heat\r\nWR-12;canary-4711\r\n"


@pytest.fixture
def papered(cast, river, settings, tmp_path):
    """The bolt, two steps below the vehicle, signed anew with a mill certificate; then traced and certified."""
    settings.FILES_DIR = tmp_path / "files"
    draft = declarations.supersede(river.bolt, by=cast.ben)
    evidence.attach(draft, io.BytesIO(PAPER), name="canary mill.csv", about="heat 4711", by=cast.ben)
    shown = declarations.shown(draft)
    declarations.sign(draft, by=cast.ada, name="Ada Lind", title="Quality manager", shown=shown)
    traces.spread()
    river.vehicle.refresh_from_db()
    return certified(cast, traces.retrace(river.vehicle.pk))


def test_papers_are_named_and_not_handed_out(papered, settings):
    raw = certificates.dossier_file(papered)
    told = json.loads(raw)["evidence"]
    [(name, papers)] = told.items()
    assert json.loads(raw)["declarations"][name]["maker"] == "acme-bolts"
    assert papers == [{
        "name": "canary mill.csv", "kind": papers[0]["kind"], "size": len(PAPER), "digest": hashlib.sha256(PAPER).hexdigest(),
        "about": "heat 4711",
    }]  # fmt: skip
    assert "csv" in papers[0]["kind"] and b"canary-4711" not in raw
    known = keys.public(settings.SIGNING_KEYS)
    assert verification.verify(raw, known).ok and replay.replay(raw, known).code == replay.RECOMPUTED
    assert certificates.dossier_file(papered) == raw


def test_nobody_but_an_authority_learns_of_them(papered):
    """Neither the certificate nor its PDF, which travel down to every buyer."""
    for said in (certificates.json_of(papered), bytes(papered.pdf), papered.payload.encode()):
        assert b"canary" not in said and hashlib.sha256(PAPER).hexdigest().encode() not in said


def test_without_papers_the_dossier_is_as_it_was(certificate):
    assert "evidence" not in json.loads(certificates.dossier_file(certificate))
