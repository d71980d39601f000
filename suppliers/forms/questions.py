"""Which questions a request needs: read off the rulebooks it names, so that nobody is asked what no law wants."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from suppliers.forms.posted import Facts
from tracing import rulebooks

COSTED = {"rvc"}  # a regional value is measured over net cost
BROKEN_DOWN = {"rvc", "share", "activities", "whole"}  # tests that look into a part rather than at what is stated of it
BY_COUNTRY = {"share", "activities", "whole"}
LABEL = {"ge70", "pct5"}
TABLES = "usmca_tables"
LISTED = {"nafta": "nafta_tracing_list", "usmca": TABLES}
PERCENTS = {"A.1", "B", "C", "D", "E", "F"}  # tables of parts with a percentage
BY_RULE = ("shift", "basis", "requirement", "table")


@dataclass(frozen=True)
class Needed:
    """What some rulebook of the request asks.

    ``paras``: the paragraphs of NAFTA that a supplier may state. ``laws``: those under which a statement is asked.
    ``opened``: (rulebook, law whose statement settles it) of those that else look into the part; the law is empty where
    no statement does. ``cores``: the codes that may be a core part's.
    """

    paras: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    laws: frozenset[str] = frozenset()
    opened: frozenset[tuple[str, str]] = frozenset()
    cores: frozenset[str] = frozenset()
    lines: bool = False
    costs: bool = False
    own_value: bool = False
    label: bool = False
    agreements: bool = False

    def __or__(self, other: "Needed") -> "Needed":
        return Needed(**{one.name: getattr(self, one.name) | getattr(other, one.name) for one in fields(self)})


def laws(requests: Iterable[Any]) -> set[str]:
    """The rulebooks that requests name together; none where one of them names none, which asks for everything."""
    named = [row.rulebooks for row in requests]
    return set().union(*named) if all(named) else set()


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
    tests = [test for good in data["goods"] for test in good.get("tests", [])]
    kinds, told = {test["kind"] for test in tests}, set(data["disclosure"]["supplier_buyer"])
    paras = frozenset(word.partition(".")[2] for word in told if word.startswith("statement."))
    agreements = "originates" in told and bool(data.get("territory"))
    law = _law(paras, told, agreements)
    return Needed(
        paras=paras, claims=_claims(data, kinds, told), laws=frozenset({law} - {""}),
        opened=frozenset({(name, law)} if kinds & BROKEN_DOWN else ()),
        cores=frozenset(code for test in tests if test["kind"] == "core_parts" for code in test.get("hs", [])),
        lines=bool(kinds & BROKEN_DOWN), costs=bool(kinds & COSTED), own_value=bool(kinds & BY_COUNTRY),
        label=bool(told & LABEL), agreements=agreements,
    )  # fmt: skip


def _law(paras: frozenset[str], told: set[str], agreements: bool) -> str:
    """The law under which a supplier states something to its buyer, as statements name it; empty where it states nothing."""
    if paras:
        return "nafta"
    if told & LABEL:
        return "aala"
    return "eu-uk" if agreements else "usmca" if "originates" in told else ""


def _claims(data: dict[str, Any], kinds: set[str], told: set[str]) -> frozenset[str]:
    """What cannot be computed from facts and must be asked in so many words."""
    claims = {"shift", "basis", "requirement"} if "claim" in kinds else set()
    listed = any(word.startswith("statement.") for word in told)  # tracing knows a list, the later law tables
    claims |= {"table"} if data.get("tables") and "rvc" in kinds and not listed else set()
    claims |= {"tv_allowed"} if any("tv" in row for row in data.get("tables", [])) else set()
    claims |= {"core", "listed"} if "core_parts" in kinds else set()
    roles = any(good.get("bought") == "heavy" for good in data["goods"])
    claims |= {"role"} if roles or "core_parts" in kinds else set()
    claims |= {"substantial"} if kinds & {"content", "whole"} and "marking_origin" not in told else set()
    return frozenset(claims | ({"marking_origin"} if "marking_origin" in told else set()))


def says(row: Facts) -> bool:
    """Whether a statement says anything beyond the name of its law."""
    return any(value not in (None, "") for key, value in row.items() if key != "law")


def stated(facts: Facts, law: str) -> list[Facts]:
    """What it states under one law."""
    return [row for row in facts.get("statements") or [] if row.get("law") == law and says(row)]


def opened(asked: Needed, facts: Facts) -> list[str]:
    """The rulebooks that must look into the part, since no statement settles them."""
    return sorted(name for name, law in asked.opened if not law or not _settles(law, stated(facts, law)))


def _settles(law: str, rows: list[Facts]) -> bool:
    return (
        any(row.get("para") for row in rows)
        if law == "nafta"
        else any(row.get("originates") not in (None, "") for row in rows)
    )


def claims_asked(asked: Needed, facts: Facts) -> list[str]:
    """The claims to ask of this part: those that its statements leave open, and that its code and use bring up."""
    uses, code = set(facts.get("uses") or []), str(facts.get("hs") or "")
    by_rule = {key for name in opened(asked, facts) for key in _of(name).claims}
    keys = by_rule & {*BY_RULE, "tv_allowed"}
    if any(row.get("para") in {"f", "g"} for row in stated(facts, "nafta")):
        keys.add("basis")
    if not tables_of(code):
        keys.discard("table")
    if all(_listed(name, code) for name in opened(asked, facts) if name in LISTED):
        keys.discard("requirement")
    if not _listed("usmca", code):
        keys.discard("tv_allowed")
    keys |= {"core"} if any(_digits(code).startswith(_digits(one)) for one in asked.cores if code) else set()
    keys |= {"listed"} & by_rule if components_of(code) else set()
    keys |= {"role"} if "heavy" in uses else set()
    keys |= {"marking_origin", "substantial"} if facts.get("lines") or "marking_origin" in asked.claims else set()
    return [key for key in ORDER if key in keys & asked.claims]


ORDER = (
    "basis",
    "shift",
    "table",
    "requirement",
    "tv_allowed",
    "core",
    "listed",
    "role",
    "marking_origin",
    "substantial",
)


def _listed(name: str, code: str) -> bool:
    """Whether the rulebook's own list names the percentage of a code, so that nobody need be asked."""
    if name == "usmca":
        return any(row["table"] in PERCENTS for row in _entries(code))
    return any(row["requirement"] for row in _entries(code, name, LISTED[name]))


def tables_of(code: str) -> dict[str, str]:
    """The tables of USMCA in which a code stands, with the description of each, where the description must decide."""
    rows = [row for row in _entries(code) if row["table"] in PERCENTS]
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row["table"], row["description"])
    return found if len(found) > 1 or any(row["ex"] for row in rows) else {}


def components_of(code: str) -> list[str]:
    """The components of Table A.2, column 2, that a code may be."""
    return sorted({row["description"] for row in _entries(code) if row["table"] == "A.2 col2"})


def _entries(code: str, name: str = "usmca", listed: str = TABLES) -> list[dict[str, str]]:
    """The rows of a rulebook's list that hold a code; none where it is no code."""
    if not code:
        return []
    try:
        return list(rulebooks.rulebook(name).lists[listed].match(code))
    except ValueError:
        return []


def _digits(code: str) -> str:
    return code.replace(".", "").replace(" ", "")
