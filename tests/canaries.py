"""A small world whose figures below a direct supplier can be found by searching, the pages to search, and the search."""

import re
from decimal import Decimal

from django.urls import reverse

from tests import make
from tracing import boards, disclosure, rulebooks, vehicletables, whys
from tracing.actions import traces
from tracing.engine.result import FAIL, OPEN, PASS
from tracing.models import Vehicle

WIRE = "0.318407"  # Ada's wire: nobody but Ada may ever read it
ZINC = "0.027193"
OWN = {"product": "0.413906", "period": "0.071522"}
BODY = [WIRE, ZINC, *OWN.values()]
NAMES = ["Hanbit Wire", "Zinkwerk Lahn", "WR-CANARY", "ZN-CANARY"]
BOLT_PRICE = "1.296358"  # what Tom pays Ada: theirs, not the automaker's
TOMS = [BOLT_PRICE, "61.527", "37.184", "150.77"]
EDS_OWN = {"184.23", "1,984.23", "2,404.23"}  # sums of prices he pays: his own facts
LAWS = ["usmca", "nafta", "us-2017~total", "us-2017~actual", "us-2017~required"]


def import_line(item, hs, price, country, seller, quantity="1"):
    source = {"how": "imported", "price": price, "made_in": country, "seller_name": seller, "title": "importation"}
    return {"item": item, "hs": hs, "quantity": quantity, "unit": "kg", "sources": [source]}


def bolt_lines(wire=WIRE):
    return [
        import_line("WR-CANARY", "7217.10", wire, "KR", "Hanbit Wire"),
        import_line("ZN-CANARY", "7901.11", ZINC, "DE", "Zinkwerk Lahn"),
    ]


def laid(cast):
    """Ada's bolt with a body of canaries, Tom's axle of bolts and a silent part, Ed's car of the axle and a silent seat."""
    made = make.SimpleNamespace()
    made.bolt = make.signed(
        cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], costs=OWN,
        lines=bolt_lines(),
    )  # fmt: skip
    silent = make.sourcing(make.part(cast.dorado, "DF-88", hs="8482.10"), make.part(cast.talbot, "17-0088", hs="8482.10"),
                           by_seller=cast.dora, by_buyer=cast.tom)  # fmt: skip
    make.sourcing(cast.axle, make.part(cast.orion, "OR-500", hs="8708.50"), by_seller=cast.tom, by_buyer=cast.gus)
    lines = [
        {
            "item": "17-0012",
            "hs": "7318.15",
            "quantity": "8",
            "sources": [{"price": BOLT_PRICE, "sourcing": cast.bolt_to_talbot.pk}],
        },
        {"item": "17-0088", "hs": "8482.10", "quantity": "2", "sources": [{"price": "37.184", "sourcing": silent.pk}]},
        import_line("HSG-1", "7325.99", "61.527", "BR", "Fundicao Sul"),
    ]
    made.axle = make.signed(
        cast.axle,
        by=cast.tom,
        to=[cast.meridian, cast.orion],
        made_in="MX",
        lines=lines,
        costs={"product": "150.77", "period": "30.31"},
    )
    seat = make.sourcing(make.part(cast.dorado, "DF-SEAT", hs="9401.20"), make.part(cast.meridian, "5Q0-881", description="Front seat",
                         hs="9401.20"), by_seller=cast.dora, by_buyer=cast.ed)  # fmt: skip
    made.seat = seat
    car = [
        {
            "item": "5Q0-500",
            "hs": "8708.50",
            "quantity": "1",
            "sources": [{"price": "420", "sourcing": cast.axle_to_meridian.pk}],
        },
        {"item": "5Q0-881", "hs": "9401.20", "quantity": "2", "sources": [{"price": "900", "sourcing": seat.pk}]},
        import_line("5Q0-035", "8527.21", "184.23", "KR", "Taejin Electronics"),
    ]
    made.car = make.signed(
        cast.car,
        by=cast.eve,
        made_in="US",
        hs="8703.23",
        lines=car,
        costs={"net": "5000"},
        vehicle_facts={"class": "light"},
    )
    made.vehicle = Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)
    run(made.vehicle)
    return made


def run(vehicle):
    traces.spread()
    traces.mark([vehicle.pk])
    return traces.retrace(vehicle.pk)


