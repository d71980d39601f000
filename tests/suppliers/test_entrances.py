"""Ways of getting in: passwords, an authenticator app with recovery codes, mailed codes; secrets sealed, changes told."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.urls import reverse

from suppliers.models import Mail
from tests import make

pytestmark = pytest.mark.django_db
WORD = make.PASSWORD


@pytest.fixture(autouse=True)
def _no_limit_from_another_test():
    cache.clear()


@pytest.fixture
def nia(db):
    return make.person("Nia Bell", make.organisation("Acme Bolts"), "editor", password=WORD)


@pytest.fixture
def inside(client, nia):
    client.post(reverse("account_login"), {"login": nia.user.email, "password": WORD})
    assert client.get(reverse("suppliers:request-list")).status_code == 200
    return client


def digits(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def set_up(client):
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    assert done.status_code == 302, done.content
    return secret


@pytest.mark.django_db(transaction=True)
def test_an_app_is_a_second_step_after_the_password(inside, nia, client):
    secret = set_up(inside)
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept, "sealed in the database"
    assert Mail.objects.filter(kind="security", address=nia.user.email).count() >= 1
    codes = inside.get(reverse("mfa_view_recovery_codes")).content.decode()
    recovery = re.findall(r"<code>(\d{8})</code>", codes)
    assert len(recovery) == 10
    client.logout()
    step = client.post(reverse("account_login"), {"login": nia.user.email, "password": WORD})
    assert step["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("suppliers:request-list")).status_code == 302
    assert "Second step" in client.get(step["Location"]).content.decode()
    assert client.post(step["Location"], {"code": "000000"}).status_code == 200
    client.post(step["Location"], {"code": recovery[0]})
    assert client.get(reverse("suppliers:request-list")).status_code == 200
    client.logout()
    step = client.post(reverse("account_login"), {"login": nia.user.email, "password": WORD})
    client.post(step["Location"], {"code": recovery[0]})
    assert client.get(reverse("suppliers:request-list")).status_code == 302, "a recovery code works once"


def test_a_mailed_code_does_not_go_around_the_app(inside, nia, client):
    set_up(inside)
    client.logout()
    client.post(reverse("account_request_login_code"), {"email": nia.user.email})
    code = re.search(r"^\w{4}-\w{4}$", Mail.objects.get(kind="code").text, re.M)[0]
    step = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert step["Location"].startswith(reverse("mfa_authenticate"))


def test_changing_how_one_gets_in_asks_once_more(inside, nia):
    set_up(inside)
    session = inside.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    for name in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        asked = inside.get(reverse(name))
        assert asked.status_code == 302 and "reauthenticate" in asked["Location"], name
    assert "Is it you?" in inside.get(asked["Location"]).content.decode()


def test_a_password_for_who_had_none(client, cast, sign_in):
    inside = sign_in(cast.ben)
    page = inside.get(reverse("account_set_password"))
    assert page.status_code == 200 and "Set a password" in page.content.decode()
    inside.post(
        reverse("account_set_password"), {"password1": "four plain words here", "password2": "four plain words here"}
    )
    cast.ben.user.refresh_from_db()
    assert cast.ben.user.check_password("four plain words here")
    assert Mail.objects.filter(kind="security").exists()


def test_a_forgotten_password_tells_nobody_who_is_here(client, nia):
    told = [
        (answer.status_code, answer["Location"])
        for answer in (
            client.post(reverse("account_reset_password"), {"email": email})
            for email in (nia.user.email, "nobody@nowhere.example")
        )
    ]
    assert told[0] == told[1]
    assert set(Mail.objects.values_list("kind", flat=True)) == {"password", "unknown"}
    link = re.search(r"http\S+", Mail.objects.get(kind="password").text)[0]
    assert "/accounts/password/reset/key/" in link


def test_an_address_is_not_changed_by_oneself(inside):
    for name in ("account_email", "account_email_verification_sent"):
        assert inside.get(reverse(name)).status_code == 404


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_activate_totp", "suppliers:entrance-list",
             "suppliers:person-edit", "account_change_password"],
)  # fmt: skip
def test_pages_are_ours(inside, name):
    page = inside.get(reverse(name))
    assert page.status_code == 200 and 'class="wordmark"' in page.content.decode()
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page.content.decode()), "no script in the page"
