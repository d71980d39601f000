"""The receipt, the draft as a reader sees it, and whether an answer still speaks."""

import datetime as dt

import pytest
from django.urls import reverse

from suppliers.actions import declarations
from suppliers.models import Declaration
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(cast, clock):
    return make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])


def seen(client, row):
    return client.get(reverse("suppliers:declaration-detail", args=[row.pk])).content.decode()


def test_a_reader_reads_a_draft_and_changes_nothing(cast, sign_in):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    html = seen(sign_in(cast.cleo), draft)
    assert "Hanbit Wire" in html and "nobody has signed it" in html
    assert "Draft a new version" not in html and "Withdraw" not in html


def test_the_receipt_says_where_it_went_and_under_which_seal(cast, signed, sign_in):
    html = seen(sign_in(cast.cleo), signed)
    assert signed.digest in html and "Talbot Axles" in html and "number 1," in html
    assert "Draft a new version" not in html, "a reader is offered nothing that is refused"
    assert "Draft a new version" in seen(sign_in(cast.ben), signed)
    assert "Withdraw it" not in seen(sign_in(cast.ben), signed)
    assert "Withdraw it" in seen(sign_in(cast.ada), signed)


def test_the_face_says_whether_it_still_speaks(cast, signed, sign_in, clock):
    tom = sign_in(cast.tom)
    assert "In force" in seen(tom, signed)
    newer = declarations.supersede(signed, by=cast.ben)
    assert "In force" in seen(sign_in(cast.tom), signed), "a draft supersedes nothing"
    assert sign_in(cast.tom).get(reverse("suppliers:declaration-detail", args=[newer.pk])).status_code == 404
    declarations.sign(newer, by=cast.ada, name="Ada Lind", title="QM", shown=declarations.shown(newer))
    assert "Replaced by a newer answer" in seen(sign_in(cast.tom), signed)
    declarations.withdraw(newer, by=cast.ada, why="secret reason")
    face = seen(sign_in(cast.tom), newer)
    assert "Withdrawn on 24 Nov 2026" in face and "secret reason" not in face


def test_in_force_follows_the_day(cast, signed):
    days = [
        (make.FROM - dt.timedelta(days=1), 0),
        (make.FROM, 1),
        (make.UNTIL - dt.timedelta(days=1), 1),
        (make.UNTIL, 0),
    ]
    for day, count in days:
        assert Declaration.objects.in_force(on=day).count() == count, day


def test_a_later_version_speaks_only_from_its_own_first_day(cast, signed):
    later = declarations.supersede(signed, by=cast.ben, begins="2027-01-01")
    later = declarations.sign(later, by=cast.ada, name="Ada Lind", title="QM", shown=declarations.shown(later))
    assert list(Declaration.objects.in_force(on=dt.date(2026, 12, 31))) == [signed]
    assert list(Declaration.objects.in_force(on=dt.date(2027, 1, 1))) == [later]


@pytest.mark.parametrize("who", ["dora", "ed", "gus", "fay", "finn", "olga"])
def test_others_learn_not_even_that_it_exists(cast, signed, sign_in, who):
    client = sign_in(getattr(cast, who))
    there = client.get(reverse("suppliers:declaration-detail", args=[signed.pk]))
    nowhere = client.get(reverse("suppliers:declaration-detail", args=[cast.bolt.pk]))
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content


def test_no_page_of_toms_shows_a_figure_of_adas(cast, signed, sign_in):
    make.signed(cast.axle, by=cast.tom, to=[cast.meridian], lines=[
        {"item": "17-0012", "quantity": "8", "sources": [{"price": "1.25", "sourcing": str(cast.bolt_to_talbot.pk)}]}])  # fmt: skip
    own = Declaration.objects.get(part=cast.axle)
    client = sign_in(cast.tom)
    pages = [
        reverse(f"suppliers:{name}") for name in ("request-list", "part-list", "declaration-list", "disclosure-list")
    ]
    pages += [reverse("suppliers:declaration-detail", args=[row.pk]) for row in (own, signed)]
    draft = declarations.supersede(own, by=cast.tom)
    pages += [reverse(f"suppliers:declaration-{name}", args=[draft.pk]) for name in ("edit", "review")]
    for page in pages:
        html = client.get(page).content.decode()
        for canary in ("WR-12", "Hanbit", "0.31", "7217.10"):
            assert canary not in html, (page, canary)
