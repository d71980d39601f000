"""A blind chain in a browser: asked, handed on twice by mailed links, answered; the board closes and tells nothing of below."""

import datetime as dt
import re

import pytest

from suppliers.models import Mail, Part, Sourcing
from tests import make
from tests.make import PASSWORD
from tracing.actions import traces
from tracing.models import Vehicle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HUB = {"company": "Quaxolt & Öhring", "contact": "Ines Quaxeira", "email": "ines@quaxolt.example", "country": "CA",
       "number": "QX-88", "theirs": "T-HUB-6", "price": "25.0713", "own": "3.1907"}  # fmt: skip
RING = {"company": "Żyndrax Works", "contact": "Timo Zyndraxson", "email": "timo@zyndrax.example", "country": "US",
        "number": "ZY-71", "theirs": "HUBRING-Q7", "price": "10.4071", "own": "2.7133"}  # fmt: skip
BELOW_TIER_1 = ["3.1907", "Zyndrax", "Żyndrax", "ZY-71", "HUBRING-Q7", "10.4071", "2.7133"]
BELOW_AUTOMAKER = [*BELOW_TIER_1, "Quaxolt", "Quaxeira", "QX-88", "T-HUB-6", "25.0713"]


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    settings.SIGNING_KEYS = tmp_path / "keys"
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    cast = make.cast()
    for name in ("ed", "tom"):
        user = getattr(cast, name).user
        user.set_password(PASSWORD)
        user.save()
    axle = {"item": "5Q0-500", "hs": "8708.50", "quantity": "1",
            "sources": [{"price": "420", "sourcing": cast.axle_to_meridian.pk}]}  # fmt: skip
    make.signed(cast.car, by=cast.eve, made_in="US", hs="8703.23", lines=[axle], costs={"net": "1000"})
    cast.vehicle = Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)
    return cast


def width(vehicle):
    traces.spread()
    traces.mark([vehicle.pk])
    traces.retrace(vehicle.pk)
    trace = traces.current(vehicle)
    assert not trace.error, trace.error
    outcome = trace.outcomes.get(rulebook="us-2017", reading="total")
    return float(outcome.best) - float(outcome.worst)


def hands_on(page, tier):
    page.fill("[name=number]", tier["theirs"])
    page.fill("[name=description]", "Input")
    for name in ("company", "contact", "email"):
        page.fill(f"[name={name}]", tier[name])
    page.fill("[name=begins]", "2026-07-01")
    page.fill("[name=ends]", "2027-07-01")
    page.get_by_role("button", name="Send the letter").click()
    page.wait_for_url("**/purchases/")
    return re.search(r"/introductions/\S+/", Mail.objects.get(address=tier["email"]).text)[0]


def founds(page, link, tier):
    page.goto(link)
    page.select_option("[name=country]", tier["country"])
    page.fill("[name=title]", "Clerk")
    page.fill("[name=number]", tier["number"])
    page.get_by_role("button", name="Enter the company and accept").click()
    page.wait_for_url(lambda url: "/introductions/" not in url)


def answers(page, part, lines, own):
    """Through the open form: rows, costs, check, read, sign."""
    page.goto("/parts/")
    page.locator(f"form[action$='/parts/{part.pk}/declare/'] button").first.click()
    page.wait_for_url("**/edit/**")
    for nth, (item, price, sale) in enumerate(lines):
        page.locator("button[value='add.lines']").click()
        page.locator(f"[name='lines.{nth}.item']").wait_for()
        if sale:
            page.select_option(
                f"[name='lines.{nth}.sources.0.sourcing']", str(Sourcing.objects.get(buyer_part__number=item).pk)
            )
        page.fill(f"[name='lines.{nth}.quantity']", "1")
        page.fill(f"[name='lines.{nth}.sources.0.price']", price)
        with page.expect_response(lambda answer: answer.request.method == "POST"):  # what is known of the part joins it
            page.fill(f"[name='lines.{nth}.item']", item)
            page.keyboard.press("Tab")
        page.wait_for_timeout(300)
    page.select_option("[name=currency]", "USD")
    page.fill("[name='costs.product']", own)
    page.fill("[name=begins]", "2026-07-01")
    page.fill("[name=ends]", "2027-07-01")
    with page.expect_navigation():
        page.locator("button[value=review]").first.click()
    assert "/sign/" in page.url, page.locator("#findings").inner_text()
    page.fill("[name=name]", "A Clerk")
    page.fill("[name=title]", "Clerk")
    if page.locator("[name=alone_why]").count():
        page.fill("[name=alone_why]", "one-person office")
    page.check("[name=right]")
    page.get_by_role("button", name=re.compile("^Sign, ")).click()
    page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}/$"))


def kept(page):
    """Every answer of the portal that this browser gets, as text."""
    got = []

    def read(response):
        if response.request.resource_type in {"document", "xhr", "fetch"} and response.status < 300:
            got.append((response.url, response.text()))

    page.on("response", read)
    return got


def test_a_blind_chain(world, visit):
    ed, tom = visit(world.ed), visit(world.tom)
    seen = {"ed": kept(ed), "tom": kept(tom)}
    widths = [width(world.vehicle)]

    ed.goto(f"/vehicles/{world.vehicle.pk}/ask/")
    ed.check(f"[name=sourcings][value='{world.axle_to_meridian.pk}']")
    ed.get_by_role("button", name="Ask the chosen suppliers").click()
    ed.wait_for_url("**/vehicles/**")
    tom.goto("/requests/")
    with tom.expect_navigation():
        tom.get_by_role("link", name=re.compile("^Hand on")).first.click()
    link = hands_on(tom, HUB)

    ines = visit()
    founds(ines, link, HUB)
    answers(tom, world.axle, [(HUB["theirs"], HUB["price"], True)], "44")
    widths.append(width(world.vehicle))
    hub = Part.objects.get(number=HUB["number"])
    ines.goto("/purchases/")
    with ines.expect_navigation():
        ines.get_by_role("link", name="Name a maker").click()
    link = hands_on(ines, RING)
    timo = visit()
    founds(timo, link, RING)
    answers(ines, hub, [(RING["theirs"], RING["price"], True)], HUB["own"])
    widths.append(width(world.vehicle))
    answers(timo, Part.objects.get(number=RING["number"]), [], RING["own"])
    widths.append(width(world.vehicle))
    assert widths[0] > widths[1] > widths[2] > widths[3] == 0, widths

    for address in ("/vehicles/", f"/vehicles/{world.vehicle.pk}/", f"/vehicles/{world.vehicle.pk}/compare/", "/gaps/",
                    "/requests/", "/purchases/", "/disclosures/"):  # fmt: skip
        ed.goto(address)
    for address in ("/requests/", "/declarations/", "/sales/", "/purchases/", "/disclosures/"):
        tom.goto(address)
    with tom.expect_navigation():
        tom.get_by_role("link", name="Who sees what").first.click()
    assert len(seen["ed"]) > 8 and len(seen["tom"]) > 12
    leaks = [(url, word) for url, text in seen["tom"] for word in BELOW_TIER_1 if word in text]
    leaks += [(url, word) for url, text in seen["ed"] for word in BELOW_AUTOMAKER if word in text]
    assert leaks == []
    ines.goto("/purchases/")
    assert RING["theirs"] in ines.content(), "the owner sees what is its own"
