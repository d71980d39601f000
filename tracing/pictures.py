"""Pictures of what follows, as safe SVG from plain data: intervals against a threshold, points at stake.

A picture can leak what a table hides: give these functions only figures that the reader may see, already rounded
as disclosure decides. Places are drawn to a hundredth of a pixel, so an exact figure would be readable from one.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from suppliers.days import day
from suppliers.pictures import kind_of, places, shown

WINDOW = 60  # points in every bar, so that a millimetre means the same everywhere


@dataclass(frozen=True)
class Size:
    """Pixels a point, height of the picture with and without letters, height of the bar, room under the bar."""

    scale: float
    height: int
    lettered: int
    bar: int
    under: int


SIZES = {"board": Size(2.5, 18, 21, 8, 11), "vehicle": Size(3.2, 24, 27, 10, 13)}


def window(needed) -> tuple[int, int]:
    """40–100 where the rule needs 55 or more, else 10–70; of two readings the higher one decides."""
    highest = max((float(value) for _, value in _readings(needed)), default=0.0)
    return (40, 100) if highest >= 55 else (10, 70)


def _readings(needed) -> list[tuple[str, object]]:
    """One number, or lettered readings ``[("A", 50), ("B", 42.5)]``, or nothing."""
    if needed in (None, ""):
        return []
    return list(needed) if isinstance(needed, (list, tuple)) else [("", needed)]


def sentence(*, name: str, worst, best, declared=None, needed=None, digits: int = 1) -> str:
    """What the bar says, for readers: name, worst, declared, best, needed. Never contradicts the threshold."""
    readings = _readings(needed)
    limit = readings[0][1] if len(readings) == 1 else None
    said = [f"{shown(worst, digits=digits, needed=limit)} at worst"]
    if declared not in (None, ""):
        said.append(f"{shown(declared, digits=digits, needed=limit)} as declared")
    said.append(f"{shown(best, digits=digits, up=True, needed=limit)} at best")
    wanted = "; ".join(f"{letter} {_plain(value)} needed".strip() for letter, value in readings) or "no pass mark"
    return f"{name}: {', '.join(said)}; {wanted}"


def _plain(value) -> str:
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def interval_bar(
    *, name: str, worst, best, declared=None, needed=None, verdict: str = "none", size: str = "board", digits: int = 1
) -> SafeString:
    """One test: certain up to worst, hatched up to best, a dot as declared, a mark at what is needed."""
    kind, box, readings = kind_of(verdict), SIZES[size], _readings(needed)
    low, _ = window(needed)
    lettered = len(readings) > 1
    height, width = (box.lettered if lettered else box.height), WINDOW * box.scale
    top = height - box.under

    def x(points) -> float:
        return round(min(max(float(points) - low, 0), WINDOW) * box.scale, 4)

    left, right = x(worst), x(best)
    drawn = [
        format_html('<rect class="ib-track" x="0" y="{}" width="{}" height="{}"/>', top, places(width), box.bar),
        format_html('<rect class="ib-{}" x="0" y="{}" width="{}" height="{}"/>', kind, top, places(left), box.bar),
    ]
    if left >= 12:
        foot, head = top + box.bar + 1, top - 1
        drawn.append(format_html('<path class="ib-cut" d="M4 {0}L8 {1}M8 {0}L12 {1}"/>', foot, head))
    if float(best) - float(worst) >= 0.05:
        drawn.append(_depends(left, right, width, top, box.bar, kind))
    drawn += _needs(readings, x, top, box.bar)
    drawn += _beyond([worst, best, declared, *(value for _, value in readings)], declared, low, width, top, box.bar)
    if declared not in (None, ""):
        middle = places(top + box.bar / 2)
        drawn.append(format_html('<circle class="ib-decl" cx="{}" cy="{}" r="3.2"/>', places(x(declared)), middle))
    text = sentence(name=name, worst=worst, best=best, declared=declared, needed=needed, digits=digits)
    return format_html(
        '<svg class="ib" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}"><title>{2}</title>{3}</svg>',
        places(width), height, text, mark_safe("".join(drawn)),  # noqa: S308 each piece was formatted above
    )  # fmt: skip


def _depends(left: float, right: float, width: float, top: int, tall: int, kind: str) -> SafeString:
    """What still hangs on answers: at least 2 px wide, its edge inside, never past the window."""
    wide = max(right - left, 2)
    start = min(left, width - wide)
    box = (places(start + 0.5), places(top + 0.5), places(wide - 1), tall - 1)
    return format_html('<rect class="ib-maybe e-{}" x="{}" y="{}" width="{}" height="{}"/>', kind, *box) + format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="url(#h-{})"/>', *box, kind
    )


def _needs(readings, x, top: int, tall: int) -> list[SafeString]:
    """A line with a triangle; of two readings each line carries its letter, and close letters keep apart."""
    foot = top + tall + 2
    if len(readings) < 2:
        flag = '<path class="ib-need" d="M{0} {1}V{2}"/><path class="ib-flag" d="M{3} {4}H{5}L{0} {1}Z"/>'
        ats = [x(value) for _, value in readings]
        return [format_html(flag, places(at), top, foot, places(at - 4), top - 6, places(at + 4)) for at in ats]
    letters = '<path class="ib-need" d="M{0} {1}V{2}"/><text class="s-11 s-b {3}" x="{4}" y="{5}">{6}</text>'
    at = sorted(((x(value), letter) for letter, value in readings), reverse=True)
    drawn, above = [], None
    for line, letter in at:
        close = above is not None and above - line < 9
        side, spot = ("end", line - 1) if close else ("mid", line)
        drawn.append(format_html(letters, places(line), top - 1, foot, side, places(spot), places(top - 2.5), letter))
        above = line
    return drawn


def _beyond(values, declared, low: int, width: float, top: int, tall: int) -> list[SafeString]:
    """A chevron 5 px wide at each end that something lies beyond."""
    known = [float(value) for value in values if value not in (None, "")]
    middle, head, foot = places(top + tall / 2), top + 1, top + tall - 1
    dot = None if declared in (None, "") else float(declared) - low
    drawn = []
    if known and min(known) < low:  # beside a dot that is clamped to the same end, not under it
        tip = 5 if dot is not None and dot < 2 else 1
        drawn.append(
            format_html('<path class="ib-beyond" d="M{0} {2}L{1} {3}L{0} {4}Z"/>', tip + 5, tip, head, middle, foot)
        )
    if known and max(known) > low + WINDOW:
        tip = width - (5 if dot is not None and dot > WINDOW - 2 else 1)
        ends = places(tip - 5), places(tip)
        drawn.append(format_html('<path class="ib-beyond" d="M{0} {2}L{1} {3}L{0} {4}Z"/>', *ends, head, middle, foot))
    return drawn


def points_bar(points, *, widest=None) -> SafeString:
    """Points at stake, hatched: 50 px a point, unless the widest of the table would need more than 200 px.

    The number stands beside it as text, so the bar itself is hidden from readers.
    """
    most = max(float(widest if widest not in (None, "") else points), 0.02)
    scale = min(50.0, 200 / most)
    wide, whole = max(float(points) * scale, 2), places(max(most * scale, 2) + 1)
    box = places(wide - 1 if wide > 2 else 1)
    return format_html(
        '<svg width="{0}" height="14" viewBox="0 0 {0} 14" aria-hidden="true"><rect class="ib-maybe e-open" x=".5" y=".5" '
        'width="{1}" height="12"/><rect x=".5" y=".5" width="{1}" height="12" fill="url(#h-open)"/></svg>',
        whole, box,
    )  # fmt: skip


def answers_by_day(days: list[dict], asked: int) -> SafeString:
    """How the answers of a campaign came in: one column a day, as high as the answers there were by then, under what was asked.
    Of a single day there is no course, and nothing is drawn."""
    if len(days) < 2:
        return SafeString("")
    width, height, foot = 880, 110, 20
    step = width / len(days)
    bars = [
        (places(nth * step), places(height - tall), places(max(step - (1 if step > 4 else 0), 0.5)), places(tall))
        for nth, one in enumerate(days)
        if (tall := height * one["total"] / max(asked, 1))
    ]
    drawn = format_html_join("", '<rect class="ib-pass" x="{}" y="{}" width="{}" height="{}"/>', bars)
    said = _("%(total)s of %(asked)s answers on %(day)s") % {
        "total": days[-1]["total"], "asked": asked, "day": day(days[-1]["day"])
    }  # fmt: skip
    return format_html(
        '<svg class="fluid min-m" viewBox="0 0 {0} {1}" role="img" aria-label="{2}"><rect class="ib-track" width="{0}" height="{3}"/>{4}'
        '<text class="s-12 tx2" x="0" y="{5}">{6}</text><text class="s-12 tx2 end" x="{0}" y="{5}">{7}</text></svg>',
        width, height + foot, said, height, drawn, height + foot - 5, day(days[0]["day"]), day(days[-1]["day"]),
    )  # fmt: skip
