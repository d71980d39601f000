"""The walk: order → method → result, with every bound, and what each missing answer is worth."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from tracing.engine import checks
from tracing.engine.dossier import Reason, Refused
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO, Chosen, Column, Scale, unrounded
from tracing.engine.methods.content import CHARGES, UNTRACED, ByCountry, part_of, share
from tracing.engine.methods.costs import Cost, cost_of
from tracing.engine.methods.traced import Traced
from tracing.engine.result import Gap, Part, Result, TestResult, holds
from tracing.engine.rulebook import Good, Rules
from tracing.engine.supply import Key, Source, Supply

GREEDY_LIMIT = 400


def trace(supply: Supply, rules: Rules, *, scale: Scale = unrounded) -> Result:
    """Compute one good under one rulebook on one day.

    Shapes: ``supply`` is one good with everything below it, per unit; the result's amounts are in the dossier's currency
    per good, its percentages exact rationals. Raises Refused where a number cannot be computed at all, NoRuleOnThatDay
    where the rulebook does not cover the good.
    """
    good = rules.good_for(supply.top)
    cost = cost_of(Column(supply, rules, lambda _key: WORST), supply.top)
    if cost is None or cost.net <= 0:
        path = f"declarations.{supply.good}.costs"
        cure = "state costs.net, or costs.product, period and other beside the prices of the body."
        raise Refused([Reason(path, "D9", "the net cost of the good is not stated or not above zero", cure)])
    content = ByCountry(supply, rules, lambda _key: WORST, scale)
    content.walk()
    run = _Shares(supply, rules, good, content) if good.method == "content" else _Counted(supply, rules, good, scale)
    return Result(
        supply=supply,
        rules=rules,
        tests=tuple(run.tests()),
        amounts=_amounts(cost, run),
        content=content.good,
        parts=tuple(_parts(supply, content, run)),
        gaps=tuple(_gaps(supply, run)),
        findings=tuple(checks.findings(supply, rules)),
    )


def _always(bound: str) -> Callable[[Key], str]:
    return lambda _key: bound


def _amounts(cost: Cost, run: "_Counted | _Shares") -> dict[str, Fraction | None]:
    return {"net_cost": cost.net, "total_cost": cost.total, "excluded": cost.excluded, **run.amounts()}


class _Counted:
    """Methods that count an amount against net cost: tracing and absorbing. One column for each bound."""

    def __init__(self, supply: Supply, rules: Rules, good: Good, scale: Scale = unrounded):
        self.supply, self.rules, self.good, self.scale = supply, rules, good, scale
        self.columns = {bound: self.column(_always(bound)) for bound in (WORST, DECLARED, BEST)}
        self.missing = self.columns[WORST].missing

    def column(self, answers: Callable[[Key], str]) -> Traced | Absorb:
        if self.good.method == "traced":
            traced = Traced(self.supply, self.rules, answers, self.scale)
            traced.walk()
            return traced
        absorb = Absorb(self.supply, self.rules, answers, self.scale)
        absorb.walk(self.good.tests[0].threshold)
        return absorb

    def net_and_vnm(self, column: Traced | Absorb) -> tuple[Fraction, Fraction]:
        if isinstance(column, Absorb) and column.good is not None:
            return column.good.net, column.good.vnm
        cost = cost_of(column, self.supply.top)
        return (cost.net if cost else ZERO), column.vnm

    def values(self, column: Traced | Absorb) -> list[Fraction | None]:
        net, vnm = self.net_and_vnm(column)
        return [100 * (net - vnm) / net if net > 0 else None for _ in self.good.tests]

    def tests(self) -> list[TestResult]:
        worst, declared, best = (self.values(self.columns[bound]) for bound in (WORST, DECLARED, BEST))
        return [TestResult(test, worst[i], declared[i], best[i]) for i, test in enumerate(self.good.tests)]

    def amounts(self) -> dict[str, Fraction | None]:
        found: dict[str, Fraction | None] = {}
        for bound, column in self.columns.items():
            net, vnm = self.net_and_vnm(column)
            found[f"vnm_{bound}"] = vnm
            found["vnm"] = vnm if bound == DECLARED else found.get("vnm")
            if bound == DECLARED:
                found["net_cost"] = net
        return found

    def chosen(self, source: Source, bound: str) -> Chosen:
        column = self.columns[bound]
        return column.taken[source.key] if isinstance(column, Traced) else column.taken(source)

    def counted(self, source: Source, bound: str) -> Fraction:
        return source.weight * self.chosen(source, bound).amount

    def at(self, best: Iterable[Key], others: str) -> list[Fraction | None]:
        """Values with these answers at their best and the others at one bound."""
        chosen = frozenset(best)
        return self.values(self.column(lambda key: BEST if key in chosen else others))

    def without(self, worst: Key) -> list[Fraction | None]:
        """Values with this answer at its worst and the others at their best."""
        return self.values(self.column(lambda key: WORST if key == worst else BEST))


class _Shares:
    """Methods that measure content by country. Linear: bounds follow from the untraced amount and each test's coefficients."""

    def __init__(self, supply: Supply, rules: Rules, good: Good, content: ByCountry):
        self.supply, self.rules, self.good, self.content = supply, rules, good, content
        self.missing = content.missing
        self.base = content.base
        self.untraced = content.good.get(UNTRACED, ZERO)
        self.of_key = {key: amount for key, amount in _worth(supply, self._price).items() if key in self.missing}
        regional = [test for test in good.tests if test.of == "total"]
        self.required = regional[0].threshold if regional else ZERO

    def _price(self, source: Source) -> Fraction:
        return self.content.of_source[source.key].get(UNTRACED, ZERO) if source.key in self.missing else ZERO

    def _values(self, *, best: Fraction, worst: Fraction) -> list[Fraction | None]:
        content = self.content.good
        return [
            share(test, content, self.base, self.required or ZERO, best=best, worst=worst) for test in self.good.tests
        ]

    def tests(self) -> list[TestResult]:
        worst = self._values(best=ZERO, worst=self.untraced)
        declared = self._values(best=ZERO, worst=ZERO)
        best = self._values(best=self.untraced, worst=ZERO)
        return [TestResult(test, worst[i], declared[i], best[i]) for i, test in enumerate(self.good.tests)]

    def amounts(self) -> dict[str, Fraction | None]:
        content = self.content.good
        region = self.good.tests[0].region
        foreign = sum((v for c, v in content.items() if c not in region and c not in {UNTRACED, CHARGES}), ZERO)
        return {
            "base": self.base, "regional": part_of(content, region), "us": part_of(content, frozenset({"US"})),
            "foreign": foreign, "import_charges": content.get(CHARGES, ZERO), "untraced": self.untraced,
        }  # fmt: skip

    def chosen(self, source: Source, bound: str) -> Chosen:
        content = self.content.of_source[source.key]
        away = sum((v for c, v in content.items() if c not in self.good.tests[0].region and c != UNTRACED), ZERO)
        amount = away if bound == BEST else away + content.get(UNTRACED, ZERO)
        return Chosen(amount, self.good.cite)

    def counted(self, source: Source, bound: str) -> Fraction:
        return source.weight * self.chosen(source, bound).amount

    def at(self, best: Iterable[Key], others: str) -> list[Fraction | None]:
        known = sum((self.of_key.get(key, ZERO) for key in set(best)), ZERO)
        rest = self.untraced - known
        return self._values(best=known, worst=rest) if others == WORST else self._values(best=self.untraced, worst=ZERO)

    def without(self, worst: Key) -> list[Fraction | None]:
        lost = self.of_key.get(worst, ZERO)
        return self._values(best=self.untraced - lost, worst=lost)


