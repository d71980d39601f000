"""The declaration's sheet: what a browser posts into plain facts, and facts back into fields with what was found at them.

A field's name is its path in the facts (``lines.0.sources.1.price``), so an error or finding lands where it belongs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from suppliers import numbers
from suppliers.models import Addressee, Cannot, Charge, Costs, Declaration, Part, Source, Sourcing
from suppliers.models.declarations import CURRENCIES

Facts = dict[str, Any]
NAME = re.compile(r"[a-z_]+(\.(\d{1,3}|[a-z_]+))*")
LAWS = [("", ""), ("nafta", "NAFTA"), ("usmca", "USMCA")]
PARAS = [
    ("", ""), ("nil", "holds no listed import"), ("c", "(c) customs value, title at importation"),
    ("d", "(d) customs value, title later"), ("e", "(e) price in a later sale"), ("f", "(f) originates, with its content"),
    ("g", "(g) originates, no value given"), ("h", "(h) an amount of (f) or (g), restated"),
    ("14a", "14(2)(a) net cost and VNM"), ("14b", "14(2)(b) an amount free of VNM"), ("9a", "9(2)(a) net cost and VNM"),
]  # fmt: skip
CLAIMS = [("", ""), ("shift", "tariff shift: met or not_met"), ("basis", "basis relied on: shift or rvc"),
          ("table", "USMCA table by description: A.1, B, C"), ("requirement", "required percentage of its provision")]  # fmt: skip
FIGURES = {"price", "quantity", "share", "plant_share", "amount", "percent", "net_cost", "vnm", *Costs.AMOUNTS}
YES_NO = [("", "not said"), ("true", "originates"), ("false", "does not originate")]


@dataclass
class Cell:
    """One field: its name and id, its value as shown, its choices, and what is wrong with it."""

    name: str
    value: str = ""
    choices: list[tuple[str, str]] | None = None
    errors: list[str] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def invalid(self) -> bool:
        return bool(self.errors) or any(row.severity == "stops" for row in self.found)


def posted(data: QueryDict) -> Facts:
    """The nested facts that flat names spell; names of another form are left out."""
    root: Facts = {}
    for name in data:
        if not NAME.fullmatch(name) or name.startswith(("csrf", "do", "version")):
            continue
        values = data.getlist(name)
        _put(root, name.split("."), values if name in {"uses", "addressed_to"} else values[-1])
    return _listed(root)


def _put(node: Facts, path: list[str], value: Any) -> None:
    for key in path[:-1]:
        inner = node.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        node = inner
    node[path[-1]] = value


def _listed(node: Any) -> Any:
    """Records whose keys are all numbers become lists in that order."""
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)]
    return {key: _listed(value) for key, value in node.items()}


def acted(facts: Facts, act: str) -> bool:
    """Do what a row button says (``add.lines``, ``add.lines.0.sources``, ``remove.lines.2``); False if it is none."""
    verb, _, path = act.partition(".")
    if verb not in {"add", "remove"} or not NAME.fullmatch(path):
        return False
    keys = path.split(".")
    node: Any = facts
    for key in keys[:-1]:
        node = node[int(key)] if isinstance(node, list) and key.isdigit() and int(key) < len(node) else (
            node.setdefault(key, {}) if isinstance(node, dict) else {})  # fmt: skip
    last = keys[-1]
    if verb == "add" and isinstance(node, dict):
        rows = node.setdefault(last, [])
        rows.append({"sources": [{}]} if last == "lines" else {})
        return True
    if verb == "remove" and isinstance(node, list) and last.isdigit() and int(last) < len(node):
        node.pop(int(last))
        return True
    return False


class Sheet:
    """Everything the template needs to lay the form out, in its order."""

    def __init__(
        self, facts: Facts, organisation: Any, *, errors=None, found: Iterable[Any] = (), stored: bool = False
    ):
        self.facts, self.organisation, self.stored = facts, organisation, stored
        self.errors, self.found = errors or {}, list(found)
        self.shown: set[str] = set()
        self.sales = [
            (str(row.pk), f"{row.seller.name} · {row.buyer_part.number}")
            for row in Sourcing.objects.filter(buyer=organisation).select_related("seller", "buyer_part")
        ]
        self.own_parts = [(str(row.pk), str(row)) for row in Part.objects.filter(organisation=organisation)]

    def cell(self, name: str, value: Any = None, choices: list[tuple[str, str]] | None = None) -> Cell:
        raw = "" if value in (None, False) else "true" if value is True else str(value)
        errors = self.errors.get(name, [])
        found = [row for row in self.found if row.path == name]
        if errors or found:
            self.shown.add(name)
        if self.stored and name.rpartition(".")[2] in FIGURES:
            raw = numbers.typed(raw)  # so that reading it back is clear; what was typed is never touched
        return Cell(name, raw, choices, errors, found)

    def cells(self, node: Facts, at: str, names: Iterable[str], **choices: list[tuple[str, str]]) -> dict[str, Cell]:
        return {name: self.cell(at + name, node.get(name), choices.get(name)) for name in names}

    @property
    def header(self) -> dict[str, Cell]:
        parts = [("", ""), *self.own_parts]
        plants = [("", "all plants"), *((str(row.pk), str(row)) for row in self.organisation.plants.all())]
        names = (
            "part",
            "plant",
            "plant_share",
            "made_in",
            "hs",
            "begins",
            "ends",
            "currency",
            "price",
            "fiscal_year_start",
        )
        money = [(code, code) for code in CURRENCIES]
        return self.cells(self.facts, "", names, part=parts, plant=plants, currency=money)

    @property
    def customers(self) -> list[dict[str, Any]]:
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

    @property
    def uses(self) -> list[tuple[str, str, bool]]:
        words = {
            "light": "cars and light trucks",
            "heavy": "heavy trucks",
            "other": "other vehicles",
            "aftermarket": "aftermarket",
        }
        return [(key, word, key in (self.facts.get("uses") or [])) for key, word in words.items()]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [self._line(index, row) for index, row in enumerate(self.facts.get("lines") or [])]

    def _line(self, index: int, row: Facts) -> dict[str, Any]:
        at = f"lines.{index}."
        units = list(Part.Unit.choices)
        cells = self.cells(row, at, ("item", "description", "hs", "quantity", "unit", "minor", "consigned"), unit=units)
        sources = [self._source(f"{at}sources.{n}.", source) for n, source in enumerate(row.get("sources") or [{}])]
        return {"path": f"lines.{index}", "number": index + 1, "cells": cells, "sources": sources}

    def _source(self, at: str, row: Facts) -> dict[str, Any]:
        cells = self.cells(
            row, at, ("how", "share", "price", "seller_name", "sourcing", "made_part", "made_in", "title", "designated", "basis",
                      "allied", "related"),
            how=list(Source.How.choices), sourcing=[("", "not on the portal"), *self.sales], made_part=[("", ""), *self.own_parts],
            title=[("", ""), *Source.Title.choices], basis=[("", ""), ("shift", "tariff shift"), ("rvc", "regional value")],
        )  # fmt: skip
        charges = [
            self.cells(charge, f"{at}charges.{n}.", ("kind", "amount", "leg", "in_price", "recoverable"),
                       kind=list(Charge.Kind.choices), leg=[("", ""), *Charge.Leg.choices])
            for n, charge in enumerate(row.get("charges") or [])
        ]  # fmt: skip
        cannot = row.get("cannot") or {}
        tried = [
            self.cells(one, f"{at}cannot.tried.{n}.", ("at", "how"))
            for n, one in enumerate(cannot.get("tried") or [{}])
        ]
        unfolded = bool(
            charges or cannot.get("reason") or row.get("how") in {"imported", "made"} or row.get("designated")
        )
        return {
            "path": at.rstrip("."), "cells": cells, "charges": charges, "unfolded": unfolded, "tried": tried,
            "cannot": self.cells(cannot, f"{at}cannot.", ("reason", "determination", "basis"),
                                 reason=[("", "the answer can be had"), *Cannot.Reason.choices]),
        }  # fmt: skip

    @property
    def costs(self) -> dict[str, Cell]:
        return self.cells(self.facts.get("costs") or {}, "costs.", Costs.AMOUNTS)

    @property
    def own_values(self) -> list[dict[str, Cell]]:
        rows = self.facts.get("own_values") or [{}]
        return [self.cells(row, f"own_values.{n}.", ("country", "amount")) for n, row in enumerate(rows)]

    @property
    def statements(self) -> list[dict[str, Cell]]:
        names = ("law", "para", "amount", "percent", "net_cost", "vnm", "originates", "criterion", "method", "use")
        return [
            self.cells(row, f"statements.{n}.", names, law=LAWS, para=PARAS, originates=YES_NO,
                       method=[("", ""), ("NC", "net cost"), ("TV", "transaction value"), ("TS", "tariff shift")],
                       use=[("", ""), ("light", "cars and light trucks"), ("heavy", "heavy trucks"), ("aftermarket", "aftermarket")])
            for n, row in enumerate(self.facts.get("statements") or [])
        ]  # fmt: skip

    @property
    def claims(self) -> list[dict[str, Cell]]:
        rows = self.facts.get("claims") or []
        return [self.cells(row, f"claims.{n}.", ("key", "value", "why"), key=CLAIMS) for n, row in enumerate(rows)]

    @property
    def everything(self) -> list[dict[str, Any]]:
        """All findings and errors for the summary on top, each with a link to its field."""
        rows = [
            {"fact": text, "severity": "stops", "href": "#f-" + path.replace(".", "-"), "code": ""}
            for path, texts in self.errors.items()
            for text in texts
        ]
        return rows + [
            {
                "fact": row.message,
                "severity": row.severity,
                "href": "#f-" + row.path.replace(".", "-"),
                "code": row.code,
            }
            for row in self.found
        ]

    @property
    def adds_up(self) -> dict[str, Any] | None:
        """What the inputs and own value come to beside the price; None where a figure cannot be read yet."""
        try:
            inputs = sum(
                numbers.decimal(str(line.get("quantity") or "0"), places=4) * numbers.decimal(str(source.get("price") or "0"))
                * numbers.decimal(str(source.get("share") or "100").removesuffix("%") or "100") / 100
                for line in self.facts.get("lines") or [] for source in line.get("sources") or []
            )  # fmt: skip
            own = sum(numbers.decimal(str(row.get("amount") or "0")) for row in self.facts.get("own_values") or [])
            price = numbers.decimal(str(self.facts.get("price") or "0"))
        except numbers.NotANumber:
            return None
        return {"inputs": inputs, "own": own, "price": price, "rest": price - inputs - own} if price else None


def sees(declaration: Declaration | None) -> list[dict[str, str]]:
    """Who sees what of this, in whole sentences, for the panel beside the form."""
    buyers = Addressee.objects.filter(declaration=declaration).select_related("organisation") if declaration else []
    rows = [
        {"who": row.organisation.name, "note": "your customer",
         "what": "That you signed, the period, the price it pays, and the statements the law lets you give. Never your inputs or costs."}
        for row in buyers
    ]  # fmt: skip
    return [
        *rows,
        {"who": "Your suppliers", "what": "Nothing of this. Each sees only what you asked it."},
        {"who": "Other customers of this part", "what": "Nothing, until you address an answer to them."},
        {"who": "An authority", "what": "The whole of it, only for a named certificate, under a grant that ends."},
    ]
