"""What stands on the label of a carline: content, major foreign sources, engine and transmission, the good-faith budget."""

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tracing.engine import amounts
from tracing.engine.closing import carline_budget, expected
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO
from tracing.engine.methods.label import UNKNOWN, US_CA, Label, nearest5
from tracing.engine.rules import digits
from tracing.engine.supply import Source

if TYPE_CHECKING:
    from tracing.engine.runs import Run

HOME = "US/CA"
POWER = {"engine": ("8407", "8408"), "transmission": ("870840",)}


def label_of(run: "Run") -> dict[str, Any]:
    """The label as plain data, from what is declared; {} for every other law. Shapes as in docs/dossier.md."""
    column = run.columns.get(DECLARED)
    if not isinstance(column, Label):
        return {}
    facts = run.supply.top.facts
    percent = run.figures[DECLARED][0].value
    sources = foreign(column)
    named = [row for row in sources if row[1] >= 15 and row[0] != "foreign"][:2]
    other = 100 - (percent or ZERO) - sum((share for _, share in named), ZERO)
    return {
        "us_ca": amounts.text(percent),
        "us_ca_rounded": amounts.text(nearest5(percent)) if percent is not None else "",
        "foreign": [{"country": place, "share": amounts.text(share)} for place, share in named],
        "other": amounts.text(max(other, ZERO)),
        "engine": power(run, "engine"),
        "transmission": power(run, "transmission"),
        "assembly": facts.get("made_in") or "",
        "budget": budget(run),
        "by_country": by_country(run),
        **required(facts),
    }


def foreign(column: Label) -> list[tuple[str, Fraction]]:
    """Each foreign country's share of the carline's equipment, largest first (583.7).

    An item's origin is where most of its value was added, the United States and Canada together; it gives that country its
    value less what is already counted as U.S. or Canadian.
    """
    found: dict[str, Fraction] = defaultdict(lambda: ZERO)
    for units, row in column.equipment():
        item = column.items[row.key]
        inside = (row.allied or row.how == "made") and row.child is not None and column.supply.nodes[row.child].has_body
        if inside or item.missing:
            continue
        place = origin(column, row)
        if place != HOME:
            found[place] += units * (item.value - item.counted)
    total = column.value
    rows = [(place, 100 * amount / total) for place, amount in found.items()] if total else []
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def origin(column: Label, source: Source) -> str:
    """Where most of an item's value was added; as its supplier certified, where it did."""
    child = column.child_of(source)
    for row in child.statements("aala") if child else []:
        if row.get("origin"):
            return HOME if row["origin"] in US_CA else str(row["origin"])
    pooled: dict[str, Fraction] = defaultdict(lambda: ZERO)
    for place, amount in column.look(source, 2).items():
        pooled[HOME if place in US_CA else place] += amount
    return max(pooled, key=lambda place: (pooled[place], place == HOME, place)) if pooled else "foreign"


def power(run: "Run", what: str) -> list[str]:
    """The possible countries of origin of the engine or transmission; several while an answer that decides is missing (583.8)."""
    column = run.columns[WORST]
    assert isinstance(column, Label)
    found: set[str] = set()
    for _, source in column.equipment():
        child = column.child_of(source)
        claim = (child.claim("core") if child else None) or source.claims.get("core")
        code = digits(source.hs or (child.hs if child else None))
        if claim == what or (claim is None and code.startswith(POWER[what])):
            found |= _power_origin(column, source, what)
    return sorted(found)


def _power_origin(column: Label, source: Source, what: str) -> set[str]:
    child = column.child_of(source)
    for row in child.statements("aala") if child else []:
        if row.get(f"{what}_origin"):
            return {row[f"{what}_origin"]}
    if child is None or not child.has_body:
        place = source.made_in if child is None else child.made_in
        return {place} if place else set()
    totals: dict[str, Fraction] = defaultdict(lambda: ZERO)
    open_value = ZERO
    for part in child.sources:
        vector = column.look(part, 2)
        known = {place: amount for place, amount in vector.items() if len(place) == 2}
        unknown = vector.get(UNKNOWN, ZERO)
        if not known or unknown > max(known.values()):
            open_value += part.weight * sum(vector.values(), ZERO)
        else:
            totals[max(known, key=lambda place: (known[place], place))] += part.weight * sum(vector.values(), ZERO)
    price = column.delivered(source) / (source.factor or 1)
    totals[child.made_in or UNKNOWN] += price - column.materials[child.name]
    largest = max(totals.values())
    return {place for place, amount in totals.items() if amount + open_value >= largest and place != UNKNOWN}


