"""Missing answers: what each is worth, and whether it decides. Each is tried at its best and at its worst."""

from collections.abc import Sequence
from fractions import Fraction

from tracing.engine.methods.column import BEST, WORST, ZERO, price_of
from tracing.engine.result import Gap, holds
from tracing.engine.runs import Run
from tracing.engine.supply import Key, Source

GREEDY_LIMIT = 400
Values = Sequence[Fraction | None]


def gaps(run: Run) -> list[Gap]:
    """Missing answers ranked by points at stake; those worth nothing under this rulebook are left out."""
    sources = {source.key: source for node in run.supply.nodes.values() for source in node.sources}
    worth = run.worth(lambda row: price_of(row) * run.ground.costs.rates[row.key[0]])
    floor = [figure.value for figure in run.figures[WORST]]
    ceiling = [figure.value for figure in run.figures[BEST]]
    is_open = bool(run.running) and not _decided(run, floor, ceiling)
    found = []
    for key, reason in run.missing.items():
        lifted, lowered = run.at((key,), WORST), run.without(key)
        gains, drops = _differences(run, lifted, floor), _differences(run, ceiling, lowered)
        if max([*gains, *drops], default=ZERO) <= 0:
            continue
        points = gains[0] if gains[0] > 0 else max(gains[0], drops[0])
        helps = is_open and _decided(run, lifted, ceiling)
        ends = is_open and _decided(run, floor, lowered)
        found.append((key, reason, points, helps, ends))
    found.sort(key=lambda row: (-row[2], row[0]))
    fewest = _fewest(run, [row[0] for row in found]) if is_open and not any(row[3] for row in found) else set()
    return [
        Gap(sources[key], _via(run, sources[key]), reason, worth[key], points,
            can_settle=helps or ends or key in fewest, settles=helps and ends)
        for key, reason, points, helps, ends in found
    ]  # fmt: skip


def _differences(run: Run, better: Values, worse: Values) -> list[Fraction]:
    """By how many points each test is better; a maximum is better when it is lower."""
    found = []
    for test, one, other in zip(run.good.tests, better, worse, strict=True):
        gain = (one or ZERO) - (other or ZERO)
        found.append(-gain if test.operator == "at_most" else gain)
    return found


def _via(run: Run, source: Source) -> Key:
    if source.key[0] == run.supply.good:
        return source.key
    above = run.uses[source.key[0]]
    return max(above, key=lambda key: (above[key], -key[1], -key[2])) if above else source.key


def _decided(run: Run, worst: Values, best: Values) -> bool:
    tests = [run.good.tests[nth] for nth in run.running]
    passes = all(holds(test, worst[nth]) for test, nth in zip(tests, run.running, strict=True))
    return passes or any(not holds(test, best[nth]) for test, nth in zip(tests, run.running, strict=True))


def _fewest(run: Run, ranked: list[Key]) -> set[Key]:
    """The smallest head of the ranking that, all at their best and the rest at their worst, passes every test."""
    for count in range(2, min(len(ranked), GREEDY_LIMIT) + 1):
        if all(run.holds(list(run.at(ranked[:count], WORST)))):
            return set(ranked[:count])
    return set()
