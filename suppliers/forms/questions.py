"""Which questions a request needs: read off the rulebooks it names, so that nobody is asked what no law wants."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.conf import settings

FOLDER = settings.BASE_DIR / "tracing" / "rulebooks"  # data of the law, read as data
COSTED = {"rvc"}  # a regional value is measured over net cost
BROKEN_DOWN = {"rvc", "share", "activities", "whole"}  # tests that look into a part rather than at what is stated of it
BY_COUNTRY = {"share", "activities", "whole"}
SPOKEN = {"eu-uk-ev": "eu-uk"}  # where a statement's law is not named as its rulebook
LABEL = {"ge70", "pct5"}


@dataclass(frozen=True)
class Needed:
    """What some rulebook of the request asks. ``laws``: under which a supplier may state; ``paras``: of NAFTA."""

    laws: frozenset[str] = frozenset()
    paras: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    lines: bool = False
    costs: bool = False
    own_value: bool = False
    origin: bool = False
    criterion: bool = False
    label: bool = False
    accumulation: bool = False
    agreements: bool = False
    plant_share: bool = True  # a part made in two plants has two answers under every law

    def __or__(self, other: "Needed") -> "Needed":
        return Needed(**{one.name: getattr(self, one.name) | getattr(other, one.name) for one in fields(self)})


def needed(rulebooks: Iterable[str]) -> Needed:
    """What these rulebooks ask together; everything where none is named or one is not known."""
    named = set(rulebooks)
    known = {path.stem for path in FOLDER.glob("*.toml")}
    names = sorted(named if named and named <= known else known)
    asked = Needed()
    for name in names:
        asked |= _of(name)
    return asked


@cache
def _of(name: str) -> Needed:
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    kinds = {test["kind"] for good in data["goods"] for test in good.get("tests", [])}
    told = set(data["disclosure"]["supplier_buyer"])
    paras = frozenset(word.partition(".")[2] for word in told if word.startswith("statement."))
    origin = "originates" in told
    states = origin or bool(paras) or bool(told & LABEL)
    return Needed(
        laws=frozenset({SPOKEN.get(name, name)} if states else ()), paras=paras, claims=_claims(data, kinds, told),
        lines=bool(kinds & BROKEN_DOWN), costs=bool(kinds & COSTED), own_value=bool(kinds & BY_COUNTRY),
        origin=origin or bool(paras),
        criterion="criterion" in told, label=bool(told & LABEL), accumulation=bool(kinds & COSTED) and states,
        agreements=origin and bool(data.get("territory")),
    )  # fmt: skip


def _claims(data: dict[str, Any], kinds: set[str], told: set[str]) -> frozenset[str]:
    """What cannot be computed from facts and must be asked in so many words."""
    claims = {"shift", "basis", "requirement"} if "claim" in kinds else set()
    listed = any(word.startswith("statement.") for word in told)  # tracing knows a list, the later law tables
    claims |= {"listed"} if listed else {"table"} if data.get("tables") and "rvc" in kinds else set()
    claims |= {"core", "role"} if "core_parts" in kinds else set()
    return frozenset(claims | ({"marking_origin"} if "marking_origin" in told else set()))
