"""Interleaved rounds: every way once a round, so that what else the machine does falls on all alike; medians and ratios."""

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

BLINK = 0.05, 0.005
"""What runs in every round: seconds, or this part of what the rounds took so far."""
HEAD = ("size", "step", "way", "median", "× first", "rounds", "max/min", "note")


@dataclass
class Way:
    """One way to do a step. ``run`` does it ``times`` times; the first of a step that runs is what the others are measured
    against: ours. ``check`` is handed what the first run answered and raises if that is wrong, outside
    of the time. Without ``run`` it is part of another way, which adds to its ``seconds``."""

    step: str
    name: str
    run: Callable[[], object] | None
    times: int = 1
    note: str = ""
    check: Callable[[Any], object] | None = None
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        return max(self.seconds) / max(min(self.seconds), 1e-9)


@dataclass(frozen=True)
class Row:
    """One measured way, ready to print: ``amount`` is seconds, or bytes where the step is memory; None if it did not run."""

    size: str
    step: str
    way: str
    amount: float | None
    ratio: float | None
    rounds: int
    spread: float
    note: str = ""
    lines: int = 0


def interleave(ways: list[Way], rounds: int, seconds: float) -> None:
    """Run every way once a round, ``rounds`` times; what no longer fits into ``seconds`` in all sits out, dearest first."""
    started = time.perf_counter()
    own = [way for way in ways if way.run]
    gc.collect()
    gc.freeze()  # what is there already is not looked through again before every run
    try:
        for number in range(rounds):
            spent = time.perf_counter() - started
            blink = max(BLINK[0], BLINK[1] * spent)
            for way in _fitting(own, seconds - spent, blink) if number else own:
                _once(way)
    finally:
        gc.unfreeze()


def _fitting(ways: list[Way], left: float, blink: float = BLINK[0]) -> list[Way]:
    """The ways that run in one more round within the time that is left, in their order; what takes a blink always does."""
    running = [way for way in ways if way.seconds]
    cost = {id(way): way.median * way.times for way in running}
    for way in sorted(running, key=lambda one: -cost[id(one)]):
        if sum(cost.values()) <= left or cost[id(way)] < blink:
            break
        del cost[id(way)]
    return [way for way in running if id(way) in cost]


def _once(way: Way) -> None:
    gc.collect()
    started = time.perf_counter()
    answer = way.run()
    way.seconds.append((time.perf_counter() - started) / way.times)
    if way.check and len(way.seconds) == 1:
        way.check(answer)


def rows(ways: list[Way], size: str, lines: int) -> list[Row]:
    """A row for each way, against the first of its step that ran."""
    first: dict[str, float] = {}
    found = []
    for way in ways:
        if not way.seconds:
            found.append(Row(size, way.step, way.name, None, None, 0, 0.0, way.note, lines))
            continue
        ours = first.setdefault(way.step, way.median)
        ratio = way.median / max(ours, 1e-12)
        found.append(Row(size, way.step, way.name, way.median, ratio, len(way.seconds), way.spread, way.note, lines))
    return found


def peak(name: str) -> int:
    """Bytes of the largest memory that a fresh process held while it did this (a name of ``tracing.bench.peak``)."""
    done = subprocess.run(  # noqa: S603  our own module, in a process of its own
        [sys.executable, "-m", "tracing.bench.peak", name], cwd=settings.BASE_DIR, env=environment(), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip()[-400:]}")
    return int(json.loads(done.stdout.splitlines()[-1])["bytes"])


def environment() -> dict[str, str]:
    """This process's, with the database that is measured as the configured one."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{given['NAME']}"
    else:
        login = quote(given["USER"], safe="") + (f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else "")
        port = f":{given['PORT']}" if given["PORT"] else ""
        url = f"postgres://{login}@{quote(given['HOST'], safe='')}{port}/{given['NAME']}"
    return os.environ | {"DATABASE_URL": url, "DEMO": os.environ.get("DEMO") or "1", "VAR_DIR": str(settings.VAR_DIR)}


def text(found: Iterable[Row]) -> str:
    """For a terminal, a block a step."""
    lines, last = [f"{'':<34}{'median':>12}{'× first':>10}{'n':>4}{'max/min':>9}"], None
    for row in found:
        if (row.size, row.step) != last:
            lines.append(f"{row.step}, {row.size}" if row.size else row.step)
            last = row.size, row.step
        if row.amount is None:
            lines.append(f"  {row.way:<32}{'—':>12}  {row.note}")
        else:
            figures = f"{shown(row):>12}{_times(row.ratio):>10}{row.rounds:>4}{row.spread:>9.2f}"
            lines.append(f"  {row.way:<32}{figures}  {row.note}".rstrip())
    return "\n".join(lines)


def markdown(found: Iterable[Row], told: Iterable[str] = ()) -> str:
    """One table, with what was measured on what above it."""
    lines = [*(f"- {line}" for line in told), "", f"| {' | '.join(HEAD)} |", "|---|---|---|---:|---:|---:|---:|---|"]
    for row in found:
        figures = ("—",) * 4
        if row.amount is not None:
            figures = shown(row), _times(row.ratio), str(row.rounds), f"{row.spread:.2f}"
        lines.append(f"| {row.size} | {row.step} | {row.way} | {' | '.join(figures)} | {row.note} |")
    return "\n".join(lines) + "\n"


def shown(row: Row) -> str:
    """The amount in the unit that reads best."""
    if row.step == MEMORY:
        return f"{row.amount / 2**20:,.0f} MB"
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if row.amount >= size:
            amount = row.amount / size
            return f"{amount:,.3g} {unit}" if amount < 1000 else f"{amount:,.0f} {unit}"
    return f"{row.amount * 1e6:.3g} µs"


MEMORY = "peak memory"


def _times(ratio: float | None) -> str:
    if ratio is None:
        return "—"
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def write(path: str, content: str) -> None:
    Path(path).write_text(content, encoding="utf-8")
