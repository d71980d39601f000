"""A duty case as plain data: read strictly, every mistake at once with its cure, and answered. docs/duties.md tells the fields."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from compliance.duties import offsets, owed, rates
from compliance.duties.exposure import kind_of_code
from compliance.duties.owed import Crossing, Duty, NoAgreement
from compliance.duties.rates import NoRate
from tracing.engine import amounts
from tracing.engine.fields import Reason, Refused
from tracing.stakes import Step

FIELDS = {
    "market", "made_in", "kind", "hs", "value", "on", "qualifies", "us_content", "us_content_amount", "ca_mx_goods",
    "ca_mx_goods_amount", "in_quota", "overstated", "built", "units", "cost", "rival", "offset",
}  # fmt: skip
OFFSET = {"assembled", "duty", "carried"}
ASSEMBLED = {"on", "msrp", "kind"}
SHARES = ("us_content", "ca_mx_goods")


def answered(data: Any) -> dict[str, Any]:
    """What is owed in a case: if it qualifies, if not, as it is said; with every step. Raises Refused with all reasons."""
    reader = _Reader()
    given = reader.record(data, FIELDS, "")
    credit = _credit(reader, given.get("offset"))
    if set(given) == {"offset"}:
        reader.done()
        return {"offset": _told_credit(credit)}
    one = _crossing(reader, given)
    units = reader.number(given, "units", "1")
    cost, rival = (reader.number(given, name) if name in given else None for name in ("cost", "rival"))
    reader.done()
    assert one is not None
    try:
        found = _told(one, units or Decimal(1), cost, rival)
    except (NoRate, NoAgreement) as fact:
        cure = "every rate that is held, with its days, stands in compliance/tariffs/*.toml; none is guessed."
        raise Refused([Reason("on", "T2", str(fact), cure)]) from None
    return found | ({"offset": _told_credit(credit)} if "offset" in given else {})


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


def _told_credit(credit: offsets.Credit | None) -> dict[str, Any]:
    assert credit is not None
    figures = {name: _text(getattr(credit, name)) for name in ("earned", "carried", "duty", "used", "owed", "left")}
    return {**figures, "steps": _steps(credit.steps)}


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


# ---- reading ----


class _Reader:
    """Gathers every mistake of a case before anything is computed."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []

    def wrong(self, path: str, message: str, cure: str) -> None:
        self.reasons.append(Reason(path or "$", "T1", message, cure))

    def done(self) -> None:
        if self.reasons:
            raise Refused(self.reasons)

    def record(self, data: Any, known: set[str], path: str) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.wrong(path, "a record of fields is needed", "write { … }.")
            return {}
        for name in sorted(set(data) - known):
            self.wrong(
                f"{path}.{name}".strip("."), "this is not a field here", f"the fields are: {', '.join(sorted(known))}."
            )
        return {name: value for name, value in data.items() if name in known}

    def number(self, given: dict[str, Any], name: str, default: str | None = None, path: str = "") -> Decimal | None:
        """A plain decimal as text, or a whole number; not below zero."""
        value, at = given.get(name, default), f"{path}{name}"
        if value is None:
            self.wrong(at, "this field is missing", 'write an amount as text: "30000.00".')
            return None
        try:
            if isinstance(value, bool | float):
                raise ValueError
            found = amounts.exact(str(value))
        except ValueError:
            self.wrong(at, f"{value!r} is not a plain decimal", 'write digits and one point in quotes, as "1234.56".')
            return None
        if found < 0:
            self.wrong(at, f"{value} is below zero", "amounts and shares are not negative.")
            return None
        return Decimal(str(value))

    def day(self, given: dict[str, Any], path: str = "") -> dt.date | None:
        try:
            return dt.date.fromisoformat(given["on"])
        except (KeyError, TypeError, ValueError):
            self.wrong(f"{path}on", f"{given.get('on')!r} is not a day", "write the day of entry as YYYY-MM-DD.")
            return None

    def word(self, given: dict[str, Any], name: str, cure: str, fits: Callable[[str], bool]) -> str:
        value = given.get(name)
        if not isinstance(value, str) or not fits(value):
            self.wrong(name, f"{value!r} is not allowed here", cure)
            return ""
        return value

    def flag(self, given: dict[str, Any], name: str) -> bool:
        value = given.get(name, False)
        if not isinstance(value, bool):
            self.wrong(name, f"{value!r} is neither true nor false", "write true or false without quotes.")
        return value is True


