"""Any test's figure as a tree of steps: each with the declaration it rests on, the rule, its citation and the arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tracing.engine import amounts
from tracing.engine.cores import cores
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO, Chosen, Column
from tracing.engine.methods.content import part_of
from tracing.engine.methods.heavy import Heavy
from tracing.engine.methods.label import Label
from tracing.engine.methods.traced import Traced
from tracing.engine.methods.whole import Whole
from tracing.engine.rules import Rules, Test
from tracing.engine.runs import Run
from tracing.engine.supply import Key, Node, Source, Supply
from tracing.engine.trace import peers_of

LOOKED_INTO = {
    "9(1)",
    "9(9)(a)",
    "10(9)(a)",
    "10(1)(a)(iii)",
    "10(1)(b)(ii)",
    "10(1)(d)(i)",
    "10(1)(e)(i)",
    "6(5)(a)",
    "UR 7(5)(a)",
    "UR 20(4)",
}


@dataclass(frozen=True)
class Step:
    """One step: an amount (text, exact) and what it follows from. ``declaration`` is the one that says it."""

    title: str
    amount: str
    arithmetic: str = ""
    cite: str = ""
    declaration: str = ""
    rule: str = ""
    options: tuple[str, ...] = ()
    children: tuple["Step", ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain data; what is empty is left out."""
        found = {
            key: getattr(self, key)
            for key in ("title", "amount", "arithmetic", "cite", "declaration", "rule")
            if getattr(self, key)
        }
        if self.options:
            found["options"] = list(self.options)
        return found | ({"children": [row.as_dict() for row in self.children]} if self.children else {})

    def lines(self, depth: int = 0) -> Iterator[str]:
        """As text, indented by depth."""
        cite = f"  [{self.cite}]" if self.cite else ""
        says = f"  ({self.declaration})" if self.declaration else ""
        yield (
            f"{'  ' * depth}{self.title}: {self.amount}"
            + (f" = {self.arithmetic}" if self.arithmetic else "")
            + cite
            + says
        )
        for row in self.options:
            yield f"{'  ' * depth}  · also lawful: {row}"
        for child in self.children:
            yield from child.lines(depth + 1)


class NoSuchTest(LookupError):
    """The rulebook has no test of that code for this good."""


def explain(supply: Supply, rules: Rules, code: str, bound: str = DECLARED) -> Step:
    """The steps to one test's figure at one bound (worst, declared, best). Raises NoSuchTest.

    A declaration that is used in several places is opened at the first and referred to at the others.
    """
    run = Run(supply, rules, peers=[Run(peer, rules) for peer in peers_of(supply, rules)])
    for nth, test in enumerate(run.good.tests):
        if test.code == code and bound in {WORST, DECLARED, BEST}:
            return _Telling(run, bound).test(test, nth)
    raise NoSuchTest(f"{code}.{bound}; there is: " + ", ".join(test.code for test in run.good.tests))


