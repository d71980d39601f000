"""Which vehicles a reader wants to see, and in what order: all of it stands in the address, and one press undoes a piece."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django_countries import countries

from tracing import boards, rulebooks
from tracing.engine.result import FAIL, OPEN, PASS
from tracing.entries import KINDS, Entry
from tracing.models import Vehicle
from tracing.verdicts import Told

BY_ENTRY = ("programme", "plant", "kind", "market")
LABELS = {
    "programme": "Programme",
    "plant": "Plant",
    "kind": "Class",
    "market": "Market",
    "year": "Model year",
    "q": "Text",
}
VERDICTS = {FAIL: "fails", OPEN: "is open", PASS: "passes"}
SORTS = {"name": "Name", "margin": "Worst margin first", "duty": "Most duty at stake first", "gaps": "Most gaps first"}
LONGEST = 80


@dataclass(frozen=True)
class Filter:
    """What was asked for. ``laws`` are the columns, none for those shown at first; ``law`` the one that counts and sorts go by."""

    laws: tuple[str, ...] = ()
    law: str = ""
    programme: str = ""
    plant: str = ""
    kind: str = ""
    market: str = ""
    year: str = ""
    verdict: str = ""
    q: str = ""
    sort: str = "name"
    on: str = ""

    @property
    def wanted(self) -> list[str]:
        """The rulebooks that are columns."""
        return boards.wanted_laws(list(self.laws))

    @property
    def narrows(self) -> bool:
        """Whether it leaves out any vehicle."""
        return any(getattr(self, name) for name in (*LABELS, "verdict"))

    def address(self, **changes: Any) -> str:
        """The query of an address that asks for this, with these changes."""
        asked = replace(self, **changes)
        said = [("laws", name) for name in asked.laws]
        said += [(name, getattr(asked, name)) for name in ("law", *LABELS, "verdict", "on") if getattr(asked, name)]
        return urlencode(said + ([("sort", asked.sort)] if asked.sort != "name" else []))


def asked(given: QueryDict) -> Filter:
    """The filter that an address asks for. What is asked for and not there finds nothing; an unknown law or order is left out."""
    said = {name: given.get(name, "").strip()[:LONGEST] for name in (*LABELS, "verdict", "on")}
    laws = tuple(name for name in rulebooks.ids() if name in given.getlist("laws"))
    laws = () if set(laws) == set(boards.SHOWN_FIRST) else laws
    law = given.get("law", "")
    law = law if law in boards.wanted_laws(list(laws)) else ""
    return Filter(laws=laws, law=law, sort=given.get("sort") if given.get("sort") in SORTS else "name", **said)


def choices(vehicles: Iterable[Vehicle], entries: dict[UUID, Entry]) -> dict[str, list[dict[str, Any]]]:
    """For each filter what there is to choose, with how many vehicles each leaves."""
    rows = list(vehicles)
    found = {name: Counter[str]() for name in (*BY_ENTRY, "year")}
    for row in rows:
        for name in found:
            found[name].update(values(name, row, entries.get(row.pk)))
    return {
        name: [{"value": value, "label": label(name, value), "count": count[value]} for value in sorted(count)]
        for name, count in found.items()
    }


def values(name: str, vehicle: Vehicle, entry: Entry | None) -> list[str]:
    """What a vehicle has under one filter; several where it is sold in several markets."""
    if name == "year":
        return [str(vehicle.model_year)]
    if entry is None:
        return []
    said = entry.markets if name == "market" else [getattr(entry, name)]
    return [value for value in said if value]


def label(name: str, value: str) -> str:
    """A value in words."""
    if name == "market":
        return str(countries.name(value)) or value
    return value.replace("_", " ") if name == "kind" and value in KINDS else value


def matching(
    vehicles: Iterable[Vehicle], wanted: Filter, entries: dict[UUID, Entry], told: Told, law: str
) -> list[Vehicle]:
    """The vehicles that have all of it; a verdict under any reading of the law that is asked after."""
    return [
        row for row in vehicles
        if all(getattr(wanted, name) in ("", *values(name, row, entries.get(row.pk))) for name in (*BY_ENTRY, "year"))
        and (not wanted.verdict or wanted.verdict in {one.verdict for one in told.get(row.pk, {}).get(law, [])})
        and _reads(row, entries.get(row.pk), wanted.q)
    ]  # fmt: skip


def _reads(vehicle: Vehicle, entry: Entry | None, text: str) -> bool:
    """Whether every word stands somewhere in what the automaker calls it."""
    said = [vehicle.name, vehicle.part.number, vehicle.body, vehicle.assembled_at, str(vehicle.model_year)]
    said += [entry.programme, entry.plant] if entry else []
    whole = " ".join(said).casefold()
    return all(word in whole for word in text.casefold().split())


def ordered(
    vehicles: list[Vehicle], sort: str, *, margin: Callable[[UUID], Decimal | None], duty: Callable[[UUID], Decimal | None],
    gaps: Callable[[UUID], int | None],
) -> list[Vehicle]:  # fmt: skip
    """In that order; what has no such figure stands last, and the name decides where figures are the same."""
    least = {"margin": (margin, 1), "duty": (duty, -1), "gaps": (gaps, -1)}
    if sort not in least:
        return vehicles
    figure, sign = least[sort]
    known = {row.pk: figure(row.pk) for row in vehicles}
    return sorted(vehicles, key=lambda row: (known[row.pk] is None, sign * (known[row.pk] or 0)))


def chips(wanted: Filter, law: str) -> list[dict[str, str]]:
    """What is filtered by, each with the address that undoes it."""
    found = [
        {"label": said, "value": label(name, getattr(wanted, name)), "undo": wanted.address(**{name: ""})}
        for name, said in LABELS.items()
        if getattr(wanted, name)
    ]
    if wanted.verdict:
        found.append(
            {"label": law, "value": VERDICTS.get(wanted.verdict, wanted.verdict), "undo": wanted.address(verdict="")}
        )
    return found
