"""Who relied on an answer is told at once that it was withdrawn or replaced; its owner sees first what that breaks."""

import datetime as dt

import pytest
from django.core import mail as outbox
from django.db import DatabaseError, transaction
from django.urls import reverse

from suppliers import impact
from suppliers.actions import declarations, mails, notices, requests
from suppliers.models import Mail, Notice
from tests import make

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def sold(cast, clock):
    """Acme's bolt goes to Talbot and to Orion; its body holds figures that nobody else may read."""
    cast.orion_bolt = make.part(cast.orion, "OB-12")
    make.sourcing(cast.bolt, cast.orion_bolt, by_seller=cast.ada, by_buyer=cast.gus)
    cast.signed = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot, cast.orion])
    return cast


def newer(cast, **changes):
    draft = declarations.supersede(cast.signed, by=cast.ben, **changes)
    return declarations.sign(draft, by=cast.ada, name="Ada", title="QM", shown=declarations.shown(draft))


def told():
    return set(Notice.objects.values_list("to__name", "kind"))


def test_each_customer_is_told_of_a_withdrawal_once(sold):
    declarations.withdraw(sold.signed, by=sold.ada, why="canary reason")
    assert told() == {("Talbot Axles", "withdrawn"), ("Orion Cars", "withdrawn")}
    assert notices.write_due() == Mail.objects.filter(kind="notice").count() == 2  # Tom at Talbot, Gus at Orion
    assert notices.write_due() == 0
    assert all(row.mails.count() == 1 for row in Notice.objects.all())


def test_each_customer_is_told_of_a_new_version_when_it_is_signed_not_before(sold):
    draft = declarations.supersede(sold.signed, by=sold.ben, addressed_to=[str(sold.orion.pk)])
    assert told() == set()
    declarations.sign(draft, by=sold.ada, name="Ada", title="QM", shown=declarations.shown(draft))
    assert told() == {("Talbot Axles", "superseded"), ("Orion Cars", "superseded")}
    assert set(Notice.objects.values_list("declaration", flat=True)) == {sold.signed.pk}


def test_a_renewal_replaces_nothing(sold):
    newer(sold, begins=sold.signed.ends, ends=dt.date(2028, 7, 1))
    assert told() == set()


def test_nobody_is_told_of_what_ended_long_ago(sold, clock):
    clock.move_to(dt.datetime(2027, 7, 1, 9, tzinfo=dt.UTC))
    declarations.withdraw(sold.signed, by=sold.ada, why="late")
    assert told() == set()


def test_a_refused_act_tells_nobody(sold):
    with pytest.raises(RuntimeError), transaction.atomic():
        declarations.withdraw(sold.signed, by=sold.ada, why="x")
        raise RuntimeError
    assert told() == set() and notices.write_due() == 0


def test_one_message_for_many_answers_and_no_confidential_word(sold):
    rows = [sold.signed]
    for number in range(9):
        part = make.part(sold.acme, f"AB-{number}")
        make.sourcing(part, make.part(sold.talbot, f"17-9{number}"), by_seller=sold.ada, by_buyer=sold.tom)
        rows.append(make.signed(part, by=sold.ada, drafted_by=sold.ben, to=[sold.talbot]))
    for row in rows:
        declarations.withdraw(row, by=sold.ada, why="canary reason")
    notices.write_due()
    message = Mail.objects.get(user=sold.tom.user)
    assert message.subject == "10 answers you rely on have changed"
    assert "17-0012" in message.text and "Customs Act s. 97.1(3)" in message.text and "/notices/" in message.text
    for word in ("canary", "AB-", "0.31", "Hanbit", "Orion"):
        assert word not in message.text + message.html + message.subject
    for word in ("Acme", "17-"):
        assert word not in message.subject and word not in message.text.splitlines()[0]


def test_it_goes_out_over_the_mail_server_in_the_reader_s_language(sold, settings):
    sold.tom.user.language = "fr-ca"
    sold.tom.user.save()
    declarations.withdraw(sold.signed, by=sold.ada, why="x")
    notices.write_due()
    mails.send_due()
    assert {message.to[0] for message in outbox.outbox} == {sold.tom.user.email, sold.gus.user.email}
    assert Mail.objects.get(user=sold.tom.user).language == "fr-ca"
    assert all(row.sent_at for row in Mail.objects.filter(kind="notice"))


def test_two_workers_write_no_notice_twice(sold, monkeypatch):
    declarations.withdraw(sold.signed, by=sold.ada, why="x")
    inner = notices._readers

    def late(company):
        monkeypatch.setattr(notices, "_readers", inner)
        assert notices._written(company.pk) == 1  # another worker was faster
        return inner(company)

    monkeypatch.setattr(notices, "_readers", late)
    notices.write_due()
    assert Mail.objects.filter(kind="notice").count() == 2


def test_a_notice_is_never_changed(sold):
    declarations.withdraw(sold.signed, by=sold.ada, why="x")
    for act in (lambda: Notice.objects.update(kind="superseded"), lambda: Notice.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


# ---- what it breaks ----


def asked(cast, sale=None, by=None):
    return requests.ask(
        sale or cast.bolt_to_talbot, by=by or cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 1)
    )


def test_impact_names_customers_their_numbers_and_requests(sold):
    asked(sold)
    found = impact.of(sold.signed, on=TODAY)
    assert [(row.name, row.numbers, len(row.open_again)) for row in found.customers] == [
        ("Orion Cars", ["OB-12"], 0),
        ("Talbot Axles", ["17-0012"], 1),
    ]
    assert found.own == [] and all(row.still is None for row in found.customers)


