"""Numbers as the law needs them: exact rationals inside, decimal strings at the edge."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

DIGITS = 34
_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
_SHARE = re.compile(r"[0-9]+/[1-9][0-9]*", re.ASCII)


def exact(text: str) -> Fraction:
    """A plain decimal (``-12.50``) as a rational; raises ValueError for anything else, NaN and 1e5 included."""
    if not isinstance(text, str) or not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return Fraction(text)


def share(text: str) -> Fraction:
    """A share: a plain decimal or a ratio of whole numbers (``1/3``)."""
    if isinstance(text, str) and _SHARE.fullmatch(text):
        return Fraction(text)
    return exact(text)


def terminates(value: Fraction) -> bool:
    """Whether it has a finite decimal expansion."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def text(value: Fraction | None, *, up: bool = False) -> str:
    """As a plain decimal string: exact where it ends, else 34 digits toward failing (down unless ``up``). None is ""."""
    if value is None:
        return ""
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    width = DIGITS
    if terminates(value):
        width = len(str(abs(value.numerator))) + 4 * len(str(value.denominator)) + 4
    context = Context(prec=max(width, DIGITS), rounding=rounding)
    number = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    written = format(number, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in {"-0", ""} else written


def ratio(value: Fraction | None) -> str:
    """As an exact fraction string, ``600/11`` or ``40``."""
    return "" if value is None else str(value)


def half_up(value: Fraction) -> int:
    """floor(x + 1/2), also below zero: the one rounding step of the integer run."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
