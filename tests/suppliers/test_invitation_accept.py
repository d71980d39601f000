"""Coming in by a mailed link: what the page shows, what only the button does, and what a used or strange link says."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from suppliers.actions import invitations
from suppliers.models import Invitation, InvitationUse, Mail, Membership, User
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_from_another_test():
    cache.clear()


@pytest.fixture
def invite(cast):
    """``invite(email)`` answers the link's path, as it stands in the letter."""

    def invited(email="nia@acme.example", **changes):
        said = {"name": "Nia Bell", "organisation": cast.acme, "roles": ["editor", "certifier"], "by": cast.ivy}
        row = invitations.invite(email, **said | changes)
        return re.search(r"/invitations/[^/\s]+/", row.mail.text)[0]

    return invited


def code_in(mail):
    return re.search(r"^\w{4}-\w{4}$", mail.text, re.M)[0]


def test_opening_the_link_changes_nothing(client, cast, invite):
    path = invite()
    for _ in range(3):
        shown = client.get(path)
        client.head(path)
    said = shown.content.decode()
    assert shown.status_code == 200 and "no-store" in shown["Cache-Control"]
    for word in ("Act for Acme Bolts", "Ivy Moss invites you", "signs declarations", "drafts declarations", "Nia Bell"):
        assert word in said, word
    assert not InvitationUse.objects.exists() and not User.objects.filter(email="nia@acme.example").exists()
    assert "AB-M12" not in said and "Talbot" not in said


def test_the_button_lets_a_newcomer_in_once(client, cast, invite):
    path = invite()
    assert client.post(path, {"name": ""}).status_code == 422
    into = client.post(path, {"name": "Nia R. Bell"})
    assert into["Location"] == reverse("suppliers:entrance-list")
    page = client.get(into["Location"]).content.decode()
    assert "How will you get in next time?" in page and "Acme Bolts" in page and "Nia R. Bell" in page
    assert client.get(reverse("suppliers:request-list")).status_code == 200
    client.logout()
    again = client.get(path)
    assert again.status_code == 410 and "was used" in again.content.decode()
    assert client.post(path, {"name": "Somebody"}).status_code == 410
    assert User.objects.filter(email="nia@acme.example").count() == 1


def test_the_letter_says_nothing_of_business(cast, invite):
    invite()
    letter = Mail.objects.get()
    assert letter.subject == "Invitation to act for Acme Bolts in Traceline" and letter.sender == cast.acme
    assert letter.language == "en" and "/invitations/" in letter.html
    for canary in ("AB-M12", "Talbot", "Meridian", "1.25"):
        assert canary not in letter.text + letter.html + letter.subject


def test_the_letter_speaks_the_companys_language(cast, invite):
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(language="fr-ca")
    invite()
    assert Mail.objects.get().language == "fr-ca"


def test_a_link_too_old_taken_back_or_strange(client, cast, invite, clock):
    path = invite()
    clock.shift(dt.timedelta(days=15))
    assert client.get(path).status_code == 410 and "too old" in client.get(path).content.decode()
    path = invite()
    invitations.take_back(Invitation.objects.order_by("at").last(), by=cast.ivy)
    assert client.get(path).status_code == 410 and "taken back" in client.get(path).content.decode()
    for strange in ("/invitations/x/", path[:-3] + "zz/", "/invitations/" + "A" * 900 + "/"):
        assert client.get(strange).status_code == 404 and client.post(strange).status_code == 404


def test_whoever_has_an_account_must_be_it(client, cast, invite, sign_in):
    path = invite(cast.tom.user.email)
    said = client.get(path).content.decode()
    assert "has an account" in said and "Mail me a code" in said
    client.post(path, {"name": "Mallory"})
    assert not Membership.objects.filter(user=cast.tom.user, organisation=cast.acme).exists()
    other = sign_in(cast.dora)
    assert "Sign out" in other.get(path).content.decode()
    other.post(path)
    assert not InvitationUse.objects.exists()
    tom = sign_in(cast.tom)
    assert "Yes, act for Acme Bolts" in tom.get(path).content.decode()
    assert tom.post(path)["Location"] == reverse("home")
    assert "Acme Bolts" in tom.get(reverse("suppliers:request-list")).content.decode()


