"""More answers than a page reads itself: what is kept is true, and the rest is called unread until the worker has read it."""

import pytest

from compliance import tasks
from compliance.actions import checks
from compliance.models import CheckedAnswer, CheckedCompany
from suppliers.actions import declarations
from suppliers.models import Sourcing
from tests import make
from tests.compliance.conftest import TODAY
from tests.compliance.test_reviews import several
from tests.compliance.walks import STATEMENTS, Walk, assert_holds, doubted, fresh
from tracing import doubts


def unread(company):
    return set(checks.unread(company.keeps).values_list("declaration", flat=True))


def kept_so_far(membership):
    return {row.declaration_id: (row.severity, row.findings) for row in CheckedAnswer.objects.visible_to(membership)}


@pytest.mark.parametrize("seed", [3, 14])
def test_what_is_kept_is_true_and_the_rest_is_called_unread_after_any_act(cast, clock, seed):
    walk = Walk(cast, clock, seed)
    for part, by in walk.makers.items():
        make.signed(part, by=by, to=[cast.meridian], lines=[], statements=STATEMENTS[0])
    for step in range(25):
        if step % 5 == 0:
            CheckedCompany.objects.update(basis="of other checks")
        checks.bring_up(cast.meridian, most=1)
        now, so_far = fresh(cast.ed), kept_so_far(cast.ed)
        assert so_far == {key: now[key] for key in so_far} and unread(cast.meridian) == now.keys() - so_far.keys()
        assert not (checks.has_read(cast.meridian) and unread(cast.meridian))
        assert step or len(unread(cast.meridian)) >= 2, "of three parts one is read"
        walk.step()
    tasks.check_answers()
    assert checks.has_read(cast.meridian) and not unread(cast.meridian)
    assert_holds(cast.ed)


def test_a_page_reads_the_newest_says_how_many_wait_and_its_file_holds_them_all(cast, clock, sign_in, monkeypatch):
    rows = several(cast, 5)
    monkeypatch.setattr(checks, "A_PAGE", 2)
    client = sign_in(cast.ed)
    page = client.get("/reviews/").content.decode()
    newest = [row.part.number for row in sorted(rows, key=lambda row: (row.signed_at, str(row.part_id)))]
    assert "still reading 3 answers" in page and "2 answers wait for review" in page
    assert sum(f">{number}, yours" in page for number in newest) == 2
    told = client.get("/reviews/?format=csv").getvalue().decode()
    assert all(number in told for number in newest) and checks.has_read(cast.meridian)
    assert "still reading" not in client.get("/reviews/").content.decode()


def test_what_the_checks_have_not_read_waits_for_a_review_all_the_same(cast, clock, monkeypatch):
    several(cast, 3)
    monkeypatch.setattr(checks, "A_PAGE", 1)
    sales = Sourcing.objects.filter(buyer=cast.meridian).select_related("buyer")
    found = doubts.of(sales, on=TODAY)
    assert not checks.has_read(cast.meridian)
    assert {pk: one.state for pk, one in found.items()} == {
        pk: state for pk, state in doubted(sales, TODAY).items() if state
    }
    before = doubts.state([cast.meridian.pk])
    tasks.check_answers()
    assert doubts.state([cast.meridian.pk]) != before, "what a page remembers of it is forgotten once they are read"


def test_a_burst_to_others_is_nothing_that_waits_here(cast, clock, monkeypatch):
    several(cast, 3)
    checks.bring_up(cast.meridian)
    read, kept_before = doubts.state([cast.meridian.pk]), kept_so_far(cast.ed)
    for number in range(4):
        make.signed(make.part(cast.acme, f"AB-{number}", hs="7318.15"), by=cast.ada, to=[cast.talbot])
    assert checks.bring_up(cast.meridian, most=1) == 0
    assert checks.has_read(cast.meridian) and kept_so_far(cast.ed) == kept_before
    assert doubts.state([cast.meridian.pk]) == read


def test_a_burst_that_is_more_than_a_page_reads_is_left_to_the_worker(cast, clock):
    rows = several(cast, 3)
    checks.bring_up(cast.meridian)
    for row in rows:
        newer = declarations.supersede(row, by=cast.tom, made_in="CN")
        declarations.sign(newer, by=cast.tom, name="T", title="C", shown=declarations.shown(newer), alone_why="alone")
    assert checks.bring_up(cast.meridian, most=2) >= 2
    assert not checks.has_read(cast.meridian) and unread(cast.meridian)
    tasks.check_anew()
    assert checks.has_read(cast.meridian)
    assert_holds(cast.ed)
