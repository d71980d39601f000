"""Handing on: a maker is named, gets a letter, looks, accepts, founds its company or refuses; nothing tells who is here."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from suppliers.actions import introductions, letters, mails, parts
from suppliers.actions.introductions import AlreadyReplied
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Decline,
    Identifier,
    Introduction,
    IntroductionReply,
    Mail,
    Membership,
    Organisation,
    Part,
    Reminder,
    Request,
    Sourcing,
    User,
)
from tests import make

pytestmark = pytest.mark.django_db
NEW = "/introductions/new/"
TYPED = {
    "number": "W-77", "description": "Steel wire", "unit": "pc", "hs": "7217.10", "company": "Hanbit Wire", "contact": "Min Seo",
    "email": "min@hanbit.example", "language": "en", "begins": "2026-07-01", "ends": "2027-07-01", "due": "2026-12-20",
    "rulebooks": ["usmca"], "message": "We need it for next year.",
}  # fmt: skip
ASKED = {"company": "Hanbit Wire", "contact": "Min Seo", "email": "min@hanbit.example", "language": "en", "begins": make.FROM,
         "ends": make.UNTIL, "due": dt.date(2026, 12, 20), "rulebooks": ["usmca"]}  # fmt: skip
FOUNDED = {"do": "accept", "name": "Min Seo", "title": "Sales", "company": "Hanbit Wire", "country": "KR", "number": "HW-5",
           "unit": "pc", "price_basis": "ex_works"}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


@pytest.fixture
def named(cast):
    return introductions.introduce(make.part(cast.acme, "W-77", description="Steel wire"), **ASKED, by=cast.ben)


def path(row):
    return re.search(r"/introductions/\S+/", row.mail.text)[0]


def test_a_maker_is_named_and_written_to(cast, sign_in):
    answer = sign_in(cast.ben).post(NEW, TYPED)
    assert answer.status_code == 302, answer.content.decode()
    row = Introduction.objects.get()
    assert (row.buyer, row.buyer_part.number, row.rulebooks) == (cast.acme, "W-77", ["usmca"])
    mail = Mail.objects.get()
    assert mail.address == "min@hanbit.example" and "/introductions/" in mail.text and "/introductions/" in mail.html
    for word in ("W-77", "Steel wire", "Hanbit", "Acme"):
        assert word not in mail.subject
    assert not Sourcing.objects.filter(buyer_part=row.buyer_part).exists() and not Request.objects.exists()
    html = sign_in(cast.cleo).get("/purchases/").content.decode()
    assert "Hanbit Wire" in html and "Not answered yet" in html and "Take back" not in html


def test_every_error_at_its_field_and_nothing_saved(cast, sign_in):
    wrong = TYPED | {"email": "nobody", "ends": "2026-01-01", "due": "2026-01-01", "contact": ""}
    answer = sign_in(cast.ben).post(NEW, wrong)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'value="Hanbit Wire"' in html and not Introduction.objects.exists() and not Mail.objects.exists()
    assert not Part.objects.filter(number="W-77").exists()
    with pytest.raises(Malformed) as found:
        introductions.introduce(make.part(cast.acme, "W-78"), **ASKED | {
            "email": "nobody", "ends": make.FROM, "due": dt.date(2026, 1, 1), "contact": " ", "rulebooks": ["none such"],
        }, by=cast.ben)  # fmt: skip
    assert set(found.value.errors) == {"email", "ends", "due", "contact", "rulebooks"}


def test_one_open_letter_for_a_part_and_an_address(cast, named):
    with pytest.raises(Malformed) as found:
        introductions.introduce(named.buyer_part, **ASKED | {"email": "MIN@hanbit.example"}, by=cast.ada)
    assert set(found.value.errors) == {"email"}
    introductions.withdraw(named, why="wrong address", by=cast.ben)
    assert introductions.introduce(named.buyer_part, **ASKED, by=cast.ben).pk != named.pk


def test_limits(cast, named, monkeypatch):
    monkeypatch.setattr(introductions, "A_DAY", 1)
    with pytest.raises(Malformed):
        introductions.introduce(make.part(cast.acme, "W-79"), **ASKED, by=cast.ben)
    others = [introductions.introduce(make.part(who.organisation, "B-1"), **ASKED, by=who)
              for who in (cast.tom, cast.dora, cast.gus)]  # fmt: skip
    waits = [row.mail.try_at - row.at for row in [named, *others]]
    assert [wait > dt.timedelta(hours=20) for wait in waits] == [False, False, False, True], (
        "the fourth letter waits a day"
    )


def test_strangers_name_nobody(cast):
    part = make.part(cast.acme, "W-77")
    for who in (cast.cleo, cast.ivy, cast.dora, cast.olga, cast.fay):
        with pytest.raises(NotYourRight):
            introductions.introduce(part, **ASKED, by=who)


def test_looking_changes_nothing_and_shows_no_more_than_asked(cast, named, client):
    address = path(named)
    before = [Sourcing.objects.count(), Organisation.objects.count(), User.objects.count()]
    for _ in range(3):
        page = client.get(address)
        assert page.status_code == 200 and "no-cache" in page["Cache-Control"]
    html = page.content.decode()
    for word in ("Acme Bolts", "W-77", "Steel wire", "20 Dec 2026"):
        assert word in html
    for word in ("Talbot", "Meridian", "AB-M12", "Ben Ruiz", "ben.ruiz"):
        assert word not in html
    assert before == [Sourcing.objects.count(), Organisation.objects.count(), User.objects.count()]
    assert client.get(address[:-3] + "x/").status_code == 404


def test_a_new_company_enters_and_accepts(cast, named, client):
    answer = client.post(path(named), FOUNDED | {"kind": "duns", "value": "150483782"})
    assert answer.status_code == 302, answer.content.decode()
    company = Organisation.objects.get(name="Hanbit Wire")
    member = Membership.objects.get(organisation=company)
    assert set(member.roles) == {"administrator", "certifier", "editor"} and member.user.email == "min@hanbit.example"
    assert not member.user.has_usable_password() and company.country == "KR"
    assert company.code != "hanbit-wire", "a code without random signs would tell that the name was free"
    sale = Sourcing.objects.confirmed().get(seller=company)
    assert (sale.seller_part.number, sale.buyer_part, sale.factor) == ("HW-5", named.buyer_part, 1)
    asked = Request.objects.get(sourcing=sale)
    assert (asked.begins, asked.ends, asked.rulebooks, asked.by) == (named.begins, named.ends, ["usmca"], cast.ben)
    assert Reminder.objects.get(request=asked).mail == named.mail, "the letter is the proof of the first try"
    assert answer["Location"] == reverse("suppliers:entrance-list"), "a newcomer chooses how to get in next time"
    inbox = client.get(reverse("suppliers:request-list")).content.decode()
    assert "Steel wire" in inbox and "HW-5" in inbox
    assert client.get(path(named)).status_code == 410
    with pytest.raises(AlreadyReplied):
        introductions.refuse(named, why="late")


def test_whoever_has_a_login_signs_in_first(cast, named, client, sign_in):
    known = make.person("Min Seo", cast.dorado, "editor")
    known.user.email = "min@hanbit.example"
    known.user.save()
    answer = client.post(path(named), FOUNDED)
    assert answer.status_code == 422 and "sign in" in answer.content.decode()
    assert not Organisation.objects.filter(name="Hanbit Wire").exists()
    answer = sign_in(known).post(
        path(named), {"do": "accept", "number": "DW-1", "unit": "pc", "price_basis": "ex_works"}
    )
    assert answer.status_code == 302
    assert Sourcing.objects.confirmed().get(buyer_part=named.buyer_part).seller == cast.dorado


def test_the_introducer_learns_nothing_of_who_is_here(cast, sign_in):
    """The same letter to an address and a company that are here, and to ones that are not: the same answers to the byte."""
    Identifier.objects.create(organisation=cast.dorado, kind="duns", value="150483782")
    client, told = sign_in(cast.ben), []
    for email, company in ((cast.dora.user.email, "Dorado Fasteners"), ("new1@dorado.example", "Dorada Fasteners")):
        sent = client.post(NEW, TYPED | {"email": email, "company": company}, follow=True)
        html = re.sub(r'value="\w{64}"', "", sent.content.decode())
        row = Introduction.objects.get(email=email)
        told.append(html.replace(email, "@").replace(company, "C").replace(str(row.pk), "#"))
        introductions.refuse(row, why="no")
    first, second = (re.sub(r"<section[^>]*h-named.*?</section>", "", text, flags=re.S) for text in told)
    assert first == second


def test_a_company_here_by_its_number_is_told_to_nobody(cast, named, client):
    Identifier.objects.create(organisation=cast.dorado, kind="duns", value="150483782")
    assert client.post(path(named), FOUNDED | {"kind": "duns", "value": "150483782"}).status_code == 302
    assert Identifier.objects.filter(value="150483782").count() == 2, "the operator finds the pair"


def test_refused_with_a_reason(cast, named, client, sign_in):
    assert client.post(path(named), {"do": "refuse", "why": " "}).status_code == 422
    assert client.post(path(named), {"do": "refuse", "why": "We stopped making wire."}).status_code == 200
    assert client.get(path(named)).status_code == 410
    html = sign_in(cast.ben).get("/purchases/").content.decode()
    assert "Refused" in html and "We stopped making wire." in html


def test_who_refused_is_not_told(cast, named, sign_in):
    sign_in(cast.dora).post(path(named), {"do": "refuse", "why": "not ours"})
    assert IntroductionReply.objects.get().by == cast.dora
    html = sign_in(cast.ben).get("/purchases/").content.decode()
    assert "Dora" not in html and "Dorado" not in html


def test_taken_back(cast, named, client, sign_in):
    address = reverse("suppliers:introduction-withdraw", args=[named.pk])
    assert sign_in(cast.dora).post(address).status_code == 404
    sign_in(cast.ben).post(address, {"why": "Wrong company"})
    client.logout()
    over = client.get(path(named))
    assert over.status_code == 410 and "Wrong company" not in over.content.decode()
    assert "Taken back" in sign_in(cast.ben).get("/purchases/").content.decode()
    with pytest.raises(AlreadyReplied):
        introductions.accept(named, by=cast.dora, number="D-1", unit="pc")


def test_units_that_differ_need_a_factor(cast, named):
    with pytest.raises(Malformed) as found:
        introductions.accept(named, by=cast.dora, number="D-1", unit="kg")
    assert set(found.value.errors) == {"factor"} and not Part.objects.filter(number="D-1").exists()
    assert introductions.accept(named, by=cast.dora, number="D-1", unit="kg", factor="0.25").factor == parts.Decimal(
        "0.25"
    )


def test_only_the_makers_people_accept(cast, named):
    for who in (cast.ben, cast.ada, cast.cleo, cast.fay):
        with pytest.raises(NotYourRight):
            introductions.accept(named, by=who, number="D-1", unit="pc")


def test_an_open_proposal_is_confirmed_by_it(cast, named):
    mine = make.part(cast.dorado, "D-1")
    waiting = make.sourcing(mine, named.buyer_part, by_seller=cast.dora)
    assert introductions.accept(named, by=cast.dora, number="D-1", unit="pc") == waiting
    assert waiting.confirmations.count() == 2


def test_prefilled_from_a_request_a_line_and_a_sellers_word(cast, sign_in):
    sale = make.sourcing(
        make.part(cast.acme, "AB-7"), make.part(cast.talbot, "T-7"), by_seller=cast.ada, by_buyer=cast.tom
    )
    asked = Request.objects.create(by=cast.tom, sourcing=sale, begins=make.FROM, ends=make.UNTIL, due=dt.date(2027, 1, 20),
                                   rulebooks=["nafta"], message="TOP SECRET programme")  # fmt: skip
    html = sign_in(cast.ben).get(f"{NEW}?request={asked.pk}").content.decode()
    assert (
        'value="2026-07-01"' in html and 'value="2027-01-13"' in html and "TOP SECRET" not in html and "T-7" not in html
    )
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    html = sign_in(cast.ben).get(f"{NEW}?declaration={draft.pk}&line=0").content.decode()
    assert 'value="WR-12"' in html and 'value="Hanbit Wire"' in html
    assert "WR-12" not in sign_in(cast.dora).get(f"{NEW}?declaration={draft.pk}&line=0").content.decode()
    Decline.objects.create(request=asked, by=cast.ada, reason="other_maker", why="bought in", maker="Orsk Draht")
    html = sign_in(cast.tom).get(f"{NEW}?request={asked.pk}").content.decode()
    assert 'value="Orsk Draht"' in html and 'value="T-7"' in html
    for junk in ("?request=x", "?part=x", "?declaration=x&line=99", f"?declaration={draft.pk}&line=99"):
        assert sign_in(cast.ben).get(NEW + junk).status_code == 200


def test_letters_find_whom_to_remind(cast, named, time_machine):
    day = dt.date(2026, 11, 24)
    assert list(introductions.waiting(on=day)) == [named]
    introductions.refuse(named, why="no")
    assert not introductions.waiting(on=day).exists()


def test_who_does_not_answer_is_written_to_twice_more_and_no_oftener(cast, named, clock):
    for _ in range(40):
        letters.write_due()
        clock.shift(dt.timedelta(days=1))
    rows = Mail.objects.filter(kind="introduction", address="min@hanbit.example").order_by("written_at")
    assert [(row.written_at.date() - named.at.date()).days for row in rows] == [0, 7, 21]


@pytest.mark.parametrize("why", ["answered", "quiet", "dead"])
def test_nobody_is_written_to_again_who_answered_wants_none_or_takes_none(cast, named, clock, why):
    if why == "answered":
        introductions.refuse(named, why="Not ours.")
    elif why == "quiet":
        mails.quiet("Min@hanbit.example")
    else:
        mails.bounced("min@hanbit.example", "550 unknown")
    clock.shift(dt.timedelta(days=8))
    letters.write_due()
    assert Mail.objects.filter(kind="introduction").count() == 1
