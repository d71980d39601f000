"""Where the sources misprint or contradict each other, ours is the recomputed figure or the settled reading, not the printed one."""

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import pytest

from tracing import rulebooks
from tracing.engine import periods
from tracing.engine.assess import assess
from tracing.engine.supply import Node

CASES = Path(__file__).parents[1] / "cases"


def figure(book, name, code):
    case = json.loads((CASES / book / f"{name}.json").read_text())
    result = assess(
        case["dossier"], rulebooks.rulebook(book), on=dt.date.fromisoformat(case["on"]), switches=case["switches"]
    )[0]
    return next(row for row in result.tests if row.test.code == code), result


def node(hs, **facts):
    return Node("x", {"hs": hs, **facts})


def nafta(day=dt.date(2005, 3, 1)):
    return rulebooks.rulebook("nafta").on(day)


# ---- NAFTA: the Regulations and the transcripts of the treaty ----


def test_0_a_statement_of_a_listed_material_is_read_at_the_clause_that_exists():
    """s.10(2) and (3) cite (1)(a)(ii)(A); the clauses stand in (a)(iii): that is the paragraph a result names."""
    _, result = figure("nafta", "NAFTA-10.10-EX9", "nafta.rvc")
    assert result.parts[0].para == "10(1)(a)(iii)"


def test_0_whether_a_tier_restates_another_is_a_switch():
    law = rulebooks.rulebook("nafta")
    assert set(law.data["switches"]["nested_f_g"]["values"]) == {"restated", "direct_only"}


def test_1_accumulation_by_an_amount_free_of_vnm_is_computed_from_its_own_figures():
    row, _ = figure("nafta", "fourteen_b", "nafta.rvc")
    assert row.declared == 100 * (Fraction("2.85") - Fraction("0.85")) / Fraction("2.85")


def test_2_the_denominator_holds_every_cost_once():
    _, result = figure("nafta", "NAFTA-14.6-EX1-B", "nafta.rvc")
    assert result.amounts["net_cost"] == Fraction("2.75")


def test_3_a_percentage_is_never_cut_off():
    """Printed 42.9; its own figures give 42.98…"""
    row, _ = figure("nafta", "NAFTA-7.20-EX3-S3-undesignated", "nafta.rvc")
    assert Fraction("42.98") < row.declared < Fraction("42.99")


def test_7_the_row_called_total_cost_is_net_cost():
    _, result = figure("nafta", "NAFTA-6.22-EX8-C", "nafta.rvc")
    assert (result.amounts["total_cost"], result.amounts["net_cost"]) == (4136, 3836)


def test_8_averaged_amounts_rest_on_the_paragraph_that_grants_them():
    """s.9 Example 5 cites s.12(2) for what 12(3) grants; s.14 Example 2 cites 14(4) for a statement of 14(5)."""
    text = (CASES / "nafta" / "NAFTA-14.6-EX2.json").read_text()
    assert "14(5)(a)(ii)" in text and "14(4)(a)(ii)" not in text


def test_10_a_switch_of_8536_50_stands_on_the_list_under_its_own_code():
    rows = rulebooks.rulebook("nafta").lists["nafta_tracing_list"].match("8536.50.00")
    assert all(row["hs"].replace(".", "").startswith("853650") for row in rows)


def test_11_the_heavy_list_is_that_of_heavy_vehicles():
    """A transcript of Art. 403(5)(b) repeats the light list; s.13(1)(b)(i) has the heavy one."""
    good = nafta().good_for(node("8704.23"))
    assert good.name == "heavy_vehicle" and good.tests[0].threshold == 60
    assert nafta().good_for(node("8703.23")).name == "light_vehicle"


def test_12_a_hose_that_relies_on_value_needs_sixty_not_fifty():
    assert nafta().requirement(node("4009.32"), "light").threshold == 60


# ---- USMCA: the two languages, the two texts, the tables ----


@pytest.mark.parametrize(
    ("day", "percent"), [(dt.date(2023, 7, 1), 60), (dt.date(2024, 7, 1), 64), (dt.date(2027, 7, 1), 70)]
)
def test_u1_u2_heavy_truck_parts_step_in_2024_and_2027(day, percent):
    """One English row prints 2023 for 2027 (8708.94), one French row 2023 for 2024 (8708.50)."""
    for hs in ("8708.94", "8708.50"):
        assert rulebooks.rulebook("usmca").on(day).requirement(node(hs), "heavy").threshold == percent


