"""Claims as plain questions: what no engine can derive from facts, with the words of the law's article beside each."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from suppliers.facts.spoken import Law
from suppliers.forms.posted import Facts
from suppliers.forms.questions import Needed, claims_asked, components_of, tables_of

Choices = list[tuple[str, Any]]
NAMES = ("key", "value", "why")
YES: Choices = [("", _("not said")), ("true", _("yes")), ("false", _("no"))]
CORES: Choices = [
    ("", _("not said")), ("none", _("none of these")), ("engine", _("engine")), ("transmission", _("transmission")),
    ("body_and_chassis", _("body and chassis")), ("axle", _("axle")), ("suspension", _("suspension system")),
    ("steering", _("steering system")), ("battery", _("advanced battery")),
]  # fmt: skip
ROLES: Choices = [
    ("", _("not said")), ("none", _("none of these")), ("listed", _("a listed material")), ("component", _("a component")),
    ("assembly", _("a component assembly")), ("sub", _("a sub-component")),
]  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One claim: how it is asked, what helps to answer, the article, the answers to choose from (None: it is typed)."""

    ask: Any
    help: Any
    cite: str
    choices: Choices | None = None
    kind: str = ""


QUESTIONS = {
    "basis": Question(
        _("On which rule does its origin rest?"), _("Some rules of origin leave the choice. What you choose here binds this answer."),
        "NAFTA Regs s.9(2)(f), (g); UR 14",
        [("", _("not said")), ("shift", _("change of tariff classification")), ("rvc", _("regional value content")), ("both", _("both"))],
    ),
    "shift": Question(
        _("Does every foreign input change its tariff classification as the rule of this part demands?"),
        _("Compare the HS codes of the inputs with that of the part; small amounts may be left aside."),
        "NAFTA Art. 401(b), Regs s.4, s.5; UR 3, 5",
        [("", _("not said")), ("met", _("yes, all do")), ("not_met", _("no"))],
    ),
    "table": Question(
        _("Its code stands in more than one table: which describes it?"), _("The description decides, not the code."),
        "USMCA Automotive Appendix; UR 14, Tables A.1 to F",
    ),
    "requirement": Question(
        _("Which percentage does the rule of this part require?"), _("Only if its rule names one that no table of the law lists."),
        "NAFTA Regs s.13, Schedule I; USMCA Annex 4-B", None, "num",
    ),
    "tv_allowed": Question(
        _("Does its rule leave the transaction-value method open?"), "", "UR 7(6)", YES,
    ),
    "core": Question(
        _("Is it a core part of a car or light truck?"), _("The description decides, not the code."),
        "UR 14(4), Table A.2", CORES,
    ),
    "listed": Question(_("Is it one of these components of a core part?"), "", "UR 14(7)(b), Table A.2, column 2"),
    "role": Question(_("What is it in a heavy truck?"), "", "NAFTA Regs s.10, Schedule V; USMCA Table G", ROLES),
    "marking_origin": Question(
        _("Its country of origin under the marking rules"), _("Two letters, as MX."), "SOR/2025-118", None, "country",
    ),
    "substantial": Question(
        _("Does your work turn its inputs into a new and different article?"),
        _("A substantial transformation; assembly with a few screws is none."),
        "49 CFR 583.6(c)(4); Proclamation 10908", YES,
    ),
}  # fmt: skip


def completed(facts: Facts, asked: Needed) -> list[Facts]:
    """The claims made so far, and an empty one for each that must be asked: those made stand first."""
    rows = list(facts.get("claims") or [])
    made = {row.get("key") for row in rows}
    return [*rows, *({"key": key} for key in claims_asked(asked, facts) if key not in made)]


def choices(key: str, facts: Facts) -> Choices | None:
    """The answers to choose from; for a table or a component those that the part's own code leaves open."""
    code = str(facts.get("hs") or "")
    if key == "table" and tables_of(code):
        return [
            ("", _("not said")),
            *((name, Law(f"{name}: {words}")) for name, words in sorted(tables_of(code).items())),
            ("none", _("none")),
        ]
    if key == "listed" and components_of(code):
        return [("", _("not said")), *((name, Law(name)) for name in components_of(code)), ("none", _("none of these"))]
    return QUESTIONS[key].choices if key in QUESTIONS else None


def question(row: Facts, cells: dict[str, Any]) -> dict[str, Any]:
    """One claim as the page asks it; an unknown one by its own name."""
    one = QUESTIONS.get(str(row.get("key") or ""))
    asked = (
        {"label": one.ask, "help": one.help, "cite": one.cite, "kind": one.kind}
        if one
        else {"label": row.get("key") or "", "kind": ""}
    )
    return {"key": cells["key"], "value": cells["value"], "why": cells["why"], "known": one is not None} | asked
