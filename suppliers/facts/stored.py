"""From rows back to plain data, for one declaration or for thousands: a fixed number of queries, no row by row."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from suppliers import numbers
from suppliers.facts.reading import Facts
from suppliers.models import (
    Addressee,
    Cannot,
    Charge,
    Claim,
    Costs,
    Declaration,
    Line,
    OwnValue,
    Renaming,
    Source,
    Statement,
    Try,
)

CHUNK = 900  # SQLite allows 999 parameters in a statement on older builds
HEADER = (
    "pk", "part__organisation__code", "part__organisation__fiscal_year_start", "part_id", "part__number", "part__description", "plant_id",
    "plant__code", "plant_share", "made_in", "hs", "hs_edition", "uses", "begins", "ends", "fiscal_year_start", "currency",
    "price", "vehicle_facts", "part__hs", "supersedes_id",
)  # fmt: skip
LINE = (
    "pk",
    "declaration_id",
    "item",
    "description",
    "hs",
    "hs_edition",
    "quantity",
    "unit",
    "minor",
    "consigned",
    "directed",
)
SOURCE = (
    "pk", "line_id", "how", "share_numerator", "share_denominator", "price", "seller_name", "sourcing_id", "made_part_id",
    "made_part__number", "made_in", "allied", "related", "title", "rate", "designated", "basis", "sourcing__seller__code",
    "sourcing__seller__name", "sourcing__seller_part__number", "sourcing__seller_id", "line__declaration__signed_at",
)  # fmt: skip
STATEMENT = (
    "law",
    "para",
    "originates",
    "criterion",
    "method",
    "use",
    "averaged",
    "amount",
    "percent",
    "net_cost",
    "vnm",
    "ge70",
    "pct5",
    "pct",
    "origin",
    "engine_origin",
    "transmission_origin",
    "agreements",
    "cumulation",
)


def of(declaration: Declaration) -> Facts:
    """One declaration as plain data."""
    return of_many([declaration.pk])[declaration.pk]


def of_many(keys: Iterable[UUID]) -> dict[UUID, Facts]:
    """Declarations as plain data by their key: at most eleven queries for every 900 of them, fewer where none has sources."""
    found: dict[UUID, Facts] = {}
    ordered = list(keys)
    for start in range(0, len(ordered), CHUNK):
        found |= _chunk(ordered[start : start + CHUNK])
    return found


def evidence(declaration: Declaration) -> list[Facts]:
    """The papers a declaration rests on as its signature covers them: name, kind, size and digest, in a fixed order."""
    return [
        {"name": row.name, "kind": row.kind, "size": row.size, "digest": row.digest, "about": row.about}
        for row in sorted(declaration.evidence.all(), key=lambda row: row.digest)
    ]


def _grouped(rows: Iterable[dict[str, Any]], by: str) -> dict[Any, list[dict[str, Any]]]:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return groups


def _chunk(keys: list[UUID]) -> dict[UUID, Facts]:
    below = {"declaration__in": keys}
    costs = {row["declaration_id"]: row for row in Costs.objects.filter(**below).values()}
    own = _grouped(OwnValue.objects.filter(**below).order_by("country").values(), "declaration_id")
    addressed = _grouped(
        Addressee.objects.filter(**below)
        .order_by("organisation__code")
        .values("declaration_id", "organisation_id", "organisation__code"),
        "declaration_id",
    )
    said = _grouped(
        Statement.objects.filter(**below).order_by("position").values("declaration_id", *STATEMENT), "declaration_id"
    )
    claims = _grouped(Claim.objects.filter(**below).order_by("key").values(), "declaration_id")
    lines = _grouped(Line.objects.filter(**below).order_by("position").values(*LINE), "declaration_id")
    sources = _sources(keys)
    found = {}
    for row in Declaration.objects.filter(pk__in=keys).values(*HEADER):
        key = row["pk"]
        found[key] = _header(row) | {
            "addressed_to": [str(item["organisation_id"]) for item in addressed[key]],
            "addressed_codes": [item["organisation__code"] for item in addressed[key]],
            "costs": {name: numbers.written(costs[key][name]) for name in Costs.AMOUNTS} if key in costs else {},
            "own_values": [
                {"country": item["country"], "amount": numbers.written(item["amount"])} for item in own[key]
            ],
            "lines": [_line(item, sources[item["pk"]]) for item in lines[key]],
            "statements": [_statement(item) for item in said[key]],
            "claims": [{name: item[name] for name in ("key", "value", "why")} for item in claims[key]],
        }
    return found


def _header(row: dict[str, Any]) -> Facts:
    facts = {name: row[name] for name in ("hs", "hs_edition", "uses", "currency", "vehicle_facts")}
    facts |= {name: str(row[name] or "") for name in ("made_in", "begins", "ends", "fiscal_year_start")}
    facts |= {name: numbers.written(row[name]) for name in ("price", "plant_share")}
    return facts | {
        "part": str(row["part_id"]), "plant": str(row["plant_id"] or ""), "organisation_code": row["part__organisation__code"],
        "part_number": row["part__number"], "part_description": row["part__description"], "part_hs": row["part__hs"],
        "plant_code": row["plant__code"] or "",
        "company_fiscal_year_start": str(row["part__organisation__fiscal_year_start"] or ""),
    }  # fmt: skip


def _sources(keys: list[UUID]) -> dict[Any, list[Facts]]:
    rows = list(Source.objects.filter(line__declaration__in=keys).order_by("line", "position").values(*SOURCE))
    if not rows:
        return {}
    charges = _grouped(
        Charge.objects.filter(source__line__declaration__in=keys).order_by("position").values(), "source_id"
    )
    cannots, found, older = _cannots(keys), defaultdict[Any, list[Facts]](list), _renamed(rows)
    for row in rows:
        row["sourcing__seller__name"] = _name_then(row, older)
        found[row["line_id"]].append(_source(row, charges[row["pk"]], cannots.get(row["pk"])))
    return found


def _cannots(keys: list[UUID]) -> dict[Any, Facts]:
    """By source why its answer cannot be had, with what was tried."""
    rows = list(Cannot.objects.filter(source__line__declaration__in=keys).values())
    tries = Try.objects.filter(cannot__source__line__declaration__in=keys).order_by("at", "how").values()
    tried = _grouped(tries if rows else (), "cannot_id")
    return {
        row["source_id"]: {name: row[name] for name in ("reason", "ge70", "determination", "basis")}
        | {"pct": numbers.written(row["pct"])}
        | {"tried": [{"at": item["at"].isoformat(), "how": item["how"]} for item in tried[row["source_id"]]]}
        for row in rows
    }


def _renamed(rows: list[dict[str, Any]]) -> dict[Any, list[dict[str, Any]]]:
    """By company what it was called before; asked only where a signature fixed a seller's name."""
    if not any(row["line__declaration__signed_at"] and row["sourcing__seller_id"] for row in rows):
        return {}
    return _grouped(Renaming.objects.order_by("at").values("organisation_id", "at", "old"), "organisation_id")


