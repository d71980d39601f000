"""What one declaration says of its inputs against what the others say: imports, codes, countries, tables, nesting."""

from tracing.engine.checks.registry import LOOK, STOPS, Found, check, stated
from tracing.engine.hslists import digits
from tracing.engine.methods.column import outside
from tracing.engine.rules import Rules
from tracing.engine.said import said
from tracing.engine.supply import Node, Supply

SAID = ("originates", "ge70", "pct5", "pct", "amount", "percent")


@check("C1", "Regs s.8; 19 CFR 182.12")
def import_from_within(node: Node, supply: Supply) -> Found:
    """An own import that is marked as made in the region is treated as bought there: was it made in the region?"""
    for row in node.sources:
        if row.how == "imported" and row.made_in is not None and not outside(row.made_in):
            yield (
                f"body[{row.key[1]}].sources[{row.key[2]}].made_in",
                said("{item}: {country}.", item=row.item, country=row.made_in),
            )


@check("C2", "Regs s.9(2)(a), (b)")
def import_without_country(node: Node, supply: Supply) -> Found:
    """An own import without a country of making is taken as made outside the region."""
    for row in node.sources:
        if row.how == "imported" and row.made_in is None:
            yield f"body[{row.key[1]}].sources[{row.key[2]}].made_in", said("{name}.", name=row.item)


@check("C3", "Regs s.9(2)(a), (b)")
def transport_without_leg(node: Node, supply: Supply) -> Found:
    """Freight on an own import counts only up to a place: say where this transport ends. Until then all of it counts."""
    for row in node.sources:
        if row.how == "imported" and any(
            c.kind in {"freight", "insurance", "packing"} and c.leg is None for c in row.charges
        ):
            yield f"body[{row.key[1]}].sources[{row.key[2]}].charges", said("{name}.", name=row.item)


@check("C4", "Schedule IV; HS", LOOK)
def import_without_code(node: Node, supply: Supply) -> Found:
    """An own import without an HS code may stand on the list: give the code on the customs entry."""
    for row in node.sources:
        if row.how == "imported" and not row.hs:
            yield f"body[{row.key[1]}].hs", said("{name}.", name=row.item)


@check("I1", "Regs s.7(4); UR 8(7)", STOPS)
def nested_intermediates(node: Node, supply: Supply) -> Found:
    """An intermediate material that rests on regional value may not hold another such one of the same producer: designate one of them."""
    for row in node.sources:
        if row.how != "made" or not row.designated or row.basis != "rvc" or row.child is None:
            continue
        waiting = [row.child]
        while waiting:
            for inner in supply.nodes[waiting.pop()].sources:
                if inner.how == "made" and inner.child is not None:
                    waiting.append(inner.child)
                    if inner.designated and inner.basis == "rvc":
                        yield (
                            f"body[{row.key[1]}].sources[{row.key[2]}].designated",
                            said("{item} holds {inner}.", item=row.item, inner=inner.item),
                        )


@check("C5", "19 CFR 182.12(a)(4); HS General Rules", LOOK)
def codes_differ(node: Node, supply: Supply) -> Found:
    """The buyer and the maker of one part name different headings: one of the codes is wrong, or it is another part."""
    for row in node.sources:
        child = supply.nodes[row.child] if row.child else None
        ours, theirs = digits(row.hs)[:4], digits(child.hs if child else None)[:4]
        if ours and theirs and ours != theirs:
            yield f"body[{row.key[1]}].hs", said("{item}: {code} here.", item=row.item, code=row.hs)


@check("C6", "49 CFR 583.13; 19 CFR 182.12", LOOK)
def country_changed(node: Node, supply: Supply) -> Found:
    """The newer answer names another country of making than the one it supersedes: has production moved?"""
    older = supply.dossier.declarations.get(node.facts.get("supersedes") or "")
    if older and older.get("made_in") and node.made_in and older["made_in"] != node.made_in:
        yield "made_in", said("{before} before, {now} now.", before=older["made_in"], now=node.made_in)


@check("C7", "19 CFR 182.12; 49 CFR 583.10", LOOK)
def answers_differ_by_customer(node: Node, supply: Supply) -> Found:
    """Of the same part, plant and days something else is said to another customer: both cannot be true."""
    own = (node.facts.get("maker"), node.facts.get("part"), node.facts.get("plant"))
    for name in supply.by_part.get(own, []):  # type: ignore[arg-type]
        other = supply.dossier.declarations[name]
        if name > node.name and _overlap(node.facts, other) and _said(node.facts) != _said(other):
            yield "statements", said("Compare the answers before you sign.")


def _overlap(one: dict[str, object], other: dict[str, object]) -> bool:
    begins = [row.get("from") for row in (one, other)]
    ends = [row.get("until") for row in (one, other)]
    apart = any(ends[a] and begins[b] and ends[a] <= begins[b] for a, b in ((0, 1), (1, 0)))  # type: ignore[operator]
    return not apart


def _said(facts: dict[str, object]) -> set[tuple[object, ...]]:
    rows = facts.get("statements") or []
    return {(row["law"], row.get("para"), *(row.get(key) for key in SAID)) for row in rows}  # type: ignore[attr-defined]


@check("T1", "UR 14; Tables A.1 to F", LOOK, "usmca", "us-2026")
def table_in_doubt(node: Node, supply: Supply, rules: Rules) -> Found:
    """Its code stands in a table only for some descriptions: say by the claim "table" which one the part is of."""
    if node.name == supply.good or list(stated(node, "usmca")) or node.claim("originates") is not None:
        return
    use = rules.good_for(supply.top).use
    if rules.requirement(node, use) is None:
        names = rules.in_doubt(node, use)
        if names:
            yield "claims.table", said("{code}: {tables}, or none.", code=node.hs, tables=", ".join(names))


@check("T2", "UR 14(4); Table A.2", LOOK, "usmca")
def core_part_in_doubt(node: Node, supply: Supply, rules: Rules) -> Found:
    """Its code may be that of a core part: say by the claim "core" which one it is, or that it is none."""
    tests = [row for row in rules.good_for(supply.top).tests if row.kind == "core_parts"]
    claimed = any(one.claim("core") for one in supply.nodes.values())
    if not tests or not claimed or node.name == supply.good or node.claim("core") is not None:
        return
    code = digits(node.hs)
    if any(code.startswith(digits(row)) for row in tests[0].row.get("hs", []) if code):
        yield "claims.core", said("{name}.", name=node.hs)
