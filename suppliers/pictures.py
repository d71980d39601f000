"""Small pictures that forms and pages share, drawn as safe SVG from plain data: marks, progress, what adds up to a price."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from suppliers import numbers

# Word, shape and colour go together; the shapes differ in outline, so they survive grey print and blur.
WORDS = {
    "pass": gettext_lazy("Passes"), "fail": gettext_lazy("Fails"), "open": gettext_lazy("Open"),
    "none": gettext_lazy("No pass mark"), "not_run": gettext_lazy("Not run"), "measured": gettext_lazy("No pass mark"),
    "not_needed": gettext_lazy("Not needed"),
}  # fmt: skip
KIND_OF = {"not_run": "none", "measured": "none", "not_needed": "none", "stops": "fail", "look": "open", "fine": "pass"}
SHAPES = {
    "pass": '<circle class="g-pass" cx="7" cy="7" r="6.5"/>'
    '<path class="g-in" stroke-width="1.8" d="M3.8 7.3 6.1 9.6 10.3 4.9"/>',
    "fail": '<rect class="g-fail" x=".8" y=".8" width="12.4" height="12.4"/>'
    '<path class="g-in" stroke-width="1.8" d="M4.2 4.2 9.8 9.8M9.8 4.2 4.2 9.8"/>',
    "open": '<path class="g-open" stroke-width="1.5" d="M7 .9 13.1 7 7 13.1 .9 7Z"/>'
    '<path class="g-open-half" d="M7 .9V13.1L.9 7Z"/>',
    "none": '<path class="g-none" stroke-width="2" d="M2 7H12"/>',
}
# Where value was added, in the one order every legend and stack keeps; then what a buyer sees in place of a split that is
# its supplier's own: one block, complete or not.
ORIGINS = (
    ("us", gettext_lazy("United States")),
    ("ca", gettext_lazy("Canada")),
    ("mx", gettext_lazy("Mexico")),
    ("fc", gettext_lazy("Foreign, counted")),
    ("fn", gettext_lazy("Foreign, not counted")),
    ("uk", gettext_lazy("Unknown")),
    ("ok", gettext_lazy("Answered, complete")),
    ("in", gettext_lazy("Answered, incomplete below")),
    ("im", gettext_lazy("Own import inside own production")),
    ("mi", capfirst(gettext_lazy("your own import"))),
    ("own", gettext_lazy("Own work")),
)

MINUS = "\N{MINUS SIGN}"


def kind_of(name: str) -> str:
    """The shape a verdict, a test's result or a finding's severity is drawn with; an unknown name is an error."""
    kind = KIND_OF.get(name, name)
    if kind not in SHAPES:
        raise ValueError(f"no mark is drawn for {name!r}")
    return kind


def mark(name: str, *, size: int = 14) -> SafeString:
    """The shape alone; the word must stand beside it, for it is hidden from readers."""
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 14 14" aria-hidden="true">{}</svg>',
        size,
        size,
        mark_safe(SHAPES[kind_of(name)]),  # noqa: S308 one of our four constants
    )


def verdict(name: str, *, word: str = "", light: bool = False) -> SafeString:
    """Word, shape and colour: ``word`` replaces the usual one ("A fails", "signed to you")."""
    return format_html(
        '<span class="v v-{}{}">{}{}</span>',
        kind_of(name),
        " v-light" if light else "",
        mark(name),
        word or WORDS.get(name, name.capitalize()),
    )


def places(value: float | Decimal) -> str:
    """A coordinate: two places at most, no trailing zeros, no minus zero."""
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def grouped(value, digits: int = 2) -> str:
    """1,234.56, in Canadian French 1 234,56, with a true minus; halves go up, as on an invoice."""
    step = Decimal(1).scaleb(-digits)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    return numbers.local(f"{rounded:,.{digits}f}".replace("-", MINUS) if rounded else f"{0:.{digits}f}")


def shown(value, *, digits: int = 1, up: bool = False, needed=None) -> str:
    """A share as text: content goes down, foreign and best go up, never contradicting a comparison with ``needed``.

    At 74.96 against 75, rounding up would print 75.0 beside "Fails": digits are added until the text compares as
    the value does.
    """
    exact = Decimal(str(value))
    limit = None if needed is None else Decimal(str(needed))
    for places_shown in range(digits, digits + 13):
        rounding = ROUND_CEILING if up else ROUND_FLOOR
        rounded = exact.quantize(Decimal(1).scaleb(-places_shown), rounding=rounding)
        if limit is None or rounded.compare(limit) == exact.compare(limit):
            break
    return numbers.local(f"{rounded + 0:f}".replace("-", MINUS))


def signed(value, *, digits: int = 1, up: bool = False) -> str:
    """+9.1 or −1.9: a distance, with its sign always said and never turned by rounding."""
    text = shown(value, digits=digits, up=up, needed=0)
    return text if text.startswith(MINUS) else f"+{text}"


def progress(done: int, total: int, *, label: str, width: int = 72, height: int = 8, busy: bool = False) -> SafeString:
    """How many of how many, as a bar; the counts stand beside it as text. ``busy``: a progressbar as wide as its column."""
    if busy:
        width = 560
        head = format_html(
            'class="fluid" role="progressbar" aria-valuenow="{}" aria-valuemin="0" aria-valuemax="{}"', done, total
        )
    else:
        head = format_html('width="{}" height="{}" role="img"', width, height)
    said = gettext("%(label)s: %(done)s of %(total)s") % {"label": label, "done": done, "total": total}
    filled = 0 if total <= 0 else min(max(done / total, 0), 1) * width
    return format_html(
        '<svg {} viewBox="0 0 {} {}" aria-label="{}"><rect class="ib-track" width="{}" height="{}"/>'
        '<rect class="ib-none" width="{}" height="{}"/></svg>',
        head, width, height, label if busy else said, width, height, places(filled), height,
    )  # fmt: skip


def stacked(parts: list[tuple[str, int, str]], *, label: str, width: int = 560, height: int = 14) -> SafeString:
    """States side by side: ``(word, count, kind)`` with kind a verdict; said in full to readers."""
    total = sum(count for _, count, _ in parts) or 1
    drawn, x = [], 0.0
    for _, count, kind in parts:
        wide = count / total * width
        if count:
            drawn.append((places(x), places(max(wide - 1, 1)), height, kind_of(kind)))
        x += wide
    said = ", ".join(f"{count} {word}" for word, count, _ in parts)
    bars = format_html_join("", '<rect x="{}" width="{}" height="{}" class="ib-{}"/>', drawn)
    return format_html(
        '<svg class="fluid" viewBox="0 0 {} {}" role="img" aria-label="{}: {}">{}</svg>',
        width,
        height,
        label,
        said,
        bars,
    )


def _rest(rest: Decimal) -> str:
    if rest > 0:
        return "; " + gettext("%(amount)s not explained") % {"amount": grouped(rest)}
    return "; " + gettext("%(amount)s more than the price") % {"amount": grouped(-rest)} if rest < 0 else ""


FILLS = ("fill-act", "ib-none", "fill-line", "ib-track")


def adds_up(parts: list[tuple[str, Decimal]], *, price, price_word: str = "") -> SafeString:
    """Inputs, imports and own value against the price in one bar; what is not explained is hatched.

    ``parts`` are ``(word, amount)`` in the order of the form. If they exceed the price, the bar runs past its line.
    """
    amounts = [(word, max(Decimal(str(amount)), Decimal(0))) for word, amount in parts]
    whole, explained = Decimal(str(price)), sum((amount for _, amount in amounts), Decimal(0))
    scale = 300 / float(max(whole, explained, Decimal("0.01")))
    drawn, x = [], 0.0
    for nth, (_, amount) in enumerate(amounts):
        wide = float(amount) * scale
        if wide > 0:
            drawn.append((FILLS[nth % len(FILLS)], places(x), places(max(wide - 1, 0.5))))
        x += wide
    bars = format_html_join("", '<rect class="{}" x="{}" y="6" width="{}" height="14"/>', drawn)
    if whole > explained:
        wide = max(float(whole - explained) * scale - 1, 2)
        left = min(x + 0.5, 299.5 - wide)
        cell = [(kind, places(left), places(wide)) for kind in ('class="k-uk"', 'fill="url(#hatch)"')]
        bars += format_html_join(
            "",
            '<rect {} x="{}" y="6.5" width="{}" height="13"/>',
            ((mark_safe(k), a, b) for k, a, b in cell),  # noqa: S308
        )
    line = min(max(float(whole) * scale, 1), 299)
    price_word = price_word or gettext("price")
    said = ", ".join(f"{word} {grouped(amount)}" for word, amount in amounts)
    said += f"; {price_word} {grouped(whole)}{_rest(whole - explained)}"
    return format_html(
        '<svg class="fluid adds" viewBox="0 0 300 42" role="img" aria-label="{}">{}<path class="ib-need" d="M{} 2V24"/>'
        '<text class="s-12 {}" x="{}" y="37">{} {}</text></svg>',
        said, bars, places(line), "end" if line > 150 else "", places(line), price_word, grouped(whole),
    )  # fmt: skip
