"""What is remembered of a page is dropped by all that shows there, and by nothing that the page's reader may not know of."""

import datetime as dt
from itertools import pairwise

import pytest

from compliance.actions import reviews
from suppliers.actions import declarations, prices, requests
from suppliers.models import Declaration, Decline, Request, Sourcing
from tests import make
from tests.tracing.test_briefs import COMING, shown
from tests.worlds import forget
from tracing import moments
from tracing.actions import days, rolls, traces

pytestmark = pytest.mark.usefixtures("fresh_fleet")

SALE = "axle_to_meridian"


def signed(draft, by):
    return declarations.sign(
        draft, by=by, name="N", title="T", shown=declarations.shown(draft), alone_why="alone in the office"
    )


class Acts:
    """One after the other all that shows on a board or among the gaps."""

    def __init__(self, cast, river):
        self.cast, self.river = cast, river
        self.sale = Sourcing.objects.get(pk=getattr(cast, SALE).pk)

    def withdraw(self):
        declarations.withdraw(self.river.axle, by=self.cast.tom, why="a new forging")

    def roll(self):
        rolls.roll()

    def trace(self):
        traces.mark([self.river.vehicle.pk])
        traces.retrace(self.river.vehicle.pk)

    def ask(self):
        begins = dt.date(2026, 1, 1)
        requests.ask(self.sale, by=self.cast.ed, begins=begins, ends=begins.replace(year=2028), due=dt.date(2028, 1, 1))

    def decline(self):
        row = Request.objects.get(sourcing=self.sale)
        requests.decline(row, by=self.cast.tom, reason=Decline.Reason.REFUSED, why="no")

    def price(self):
        prices.say_price(self.sale, price="410", currency="USD", begins=dt.date(2026, 1, 1), by=self.cast.ed)

    def answer(self):
        self.answered = make.signed(self.cast.axle, by=self.cast.tom, to=[self.cast.meridian], made_in="MX")

    def reject(self):
        reviews.review_face(self.answered, by=self.cast.ed, decision="reject", why="It is made elsewhere.")

    def supersede(self):
        facts = {"class": "light_truck", "model_line": "Alder", "units": {"US": "30000"}, "customs_value": "21000"}
        signed(declarations.supersede(self.river.car, by=self.cast.eve, vehicle_facts=facts), self.cast.eve)

    def day(self):
        days.roll(COMING)

    ORDER = [roll, withdraw, roll, ask, decline, price, answer, reject, roll, supersede, roll, day, trace]


def test_no_page_shows_what_is_no_more(cast):
    acts, seen = Acts(cast, make.river(cast, net="1000")), []
    for act in Acts.ORDER:
        act(acts)
        remembered = shown(cast)
        forget()
        assert shown(cast) == remembered, act.__name__
        seen.append(remembered)
    assert sum(one != other for one, other in pairwise(seen)) >= 6, "half of the acts showed"


def test_what_others_tell_each_other_changes_nothing_until_a_figure_moves(cast):
    """Nor does a page that hangs on it grow slow, which would tell that something happened below or elsewhere."""
    river = make.river(cast, net="1000")
    rolls.roll()
    before = moments.moment(cast.ed.keeps)
    bolt = Declaration.objects.get(pk=river.bolt.pk)
    signed(declarations.supersede(bolt, by=cast.ada), cast.ada)
    assert moments.standing() and moments.moment(cast.ed.keeps) == before, "a supplier's own supplier signed"
    seat = make.part(cast.dorado, description="Front seat", hs="9401.20")
    orions = make.part(cast.orion, description="Seat", hs="9401.20")
    sale = make.sourcing(seat, orions, by_seller=cast.dora, by_buyer=cast.gus)
    make.signed(seat, by=cast.dora, to=[cast.orion], made_in="MX")
    requests.ask(sale, by=cast.gus, begins=dt.date(2026, 1, 1), ends=dt.date(2028, 1, 1), due=dt.date(2028, 1, 1))
    assert moments.moment(cast.ed.keeps) == before, "another automaker asked and was answered"
    declarations.withdraw(river.axle, by=cast.tom, why="a new forging")
    assert moments.moment(cast.ed.keeps) != before, "an answer to the reader itself ended"
