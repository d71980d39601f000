"""What an automaker asks costs the same work whatever is hidden from it: the same questions to the database, sizes and headers."""

import datetime as dt
import gc
import io
import re
import sys
import uuid
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from compliance import weak_spots
from compliance.actions import certificates, grants, reviews, signoffs, takeouts
from config import access
from suppliers.actions import campaigns, evidence, introductions, invitations, requests, uploads
from suppliers.models import Declaration, Sourcing
from tests import make
from tests.worlds import forget
from tracing import boards, disclosure, vehicletables
from tracing.actions import traces
from tracing.models import Outcome, Trace, Vehicle

TODAY = dt.date(2026, 11, 24)
NOISE = 12
"""Calls of functions by which two visits differ all the same: keys are drawn anew, and sorting them takes a call more or less."""
HEADERS = ("Content-Type", "Content-Length", "Content-Disposition", "ETag", "Last-Modified", "Vary", "Server-Timing",
           "Cache-Control", "Location", "X-Frame-Options")  # fmt: skip
LITERAL = re.compile(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b")  # a value that is written out, and the name of a savepoint


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))


@dataclass
class Cost:
    """One answer from outside: what it says, how large it is, and each statement in its order, with as many places as it has keys."""

    status: int
    headers: dict
    cookies: list
    size: int
    asked: list = field(repr=False)
    calls: int = 0
    body: bytes = field(default=b"", repr=False)

    @property
    def seen(self):
        return self.status, self.headers, self.cookies, self.size, self.asked


