"""One letter a person and day, however many parts and customers; every try is kept; who answered is left alone."""

import datetime as dt
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suppliers.actions import contacts, letters, mails, requests
from suppliers.facts.reading import Malformed
from suppliers.models import Bounce, Campaign, CampaignEnd, Mail, Postponement, Reminder, Unsubscription
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def campaign(cast, *, by=None, remind_after=(7, 14), escalate_after=21):
    by = by or cast.tom
    return Campaign.objects.create(
        organisation=by.organisation, by=by, title="2027", begins=make.FROM, ends=make.UNTIL, due=dt.date(2027, 1, 15),
        rulebooks=["usmca"], remind_after=list(remind_after), escalate_after=escalate_after,
    )  # fmt: skip


def asked(cast, number=1, *, rulebooks=("usmca",), message=""):
    """Talbot asks Acme for so many parts."""
    rows = []
    for _ in range(number):
        bolt = make.part(cast.acme)
        sale = make.sourcing(bolt, make.part(cast.talbot), by_seller=cast.ada, by_buyer=cast.tom)
        row = requests.ask(
            sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2027, 1, 15), rulebooks=rulebooks,
            message=message,
        )  # fmt: skip
        rows.append(row)
    return rows


def within(row, one):
    """The same request as part of a campaign."""
    from suppliers.models import Request

    return Request.objects.create(
        by=row.by, sourcing=row.sourcing, campaign=one, begins=row.begins, ends=row.ends, due=row.due,
        rulebooks=row.rulebooks,
    )  # fmt: skip


def days(clock, number):
    clock.shift(dt.timedelta(days=number))


class TestOneLetter:
    def test_forty_parts_one_mail(self, cast):
        asked(cast, 40, message="For the new axle.")
        assert letters.write_due() == 1 and letters.write_due() == 0
        row = Mail.objects.get()
        assert row.address == cast.ben.user.email and "40 parts" in row.text and "For the new axle." in row.text
        assert Reminder.objects.filter(mail=row, kind="asked").count() == 40

    def test_subject_and_first_line_tell_nothing(self, cast):
        rows = asked(cast, 2)
        letters.write_due()
        row = Mail.objects.get()
        preview = row.subject + " ".join(row.text.split())[:140]
        assert "Talbot" not in preview and "Talbot" in row.text
        assert not any(one.sourcing.seller_part.number in row.subject + row.text + row.html for one in rows)

    def test_what_comes_later_on_the_day_waits_for_tomorrow(self, cast, clock):
        asked(cast)
        letters.write_due()
        asked(cast, 2)
        assert letters.write_due() == 0
        days(clock, 1)
        assert letters.write_due() == 1 and "2 parts" in Mail.objects.order_by("written_at").last().text

    def test_a_person_of_two_companies_has_one_letter(self, cast):
        contacts.choose_contact(cast.acme, cast.sam, 1, by=cast.ivy)
        make.person("Kim Dahl", cast.dorado, "administrator")
        asked(cast)
        bolt = make.part(cast.dorado)
        sale = make.sourcing(bolt, make.part(cast.talbot), by_seller=cast.dora, by_buyer=cast.tom)
        administrator = cast.dorado.memberships.get(user__person__name="Kim Dahl")
        contacts.choose_contact(cast.dorado, cast.sam_at_dorado, 1, by=administrator)
        requests.ask(sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2027, 1, 15))
        assert letters.write_due() == 1
        assert "Acme Bolts" in Mail.objects.get().text and "Dorado Fasteners" in Mail.objects.get().text

    def test_the_label_notice_stands_in_it_in_english(self, cast):
        cast.ben.user.language = "es-mx"
        cast.ben.user.save()
        asked(cast, rulebooks=["aala"])
        letters.write_due()
        row = Mail.objects.get()
        assert row.language == "es-mx" and "49 CFR part 583" in row.text and "45 days" in row.html

    def test_without_the_label_it_does_not(self, cast):
        asked(cast)
        letters.write_due()
        assert "49 CFR" not in Mail.objects.get().text


