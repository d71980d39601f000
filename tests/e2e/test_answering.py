"""Answering in a real browser: the check while typing, the keyboard alone, what is known filled in, many signed at once."""

import datetime as dt

import pytest

from suppliers.actions import requests
from suppliers.facts import stored
from suppliers.models import Declaration
from tests import make
from tests.make import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    people = make.cast()
    for member in (people.ada, people.ben):
        member.user.set_password(PASSWORD)
        member.user.save()
    return people


def ask(cast, *laws):
    sale = cast.bolt_to_talbot
    return requests.ask(
        sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2030, 1, 1), rulebooks=list(laws)
    )


def found(page):
    from axe_playwright_python.sync_playwright import Axe

    return [row["id"] for row in Axe().run(page).response["violations"]]


def holds(page, selector, value):
    """Waits until a field holds this; the page's own policy forbids waiting by a script."""
    from playwright.sync_api import expect

    expect(page.locator(selector)).to_have_value(value)


def tab_to(page, name, most=80):
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('name')") == name:
            return
    raise AssertionError(f"{name} is not reached by the keyboard")


def test_findings_come_while_typing_and_go_when_it_is_mended(visit, cast):
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], price="2.5")
    page = visit(cast.ben)
    page.goto(f"/declarations/{row.pk}/edit/")
    page.fill("#f-price", "0.01")
    page.locator("#f-price-e", has_text="V1").wait_for()
    assert page.get_attribute("#f-price", "aria-invalid") == "true"
    assert page.get_attribute("#f-price", "aria-describedby") == "f-price-e"
    assert page.evaluate("document.activeElement.name") == "price", "the page stays where it is"
    assert found(page) == []
    page.fill("#f-price", "2.5")
    page.locator("#f-price-e").wait_for(state="detached")
    assert page.get_attribute("#f-price", "aria-invalid") is None


def test_figures_unfold_with_their_paragraph_and_never_hide_what_they_hold(visit, cast):
    ask(cast, "nafta")
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], lines=[])
    page = visit(cast.ben)
    page.goto(f"/declarations/{row.pk}/edit/")
    assert not page.is_visible("#f-statements-0-percent") and not page.is_visible("#f-statements-0-amount")
    page.select_option("#f-statements-0-para", "c")
    page.fill("#f-statements-0-amount", "1.5")
    page.select_option("#f-statements-0-para", "f")
    assert page.is_visible("#f-statements-0-percent") and page.is_visible("#f-statements-0-amount")


def test_a_known_item_fills_its_row_without_leaving_the_page(visit, cast):
    from playwright.sync_api import expect

    wire = make.part(cast.acme, "WR-12", description="Steel wire", hs="7217.10", unit="kg")
    make.sourcing(make.part(cast.talbot, "W", unit="kg"), wire, by_seller=cast.tom, by_buyer=cast.ada)
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], lines=[])
    page = visit(cast.ben)
    page.goto(f"/declarations/{row.pk}/edit/")
    page.fill("#f-price", "3")
    page.click("button[value='add.lines']")
    page.fill("#f-lines-0-item", "WR-12")
    page.press("#f-lines-0-item", "Tab")
    expect(page.locator("#f-lines-0-description")).to_have_value("Steel wire")
    assert page.input_value("#f-lines-0-unit") == "kg" and page.input_value("#f-price") == "3"
    assert "Talbot" in page.locator("#f-lines-0-sources-0-sourcing option:checked").inner_text()


def test_what_is_typed_while_a_known_item_is_looked_up_stays(visit, cast):
    wire = make.part(cast.acme, "WR-12", description="Steel wire", hs="7217.10", unit="kg")
    make.sourcing(make.part(cast.talbot, "W", unit="kg"), wire, by_seller=cast.tom, by_buyer=cast.ada)
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], lines=[])
    page = visit(cast.ben)
    page.goto(f"/declarations/{row.pk}/edit/")
    page.click("button[value='add.lines']")
    page.fill("#f-lines-0-item", "WR-12")
    held = []
    page.route(
        "**/edit/**", lambda route: held.append(route) if "hx-request" in route.request.headers else route.continue_()
    )
    page.press("#f-lines-0-item", "Tab")
    page.wait_for_timeout(300)
    page.fill("#f-lines-0-quantity", "0.11")
    assert held, "the item is being looked up"
    for route in held:
        route.continue_()
    holds(page, "#f-lines-0-description", "Steel wire")
    assert page.input_value("#f-lines-0-quantity") == "0.11"


