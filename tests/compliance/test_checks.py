"""What is kept of the checks is what they find now, whatever was done, on whatever day it is looked at; and asking costs little."""

import datetime as dt
import random
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance import plausibility, queues, tasks
from compliance.actions import checks, reviews
from compliance.models import CheckedAnswer, CheckedCompany, FaceReview
from compliance.plausibility import standing
from suppliers.actions import declarations, parts, prices, requests, successions
from suppliers.facts.reading import Malformed
from suppliers.models import Addressee, Declaration, Decline, Membership, Part, PriceWord, Request, Ripple, Sourcing
from tests import make
from tests.compliance.conftest import TODAY
from tests.compliance.test_plausibility import axle, car
from tests.compliance.test_reviews import several
from tracing import doubts

DAYS = [TODAY, dt.date(2026, 3, 1), dt.date(2027, 3, 1), dt.date(2028, 1, 1)]


def fresh(membership, on):
    """The queue as it would be if every check ran now."""
    rows = {}
    for known in plausibility.known_of(membership.keeps, on=on):
        found = plausibility.found(known)
        rows[known.face.key] = (plausibility.worst(found), [[one.code, one.fact] for one in found])
    return rows


def kept(membership, on):
    """The queue as a page reads it."""
    every = list(queues.answers(membership, on=on))
    assert [row.declaration_id for row in every] == [row.declaration_id for row in sorted(every, key=_order)]
    return {row.declaration_id: (row.severity, row.findings) for row in every}


def _order(row):
    return ["stops", "look", "fine"].index(row.severity), -row.signed.timestamp(), -row.declaration_id.int


def doubted(sales, on):
    """What stands against each sale, told from what is in force that day and from nothing that is kept."""
    said = {}
    for sale in sales:
        keys = Declaration.objects.in_force(on=on).filter(
            part=sale.seller_part_id, addressees__organisation=sale.buyer_id
        )
        worst = 0
        for key in keys.values_list("pk", flat=True):
            last = FaceReview.objects.filter(declaration=key, organisation=sale.buyer_id).order_by("at", "pk").last()
            states = {"accept": 0, "ask": 2, "reject": 3}
            worst = max(worst, 1 if last is None else states[last.decision])
        said[sale.pk] = [None, "waiting", "asked", "rejected"][worst]
    return said


def assert_holds(*members, days=DAYS):
    for member in members:
        for on in days:
            assert kept(member, on) == fresh(member, on), (member, on)
        sales = list(Sourcing.objects.filter(buyer=member.organisation).only("seller_part", "buyer"))
        for on in days:
            found = doubts.of(sales, on=on)
            assert {sale.pk: found[sale.pk].state if sale.pk in found else None for sale in sales} == doubted(sales, on)


# ---- a long walk ----

STATEMENTS = [
    [{"law": "aala", "ge70": False, "pct5": "40", "origin": "MX"}],
    [{"law": "aala", "ge70": True, "origin": "US"}],
    [{"law": "usmca", "originates": True, "criterion": "B", "method": "NC"}],
    [{"law": "nafta", "para": "c", "amount": "430"}],
]  # fmt: skip
EDGES = [dt.date(2026, 1, 1), dt.date(2026, 7, 1), dt.date(2027, 1, 1), dt.date(2027, 7, 1), dt.date(2028, 7, 1)]
NAMES = [("Rear axle assembly", "8708.50"), ("Hex flange bolt M12", "4011.10"), ("Front seat", "8708.50")]