def addresses(vehicle):
    """Every page of the automaker about this vehicle, every law, every number's steps, every format."""
    detail, found = reverse("tracing:vehicle-detail", args=[vehicle.pk]), []
    found += [
        reverse("tracing:vehicle-list"),
        reverse("tracing:vehicle-list") + "?format=csv",
        reverse("tracing:vehicle-progress"),
    ]
    found += [f"{detail}?law={law}{more}" for law in LAWS for more in ("", "&format=csv")]
    found += [
        reverse("tracing:vehicle-ask", args=[vehicle.pk]),
        *(reverse("tracing:gap-list") + f"?law={law}" for law in rulebooks.ids()),
    ]
    duties = reverse("compliance:duty-list")
    found += [duties, f"{duties}?format=csv", reverse("compliance:duty-detail", args=[vehicle.pk])]
    line = boards.rows([vehicle])[0]
    found += [
        f"{detail}?why={row['test']['key']}.{bound}"
        for row in boards.tests(line["faces"])
        for bound in disclosure.BOUNDS
    ]
    parts = [part["key"] for part in disclosure.part_faces(line["trace"].outcomes.first())]
    found += [f"{detail}?law={law}&why={key}" for law in LAWS[:3] for key in parts]
    found += [f"{detail}?why={row['test']['key']}.margin" for row in boards.tests(line["faces"])]
    found += [f"{detail}?law={law}&why=gap.{key.removeprefix('part.')}" for law in LAWS[:3] for key in parts]
    found += [f"{detail}?law=aala&why=label.{name}" for name in whys.LABEL]
    found += [f"{detail}?law={law}&table={name}&format=csv" for law in LAWS for name in vehicletables.TABLES]
    compare = reverse("tracing:vehicle-compare", args=[vehicle.pk])
    found += [f"{compare}?a={law}&b={LAWS[0]}{more}" for law in LAWS for more in ("", "&format=csv", "&a=2026-11-24")]
    proof = reverse("tracing:vehicle-determinations", args=[vehicle.pk])
    api = [proof, f"{proof}?format=csv", reverse("api:vehicle-list"), reverse("api:vehicle-detail", args=[vehicle.pk])]
    return found + api + [reverse("api:gap-list", args=[face["id"]]) for face in line["faces"]]


def forms(figure):
    """The ways a figure might be printed: whole, in cents, grouped, with a comma, in thousandths, per hundred."""
    value = Decimal(figure)
    texts = {figure, figure.rstrip("0"), f"{value:.5f}", f"{value:.4f}", f"{value:.3f}"}
    texts |= {text.replace(".", ",") for text in texts} | {f"{value * 100:.4f}", f"{value * 1000:.3f}"}
    return {text for text in texts if len(text.replace(".", "").lstrip("0")) >= 3}


def told(response):
    """A page without the tokens that differ on every request, and without the address under which an outcome is reviewed."""
    return re.sub(
        r'name="(csrfmiddlewaretoken|token)" value="[\w-]+"|/outcomes/[0-9a-f-]{36}/', "", response.content.decode()
    )


def leaks(text, figures=BODY, words=NAMES):
    return [form for figure in figures for form in forms(figure) if form in text] + [
        word for word in words if word in text
    ]


def derived(outcome):
    """Exact figures that would give a supplier's body away: content, counted amounts and totals, to the cent."""
    found = set()
    for part in outcome.result["parts"]:
        if part["declaration"]:
            found |= set(part["content"].values())
            found |= {value for value in part["counted"].values() if Decimal(value) != Decimal(part["value"])}
    for test in outcome.result["tests"]:
        found |= {test[bound] for bound in disclosure.BOUNDS}
    found |= {
        value
        for key, value in outcome.result["amounts"].items()
        if key.startswith(("vnm", "regional", "us", "untraced"))
    }
    shown = {
        f"{Decimal(value):,.2f}" for value in found if value and Decimal(value) != Decimal(value).to_integral_value()
    }
    return shown - EDS_OWN


def bounds(worst, best, needed="62.5", operator="at_least", declared=None):
    result = PASS if Decimal(worst) >= Decimal(needed) else OPEN if Decimal(best) >= Decimal(needed) else FAIL
    return {"worst": worst, "declared": declared or worst, "best": best, "threshold": needed, "operator": operator, "result": result,
            "of": "total"}  # fmt: skip
