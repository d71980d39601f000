"""Which fields a dossier has, and of which kind. Terms as in docs/dossier.md."""

from fractions import Fraction
from typing import Any

from tracing.engine import written
from tracing.engine.kinds import (
    Kind,
    Reader,
    Reason,
    Refused,
    Wrong,
    amount,
    anything,
    boolean,
    choice,
    claimed,
    country,
    currency,
    date,
    hs,
    many,
    moment,
    named,
    number,
    percent,
    record,
    sha,
    share,
    shift,
    text,
)
from tracing.engine.said import said

__all__ = ["DECLARATION", "LINE", "SOURCE", "TOP", "Kind", "Reader", "Reason", "Refused"]

CHARGE = {
    "kind!": choice("freight", "insurance", "packing", "duty", "tax", "brokerage", "waste", "assist"),
    "amount!": amount,
    "in_price": (boolean, False),
    "leg": choice("receipt", "title", "plant"),
    "recoverable": (boolean, False),
}
DETERMINATION = {"ge70": boolean, "pct5": amount, "pct": amount, "us_ca": amount, "says": text}


def determination(reader: Reader, data: Any, path: str) -> Any:
    """Words, which count nothing, or the share that the asker found (49 CFR 583.6(c)(6)); kept as it is written."""
    if isinstance(data, dict):
        reader.record(data, DETERMINATION, path)
        return data
    return text(reader, data, path)


CANNOT = {
    "reason!": text,
    "tried": (many(record({"at": anything, "how": text})), []),
    "determination": determination,
    "basis": text,
}
SOURCE = {
    "how": (choice("bought", "imported", "made"), "bought"),
    "share": (share, Fraction(1)),
    "price": amount,
    "factor": (number(least=0), Fraction(1)),
    "declaration?": text,
    "seller": text,
    "made_in": country,
    "charges": (many(record(CHARGE)), []),
    "allied": (boolean, False),
    "related": (boolean, False),
    "title": choice("importation", "later"),
    "places": anything,
    "rate": number(),
    "cannot?": record(CANNOT),
    "designated": (boolean, False),
    "basis": choice("shift", "rvc"),
}
LINE = {
    "item": text,
    "description": text,
    "hs": hs,
    "hs_edition": text,
    "qty": (number(places=4), Fraction(1)),
    "unit": text,
    "minor": (boolean, False),
    "consigned": (boolean, False),
    "sources!": many(record(SOURCE)),
}
ROLES = choice("listed", "component", "assembly", "sub", "none")
CORES = choice("engine", "transmission", "body_and_chassis", "axle", "suspension", "steering", "battery", "none")
LINE["claims"] = record(
    {"role": claimed(ROLES), "core": claimed(CORES), "listed": claimed(text), "table": claimed(text)}
)
COSTS = {
    "product": amount,
    "period": amount,
    "other": amount,
    "excluded": record({"sales": amount, "royalties": amount, "shipping": amount, "interest": amount}),
    "net": amount,
    "total": amount,
    "after_shipment": amount,
}
STATEMENT = {
    "law!": text,
    "para": text,
    "amount": amount,
    "percent": percent,
    "rvc": percent,
    "net_cost": amount,
    "vnm": amount,
    "originates": boolean,
    "criterion": text,
    "method": choice("NC", "TV", "TS", "NO"),
    "use": choice("light", "heavy", "other", "aftermarket"),
    "ge70": boolean,
    "pct5": percent,
    "pct": percent,
    "origin": country,
    "engine_origin": country,
    "transmission_origin": country,
    "averaged": anything,
    "relies_on": anything,
    "made_in": country,
}
CLAIMS = {
    "shift": claimed(shift),
    "basis": claimed(choice("shift", "rvc", "both")),
    "table": claimed(text),
    "role": claimed(ROLES),
    "core": claimed(CORES),
    "listed": claimed(text),
    "marking_origin": claimed(country),
    "substantial": claimed(boolean),
    "tv_allowed": claimed(boolean),
    "requirement": claimed(percent),
    "originates": claimed(boolean),
}
DECLARATION = {
    "id": text,
    "subject": choice("part", "plant", "company"),
    "maker": text,
    "part": text,
    "description": text,
    "hs": hs,
    "hs_edition": text,
    "made_in": country,
    "plant": text,
    "plant_share": share,
    "uses": (many(choice("light", "heavy", "other", "aftermarket")), []),
    "from": date,
    "until": date,
    "fiscal_year_start": date,
    "currency": currency,
    "addressed_to": anything,
    "signed_by": anything,
    "signed_at": moment,
    "supersedes": text,
    "body": many(record(LINE)),
    "costs": record(COSTS),
    "own_value": named(amount),
    "statements": (many(record(STATEMENT)), []),
    "claims": (record(CLAIMS), {}),
    "price": amount,
    "labour": amount,
    "high_wage_transport": amount,
    "related_sales": record({"related!": number(), "total!": number()}),
    "class": text,
    "model_line": text,
    "model_year": written.YEAR,
    "carline": text,
    "size": anything,
    "drivetrain": text,
    "persons": written.PERSONS,
    "gvwr": written.POUNDS,
    "off_road": boolean,
    "final_stage": boolean,
    "customs_value": amount,
    "ex_works": amount,
    "msrp": amount,
    "units": written.UNITS,
    "relief": written.RELIEF,
    "activities": written.ACTIVITIES,
    "elections": written.ELECTIONS,
}
TOP = {
    "dossier!": lambda _r, data, _p: _edition(data),
    "on!": date,
    "currency!": currency,
    "rulebooks": many(record({"id!": text, "sha256": sha, "switches": (anything, {})})),
    "rates": many(
        record({"from!": currency, "to!": currency, "law?": text, "rate!": number(), "on": date, "cite": text})
    ),
    "vehicles": many(text),
    "declarations!": named(record(DECLARATION)),
    "companies": written.COMPANIES,
    "plants": written.PLANTS,
    "certificate": anything,
    "openings": anything,
    "evidence": anything,
}


def _edition(data: Any) -> int:
    if data != 1 or isinstance(data, bool):
        raise Wrong(
            said("{data!r} is not an edition of the dossier that this engine reads", data=data), said("write 1.")
        )
    return 1
