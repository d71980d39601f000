"""Tags and filters of every page: marks, figures, days, controls and findings, said the same way everywhere."""

import datetime as dt
import re

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from suppliers import pictures

register = template.Library()

GAPS = {
    "missing": "no answer",
    "expired": "expired",
    "refused": "refused",
    "cannot": "cannot be obtained",
    "unobtainable": "cannot be obtained",
    "contradictory": "contradictory",
    "undetermined": "undetermined",
    "incomplete": "incomplete",
    "below": "incomplete below this supplier",
    "withdrawn": "withdrawn",
    "review": "to review",
}


@register.filter
def words(text: str) -> list[str]:
    return text.split()


# ---- marks and small pictures ----


@register.simple_tag
def mark(name: str, size: int = 14) -> SafeString:
    """``{% mark "stops" %}``: the shape alone, hidden from readers."""
    return pictures.mark(name, size=size)


@register.simple_tag
def verdict(name: str, word: str = "", light: bool = False) -> SafeString:
    """``{% verdict test.result %}`` or ``{% verdict "fail" "A fails" %}``: shape, word and colour."""
    return pictures.verdict(name, word=word, light=light)


@register.simple_tag
def progress(done: int, total: int, label: str, busy: bool = False) -> SafeString:
    """``{% progress 27 31 "Questions answered" %}``."""
    return pictures.progress(done, total, label=label, busy=busy)


@register.simple_tag
def stacked(parts, label: str) -> SafeString:
    """``{% stacked parts "Answers" %}`` with parts = [("signed", 12, "pass"), …]."""
    return pictures.stacked(parts, label=label)


@register.simple_tag
def adds_up(parts, price, price_word: str = "price") -> SafeString:
    """``{% adds_up parts price %}`` with parts = [("Inputs", 1003.57), …]."""
    return pictures.adds_up(parts, price=price, price_word=price_word)


@register.filter
def gap_word(kind: str) -> str:
    """A gap's kind in plain words."""
    return GAPS.get(kind, kind)


@register.filter
def origin_categories(used=None):
    """The categories of a picture in their fixed order: those it uses, or the six of origin."""
    return [one for one in pictures.ORIGINS if one[0] in used] if used else pictures.ORIGINS[:6]


# ---- figures ----


@register.filter
def amount(value, digits: int = 2) -> str:
    """1,234.56; nothing known stays an empty text, never a zero."""
    return "" if value in (None, "") else pictures.grouped(value, digits)


@register.filter
def down(value, digits: int = 1) -> str:
    """A content share, rounded toward failing."""
    return "" if value in (None, "") else pictures.shown(value, digits=digits)


@register.filter
def up(value, digits: int = 1) -> str:
    """A foreign share or a best case, rounded up."""
    return "" if value in (None, "") else pictures.shown(value, digits=digits, up=True)


@register.simple_tag
def share(value, needed=None, digits: int = 1, up: bool = False) -> str:
    """``{% share test.best needed=test.threshold digits=0 up=True %}``: as many digits beside a threshold as it takes."""
    return "" if value in (None, "") else pictures.shown(value, digits=digits, up=up, needed=needed or None)


@register.filter
def signed(value, digits: int = 1) -> str:
    return "" if value in (None, "") else pictures.signed(value, digits=digits)


@register.simple_tag
def margin(verdict: str, worst, best, needed, digits: int = 1) -> str:
    """What stands beside a verdict: "+9.1 to spare", "−1.9 at best", "−2.4 … +3.4"."""
    if needed in (None, "") or worst in (None, "") or best in (None, ""):
        return ""
    low, high = (pictures.Decimal(str(value)) - pictures.Decimal(str(needed)) for value in (worst, best))
    if verdict == "pass":
        return f"{pictures.signed(low, digits=digits)} to spare"
    if verdict == "fail":
        return f"{pictures.signed(high, digits=digits, up=True)} at best"
    return f"{pictures.signed(low, digits=digits)} … {pictures.signed(high, digits=digits, up=True)}"


# ---- days ----


def _parsed(value):
    if isinstance(value, str) and value:
        return dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
    return value


@register.filter
def day(value) -> str:
    """22 Nov 2026, from a date, a moment or ISO text."""
    value = _parsed(value)
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.date_format(value, "j M Y") if value else ""


@register.filter
def moment(value) -> str:
    """22 Nov 2026, 14:05, in the reader's zone."""
    value = _parsed(value)
    if not value:
        return ""
    return formats.date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "j M Y, H:i")


@register.filter
def clock(value) -> str:
    """14:05."""
    return formats.date_format(timezone.localtime(value), "H:i") if value else ""


@register.simple_tag
def period(begins, ends) -> str:
    """ "1 Jan 2027 to 31 Dec 2027": periods are half-open, people read them with their last day."""
    last = _parsed(ends)
    return f"{day(begins)} to {day(last - dt.timedelta(days=1))}" if last else f"from {day(begins)}"


