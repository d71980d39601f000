"""Rows of a workbook, as plain values by column key, put together as the facts of one declaration."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from suppliers import numbers
from suppliers.facts.reading import Facts
from suppliers.workbooks.columns import ANSWERS, COSTS
from suppliers.workbooks.told import CHARGES, Row

SOURCE = ("how", "made_in", "price", "title", "rate", "designated", "basis", "allied", "related")
CANNOT = {
    "tried": "tried", "determination": "finding", "basis": "rests_on", "ge70": "determined_ge70", "pct": "determined_pct",
}  # fmt: skip
LINE = ("item", "description", "hs", "hs_edition", "quantity", "unit", "minor", "consigned", "directed")


@dataclass
class Places:
    """Where each field of the facts stands: ``answers`` and ``costs`` by path to column key; the row of each source."""

    by_path: dict[str, tuple[str, str]] = field(default_factory=dict)
    sources: dict[tuple[int, int], int] = field(default_factory=dict)

    def of(self, path: str) -> tuple[str, int, str]:
        """(sheet, index among the answer's inputs, column key) of a field of the form."""
        if path in self.by_path:
            return (self.by_path[path][0], 0, self.by_path[path][1])
        words = path.split(".")
        if words[0] == "lines":
            return self._input(words)
        if words[0] in {"own_values", "costs"}:
            return ("costs", 0, "part")
        if words[0] == "addressed_to":
            return ("answers", 0, "customers")
        return ("answers", 0, "part")

    def _input(self, words: list[str]) -> tuple[str, int, str]:
        line = int(words[1])
        if words[2] != "sources":
            return ("inputs", self.sources[line, 0], "unit" if words[2] == "factor" else words[2])
        index = self.sources[line, int(words[3])]
        name = words[4]
        if name == "charges":
            return ("inputs", index, self.by_path.get(".".join(words[:6]), ("", "freight"))[1])
        if name == "cannot":
            return (
                "inputs",
                index,
                CANNOT.get(words[5], "cannot"),
            )
        renamed = {"seller_name": "seller", "sourcing": "seller_code", "made_part": "own_part"}
        return ("inputs", index, renamed.get(name, name))


def assembled(answer: Row, inputs: list[Row], costs: Row) -> tuple[Facts, Places]:
    """``answer`` holds the part's and plant's keys under "part" and "plant", the customers' under "customers", and each
    input its sale under "sourcing" and own part under "made_part"."""
    places = Places()
    facts: Facts = {
        "part": answer["part"],
        "plant": answer.get("plant") or "",
        "addressed_to": answer.get("customers") or [],
    }
    facts |= {"uses": answer.get("uses") or [], "statements": [], "claims": [], "costs": {}, "own_values": []}
    for column in ANSWERS:
        value = answer.get(column.key)
        if not column.path or column.key in {"uses", "plant", "part"}:
            continue
        if "." not in column.path:
            places.by_path[column.path] = ("answers", column.key)
            facts[column.path] = value or ""
        elif value not in (None, "", []):
            _said(facts, places, column.path, column.key, value)
    for row in facts["claims"]:
        row["why"] = answer.get("claims_why") or ""
    _costs(facts, places, costs)
    facts["lines"] = list(_lines(places, inputs))
    return facts, places


def _said(facts: Facts, places: Places, path: str, key: str, value: Any) -> None:
    kind, law, *name = path.split(".")
    if kind == "claims":
        places.by_path[f"claims.{len(facts['claims'])}.value"] = ("answers", key)
        facts["claims"].append({"key": law, "value": value})
        return
    row = next((one for one in facts["statements"] if one["law"] == law), None)
    if row is None:
        row = {"law": law}
        facts["statements"].append(row)
    row[name[0]] = value
    places.by_path[f"statements.{facts['statements'].index(row)}.{name[0]}"] = ("answers", key)


def _costs(facts: Facts, places: Places, costs: Row) -> None:
    for column in COSTS:
        value = costs.get(column.key)
        if value in (None, "") or not column.path:
            continue
        kind, name = column.path.split(".")
        if kind == "costs":
            facts["costs"][name] = value
            places.by_path[column.path] = ("costs", column.key)
        elif name != "where":
            at = f"own_values.{len(facts['own_values'])}."
            places.by_path |= {
                at + "amount": ("costs", column.key),
                at + "country": ("costs", "own_other_country" if name == "other" else column.key),
            }
            facts["own_values"].append(
                {"country": costs.get("own_other_country", "") if name == "other" else name, "amount": value}
            )
    if costs.get("own_other_country") and not costs.get("own_other"):
        at = f"own_values.{len(facts['own_values'])}."
        places.by_path[at + "amount"] = ("costs", "own_other")
        facts["own_values"].append({"country": costs["own_other_country"], "amount": ""})


def _lines(places: Places, inputs: list[Row]) -> Iterator[Facts]:
    """Rows that follow each other with the same material and a share each are one line with several sellers, until the
    shares are all of it."""
    line: Facts = {}
    left = Fraction(0)
    count = -1
    for index, row in enumerate(inputs):
        share = _share(row)
        same = bool(line) and left > 0 and share is not None and all(row.get(key) == line.get(key) for key in LINE)
        if not same:
            if line:
                yield line
            line, count = {key: row.get(key) for key in LINE} | {"sources": []}, count + 1
            left = Fraction(1) if share is not None else Fraction(0)
        left -= share or 0
        places.sources[count, len(line["sources"])] = index
        line["sources"].append(_source(places, f"lines.{count}.sources.{len(line['sources'])}", row))
    if line:
        yield line


def _share(row: Row) -> Fraction | None:
    """None where the whole comes from one seller, or where what was typed is no share."""
    try:
        share = numbers.share(str(row.get("share") or "100"), machine=True)
    except numbers.NotANumber:
        return None
    return share if share < 1 else None


def _source(places: Places, at: str, row: Row) -> Facts:
    source = {key: row.get(key) for key in SOURCE}
    sale = row.get("sale")
    source |= {
        "share": row.get("share") or "100", "sourcing": str(sale.pk) if sale else "", "made_part": row.get("made_part") or "",
        "seller_name": sale.seller.name if sale else row.get("seller") or "", "seller_code": sale.seller.code if sale else "",
        "seller_part": sale.seller_part.number if sale else "", "made_number": row.get("own_part") or "",
        "charges": [], "cannot": None,
    }  # fmt: skip
    for kind in CHARGES:
        if row.get(kind):
            places.by_path[f"{at}.charges.{len(source['charges'])}"] = ("inputs", kind)
            source["charges"].append({
                "kind": kind, "amount": row[kind], "leg": row.get("leg") or "" if kind == "freight" else "",
                "in_price": kind in (row.get("in_price") or []), "recoverable": kind in (row.get("recoverable") or []),
            })  # fmt: skip
    if row.get("cannot"):
        tried = [{"at": one[:10], "how": one[10:].strip()} for one in row.get("tried") or []]
        source["cannot"] = {"reason": row["cannot"], "tried": tried, "determination": row.get("finding") or "",
                            "basis": row.get("rests_on") or "", "ge70": row.get("determined_ge70"),
                            "pct": row.get("determined_pct") or ""}  # fmt: skip
    return source
