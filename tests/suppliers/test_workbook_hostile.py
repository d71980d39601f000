"""Workbooks and tables made to hurt: refused before they are opened, or marked without filling the memory; in seconds."""

import io
import time

import pytest
from django.urls import reverse
from openpyxl import Workbook

from suppliers.actions import marks
from suppliers.workbooks import cells, commas, layout
from suppliers.workbooks.complaints import Complaint
from suppliers.workbooks.marking import marked
from tests import books
from tests.broken import hostile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_files")]


@pytest.fixture
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def wrong():
    """A small workbook with one error, at C2."""
    book = Workbook()
    for row in (["part", "state", "price"], ["AB-M12", "declare", "1,234"]):
        book.active.append(row)
    return books.closed(book)


def test_small_files_that_become_millions_of_cells_or_two_workbooks_are_refused(wrong):
    for name, change in hostile.REFUSED.items():
        with pytest.raises(cells.NotAWorkbook):
            layout.layout(cells.sheets(io.BytesIO(hostile.made(wrong, change)), "a.xlsx"), "acme-bolts")
            pytest.fail(f"taken: {name}")


def test_errors_are_marked_whatever_else_stands_in_the_file(cast, sign_in, wrong):
    """An empty cell in the last row and column made the marked copy go through seventeen thousand million of them; what cannot
    be written anew gives a list instead of a server error."""
    client = sign_in(cast.ben)
    for name, change in hostile.MARKED.items():
        began = time.process_time()
        upload = books.handed_in(hostile.made(wrong, change), cast.ben)
        assert [row[1] for row in upload.errors] == ["C2", "A2"], name
        answer = client.get(reverse("suppliers:upload-marked", args=[upload.pk]))
        assert answer.status_code == 200 and time.process_time() - began < 5, name
        texts = [
            str(cell.value)
            for page in books.opened(answer.content)
            for row in page.iter_rows(max_row=9, max_col=9)
            for cell in row
        ]
        assert any("C2: 1,234 may mean" in text for text in texts), name


def test_a_line_of_a_million_marks_widens_no_other():
    """Each line with an error was filled up to the longest: ten thousand lines of a million marks each."""
    rows = ["part,state,price", "," * 1_000_000, *("AB-M12,declare,=1" for _ in range(300))]
    data = "\n".join(rows).encode()
    found = marked(
        io.BytesIO(data),
        "a.csv",
        [Complaint("CSV", f"C{row}", "=1", "A formula.", "Type it.") for row in range(3, 303)],
    )
    assert len(found) < 3 * len(data)


def test_a_table_of_nothing_but_openings_is_read_in_one_pass():
    """Each opening line went through all lines again: thirty thousand took minutes."""
    data = b"traceline;1;answers;acme-bolts;decimal point\n" * 12_000 + b"part;state;price\nAB-M12;declare;1\n"
    began = time.process_time()
    layout.layout(commas.sheets(data), "acme-bolts")
    assert time.process_time() - began < 8


def test_what_is_no_character_is_seen_in_the_message_and_kept_nowhere(cast, wrong):
    """A zero byte, written as spreadsheets write what XML forbids, was a failure of the portal's on PostgreSQL."""
    for typed in (b"_x0000_", b"_xD800_"):

        def change(entries, typed=typed):
            entries |= {name: raw.replace(b"1,234", b"1" + typed) for name, raw in entries.items()}

        upload = books.handed_in(hostile.made(wrong, change), cast.ben)
        found = {row[1]: row[2] for row in upload.errors}
        assert not upload.refused and "\ufffd" in found["C2"] and marks.copy(upload), typed
