"""Broken workbooks: no server error, nothing accepted that should not be, every message at its cell (or about the file)."""

import collections
import re
import resource

import pytest
from django.urls import reverse

from suppliers.actions import uploads
from suppliers.models import Declaration
from suppliers.workbooks import made, writing
from tests import books, broken, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CELL = re.compile(r"[A-Z]{1,3}[1-9]\d*")


@pytest.fixture
def good(cast, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    books.new_part(cast)
    make.part(cast.acme, "LONE-1")
    rows = made.made(cast.acme)
    answer = next(row for row in rows.rows["answers"] if row["part"] == "BR-7")
    answer |= {"state": "declare", "price": "12.5", "begins": "2027-01-01", "ends": "2028-01-01"}
    line = {
        "part": "BR-7",
        "item": "ST-9",
        "quantity": "0.11",
        "unit": "kg",
        "how": "imported",
        "made_in": "KR",
        "price": "0.31",
    }
    rows.rows["inputs"] = [line | {"seller": "Norsk", "share": "60"}, line | {"seller": "Hanbit", "share": "40"}]
    rows.rows["costs"] = [{"part": "BR-7", "own_us": "4.2"}]
    return writing.workbook(rows)


def judged(one, upload, sound):
    """What is wrong with how a broken file was received, or ""."""
    if upload.refused.startswith("The portal failed"):
        return "server error"
    if not (upload.read_at or upload.refused):
        return "never finished"
    for _sheet, cell, _value, reason, cure in upload.errors:
        if not CELL.fullmatch(cell) or not reason or not cure:
            return f"a message without cell, reason or cure: {upload.errors}"
    outcome = "refused" if upload.refused else "cell" if upload.errors else "fine"
    if one.verdict == "any":
        return (
            ""
            if outcome != "fine" or upload.preview == sound
            else f"accepted, though not what was typed: {upload.preview}"
        )
    if outcome != one.verdict:
        return f"{outcome} instead of {one.verdict}: {upload.refused or upload.errors or upload.preview}"
    if one.cells and outcome == "cell" and not one.cells & books.said(upload):
        return f"names {books.said(upload)} instead of {one.cells}"
    return ""


def received(cast, sign_in, good, count):
    sound = books.handed_in(good, cast.ben).preview
    assert sound["counts"]["new"] == 1
    client = sign_in(cast.ben)
    wrong, kinds = [], collections.Counter()
    for number, one in enumerate(broken.corpus(good, count=count)):
        kinds[one.kind] += 1
        upload = books.handed_in(one.data, cast.ben, name=one.name)
        if fault := judged(one, upload, sound):
            wrong.append(f"{number} {one.kind} {one.name}: {fault}")
        if number % 10 == 0:  # the pages stand, too
            assert client.get(reverse("suppliers:upload-detail", args=[upload.pk])).status_code == 200
            if upload.errors:
                assert client.get(reverse("suppliers:upload-marked", args=[upload.pk])).status_code == 200
    assert Declaration.objects.count() == 0
    assert uploads.read_due() == 0
    assert wrong == [], f"{len(wrong)} of {count}\n" + "\n".join(wrong)
    return kinds


@pytest.mark.slow
def test_a_sample_of_broken_workbooks(cast, sign_in, good):
    assert len(received(cast, sign_in, good, 60)) == len(broken.KINDS)


@pytest.mark.slow
def test_a_thousand_broken_workbooks(cast, sign_in, good):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kinds = received(cast, sign_in, good, 1000)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"1,000 broken workbooks of {len(kinds)} kinds; memory grew by {grown:.0f} MB")
    assert sum(kinds.values()) == 1000
