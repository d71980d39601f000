"""Open lines by passes over arrays, against the exact run and its gaps."""

import pytest

from tests.engine.test_passes import FEW, drawn, fleet_of
from tests.reference.run import PROFILES, switches_of
from tracing import rulebooks
from tracing.engine.dossier import Refused
from tracing.engine.facts import facts_of
from tracing.engine.gaps import gaps
from tracing.engine.opens import BELOW, open_lines
from tracing.engine.roll import Roll
from tracing.engine.runs import Run
from tracing.engine.supply import supply_of

BY_OTHER_SUMS = {"core_parts", "labour", "labour_minimum"}


def differences(profile, seeds):
    held, said, seen = 0, [], 0
    for seed in seeds:
        try:
            read, rules = drawn(profile, seed)
            run = Run(supply_of(read), rules)
        except Refused:
            continue
        roll = Roll(facts_of(read))
        found = roll.verdict(int(roll.facts.goods[0]), rules)
        held += not found.exact
        wanted = open_lines(run, run.tests())
        seen += len(wanted)
        if found.open != wanted:
            said.append(f"{profile} {seed}: {found.open} and {wanted}")
        said += [f"{profile} {seed}: {gap}" for gap in not_shown(run, wanted)]
    return held, said, seen


def not_shown(run, lines):
    """Gaps of the exact run that hang below no open line, or that are the good's own and stand there for another reason."""
    if {test.kind for test in run.good.tests} & BY_OTHER_SUMS:
        return []
    why, below = {row[:2]: row[2] for row in lines}, run.uses
    said = []
    for gap in gaps(run):
        key = gap.source.key
        if key[0] == run.supply.good:
            said += [] if why.get(key[1:]) == gap.reason else [gap]
        elif not any(via[1:] in why for via in below[key[0]]):
            said.append(gap)
    return said


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_pass_finds_the_open_lines_of_the_exact_run(profile):
    _, said, seen = differences(profile, range(3 * FEW))
    assert said == [] and seen > 0


@pytest.mark.slow
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_pass_finds_the_open_lines_of_many(profile):
    assert differences(profile, range(20_000, 20_100))[1] == []


@pytest.mark.parametrize("profile", ["nafta", "usmca", "us-2017", "aala", "us-232", "eu-uk-ev"])
def test_each_vehicle_of_a_fleet_has_its_own_open_lines(profile):
    for seed in range(4):
        try:
            read = fleet_of(profile, seed)
        except Refused:
            continue
        rules = rulebooks.rulebook(PROFILES[profile]).on(read.on, switches_of(profile, seed))
        roll = Roll(facts_of(read))
        for nth in roll.facts.goods.tolist():
            run = Run(supply_of(read, roll.facts.names[nth]), rules)
            assert roll.verdict(nth, rules).open == open_lines(run, run.tests())


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_below_stands_only_where_something_is_missing_below(profile):
    for seed in range(FEW):
        try:
            read, rules = drawn(profile, seed)
            run = Run(supply_of(read), rules)
        except Refused:
            continue
        missing = {key[0] for key in run.missing}
        for line, source, why in open_lines(run, run.tests()):
            row = next(one for one in run.supply.top.sources if one.key[1:] == (line, source))
            inside = [name for name, uses in run.uses.items() if row.key in uses]
            assert why == run.missing.get(row.key, BELOW)
            assert why != BELOW or missing & set(inside), (profile, seed)
