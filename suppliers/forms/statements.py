"""Statements as plain questions: law by law, what a supplier may say to its buyer, in which words and on which article."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from suppliers.facts import words
from suppliers.forms.posted import Facts
from suppliers.forms.questions import Needed, stated

Choices = list[tuple[str, Any]]
LAWS = words.LAWS
ABOUT = {
    "nafta": _("Under NAFTA, which held from 1994 to 2020"),
    "usmca": _("Under USMCA"),
    "aala": _("For the American label (AALA)"),
    "eu-uk": _("For preferential trade of the EU and the United Kingdom"),
}
NAFTA_PARAS = [
    ("nil", _("It contains no import of a listed provision: s.9(1)")),
    ("f", _("It originates, with its regional value content: s.9(2)(f)")),
    ("g", _("It originates, no value given: s.9(2)(g)")),
    ("c", _("Customs value of the import inside, importer holds title: s.9(2)(c)")),
    ("d", _("Customs value of the import inside, title passed later: s.9(2)(d)")),
    ("e", _("Price in a later sale: s.9(2)(e)")),
    ("h", _("An amount of (f) or (g), told on: s.9(2)(h)")),
    ("10b", _("Heavy vehicles: non-originating inputs of a listed material: s.10(1)(b)(ii)")),
    ("10d", _("Heavy vehicles: sum inside an originating component: s.10(1)(d)(i)")),
    ("10e", _("Heavy vehicles: sum inside a non-originating component: s.10(1)(e)(i)")),
    ("14a", _("Net cost and non-originating materials, to accumulate: s.14(2)(a)")),
    ("14b", _("An amount free of non-originating materials, to accumulate: s.14(2)(b)")),
]
USMCA_PARAS = [
    ("9a", _("Net cost and non-originating materials: UR 9(2)(a)")),
    ("9b", _("An amount of net cost free of non-originating materials: UR 9(2)(b)")),
    ("9-3", _("Non-originating materials, for the transaction-value method: UR 9(3)")),
]
YES_NO: Choices = [("", _("not said")), ("true", _("yes, it originates")), ("false", _("no, it does not"))]
METHODS: Choices = [("", ""), *words.METHODS.items()]
USES: Choices = [*words.USES.items()]
CHOICES: dict[str, Choices] = {
    "originates": YES_NO, "method": METHODS, "use": [("", _("every use")), *USES],
    "criterion": [("", ""), *words.CRITERIA.items()],
    "ge70": [("", _("not said")), ("true", _("yes, 70 percent or more")), ("false", _("no, less than 70 percent"))],
}  # fmt: skip
FIELDS = {
    "nafta": ("para", "amount", "percent", "net_cost", "vnm", "averaged"),
    "usmca": ("originates", "criterion", "method", "use", "para", "amount", "net_cost", "vnm", "averaged"),
    "aala": ("ge70", "pct5", "origin", "engine_origin", "transmission_origin", "pct"),
    "eu-uk": ("originates", "agreements", "cumulation"),
}
NAMES = (
    "law", "para", "originates", "amount", "percent", "net_cost", "vnm", "criterion", "method", "use", "averaged",
    "ge70", "pct5", "pct", "origin", "engine_origin", "transmission_origin", "agreements", "cumulation",
)  # fmt: skip
# label, help, citation, kind of control
WORDS: dict[str, tuple[Any, Any, str, str]] = {
    "nafta.para": (_("What can you state of it?"), _("Leave it open if you would rather enter what goes into it."), "NAFTA Regs s.9", ""),
    "usmca.para": (_("For a buyer who accumulates"), _("Only if you make it and wish to give the amount."), "UR 9", ""),
    "usmca.originates": (_("Does it originate?"), "", "USMCA Art. 4.2; UR 3", ""),
    "eu-uk.originates": (_("Does it originate?"), _("Of the kind a supplier’s declaration states."), "Reg. (EU) 2015/2447 Annex 22-16", ""),
    "criterion": (_("By which criterion?"), "", "USMCA Annex 5-A, element 7", ""),
    "method": (_("By which method, if by value or shift?"), "", "UR 7(1)", ""),
    "use": (_("For which use?"), _("Percentages differ by vehicle."), "UR 14, 15, 20", ""),
    "amount": (_("Amount in one"), _("In the currency above."), "", "num"),
    "percent": (_("Its regional value content, percent"), _("Only with (f)."), "s.9(2)(f)", "num"),
    "net_cost": (_("Net cost of one"), "", "s.14(2)(a); UR 9(2)(a)", "num"),
    "vnm": (_("Non-originating materials in one"), "", "s.14(2)(a); UR 9(2)(a), (3)", "num"),
    "averaged": (_("Averaged over, if it is"), _("Category and period."), "s.12(3); UR 9(4), (5)", ""),
    "ge70": (_("Was at least 70 percent of its value added in the United States and Canada?"), "", "49 CFR 583.10", ""),
    "pct5": (_("If less: percent to the nearest 5"), _("0, 5, 10 … 70."), "49 CFR 583.10", "num"),
    "origin": (_("Country of origin"), _("Two letters, as MX."), "49 CFR 583.7(c)", "country"),
    "engine_origin": (_("Its origin in an engine"), _("Only if it may go into one."), "49 CFR 583.8(c)", "country"),
    "transmission_origin": (_("Its origin in a transmission"), _("Only if it may go into one."), "49 CFR 583.8(c)", "country"),
    "pct": (_("Allied supplier: exact percentage"), _("Only if the vehicle’s maker owns you wholly."), "49 CFR 583.11", "num"),
    "agreements": (_("Preferential trade with"), _("Countries or groups, as on the declaration."), "", ""),
    "cumulation": (_("Cumulation applied with"), _("Leave it empty if none was applied."), "", ""),
}  # fmt: skip
AMOUNTS = "c d e h 10b 10d 10e 14b 9b"
WHEN = {
    "amount": AMOUNTS,
    "percent": "f",
    "net_cost": "14a 9a",
    "vnm": "14a 9a 9-3",
    "averaged": f"{AMOUNTS} 14a 9a 9-3",
}
KEPT_FOR_ANY = ("criterion", "method", "use")


def completed(facts: Facts, asked: Needed) -> list[Facts]:
    """The statements said so far, and an empty one for each law that asks for one: those said stand first."""
    missing = [law for law in LAWS if law in asked.laws and not _any(facts, law)]
    return [*(facts.get("statements") or []), *({"law": law} for law in missing)]


def _any(facts: Facts, law: str) -> bool:
    return any(row.get("law") == law for row in facts.get("statements") or [])


def paras(law: str, asked: Needed) -> Choices:
    """The paragraphs of a law to choose from: those that the request's rulebook discloses, and those for heavy goods and sums."""
    if law == "usmca":
        return [("", _("nothing of the kind")), *USMCA_PARAS]
    open_to = asked.paras or {key for key, _said in NAFTA_PARAS}
    found = [(key, said) for key, said in NAFTA_PARAS if key in open_to or key[:2] in {"10", "14"}]
    return [("", _("nothing")), *found]


def choices(law: str, asked: Needed) -> dict[str, Choices]:
    return CHOICES | {"para": paras(law, asked)}


def questions(law: str, cells: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of one statement in the order of asking; any further field only where it says something already."""
    own = FIELDS.get(law, ())
    names = [*own, *(name for name in NAMES if name not in (*own, "law") and (cells[name].value or cells[name].noted))]
    return [_question(law, name, cells[name]) for name in names]


def _question(law: str, name: str, cell: Any) -> dict[str, Any]:
    label, text, cite, kind = WORDS.get(f"{law}.{name}") or WORDS.get(name) or (name, "", "", "")
    wide = name in {"para", "ge70", "averaged", "agreements", "cumulation"}
    css = "col-12 col-md-8" if name in {"para", "ge70"} else "col-12 col-md-6" if wide else "col-6 col-md-4"
    return {
        "cell": cell,
        "label": label,
        "help": text,
        "cite": cite,
        "kind": kind,
        "when": WHEN.get(name, ""),
        "css": css,
    }


def unsaid(asked: Needed, facts: Facts) -> list[str]:
    """The laws of the request under which nothing is stated yet."""
    return [law for law in LAWS if law in asked.laws and not stated(facts, law)]