def cost(client, address, method="get", *, profiled=True):
    asked, calls = [], 0

    def watched(execute, sql, params, many, context):
        asked.append(LITERAL.sub("?", sql))
        return execute(sql, params, many, context)

    def counted(_frame, event, _arg):
        nonlocal calls
        calls += event == "call"

    with connection.execute_wrapper(watched):
        gc.disable()  # what it sweeps up is no work of this page
        sys.setprofile(counted if profiled else None)
        try:
            answer = getattr(client, method)(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        finally:
            sys.setprofile(None)
            gc.enable()
    said = {name: answer.headers.get(name) for name in HEADERS}
    cookies = sorted((name, len(one.value), one["max-age"]) for name, one in answer.cookies.items())
    return Cost(answer.status_code, said, cookies, len(body), asked, calls, body)


def entered(member):
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(member.pk)
    session.save()
    return client


# ---- somebody else's, and nobody's ----


def foreign(cast):
    """Rows of every kind that Meridian may not see, by the kind of page that would show one."""
    make.river(cast)
    boot = make.part(cast.orion, "OR-500", hs="8708.50")
    make.sourcing(cast.axle, boot, by_seller=cast.tom, by_buyer=cast.gus)
    lyra = make.part(cast.orion, "LYRA", hs="8703.23")
    make.signed(lyra, by=make.person("Gia Roy", cast.orion, "certifier", "editor"), made_in="CA", hs="8703.23",
                lines=[], costs={"net": "9000"}, vehicle_facts={"class": "light"})  # fmt: skip
    car = Vehicle.objects.create(organisation=cast.orion, part=lyra, name="Lyra", model_year=2027)
    traces.spread()
    traces.mark([car.pk])
    traces.retrace(car.pk)
    asked = requests.ask(
        cast.bolt_to_talbot, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=make.UNTIL, rulebooks=["usmca"]
    )
    outcome = Outcome.objects.filter(trace__vehicle=car)[0]
    review = reviews.decide(outcome, by=cast.gus, decision="reject", why="Not yet.")
    rows = [car, Declaration.objects.get(part=cast.bolt), outcome, review, cast.bolt_to_talbot, asked, cast.bolt]
    return rows + decided(cast, car) + entered_elsewhere(cast)


def decided(cast, car):
    """What another automaker decided: a sign-off, a certificate, a grant on it, its revocation's certificate, a campaign."""
    officer = make.person("Gil Ott", cast.orion, "officer", title="Director")
    who = {"by": officer, "name": "Gil Ott", "title": "Director"}
    days = {"begins": TODAY, "ends": dt.date(2027, 11, 24)}
    outcome = Outcome.objects.get(trace__vehicle=car, rulebook="usmca")
    review = reviews.decide(outcome, by=cast.gus, decision="accept", why="It passes.")
    spots = weak_spots.spots(outcome, **days, on=TODAY)
    signed = signoffs.sign_off(review, shown=signoffs.digest_of(spots), **days, **who)
    certificate = certificates.issue(review, **who)
    granted = grants.grant(
        certificate, to=cast.fay, purpose="Sample", by=officer, begins=TODAY, ends=dt.date(2027, 2, 1)
    )
    plan = campaigns.Plan("Axles", make.FROM, make.UNTIL, make.UNTIL, ("usmca",))
    sale = Sourcing.objects.get(buyer=cast.orion)
    campaign = campaigns.start(uuid.uuid4(), plan, by=cast.gus, goods=[car.part], sourcings=[sale.pk])
    return [signed, certificate, granted, campaign, campaign.requests.get()]


def entered_elsewhere(cast):
    """What a supplier entered for itself: a workbook, a paper, an archive, an invitation, a plant, an introduction; its people."""
    draft = make.draft(cast.bolt, by=cast.ben, begins=make.UNTIL, ends=dt.date(2028, 7, 1))
    paper = evidence.attach(draft, io.BytesIO(b"part;price\r\n"), name="a.csv", by=cast.ben)
    guest = {"name": "New Hand", "organisation": cast.acme, "roles": ["reader"], "by": cast.ivy}
    wire = {
        "company": "Wire Works",
        "contact": "Wim",
        "email": "wim@wire.example",
        "language": "en",
        "by": cast.ada,
        "rulebooks": ["usmca"],
    }
    return [
        draft, paper, uploads.take(io.BytesIO(b"part,state,price\n"), name="a.csv", by=cast.ben), takeouts.ask(cast.acme, by=cast.ivy),
        invitations.invite("new@acme-bolts.example", **guest), make.plant(cast.acme), cast.ben,
        introductions.introduce(make.part(cast.acme, "WR-1"), **wire, begins=make.FROM, ends=make.UNTIL, due=make.UNTIL),
    ]  # fmt: skip


def doors(*members):
    """Every page of one thing that somebody of an automaker may open, with the name of its key."""
    found = []
    for name, rule in access.TABLE.items():
        space, _, plain = name.rpartition(":")
        if not any(access.allowed(rule, one, signed_in=True) for one in members) or rule.public:
            continue
        resolver = get_resolver()
        for part in space.split(":") if space else []:
            resolver = resolver.namespace_dict[part][1]
        for forms in resolver.reverse_dict.getlist(plain):
            for _pattern, keys in forms[0]:
                if len(keys) == 1 and "uuid" in type(forms[3].get(keys[0])).__name__.lower():
                    found.append((name, keys[0]))
    return sorted(set(found))


@pytest.mark.slow
def test_what_is_another_company_s_costs_what_nothing_costs(cast, settings, tmp_path):
    """Every door with a key, of an automaker, of a rival supplier and of an authority without a grant: a foreign row answers as a
    key that nobody holds, by GET and by POST."""
    settings.FILES_DIR, settings.SIGNING_KEYS = tmp_path / "files", tmp_path / "keys"
    rows, tried, done = foreign(cast), 0, set()
    rival = make.person("Dov Lis", cast.dorado, "administrator")
    for member in (cast.ed, cast.eve, cast.dora, rival, cast.finn):
        client = entered(member)
        client.get("/")
        kind = member.organisation.kind
        for name, key in sorted(set(doors(member)) - {(name, key) for of, name, key in done if of == kind}):
            done.add((kind, name, key))
            nobody, other = (reverse(name, kwargs={key: uuid.uuid4()}) for _ in range(2))
            for method in ("get", "post"):
                cost(client, other, method, profiled=method == "get")  # what a process makes once is made
                none = cost(client, nobody, method, profiled=method == "get")
                if none.status != 404:
                    continue  # no door for this method
                for row in rows:
                    one = cost(client, reverse(name, kwargs={key: row.pk}), method, profiled=method == "get")
                    assert one.seen == none.seen and one.body == none.body, (name, type(row).__name__, method)
                    assert abs(one.calls - none.calls) <= NOISE, (name, type(row).__name__, method)
                    tried += 1
    assert tried > 1500


# ---- two worlds ----


def imported(item, hs, price, country, seller):
    source = {"how": "imported", "price": price, "made_in": country, "seller_name": seller, "title": "importation"}
    return {"item": item, "hs": hs, "quantity": "1", "unit": "kg", "sources": [source]}


def bought(item, hs, price, sale, quantity="1"):
    return {"item": item, "hs": hs, "quantity": quantity, "sources": [{"price": price, "sourcing": sale.pk}]}


def world(*, wire="0.318407", trifles=0, tiers=0, silent="left"):
    """A car of an axle, a silent seat and an import. Under the axle, hidden: a bolt, and two nuts of which one is silent.

    ``wire`` is a price inside the bolt; ``trifles`` more lines of it; ``tiers`` companies that each pass the wire on;
    ``silent`` says which of the two nuts nobody answers for.
    """
    cast = make.cast()
    lines = [imported(f"TR-{nth}", "7217.10", "0.000001", "KR", "Hanbit") for nth in range(trifles)]
    if not tiers:
        lines.append(imported("WR", "7217.10", wire, "KR", "Hanbit"))
    else:
        lines.append(bought("WR-0", "7217.10", wire, passed_on(cast.acme, cast.ada, wire, tiers)))
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot], lines=lines, costs={"product": "0.41"})
    nuts = {}
    for side in ("left", "right"):
        nut = make.part(cast.dorado, f"DF-{side}", hs="8482.10")
        nuts[side] = make.sourcing(
            nut, make.part(cast.talbot, f"17-{side}", hs="8482.10"), by_seller=cast.dora, by_buyer=cast.tom
        )
        if side != silent:
            make.signed(nut, by=cast.dora, to=[cast.talbot])
    axle = [bought("17-0012", "7318.15", "1.296358", cast.bolt_to_talbot, "8"),
            *(bought(f"17-{side}", "8482.10", "37.184", sale) for side, sale in nuts.items()),
            imported("HSG", "7325.99", "61.527", "BR", "Fundicao")]  # fmt: skip
    make.signed(
        cast.axle, by=cast.tom, to=[cast.meridian], made_in="MX", lines=axle, costs={"product": "150", "period": "30"}
    )
    seat = make.sourcing(make.part(cast.dorado, "DF-SEAT", hs="9401.20"), make.part(cast.meridian, "5Q0-881", hs="9401.20"),
                         by_seller=cast.dora, by_buyer=cast.ed)  # fmt: skip
    car = [bought("5Q0-500", "8708.50", "420", cast.axle_to_meridian), bought("5Q0-881", "9401.20", "900", seat, "2"),
           imported("5Q0-035", "8527.21", "184.23", "KR", "Taejin")]  # fmt: skip
    make.signed(
        cast.car,
        by=cast.eve,
        made_in="US",
        hs="8703.23",
        lines=car,
        costs={"net": "5000"},
        vehicle_facts={"class": "light"},
    )
    vehicle = Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)
    traces.spread()
    traces.mark([vehicle.pk])
    traces.retrace(vehicle.pk)
    return cast, vehicle


