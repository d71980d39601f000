"""The icicle with a mosaic edge: a vehicle's value by group, part and origin, and the table that is its equal.

Give it only rows and amounts that the reader may see: tile sizes are output too.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from suppliers.pictures import ORIGINS, grouped, places, shown


@dataclass(frozen=True)
class Part:
    """A part bought or work done: ``split`` is amount by category of origin (us, ca, mx, fc, fn, uk), or one
    block for an answer whose split is its supplier's own (ok, in), an import inside own production (im), own work."""

    name: str
    price: Decimal
    split: dict[str, Decimal]
    hs: str = ""
    seller: str = ""
    href: str = ""
    about: bool = False  # the seller shows its split to the nearest 5 only


@dataclass(frozen=True)
class Group:
    name: str
    parts: list[Part]
    own: bool = False  # own work stands last, whatever its value


@dataclass(frozen=True)
class Tree:
    """One vehicle's value by group, part and origin. Amounts of a row add up to its price."""

    name: str
    groups: list[Group]
    unit: str = "USD"
    smaller_href: str = ""
    of: str = "net cost"
    total: Decimal = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "total", sum((_price(group) for group in self.groups), Decimal(0)))


HEAD, BODY, FOOT, RIGHT = 24, 720, 20, 1232
LEAST = Decimal("9.5")  # a row lower than this cannot carry its name
PATTERNS = {"fn": "dots", "uk": "hatch", "in": "hatch-wide"}
WIDE, NARROW = set("mwMW@%&—"), set("iljtfrI.,:;'|!()[] -")


def _price(group: Group) -> Decimal:
    return sum((part.price for part in group.parts), Decimal(0))


def laid_out(tree: Tree) -> list[Group]:
    """Groups by value, small parts pooled after them, own work last; in a group by value. Never depends on time."""
    bought, small, own = [], [], []
    for group in tree.groups:
        parts = sorted(group.parts, key=lambda part: (-part.price, part.name))
        if group.own:
            own.append(Group(group.name, parts, own=True))
            continue
        tall = [part for part in parts if tree.total and part.price / tree.total * BODY >= LEAST]
        small += [part for part in parts if part not in tall]
        if tall:
            bought.append(Group(group.name, tall))
    bought.sort(key=lambda group: (-_price(group), group.name))
    if len(small) == 1:
        bought.append(Group("Small parts", small))
    elif small:
        split = {code: sum((part.split.get(code, Decimal(0)) for part in small), Decimal(0)) for code, _ in ORIGINS}
        about = any(part.about for part in small)
        price, words = sum((part.price for part in small), Decimal(0)), f"{len(small)} smaller parts"
        bought.append(Group("Small parts", [Part(words, price, split, "various", href=tree.smaller_href, about=about)]))
    return bought + own


def rows(tree: Tree) -> list[dict]:
    """The picture's equal as a table: same rows, same order, one column a category."""
    return [
        {
            "group": group.name, "name": part.name, "hs": part.hs, "seller": part.seller, "href": _safe(part.href),
            "price": part.price, "about": part.about, "split": [part.split.get(code, Decimal(0)) for code, _ in ORIGINS],
            "said": _each(part), "strip": strip(part),
        }
        for group in laid_out(tree)
        for part in group.parts
    ]  # fmt: skip


def totals(tree: Tree) -> list[Decimal]:
    """The foot of that table, one sum a category."""
    return [sum((row["split"][nth] for row in rows(tree)), Decimal(0)) for nth, _ in enumerate(ORIGINS)]


def used(tree: Tree) -> list[str]:
    """The categories that occur in it, in their order."""
    return [code for (code, _), total in zip(ORIGINS, totals(tree), strict=True) if total]


def _safe(href: str) -> str:
    """Links lead inside the portal only; a script in a link is refused."""
    if href and (href[0] not in "/?#" or href.startswith("//")):
        raise ValueError(f"not a link inside the portal: {href!r}")
    return href


def measured(text: str, size: int) -> float:
    """About how wide a text is in our font; rather too wide than too narrow."""
    return size * sum(
        0.84 if c in WIDE else 0.31 if c in NARROW else 0.62 if c.isupper() else 0.52 if c.isascii() else 0.6
        for c in text
    )


def fitted(text: str, size: int, room: float) -> str:
    """The text, or as much of it as there is room for, ending in …"""
    if measured(text, size) <= room:
        return text
    while text and measured(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def _text(words: str, x: float, y: float, size: int, *classes: str) -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}">{}</text>', " ".join((f"s-{size}", *classes)), places(x), places(y), words
    )


def _tile(css: str, x: float, y: float, width: float, height: float) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', css, *map(places, (x, y, width, height))
    )


