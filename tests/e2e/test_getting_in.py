"""Getting in, in a browser: by a mailed link, then by a passkey, by an app, by a mailed code, by a password."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from suppliers.actions import invitations
from suppliers.models import Mail
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_limit_from_another_test():
    cache.clear()


@pytest.fixture
def link(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    company = make.organisation("Acme Bolts")
    ivy = make.person("Ivy Moss", company, "administrator")
    row = invitations.invite("nia@acme.example", name="Nia Bell", organisation=company, roles=["editor"], by=ivy)
    return re.search(r"http\S+/invitations/\S+", row.mail.text)[0]


def axe(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert found == [], [(row["id"], [node["html"] for node in row["nodes"]][:3]) for row in found]


@pytest.fixture
def authenticator():
    """``authenticator(page)`` gives the browser a device with a fingerprint that always fits: Chromium's own, over CDP."""

    def given(page):
        line = page.context.new_cdp_session(page)
        line.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        key = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        return lambda: line.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]

    return given


def came_in(page):
    page.wait_for_url("**/requests/")
    assert page.locator(".who .org b").inner_text() == "Acme Bolts"


def test_a_newcomer_makes_a_passkey_and_comes_back_with_it(visit, link, authenticator):
    page = visit()
    keys = authenticator(page)
    page.goto(link)
    axe(page)
    page.click("main button.btn-primary")
    page.wait_for_url("**/me/entrances/")
    axe(page)
    page.click("main a.btn-primary")
    page.wait_for_url("**/2fa/webauthn/add/")
    axe(page)
    page.fill("input[name=name]", "office laptop")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    assert [row["isResidentCredential"] for row in keys()] == [True]
    axe(page)
    page.goto("/me/")
    assert "office laptop" in page.inner_text("main")
    page.click(".who form[action*=logout] button")
    page.wait_for_url("**/accounts/login/")
    axe(page)
    page.click("#passkey_login")
    came_in(page)
    assert Mail.objects.filter(kind="security").exists(), "a new way in is told"


def test_a_key_that_is_taken_off_opens_no_more(visit, link, authenticator):
    page = visit()
    authenticator(page)
    page.goto(link)
    page.click("main button.btn-primary")
    page.wait_for_url("**/me/entrances/")
    page.click("main a.btn-primary")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    axe(page)
    page.click("text=Take it off")
    page.click("main button.btn-primary")
    page.wait_for_url("**/2fa/webauthn/")
    page.click(".who form[action*=logout] button")
    page.wait_for_url("**/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_selector(".note-fail:visible")
    assert "/accounts/login/" in page.url


def test_with_an_app_and_with_a_password(visit, link):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    def digits(secret):
        return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    page = visit()
    page.goto(link)
    page.click("main button.btn-primary")
    page.wait_for_url("**/me/entrances/")
    page.click("text=Set a password")
    page.fill("input[name=password1]", "four plain words here")
    if page.locator("input[name=password2]").count():
        page.fill("input[name=password2]", "four plain words here")
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "password/set" not in url)
    page.goto("/accounts/2fa/totp/activate/")
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", "four plain words here")
        page.click("main button.btn-primary")
    page.wait_for_url("**/totp/activate/")
    axe(page)
    secret = page.inner_text("form code")
    page.fill("input[name=code]", digits(secret))
    page.click("main button.btn-primary")
    page.wait_for_url("**/2fa/**")
    cache.clear()
    page.click(".who form[action*=logout] button")
    page.wait_for_url("**/accounts/login/")
    page.fill("input[name=login]", "nia@acme.example")
    page.fill("input[name=password]", "four plain words here")
    page.click("main form[action*=login] button.btn-primary")
    page.wait_for_url("**/2fa/authenticate/")
    axe(page)
    page.fill("input[name=code]", digits(secret))
    page.click("main button.btn-primary")
    came_in(page)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_with_a_mailed_code_at_390_pixels(visit, link, script):
    page = visit(java_script_enabled=script, viewport={"width": 390, "height": 844})
    page.goto(link)
    page.click("main button.btn-primary")
    page.wait_for_url("**/me/entrances/")
    page.click(".who form[action*=logout] button")
    page.wait_for_url("**/accounts/login/")
    page.click("text=Mail me a code")
    page.fill("input[name=email]", "nia@acme.example")
    page.click("main button.btn-primary")
    page.wait_for_url("**/login/code/confirm/")
    if script:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("input[name=code]", re.search(r"^\w{4}-\w{4}$", Mail.objects.get(kind="code").text, re.M)[0])
    page.click("main button.btn-primary >> nth=0")
    came_in(page)


@pytest.mark.parametrize("name", ["suppliers:membership-list", "suppliers:invitation-new", "suppliers:organisation-edit",
                                  "suppliers:person-edit", "compliance:takeout"])  # fmt: skip
def test_pages_of_people_and_companies(visit, name, live_server):
    company = make.organisation("Acme Bolts")
    ivy = make.person("Ivy Moss", company, "administrator", "certifier", password=make.PASSWORD)
    make.person("Ben Ruiz", company, "editor")
    invitations.invite("nia@acme.example", name="Nia Bell", organisation=company, roles=["editor"], by=ivy)
    for scheme in ("light", "dark"):
        page = visit(ivy, color_scheme=scheme, viewport={"width": 390, "height": 844})
        page.goto(reverse(name))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        axe(page)
