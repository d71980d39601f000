"""What the checks keep beside what they would find now, and a small world in which anybody does anything that a finding hangs on."""

import datetime as dt
import random

from django.utils import timezone

from compliance import plausibility, queues
from compliance.actions import checks, reviews
from compliance.models import FaceReview
from suppliers.actions import declarations, parts, prices, requests
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Decline, Part, PriceWord, Request, Sourcing
from tests import make
from tests.compliance.conftest import TODAY
from tests.compliance.test_plausibility import car
from tracing import doubts

DAYS = [TODAY, dt.date(2026, 3, 1), dt.date(2027, 3, 1), dt.date(2028, 1, 1)]


def fresh(membership, on=None):
    """The queue as it would be if every check ran now: what speaks that day, or whatever stands."""
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
