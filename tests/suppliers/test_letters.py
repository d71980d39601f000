"""One letter a person and day, however many parts and customers; every try is kept; who answered is left alone."""

import datetime as dt

import pytest
from django.utils import timezone

from suppliers.actions import letters, mails, requests
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
        letters.choose_contact(cast.acme, cast.sam, 1, by=cast.ivy)
        make.person("Kim Dahl", cast.dorado, "administrator")
        asked(cast)
        bolt = make.part(cast.dorado)
        sale = make.sourcing(bolt, make.part(cast.talbot), by_seller=cast.dora, by_buyer=cast.tom)
        administrator = cast.dorado.memberships.get(user__person__name="Kim Dahl")
        letters.choose_contact(cast.dorado, cast.sam_at_dorado, 1, by=administrator)
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
        assert "583" not in Mail.objects.get().text


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

    def test_a_dead_address_is_not_written_to_until_another_is_chosen(self, cast, clock):
        Bounce.objects.create(address=cast.ben.user.email, detail="550")
        asked(cast)
        assert letters.write_due() == 0 and cast.acme.pk not in letters.unreachable([cast.acme])
        letters.choose_contact(cast.acme, cast.ada, 1, by=cast.ivy)
        assert letters.write_due() == 1


class TestContacts:
    def test_who_types_first_then_who_administers(self, cast):
        assert [row.user.display_name for row in letters.contacts(cast.acme)] == ["Ben Ruiz", "Ivy Moss"]

    def test_a_reader_is_no_contact(self, cast):
        with pytest.raises(Malformed):
            letters.choose_contact(cast.acme, cast.cleo, 1, by=cast.ivy)


def test_queries_do_not_grow_with_requests(cast, django_assert_max_num_queries):
    asked(cast, 40)
    with django_assert_max_num_queries(14):
        letters.write_due()


def test_the_letter_leaves_by_the_real_server(cast, post):
    asked(cast, 3)
    letters.write_due()
    assert mails.send_due() == 1
    to, text = post.taken[0]
    assert to == cast.ben.user.email and "text/html" in text and Mail.objects.get().sent_at <= timezone.now()