def _uses(supply: Supply) -> dict[str, dict[Key, Fraction]]:
    """How many units of each node stand in one good, below each direct source. Parents first."""
    uses: dict[str, dict[Key, Fraction]] = {name: {} for name in supply.order}
    for name in reversed(supply.order):
        for source in supply.nodes[name].sources:
            if source.child is None:
                continue
            above = {source.key: Fraction(1)} if name == supply.good else uses[name]
            for via, units in above.items():
                below = uses[source.child]
                below[via] = below.get(via, ZERO) + units * source.weight * source.factor
    return uses


def _worth(supply: Supply, price: Callable[[Source], Fraction]) -> dict[Key, Fraction]:
    """What each source is worth in one good at the given price."""
    uses = _uses(supply)
    worth = {}
    for name, node in supply.nodes.items():
        units = Fraction(1) if name == supply.good else sum(uses[name].values(), ZERO)
        for source in node.sources:
            worth[source.key] = units * source.weight * price(source)
    return worth


def _via(supply: Supply, uses: dict[str, dict[Key, Fraction]], source: Source) -> Key:
    if source.key[0] == supply.good:
        return source.key
    above = uses[source.key[0]]
    return max(above, key=lambda key: (above[key], -key[1], -key[2]))


def _parts(supply: Supply, content: ByCountry, run: _Counted | _Shares) -> list[Part]:
    open_below = _open_below(supply, run.missing)
    parts = []
    for source in supply.top.sources:
        chosen = run.chosen(source, DECLARED)
        price = (source.price or ZERO) * content.rate(supply.top)
        parts.append(
            Part(
                source=source,
                value=source.weight * price,
                content={c: source.weight * v for c, v in content.of_source[source.key].items()},
                worst=run.counted(source, WORST),
                declared=run.counted(source, DECLARED),
                best=run.counted(source, BEST),
                para=chosen.para,
                options=chosen.options,
                complete=source.key not in run.missing and source.child not in open_below,
            )
        )
    return parts


