"""A declaration's facts as the rows of a workbook, by column key; and two such answers compared."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from suppliers import hs
from suppliers.facts.reading import Facts
from suppliers.models import Organisation
from suppliers.workbooks.columns import ANSWERS, COSTS, INPUTS, Column

Row = dict[str, Any]
CHARGES = [column.key for column in INPUTS if column.path.startswith("charges.")]
OWN = ("US", "CA", "MX")
NUMERIC = {"amount", "quantity", "percent", "portion", "rate"}
FLAGS = {"minor", "consigned", "directed", "designated", "allied", "related"}
DEFAULTS = {"how": "bought", "unit": "pc", "hs_edition": hs.EDITION, "share": "100"}
BESIDE = {"mark", "description_shown", "state", "until", "maker", "why", "base"}


@dataclass
class Told:
    """``answer``, ``inputs``, ``costs``: plain values by column key. ``whole``: nothing was lost on the way."""

    answer: Row = field(default_factory=dict)
    inputs: list[Row] = field(default_factory=list)
    costs: Row = field(default_factory=dict)
    whole: bool = True


def told(facts: Facts, buyers: dict[Any, Organisation]) -> Told:
    """``buyers``: the company's customers by their key as text."""
    found = Told()
    _header(found, facts, buyers)
    _statements(found, facts.get("statements") or [])
    _claims(found, facts.get("claims") or [])
    _costs(found, facts)
    for line in facts.get("lines") or []:
        _line(found, line)
    return found


def _header(found: Told, facts: Facts, buyers: dict[Any, Organisation]) -> None:
    for column in ANSWERS:
        if column.path and "." not in column.path and column.path != "claims_why":
            found.answer[column.key] = facts.get(column.path)
    codes = [buyers[key].code if key in buyers else None for key in map(str, facts.get("addressed_to") or [])]
    found.whole &= None not in codes
    found.answer["customers"] = sorted(filter(None, codes))


def _statements(found: Told, rows: list[Facts]) -> None:
    by_path = {column.path: column.key for column in ANSWERS if column.path.startswith("statements.")}
    seen = set()
    for row in rows:
        law = row.get("law")
        found.whole &= law not in seen
        seen.add(law)
        for name, value in row.items():
            if name == "law" or value in (None, ""):
                continue
            key = by_path.get(f"statements.{law}.{name}")
            if key:
                found.answer[key] = value
            else:
                found.whole = False


def _claims(found: Told, rows: list[Facts]) -> None:
    by_path = {column.path: column.key for column in ANSWERS if column.path.startswith("claims.")}
    whys = {row.get("why") or "" for row in rows}
    found.whole &= len(whys) <= 1 and all(f"claims.{row['key']}" in by_path for row in rows)
    for row in rows:
        found.answer[by_path.get(f"claims.{row['key']}", "")] = row["value"]
    found.answer["claims_why"] = next(iter(whys), "")


def _costs(found: Told, facts: Facts) -> None:
    for name, value in (facts.get("costs") or {}).items():
        found.costs[f"cost_{name}"] = value
    elsewhere = [row for row in facts.get("own_values") or [] if row["country"] not in OWN]
    found.whole &= len(elsewhere) <= 1
    for row in facts.get("own_values") or []:
        if row["country"] in OWN:
            found.costs[f"own_{row['country'].lower()}"] = row["amount"]
        else:
            found.costs |= {"own_other": row["amount"], "own_other_country": row["country"]}


def _line(found: Told, line: Facts) -> None:
    head = {
        name: line.get(name)
        for name in ("item", "description", "hs", "hs_edition", "quantity", "unit", "minor", "consigned", "directed")
    }
    sources = line.get("sources") or [{}]
    for source in sources:
        row = head | {
            name: source.get(name)
            for name in ("how", "made_in", "price", "title", "rate", "designated", "basis", "allied", "related")
        }
        row |= {"share": source.get("share") if len(sources) > 1 else "", "seller": source.get("seller_name"),
                "seller_code": source.get("seller_code"), "seller_part": source.get("seller_part"),
                "own_part": source.get("made_number")}  # fmt: skip
        _charges(found, row, source.get("charges") or [])
        cannot = source.get("cannot") or {}
        if cannot.get("reason"):
            tried = [f"{one['at']} {one['how']}" for one in cannot.get("tried") or []]
            found.whole &= not any(";" in one for one in tried)
            row |= {"cannot": cannot["reason"], "tried": tried, "finding": cannot.get("determination"),
                    "determined_ge70": cannot.get("ge70"), "determined_pct": cannot.get("pct"),
                    "rests_on": cannot.get("basis")}  # fmt: skip
        found.inputs.append(row)


def _charges(found: Told, row: Row, charges: list[Facts]) -> None:
    kinds = [charge["kind"] for charge in charges]
    found.whole &= len(kinds) == len(set(kinds))
    for charge in charges:
        row[charge["kind"]] = charge["amount"]
        if charge.get("leg"):
            found.whole &= charge["kind"] == "freight"
            row["leg"] = charge["leg"]
    for name in ("in_price", "recoverable"):
        row[name] = [charge["kind"] for charge in charges if charge.get(name) in (True, "true")]


# Comparing -----------------------------------------------------------------------------------------------------------

Said = dict[tuple[str, str, str], str]


def flat(of: Told) -> Said:
    """Every value by (sheet, row as people know it, column key), written one way: what two answers are compared by."""
    found: Said = {}
    _taken(found, "answers", "", of.answer, ANSWERS)
    _taken(found, "costs", "", of.costs, COSTS)
    counts: dict[str, int] = defaultdict(int)
    for row in of.inputs:
        item = str(row.get("item") or "")
        counts[item] += 1
        named = item if counts[item] == 1 else f"{item} ({counts[item]})"
        _taken(found, "inputs", named, row, INPUTS)
    return found


def _taken(found: Said, sheet: str, named: str, row: Row, columns: list[Column]) -> None:
    for column in columns:
        if column.key in BESIDE or column.kind in {"shown", "identity"}:
            continue
        text = normal(column, row.get(column.key))
        quiet = (column.key in FLAGS and text == "false") or text == DEFAULTS.get(column.key)
        named_by_sale = column.key == "seller" and row.get("seller_code")
        if text and not quiet and not named_by_sale:
            found[sheet, named, column.key] = text


def normal(column: Column, value: Any) -> str:
    """A value as text in one writing: 12.50 is 12.5, 870850 is 8708.50, yes is true."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(sorted(map(str, value)))
    text = " ".join(str(value).split())
    if column.kind in NUMERIC or column.kind == "share":
        return _number(text)
    if column.kind == "code":
        return text.replace(".", "").replace(" ", "")
    return text


def _number(text: str) -> str:
    try:
        return format(Decimal(text).normalize(), "f")
    except InvalidOperation:
        return text  # a share as 1/3


def differences(old: Said, new: Said) -> list[tuple[str, str, str, str, str]]:
    """(sheet, row, column key, old, new) of every value that is not the same."""
    keys = [*old, *(key for key in new if key not in old)]
    return [(*key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]
