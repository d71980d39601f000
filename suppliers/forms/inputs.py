"""The inputs of a declaration as fields: one row for each seller of each part, and what unfolds beneath it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from suppliers.facts.letters import Letter
from suppliers.forms import tries
from suppliers.forms.cells import Cells, Choices
from suppliers.forms.panels import amount_in_one
from suppliers.forms.posted import Facts
from suppliers.forms.statements import CHOICES
from suppliers.models import Cannot, Charge, Part, Source

HOWS: Choices = [(Source.How.BOUGHT, _("bought")), (Source.How.IMPORTED, _("imported")), (Source.How.MADE, _("made"))]
SUPPLY: Choices = [
    ("", _("we choose the seller and pay")), ("directed", _("directed buy: your customer names the seller, we pay")),
    ("consigned", _("consigned, free issue: your customer supplies it free")),
]  # fmt: skip
PER: Choices = [("", _("for one")), ("100", _("for 100")), ("1000", _("for 1,000"))]
LINE = ("item", "description", "hs", "hs_edition", "quantity", "unit", "factor", "minor", "supply")
SOURCE = (
    "how", "share", "price", "per", "seller_name", "sourcing", "made_part", "made_in", "title", "rate", "designated", "basis",
    "allied", "related",
)  # fmt: skip
GRID = ("how", "made_in", "sourcing", "seller_name", "price", "per", "share")  # the rest stands in the folded part


class Inputs(Cells):
    """The rows of the grid. ``sales``: what is sold to the company; ``sales_of`` the same by its own number; ``letters``
    what the portal wrote about each sale; ``determines``: the label's own determinations are asked for."""

    sales: Choices
    sales_of: dict[str, Choices]
    answers: dict[str, tuple[str, str]]
    letters: dict[Any, list[Letter]]
    determines: bool

    def _line(self, index: int, row: Facts) -> dict[str, Any]:
        at = f"lines.{index}."
        row = row | {
            "supply": "consigned" if _yes(row.get("consigned")) else "directed" if _yes(row.get("directed")) else ""
        }
        cells = self.cells(row, at, LINE, unit=list(Part.Unit.choices), supply=SUPPLY)
        sources = row.get("sources") or [{}]
        told = [self._source(f"{at}sources.{n}.", source, row) for n, source in enumerate(sources)]
        told[0]["noted"] = [cell for cell in cells.values() if cell.noted] + told[0]["noted"]
        return {
            "path": f"lines.{index}",
            "number": index + 1,
            "cells": cells,
            "sources": told,
            "several": len(told) > 1,
            "factored": bool(cells["factor"].value or cells["factor"].noted or cells["unit"].errors),
            "known": bool(self.sales_of.get(cells["item"].value)),
        }

    def _source(self, at: str, row: Facts, line: Facts) -> dict[str, Any]:
        if row.get("sourcing"):
            row = row | {"seller_name": ""}  # the sale names its seller
        row = row | {"made_part": row.get("made_number") or row.get("made_part")}
        sales = self._sales(line, row)
        cells = self.cells(
            row, at, SOURCE, how=HOWS, sourcing=[("", _("not on the portal")), *sales], title=[("", ""), *Source.Title.choices],
            basis=[("", ""), ("shift", _("tariff shift")), ("rvc", _("regional value"))], per=PER,
        )  # fmt: skip
        charges = [self._charge(f"{at}charges.{n}", charge) for n, charge in enumerate(row.get("charges") or [])]
        cannot = row.get("cannot") or {}
        tried = [
            {"path": f"{at}cannot.tried.{n}"} | self.cells(one, f"{at}cannot.tried.{n}.", ("at", "how"))
            for n, one in enumerate(cannot.get("tried") or [{}])
        ]
        letters, answer = tries.left(self.letters, row), self._answer(row, cannot)
        problems = [*self.errors, *(one.path for one in self.found)]
        folded = any(path.startswith(at) and path.removeprefix(at) not in GRID for path in problems)
        said = (
            charges or cannot.get("reason") or any(row.get(key) for key in ("title", "made_part", "designated", "rate"))
        )
        return {
            "path": at.rstrip("."), "cells": cells, "charges": charges, "tried": tried,
            "unfolded": bool(said or folded or row.get("how") in {"imported", "made"}),
            "cannot": self.cells(cannot, f"{at}cannot.", ("reason", "ge70", "pct", "determination", "basis"),
                                 reason=[("", _("the answer can be had")), *Cannot.Reason.choices], ge70=CHOICES["ge70"]),
            "determines": self.determines or any(cannot.get(name) not in (None, "") for name in ("ge70", "pct")),
            "letters": letters if cannot.get("reason") or (self.determines and answer and answer[0] != "pass") else [],
            "noted": [cells[name] for name in GRID if cells[name].noted],
            "in_one": amount_in_one(line, row), "answer": answer,
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
            return ("none", _("cannot be obtained"))
        if row.get("how") == "made":
            return ("none", _("your own part"))
        if row.get("how") == "imported" and not row.get("sourcing"):
            return ("none", _("your own import"))
        return self.answers.get(str(row.get("sourcing") or "")) or (("none", _("not on the portal")) if row else None)


def _yes(value: Any) -> bool:
    return value in (True, "true")
