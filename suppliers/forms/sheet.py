"""The declaration's sheet: plain facts as fields, each with its value as shown and what was found at it.

A field's name is its path in the facts (``lines.0.sources.1.price``), so an error or finding lands where it belongs.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suppliers import numbers
from suppliers.facts import letters, spoken
from suppliers.forms import claims, known, missing, statements
from suppliers.forms.advice import whom
from suppliers.forms.cells import Cell, Choices
from suppliers.forms.inputs import Inputs
from suppliers.forms.panels import adds_up, answers, steps
from suppliers.forms.posted import Facts, place
from suppliers.forms.questions import needed, opened
from suppliers.forms.told import words_of
from suppliers.models import Costs, Organisation, Part, Sourcing
from suppliers.models.declarations import CURRENCIES

HEADER = (
    "part", "plant", "plant_share", "made_in", "hs", "hs_edition", "begins", "ends", "currency", "price",
    "fiscal_year_start",
)  # fmt: skip


class Sheet(Inputs):
    """Everything the template needs to lay the form out, in its order."""

    def __init__(
        self,
        facts: Facts,
        organisation: Organisation,
        *,
        errors=None,
        found: Iterable[Any] = (),
        stored: bool = False,
        rulebooks: Collection[str] = (),
    ):
        super().__init__(facts, errors=errors, found=found, stored=stored)
        self.organisation, self.needed = organisation, needed(rulebooks)
        self.determines = organisation.kind == Organisation.Kind.AUTOMAKER or "aala" in rulebooks
        said, made = statements.completed(facts, self.needed), claims.completed(facts, self.needed)
        self.found = [_at_its_claim(row, made) for row in self.found]
        self._knows()
        self.header, self.customers = self._header(), self._customers()
        self.uses = [(key, word, key in (facts.get("uses") or [])) for key, word in statements.USES]
        self.lines = [self._line(index, row) for index, row in enumerate(facts.get("lines") or [])]
        self.costs = self.cells(facts.get("costs") or {}, "costs.", Costs.AMOUNTS)
        self.own_values = [
            {"path": f"own_values.{n}", "cells": self.cells(row, f"own_values.{n}.", ("country", "amount"))}
            for n, row in enumerate(facts.get("own_values") or [{}])
        ]
        self.statements = [self._statement(n, row) for n, row in enumerate(said)]
        self.claims = [self._claim(n, row) for n, row in enumerate(made)]
        self.other_laws = [(law, words) for law, words in statements.LAWS.items()]
        self.opened = opened(self.needed, facts)
        self.missing = missing.of(self.needed, facts)

    def _knows(self) -> None:
        """What the company buys, makes and has been answered, for the lists to choose from."""
        rows = list(Sourcing.objects.filter(buyer=self.organisation).select_related("seller", "buyer_part"))
        self.sales = [(str(row.pk), f"{row.seller.name} · {row.buyer_part.number}") for row in rows]
        self.sales_of: dict[str, Choices] = {}
        for row, sale in zip(rows, self.sales, strict=True):
            self.sales_of.setdefault(row.buyer_part.number, []).append(sale)
        self.answers = answers(self.organisation, rows, timezone.now().date())
        self.letters = letters.of([row.pk for row in rows], self.organisation) if rows else {}
        self.bought = known.items(self.organisation, rows)
        mine = list(Part.objects.filter(organisation=self.organisation))
        self.own_parts = [(str(row.pk), str(row)) for row in mine]
        self.own_numbers = [(row.number, row.description) for row in mine]

    def _header(self) -> dict[str, Cell]:
        self.plants = [(str(row.pk), str(row)) for row in self.organisation.plants.all()]
        plants = [("", _("all plants")), *self.plants]
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

    def _statement(self, index: int, row: Facts) -> dict[str, Any]:
        law, path = str(row.get("law") or ""), f"statements.{index}"
        cells = self.cells(row, path + ".", statements.NAMES, **statements.choices(law, self.needed))
        return {"path": path, "number": index + 1, "law": cells["law"], "name": statements.LAWS.get(law, law),
                "about": statements.ABOUT.get(law, law), "said": any(cell.value for name, cell in cells.items() if name != "law"),
                "questions": statements.questions(law, cells)}  # fmt: skip

    def _claim(self, index: int, row: Facts) -> dict[str, Any]:
        key = str(row.get("key") or "")
        if self.stored and key == "requirement":
            row = row | {"value": numbers.typed(str(row.get("value") or ""))}
        cells = self.cells(row, f"claims.{index}.", claims.NAMES, value=claims.choices(key, self.facts))
        return claims.question(row, cells) | {"path": f"claims.{index}", "number": index + 1}

    @property
    def costs_open(self) -> bool:
        said = [*self.costs.values(), *(cell for row in self.own_values for cell in row["cells"].values())]
        asked = self.opened and (self.needed.costs or self.needed.own_value)
        return bool(asked) or any(cell.value or cell.noted for cell in said)

    @property
    def lines_open(self) -> bool:
        """What goes into it stands open where some law must look into it, or where something of it is said already."""
        return bool(self.opened or self.lines) or any(path.startswith("lines") for path in self.errors)

    @property
    def everything(self) -> list[dict[str, Any]]:
        """All findings and errors for the summary on top, each with its place and a link to its field."""
        rows = [(path, text, "stops", "", "") for path, texts in self.errors.items() for text in texts]
        rows += [(row.path, spoken.message(row), row.severity, row.code, row.cite) for row in self.found]
        return [
            {"message": f"{place(path)}. {text}" if path else text, "severity": severity, "code": code, "cite": cite,
             "href": "#" + self._anchor(path) if path else "", "whom": whom(code)}
            for path, text, severity, code, cite in rows
        ]  # fmt: skip

    def _anchor(self, path: str) -> str:
        if path in self.cells_by_name:
            return self.cells_by_name[path].id
        top = path.partition(".")[0]
        sections = {"lines": "h-lines", "costs": "h-own", "own_values": "h-own", "addressed_to": "h-to", "uses": "h-to"}
        return sections.get(top, "h-said" if top in {"statements", "claims"} else "h-part")

    @property
    def noted(self) -> list[Cell]:
        """The fields at which something is wrong or worth a look."""
        return [cell for cell in self.cells_by_name.values() if cell.noted]

    @property
    def steps(self) -> list[dict[str, Any]]:
        problems = [(path, "stops") for path in self.errors]
        return steps(self.facts, [*problems, *((row.path, row.severity) for row in self.found)])

    @property
    def adds_up(self) -> dict[str, Any] | None:
        return adds_up(self.facts)

    def named(self, value: str, path: str) -> str:
        """A key as people say it: the word of a choice, or the part, sale, customer or plant behind it."""
        if not value:
            return gettext("nothing")
        cell = self.cells_by_name.get(path)
        names = words_of(path) | dict((cell and cell.choices) or ())
        names |= dict(self.sales) | dict(self.own_parts) | {row["pk"]: row["name"] for row in self.customers}
        names |= dict(self.header["plant"].choices or [])
        return ", ".join(str(names.get(one, one)) for one in value.split(", "))


def _at_its_claim(row: Any, made: list[Facts]) -> Any:
    """A finding about a claim stands at the question that asks it."""
    top, *rest = str(row.path).split(".")
    index = next((n for n, one in enumerate(made) if top == "claims" and rest[:1] == [one.get("key")]), None)
    if index is None:
        return row
    path = f"claims.{index}.value"
    return (
        SimpleNamespace(**vars(row) | {"path": path}) if isinstance(row, SimpleNamespace) else replace(row, path=path)
    )
