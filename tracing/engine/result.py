"""What comes out: tests with their bounds, amounts, direct parts, gaps and findings, as values and as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tracing.engine import VERSION, amounts
from tracing.engine.measured import Figure
from tracing.engine.methods.column import Option
from tracing.engine.ranking import Rank
from tracing.engine.rules import Rules, Test
from tracing.engine.supply import Key, Source, Supply

PASS, FAIL, OPEN, NOT_RUN = "pass", "fail", "open", "not_run"
MEASURED, NONE, NOT_NEEDED = "measured", "none", "not_needed"
HOLDS = {
    "at_least": lambda value, needed: value >= needed,
    "more_than": lambda value, needed: value > needed,
    "at_most": lambda value, needed: value <= needed,
}


def holds(test: Test, value: Fraction | None) -> bool:
    """Whether the value meets the test, by comparing exact numbers. No value (nothing to divide by) does not."""
    if value is None or test.threshold is None:
        return False
    return bool(HOLDS[test.operator](value, test.threshold))


@dataclass(frozen=True)
class TestResult:
    """One test: its value at worst, as the law answers silence, and at best; exact percentages."""

    test: Test
    worst: Fraction | None
    declared: Fraction | None
    best: Fraction | None
    ways: tuple[tuple[str, str, str, tuple[Fraction | None, ...]], ...] = ()
    absent: str = ""
    moot: bool = False

    @classmethod
    def of(cls, test: Test, figures: Sequence[Figure]) -> "TestResult":
        """From the figures at worst, as declared and at best. A test that is not needed even at worst shows no value."""
        worst, declared, best = figures
        ways = tuple(
            (way.name, way.text, way.cite, tuple(figure.way(way.name) for figure in figures)) for way in declared.ways
        )
        values = (None, None, None) if worst.moot else (worst.value, declared.value, best.value)
        return cls(test, *values, ways, worst.absent, worst.moot)

    @property
    def result(self) -> str:
        if self.absent:
            return NOT_NEEDED if self.moot else NOT_RUN
        if self.test.operator == "none":
            return MEASURED
        if self.test.threshold is None:
            return NOT_RUN
        if holds(self.test, self.worst):
            return PASS
        return OPEN if holds(self.test, self.best) else FAIL

    def as_dict(self) -> dict[str, Any]:
        test, up = self.test, self.test.operator == "at_most"
        why = {
            PASS: "passes whatever the answers", FAIL: "fails whatever the answers",
            OPEN: "depends on answers that are missing",
            NOT_RUN: self.absent or "no required percentage is known for this good; the claim 'requirement' states it",
            NOT_NEEDED: self.absent, MEASURED: "a figure that this law asks for without a verdict",
        }  # fmt: skip
        values = {"worst": self.worst, "declared": self.declared, "best": self.best}
        return {
            "code": test.code, "kind": test.kind, "title": test.title, "cite": test.cite, "note": test.note,
            "region": sorted(test.region), "of": test.of,
            "operator": test.operator, "threshold": amounts.text(test.threshold),
            **{name: amounts.text(value, up=up) for name, value in values.items()},
            "value": amounts.text(self.declared, up=up),
            "exact": {name: amounts.ratio(value) for name, value in values.items()},
            "result": self.result, "why": why[self.result],
            "options": [
                {"name": name, "text": text, "cite": cite, "taken": nth == 0,
                 **{bound: amounts.text(value, up=up) for bound, value in zip(values, found, strict=True)}}
                for nth, (name, text, cite, found) in enumerate(self.ways)
            ],
        }  # fmt: skip


def verdict_of(tests: Sequence[TestResult]) -> str:
    """Pass: every test that ran passes at its own worst. Fail: some test fails at its best. Else open.

    None where the law asks only for figures. A test without a required percentage leaves it open.
    """
    results = [row.result for row in tests if not row.absent]
    if FAIL in results:
        return FAIL
    if set(results) <= {MEASURED} and tests:
        return NONE
    return PASS if results and set(results) <= {PASS, MEASURED} else OPEN


@dataclass(frozen=True)
class Part:
    """One source of one line of the good itself."""

    source: Source
    value: Fraction
    content: dict[str, Fraction]
    worst: Fraction
    declared: Fraction
    best: Fraction
    para: str
    options: tuple[Option, ...]
    complete: bool

    def as_dict(self) -> dict[str, Any]:
        source = self.source
        return {
            "line": source.key[1], "source": source.key[2], "item": source.item, "hs": source.hs or "",
            "qty": amounts.text(source.qty), "share": amounts.ratio(source.share), "how": source.how,
            "price": amounts.text(source.price), "value": amounts.text(self.value), "seller": source.seller or "",
            "made_in": source.made_in or "", "declaration": source.child,
            "content": {country: amounts.text(amount) for country, amount in sorted(self.content.items())},
            "counted": {
                "worst": amounts.text(self.worst), "declared": amounts.text(self.declared), "best": amounts.text(self.best)
            },
            "para": self.para,
            "options": [
                {"para": row.para, "amount": amounts.text(row.amount), "text": row.text, "taken": index == 0}
                for index, row in enumerate(self.options)
            ],
            "state": "complete" if self.complete else "open",
        }  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """An answer that is missing: whose line lacks it, what it is worth in one good, and whether it decides.

    ``rank`` says what it decides, None where nobody asked. ``can_settle``: it fails the good by itself, or passes it with no more
    others than any; ``settles``: it decides by itself at either of its ends.
    """

    source: Source
    via: Key
    reason: str
    amount: Fraction
    points: Fraction
    can_settle: bool
    settles: bool
    rank: Rank | None = None

    def as_dict(self, good: str) -> dict[str, Any]:
        source = self.source
        return {
            "asker": source.key[0], "line": source.key[1], "source": source.key[2], "item": source.item,
            "hs": source.hs or "", "seller": source.seller or "", "declaration": source.child,
            "price": amounts.text(source.price), "amount": amounts.text(self.amount), "reason": self.reason,
            "points": amounts.text(self.points), "direct": source.key[0] == good, "via": [self.via[1], self.via[2]],
            "can_settle": self.can_settle, "settles": self.settles,
        }  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Something that contradicts itself, or that somebody should look at. ``stops`` forbids a signature.

    ``message`` is ``text``, the words of the check, and ``detail``, what it found: both apart for whoever translates.
    """

    code: str
    cite: str
    message: str
    path: str
    severity: str = "look"
    text: str = ""
    detail: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "code": self.code, "cite": self.cite, "message": self.message, "path": self.path, "severity": self.severity
        }  # fmt: skip


