"""How long an answer and the papers behind it must be kept, law by law, and when the name under it may be erased.

The days are minima of the law; a contract, an open verification or a national rule may ask for more. No signed answer is
ever deleted here (suppliers/guards.py); what ends with the last clock is only the reason to keep a person's name.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from suppliers.models import Declaration

SIGNED, YEAR_END, PERIOD_END = "signed", "year_end", "period_end"
COUNTED = {
    SIGNED: _("from the day it was signed"),
    YEAR_END: _("from 31 December of the year it was signed in"),
    PERIOD_END: _("from the last day it covers"),
}


@dataclass(frozen=True)
class Rule:
    """One duty to keep: under which law, for whom, how many years from what, and where it is written."""

    law: str
    title: Any
    years: int
    counted: str  # SIGNED: the day of signing · YEAR_END: 31 December of its year · PERIOD_END: the last day it covers
    cite: str

    @property
    def says(self):
        """From when the years are counted, in words."""
        return COUNTED[self.counted]


RULES = (
    Rule("nafta", _("NAFTA, Mexico and the United States"), 5, SIGNED, "NAFTA Art. 505(a); 19 CFR 181.12(a)"),
    Rule("nafta", _("NAFTA, Canada"), 6, SIGNED, "SOR/97-71 ss. 2 to 4"),
    Rule("usmca", _("USMCA, maker or exporter that certifies"), 5, SIGNED, "USMCA Art. 5.8; 19 USC 1508(b)(5)"),
    Rule("usmca", _("USMCA, Canada"), 6, SIGNED, "SOR/97-71 ss. 2 to 4"),
    Rule("usmca", _("USMCA, your customer’s imports under it"), 5, PERIOD_END, "USMCA Art. 5.8; 19 CFR 182.15"),
    Rule("aala", _("American label, supplier"), 6, YEAR_END, "49 CFR 583.16"),
    Rule(
        "eu-uk", _("EU and United Kingdom, supplier’s declaration"), 3, YEAR_END, "Regulation (EU) No 952/2013 art. 51"
    ),
)


@dataclass(frozen=True)
class Clock:
    """One duty to keep one answer: ``until`` is the first day on which this law no longer asks for it."""

    rule: Rule
    until: dt.date


def clocks(declaration: Declaration, laws: Iterable[str]) -> list[Clock]:
    """The clocks that run on a signed answer, the longest last. An answer that opens its body counts under every law:
    the amounts that the law asks an immediate seller to state follow from it."""
    asked = set(laws)
    rows = [rule for rule in RULES if not asked or rule.law in asked]
    return sorted((Clock(rule, _until(rule, declaration)) for rule in rows), key=lambda row: row.until)


def kept_until(declaration: Declaration, laws: Iterable[str]) -> dt.date:
    """The first day on which no clock runs any more."""
    return clocks(declaration, laws)[-1].until


def laws_of(declarations: Iterable[Declaration]) -> dict[Any, set[str]]:
    """By answer: the laws its statements speak under; none, which means every law, where it holds a body or only claims."""
    rows = list(declarations)
    spoken: dict[Any, set[str]] = {row.pk: set() for row in rows}
    with_body = set(Declaration.objects.filter(pk__in=spoken, lines__isnull=False).values_list("pk", flat=True))
    told = Declaration.objects.filter(pk__in=spoken).exclude(pk__in=with_body)
    for key, law in told.values_list("pk", "statements__law"):
        if law:
            spoken[key].add(law)
    known = {rule.law for rule in RULES}
    return {key: laws & known for key, laws in spoken.items()}


def _until(rule: Rule, declaration: Declaration) -> dt.date:
    signed = declaration.signed_at.date()
    start = {
        SIGNED: signed, YEAR_END: dt.date(signed.year, 12, 31), PERIOD_END: declaration.ends - dt.timedelta(days=1),
    }[rule.counted]  # fmt: skip
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    return start.replace(year=start.year + rule.years, day=day) + dt.timedelta(days=1)