class TestReminders:
    def test_the_timetable(self, cast, clock):
        [row] = asked(cast)
        one = within(row, campaign(cast))
        letters.write_due()
        for _ in range(30):
            days(clock, 1)
            letters.write_due()
        told = [
            (r.kind, (r.at.date() - dt.date(2026, 11, 24)).days, r.mail.address) for r in letters.tries([one])[one.pk]
        ]
        ben = cast.ben.user.email
        assert told[0] == ("asked", 0, ben)
        assert [(kind, day) for kind, day, _ in told[1:]] == [("reminded", 7), ("reminded", 14), ("escalated", 21)]
        assert told[3][2] == cast.ivy.user.email

    def test_a_stopped_portal_does_not_make_up_for_each_step(self, cast, clock):
        [row] = asked(cast)
        one = within(row, campaign(cast, escalate_after=None))
        letters.write_due()
        days(clock, 60)
        letters.write_due()
        days(clock, 1)
        letters.write_due()
        assert [r.kind for r in letters.tries([one])[one.pk]] == ["asked", "reminded"]

    @pytest.mark.parametrize("why", ["answered", "declined", "ended", "postponed"])
    def test_it_stops(self, cast, clock, why):
        one = campaign(cast)
        row = within(asked(cast)[0], one)
        letters.write_due()
        if why == "answered":
            make.signed(row.sourcing.seller_part, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        elif why == "declined":
            requests.decline(row, by=cast.ben, reason="not_ours", why="We never made it.")
        elif why == "ended":
            CampaignEnd.objects.create(by=cast.tom, campaign=one, why="Enough")
        else:
            Postponement.objects.create(by=cast.ben, request=row, until=dt.date(2027, 3, 1), why="Wire is asked for")
        for _ in range(30):
            days(clock, 1)
            letters.write_due()
        assert [r.kind for r in letters.tries([row])[row.pk]] == ["asked"]

    def test_who_wants_no_reminders_still_gets_requests(self, cast, clock):
        Unsubscription.objects.create(address=cast.ben.user.email)
        row = within(asked(cast)[0], campaign(cast, escalate_after=None))
        letters.write_due()
        days(clock, 8)
        assert letters.write_due() == 0 and [r.kind for r in letters.tries([row])[row.pk]] == ["asked"]

    def test_beside_a_new_request_the_quiet_are_not_reminded(self, cast, clock):
        Unsubscription.objects.create(address=cast.ben.user.email)
        old = within(asked(cast)[0], campaign(cast, escalate_after=None))
        letters.write_due()
        days(clock, 8)
        asked(cast, 2)
        assert letters.write_due() == 1 and "2 parts" in Mail.objects.order_by("written_at").last().text
        assert [r.kind for r in letters.tries([old])[old.pk]] == ["asked"]


class TestAddresses:
    """An address that takes no mail is passed over, and what went there is sent to somebody who reads it."""

    def test_the_next_in_line_is_written_to(self, cast):
        Bounce.objects.create(address=cast.ben.user.email.upper(), detail="550")
        asked(cast)
        assert letters.write_due() == 1
        assert Mail.objects.get().address in {cast.ada.user.email, cast.sam.user.email}
        assert not contacts.unreachable([cast.acme])

    def test_what_came_back_goes_to_another_the_next_day(self, cast, clock, post):
        [row] = asked(cast)
        post.answers = {cast.ben.user.email: "550 no such user here"}
        letters.write_due()
        assert mails.send_due() == 0
        days(clock, 1)
        contacts.choose_contact(cast.acme, cast.ada, 1, by=cast.ivy)
        assert letters.write_due() == 1 and mails.send_due() == 1 and letters.write_due() == 0
        told = letters.tries([row])[row.pk]
        assert [(one.kind, one.mail.address) for one in told] == [
            ("asked", cast.ben.user.email), ("asked", cast.ada.user.email)
        ]  # fmt: skip
        assert told[0].mail.dropped_at and told[0].mail.trouble.startswith("550") and told[1].mail.sent_at

    def test_what_is_refused_for_its_words_is_not_sent_every_day(self, cast, clock, post):
        asked(cast)
        letters.write_due()
        Mail.objects.update(dropped_at=timezone.now(), trouble="554 no")
        written = []
        for _ in range(4):
            days(clock, 1)
            written.append(letters.write_due())
        assert written == [0, 0, 1, 0]

    def test_nobody_reads(self, cast):
        for who in (cast.ben, cast.ada, cast.sam, cast.ivy):
            Bounce.objects.create(address=who.user.email, detail="550")
        asked(cast)
        assert letters.write_due() == 0 and contacts.unreachable([cast.acme, cast.talbot]) == {cast.acme.pk}


class TestEndings:
    def test_sixty_thirty_and_seven_days_before(self, cast, clock):
        for _ in range(3):
            make.signed(make.part(cast.acme), by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        days(clock, 150)  # 23 April; they end on 1 July
        told = {}
        for _ in range(75):
            if letters.write_due():
                told[(make.UNTIL - timezone.localdate()).days] = Mail.objects.order_by("written_at").last()
            days(clock, 1)
        assert list(told) == [60, 30, 7] and {row.kind for row in told.values()} == {"expiry"}
        assert (
            "3 answers" in told[60].text and "1 Jul 2027" in told[60].text and told[60].address == cast.ben.user.email
        )

    def test_a_stopped_portal_tells_once(self, cast, clock):
        make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        days(clock, 195)
        assert letters.write_due() == 1
        days(clock, 1)
        assert letters.write_due() == 0

    def test_the_quiet_are_not_told(self, cast, clock):
        Unsubscription.objects.create(address=cast.ben.user.email)
        make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        days(clock, 195)
        assert letters.write_due() == 0


class TestContacts:
    def test_who_types_first_then_who_administers(self, cast):
        assert [row.user.display_name for row in contacts.contacts(cast.acme)] == ["Ben Ruiz", "Ivy Moss"]

    def test_a_reader_is_no_contact(self, cast):
        with pytest.raises(Malformed):
            contacts.choose_contact(cast.acme, cast.cleo, 1, by=cast.ivy)


def test_two_workers_on_both_sides_of_midnight_say_it_once(cast, clock):
    """The second looked before the first had written, and takes its letters for another day."""
    row = within(asked(cast)[0], campaign(cast))
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    for number, kinds in ((0, ["asked"]), (7, ["asked", "reminded"]), (188, ["asked", "reminded", "escalated"])):
        days(clock, number)
        today = timezone.localdate()
        late = letters.due(today)
        assert letters.write_due() >= 1
        before = Mail.objects.count()
        assert letters.written(late, today + dt.timedelta(days=1)) == 0
        assert Mail.objects.count() == before
        assert {r.kind for r in letters.tries([row])[row.pk]} == set(kinds)


@pytest.mark.parametrize("suppliers", [2, 40])
def test_queries_do_not_grow(cast, suppliers, django_assert_max_num_queries):
    for _ in range(suppliers):
        company = make.organisation()
        clerk = make.person(f"Clerk of {company.name}", company, "editor")
        for _ in range(3):
            sale = make.sourcing(make.part(company), make.part(cast.talbot), by_seller=clerk, by_buyer=cast.tom)
            requests.ask(sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2027, 1, 15))
    with django_assert_max_num_queries(22):
        assert letters.write_due() == suppliers
    assert Reminder.objects.count() == 3 * suppliers


@pytest.mark.slow
def test_five_hundred_suppliers_and_twenty_thousand_parts(cast, post, clock):
    """A campaign's letters over a day without a mail server: five hundred mails, each once, none lost."""
    from suppliers.models import Part, Request, Sourcing

    one, parts = campaign(cast), 40
    for number in range(500):
        company = make.organisation(f"Supplier {number:03}")
        make.person(f"Clerk {number:03}", company, "editor")
        mine = Part.objects.bulk_create(Part(organisation=company, number=f"P{n}") for n in range(parts))
        theirs = Part.objects.bulk_create(Part(organisation=cast.talbot, number=f"T{number}-{n}") for n in range(parts))
        sales = Sourcing.objects.bulk_create(
            Sourcing(seller=company, buyer=cast.talbot, seller_part=a, buyer_part=b, begins=make.FROM)
            for a, b in zip(mine, theirs, strict=True)
        )
        Request.objects.bulk_create(
            Request(by=cast.tom, sourcing=sale, campaign=one, begins=make.FROM, ends=make.UNTIL,
                    due=dt.date(2027, 1, 15), rulebooks=["aala"]) for sale in sales
        )  # fmt: skip
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        assert letters.write_due() == 500
    print(f"letters: {time.perf_counter() - begun:.1f} s, {len(asked)} queries")
    assert len(asked) <= 12 + 5 * 30, "20,000 tries go in as many inserts as the database's limit on variables asks"
    assert Reminder.objects.count() == 500 * parts
    post.down()
    for _ in range(24):
        assert mails.send_due() == 0
        clock.shift(dt.timedelta(minutes=30))
    assert letters.write_due() == 0
    post.up()
    clock.shift(dt.timedelta(hours=1))
    assert mails.send_due() == 500
    assert len(post.taken) == 500 == len({to for to, _ in post.taken})


def test_the_letter_leaves_by_the_real_server(cast, post):
    asked(cast, 3)
    letters.write_due()
    assert mails.send_due() == 1
    to, text = post.taken[0]
    assert to == cast.ben.user.email and "text/html" in text and Mail.objects.get().sent_at <= timezone.now()
