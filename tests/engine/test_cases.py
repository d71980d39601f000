"""The law's own worked examples, and some of ours, each a file: the engine must give what they print. No Django here."""

import datetime as dt
import json
from pathlib import Path

import pytest

from tracing import rulebooks
from tracing.engine.assess import answer, assess

CASES = Path(__file__).parents[1] / "cases"
FILES = sorted(path for book in ("nafta", "us-2017", "usmca") for path in (CASES / book).glob("*.json"))


def close(found: str, expected: str) -> bool:
    """Printed examples are rounded: as many digits as they print, cut off."""
    digits = len(expected.partition(".")[2])
    whole, _, fraction = found.partition(".")
    cut = f"{whole}.{fraction[:digits].ljust(digits, '0')}" if digits else found
    return cut == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(path):
    case = json.loads(path.read_text())
    rulebook = rulebooks.rulebook(case["rulebook"])
    results = assess(case["dossier"], rulebook, on=dt.date.fromisoformat(case["on"]), switches=case["switches"])
    told, expect = answer(results[:1]), case["expect"]
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


def test_every_example_of_the_regulations_is_run_or_said_to_be_out_of_scope():
    told = json.loads((CASES / "out_of_scope.json").read_text())
    run = {path.stem for path in FILES}
    assert [name for name in told["index"] if name not in run and not told["why"].get(name)] == []
    assert [name for name in told["why"] if name in run] == []
