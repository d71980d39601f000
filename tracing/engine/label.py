"""What stands on the label of a carline: content, major foreign sources, engine and transmission, the good-faith budget."""

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tracing.engine import amounts
from tracing.engine.closing import carline_budget, expected
from tracing.engine.hslists import digits
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO
from tracing.engine.methods.label import UNKNOWN, US_CA, Label, nearest5
from tracing.engine.supply import Node, Source

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
    least = run.rules.rulebook.data["label"]["foreign_from"]
    named = [row for row in foreign(run) if row[1] >= least and len(row[0]) == len("XX")][:2]
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
        **by_plant(run),
        **required(run),
    }


def foreign(run: "Run") -> list[tuple[str, Fraction]]:
    """Each foreign country's share of the carline's equipment, over all its plants, largest first (583.7).

    An item's origin is where most of its value was added, the United States and Canada together; it gives that country its
    value less what is already counted as U.S. or Canadian. Items are those of the final assembly point: what an allied
    supplier delivers is one, with an origin of its own (583.7(a), 583.11(a)(5)). An item about which nobody answers is of no
    country.
    """
    found: dict[str, Fraction] = defaultdict(lambda: ZERO)
    total = ZERO
    for units, column in carline(run):
        total += units * column.value
        for row in column.supply.top.sources:
            item = column.items[row.key]
            place = "" if item.missing else origin(column, row)
            if place not in {"", HOME}:
                found[place] += units * row.weight * (item.value - item.counted)
    rows = [(place, 100 * amount / total) for place, amount in found.items()] if total else []
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def origin(column: Label, source: Source) -> str:
    """Where most of an item's value was added; as its supplier certified, where it did; of a minor item where the vehicle is put
    together."""
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
        known = sorted(((amount, place) for place, amount in vector.items() if len(place) == len("XX")), reverse=True)
        unknown = vector.get(UNKNOWN, ZERO) + vector.get("foreign", ZERO)
        second = known[1][0] if len(known) > 1 else ZERO
        if not known or (unknown and second + unknown > known[0][0]):
            open_value += part.weight * sum(vector.values(), ZERO)
        else:
            totals[known[0][1]] += part.weight * sum(vector.values(), ZERO)
    totals[child.made_in or UNKNOWN] += _put_together(column, source, child)
    largest = max(totals.values())
    return {place for place, amount in totals.items() if amount + open_value >= largest and place != UNKNOWN}


def _put_together(column: Label, source: Source, child: Node) -> Fraction:
    """What putting one engine or transmission together cost: assembly and labour as its maker states them, else what its price
    leaves over its components (583.8(b), (d))."""
    stated = (child.facts.get("costs") or {}).get("product")
    if stated is not None:
        return Fraction(stated) * column.rate(child)
    return column.delivered(source) / (source.factor or 1) - column.materials[child.name]


def budget(run: "Run") -> dict[str, Any]:
    """The good-faith budget of the carline: its cap by value, what was used, and for which items (583.6(c)(6)).

    Values are those of one vehicle; of the average one where the carline has several plants.
    """
    rows = carline(run)
    units = sum((number for number, _ in rows), ZERO)
    cap, spent = carline_budget((number / units, column) for number, column in rows)
    items = [
        {"asker": one.key[0], "line": one.key[1], "source": one.key[2], "item": one.item, "value": amounts.text(one.value),
         "percent": amounts.text(one.percent), "counts": amounts.text(one.counts), "determined": amounts.text(taken),
         "zero": amounts.text(one.value - taken)}
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


def carline(run: "Run") -> list[tuple[Fraction, Label]]:
    """The vehicles of the carline as they are declared, each with how many of it are expected (583.6(d))."""
    return [(expected(one), column) for one in (run, *run.peers) if isinstance(column := one.columns[DECLARED], Label)]


def by_country(run: "Run") -> list[dict[str, str]]:
    """The optional lines: the share of the carline's vehicles assembled in each country (583.5(e))."""
    rows = _portions(run, lambda facts: HOME if facts.get("made_in") in US_CA else facts.get("made_in") or "")
    return [{"assembly": place, "share": share} for place, share in rows]


def by_plant(run: "Run") -> dict[str, list[dict[str, str]]]:
    """The optional lines of a carline that is put together in more than one plant (583.5(i)); nothing of one in a single one."""
    rows = _portions(run, lambda facts: facts.get("plant") or "")
    named = [{"plant": plant, "share": share} for plant, share in rows if plant]
    return {"by_plant": named} if len(named) > 1 else {}


def _portions(run: "Run", of: Callable[[dict[str, Any]], str]) -> list[tuple[str, str]]:
    portions: dict[str, list[Fraction]] = {}
    for units, column in carline(run):
        sums = portions.setdefault(of(column.supply.top.facts), [ZERO, ZERO])
        sums[0] += units * column.counted
        sums[1] += units * column.value
    return [(name, amounts.text(100 * counted / value)) for name, (counted, value) in sorted(portions.items()) if value]


def required(run: "Run") -> dict[str, Any]:
    """What the label must say: nothing above 8,500 pounds or more than twelve persons (49 U.S.C. 32304(a)(11)); without percentages
    of the final stage of several (583.5(f)), and of a maker of fewer than 1,000 vehicles in the model year (583.5(g))."""
    facts = run.supply.top.facts
    always = ["final_assembly_point", "engine_origin", "transmission_origin", "explanatory_note"]
    shares = ["us_ca_content", "major_foreign_sources"]
    outside = _more(facts.get("gvwr"), 8500) or _more(facts.get("persons"), 12)
    made = _made(run)
    spared = bool(facts.get("final_stage")) or (made is not None and made < 1000)
    needed = [] if outside else always if spared else [*shares, *always]
    return {
        "label_required": not outside,
        "required": needed,
        "not_required": [] if outside else shares if spared else [],
    }


def _more(value: Any, most: int) -> bool:
    return value is not None and amounts.exact(str(value)) > most


def _made(run: "Run") -> Fraction | None:
    """What its maker makes in the model year, of all the vehicles that the dossier holds; None where none of them says."""
    top, dossier = run.supply.top, run.supply.dossier
    alike = [facts for name in dossier.vehicles if name != run.supply.good and (facts := dossier.declarations[name])]
    theirs = [row for row in alike if all(row.get(key) == top.facts.get(key) for key in ("maker", "model_year"))]
    said = [row["units"]["made"] for row in (top.facts, *theirs) if (row.get("units") or {}).get("made") is not None]
    return sum((amounts.exact(str(value)) for value in said), ZERO) if said else None


__all__ = ["BEST", "foreign", "label_of", "power"]
