"""Missing answers: what each is worth, and whether it decides. Each is tried at its best and at its worst."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tracing.engine import ranking
from tracing.engine.methods.column import BEST, WORST, ZERO, price_of
from tracing.engine.ranking import NEVER, Answer, Bar, Rank
from tracing.engine.result import Gap
from tracing.engine.runs import Run
from tracing.engine.supply import Key, Source

ADD_UP = {"rvc", "share", "non_originating", "whole", "content"}
Values = Sequence[Fraction | None]


class Tried(NamedTuple):
    """One missing answer: by how much each test is better with it at its best, and worse with it at its worst."""

    key: Key
    reason: str
    gains: list[Fraction]
    drops: list[Fraction]

    @property
    def points(self) -> Fraction:
        """What it moves the first test by; where it does not lift that one, the most it moves it by either way."""
        return self.gains[0] if self.gains[0] > 0 else max(self.gains[0], self.drops[0])


def gaps(run: Run) -> list[Gap]:
    """Missing answers by points at stake; those worth nothing by themselves under this rulebook are left out."""
    sources = {source.key: source for node in run.supply.nodes.values() for source in node.sources}
    worth = run.worth(lambda row: price_of(row) * run.ground.costs.rates[row.key[0]])
    found = sorted(_tried(run), key=lambda row: (-row.points, row.key))
    ranks = _ranks(run, found)
    fewest = min((rank.passing.known for rank in ranks if rank.passing.known), default=0)
    return [
        Gap(
            sources[row.key], _via(run, sources[row.key]), row.reason, worth[row.key], row.points,
            can_settle=rank.fails or rank.passing.known == fewest > 0, settles=rank.both, rank=rank,
        )
        for row, rank in zip(found, ranks, strict=True)
    ]  # fmt: skip


def _tried(run: Run) -> list[Tried]:
    floor = [figure.value for figure in run.figures[WORST]]
    ceiling = [figure.value for figure in run.figures[BEST]]
    rows = [
        Tried(
            key, reason, _differences(run, run.at((key,), WORST), floor), _differences(run, ceiling, run.without([key]))
        )
        for key, reason in run.missing.items()
    ]
    return [row for row in rows if max([*row.gains, *row.drops], default=ZERO) > 0]


def _ranks(run: Run, found: list[Tried]) -> list[Rank]:
    """What each of these decides, in their order; nothing where the verdict is not open."""
    bars = [_bar(run, nth) for nth in run.running]
    if not bars or not ranking.is_open(bars):
        return [Rank(row.key, NEVER, NEVER, row.points) for row in found]
    if _adds_up(run):
        answers = [
            Answer(row.key, tuple(row.gains[nth] for nth in run.running), tuple(row.drops[nth] for nth in run.running))
            for row in found
        ]
        ranks = {rank.key: rank for rank in ranking.ranked(answers, bars)}
        return [ranks[row.key] for row in found]
    keys = [row.key for row in found]
    told = ranking.asked(
        len(keys),
        [
            lambda chosen: all(run.holds(run.at([keys[nth] for nth in chosen], WORST))),
            lambda chosen: not all(run.holds(run.without([keys[nth] for nth in chosen]))),
        ],
    )
    return [Rank(row.key, passes, fails, row.points) for row, (passes, fails) in zip(found, told, strict=True)]


def _bar(run: Run, nth: int) -> Bar:
    """One test that runs. A value that is not there (nothing to divide by) meets nothing."""
    test = run.good.tests[nth]
    nothing = Fraction(-1) if test.operator != "at_most" else (test.threshold or ZERO) + 1
    worst, best = (run.figures[bound][nth].value for bound in (WORST, BEST))
    return Bar(
        nothing if worst is None else worst, nothing if best is None else best, test.threshold or ZERO, test.operator
    )


def _adds_up(run: Run) -> bool:
    """Whether answers move the tests each by itself, by the build of the law: content by country always; a method where every
    answer is missing on the good's own list of parts and nobody may choose between lawful values."""
    if any(run.good.tests[nth].kind not in ADD_UP for nth in run.running) or any(
        run.figures[bound][nth].value is None for nth in run.running for bound in (WORST, BEST)
    ):
        return False
    if not run.counts:
        return True
    own = all(key[0] == run.supply.good for key in run.missing)
    chosen = any(
        len(run.chosen(source, bound).options) > 1 for source in run.supply.top.sources for bound in (WORST, BEST)
    )
    cored = any(test.kind in {"core_parts", "labour"} or test.row.get("credit") for test in run.good.tests)
    return own and not chosen and not cored and run.good.method in {"traced", "absorb"}


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