def budget(run: "Run") -> dict[str, Any]:
    """The good-faith budget of the carline: its cap by value, what was used, and for which items (583.6(c)(6)).

    Values are those of one vehicle; of the average one where the carline has several plants.
    """
    rows = [(expected(one), column) for one in (run, *run.peers) if isinstance(column := one.columns[DECLARED], Label)]
    units = sum((number for number, _ in rows), ZERO)
    cap, spent = carline_budget((number / units, column) for number, column in rows)
    items = [
        {"asker": one.key[0], "line": one.key[1], "source": one.key[2], "item": one.item, "value": amounts.text(one.value),
         "percent": amounts.text(one.percent), "determined": amounts.text(taken), "zero": amounts.text(one.value - taken)}
        for one, taken in spent
    ]  # fmt: skip
    used = sum((taken for _, taken in spent), ZERO)
    return {"cap": amounts.text(cap), "used": amounts.text(used), "items": items}


def own_budget(run: "Run") -> dict[str, Any]:
    """What a roll keeps of the budget, in plain data: ``cap``, ``used``, ``base`` (all equipment) and of the findings its maker's
    own; ``places`` [[declaration, line, source, whether it is answered]], where the maker says that an answer cannot be had;
    ``exact`` where no allied supplier's purchases stand in the budget. {} of other laws, and without a finding of its own."""
    column = run.columns.get(DECLARED)
    if not isinstance(column, Label):
        return {}
    mine, told = _made_by_the_maker(run), budget(run)
    items = [row for row in told["items"] if row["asker"] in mine]
    if not items:
        return {}
    sources = [source for name in mine for source in run.supply.nodes[name].sources]
    return told | {
        "items": items, "base": amounts.text(column.value),
        "places": [[*source.key, source.child is not None] for source in sources if source.cannot],
        "exact": not any(source.allied and source.child is not None for source in sources),
    }  # fmt: skip


def _made_by_the_maker(run: "Run") -> list[str]:
    """The good and, below it, what its maker makes itself."""
    found = [run.supply.good]
    for name in found:
        inside = (row.child for row in run.supply.nodes[name].sources if row.how == "made")
        found += [child for child in dict.fromkeys(inside) if child is not None and child not in found]
    return found


def by_country(run: "Run") -> list[dict[str, str]]:
    """The optional lines: the share of the carline's vehicles assembled in each country (583.5(e))."""
    places: dict[str, list[Fraction]] = {}
    for one in (run, *run.peers):
        column = one.columns[DECLARED]
        assert isinstance(column, Label)
        facts = one.supply.top.facts
        units = amounts.exact(str((facts.get("units") or {}).get("expected") or 1))
        place = HOME if facts.get("made_in") in US_CA else facts.get("made_in") or ""
        sums = places.setdefault(place, [ZERO, ZERO])
        sums[0] += units * column.counted
        sums[1] += units * column.value
    return [
        {"assembly": place, "share": amounts.text(100 * counted / value)}
        for place, (counted, value) in sorted(places.items())
        if value
    ]


def required(facts: dict[str, Any]) -> dict[str, Any]:
    """What the label must say: nothing above 8,500 pounds; without percentages under 1,000 vehicles a year (583.4(a), 583.5(g))."""
    always = ["final_assembly_point", "engine_origin", "transmission_origin", "explanatory_note"]
    shares = ["us_ca_content", "major_foreign_sources"]
    made = (facts.get("units") or {}).get("made")
    heavy = facts.get("gvwr") is not None and amounts.exact(str(facts["gvwr"])) > 8500
    small = made is not None and amounts.exact(str(made)) < 1000
    needed = [] if heavy else always if small else [*shares, *always]
    return {"label_required": not heavy, "required": needed, "not_required": [] if heavy else shares if small else []}


__all__ = ["BEST", "foreign", "label_of", "power"]