class Walk:
    """A small world in which anybody does anything that a finding hangs on."""

    def __init__(self, cast, clock, seed):
        self.cast, self.clock, self.chance = cast, clock, random.Random(seed)
        other = make.part(cast.talbot, "TA-900", description="Front axle", hs="8708.50")
        rival = make.part(cast.dorado, "DF-1", description="Rear axle", hs="8708.50")
        orions = make.part(cast.orion, "OR-1", description="Axle", hs="8708.50")
        make.sourcing(other, cast.meridian_axle, by_seller=cast.tom, by_buyer=cast.ed)
        make.sourcing(rival, cast.meridian_axle, by_seller=cast.sam_at_dorado, by_buyer=cast.ed)
        self.makers = {cast.axle: cast.tom, other: cast.tom, rival: cast.dora}
        for part, by in self.makers.items():
            make.sourcing(part, orions, by_seller=by, by_buyer=cast.gus)
        for _part in self.makers:
            self.ask()
            self.sign()

    def sales(self, **wanted):
        return list(
            Sourcing.objects.filter(buyer=self.cast.meridian, **wanted).order_by("seller_part__number", "begins")
        )

    def given(self, part):
        chance = self.chance
        begins, ends = sorted(chance.sample(EDGES, 2))
        to = chance.choice([[self.cast.meridian], [self.cast.meridian, self.cast.orion], [self.cast.orion]])
        return {
            "to": to, "lines": [], "made_in": chance.choice(["MX", "US"]), "begins": begins, "ends": ends,
            "statements": chance.choice(STATEMENTS), "hs": part.hs,
        }  # fmt: skip

    def sign(self):
        part = self.chance.choice(list(self.makers))
        make.signed(part, by=self.makers[part], **self.given(part))

    def _answers(self):
        rows = Declaration.objects.signed().filter(part__in=self.makers, withdrawal__isnull=True)
        return list(rows.order_by("signed_at", "pk"))

    def supersede(self):
        if rows := self._answers():
            row = self.chance.choice(rows)
            told = self.given(row.part)
            told["addressed_to"] = told.pop("to")
            self._signed(declarations.supersede(row, by=self.makers[row.part], **told), self.makers[row.part])

    def _signed(self, draft, by):
        declarations.sign(draft, by=by, name="N", title="T", shown=declarations.shown(draft), alone_why="alone")

    def withdraw(self):
        if rows := self._answers():
            row = self.chance.choice(rows)
            declarations.withdraw(row, by=self.makers[row.part], why="wrong")

    def buy(self):
        sale = self.chance.choice(self.sales())
        price, made_in = self.chance.choice(["42", "420", "433", "900"]), self.chance.choice(["", "MX", "CN"])
        line = {"item": "5Q0-500", "hs": "8708.50", "quantity": "1",
                "sources": [{"price": price, "made_in": made_in, "sourcing": sale.pk}]}  # fmt: skip
        begins, ends = sorted(self.chance.sample(EDGES, 2))
        car(self.cast, lines=[line], begins=begins, ends=ends)

    def buy_no_more(self):
        rows = list(
            Declaration.objects.signed().filter(part=self.cast.car, withdrawal__isnull=True).order_by("signed_at", "pk")
        )
        if rows:
            declarations.withdraw(self.chance.choice(rows), by=self.cast.eve, why="wrong")

    def price(self):
        by, price = self.chance.choice([(self.cast.ed, "55"), (self.cast.ed, "410"), (self.cast.tom, "1")])
        sale = self.chance.choice(self.sales(seller=self.cast.talbot))
        prices.say_price(sale, price=price, currency="USD", begins=self.chance.choice(EDGES), by=by)

    def price_committed_late(self):
        """Its moment lies before what was checked already."""
        at = timezone.now() - dt.timedelta(days=self.chance.randrange(1, 30))
        PriceWord.objects.create(sourcing=self.chance.choice(self.sales()), side="buyer", price="77", currency="USD",
                                 begins=self.chance.choice(EDGES), by=self.cast.ed, at=at)  # fmt: skip

    def ask(self):
        begins, ends = sorted(self.chance.sample(EDGES, 2))
        requests.ask(
            self.chance.choice(self.sales()), by=self.cast.ed, begins=begins, ends=ends, due=dt.date(2028, 1, 1)
        )

    def asked_committed_late(self):
        """Its moment lies before answers that were signed and checked already."""
        begins, ends = sorted(self.chance.sample(EDGES, 2))
        at = timezone.now() - dt.timedelta(days=self.chance.randrange(1, 30))
        Request.objects.create(sourcing=self.chance.choice(self.sales()), by=self.cast.ed, begins=begins, ends=ends,
                               due=dt.date(2028, 1, 1), at=at)  # fmt: skip

    def decline(self):
        row = (
            Request.objects.filter(decline__isnull=True, sourcing__seller=self.cast.talbot).order_by("at", "pk").first()
        )
        if row:
            requests.decline(row, by=self.cast.tom, reason=Decline.Reason.REFUSED, why="no")

    def sell(self):
        """Another number of the buyer's, confirmed in two steps."""
        part = self.chance.choice([row for row, by in self.makers.items() if by == self.cast.tom])
        own = make.part(self.cast.meridian, description=self.chance.choice(NAMES)[0], hs="8708.50")
        sale = parts.propose(part, own, by=self.cast.tom, begins=make.FROM)
        assert_holds(self.cast.ed, days=[TODAY])
        parts.confirm(sale, by=self.cast.ed)

    def rename(self):
        """No act of ours does it; whoever does finds it once everything is checked anew."""
        pk = self.chance.choice([*(part.pk for part in self.makers), self.cast.meridian_axle.pk])
        description, hs = self.chance.choice(NAMES)
        Part.objects.filter(pk=pk).update(description=description, hs=hs)
        checks.check_anew(self.cast.meridian)
        checks.check_anew(self.cast.orion)

    def decide(self):
        waiting = [row for row in queues.answers(self.cast.ed, on=TODAY) if row.state == queues.WAITING]
        if waiting:
            row = Declaration.objects.get(pk=self.chance.choice(waiting).declaration_id)
            decision = self.chance.choice(["reject", "ask", "accept"])
            try:
                reviews.review_face(row, by=self.cast.ed, decision=decision, why="Why?")
            except Malformed:  # what stops is not accepted
                reviews.review_face(row, by=self.cast.ed, decision="reject", why="No.")

    ACTS = [sign, supersede, withdraw, buy, buy_no_more, price, price_committed_late, ask, asked_committed_late, decline, sell,
            rename, decide]  # fmt: skip

    def step(self):
        act = self.chance.choice([Walk.sign, Walk.supersede, Walk.buy, *self.ACTS])
        act(self)
        self.clock.shift(dt.timedelta(hours=self.chance.choice([0, 0, 1, 30])))
        return act.__name__


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


# ---- more than a page reads itself ----


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
        now, so_far = dict(_fresh_of_all(cast.ed)), kept_so_far(cast.ed)
        assert so_far == {key: now[key] for key in so_far} and unread(cast.meridian) == now.keys() - so_far.keys()
        assert not (checks.has_read(cast.meridian) and unread(cast.meridian))
        assert step or len(unread(cast.meridian)) >= 2, "of three parts one is read"
        walk.step()
    tasks.check_answers()
    assert checks.has_read(cast.meridian) and not unread(cast.meridian)
    assert_holds(cast.ed)


def _fresh_of_all(membership):
    for known in plausibility.known_of(membership.keeps):
        found = plausibility.found(known)
        yield known.face.key, (plausibility.worst(found), [[one.code, one.fact] for one in found])


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