def passed_on(buyer, by, price, tiers):
    """The sale of a wire that goes through so many companies at one price; the first of them imports it."""
    maker = make.organisation(f"Wire {tiers}")
    signer = make.person(f"Wire Person {tiers}", maker, "certifier", "editor")
    wire = make.part(maker, "WR", hs="7217.10")
    sale = make.sourcing(wire, make.part(buyer, "WR-0", hs="7217.10"), by_seller=signer, by_buyer=by)
    raw = imported("RAW", "7217.10", price, "KR", "Hanbit")
    line = bought("WR-0", "7217.10", price, passed_on(maker, signer, price, tiers - 1)) if tiers > 1 else raw
    make.signed(wire, by=signer, to=[buyer], made_in="KR", lines=[line], costs={"product": "0.000001"})
    return sale


# Counting calls is slow, so the pages that hold most stand for the others.
PROFILED = {"0 /vehicles/", "4 /vehicles/V/", "23 /gaps/", "33 /outcomes/O/review/"}
HIDDEN = {
    "a price": {"wire": "0.319511"}, "more lines": {"trifles": 5}, "more tiers": {"tiers": 3}, "who is silent": {"silent": "right"},
}  # fmt: skip


def pages(cast, vehicle):
    """By name every page, file and answer of the interface that an automaker has of this vehicle."""
    outcome = Outcome.objects.filter(trace__vehicle=vehicle, rulebook="usmca").last()
    axle = Declaration.objects.signed().get(part=cast.axle)
    at, part = f"/vehicles/{vehicle.pk}/", disclosure.part_faces(outcome)[0]["key"]
    test = boards.tests(boards.rows([vehicle])[0]["faces"])[0]["test"]["key"]
    found = [
        "/vehicles/", "/vehicles/?format=csv", "/vehicles/progress/", "/vehicles/", at, f"{at}?law=nafta", f"{at}?why={test}.worst",
        f"{at}?law=usmca&why={part}", f"{at}?law=usmca&why=gap.{part.removeprefix('part.')}", f"{at}?why=label.us_ca",
        *(f"{at}?law=usmca&table={name}&format=csv" for name in vehicletables.TABLES), f"{at}?law=usmca&table=parts&format=xlsx",
        f"{at}compare/", f"{at}compare/?a=usmca&b=nafta", f"{at}compare/?a=usmca&b=nafta&format=csv", f"{at}ask/",
        "/gaps/", "/gaps/?law=every", "/gaps/?law=usmca&format=csv", "/duties/", "/duties/?format=csv", f"/duties/{vehicle.pk}/",
        "/reviews/", "/reviews/?format=csv", "/reviews/results/?law=all", f"/reviews/answers/{axle.pk}/", f"/outcomes/{outcome.pk}/review/",
        f"/declarations/{axle.pk}/", "/purchases/", "/campaigns/", "/certificates/", "/disclosures/",
        "/api/v1/vehicles/", f"/api/v1/vehicles/{vehicle.pk}/", f"/api/v1/outcomes/{outcome.pk}/gaps/", f"/api/v1/declarations/{axle.pk}/",
    ]  # fmt: skip
    keys = {str(vehicle.pk): "V", str(outcome.pk): "O", str(axle.pk): "D", part: "P", part.removeprefix("part."): "P"}
    return {
        f"{nth} {re.sub('|'.join(map(re.escape, keys)), lambda hit: keys[hit[0]], one)}": one
        for nth, one in enumerate(found)
    }


