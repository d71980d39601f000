"""The demo world is believable: codes that fit, shares that add up, prices that leave a margin, nobody selling to itself."""

import csv
import re
from collections import Counter
from decimal import Decimal

import pytest

from compliance.demo import complaints, dossiers, scale, world
from suppliers import hs
from tracing.engine import dossier as engine_dossier
from tracing.engine import supply

CAST = {
    "ada": ("acme", "certifier"), "ben": ("acme", "editor"), "cleo": ("acme", "reader"), "ivy": ("acme", "administrator"),
    "tom": ("talbot", "certifier"), "dora": ("dorado", "certifier"), "ed": ("meridian", "reviewer"),
    "eve": ("meridian", "officer"), "gus": ("orion", "reviewer"), "fay": ("customs", "auditor"),
    "finn": ("customs", "auditor"), "olga": ("traceline", "operator"),
}  # fmt: skip
STOP = {
    "and", "for", "the", "not", "other", "than", "whether", "without", "including", "kind", "used", "new", "set", "pair",
    "vehicle", "vehicles", "motor", "cars", "car", "body", "pickup", "crossover", "sedan", "rear", "front", "unit",
    "electric", "thereof", "their", "with", "part",
}  # fmt: skip


@pytest.fixture(scope="module")
def told():
    return world.read()


def words(text):
    """Significant word stems: six letters, plural dropped."""
    return {word[:6].rstrip("s") for word in re.findall(r"[a-zà-ÿ]{3,}", text.lower()) if word not in STOP}


def own_words():
    path = world.HERE / "hs_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["ours"], row["heading"], row["theirs"]) for row in csv.DictReader(file)]


def fits(description, code):
    """Whether a word of ours, or the nomenclature's word for it, stands in the heading or subheading."""
    theirs = words(hs.description(code))
    ours = words(description)
    plain = set(re.findall(r"[a-z]+", description.lower()))
    named = {words_for for word, heading, words_for in own_words() if word in plain and code.startswith(heading[:2])
             and hs.digits(code).startswith(heading)}  # fmt: skip
    return bool(ours & theirs) or any(word in hs.description(code).lower() for word in named)


def test_it_is_as_large_as_promised(told):
    suppliers = [row for row in told.organisations if row.kind == "supplier"]
    assert len(suppliers) >= 24
    assert {row.tier for row in suppliers} == {1, 2, 3, 4}
    assert len({row.country for row in suppliers}) >= 9
    assert len(told.parts) >= 150
    assert [row.kind for row in told.organisations].count("automaker") == 2
    plants = {
        told.plant[row.organisation, row.plant].country for row in told.vehicles if row.organisation == "meridian"
    }
    assert plants == {"MX", "US", "CA"}
    assert Counter(row.organisation for row in told.vehicles) == {"meridian": 3, "orion": 1}


def test_the_cast_is_there_with_its_roles(told):
    held = {(row.person, row.organisation): row.roles for row in told.memberships}
    for person, (organisation, role) in CAST.items():
        assert role in held[person, organisation], person
    assert all({"editor", "certifier"} <= set(held["sam", serves]) for serves in ("gulfhose", "bluewater"))
    assert [row.auditor for row in told.grants] == ["fay"]


def test_names_are_fictional_and_reachable_nowhere(told):
    assert all(row.email.endswith(".example") for row in told.people)
    assert len({row.email for row in told.people}) == len(told.people)
    assert len({row.name for row in told.people}) == len(told.people)


def test_every_code_exists_and_its_words_fit(told):
    rows = [*told.parts, *told.items]
    assert [row for row in rows if not hs.exists(row.hs)] == []
    assert [(row.description, row.hs) for row in rows if not fits(row.description, row.hs)] == []


def test_the_fit_of_a_code_can_fail():
    assert not fits("Hex flange bolt M12", "4011.10")
    assert not fits("Seat cushion foam", "8708.30")
    assert not fits("Door assembly, crossover", "9401.20")


def test_the_table_is_the_edition_of_2022():
    lengths = Counter(len(code) for code in hs.table())
    assert lengths == {2: 96, 4: 1228, 6: 5612}
    assert hs.exists("8524.11") and hs.exists("8507.60") and not hs.exists("8528.61")
    assert hs.description("8507.60").endswith("Lithium-ion")
    assert hs.description("0000.00") == "" and not hs.exists("bolt")


