"""One field of a form, and what makes it: a name that is its path in the facts, its value as shown, what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from suppliers import numbers
from suppliers.forms.posted import Facts
from suppliers.models import Costs

Choices = list[tuple[str, Any]]
FIGURES = {
    "price", "quantity", "share", "plant_share", "amount", "percent", "net_cost", "vnm", "pct5", "pct", "rate", *Costs.AMOUNTS,
}  # fmt: skip


@dataclass
class Cell:
    """One field: its name and id, its value as shown, its choices, and what is wrong with it."""

    name: str
    value: str = ""
    choices: Choices | None = None
    errors: list[str] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def invalid(self) -> bool:
        return bool(self.errors) or any(row.severity == "stops" for row in self.found)

    @property
    def noted(self) -> bool:
        return bool(self.errors or self.found)


class Cells:
    """Makes fields out of facts, with the errors and findings that belong to each."""

    def __init__(self, facts: Facts, *, errors: dict[str, list[str]] | None, found: Iterable[Any], stored: bool):
        self.facts, self.stored = facts, stored
        self.errors, self.found = errors or {}, list(found)
        self.cells_by_name: dict[str, Cell] = {}

    def cell(self, name: str, value: Any = None, choices: Choices | None = None) -> Cell:
        raw = "" if value in (None, False) else "true" if value is True else str(getattr(value, "pk", value))
        if value is False and "false" in dict(choices or ()):
            raw = "false"  # "no" is an answer, not silence
        if self.stored and name.rpartition(".")[2] in FIGURES:
            raw = numbers.typed(raw)  # so that reading it back is clear; what was typed is never touched
        if choices is not None and raw not in {key for key, _ in choices}:
            choices = [*choices, (raw, raw)]  # what was said elsewhere must survive this form
        found = [row for row in self.found if row.path == name]
        self.cells_by_name[name] = Cell(name, raw, choices, self.errors.get(name, []), found)
        return self.cells_by_name[name]

    def cells(self, node: Facts, at: str, names: Iterable[str], **choices: Choices) -> dict[str, Cell]:
        return {name: self.cell(at + name, node.get(name), choices.get(name)) for name in names}
