"""The inbox: what must I answer, and saying that one cannot."""

import datetime as dt

import pytest
from django.urls import reverse

from compliance import ledger
from suppliers.actions import declarations, letters, mails, requests
from suppliers.models import Declaration, Decline, Postponement, Request, Seal
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast, clock):
    return requests.ask(
        cast.bolt_to_talbot,
        by=cast.tom,
        begins=make.FROM,
        ends=make.UNTIL,
        due=dt.date(2026, 12, 1),
        message="for 2027",
    )


def test_ada_finds_the_question_and_opens_the_form(cast, asked, sign_in):
    client = sign_in(cast.ada)
    inbox = client.get(reverse("suppliers:request-list")).content.decode()
    assert "AB-M12" in inbox and "Talbot Axles" in inbox and "1 Dec 2026" in inbox
    opened = client.post(reverse("suppliers:declaration-new", args=[cast.bolt.pk]))
    draft = Declaration.objects.get(organisation=cast.acme)
    assert opened["Location"] == reverse("suppliers:declaration-edit", args=[draft.pk])
    assert [row.organisation for row in draft.addressees.all()] == [cast.talbot]
    assert (draft.begins, draft.ends) == (make.FROM, make.UNTIL)


def test_work_does_not_start_by_get(cast, sign_in):
    assert sign_in(cast.ada).get(reverse("suppliers:declaration-new", args=[cast.bolt.pk])).status_code == 404
    assert not Declaration.objects.exists()


def test_an_answer_closes_the_question(cast, asked, sign_in):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    assert "Answered" in sign_in(cast.ada).get(reverse("suppliers:request-list")).content.decode()
    assert "Signed to you" in sign_in(cast.tom).get(reverse("suppliers:request-list")).content.decode()


def test_declining_needs_reason_and_words(cast, asked, sign_in):
    client, address = sign_in(cast.ben), reverse("suppliers:request-decline", args=[asked.pk])
    said = client.post(address, {"reason": "cannot"})
    assert said.status_code == 422 and "what was tried" in said.content.decode()
    assert not Decline.objects.exists()
    assert client.post(address, {"reason": "cannot", "why": "our mill keeps no records"}).status_code == 302
    assert "our mill keeps no records" in sign_in(cast.tom).get(reverse("suppliers:request-list")).content.decode()


def test_strangers_see_nothing_of_it(cast, asked, sign_in):
    for who in (cast.dora, cast.gus):
        inbox = sign_in(who).get(reverse("suppliers:request-list")).content.decode()
        assert "AB-M12" not in inbox
        assert sign_in(who).get(reverse("suppliers:request-decline", args=[asked.pk])).status_code == 404


def test_both_sides_confirm_a_sale(cast, sign_in):
    sale = make.sourcing(make.part(cast.acme, "AB-NEW"), make.part(cast.talbot, "T-NEW"), by_buyer=cast.tom)
    client = sign_in(cast.ada)
    assert "Waiting for your word" in client.get(reverse("suppliers:part-list")).content.decode()
    client.post(reverse("suppliers:sourcing-confirm", args=[sale.pk]))
    assert sale.confirmations.count() == 2
    assert sign_in(cast.dora).post(reverse("suppliers:sourcing-confirm", args=[sale.pk])).status_code == 404


