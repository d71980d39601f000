"""What missing answers decide, against every subset of them: in the abstract, by the engine, and over a whole fleet."""

from fractions import Fraction as F
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.test_passes import drawn
from tests.engine.test_properties import supplies
from tests.reference.run import PROFILES
from tracing import rulebooks
from tracing.engine import dossier, ranking
from tracing.engine.chasing import Case, chase
from tracing.engine.dossier import Refused
from tracing.engine.gaps import gaps
from tracing.engine.methods.column import BEST, WORST
from tracing.engine.ranking import NEVER, Answer, Bar, Purse, Size, ranked
from tracing.engine.result import OPEN, verdict_of
from tracing.engine.runs import Run
from tracing.engine.supply import supply_of

points = st.integers(0, 6)


@st.composite
def verdicts(draw, most=6):
    """Answers that add up between the worst and the best of one to three tests, whatever the comparison."""
    count, tests = draw(st.integers(1, most)), draw(st.integers(1, 3))
    lifts = [[draw(points) for _ in range(tests)] for _ in range(count)]
    bars = []
    for nth in range(tests):
        total, operator = sum(row[nth] for row in lifts), draw(st.sampled_from(["at_least", "more_than", "at_most"]))
        worst = draw(st.integers(20, 40))
        best = worst - total if operator == "at_most" else worst + total
        needed = draw(st.integers(min(worst, best) - 1, max(worst, best) + 1))
        bars.append(Bar(F(worst), F(best), F(needed), operator))
    rows = [tuple(map(F, row)) for row in lifts]
    return [Answer(nth, row, row) for nth, row in enumerate(rows)], bars


def value(bar, answers, nth, best):
    """A test with these answers at their best and the others at their worst, counted out."""
    moved = sum(one.lifts[nth] for one in answers if one.key in best)
    return bar.worst - moved if bar.operator == "at_most" else bar.worst + moved


def passes(answers, bars, chosen):
    return all(bar.met(value(bar, answers, nth, chosen)) for nth, bar in enumerate(bars))


def fails(answers, bars, chosen):
    rest = {one.key for one in answers} - set(chosen)
    return any(not bar.met(value(bar, answers, nth, rest)) for nth, bar in enumerate(bars))


def by_every_subset(key, keys, decides):
    """The smallest set with this key that decides and would not without it, over all sets."""
    others = [one for one in keys if one != key]
    for size in range(len(keys)):
        for rest in combinations(others, size):
            if any(way({*rest, key}) and not way(set(rest)) for way in decides):
                return size + 1
    return None


@settings(max_examples=60, deadline=None)
@given(verdicts())
def test_what_adds_up_is_ranked_as_every_subset_says(world):
    answers, bars = world
    keys = [one.key for one in answers]
    wide = ranking.is_open(bars)
    assert wide == (not passes(answers, bars, set()) and not fails(answers, bars, set()))
    found = {row.key: row for row in ranked(answers, bars)}
    for key in keys:
        ways = [lambda chosen: passes(answers, bars, chosen), lambda chosen: fails(answers, bars, chosen)]
        assert found[key].passes == (wide and ways[0]({key})) and found[key].fails == (wide and ways[1]({key}))
        wanted = by_every_subset(key, keys, ways) if wide else None
        assert found[key].together == Size(wanted, wanted)
    order = [(2 - row.passes - row.fails, row.together.known or 99, -row.points) for row in ranked(answers, bars)]
    assert order == sorted(order)


@settings(max_examples=40, deadline=None)
@given(verdicts())
def test_what_is_only_asked_about_is_ranked_alike(world):
    answers, bars = world
    if not ranking.is_open(bars):
        return
    told = ranking.asked(
        len(answers), [lambda c: passes(answers, bars, c), lambda c: fails(answers, bars, c)], tries=10_000
    )
    expected = {row.key: row for row in ranked(answers, bars)}
    assert told == [(expected[one.key].passing, expected[one.key].failing) for one in answers]


@settings(max_examples=40, deadline=None)
@given(verdicts(), st.integers(0, 12))
def test_a_search_that_is_cut_off_never_says_too_much(world, tries):
    """What is called known is a set that exists, what is called least is never more than the truth."""
    answers, bars = world
    if not ranking.is_open(bars):
        return
    true = {row.key: (row.passing.known, row.failing.known) for row in ranked(answers, bars)}
    ways = [lambda c: passes(answers, bars, c), lambda c: fails(answers, bars, c)]
    for sizes, one in zip(ranking.asked(len(answers), ways, tries=tries), answers, strict=True):
        for size, wanted in zip(sizes, true[one.key], strict=True):
            assert size.known is None or (wanted is not None and size.known >= wanted)
            assert wanted is None or (size.least is not None and size.least <= wanted)
    for nth in range(len(answers)):
        for way in (ranking.passing(answers, bars), ranking.failing(answers, bars)):
            cut, whole = (ranking.smallest(nth, way, Purse(left)) for left in (tries, 10**6))
            assert whole.exact and (cut.known is None or cut == whole)
            assert whole.known is None or cut.least <= whole.known


