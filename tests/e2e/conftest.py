"""A real Chromium on the real pages. Without playwright or Chromium a test says that it is not verified."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="requirements-browser.txt is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, live_server):
    """``visit(membership)`` answers a page on which that person is signed in; every script error fails the test.

    ``by_password``: through the door, with the form. Else the session is there already, as on a second visit.
    """
    contexts, troubles = [], []

    def opened(member=None, *, by_password=False, **options):
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        if member is not None and by_password:
            entered(member, page)
        elif member is not None:
            has_entered(member, context)
            page.goto("/")
        return page

    def entered(member, page):
        page.goto("/accounts/login/")
        page.fill("input[name=login]", member.user.email)
        page.fill("input[name=password]", "correct horse battery")
        page.click("main button.btn-primary")
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    def has_entered(member, context):
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in troubles if "404" not in text and "422" not in text] == []
