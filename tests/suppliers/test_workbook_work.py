"""The work over a workbook: read by a worker, cancelled, given up, marked, and applied once or not at all."""

import datetime as dt
import os
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from suppliers import files
from suppliers.actions import declarations, marks, uploads
from suppliers.actions.declarations import ChangedMeanwhile
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Upload
from tests import books
from tests.books import ANSWER, INPUT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_files")]


@pytest.fixture
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


class TestWork:
    def test_the_original_is_kept_byte_for_byte(self, cast):
        data = books.taken(cast.acme)
        upload = books.handed_in(data, cast.ben, name="../../etc/Réponses.xlsx")
        assert (
            upload.name == "Réponses.xlsx"
            and files.opened(upload.digest).read() == data
            and not files.fault(upload.digest)
        )

    def test_cancelled_is_never_read_nor_applied(self, cast):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        uploads.cancel(upload, by=cast.ben)
        assert uploads.read_due() == 0
        with pytest.raises(uploads.NotReady):
            uploads.cancel(upload, by=cast.ben)
        with pytest.raises(uploads.NotReady):
            uploads.apply(upload, by=cast.ben)

    def test_a_cancel_stops_a_worker_in_the_middle(self, cast, monkeypatch):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        plain = uploads.layout

        def slow(*args):
            uploads.cancel(upload, by=cast.ben)
            return plain(*args)

        monkeypatch.setattr(uploads, "layout", slow)
        uploads.read_due()
        upload.refresh_from_db()
        assert upload.state == Upload.State.CANCELLED and upload.read_at is None and upload.preview == {}

    def test_a_killed_workers_claim_is_taken_over(self, cast):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        Upload.objects.update(claimed_at=timezone.now() - dt.timedelta(seconds=30))
        assert uploads.read_due() == 0
        Upload.objects.update(claimed_at=timezone.now() - uploads.STALE - dt.timedelta(seconds=1))
        assert uploads.read_due() == 1
        upload.refresh_from_db()
        assert upload.read_at

    def test_a_file_that_ends_every_worker_is_given_up(self, cast):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        Upload.objects.update(claimed_at=timezone.now() - uploads.STALE - dt.timedelta(seconds=1), tries=uploads.TRIES)
        assert uploads.read_due() == 1 and uploads.read_due() == 0
        upload.refresh_from_db()
        assert upload.state == Upload.State.REFUSED and "failed over this file" in upload.refused

    def test_two_files_about_one_part_the_second_is_shown_anew(self, cast):
        books.new_part(cast)
        first, second = (
            books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"price": price}), cast.ben)
            for price in (1, 2)
        )
        uploads.apply(first, by=cast.ben)
        with pytest.raises(declarations.ChangedMeanwhile):
            uploads.apply(second, by=cast.ben)
        assert Declaration.objects.count() == 1
        uploads.read_due()
        second.refresh_from_db()
        assert second.preview["answers"][0]["changes"] == [["answers", "", "price", "1", "2"]]
        uploads.apply(second, by=cast.ben)
        assert stored.of(Declaration.objects.filter(part__number="BR-7").latest("drafted_at"))["price"] == "2"

    def test_a_preview_may_change_as_often_as_it_does(self, cast):
        """Each reading anew counted as a worker that had died over the file: the fourth was told that the portal failed."""
        books.new_part(cast)
        upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [INPUT]), cast.ben)
        for _ in range(uploads.TRIES + 1):
            Upload.objects.filter(pk=upload.pk).update(preview={"counts": "as of another day"})
            with pytest.raises(ChangedMeanwhile):
                uploads.apply(upload, by=cast.ben)
            assert uploads.read_due() == 1
        upload.refresh_from_db()
        assert not upload.refused and len(uploads.apply(upload, by=cast.ben)) == 1

    def test_all_or_nothing(self, cast, monkeypatch):
        books.new_part(cast)
        upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [INPUT]), cast.ben)
        monkeypatch.setattr("suppliers.models.Source.objects.bulk_create", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            uploads.apply(upload, by=cast.ben)
        upload.refresh_from_db()
        assert Declaration.objects.count() == 0 and upload.applied_at is None

    def test_nobody_acts_for_another_company(self, cast):
        upload = books.handed_in(books.taken(cast.acme), cast.ben)
        for act in (uploads.apply, uploads.cancel):
            with pytest.raises(PermissionError):
                act(upload, by=cast.tom)
        with pytest.raises(PermissionError):
            uploads.take(books.io.BytesIO(b"x"), name="a.csv", by=cast.cleo)

    def test_a_failure_of_ours_is_told_and_the_queue_goes_on(self, cast, monkeypatch):
        monkeypatch.setattr(uploads, "preview", lambda reading: 1 / 0)
        upload = books.handed_in(books.taken(cast.acme), cast.ben)
        assert upload.refused.startswith("The portal failed") and "ZeroDivision" not in upload.refused
        assert uploads.read_due() == 0

    def test_ten_waiting_are_enough(self, cast):
        for _one in range(uploads.WAITING):
            uploads.take(books.io.BytesIO(b"part,state,price\n"), name="a.csv", by=cast.ben)
        with pytest.raises(Malformed):
            uploads.take(books.io.BytesIO(b"part,state,price\n"), name="a.csv", by=cast.ben)

    def test_the_marked_copy_says_what_is_wrong_and_can_be_mended_and_handed_in(self, cast):
        books.new_part(cast)
        data = books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"price": "1,234"}, [INPUT | {"price": "=1+1"}])
        upload = books.handed_in(data, cast.ben)
        book = books.opened(marks.copy(upload))
        page = books.page_of(book, "answers")
        assert page["R6"].fill.start_color.rgb == "FFF6C9C4"
        at = next(cell.column for cell in page[1] if cell.value == "errors")
        assert "R6: 1,234 may mean" in page.cell(6, at).value
        books.put(page, 6, price=1234)
        books.put(books.page_of(book, "inputs"), books.FIRST_ROW, price=2)
        assert books.handed_in(books.closed(book), cast.ben).preview["counts"]["new"] == 1

    def test_the_marked_copy_of_a_csv(self, cast):
        upload = books.handed_in(b"part,state,price\nAB-M12,declare,=1\n", cast.ben, name="x.csv")
        text = marks.copy(upload).decode("utf-8-sig")
        assert "C2:" in text.splitlines()[1]

    def test_the_worker_has_the_copy_ready_and_it_is_made_anew_once_it_is_gone(self, cast, settings, monkeypatch):
        upload = books.handed_in(b"part,state,price\nAB-M12,declare,=1\n", cast.ben, name="x.csv")
        kept = Path(settings.FILES_DIR) / "marked" / str(upload.pk)
        assert b"C2:" in kept.read_bytes()
        with monkeypatch.context() as without:
            without.setattr(marks, "marked", None)
            assert marks.copy(upload) == kept.read_bytes(), "nothing is marked while somebody waits"
        old = time.time() - marks.KEPT.total_seconds() - 1
        os.utime(kept, (old, old))
        uploads.read_due()
        assert not kept.exists() and b"C2:" in marks.copy(upload)

    def test_a_copy_that_fails_hides_no_errors(self, cast, monkeypatch):
        with monkeypatch.context() as broken:
            broken.setattr(marks, "marked", lambda *_: 1 / 0)
            upload = books.handed_in(b"part,state,price\nAB-M12,declare,=1\n", cast.ben, name="x.csv")
        assert upload.state == "wrong" and b"C2:" in marks.copy(upload)


@pytest.mark.django_db(transaction=True)
def test_applied_twice_at_once_is_applied_once(cast):
    books.new_part(cast)
    upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [INPUT]), cast.ben)
    outcomes, start = [], threading.Barrier(4)

    def one():
        start.wait()
        try:
            uploads.apply(upload, by=cast.ben)
            outcomes.append("saved")
        except uploads.NotReady:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["late", "late", "late", "saved"]
    assert Declaration.objects.count() == 1