def walked(**hidden):
    """What every page costs in that world, in a process that remembers nothing of it; the world is gone afterwards."""
    with transaction.atomic():
        cast, vehicle = world(**hidden)
        addresses, client = pages(cast, vehicle), entered(cast.ed)
        review = reviews.decide(
            Outcome.objects.filter(rulebook="usmca").last(), by=cast.ed, decision="accept", why="Read."
        )
        forget()
        told = {name: cost(client, address, profiled=name in PROFILED) for name, address in addresses.items()}
        officer = entered(cast.eve)
        told |= {
            name: cost(officer, f"/reviews/{review.pk}/{name}/", profiled=False) for name in ("sign-off", "certificate")
        }
        computed = Trace.objects.get().digest
        transaction.set_rollback(True)
    return told, computed


def differing(one, other):
    """The first statements that are not the same, and how many there are."""
    first = next((pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]), ("", ""))
    return len(one), len(other), *(text[-400:] for text in first)


@pytest.mark.slow
def test_what_is_below_a_direct_supplier_costs_nothing_more(db):
    """Another price, more lines, more tiers, another one silent: every page asks, weighs and answers the same."""
    walked()  # what a process makes once is made
    plain, digest = walked()
    assert {one.status for one in plain.values()} == {200} and plain.keys() >= PROFILED
    for label, hidden in HIDDEN.items():
        told, computed = walked(**hidden)
        assert computed != digest, f"{label}: nothing differs, so nothing is tried"
        assert told.keys() == plain.keys()
        for name, one in told.items():
            assert one.seen[:4] == plain[name].seen[:4], (label, name)
            assert one.asked == plain[name].asked, (label, name, differing(one.asked, plain[name].asked))
            assert abs(one.calls - plain[name].calls) <= NOISE, (label, name)