def icicle(tree: Tree, *, name: str = "icicle") -> SafeString:
    """Vehicle, group, part as tiles whose height is value; at the right a mosaic whose width is share: area is money."""
    drawn = [
        _text(word, x, 14, 12, "tx2") for word, x in (("Vehicle", 2), ("Group", 66), ("Part bought, price paid", 198))
    ]
    drawn.append(_text("Where its value was added, as far as it is traced", 562, 14, 12, "tx2"))
    for share in (25, 50, 75, 100):
        drawn.append(
            _text(f"{share}%", 560 + 6.72 * share, HEAD + BODY + 16, 11, "tx3", "end" if share == 100 else "mid")
        )
    drawn += [_tile("tile", 0, HEAD, 62, BODY), _text(fitted(tree.name, 13, 52), 6, HEAD + 22, 13, "s-b")]
    drawn.append(_text(fitted(grouped(tree.total, 0), 12, 52), 6, HEAD + 38, 12, "tx2"))
    y = float(HEAD)
    for group in laid_out(tree) if tree.total else []:
        drawn.append(_group(group, tree, y))
        for part in group.parts:
            tall = float(part.price / tree.total * BODY)
            drawn.append(_row(part, tree, y, tall))
            y += tall
    title, said = (
        f"Value of one {tree.name} by group, part and origin",
        "Height is value, width of the coloured part is share.",
    )
    return format_html(
        '<svg class="fluid min-l" viewBox="0 0 {} {}" role="group" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{} The table below holds the same figures.</desc>{}</svg>',
        RIGHT, HEAD + BODY + FOOT, name, name, name, title, name, said, mark_safe("".join(drawn)),  # noqa: S308 formatted above
    )  # fmt: skip


def _group(group: Group, tree: Tree, y: float) -> SafeString:
    value = _price(group)
    tall = float(value / tree.total * BODY)
    share = shown(value * 100 / tree.total)
    inside = format_html(
        "<title>{}: {} {}, {}% of {}</title>", group.name, grouped(value, 0), tree.unit, share, tree.of
    )
    inside += _tile("tile", 64, y, 130, tall)
    if tall >= 17:
        inside += _text(fitted(group.name, 13, 114), 72, y + min(18, tall / 2 + 4.5), 13, "s-b")
    if tall >= 38:
        inside += _text(grouped(value, 0), 72, y + 34, 12, "tx2")
    return format_html("<g>{}</g>", inside)


def _row(part: Part, tree: Tree, y: float, tall: float) -> SafeString:
    size = 13 if tall >= 17 else 12 if tall >= 13 else 11
    named = ", ".join(filter(None, [part.name, part.hs and f"HS {part.hs}", part.seller]))
    inside = format_html("<title>{}: {} {}; {}</title>", named, grouped(part.price, 0), tree.unit, _each(part))
    inside += _tile("tile-2", 196, y, 362, tall)
    if tall >= float(LEAST):
        base = y + tall / 2 + size * 0.34
        small = min(size, 12)
        inside += _text(fitted(part.name, size, 192), 204, base, size)
        inside += _text(fitted(part.hs, small, 80), 402, base, small, "tx3")
        inside += _text(grouped(part.price, 0), 550, base, small, "end")
    inside += _mosaic(part, y, tall)
    if not part.href:
        return format_html("<g>{}</g>", inside)
    return format_html('<a class="cell" href="{}">{}</a>', _safe(part.href), inside)


def _each(part: Part) -> str:
    """A row's amounts in words, in the order of the categories."""
    about = "~" if part.about else ""
    return ", ".join(f"{word} {about}{grouped(part.split[code], 0)}" for code, word in ORIGINS if part.split.get(code))


def strip(part: Part) -> SafeString:
    """One row's mosaic as wide as its column, for a list of parts on a narrow screen; its words stand beside it."""
    whole, drawn, x = sum(part.split.values(), Decimal(0)), [], Decimal(0)
    for code, _ in ORIGINS:
        amount = part.split.get(code)
        if not amount or whole <= 0:
            continue
        wide = amount * 100 / whole
        box = f"{places(x)}%", f"{places(wide)}%"
        drawn.append(format_html('<rect class="k-{}" x="{}" y="0" width="{}" height="18"/>', code, *box))
        if code in PATTERNS:
            drawn.append(
                format_html('<rect x="{}" y="0" width="{}" height="18" fill="url(#{})"/>', *box, PATTERNS[code])
            )
        x += wide
    inside = mark_safe("".join(drawn))  # noqa: S308 each piece was formatted above
    return format_html('<svg class="strip" width="100%" height="18" aria-hidden="true">{}</svg>', inside)


def _mosaic(part: Part, y: float, tall: float) -> SafeString:
    """The row split in width by share of category; amounts where a cell has room for them."""
    whole = sum(part.split.values(), Decimal(0))
    drawn, x = [], 560.0
    for code, _ in ORIGINS:
        amount = part.split.get(code)
        if not amount or whole <= 0:
            continue
        wide = float(amount / whole) * (RIGHT - 560)
        box = tuple(map(places, (x + 0.5, y + 0.5, max(wide - 1, 0.6), max(tall - 1, 0.6))))
        drawn.append(
            format_html('<rect class="k-{}" x="{}" y="{}" width="{}" height="{}" stroke-width="0.8"/>', code, *box)
        )
        pattern = PATTERNS.get(code)
        if pattern:
            drawn.append(format_html('<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{})"/>', *box, pattern))
        words = ("~" if part.about else "") + grouped(amount, 0)
        size = 11 if tall < 15 else 12
        if wide >= 34 and tall >= 12.5 and measured(words, size) <= wide - 10:
            halo = (f"halo-{code}",) if pattern else ()
            drawn.append(_text(words, x + 7, y + tall / 2 + size * 0.34, size, f"x-{code}", *halo))
        x += wide
    return mark_safe("".join(drawn))  # noqa: S308 each piece was formatted above