# ---- controls and findings ----


def _of(finding, name: str) -> str:
    value = finding.get(name) if isinstance(finding, dict) else getattr(finding, name, None)
    return "" if value is None else str(value)


@register.filter
def findings(found) -> list[dict]:
    """Findings of any make (dicts, the engine's, form errors) as fact, cure, code, cite, severity, kind and href."""
    out = []
    for one in found or []:
        said = _of(one, "message") or _of(one, "fact") or (one if isinstance(one, str) else "")
        fact, _, cure = re.sub(r"\s+", " ", said.strip()).partition(". ")
        severity = _of(one, "severity") or "stops"
        out.append(
            {
                "fact": fact.rstrip(".") + ".",
                "cure": _of(one, "cure") or cure,
                "code": _of(one, "code"),
                "cite": _of(one, "cite"),
                "severity": severity,
                "kind": pictures.kind_of(severity),
                "href": _of(one, "href"),
            }
        )
    return out


@register.filter
def errors_of(field) -> list[dict]:
    """A bound field's errors as findings; a check's code (S2) is shown, Django's own (required) is not."""
    found = []
    for error in field.errors.as_data():
        code = error.code if re.fullmatch(r"[A-Z]+\d+", error.code or "") else ""
        found += [{"message": text, "code": code, "severity": "stops"} for text in error.messages]
    return findings(found)


@register.filter
def form_findings(form) -> list[dict]:
    """Every error of a form, each leading to its field, for the summary at the top."""
    out = []
    for field in form:
        for one in errors_of(field):
            named = one["fact"] if one["code"] else f"{field.label}: {one['fact'][:1].lower()}{one['fact'][1:]}"
            out.append(dict(one, fact=named, href="#" + field.auto_id))
    return out + findings([{"message": text} for text in form.non_field_errors()])


@register.filter
def form_findings_or_none(form) -> list[dict]:
    return form_findings(form) if form else []


@register.filter
def joined(one: list, other: list) -> list:
    return [*one, *other]


@register.filter
def worst(found: list[dict]) -> str:
    """The kind the summary is drawn in: one that stops outweighs all that are worth a look."""
    return "fail" if any(one["kind"] == "fail" for one in found) else "open"


NUMERALS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]


@register.filter
def counted(found: list[dict]) -> str:
    """ "One thing stops this, two are worth a look"."""
    stops = sum(one["kind"] == "fail" for one in found)
    looks = len(found) - stops
    said = []
    if stops:
        number = NUMERALS[stops] if stops < len(NUMERALS) else str(stops)
        said.append(f"{number} thing stops this" if stops == 1 else f"{number} things stop this")
    if looks:
        number = NUMERALS[looks] if looks < len(NUMERALS) else str(looks)
        thing = "" if stops else " thing" if looks == 1 else " things"
        said.append(f"{number.lower() if stops else number}{thing} {'is' if looks == 1 else 'are'} worth a look")
    return ", ".join(said)


CLASSES = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}


@register.simple_tag
def control(field, label: str = "", found=None, css: str = "") -> SafeString:
    """``{% control form.share label="Row 3, share in percent" found=row.findings %}``: the widget, told what was found.

    ``found``: findings of checks at this field, beside the form's own errors; they are described by
    ``<id>_error``, which components/found.html writes. Without a visible label, give ``label``.
    """
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)  # it would vanish with the first key; the label stays
    kind = getattr(widget, "input_type", "")
    names = [CLASSES.get(kind, "form-control"), css]
    if field.field.__class__.__name__ in ("DecimalField", "IntegerField", "FloatField"):
        names.append("num")
    told = findings(found)
    attributes = {}
    if field.errors or any(one["kind"] == "fail" for one in told):
        attributes["aria-invalid"] = "true"
    elif told:
        names.append("query")
    described = [f"{field.auto_id}_helptext"] if field.help_text and not label else []
    if field.errors or told:
        described.append(f"{field.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if label:
        attributes["aria-label"] = label
    attributes["class"] = " ".join(filter(None, [widget.attrs.get("class", ""), *names]))
    return field.as_widget(attrs=attributes)


@register.filter
def is_tick(field) -> bool:
    return getattr(field.field.widget, "input_type", "") == "checkbox"


@register.filter
def is_group(field) -> bool:
    """Several boxes under one question: a fieldset, not a label."""
    return field.use_fieldset


@register.simple_block_tag
def scrolling(content, name: str) -> SafeString:
    """``{% scrolling "Gaps" %}<table>…{% endscrolling %}``: scrolls sideways by keyboard too, and says what it is."""
    return format_html('<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>', name, content)


@register.inclusion_tag("components/field.html")
def field(field, unit: str = "", law: str = "", css: str = "", found=None) -> dict:
    """``{% field form.price unit="USD for one" css="col-6" %}``: components/field.html, untouched by the page's own names."""
    return {"field": field, "unit": unit, "law": law, "css": css, "here": found}