def _open_below(supply: Supply, missing: dict[Key, str]) -> set[str | None]:
    found: set[str | None] = set()
    for name in supply.order:
        node = supply.nodes[name]
        if any(source.key in missing or source.child in found for source in node.sources):
            found.add(name)
    return found


def _decided(run: _Counted | _Shares, worst: list[Fraction | None], best: list[Fraction | None]) -> bool:
    tests = run.good.tests
    passes = all(holds(test, value) for test, value in zip(tests, worst, strict=True))
    fails = any(not holds(test, value) for test, value in zip(tests, best, strict=True))
    return passes or fails


def _gaps(supply: Supply, run: _Counted | _Shares) -> list[Gap]:
    """Missing answers ranked by points at stake; those worth nothing under this rulebook are left out."""
    uses = _uses(supply)
    sources = {source.key: source for node in supply.nodes.values() for source in node.sources}
    column = Column(supply, run.rules, lambda _key: WORST)
    worth = _worth(supply, lambda row: (row.price or ZERO) * column.rate(supply.nodes[row.key[0]]))
    floor, ceiling = run.at((), WORST), run.at((), BEST)
    is_open = not _decided(run, floor, ceiling)
    found = []
    for key, reason in run.missing.items():
        lifted, lowered = run.at((key,), WORST), run.without(key)
        points = (lifted[0] or ZERO) - (floor[0] or ZERO)
        drop = (ceiling[0] or ZERO) - (lowered[0] or ZERO)
        if max(points, drop, *((a or ZERO) - (b or ZERO) for a, b in zip(lifted, floor, strict=True))) <= 0:
            continue
        helps = is_open and _decided(run, lifted, ceiling)
        ends = is_open and _decided(run, floor, lowered)
        found.append((key, reason, max(points, drop) if points <= 0 else points, helps, ends))
    found.sort(key=lambda row: (-row[2], row[0]))
    fewest = _fewest(run, [row[0] for row in found]) if is_open and not any(row[3] for row in found) else set()
    return [
        Gap(sources[key], _via(supply, uses, sources[key]), reason, worth[key], points,
            can_settle=helps or ends or key in fewest, settles=helps and ends)
        for key, reason, points, helps, ends in found
    ]  # fmt: skip


def _fewest(run: _Counted | _Shares, ranked: list[Key]) -> set[Key]:
    """The smallest head of the ranking that, all at their best and the rest at their worst, passes every test."""
    for count in range(2, min(len(ranked), GREEDY_LIMIT) + 1):
        values = run.at(ranked[:count], WORST)
        if all(holds(test, value) for test, value in zip(run.good.tests, values, strict=True)):
            return set(ranked[:count])
    return set()
