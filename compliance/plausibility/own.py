"""What makes a vehicle's own declaration doubtful: read by the company that entered it, from its own rows alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from compliance.plausibility.checks import STOPS, Finding
from suppliers.models import Declaration, Part

R1 = {
    "code": "R1", "severity": STOPS, "title": "The shares of plants come to more than 100 percent",
    "why": "What comes from all plants together is the whole of the deliveries; more counts a part twice.",
    "cure": "Correct the share of one plant in your own declaration.", "cite": "49 CFR 583.6(b); UR 7(2)",
}  # fmt: skip


def found_in(parts: Iterable[Part], *, on: dt.date) -> dict[UUID, list[Finding]]:
    """By part of one's own: what its declarations in force on that day say that cannot be. One query."""
    keys = {part.pk: part.number for part in parts}
    shares: dict[UUID, list[Decimal]] = defaultdict(list)
    rows = Declaration.objects.in_force(on=on).filter(part__in=keys, plant__isnull=False)
    for part, share in rows.values_list("part", "plant_share"):
        shares[part].append(Decimal(1) if share is None else share)
    return {
        part: [
            _finding(
                f"{keys[part]} comes from {len(given)} plants whose shares add up to {(100 * sum(given)).normalize():f} percent"
            )
        ]
        for part, given in shares.items()
        if len(given) > 1 and sum(given) > 1
    }


def _finding(fact: str) -> Finding:
    return Finding(R1["code"], R1["severity"], fact, R1["why"], R1["cure"], R1["cite"])
