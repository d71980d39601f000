"""A whole fleet read as arrays says what the dossiers of its vehicles say, and a patch what a fresh reading says."""

import datetime as dt
import random

import numpy as np
import pytest

from compliance.actions.demo import Builder
from compliance.demo import world
from suppliers.actions import declarations, parts
from suppliers.models import Declaration, Rate, Ripple, Sourcing
from tests import make
from tests.conftest import TODAY
from tracing.engine import dossier
from tracing.engine.facts import AMOUNTS, facts_of
from tracing.models import Vehicle
from tracing.snapshots import fleets, keys, splices, take, wordings
from tracing.snapshots.columns import Packed, Texts

pytestmark = pytest.mark.django_db
COLUMNS = ("line", "nth", "qty", "share", "factor", "price")
STEEL = {"item": "ST-9", "hs": "7214.99", "quantity": "40", "unit": "kg",
         "sources": [{"how": "imported", "price": "1.1", "made_in": "BR", "title": "importation"}]}  # fmt: skip


def told(facts, node):
    """Everything that is said of one declaration and its sources, in plain values that compare."""
    rows = np.flatnonzero(np.asarray(facts.asker) == node).tolist()
    child = [facts.names[facts.child[row]] if facts.child[row] >= 0 else None for row in rows]
    return {
        "face": facts.faces[facts.face[node]], "body": bool(facts.body[node]),
        "amounts": {name: int(facts.amounts[name][node]) for name in AMOUNTS},
        "sources": [(facts.kinds[facts.kind[row]], to, *(np.asarray(getattr(facts, name)[row]).tolist() for name in COLUMNS))
                    for row, to in zip(rows, child, strict=True)],
    }  # fmt: skip


def everything(rows):
    """What a fleet's rows say, whatever the order of their nodes."""
    facts = rows.facts
    nodes = np.flatnonzero(rows.answered).tolist()
    goods = [(key, facts.names[good], code) for key, good, code in
             zip(keys.uuids_of(rows.vehicles), facts.goods.tolist(), rows.currencies, strict=True)]  # fmt: skip
    return {
        "said": {facts.names[node]: told(facts, node) for node in nodes},
        "rows": {facts.names[node]: (rows.declarations[node].tobytes(), rows.parts[node].tobytes()) for node in nodes},
        "goods": goods, "without": rows.without, "rates": facts.rates, "on": facts.on, "currency": facts.currency,
        "refused": {facts.names[node]: why for node, why in rows.refused.items()}, "standing": rows.standing,
    }  # fmt: skip


def agree(rows, on=TODAY):
    """The fleet says what each vehicle's dossier says; answers how many were compared."""
    said, compared = everything(rows), 0
    tops = {key: (name, code) for key, name, code in said["goods"]}
    assert (np.diff(rows.facts.asker) >= 0).all()
    for snapshot in take(Vehicle.objects.select_related("part"), on):
        if snapshot.error:
            assert snapshot.vehicle.pk in rows.without
            continue
        one = facts_of(dossier.read(snapshot.dossier))
        names, top = list(one.names), one.names[one.goods[0]]
        assert {name: told(one, nth) for nth, name in enumerate(names)} == {name: said["said"][name] for name in names}
        assert tops[snapshot.vehicle.pk] == (top, one.currency)
        own = rows.in_currency(one.currency)
        assert (own.on, own.currency) == (one.on, one.currency)
        assert top in [own.names[good] for good in own.goods]
        assert [row for row in own.rates if row in one.rates] == one.rates
        assert {name: said["rows"][name][0].hex() for name in names} == {
            name: key.replace("-", "") for name, key in snapshot.declarations.items()
        }
        compared += 1
    return compared


@pytest.mark.slow
def test_the_demo_fleet_says_what_its_dossiers_say():
    Builder(world.read(), lambda _line: None).build()
    rows = fleets.read(world.WRITTEN)
    assert agree(rows, world.WRITTEN) == 4
    assert rows.refused == {} and rows.without == []
    assert len(rows.facts.kinds) < len(rows.facts.asker)


def test_an_empty_database_is_an_empty_fleet():
    rows = fleets.read(TODAY)
    assert (len(rows.parts), len(rows.facts.asker), rows.without) == (0, 0, [])
    again, changed = splices.patched(rows, set(), TODAY)
    assert everything(again) == everything(rows) and len(changed) == 0


