"""What one good owes at a border: the worked cases of the sources, and the dated rates."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from compliance.duties import exposure, offsets, owed, rates
from compliance.duties.owed import Crossing, NoAgreement
from compliance.duties.rates import NoRate, TariffErrors
from tracing import rulebooks, stakes

THEN, NOW = dt.date(2018, 6, 1), dt.date(2026, 11, 24)
CAR = Crossing("US", "MX", "passenger_vehicle", Decimal(30000), NOW, us_content=Decimal(40))
TO_CANADA = Crossing("CA", "US", "passenger_vehicle", Decimal(40000), NOW)


def most(crossing, **changes):
    duty = owed.owed(replace(crossing, **changes))
    assert duty.least == duty.most
    return duty.most


# ---- the sources' own examples ----


def test_a_mexican_car_of_30_000_with_40_percent_us_content():
    assert most(CAR, qualifies=True) == Decimal("4500.00")
    assert most(CAR) == Decimal("8250.00")
    assert most(CAR) - most(CAR, qualifies=True) == Decimal("3750.00")
    assert (100 * most(CAR, qualifies=True) / CAR.value, 100 * most(CAR) / CAR.value) == (15, Decimal("27.5"))


def test_the_same_car_before_2025_was_worth_750():
    assert most(CAR, on=THEN) - most(CAR, on=THEN, qualifies=True) == Decimal("750.00")


def test_a_us_car_sold_to_canada():
    surtax = owed.owed(replace(TO_CANADA, qualifies=True, ca_mx_goods=Decimal("22.5"))).steps
    assert [step.amount for step in surtax] == [0, Decimal("7750.00")]
    assert most(TO_CANADA, qualifies=True) == Decimal("8500.00")  # 15 percent come off without proof
    assert [step.amount for step in owed.owed(TO_CANADA).steps] == [Decimal("2440.00"), Decimal("10000.00")]


@pytest.mark.parametrize("claimed", [0, 10, 15])
def test_a_claim_of_no_more_than_15_percent_changes_nothing(claimed):
    assert most(TO_CANADA, qualifies=True, ca_mx_goods=Decimal(claimed)) == Decimal("8500.00")


@pytest.mark.parametrize(("rival", "needed"), [(15, 40), (10, 60), (13, 48), (25, 0), (30, 0)])
def test_parity_with_a_rival(rival, needed):
    assert owed.content_for_parity(Decimal(rival), added=Decimal(25)) == needed
    if needed:
        assert most(CAR, qualifies=True, us_content=Decimal(needed)) == Decimal(rival) * CAR.value / 100


@pytest.mark.parametrize(("origin", "day", "percent"), [
    ("JP", "2025-09-15", "27.5"), ("JP", "2025-09-16", "15"), ("DE", "2025-07-31", "27.5"), ("DE", "2025-08-01", "15"),
    ("KR", "2025-10-31", "27.5"), ("KR", "2025-11-01", "15"), ("MX", "2025-04-02", "2.5"), ("MX", "2025-04-03", "27.5"),
])  # fmt: skip
def test_a_car_at_the_us_border_by_origin_and_day(origin, day, percent):
    assert most(CAR, made_in=origin, on=dt.date.fromisoformat(day)) == CAR.value * Decimal(percent) / 100


def test_a_japanese_truck_pays_the_larger_of_15_and_the_ordinary_25():
    assert most(CAR, made_in="JP", kind="light_truck") == Decimal("7500.00")


@pytest.mark.parametrize(("day", "in_quota", "percent"), [
    ("2025-06-29", True, "27.5"), ("2025-06-30", True, "10"), ("2025-06-30", False, "27.5"),
])  # fmt: skip
def test_a_british_car_inside_and_outside_the_quota(day, in_quota, percent):
    owes = most(CAR, made_in="GB", on=dt.date.fromisoformat(day), in_quota=in_quota)
    assert owes == CAR.value * Decimal(percent) / 100


@pytest.mark.parametrize(("kind", "day", "percent"), [
    ("light_truck", "2018-06-01", "25"), ("light_truck", "2026-06-01", "50"), ("heavy_truck", "2025-10-31", "25"),
    ("heavy_truck", "2025-11-01", "50"), ("bus", "2025-10-31", "2"), ("bus", "2025-11-01", "12"),
])  # fmt: skip
def test_a_mexican_vehicle_that_fails_by_kind(kind, day, percent):
    assert most(CAR, kind=kind, on=dt.date.fromisoformat(day)) == CAR.value * Decimal(percent) / 100


@pytest.mark.parametrize(("hs", "ordinary"), [
    ("8708.50.51", "2.5"), ("8708.91.50", "2.5"), ("8708.93.60", "2.5"), ("8708.95", "2.5"), ("8708.95.05", "2.5"),
    ("8708.50.93", "0"), ("8407.34.44", "2.5"), ("8708.29.15", "2.5"), ("8708.94.70", "0"), ("7007.11.00.10", "5.5"),
])  # fmt: skip
def test_parts_at_the_us_border(hs, ordinary):
    part = replace(CAR, kind="part", hs=hs, value=Decimal(100))
    assert most(part, on=dt.date(2025, 5, 2)) == Decimal(ordinary)
    assert most(part, on=dt.date(2025, 5, 3)) == Decimal(ordinary) + 25
    assert most(part, qualifies=True) == 0
    with pytest.raises(NoRate, match=r"8708\.29"):
        owed.owed(replace(part, hs="8708.29"))


def test_parts_at_the_canadian_border():
    for hs in ("8708.93.19", "8708.99.99"):
        assert most(CAR, market="CA", kind="part", hs=hs, value=Decimal(100)) == 6


def test_cars_at_the_other_borders():
    assert most(CAR, market="CA", made_in="MX") == Decimal("1830.00")
    assert most(CAR, market="MX", made_in="US", on=dt.date(2025, 12, 31)) == Decimal("6000.00")
    assert most(CAR, market="GB", made_in="DE") == most(CAR, market="FR", made_in="GB") == Decimal("3000.00")
    assert most(CAR, market="MX", made_in="CN") == Decimal("15000.00")


def test_what_was_not_seen_is_a_range_with_its_question():
    duty = owed.owed(replace(CAR, market="MX", made_in="US"))
    assert (duty.least, duty.most) == (Decimal("6000.00"), Decimal("15000.00"))
    assert "was not seen" in duty.steps[0].caution


# ---- boundaries, reckoned by hand ----


@pytest.mark.parametrize(("claimed", "surtax"), [
    ("14.9999", "8500.00"), ("15", "8500.00"), ("15.000025", "8500.00"), ("15.0001", "8499.99"), ("100", "0.00"),
])  # fmt: skip
def test_canadas_deduction_at_fifteen_percent(claimed, surtax):
    """A = 40,000. B = 6,000 up to 15 percent; 15.000025 is 6,000.01 and 25 percent of 33,999.99 is 8,499.9975, to the cent 8,500.00;
    15.0001 is 6,000.04 and 25 percent of 33,999.96 is 8,499.99."""
    assert most(TO_CANADA, qualifies=True, ca_mx_goods=Decimal(claimed)) == Decimal(surtax)


@pytest.mark.parametrize(("hs", "owes"), [("8703.21", "2440.00"), ("8703.10", "2440.00"), ("8703.22", "12440.00")])
def test_small_cars_owe_canada_no_surtax(hs, owes):
    """Schedule 1 of SOR/2025-118 begins at 8703.22; 6.1 percent of 40,000 is 2,440 and 25 percent 10,000."""
    assert most(TO_CANADA, hs=hs) == Decimal(owes)


@pytest.mark.parametrize(("day", "owes"), [("2025-04-08", "2440.00"), ("2025-04-09", "12440.00")])
def test_the_first_day_of_canadas_surtax(day, owes):
    assert most(TO_CANADA, on=dt.date.fromisoformat(day)) == Decimal(owes)


@pytest.mark.parametrize(("day", "qualifies", "owes"), [
    ("2025-04-09", True, "0"), ("2026-04-08", True, "0"), ("2026-04-09", True, "8500.00"), ("2025-04-09", False, "12440.00"),
])  # fmt: skip
def test_a_makers_remission_in_canada(day, qualifies, owes):
    """SI/2025-60: of the surtax under s.2(2) alone, on what is imported from 9 April 2025 to 8 April 2026."""
    on = dt.date.fromisoformat(day)
    assert most(TO_CANADA, on=on, qualifies=qualifies, in_quota=True) == Decimal(owes)


@pytest.mark.parametrize(("hs", "owes"), [("8703.10", "750.00"), ("8703.21", "750.00"), ("8703.22", "8250.00")])
def test_codes_that_section_232_leaves_out(hs, owes):
    assert most(CAR, hs=hs) == Decimal(owes)


@pytest.mark.parametrize(("built", "owes"), [(2001, "750.00"), (2002, "8250.00"), (None, "8250.00")])
def test_a_vehicle_of_25_years(built, owes):
    """By calendar years: made in 2001, entered in 2026. The ordinary 2.5 percent stays."""
    assert most(CAR, built=built) == Decimal(owes)


def test_an_overstated_us_content_puts_the_duty_on_the_full_value():
    """25 percent of 30,000, not of 18,000; free of the ordinary duty as before."""
    assert most(CAR, qualifies=True, overstated=True) == Decimal("7500.00")


def test_a_truck_of_mexico_by_its_us_content():
    """100,000 with 40 percent: 25 percent of 60,000 if it qualifies; 25 and 25 percent of all if not. A bus owes 10 percent of all."""
    truck = replace(CAR, kind="heavy_truck", value=Decimal(100_000))
    assert (most(truck, qualifies=True), most(truck)) == (15_000, 50_000)
    assert most(replace(truck, kind="bus"), qualifies=True) == 10_000


@pytest.mark.parametrize(("value", "content", "owes"), [
    ("30000.01", "40", "4500.00"), ("30000.02", "0", "7500.01"), ("29999.98", "0", "7500.00"), ("0.02", "0", "0.01"),
    ("33333.33", "33.3333", "5555.56"),
])  # fmt: skip
def test_each_step_is_rounded_half_up_to_the_cent(value, content, owes):
    """30,000.01 less 40 percent (12,000.00) is 18,000.01: 4,500.0025. 30,000.02: 7,500.005 up. 29,999.98: 7,499.995 up.
    33,333.33 less 11,111.10 is 22,222.23: 5,555.5575."""
    assert most(CAR, qualifies=True, value=Decimal(value), us_content=Decimal(content)) == Decimal(owes)


@pytest.mark.parametrize(("origin", "kind", "percent"), [
    ("JP", "part", "15"), ("DE", "part", "15"), ("KR", "part", "15"), ("GB", "part", "10"), ("DE", "light_truck", "25"),
    ("KR", "light_truck", "25"), ("GB", "light_truck", "50"), ("CN", "passenger_vehicle", "27.5"), ("MX", "light_truck", "50"),
])  # fmt: skip
def test_all_in_by_origin_and_kind(origin, kind, percent):
    """Parts of 8708.95 at 2.5: topped up to 15, the British to 10. A truck at 25 is over every cap: nothing more is added."""
    owes = most(CAR, made_in=origin, kind=kind, hs="8708.95" if kind == "part" else "")
    assert owes == CAR.value * Decimal(percent) / 100


@pytest.mark.parametrize(("day", "law", "free"), [("2020-06-30", "NAFTA", "0"), ("2020-07-01", "USMCA", "0")])
def test_the_agreement_of_the_day(day, law, free):
    duty = owed.owed(replace(CAR, on=dt.date.fromisoformat(day), qualifies=True))
    assert duty.steps[0].words.startswith(law) and duty.most == Decimal(free)


@pytest.mark.parametrize(("day", "owes"), [("2025-12-31", ("6000", "6000")), ("2026-01-01", ("6000", "15000"))])
def test_mexico_from_2026(day, owes):
    duty = owed.owed(replace(CAR, market="MX", made_in="US", on=dt.date.fromisoformat(day)))
    assert (duty.least, duty.most) == tuple(map(Decimal, owes))


# ---- the credit for vehicles put together in the United States ----


@pytest.mark.parametrize(("day", "earned"), [
    ("2025-04-03", "3750.00"), ("2026-04-30", "3750.00"), ("2026-05-01", "2500.00"), ("2027-04-30", "2500.00"),
])  # fmt: skip
def test_the_credit_of_a_retail_price_of_100_000(day, earned):
    """25 percent of 15, then of 10 percent."""
    one = offsets.Assembled(dt.date.fromisoformat(day), Decimal(100_000))
    assert offsets.credit([one], duty=Decimal(0)).earned == Decimal(earned)


@pytest.mark.parametrize("day", ["2025-04-02", "2027-05-01"])
def test_no_credit_before_and_after(day):
    with pytest.raises(NoRate, match="no offset is known"):
        offsets.credit([offsets.Assembled(dt.date.fromisoformat(day), Decimal(1))], duty=Decimal(0))


def test_the_credit_is_capped_by_the_duty_on_parts_and_carried_forward():
    """3.75 % of 1,000,000 and 2.5 % of 400,000: 37,500 + 10,000. Of duty 40,000 all is taken off, 7,500 carried; then 9,000 less 7,500."""
    rows = [
        offsets.Assembled(dt.date(2026, 4, 30), Decimal(1_000_000)),
        offsets.Assembled(dt.date(2026, 5, 1), Decimal(400_000)),
    ]
    first = offsets.credit(rows, duty=Decimal(40_000))
    assert (first.earned, first.used, first.owed, first.left) == (47_500, 40_000, 0, 7_500)
    second = offsets.credit([], duty=Decimal(9_000), carried=first.left)
    assert (second.used, second.owed, second.left) == (7_500, 1_500, 0)


# ---- no rate is never zero ----


@pytest.mark.parametrize(("changes", "said"), [
    ({"on": dt.date(2016, 12, 31)}, "31 Dec 2016"), ({"market": "BR"}, "no tariff of Brazil"), ({"kind": ""}, "unknown class"),
    ({"market": "MX", "made_in": "US", "kind": "light_truck"}, "light truck"), ({"market": "GB"}, "from Mexico"),
    ({"kind": "part"}, "HS unknown"), ({"market": ""}, "unnamed"),
])  # fmt: skip
def test_where_no_rate_is_known_it_says_so(changes, said):
    with pytest.raises(NoRate, match=said):
        owed.owed(replace(CAR, **changes))


def test_nothing_qualifies_without_an_agreement():
    with pytest.raises(NoAgreement, match="JP"):
        owed.owed(replace(CAR, made_in="JP", qualifies=True))


def test_made_where_it_is_sold_owes_nothing():
    assert most(CAR, made_in="US") == most(CAR, market="FR", made_in="DE") == 0


# ---- over the years ----


def test_what_failing_cost_changed_once_and_the_law_once():
    found = [(f"{one.from_} {one.until}", one.law, one.each) for one in exposure.stretches(CAR)]
    assert found == [
        ("2017-01-01 2020-07-01", "nafta", 750), ("2020-07-01 2025-04-03", "usmca", 750), ("2025-04-03 2028-01-01", "usmca", 3750),
    ]  # fmt: skip


# ---- comply or pay ----


@pytest.mark.parametrize(("cost", "answer"), [("749.99", "comply"), ("750", "pay"), ("900", "pay")])
def test_comply_while_it_costs_less_than_the_duty(cost, answer):
    assert owed.worth_complying(Decimal(cost), (Decimal(750), Decimal(750))) == answer


def test_between_the_least_and_the_most_it_is_open():
    assert owed.worth_complying(Decimal(8000), (Decimal(6000), Decimal(15000))) == "open"


# ---- the data ----


def test_every_rate_is_cited_and_stands_in_its_own_market():
    for tariff in rates.tariffs():
        for row in (*tariff.rates, *tariff.agreements):
            assert row.cite and row.source and row.level in rates.LEVELS
        for pact in tariff.agreements:
            for name in (pact.rulebook, *pact.proposals):
                assert name in rulebooks.ids()


def test_an_agreement_stands_while_its_rulebook_does():
    for tariff in rates.tariffs():
        for pact in tariff.agreements:
            law = rulebooks.rulebook(pact.rulebook)
            assert law.from_ <= pact.from_ and law.until == pact.until


def test_every_rulebook_that_decides_counts_silence_against_the_good():
    """What is open is paid for as if it failed: true only while no law answers silence in the good's favour."""
    names = {
        name for tariff in rates.tariffs() for pact in tariff.agreements for name in (pact.rulebook, *pact.proposals)
    }
    for name in names:
        assert rulebooks.rulebook(name).silence["answer"] in {"foreign", "whole_price", "not_originating", "zero"}, name


