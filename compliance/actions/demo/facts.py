"""What a declaration of the demo world says, as the facts that are drafted and signed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compliance.demo import rows
from compliance.demo.world import BodyLine, BodySource
from suppliers import numbers

if TYPE_CHECKING:
    from compliance.actions.demo.building import Builder


def facts(builder: Builder, row: rows.Declaration) -> dict[str, Any]:
    """The row and all that stands in it, in the shape that ``declarations.draft`` takes."""
    world, part = builder.world, builder.world.part[row.part]
    costs = world.costs_of.get(row.declaration)
    vehicle = next((car for car in world.vehicles if car.part == row.part), None)
    lines = world.body(row.declaration) if world.is_open(row.declaration) or world.lines_of[row.declaration] else ()
    return {
        "part": builder.parts[row.part], "plant": None, "made_in": row.made_in, "hs": part.hs, "uses": list(row.uses),
        "begins": row.begins, "ends": row.ends, "currency": row.currency, "price": _text(row.price),
        "vehicle_facts": vehicle.facts if vehicle else {},
        "addressed_to": [builder.organisations[buyer] for buyer in dict.fromkeys(world.buyers(row.part))],
        "costs": _costs(costs) if costs else {},
        "own_values": [
            {"country": own.country, "amount": _text(own.amount)} for own in world.own_value_of[row.declaration]
        ],
        "lines": [_line(builder, line) for line in lines],
        "statements": [_statement(said) for said in world.statements_of[row.declaration]],
        "claims": [
            {"key": claim.claim, "value": claim.value, "why": claim.why} for claim in world.claims_of[row.declaration]
        ],
    }  # fmt: skip


def _line(builder: Builder, line: BodyLine) -> dict[str, Any]:
    return {
        "item": line.row.item, "description": line.item.description, "hs": line.item.hs, "unit": line.item.unit,
        "quantity": _text(line.row.qty), "minor": line.row.minor,
        "sources": [_source(builder, source) for source in line.sources],
    }  # fmt: skip


def _source(builder: Builder, source: BodySource) -> dict[str, Any]:
    row = source.row
    sourcing = made_part = None
    if row.how == "made":
        made_part = builder.parts[row.seller, row.seller_number]
    elif source.sourcing is not None:
        key = source.sourcing
        sourcing = builder.sourcings[key.seller, key.seller_number, key.buyer].pk
    return {
        "how": row.how, "share": f"{row.share.numerator}/{row.share.denominator}", "price": _text(row.price),
        "seller_name": row.seller_name, "sourcing": sourcing, "made_part": made_part, "made_in": row.made_in,
        "title": row.title, "allied": row.allied, "related": row.related,
        "charges": [
            {"kind": charge.kind, "amount": _text(charge.amount), "leg": charge.leg, "in_price": charge.in_price,
             "recoverable": charge.recoverable}
            for charge in source.charges
        ],
        "cannot": {
            "reason": source.cannot.reason, "ge70": source.cannot.ge70, "pct": _text(source.cannot.pct),
            "determination": source.cannot.determination, "basis": source.cannot.basis,
            "tried": [{"at": one.on, "how": one.how} for one in source.tries],
        } if source.cannot else None,
    }  # fmt: skip


def _text(amount: Decimal | None) -> str:
    return numbers.written(amount)


def _costs(row: rows.Costs) -> dict[str, str]:
    own = {name: _text(getattr(row, name)) for name in ("product", "period", "other")}
    return own | {
        f"excluded_{name}": _text(getattr(row, name)) for name in ("sales", "royalties", "shipping", "interest")
    }


def _statement(row: rows.Statement) -> dict[str, Any]:
    return {
        "law": row.law, "para": row.para, "amount": _text(row.amount), "percent": _text(row.percent),
        "originates": row.originates, "criterion": row.criterion, "method": row.method, "use": row.use,
    }  # fmt: skip
