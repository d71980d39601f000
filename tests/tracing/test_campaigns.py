"""Campaigns: whom to ask, asked once, followed up, and never seen by those who are asked."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connections
from django.urls import reverse

from suppliers.actions import campaigns, letters, requests
from suppliers.actions.campaigns import AlreadyEnded, Plan
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Bounce, Campaign, Postponement, Request
from tests import make
from tracing.actions import proposals
from tracing.models import Vehicle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = dt.date(2026, 11, 24)
YEAR = (dt.date(2027, 1, 1), dt.date(2028, 1, 1))


def car(cast, parts=1, *, seller=None, by=None):
    """A vehicle of Meridian with the axle and so many further parts of a supplier on its list."""
    seller, by = seller or cast.talbot, by or cast.tom
    sales = [cast.axle_to_meridian]
    for nth in range(parts - 1):
        sold = make.part(seller, f"S-{nth:03d}", hs="8708.99")
        sales.append(make.sourcing(sold, make.part(cast.meridian, f"M-{nth:03d}"), by_seller=by, by_buyer=cast.ed))
    lines = [
        {"item": sale.buyer_part.number, "hs": "8708.99", "quantity": "2", "sources": [{"price": "100", "sourcing": sale.pk}]}
        for sale in sales
    ]  # fmt: skip
    make.signed(
        cast.car, by=cast.eve, made_in="US", hs="8703.23", lines=lines, costs={"net": "20000"}, vehicle_facts={"class": "light"},
        ends=dt.date(2028, 7, 1),
    )  # fmt: skip
    Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)
    return sales


def proposed(cast, *, by=None, goods=None, laws=("usmca",), period=YEAR):
    return proposals.proposal(
        goods or [cast.car], by=by or cast.ed, begins=period[0], ends=period[1], rulebooks=laws, on=TODAY
    )


def plan(**changes):
    said = {"title": "Model year 2027", "begins": YEAR[0], "ends": YEAR[1], "due": dt.date(2027, 1, 15), "rulebooks": ("usmca",),
            "remind_after": (7, 14), "escalate_after": 21}  # fmt: skip
    return Plan(**said | changes)


def started(cast, sales, **changes):
    return campaigns.start(
        changes.pop("token", uuid.uuid4()),
        plan(**changes),
        by=cast.ed,
        goods=[cast.car],
        sourcings={row.pk for row in sales},
    )


def answer(cast, part, **changes):
    said = {"to": [cast.meridian], "begins": YEAR[0], "ends": YEAR[1]} | changes
    return make.signed(part, by=cast.tom, **said)


class TestWhom:
    def test_a_part_without_an_answer_and_what_it_is_worth(self, cast):
        car(cast)
        found = proposed(cast)
        row = found.ask[0]
        assert row.why == ["No answer yet."] and row.points == "1.0" and row.sale["item"] == "5Q0-500"
        assert [group["name"] for group in found.groups] == ["Talbot Axles"]

    @pytest.mark.parametrize(("begins", "ends", "why"), [
        (dt.date(2026, 1, 1), dt.date(2026, 7, 1), "Its answer ended on 30 Jun 2026."),
        (dt.date(2026, 7, 1), dt.date(2027, 7, 1), "Its answer ends on 30 Jun 2027, within the period."),
        (dt.date(2027, 4, 1), dt.date(2028, 4, 1), "Its answer begins only on 1 Apr 2027."),
    ])  # fmt: skip
    def test_an_answer_that_does_not_speak_for_the_whole_period(self, cast, begins, ends, why):
        car(cast)
        answer(cast, cast.axle, begins=begins, ends=ends)
        assert proposed(cast).ask[0].why == [why]

    def test_next_years_questions_go_by_this_years_list(self, cast):
        car(cast)
        found = proposed(cast, period=(dt.date(2028, 7, 1), dt.date(2029, 7, 1)))
        assert len(found.ask) == 1 and not found.unlisted

    def test_two_answers_one_after_the_other_do(self, cast):
        car(cast)
        law = [{"law": "usmca", "originates": True}]
        answer(cast, cast.axle, ends=dt.date(2027, 7, 1), statements=law)
        answer(cast, cast.axle, begins=dt.date(2027, 7, 1), statements=law)
        found = proposed(cast)
        assert not found.ask and found.fine == 1

    def test_an_answer_that_states_nothing_under_a_law_asked_for(self, cast):
        car(cast)
        answer(cast, cast.axle, statements=[{"law": "usmca", "originates": True}])
        assert not proposed(cast).ask
        assert proposed(cast, laws=("aala", "usmca")).ask[0].why[0].startswith("Its answer states nothing to you under")

    def test_taken_back(self, cast):
        from suppliers.actions import declarations

        car(cast)
        declarations.withdraw(answer(cast, cast.axle), by=cast.tom, why="wrong")
        assert proposed(cast).ask[0].why == ["It withdrew its answer on 24 Nov 2026."]

    def test_who_was_asked_is_not_asked_again_and_who_declined_apart(self, cast):
        sales = car(cast, 3)
        started(cast, sales[:2])
        requests.decline(Request.objects.get(sourcing=sales[1]), by=cast.tom, reason="obsolete", why="Ended 2025.")
        found = proposed(cast)
        assert [row.sale["pk"] for row in found.ask] == [sales[2].pk]
        assert found.asked[0].why == ["No answer yet.", "Asked on 24 Nov 2026, answer due 15 Jan 2027."]
        assert found.declined[0].why[-1] == "Declined on 24 Nov 2026: no longer made."
        assert len(proposed(cast, laws=("nafta", "usmca")).ask) == 2, "another law is another question"

    def test_only_direct_suppliers_by_sales_of_both_sides(self, cast):
        sales = car(cast, 2)
        bolt_sale = cast.bolt_to_talbot
        make.signed(cast.axle, by=cast.tom, to=[cast.meridian], lines=[
            {"item": "17-0012", "hs": "7318.15", "quantity": "8", "sources": [{"price": "1.25", "sourcing": bolt_sale.pk}]}])  # fmt: skip
        assert {row.sale["pk"] for row in proposed(cast).ask} <= {row.pk for row in sales}
        found = proposed(cast, by=cast.tom, goods=[cast.axle])
        assert [row.sale["seller_name"] for row in found.ask] == ["Acme Bolts"]
        assert not proposed(cast, by=cast.tom).ask, "another's goods are nobody's to propose for"

    def test_an_unconfirmed_sale_is_named_and_not_asked(self, cast):
        sold = make.part(cast.talbot, "S-9")
        sale = make.sourcing(sold, make.part(cast.meridian, "M-9"), by_buyer=cast.ed)
        make.signed(cast.car, by=cast.eve, lines=[
            {"item": "M-9", "hs": "8708.99", "quantity": "1", "sources": [{"price": "5", "sourcing": sale.pk}]},
            {"item": "M-10", "hs": "8708.99", "quantity": "1", "sources": [{"price": "5", "seller_name": "Roe Works"}]}])  # fmt: skip
        found = proposed(cast, period=(make.FROM, make.UNTIL))
        assert (
            not found.ask
            and [one["item"] for one in found.unconfirmed] == ["M-9"]
            and found.unnamed == {"M-10": "Roe Works"}
        )

    def test_what_the_trace_leaves_open_below_a_supplier_in_bands(self, cast):
        from tracing.actions import traces

        river = make.river(cast, confirm_bolt=False, net="25")
        traces.spread()
        traces.mark([river.vehicle.pk])
        traces.retrace(river.vehicle.pk)
        found = proposed(cast, laws=("nafta",), period=(make.FROM, make.UNTIL))
        row = found.ask[0]
        assert row.why == ["Incomplete below this supplier: the Alder is open under NAFTA."]
        assert row.points.startswith("up to") and "Acme" not in str(row) and "AB-M" not in str(row)

    def test_queries_do_not_grow_with_parts(self, cast, django_assert_max_num_queries):
        car(cast, 3)
        with django_assert_max_num_queries(22):
            proposed(cast)
        more = [
            make.sourcing(make.part(cast.talbot), make.part(cast.meridian), by_seller=cast.tom, by_buyer=cast.ed)
            for _ in range(40)
        ]
        lines = [
            {
                "item": sale.buyer_part.number,
                "hs": "8708.99",
                "quantity": "1",
                "sources": [{"price": "5", "sourcing": sale.pk}],
            }
            for sale in more
        ]
        make.signed(cast.car, by=cast.eve, lines=lines, begins=dt.date(2027, 2, 1), ends=dt.date(2028, 2, 1))
        with django_assert_max_num_queries(22):
            assert len(proposed(cast).ask) == 43


class TestStart:
    def test_one_campaign_however_often_pressed(self, cast):
        sales, token = car(cast, 3), uuid.uuid4()
        first, second = started(cast, sales, token=token), started(cast, sales, token=token)
        assert first == second and Campaign.objects.count() == 1 and Request.objects.count() == 3
        assert list(first.goods.all()) == [cast.car]

    def test_what_was_asked_meanwhile_is_left_out(self, cast):
        sales = car(cast, 2)
        started(cast, sales[:1])
        assert started(cast, sales).requests.count() == 1
        with pytest.raises(Malformed, match="asked for meanwhile"):
            started(cast, sales)

    @pytest.mark.parametrize(("field", "change"), [
        ("title", {"title": " "}), ("ends", {"ends": YEAR[0]}), ("due", {"due": dt.date(2026, 11, 1)}),
        ("rulebooks", {"rulebooks": ()}), ("rulebooks", {"rulebooks": ("moon",)}), ("remind_after", {"remind_after": (0,)}),
        ("escalate_after", {"escalate_after": 0}), ("message", {"message": "x" * 2001}), ("ends", {"ends": dt.date(2032, 1, 1)}),
    ])  # fmt: skip
    def test_what_is_wrong_is_named_and_nothing_is_asked(self, cast, field, change):
        with pytest.raises(Malformed) as wrong:
            started(cast, car(cast), **change)
        assert set(wrong.value.errors) == {field} and not Request.objects.exists() and not Campaign.objects.exists()

    def test_only_ones_own_purchases_and_goods(self, cast):
        car(cast)
        with pytest.raises(Malformed) as wrong:
            started(cast, [cast.bolt_to_talbot])
        assert "sourcings" in wrong.value.errors
        with pytest.raises(Malformed) as wrong:
            campaigns.start(uuid.uuid4(), plan(), by=cast.tom, goods=[cast.car], sourcings={cast.bolt_to_talbot.pk})
        assert "goods" in wrong.value.errors
        with pytest.raises(NotYourRight):
            campaigns.start(uuid.uuid4(), plan(), by=cast.ivy, goods=[cast.bolt], sourcings={cast.bolt_to_talbot.pk})

    def test_another_companys_token_starts_nothing_and_shows_nothing(self, cast):
        one = started(cast, car(cast))
        with pytest.raises(Malformed) as wrong:
            campaigns.start(one.pk, plan(), by=cast.tom, goods=[cast.axle], sourcings={cast.bolt_to_talbot.pk})
        assert one.title not in str(wrong.value.errors)

    def test_only_what_is_signed_afterwards_answers_it(self, cast, clock):
        sales = car(cast)
        answer(cast, cast.axle, begins=dt.date(2026, 7, 1), ends=dt.date(2027, 7, 1))
        clock.shift(dt.timedelta(hours=1))
        one = started(cast, sales).requests.get()
        assert Request.objects.unanswered().get() == one and requests.answer_to(one) is None
        clock.shift(dt.timedelta(hours=1))
        signed = answer(cast, cast.axle, begins=dt.date(2027, 7, 1))
        assert not Request.objects.unanswered().exists() and requests.answer_to(one) == signed

    def test_it_ends_once_and_reminds_nobody_then(self, cast, clock):
        one = started(cast, car(cast))
        letters.write_due()
        campaigns.end(one, by=cast.ed, why="All there.")
        with pytest.raises(AlreadyEnded):
            campaigns.end(one, by=cast.ed, why="Again.")
        clock.shift(dt.timedelta(days=30))
        assert letters.write_due() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False])
def test_pressed_in_several_windows_at_once_everybody_is_asked_once(cast, same):
    sales, tokens, refused = car(cast, 4), [uuid.uuid4() for _ in range(4)], []

    def press(token):
        try:
            started(cast, sales, token=token)
        except Malformed as wrong:
            refused.append(wrong)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[tokens[0] if same else token]) for token in tokens]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Request.objects.count() == 4 and Campaign.objects.count() == 1 and len(refused) == (0 if same else 3)


class TestPages:
    def data(self, cast, sales=(), **changes):
        said = {"title": "Model year 2027", "goods": [cast.car.pk], "rulebooks": ["usmca"], "begins": "2027-01-01", "ends": "2028-01-01",
                "due": "2027-01-15", "remind_after": "7, 14", "escalate_after": "21", "message": "Please.", "step": "propose",
                "token": str(uuid.uuid4()), "sale": [row.pk for row in sales], "seller": [row.seller_id for row in sales]}  # fmt: skip
        return said | changes

    def test_from_the_question_to_the_campaign(self, cast, sign_in):
        sales, client, address = car(cast, 3), sign_in(cast.ed), reverse("tracing:campaign-new")
        assert "Alder" in client.get(address).content.decode()
        page = client.post(address, self.data(cast)).content.decode()
        assert page.count('name="sale"') == 3 and page.count(" checked") >= 4 and "Please." in page
        assert not Campaign.objects.exists()
        data = self.data(cast, sales[:2], step="start")
        response = client.post(address, data)
        one = Campaign.objects.get()
        assert response["Location"] == reverse("tracing:campaign-detail", args=[one.pk]) and one.requests.count() == 2
        assert client.post(address, data)["Location"] == response["Location"] and Request.objects.count() == 2

    def test_the_letter_is_in_the_suppliers_language_with_the_law_due(self, cast, sign_in):
        car(cast)
        cast.talbot.language = "fr-ca"
        cast.talbot.save()
        page = (
            sign_in(cast.ed).post(reverse("tracing:campaign-new"), self.data(cast, rulebooks=["aala"])).content.decode()
        )
        assert 'lang="fr-ca"' in page and "49 CFR 583.5(h)" in page and "/mail/" not in page

    @pytest.mark.parametrize(("change", "said"), [
        ({"goods": []}, "Choose what the answers are for"), ({"remind_after": "soon"}, "for example 7, 14, 28"),
        ({"ends": "2026-01-01"}, "must end after it begins"), ({"due": "2020-01-01"}, "has passed"),
        ({"rulebooks": []}, "at least one rulebook"), ({"step": "start", "sale": []}, "at least one part"),
    ])  # fmt: skip
    def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(self, cast, sign_in, change, said):
        sales = car(cast)
        response = sign_in(cast.ed).post(reverse("tracing:campaign-new"), self.data(cast, sales, **change))
        text = response.content.decode()
        assert response.status_code == 422 and said in text and "Model year 2027" in text and "Please." in text
        assert not Campaign.objects.exists()

    def test_an_unticked_supplier_is_not_asked(self, cast, sign_in):
        sales = car(cast, 2)
        response = sign_in(cast.ed).post(
            reverse("tracing:campaign-new"), self.data(cast, sales, step="start", seller=[])
        )
        assert response.status_code == 422 and not Request.objects.exists()

    def test_how_it_stands(self, cast, sign_in, clock):
        sales = car(cast, 5)
        one = started(cast, sales)
        letters.write_due()
        clock.shift(dt.timedelta(days=2))
        answer(cast, cast.axle)
        asked = {row.sourcing_id: row for row in one.requests.all()}
        requests.decline(asked[sales[1].pk], by=cast.tom, reason="not_ours", why="Ask Roe Works.")
        Postponement.objects.create(
            request=asked[sales[2].pk], by=cast.tom, until=dt.date(2027, 1, 5), why="Waiting for steel."
        )
        page = (
            sign_in(cast.ed)
            .get(reverse("tracing:campaign-detail", args=[one.pk]), {"supplier": cast.talbot.pk})
            .content.decode()
        )
        assert "1 of 5 answers" in page and "Ask Roe Works." in page and "Waiting for steel." in page
        assert "20 % is answered, 200.00 of 1,000.00 USD" in page and "26 Nov 2026" in page
        assert "1 campaign is running" in sign_in(cast.ed).get(reverse("tracing:campaign-list")).content.decode()

    def test_proof_of_asking_with_what_became_of_each_letter(self, cast, sign_in):
        one = started(cast, car(cast, 4))
        letters.write_due()
        address = reverse("tracing:campaign-tries", args=[one.pk])
        page = sign_in(cast.ed).get(address).content.decode()
        assert "583.6(c)(6)" in page and "on its way" in page
        assert "@talbot-axles.example" not in page and "talbot-axles.example" in page, "the house, not the person"
        lines = sign_in(cast.ed).get(address, {"format": "csv"}).content.decode().splitlines()
        assert len(lines) == 2 and ",asked,4," in lines[1]

    def test_mail_that_does_not_arrive_is_said(self, cast, sign_in):
        one = started(cast, car(cast))
        letters.write_due()
        Bounce.objects.create(address=cast.tom.user.email, detail="550 no such user")
        page = sign_in(cast.ed).get(reverse("tracing:campaign-detail", args=[one.pk])).content.decode()
        assert "Mail does not arrive" in page and cast.tom.user.email not in page

    def test_ending_by_the_page(self, cast, sign_in):
        one = started(cast, car(cast))
        client, address = sign_in(cast.ed), reverse("tracing:campaign-end", args=[one.pk])
        assert client.get(address).status_code == 405
        assert client.post(address, {"why": ""}).status_code == 302 and not hasattr(Campaign.objects.get(), "end")
        client.post(address, {"why": "All there."})
        assert Campaign.objects.get().end.why == "All there."
        assert "All there." in client.get(reverse("tracing:campaign-detail", args=[one.pk])).content.decode()

    def test_a_supplier_sees_neither_campaign_nor_whom_else(self, cast, sign_in):
        sales = car(cast, 2, seller=cast.dorado, by=cast.dora)
        one = started(cast, sales, title="Canary Nightingale", message="Hello.")
        letters.write_due()
        client = sign_in(cast.tom)
        for name in ("campaign-detail", "campaign-tries"):
            assert client.get(reverse(f"tracing:{name}", args=[one.pk])).status_code == 404
        assert client.post(reverse("tracing:campaign-end", args=[one.pk]), {"why": "x"}).status_code == 404
        pages = ["suppliers:request-list", "tracing:campaign-list", "tracing:campaign-new", "api:request-list"]
        for page in pages:
            text = client.get(reverse(page)).content.decode()
            assert (
                "Nightingale" not in text and str(one.pk) not in text and "Dorado" not in text and "M-000" not in text
            ), page

    @pytest.mark.parametrize("who", ["ed", "tom"])
    def test_who_may_ask_may_open_them(self, cast, sign_in, who):
        assert sign_in(getattr(cast, who)).get(reverse("tracing:campaign-new")).status_code == 200

    def test_queries_do_not_grow(self, cast, sign_in, django_assert_max_num_queries):
        one = started(cast, car(cast, 40))
        letters.write_due()
        client = sign_in(cast.ed)
        with django_assert_max_num_queries(30):
            client.get(reverse("tracing:campaign-detail", args=[one.pk]))
        with django_assert_max_num_queries(30):
            client.post(reverse("tracing:campaign-new"), self.data(cast, rulebooks=["nafta"]))
        with django_assert_max_num_queries(20):
            client.get(reverse("tracing:campaign-list"))
