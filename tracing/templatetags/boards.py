"""Small words of the board and the vehicle page."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suppliers.pictures import WORDS, grouped
from tracing import rulebooks, stakes, whys
from tracing.boards import letter
from tracing.filters import LABELS
from tracing.places import in_place

register = template.Library()
MILLION, BILLION = Decimal(10**6), Decimal(10**9)


@register.filter
def at(rows: dict, key: str):
    """``{{ row.cells|at:column.id }}``."""
    return rows.get(key)


@register.simple_tag
def address(wanted, **changes) -> str:
    """``?{% address wanted on=day %}``: the query that asks for the same with these changes."""
    said = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in changes.items()}
    return wanted.address(**said)


@register.filter
def filters_of(fleet) -> list[tuple[str, str, list[dict]]]:
    """Each filter with its label and what there is to choose; left out where every vehicle has the same."""
    found = []
    for name in ("programme", "plant", "kind", "market", "year"):
        chosen = getattr(fleet.wanted, name)
        rows = [row | {"chosen": row["value"] == chosen} for row in fleet.choices[name]]
        if len(rows) > 1 or chosen:
            found.append((name, LABELS[name], rows))
    return found


@register.filter
def short_sum(value: Decimal) -> str:
    """A large amount as it is spoken: "412 million", "8.3 million", "640,000"."""
    if abs(value) >= BILLION:
        return f"{value / BILLION:,.1f} billion"
    if abs(value) >= MILLION:
        return f"{value / MILLION:,.1f} million" if abs(value) < 100 * MILLION else f"{value / MILLION:,.0f} million"
    return f"{value:,.0f}"


@register.filter
def lettered(face: dict) -> str:
    """ "A fails", "B, C pass": the letters of the readings with their verdict."""
    word = WORDS[face["verdict"]].lower()
    several = "," in face["letters"] and face["verdict"] in {"pass", "fail"}
    return f"{face['letters']} {face['verdict'] if several else word}"


@register.filter
def retracing(due: int, vehicles: int) -> str:
    """ "2 of 7 vehicles are traced again; …"."""
    one = "vehicle is" if vehicles == 1 else f"of {vehicles} vehicles are" if due != 1 else f"of {vehicles} vehicles is"
    return f"{due} {one} being traced again; the figures below are complete for the time they say."


@register.filter
def law_key(face: dict) -> str:
    return face["rulebook"] + (f"~{face['reading']}" if face["reading"] else "")


@register.filter
def law_short(face: dict) -> str:
    """ "USMCA", "United States proposal of 2017, B"."""
    letter = f", {face['letter']}" if face["letter"] else ""
    return face["title"].split(",")[0] + letter


@register.filter
def law_name(face: dict) -> str:
    return face["title"].split(",")[0]


@register.filter
def lower_first(text: str) -> str:
    """ "Regional value" inside a sentence; names keep their capitals."""
    return text if text.startswith(("United States", "U.S.", "Canadian")) else text[:1].lower() + text[1:]


@register.filter
def cut_letter(label: str) -> str:
    return label.partition(": ")[2] or label


@register.filter
def gap_kind(kind: str) -> str:
    return {"unclassified": "HS code missing"}.get(kind, kind)


@register.filter
def settle_word(gap: dict) -> str:
    """What an answer decides: by itself, with how many others, perhaps, or nothing."""
    others = gap["together"] - 1 if gap["settle"] == "together" and gap["together"] else 0
    together = f"with {others} other{'' if others == 1 else 's'}" if others else "with others"
    return {"yes": "can settle it", "together": together, "perhaps": "perhaps", "no": "no"}[gap["settle"]]


NUMERALS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]

RANKED = "Ranked by what each is worth at most: the price you pay over your {base}."
BASES = {"ex_works": "ex-works price"}


def _number(count: int) -> str:
    return NUMERALS[count] if count < len(NUMERALS) else str(count)


@register.filter
def gap_headline(face: dict, gaps: list[dict]) -> str:
    """The section's title is its answer: which answers bring the vehicle over the line, or that none is missing."""
    alone = sum(gap["settle"] == "yes" for gap in gaps)
    together = min((gap["together"] for gap in gaps if gap["together"]), default=0)
    law = law_short(face)
    if not gaps:
        return f"Nothing is missing under {law}"
    if face["verdict"] != "open":
        verb = "passes" if face["verdict"] == "pass" else "fails"
        return f"{law}: it {verb} whatever the answers; {len(gaps)} {'is' if len(gaps) == 1 else 'are'} still open"
    if alone:
        return (
            f"One answer can settle {law} by itself"
            if alone == 1
            else f"{_number(alone)} answers can each settle {law}"
        )
    if together:
        return f"{_number(together)} answers together can settle {law}"
    return f"{law} is open, and whole points cannot tell which answers settle it"