def test_the_smallest_set_is_not_the_head_of_the_ranking():
    """Short by 7 of 5, 4, 3: the two largest do; 3 needs both 4 and no other, 1 only with 5 and nothing more than 6."""
    bar = Bar(F(68), F(81), F(75))
    answers = [Answer(name, (F(size),), (F(0),)) for name, size in {"a": 5, "b": 4, "c": 3, "d": 1}.items()]
    found = {row.key: row.together for row in ranked(answers, [bar])}
    assert found == {"a": Size(2, 2), "b": Size(2, 2), "c": Size(2, 2), "d": NEVER}


def test_two_hundred_answers_are_ranked_at_once():
    answers = [Answer(nth, (F(1 + nth % 37, 100),), (F(1 + nth % 37, 100),)) for nth in range(200)]
    total = sum(one.lifts[0] for one in answers)
    bar = Bar(F(60), F(60) + total, F(60) + total / 3)
    found = ranked(answers, [bar])
    assert all(row.together.exact for row in found)
    assert (found[0].points, found[-1].points) == (F(37, 100), F(1, 100))
    assert 30 < found[0].together.known <= found[-1].together.known < 40


# ---- by the engine ----


def engine_world(run):
    """The missing answers that move a test by themselves, and both questions about a set of them, put to whole new walks."""
    keys = [gap.source.key for gap in gaps(run)]

    def at(best):
        return Walk(run, lambda key: BEST if key in best else WORST)

    def kept(worst):
        return Walk(run, lambda key: WORST if key in worst else BEST)

    return keys, [lambda c: at(c).passes, lambda c: not kept(c).passes]


class Walk:
    """One choice of every missing answer, walked from nothing."""

    def __init__(self, run, answers):
        column = run.column(answers) if run.counts else None
        values = [figure.value for figure in run._figures(answers, column)]
        self.passes = all(run.holds(values))


def compare(run):
    """Every gap of an open verdict against every subset; answers how many were compared."""
    found = gaps(run)
    keys, ways = engine_world(run)
    if verdict_of(run.tests()) != OPEN or not run.running or len(keys) > 7 or ways[0](set()) or ways[1](set()):
        return 0
    passing, failing = (
        {key: by_every_subset(key, keys, [way]) for key in keys} for way in ways
    )  # fmt: skip
    fewest = min((size for size in passing.values() if size), default=0)
    for gap in found:
        key, rank = gap.source.key, gap.rank
        for size, wanted in ((rank.passing, passing[key]), (rank.failing, failing[key])):
            assert size.known is None or size.known >= (wanted or 99), gap
            assert size.least is None or size.least <= (wanted or 99), gap
            assert len(keys) > 5 or size == Size(wanted, wanted), gap
        assert gap.settles == (passing[key] == 1 == failing[key])
        if len(keys) <= 5:
            assert gap.can_settle == (failing[key] == 1 or passing[key] == fewest > 0)
    return len(found)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_engine_ranks_as_every_subset_says(profile):
    compared = 0
    for seed in range(40):
        try:
            read, rules = drawn(profile, seed)
            compared += compare(Run(supply_of(read), rules))
        except Refused:
            continue
    if profile in {"nafta", "usmca", "us-2017", "us-2026"}:
        assert compared > 5


@settings(max_examples=15, deadline=None)
@given(supplies(), st.sampled_from(["nafta", "us-2017", "usmca"]), st.data())
def test_the_engine_ranks_small_supplies_as_every_subset_says(world, law, data):
    """With the requirement somewhere inside the interval, so that the verdict is open."""
    read = dossier.read(world)
    rules = rulebooks.rulebook(law).on(read.on, {"us_share_of": "actual"} if law == "us-2017" else {})
    compare(Run(supply_of(read), rules))


# ---- over a fleet ----


@st.composite
def fleets(draw):
    """A few open verdicts over the same few suppliers."""
    suppliers, cases = draw(st.integers(1, 5)), []
    for name in range(draw(st.integers(1, 4))):
        answers, bars = draw(verdicts(suppliers))
        keys = draw(st.permutations(range(suppliers)))[: len(answers)]
        cases.append(
            Case(
                name,
                tuple(Answer(key, one.lifts, one.lowers) for key, one in zip(keys, answers, strict=True)),
                tuple(bars),
            )
        )
    return cases


def decided(cases, keys):
    return {
        case.name for case in cases
        if ranking.is_open(case.bars) and (passes(case.answers, case.bars, keys) or fails(case.answers, case.bars, keys & {one.key for one in case.answers}))
    }  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(fleets(), st.sampled_from([0, 10**6]))
def test_the_shortest_list_for_a_fleet_is_that_of_every_subset(cases, tries):
    every = sorted({one.key for case in cases for one in case.answers})
    most = len(decided(cases, set(every)))
    shortest = next(
        size for size in range(len(every) + 1)
        if any(len(decided(cases, set(keys))) == most for keys in combinations(every, size))
    )  # fmt: skip
    found = chase(cases, tries=tries)
    assert set(found.cases) == decided(cases, set(found.keys)) and len(found.cases) == most
    assert found.least <= shortest <= len(found.keys)
    if tries:
        assert found.exact and len(found.keys) == shortest
