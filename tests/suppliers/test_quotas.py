"""One company's files fill no disk that others need: what does not fit is refused at its field, in words."""

import io
import os
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from suppliers import files, quotas
from suppliers.actions import evidence, leftovers, uploads
from suppliers.facts.reading import Malformed
from suppliers.models import Evidence, Upload
from tests import make

pytestmark = pytest.mark.django_db
PAPER = b"part;price\r\n" + b"WR-12;0.31\r\n" * 50


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR, settings.QUOTA = tmp_path / "files", 2 * len(PAPER)


def paper(number):
    return io.BytesIO(PAPER[:-1] + str(number).encode())


def test_papers_and_workbooks_share_one_room_and_the_same_file_counts_once(cast):
    first, second = (make.draft(cast.bolt, by=cast.ben) for _ in range(2))
    for draft in (first, second):
        evidence.attach(draft, paper(1), name="a.csv", by=cast.ben)
    assert quotas.used(cast.acme) == len(PAPER)
    uploads.take(paper(1), name="b.csv", by=cast.ben)
    assert quotas.used(cast.acme) == len(PAPER)
    uploads.take(paper(2), name="c.csv", by=cast.ben)
    for act in (lambda: evidence.attach(first, paper(3), name="d.csv", by=cast.ben),
                lambda: uploads.take(paper(3), name="d.csv", by=cast.ben)):  # fmt: skip
        with pytest.raises(Malformed) as wrong:
            act()
        assert "does not fit" in wrong.value.errors["file"][0] and "operator" in wrong.value.errors["file"][0]
    assert (Evidence.objects.count(), Upload.objects.count()) == (2, 2)
    uploads.take(paper(3), name="d.csv", by=cast.tom)  # another company has a room of its own
    evidence.detach(Evidence.objects.first(), by=cast.ben)
    assert quotas.used(cast.acme) == 2 * len(PAPER), "the other draft still rests on it"


def test_without_a_quota_all_is_taken(cast, settings):
    settings.QUOTA = 0
    for number in range(4):
        uploads.take(paper(number), name="a.csv", by=cast.ben)
    assert Upload.objects.count() == 4


def test_the_page_says_it_at_the_field(cast, settings, sign_in):
    settings.QUOTA = 10
    file = SimpleUploadedFile("a.csv", PAPER)
    answer = sign_in(cast.ben).post(reverse("suppliers:upload-list"), {"file": file})
    assert answer.status_code == 422 and "does not fit" in answer.content.decode()
    draft = make.draft(cast.bolt, by=cast.ben)
    file = SimpleUploadedFile("a.csv", PAPER)
    answer = sign_in(cast.ben).post(reverse("suppliers:evidence-list", args=[draft.pk]), {"file": file})
    assert answer.status_code == 422 and "does not fit" in answer.content.decode()
    assert not Evidence.objects.exists() and not Upload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_files_at_the_same_moment_do_not_lead_past_it(cast, settings, monkeypatch):
    """Each finds room before any is counted; only as many as fit are taken."""
    kept, together, said = files.kept, threading.Barrier(3), []

    def met(stream, *, limit):
        together.wait(20)
        return kept(stream, limit=limit)

    monkeypatch.setattr(files, "kept", met)

    def one(number):
        try:
            uploads.take(paper(number), name="a.csv", by=cast.ben)
            said.append("taken")
        except Malformed as wrong:
            said.append(wrong.errors["file"][0])
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(3)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert said.count("taken") == 2 and Upload.objects.count() == 2, said
    assert any("does not fit" in one for one in said)


def lying(settings):
    return sorted(path.name for path in settings.FILES_DIR.rglob("*") if path.is_file())


def test_what_no_row_names_is_taken_away_after_an_hour(cast, settings):
    """Attaching and taking off again filled the disk beside every quota; a write that was cut off stayed for good."""
    draft = make.draft(cast.bolt, by=cast.ben)
    stays = evidence.attach(draft, paper(1), name="a.csv", by=cast.ben)
    for number in (2, 3):
        evidence.detach(evidence.attach(draft, paper(number), name="a.csv", by=cast.ben), by=cast.ben)
    sent = uploads.take(paper(4), name="a.csv", by=cast.tom)
    (settings.FILES_DIR / "part-cut-off").write_bytes(b"half")
    assert leftovers.sweep() == 0 and len(lying(settings)) == 5, "a row may be on its way"
    old = time.time() - leftovers.AGE - 1
    for path in settings.FILES_DIR.rglob("*"):
        os.utime(path, (old, old))
    files.kept(paper(3), limit=10_000)  # handed in anew a moment ago: its row is on its way
    young = next(name for name in lying(settings) if (settings.FILES_DIR / name[:2] / name).stat().st_mtime > old + 9)
    assert leftovers.sweep() == 2
    assert lying(settings) == sorted([stays.digest, sent.digest, young])


def test_a_file_that_is_kept_anew_while_it_is_judged_stays(cast, settings):
    digest, _size = files.kept(paper(1), limit=10_000)
    place = settings.FILES_DIR / digest[:2] / digest
    place.rename(place.with_suffix(".gone"))  # a worker was killed between two of its steps
    assert leftovers.sweep() == 0
    assert not files.dropped(digest, oldest=time.time() - 60) and lying(settings) == [digest]
    assert files.dropped(digest, oldest=time.time() + 60) and lying(settings) == []
    assert not files.dropped(digest, oldest=time.time() + 60)
