"""Cost against size as a static picture: SVG by our own hand, logarithmic both ways, light and dark by the reader's wish."""

import math
from collections.abc import Iterable, Sequence
from html import escape

from tracing.bench.rounds import MEMORY, Row

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 78, 248, 56, 58
GAP = 17
"""The least distance between two labels."""
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; }
  .axis { fill: var(--soft); }
  .grid { stroke: var(--grid); stroke-width: 1; }
  .line { fill: none; stroke-width: 2; }
  .ours { stroke-width: 3.5; }
  .lead { stroke-width: 1; opacity: .5; }
  svg { --ink: #1c2024; --soft: #5b6570; --grid: #dfe3e8; --paper: #ffffff;
        --c0: #0b6e4f; --c1: #b3541e; --c2: #3a5fb0; --c3: #8a3c8f; --c4: #8b6f00; --c5: #47606e; --c6: #b02a4c; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #eceff2; --soft: #a9b4be; --grid: #353c43; --paper: #15181b;
          --c0: #4fd1a1; --c1: #f2a065; --c2: #8fb0ff; --c3: #dd97e2; --c4: #e5c54a; --c5: #a9c3d1; --c6: #ff8fa9; }
  }
"""
MARKS = ("circle", "square", "diamond", "triangle")


def chart(found: Iterable[Row], step: str, title: str) -> str:
    """The rows of one step, a line a way. ``title`` stands above. At least one row of that step must have run."""
    series = _series(found, step)
    if not series:
        raise ValueError(f"nothing was measured of {step!r}")
    points = [point for line in series.values() for point in line]
    across = _decades([x for x, _ in points], WIDTH - LEFT - RIGHT, LEFT)
    up = _decades([y for _, y in points], -(HEIGHT - TOP - BOTTOM), HEIGHT - BOTTOM)
    body = [*_grid(across, up, step), *_lines(series, across, up)]
    told = "; ".join(
        f"{name}: {_amount(line[-1][1], step)} at {_count(line[-1][0])} lines" for name, line in series.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">\n'
        f'<title id="t">{escape(title)}</title>\n<desc id="d">{escape(told)}</desc>\n<style>{STYLE}</style>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="var(--paper)"/>\n'
        f'<text class="title" x="{LEFT}" y="28">{escape(title)}</text>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _series(found: Iterable[Row], step: str) -> dict[str, list[tuple[float, float]]]:
    series: dict[str, list[tuple[float, float]]] = {}
    for row in found:
        if row.step == step and row.amount:
            series.setdefault(row.way, []).append((float(max(row.lines, 1)), row.amount))
    return {name: sorted(line) for name, line in series.items()}


class _decades:
    """A logarithmic axis, ``span`` pixels from ``start``: at least one decade, marked at whole ones."""

    def __init__(self, values: Sequence[float], span: float, start: float):
        low, high = math.log10(min(values)), math.log10(max(values))
        self.low = math.floor(low + 1e-9)
        self.high = max(high + 0.03, self.low + 1)
        self.span, self.start = span, start

    def __call__(self, value: float) -> float:
        return self.start + self.span * (math.log10(value) - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(int(self.low), math.floor(self.high + 1e-9) + 1)]


def _grid(across: _decades, up: _decades, step: str) -> list[str]:
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
    found = []
    for tick in across.ticks:
        x = across(tick)
        found.append(f'<path class="grid" d="M{x:.1f} {top}V{bottom}"/>')
        found.append(f'<text class="axis" x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{_count(tick)}</text>')
    for tick in up.ticks:
        y = up(tick)
        found.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>')
        found.append(
            f'<text class="axis" x="{left - 10}" y="{y + 4:.1f}" text-anchor="end">{_amount(tick, step)}</text>'
        )
    middle = (left + right) / 2
    found.append(
        f'<text class="axis" x="{middle:.0f}" y="{HEIGHT - 14}" text-anchor="middle">lines in the database</text>'
    )
    return found


def _lines(series: dict[str, list[tuple[float, float]]], across: _decades, up: _decades) -> list[str]:
    found = []
    ends = {name: (across(line[-1][0]), up(line[-1][1])) for name, line in series.items()}
    labels = _apart({name: y for name, (_, y) in ends.items()})
    for number, (name, line) in enumerate(series.items()):
        colour, thick = f"var(--c{number % 7})", "line ours" if number == 0 else "line"
        path = "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in line)
        found.append(f'<path class="{thick}" stroke="{colour}" d="M{path}"/>')
        found += [_mark(MARKS[number % len(MARKS)], across(x), up(y), colour) for x, y in line]
        x, y, beside = *ends[name], WIDTH - RIGHT + 22
        found.append(
            f'<path class="line lead" stroke="{colour}" d="M{x + 6:.1f} {y:.1f}L{beside - 5} {labels[name]:.1f}"/>'
        )
        weight = ' font-weight="600"' if number == 0 else ""
        found.append(
            f'<text x="{beside}" y="{labels[name] + 4:.1f}" style="fill:{colour}"{weight}>{escape(name)}</text>'
        )
    return found


def _mark(kind: str, x: float, y: float, colour: str) -> str:
    """The point itself; its shape tells the ways apart without colour."""
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>'
    corners = {"square": "-4 -4 8 0 0 8 -8 0", "diamond": "0 -6 6 6 -6 6 -6 -6", "triangle": "0 -6 6 10 -12 0"}[
        kind
    ].split()
    steps = " ".join(f"l{dx} {dy}" for dx, dy in zip(corners[2::2], corners[3::2], strict=True))
    return f'<path d="M{x + float(corners[0]):.1f} {y + float(corners[1]):.1f}{steps}z" fill="{colour}"/>'


def _apart(places: dict[str, float]) -> dict[str, float]:
    """Labels moved down, then up, until none stands on another."""
    order = sorted(places, key=lambda name: places[name])
    found, floor = {}, TOP + 0.0
    for name in order:
        found[name] = max(places[name], floor)
        floor = found[name] + GAP
    ceiling = HEIGHT - BOTTOM + 0.0
    for name in reversed(order):
        found[name] = min(found[name], ceiling)
        ceiling = found[name] - GAP
    return found


def _count(value: float) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.0f}"


def _amount(value: float, step: str) -> str:
    if step == MEMORY:
        return f"{value / 2**20:.3g} MB"
    for size, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= size * 0.999:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"
