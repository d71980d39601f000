"""Papers of an answer: known by their bytes, covered by the signature, handed to their owner alone."""

import io
import threading
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from compliance import ledger
from suppliers import files, kinds
from suppliers.actions import declarations, evidence
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Evidence
from tests import make

PDF = b"%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
EML = b"From: mill@hanbit.example\r\nSubject: certificate\r\n\r\nPlease find it below.\r\n"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def package(*members, comment=b"", **contents):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as rows:
        for name in ["[Content_Types].xml", *members]:
            rows.writestr(name, contents.get(name, "x"))
        rows.comment = comment
    return made.getvalue()


def bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as rows:
        rows.writestr("xl/workbook.xml", "x")
        rows.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return made.getvalue()


def long_directory():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as rows:
        for number in range(15_000):
            rows.writestr(f"xl/{number:080}", "")
    return made.getvalue()


TAKEN = {
    "certificate.pdf": PDF, "photo.PNG": PNG, "scan.jpg": b"\xff\xd8\xff\xe0rest", "scan.jpeg": b"\xff\xd8\xff\xe1rest",
    "fax.tif": b"II*\0rest", "bill.xlsx": package("xl/workbook.xml"), "letter.docx": package("word/document.xml"),
    "bill.ods": package("content.xml"), "bill.csv": b"part;price\r\nWR-12;0.31\r\n", "note.txt": "Größe 12 mm".encode(),
    "latin.txt": "Größe".encode("latin-1"), "entry.xml": b"\xef\xbb\xbf<?xml version='1.0'?><entry/>", "mail.eml": EML,
    "bomb.xlsx": bomb(),
}  # fmt: skip
REFUSED = {
    "empty.pdf": (b"", "empty"), "setup.exe": (b"MZ\x90\0", "not taken"), "certificate.pdf.exe": (PDF, "not taken"),
    "nameless": (PDF, "not taken"), "page.html": (b"<html>", "not taken"), "certificate.png": (PDF, "rename it to .pdf"),
    "photo.pdf": (PNG, "rename it to .png"), "note.txt": (b"MZ\x90\0\x03", "not what its name says"),
    "note.csv": (b"<!DOCTYPE html><script>alert(1)</script>", "web page"), "run.txt": (b"#!/bin/sh\nrm -rf ~", "program"),
    "pic.xml": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "run or fetch"),
    "xxe.xml": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:" + b"///etc/passwd'>]><a>&b;</a>", "run or fetch"),
    "macro.xlsx": (package("xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
    "sheet4.xlsx": (package("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "macros"),
    "ole.docx": (package("word/document.xml", "word/embeddings/oleObject1.bin"), "macros"),
    "papers.xlsx": (package("a.pdf", "b.pdf"), "archive"), "torn.xlsx": (package("xl/workbook.xml")[:-30], "damaged"),
    "long.xlsx": (long_directory(), "damaged"), "fake.xlsx": (b"PK\x05\x06" + b"\xff" * 18, "damaged"),
    "live.pdf": (b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert) >>", "print it to a new PDF"),
    "live2.pdf": (b"%PDF-1.7\n" + b" " * ((1 << 20) - 15) + b"/S/Launch/F(cmd)", "print it to a new PDF"),
    "mail.eml": (EML + b'Content-Disposition: attachment; filename="invoice.exe"\r\n', "carries a program"),
    "turn\u202efdp.pdf": (PDF, "cannot be shown"), "a" * 160 + ".pdf": (PDF, "160 characters"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_a_paper_is_known_by_its_bytes(cast, name):
    draft = make.draft(cast.bolt, by=cast.ben)
    row = evidence.attach(draft, io.BytesIO(TAKEN[name]), name=f"C:\\papers\\{name}", about=" mill ", by=cast.ben)
    assert (row.name, row.size, row.about) == (name, len(TAKEN[name]), "mill")
    assert row.kind in {kind.served_as for kind in kinds.KINDS}
    assert files.opened(row.digest).read() == TAKEN[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why_and_keeps_nothing(cast, name, settings):
    data, why = REFUSED[name]
    draft = make.draft(cast.bolt, by=cast.ben)
    with pytest.raises(Malformed) as wrong:
        evidence.attach(draft, io.BytesIO(data), name=name, by=cast.ben)
    assert why in wrong.value.errors["file"][0]
    assert not Evidence.objects.exists() and not [
        path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()
    ]


def test_too_large_too_many_twice(cast, monkeypatch):
    draft = make.draft(cast.bolt, by=cast.ben)
    monkeypatch.setattr(evidence, "LIMIT", len(PDF))
    with pytest.raises(Malformed, match="larger than"):
        evidence.attach(draft, io.BytesIO(PDF + b"\n"), name="a.pdf", by=cast.ben)
    evidence.attach(draft, io.BytesIO(PDF), name="a.pdf", by=cast.ben)
    with pytest.raises(Malformed, match="attached already"):
        evidence.attach(draft, io.BytesIO(PDF), name="b.pdf", by=cast.ben)
    monkeypatch.setattr(evidence, "MOST", 1)
    with pytest.raises(Malformed, match="at most 1 papers"):
        evidence.attach(draft, io.BytesIO(PNG), name="b.png", by=cast.ben)


@pytest.mark.parametrize("who", ["cleo", "ivy", "tom", "sam_at_dorado", "ed", "fay", "olga"])
def test_only_a_writer_of_the_company_attaches(cast, who):
    draft = make.draft(cast.bolt, by=cast.ben)
    row = evidence.attach(draft, io.BytesIO(PDF), name="a.pdf", by=cast.ben)
    with pytest.raises(NotYourRight):
        evidence.attach(draft, io.BytesIO(PNG), name="b.png", by=getattr(cast, who))
    with pytest.raises(NotYourRight):
        evidence.detach(row, by=getattr(cast, who))


def signed_with(cast, *papers):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    for name, data in papers:
        evidence.attach(draft, io.BytesIO(data), name=name, by=cast.ben)
    return declarations.sign(draft, by=cast.ada, name="Ada Lind", title="QM", shown=declarations.shown(draft))


def test_the_signature_covers_the_papers_and_what_was_shown(cast):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    seen = declarations.shown(draft)
    evidence.attach(draft, io.BytesIO(PDF), name="a.pdf", by=cast.ben)
    with pytest.raises(declarations.NotTheTextShown):
        declarations.sign(draft, by=cast.ada, name="Ada Lind", title="QM", shown=seen)
    signed = declarations.sign(draft, by=cast.ada, name="Ada Lind", title="QM", shown=declarations.shown(draft))
    assert list(ledger.faults()) == []
    row = signed.evidence.get()
    with pytest.raises(evidence.Signed):
        evidence.attach(signed, io.BytesIO(PNG), name="b.png", by=cast.ben)
    with pytest.raises(evidence.Signed):
        evidence.detach(row, by=cast.ben)


def test_the_database_keeps_the_papers_of_what_is_signed(cast):
    row = signed_with(cast, ("a.pdf", PDF)).evidence.get()
    other = make.draft(cast.bolt, by=cast.ben)
    acts = [
        lambda: Evidence.objects.filter(pk=row.pk).update(name="b.pdf"),
        lambda: Evidence.objects.filter(pk=row.pk).update(declaration=other),
        lambda: Evidence.objects.filter(pk=row.pk).delete(),
        lambda: Evidence.objects.create(declaration=row.declaration, by=cast.ben, name="c", kind="text/plain", size=1, digest="c" * 64),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Evidence.objects.get().name == "a.pdf"


@pytest.mark.django_db(transaction=True)
def test_a_paper_attached_beside_a_signature_is_signed_or_refused():
    cast = make.cast()
    for turn in range(4):
        draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
        seen, gate, told = declarations.shown(draft), threading.Barrier(2), []

        def run(act, gate=gate, told=told):
            from django.db import connection

            try:
                gate.wait(5)
                act()
            except (evidence.Signed, declarations.NotTheTextShown) as refused:
                told.append(refused)
            finally:
                connection.close()

        acts = [
            lambda draft=draft, turn=turn: evidence.attach(
                Declaration.objects.get(pk=draft.pk), io.BytesIO(PDF + b"%d" % turn), name="a.pdf", by=cast.ben),
            lambda draft=draft, seen=seen: declarations.sign(draft, by=cast.ada, name="Ada", title="QM", shown=seen),
        ]  # fmt: skip
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        [thread.start() for thread in threads]
        [thread.join(20) for thread in threads]
        assert len(told) == 1
        now = Declaration.objects.get(pk=draft.pk)
        assert now.is_signed != now.evidence.exists()
    assert list(ledger.faults()) == []


def test_a_changed_or_lost_file_is_found_by_the_ledger(cast, settings):
    signed = signed_with(cast, ("a.pdf", PDF), ("b.png", PNG))
    (one, other) = signed.evidence.all()
    for row, act, word in (
        (one, lambda p: p.write_bytes(b"else"), "changed"),
        (other, lambda p: p.unlink(), "missing"),
    ):
        act(Path(settings.FILES_DIR) / row.digest[:2] / row.digest)
        found = [fault for fault in ledger.faults() if row.digest in fault]
        assert len(found) == 1 and found[0].endswith(f"its file is {word}") and str(signed.pk) in found[0]


def test_a_renamed_paper_is_found_by_the_ledger(cast):
    from django.db import connection

    from suppliers import guards

    signed_with(cast, ("a.pdf", PDF))
    guards.remove()
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE suppliers_evidence SET name = 'else.pdf'")
    finally:
        guards.install()
    assert "declaration.signed it seals was changed" in next(iter(ledger.faults()))


def test_a_new_version_carries_the_papers_forward(cast):
    signed = signed_with(cast, ("a.pdf", PDF))
    newer = declarations.supersede(signed, by=cast.ben)
    assert newer.evidence.get().digest == signed.evidence.get().digest
    evidence.detach(newer.evidence.get(), by=cast.ben)
    assert signed.evidence.count() == 1 and files.opened(signed.evidence.get().digest).read() == PDF


def test_the_page_attaches_downloads_and_takes_off(cast, sign_in):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    client, page = sign_in(cast.ben), reverse("suppliers:evidence-list", args=[draft.pk])
    assert b"No paper is attached." in client.get(page).content
    assert client.post(page).status_code == 422
    wrong = client.post(page, {"file": SimpleUploadedFile("a.png", PDF), "about": "mill"})
    assert wrong.status_code == 422 and b"rename it to .pdf" in wrong.content and b'value="mill"' in wrong.content
    file = SimpleUploadedFile('a"b\u00e9.pdf', PDF, content_type="text/html")
    assert client.post(page, {"file": file, "about": "mill certificate"}).status_code == 302
    row = draft.evidence.get()
    got = client.get(reverse("suppliers:evidence-file", args=[row.pk]))
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Type"] == "application/pdf" and got["Content-Disposition"].startswith("attachment;")
    assert (
        got["X-Content-Type-Options"] == "nosniff" and got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    )
    assert client.post(reverse("suppliers:evidence-remove", args=[row.pk])).status_code == 302
    assert not draft.evidence.exists()
    assert client.get(reverse("suppliers:evidence-remove", args=[row.pk])).status_code in (404, 405)


def test_the_form_saves_what_was_typed_before_it_leads_to_the_papers(cast, sign_in):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    client, edit = sign_in(cast.ben), reverse("suppliers:declaration-edit", args=[draft.pk])
    assert b'form="sheet" name="do" value="evidence"' in client.get(edit).content
    data = {"version": "1", "do": "evidence", "part": str(cast.bolt.pk), "begins": "2026-07-01", "ends": "2027-07-01",
            "currency": "USD", "price": "9.75", "hs": "7318.15", "made_in": "US"}  # fmt: skip
    assert client.post(edit, data)["Location"] == reverse("suppliers:evidence-list", args=[draft.pk])
    assert str(Declaration.objects.get(pk=draft.pk).price) == "9.750000"


def test_a_lost_file_is_said_and_does_not_break_the_page(cast, sign_in, settings):
    row = signed_with(cast, ("a.pdf", PDF)).evidence.get()
    (Path(settings.FILES_DIR) / row.digest[:2] / row.digest).unlink()
    got = sign_in(cast.cleo).get(reverse("suppliers:evidence-file", args=[row.pk]), follow=True)
    assert got.status_code == 200 and row.digest.encode() in got.content


@pytest.mark.parametrize("who", ["tom", "ed", "gus", "fay", "olga", "dora", "sam_at_dorado"])
def test_nobody_else_sees_a_paper_or_that_there_is_one(cast, sign_in, who):
    signed = signed_with(cast, ("canary-mill.pdf", PDF))
    row = signed.evidence.get()
    client = sign_in(getattr(cast, who))
    assert client.get(reverse("suppliers:evidence-file", args=[row.pk])).status_code == 404
    assert client.get(reverse("suppliers:evidence-list", args=[signed.pk])).status_code == 404
    assert client.post(reverse("suppliers:evidence-remove", args=[row.pk])).status_code == 404
    for page in (
        reverse("suppliers:declaration-detail", args=[signed.pk]),
        reverse("api:declaration-detail", args=[signed.pk]),
    ):
        got = client.get(page)
        assert b"canary" not in got.content and row.digest.encode() not in got.content and b"vidence" not in got.content


def test_the_owner_reads_them_on_the_receipt_and_before_signing(cast, sign_in):
    signed = signed_with(cast, ("mill.pdf", PDF))
    assert b"mill.pdf" in sign_in(cast.cleo).get(reverse("suppliers:declaration-detail", args=[signed.pk])).content
    draft = declarations.supersede(signed, by=cast.ben)
    assert b"mill.pdf" in sign_in(cast.ada).get(reverse("suppliers:declaration-review", args=[draft.pk])).content


def test_an_untouched_digest_stays_what_it_was(cast):
    """An answer without papers has the digest that older editions computed."""
    from suppliers.facts import stored, terms

    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    plain = terms.content_digest(stored.of(draft), signed_text="t", commitment="c")
    assert plain == terms.content_digest(
        stored.of(draft), signed_text="t", commitment="c", evidence=stored.evidence(draft)
    )


def test_a_workbook_s_drafts_carry_the_papers_forward(cast):
    from suppliers.actions import drafts
    from suppliers.facts import typed
    from suppliers.facts.known import Known
    from suppliers.facts.reading import Form

    signed = signed_with(cast, ("a.pdf", PDF), ("b.png", PNG))
    facts, form = make.facts(cast.bolt, to=[str(cast.talbot.pk)]), Form(machine=True)
    known = Known(facts, cast.acme)
    row = drafts.Checked(typed.header(form, facts, known), typed.Body(form, facts, known), signed)
    (draft,) = drafts.save_many([row], by=cast.ben)
    assert {one.digest for one in draft.evidence.all()} == {one.digest for one in signed.evidence.all()}
