"""Any test's figure as a tree of steps: each with the declaration it rests on, the rule, its citation and the arithmetic."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tracing.engine import closed
from tracing.engine.closing import Scene
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO, Chosen, Column
from tracing.engine.methods.content import part_of
from tracing.engine.methods.heavy import ROLES, Heavy
from tracing.engine.methods.label import Label
from tracing.engine.methods.traced import Traced
from tracing.engine.methods.whole import Whole
from tracing.engine.rules import Rules, Test
from tracing.engine.runs import Run, always
from tracing.engine.steps import Step, shown
from tracing.engine.supply import Key, Node, Source, Supply
from tracing.engine.trace import peers_of

STATED = {"10(1)(d)(i)": 0, "10(1)(e)(i)": 1}
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
        self.scene = Scene(run, always(bound), self.column)

    def test(self, test: Test, nth: int) -> Step:
        figure = self.run.figures[self.bound][nth]
        needs = {"at_least": "at least", "more_than": "more than", "at_most": "at most"}.get(test.operator)
        limit = (
            f"needs {needs} {shown(test.threshold)}"
            if needs and test.threshold is not None
            else "no percentage is required"
        )
        value = figure.absent or f"{shown(figure.value)} %"
        ways = tuple(f"{way.text}: {shown(way.value)} % [{way.cite}]" for way in figure.ways[1:])
        if figure.absent:
            return Step(test.title, value, "", test.cite)
        children = {
            "rvc": self._value, "non_originating": self._value, "share": self._share, "activities": self._share,
            "content": self._equipment, "whole": self._wholes, "core_parts": self._cores, "labour": self._labour,
            "labour_minimum": self._labour, "steel": self._metal, "aluminum": self._metal,
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
        yield Step("What counts as foreign", shown(vnm), "the sum of what follows", self.run.good.cite, top.name, self.run.good.method,
                   (), inside)  # fmt: skip
        for peer, scene in self.scene.peers("rvc"):
            net, vnm = scene.net_and_vnm()
            yield Step(f"Averaged with {peer.supply.good}", shown(net), f"of which foreign {shown(vnm)}",
                       self.run.rules.rulebook.data["averaging"]["cite"], peer.supply.good)  # fmt: skip

    def _base(self, node: Node, net: Fraction, name: str) -> Step:
        cost = self.run.ground.costs.of[node.name]
        said = ""
        if cost is not None and name == "net cost":
            said = f"total {shown(cost.total)} less excluded {shown(cost.excluded)}"
            said += f", {shown(net - cost.net)} by accumulation or own production" if net != cost.net else ""
        return Step(name.capitalize(), shown(net), said, self.run.good.cite, node.name)

    def _source(self, source: Source, chosen: Chosen) -> Step:
        """One source of one line: the amount taken, the paragraph, the options left aside, and what is inside if that was looked at."""
        weight = _times(source)
        text = chosen.options[0].text if chosen.options else (chosen.missing and "nobody answered") or ""
        arithmetic = f"{weight}{shown(chosen.amount)}" + (f", {text}" if text else "")
        others = tuple(f"({row.para}) {shown(row.amount)}, {row.text}" for row in chosen.options[1:])
        return Step(source.item, shown(source.weight * chosen.amount), arithmetic, chosen.para, source.key[0], source.how, others,
                    tuple(self._inside(source, chosen)))  # fmt: skip

    def _inside(self, source: Source, chosen: Chosen) -> Iterator[Step]:
        if source.child is None:
            return
        child = self.run.supply.nodes[source.child]
        if isinstance(self.column, Heavy) and chosen.para in STATED and child.has_body:
            yield from self._stated(child, STATED[chosen.para], chosen.para)
        if isinstance(self.column, Absorb) and source.how != "made" and not self.run.ground.entered(source):
            yield from self._status(child)
        elif chosen.para in LOOKED_INTO or source.how == "made":
            yield from self._sources_of(child)

    def _stated(self, node: Node, nth: int, para: str) -> Iterator[Step]:
        """What each material brings into a heavy-duty statement; under (d)(i) roles inside are looked through."""
        column = self.column
        assert isinstance(column, Heavy)
        for source in node.sources:
            child = column.child_of(source)
            through = nth == 0 and child is not None and child.has_body and column.role(source, child) in ROLES
            inner = tuple(self._stated(child, nth, para)) if through and child is not None else ()
            amount = column.into[source.key][nth]
            yield Step(f"Stated: {source.item}", shown(amount), f"in one {node.name}", para, node.name, "", (), inner)

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
                figures.append(Step("Net cost of it", shown(value.net), "", cite, child.name))
                figures.append(Step("Foreign in it", shown(value.vnm), "", cite, child.name))
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
        yield Step("Measured over", shown(content.base), test.of, test.cite, self.run.supply.good)
        whole = part_of(content.good, test.region)
        places = self._countries(content.good)
        yield Step("Of " + ", ".join(sorted(test.region)), shown(whole), places, test.cite, self.run.supply.good, "content", (),
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
            shown(total),
            f"{_times(source)}({self._countries(found)})",
            "",
            source.key[0],
            source.how,
            (),
            tuple(inner),
        )

    def _countries(self, content: Any) -> str:
        return ", ".join(f"{place} {shown(amount)}" for place, amount in sorted(content.items()) if amount)

    # ---- label, whole parts, closings ----

    def _equipment(self, test: Test) -> Iterator[Step]:
        column = self.column
        assert isinstance(column, Label)
        yield Step("Equipment delivered", shown(column.value), "", "49 CFR 583.6(b)", self.run.supply.good)
        rows = []
        for units, source in column.equipment():
            item = column.items[source.key]
            raw = f"{shown(item.raw)} % is U.S. and Canadian, " if item.raw is not None else ""
            rows.append(Step(source.item, shown(units * item.counted), f"of {shown(units * item.value)}: {raw}{item.text}", item.para,
                             source.key[0], "outside" if item.outside else "allied"))  # fmt: skip
        yield Step(
            "U.S. and Canadian value",
            shown(column.counted),
            "",
            test.cite,
            self.run.supply.good,
            "label",
            (),
            tuple(rows),
        )
        for one, taken in column.determinations():
            yield Step(f"Found by the maker itself: {one.item}", shown(taken), f"{shown(one.percent)} % of {shown(one.value)}",
                       "49 CFR 583.6(c)(6)", one.key[0])  # fmt: skip

    def _wholes(self, test: Test) -> Iterator[Step]:
        column = self.column
        assert isinstance(column, Whole)
        yield Step("Customs value", shown(column.base), "", test.cite, self.run.supply.good)
        rows = tuple(self._source(row, column.taken(row)) for row in self.run.supply.top.sources)
        yield Step("Parts that count", shown(column.claimed), "", test.cite, self.run.supply.good, "whole", (), rows)
        if column.allowed != column.claimed:
            row = self.run.rules.rulebook.data["default_share"]
            yield Step("Granted without proof", shown(column.allowed), row["says"], row["cite"])

    def _cores(self, test: Test) -> Iterator[Step]:
        for part, figures in closed.core_steps(self.scene, test):
            name = part.child.claim("core") if part.child else part.source.claims.get("core")
            inner = tuple(self._status(part.child)) if part.child is not None else ()
            title = f"{part.source.item}: {'may be a core part by its code' if part.doubtful else (name or '').replace('_', ' ')}"
            yield Step(
                title, shown(part.units), "in one vehicle", test.cite, part.source.key[0], "", (), (*figures, *inner)
            )

    def _labour(self, test: Test) -> Iterator[Step]:
        yield from closed.labour_steps(self.scene, credited=test.kind == "labour")

    def _metal(self, test: Test) -> Iterator[Step]:
        yield from closed.metal_steps(self.scene, test)

    def _claimed(self, test: Test) -> Iterator[Step]:
        claim = self.run.supply.top.claim(test.row.get("claim", "shift"))
        if claim is not None:
            met = claim is True or (isinstance(claim, dict) and claim.get("met"))
            yield Step("As claimed by its maker", "met" if met else "not met", "", test.cite, self.run.supply.good)


def _times(source: Source) -> str:
    return "" if source.weight == 1 else f"{shown(source.weight)} × "


__all__ = ["Heavy", "Key", "NoSuchTest", "Step", "explain"]
