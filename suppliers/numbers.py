"""Numbers as people type and paste them: decided, never guessed."""

import re
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext as _

# How a language writes the point and the groups of what English writes as 1,234.56.
MARKS = {"fr-ca": str.maketrans({".": ",", ",": "\u00a0"})}
SPACES = "\u0020\u00a0\u202f\u2009'’"
_POINT = re.compile(r"\d+(\.\d+)?", re.ASCII)
_GROUPED = re.compile(
    r"\d{1,3}(?:(?P<group>[.,\u0020\u00a0\u202f\u2009'’])\d{3})(?:(?P=group)\d{3})*(?:(?P<point>[.,])\d+)?", re.ASCII
)


class NotANumber(ValueError):
    """What was typed is no number, or may be two; the text says which and how to mend it."""


def decimal(text: str, *, places: int = 6, whole: int = 9, machine: bool = False) -> Decimal:
    """A non-negative amount, quantity or percentage. Raises NotANumber.

    ``1234.5``, ``1234,5``, ``1,234.50``, ``1.234,50`` and ``1 234,50`` are clear. ``1.234`` and ``1,234`` may mean two
    things and are refused with the question; so are signs, exponents, underscores, foreign digits, NaN and infinity.
    What a ``machine`` wrote has a point and no groups, so there 1.234 is clear.
    """
    typed = text.strip()
    plain = typed if machine and _POINT.fullmatch(typed) else _plain(typed)
    digits, __, fraction = plain.partition(".")
    if len(fraction.rstrip("0")) > places:
        raise NotANumber(
            _("%(typed)s has more than %(places)s places after the point: round it, or choose a larger unit.")
            % {"typed": typed, "places": places}
        )
    if len(digits.lstrip("0")) > whole:
        raise NotANumber(
            _("%(typed)s is too large: %(whole)s digits before the point are the most. Is the currency right?")
            % {"typed": typed, "whole": whole}
        )
    return Decimal(plain)


def _plain(typed: str) -> str:
    if not typed.isascii() and not all(char.isascii() or char in SPACES for char in typed):
        raise NotANumber(_("%(typed)s holds characters that are no digits: type 0 to 9.") % {"typed": typed})
    if typed.startswith(("-", "−")):
        raise NotANumber(_("%(typed)s is negative: amounts and quantities are zero or more.") % {"typed": typed})
    lone = re.fullmatch(r"(\d{1,3})[.,](\d{3})", typed, re.ASCII)
    if lone and lone[1] != "0":
        raise NotANumber(
            _(
                "%(typed)s may mean %(whole)s%(rest)s or %(whole)s and %(rest)s thousandths: "
                "type %(whole)s%(rest)s, or %(whole)s.%(rest)s0."
            )
            % {"typed": typed, "whole": lone[1], "rest": lone[2]}
        )
    if _POINT.fullmatch(typed):
        return typed
    if re.fullmatch(r"\d+,\d+", typed, re.ASCII):
        return typed.replace(",", ".")
    grouped = _GROUPED.fullmatch(typed)
    if grouped and grouped["group"] != grouped["point"]:
        whole, point, fraction = typed.rpartition(grouped["point"]) if grouped["point"] else (typed, "", "")
        return whole.replace(grouped["group"], "") + ("." + fraction if point else "")
    raise NotANumber(_("%(typed)s is not a number: type digits and one point, as 1234.50.") % {"typed": typed})


def share(text: str, *, machine: bool = False) -> Fraction:
    """A share as people type it: ``60``, ``60 %``, ``1/3``; above nothing and at most all. Raises NotANumber."""
    typed = text.strip()
    ratio = re.fullmatch(r"(\d+)\s*/\s*(\d+)", typed, re.ASCII)
    if ratio and int(ratio[2]):
        value = Fraction(int(ratio[1]), int(ratio[2]))
    else:
        value = Fraction(decimal(typed.removesuffix("%").rstrip(), machine=machine)) / 100
    if not 0 < value <= 1:
        raise NotANumber(_("%(typed)s is no share: it lies above 0 and at most at 100.") % {"typed": typed})
    return value


def position(text: str) -> int | None:
    """A place in a list, or a count, as an address or a hidden field names it: plain digits, at most nine; else None. (``isdigit``
    holds of ² and of a million digits, and ``int`` takes neither.)"""
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


def written(value: Decimal | None) -> str:
    """A stored amount as a plain decimal without trailing zeros; None is ""."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def typed(text: str) -> str:
    """A plain decimal as a form shows it in the reader's language, so that reading it back is clear: 1.125 becomes 1.1250."""
    clear = text + "0" if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", text, re.ASCII) else text
    return local(clear) if _POINT.fullmatch(clear) else clear


def local(text: str) -> str:
    """A number as English writes it, 1,234.56, the way the language of the moment does."""
    return text.translate(MARKS.get(get_language() or "", {}))


def share_written(numerator: int, denominator: int) -> str:
    """A stored share in percent, or as a ratio where percent would not end."""
    value = Fraction(numerator, denominator) * 100
    if (value * 10**6).denominator == 1:
        return written(Decimal(value.numerator) / Decimal(value.denominator))
    return f"{numerator}/{denominator}"
