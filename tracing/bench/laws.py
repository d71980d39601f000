"""The passes of every rulebook over the world's fleet: asked once by the product's own roll, then added up in rounds."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tracing.bench import graphs, own, rounds
from tracing.bench.rounds import Row, Way

FIRST, SWEPT, A_COLUMN, CHANGED = "first roll", "every law", "a column", "one declaration changes, every law"
ADDED, PROVED, ASKED, TOLD = "added up", "added up and proved", "asked again and weighed", "verdicts"
BARE, BARE_ROWS = "two columns, every line", "two columns, the same rows"
CHANGES = 12


def measured(size: str, lines: int, at_most: int, laying: Any, say: Callable[[str], None]) -> list[Row]:
    """The rows of the steps above, on a database that no roll has seen."""
    started = time.perf_counter()
    steps = own.first_roll()
    whole = time.perf_counter() - started
    roll = own.rolled()
    widths = [own.width(one) for one in own.passes(roll)]
    say(
        f"{size}: {len(widths)} passes of {sum(widths)} columns over {roll.shape.rows:,} rows; {len(own.verdicts(roll)):,} verdicts"
    )
    steps["store"] = whole - sum(steps.values())
    found = [_row(size, FIRST, "ours, in a process that remembers nothing", whole, whole, lines)]
    found += [_row(size, FIRST, f"of it: {step}", seconds, whole, lines) for step, seconds in steps.items()]
    swept = _swept(roll, laying)
    rounds.interleave(swept, at_most, 60)
    found += rounds.rows(swept[:4], size, lines)
    bare, same = (way.median / 2 for way in swept[4:])
    mine = swept[0].median / sum(widths)
    for way, seconds, note in (
        (BARE, bare, ""), (f"ours, {ADDED}", mine, f"{sum(widths)} columns"), (BARE_ROWS, same, "only what stands inside"),
    ):  # fmt: skip
        found.append(
            Row(size, A_COLUMN, way, seconds, seconds / bare, len(swept[0].seconds), swept[0].spread, note, lines)
        )
    changed = _changed(roll)
    rounds.interleave(changed, min(at_most, CHANGES), 60)
    for way in changed[:2]:
        way.note += f"; {min(way.seconds):.3g} to {max(way.seconds):.3g} s"
    return [*found, *rounds.rows(changed, size, lines)]


def _row(size: str, step: str, way: str, seconds: float, whole: float, lines: int) -> Row:
    return Row(size, step, way, seconds, seconds / whole, 1, 1.0, "", lines)


def _swept(roll: own.Roll, laying: Any) -> list[Way]:
    every, passes = np.arange(roll.shape.rows), own.passes(roll)
    mine = np.full((roll.shape.rows, 2), 1_000, np.int64)
    out, wide = np.empty_like(mine), np.empty_like(laying.own)

    def each(do: Callable[[Any], object]) -> Callable[[], None]:
        def run() -> None:
            for one in passes:
                do(one)

        return run

    return [
        Way(SWEPT, ADDED, each(lambda one: one.sweep(every)), note="all passes"),
        Way(SWEPT, PROVED, each(lambda one: one.run(every)), note="all passes, no sum too large"),
        Way(SWEPT, ASKED, lambda: own.asked_again(roll), note="what the law said is remembered"),
        Way(SWEPT, TOLD, lambda: own.verdicts(roll), note="every vehicle, law and reading, out of the passes"),
        Way(SWEPT, BARE, lambda: own.roll(laying.fleet, laying.own, wide)),
        Way(SWEPT, BARE_ROWS, lambda: own.roll(roll.shape.fleet, mine, out)),
    ]


def _changed(roll: own.Roll) -> list[Way]:
    """A random source costs a tenth more, again and again."""
    draw = np.random.Generator(np.random.PCG64(graphs.SEED))
    every, reached = np.arange(roll.shape.rows), list[int]()

    def change() -> None:
        source = int(draw.random() * len(roll.facts.price))
        price = roll.facts.price.copy()
        price[source] += price[source] // 10 + 1
        reached[:] = roll.change(dataclasses.replace(roll.facts, price=price), [int(roll.facts.asker[source])])

    def anew() -> None:
        for one in own.passes(roll):
            one.run(every)

    return [
        Way(CHANGED, "ours, taken over and added up", change, note="a random source"),
        Way(CHANGED, "verdicts of what it reaches", lambda: own.verdicts(roll, reached), note="every law and reading"),
        Way(CHANGED, "everything added up and proved", anew),
    ]
