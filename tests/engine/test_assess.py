"""``manage.py assess``: from the file alone, no database, no settings, no network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import execute_from_command_line

from tracing import rulebooks
from tracing.engine.assess import assess
from tracing.engine.dossier import Refused

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"


def run(*arguments, data=None):
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "sqlite:////nonexistent/none.sqlite3",
        "VAR_DIR": os.environ.get("VAR_DIR", ""),
    }
    environment = {key: value for key, value in environment.items() if value}
    command = [sys.executable, str(ROOT / "manage.py"), "assess", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True, text=True, env=environment, cwd=ROOT)


@pytest.fixture
def worked(tmp_path):
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(json.loads((CASES / "nafta/worked_vehicle.json").read_text())["dossier"]))
    return path


def numbers(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"line", "source"}:
                yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def test_it_answers_in_json(worked):
    done = run(worked, "--rulebook", "nafta", "--on", "2005-03-01", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"rulebook", "edition", "on", "good", "verdict", "tests", "amounts", "findings"} <= set(told)
    assert (told["rulebook"], told["on"], told["good"], told["verdict"]) == ("nafta", "2005-03-01", "V", "pass")
    test = told["tests"][0]
    assert {"code", "cite", "value", "threshold", "result"} <= set(test) and test["value"] == "83.525"
    assert told["amounts"]["vnm"] == "3295"
    assert all(isinstance(code, str) for code in told["findings"])


def test_every_number_is_a_text(worked):
    told = json.loads(run(worked, "--rulebook", "us-2017", "--on", "2005-03-01", "--json").stdout)
    assert [row["reading"] for row in told["readings"]] == ["total", "actual", "required"]
    found = [
        value for key, value in told.items() if key not in {"parts", "gaps", "readings"} for value in numbers(value)
    ]
    assert found == []


def test_it_reads_standard_input_and_prints_a_table(worked):
    done = run("-", "--rulebook", "us-2017", "--switch", "us_share_of=required", data=worked.read_text())
    assert done.returncode == 0 and "C: half of the required" in done.stdout and "66.5875" in done.stdout


def test_it_refuses_with_every_reason(tmp_path, worked):
    bad = tmp_path / "bad.json"
    bad.write_text(
        '{"dossier":1,"on":"x","currency":"USD","declarations":{"V":{"body":[{"sources":[{"price":"NaN"}]}]}}}'
    )
    done = run(bad, "--rulebook", "nafta", "--json")
    assert done.returncode == 2
    assert {row["path"] for row in json.loads(done.stdout)["refused"]} >= {
        "on",
        "declarations.V.body[0].sources[0].price",
    }


@pytest.mark.parametrize(
    "arguments",
    [("{worked}", "--rulebook", "none"), ("{worked}", "--rulebook", "nafta", "--good", "X"), ("{gone}", "--rulebook", "nafta"),
     ("{worked}", "--rulebook", "us-2017", "--switch", "us_share_of=x")],
)  # fmt: skip
def test_whatever_is_wrong_the_answer_is_two(tmp_path, worked, arguments, capsys):
    """In this process: the exit code of a process of its own is tested above, and any question to a database raises here."""
    told = [one.format(worked=worked, gone=tmp_path / "gone.json") for one in arguments]
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "assess", *told])
    assert ended.value.code == 2
    assert capsys.readouterr().err.strip()


def test_numbers_of_a_carline_are_stated_of_all_or_of_none():
    """One vehicle at 120,000 and another without a number would silently count as one."""
    car = {"made_in": "US", "hs": "8703.23", "carline": "C", "model_year": "2027", "body": []}
    data = {"dossier": 1, "on": "2026-09-01", "currency": "USD", "vehicles": ["V", "W"],
            "declarations": {"V": car | {"units": {"expected": "120000"}}, "W": car}}  # fmt: skip
    with pytest.raises(Refused, match=r"declarations\.W\.units: how many are expected"):
        assess(data, rulebooks.rulebook("aala"))
    data["declarations"]["W"] = car | {"units": {"made": "80000"}}
    assert assess(data, rulebooks.rulebook("aala"))


@pytest.mark.parametrize(("field", "value"), [
    ("gvwr", "8600 lb"), ("persons", "five"), ("units", {"expected": "1,000"}), ("units", "5"), ("elections", "x"), ("activities", {"rd": "1"}),
])  # fmt: skip
def test_a_field_that_is_not_well_formed_names_its_path(field, value):
    car = {"made_in": "US", "hs": "8703.23", "body": [], field: value}
    data = {"dossier": 1, "on": "2026-09-01", "currency": "USD", "vehicles": ["V"], "declarations": {"V": car}}
    with pytest.raises(Refused, match=rf"declarations\.V\.{field}"):
        assess(data, rulebooks.rulebook("aala"))