def test_shares_add_up_to_one(told):
    for declaration in told.declarations:
        for line in told.body(declaration.declaration):
            assert sum(source.row.share for source in line.sources) == 1, line
    assert any(str(row.share) == "1/3" for row in told.sources)


def test_no_input_costs_more_than_what_it_goes_into(told):
    for row in told.declarations:
        if row.price is None or not told.is_open(row.declaration):
            continue
        assert material(told, row) + own(told, row) <= row.price, row.declaration


def material(told, row):
    return sum(
        (
            line.row.qty * source.row.price * source.row.share.numerator / source.row.share.denominator
            + sum((c.amount for c in source.charges if not c.in_price), Decimal(0))
            * line.row.qty * source.row.share.numerator / source.row.share.denominator
            for line in told.body(row.declaration)
            for source in line.sources
        ),
        Decimal(0),
    )  # fmt: skip


def own(told, row):
    costs = told.costs_of[row.declaration]
    return sum((amount for amount in (costs.product, costs.period, costs.other) if amount), Decimal(0))


def test_a_vehicles_net_cost_is_a_cars(told):
    for vehicle in told.vehicles:
        row = told.in_force(vehicle.part, on=told.day)
        lines = told.body(row.declaration)
        costs = told.costs_of[row.declaration]
        excluded = sum(x for x in (costs.sales, costs.royalties, costs.shipping) if x)
        net = material(told, row) + own(told, row) - excluded
        assert 20_000 <= net <= 40_000, vehicle.name
        assert 25 <= len(lines) <= 45, vehicle.name
        assert net < vehicle.price < vehicle.msrp


def test_buyers_pay_what_sellers_ask_at_the_stated_rates(told):
    """Within one percent: each side rounds in its own currency."""
    to_usd = {row.from_currency: row.rate for row in told.rates} | {"USD": Decimal(1)}
    for row in told.declarations:
        for line in told.body(row.declaration):
            for source in line.sources:
                answer = source.sourcing and told.in_force((source.row.seller, source.row.seller_number), on=told.day)
                if answer and row.state == "signed":
                    paid = source.row.price / source.sourcing.factor * to_usd[row.currency]
                    asked = answer.price * to_usd[answer.currency]
                    assert abs(paid - asked) <= asked / 100, (row.declaration, source.row)


def test_every_currency_has_one_cited_rate(told):
    used = {row.currency for row in told.declarations} - {"USD"}
    assert used <= {row.from_currency for row in told.rates}
    keys = [(row.from_currency, row.law) for row in told.rates]
    assert len(set(keys)) == len(keys)
    assert all(row.cite and row.to_currency == "USD" and row.rate > 0 for row in told.rates)


def test_sourcings_join_two_companies_and_both_confirmed(told):
    for row in told.sourcings:
        assert row.seller != row.buyer
        assert row.seller_confirmed and row.buyer_confirmed
    assert any(row.factor != 1 for row in told.sourcings)
    assert not {row.key for row in told.parts} & {row.key for row in told.items}


def test_states_are_what_the_dates_make_them(told):
    for row in told.declarations:
        standing = told.in_force(row.part, on=told.day)
        assert (row.state == "signed") == (standing is row), row.declaration
        assert (row.state == "draft") == (row.signed_on is None)
        assert (row.state == "withdrawn") == (row.withdrawn_on is not None)
        assert (row.state == "expired") == (row.ends <= told.day)
    assert {row.state for row in told.declarations} == {"signed", "draft", "withdrawn", "expired", "superseded"}


def test_one_drafts_and_another_signs_or_says_why(told):
    roles = {(row.person, row.organisation): set(row.roles) for row in told.memberships}
    for row in told.declarations:
        assert "editor" in roles[row.drafted_by, row.organisation]
        if row.signed_on:
            assert "certifier" in roles[row.signed_by, row.organisation]
            assert row.drafted_on <= row.signed_on
            assert bool(row.alone_why) == (row.signed_by == row.drafted_by), row.declaration


def test_every_way_of_answering_occurs(told):
    said = {row.para for row in told.statements if row.law == "nafta"}
    assert said == {"c", "d", "e", "f", "g", "h", "nil"}
    assert {row.originates for row in told.statements if row.law == "usmca"} == {True, False}
    assert {row.claim for row in told.claims} == {"table", "shift", "basis"}
    assert {row.how for row in told.sources} == {"bought", "imported", "made"}
    assert {row.title for row in told.sources if row.how == "imported"} == {"importation", "later"}
    assert {row.leg for row in told.charges if row.kind == "freight"} == {"receipt", "title", "plant"}
    assert told.own_value and told.cannots and told.declines
    assert any(told.in_force((row.seller, row.seller_number), on=told.day) is None for row in told.requests)


