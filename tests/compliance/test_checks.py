"""What is kept of the checks is what they find now, whatever was done, on whatever day it is looked at; and asking costs little."""

import datetime as dt
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance import queues, tasks
from compliance.actions import checks, reviews
from compliance.models import CheckedAnswer, CheckedCompany
from compliance.plausibility import standing
from suppliers.actions import declarations, prices, successions
from suppliers.models import Addressee, Membership, Part, Ripple, Sourcing
from tests import make
from tests.compliance.conftest import TODAY
from tests.compliance.test_plausibility import axle, car
from tests.compliance.test_reviews import several
from tests.compliance.walks import DAYS, Walk, assert_holds
from tracing import doubts


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_what_is_kept_is_what_is_found_after_any_act(cast, clock, seed):
    walk, done, seen = Walk(cast, clock, seed), [], set()
    for _step in range(40):
        done.append(walk.step())
        try:
            assert_holds(cast.ed, cast.gus, days=walk.chance.sample(DAYS, 2))
        except AssertionError:
            print(done)
            raise
        seen |= {code for row in CheckedAnswer.objects.all() for code in row.codes.split()}
    assert len(seen) >= 5, "the walk found hardly anything, so it proves hardly anything"


# ---- how much is done ----


def test_asked_twice_it_is_done_once_and_a_burst_is_one_go(cast, clock):
    several(cast, 3)
    assert checks.bring_up(cast.meridian) == 3 and checks.bring_up(cast.meridian) == 0
    several_more = [make.part(cast.talbot, f"U-{number}", hs="8708.50") for number in range(2)]
    for part in several_more:
        make.sourcing(part, make.part(cast.meridian, f"M-{part.number}"), by_seller=cast.tom, by_buyer=cast.ed)
        make.signed(part, by=cast.tom, to=[cast.meridian])
    make.signed(cast.bolt, by=cast.ada, to=[cast.talbot])
    assert checks.bring_up(cast.meridian) == 2, "neither the three before nor what is nobody's here"
    assert tasks.check_answers() is None and checks.bring_all_up() == 0


def test_where_nothing_changed_a_few_short_queries_say_so(cast, clock):
    several(cast, 2)
    checks.bring_up(cast.meridian)
    with CaptureQueriesContext(connection) as few:
        checks.bring_up(cast.meridian)
    assert len(few) <= 8 and not any(
        "FOR UPDATE" in row["sql"] or "INSERT" in row["sql"] for row in few.captured_queries
    )


def test_the_number_of_queries_does_not_grow(cast, clock):
    """Neither where all is kept nor where one more answer was signed."""
    counts = []
    for more in (2, 12):
        for number in range(more):
            part = make.part(cast.talbot, f"V-{more}-{number}", hs="8708.50")
            make.sourcing(part, make.part(cast.meridian, f"W-{more}-{number}"), by_seller=cast.tom, by_buyer=cast.ed)
            make.signed(part, by=cast.tom, to=[cast.meridian])
        checks.bring_up(cast.meridian)
        for _again in range(2):
            with CaptureQueriesContext(connection) as asked:
                assert doubts.of(Sourcing.objects.filter(buyer=cast.meridian).select_related("buyer"), on=TODAY)
            counts.append(len(asked))
            axle(cast)
        checks.bring_up(cast.meridian)
    assert counts[2:] == counts[:2], "\n".join(row["sql"][:160] for row in asked.captured_queries)


def test_other_checks_or_another_nomenclature_do_it_all_anew(cast, clock, monkeypatch):
    several(cast, 3)
    assert checks.bring_up(cast.meridian) == 3
    monkeypatch.setattr(standing, "edition", lambda: "another")
    assert checks.bring_up(cast.meridian) == 3 and checks.bring_up(cast.meridian) == 0


def test_the_edition_is_of_every_file_that_a_check_reads():
    assert len(standing.edition()) == 64 == len(standing.basis([]))
    assert standing.basis([]) != standing.basis([make.Organisation().pk])