@dataclass(frozen=True)
class Result:
    """The engine's whole answer for one good under one rulebook, reading and day."""

    supply: Supply = field(repr=False)
    rules: Rules = field(repr=False)
    tests: tuple[TestResult, ...]
    amounts: dict[str, Fraction | None]
    content: dict[str, Fraction]
    parts: tuple[Part, ...] = field(repr=False)
    gaps: tuple[Gap, ...]
    findings: tuple[Finding, ...]
    label: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def verdict(self) -> str:
        return verdict_of(self.tests)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, every number a string; see docs/dossier.md."""
        kind = self.rules.good_for(self.supply.top).name
        return {
            **said_of(self.rules, self.supply.good, kind, self.supply.dossier.currency, self.tests),
            "amounts": {
                **{name: amounts.text(value) for name, value in self.amounts.items() if value is not None},
                "content": {country: amounts.text(value) for country, value in sorted(self.content.items())},
            },
            "parts": [row.as_dict() for row in self.parts],
            "gaps": [row.as_dict(self.supply.good) for row in self.gaps],
            "findings": [row.as_dict() for row in self.findings],
            "label": self.label,
        }  # fmt: skip


def said_of(rules: Rules, good: str, kind: str, currency: str, tests: Sequence[TestResult]) -> dict[str, Any]:
    """What is said of a good whatever it rests on: the law and its reading, the verdict, every test, run or not."""
    rulebook, reading = rules.rulebook, rules.reading
    return {
        "engine": VERSION, "rulebook": rulebook.id, "sha256": rulebook.sha256, "edition": rulebook.edition,
        "title": rulebook.title, "status": rulebook.status, "hypothetical": rules.hypothetical,
        "reading": reading.name, "reading_label": reading.label, "switches": dict(rules.switches),
        "silence": rulebook.silence["says"], "on": rules.day.isoformat(),
        "good": good, "kind_of_good": kind, "currency": currency, "verdict": verdict_of(tests),
        "tests": [*(row.as_dict() for row in tests), *_not_run(rulebook.data)],
    }  # fmt: skip


def _not_run(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**row, "kind": "", "note": "", "options": [], "region": [], "of": "", "operator": "", "threshold": "", "worst": "",
         "declared": "", "best": "",
         "value": "", "exact": {"worst": "", "declared": "", "best": ""}, "result": NOT_RUN}
        for row in data.get("not_run", [])
    ]  # fmt: skip