def odd(cast):
    """A river with everything that may be odd about a declaration, a sale or an answer."""
    river = make.river(cast)
    plants = [make.plant(cast.acme, code=code, name=code) for code in ("east", "west", "a-1")]
    flange = make.part(cast.acme, 'FL 1/2, "B"', hs="7307.91")
    two = make.sourcing(flange, make.part(cast.talbot, "17-0099"), by_seller=cast.ada, by_buyer=cast.tom, factor="100")
    for plant, share in zip(plants, ("0.6", "0.25", None), strict=True):
        made = {} if share else {"ends": dt.date(2026, 10, 1)}  # over before the day
        make.signed(flange, by=cast.ada, to=[cast.talbot], plant=plant, plant_share=share, price="3.10",
                    statements=[{"law": "nafta", "para": "c", "amount": "0.123456"},
                                {"law": "usmca", "originates": "no", "percent": "62.5", "net_cost": "2", "vnm": "0"}],
                    claims=[{"key": "shift", "value": "met", "why": "by its \"heading\", (say)"}, {"key": "table", "value": "B"}],
                    own_values=[{"country": "US", "amount": "1.5"}, {"country": "MX", "amount": "0.000001"}], **made)  # fmt: skip
    make.signed(flange, by=cast.ada, to=[cast.talbot], price="9")  # of no plant, where plants answer
    nut = make.part(cast.acme, "NUT", hs="7318.16")
    sale = make.sourcing(nut, make.part(cast.talbot, "17-0100"), by_seller=cast.ada, by_buyer=cast.tom)
    make.sourcing(nut, make.part(cast.orion, "O-1"), by_seller=cast.ada, by_buyer=cast.gus)
    make.signed(nut, by=cast.ada, to=[cast.orion])  # not addressed to the one who asks
    pin = make.part(cast.dorado, "PIN", hs="7318.24")
    half = make.sourcing(pin, make.part(cast.talbot, "17-0101"), by_buyer=cast.tom)
    make.signed(pin, by=cast.dora, to=[cast.talbot])  # its sale is not confirmed by the seller
    clip = make.part(cast.dorado, "CLIP", hs="7318.29")
    taken = make.sourcing(clip, make.part(cast.talbot, "17-0102"), by_seller=cast.dora, by_buyer=cast.tom)
    gone = make.signed(clip, by=cast.dora, to=[cast.talbot])
    declarations.withdraw(gone, by=cast.dora, why="a mistake")
    hub = make.part(cast.talbot, "HUB", hs="8708.70")
    own = make.signed(
        hub, by=cast.tom, lines=[], costs={"product": "12.5", "excluded_royalties": "0.25", "total": "14"}
    )
    again = declarations.supersede(own, by=cast.tom, currency="MXN", fiscal_year_start="2026-04-01")
    sign(again, cast.tom)
    charges = [{"kind": "freight", "amount": "0.5", "leg": "receipt"}, {"kind": "duty", "amount": "0.07", "in_price": True},
               {"kind": "tax", "amount": "0", "recoverable": True}]  # fmt: skip
    tried = [{"at": "2026-08-01", "how": "by mail"}]
    silent = {"reason": "silent", "determination": "assumed foreign", "tried": tried}
    found = {
        "reason": "silent",
        "ge70": False,
        "pct": "43.125",
        "basis": "drawings",
        "determination": "in part",
        "tried": tried,
    }
    lines = [
        {"item": "H", "hs": "8708.70", "quantity": "2", "sources": [{"how": "made", "made_part": hub.pk}]},
        {"item": "F", "quantity": "0.5", "minor": True, "sources": [
            {"price": "3.1", "sourcing": two.pk, "share": "1/3", "designated": True, "basis": "rvc", "charges": charges},
            {"price": "2.9", "seller_name": "Nobody", "share": "2/3", "allied": True, "title": "later", "cannot": silent},
        ]},
        {"item": "N", "quantity": "4", "consigned": True, "sources": [{"price": "0.1", "sourcing": sale.pk, "cannot": {"reason": "refused"}}]},
        {"item": "P", "quantity": "1", "sources": [{"price": "0.2", "sourcing": half.pk, "made_in": "CN", "share": "25", "cannot": found},
                                                   {"price": "0.2", "sourcing": taken.pk, "share": "75",
                                                    "cannot": found | {"ge70": True, "pct": ""}}]},
        STEEL,
    ]  # fmt: skip
    axle = declarations.supersede(river.axle, by=cast.tom, lines=lines, own_values=[{"country": "MX", "amount": "11"}])
    river.axle = sign(axle, cast.tom)
    Vehicle.objects.create(organisation=cast.orion, part=make.part(cast.orion, "LYRA"), name="Lyra", model_year=2027)
    sedan = make.part(cast.orion, "SEDAN", hs="8703.23")
    make.signed(sedan, by=make.person("Una Officer", cast.orion, "officer"), currency="CAD", hs="8703.23", lines=[
        {"item": "O-1", "quantity": "9", "sources": [{"price": "0.15", "sourcing": Sourcing.objects.get(seller_part=nut, buyer=cast.orion).pk}]},
    ], costs={"net": "30000"}, vehicle_facts={"class": "light", "persons": 5})  # fmt: skip
    Vehicle.objects.create(organisation=cast.orion, part=sedan, name="Sedan", model_year=2027)
    for source, target, day in (
        ("MXN", "USD", 1),
        ("MXN", "USD", 20),
        ("USD", "CAD", 3),
        ("EUR", "USD", 3),
        ("MXN", "USD", 30),
    ):
        Rate.objects.create(
            from_currency=source, to_currency=target, rate="0.0512345", on=dt.date(2026, 11, day), cite="a bank"
        )
    return river


