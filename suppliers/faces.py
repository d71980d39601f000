"""The face of an answer: exactly what a customer to whom it is addressed is shown, and what each law lets go up to it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from suppliers import forms
from suppliers.facts.reading import Facts
from suppliers.models import Declaration
from tracing import rulebooks

# What the [disclosure] tables of the rulebooks call a field, in words.
WORDS = {
    "status": _("whether it is signed and complete"), "period": _("the period"), "originates": _("that it originates, or not"),
    "criterion": _("the origin criterion"), "ge70": _("at least 70 percent U.S. and Canadian, or not"),
    "pct5": _("below 70 percent: the nearest 5"), "origin": _("the country of origin under this law"),
    "marking_origin": _("the country marked on it"), "made_in": _("the country where you make it"),
    "engine_origin": _("the country of an engine part"), "transmission_origin": _("the country of a transmission part"),
}  # fmt: skip
STATED = _("the amounts of Regs s.9(2)(c) to (h), where you state them")


def of(declaration: Declaration, facts: Facts) -> dict[str, Any]:
    """What the face page prints of a signed answer: nothing else of it reaches a customer by any page."""
    return {"declaration": declaration, "statements": [forms.statement(row) for row in facts["statements"]]}


def schedules() -> list[dict[str, Any]]:
    """Law by law: what its [disclosure] lets your customer see, and the provision it follows."""
    found = []
    for name in rulebooks.ids():
        law = rulebooks.rulebook(name)
        given = law.disclosure
        found.append({"title": law.title, "buyer": words(given["supplier_buyer"]), "cite": given["cite"]})
    return found


def words(keys: list[str]) -> list[Any]:
    """Fields of a schedule in words; the lettered statements of NAFTA are one."""
    plain = [WORDS.get(key, key.replace("_", " ")) for key in keys if not key.startswith("statement.")]
    return [*plain, STATED] if len(plain) < len(keys) else plain