def test_the_inbox_asks_the_database_a_fixed_number_of_questions(cast, sign_in, django_assert_max_num_queries):
    for nth in range(12):
        bolt = make.part(cast.acme, f"AB-{nth}")
        sale = make.sourcing(bolt, make.part(cast.talbot, f"T-{nth}"), by_seller=cast.ada, by_buyer=cast.tom)
        due = dt.date(2026, 12, 1) + dt.timedelta(days=nth)
        requests.ask(sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=due)
        if nth % 2:
            make.signed(bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    client = sign_in(cast.ada)
    with django_assert_max_num_queries(12):
        html = client.get(reverse("suppliers:request-list") + "?show=all").content.decode()
    assert html.index("AB-0,") < html.index("AB-2,") < html.index("AB-10,") < html.index("AB-1,"), "urgent first"


def test_the_draft_and_who_saved_it_stand_in_the_inbox(cast, asked, sign_in):
    make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    html = sign_in(cast.ada).get(reverse("suppliers:request-list")).content.decode()
    assert "Drafted" in html and "saved by Ben Ruiz" in html and "Read and sign" in html
    reader = sign_in(cast.cleo).get(reverse("suppliers:request-list")).content.decode()
    assert "AB-M12" in reader and "Continue" not in reader and "Cannot answer" not in reader


class TestMany:
    """One reason for many ticked parts, of all who ask about them."""

    @pytest.fixture
    def forty(self, cast, clock):
        made = []
        for _ in range(40):
            bolt = make.part(cast.acme)
            for buyer, by in ((cast.talbot, cast.tom), (cast.meridian, cast.ed)):
                sale = make.sourcing(bolt, make.part(buyer), by_seller=cast.ada, by_buyer=by)
                requests.ask(
                    sale, by=by, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 1), rulebooks=["aala"]
                )
            made.append(bolt)
        return made

    def test_a_part_asked_by_two_is_one_row(self, cast, forty, sign_in, django_assert_max_num_queries):
        client = sign_in(cast.ben)
        with django_assert_max_num_queries(14):
            html = client.get(reverse("suppliers:request-list")).content.decode()
        assert (
            html.count(f'Start {forty[0].number}"') == 1 and "40 parts to answer" in html and "2 customers ask" in html
        )
        assert "49 CFR part 583" in html

    def say(self, client, parts, **told):
        return client.post(reverse("suppliers:request-answer"), {"part": [str(row.pk) for row in parts], **told})

    def test_not_ours(self, cast, forty, sign_in):
        said = self.say(sign_in(cast.ben), forty[:3], reason="not_ours", why="We never made these.")
        assert said.status_code == 302 and Decline.objects.count() == 6
        html = sign_in(cast.ben).get(reverse("suppliers:request-list")).content.decode()
        assert "37 parts to answer" in html and f'Start {forty[0].number}"' not in html

    def test_not_known_yet(self, cast, forty, sign_in):
        said = self.say(
            sign_in(cast.ben), forty[:2], reason="not_yet", until="2027-01-20", why="The mill answers in January."
        )
        assert said.status_code == 302 and Postponement.objects.count() == 4
        made = sign_in(cast.tom).get(reverse("suppliers:request-made")).content.decode()
        assert made.count("Promised by 20 Jan 2027") == 2

    def test_as_many_questions_for_eighty_as_for_two(self, cast, forty, sign_in, django_assert_max_num_queries):
        client = sign_in(cast.ben)
        with django_assert_max_num_queries(24):
            said = self.say(client, forty, reason="not_ours", why="We never made these.")
        assert said.status_code == 302 and Decline.objects.count() == 80
        numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1)) and list(ledger.faults()) == []

    def test_one_declined_before_leaves_all_open(self, cast, forty):
        rows = list(Request.objects.filter(sourcing__seller_part__in=forty[:3]).order_by("pk"))
        requests.decline(rows[-1], by=cast.ben, reason="not_ours", why="No.")
        for asked in (rows, [rows[0], rows[0]]):
            with pytest.raises(requests.AlreadyDeclined):
                requests.decline_many(asked, by=cast.ben, reason="not_ours", why="No.")
        assert Decline.objects.count() == 1

    def test_another_makes_it(self, cast, forty, sign_in):
        client = sign_in(cast.ben)
        said = self.say(client, forty[:1], reason="other_maker", why="We only pack it.")
        assert said.status_code == 422 and "which company makes it" in said.content.decode()
        self.say(client, forty[:1], reason="other_maker", why="We only pack it.", maker="Zorvane Wire")
        assert Decline.objects.filter(maker="Zorvane Wire").count() == 2
        made = sign_in(cast.tom).get(reverse("suppliers:request-made") + "?show=done").content.decode()
        assert "It says that Zorvane Wire makes it" in made

    def test_what_is_wrong_keeps_ticks_and_words_and_saves_nothing(self, cast, forty, sign_in):
        client = sign_in(cast.ben)
        for told, word in (({"reason": "not_yet", "why": "soon"}, "by which day"), ({"why": "hm"}, "Choose one"),
                           ({"reason": "not_yet", "why": "soon", "until": "2020-01-01"}, "over"),
                           ({"reason": "cannot"}, "what was tried")):  # fmt: skip
            said = self.say(client, forty[:2], **told)
            assert said.status_code == 422 and word in said.content.decode()
            assert said.content.decode().count("checked") >= 2
        assert self.say(client, [], reason="cannot", why="x").status_code == 422
        assert not Decline.objects.exists() and not Postponement.objects.exists()

    def test_another_companys_parts_are_not_touched(self, cast, forty, sign_in):
        assert self.say(sign_in(cast.dora), forty[:2], reason="not_ours", why="x").status_code == 422
        assert self.say(sign_in(cast.cleo), forty[:2], reason="not_ours", why="x").status_code == 404
        assert not Decline.objects.exists()

    def test_lists(self, cast, forty, sign_in):
        requests.decline_many(
            list(Request.objects.filter(sourcing__seller_part=forty[0])),
            by=cast.ben,
            reason="cannot",
            why="gone",
        )
        client = sign_in(cast.ben)
        assert forty[0].number in client.get(reverse("suppliers:request-list") + "?show=done").content.decode()
        assert (
            f'Start {forty[1].number}"'
            not in client.get(reverse("suppliers:request-list") + "?show=late").content.decode()
        )
        assert client.get(reverse("suppliers:request-list") + "?show=nonsense&page=x").status_code == 200


