"""From the demo world straight to the dossier of one vehicle, without a database: what the engine is given."""

import datetime as dt
from decimal import Decimal
from typing import Any

from compliance.demo import rows
from compliance.demo.world import BodyLine, BodySource, World
from suppliers import hs

TRUTH = {"met": True, "not_met": False}


def dossier(world: World, vehicle: str, *, on: dt.date) -> dict[str, Any]:
    """The portable file of one vehicle on a day: its declaration and every declaration in force below it.

    Declarations stand under their names in the world. Raises KeyError where the vehicle has none in force.
    """
    top = world.in_force(world.vehicle[vehicle].part, on=on)
    if top is None:
        raise KeyError(f"nothing is in force for {vehicle} on {on}")
    found: dict[str, dict[str, Any]] = {}
    waiting = [top]
    while waiting:
        row = waiting.pop()
        if row.declaration in found:
            continue
        found[row.declaration] = _declaration(world, row, on)
        for line in world.body(row.declaration):
            waiting += [answer for source in line.sources if (answer := _answer(world, source, on))]
    found[top.declaration] |= _vehicle(world.vehicle[vehicle])
    return {
        "dossier": 1,
        "on": on.isoformat(),
        "currency": top.currency,
        "vehicles": [top.declaration],
        "declarations": found,
        "rates": [
            _said(**{"from": row.from_currency, "to": row.to_currency, "law": row.law, "rate": _text(row.rate)})
            for row in world.rates
        ],
    }


def _said(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", False, [], {})}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount.normalize(), "f")


def _answer(world: World, source: BodySource, on: dt.date) -> rows.Declaration | None:
    if not source.row.seller:
        return None
    return world.in_force((source.row.seller, source.row.seller_number), on=on)


def _vehicle(row: rows.Vehicle) -> dict[str, Any]:
    return {**row.facts, "price": _text(row.price)}


def _declaration(world: World, row: rows.Declaration, on: dt.date) -> dict[str, Any]:
    part, costs = world.part[row.part], world.costs_of.get(row.declaration)
    fiscal_year = world.organisation[row.organisation].fiscal_year_start
    written = _said(
        subject="part", maker=row.organisation, part=row.number, description=part.description, hs=part.hs,
        hs_edition=hs.EDITION, made_in=row.made_in, plant=row.plant, uses=list(row.uses), currency=row.currency,
        price=_text(row.price), fiscal_year_start=fiscal_year.isoformat() if fiscal_year else "",
        costs=_costs(costs) if costs else {},
        own_value={own.country: _text(own.amount) for own in world.own_value_of[row.declaration]},
        statements=[_statement(said) for said in world.statements_of[row.declaration]],
        claims={claim.claim: {"value": TRUTH.get(claim.value, claim.value), "reason": claim.why}
                for claim in world.claims_of[row.declaration]},
    )  # fmt: skip
    written |= {"from": row.begins.isoformat(), "until": row.ends.isoformat()}
    if costs:
        written["body"] = [_line(world, line, on) for line in world.body(row.declaration)]
    return written


def _costs(row: rows.Costs) -> dict[str, Any]:
    excluded = _said(**{name: _text(getattr(row, name)) for name in ("sales", "royalties", "shipping", "interest")})
    own = _said(**{name: _text(getattr(row, name)) for name in ("product", "period", "other")})
    return own | _said(excluded=excluded)


def _statement(row: rows.Statement) -> dict[str, Any]:
    written = _said(
        law=row.law, para=row.para, amount=_text(row.amount), percent=_text(row.percent), criterion=row.criterion,
        method=row.method, use=row.use,
    )  # fmt: skip
    return written if row.originates is None else written | {"originates": row.originates}


def _line(world: World, line: BodyLine, on: dt.date) -> dict[str, Any]:
    factor = next((source.sourcing.factor for source in line.sources if source.sourcing), Decimal(1))
    return {
        "item": line.row.item, "description": line.item.description, "hs": line.item.hs, "hs_edition": hs.EDITION,
        "qty": _text(line.row.qty * factor), "unit": line.item.unit,
        "minor": line.row.minor, "sources": [_source(world, source, factor, on) for source in line.sources],
    }  # fmt: skip


def _determined(cannot: rows.Cannot) -> Any:
    """A share that the label can count is a record with the words beside it; words alone stay text."""
    if cannot.ge70 is None:
        return cannot.determination
    share = {"ge70": cannot.ge70} | ({} if cannot.pct is None else {"pct": _text(cannot.pct)})
    return share | _said(says=cannot.determination)


def _source(world: World, source: BodySource, factor: Decimal, on: dt.date) -> dict[str, Any]:
    """A source in the seller's unit: answers below are per seller's unit, so quantity and price must be too."""
    row, answer = source.row, _answer(world, source, on)
    seller = world.organisation[row.seller].name if row.seller else row.seller_name
    written = _said(
        share=str(row.share), price=_text(row.price / factor), seller=seller, made_in=row.made_in, title=row.title,
        allied=row.allied, related=row.related,
        charges=[_said(kind=charge.kind, amount=_text(charge.amount / factor), leg=charge.leg,
                       in_price=charge.in_price, recoverable=charge.recoverable) for charge in source.charges],
    )  # fmt: skip
    written |= {"how": row.how, "declaration": answer.declaration if answer else None}
    if source.cannot:
        tried = [{"at": attempt.on.isoformat(), "how": attempt.how} for attempt in source.tries]
        written["cannot"] = _said(
            reason=source.cannot.reason,
            determination=_determined(source.cannot),
            basis=source.cannot.basis,
            tried=tried,
        )
    return written