class _Telling:
    def __init__(self, run: Run, bound: str):
        self.run, self.bound = run, bound
        self.column: Column | None = run.columns.get(bound)
        self.told: set[str] = set()

    def test(self, test: Test, nth: int) -> Step:
        figure = self.run.figures[self.bound][nth]
        needs = {"at_least": "at least", "more_than": "more than", "at_most": "at most"}.get(test.operator)
        limit = (
            f"needs {needs} {_text(test.threshold)}"
            if needs and test.threshold is not None
            else "no percentage is required"
        )
        value = figure.absent or f"{_text(figure.value)} %"
        ways = tuple(f"{way.text}: {_text(way.value)} % [{way.cite}]" for way in figure.ways[1:])
        if figure.absent:
            return Step(test.title, value, "", test.cite)
        children = {
            "rvc": self._value, "non_originating": self._value, "share": self._share, "activities": self._share,
            "content": self._equipment, "whole": self._wholes, "core_parts": self._cores, "labour": self._plants,
            "labour_minimum": self._plants,
        }.get(test.kind, self._claimed)(test)  # fmt: skip
        way = f"{figure.ways[0].text}; " if figure.ways else ""
        return Step(
            test.title, value, f"{way}{limit}", test.cite, self.run.supply.good, test.kind, ways, tuple(children)
        )

    # ---- counted amounts over a base ----

    def _value(self, test: Test) -> Iterator[Step]:
        column, top = self.column, self.run.supply.top
        if column is None:
            yield from self._share(test)
            return
        net, vnm = column.net, column.vnm  # type: ignore[attr-defined]
        base = self.run.good.answers["base"].replace("_", " ")
        yield self._base(top, net, base)
        inside = tuple(self._source(row, column.taken(row)) for row in top.sources)  # type: ignore[attr-defined]
        yield Step("What counts as foreign", _text(vnm), "the sum of what follows", self.run.good.cite, top.name, self.run.good.method,
                   (), inside)  # fmt: skip
        for peer in self.run.peers:
            other = peer.columns[self.bound]
            yield Step(f"Averaged with {peer.supply.good}", _text(other.net), f"of which foreign {_text(other.vnm)}",  # type: ignore[attr-defined]
                       self.run.rules.rulebook.data["averaging"]["cite"], peer.supply.good)  # fmt: skip

    def _base(self, node: Node, net: Fraction, name: str) -> Step:
        cost = self.run.ground.costs.of[node.name]
        said = ""
        if cost is not None and name == "net cost":
            said = f"total {_text(cost.total)} less excluded {_text(cost.excluded)}"
            said += f", {_text(net - cost.net)} by accumulation or own production" if net != cost.net else ""
        return Step(name.capitalize(), _text(net), said, self.run.good.cite, node.name)

    def _source(self, source: Source, chosen: Chosen) -> Step:
        """One source of one line: the amount taken, the paragraph, the options left aside, and what is inside if that was looked at."""
        weight = _times(source)
        text = chosen.options[0].text if chosen.options else (chosen.missing and "nobody answered") or ""
        arithmetic = f"{weight}{_text(chosen.amount)}" + (f", {text}" if text else "")
        others = tuple(f"({row.para}) {_text(row.amount)}, {row.text}" for row in chosen.options[1:])
        return Step(source.item, _text(source.weight * chosen.amount), arithmetic, chosen.para, source.key[0], source.how, others,
                    tuple(self._inside(source, chosen)))  # fmt: skip

    def _inside(self, source: Source, chosen: Chosen) -> Iterator[Step]:
        if source.child is None:
            return
        child = self.run.supply.nodes[source.child]
        if isinstance(self.column, Absorb) and source.how != "made" and not self.run.ground.entered(source):
            yield from self._status(child)
        elif chosen.para in LOOKED_INTO or source.how == "made":
            yield from self._sources_of(child)

    def _status(self, child: Node) -> Iterator[Step]:
        """Why a part originates or not: as stated, or by its own figures."""
        column = self.column
        assert isinstance(column, Absorb)
        status = {True: "originates", False: "does not originate", None: "undetermined"}[column.status.get(child.name)]
        table = self.run.ground.requirement(child)
        cite = table.cite if table else self.run.good.cite
        inner: tuple[Step, ...] = ()
        if child.has_body and child.name not in self.told:
            value = column.value(child, table.threshold if table else ZERO, table.base if table else "net_cost")
            figures: list[Step] = []
            if value is not None:
                figures.append(Step("Net cost of it", _text(value.net), "", cite, child.name))
                figures.append(Step("Foreign in it", _text(value.vnm), "", cite, child.name))
            inner = (*figures, *self._sources_of(child))
        yield Step(
            f"{child.name} {status}",
            "",
            column.why.get(child.name, ""),
            cite,
            child.name,
            table.form if table else "",
            (),
            inner,
        )

    def _sources_of(self, node: Node) -> Iterator[Step]:
        if node.name in self.told:
            yield Step(f"as opened above: {node.name}", "", "", "", node.name)
            return
        self.told.add(node.name)
        column = self.column
        for source in node.sources:
            known = isinstance(column, Traced | Whole) or (isinstance(column, Absorb) and source.key in column.entries)
            if known and column is not None:
                yield self._source(source, column.taken(source))  # type: ignore[attr-defined]

    # ---- content by country ----

    def _share(self, test: Test) -> Iterator[Step]:
        content = self.run.content
        yield Step("Measured over", _text(content.base), test.of, test.cite, self.run.supply.good)
        whole = part_of(content.good, test.region)
        places = self._countries(content.good)
        yield Step("Of " + ", ".join(sorted(test.region)), _text(whole), places, test.cite, self.run.supply.good, "content", (),
                   tuple(self._content(row) for row in self.run.supply.top.sources))  # fmt: skip

    def _content(self, source: Source) -> Step:
        found = self.run.content.of_source[source.key]
        child = self.run.supply.nodes[source.child] if source.child else None
        inner: list[Step] = []
        if child is not None and child.has_body and not self.run.content.from_outside(source, child):
            inner = [Step(f"as opened above: {child.name}", "", "", "", child.name)]
            if child.name not in self.told:
                self.told.add(child.name)
                inner = [self._content(row) for row in child.sources]
        total = source.weight * sum(found.values(), ZERO)
        return Step(
            source.item,
            _text(total),
            f"{_times(source)}({self._countries(found)})",
            "",
            source.key[0],
            source.how,
            (),
            tuple(inner),
        )

    def _countries(self, content: Any) -> str:
        return ", ".join(f"{place} {_text(amount)}" for place, amount in sorted(content.items()) if amount)

    # ---- label, whole parts, closings ----

    def _equipment(self, test: Test) -> Iterator[Step]:
        column = self.column
        assert isinstance(column, Label)
        yield Step("Equipment delivered", _text(column.value), "", "49 CFR 583.6(b)", self.run.supply.good)
        rows = []
        for units, source in column.equipment():
            item = column.items[source.key]
            raw = f"{_text(item.raw)} % is U.S. and Canadian, " if item.raw is not None else ""
            rows.append(Step(source.item, _text(units * item.counted), f"of {_text(units * item.value)}: {raw}{item.text}", item.para,
                             source.key[0], "outside" if item.outside else "allied"))  # fmt: skip
        yield Step(
            "U.S. and Canadian value",
            _text(column.counted),
            "",
            test.cite,
            self.run.supply.good,
            "label",
            (),
            tuple(rows),
        )
        for one, taken in column.determinations():
            yield Step(f"Found by the maker itself: {one.item}", _text(taken), f"{_text(one.percent)} % of {_text(one.value)}",
                       "49 CFR 583.6(c)(6)", one.key[0])  # fmt: skip

    def _wholes(self, test: Test) -> Iterator[Step]:
        column = self.column
        assert isinstance(column, Whole)
        yield Step("Customs value", _text(column.base), "", test.cite, self.run.supply.good)
        rows = tuple(self._source(row, column.taken(row)) for row in self.run.supply.top.sources)
        yield Step("Parts that count", _text(column.claimed), "", test.cite, self.run.supply.good, "whole", (), rows)
        if column.allowed != column.claimed:
            row = self.run.rules.rulebook.data["default_share"]
            yield Step("Granted without proof", _text(column.allowed), row["says"], row["cite"])

    def _cores(self, test: Test) -> Iterator[Step]:
        column = self.column
        assert isinstance(column, Absorb)
        for part in cores(self.run.supply, test):
            name = part.child.claim("core") if part.child else part.source.claims.get("core")
            inner = tuple(self._status(part.child)) if part.child is not None else ()
            title = f"{part.source.item}: {'may be a core part by its code' if part.doubtful else (name or '').replace('_', ' ')}"
            yield Step(title, _text(part.units), "in one vehicle", test.cite, part.source.key[0], "", (), inner)

    def _plants(self, test: Test) -> Iterator[Step]:
        cite = self.run.rules.rulebook.data["labour"]["cite"]
        for name, facts in sorted(self.run.supply.dossier.plants.items()):
            if facts.get("hourly") is not None:
                yield Step(f"Plant {name}", str(facts["hourly"]), f"an hour, {facts.get('country', '')}", cite)

    def _claimed(self, test: Test) -> Iterator[Step]:
        claim = self.run.supply.top.claim(test.row.get("claim", "shift"))
        if claim is not None:
            met = claim is True or (isinstance(claim, dict) and claim.get("met"))
            yield Step("As claimed by its maker", "met" if met else "not met", "", test.cite, self.run.supply.good)


def _times(source: Source) -> str:
    return "" if source.weight == 1 else f"{_text(source.weight)} × "


def _text(value: Fraction | None) -> str:
    """Exact where it ends; else nine digits, marked."""
    if value is None:
        return "–"
    if amounts.terminates(value):
        return amounts.text(value)
    return f"{amounts.text(value)[:14]}…"


__all__ = ["Heavy", "Key", "NoSuchTest", "Step", "explain"]
