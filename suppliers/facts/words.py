"""What may be chosen in an answer, each key with its words: one list for the reader, the form, the page and the workbook."""

from decimal import Decimal

from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from suppliers import numbers
from suppliers.models import Cannot, Charge, Part, Source

# Read once: an enumeration makes its list anew, words and all, each time it is asked.
KINDS, UNITS, HOWS, REASONS = map(
    dict, (Charge.Kind.choices, Part.Unit.choices, Source.How.choices, Cannot.Reason.choices)
)
LEGS, TITLES = dict(Charge.Leg.choices), dict(Source.Title.choices)
BASES = {"shift": _("tariff shift"), "rvc": _("regional value")}
METHODS = {"NC": _("net cost"), "TV": _("transaction value"), "TS": _("tariff shift")}
USES = {
    "light": _("cars and light trucks"), "heavy": _("heavy trucks"), "other": _("other vehicles"), "aftermarket": _("aftermarket"),
}  # fmt: skip
LAWS = {"nafta": _("NAFTA"), "usmca": _("USMCA"), "aala": "AALA", "eu-uk": _("EU and United Kingdom")}
CRITERIA = {
    "A": _("A: wholly obtained or produced"), "B": _("B: foreign inputs that meet the product rule"),
    "C": _("C: only from originating materials"), "D": _("D: the special case of Art. 4.2(d)"),
}  # fmt: skip
COUNTED = {
    "pc": ngettext_lazy("%(quantity)s piece", "%(quantity)s pieces", "count"),
    "set": ngettext_lazy("%(quantity)s set", "%(quantity)s sets", "count"),
    "kg": ngettext_lazy("%(quantity)s kilogram", "%(quantity)s kilograms", "count"),
    "m": ngettext_lazy("%(quantity)s metre", "%(quantity)s metres", "count"),
    "m2": ngettext_lazy("%(quantity)s square metre", "%(quantity)s square metres", "count"),
    "l": ngettext_lazy("%(quantity)s litre", "%(quantity)s litres", "count"),
    "100": ngettext_lazy("%(quantity)s hundred pieces", "%(quantity)s hundreds of pieces", "count"),
    "1000": ngettext_lazy("%(quantity)s thousand pieces", "%(quantity)s thousands of pieces", "count"),
}


def counted(quantity: str, unit: str) -> str:
    """A stored quantity with its unit in the number that the language asks for: 1 piece, 4 pieces, 0.5 kilograms."""
    value = Decimal(quantity)
    single = value < 2 if get_language() == "fr-ca" else value == 1  # French says one of everything below two
    return COUNTED[unit] % {"quantity": numbers.local(quantity), "count": 1 if single else 2}