def _name_then(row: dict[str, Any], older: dict[Any, list[dict[str, Any]]]) -> str | None:
    """The seller's name when the buyer signed: what is signed keeps it, whatever the seller is called later."""
    signed = row["line__declaration__signed_at"]
    later = [one["old"] for one in older.get(row["sourcing__seller_id"], []) if signed and one["at"] > signed]
    name: str | None = later[0] if later else row["sourcing__seller__name"]
    return name


def _line(row: dict[str, Any], sources: list[Facts]) -> Facts:
    facts = {
        name: row[name]
        for name in ("item", "description", "hs", "hs_edition", "unit", "minor", "consigned", "directed")
    }
    return facts | {"quantity": numbers.written(row["quantity"]), "sources": sources}


def _source(row: dict[str, Any], charges: list[dict[str, Any]], cannot: Facts | None) -> Facts:
    facts = {name: row[name] for name in ("how", "allied", "related", "title", "designated", "basis")}
    return facts | {
        "share": numbers.share_written(row["share_numerator"], row["share_denominator"]),
        "share_exact": f"{row['share_numerator']}/{row['share_denominator']}",
        "price": numbers.written(row["price"]), "rate": numbers.written(row["rate"]), "made_in": str(row["made_in"] or ""),
        "sourcing": str(row["sourcing_id"] or ""), "made_part": str(row["made_part_id"] or ""),
        "seller_name": row["sourcing__seller__name"] or row["seller_name"], "seller_code": row["sourcing__seller__code"] or "",
        "seller_part": row["sourcing__seller_part__number"] or "", "made_number": row["made_part__number"] or "",
        "charges": [
            {name: item[name] for name in ("kind", "in_price", "leg", "recoverable")}
            | {"amount": numbers.written(item["amount"])}
            for item in charges
        ],
        "cannot": cannot,
    }  # fmt: skip


def _statement(row: dict[str, Any]) -> Facts:
    amounts = ("amount", "percent", "net_cost", "vnm", "pct5", "pct")
    return {name: numbers.written(row[name]) if name in amounts else row[name] for name in STATEMENT}
