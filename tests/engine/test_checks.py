"""Every check trips where it should and stays silent where it should."""

import copy

import pytest

from tracing.engine import checks, dossier
from tracing.engine.supply import supply_of

WIRE = {"item": "wire", "hs": "7217.10", "sources": [{"how": "imported", "made_in": "KR", "price": "3"}]}
PLAIN = {
    "maker": "M", "made_in": "US", "hs": "8708.50", "from": "2026-07-01", "until": "2027-07-01", "price": "10",
    "costs": {"product": "5"}, "body": [WIRE],
}  # fmt: skip
INNER = {"maker": "M", "made_in": "US", "costs": {"product": "1"}, "body": []}


def nested(**inner):
    outer = {"item": "sub", "sources": [{"how": "made", "declaration": "I", "designated": True, "basis": "rvc"}]}
    below = {"item": "subsub", "sources": [{"how": "made", "declaration": "J", **inner}]}
    return {"V": {**PLAIN, "body": [outer]}, "I": {**INNER, "body": [below]}, "J": INNER}


def imported(**changes):
    return {"V": {**PLAIN, "body": [{**WIRE, "sources": [{**WIRE["sources"][0], **changes}]}]}}


def said(**statement):
    return {"V": {**PLAIN, "statements": [statement]}}


# code: a dossier that trips it, one that does not
CASES = {
    "V1": ({"V": {**PLAIN, "price": "2"}}, {"V": PLAIN}),
    "V2": ({"V": {**PLAIN, "own_value": {"US": "4"}}}, {"V": {**PLAIN, "own_value": {"US": "7"}}}),
    "N1": ({"V": {**PLAIN, "costs": {"product": "5", "net": "9"}}}, {"V": {**PLAIN, "costs": {"product": "5", "net": "8"}}}),
    "N2": ({"V": {**PLAIN, "costs": {"product": "5", "excluded": {"sales": "6"}}}},
           {"V": {**PLAIN, "costs": {"product": "5", "excluded": {"sales": "4"}}}}),
    "G1": ({"V": {**PLAIN, "claims": {"basis": "shift"}, "statements": [{"law": "nafta", "para": "g"}]}},
           {"V": {**PLAIN, "claims": {"basis": "rvc"}, "statements": [{"law": "nafta", "para": "g"}]}}),
    "G2": ({"V": {**PLAIN, "made_in": "CN", "statements": [{"law": "usmca", "originates": True}]}},
           said(law="usmca", originates=True)),
    "G3": (said(law="nafta", para="nil"), {"V": {**PLAIN, "body": [], "statements": [{"law": "nafta", "para": "nil"}]}}),
    "G4": (said(law="nafta", para="c"), said(law="nafta", para="c", amount="3")),
    "C1": (imported(made_in="CA"), {"V": PLAIN}),
    "C2": ({"V": {**PLAIN, "body": [{"item": "wire", "hs": "7217.10", "sources": [{"how": "imported", "price": "3"}]}]}}, {"V": PLAIN}),
    "C3": (imported(charges=[{"kind": "freight", "amount": "1"}]), imported(charges=[{"kind": "freight", "amount": "1", "leg": "receipt"}])),
    "C4": ({"V": {**PLAIN, "body": [{"item": "wire", "sources": WIRE["sources"]}]}}, {"V": PLAIN}),
    "I1": (nested(designated=True, basis="rvc"), nested(designated=True, basis="shift")),
    "D1": ({"V": {**PLAIN, "until": "2026-10-01"}}, {"V": PLAIN}),
    "D2": ({"V": {**PLAIN, "until": "2028-07-01", "statements": [{"law": "usmca", "originates": True}]}}, said(law="usmca", originates=True)),
    "A1": (said(law="aala", pct5="67"), said(law="aala", pct5="65")),
}  # fmt: skip


def codes(declarations):
    data = {
        "dossier": 1,
        "on": "2026-11-24",
        "currency": "USD",
        "vehicles": ["V"],
        "declarations": copy.deepcopy(declarations),
    }
    return {row.code for row in checks.findings(supply_of(dossier.read(data)))}


@pytest.mark.parametrize("code", sorted(CASES))
def test_it_trips_and_it_rests(code):
    tripping, resting = CASES[code]
    assert code in codes(tripping)
    assert code not in codes(resting)


def test_every_check_has_both_a_citation_and_words():
    assert {row.code for row in checks.CHECKS} == set(CASES)
    for row in checks.CHECKS:
        assert row.cite and row.text.endswith((".", "?")), row.code
