"""The outbox against a real mail server: each mail once, none lost, whatever the server or a worker does."""

import datetime as dt
import os
import re
import signal
import threading

import pytest
from django.core import signing
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from suppliers import links
from suppliers.actions import mails
from suppliers.models import Bounce, Mail, Unsubscription


def written(number=1, **changes):
    """Rows as ``write`` lays them, without a template of any one noun."""
    now = timezone.now()
    return [
        Mail.objects.create(
            **{"kind": "notice", "address": f"clerk{n}@acme.example", "subject": "Something changed", "text": "Look.\n",
               "once": f"test:{now}:{n}", "written_at": now, "try_at": now} | changes
        )
        for n in range(number)
    ]  # fmt: skip


@pytest.mark.django_db
class TestWriting:
    def test_once(self, cast, django_capture_on_commit_callbacks):
        one = {
            "to": "Ben@Acme.example",
            "language": "en",
            "context": {"what": "A passkey was added."},
            "once": "security:1",
        }
        first = mails.write("security", **one)
        assert first.address == "ben@acme.example" and "passkey" in first.text and first.html
        assert mails.write("security", **one) is None and Mail.objects.count() == 1


@pytest.mark.django_db
class TestSending:
    def test_the_server_takes_it_once(self, post):
        written(3)
        assert mails.send_due() == 3 and mails.send_due() == 0
        assert sorted(to for to, _ in post.taken) == [f"clerk{n}@acme.example" for n in range(3)]
        assert all(f"<{row.pk}@" in "".join(text for _, text in post.taken) for row in Mail.objects.all())

    def test_a_day_without_a_mail_server(self, post, clock):
        rows = written(5)
        post.down()
        for _ in range(30):
            assert mails.send_due() == 0
            clock.shift(dt.timedelta(hours=1))
        assert Mail.objects.filter(sent_at=None, dropped_at=None).count() == 5
        assert Mail.objects.get(pk=rows[0].pk).trouble
        post.up()
        assert mails.send_due() == 5 and mails.send_due() == 0 and len(post.taken) == 5

    def test_refused_for_now_waits_and_refused_for_good_is_dropped(self, post, clock):
        now, good, _fine = written(3)
        post.answers = {now.address: "451 try later", good.address: "550 no such user here"}
        assert mails.send_due() == 1
        now, good = Mail.objects.get(pk=now.pk), Mail.objects.get(pk=good.pk)
        assert now.sent_at is None and now.dropped_at is None and now.try_at > timezone.now()
        assert good.dropped_at and Bounce.objects.get(pk=good.address).detail.startswith("550")
        post.answers = {}
        clock.shift(dt.timedelta(minutes=2))
        assert mails.send_due() == 1 and len(post.taken) == 2

    def test_a_worker_that_died_is_replaced_after_a_while(self, post, clock):
        [row] = written(1, claimed_at=timezone.now(), tries=1)
        assert mails.send_due() == 0
        clock.shift(dt.timedelta(minutes=6))
        assert mails.send_due() == 1
        assert post.taken[0][0] == row.address

    def test_one_is_not_sent_by_two_when_the_first_is_slow(self, post, clock):
        """The second row's claim goes stale while the first is with the server; another worker takes it, and only it."""
        first, second = written(2)
        slow = iter([True])

        def wait(to):
            if next(slow, False):
                clock.shift(dt.timedelta(minutes=6))
                Mail.objects.filter(pk=second.pk).update(claimed_at=timezone.now(), tries=2)

        for row in mails._claimed(2):
            if mails._still_mine(row):
                wait(row.address)
                mails._sent(row, mails.get_connection())
        assert [to for to, _ in post.taken] == [first.address]

    @pytest.mark.parametrize(("said", "dropped", "dead"), [
        ("550 5.1.1 unknown", True, True), ("553 no mailbox", True, True), ("554 no thanks", True, False),
        ("550 5.7.1 relaying denied", False, False), ("552 mailbox full", False, False), ("451 later", False, False),
    ])  # fmt: skip
    def test_what_a_refusal_means(self, post, said, dropped, dead):
        [row] = written(1)
        post.answers = {row.address: said}
        mails.send_due()
        row.refresh_from_db()
        assert (bool(row.dropped_at), Bounce.objects.exists()) == (dropped, dead)
        assert row.trouble == said and row.claimed_at is None

    def test_one_bad_row_does_not_stop_those_behind_it(self, post):
        written(1, address="a\nb@acme.example", once="bad")
        written(2)
        assert mails.send_due() == 2 and Mail.objects.get(once="bad").trouble

    def test_fourteen_days_are_enough(self, post, clock):
        [row] = written(1)
        post.answers = {row.address: "451 later"}
        for _ in range(15):
            mails.send_due()
            clock.shift(dt.timedelta(days=1))
        mails.send_due()
        assert Mail.objects.get().dropped_at and not Bounce.objects.exists()

    def test_killed_after_the_servers_yes(self, post, clock):
        """The one way to a second delivery: it is the same message to the reader's mail program."""

        class Killed(BaseException):
            pass

        def die(*_):
            raise Killed

        rows = written(3)
        post.then = lambda: os.kill(os.getpid(), signal.SIGALRM)
        before = signal.signal(signal.SIGALRM, die)
        try:
            with pytest.raises(Killed):
                mails.send_due()
        finally:
            signal.signal(signal.SIGALRM, before)
        post.then = None
        assert len(post.taken) == 1 and mails.send_due() == 0, "a living worker may hold them"
        clock.shift(dt.timedelta(minutes=6))
        assert mails.send_due() == 3
        ids = [re.search(r"Message-ID: <(.+)@", text)[1] for _, text in post.taken]
        assert len(ids) == 4 and set(ids) == {str(row.pk) for row in rows}

    def test_what_opens_an_account_is_forgotten_once_it_left(self, post):
        written(1, kind="code", text="Your code is 123456\n")
        mails.send_due()
        assert "123456" in post.taken[0][1] and Mail.objects.get().text == ""

    def test_only_reminders_can_be_unsubscribed(self, post):
        written(1, kind="reminder")
        written(1, kind="request")
        mails.send_due()
        assert [("List-Unsubscribe-Post" in text) for _, text in post.taken] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_mail_once(post):
    written(60)

    def work():
        try:
            mails.send_due()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while mails.send_due():
        pass
    assert len(post.taken) == 60 == len({to for to, _ in post.taken})


