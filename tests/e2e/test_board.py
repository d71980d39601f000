"""The board in a browser: the slider by keyboard, filters without a reload, axe, nothing over the side."""

import datetime as dt

import pytest
from django.utils import timezone

from tests import make
from tracing.actions import days, rolls, traces

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    settings.FLEET_DIR = tmp_path / "fleet"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    rolls.forget()
    cast = make.cast()
    cast.ed.user.set_password(make.PASSWORD)
    cast.ed.user.save()
    cast.river = make.river(cast)
    rolls.roll()
    yield cast
    rolls.forget()


def coming(nth):
    """The first day of a month to come."""
    today = timezone.now().date()
    month = today.year * 12 + today.month - 1 + nth
    return dt.date(month // 12, month % 12 + 1, 1)


def test_the_slider_by_keyboard_and_a_day_that_is_worked_out_meanwhile(world, visit):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(world.ed)
    page.goto("/vehicles/")
    page.focus("#stop")
    page.keyboard.press("ArrowRight")
    day = page.input_value("#on")
    assert day == coming(1).isoformat() and page.get_attribute("#stop", "aria-valuetext") in page.inner_text(
        "#stop-said"
    )
    page.wait_for_url(lambda url: f"on={day}" in url)
    assert page.evaluate("document.activeElement.id") == "stop", "the slider keeps the focus"
    page.wait_for_selector(".day-wait")
    days.ask(coming(1), by=world.ed)
    sum(iter(days.work, 0))
    page.goto(f"/vehicles/?on={day}")
    page.wait_for_selector("#board tbody tr")
    assert "answers as known now" in page.inner_text("#as-of")
    for scheme in ("light", "dark"):
        for width in (1280, 390):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.reload()  # so that no colour is on its way from the other scheme
            page.wait_for_selector("#board tbody tr")
            found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
            assert found.response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("Filter and order").click()  # folded away on a phone, the last of the widths
    page.select_option("#f-verdict", "fail")
    page.wait_for_url(lambda url: "verdict=fail" in url)
    page.go_back()
    page.wait_for_url(lambda url: "verdict=fail" not in url)
    page.wait_for_selector("#board tbody tr")
