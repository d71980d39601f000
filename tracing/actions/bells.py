"""What happens when the bell rings: the fleet is rolled first, so that the board knows soon; then vehicles are traced."""

import logging

from suppliers.actions import acts
from tracing.actions import rolls, traces

log = logging.getLogger("traceline.bells")


def spread() -> int:
    """Roll what changed, then mark the vehicles above it due and ring for each; once a roll, whatever the burst, ring for those
    who check answers. Answers how many vehicles are due.

    A roll that fails is written down and does not keep a vehicle from being traced; the next ring tries again.
    """
    try:
        if rolls.roll():
            acts.ring("compliance.check_answers")
    except Exception:
        log.exception("the fleet could not be rolled")
        rolls.forget()
    return traces.spread()
