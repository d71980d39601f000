"""The journey in a real browser: Ben drafts, Ada signs, the board changes, Ed reviews, Eve issues, anybody verifies."""

import datetime as dt
import re

import pytest

from compliance.models import Certificate
from suppliers.models import Declaration
from tests import make
from tests.make import PASSWORD
from tracing.actions import traces
from tracing.models import Vehicle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "ada": ["/requests/", "/declarations/", "/parts/"],
    "ed": [
        "/vehicles/",
        "/gaps/",
        "/duties/?value=30000&kind=passenger_vehicle&made_in=MX&sold_in=US&on=2026-06-01&us_content=40&cost=900",
        "/certificates/",
        "/rulebooks/",
        "/rulebooks/usmca/",
        "/verify/",
        "/vehicles/?laws=aala&laws=us-2026&laws=eu-uk-ev",
        "/rulebooks/calendar/",
        "/rulebooks/nafta/compare/?with=usmca",
    ],
    "fay": ["/grants/"],
}


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    settings.SIGNING_KEYS = tmp_path / "keys"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    cast = make.cast()
    for name in ("ada", "ben", "tom", "ed", "eve", "fay", "gus"):
        user = getattr(cast, name).user
        user.set_password(PASSWORD)
        user.save()
    bolts = {
        "item": "17-0012",
        "hs": "7318.15",
        "quantity": "8",
        "sources": [{"price": "1.25", "sourcing": cast.bolt_to_talbot.pk}],
    }
    make.signed(cast.axle, by=cast.tom, to=[cast.meridian], made_in="MX", lines=[bolts], costs={"product": "150"})
    axle = {
        "item": "5Q0-500",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"price": "420", "sourcing": cast.axle_to_meridian.pk}],
    }
    screen = {
        "item": "SCR",
        "hs": "8528.59",
        "quantity": "1",
        "sources": [{"how": "imported", "price": "2994", "made_in": "CN"}],
    }
    make.signed(cast.car, by=cast.eve, made_in="US", hs="8703.23", lines=[axle, screen], costs={"net": "20000"})
    cast.vehicle = Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)
    return cast


def retraced(vehicle):
    traces.spread()
    traces.retrace(vehicle.pk)
    return traces.current(vehicle).outcomes.get(rulebook="us-2017", reading="total")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_the_river(world, visit, tmp_path, scripts):
    assert retraced(world.vehicle).verdict == "open"
    ben = visit(world.ben, by_password=True, java_script_enabled=scripts)
    ben.goto("/parts/")
    ben.locator(f"form[action$='/parts/{world.bolt.pk}/declare/'] button").first.click()
    ben.wait_for_url("**/edit/**")
    draft = Declaration.objects.get(organisation=world.acme)
    ben.locator("button[value='add.lines']").click()
    ben.locator("[name='lines.0.item']").wait_for()
    ben.fill("[name='lines.0.item']", "WR-12")
    ben.fill("[name='lines.0.quantity']", "0.11")
    ben.fill("[name='lines.0.sources.0.price']", "not a number")
    with ben.expect_navigation():
        ben.locator("button[value=review]").click()
    assert ben.locator("#f-lines-0-sources-0-price-e").is_visible()
    assert ben.input_value("[name='lines.0.item']") == "WR-12"
    ben.fill("[name='lines.0.sources.0.price']", "0.31")
    ben.fill("[name='lines.0.sources.0.made_in']", "KR")
    if not ben.is_visible("[name='lines.0.sources.0.how']"):
        ben.locator("summary:near([name='lines.0.sources.0.price'])").first.click()
    ben.select_option("[name='lines.0.sources.0.how']", "imported")
    ben.fill("[name='costs.product']", "0.7")
    ben.locator("button[value=review]").click()
    ben.wait_for_url("**/sign/")

    ada = visit(world.ada, by_password=True, java_script_enabled=scripts)
    ada.goto(f"/declarations/{draft.pk}/sign/")
    ada.fill("[name=name]", "Ada Lind")
    ada.fill("[name=title]", "Quality manager")
    ada.check("[name=right]")
    ada.get_by_role("button", name=re.compile("^Sign, ")).click()
    ada.wait_for_url(f"**/declarations/{draft.pk}/")
    after = retraced(world.vehicle)
    assert after.verdict == "pass" and not after.open_gaps.exists()

    ed = visit(world.ed, by_password=True, java_script_enabled=scripts)
    ed.goto("/vehicles/")
    with ed.expect_navigation():
        ed.get_by_role("link", name="Alder").first.click()
    assert ed.get_by_text("Passes").first.is_visible()
    ed.goto(f"/outcomes/{after.pk}/review/")
    ed.check("[name=decision][value=accept]")
    ed.fill("[name=why]", "Every answer is in.")
    ed.locator("main button.btn-primary").click()
    ed.wait_for_url("**/certificate/")
    ed.fill("[name=name]", "Ed Okafor")
    ed.fill("[name=title]", "Trade compliance analyst")
    ed.check("[name=held]")
    ed.locator("main button.btn-primary").click()
    ed.wait_for_url("**/certificates/*/")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(bytes(Certificate.objects.get().pdf))

    anybody = visit(java_script_enabled=scripts)
    anybody.goto("/verify/")
    anybody.set_input_files("input[type=file]", path)
    with anybody.expect_navigation():
        anybody.locator("main button.btn-primary").click()
    assert anybody.get_by_text(re.compile("enuine")).first.is_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit(world, visit, width, scheme):
    """axe finds nothing (WCAG 2.2 A and AA), and nothing runs over the side, light and dark, wide and narrow."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    retraced(world.vehicle)
    faults = []
    for name, pages in PAGES.items():
        page = visit(
            getattr(world, name), viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        car = f"/vehicles/{world.vehicle.pk}/"
        extra = (
            [car, f"{car}compare/", f"{car}?law=aala", f"{car}?law=aala&why=aala.us_ca.worst"] if name == "ed" else []
        )
        for address in [*pages, *extra]:
            page.goto(address)
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 1:
                faults.append(f"{address}: {over} px too wide")
            found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
            faults += [
                f"{address}: {row['id']}: {row['nodes'][0]['html'][:120]}" for row in found.response["violations"]
            ]
    assert faults == []
