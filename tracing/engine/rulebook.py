"""Reads the text of a rulebook strictly, and answers what it says on a day."""

import csv
import datetime as dt
import hashlib
import io
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tracing.engine import schema
from tracing.engine.schema import RulebookErrors
from tracing.engine.supply import Node

__all__ = ["Good", "NoRuleOnThatDay", "Reading", "Rulebook", "RulebookErrors", "Rules", "Test", "read"]


class NoRuleOnThatDay(LookupError):
    """The rulebook has no rule for this good, or no figure at all."""


class UnknownSwitch(ValueError):
    """A switch or a value of it that the rulebook does not know."""


@dataclass(frozen=True)
class Reading:
    """One way of reading a text that allows several: a name, what it means, and the switches that make it."""

    name: str
    label: str
    switches: dict[str, str]


@dataclass(frozen=True)
class Test:
    """One test of a law on one day: ``region`` over ``of``, compared with ``threshold`` percent."""

    code: str
    title: str
    cite: str
    region: frozenset[str]
    operator: str
    of: str
    threshold: Fraction | None


@dataclass(frozen=True)
class Good:
    """How one kind of good is computed: the answers to the six questions, and its tests."""

    name: str
    method: str
    cite: str
    answers: dict[str, str]
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Table:
    """A list of goods with its own threshold on one day (Tables A.1, B, C; requirements of s.13)."""

    name: str
    form: str
    threshold: Fraction
    cite: str


@dataclass(frozen=True)
class HsList:
    """A list of tariff provisions, matched by prefix, with the row's other columns."""

    rows: dict[str, list[dict[str, str]]]

    def match(self, hs: str | None) -> list[dict[str, str]]:
        """The rows whose provision covers the code."""
        digits = _digits(hs)
        return [row for length in (4, 6, 8, 10) if len(digits) >= length for row in self.rows.get(digits[:length], [])]

    def covers(self, hs: str | None) -> bool | None:
        """True, False, or None where the code is missing or too short to tell."""
        digits = _digits(hs)
        if not digits:
            return None
        if self.match(hs):
            return True
        return None if any(code.startswith(digits) for code in self.rows) else False


def _digits(hs: str | None) -> str:
    return (hs or "").replace(".", "")


@dataclass(frozen=True)
class Rulebook:
    """One law, proposal or idea, as read. ``sha256`` is over its text and its lists."""

    id: str
    title: str
    status: str
    edition: str
    source: str
    from_: dt.date | None
    until: dt.date | None
    sha256: str
    data: dict[str, Any] = field(repr=False)
    lists: dict[str, HsList] = field(repr=False)

    @property
    def disclosure(self) -> dict[str, Any]:
        return dict(self.data["disclosure"])

    @property
    def silence(self) -> dict[str, Any]:
        return dict(self.data["silence"])

    @property
    def consequence(self) -> dict[str, Any]:
        return dict(self.data["consequence"])

    def readings(self) -> list[Reading]:
        """Its readings in the order of the text; one without a name where there is no doubt."""
        rows = self.data.get("readings") or []
        return [Reading(row["name"], row["label"], dict(row["switches"])) for row in rows] or [Reading("", "", {})]

    def on(self, day: dt.date, switches: dict[str, str] | None = None) -> "Rules":
        """What it says on a day, under these switches. A day outside its life makes a hypothetical run."""
        chosen = dict(self._defaults())
        for name, value in (switches or {}).items():
            known = self.data.get("switches", {}).get(name)
            if known is None or value not in known["values"]:
                values = ", ".join(known["values"]) if known else ", ".join(self.data.get("switches", {})) or "none"
                raise UnknownSwitch(f"{self.id}: {name} = {value!r} is not known; there is: {values}")
            chosen[name] = value
        return Rules(self, day, chosen)

    def _defaults(self) -> Iterable[tuple[str, str]]:
        for name, row in self.data.get("switches", {}).items():
            if "default" in row:
                yield name, row["default"]


