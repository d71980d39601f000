"""Tags and filters of every page: marks, figures, days, controls and findings, said the same way everywhere."""

import re

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from suppliers import days, numbers, pictures
from suppliers.facts import spoken
from suppliers.forms import advice
from suppliers.models.parties import ROLE_NAMES, ROLES
from tracing.rulebooks import ids, rulebook

register = template.Library()

GAPS = {
    "missing": gettext_lazy("no answer"),
    "expired": gettext_lazy("expired"),
    "refused": gettext_lazy("refused"),
    "cannot": gettext_lazy("cannot be obtained"),
    "unobtainable": gettext_lazy("cannot be obtained"),
    "contradictory": gettext_lazy("contradictory"),
    "undetermined": gettext_lazy("undetermined"),
    "incomplete": gettext_lazy("incomplete"),
    "below": gettext_lazy("incomplete below this supplier"),
    "withdrawn": gettext_lazy("withdrawn"),
    "review": gettext_lazy("to review"),
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
def adds_up(parts, price, price_word: str = "") -> SafeString:
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
        return _("%(margin)s to spare") % {"margin": pictures.signed(low, digits=digits)}
    if verdict == "fail":
        return _("%(margin)s at best") % {"margin": pictures.signed(high, digits=digits, up=True)}
    return f"{pictures.signed(low, digits=digits)} … {pictures.signed(high, digits=digits, up=True)}"


# ---- days ----


register.filter("day", days.day)
register.filter("moment", days.moment)
register.filter("clock", days.clock)
register.simple_tag(days.period, name="period")
day, moment, clock, period = days.day, days.moment, days.clock, days.period


# ---- languages ----


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """``{% languages as all %}``: code and own name of each language the portal offers."""
    return [row for row in settings.LANGUAGES if row[0] in settings.LANGUAGES_OFFERED]


@register.filter
def english(text) -> SafeString:
    """Words of the law or of its data, which nobody here translates: marked as the English they are."""
    return format_html('<span lang="en" translate="no">{}</span>', text) if text not in (None, "") else SafeString()


@register.filter
def laws(rulebooks) -> SafeString:
    """Rulebooks by their titles, which are English."""
    return format_html_join("; ", "{}", ((english(rulebook(name).title),) for name in rulebooks if name in ids()))


@register.filter
def role_words(roles) -> str:
    """ "editor and certifier", in the reader's language."""
    said = ""
    for role in roles:
        word = str(ROLE_NAMES.get(role, role))
        said = _("%(one)s and %(other)s") % {"one": said, "other": word} if said else word
    return said


@register.filter
def roles_told(roles) -> list[tuple[str, str]]:
    """Each role with what it may do, for people who never saw one."""
    return [(str(ROLE_NAMES[role]), str(ROLES[role])) for role in roles if role in ROLES]


@register.filter
def either(names) -> str:
    """ "Ben or Ada", in the reader's language."""
    said = ""
    for name in map(str, names):
        said = _("%(one)s or %(other)s") % {"one": said, "other": name} if said else name
    return said


@register.filter
def read_back(value) -> str:
    """A plain decimal as an input field shows it: in the reader's language, and clear when it is read again."""
    return numbers.typed(str(value or ""))


@register.filter
def local(value) -> str:
    """A number that was already made a text in English, 62.5 or 1,234.56, the way the reader writes it."""
    return "" if value is None else numbers.local(str(value))


@register.filter
def percent(value) -> str:
    """62.5%; in Spanish and French with a space that does not break."""
    return _("%(number)s%%") % {"number": local(value)} if value not in (None, "") else ""


# ---- controls and findings ----


def _of(finding, name: str) -> str:
    value = finding.get(name) if isinstance(finding, dict) else getattr(finding, name, None)
    return "" if value is None else str(value)


@register.filter
def whom(code) -> str:
    """``{{ finding.code|whom }}``: who usually knows what this finding asks."""
    return str(advice.whom(str(code or "")))


@register.filter
def spoken_finding(finding) -> str:
    """``{{ one|spoken_finding }}``: what a check found, whole, in the reader's language."""
    return spoken.message(finding) or _of(finding, "message")


@register.filter
def findings(found) -> list[dict]:
    """Findings of any make (dicts, the engine's, form errors) as fact, cure, code, cite, severity, kind and href."""
    out = []
    for one in found or []:
        said = spoken.message(one) or _of(one, "message") or _of(one, "fact") or (one if isinstance(one, str) else "")
        fact, __, cure = re.sub(r"\s+", " ", said.strip()).partition(". ")
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
            bare = one["code"] or field.is_hidden  # what nobody sees has no name for people
            named = (
                one["fact"] if bare else f"{str(field.label).rstrip('.')}: {one['fact'][:1].lower()}{one['fact'][1:]}"
            )
            out.append(dict(one, fact=named, href="" if field.is_hidden else "#" + field.auto_id))
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


NUMERALS = [
    pgettext_lazy("numeral", "No"),
    pgettext_lazy("numeral", "One"),
    pgettext_lazy("numeral", "Two"),
    pgettext_lazy("numeral", "Three"),
    pgettext_lazy("numeral", "Four"),
    pgettext_lazy("numeral", "Five"),
    pgettext_lazy("numeral", "Six"),
    pgettext_lazy("numeral", "Seven"),
    pgettext_lazy("numeral", "Eight"),
    pgettext_lazy("numeral", "Nine"),
    pgettext_lazy("numeral", "Ten"),
]


def _numeral(count: int) -> str:
    return str(NUMERALS[count]) if count < len(NUMERALS) else str(count)


@register.filter
def counted(found: list[dict]) -> str:
    """ "One thing stops this, two are worth a look"."""
    stops = sum(one["kind"] == "fail" for one in found)
    looks = len(found) - stops
    said = []
    if stops:
        words = ngettext("%(number)s thing stops this", "%(number)s things stop this", stops)
        said.append(words % {"number": _numeral(stops)})
    if looks and stops:
        words = ngettext("%(number)s is worth a look", "%(number)s are worth a look", looks)
        said.append(words % {"number": _numeral(looks).lower()})
    elif looks:
        words = ngettext("%(number)s thing is worth a look", "%(number)s things are worth a look", looks)
        said.append(words % {"number": _numeral(looks)})
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
    """One box beside its own words; several under one question are a group."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


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