def sign(draft, by):
    return declarations.sign(draft, by=by, name="A Certifier", title="Certifier", shown=declarations.shown(draft),
                             alone_why="alone in the office")  # fmt: skip


def test_whatever_is_odd_is_said_as_in_a_dossier(cast, clock):
    odd(cast)
    rows = fleets.read(TODAY)
    assert agree(rows) == 2
    axle = everything(rows)["said"]["talbot-axles/TA-400"]
    assert [to for _, to, *_ in axle["sources"]] == [
        "talbot-axles/HUB", 'acme-bolts/FL 1/2, "B"@east', 'acme-bolts/FL 1/2, "B"@west', None, None, None, None, None, None,
    ]  # fmt: skip
    assert [row[5] for row in axle["sources"][1:4]] == [[1, 5], [1, 12], [1, 20]]
    assert axle["sources"][1][6] == [100, 1]
    assert [vehicle.name for vehicle in Vehicle.objects.filter(pk__in=rows.without)] == ["Lyra"]
    assert sorted(rows.currencies) == ["CAD", "USD"]


def test_a_part_that_its_maker_does_not_answer_for_stays_unanswered(cast, clock):
    river = odd(cast)
    rows = fleets.read(TODAY)
    hub = Declaration.objects.in_force(on=TODAY).get(part__number="HUB")
    declarations.withdraw(hub, by=cast.tom, why="a mistake")
    again, changed = splices.patched(rows, {hub.part_id}, TODAY)
    node = list(again.facts.names).index("talbot-axles/HUB")
    assert {again.facts.names[one] for one in changed} == {"talbot-axles/HUB", "talbot-axles/TA-400"}
    assert not again.answered[node] and not again.facts.body[node] and node not in again.facts.child
    assert not (again.facts.asker == node).any()
    kind, to, *_ = everything(again)["said"]["talbot-axles/TA-400"]["sources"][0]
    assert (kind["how"], to) == ("made", None)
    assert everything(again) == everything(fleets.read(TODAY)) and river.axle


def test_what_the_engine_would_not_read_is_named(cast, clock):
    river = make.river(cast)
    river.axle = sign(declarations.supersede(river.axle, by=cast.tom), cast.tom)
    draft = declarations.supersede(river.car, by=cast.eve, vehicle_facts={"class": "light"})
    Declaration.objects.filter(pk=draft.pk).update(vehicle_facts={"nonsense": "1"})
    draft.refresh_from_db()
    rows = fleets.read(TODAY)
    assert rows.refused == {}
    now = Declaration.objects.get(pk=draft.pk)
    Declaration.objects.filter(pk=draft.pk).update(
        signed_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC), signed_by=cast.eve, digest="x" * 64,
        signatory=river.car.signatory.__class__.objects.create(name="E", title="V"),
    )  # fmt: skip
    for found in (fleets.read(TODAY), splices.patched(rows, {now.part_id}, TODAY)[0]):
        ((node, why),) = found.refused.items()
        assert found.facts.names[node] == "meridian-motors/ALDER-27" and "nonsense" in why


