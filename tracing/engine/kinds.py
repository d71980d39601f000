"""Kinds of values in a dossier, and what is said when one is not well formed."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracing.engine import amounts
from tracing.engine.said import said

LIMIT = Fraction(10**12)


@dataclass(frozen=True)
class Reason:
    """One thing that is wrong: where, its code, what, and how to mend it."""

    path: str
    code: str
    message: str
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}. {self.cure}".strip()


class Refused(ValueError):
    """The file cannot be used. ``reasons`` holds all of them."""

    def __init__(self, reasons: list[Reason]):
        self.reasons = reasons
        super().__init__("; ".join(str(reason) for reason in reasons))


class Wrong(Exception):
    """A value is not of its kind; carries the message and the cure."""


Kind = Callable[["Reader", Any, str], Any]


class Reader:
    """Reads plain data against field lists and gathers every complaint."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []

    def complain(self, path: str, code: str, message: str, cure: str = "") -> None:
        self.reasons.append(Reason(path or "$", code, message, cure))

    def value(self, data: Any, kind: Kind, path: str) -> Any:
        try:
            return kind(self, data, path)
        except Wrong as wrong:
            message, cure = wrong.args
            self.complain(path, "D3", message, cure)
            return None

    def record(self, data: Any, spec: dict[str, Any], path: str) -> dict[str, Any]:
        """A record with these fields only; ``"name!"`` must be there, ``"name?"`` may be null. Defaults are pairs."""
        if not isinstance(data, dict):
            self.complain(path, "D3", said("a record of fields is needed"), said("write { … }."))
            return {}
        found: dict[str, Any] = {}
        names = {key.rstrip("!?"): key for key in spec}
        for key in data:
            if key not in names:
                near = ", ".join(sorted(names))
                self.complain(
                    _join(path, key),
                    "D4",
                    said("{key!r} is not a field here", key=key),
                    said("the fields are: {near}.", near=near),
                )
        for name, key in names.items():
            kind, default = spec[key] if isinstance(spec[key], tuple) else (spec[key], None)
            if name not in data:
                if key.endswith("!"):
                    self.complain(_join(path, name), "D4", said("this field is missing"), "")
                found[name] = default
            elif data[name] is None:
                if not key.endswith("?"):
                    self.complain(
                        _join(path, name), "D3", said("null means nothing here"), said("leave the field out if unsaid.")
                    )
                found[name] = default
            else:
                found[name] = self.value(data[name], kind, _join(path, name))
        return found


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def text(_: Reader, data: Any, __: str) -> str:
    if not isinstance(data, str) or not data.strip():
        raise Wrong(said("a text is needed"), "")
    return data


def boolean(_: Reader, data: Any, __: str) -> bool:
    if not isinstance(data, bool):
        raise Wrong(said("{data!r} is neither true nor false", data=data), said("write true or false without quotes."))
    return data


def number(places: int | None = None, least: int | None = 0, most: Fraction = LIMIT) -> Kind:
    def kind(_: Reader, data: Any, __: str) -> Fraction:
        if isinstance(data, bool | int | float):
            raise Wrong(said("{data!r} is a bare number", data=data), said('write it as text: "{data}".', data=data))
        try:
            value = amounts.exact(data)
        except ValueError:
            raise Wrong(
                said("{data!r} is not a plain decimal", data=data), said('write digits and one point, as "1234.56".')
            ) from None
        if least is not None and value < least:
            raise Wrong(
                said("{data} is below {least}", data=data, least=least),
                said("amounts and quantities are not negative."),
            )
        if abs(value) >= most:
            raise Wrong(said("{data} is too large", data=data), said("check the unit and the currency."))
        if places is not None and (value * 10**places).denominator != 1:
            raise Wrong(
                said("{data} has more than {places} places", data=data, places=places), said("choose a larger unit.")
            )
        return value

    return kind


def share(_: Reader, data: Any, __: str) -> Fraction:
    try:
        value = amounts.share(data)
    except ValueError:
        raise Wrong(said("{data!r} is not a share", data=data), said('write "0.6" or "1/3".')) from None
    if not 0 < value <= 1:
        raise Wrong(said("the share {data} does not lie between 0 and 1", data=data), said("60 percent is 0.6."))
    return value


def date(_: Reader, data: Any, __: str) -> dt.date:
    try:
        if isinstance(data, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", data, re.ASCII):
            return dt.date.fromisoformat(data)
    except ValueError:
        pass
    raise Wrong(said("{data!r} is not a date", data=data), said("write YYYY-MM-DD."))


def moment(_: Reader, data: Any, __: str) -> str:
    try:
        dt.datetime.fromisoformat(data)
    except (TypeError, ValueError):
        raise Wrong(said("{data!r} is not a moment", data=data), said("write YYYY-MM-DDTHH:MM:SSZ.")) from None
    return str(data)


def pattern(expression: str, wrong: str, cure: str) -> Kind:
    def kind(_: Reader, data: Any, __: str) -> str:
        if not isinstance(data, str) or not re.fullmatch(expression, data, re.ASCII):
            raise Wrong(said(wrong, data=data), cure)
        return data

    return kind


def choice(*allowed: str) -> Kind:
    def kind(_: Reader, data: Any, __: str) -> str:
        if data not in allowed:
            raise Wrong(said("{data!r} is not one of {allowed}", data=data, allowed=", ".join(allowed)), "")
        return str(data)

    return kind


def many(kind: Kind) -> Kind:
    def listed(reader: Reader, data: Any, path: str) -> list[Any]:
        if not isinstance(data, list):
            raise Wrong(said("a list is needed"), said("write [ … ]."))
        return [reader.value(item, kind, f"{path}[{index}]") for index, item in enumerate(data)]

    return listed


def named(kind: Kind) -> Kind:
    def mapped(reader: Reader, data: Any, path: str) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise Wrong(said("a record of names is needed"), said("write { … }."))
        return {key: reader.value(item, kind, _join(path, key)) for key, item in data.items()}

    return mapped


def record(spec: dict[str, Any]) -> Kind:
    def kind(reader: Reader, data: Any, path: str) -> dict[str, Any]:
        return reader.record(data, spec, path)

    return kind


def anything(_: Reader, data: Any, __: str) -> Any:
    return data


def shift(_: Reader, data: Any, __: str) -> Any:
    """A tariff shift claim: met or not, or one answer per rule."""
    if data in (True, "met"):
        return True
    if data in (False, "not_met", "not met"):
        return False
    if isinstance(data, dict):
        return data
    raise Wrong(said("{data!r} is no answer", data=data), said("write true or false, met or not_met."))


amount = number()
country = pattern(r"[A-Z]{2}", "{data!r} is not a country", said("two capital letters, as MX."))
currency = pattern(r"[A-Z]{3}", "{data!r} is not a currency", said("three capital letters, as USD."))
hs = pattern(
    r"\d{2}(\.?\d{2}){1,4}",
    "{data!r} is not an HS code",
    said("four to ten digits with points or without, as 8708.40."),
)
sha = pattern(r"[0-9a-f]{64}", "{data!r} is not a SHA-256", said("64 hexadecimal digits."))
percent = number(most=Fraction(101))


def claimed(kind: Kind) -> Kind:
    """A claim: the bare value, or the value with its author and reason."""

    def either(reader: Reader, data: Any, path: str) -> Any:
        if isinstance(data, dict) and "value" in data:
            return reader.record(data, {"value!": kind, "author": text, "reason": text}, path)["value"]
        return kind(reader, data, path)

    return either
