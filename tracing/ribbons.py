"""Draws a sankey as SVG: bars of three columns as high as their points, and the ribbons between them."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from suppliers.pictures import places
from tracing.icicles import PATTERNS, fitted
from tracing.sankeys import Node, Sankey

WIDE, HEAD, TALL, BAR = 1232, 30, 300, 12
COLUMNS = (("Country where value was added", 250, 11), ("Who added it", 610, 20), ("How it counts", 950, 24))
"""Each column's head, the left edge of its bars, and the gap between two of them."""
Bars = dict[str, tuple[float, float]]


def said(points: Decimal) -> str:
    """A figure in points as text: whole, or with the half of a threshold."""
    text = f"{points:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ribbons(found: Sankey, *, name: str = "sankey") -> SafeString:
    """The picture; ``name`` begins the ids in it. Everything it shows stands in the table below it too."""
    columns = (found.places, found.adders, found.counts)
    stacked = [_stacked(found, nodes, gap) for nodes, (_, _, gap) in zip(columns, COLUMNS, strict=True)]
    foot = max((top + tall for bars in stacked for top, tall in bars.values()), default=HEAD)
    drawn = [_flows(found, nth, stacked[nth], stacked[nth + 1]) for nth in (0, 1)]
    for nth, (nodes, (word, left, _)) in enumerate(zip(columns, COLUMNS, strict=True)):
        at, css = (left + BAR, "tx2 end") if nth == 0 else (left, "tx2")
        drawn.append(format_html('<text class="s-12 {}" x="{}" y="14">{}</text>', css, at, word))
        drawn += [_node(found, node, nth, left, stacked[nth][node.key]) for node in nodes]
    title = f"Value of one {found.name} by country, by who added it, and by how it counts under {found.law}, in whole points"
    return format_html(
        '<svg class="fluid min-l" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">The tables below hold the same figures.</desc>{}</svg>',
        WIDE, places(foot + 12), name, name, name, title, name, mark_safe("".join(drawn)),  # noqa: S308 formatted above
    )  # fmt: skip


def _stacked(found: Sankey, nodes: list[Node], gap: int) -> Bars:
    """Where each bar of a column begins and how high it is; a thin one leaves room for its words."""
    bars, y = {}, float(HEAD)
    for node in nodes:
        tall = float(found.total(node.key)) * TALL / 100
        bars[node.key] = (y, tall)
        y += max(tall, 9.0) + gap
    return bars


def _flows(found: Sankey, nth: int, left: Bars, right: Bars) -> SafeString:
    """The ribbons between two columns; each begins below the one before it, on both sides."""
    flows = (found.added, found.counted)[nth]
    kinds = {node.key: node.kind for node in (*found.places, *found.adders)}
    words = {node.key: node.word for node in (*found.places, *found.adders, *found.counts)}
    from_y, to_y = ({key: y for key, (y, _) in side.items()} for side in (left, right))
    x1, x2 = COLUMNS[nth][1] + BAR, COLUMNS[nth + 1][1]
    drawn, middle = [], places((x1 + x2) / 2)
    order = {key: at for at, key in enumerate([*left, *right])}
    for (one, other), points in sorted(flows.items(), key=lambda row: (order[row[0][0]], order[row[0][1]])):
        tall = float(points) * TALL / 100
        a, b = from_y[one], to_y[other]
        from_y[one], to_y[other] = a + tall, b + tall
        shape = (x1, places(a), middle, places(b), x2, places(b + tall), places(a + tall))
        title = f"{words[one]}, {words[other]}: {said(points)} points"
        path = format_html("M{0} {1}C{2} {1} {2} {3} {4} {3}V{5}C{2} {5} {2} {6} {0} {6}Z", *shape)
        drawn.append(format_html('<path class="flow f-{}" d="{}"><title>{}</title></path>', kinds[one], path, title))
    return mark_safe("".join(drawn))  # noqa: S308 each piece was formatted above


def _node(found: Sankey, node: Node, nth: int, left: int, bar: tuple[float, float]) -> SafeString:
    """One bar with its word: outside at both ends, beside it with a halo in the middle."""
    y, tall = bar
    box = tuple(map(places, (left, y, BAR, max(tall, 1))))
    shape = '<rect class="k-{}" x="{}" y="{}" width="{}" height="{}" stroke-width="0.8"/>'
    drawn = format_html(shape, node.kind, *box)
    if node.kind in PATTERNS:
        drawn += format_html('<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{})"/>', *box, PATTERNS[node.kind])
    x, side = (left - 8, "end") if nth == 0 else (left + BAR + 8, "")
    room = (left - 44, 290, WIDE - left - BAR - 60)[nth]
    return drawn + format_html(
        '<text class="s-13 {}{}" x="{}" y="{}">{} <tspan class="s-b">{}</tspan></text>',
        side, " halo-ground" if nth == 1 else "", x, places(y + max(tall, 9) / 2 + 4.5), fitted(node.word, 13, room),
        said(found.total(node.key)),
    )  # fmt: skip
