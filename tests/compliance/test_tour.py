"""The tour: its stories tell what the pages they lead to show; the demo's doors exist nowhere else."""

import json
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from compliance import tours
from compliance.demo import world
from tests import make
from tracing.actions import traces

pytestmark = pytest.mark.django_db


def test_two_stories_need_no_fleet(client, settings):
    settings.DEMO = True
    html = client.get(reverse("compliance:tour")).content.decode()
    assert "$750 to $3,750" in html and "100, 65 or 33" in html
    assert "2 stories" in html


def test_the_doors_are_shut_outside_the_demo(client, cast):
    assert client.get(reverse("compliance:tour")).status_code == 404
    for kind in ("supplier", "automaker", "authority", "operator", "nobody"):
        assert client.post(reverse("compliance:tour-enter", args=[kind])).status_code == 404
    assert "_auth_user_id" not in client.session


def test_in_the_demo_one_enters_as_one_of_its_people(client, cast, settings):
    settings.DEMO = True
    assert client.get(reverse("home"))["Location"] == reverse("compliance:tour")
    html = client.get(reverse("compliance:tour")).content.decode()
    assert "See the board" in html and cast.ed.user.person.name in html
    assert client.get(reverse("compliance:tour-enter", args=["automaker"])).status_code == 405
    client.post(reverse("compliance:tour-enter", args=["automaker"]))
    assert client.session["_auth_user_id"] == str(cast.ed.user_id)
    assert client.get(reverse("home"))["Location"] == reverse("tracing:vehicle-list")
    assert client.post(reverse("compliance:tour-enter", args=["operator"])).status_code == 404


def test_the_bracket_stops_where_each_law_stops():
    """What is counted foreign under each: nothing once it originates; the strip; the strip and the slab."""
    given = json.loads(tours.BRACKET.read_text())
    price, strip, slab = (Decimal(text) for text in ("10", "3.50", "3.20"))
    assert (
        tours.where_to_stop(world.WRITTEN).figure
        == f"100, {(price - strip) * 10:.0f} or {(price - strip - slab) * 10:.0f}"
    )
    del given["declarations"]["blank"]["claims"]["shift"]
    assert tours.assess(given, tours.rulebooks.rulebook("usmca"))[0].as_dict()["tests"][0]["declared"] != "100"


def test_a_door_opens_at_the_page_it_promises_and_at_none_elsewhere(client, cast, settings):
    settings.DEMO = True
    door = reverse("compliance:tour-enter", args=["automaker"])
    assert client.post(door, {"to": "/gaps/?law=usmca"})["Location"] == "/gaps/?law=usmca"
    for away in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        assert client.post(door, {"to": away})["Location"] == reverse("home"), away


def test_a_newcomer_sees_which_vehicle_passes_which_law_and_whom_to_ask(client, cast, settings, monkeypatch):
    """On the first page, before anybody signs in; and every link of it is either open to all or goes through a door."""
    settings.DEMO = True
    vehicle = make.river(cast).vehicle
    traces.spread()
    traces.mark([vehicle.pk])
    traces.retrace(vehicle.pk)
    html = client.get(reverse("compliance:tour")).content.decode()
    page = reverse("tracing:vehicle-detail", args=[vehicle.pk])
    assert f'name="to" value="{page}"' in html and f'href="{page}' not in html
    shown = html[html.index("glance-h") : html.index("stories-h")]
    assert vehicle.name in shown and "USMCA" in shown and "Whom to ask" in shown
    for inside in set(re.findall(r'href="(/[^"#]*)"', html)):
        assert "/accounts/login/" not in client.get(inside).headers.get("Location", ""), inside
    client.post(reverse("compliance:tour-enter", args=["automaker"]), {"to": page})
    assert client.get(page).status_code == 200
    assert f'href="{page}"' in client.get(reverse("compliance:tour")).content.decode()
