"""Every page of an automaker in light and dark, on a desk and on a phone: axe finds nothing and nothing runs over the side.

``PICTURES=docs/pictures/analyst`` takes the demo world in place of a small one and keeps a picture of each page.
"""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from pypdf import PdfReader

from compliance.models import Review
from suppliers import days as spoken
from tests import make
from tests.make import PASSWORD
from tracing.actions import days, rolls, traces
from tracing.models import Outcome, Vehicle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 390)]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def small_world():
    """The cast's car of one axle and a screen, traced, with a day behind it; Ed reviews it and Eve signs for it."""
    cast = make.cast()
    vehicle = make.river(cast).vehicle
    traces.spread()
    traces.mark([vehicle.pk])
    traces.retrace(vehicle.pk)
    for member in (cast.ed, cast.eve):
        member.user.set_password(PASSWORD)
        member.user.save()
    return cast.ed, vehicle


def demo_world():
    """The demo as ``make demo`` builds it, without its certificates."""
    from compliance.actions.demo import Builder
    from compliance.demo import world
    from suppliers.models import Membership
    from tracing.snapshots import take

    Builder(world.read(on=traces.today()), print).build()
    vehicles = Vehicle.objects.filter(organisation__code="meridian")
    for snapshot in take(vehicles, traces.today()):
        traces.store(snapshot)
    Vehicle.objects.update(due_mark=None)
    ed = Membership.objects.get(user__email="ed@meridian.example")
    ed.user.set_password(PASSWORD)
    ed.user.save()
    return ed, vehicles.get(name="Alder")


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    settings.SIGNING_KEYS, settings.DEMO = tmp_path / "keys", True
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    told = demo_world() if PICTURES else small_world()
    rolls.roll()
    days.roll(traces.today().replace(day=1) + dt.timedelta(days=62))
    return told


def pages(vehicle):
    """The address of every page by the name of its picture."""
    at, outcome = f"/vehicles/{vehicle.pk}/", Outcome.objects.filter(trace__vehicle=vehicle, rulebook="usmca").last()
    later = traces.today().replace(day=1) + dt.timedelta(days=62)
    return {
        "board": "/vehicles/", "board-all-laws": "/vehicles/?" + "&".join(f"laws={law}" for law in ("nafta", "usmca", "aala", "us-2026")),
        "board-later": f"/vehicles/?on={later}", "board-nothing": "/vehicles/?q=nothing+is+called+so",
        "vehicle": at, "vehicle-why": f"{at}?why=usmca.rvc.worst#why", "vehicle-compare": f"{at}compare/",
        "vehicle-determinations": f"{at}determinations/",
        "vehicle-ask": f"{at}ask/", "gaps": "/gaps/", "gaps-usmca": "/gaps/?law=usmca",
        "duties": "/duties/", "duty": f"/duties/{vehicle.pk}/", "reviews": "/reviews/", "review-results": "/reviews/results/",
        "review": f"/outcomes/{outcome.pk}/review/", "certificates": "/certificates/", "campaigns": "/campaigns/",
        "tour": "/tour/", "rulebook": "/rulebooks/usmca/", "calendar": "/rulebooks/calendar/",
    }  # fmt: skip


