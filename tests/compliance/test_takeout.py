"""Everything a company entered, as files: complete, its own alone, and checked without us."""

import csv
import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance import keys, verification
from compliance.actions import takeouts
from compliance.models import Takeout
from compliance.takeouts import contents
from suppliers.actions import declarations, evidence
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
    return b"".join(takeouts.take_out(cast.acme, by=cast.ivy))


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


def test_the_page_hands_it_over_and_remembers(cast, sign_in):
    page = reverse("compliance:takeout")
    for who in (cast.ben, cast.cleo, cast.fay, cast.olga):
        assert sign_in(who).get(page).status_code == 404
    client = sign_in(cast.ada)
    assert client.get(page).status_code == 200 and not Takeout.objects.exists()
    answer = client.post(page)
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-bolts-')
    assert "declarations.csv" in opened(b"".join(answer.streaming_content)).namelist()
    assert Takeout.objects.get().by == cast.ada and "Ada Lind" in client.get(page).content.decode()
    assert client.post(page, {"organisation": cast.talbot.pk}).status_code == 404
    assert Takeout.objects.count() == 1
    with pytest.raises(NotYourRight):
        takeouts.take_out(cast.acme, by=cast.tom)


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