class TestMade:
    """What one asked, and the proof that one asked in time."""

    def test_every_try_and_what_became_of_it(self, cast, asked, sign_in, post):
        post.answers = {cast.ben.user.email: "550 no such user"}
        letters.write_due()
        mails.send_due()
        client = sign_in(cast.tom)
        assert "AB-M12" not in client.get(reverse("suppliers:request-made")).content.decode(), "its own number"
        html = client.get(reverse("suppliers:request-proof", args=[asked.pk])).content.decode()
        assert (
            "Mail does not arrive" in html
            and f"a contact at {cast.ben.user.email.partition('@')[2]}" in html
            and "for 2027" in html
        )
        assert cast.ben.user.email not in html and "USMCA" not in html and "583.6(c)(6)" in html

    def test_nobody_else_sees_it(self, cast, asked, sign_in):
        for who in (cast.ada, cast.dora, cast.ed, cast.fay):
            assert sign_in(who).get(reverse("suppliers:request-proof", args=[asked.pk])).status_code == 404

    @pytest.mark.parametrize("number", [2, 40])
    def test_a_fixed_number_of_questions(self, cast, clock, sign_in, number, django_assert_max_num_queries):
        for _ in range(number):
            bolt = make.part(cast.acme)
            sale = make.sourcing(bolt, make.part(cast.talbot), by_seller=cast.ada, by_buyer=cast.tom)
            requests.ask(sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 1))
        client = sign_in(cast.tom)
        with django_assert_max_num_queries(12):
            html = client.get(reverse("suppliers:request-made") + "?show=all").content.decode()
        assert html.count("Tries for") == number
        with django_assert_max_num_queries(9):
            rows = client.get("/api/v1/requests/").json()["results"]
        assert len(rows) == min(number, 50) and {row["state"] for row in rows} == {"open"}

    def test_lists(self, cast, asked, sign_in):
        requests.decline(asked, by=cast.ben, reason="obsolete", why="Since 2019.")
        client = sign_in(cast.tom)
        assert "Tries for" not in client.get(reverse("suppliers:request-made")).content.decode()
        done = client.get(reverse("suppliers:request-made") + "?show=done").content.decode()
        assert "Since 2019." in done and "no longer made" in done

    def test_the_machine_reads_the_same(self, cast, asked, sign_in):
        told = {"begins": make.FROM, "ends": make.UNTIL, "due": dt.date(2026, 12, 1)}
        later = requests.ask(cast.bolt_to_talbot, by=cast.tom, **told)
        requests.postpone_many([later], by=cast.ben, until=dt.date(2027, 1, 20), why="The mill answers then.")
        requests.decline(asked, by=cast.ben, reason="other_maker", why="We only pack it.", maker="Zorvane Wire")
        for who in (cast.tom, cast.ada):
            rows = {row["id"]: row for row in sign_in(who).get("/api/v1/requests/").json()["results"]}
            assert rows[str(asked.pk)]["state"] == "declined" and rows[str(asked.pk)]["maker"] == "Zorvane Wire"
            assert rows[str(later.pk)]["state"] == "postponed" and rows[str(later.pk)]["known_by"] == "2027-01-20"


def test_old_and_withdrawn_answers_open_the_question_again(cast, asked, sign_in):
    answer = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    client = sign_in(cast.ada)
    assert "Nothing waits for your answer" in client.get(reverse("suppliers:request-list")).content.decode()
    declarations.withdraw(answer, by=cast.ada, why="The mill moved.")
    assert "1 part to answer" in client.get(reverse("suppliers:request-list")).content.decode()
    # an answer over an earlier period answers nothing here
    make.signed(
        cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], begins=dt.date(2025, 7, 1), ends=make.FROM
    )
    assert "1 part to answer" in client.get(reverse("suppliers:request-list")).content.decode()
