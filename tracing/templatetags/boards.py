"""Small words of the board and the vehicle page."""

from django import template

from suppliers.pictures import WORDS

register = template.Library()


@register.filter
def at(rows: dict, key: str):
    """``{{ row.cells|at:column.id }}``."""
    return rows.get(key)


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
def settle_word(settle: str) -> str:
    return {"yes": "can settle it", "together": "with the others above", "perhaps": "perhaps", "no": "no"}[settle]


NUMERALS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]

RANKED = "Ranked by what each is worth at most: the price you pay over your net cost."


def _number(count: int) -> str:
    return NUMERALS[count] if count < len(NUMERALS) else str(count)


@register.filter
def gap_headline(face: dict, gaps: list[dict]) -> str:
    """The section's title is its answer: which answers bring the vehicle over the line, or that none is missing."""
    alone = sum(gap["settle"] == "yes" for gap in gaps)
    together = sum(gap["settle"] == "together" for gap in gaps)
    law = law_short(face)
    if not gaps:
        return f"Nothing is missing under {law}"
    if face["verdict"] != "open":
        verb = "passes" if face["verdict"] == "pass" else "fails"
        return f"{law}: it {verb} whatever the answers; {len(gaps)} {'is' if len(gaps) == 1 else 'are'} still open"
    if alone:
        return f"{_number(alone)} answer{'' if alone == 1 else 's'} can {'' if alone == 1 else 'each '}bring it over the line of {law}"
    if together:
        return f"{_number(together)} answers together can bring it over the line of {law}"
    return f"{law} is open, and whole points cannot tell which answers settle it"


@register.filter
def gap_lead(face: dict, gaps: list[dict]) -> str:
    """What is short, and what is reached if the answers that can settle it turn out regional."""
    test = next((row for row in face["ran"] if row["result"] == "open"), face["ran"][0] if face["ran"] else None)
    if test is None or face["verdict"] != "open":
        return RANKED
    return f"{test['title']}: {test['worst']} at worst, {test['threshold']} needed, {test['best']} at best. {RANKED}"


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
    "non_originating": "non-originating materials", "absorb": "all or nothing, at its own figure", "traced": "what was traced in it",
    "merge": "its costs, as if made here", "content": "its content by country", "all": "everything", "net_cost": "net cost",
    "fiscal_year_start": "the fiscal year", "production": "the day of production", "total_cost": "total cost",
}  # fmt: skip
FORMS = {
    "rvc": "regional value", "either": "regional value, or change of classification", "both": "regional value and change of classification"
}  # fmt: skip


@register.filter
def plain_name(name: str) -> str:
    """A name of the rulebook's data in plain words."""
    if name.startswith("list:"):
        return "what its list names"
    return PLAIN.get(name, name.replace("_", " "))


@register.filter
def rule_form(form: str) -> str:
    return FORMS.get(form, form)


@register.filter
def disclosed(item: str) -> str:
    """An entry of a disclosure schedule in plain words."""
    kind, _, para = item.partition(".")
    return f"statement ({para})" if kind == "statement" and para else item


@register.filter
def range(test: dict) -> str:
    """From worst to best: "71–77", "53 to under 85"."""
    if test["worst"] == test["best"]:
        return test["worst"]
    words = " to " if " " in test["worst"] + test["best"] else "–"
    return f"{test['worst']}{words}{test['best']}"
