"""What a rulebook says on a day, under chosen switches: how a good is computed, what it must reach, and by which text."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tracing.engine.applies import applies, deserves, of_code
from tracing.engine.elected import averages, elections_of, related_sales_exceed
from tracing.engine.hslists import digits
from tracing.engine.periods import months_after
from tracing.engine.supply import Node

if TYPE_CHECKING:
    from tracing.engine.rulebook import Rulebook

HALF_A_YEAR, ONE_DAY = dt.timedelta(days=182), dt.timedelta(days=1)
USES = ("heavy", "light", "other", "aftermarket")
CORE_TABLE = "A.1"
VEHICLES = tuple(str(heading) for heading in range(8701, 8707))
ANSWERS = ("border", "value", "bought", "made", "crossing", "base")


class NoRuleOnThatDay(LookupError):
    """The rulebook has no rule for this good, or no figure at all."""


@dataclass(frozen=True)
class Reading:
    """One way of reading a text that allows several: a name, what it means, and the switches that make it."""

    name: str
    label: str
    switches: dict[str, str]


@dataclass(frozen=True)
class Test:
    """One test of a law on one day: ``kind`` of figure for ``region`` over ``of``, compared with ``threshold`` percent.

    ``operator`` none makes it a measure: it has a value and no verdict. ``row`` is the rulebook's own text of it.
    """

    code: str
    title: str
    cite: str
    kind: str
    region: frozenset[str]
    operator: str
    of: str
    threshold: Fraction | None
    note: str = ""
    row: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Good:
    """How one kind of good is computed: the answers to the six questions, its tests, and what its parts are used for."""

    name: str
    method: str
    cite: str
    answers: dict[str, str]
    tests: tuple[Test, ...]
    use: str | None = None
    row: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Table:
    """What a part must reach by itself on one day: net-cost percentage, transaction-value percentage where there is one.

    ``form`` says whether the rule is regional value, tariff change, both, or either. ``threshold`` is always the regional
    percentage: where the law states a maximum of foreign value, it is 100 less that.
    """

    name: str
    form: str
    threshold: Fraction
    cite: str
    tv: Fraction | None = None
    base: str = "net_cost"


@dataclass(frozen=True)
class Rules:
    """A rulebook on one day under chosen switches."""

    rulebook: "Rulebook"
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
        """Whether a list of the rulebook covers the code; None where it cannot be told. A doubtful code follows its switch."""
        if self.switches.get("hs_8507_60_listed") == "listed" and digits(hs).startswith("850760"):
            return True
        return self.rulebook.lists[name].covers(hs)

    def listed_in_part(self, name: str, hs: str | None) -> bool:
        """Whether a list takes only some goods of the code ("ex"), so that the description decides."""
        rows = self.rulebook.lists[name].match(hs)
        return bool(rows) and all(row.get("ex") for row in rows)

    def good_for(self, node: Node) -> Good:
        """How this good is computed. Raises NoRuleOnThatDay when the rulebook does not cover it."""
        elected = elections_of(node)
        for row in self.rulebook.data["goods"]:
            if "needs_election" in row and row["needs_election"] not in elected:
                continue
            uses = set(node.facts.get("uses") or [])
            if self._in_time(row, elected) and applies(row, node, self.rulebook.lists, uses):
                self._told_apart(row, node)
                return self._good(row, node)
            if "persons" in row and node.facts.get("persons") is None and of_code(row, node, self.rulebook.lists):
                raise NoRuleOnThatDay(
                    f"{self.rulebook.id} asks how many persons {node.name} (HS {node.hs}) is for: state its 'persons', as \"15\""
                )
        raise NoRuleOnThatDay(f"{self.rulebook.id} has no rule for {node.name} (HS {node.hs or 'not given'})")

    def _told_apart(self, row: dict[str, Any], node: Node) -> None:
        """Whether a good of the rule for all others might be one of those named before, but for a code that is too short."""
        code = digits(node.hs)
        if "hs" in row or "list" in row or not code.startswith(VEHICLES):
            return
        rows = [one for one in self.rulebook.data["goods"] if "needs_use" not in one]
        finer = [prefix for one in rows for prefix in one.get("hs", []) if digits(prefix).startswith(code)]
        persons = any("persons" in one and code.startswith(digits(one["hs"][0])) for one in rows)
        if any(digits(prefix) != code for prefix in finer):
            cure = " or persons" if persons and node.facts.get("persons") is None else ""
            raise NoRuleOnThatDay(
                f"{self.rulebook.id}: HS {node.hs} of {node.name} does not tell which rule holds; give more digits{cure}: "
                f"there are {', '.join(finer[:6])}{' …' if len(finer) > 6 else ''}"
            )

    def _in_time(self, row: dict[str, Any], elected: Mapping[str, Any]) -> bool:
        """Whether an entry that has a life of its own is alive on the day; a hypothetical run asks the whole text.

        A regime that was approved for another period than the text's has that (UR 19(2)): ``from`` and ``until`` of the
        election, its last day.
        """
        begins, ends = row.get("from"), row.get("until")
        approved = elected.get(row.get("needs_election", ""))
        if isinstance(approved, dict):
            begins = dt.date.fromisoformat(approved["from"]) if approved.get("from") else begins
            ends = dt.date.fromisoformat(approved["until"]) + ONE_DAY if approved.get("until") else ends
        return not ((begins and self.day < begins) or (ends and self.day >= ends)) or self.hypothetical

    def _good(self, row: dict[str, Any], node: Node) -> Good:
        own = set(node.facts.get("uses") or [])
        use = row.get("use") or next((name for name in USES if name in own), None)
        method = row["method"]
        if "method_switch" in row:
            method = row["methods"].get(self.switches.get(row["method_switch"]), method)
        relief = self.relief(row, node)
        tests = tuple(self._test(test, node, use, relief) for test in row["tests"])
        answers = {key: row[key] for key in ANSWERS}
        if self._by_price(row, node):
            answers["base"] = "transaction_value"
        return Good(row["name"], method, row["cite"], answers, tests, use, row)

    def _test(self, test: dict[str, Any], node: Node, use: str | None, relief: dict[str, Any] | None) -> Test:
        of = self.switches.get(test["of_switch"], test["of"]) if "of_switch" in test else test["of"]
        threshold = None if test["operator"] == "none" else self._threshold(test, node, use)
        cite, note = test["cite"], ""
        if relief and test["kind"] == "rvc":
            threshold, cite = Fraction(relief["percent"]), f"{cite}; {relief['cite']}"
            note = f"{relief['name']}: {relief['percent']} % until {relief['ends']}"
        if test["kind"] == "rvc" and elections_of(node).get("method") == "TV" and self.closed_to_price(node):
            note = "the rule of this good names net cost alone, so the transaction-value method is not open to it"
        region, operator = frozenset(test["region"]), test["operator"]
        averaged = test["kind"] == "core_parts" and averages(node, "core_parts")
        if averaged and self.switches.get("core_average_equal") == "must_exceed":
            operator, note = "more_than", "an average of core parts must exceed it (UR 14(12))"
        return Test(test["code"], test["title"], cite, test["kind"], region, operator, of, threshold, note, test)

    def _threshold(self, test: dict[str, Any], node: Node, use: str | None) -> Fraction | None:
        if test["kind"] == "claim":
            return Fraction(100)
        if "percent" in test:
            return self.dated(
                test, node, "tv" if "tv" in test and self._by_price({"tests": [test]}, node) else "percent"
            )
        table = self.requirement(node, use, elections_of(node))
        by_price = (
            table is not None and table.tv is not None and self._by_price({"tests": [{"alternative": True}]}, node)
        )
        return None if table is None else table.tv if by_price else table.threshold

    def _by_price(self, row: dict[str, Any], node: Node) -> bool:
        """Whether the maker of a good chose the transaction-value method and the law leaves it the choice (s.6(6); UR 7(6)).

        Not where its rule or its use bars it, nor, under NAFTA, where more than 85 percent of its units go to related persons.
        """
        elected = elections_of(node).get("method") == "TV"
        rule = any(test.get("alternative") or "tv" in test for test in row["tests"])
        return elected and rule and node.claim("tv_allowed") is not False and self.price_allowed(node)

    def price_allowed(self, node: Node) -> bool:
        """Whether the law leaves the transaction-value method to a good of this code and these sales (s.6(6)(c); UR 7(6), 13)."""
        limits = self.rulebook.data.get("transaction_value") or {}
        barred = limits.get("related_sales") is not False and related_sales_exceed(node)
        return not barred and not self.closed_to_price(node)

    def closed_to_price(self, node: Node) -> bool:
        """Whether the rules for goods of this code name net cost alone (UR 7(6))."""
        codes = (self.rulebook.data.get("transaction_value") or {}).get("closed_to", [])
        return any(digits(node.hs).startswith(digits(code)) for code in codes if node.hs)

    def relief(self, good: dict[str, Any], node: Node) -> dict[str, Any] | None:
        """The lower requirement of a new or refitted plant that the maker's facts give on this day (Regs s.13(2); UR 20(8))."""
        facts = node.facts.get("relief") or {}
        if not good.get("relief") or not facts.get("first_prototype"):
            return None
        start = dt.date.fromisoformat(facts["first_prototype"])
        for row in self.rulebook.data.get("relief", []):
            ends = months_after(start, 12 * row["years"])
            kind = facts.get("kind", "new_plant")
            if kind == row["kind"] and start <= self.day <= ends and deserves(row, facts):
                return {**row, "ends": ends}
        return None

    def dated(self, row: dict[str, Any], node: Node | None, key: str = "percent") -> Fraction:
        """The value of a dated list: by the day, or by the fiscal year whose start is closest to each date.

        The starts of twelve-month years lie 365 or 366 days apart and none of the dates of s.13 falls midway, so that no
        tie arises between two of them.
        """
        day, slack = self.day, dt.timedelta(0)
        if row.get("by") == "fiscal_year_start" and node is not None:
            day, slack = node.facts.get("fiscal_year_start") or dt.date(self.day.year, 1, 1), HALF_A_YEAR
        if row.get("by") == "model_year" and node is not None and node.facts.get("model_year"):
            day = dt.date(int(node.facts["model_year"]), 1, 1)
        steps = row[key]
        value = steps[0]["is"]
        for step in steps:
            if step["from"] <= day + slack:
                value = step["is"]
        return Fraction(value)

    def requirement(
        self, node: Node, use: str | None = None, elected: Mapping[str, Any] = MappingProxyType({})
    ) -> Table | None:
        """The required percentage of a part's own provision for its use: by claim, by table, by list; None if none or in doubt.

        ``elected`` are the elections of the vehicle it goes into: a regime that was approved for one changes its parts' figures.
        """
        claimed = node.claim("requirement")
        if claimed is not None:
            basis = node.claim("basis")
            form = str(basis) if basis in {"shift", "rvc", "both"} else "either"
            return Table("claim", form, Fraction(claimed), "claimed by the declarant")
        rows = self._tables(node, use, elected)
        return rows[0] if len(rows) == 1 else None

    def _tables(self, node: Node, use: str | None, elected: Mapping[str, Any]) -> list[Table]:
        uses = {use} if use else set(node.facts.get("uses") or [])
        wanted, found = self._claimed_table(node, uses), []
        for row in self.rulebook.data.get("tables", []):
            if not self._in_time(row, elected) or (uses and "uses" in row and not uses & set(row["uses"])):
                continue
            if "needs_election" in row and row["needs_election"] not in elected:
                continue
            hit = wanted == row["name"] if wanted is not None else applies(row, node, self.rulebook.lists, uses)
            if hit:
                found.append(self._table(row, node))
                if row.get("final", False):
                    break
        return found

    def _claimed_table(self, node: Node, uses: set[str]) -> str | None:
        """The table by description; a core part of a passenger vehicle or light truck is of the table of core parts."""
        claimed: str | None = node.claim("table")
        if claimed is None and node.claim("core") not in {None, "none"} and (not uses or "light" in uses):
            return CORE_TABLE
        return claimed

    def _table(self, row: dict[str, Any], node: Node) -> Table:
        percent = self.dated(row, node)
        if row.get("measure") == "non_originating":
            percent = 100 - percent
        tv = self.dated(row, node, "tv") if "tv" in row else None
        return Table(row["name"], self._form(row, node), percent, row["cite"], tv, row.get("base", "net_cost"))

    def _form(self, row: dict[str, Any], node: Node) -> str:
        """The form of a part's rule: as its own row of the list has it, else as the table says for all of its parts.

        Of a rule with alternatives, a maker that relies on the one that asks for both must meet both: its tariff change may
        be the narrower one of that alternative.
        """
        entries = self.rulebook.lists[row["list"]].match(node.hs) if "list" in row else []
        own = {entry["form"] for entry in entries if entry.get("form")}
        form = own.pop() if len(own) == 1 else str(row["form"])
        return "both" if form == "either" and node.claim("basis") == "both" else form

    def in_doubt(self, node: Node, use: str | None = None) -> list[str]:
        """The names of the tables that hold the part's code only for some descriptions (``ex``): its description decides."""
        if node.claim("table") is not None or node.claim("requirement") is not None:
            return []
        names = []
        for row in self.rulebook.data.get("tables", []):
            fits = not use or "uses" not in row or use in row["uses"]
            if fits and "list" in row and row.get("where", {}).get("ex") == "":
                where = {**row["where"], "ex": "yes"}
                matches = self.rulebook.lists[row["list"]].match(node.hs)
                if any(all(entry.get(key) == value for key, value in where.items()) for entry in matches):
                    names.append(row["name"])
        return names

    @property
    def de_minimis(self) -> Fraction | None:
        """The share of non-originating materials, in percent of the base the law names, that is overlooked."""
        row = self.rulebook.data.get("de_minimis")
        return Fraction(row["percent"]) if row else None

    @property
    def de_minimis_of_either(self) -> bool:
        """Whether it is measured over the transaction value or over total cost, at choice."""
        return bool((self.rulebook.data.get("de_minimis") or {}).get("or_transaction_value"))

    def de_minimis_covers(self, hs: str | None) -> bool:
        """Whether the relief from tariff change reaches this good: some are taken out by name."""
        row = self.rulebook.data.get("de_minimis") or {}
        code = digits(hs)
        return not any(code.startswith(digits(out)) for out in row.get("except_hs", []) if code)
