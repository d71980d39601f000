"""docs/how-to/supplier.md as it is told there: a newly invited clerk with forty parts, from the mail to the signed receipt.

``PICTURES=docs/pictures/supplier`` keeps the pictures of the how-to, and prints how long each step took.
"""

import datetime as dt
import os
import re
import time
from pathlib import Path

import pytest

from suppliers.actions import invitations, letters, mails, requests, uploads
from suppliers.models import Declaration
from tests import books, make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARTS = 40
LAWS = ["usmca", "aala"]
PICTURES = os.environ.get("PICTURES", "")
LOCALES = {"en": "en-US", "es-mx": "es-MX", "fr-ca": "fr-CA"}


class Told:
    """What the clerk does, step by step, each looked at: axe finds nothing, nothing runs over the side."""

    def __init__(self, page, name, *, script=True):
        self.page, self.name, self.script, self.steps, self.since = page, name, script, [], time.monotonic()

    def step(self, title):
        now = time.monotonic()
        self.steps.append((title, now - self.since))
        if self.script:
            from axe_playwright_python.sync_playwright import Axe

            over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 1, f"{title}: {over} px too wide"
            found = Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
            assert [(row["id"], row["nodes"][0]["html"][:160]) for row in found.response["violations"]] == [], title
        if PICTURES and self.script:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(PICTURES) / f"{self.name}-{len(self.steps)}-{title}.png"))
        self.since = time.monotonic()

    def end(self):
        print(f"\n{self.name}: " + ", ".join(f"{title} {took:.1f} s" for title, took in self.steps))


@pytest.fixture
def world(settings, tmp_path):
    """Meridian asks Acme for forty parts; Ivy invites Rosa, who is new."""
    settings.LANGUAGES_OFFERED = list(LOCALES)
    settings.FILES_DIR = tmp_path / "files"
    cast = make.cast()
    for n in range(PARTS):
        part = make.part(cast.acme, f"MB-{n:02}", description="Mounting bracket", hs="8708.29")
        sale = make.sourcing(part, make.part(cast.meridian, f"5Q0-{n:02}"), by_seller=cast.ada, by_buyer=cast.ed)
        requests.ask(sale, by=cast.ed, begins=make.FROM, ends=make.UNTIL, due=dt.date(2030, 1, 1), rulebooks=LAWS)
    return cast


def link_of(post) -> str:
    """The first address in the newest mail, as the clerk's mail program shows it."""
    import email
    from email import policy

    mail = email.message_from_string(post.taken[-1][1], policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"https?://[^/\s]+(/\S+)", text).group(1)


def came_in(world, visit, post, language, *, width=1280, script=True, name="form"):
    """The invitation by mail, opened and accepted; the page behind it."""
    invitations.invite(
        "rosa@acme.example", name="Rosa Prado", organisation=world.acme, roles=["editor", "certifier"],
        title="Clerk", language=language, by=world.ivy,
    )  # fmt: skip
    mails.send_due()
    page = visit(
        locale=LOCALES[language],
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
        bypass_csp=script,
    )
    told = Told(page, f"{name}-{language}-{width}", script=script)
    page.goto(link_of(post))
    assert page.get_attribute("html", "lang") == language
    told.step("invitation")
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url("**/me/entrances/")
    told.step("entrances")
    return page, told


def signed(page, told):
    """The name, the title, the word that one holds the right: one act for all forty."""
    page.fill("#s-name", "Rosa Prado")
    page.fill("#s-title", "Clerk")
    page.fill("#s-alone_why", "Rosa is alone in the office.")
    page.check("#s-right")
    told.step("signing")
    page.locator("#signs button.btn-primary:visible").last.click()
    page.wait_for_url("**/receipt/**")
    told.step("receipt")
    told.end()
    assert Declaration.objects.signed().count() == PARTS
    said = Declaration.objects.signed().first()
    assert said.statements.filter(law="usmca", originates=True).exists() and said.statements.filter(ge70=True).exists()


CASES = [("en", 1280, True), ("en", 390, True), ("es-mx", 390, True), ("fr-ca", 390, True), ("en", 1280, False)]
NAMES = ["English", "English on a phone", "Spanish on a phone", "French on a phone", "without JavaScript"]


@pytest.mark.parametrize(("language", "width", "script"), CASES, ids=NAMES)
def test_forty_parts_in_the_form(world, visit, post, language, width, script):
    page, told = came_in(world, visit, post, language, width=width, script=script)
    page.goto("/requests/")
    told.step("inbox")
    with page.expect_navigation():
        page.locator("main a[href='/declarations/answer/']").first.click()
    with page.expect_navigation():
        page.click("button[value=tick]")
    page.select_option("[name='all.usmca.originates']", "true")
    page.select_option("[name='all.usmca.criterion']", "B")
    page.select_option("[name='all.usmca.method']", "NC")
    page.select_option("[name='all.aala.ge70']", "true")
    with page.expect_navigation():
        page.click("button[value=same]")
    told.step("answers")
    page.locator(".stickyfoot button[value=save]").click()
    page.wait_for_url("**/declarations/sign/")
    signed(page, told)


@pytest.mark.parametrize(("language", "width", "script"), [CASES[0], *CASES[2:]], ids=[NAMES[0], *NAMES[2:]])
def test_forty_parts_by_workbook(world, visit, post, tmp_path, language, width, script):
    page, told = came_in(world, visit, post, language, width=width, script=script, name="workbook")
    page.goto("/workbook/")
    told.step("workbook")
    with page.expect_download() as taken:
        page.locator("main a[download]").nth(1).click()
    path = tmp_path / taken.value.suggested_filename
    taken.value.save_as(path)
    _filled_in(path)
    page.set_input_files("input[type=file]", path)
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(re.compile(r"/workbook/[0-9a-f-]{36}/"))
    told.step("reading")
    uploads.read_due()
    page.reload()
    told.step("preview")
    with page.expect_navigation():
        page.locator("main form[action$='/apply/'] button").click()
    told.step("saved")
    page.goto("/declarations/sign/")
    signed(page, told)


def _filled_in(path: Path) -> None:
    """As in a spreadsheet program: one row filled in, and drawn down over the rest."""
    book = books.opened(path.read_bytes())
    page = books.page_of(book, "answers")
    for n in range(PARTS):
        books.put(page, books.row_of(page, f"MB-{n:02}"), state="declare", **ANSWER)
    path.write_bytes(books.closed(book))


ANSWER = {
    "customers": "meridian-motors", "begins": "2026-07-01", "ends": "2027-07-01", "made_in": "US", "hs": "8708.29", "currency": "USD",
    "usmca_originates": "true", "usmca_criterion": "B", "usmca_method": "NC", "aala_ge70": "true",
}  # fmt: skip


def test_the_letter_about_the_requests_leads_to_the_inbox(world, visit, post):
    """Forty parts, one letter; its link asks for nothing but signing in."""
    world.ben.user.set_password(make.PASSWORD)
    world.ben.user.save()
    letters.write_due()
    mails.send_due()
    [(to, _text)] = [row for row in post.taken if row[0] == world.ben.user.email]
    page = visit()
    page.goto(link_of(post))
    page.fill("input[name=login]", to)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url("**/requests/**")
    assert page.locator("tbody tr").count() == PARTS
