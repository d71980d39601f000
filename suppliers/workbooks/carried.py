"""What a file says about one part, joined with what stood before in the columns and sheets that the file does not have."""

from dataclasses import dataclass, field
from uuid import UUID

from suppliers.facts import typed
from suppliers.facts.reading import Facts
from suppliers.models import Declaration
from suppliers.workbooks.known import Known
from suppliers.workbooks.layout import Table
from suppliers.workbooks.told import Row, Told

Key = tuple[UUID, UUID | None]


@dataclass
class Answer:
    """What a file says about one part and plant. ``header`` and ``body`` are rows ready to be saved, or None."""

    key: Key
    number: str
    row: int
    state: str
    said: Row
    inputs: list[tuple[int, Row]] = field(default_factory=list)
    costs: tuple[int, Row] | None = None
    wrong: bool = False
    last: Declaration | None = None
    before: Told | None = None
    facts: Facts = field(default_factory=dict)
    header: Facts | None = None
    body: typed.Body | None = None


def carried(answer: Answer, tables: dict[str, Table], known: Known) -> tuple[Row, list[Row], Row]:
    """What the file says, and of columns and sheets it does not have at all, what stood before."""
    before = answer.before or Told()
    said = _missing(before.answer, tables["answers"]) | answer.said
    if "customers" not in {column.key for column in tables["answers"].columns.values()}:
        codes = before.answer.get("customers") or []
        said["customers"] = [str(row.pk) for row in known.buyers.values() if row.code in codes]
    inputs, costs = _inputs(answer, before, tables.get("inputs"), known), before.costs
    if "costs" in tables:
        costs = _missing(before.costs, tables["costs"]) | (answer.costs[1] if answer.costs else {})
    return said, inputs, costs


def _inputs(answer: Answer, before: Told, table: Table | None, known: Known) -> list[Row]:
    if table is None:
        return [row | _joined(row, known) for row in before.inputs]
    old: dict[str, list[Row]] = {}
    for row in before.inputs:
        old.setdefault(row.get("item") or "", []).append(row)
    rows = []
    for _row, said in answer.inputs:
        same = old.get(said.get("item", ""), [])
        rows.append((_missing(same.pop(0), table) if same else {}) | said)
    return rows


def _joined(row: Row, known: Known) -> Row:
    """The sale and own part of an input that stood before."""
    found: Row = {}
    if row.get("seller_code"):
        found["sale"] = known.purchase(row["seller_code"], row.get("item") or "", row.get("seller_part") or "")
    if row.get("own_part"):
        found["made_part"] = str(known.numbers[row["own_part"]].pk)
    return found


def _missing(before: Row, table: Table) -> Row:
    """What stood before in the columns that a file does not have."""
    there = {column.key for column in table.columns.values()}
    return {key: text for key, text in before.items() if key not in there and key not in {"part", "plant", "customers"}}
