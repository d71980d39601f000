"""Makers of rows for tests: plain functions with defaults."""

import datetime as dt
import itertools
from types import SimpleNamespace

from suppliers.actions import declarations
from suppliers.models import (
    Membership,
    Organisation,
    Part,
    Person,
    Plant,
    Sourcing,
    SourcingConfirmation,
    User,
)
from tracing.models import Vehicle

_count = itertools.count(1)
PASSWORD = "correct horse battery"
FROM = dt.date(2026, 7, 1)
UNTIL = dt.date(2027, 7, 1)


def organisation(name=None, *, kind="supplier", country="US", code=None):
    name = name or f"Company {next(_count)}"
    return Organisation.objects.create(
        name=name, kind=kind, country=country, code=code or name.lower().replace(" ", "-")
    )


def person(name, organisation, *roles, title="Clerk", password=None):
    """A user with one membership; answers the membership. Passwords are slow to hash, so only on request."""
    user = User.objects.filter(person__name=name).first()
    if user is None:
        user = User(email=f"{name.lower().replace(' ', '.')}@{organisation.code}.example")
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save()
        Person.objects.create(user=user, name=name)
    return Membership.objects.create(user=user, organisation=organisation, roles=list(roles), title=title, begins=FROM)


def plant(organisation, *, code="main", name="Main works", country=None):
    return Plant.objects.create(
        organisation=organisation, code=code, name=name, country=country or organisation.country.code
    )


def part(organisation, number=None, *, description="Bracket", hs="8708.99", unit="pc"):
    number = number or f"P-{next(_count)}"
    return Part.objects.create(organisation=organisation, number=number, description=description, hs=hs, unit=unit)


def sourcing(seller_part, buyer_part, *, by_seller=None, by_buyer=None, factor=1):
    """A sourcing from that seller's part to that buyer's; confirmed by the sides whose membership is given."""
    row = Sourcing.objects.create(
        seller=seller_part.organisation,
        seller_part=seller_part,
        buyer=buyer_part.organisation,
        buyer_part=buyer_part,
        factor=factor,
        begins=FROM,
    )
    for side, by in (("seller", by_seller), ("buyer", by_buyer)):
        if by is not None:
            SourcingConfirmation.objects.create(sourcing=row, side=side, by=by)
    return row


def river(cast, *, confirm_bolt=True, net="20000"):
    """Bolt, axle and car, each signed; the car is a vehicle with a net cost of 20,000."""
    if not confirm_bolt:
        bolt = part(cast.acme, "AB-M13", description="Hexagon bolt M13x60", hs="7318.15")
        sale = sourcing(bolt, part(cast.talbot, "17-0013", hs="7318.15"), by_buyer=cast.tom)
    else:
        bolt, sale = cast.bolt, cast.bolt_to_talbot
    back = sourcing(cast.axle, part(cast.acme, "AX", hs="8708.50"), by_seller=cast.tom, by_buyer=cast.ada)
    made = SimpleNamespace(bolt_sale=sale, axle_to_acme=back)
    made.bolt = signed(bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    bolts = {"item": "17-0012", "hs": "7318.15", "quantity": "8", "sources": [{"price": "1.25", "sourcing": sale.pk}]}
    steel = {"item": "ST-9", "hs": "7214.99", "quantity": "40", "unit": "kg",
             "sources": [{"how": "imported", "price": "1.1", "made_in": "BR", "title": "importation"}]}  # fmt: skip
    made.axle = signed(
        cast.axle, by=cast.tom, to=[cast.meridian, cast.acme], made_in="MX", lines=[bolts, steel],
        costs={"product": "150", "period": "30"},
    )  # fmt: skip
    axle = {
        "item": "5Q0-500",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"price": "420", "sourcing": cast.axle_to_meridian.pk}],
    }
    made.car = signed(
        cast.car,
        by=cast.eve,
        made_in="US",
        hs="8703.23",
        lines=[axle],
        costs={"net": net},
        vehicle_facts={"class": "light"},
    )
    made.vehicle = Vehicle.objects.create(
        organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027, body="crossover", units_a_year=64000
    )
    return made