def test_what_a_slower_worker_wrote_is_found_and_mended(cast, clock):
    """As if it had read before the newer line was signed, and had been let in after it."""
    row = axle(cast)
    checks.bring_up(cast.meridian)
    old = CheckedCompany.objects.values().get(organisation=cast.meridian)
    before = CheckedAnswer.objects.values().get(declaration=row)
    car(cast, made_in="CN")
    checks.bring_up(cast.meridian)
    assert CheckedAnswer.objects.get(declaration=row).codes == " R10 "
    with transaction.atomic():
        CheckedAnswer.objects.filter(declaration=row).update(codes=before["codes"], findings=before["findings"])
        CheckedCompany.objects.filter(organisation=cast.meridian).update(**old)
    assert_holds(cast.ed)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_each_answer_once(clock):
    cast = make.cast()
    several(cast, 4)
    done, start = [], Barrier(2)

    def work():
        start.wait()
        try:
            done.append(checks.bring_up(cast.meridian))
        finally:
            connection.close()

    workers = [Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(done) == [0, 4] and CheckedAnswer.objects.count() == 4
    assert_holds(cast.ed)


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("act", ["word", "line"])
def test_what_is_committed_between_two_questions_is_not_lost(cast, clock, monkeypatch, nth, act):
    """A worker is asked to catch up with one thing; while it asks how far things stand another is done."""
    row, mark, asked = axle(cast), standing.mark, []
    car(cast, price="400", made_in="MX")
    checks.bring_up(cast.meridian)

    def meanwhile(*given, **more):
        found = mark(*given, **more)
        asked.append(found)
        if len(asked) == nth and act == "line":
            car(cast, price="400", made_in="CN")
        elif len(asked) == nth:
            prices.say_price(cast.axle_to_meridian, price="40", currency="USD", begins=make.FROM, by=cast.ed)
        return found

    make.signed(cast.bolt, by=cast.ada, to=[cast.talbot])
    monkeypatch.setattr(standing, "mark", meanwhile)
    checks.bring_up(cast.meridian)
    monkeypatch.undo()
    assert len(asked) == 3
    assert_holds(cast.ed)
    assert CheckedAnswer.objects.get(declaration=row).codes == {"line": " R10 ", "word": " R4 "}[act]


def test_a_sale_s_ripple_that_is_committed_late_is_seen(cast, clock):
    row = axle(cast)
    item = make.part(cast.meridian, "LATE-1", description="Hexagon bolt", hs="7318.15")
    number = Ripple.objects.create(part=cast.axle, why="other").pk
    for _more in range(3):
        Ripple.objects.create(part=cast.axle, why="signed")
    checks.bring_up(cast.meridian)
    Ripple.objects.filter(pk=number).delete()
    make.sourcing(cast.axle, item, by_seller=cast.tom, by_buyer=cast.ed)
    Ripple.objects.create(pk=number, part=cast.axle, why="sourcing")
    assert checks.bring_up(cast.meridian) == 1
    assert CheckedAnswer.objects.get(declaration=row).sales == 2


def test_what_no_act_changed_is_found_a_few_hours_later(cast, clock):
    row = axle(cast)
    tasks.check_answers()
    tasks.check_anew()
    Part.objects.filter(pk=cast.axle.pk).update(description="Hex flange bolt M12", hs="4011.10")
    Part.objects.filter(pk=cast.meridian_axle.pk).update(description="Hex flange bolt M12")
    tasks.check_answers()
    tasks.check_anew()
    assert CheckedAnswer.objects.get(declaration=row).codes == "", "not yet"
    clock.shift(checks.AFRESH)
    tasks.check_anew()
    assert CheckedAnswer.objects.get(declaration=row).codes == " R2 "


# ---- whose eyes ----


def test_what_one_keeps_for_another_company_stands_once_and_is_decided_once(cast, clock):
    """Meridian took over a company that bought the same axle."""
    small = make.organisation("Small Cars")
    sale = make.sourcing(cast.axle, make.part(small), by_seller=cast.tom, by_buyer=make.person("Sue", small, "editor"))
    row = axle(cast)
    both = make.signed(cast.axle, by=cast.tom, to=[cast.meridian, small], begins=make.UNTIL, ends=dt.date(2028, 7, 1))
    assert len(queues.answers(cast.ed, on=TODAY)) == 2
    successions.succeed(small, successor=cast.meridian, kind="taken_over", why="The register.", by=cast.olga)
    ed = Membership.objects.get(pk=cast.ed.pk)
    assert {one.declaration_id for one in queues.answers(ed, on=TODAY)} == {row.pk, both.pk}
    assert len(queues.answers(ed, on=TODAY)) == 2 and CheckedAnswer.objects.count() == 3
    assert_holds(ed)
    later = make.UNTIL + dt.timedelta(days=1)
    assert doubts.of([sale], on=later)[sale.pk].state == "waiting" and doubts.of([sale], on=TODAY) == {}
    reviews.review_face(both, by=ed, decision="reject", why="No.")
    assert doubts.of([sale], on=later)[sale.pk].state == "rejected"


def test_only_the_company_it_is_addressed_to_reads_what_was_found(cast, clock):
    row = axle(cast)
    make.sourcing(cast.axle, make.part(cast.orion), by_seller=cast.tom, by_buyer=cast.gus)
    make.signed(cast.axle, by=cast.tom, to=[cast.orion])
    checks.bring_all_up()
    assert CheckedAnswer.objects.count() == 2
    assert [one.declaration_id for one in CheckedAnswer.objects.visible_to(cast.ed)] == [row.pk]
    for who in (cast.tom, cast.ada, cast.fay, cast.olga):
        assert not CheckedAnswer.objects.visible_to(who).exists()


def test_what_was_withdrawn_is_kept_no_longer(cast, clock):
    row = axle(cast)
    checks.bring_up(cast.meridian)
    declarations.withdraw(row, by=cast.tom, why="wrong")
    assert not queues.answers(cast.ed, on=TODAY) and not CheckedAnswer.objects.exists()
    assert Addressee.objects.filter(declaration=row).exists()


def test_in_whatever_language_it_is_asked_for_it_is_kept_in_one(cast, clock):
    from django.utils.translation import override

    axle(cast, begins=dt.date(2026, 1, 1), ends=dt.date(2026, 7, 1))
    row = axle(cast, begins=dt.date(2026, 7, 15))
    with override("fr-ca"):
        checks.bring_up(cast.meridian)
    assert "15 Jul 2026" in CheckedAnswer.objects.get(declaration=row).findings[0][1]
