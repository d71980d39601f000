"""Everything a company entered, as files: complete, its own alone, and checked without us."""

import csv
import datetime as dt
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import time
import uuid
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance import keys, verification
from compliance.actions import takeouts
from compliance.models import Takeout
from compliance.takeouts import contents, shelf
from suppliers.actions import campaigns, declarations, evidence, introductions, uploads
from suppliers.actions.acts import link
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Facts
from suppliers.models import Seal
from tests import make

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    settings.SIGNING_KEYS, settings.FILES_DIR = tmp_path / "keys", tmp_path / "files"


@pytest.fixture
def taken(cast):
    """Acme's takeout after a river of answers, one withdrawn, one draft, and one paper."""
    make.river(cast)
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    evidence.attach(draft, io.BytesIO(PAPER), name="mill certificate.pdf", by=cast.ben)
    shown = declarations.shown(draft)
    row = declarations.sign(draft, by=cast.ada, name="Ada Lind", title="Quality manager", shown=shown)
    declarations.withdraw(row, by=cast.ada, why="=the mill was wrong")
    make.draft(cast.bolt, by=cast.ben)
    return b"".join(takeouts.pieces(takeouts.ask(cast.acme, by=cast.ivy)))


def opened(raw):
    return zipfile.ZipFile(io.BytesIO(raw))


def table(raw, name):
    return list(csv.DictReader(io.StringIO(opened(raw).read(name).decode("utf-8-sig"))))


def test_everything_is_in_it_and_proves_itself(cast, taken, settings):
    found = verification.verify(taken, keys.public(settings.SIGNING_KEYS))
    assert found.ok and found.kind == "takeout", found.line
    rows = {row["declaration"]: row for row in table(taken, "declarations.csv")}
    assert len(rows) == 3
    for key, row in rows.items():
        name = f"{'declarations' if row['digest'] else 'drafts'}/{key}.json"
        raw = opened(taken).read(name)
        if not row["digest"]:
            continue
        assert hashlib.sha256(raw).hexdigest() == row["digest"]
        who = f"{row['signatory_salt']}\0{row['signatory_name']}\0{row['signatory_title']}"
        assert hashlib.sha256(who.encode()).hexdigest() == json.loads(raw)["signatory"]
    seals = json.loads(opened(taken).read("seals.json"))
    assert len(seals) == 3 and {row["digest"] for row in rows.values()} - {""} <= {row["digest"] for row in seals}
    for row in seals:
        assert link(row["number"], row["kind"], row["act"], row["digest"], row["prev"]) == row["hash"]
    paper = hashlib.sha256(PAPER).hexdigest()
    assert opened(taken).read(f"evidence/{paper}") == PAPER
    assert [row["withdrawn_why"] for row in rows.values() if row["withdrawn_at"]] == ["'=the mill was wrong"]


def test_nothing_of_another_company_is_in_it(cast, taken):
    """What Talbot, Dorado and Meridian typed: names of their people, own numbers, prices, words."""
    said = b"".join(opened(taken).read(name) for name in opened(taken).namelist()).decode()
    for canary in (
        "Tom Vega",
        "Eve Novak",
        "ST-9",
        "TA-400",
        '1.1"',
        "20000",
        "5Q0-500",
        "17-0012",
        "ALDER",
        "Dora Pike",
    ):
        assert canary not in said, canary
    own = {str(row.act) for row in Seal.objects.all()} & {row["row"] for row in table(taken, "acts.csv")}
    assert len(own) == 3 < Seal.objects.count()


def test_what_was_changed_added_or_left_out_is_found(taken, settings):
    known = keys.public(settings.SIGNING_KEYS)

    def rewritten(change):
        target = io.BytesIO()
        with opened(taken) as old, zipfile.ZipFile(target, "w") as new:
            for entry in old.infolist():
                for name, raw in change(entry.filename, old.read(entry)):
                    new.writestr(name, raw)
        return target.getvalue()

    assert verification.verify(rewritten(lambda name, raw: [(name, raw)]), known).ok
    changes = {
        "was changed": lambda name, raw: [(name, raw + b" " if name == "parts.csv" else raw)],
        "is missing": lambda name, raw: [] if name == "prices.csv" else [(name, raw)],
        "was added": lambda name, raw: [(name, raw), *([("more.csv", b"")] if name == "parts.csv" else [])],
        "after it was signed": lambda name, raw: [(name, raw.replace(b"Acme Bolts", b"Acme Nuts"))],
    }
    for word, change in changes.items():
        found = verification.verify(rewritten(change), known)
        assert not found.ok and word in found.line, (word, found.line)
    assert verification.verify(taken, {"keys": []}).ok is False