@register.filter
def gap_lead(face: dict, gaps: list[dict]) -> str:
    """What is short, and what is reached if the answers that can settle it turn out regional."""
    test = next((row for row in face["ran"] if row["result"] == "open"), face["ran"][0] if face["ran"] else None)
    ranked = RANKED.format(base=BASES.get(face["base"], "net cost"))
    if test is None or face["verdict"] != "open":
        return ranked
    return f"{test['title']}: {test['worst']} at worst, {test['threshold']} needed, {test['best']} at best. {ranked}"


@register.filter
def ask_words(gaps: list[dict]) -> str:
    if len(gaps) == 1:
        return f"Ask {gaps[0]['seller']}"
    if len(gaps) == 2:
        return "Ask for both answers"
    return f"Ask for these {len(gaps)} answers" if gaps else "Ask suppliers"


@register.filter
def certifiable(face: dict) -> str:
    """What this result may become, said before anybody presses a button."""
    law = law_short(face)
    if face["verdict"] != "pass":
        return f"A certificate needs a verdict that passes; under {law} this one {'fails' if face['verdict'] == 'fail' else 'is open'}."
    said = (
        "A reviewer decides, with a reason; an officer then signs a traced-content certificate that names these tests."
    )
    if face["status"] != "law":
        return f"{said} It would say that {law} is a {face['status']} and gives no right to preference."
    if face["hypothetical"]:
        return f"{said} It would say on its face that {law} was not in force on that day."
    return said


PLAIN = {
    "absorb": _("all or nothing, at its own figure"),
    "all": _("everything"),
    "alternative_staging": _("alternative staging"),
    "any_good": _("any good"),
    "battery_cell": _("battery cell"),
    "battery_pack": _("battery pack"),
    "carline": _("carline"),
    "chassis_for_another_vehicle": _("chassis for another vehicle"),
    "content": _("its content by country"),
    "customs_value": _("customs value"),
    "documented": _("documented"),
    "electric_vehicle_from_2027": _("electric vehicle from 2027"),
    "electric_vehicle_to_2026": _("electric vehicle to 2026"),
    "entry": _("entry"),
    "ex_works": _("ex works"),
    "fiscal_year_start": _("the fiscal year"),
    "heavy": _("heavy"),
    "heavy_truck": _("heavy truck"),
    "heavy_vehicle": _("heavy vehicle"),
    "heavy_vehicle_component": _("heavy vehicle component"),
    "idea": _("idea"),
    "law": _("law"),
    "light_truck": _("light truck"),
    "light_vehicle": _("light vehicle"),
    "light_vehicle_part": _("light vehicle part"),
    "medium_or_heavy_truck": _("medium or heavy truck"),
    "merge": _("its costs, as if made here"),
    "model_year": _("model year"),
    "motor_vehicle": _("motor vehicle"),
    "net_cost": _("net cost"),
    "non_originating": _("non-originating materials"),
    "nothing": _("nothing"),
    "other_good": _("other good"),
    "other_vehicle": _("other vehicle"),
    "other_vehicle_at_60": _("other vehicle at 60"),
    "other_vehicle_at_62_5": _("other vehicle at 62 5"),
    "part": _("part"),
    "parts": _("parts"),
    "passenger_vehicle": _("passenger vehicle"),
    "passenger_vehicle_or_light_truck": _("passenger vehicle or light truck"),
    "production": _("the day of production"),
    "proposal": _("proposal"),
    "snow_or_golf_vehicle": _("snow or golf vehicle"),
    "total": _("total"),
    "total_cost": _("total cost"),
    "traced": _("what was traced in it"),
    "trigger 70, else nearest 5; allied as it is": _("trigger 70, else nearest 5; allied as it is"),
    "vehicle_for_fifteen_or_fewer": _("vehicle for fifteen or fewer"),
    "vehicle_for_sixteen_or_more": _("vehicle for sixteen or more"),
    "whole_if_made_in": _("whole if made in"),
    "whole_if_origin": _("whole if origin"),
}
FORMS = {
    "rvc": _("regional value"),
    "either": _("regional value, or change of classification"),
    "both": _("regional value and change of classification"),
}

