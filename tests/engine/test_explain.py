"""Any figure opens into steps: each with the declaration, the rule, its citation and the arithmetic."""

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import pytest

from tracing import rulebooks
from tracing.engine import dossier
from tracing.engine.assess import assess, explained
from tracing.engine.dossier import Refused
from tracing.engine.explain import explain
from tracing.engine.supply import supply_of

CASES = Path(__file__).parents[1] / "cases"
FILES = [path for book in rulebooks.ids() for path in sorted((CASES / book).glob("*.json"))]


def cases():
    for path in FILES:
        case = json.loads(path.read_text())
        if "dossier" in case:
            yield pytest.param(case, id=f"{path.parent.name}-{path.stem}")


def amount(text):
    return Fraction(text.rstrip("… %").replace(" ", "") or 0)


@pytest.mark.parametrize("case", cases())
def test_every_figure_opens_at_every_bound(case):
    rulebook, on = rulebooks.rulebook(case["rulebook"]), dt.date.fromisoformat(case["on"])
    asked = {"on": on, "switches": case["switches"]}
    for result in assess(case["dossier"], rulebook, **asked)[:1]:
        for row in result.tests:
            for bound in ("worst", "declared", "best"):
                step = explained(case["dossier"], rulebook, f"{row.test.code}.{bound}", **asked)[0]
                value = getattr(row, bound)
                assert step.cite == row.test.cite
                if value is not None:
                    assert abs(amount(step.amount) - value) < Fraction(1, 10**9)
                assert next(iter(step.lines())).startswith(row.test.title)
                json.dumps(step.as_dict())


@pytest.mark.parametrize("case", cases())
def test_what_counts_as_foreign_is_the_sum_of_its_steps(case):
    rulebook, on = rulebooks.rulebook(case["rulebook"]), dt.date.fromisoformat(case["on"])
    result = assess(case["dossier"], rulebook, on=on, switches=case["switches"])[0]
    for row in result.tests:
        if row.test.kind == "rvc" and not row.absent:
            step = explain(result.supply, result.rules, row.test.code)
            for inner in step.children:
                if inner.title == "What counts as foreign":
                    total = sum((amount(part.amount) for part in inner.children), Fraction(0))
                    assert abs(total - amount(inner.amount)) < Fraction(1, 10**6)


def test_a_declaration_used_twice_is_opened_once():
    part = {"made_in": "US", "body": [{"item": "pin", "sources": [{"how": "imported", "made_in": "JP", "price": "1"}]}]}
    twice = [
        {"item": name, "sources": [{"how": "bought", "price": "9", "declaration": "P"}]} for name in ("left", "right")
    ]
    data = {"dossier": 1, "on": "2018-01-01", "currency": "USD", "vehicles": ["V"],
            "declarations": {"V": {"made_in": "US", "hs": "8703.23", "costs": {"net": "100"}, "body": twice}, "P": part}}  # fmt: skip
    supply = supply_of(dossier.read(data))
    step = explain(
        supply, rulebooks.rulebook("us-2017").on(dt.date(2018, 1, 1), {"us_share_of": "total"}), "us-2017.regional"
    )
    text = "\n".join(step.lines())
    assert text.count("pin:") == 1 and "as opened above: P" in text


def test_an_unknown_test_is_named_with_those_that_there_are():
    case = json.loads((CASES / "nafta" / "w1.json").read_text())
    with pytest.raises(Refused, match=r"nafta\.rvc"):
        explained(case["dossier"], rulebooks.rulebook("nafta"), "nafta.xyz", on=dt.date(2005, 3, 1))


@pytest.mark.parametrize("name", ["heavy_inside_a_role_not_originating", "heavy_inside_a_role_originating"])
def test_a_heavy_duty_statement_opens_into_what_each_material_brings(name):
    """s.10(1)(d)(i): 240 is the crankshaft at (c) and the camshaft at its forging, never the bolts."""
    case = json.loads((CASES / "nafta" / f"{name}.json").read_text())
    law = rulebooks.rulebook("nafta")
    step = explained(case["dossier"], law, "nafta.rvc.worst", on=dt.date.fromisoformat(case["on"]))[0]
    engine = next(row for row in step.children if row.title == "What counts as foreign").children[0]
    block = next(row for row in engine.children if row.title == "Stated: finished block")
    assert block.amount == engine.amount == "240"
    brought = {row.title.removeprefix("Stated: "): row.amount for row in block.children}
    assert brought == {"crankshaft": "200", "bolts": "0", "camshaft": "40"}
