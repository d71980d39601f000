"""A duty case as a file: the examples of docs/duties.md, every mistake at once, and no answer from a guess."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from compliance.duties import cases
from tracing.engine.fields import Refused

PAGE = Path(__file__).parents[2] / "docs/duties.md"
CASE = {"market": "US", "made_in": "MX", "hs": "8703.23", "value": "30000", "on": "2026-11-24", "us_content": "40"}


def test_the_examples_of_the_page_give_what_it_says():
    """Each example is a JSON block; the comment after it names what is owed."""
    found = re.findall(r"```json\n(.*?)\n```\n\nAnswer: `(.*?)`", PAGE.read_text(), re.DOTALL)
    assert len(found) >= 3
    for case, answer in found:
        told, wanted = cases.answered(json.loads(case)), json.loads(answer)
        for path, value in wanted.items():
            one = told
            for step in path.split("."):
                one = one[step]
            assert one == value, f"{path}: {one}, the page says {value}"


def test_every_field_of_a_case_stands_on_the_page():
    page = PAGE.read_text()
    for name in (*cases.FIELDS, *cases.OFFSET, *cases.ASSEMBLED):
        assert f"`{name.rstrip('!')}`" in page, name


def test_a_share_may_be_an_amount():
    """12,000 of 30,000 is 40 percent; 10,000 of 30,000 is a third: 25 percent of 20,000.00."""
    assert cases.answered(CASE | {"qualifies": True})["owed"]["most"] == "4500"
    rest = {key: value for key, value in CASE.items() if key != "us_content"}
    assert cases.answered(rest | {"qualifies": True, "us_content_amount": "10000"})["owed"]["most"] == "5000"


def test_what_is_owed_follows_what_is_said():
    told = cases.answered(CASE | {"units": "1000"})
    assert (told["owed"], told["owed_on_all_units"]) == (told["if_not"], "8250000")
    assert (told["failing_costs"], told["failing_costs_on_all_units"]) == ("3750", "3750000")
    assert cases.answered(CASE | {"cost": "3749.99", "rival": "10"})["advice"] == "comply"
    assert cases.answered(CASE | {"cost": "3750", "rival": "10"})["us_content_for_parity"] == "60"
    assert cases.answered(CASE | {"made_in": "JP"})["if_it_qualifies"] is None


@pytest.mark.parametrize(("changes", "path", "words"), [
    ({"value": 30000.0}, "value", "write it as text"), ({"value": "-1"}, "value", "not negative"), ({"value": "3,000"}, "value", "one point"),
    ({"on": "24.11.2026"}, "on", "YYYY-MM-DD"), ({"market": "us"}, "market", "two capital letters"),
    ({"us_content": "101"}, "us_content", "at most all"), ({"us_content_amount": "1"}, "us_content_amount", "keep the percentage"),
    ({"kind": "boat"}, "kind", "one of passenger_vehicle"), ({"qualifies": "yes"}, "qualifies", "without quotes"),
    ({"wheels": 4}, "wheels", "the fields are"), ({"built": "1999"}, "built", "as 1999"), ({"offset": {}}, "offset.assembled", "is missing"),
    ({"on": "2016-12-31"}, "on", "none is guessed"), ({"made_in": "JP", "qualifies": True}, "on", "none is guessed"),
])  # fmt: skip
def test_a_mistake_names_its_field_and_its_cure(changes, path, words):
    with pytest.raises(Refused) as refused:
        cases.answered(CASE | changes)
    assert any(one.path == path and words in str(one) for one in refused.value.reasons), refused.value.reasons
    assert all(one.cure for one in refused.value.reasons)


def test_every_mistake_is_told_at_once():
    with pytest.raises(Refused) as refused:
        cases.answered({"value": 1.5, "on": "x", "wheels": 4})
    assert {one.path for one in refused.value.reasons} == {"wheels", "market", "made_in", "kind", "value", "on"}


def test_the_command_answers_a_list_and_refuses_with_two(tmp_path):
    file, out = tmp_path / "case.json", io.StringIO()
    file.write_text(json.dumps([CASE, CASE | {"qualifies": True}]))
    call_command("duty", str(file), stdout=out)
    assert [row["owed"]["most"] for row in json.loads(out.getvalue())] == ["8250", "4500"]
    file.write_text(json.dumps(CASE | {"on": "x"}))
    with pytest.raises(SystemExit) as ended:
        call_command("duty", str(file), stdout=io.StringIO(), stderr=io.StringIO())
    assert ended.value.code == 2
