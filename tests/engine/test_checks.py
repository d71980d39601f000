"""Every check has a case file that trips it and one that lets it rest."""

import json
from pathlib import Path

import pytest

from tracing import rulebooks
from tracing.engine import checks, dossier
from tracing.engine.supply import supply_of

CASES = Path(__file__).parents[1] / "cases" / "checks"
FILES = sorted(CASES.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_trips_and_it_rests(path):
    case = json.loads(path.read_text())
    read = dossier.read(case["dossier"])
    rules = rulebooks.rulebook(case["rulebook"]).on(read.on) if case["rulebook"] else None
    found = {row.code for row in checks.findings(supply_of(read), rules)}
    assert (case["code"] in found) is case["trips"]


def test_every_check_has_both_a_citation_and_words():
    both = {
        code: {json.loads(p.read_text())["trips"] for p in FILES if p.stem.startswith(f"{code}-")} for code in codes()
    }
    assert all(found == {True, False} for found in both.values()), both
    assert {path.stem.partition("-")[0] for path in FILES} == set(codes())
    for row in checks.CHECKS:
        assert row.cite and row.text.endswith((".", "?")), row.code


def codes():
    return [row.code for row in checks.CHECKS]


def test_a_code_is_given_once():
    assert len(set(codes())) == len(codes())


def test_what_no_law_is_asked_for_is_found_once_for_all_rulebooks():
    read = dossier.read(json.loads((CASES / "V1-trips.json").read_text())["dossier"])
    supply = supply_of(read)
    first = list(checks.findings(supply))
    assert list(checks.findings(supply, rulebooks.rulebook("usmca").on(read.on))) == first