def _country(value: str) -> bool:
    return len(value) == len("XX") and value.isascii() and value.isupper()


def _crossing(reader: _Reader, given: dict[str, Any]) -> Crossing | None:
    country = "two capital letters, as MX; EU for the European Union."
    market, made_in = (reader.word(given, name, country, _country) for name in ("market", "made_in"))
    hs = reader.word(given, "hs", 'the code as text, as "8703.23".', lambda _: True) if "hs" in given else ""
    kind = given.get("kind") or kind_of_code(hs) or ("part" if hs else "")
    if kind not in rates.KINDS:
        reader.wrong(
            "kind", f"{kind!r} is not a class that tariffs know", f"one of {', '.join(rates.KINDS)}, or an hs code."
        )
    value, on = reader.number(given, "value"), reader.day(given)
    shares = {name: _share(reader, given, name, value) for name in SHARES}
    flags = {name: reader.flag(given, name) for name in ("qualifies", "in_quota", "overstated")}
    built = given.get("built")
    if built is not None and (isinstance(built, bool) or not isinstance(built, int)):
        reader.wrong("built", f"{built!r} is not a year", "write the calendar year it was made in, as 1999.")
    if reader.reasons or value is None or on is None:
        return None
    return Crossing(market, made_in, kind, value, on, hs=hs, built=built, **shares, **flags)


def _share(reader: _Reader, given: dict[str, Any], name: str, value: Decimal | None) -> Decimal:
    """A share in percent of the value, said as one or as an amount."""
    by_amount = f"{name}_amount"
    if name in given and by_amount in given:
        reader.wrong(by_amount, f"{name} says it already", "keep the percentage or the amount.")
    if by_amount in given:
        amount = reader.number(given, by_amount)
        share = 100 * amount / value if amount is not None and value else Decimal(0)
    else:
        share = reader.number(given, name, "0") or Decimal(0)
    if share > owed.WHOLE:
        reader.wrong(
            by_amount if by_amount in given else name, "it is more than the value", "at most all of the customs value."
        )
    return share


def _credit(reader: _Reader, data: Any) -> offsets.Credit | None:
    if data is None:
        return None
    given = reader.record(data, OFFSET, "offset")
    duty, carried = reader.number(given, "duty", path="offset."), reader.number(given, "carried", "0", path="offset.")
    rows = given.get("assembled")
    if not isinstance(rows, list):
        reader.wrong("offset.assembled", "a list is needed", 'write [{"on": "2025-06-30", "msrp": "…"}].')
        return None
    made = [_assembled(reader, row, f"offset.assembled[{nth}]") for nth, row in enumerate(rows)]
    if reader.reasons or duty is None or carried is None:
        return None
    try:
        return offsets.credit([one for one in made if one], duty=duty, carried=carried)
    except NoRate as fact:
        reader.wrong("offset.assembled", str(fact), "it runs from 2025-04-03 to 2027-04-30, for cars and light trucks.")
        return None


def _assembled(reader: _Reader, data: Any, path: str) -> offsets.Assembled | None:
    given = reader.record(data, ASSEMBLED, path)
    on, msrp = reader.day(given, f"{path}."), reader.number(given, "msrp", path=f"{path}.")
    kind = given.get("kind", "passenger_vehicle")
    return offsets.Assembled(on, msrp, kind) if on and msrp is not None else None
