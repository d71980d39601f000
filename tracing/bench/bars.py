"""What the roll-up has to reach, each bar against what one run of the bench measured: met, missed, or not measured."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracing.bench import laws, measure
from tracing.bench.rounds import Row

OURS_ANEW, REFERENCE_ANEW = "ours, everything anew", f"{measure.REFERENCE}, everything anew"
COPY = "COPY BINARY, row by row"
FROM, LARGE = 500_000, 3_000_000


@dataclass(frozen=True)
class Bar:
    """``way`` may take at most so much of what ``than`` takes, both of one step, in worlds of that many lines or more."""

    step: str
    way: str
    than: str
    at_most: float
    lines: int = 0
    below: int = 10**12

    def __str__(self) -> str:
        most = f"{self.at_most:g}" if self.at_most >= 0.3 else f"1/{1 / self.at_most:g}"
        return f"{self.step}: {self.way} ≤ {most} × {self.than}"


BARS = (
    Bar(measure.LOAD, measure.PACKED, COPY, 0.85, FROM),
    Bar(measure.LOAD, measure.PACKED, "ORM values_list", 0.5, FROM),
    Bar(measure.LOAD, measure.MAPPED, measure.EVERYTHING, 1 / 40, 50_000),
    Bar(measure.WHOLE, "ours", "good Django", 1 / 5, FROM),
    Bar(measure.WHOLE, "ours", "SQL by level", 1 / 5, FROM),
    Bar(measure.WHOLE, "ours", "recursive CTE", 1 / 20, FROM),
    Bar(measure.ROLL, "ours", measure.REFERENCE, 1.3, 50_000),
    Bar(measure.ROLL, "ours", "scipy, a product a level", 1 / 1.8, FROM),
    Bar(measure.ROLL, "ours", "numpy, level by level", 1 / 5, FROM),
    Bar(measure.COLUMNS, measure.ONE_PASS, measure.EACH_TWO, 0.5, 50_000, LARGE),
    Bar(measure.INCREMENTAL, "ours", OURS_ANEW, 1 / 500, FROM, LARGE),
    Bar(measure.INCREMENTAL, "ours", REFERENCE_ANEW, 1 / 500, FROM, LARGE),
    Bar(measure.INCREMENTAL, "ours", REFERENCE_ANEW, 1 / 2500, LARGE),
    Bar(laws.A_COLUMN, f"ours, {laws.ADDED}", laws.BARE, 2, 50_000),
)


def told(found: Iterable[Row]) -> list[str]:
    """A line for each bar at each size that it holds for."""
    by = {(row.size, row.step, row.way): row for row in found}
    sizes = {row.size: row.lines for row in by.values()}
    return [_line(bar, size, by) for size, lines in sizes.items() for bar in BARS if bar.lines <= lines < bar.below]


def _line(bar: Bar, size: str, by: dict[tuple[str, str, str], Row]) -> str:
    pair = [by.get((size, bar.step, name)) for name in (bar.way, bar.than)]
    amounts = [row.amount for row in pair if row and row.amount]
    if len(amounts) < 2:
        return f"not measured  {size}: {bar}"
    ratio = amounts[0] / amounts[1]
    shown = f"{ratio:.2f}" if ratio >= 0.1 else f"1/{1 / ratio:,.3g}"
    return f"{'met' if ratio <= bar.at_most else 'missed':<13} {size}: {bar}: {shown}"