def test_a_damaged_archive_is_never_a_server_error(taken, settings):
    known, chance = keys.public(settings.SIGNING_KEYS), random.Random(5)
    for _ in range(300):
        broken = bytearray(taken)
        for _ in range(chance.randrange(1, 4)):
            broken[chance.randrange(4, len(broken))] ^= 1 << chance.randrange(8)
        verification.verify(bytes(broken), known)
    for cut in (4, 30, len(taken) // 2, len(taken) - 1):
        assert not verification.verify(taken[:cut], known).ok


def test_checked_offline_by_the_command(taken, settings, tmp_path):
    file = tmp_path / "acme.zip"
    file.write_bytes(taken)
    trusted = tmp_path / "keys" / "jwks.json"
    command = [sys.executable, "manage.py", "verify", str(file), "--jwks", str(trusted)]
    env = {"DATABASE_URL": "sqlite:////nowhere/none.sqlite3", "DEMO": "1", "VAR_DIR": str(tmp_path), "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    assert done.returncode == 0 and "everything Acme Bolts entered" in done.stdout, done.stderr


def test_the_page_has_it_made_hands_it_over_and_remembers(
    cast, sign_in, monkeypatch, django_capture_on_commit_callbacks
):
    page, rung = reverse("compliance:takeout"), []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **_: rung.append(name))
    for who in (cast.ben, cast.cleo, cast.fay, cast.olga):
        assert sign_in(who).get(page).status_code == 404
    client = sign_in(cast.ada)
    assert client.get(page).status_code == 200 and not Takeout.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page).status_code == 302
        assert client.post(page).status_code == 302  # pressed twice: one is made
    row, before = Takeout.objects.get(), client.get(page).content.decode()
    file = reverse("compliance:takeout-file", args=[row.pk])
    assert row.by == cast.ada and rung == ["compliance.make_takeouts"]
    assert "The archive is being made." in before and client.get(file).status_code == 404
    assert (takeouts.make_due(), takeouts.make_due()) == (1, 0)
    progress = client.get(reverse("compliance:takeout-progress"), headers={"HX-Request": "true"})
    assert progress["HX-Refresh"] == "true" and "Ready, kept until" in client.get(page).content.decode()
    answer = client.get(file)
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-bolts-')
    assert "declarations.csv" in opened(b"".join(answer.streaming_content)).namelist()
    assert sign_in(cast.tom).get(file).status_code == 404 and sign_in(cast.ben).get(file).status_code == 404
    for organisation in (cast.talbot.pk, "x"):  # another's, and no key at all
        assert client.post(page, {"organisation": organisation}).status_code == 404
    assert Takeout.objects.count() == 1
    with pytest.raises(NotYourRight):
        takeouts.ask(cast.acme, by=cast.tom)


def test_it_is_kept_for_a_week_and_what_fails_is_said(cast, clock, sign_in, monkeypatch):
    row, client, page = takeouts.ask(cast.acme, by=cast.ivy), sign_in(cast.ivy), reverse("compliance:takeout")
    monkeypatch.setattr(contents, "entries", lambda _organisation: 1 / 0)
    assert takeouts.make_due() == 0 and shelf.state(row) == "making"
    assert takeouts.make_due() == 0, "another try waits until the first is stale"
    clock.shift(dt.timedelta(hours=2))
    assert "Could not be made" in client.get(page).content.decode()
    monkeypatch.undo()
    row = takeouts.ask(cast.acme, by=cast.ivy)
    assert takeouts.make_due() == 1 and shelf.opened(row) is not None
    clock.shift(dt.timedelta(days=8))
    assert shelf.opened(row) is None and "No longer kept" in client.get(page).content.decode()
    old = time.time() - dt.timedelta(days=8).total_seconds()
    os.utime(shelf.place(row), (old, old))
    takeouts.make_due()
    assert not shelf.place(row).exists() and Takeout.objects.count() == 2