@dataclass(frozen=True)
class Rules:
    """A rulebook on one day under chosen switches."""

    rulebook: Rulebook
    day: dt.date
    switches: dict[str, str]

    @property
    def hypothetical(self) -> bool:
        """Whether the day lies outside the life of the law."""
        begins, ends = self.rulebook.from_, self.rulebook.until
        return bool((begins and self.day < begins) or (ends and self.day >= ends))

    @property
    def reading(self) -> Reading:
        """The reading these switches make, or the first where they make none."""
        readings = self.rulebook.readings()
        for row in readings:
            if all(self.switches.get(name) == value for name, value in row.switches.items()):
                return row
        return readings[0]

    def listed(self, name: str, hs: str | None) -> bool | None:
        """Whether a list of the rulebook covers the code; None where it cannot be told."""
        return self.rulebook.lists[name].covers(hs)

    def good_for(self, node: Node) -> Good:
        """How this good is computed. Raises NoRuleOnThatDay when the rulebook does not cover it."""
        for row in self.rulebook.data["goods"]:
            if _applies(row, node, self.rulebook.lists):
                return self._good(row, node)
        raise NoRuleOnThatDay(f"{self.rulebook.id} has no rule for {node.name} (HS {node.hs or 'not given'})")

    def _good(self, row: dict[str, Any], node: Node) -> Good:
        tests = []
        for test in row["tests"]:
            of = self.switches.get(test["of_switch"], test["of"]) if "of_switch" in test else test["of"]
            region, threshold = frozenset(test["region"]), self._threshold(test, node)
            tests.append(Test(test["code"], test["title"], test["cite"], region, test["operator"], of, threshold))
        answers = {key: row[key] for key in ("border", "value", "bought", "made", "crossing", "base")}
        return Good(row["name"], row["method"], row["cite"], answers, tuple(tests))

    def _threshold(self, test: dict[str, Any], node: Node) -> Fraction | None:
        if "percent" in test:
            return self.dated(test, node)
        table = self.requirement(node)
        return table.threshold if table else None

    def dated(self, row: dict[str, Any], node: Node) -> Fraction:
        """The value of a dated list: by the day, or by the fiscal year whose start is closest to each date."""
        day, slack = self.day, dt.timedelta(0)
        if row.get("by") == "fiscal_year_start":
            day = node.facts.get("fiscal_year_start") or dt.date(self.day.year, 1, 1)
            # A year's start is the closest to a date when it lies less than half a year before it.
            slack = dt.timedelta(days=182)
        steps = row["percent"]
        value = steps[0]["is"]
        for step in steps:
            if step["from"] <= day + slack:
                value = step["is"]
        return Fraction(value)

    def requirement(self, node: Node) -> Table | None:
        """The required percentage of a part's own provision: by claim, by table, by list; None when nothing gives one."""
        claimed = node.claim("requirement")
        if claimed is not None:
            return Table("claim", _form(node.claim("basis")), Fraction(claimed), "claimed by the declarant")
        rows = self._tables(node)
        return rows[0] if len(rows) == 1 else None

    def _tables(self, node: Node) -> list[Table]:
        wanted = node.claim("table")
        found = []
        for row in self.rulebook.data.get("tables", []):
            hit = wanted == row["name"] if wanted is not None else _applies(row, node, self.rulebook.lists)
            if hit:
                form = row["form"]
                found.append(Table(row["name"], form, self.dated(row, node), row["cite"]))
                if row.get("final", False):
                    break
        return found

    @property
    def de_minimis(self) -> Fraction | None:
        row = self.rulebook.data.get("de_minimis")
        return Fraction(row["percent"]) if row else None


def _form(basis: Any) -> str:
    return str(basis) if basis in {"shift", "rvc"} else "either"


def _applies(row: dict[str, Any], node: Node, lists: dict[str, HsList]) -> bool:
    uses = set(node.facts.get("uses") or [])
    if "uses" in row and uses and not uses & set(row["uses"]):
        return False
    if "needs_use" in row and not uses & set(row["needs_use"]):
        return False
    if "classes" in row and node.facts.get("class") is not None:
        return node.facts["class"] in row["classes"]
    if "hs" not in row and "list" not in row:
        return True
    digits = _digits(node.hs)
    by_prefix = any(digits.startswith(_digits(code)) for code in row.get("hs", []) if digits)
    by_list = "list" in row and any(
        all(entry.get(key) == value for key, value in row.get("where", {}).items())
        for entry in lists[row["list"]].match(node.hs)
    )
    return by_prefix or by_list


def read(text: bytes, lists: dict[str, bytes] | None = None) -> Rulebook:
    """Read a rulebook's TOML and its CSV lists. Raises RulebookErrors with all that is wrong."""
    try:
        data = tomllib.loads(text.decode(), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise RulebookErrors([f"not a TOML file: {wrong}"]) from None
    errors = schema.complaints(data, set(lists or {}))
    if errors:
        raise RulebookErrors(errors)
    whole = hashlib.sha256(text)
    for name in sorted(lists or {}):
        whole.update(b"\0" + name.encode() + b"\0" + (lists or {})[name])
    return Rulebook(
        id=data["id"],
        title=data["title"],
        status=data["status"],
        edition=data["edition"],
        source=data["source"],
        from_=data.get("from"),
        until=data.get("until"),
        sha256=whole.hexdigest(),
        data=data,
        lists={name: _list(raw) for name, raw in (lists or {}).items()},
    )


def _list(raw: bytes) -> HsList:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(raw.decode())):
        rows.setdefault(_digits(row["hs"]), []).append(row)
    return HsList(rows)