def test_impact_knows_another_answer_that_still_holds(sold):
    asked(sold)
    other = make.signed(sold.bolt, by=sold.ada, drafted_by=sold.ben, to=[sold.talbot])
    orion, talbot = impact.of(sold.signed, on=TODAY).customers
    assert talbot.still == other and talbot.open_again == [] and orion.still is None


def test_impact_names_one_s_own_answers_above_it(sold):
    kit = make.part(sold.acme, "KIT-1", hs="7318.15")
    made = {"item": "AB-M12", "quantity": "4", "sources": [{"how": "made", "made_part": str(sold.bolt.pk)}]}
    above = make.signed(kit, by=sold.ada, drafted_by=sold.ben, lines=[made])
    assert impact.of(sold.signed, on=TODAY).own == [above]


def test_impact_names_nobody_further_away(sold, sign_in):
    river = make.river(sold)
    page = sign_in(sold.ada).get(reverse("suppliers:declaration-withdraw", args=[river.bolt.pk])).content.decode()
    assert "Talbot Axles" in page
    for word in ("Meridian", "Alder", "TA-400", "5Q0-500", "Rear axle"):
        assert word not in page


# ---- pages ----


def test_withdrawing_shows_first_what_it_breaks_and_keeps_what_was_typed(sold, sign_in):
    asked(sold)
    client, page = sign_in(sold.ada), reverse("suppliers:declaration-withdraw", args=[sold.signed.pk])
    seen = client.get(page).content.decode()
    assert "Talbot Axles" in seen and "17-0012" in seen and "stands unanswered again" in seen and "24 Dec 2026" in seen
    assert client.post(page, {"why": " "}).status_code == 422
    assert not Notice.objects.exists()
    assert client.post(page, {"why": "wrong mill"}).status_code == 302
    assert told() == {("Talbot Axles", "withdrawn"), ("Orion Cars", "withdrawn")}
    receipt = client.get(reverse("suppliers:declaration-detail", args=[sold.signed.pk])).content.decode()
    assert "Who was told" in receipt and "the mail is being written" in receipt
    again = client.post(page, {"why": "twice"})
    assert again.status_code == 422 and b"withdrawn before" in again.content and b"twice" in again.content


def test_superseding_shows_first_what_it_changes_and_drafts_by_post_only(sold, sign_in):
    client, page = sign_in(sold.ben), reverse("suppliers:declaration-supersede", args=[sold.signed.pk])
    assert b"Talbot Axles" in client.get(page).content
    assert not sold.signed.superseded_by.exists()
    draft = client.post(page)
    assert draft["Location"] == reverse("suppliers:declaration-edit", args=[sold.signed.superseded_by.get().pk])


@pytest.mark.parametrize("who", ["tom", "gus", "ed", "dora", "fay", "olga"])
def test_nobody_else_sees_what_it_breaks(sold, sign_in, who):
    client = sign_in(getattr(sold, who))
    for name in ("declaration-withdraw", "declaration-supersede"):
        assert client.get(reverse(f"suppliers:{name}", args=[sold.signed.pk])).status_code == 404


def test_the_buyer_s_page_of_notices(sold, sign_in):
    declarations.withdraw(sold.signed, by=sold.ada, why="canary reason")
    page = sign_in(sold.tom).get(reverse("suppliers:notice-list")).content.decode()
    assert "17-0012" in page and "Acme Bolts" in page and "Withdrawn" in page and "24 Dec 2026" in page
    for word in ("canary", "Orion", "OB-12", "0.31", "Hanbit", "WR-12"):
        assert word not in page
    for stranger in (sold.ed, sold.dora):
        assert "17-0012" not in sign_in(stranger).get(reverse("suppliers:notice-list")).content.decode()
    own = sign_in(sold.cleo).get(reverse("suppliers:notice-list")).content.decode()
    assert "Talbot Axles" in own and "Orion Cars" in own and "17-0012" not in own


def test_the_page_of_notices_asks_the_same_for_few_and_many(sold, sign_in, django_assert_max_num_queries):
    declarations.withdraw(sold.signed, by=sold.ada, why="x")
    for number in range(40):
        part = make.part(sold.acme, f"AB-{number}")
        make.sourcing(part, make.part(sold.talbot, f"17-9{number}"), by_seller=sold.ada, by_buyer=sold.tom)
        declarations.withdraw(
            make.signed(part, by=sold.ada, drafted_by=sold.ben, to=[sold.talbot]), by=sold.ada, why="x"
        )
    notices.write_due()
    for reader in (sold.tom, sold.ada):
        client = sign_in(reader)
        with django_assert_max_num_queries(16):
            client.get(reverse("suppliers:notice-list"))


def test_both_records_are_paged(sold, sign_in, monkeypatch):
    monkeypatch.setattr("suppliers.views.notices.A_PAGE", 2)
    for number in range(5):
        part = make.part(sold.acme, f"AB-{number}")
        make.sourcing(part, make.part(sold.talbot, f"17-9{number}"), by_seller=sold.ada, by_buyer=sold.tom)
        row = make.signed(part, by=sold.ada, drafted_by=sold.ben, to=[sold.talbot])
        declarations.withdraw(row, by=sold.ada, why="x")
    url = reverse("suppliers:notice-list")
    for reader, named, number in ((sold.tom, "page", "17-9"), (sold.ada, "own", "AB-")):
        client = sign_in(reader)
        pages = [client.get(url, {named: at}).content.decode() for at in (1, 2, 3)]
        assert [sum(f"{number}{nth}<" in page for nth in range(5)) for page in pages] == [2, 2, 1]
        assert f"{named}=3" in pages[1] and "3–4 of 5" in pages[1]


def test_the_bell_is_rung_after_the_act(sold, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **_: rung.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        declarations.withdraw(sold.signed, by=sold.ada, why="x")
    assert "suppliers.write_notices" in rung
