"""The declaration's sheet: plain facts as fields, each with its value as shown and what was found at it.

A field's name is its path in the facts (``lines.0.sources.1.price``), so an error or finding lands where it belongs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers import numbers
from suppliers.facts import spoken
from suppliers.forms.panels import adds_up, amount_in_one, answers, steps
from suppliers.forms.posted import Facts, place
from suppliers.forms.questions import needed
from suppliers.models import Cannot, Charge, Costs, Organisation, Part, Source, Sourcing
from suppliers.models.declarations import CURRENCIES

Choices = list[tuple[str, str]]
LAWS = [
    ("", ""),
    ("nafta", "NAFTA"),
    ("usmca", "USMCA"),
    ("aala", "AALA, the label"),
    ("eu-uk", _("EU and United Kingdom")),
]
PARAS = [
    ("", ""), ("nil", "holds no listed import"), ("c", "(c) customs value, title at importation"),
    ("d", "(d) customs value, title later"), ("e", "(e) price in a later sale"), ("f", "(f) originates, with its content"),
    ("g", "(g) originates, no value given"), ("h", "(h) an amount of (f) or (g), restated"),
    ("14a", "14(2)(a) net cost and VNM"), ("14b", "14(2)(b) an amount free of VNM"), ("9a", "9(2)(a) net cost and VNM"),
]  # fmt: skip
CLAIMS = [("", ""), ("shift", "tariff shift: met or not_met"), ("basis", "basis relied on: shift or rvc"),
          ("table", "USMCA table by description: A.1, B, C"), ("requirement", "required percentage of its provision")]  # fmt: skip
HOWS = [(Source.How.BOUGHT, "bought"), (Source.How.IMPORTED, "imported"), (Source.How.MADE, "made")]
YES_NO = [("", "not said"), ("true", "originates"), ("false", "does not originate")]
GE70 = [("", _("not said")), ("true", _("70 percent or more")), ("false", _("less than 70 percent"))]
METHODS = [("", ""), ("NC", "net cost"), ("TV", "transaction value"), ("TS", "tariff shift")]
USES = [
    ("light", "cars and light trucks"),
    ("heavy", "heavy trucks"),
    ("other", "other vehicles"),
    ("aftermarket", "aftermarket"),
]
FIGURES = {
    "price",
    "quantity",
    "share",
    "plant_share",
    "amount",
    "percent",
    "net_cost",
    "vnm",
    "pct5",
    "pct",
    "rate",
    *Costs.AMOUNTS,
}
HEADER = (
    "part", "plant", "plant_share", "made_in", "hs", "hs_edition", "begins", "ends", "currency", "price",
    "fiscal_year_start",
)  # fmt: skip
LINE = ("item", "description", "hs", "hs_edition", "quantity", "unit", "minor", "consigned")
SOURCE = (
    "how", "share", "price", "seller_name", "sourcing", "made_part", "made_in", "title", "rate", "designated", "basis",
    "allied", "related",
)  # fmt: skip
GRID = ("how", "made_in", "sourcing", "seller_name", "price", "share")  # the rest of a source stands in its folded part
STATEMENT = (
    "law", "para", "originates", "amount", "percent", "net_cost", "vnm", "criterion", "method", "use", "averaged",
    "ge70", "pct5", "pct", "origin", "engine_origin", "transmission_origin", "agreements", "cumulation",
)  # fmt: skip

LABEL = ("ge70", "pct5", "pct", "origin", "engine_origin", "transmission_origin")
AGREEMENTS = ("agreements", "cumulation")


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


class Sheet:
    """Everything the template needs to lay the form out, in its order."""

    def __init__(
        self,
        facts: Facts,
        organisation: Organisation,
        *,
        errors=None,
        found: Iterable[Any] = (),
        stored: bool = False,
        rulebooks: Iterable[str] = (),
    ):
        self.facts, self.organisation, self.stored = facts, organisation, stored
        self.needed = needed(rulebooks)
        self.errors, self.found = errors or {}, list(found)
        self.cells_by_name: dict[str, Cell] = {}
        rows = list(Sourcing.objects.filter(buyer=organisation).select_related("seller", "buyer_part"))
        self.sales = [(str(row.pk), f"{row.seller.name} · {row.buyer_part.number}") for row in rows]
        self.sales_of: dict[str, Choices] = {}
        for row, sale in zip(rows, self.sales, strict=True):
            self.sales_of.setdefault(row.buyer_part.number, []).append(sale)
        self.answers = answers(organisation, rows, timezone.now().date())
        mine = list(Part.objects.filter(organisation=organisation))
        self.own_parts = [(str(row.pk), str(row)) for row in mine]
        self.own_numbers = [(row.number, row.description) for row in mine]
        self.header, self.customers = self._header(), self._customers()
        self.uses = [(key, word, key in (facts.get("uses") or [])) for key, word in USES]
        self.lines = [self._line(index, row) for index, row in enumerate(facts.get("lines") or [])]
        self.costs = self.cells(facts.get("costs") or {}, "costs.", Costs.AMOUNTS)
        self.own_values = [
            {"path": f"own_values.{n}", "cells": self.cells(row, f"own_values.{n}.", ("country", "amount"))}
            for n, row in enumerate(facts.get("own_values") or [{}])
        ]
        self.statements = [self._statement(n, row) for n, row in enumerate(facts.get("statements") or [])]
        self.claims = [
            {"path": f"claims.{n}", "cells": self.cells(row, f"claims.{n}.", ("key", "value", "why"), key=CLAIMS)}
            for n, row in enumerate(facts.get("claims") or [])
        ]

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

    def _header(self) -> dict[str, Cell]:
        plants = [("", "all plants"), *((str(row.pk), str(row)) for row in self.organisation.plants.all())]
        parts, money = [("", ""), *self.own_parts], [(code, code) for code in CURRENCIES]
        return self.cells(self.facts, "", HEADER, part=parts, plant=plants, currency=money)

    def _customers(self) -> list[dict[str, Any]]:
        chosen = set(map(str, self.facts.get("addressed_to") or []))
        part = str(getattr(self.facts.get("part"), "pk", self.facts.get("part")) or "")
        sales = Sourcing.objects.filter(seller=self.organisation).select_related("buyer")
        rows = {
            row.buyer_id: row.buyer
            for row in sales
            if not part or str(row.seller_part_id) == part or str(row.buyer_id) in chosen
        }
        known = [{"pk": str(pk), "name": row.name, "chosen": str(pk) in chosen} for pk, row in rows.items()]
        return sorted(known, key=lambda row: row["name"])

    def _line(self, index: int, row: Facts) -> dict[str, Any]:
        at = f"lines.{index}."
        cells = self.cells(row, at, LINE, unit=list(Part.Unit.choices))
        sources = row.get("sources") or [{}]
        told = [self._source(f"{at}sources.{n}.", source, row) for n, source in enumerate(sources)]
        told[0]["noted"] = [cell for cell in cells.values() if cell.noted] + told[0]["noted"]
        return {
            "path": f"lines.{index}",
            "number": index + 1,
            "cells": cells,
            "sources": told,
            "several": len(told) > 1,
        }

    def _source(self, at: str, row: Facts, line: Facts) -> dict[str, Any]:
        if row.get("sourcing"):
            row = row | {"seller_name": ""}  # the sale names its seller
        row = row | {"made_part": row.get("made_number") or row.get("made_part")}
        sales = self._sales(line, row)
        cells = self.cells(
            row, at, SOURCE, how=HOWS, sourcing=[("", "not on the portal"), *sales], title=[("", ""), *Source.Title.choices],
            basis=[("", ""), ("shift", "tariff shift"), ("rvc", "regional value")],
        )  # fmt: skip
        charges = [self._charge(f"{at}charges.{n}", charge) for n, charge in enumerate(row.get("charges") or [])]
        cannot = row.get("cannot") or {}
        tried = [
            self.cells(one, f"{at}cannot.tried.{n}.", ("at", "how"))
            for n, one in enumerate(cannot.get("tried") or [{}])
        ]
        problems = [*self.errors, *(one.path for one in self.found)]
        folded = any(path.startswith(at) and path.removeprefix(at) not in GRID for path in problems)
        said = (
            charges or cannot.get("reason") or any(row.get(key) for key in ("title", "made_part", "designated", "rate"))
        )
        return {
            "path": at.rstrip("."), "cells": cells, "charges": charges, "tried": tried,
            "unfolded": bool(said or folded or row.get("how") in {"imported", "made"}),
            "cannot": self.cells(cannot, f"{at}cannot.", ("reason", "determination", "basis"),
                                 reason=[("", "the answer can be had"), *Cannot.Reason.choices]),
            "noted": [cells[name] for name in GRID if cells[name].noted],
            "in_one": amount_in_one(line, row), "answer": self._answer(row, cannot),
        }  # fmt: skip

    def _sales(self, line: Facts, row: Facts) -> Choices:
        """The sales under this line's number, and the one chosen; all of them where the number fits none."""
        chosen = str(row.get("sourcing") or "")
        fitting = self.sales_of.get(str(line.get("item") or "").strip())
        return (
            fitting + [one for one in self.sales if one[0] == chosen and one not in fitting] if fitting else self.sales
        )

    def _charge(self, path: str, row: Facts) -> dict[str, Any]:
        names = ("kind", "amount", "leg", "in_price", "recoverable")
        legs = [("", ""), *Charge.Leg.choices]
        return {"path": path, "cells": self.cells(row, path + ".", names, kind=list(Charge.Kind.choices), leg=legs)}

    def _answer(self, row: Facts, cannot: Facts) -> tuple[str, str] | None:
        if cannot.get("reason"):
            return ("none", "cannot be obtained")
        if row.get("how") == "made":
            return ("none", "your own part")
        if row.get("how") == "imported" and not row.get("sourcing"):
            return ("none", "your own import")
        return self.answers.get(str(row.get("sourcing") or "")) or (("none", "not on the portal") if row else None)

    def _statement(self, index: int, row: Facts) -> dict[str, Any]:
        cells = self.cells(
            row, f"statements.{index}.", STATEMENT, law=LAWS, para=PARAS, originates=YES_NO, method=METHODS, use=[("", ""), *USES],
            ge70=GE70,
        )  # fmt: skip
        return {"path": f"statements.{index}", "cells": cells, "label": self._asks("label", cells, LABEL),
                "agreements": self._asks("agreements", cells, AGREEMENTS)}  # fmt: skip

    def _asks(self, question: str, cells: dict[str, Cell], names: Iterable[str]) -> bool:
        """Whether a group of fields stands open: a request asks it, or it says or lacks something already."""
        return getattr(self.needed, question) or any(cells[name].value or cells[name].noted for name in names)

    @property
    def costs_open(self) -> bool:
        said = [*self.costs.values(), *(cell for row in self.own_values for cell in row["cells"].values())]
        return self.needed.costs or self.needed.own_value or any(cell.value or cell.noted for cell in said)

    @property
    def lines_open(self) -> bool:
        return self.needed.lines or bool(self.lines) or any(path.startswith("lines") for path in self.errors)

    @property
    def everything(self) -> list[dict[str, Any]]:
        """All findings and errors for the summary on top, each with its place and a link to its field."""
        rows = [(path, text, "stops", "", "") for path, texts in self.errors.items() for text in texts]
        rows += [(row.path, spoken.message(row), row.severity, row.code, row.cite) for row in self.found]
        return [
            {"message": f"{place(path)}. {text}" if path else text, "severity": severity, "code": code, "cite": cite,
             "href": "#" + self._anchor(path) if path else ""}
            for path, text, severity, code, cite in rows
        ]  # fmt: skip

    def _anchor(self, path: str) -> str:
        if path in self.cells_by_name:
            return self.cells_by_name[path].id
        top = path.partition(".")[0]
        sections = {"lines": "h-lines", "costs": "h-own", "own_values": "h-own", "addressed_to": "h-to", "uses": "h-to"}
        return sections.get(top, "h-said" if top in {"statements", "claims"} else "h-part")

    @property
    def steps(self) -> list[dict[str, Any]]:
        problems = [(path, "stops") for path in self.errors]
        return steps(self.facts, [*problems, *((row.path, row.severity) for row in self.found)])

    @property
    def adds_up(self) -> dict[str, Any] | None:
        return adds_up(self.facts)

    def named(self, value: str) -> str:
        """A key as people say it: the part, sale, customer or plant behind it."""
        names = dict(self.sales) | dict(self.own_parts) | {row["pk"]: row["name"] for row in self.customers}
        names |= dict(self.header["plant"].choices or [])
        return ", ".join(names.get(one, one) for one in value.split(", ")) if value else "nothing"
