"""What an answer says, law by law, as positions on questions: two answers can then be held side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers import hs, numbers
from suppliers.facts.reading import Facts

LAWS = {
    "nafta": gettext_lazy("NAFTA"),
    "usmca": gettext_lazy("USMCA"),
    "aala": "AALA",
    "eu-uk": gettext_lazy("EU and United Kingdom"),
}
YES = gettext_lazy("it originates")
NO = gettext_lazy("it does not originate")
NIL = gettext_lazy("it holds no import of a listed provision")


@dataclass(frozen=True)
class Position:
    """One answer to one question of one law. Two positions on the same question with unlike values contradict each other.

    ``scope`` narrows it (uses, agreements): with no member in common both may be true. An empty scope is everything.
    """

    code: str
    question: tuple[str, ...]
    value: Any
    words: str
    path: str
    cite: str
    scope: frozenset[str] = frozenset()

    def against(self, other: "Position") -> bool:
        apart = self.scope and other.scope and not self.scope & other.scope
        return self.question == other.question and self.value != other.value and not apart


def positions(facts: Facts) -> list[Position]:
    """Every position an answer takes."""
    return [*_of_part(facts), *_of_claims(facts), *_of_statements(facts)]


def _of_part(facts: Facts) -> Iterator[Position]:
    if facts["made_in"]:
        words = _("it is made in %(country)s") % {"country": facts["made_in"]}
        yield Position("K1", ("made_in",), facts["made_in"], words, "made_in", "19 CFR 182.12; 49 CFR 583.10")
    code = hs.digits(facts["hs"] or facts.get("part_hs") or "")[:6]
    if len(code) == 6:
        words = _("its HS code is %(code)s") % {"code": f"{code[:4]}.{code[4:]}"}
        yield Position("K2", ("hs", facts["hs_edition"]), code, words, "hs", "USMCA Annex 5-A, element 6")


CLAIMS = {
    "shift": ("19 CFR 182.12", {
        "met": gettext_lazy("the tariff shift is met"), "not_met": gettext_lazy("the tariff shift is not met")}),
    "listed": ("NAFTA Regs Schedule IV; USMCA Annex, Table A.2", {}),
    "table": ("USMCA Annex, Tables A.1 to F", {}),
    "marking_origin": ("19 CFR 102", {}),
    "substantial": ("49 CFR 583.4", {}),
}  # fmt: skip


def _of_claims(facts: Facts) -> Iterator[Position]:
    for index, row in enumerate(facts["claims"]):
        if row["key"] in CLAIMS:
            cite, known = CLAIMS[row["key"]]
            plain = {"true": "met", "false": "not_met"}.get(row["value"], row["value"])
            said = {"claim": row["key"].replace("_", " "), "value": row["value"]}
            words = str(known.get(plain) or _("the claim “%(claim)s” is %(value)s") % said)
            yield Position("K3", ("claim", row["key"]), plain, words, f"claims.{index}.value", cite)


def _of_statements(facts: Facts) -> Iterator[Position]:
    readers = {"nafta": _nafta, "usmca": _usmca, "aala": _aala, "eu-uk": _eu}
    for index, row in enumerate(facts["statements"]):
        if row["law"] in readers:
            scope = frozenset([row["use"]] if row["use"] else facts["uses"])
            yield from readers[row["law"]](f"statements.{index}.", row, scope, facts["currency"])


def _law(words: str, law: str) -> str:
    return _("%(words)s under %(law)s") % {"words": words, "law": LAWS[law]}


def _origin(at: str, row: Facts, scope: frozenset[str], cite: str) -> Iterator[Position]:
    by_paragraph = True if row["law"] == "nafta" and row["para"] in {"f", "g"} else None
    for value, path in ((row["originates"], "originates"), (by_paragraph, "para")):
        if value is not None:
            words = _law(str(YES if value else NO), row["law"])
            yield Position("K4", (row["law"], "originates"), value, words, at + path, cite, scope)


AMOUNTS = {"c", "d", "h", "14a", "14b", "9a", "9b", "9-3"}  # facts of the part; (e) is the price of one sale


def _amounts(at: str, row: Facts, currency: str, cite: str) -> Iterator[Position]:
    for key in ("amount", "net_cost", "vnm"):
        if row["para"] in AMOUNTS and row[key]:
            said = {"para": row["para"], "amount": numbers.typed(row[key]), "currency": currency}
            words = _law(_("paragraph (%(para)s) gives %(amount)s %(currency)s") % said, row["law"])
            question = (row["law"], row["para"], key, currency, row["averaged"])
            yield Position("K5", question, Decimal(row[key]), words, at + key, cite)


def _nafta(at: str, row: Facts, scope: frozenset[str], currency: str) -> Iterator[Position]:
    yield from _origin(at, row, scope, "Regs s.9(2)(f), (g)")
    yield from _amounts(at, row, currency, "Regs s.9(2)")
    if row["para"] == "nil":
        yield Position("K5", ("nafta", "nil"), True, str(NIL), at + "para", "Regs s.9(1)")
    elif row["para"] in {"c", "d", "e", "h"} and Decimal(row["amount"] or 0) > 0:
        words = _("it holds listed imports of %(amount)s %(currency)s under paragraph (%(para)s)") % {
            "amount": numbers.typed(row["amount"]), "currency": currency, "para": row["para"],
        }  # fmt: skip
        yield Position("K5", ("nafta", "nil"), False, words, at + "amount", "Regs s.9(1)")
    if row["para"] == "f" and row["percent"]:
        words = _("its regional value content is %(percent)s percent") % {"percent": numbers.typed(row["percent"])}
        yield Position("K5", ("nafta", "f"), Decimal(row["percent"]), words, at + "percent", "Regs s.9(2)(f)", scope)


def _usmca(at: str, row: Facts, scope: frozenset[str], currency: str) -> Iterator[Position]:
    yield from _origin(at, row, scope, "19 CFR 182.12(a)(4)")
    yield from _amounts(at, row, currency, "UR 9")
    if row["criterion"]:
        words = _("origin criterion %(criterion)s holds under USMCA") % {"criterion": row["criterion"]}
        cite = "USMCA Annex 5-A, element 7"
        yield Position("K4", ("usmca", "criterion"), row["criterion"], words, at + "criterion", cite, scope)


def _aala(at: str, row: Facts, scope: frozenset[str], currency: str) -> Iterator[Position]:
    low = {key: Decimal(row[key]) for key in ("pct5", "pct") if row[key] != ""}
    if row["ge70"] is not None:
        yield Position("K6", ("aala", "ge70"), row["ge70"], str(SEVENTY[row["ge70"]]), at + "ge70", "49 CFR 583.10(a)")
    for key, value in low.items():
        words = _("%(percent)s percent of its value is U.S. and Canadian") % {"percent": numbers.typed(row[key])}
        yield Position("K6", ("aala", "ge70"), value >= 70, words, at + key, "49 CFR 583.10(a), 583.11")
        yield Position("K6", ("aala", key), value, words, at + key, "49 CFR 583.10(a), 583.11")
    for key, words in AALA_ORIGINS.items():
        if row[key]:
            said = str(words) % {"country": row[key]}
            yield Position("K7", ("aala", key), str(row[key]), said, at + key, "49 CFR 583.10(a), 583.12")


SEVENTY = {
    True: gettext_lazy("at least 70 percent of its value is U.S. and Canadian"),
    False: gettext_lazy("less than 70 percent of its value is U.S. and Canadian"),
}
AALA_ORIGINS = {
    "origin": gettext_lazy("its country of origin is %(country)s under AALA"),
    "engine_origin": gettext_lazy("the engine it goes into is of %(country)s under AALA"),
    "transmission_origin": gettext_lazy("the transmission it goes into is of %(country)s under AALA"),
}


def _eu(at: str, row: Facts, scope: frozenset[str], currency: str) -> Iterator[Position]:
    agreed = frozenset(row["agreements"].replace(",", " ").upper().split())
    yield from _origin(at, row, agreed, "Implementing Regulation (EU) 2015/2447 art. 61, 62")
    if row["origin"]:
        words = _law(_("its origin is %(country)s") % {"country": row["origin"]}, "eu-uk")
        cite = "Implementing Regulation (EU) 2015/2447 art. 61, 62"
        yield Position("K7", ("eu-uk", "origin"), str(row["origin"]), words, at + "origin", cite, agreed)
