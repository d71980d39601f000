"""The walk: supply and rules in, the whole answer out."""

from collections.abc import Iterable
from fractions import Fraction

from tracing.engine import checks
from tracing.engine.closing import activities
from tracing.engine.dossier import Reason, Refused
from tracing.engine.gaps import gaps
from tracing.engine.label import label_of
from tracing.engine.methods.column import BEST, DECLARED, WORST, ZERO, Scale, price_of, unrounded
from tracing.engine.methods.content import CHARGES, UNTRACED, part_of
from tracing.engine.methods.label import Label
from tracing.engine.methods.whole import Whole
from tracing.engine.result import Part, Result
from tracing.engine.rules import Rules
from tracing.engine.runs import Run
from tracing.engine.supply import Key, Supply, supply_of

CATEGORY = ("category", "plant", "model_line", "class", "basis", "countries")


def trace(supply: Supply, rules: Rules, *, scale: Scale = unrounded) -> Result:
    """Compute one good under one rulebook on one day.

    Shapes: ``supply`` is one good with everything below it, per unit; the result's amounts are in the dossier's currency
    per good, its percentages exact rationals. Raises Refused where a number cannot be computed at all, NoRuleOnThatDay
    where the rulebook does not cover the good.
    """
    run = Run(supply, rules, scale, [Run(peer, rules, scale) for peer in peers_of(supply, rules)])
    _has_a_base(run)
    _has_weights(run)
    return Result(
        supply=supply,
        rules=rules,
        tests=tuple(run.tests()),
        amounts=_amounts(run),
        content=run.content.good,
        parts=tuple(_parts(run)),
        gaps=tuple(gaps(run)),
        findings=tuple(checks.findings(supply, rules)),
        label=label_of(run),
    )


def peers_of(supply: Supply, rules: Rules) -> list[Supply]:
    """The other vehicles of the dossier that are averaged with this one: of one elected category, or of one carline."""
    dossier, top = supply.dossier, supply.top
    found = []
    for name in dossier.vehicles:
        facts = dossier.declarations[name]
        if name != supply.good and _same_category(top.facts, facts, rules):
            found.append(supply_of(dossier, name))
    return found


def _same_category(one: dict[str, object], other: dict[str, object], rules: Rules) -> bool:
    if "label" in rules.rulebook.data:
        # Light trucks are another carline than cars of the same name (583.4(b)(3)).
        apart = None not in (one.get("class"), other.get("class")) and one["class"] != other["class"]
        keys = ("carline", "model_year")
        return not apart and one.get("carline") is not None and all(one.get(key) == other.get(key) for key in keys)
    if "averaging" not in rules.rulebook.data:
        return False
    elected, theirs = ((facts.get("elections") or {}) for facts in (one, other))
    mine, its = (row.get("averaging") for row in (elected, theirs))  # type: ignore[attr-defined]
    return bool(mine and its) and all(mine.get(key) == its.get(key) for key in CATEGORY)


def _has_a_base(run: Run) -> None:
    """Without its net cost nothing of a good can be computed; other bases that are missing leave their tests not run."""
    cost = run.ground.costs.of[run.supply.good]
    if run.good.answers["base"] != "net_cost" or (cost is not None and cost.net > 0):
        return
    cure = "state costs.net, or costs.product, period and other beside the prices of the body."
    path = f"declarations.{run.supply.good}.costs"
    raise Refused([Reason(path, "D9", "the net cost of the good is not stated or not above zero", cure)])


def _has_weights(run: Run) -> None:
    """Vehicles of one carline are weighted by their numbers: if one is stated, the others must be (583.6(d))."""
    if run.good.method != "label" or not run.peers:
        return
    rows = {one.supply.good: one.supply.top.facts.get("units") or {} for one in (run, *run.peers)}
    silent = [name for name, units in rows.items() if units.get("expected") is None and units.get("made") is None]
    if silent and len(silent) < len(rows):
        wrong = "how many are expected is stated of other vehicles of its carline and model year, and not of this one"
        cure = 'add "units": {"expected": "…"}, or leave it out of all of them to count each once.'
        raise Refused([Reason(f"declarations.{name}.units", "D9", wrong, cure) for name in silent])


def _amounts(run: Run) -> dict[str, Fraction | None]:
    cost = run.ground.costs.of[run.supply.good]
    found: dict[str, Fraction | None] = {}
    if cost:
        found |= {"net_cost": cost.net, "total_cost": cost.total, "excluded": cost.excluded}
    if run.good.method in {"label", "whole"}:
        return found | _own_amounts(run)
    if run.counts:
        for bound, column in run.columns.items():
            found[f"vnm_{bound}"] = column.vnm  # type: ignore[attr-defined]
        found["vnm"] = found[f"vnm_{DECLARED}"]
        base = "net_cost" if run.good.answers["base"] == "net_cost" else run.good.answers["base"]
        found[base] = run.columns[DECLARED].net  # type: ignore[attr-defined]
    if any(test.kind in {"share", "activities"} for test in run.good.tests):
        found |= _content_amounts(run)
    return found


def _content_amounts(run: Run) -> dict[str, Fraction | None]:
    content, region = run.content.good, run.good.tests[0].region
    foreign = sum((v for c, v in content.items() if c not in region and c not in {UNTRACED, CHARGES}), ZERO)
    found: dict[str, Fraction | None] = {
        "base": run.content.base, "regional": part_of(content, region), "us": part_of(content, frozenset({"US"})),
        "foreign": foreign, "import_charges": content.get(CHARGES, ZERO), "untraced": run.untraced,
    }  # fmt: skip
    if any(test.kind == "activities" for test in run.good.tests):
        found["activities"] = activities(run.supply.top.facts, region, run)
    return found


def _own_amounts(run: Run) -> dict[str, Fraction | None]:
    """The amounts of laws that do not speak of originating materials at all."""
    column = run.columns[DECLARED]
    if isinstance(column, Label):
        return {"base_parts": column.value, "us_ca": column.counted, "outside_value": column.outside_value}
    assert isinstance(column, Whole)
    if run.good.answers["bought"] == "whole_if_origin":
        base = column.base
        taxable = base - column.allowed if base is not None else None
        return {"a": base, "b": column.allowed, "claimed": column.claimed, "taxable": taxable}
    rest = column.base - column.claimed if column.base is not None else None
    return {"customs_value": column.base, "us_content": column.claimed, "non_us_content": rest}


def _parts(run: Run) -> Iterable[Part]:
    open_below = _open_below(run.supply, run.missing)
    for source in run.supply.top.sources:
        chosen = run.chosen(source, DECLARED)
        price = price_of(source) * run.ground.costs.rates[run.supply.good]
        content = run.content.of_source[source.key]
        yield Part(
            source=source,
            value=source.weight * price,
            content={country: source.weight * amount for country, amount in content.items()},
            worst=run.counted(source, WORST),
            declared=run.counted(source, DECLARED),
            best=run.counted(source, BEST),
            para=chosen.para,
            options=chosen.options,
            complete=source.key not in run.missing and source.child not in open_below,
        )


def _open_below(supply: Supply, missing: dict[Key, str]) -> set[str | None]:
    found: set[str | None] = set()
    for name in supply.order:
        node = supply.nodes[name]
        if any(source.key in missing or source.child in found for source in node.sources):
            found.add(name)
    return found
