"""The law's own worked examples, and some of ours, each a file: the engine must give what they print. No Django here."""

import datetime as dt
import json
from pathlib import Path

import pytest

from tracing import rulebooks
from tracing.engine import amounts, periods
from tracing.engine.assess import answer, assess

CASES = Path(__file__).parents[1] / "cases"
FILES = sorted(path for book in rulebooks.ids() for path in (CASES / book).glob("*.json"))
CALLS = [path for path in FILES if "function" in json.loads(path.read_text())]
DOSSIERS = [path for path in FILES if path not in CALLS]


def close(found: str, expected: str) -> bool:
    """Printed examples are rounded: as many digits as they print, cut off."""
    digits = len(expected.partition(".")[2])
    whole, _, fraction = found.partition(".")
    cut = f"{whole}.{fraction[:digits].ljust(digits, '0')}" if digits else found
    return cut == expected


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", DOSSIERS, ids=named)
def test_case(path):
    case = json.loads(path.read_text())
    rulebook = rulebooks.rulebook(case["rulebook"])
    results = assess(case["dossier"], rulebook, on=dt.date.fromisoformat(case["on"]), switches=case["switches"])
    told, expect = answer(results[:1]), case["expect"]
    known = {"verdict", "tests", "amounts", "findings", "findings_without", "settles", "parts", "options", "label"}
    assert expect.keys() <= known
    if "verdict" in expect:
        assert told["verdict"] == expect["verdict"]
    tests = {row["code"]: row for row in told["tests"]}
    for code, wanted in expect.get("tests", {}).items():
        for name, value in wanted.items():
            assert close(tests[code][name], value), f"{code} {name}: {tests[code][name]}, expected {value}"
    for name, value in expect.get("amounts", {}).items():
        assert close(told["amounts"][name], value), f"{name}: {told['amounts'][name]}, expected {value}"
    for code in expect.get("findings", []):
        assert code in told["findings"]
    for code in expect.get("findings_without", []):
        assert code not in told["findings"]
    if "settles" in expect:
        assert [row["item"] for row in told["gaps"] if row["settles"]] == expect["settles"]
    _parts(told, expect.get("parts", {}))
    _ways(tests, expect.get("options", {}))
    _label(results[0].label, expect.get("label", {}))


def _parts(told, expect):
    """Per unit: what a part counts, under which paragraph, and which options were lawful."""
    parts = {row["item"]: row for row in told["parts"]}
    for item, wanted in expect.items():
        part = parts[item]
        if "declared" in wanted:
            assert part["counted"]["declared"] == wanted["declared"], f"{item}: {part['counted']}"
        if "para" in wanted:
            assert part["para"] == wanted["para"], f"{item}: {part['para']}"
        if "options" in wanted:
            options = {row["para"]: row["amount"] for row in part["options"]}
            asked = wanted["options"]
            assert sorted(options) == sorted(asked), f"{item}: {options}"
            assert not isinstance(asked, dict) or options == asked


def _ways(tests, expect):
    for code, wanted in expect.items():
        ways = {row["name"]: row["declared"] for row in tests[code]["options"]}
        for name, value in wanted.items():
            assert close(ways[name], value), f"{code} {name}: {ways}"


def _label(label, expect):
    for path, wanted in expect.items():
        found = label
        for step in path.split("."):
            found = found[int(step)] if step.isdigit() else found[step]
        assert found == wanted, f"{path}: {found}"


@pytest.mark.parametrize("path", CALLS, ids=named)
def test_days(path):
    case = json.loads(path.read_text())
    args = {
        name: dt.date.fromisoformat(value) if isinstance(value, str) else value for name, value in case["args"].items()
    }
    found = getattr(periods, case["function"])(**args)
    plain = [day.isoformat() for day in found] if isinstance(found, tuple) else found.isoformat()
    assert plain == case["result"]


def test_every_case_says_where_it_comes_from():
    for path in FILES:
        case = json.loads(path.read_text())
        assert case["citation"], path.name


def test_every_example_of_the_regulations_is_run_or_said_to_be_out_of_scope():
    told = json.loads((CASES / "out_of_scope.json").read_text())
    run = [path.stem for path in FILES]
    missing = [name for name in told["index"] if name not in told["why"] and not any(_is(one, name) for one in run)]
    assert missing == []
    assert [name for name in told["why"] if name in run] == []
    assert set(told["why"]) <= set(told["index"])


def _is(stem: str, name: str) -> bool:
    """A case file of that example: its name, or the name with what sets several files of it apart."""
    return stem == name or stem.startswith((name + "-", name + "_"))


def test_printed_figures_are_cut_not_rounded():
    assert close("54.545454", "54.5") and not close("54.56", "54.55") and close(amounts.text(amounts.exact("40")), "40")
