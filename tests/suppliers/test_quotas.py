"""One company's files fill no disk that others need: what does not fit is refused at its field, in words."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suppliers import quotas
from suppliers.actions import evidence, uploads
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