GOOD = """
name = "X"
markets = ["XX"]
[[rates]]
role = "ordinary"
words = "duty"
kinds = ["bus"]
from = 2020-01-01
percent = 2
cite = "c"
source = "s"
level = "press"
"""


@pytest.mark.parametrize(("old", "new", "said"), [
    ("percent = 2", "percent = 2\nmost = 1", "most is under percent"), ('level = "press"', 'level = "rumour"', "rumour"),
    ('cite = "c"', "", "cite is missing"), ("percent = 2", "per_cent = 2", "per_cent is not known"),
    ('kinds = ["bus"]', 'kinds = ["boat"]', "boat"), ("from = 2020-01-01", "from = 2020-01-01\nuntil = 2019-01-01", "until is not after"),
    ('name = "X"', 'title = "X"', "title is not known"), ("percent = 2", "percent = = 2", "not a TOML file"),
    ('level = "press"\n', 'level = "press"\n' + GOOD[GOOD.index("[[rates]]"):], "hold on the same day"),
])  # fmt: skip
def test_a_wrong_file_says_what_is_wrong(old, new, said):
    rates.read(GOOD.encode())
    with pytest.raises(TariffErrors, match=said):
        rates.read(GOOD.replace(old, new).encode())


def test_the_provider_is_entered():
    assert exposure.at_borders in stakes._providers


def test_the_same_is_owed_on_every_day_since_something_changed():
    for one in rates.tariffs():
        for day in one.changes():
            for on in (day, day + dt.timedelta(days=1), day - dt.timedelta(days=1)):
                since = one.since(on)
                assert since <= on and not [change for change in one.changes() if since < change <= on]
                for kind in ("passenger_vehicle", "light_truck", "heavy_truck"):
                    for made_in in ("MX", "CA", "US", "DE", "JP"):
                        asked = Crossing(one.markets[0], made_in, kind, Decimal(30_000), on, hs="")
                        assert told(asked) == told(replace(asked, on=since)), (one.name, on, kind, made_in)


def told(crossing):
    try:
        return owed.owed(crossing).steps
    except NoRate as why:
        return type(why)
