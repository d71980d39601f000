"""The portable file: reads a dossier strictly, says everything that is wrong at once, and writes it canonically."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tracing.engine import fields
from tracing.engine.fields import Reader, Reason, Refused
from tracing.engine.said import said

__all__ = ["Dossier", "Reason", "Refused", "canonical", "digest", "read"]


@dataclass(frozen=True)
class Dossier:
    """A dossier that was read without complaint. Amounts are rationals, dates are dates, absent is None.

    ``declarations`` maps a name to a plain dict whose keys are those of docs/dossier.md.
    """

    on: dt.date
    currency: str
    declarations: dict[str, dict[str, Any]]
    vehicles: list[str] = field(default_factory=list)
    rulebooks: list[dict[str, Any]] = field(default_factory=list)
    rates: list[dict[str, Any]] = field(default_factory=list)
    companies: dict[str, Any] = field(default_factory=dict)
    plants: dict[str, Any] = field(default_factory=dict)

    def rate(self, currency: str, law: str) -> Fraction:
        """One unit of ``currency`` in the dossier's; a rate for that law goes before one for all laws."""
        if currency == self.currency:
            return Fraction(1)
        for wanted in (law, None):
            for row in self.rates:
                if row["from"] == currency and row["to"] == self.currency and row.get("law") == wanted:
                    return Fraction(row["rate"])
        path = "rates"
        cure = said('add {{"from": "{given}", "to": "{wanted}", "rate": …}}.', given=currency, wanted=self.currency)
        wrong = said("no rate from {given} to {wanted} for {law}", given=currency, wanted=self.currency, law=law)
        raise Refused([Reason(path, "R1", wrong, cure)])


def canonical(data: Any) -> bytes:
    """Sorted keys, UTF-8, no spaces. Floats are refused: an amount is a string."""
    _no_floats(data, "$")
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def digest(data: Any) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def _no_floats(data: Any, path: str) -> None:
    if isinstance(data, float):
        raise TypeError(f"{path}: {data!r} is a binary number; write amounts as text")
    if isinstance(data, dict):
        for key, value in data.items():
            _no_floats(value, f"{path}.{key}")
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            _no_floats(value, f"{path}[{index}]")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise Refused(
                [Reason(key, "D2", said("the key {key!r} is given twice", key=key), said("keep one of them."))]
            )
        seen[key] = value
    return seen


def _parsed(data: Any) -> Any:
    if not isinstance(data, str | bytes):
        return data
    try:
        return json.loads(data, object_pairs_hook=_pairs)
    except (ValueError, UnicodeDecodeError, RecursionError) as wrong:
        raise Refused(
            [Reason("", "D1", said("not a JSON file: {wrong}", wrong=wrong), said("write it as UTF-8 JSON."))]
        ) from None


def read(data: dict[str, Any] | bytes | str) -> Dossier:
    """Read a dossier. Raises Refused with every reason at once, each with its path and its cure."""
    plain = _parsed(data)
    reader = Reader()
    top = reader.record(plain, fields.TOP, "")
    declarations = top.get("declarations") or {}
    for name, declaration in declarations.items():
        _consistent(reader, name, declaration, declarations)
    for index, name in enumerate(top.get("vehicles") or []):
        if name not in declarations:
            reader.complain(
                f"vehicles[{index}]",
                "D7",
                said("{name!r} is not among the declarations", name=name),
                said("add it, or remove it."),
            )
    if reader.reasons:
        raise Refused(reader.reasons)
    return Dossier(
        on=top["on"],
        currency=top["currency"],
        declarations=declarations,
        vehicles=top.get("vehicles") or [],
        rulebooks=top.get("rulebooks") or [],
        rates=top.get("rates") or [],
        companies=top.get("companies") or {},
        plants=top.get("plants") or {},
    )


def _consistent(reader: Reader, name: str, declaration: dict[str, Any], known: dict[str, Any]) -> None:
    """What only several fields together can show."""
    at = f"declarations.{name}"
    begins, ends = declaration.get("from"), declaration.get("until")
    if begins and ends and begins >= ends:
        reader.complain(
            f"{at}.until",
            "D5",
            said("the period ends before it begins"),
            said("until is the first day it no longer holds."),
        )
    for index, line in enumerate(declaration.get("body") or []):
        _line(reader, f"{at}.body[{index}]", line, name, declaration, known)
    superseded = declaration.get("supersedes")
    if superseded == name:
        reader.complain(
            f"{at}.supersedes", "D7", said("a declaration cannot supersede itself"), said("name the older one.")
        )


def _line(
    reader: Reader, at: str, line: dict[str, Any], name: str, declaration: dict[str, Any], known: dict[str, Any]
) -> None:
    sources = line.get("sources") or []
    total = sum((source["share"] for source in sources if source.get("share") is not None), Fraction(0))
    complete = all(source.get("share") is not None for source in sources)
    if sources and complete and total != 1:
        reader.complain(
            f"{at}.sources",
            "D6",
            said("the shares add up to {total}, not to 1", total=total),
            said("thirds are written 1/3."),
        )
    for index, source in enumerate(sources):
        _source(reader, f"{at}.sources[{index}]", source, name, declaration, known)


def _source(
    reader: Reader, at: str, source: dict[str, Any], name: str, declaration: dict[str, Any], known: dict[str, Any]
) -> None:
    target = source.get("declaration")
    if target is not None and target not in known:
        reader.complain(
            f"{at}.declaration",
            "D7",
            said("{name!r} is not among the declarations", name=target),
            said("add it, or write null."),
        )
    if source.get("how") == "made":
        if target is None:
            reader.complain(
                f"{at}.declaration", "D8", said("made by the maker itself, but no declaration of it"), said("add one.")
            )
        elif target in known:
            theirs, ours = known[target].get("maker"), declaration.get("maker")
            if theirs and ours and theirs != ours:
                reader.complain(
                    f"{at}.how", "D8", said("{name!r} is another maker's", name=target), said('write "bought".')
                )
    elif source.get("price") is None:
        reader.complain(
            f"{at}.price", "D9", said("without a price nothing can be computed: an unknown price gives no interval"),
            said("give the price paid, or the customs value of an own import."),
        )  # fmt: skip
