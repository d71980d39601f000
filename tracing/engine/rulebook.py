"""Reads the text of a rulebook strictly, and answers what it says on a day."""

import csv
import datetime as dt
import hashlib
import io
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tracing.engine import schema
from tracing.engine.hslists import HsList, digits
from tracing.engine.rules import Good, NoRuleOnThatDay, Reading, Rules, Table, Test
from tracing.engine.schema import RulebookErrors
from tracing.engine.supply import REGION

__all__ = [
    "Good", "HsList", "NoRuleOnThatDay", "Reading", "Rulebook", "RulebookErrors", "Rules", "Table", "Test", "UnknownSwitch", "read"
]  # fmt: skip


class UnknownSwitch(ValueError):
    """A switch or a value of it that the rulebook does not know."""


@dataclass(frozen=True)
class Rulebook:
    """One law, proposal or idea, as read. ``sha256`` is over its text and its lists."""

    id: str
    title: str
    status: str
    edition: str
    source: str
    from_: dt.date | None
    until: dt.date | None
    sha256: str
    data: dict[str, Any] = field(repr=False)
    lists: dict[str, HsList] = field(repr=False)

    @property
    def territory(self) -> frozenset[str]:
        """The countries whose production counts; Canada, Mexico and the United States where the text names no others."""
        return frozenset(self.data.get("territory") or REGION)

    @property
    def disclosure(self) -> dict[str, Any]:
        return dict(self.data["disclosure"])

    @property
    def silence(self) -> dict[str, Any]:
        return dict(self.data["silence"])

    @property
    def consequence(self) -> dict[str, Any]:
        return dict(self.data["consequence"])

    def readings(self) -> list[Reading]:
        """Its readings in the order of the text; one without a name where there is no doubt."""
        rows = self.data.get("readings") or []
        return [Reading(row["name"], row["label"], dict(row["switches"])) for row in rows] or [Reading("", "", {})]

    def on(self, day: dt.date, switches: dict[str, str] | None = None) -> "Rules":
        """What it says on a day, under these switches. A day outside its life makes a hypothetical run."""
        chosen = dict(self._defaults())
        for name, value in (switches or {}).items():
            known = self.data.get("switches", {}).get(name)
            if known is None or value not in known["values"]:
                values = ", ".join(known["values"]) if known else ", ".join(self.data.get("switches", {})) or "none"
                raise UnknownSwitch(f"{self.id}: {name} = {value!r} is not known; there is: {values}")
            chosen[name] = value
        return Rules(self, day, chosen)

    def _defaults(self) -> Iterable[tuple[str, str]]:
        for name, row in self.data.get("switches", {}).items():
            if "default" in row:
                yield name, row["default"]


def read(text: bytes, lists: dict[str, bytes] | None = None) -> Rulebook:
    """Read a rulebook's TOML and its CSV lists. Raises RulebookErrors with all that is wrong."""
    try:
        data = tomllib.loads(text.decode(), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise RulebookErrors([f"not a TOML file: {wrong}"]) from None
    errors = schema.complaints(data, set(lists or {}))
    if errors:
        raise RulebookErrors(errors)
    whole = hashlib.sha256(text)
    for name in sorted(lists or {}):
        whole.update(b"\0" + name.encode() + b"\0" + (lists or {})[name])
    return Rulebook(
        id=data["id"],
        title=data["title"],
        status=data["status"],
        edition=data["edition"],
        source=data["source"],
        from_=data.get("from"),
        until=data.get("until"),
        sha256=whole.hexdigest(),
        data=data,
        lists={name: _list(raw) for name, raw in (lists or {}).items()},
    )


def _list(raw: bytes) -> HsList:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(raw.decode())):
        rows.setdefault(digits(row["hs"]), []).append(row)
    return HsList(rows)
