"""What one vehicle that somebody typed in owes, and whether to comply or pay."""

from dataclasses import dataclass, replace
from decimal import Decimal

from compliance.duties import exposure, rates
from compliance.duties.exposure import Span
from compliance.duties.owed import WHOLE, Crossing, Duty, NoAgreement, content_for_parity, owed, worth_complying

INFERRED_COST = (Decimal("1.4"), Decimal("2.5"))
"""Percent of value that meeting USMCA costs, as a Federal Reserve note of July 2025 infers it (relayed by the press)."""


@dataclass(frozen=True)
class Answer:
    """What it owes if it qualifies (None: no agreement lets it) and if not, and stretch by stretch from 2017 to 2027.

    ``cost`` is what complying costs for one, ``rival`` what a rival pays in percent of its value, where they were told.
    """

    crossing: Crossing
    kept: Duty | None
    lost: Duty
    spans: list[Span]
    cost: Decimal | None = None
    rival: Decimal | None = None

    @property
    def avoided(self) -> tuple[Decimal, Decimal]:
        """The duty that qualifying avoids, from the least to the most."""
        kept = self.kept or self.lost
        return self.lost.least - kept.most, self.lost.most - kept.least

    @property
    def advice(self) -> str:
        """comply, pay, open; nothing where no cost was told."""
        return worth_complying(self.cost, self.avoided) if self.cost is not None and self.kept else ""

    @property
    def inferred_cost(self) -> list[Decimal]:
        """What complying costs by the Federal Reserve's inference, in this value's money."""
        return [share * self.crossing.value / WHOLE for share in INFERRED_COST]

    @property
    def parity(self) -> Decimal | None:
        """The U.S. content with which it pays no more than the rival, where U.S. content comes off."""
        one = self.crossing
        added = rates.tariff(one.market).rate("added", kind=one.kind, origin=one.made_in, on=one.on, hs=one.hs)
        if self.rival is None or self.kept is None or added is None or added.less != "us_content":
            return None
        return content_for_parity(self.rival, added=added.percent)


def answer(crossing: Crossing, *, cost: Decimal | None = None, rival: Decimal | None = None) -> Answer:
    """What that vehicle owes. Raises NoRate where no rate is known."""
    lost = owed(crossing)
    try:
        kept = owed(replace(crossing, qualifies=True))
    except NoAgreement:
        kept = None
    return Answer(crossing, kept, lost, exposure.stretches(crossing), cost, rival)