SHOWN = {
    "certificate": _("certificate"),
    "criterion": _("criterion"),
    "dossier": _("dossier"),
    "origin": _("origin"),
    "originates": _("originates"),
    "period": _("period"),
    "status": _("status"),
}


@register.filter
def plain_name(name: str) -> str:
    """A name of the rulebook's data in plain words."""
    if name.startswith("list:"):
        return gettext("what its list names")
    return str(PLAIN.get(name, name.replace("_", " ")))


@register.filter
def rule_form(form: str) -> str:
    return str(FORMS.get(form, form))


@register.filter
def disclosed(item: str) -> str:
    """An entry of a disclosure schedule in plain words."""
    kind, __, para = item.partition(".")
    if kind == "statement" and para:
        return gettext("statement (%(para)s)") % {"para": para}
    return str(SHOWN.get(item, item))


@register.filter
def range(test: dict) -> str:
    """From worst to best: "71–77", "53 to under 85"."""
    if test["worst"] == test["best"]:
        return test["worst"]
    words = " to " if " " in test["worst"] + test["best"] else "–"
    return f"{test['worst']}{words}{test['best']}"


@register.filter
def needs(test: dict) -> str:
    """ "needs 75", but "at most 45" where the rule sets a most."""
    return f"{'at most' if test['operator'] == 'at_most' else 'needs'} {test['threshold']}"


@register.filter
def gap_key(key: str) -> str:
    """What names a gap's points in addresses: ``gap.3.0`` of the part ``part.3.0``."""
    return f"gap.{key.removeprefix('part.')}"


@register.filter
def label_rows(label: dict) -> list[tuple[str, str, str]]:
    """The figures of a label in its own order: name, words, text."""
    return [(name, word, whys.label_text(label, name)) for name, (word, _cite) in whys.LABEL.items()]


@register.filter
def added_up(rows: list) -> list:
    """The stakes that may be added up: what holds on the day, and nothing twice."""
    return stakes.counted(rows)


@register.filter
def not_added_up(rows: list) -> list:
    """The others: hypothetical laws, and what another law's amounts hold already."""
    kept = {id(one) for one in stakes.counted(rows)}
    return [one for one in rows if id(one) not in kept]


@register.filter
def stake_rows(stakes: list) -> list[dict]:
    """What is at stake, a row a law and market: each amount with its name in addresses, its words and its text."""
    return [
        {
            "stake": one, "key": whys.stake_key(one), "market": in_place(one.market),
            "law": law_short({"title": rulebooks.rulebook(one.rulebook).title, "letter": letter(one.rulebook, one.reading)}),
            "cells": [
                ("kept", "If it qualifies", whys.between(one.kept)), ("lost", "If it does not", whys.between(one.lost)),
                ("each", "At stake on one", grouped(one.each)), ("year", "At stake a year", grouped(one.a_year, 0)),
            ],
        }
        for one in stakes
    ]  # fmt: skip


@register.filter
def side_names(text: str) -> list[list[str]]:
    """``{% for name, word in "a A,b B"|side_names %}``: the two sides of a comparison."""
    return [one.split() for one in text.split(",")]
