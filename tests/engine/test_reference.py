"""Two calculators agree: the engine and the slow, obvious one, on random trees with missing answers; figures, verdicts, bounds."""

import pytest

from tests.reference.run import PROFILES, compared, switches_of
from tests.reference.trees import Maker

EACH = 46


@pytest.mark.parametrize("profile", PROFILES)
def test_both_calculators_agree(profile):
    differences, done = [], 0
    for seed in range(EACH):
        said = compared(profile, seed)
        if said is not None:
            done += 1
            differences += said
    assert differences == []
    assert done > EACH * 0.9


@pytest.mark.parametrize("seed", [500946, 504696, 508706])
def test_a_listed_material_that_nothing_decides_stays_within_its_bounds(seed):
    """Deep nestings in which an answer turns a listed material from non-originating to undecided (s.10(1)(b)(ii))."""
    assert compared("heavy", seed) == []


def test_the_reference_can_tell_a_wrong_figure(monkeypatch):
    """A comparison that cannot fail would be none: one cent more in one price must be seen."""
    from tests.reference import run

    right = run.engine

    def wrong(profile, data, switches):
        data = {**data, "declarations": {**data["declarations"]}}
        car = data["declarations"]["V"]
        data["declarations"]["V"] = car | {"costs": {"net": str(float(car["costs"]["net"]) + 0.01)}}
        return right(profile, data, switches)

    monkeypatch.setattr(run, "engine", wrong)
    assert any(compared("nafta", seed) for seed in range(20))


def test_trees_come_again_by_their_seed():
    assert Maker(7, "usmca").dossier() == Maker(7, "usmca").dossier()
    assert switches_of("us-2026", 3) == switches_of("us-2026", 3)
