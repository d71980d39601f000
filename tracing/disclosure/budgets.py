"""The label's good-faith budget as its maker may see it: its own determinations, and of the whole no more than follows from them."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from suppliers.models import Declaration
from tracing import rulebooks
from tracing.disclosure.own import dossier_of
from tracing.engine.methods.label import counts_as
from tracing.models import Outcome, Verdict

LAW = "aala"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Spent:
    """What one own determination takes of the budget in one vehicle, in the currency of its figures.

    ``value`` is its equipment's, ``taken`` the part of it that counts as determined, ``counts`` how much of that in percent,
    ``gain`` what comes of it, ``points`` the same in percent of the carline's equipment. ``nth`` is its place in the order.
    """

    nth: int
    value: Decimal
    percent: Decimal
    counts: Decimal
    taken: Decimal
    gain: Decimal
    points: Decimal

    @property
    def left(self) -> Decimal:
        return self.value - self.taken


class Budget:
    """The budget of one outcome under the label law, or of what a roll says under it.

    Exact where it follows from the automaker's own prices alone. Where an allied supplier buys for the carline too, what it buys
    and determines stands in the budget: then only whole points of the carline's equipment are shown, the cap rounded down,
    what is spent up, and of a determination that fits in part only that it does.
    """

    def __init__(self, found: Outcome | Verdict):
        self.found = found
        self.law = rulebooks.rulebook(found.rulebook).data["label"]
        self.currency: str = found.result["currency"]
        if isinstance(found, Verdict):  # the roll keeps the maker's own findings alone, by the keys of its declarations
            self.told: dict[str, Any] = found.result["budget"]
            self.base, self.exact = Decimal(self.told["base"]), self.told["exact"]
            self.own = {row["asker"] for row in self.told["items"]}
        else:
            self._of_trace(found)

    def _of_trace(self, outcome: Outcome) -> None:
        self.told, self.base = outcome.result["label"]["budget"], Decimal(outcome.result["amounts"]["base_parts"])
        found, keys = dossier_of(outcome.trace), outcome.trace.declarations
        own = Declaration.objects.filter(pk__in=keys.values(), organisation=outcome.trace.vehicle.organisation_id)
        mine = {str(key) for key in own.values_list("pk", flat=True)}
        self.own = {name for name, key in keys.items() if key in mine}
        self.exact = not any(_allied(row) for name in self.own for row in found["declarations"][name].get("body", []))

    @cached_property
    def spent(self) -> dict[tuple[str, int, int], Spent]:
        """By declaration (by name, of a roll by key), line and source, in the order in which the budget is spent; own ones alone."""
        rows = [row for row in self.told["items"] if row["asker"] in self.own]
        return {(row["asker"], row["line"], row["source"]): self._spent(nth, row) for nth, row in enumerate(rows, 1)}

    def _spent(self, nth: int, row: dict[str, Any]) -> Spent:
        percent, taken = Decimal(row["percent"]), Decimal(row["determined"])
        counts = counts_as(Fraction(percent), self.law["trigger"], self.found.result["switches"])
        rate = Decimal(row.get("counts") or counts.numerator / Decimal(counts.denominator))
        gain = taken * rate / 100
        return Spent(nth, Decimal(row["value"]), percent, rate, taken, gain, self._points(gain))

    @property
    def cap(self) -> Decimal:
        """Percent by value of what the carline buys outside, by the regulation."""
        return Decimal(self.law["budget"])

    @property
    def amounts(self) -> dict[str, Decimal] | None:
        """Cap, used and left of one vehicle; None where they would tell of an allied supplier."""
        if not self.exact:
            return None
        cap, used = Decimal(self.told["cap"]), Decimal(self.told["used"])
        return {"cap": cap, "used": used, "left": cap - used}

    @property
    def points(self) -> dict[str, str]:
        """Cap and used in points of the carline's equipment: hundredths where exact, else whole, down and up."""
        cap, used = (self._points(Decimal(self.told[name])) for name in ("cap", "used"))
        if self.exact:
            return {"cap": hundredths(cap), "used": hundredths(used)}
        return {
            "cap": str(cap.quantize(Decimal(1), ROUND_FLOOR)), "used": str(used.quantize(Decimal(1), ROUND_CEILING))
        }  # fmt: skip

    def _points(self, amount: Decimal) -> Decimal:
        return 100 * amount / self.base if self.base else Decimal(0)


def hundredths(points: Decimal) -> str:
    """Points to the second decimal, as they are said."""
    return f"{points.quantize(CENT, ROUND_HALF_EVEN):f}"


def budget_of(found: Outcome | Verdict | None) -> Budget | None:
    """The budget that an outcome, or what a roll says, holds; None of another law, and where the roll found nothing determined."""
    if found is None:
        return None
    told = found.result if isinstance(found, Verdict) else found.result.get("label") or {}
    return Budget(found) if told.get("budget") else None


def _allied(line: dict[str, Any]) -> bool:
    """Whether an allied supplier's own answer stands behind a source of this line."""
    return any(source.get("allied") and source.get("declaration") for source in line["sources"])
