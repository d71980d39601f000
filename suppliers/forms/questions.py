"""Which questions a request needs: read off the rulebooks it names, so that nobody is asked what no law wants."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from tracing import rulebooks

COSTED = {"rvc"}  # a regional value is measured over net cost
BROKEN_DOWN = {"rvc", "share", "activities", "whole"}  # tests that look into a part rather than at what is stated of it
BY_COUNTRY = {"share", "activities", "whole"}
LABEL = {"ge70", "pct5"}


@dataclass(frozen=True)
class Needed:
    """What some rulebook of the request asks. ``paras``: the paragraphs of NAFTA that a supplier may state."""

    paras: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    lines: bool = False
    costs: bool = False
    own_value: bool = False
    label: bool = False
    agreements: bool = False

    def __or__(self, other: "Needed") -> "Needed":
        return Needed(**{one.name: getattr(self, one.name) | getattr(other, one.name) for one in fields(self)})


def needed(names: Iterable[str]) -> Needed:
    """What these rulebooks ask together; everything where none is named or one is not known."""
    named, known = set(names), set(rulebooks.ids())
    asked = Needed()
    for name in named if named and named <= known else known:
        asked |= _of(name)
    return asked


@cache
def _of(name: str) -> Needed:
    data = rulebooks.rulebook(name).data
    kinds = {test["kind"] for good in data["goods"] for test in good.get("tests", [])}
    told = set(data["disclosure"]["supplier_buyer"])
    return Needed(
        paras=frozenset(word.partition(".")[2] for word in told if word.startswith("statement.")),
        claims=_claims(data, kinds, told), lines=bool(kinds & BROKEN_DOWN), costs=bool(kinds & COSTED),
        own_value=bool(kinds & BY_COUNTRY), label=bool(told & LABEL),
        agreements="originates" in told and bool(data.get("territory")),
    )  # fmt: skip


def _claims(data: dict[str, Any], kinds: set[str], told: set[str]) -> frozenset[str]:
    """What cannot be computed from facts and must be asked in so many words."""
    claims = {"shift", "basis", "requirement"} if "claim" in kinds else set()
    listed = any(word.startswith("statement.") for word in told)  # tracing knows a list, the later law tables
    claims |= {"listed"} if listed else {"table"} if data.get("tables") and "rvc" in kinds else set()
    claims |= {"core", "role"} if "core_parts" in kinds else set()
    return frozenset(claims | ({"marking_origin"} if "marking_origin" in told else set()))