class Trade:
    """A small trade in which people do whatever they may, drawn from a seed."""

    def __init__(self, cast, seed):
        self.draw = random.Random(seed)
        self.by = {cast.acme: cast.ada, cast.talbot: cast.tom, cast.dorado: cast.dora}
        self.cast = cast
        self.plants = [make.plant(cast.acme, code=code, name=code) for code in ("east", "west")]
        self.hub = make.part(cast.talbot, "HUB", hs="8708.70")
        self.own = [self.hub, cast.axle, cast.bolt, *(make.part(cast.acme, f"A{n}") for n in range(3)),
                    *(make.part(cast.dorado, f"D{n}") for n in range(3))]  # fmt: skip
        self.sales = []
        for n, part in enumerate(self.own[2:]):
            for buyer in (cast.talbot, cast.meridian):
                self.sales.append(
                    parts.propose(part, make.part(buyer, f"X{n}"), by=self.by[part.organisation], begins=make.FROM)
                )
        Vehicle.objects.create(organisation=cast.meridian, part=cast.car, name="Alder", model_year=2027)

    def act(self):
        self.draw.choice([self.sign, self.sign, self.sign, self.withdraw, self.confirm, self.renew])()

    def sign(self):
        part = self.draw.choice([*self.own, self.cast.car])
        by = self.by.get(part.organisation, self.cast.eve)
        more = {"vehicle_facts": {"class": "light"}, "hs": "8703.23"} if part == self.cast.car else {}
        if part.organisation == self.cast.acme and self.draw.random() < 0.5:
            more = {"plant": self.draw.choice(self.plants), "plant_share": self.draw.choice(["0.5", "0.75", None])}
        to = {sale.buyer for sale in self.sales if sale.seller_part_id == part.pk and self.draw.random() < 0.8}
        if part == self.cast.axle:
            to = {self.cast.meridian}
        costs = {"product": str(self.draw.randint(1, 5)), "net": "20000"}
        statements = [{"law": "nafta", "para": "c", "amount": str(self.draw.randint(1, 3))}] * self.draw.randint(0, 2)
        make.signed(part, by=by, to=to, lines=self.lines(part), costs=costs, statements=statements, **more)

    def lines(self, part):
        mine = [sale for sale in self.sales if sale.buyer_id == part.organisation_id]
        lines = [STEEL]
        for nth, sale in enumerate(self.draw.sample(mine, min(len(mine), self.draw.randint(0, 4)))):
            charges = [{"kind": "freight", "amount": "0.5", "leg": "receipt"}] * self.draw.randint(0, 1)
            one = {"price": "2", "sourcing": sale.pk, "charges": charges}
            two = [{**one, "share": "40"}, {"price": "3", "seller_name": "Nobody", "share": "60"}]
            lines.append({"item": f"L{nth}", "quantity": "2", "sources": [one] if self.draw.random() < 0.7 else two})
        if part == self.cast.car:
            lines.append(
                {
                    "item": "axle",
                    "sources": [{"price": "420", "sourcing": self.cast.axle_to_meridian.pk}],
                    "quantity": "1",
                }
            )
        if part == self.cast.axle:
            lines.append({"item": "hub", "sources": [{"how": "made", "made_part": self.hub.pk}], "quantity": "2"})
        return lines

    def withdraw(self):
        found = list(Declaration.objects.in_force(on=TODAY).order_by("part__number", "signed_at"))
        if found:
            row = self.draw.choice(found)
            declarations.withdraw(row, by=self.by.get(row.organisation, self.cast.eve), why="a mistake")

    def renew(self):
        found = list(Declaration.objects.in_force(on=TODAY).order_by("part__number", "signed_at"))
        if found:
            row = self.draw.choice(found)
            by = self.by.get(row.organisation, self.cast.eve)
            sign(declarations.supersede(row, by=by, price=str(self.draw.randint(5000, 9000))), by)

    def confirm(self):
        open_ = [sale for sale in self.sales if not sale.confirmations.filter(side="buyer").exists()]
        if open_:
            sale = self.draw.choice(open_)
            parts.confirm(sale, by={self.cast.talbot: self.cast.tom, self.cast.meridian: self.cast.ed}[sale.buyer])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_a_patched_fleet_is_a_fleet_read_anew(cast, clock, seed):
    trade = Trade(cast, seed)
    rows, last = fleets.read(TODAY), max(Ripple.objects.values_list("pk", flat=True), default=0)
    for _ in range(15):
        for _ in range(trade.draw.randint(1, 6)):
            trade.act()
            clock.shift(1)
        news = Ripple.objects.filter(pk__gt=last)
        touched, last = set(news.values_list("part", flat=True)), max([last, *news.values_list("pk", flat=True)])
        before, names = [told(rows.facts, node) for node in range(len(rows.parts))], list(rows.facts.names)
        rows, changed = splices.patched(rows, touched, TODAY)
        fresh = fleets.read(TODAY)
        assert everything(rows) == everything(fresh)
        assert list(rows.facts.names)[: len(names)] == names  # a name keeps its node
        same = sorted(set(range(len(names))) - set(changed.tolist()))
        assert [told(rows.facts, node) for node in same] == [before[node] for node in same]
    assert agree(rows) + len(rows.without) == 1
    assert len(rows.facts.names) > 6