def test_by_a_mailed_code_to_the_link_and_in(client, cast, invite):
    """From the letter to acting for the company, for somebody with an account and no password."""
    path = invite(cast.tom.user.email)
    asked = client.post(reverse("account_request_login_code"), {"email": cast.tom.user.email, "next": path})
    assert asked["Location"].startswith(reverse("account_confirm_login_code"))
    letter = Mail.objects.get(kind="code")
    assert letter.address == cast.tom.user.email and code_in(letter) not in letter.subject
    into = client.post(asked["Location"], {"code": code_in(letter), "next": path})
    assert into.status_code == 302 and into["Location"] == path
    assert "Yes, act for Acme Bolts" in client.get(path).content.decode()
    client.post(path)
    assert Membership.objects.in_force().filter(user=cast.tom.user, organisation=cast.acme).exists()


def test_asking_for_a_code_tells_nobody_who_is_here(client, cast):
    """An address that exists and one that does not: the same answer, the same page, a letter each."""
    told = []
    for email in (cast.tom.user.email, "nobody@nowhere.example"):
        client.logout()
        client.cookies.clear()
        asked = client.post(reverse("account_request_login_code"), {"email": email})
        page = client.get(asked["Location"]).content.decode()
        page = re.sub(r'value="[A-Za-z0-9]{64}"', "", page).replace(email, "WHO")
        told.append((asked.status_code, asked["Location"], page))
    assert told[0] == told[1]
    assert sorted(Mail.objects.values_list("kind", "address")) == [
        ("code", cast.tom.user.email), ("unknown", "nobody@nowhere.example"),
    ]  # fmt: skip


def test_whoever_is_unknown_is_told_so_once_a_day(client):
    for _ in range(3):
        client.cookies.clear()
        client.post(reverse("account_request_login_code"), {"email": "nobody@nowhere.example"})
    assert Mail.objects.count() == 1


def test_codes_are_limited(client, cast):
    answers = []
    for _ in range(6):
        client.cookies.clear()
        answers.append(client.post(reverse("account_request_login_code"), {"email": cast.tom.user.email}).status_code)
    assert Mail.objects.filter(kind="code").count() == 3 and answers[:3] == [302] * 3 and 302 not in answers[3:]


def test_a_wrong_code_three_times_ends_it(client, cast):
    asked = client.post(reverse("account_request_login_code"), {"email": cast.tom.user.email})
    confirm, right = reverse("account_confirm_login_code"), code_in(Mail.objects.get())
    for _ in range(3):
        last = client.post(confirm, {"code": "XXXXXX"})
    assert asked.status_code == 302 and last.status_code == 302
    client.post(confirm, {"code": right})
    assert client.get(reverse("suppliers:request-list")).status_code == 302


def test_the_first_person_of_a_supplier(client, cast, sign_in):
    kestrel = make.organisation("Kestrel Springs")
    sale = make.sourcing(make.part(kestrel, "KS-1"), make.part(cast.talbot, "17-0077"), by_buyer=cast.tom)
    sale.confirmations.create(side="seller", by=cast.olga)
    page = reverse("suppliers:invitation-first")
    for who in (cast.olga, cast.fay, cast.cleo):
        assert sign_in(who).get(page).status_code == 404
    assert "Kestrel" not in sign_in(cast.ada).get(page).content.decode()
    tom = sign_in(cast.tom)
    assert "Kestrel Springs" in tom.get(page).content.decode() and "Acme" not in tom.get(page).content.decode()
    said = {"supplier": kestrel.pk, "email": "kay@kestrel.example", "name": "Kay Moor", "language": "en"}
    assert tom.post(page, said | {"supplier": cast.acme.pk}).status_code == 422
    assert tom.post(page, said).status_code == 302
    invitations.accept(Invitation.objects.get())
    assert tom.post(page, said | {"email": "other@kestrel.example"}).status_code == 422
    assert "came in" in tom.get(page).content.decode()
