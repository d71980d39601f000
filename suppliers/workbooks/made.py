"""The rows of a company's own workbook: every part it sells or is asked for, with what stands about it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from suppliers.forms.questions import Needed, laws, needed
from suppliers.models import Organisation, Part, Request
from suppliers.workbooks import known
from suppliers.workbooks.columns import DECLARE, KEEP
from suppliers.workbooks.known import Known, Last, base
from suppliers.workbooks.told import Row, told

MONEY = {"CA": "CAD", "MX": "MXN"}


@dataclass
class Made:
    """``rows`` by sheet, each by column key; ``suppliers``: who sells what to the company, to copy codes from."""

    organisation: Organisation
    asked: Needed
    rows: dict[str, list[Row]] = field(default_factory=lambda: {"answers": [], "inputs": [], "costs": []})
    suppliers: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    plants: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


def made(organisation: Organisation, *, only_asked: bool = False) -> Made:
    """A constant number of queries, however many parts."""
    names, last, requests = Known(organisation), Last(organisation), known.asked(organisation)
    found = Made(organisation, needed(laws(row for rows in requests.values() for row in rows)))
    plants: dict[Any, list[Any]] = {}
    for part, plant in last.rows:
        plants.setdefault(part, []).append(plant)
    for part in known.concerned(organisation):
        if only_asked and part.pk not in requests:
            continue
        for plant in plants.get(part.pk, [None]):
            _part(found, names, last, part, plant, requests.get(part.pk, []))
    found.plants, found.parts = sorted(names.plant_by_code), sorted(names.numbers)
    found.customers = sorted(row.code for row in names.buyers.values())
    found.suppliers = sorted(
        {(row.seller.code, row.seller.name, row.buyer_part.number, row.seller_part.number, row.buyer_part.unit)
         for row in names.sales.values()}
    )  # fmt: skip
    return found


def _part(found: Made, names: Known, last: Last, part: Part, plant: Any, requests: list[Request]) -> None:
    row, facts = last.of(part.pk, plant)
    shown = {"part": part.number, "description": part.description}
    if facts is None:
        found.rows["answers"].append(shown | _blank(names, part, requests))
        return
    said = told(facts, names.buyers_by_text)
    of = {"part": part.number, "plant": facts["plant_code"]}
    answer = (
        said.answer
        | of
        | {"description": part.description, "base": base(row), "state": DECLARE if said.whole else KEEP}
    )
    found.rows["answers"].append(answer)
    found.rows["inputs"] += [line | of for line in said.inputs]
    if any(said.costs.values()):
        found.rows["costs"].append(said.costs | of)


def _blank(names: Known, part: Part, requests: list[Request]) -> Row:
    """What is known of a part nobody declared yet: the period that is asked, customers, country, currency."""
    today = timezone.localdate()
    own = names.organisation
    first = requests[0] if requests else None
    return {
        "begins": first.begins if first else today, "ends": first.ends if first else today + dt.timedelta(days=365),
        "customers": sorted({row.code for row in names.sold[part.pk]}), "made_in": own.country.code, "hs": part.hs,
        "currency": MONEY.get(own.country.code, "USD"), "uses": ["light"],
    }  # fmt: skip
