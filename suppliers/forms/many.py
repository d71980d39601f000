"""Many parts in one grid: for each the few answers that need no bill of materials, given once for those that are ticked."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suppliers import numbers
from suppliers.forms.cells import Cell, Choices
from suppliers.forms.posted import Facts
from suppliers.forms.questions import Needed, stated
from suppliers.forms.statements import CHOICES, LAWS, METHODS, NAFTA_PARAS
from suppliers.models import Declaration, Part, Request

NAFTA: Choices = [
    ("", _("not said")), ("nil", _("contains no listed import: s.9(1)")),
    ("f", _("originates by value, percentage given: s.9(2)(f)")), ("g", _("originates by value, none given: s.9(2)(g)")),
]  # fmt: skip
FIELDS: dict[str, dict[str, tuple[Any, Choices | None]]] = {
    "nafta": {"para": (_("What it is"), NAFTA), "percent": (_("Percent, with (f)"), None)},
    "usmca": {"originates": (_("Does it originate?"), CHOICES["originates"]), "criterion": (_("Criterion"), CHOICES["criterion"]),
              "method": (_("Method"), METHODS)},
    "aala": {"ge70": (_("At least 70 percent U.S. and Canadian?"), CHOICES["ge70"]), "pct5": (_("If less: to the nearest 5"), None),
             "origin": (_("Country of origin"), None)},
    "eu-uk": {"originates": (_("Does it originate?"), CHOICES["originates"]), "agreements": (_("Preferential trade with"), None)},
}  # fmt: skip
FIGURES = {"percent", "pct5"}
ALL = "all"


@dataclass
class Row:
    """One part: who asks, what its request needs, the draft it goes on from, its facts, its cells and what is wrong with it."""

    part: Part
    asked: list[Request]
    needed: Needed
    facts: Facts
    draft: Declaration | None = None
    last: Declaration | None = None
    ticked: bool = False
    seen: str = ""
    cells: dict[str, dict[str, Cell]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.part.pk)

    @property
    def version(self) -> str:
        """The version of its draft, which a page carries so that nobody's change is lost; empty where there is none."""
        return str(self.draft.version) if self.draft else ""

    @property
    def made_in(self) -> Cell:
        return self.cells[""]["made_in"]

    @property
    def laws(self) -> list[dict[str, Any]]:
        return _laws(self.cells, self.key)

    def answered(self) -> Facts | None:
        """The facts with what the row says; None where it says nothing under any law."""
        said = {
            law: self._said(law, _values(cells))
            for law, cells in self.cells.items()
            if law and any(_values(cells).values())
        }
        if not said or not self._readable(said):
            return None
        first = [id(stated(self.facts, law)[0]) for law in said if stated(self.facts, law)]
        kept = [row for row in self.facts.get("statements") or [] if id(row) not in first]
        claims = list(self.facts.get("claims") or [])
        para = said.get("nafta", {}).get("para")
        if para in {"f", "g"} and all(row["key"] != "basis" for row in claims):
            claims.append(
                {"key": "basis", "value": "rvc", "why": gettext("stated under s.9(2)(%(para)s)") % {"para": para}}
            )
        return self.facts | {"made_in": self.made_in.value, "statements": [*said.values(), *kept], "claims": claims}

    def _said(self, law: str, values: Facts) -> Facts:
        """The first statement under a law with what the row says; what the grid does not ask stays, unless the paragraph is another."""
        before = (stated(self.facts, law) or [{}])[0]
        if values.get("para", before.get("para")) != before.get("para"):
            before = {}
        return before | {"law": law} | values

    def differs(self, facts: Facts) -> bool:
        """Whether these facts say anything else than its draft does already; a last answer is always begun anew."""
        return self.draft is None or any(
            _words(facts, key) != _words(self.facts, key) for key in ("made_in", "statements", "claims")
        )

    def _readable(self, said: dict[str, Facts]) -> bool:
        """Figures as a machine writes them; what is none is complained of beneath the row."""
        for law, row in said.items():
            for name in FIGURES & set(row):
                try:
                    row[name] = numbers.written(numbers.decimal(row[name])) if row[name] else ""
                except numbers.NotANumber as wrong:
                    self.errors.append(gettext("%(place)s: %(word)s") % {"place": LAWS[law], "word": wrong})
        return not self.errors


class Many:
    """The grid. A row's fields are named ``<part>.<law>.<field>``; those of the answer given to all ticked begin with ``all``."""

    def __init__(self, rows: list[Row], data: QueryDict | None = None):
        self.rows, self.data = rows, data
        self.needed = Needed()
        for row in rows:
            self.needed |= row.needed
            row.cells = self._cells(row.key, row.needed, row.facts)
            row.ticked = data is not None and f"tick.{row.key}" in data
            row.seen = data.get(f"{row.key}.version", "") if data is not None else row.version
        self.same_cells = self._cells(ALL, self.needed, {})
        self.same, self.same_made_in = _laws(self.same_cells, ALL), self.same_cells[""]["made_in"]

    def _cells(self, key: str, asked: Needed, facts: Facts) -> dict[str, dict[str, Cell]]:
        found = {"": {"made_in": self._cell(f"{key}.made_in", str(facts.get("made_in") or ""), None)}}
        for law in LAWS:
            if law in asked.laws:
                said = (stated(facts, law) or [{}])[0]
                found[law] = {
                    name: self._cell(f"{key}.{law}.{name}", _text(said.get(name), name), choices)
                    for name, (_label, choices) in FIELDS[law].items()
                }
        return found

    def _cell(self, name: str, value: str, choices: Choices | None) -> Cell:
        value = self.data.get(name, value) if self.data is not None else value
        if choices is not None and value not in {key for key, _said in choices}:
            choices = [*choices, (value, dict(NAFTA_PARAS).get(value, value))]
        return Cell(name, value, choices)

    def give(self) -> int:
        """Give the answer of the first row to every ticked part, law by law as each was asked; how many took it."""
        ticked = [row for row in self.rows if row.ticked]
        for row in ticked:
            for law, cells in row.cells.items():
                for name, cell in cells.items():
                    cell.value = self.same_cells[law][name].value or cell.value
        return len(ticked)

    def tick(self, family: str) -> None:
        """Tick all parts, or those whose HS code is of one family."""
        for row in self.rows:
            row.ticked = row.part.hs.startswith(family) if family else True

    @property
    def families(self) -> list[tuple[str, int]]:
        codes = [row.part.hs[:7] for row in self.rows if row.part.hs]
        return sorted((code, codes.count(code)) for code in set(codes))


def _laws(cells: dict[str, dict[str, Cell]], key: str) -> list[dict[str, Any]]:
    return [
        {
            "name": LAWS[law],
            "fields": [
                {"cell": cell, "label": FIELDS[law][name][0], "kind": "country" if name == "origin" else ""}
                for name, cell in inner.items()
            ],
        }
        for law, inner in cells.items()
        if law
    ]


def _words(facts: Facts, key: str) -> Any:
    """What is said under a key, order and writing aside."""
    rows = facts.get(key) or ""
    if isinstance(rows, str):
        return rows
    return sorted(
        sorted((name, _text(value, "")) for name, value in row.items() if value not in (None, "")) for row in rows
    )


def _values(cells: dict[str, Cell]) -> dict[str, str]:
    return {name: cell.value.strip() for name, cell in cells.items()}


def _text(value: Any, name: str) -> str:
    if name in FIGURES:
        return numbers.typed(str(value or ""))
    return "" if value is None else "true" if value is True else "false" if value is False else str(value)
