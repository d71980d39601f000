"""What strangers, careless hands and bad luck send to the doors: answered in words and in time, and nothing is given away."""

import io
import json
import time
import zipfile

import pytest
from django.urls import reverse

from compliance import documents, verification
from compliance.takeouts import archives
from suppliers.actions import mails
from suppliers.models import Mail
from tests import make

pytestmark = pytest.mark.django_db
DIRECTION, ZERO, HALF = "\u202e", "\x00", "\ud800"


def test_a_pdf_full_of_beginnings_is_judged_at_once(client):
    """Without a bound each beginning of a trailer was followed to the end of the file: 136 KB kept a process for 38 seconds."""
    raw = b"%PDF-1.7\n" + b"trailer\n<</Size 1" * 20_000 + documents.SIGNATURE + b"x)>>"
    began = time.process_time()
    answer = client.post(reverse("compliance:verify"), {"file": io.BytesIO(raw)})
    assert answer.status_code == 200 and "no signature of ours" in answer.content.decode()
    assert time.process_time() - began < 5


def test_a_million_empty_lists_are_refused_before_they_are_made(monkeypatch):
    """23 KB of an archive became 700 MB of lists, for anybody who asked to have it verified."""
    bomb = b'{"files":[' + b"[]," * documents.CONTAINERS + b"1]}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(archives.MANIFEST, bomb)
    assert len(packed.getvalue()) < 20_000
    monkeypatch.setattr(json, "loads", lambda *_given, **_named: pytest.fail("it was made"))
    for raw in (bomb, packed.getvalue()):
        assert not verification.verify(raw, {"keys": []}).ok


def test_a_list_of_files_longer_than_any_is_not_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(archives.MANIFEST, b"1" + b" " * archives.LONGEST)
    with pytest.raises(documents.NotADocument):
        archives.manifest(packed.getvalue())


@pytest.mark.parametrize("named", ["next", "referer"])
def test_switching_the_language_leads_to_no_other_site_by_two_slashes(client, named):
    there = "http://testserver//elsewhere.example/x?y=1"
    said = {"language": "es-mx"} | ({"next": there} if named == "next" else {})
    answer = client.post(reverse("suppliers:language-switch"), said, headers={"Referer": there})
    assert answer["Location"] == "/elsewhere.example/x?y=1"


@pytest.mark.parametrize("sign", [ZERO, DIRECTION, "\x1b"])
def test_what_no_text_holds_is_refused_at_the_door(cast, sign_in, sign):
    """A zero byte was a server error on PostgreSQL; a turned name reads as another than the one that is signed."""
    client = sign_in(cast.ben)
    asked = client.get(reverse("suppliers:sale-list"), {"q": f"a{sign}"})
    typed = client.post(reverse("suppliers:person-edit"), {"name": f"Ben{sign}", "phone": "", "language": ""})
    for answer, field in ((asked, "q"), (typed, "name")):
        assert answer.status_code == 400, field
        assert answer.content.decode().startswith(f"{field}: ") and f"U+{ord(sign):04X}" in answer.content.decode()
    cast.ben.user.person.refresh_from_db()
    assert cast.ben.user.display_name == "Ben Ruiz"
    assert client.get(reverse("suppliers:sale-list"), {"q": "Müller\u200e\t漢字"}).status_code == 200


def test_a_session_key_of_zero_bytes_is_no_server_error(client, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "\x00" * 32
    assert client.get(reverse("account_login")).status_code in {200, 400}


@pytest.mark.parametrize(
    ("sent", "said"),
    [([1, 2], "one object"), ({"lines": [{"item": f"a{ZERO}"}]}, "lines.0.item"), ({"price": HALF}, "U+D800"),
     ({DIRECTION: 1}, "U+202E"), ("text", "one object")],
)  # fmt: skip
def test_the_interface_takes_objects_of_texts(cast, sign_in, sent, said):
    answer = sign_in(cast.ben).post("/api/v1/declarations/", json.dumps(sent), content_type="application/json")
    assert answer.status_code == 400 and said in answer.content.decode()


@pytest.mark.parametrize("deep", [40, 100_000])
def test_the_interface_takes_nothing_bottomless(cast, sign_in, deep):
    raw = b'{"lines":' + b"[" * deep + b"]" * deep + b"}"
    answer = sign_in(cast.ben).post("/api/v1/declarations/", raw, content_type="application/json")
    assert answer.status_code == 400 and "too deep" in answer.content.decode()


@pytest.mark.parametrize("version", ["²", "٣", "9" * 40, "-1", "x"])
def test_a_version_that_is_no_number_loses_nothing(cast, sign_in, version):
    draft = make.draft(cast.bolt, by=cast.ben)
    page = reverse("suppliers:declaration-edit", args=[draft.pk])
    for act in ("save", "autosave"):
        assert sign_in(cast.ben).post(page, {"do": act, "version": version}).status_code < 500
    draft.refresh_from_db()
    assert draft.version == 1


def test_a_company_whose_name_has_two_lines_writes_letters(cast):
    cast.acme.name = "Acme\r\nBcc: all@example.org"
    made = mails.message(Mail(kind="notice", address="a@b.example", subject="S", text="T", sender=cast.acme)).message()
    assert made["Bcc"] is None and "Acme Bcc: all" in str(made["From"]).replace("\n", "")


@pytest.mark.parametrize("typed", ["²", "9" * 5000])
def test_what_looks_like_a_place_and_is_none_is_answered(cast, sign_in, typed):
    draft = make.draft(cast.bolt, by=cast.ben)
    page = reverse("suppliers:declaration-edit", args=[draft.pk])
    for act in (f"fill.lines.{typed}", f"remove.lines.{typed}", f"add.lines.{typed}.sources"):
        assert sign_in(cast.ben).post(page, {"do": act, "version": "1", "lines.0.item": "x"}).status_code < 500
    deep = {"do": "save", "version": "1", "lines" + ".0.sources" * 2000: "x"}
    assert sign_in(cast.ben).post(page, deep).status_code < 500
    client = sign_in(cast.ed)
    assert client.get("/vehicles/", {"go": "1", "stop": typed, "was": "0"}).status_code < 500
    asked = {"step": "start", "remind_after": typed, "escalate_after": typed, "token": typed}
    assert client.post("/campaigns/new/", asked).status_code < 500
    draft.refresh_from_db()
    assert draft.version == 1
