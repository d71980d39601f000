"""As what kind of good a vehicle was computed: its method, and what its percentages are measured over."""

from typing import Any

from tracing import rulebooks
from tracing.models import Outcome, Said, Verdict


def good_of(outcome: Outcome | Verdict | Said) -> dict[str, Any]:
    """The kind of good under which the vehicle was computed, in the rulebook's own words."""
    goods: list[dict[str, Any]] = rulebooks.rulebook(outcome.rulebook).data["goods"]
    return next((good for good in goods if good["name"] == outcome.result["kind_of_good"]), goods[0])


def method_of(outcome: Outcome | Verdict | Said) -> str:
    """How this law counts such a good: its method, by the reading's switch where it hangs on one."""
    good = good_of(outcome)
    chosen = outcome.result["switches"].get(good.get("method_switch", ""), "")
    method: str = good.get("methods", {}).get(chosen, good["method"])
    return method


def base_of(outcome: Outcome | Verdict | Said) -> str:
    """What percentages of such a good are measured over, by its name in the rulebook: net_cost, ex_works …"""
    base: str = good_of(outcome)["base"]
    return base