@pytest.mark.parametrize(("scheme", "width"), LOOKS, ids=[f"{scheme} {width}" for scheme, width in LOOKS])
def test_every_page(world, visit, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    ed, vehicle = world
    page = visit(ed, color_scheme=scheme, viewport={"width": width, "height": 900})
    troubles = []
    for name, address in pages(vehicle).items():
        answered = page.goto(address)
        assert answered.status == 200, address
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 1:
            troubles.append(f"{name}: {over} px too wide")
        found = Axe().run(page, options=AXE).response["violations"]
        troubles += [f"{name}: {row['id']}: {row['nodes'][0]['html'][:160]}" for row in found]
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{scheme}-{width}.png"), full_page=True)
    assert troubles == []


ON_PAPER = """() => {
  const shown = (one) => one.checkVisibility() && one.getClientRects().length > 0;
  const all = (what) => [...document.querySelectorAll(what)].filter(shown);
  const wide = document.documentElement.clientWidth + 1;
  return {
    acts: all("nav:not(.pages), button, .btn, select, textarea, input:not([type=hidden])").map((one) => one.outerHTML.slice(0, 120)),
    cut: all("table, svg[role], .facts").filter((one) => one.getBoundingClientRect().right > wide).map((one) => one.outerHTML.slice(0, 120)),
    cards: all("table").filter((one) => getComputedStyle(one).display !== "table").length,
    shut: [...document.querySelectorAll("main details:not(.no-print):not([open])")].filter(shown).length,
    pictures: all("svg.fluid").length, tables: all("details[data-equal] table").length,
    editions: all(".editions, #face-h + p").map((one) => one.textContent).join(" "),
  };
}"""
# Pages with figures of a law name the edition that was read.
FIGURES = {"board", "board-all-laws", "board-later", "vehicle", "vehicle-why", "vehicle-compare", "gaps", "gaps-usmca", "review",
           "review-results", "tour"}  # fmt: skip


def test_every_page_on_paper(world, visit, tmp_path):
    """No form, no button, no cut table, nothing folded away; each sheet says what it is, whose and of which day."""
    ed, vehicle = world
    page = visit(ed, color_scheme="dark")
    day, troubles = spoken.day(timezone.localdate()), []
    for name, address in pages(vehicle).items():
        page.goto(address)
        page.emulate_media(media="print")
        broad = page.evaluate("getComputedStyle(document.body).page") == "broad"
        page.set_viewport_size({"width": 965 if broad else 725, "height": 950})  # Letter within its margins
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        found = page.evaluate(ON_PAPER)
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        for what in ("acts", "cut", "cards", "shut"):
            troubles += [f"{name}: {what}: {found[what]}"] if found[what] else []
        if name in FIGURES and "20" not in found["editions"]:
            troubles.append(f"{name}: names no edition")
        if name == "vehicle" and not 0 < found["pictures"] <= found["tables"]:
            troubles.append(f"{name}: {found['pictures']} pictures, {found['tables']} tables beside them")
        file = tmp_path / f"{name}.pdf"
        page.pdf(path=str(file), format="Letter", prefer_css_page_size=True)
        heading = page.locator("h1").first.inner_text().split()[0]
        sheets = [sheet.extract_text() for sheet in PdfReader(file).pages]
        if not all(heading in text and f"printed {day}" in text for text in sheets):
            troubles.append(f"{name}: a sheet of {len(sheets)} does not say what it is")
        if PICTURES:
            Path(PICTURES, f"{name}.pdf").write_bytes(file.read_bytes())
    assert troubles == []


def test_a_menu_at_the_top_closes_by_escape_and_when_one_moves_on(world, visit):
    ed, _vehicle = world
    page = visit(ed)
    page.goto("/certificates/")
    menu, summary = page.locator(".languages"), page.locator(".languages summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.matches('.languages summary')")
    for leave in (lambda: page.locator("h1").click(), lambda: page.locator("main a").first.focus()):
        summary.click()
        assert menu.get_attribute("open") is not None
        leave()
        assert menu.get_attribute("open") is None


def test_a_phone_shows_figures_before_filters_and_no_picture_twice(world, visit):
    ed, vehicle = world
    page = visit(ed, viewport={"width": 390, "height": 800})
    page.goto("/vehicles/")
    top = {name: page.locator(name).bounding_box()["y"] for name in ("#facts", "#ask", "#board")}
    assert top["#facts"] < top["#ask"] < top["#board"] < 1000
    assert page.locator(".narrowing").get_attribute("open") is None
    page.goto(f"/vehicles/{vehicle.pk}/")
    assert page.locator("section:has(.strips) details[data-equal][open]").count() == 0


def test_an_act_with_many_gaps_shows_only_what_it_needs(world, visit):
    ed, _vehicle = world
    page = visit(ed)
    page.goto("/gaps/?law=usmca&kind=review")
    shown = {"ask": "#act-due", "assign": "#act-person", "accept": "#act-why", "remind": None}
    for act, wanted in shown.items():
        page.select_option("#act-act", act)
        seen = [one for one in ("#act-due", "#act-person", "#act-why") if page.locator(one).is_visible()]
        assert seen == ([wanted] if wanted else []), act


def tabbed_to(page, what, most=120):
    """Press Tab until the element in focus is of that kind; it can be seen when it is reached."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            assert page.evaluate("document.activeElement.getClientRects().length > 0")
            return
    raise AssertionError(f"{what} is not reached by Tab on {page.url}")


def test_the_keyboard_is_enough(world, visit):
    """From the board to a number's steps and back, to a decision with its reason: no pointer is used."""
    ed, vehicle = world
    page = visit(ed)
    page.goto("/vehicles/")
    tabbed_to(page, f"a[href='/vehicles/{vehicle.pk}/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/vehicles/{vehicle.pk}/")
    tabbed_to(page, "a[href*='why=usmca.rvc.worst']")
    page.keyboard.press("Enter")
    page.wait_for_url("**why=usmca.rvc.worst**")
    tabbed_to(page, "a[href*='/review/']", most=400)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    tabbed_to(page, "input[name=decision]")
    page.keyboard.press("ArrowDown")
    tabbed_to(page, "textarea[name=why]")
    page.keyboard.type("Read and rejected by keyboard alone.")
    tabbed_to(page, "main form button")
    page.keyboard.press("Enter")
    page.get_by_text("Your decision is recorded").wait_for()
    assert Review.objects.get().why == "Read and rejected by keyboard alone."