def test_two_workers_make_one_and_a_dead_one_is_taken_over(cast):
    row = takeouts.ask(cast.acme, by=cast.ivy)

    def slow():
        yield b"half"
        assert shelf.put(row, [b"other"]) is False
        yield b" whole"

    assert shelf.put(row, slow()) and shelf.place(row).read_bytes() == b"half whole"
    other = Takeout.objects.create(organisation=cast.acme, by=cast.ivy)
    part = shelf.place(other).with_suffix(".part")
    part.write_bytes(b"left")
    assert shelf.put(other, [b"x"]) is False
    os.utime(part, (time.time() - shelf.STALE - 1,) * 2)
    assert shelf.put(other, [b"x"]) and shelf.place(other).read_bytes() == b"x"


def test_who_was_silent_too_long_hands_out_nothing_of_who_took_over(cast):
    """A worker that stood still for minutes put another's half archive in the place of a whole one."""
    row = takeouts.ask(cast.acme, by=cast.ivy)
    part = shelf.place(row).with_suffix(".part")

    def other():
        yield b"a quarter"
        assert shelf.state(row) == "making"
        yield b" and the rest"

    def stalled():
        yield b"half"
        os.utime(part, (time.time() - shelf.STALE - 1,) * 2)
        took_over = shelf.put(row, other())
        assert took_over and shelf.place(row).read_bytes() == b"a quarter and the rest"
        part.write_bytes(b"a third worker is at it")
        yield b" whole"

    assert shelf.put(row, stalled()) is False
    assert shelf.place(row).read_bytes() == b"a quarter and the rest"


def test_campaigns_introductions_and_workbooks_are_in_it(cast, clock, settings):
    """Talbot's own acts in Talbot's archive, none of them in Acme's, which was asked; the answer of Acme in neither."""
    goods, today = [cast.axle], dt.date(2026, 12, 31)
    plan = campaigns.Plan("Canary campaign", make.FROM, make.UNTIL, today, ("usmca",), (7,), 21, "Please answer.")
    begun = campaigns.start(uuid.uuid4(), plan, by=cast.tom, goods=goods, sourcings=[cast.bolt_to_talbot.pk])
    campaigns.end(begun, by=cast.tom, why="=all are there")
    part = make.part(cast.talbot, "TX-77")
    introductions.introduce(
        part, company="Canary Forge", contact="Ann", email="ann@canary.example", language="en", begins=make.FROM, ends=make.UNTIL, due=today, by=cast.tom,
    )  # fmt: skip
    file = b"part;state\nAB-M12;declare\n"
    uploads.take(io.BytesIO(file), name="answers.csv", by=cast.tom)
    raw = b"".join(takeouts.pieces(takeouts.ask(cast.talbot, by=cast.tom)))
    [one] = table(raw, "campaigns.csv")
    assert (one["title"], one["asked"], one["goods"], one["ended_why"]) == (
        "Canary campaign",
        "1",
        cast.axle.number,
        "'=all are there",
    )
    [named] = table(raw, "introductions.csv")
    assert (named["company"], named["email"], named["our_number"]) == ("Canary Forge", "ann@canary.example", "TX-77")
    [upload] = table(raw, "uploads.csv")
    assert upload["sha256"] == hashlib.sha256(file).hexdigest() and upload["state"] == "waiting"
    assert opened(raw).read(f"uploads/{upload['sha256']}") == file
    assert verification.verify(raw, keys.public(settings.SIGNING_KEYS)).ok
    other = b"".join(takeouts.pieces(takeouts.ask(cast.acme, by=cast.ivy)))
    said = b"".join(opened(other).read(name) for name in opened(other).namelist())
    assert b"Canary" not in said and b"Tom Vega" not in said


def test_the_verify_page_reads_it(cast, taken, sign_in):
    answer = sign_in(cast.ada).post(reverse("compliance:verify"), {"file": SimpleUploadedFile("a.zip", taken)})
    assert "everything Acme Bolts entered" in answer.content.decode().replace("Everything", "everything")


def test_questions_do_not_grow_with_the_answers(cast, django_assert_max_num_queries):
    for _ in range(12):
        make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    with django_assert_max_num_queries(60):
        for _name, pieces in contents.entries(cast.acme):
            b"".join(pieces)


def test_no_cell_is_a_formula():
    rows: Facts = {"cells": ["=1+1", "+1", "-1", "@x", "plain", ""]}
    assert [contents._plain(value)[:1] for value in rows["cells"]] == ["'", "'", "'", "'", "p", ""]