def test_touch_screens_tyres_and_the_battery_are_what_they_are(told):
    lines = {told.item[row.declaration.partition("/")[0], row.item].hs[:7] for row in told.lines}
    assert {"8528.59", "8507.60", "4011.10", "8708.50", "8708.30", "9401.20", "8544.30", "8708.40"} <= lines
    battery = next(row for row in told.cannots)
    assert told.sources[0] and battery.reason == "multi_industry"


def test_a_piece_crosses_three_borders_before_it_is_in_a_vehicle(told):
    """The longest chain of different countries from a raw material up to a vehicle."""
    assert max(crossings(told, row.declaration) for row in told.declarations if "ALDER" in row.declaration) >= 3


def crossings(told, declaration):
    here = told.declaration[declaration].made_in
    most = 0
    for line in told.body(declaration):
        for source in line.sources:
            below = source.sourcing and told.in_force((source.row.seller, source.row.seller_number), on=told.day)
            if below:
                most = max(most, crossings(told, below.declaration) + (below.made_in != here))
    return most


def test_parts_are_shared_between_vehicles_and_automakers(told):
    tops = {}
    for row in told.vehicles:
        lines = told.body(told.in_force(row.part, on=told.day).declaration)
        tops[row.name] = {(s.row.seller, s.row.seller_number) for line in lines for s in line.sources if s.row.seller}
    assert ("talbot", "TX-4100") in tops["Lumen"] & tops["Lyra"]
    assert len(tops["Alder"] & tops["Tamarack"]) >= 5
    assert len(tops["Lyra"] & (tops["Alder"] | tops["Lumen"])) >= 5
    assert "acme" not in {seller for parts in tops.values() for seller, _ in parts}, (
        "Acme stays two steps from every automaker"
    )


@pytest.mark.parametrize("vehicle", ["Alder", "Tamarack", "Lumen", "Lyra"])
def test_the_engine_reads_every_dossier_and_finds_no_loop(told, vehicle):
    read = engine_dossier.read(dossiers.dossier(told, vehicle, on=told.day))
    assert len(supply.supply_of(read).order) > 40


def test_a_broken_world_is_refused_with_every_reason(tmp_path):
    for path in world.HERE.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        if path.name == "sources.csv":
            text = text.replace(",ridge,RG-2210,", ",ridge,RG-0000,", 1)
        if path.name == "rates.csv":
            text = text.replace("2026-07-01", "yesterday", 1)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(world.BrokenWorld) as broken:
        world.read(tmp_path)
    assert len(broken.value.reasons) == 2
    assert "rates.csv:2" in broken.value.reasons[0] and "RG-0000" in broken.value.reasons[1]


def test_scaling_multiplies_and_repeats_itself(told):
    once, again, other = scale.scaled(told, 3, 7), scale.scaled(told, 3, 7), scale.scaled(told, 3, 8)
    assert once.sources == again.sources != other.sources
    assert complaints.complaints(once) == []
    suppliers = [row for row in once.organisations if row.kind == "supplier"]
    assert len(suppliers) == 3 * len([row for row in told.organisations if row.kind == "supplier"])
    assert len(once.parts) == 3 * len(told.parts) and len(once.vehicles) == 12
    assert len({row.name for row in once.vehicles}) == 12
    assert len([row for row in once.organisations if row.kind == "automaker"]) == 2
    assert len({row.email for row in once.people}) == len(once.people)
    assert scale.scaled(told, 1).sources == told.sources
    with pytest.raises(ValueError, match="multiplied by 0"):
        scale.scaled(told, 0)


def test_a_scaled_world_is_as_sound_as_the_first(told):
    large = scale.scaled(told, 3)
    test_no_input_costs_more_than_what_it_goes_into(large)
    test_shares_add_up_to_one(large)
    test_states_are_what_the_dates_make_them(large)
    woven = {row.buyer for row in large.sourcings if row.seller == "hamilton"}
    assert any(buyer.endswith("-2") for buyer in woven), "copies buy some raw materials from the first world"
    dossier = engine_dossier.read(dossiers.dossier(large, "Tamarack Amber", on=large.day))
    assert len(supply.supply_of(dossier).order) > 40
