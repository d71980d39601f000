"""What stands in a workbook of answers: each column's key, which never changes, its words, and the fact it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from suppliers.facts import words
from suppliers.forms.claims import CORES, QUESTIONS, ROLES
from suppliers.forms.questions import Needed
from suppliers.forms.statements import NAFTA_PARAS, USMCA_PARAS
from suppliers.models import Cannot, Charge, Decline, Part, Source
from suppliers.models.declarations import CURRENCIES
from suppliers.models.parties import LANGUAGES

Choices = list[tuple[str, Any]]

# What a row of the first sheet answers.
DECLARE, KEEP, LATER = "declare", "keep", "later"
STATES: Choices = [
    (DECLARE, _("declare")),
    (KEEP, _("leave as it is")),
    (LATER, _("not yet known")),
    *Decline.Reason.choices,
]
YES_NO: Choices = [("true", _("yes")), ("false", _("no"))]
USES, METHODS = list(words.USES.items()), list(words.METHODS.items())
PARAS: Choices = [(para, para) for para, _said in NAFTA_PARAS]
USMCA: Choices = [(para, para) for para, _said in USMCA_PARAS]
CRITERIA: Choices = [(one, one) for one in words.CRITERIA]
MET: Choices = [("met", _("met")), ("not_met", _("not met"))]
KINDS: Choices = list(words.KINDS.items())


@dataclass(frozen=True, eq=False)  # each is itself: to hash its words would be to translate them
class Column:
    """``path``: where the fact stands in a declaration as plain data. ``law``, ``asks``: hidden unless a request needs it.
    ``rare``: hidden unless a row says it; may be missing from a file altogether."""

    key: str
    label: Any
    kind: str = "text"
    path: str = ""
    choices: tuple[tuple[str, Any], ...] = ()
    hint: Any = ""
    example: str = ""
    law: str = ""
    asks: str = ""
    rare: bool = False
    width: int = 12

    def needed(self, asked: Needed) -> bool:
        """Whether some request asks it; what nobody asks is in the workbook too, but folded away."""
        if self.law and self.law not in asked.laws:
            return False
        if self.path.startswith("claims.") and self.path.partition(".")[2] not in asked.claims:
            return False
        return not self.asks or bool(getattr(asked, self.asks))


def _c(key: str, label: Any, kind: str = "text", path: str = "", choices: Iterable = (), **more: Any) -> Column:
    return Column(key, label, kind, path, tuple(choices), **more)


ANSWERS = [
    _c("mark", _("Row"), "mark", rare=True),
    _c("part", _("Your part number"), "identity", hint=_("As your own papers write it."), example="BR-100", width=18),
    _c("description", _("Description"), "shown", hint=_("Shown only; changing it changes nothing."), example="Bracket", width=26),
    _c("state", _("Your answer"), "choice", choices=STATES, width=18, example=DECLARE,
       hint=_("Empty: no answer about this part in this file.")),
    _c("until", _("Known by"), "day", hint=_("Only if not yet known: the day by which it will be.")),
    _c("maker", _("Made by"), hint=_("Only if another company makes it: its name.")),
    _c("why", _("Why"), hint=_("If you do not declare: why, in a sentence."), width=24),
    _c("customers", _("Addressed to"), "buyers", hint=_("Codes of your customers, with a semicolon between them."), width=20,
       example="customer-code"),
    _c("begins", _("Holds from"), "day", "begins", hint=_("First day it holds."), example="2027-01-01"),
    _c("ends", _("Holds until"), "day", "ends", hint=_("First day it no longer holds."), example="2028-01-01"),
    _c("made_in", _("Made in"), "country", "made_in", hint=_("Two letters, as MX."), example="MX", width=9),
    _c("plant", _("Plant"), "plant", hint=_("Code of the plant, if the answer is about one plant.")),
    _c("plant_share", _("Share from this plant, %"), "portion", "plant_share",
       hint=_("Of your deliveries of this part; empty: all.")),
    _c("hs", _("HS code"), "code", "hs", hint=_("Six, eight or ten digits."), example="8708.29"),
    _c("hs_edition", _("HS edition"), path="hs_edition", rare=True),
    _c("uses", _("Made for"), "uses", "uses", USES, hint=_("With a semicolon between several."), example="light", width=20),
    _c("currency", _("Currency"), "choice", "currency", [(one, one) for one in CURRENCIES], example="USD", width=9,
       hint=_("Of every amount about this part.")),
    _c("price", _("Price"), "amount", "price", hint=_("What your customer pays for one, without freight."), example="12.50"),
    _c("fiscal_year", _("Fiscal year from"), "day", "fiscal_year_start", rare=True),
    _c("nafta_para", _("NAFTA paragraph"), "choice", "statements.nafta.para", PARAS, law="nafta",
       hint=_("nil: holds no listed import; c to h: s.9(2).")),
    _c("nafta_amount", _("NAFTA amount"), "amount", "statements.nafta.amount", law="nafta"),
    _c("nafta_percent", _("NAFTA regional value, %"), "percent", "statements.nafta.percent", law="nafta"),
    _c("nafta_net_cost", _("NAFTA net cost"), "amount", "statements.nafta.net_cost", law="nafta"),
    _c("nafta_vnm", _("NAFTA non-originating materials"), "amount", "statements.nafta.vnm", law="nafta"),
    _c("nafta_averaged", _("NAFTA averaged over"), path="statements.nafta.averaged", law="nafta", rare=True),
    _c("nafta_use", _("NAFTA: for"), "choice", "statements.nafta.use", USES, law="nafta", rare=True),
    _c("usmca_originates", _("USMCA originates"), "choice", "statements.usmca.originates", YES_NO, law="usmca"),
    _c("usmca_criterion", _("USMCA criterion"), "choice", "statements.usmca.criterion", CRITERIA, law="usmca"),
    _c("usmca_method", _("USMCA method"), "choice", "statements.usmca.method", METHODS, law="usmca"),
    _c("usmca_para", _("USMCA paragraph"), "choice", "statements.usmca.para", USMCA, law="usmca",
       hint=_("For a buyer who accumulates: 9a: UR 9(2)(a), 9b: 9(2)(b), 9-3: 9(3).")),
    _c("usmca_amount", _("USMCA amount"), "amount", "statements.usmca.amount", law="usmca", hint=_("Only with 9b.")),
    _c("usmca_net_cost", _("USMCA net cost"), "amount", "statements.usmca.net_cost", law="usmca", hint=_("Only with 9a.")),
    _c("usmca_vnm", _("USMCA non-originating materials"), "amount", "statements.usmca.vnm", law="usmca",
       hint=_("Only with 9a or 9-3.")),
    _c("usmca_percent", _("USMCA regional value, %"), "percent", "statements.usmca.percent", law="usmca", rare=True),
    _c("usmca_use", _("USMCA: for"), "choice", "statements.usmca.use", USES, law="usmca", rare=True),
    _c("usmca_averaged", _("USMCA averaged over"), path="statements.usmca.averaged", law="usmca", rare=True),
    _c("aala_ge70", _("AALA: 70 % or more"), "choice", "statements.aala.ge70", YES_NO, law="aala"),
    _c("aala_pct5", _("AALA: % to the nearest 5"), "percent", "statements.aala.pct5", law="aala"),
    _c("aala_pct", _("AALA: exact %"), "percent", "statements.aala.pct", law="aala", rare=True),
    _c("aala_origin", _("AALA country of origin"), "country", "statements.aala.origin", law="aala"),
    _c("aala_engine", _("AALA engine made in"), "country", "statements.aala.engine_origin", law="aala"),
    _c("aala_transmission", _("AALA transmission made in"), "country", "statements.aala.transmission_origin", law="aala"),
    _c("eu_originates", _("EU–UK originates"), "choice", "statements.eu-uk.originates", YES_NO, law="eu-uk"),
    _c("eu_origin", _("EU–UK country of origin"), "country", "statements.eu-uk.origin", law="eu-uk"),
    _c("eu_agreements", _("Preferential trade with"), path="statements.eu-uk.agreements", law="eu-uk"),
    _c("eu_cumulation", _("Cumulation applied with"), path="statements.eu-uk.cumulation", law="eu-uk"),
    _c("claim_shift", _("Tariff shift"), "choice", "claims.shift", MET),
    _c("claim_basis", _("Basis relied on"), "choice", "claims.basis", QUESTIONS["basis"].choices[1:]),
    _c("claim_table", _("USMCA table"), path="claims.table", hint=_("A.1, B, C …")),
    _c("claim_requirement", _("Required regional value, %"), "percent", "claims.requirement"),
    _c("claim_core", _("Core part"), "choice", "claims.core", CORES[1:]),
    _c("claim_role", _("Role"), "choice", "claims.role", ROLES[1:]),
    _c("claim_listed", _("Listed"), path="claims.listed"),
    _c("claim_marking_origin", _("Marking origin"), "country", "claims.marking_origin"),
    _c("claim_tv_allowed", _("Transaction value open"), "choice", "claims.tv_allowed", YES_NO),
    _c("claim_substantial", _("Substantial transformation"), "choice", "claims.substantial", YES_NO),
    _c("claims_why", _("On what you base it"), path="claims_why", width=24),
    _c("base", _("Made from"), "base", rare=True, hint=_("Kept by the portal: which version this row was made from.")),
]  # fmt: skip

INPUTS = [
    _c("mark", _("Row"), "mark", rare=True),
    _c("part", _("Goes into your part"), "identity", hint=_("A part of the first sheet."), example="BR-100", width=18),
    _c("plant", _("Plant"), "plant", rare=True),
    _c("item", _("Part or material"), "item", "item", hint=_("Its number, as you buy or make it."), example="ST-9", width=18),
    _c("description", _("Description"), path="description", example="Sheet steel", width=26),
    _c("hs", _("HS code"), "code", "hs", example="7209.16"),
    _c("hs_edition", _("HS edition"), path="hs_edition", rare=True),
    _c("quantity", _("Quantity in one"), "quantity", "quantity", hint=_("How much of it goes into one."), example="0.8"),
    _c("unit", _("Unit"), "choice", "unit", Part.Unit.choices, example="kg"),
    _c("minor", _("Fastener or fluid"), "choice", "minor", YES_NO, rare=True),
    _c("directed", _("Seller named by the customer"), "choice", "directed", YES_NO, rare=True),
    _c("consigned", _("Supplied free by the customer"), "choice", "consigned", YES_NO, rare=True),
    _c("how", _("Bought, imported, made"), "choice", "source.how", Source.How.choices, example="bought", width=16),
    _c("share", _("Share, %"), "share", "source.share", hint=_("Of this material; one row for each seller. Empty: all.")),
    _c("seller", _("Seller"), path="source.seller_name", example="Northern Steel", width=20),
    _c("seller_code", _("Seller’s code"), "seller", hint=_("Links to its own answer: its code in the portal.")),
    _c("seller_part", _("Seller’s part number"), "item", hint=_("Only where a seller sells several under one number of yours.")),
    _c("own_part", _("Your own part"), "own", "source.made_part", hint=_("Only if you make it: its number.")),
    _c("made_in", _("Made in"), "country", "source.made_in", example="US", width=9),
    _c("price", _("Price of one"), "amount", "source.price", hint=_("Paid, or the customs value if you imported it."), example="1.10"),
    _c("title", _("You became owner"), "choice", "source.title", Source.Title.choices),
    _c("rate", _("Exchange rate booked"), "rate", "source.rate", rare=True),
    _c("designated", _("Designated as intermediate"), "choice", "source.designated", YES_NO, rare=True),
    _c("basis", _("Its basis"), "choice", "source.basis", list(words.BASES.items()), rare=True),
    _c("allied", _("Allied seller"), "choice", "source.allied", YES_NO, rare=True),
    _c("related", _("Related seller"), "choice", "source.related", YES_NO, rare=True),
    *(_c(kind, label, "amount", f"charges.{kind}", rare=kind not in {"freight", "duty"}) for kind, label in KINDS),
    _c("leg", _("Freight leads to"), "choice", "leg", Charge.Leg.choices, width=18),
    _c("in_price", _("Already in the price"), "kinds", "in_price", KINDS, hint=_("Which of the charges, with a semicolon.")),
    _c("recoverable", _("You get back"), "kinds", "recoverable", KINDS, rare=True),
    _c("cannot", _("Answer cannot be had"), "choice", "cannot.reason", Cannot.Reason.choices, rare=True),
    _c("tried", _("Tried"), "tried", "cannot.tried", rare=True, hint=_("2026-10-01 by mail; 2026-10-15 by telephone")),
    _c("determined_ge70", _("Determined: 70 % or more"), "choice", "cannot.ge70", YES_NO, rare=True,
       hint=_("AALA: your own determination about a silent outside supplier. Needs what you tried and what it rests on.")),
    _c("determined_pct", _("Determined: %"), "percent", "cannot.pct", rare=True, hint=_("Only below 70 percent.")),
    _c("finding", _("Own finding"), path="cannot.determination", rare=True),
    _c("rests_on", _("It rests on"), path="cannot.basis", rare=True),
]  # fmt: skip

COSTS = [
    _c("mark", _("Row"), "mark", rare=True),
    _c("part", _("Your part number"), "identity", hint=_("A part of the first sheet."), example="BR-100", width=18),
    _c("plant", _("Plant"), "plant", rare=True),
    _c("own_us", _("Own value, US"), "amount", "own.US", example="4.20", hint=_("What your own work adds to one.")),
    _c("own_ca", _("Own value, CA"), "amount", "own.CA"),
    _c("own_mx", _("Own value, MX"), "amount", "own.MX"),
    _c("own_other", _("Own value, elsewhere"), "amount", "own.other"),
    _c("own_other_country", _("Elsewhere is"), "country", "own.where"),
    _c("cost_product", _("Product costs"), "amount", "costs.product", hint=_("Of making one, without materials."), example="6.10"),
    _c("cost_period", _("Period costs"), "amount", "costs.period"),
    _c("cost_other", _("Other costs"), "amount", "costs.other"),
    _c("cost_excluded_sales", _("Of these: sales promotion"), "amount", "costs.excluded_sales"),
    _c("cost_excluded_royalties", _("Of these: royalties"), "amount", "costs.excluded_royalties"),
    _c("cost_excluded_shipping", _("Of these: shipping and packing"), "amount", "costs.excluded_shipping"),
    _c("cost_excluded_interest", _("Of these: excess interest"), "amount", "costs.excluded_interest"),
    _c("cost_net", _("Net cost as booked"), "amount", "costs.net"),
    _c("cost_total", _("Total cost as booked"), "amount", "costs.total"),
]  # fmt: skip

SHEETS = {"answers": ANSWERS, "inputs": INPUTS, "costs": COSTS}
ERRORS = "errors"  # the column that the marked copy adds; never read
EXAMPLE = "example"  # in the hidden first column of the row that shows how to fill the sheet in


def values(column: Column) -> dict[str, str]:
    """What may be typed for each choice: its key, and its words in every language; a word of two keys is left out."""
    found: dict[str, set[str]] = {}
    for code, _name in LANGUAGES:
        with translation.override(code):
            for value, label in column.choices:
                found.setdefault(str(label).strip().casefold(), set()).add(value)
    clear = {word: next(iter(keys)) for word, keys in found.items() if len(keys) == 1}
    return clear | {value.casefold(): value for value, _label in column.choices}
