"""A duty case as plain data: read strictly, every mistake at once with its cure, and answered. docs/duties.md tells the fields."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from compliance.duties import offsets, owed, rates
from compliance.duties.exposure import kind_of_code
from compliance.duties.owed import Crossing, Duty, NoAgreement
from compliance.duties.rates import NoRate
from tracing.engine.kinds import (
    Reader,
    Reason,
    Refused,
    Wrong,
    amount,
    boolean,
    choice,
    country,
    date,
    hs,
    many,
    record,
)
from tracing.engine.written import written
from tracing.stakes import Step

plain = written(amount)


def figure(reader: Reader, data: Any, path: str) -> Decimal:
    """A plain decimal as text, or a whole number; not below zero."""
    return Decimal(str(plain(reader, data, path)))


def year(_: Reader, data: Any, __: str) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise Wrong(f"{data!r} is not a year", "write the calendar year it was made in, as 1999.")
    return data


KIND = choice(*rates.KINDS)
ASSEMBLED = {"on!": date, "msrp!": figure, "kind": (KIND, "passenger_vehicle")}
OFFSET = {"assembled!": many(record(ASSEMBLED)), "duty!": figure, "carried": (figure, Decimal(0))}


def credit(reader: Reader, data: Any, path: str) -> offsets.Credit | None:
    before = len(reader.reasons)
    given = reader.record(data, OFFSET, path)
    if len(reader.reasons) > before:
        return None
    try:
        made = [offsets.Assembled(**row) for row in given["assembled"]]
        return offsets.credit(made, duty=given["duty"], carried=given["carried"])
    except NoRate as fact:
        cure = "it runs from 2025-04-03 to 2027-04-30, for cars and light trucks."
        reader.complain(f"{path}.assembled", "R2", str(fact), cure)
        return None


FIELDS = {
    "market!": country, "made_in!": country, "kind": KIND, "hs": hs, "value!": figure, "on!": date, "qualifies": (boolean, False),
    "us_content": figure, "us_content_amount": figure, "ca_mx_goods": figure, "ca_mx_goods_amount": figure, "in_quota": (boolean, False),
    "overstated": (boolean, False), "built": year, "units": (figure, Decimal(1)), "cost": figure, "rival": figure,
    "offset": credit,
}  # fmt: skip
SHARES = ("us_content", "ca_mx_goods")
PAGE = "docs/duties.md tells what each field is."


def answered(data: Any) -> dict[str, Any]:
    """What is owed in a case: if it qualifies, if not, as it is said; with every step. Raises Refused with all reasons."""
    reader, alone = Reader(), isinstance(data, dict) and set(data) == {"offset"}
    given = reader.record(data, {"offset!": credit} if alone else FIELDS, "")
    if given and not alone:
        _told_once(reader, data, given)
    if reader.reasons:
        raise Refused([one if one.cure else replace(one, cure=PAGE) for one in reader.reasons])
    found = {} if alone else _answered(given)
    return found | ({"offset": _told_credit(given["offset"])} if given["offset"] else {})


def _told_once(reader: Reader, data: dict[str, Any], given: dict[str, Any]) -> None:
    """What the fields must say together: a class or a code, and each share one way, kept in percent of the value."""
    if not {"kind", "hs"} & data.keys():
        cure = f"write one of {', '.join(rates.KINDS)}, or an hs code."
        reader.complain("kind", "D4", "neither its class nor its code is said", cure)
    for name in SHARES:
        at, share, part = f"{name}_amount", given[name], given[f"{name}_amount"]
        if share is not None and part is not None:
            reader.complain(at, "D3", f"{name} says it already", "keep the percentage or the amount.")
        if part is not None:
            share = 100 * part / given["value"] if given["value"] else None
        if share is not None and share > owed.WHOLE:
            where = name if part is None else at
            reader.complain(where, "D3", "it is more than the value", "at most all of the customs value.")
        given[name] = share or Decimal(0)


def _answered(given: dict[str, Any]) -> dict[str, Any]:
    code = given["hs"] or ""
    said = {name: given[name] for name in ("qualifies", "in_quota", "overstated", "built", *SHARES)}
    kind = given["kind"] or kind_of_code(code) or "part"
    one = Crossing(given["market"], given["made_in"], kind, given["value"], given["on"], hs=code, **said)
    try:
        return _told(one, given["units"], given["cost"], given["rival"])
    except (NoRate, NoAgreement) as fact:
        cure = "every rate that is held, with its days, stands in compliance/tariffs/*.toml; none is guessed."
        raise Refused([Reason("on", "R2", str(fact), cure)]) from None


def _told_credit(credit: offsets.Credit) -> dict[str, Any]:
    figures = {name: _text(getattr(credit, name)) for name in ("earned", "carried", "duty", "used", "owed", "left")}
    return {**figures, "steps": _steps(credit.steps)}


def _told(one: Crossing, units: Decimal, cost: Decimal | None, rival: Decimal | None) -> dict[str, Any]:
    lost = owed.owed(replace(one, qualifies=False))
    try:
        kept: Duty | None = owed.owed(replace(one, qualifies=True))
    except NoAgreement:
        if one.qualifies:
            raise
        kept = None
    now = kept if one.qualifies and kept else lost
    found: dict[str, Any] = {
        "owed": _duty(now, one.value), "if_it_qualifies": kept and _duty(kept, one.value), "if_not": _duty(lost, one.value),
        "owed_on_all_units": _text(now.most * units),
    }  # fmt: skip
    if kept:
        each = lost.least - kept.most
        found |= {"failing_costs": _text(each), "failing_costs_on_all_units": _text(each * units)}
        if cost is not None:
            found["advice"] = owed.worth_complying(cost, (each, lost.most - kept.least))
    if rival is not None:
        added = rates.tariff(one.market).rate("added", kind=one.kind, origin=one.made_in, on=one.on, hs=one.hs)
        if added is not None and added.less == "us_content":
            found["us_content_for_parity"] = _text(owed.content_for_parity(rival, added=added.percent))
    return found


def _duty(duty: Duty, value: Decimal) -> dict[str, Any]:
    percent = 100 * duty.most / value if value else Decimal(0)
    return {
        "least": _text(duty.least),
        "most": _text(duty.most),
        "percent_of_value": _text(percent),
        "steps": _steps(duty.steps),
    }


def _steps(steps: tuple[Step, ...]) -> list[dict[str, str]]:
    return [
        {"words": one.words, "least": _text(one.amount if one.least is None else one.least), "most": _text(one.amount),
         "cite": one.cite, "level": one.level, "caution": one.caution}
        for one in steps
    ]  # fmt: skip


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