def facts(part, *, to=(), **changes):
    """A believable bolt: wire bought from nobody in particular, made in the United States."""
    wire = {"how": "imported", "price": "0.31", "made_in": "KR", "seller_name": "Hanbit Wire", "title": "importation"}
    plain = {
        "part": part, "begins": FROM, "ends": UNTIL, "currency": "USD", "made_in": "US", "hs": part.hs, "uses": ["light"],
        "addressed_to": list(to), "lines": [{"item": "WR-12", "description": "Steel wire, 12 mm", "hs": "7217.10",
                                             "quantity": "0.11", "unit": "kg", "sources": [wire]}],
    }  # fmt: skip
    return plain | changes


def draft(part, *, by, to=(), **changes):
    """A draft of that part by that membership."""
    return declarations.draft(facts(part, to=to, **changes), by=by, machine=True)


def signed(part, *, by, drafted_by=None, to=(), **changes):
    """A signed declaration; drafted by another where given."""
    row = draft(part, by=drafted_by or by, to=to, **changes)
    return declarations.sign(
        row, by=by, name=by.user.display_name, title=by.title or "Certifier", shown=declarations.shown(row),
        alone_why="" if drafted_by else "alone in the office",
    )  # fmt: skip


def cast():
    """The people of every test: see DESIGN, tests. Each name is a membership; companies and parts stand beside."""
    acme = organisation("Acme Bolts", country="US")
    talbot = organisation("Talbot Axles", country="MX")
    dorado = organisation("Dorado Fasteners", country="US")
    meridian = organisation("Meridian Motors", kind="automaker", country="US")
    orion = organisation("Orion Cars", kind="automaker", country="CA")
    customs = organisation("Border Audit Office", kind="authority", country="US")
    portal = organisation("Portal Operations", kind="operator", country="US")
    people = SimpleNamespace(
        acme=acme, talbot=talbot, dorado=dorado, meridian=meridian, orion=orion, customs=customs, portal=portal,
        ada=person("Ada Lind", acme, "certifier", "editor", title="Quality manager"),
        ben=person("Ben Ruiz", acme, "editor"),
        cleo=person("Cleo Hart", acme, "reader"),
        ivy=person("Ivy Moss", acme, "administrator"),
        tom=person("Tom Vega", talbot, "certifier", "editor", title="Plant controller"),
        dora=person("Dora Pike", dorado, "certifier", "editor"),
        ed=person("Ed Okafor", meridian, "reviewer", "editor", title="Trade compliance analyst"),
        eve=person("Eve Novak", meridian, "officer", "certifier", title="Vice president, customs"),
        gus=person("Gus Hale", orion, "reviewer", "editor"),
        fay=person("Fay Orr", customs, "auditor"),
        finn=person("Finn Dale", customs, "auditor"),
        olga=person("Olga Reyes", portal, "operator"),
        sam=person("Sam Cole", acme, "editor", "certifier"),
    )  # fmt: skip
    people.sam_at_dorado = person("Sam Cole", dorado, "editor", "certifier")
    people.bolt = part(acme, "AB-M12", description="Hexagon bolt M12x60", hs="7318.15")
    people.axle = part(talbot, "TA-400", description="Rear axle assembly", hs="8708.50")
    people.talbot_bolt = part(talbot, "17-0012", description="Bolt M12x60", hs="7318.15")
    people.car = part(meridian, "ALDER-27", description="Alder crossover", hs="8703.23")
    people.meridian_axle = part(meridian, "5Q0-500", description="Rear axle", hs="8708.50")
    people.bolt_to_talbot = sourcing(people.bolt, people.talbot_bolt, by_seller=people.ada, by_buyer=people.tom)
    people.axle_to_meridian = sourcing(people.axle, people.meridian_axle, by_seller=people.tom, by_buyer=people.ed)
    return people
