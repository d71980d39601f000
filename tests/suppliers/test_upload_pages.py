"""The pages of workbooks: who may open them, what they show, what an act answers."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suppliers.actions import uploads
from suppliers.models import Declaration, Upload
from tests import books, make
from tests.books import ANSWER, INPUT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_files")]
LIST = "suppliers:upload-list"


@pytest.fixture
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def page(client, upload, name="upload-detail"):
    return client.get(reverse(f"suppliers:{name}", args=[upload.pk]))


def test_from_download_to_drafts_by_hand(cast, sign_in):
    books.new_part(cast)
    client = sign_in(cast.ben)
    assert "Download all your parts" in client.get(reverse(LIST)).content.decode()
    taken = client.get(reverse("suppliers:workbook-download"))
    assert (
        taken["Content-Disposition"] == 'attachment; filename="traceline-acme-bolts.xlsx"'
        and taken["Cache-Control"] == "no-store"
    )
    data = books.filled(taken.content, "BR-7", ANSWER, [INPUT])
    sent = client.post(reverse(LIST), {"file": SimpleUploadedFile("Antworten <b>.xlsx", data)})
    upload = Upload.objects.get()
    assert sent.status_code == 302 and sent.url == reverse("suppliers:upload-detail", args=[upload.pk])
    waiting = page(client, upload).content.decode()
    assert "being read" in waiting and "hx-get" in waiting and "<b>.xlsx" not in waiting
    uploads.read_due()
    shown = page(client, upload).content.decode()
    assert "What this file would change" in shown and "A new draft with 1 input." in shown
    client.post(reverse("suppliers:upload-apply", args=[upload.pk]))
    assert "1 draft is saved." in page(client, upload).content.decode()
    assert Declaration.objects.get().part.number == "BR-7"
    assert page(client, upload, "upload-original").content == data
    assert page(client, upload, "upload-marked").status_code == 404


def test_the_progress_outlives_a_reload_and_ends_by_itself(cast, sign_in):
    client = sign_in(cast.ben)
    upload = uploads.take(io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
    Upload.objects.update(claimed_at=upload.at, rows=5000, done=1200)
    assert "1200 of 5000 rows are read." in page(client, upload).content.decode()
    poll = client.get(reverse("suppliers:upload-progress", args=[upload.pk]), HTTP_HX_REQUEST="true")
    assert "1200 of 5000" in poll.content.decode() and "HX-Refresh" not in poll
    Upload.objects.update(claimed_at=None)
    uploads.read_due()
    assert (
        client.get(reverse("suppliers:upload-progress", args=[upload.pk]), HTTP_HX_REQUEST="true")["HX-Refresh"]
        == "true"
    )
    assert "This file changes nothing" in page(client, upload).content.decode()


def test_errors_stand_in_groups_with_cell_value_reason_and_cure(cast, sign_in):
    books.new_part(cast)
    inputs = [INPUT | {"item": f"W-{n}", "price": f"{n % 9 + 1},234"} for n in range(500)]
    upload = books.handed_in(
        books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"made_in": "<i>X"}, inputs), cast.ben
    )
    text = page(sign_in(cast.ben), upload).content.decode()
    assert "501 things to mend" in text and "Inputs, 500 cells" in text and "K6" in text
    assert "&lt;i&gt;X" in text and "<i>X" not in text
    assert text.count("<section") == 4
    marked = page(sign_in(cast.ben), upload, "upload-marked")
    assert marked["Content-Type"].endswith("sheet") and books.opened(marked.content)


def test_a_changed_answer_shows_old_and_new(cast, sign_in):
    make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    book = books.opened(books.taken(cast.acme))
    books.put(books.page_of(book, "inputs"), books.FIRST_ROW, price=0.35)
    upload = books.handed_in(books.closed(book), cast.ben)
    text = page(sign_in(cast.ben), upload).content.decode()
    assert "<del>0.31</del>" in text and "<ins>0.35</ins>" in text and "Price of one" in text


def test_somebody_saved_it_after_the_workbook_was_made(cast, sign_in):
    from suppliers.actions import declarations
    from suppliers.facts import stored

    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    data = books.taken(cast.acme)
    declarations.change(draft, stored.of(draft) | {"price": "3"}, by=cast.ada, version=1, machine=True)
    text = page(sign_in(cast.ben), books.handed_in(data, cast.ben)).content.decode()
    assert "Ada Lind saved it after this workbook was made" in text


@pytest.mark.parametrize("name", ["upload-detail", "upload-progress", "upload-original", "upload-marked"])
def test_another_companys_file_is_not_there(cast, sign_in, name):
    upload = books.handed_in(b"part,state,price\nAB-M12,declare,=1\n", cast.ben, name="x.csv")
    assert page(sign_in(cast.tom), upload, name).status_code == 404
    for act in ("upload-cancel", "upload-apply"):
        assert sign_in(cast.tom).post(reverse(f"suppliers:{act}", args=[upload.pk])).status_code == 404
    assert page(sign_in(cast.cleo), upload, name).status_code == 404  # a reader hands nothing in


def test_nothing_chosen_is_said_at_the_field(cast, sign_in):
    answer = sign_in(cast.ben).post(reverse(LIST))
    assert answer.status_code == 422 and "Choose the workbook you filled in." in answer.content.decode()


def test_an_act_is_a_post(cast, sign_in):
    upload = books.handed_in(books.taken(cast.acme), cast.ben)
    for act in ("upload-cancel", "upload-apply"):
        assert sign_in(cast.ben).get(reverse(f"suppliers:{act}", args=[upload.pk])).status_code == 405


def test_cancelled(cast, sign_in):
    upload = books.handed_in(books.taken(cast.acme), cast.ben)
    client = sign_in(cast.ben)
    client.post(reverse("suppliers:upload-cancel", args=[upload.pk]))
    assert "Nothing of it was saved." in page(client, upload).content.decode()
    assert "Cancelled" in client.get(reverse(LIST)).content.decode()


def test_the_list_asks_as_often_for_forty_as_for_two(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.ben)
    for _one in range(20):
        Upload.objects.create(
            organisation=cast.acme, by=cast.ben, name="x", size=1, digest="0" * 64, at=dt.datetime.now(dt.UTC)
        )
    with django_assert_max_num_queries(10):
        client.get(reverse(LIST))


def test_a_thousand_parts_in_a_preview_are_shown_in_part_and_counted(cast, sign_in):
    rows = ["part,state,price,begins,ends,currency"]
    for number in range(250):
        make.part(cast.acme, f"N-{number}")
        rows.append(f"N-{number},declare,1.5,2027-01-01,2028-01-01,USD")
    upload = books.handed_in("\n".join(rows).encode(), cast.ben, name="x.csv")
    text = page(sign_in(cast.ben), upload).content.decode()
    assert "and 50 more parts" in text
    sign_in(cast.ben).post(reverse("suppliers:upload-apply", args=[upload.pk]))
    assert Declaration.objects.count() == 250


def test_saving_asks_the_database_as_often_for_forty_as_for_two(cast, django_assert_max_num_queries):
    for count in (2, 40):
        rows = ["part,state,price,begins,ends,currency"]
        for number in range(count):
            make.part(cast.acme, f"C{count}-{number}")
            rows.append(f"C{count}-{number},declare,1.5,2027-01-01,2028-01-01,USD")
        upload = books.handed_in("\n".join(rows).encode(), cast.ben, name="x.csv")
        with django_assert_max_num_queries(45):
            uploads.apply(upload, by=cast.ben)