def test_a_patch_without_news_changes_nothing(cast, clock):
    odd(cast)
    rows = fleets.read(TODAY)
    bolts = keys.uuids_of(rows.parts[[name.startswith("acme") for name in rows.facts.names]])
    again, changed = splices.patched(rows, bolts, TODAY)
    assert {again.facts.names[node].split("/")[0] for node in changed} == {
        "acme-bolts"
    }  # told of, though nothing is new
    assert (len(again.facts.kinds), len(again.facts.faces)) == (len(rows.facts.kinds), len(rows.facts.faces))
    assert len(again.facts.kinds.words) == len(rows.facts.kinds.words) and everything(again) == everything(rows)


def test_an_answer_nobody_told_of_is_taken_along(cast, clock):
    river = make.river(cast)
    rows = fleets.read(TODAY)
    bolt = sign(declarations.supersede(river.bolt, by=cast.ada, price="2"), cast.ada)
    axle = sign(declarations.supersede(river.axle, by=cast.tom, price="421"), cast.tom)
    again, _ = splices.patched(rows, {axle.part_id}, TODAY)
    assert everything(again) == everything(fleets.read(TODAY)) and bolt


def test_keys_are_found_whatever_bits_they_share():
    draw = np.random.default_rng(5)
    some = np.frombuffer(draw.bytes(16 * 3000), keys.KEY)
    alike = np.frombuffer(b"".join(b"\xff" * 8 + int(n).to_bytes(8, "big") for n in range(500)), keys.KEY)
    close = np.frombuffer(b"".join(int(n).to_bytes(8, "big") + b"\0" * 8 for n in range(500)), keys.KEY)
    for held in (some, alike, close, np.concatenate([some, alike, close]), some[:1], some[:0]):
        index = keys.Index(held)
        assert index.find(held).tolist() == list(range(len(held)))
        others = np.concatenate([held[::-1], np.frombuffer(draw.bytes(160), keys.KEY)])
        assert index.find(others).tolist() == [*range(len(held))][::-1] + [-1] * 10


def test_rows_are_told_apart_even_where_their_mixtures_meet(monkeypatch):
    columns = [np.array([3, 1, 3, 1, 2]), np.array([0, 0, 0, 5, 0])]
    for _ in range(2):
        first, number = keys.distinct(columns)
        assert len(first) == 4 and number[0] == number[2] and len(set(number.tolist())) == 4
        assert all((column[first][number] == column).all() for column in columns)
        monkeypatch.setattr(keys, "mixed", lambda columns: np.zeros(len(columns[0]), np.uint64))


@pytest.mark.parametrize(
    "said", [["a", "", "B c"], ['x "y" \\ z', ",", "(1)"], ["", "[1, 2]", "né"], ["one\nline", "\\\\", " "]]
)
def test_rows_are_taken_apart_as_postgresql_wrote_them(said, on_postgresql):
    from django.db import connection

    quoted = '","'.join(one.replace("\\", "\\\\").replace('"', '""') for one in said)
    assert Packed.told(f'("{quoted}",,t)') == [*said, "", "t"]
    if on_postgresql:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ROW(%s::text, %s::text, %s::text, NULL, true)::text", said)
            assert Packed.told(cursor.fetchone()[0]) == [*said, "", "t"]


def test_texts_are_taken_and_joined():
    texts = Texts.of(["a", "", "né", "b"])
    assert list(texts) == ["a", "", "né", "b"] and texts[-2] == "né" and texts[1:3] == ["", "né"]
    assert list(texts.take(np.array([2, 0])).and_(Texts.of(["z"]))) == ["né", "a", "z"]
    with pytest.raises(IndexError):
        texts[4]
    assert list(wordings.Filled.silent(("a",))) == [{}]