def test_from_the_inbox_to_the_receipt_by_keyboard_alone(visit, cast):
    ask(cast, "aala")
    page = visit(cast.ada)
    page.goto("/requests/")
    for _press in range(60):
        page.keyboard.press("Tab")
        if "Start AB-M12" in (page.evaluate("document.activeElement.getAttribute('aria-label')") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/")
    tab_to(page, "statements.0.ge70")
    page.keyboard.press("ArrowDown")
    assert page.input_value("#f-statements-0-ge70") == "true"
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "review":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    assert found(page) == []
    for name, text in (("name", "Ada Lind"), ("title", "Quality manager"), ("alone_why", "One clerk.")):
        tab_to(page, name)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
    tab_to(page, "right")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Receipt").wait_for()
    assert Declaration.objects.get().is_signed


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_forty_parts_are_answered_and_signed_in_one_sitting(visit, cast, script):
    for n in range(40):
        part = make.part(cast.acme, f"MB-{n:02}", hs="7318.15")
        sale = make.sourcing(part, make.part(cast.talbot, f"T-{n:02}"), by_seller=cast.ada, by_buyer=cast.tom)
        requests.ask(
            sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2030, 1, 1), rulebooks=["usmca", "aala"]
        )
    page = visit(cast.ada, java_script_enabled=script, viewport={"width": 390, "height": 844})
    page.goto("/declarations/answer/")
    with page.expect_navigation():
        page.click("button[value=tick]")
    page.select_option("[name='all.usmca.originates']", "true")
    page.select_option("[name='all.usmca.criterion']", "B")
    page.select_option("[name='all.usmca.method']", "NC")
    page.select_option("[name='all.aala.ge70']", "true")
    with page.expect_navigation():
        page.click("button[value=same]")
    if script:
        assert found(page) == []
    page.locator("button[value=save]:visible").last.click()
    page.wait_for_url("**/declarations/sign/")
    page.fill("#s-name", "Ada Lind")
    page.fill("#s-title", "Quality manager")
    page.fill("#s-alone_why", "One clerk.")
    page.check("#s-right")
    if script:
        assert found(page) == []
    page.get_by_role("button", name="Sign those that are ticked").click()
    page.wait_for_url("**/receipt/**")
    assert "40 declarations signed" in page.inner_text("h1")
    assert Declaration.objects.signed().count() == 40
    if script:
        assert found(page) == []


def test_an_expired_session_without_javascript_hands_back_what_was_typed(visit, cast):
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], price="2.5")
    page = visit(cast.ben, java_script_enabled=False)
    page.goto(f"/declarations/{row.pk}/edit/")
    page.fill("#f-price", "3.25")
    page.context.clear_cookies(name="sessionid")
    with page.expect_navigation():
        page.locator("button[value=save]:visible").last.click()
    page.fill("input[name=login]", cast.ben.user.email)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("main button.btn-primary")
    assert page.url.endswith("/edit/") and page.input_value("#f-price") == "3.25"
    page.locator("button[value=save]:visible").last.click()
    page.wait_for_url("**check=1")
    assert stored.of(Declaration.objects.get())["price"] == "3.25"


def test_the_back_button_brings_back_the_saved_draft_and_a_second_save_shows_both(visit, cast):
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], price="2.5")
    page = visit(cast.ben, java_script_enabled=False)
    page.goto(f"/declarations/{row.pk}/edit/")
    page.fill("#f-price", "3.25")
    page.locator("button[value=save]:visible").last.click()
    page.wait_for_url("**check=1")
    page.go_back()
    page.fill("#f-price", "4.25")
    with page.expect_navigation():
        page.locator("button[value=save]:visible").last.click()
    assert "4.25" in page.content(), "either saved on the newest version or shown beside it: never gone"
    said = stored.of(Declaration.objects.get())["price"]
    assert said == "4.25" or "Where the two versions differ" in page.content()