def test_u3_codes_are_subheadings_of_8708():
    codes = {
        code
        for code in rulebooks.rulebook("usmca").lists["usmca_tables"].rows
        if code[:4] in {"8710", "8721", "8729", "8730", "8770"}
    }
    assert not codes


def test_u4_where_english_names_no_method_it_is_net_cost():
    for hs in ("8708.10", "8708.95"):
        table = rulebooks.rulebook("usmca").on(dt.date(2025, 1, 1)).requirement(node(hs), "heavy")
        assert table is None or table.base == "net_cost"


def wages(day, text):
    plants = {"P": {"country": "US", "hourly": "20", "window": {"from": "2024-01-01", "until": "2024-04-01"}}}
    car = {
        "made_in": "US",
        "plant": "P",
        "hs": "8703.23",
        "uses": ["light"],
        "labour": "500",
        "elections": {"lvc": "nc"},
        "costs": {"net": "1000"},
        "body": [],
    }
    data = {"dossier": 1, "on": day, "currency": "USD", "vehicles": ["V"], "plants": plants, "declarations": {"V": car}}
    result = assess(data, rulebooks.rulebook("usmca"), switches={"short_wage_window": text})[0]
    return next(row.declared for row in result.tests if row.test.code == "usmca.labour_minimum")


def test_u5_a_short_wage_window_holds_as_the_chosen_language_says():
    assert wages("2024-06-30", "same_length") == wages("2024-06-30", "twelve_months") == 50
    assert wages("2024-09-01", "same_length") == 0 and wages("2024-09-01", "twelve_months") == 50


def test_u6_the_texts_give_heavy_trucks_different_averaging_years():
    assert periods.optional_averaging_years(True)[0][0] == dt.date(2023, 7, 1)
    assert periods.optional_averaging_years(True, text="cfr")[0][0] == dt.date(2020, 7, 1)
    assert len(periods.optional_averaging_years(False)) == 3


def credit(switch, originating):
    contract = {"kind": "battery", "capacity": "25000", "years": "3", "plant": "P", "originating": originating}
    car = {
        "maker": "X",
        "made_in": "US",
        "plant": "P",
        "hs": "8703.80",
        "uses": ["light"],
        "labour": "0",
        "costs": {"net": "1000"},
        "body": [],
    }
    data = {"dossier": 1, "on": "2025-01-01", "currency": "USD", "vehicles": ["V"], "plants": {"P": {"country": "US", "hourly": "20"}},
            "companies": {"X": {"assembly_contracts": [contract]}}, "declarations": {"V": car}}  # fmt: skip
    result = assess(data, rulebooks.rulebook("usmca"), switches={"assembly_credit_parts": switch})[0]
    return next(row.declared for row in result.tests if row.test.code == "usmca.labour_value")


def test_u7_whether_capacity_must_originate_is_a_switch():
    assert credit("any", False) == credit("any", True) == credit("originating", True) == 5
    assert credit("originating", False) == 0


def test_u8_for_the_vehicle_itself_every_foreign_material_counts():
    """20(5) goes before 20(4): a listed material bought for the vehicle stands at its whole value."""
    case = json.loads((CASES / "usmca" / "listed_inside_another_vehicles_part.json").read_text())
    vehicle = case["dossier"]["declarations"]["V"]
    vehicle["body"][0]["sources"][0]["declaration"] = "P"
    result = assess(case["dossier"], rulebooks.rulebook("usmca"), on=dt.date(2024, 2, 1))[0]
    assert [row.para for row in result.parts[0].options] == ["UR 8(1)"] and result.parts[0].declared == 3000


def test_u9_axle_hubs_are_listed_once_for_their_own_code():
    rows = [
        row
        for row in rulebooks.rulebook("usmca").lists["usmca_tables"].rows.get("870850", [])
        if row["table"] == "A.2 col2"
    ]
    assert len({row["description"] for row in rows}) == len(rows)


def test_u10_the_only_automotive_figure_is_recomputed():
    row, _ = figure("usmca", "UR-04-ex1", "usmca.rvc")
    assert row.declared == 72 and row.test.threshold == 70
