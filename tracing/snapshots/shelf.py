"""A fleet's rows on the shelf: written once under the digest of what they were made from, mapped by every process after."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings

from tracing.engine.facts import AMOUNTS, FleetFacts
from tracing.snapshots import files
from tracing.snapshots.columns import Names, Texts
from tracing.snapshots.fleets import FleetRows
from tracing.snapshots.splices import BY_SOURCE
from tracing.snapshots.wordings import Filled

FILLED = ("template", "word", "ptr", "amounts")


def put(rows: FleetRows, folder: Path | None = None) -> Path:
    """Keep these rows; the newest two stay."""
    folder = folder or settings.FLEET_DIR
    path = files.keep(folder, name_of(rows.facts.on, rows.standing), *packed(rows))
    files.prune(folder)
    return path


def name_of(on: dt.date, standing: str) -> str:
    return f"{on.isoformat()}-{standing[:32]}"


def take(on: dt.date, standing: str, folder: Path | None = None) -> FleetRows | None:
    """The rows that were made from exactly this, if they are on the shelf. A torn file counts as none and is removed."""
    path = (folder or settings.FLEET_DIR) / f"{name_of(on, standing)}{files.SUFFIX}"
    return _taken(path)


def newest(folder: Path | None = None) -> FleetRows | None:
    """The rows that were kept last, to be patched."""
    path = files.newest(folder or settings.FLEET_DIR)
    return _taken(path) if path else None


def _taken(path: Path) -> FleetRows | None:
    try:
        return unpacked(*files.opened(path))
    except FileNotFoundError:
        return None
    except files.Torn:
        path.unlink(missing_ok=True)
        return None


def packed(rows: FleetRows) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Rows as arrays and plain data."""
    facts, names = rows.facts, rows.facts.names
    arrays = {name: getattr(facts, name) for name in (*BY_SOURCE, "face", "body", "goods")}
    arrays |= {f"amounts.{name}": facts.amounts[name] for name in AMOUNTS}
    arrays |= {name: getattr(rows, name) for name in ("declarations", "parts", "vehicles")}
    arrays |= {"names.maker": names.maker, "names.plant": names.plant, "names.ends": names.numbers.ends}
    arrays["names.run"] = np.frombuffer(names.numbers.run, np.uint8)
    plain: dict[str, Any] = {
        "on": facts.on, "currency": facts.currency, "rates": rows.rates, "codes": names.codes, "standing": rows.standing,
        "at": rows.at.isoformat() if rows.at else None, "roll": [rows.roll[0], rows.roll[1].isoformat()] if rows.roll else None,
        "without": [key.hex for key in rows.without], "currencies": rows.currencies, "refused": rows.refused,
    }  # fmt: skip
    for name, filled in (("faces", facts.faces), ("kinds", facts.kinds)):
        arrays |= {f"{name}.{part}": getattr(filled, part) for part in FILLED}
        plain[name] = [filled.fields, filled.words, filled.templates, filled.slots]
    return arrays, plain


def unpacked(arrays: dict[str, np.ndarray], plain: dict[str, Any]) -> FleetRows:
    """Rows from arrays, which may be mapped, and plain data."""
    names = Names(plain["codes"], arrays["names.maker"], arrays["names.plant"],
                  Texts(arrays["names.run"], arrays["names.ends"]))  # fmt: skip
    filled = {name: Filled(*plain[name], *(arrays[f"{name}.{part}"] for part in FILLED)) for name in ("faces", "kinds")}
    facts = FleetFacts(
        on=plain["on"], currency=plain["currency"], names=names, **filled,
        amounts={name: arrays[f"amounts.{name}"] for name in AMOUNTS},
        **{name: arrays[name] for name in (*BY_SOURCE, "face", "body", "goods")},
    )  # fmt: skip
    rows = FleetRows(
        facts, *(arrays[name] for name in ("declarations", "parts", "vehicles")), [UUID(key) for key in plain["without"]],
        plain["currencies"], plain["rates"], plain["refused"], plain["standing"],
        dt.datetime.fromisoformat(plain["at"]) if plain["at"] else None,
        (plain["roll"][0], dt.datetime.fromisoformat(plain["roll"][1])) if plain["roll"] else None,
    )  # fmt: skip
    return replace(rows, facts=replace(facts, rates=rows.rates_into(facts.currency)))