@pytest.mark.django_db
class TestQuiet:
    def test_looking_changes_nothing_and_a_mail_program_may_post(self, client):
        path = mails.quiet_link("Ben@acme.example".lower()).removeprefix("http://127.0.0.1:8000")
        assert "ben@acme.example" in client.get(path).content.decode() and not Unsubscription.objects.exists()
        client.post(path, {"List-Unsubscribe": "One-Click"})
        assert Unsubscription.objects.get().address == "ben@acme.example"
        client.post(path, {"loud": "1"})
        assert not Unsubscription.objects.exists()

    def test_another_link_opens_nothing(self, client):
        for token in ("x", links.made("invitation", "ben@acme.example", days=3), signing.dumps(["a", 1])):
            assert client.get(reverse("suppliers:mail-quiet", args=[token])).status_code == 404


def test_a_link_has_its_purpose_and_its_days(clock):
    token = links.made("invitation", "7", days=3)
    assert links.read("invitation", token) == "7"
    with pytest.raises(links.Unknown):
        links.read("introduction", token)
    clock.shift(dt.timedelta(days=3))
    with pytest.raises(links.Stale):
        links.read("invitation", token)


@pytest.mark.django_db
class TestOutbox:
    def test_the_operator_sees_troubles_and_no_letter(self, cast, sign_in, post):
        secret, gone = written(2, subject="Zorvane", text="Zorvane Wire asks\n")
        post.answers = {secret.address: "451 greylisted", gone.address: "550 unknown"}
        mails.send_due()
        html = sign_in(cast.olga).get(reverse("suppliers:mail-list")).content.decode()
        assert (
            "451 greylisted" in html and gone.address in html and "Zorvane" not in html and secret.address not in html
        )
        sign_in(cast.olga).post(reverse("suppliers:bounce-end", args=[gone.address]))
        assert not Bounce.objects.exists()

    def test_nobody_else_does(self, cast, sign_in):
        for who in (cast.ada, cast.ivy, cast.ed):
            assert sign_in(who).get(reverse("suppliers:mail-list")).status_code == 404

    def test_a_mail_that_came_back(self, post):
        from django.core.management import call_command

        [row] = written(1)
        mails.send_due()
        call_command("bounced", row.address.upper(), "mailbox is gone", verbosity=0)
        assert Mail.objects.get().bounced_at and Bounce.objects.get().address == row.address


def test_a_server_that_only_prints_its_mails_is_warned(settings):
    from suppliers.checks import mail_leaves

    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert [row.id for row in mail_leaves(None)] == ["traceline.W001"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert mail_leaves(None) == []
