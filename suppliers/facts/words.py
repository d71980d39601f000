"""What may be chosen in an answer, each key with its words: one list for the reader, the form, the page and the workbook."""

from django.utils.translation import gettext_lazy as _

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
