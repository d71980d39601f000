"""Checked rows that are not saved yet as plain data, the same that ``stored`` reads back once they are."""

from typing import Any

from suppliers import numbers
from suppliers.facts.reading import Facts
from suppliers.facts.stored import STATEMENT, _header, _line, _source, _statement
from suppliers.models import (
    Addressee,
    Cannot,
    Charge,
    Claim,
    Costs,
    Line,
    OwnValue,
    Source,
    Statement,
    Try,
)


def of(header: Facts, rows: list[Any]) -> Facts:
    """A header and its child rows, as ``typed`` made them, in the shape of ``stored.of``."""
    kinds = {
        kind: [row for row in rows if type(row) is kind]
        for kind in (Addressee, OwnValue, Line, Source, Statement, Claim)
    }
    costs = next((row for row in rows if type(row) is Costs), None)
    addressed = sorted(kinds[Addressee], key=lambda row: row.organisation.code)
    return _header(_columns(header)) | {
        "addressed_to": [str(row.organisation_id) for row in addressed],
        "addressed_codes": [row.organisation.code for row in addressed],
        "costs": {name: numbers.written(getattr(costs, name)) for name in Costs.AMOUNTS} if costs else {},
        "own_values": [
            {"country": str(row.country), "amount": numbers.written(row.amount)}
            for row in sorted(kinds[OwnValue], key=lambda row: str(row.country))
        ],
        "lines": [_line(vars(row), [_sourced(one, rows) for one in kinds[Source] if one.line is row]) for row in kinds[Line]],
        "statements": [_statement({name: _plain(getattr(row, name)) for name in STATEMENT}) for row in kinds[Statement]],
        "claims": [
            {name: getattr(row, name) for name in ("key", "value", "why")}
            for row in sorted(kinds[Claim], key=lambda row: row.key)
        ],
    }  # fmt: skip


def _columns(header: Facts) -> Facts:
    part, plant = header["part"], header["plant"]
    return header | {
        "part_id": part.pk, "plant_id": plant.pk if plant else None, "part__organisation__code": part.organisation.code,
        "part__organisation__fiscal_year_start": part.organisation.fiscal_year_start, "part__number": part.number,
        "part__description": part.description, "part__hs": part.hs, "plant__code": plant.code if plant else "",
    }  # fmt: skip


def _sourced(row: Source, rows: list[Any]) -> Facts:
    sale, made = row.sourcing, row.made_part
    columns = {name: _plain(getattr(row, name)) for name in (
        "how", "allied", "related", "title", "designated", "basis", "price", "rate", "made_in", "seller_name",
        "share_numerator", "share_denominator", "sourcing_id", "made_part_id",
    )}  # fmt: skip
    columns |= {
        "sourcing__seller__name": sale.seller.name if sale else "", "sourcing__seller__code": sale.seller.code if sale else "",
        "sourcing__seller_part__number": sale.seller_part.number if sale else "", "made_part__number": made.number if made else "",
    }  # fmt: skip
    charges = [vars(one) for one in rows if type(one) is Charge and one.source is row]
    cannot = next((one for one in rows if type(one) is Cannot and one.source is row), None)
    return _source(columns, charges, _tried(cannot, rows) if cannot else None)


def _tried(cannot: Cannot, rows: list[Any]) -> Facts:
    tries = sorted((one.at, one.how) for one in rows if type(one) is Try and one.cannot is cannot)
    said = {name: getattr(cannot, name) for name in ("reason", "ge70", "determination", "basis")}
    said |= {"pct": numbers.written(cannot.pct)}
    return said | {"tried": [{"at": at.isoformat(), "how": how} for at, how in tries]}


def _plain(value: Any) -> Any:
    return str(value) if hasattr(value, "code") else value
