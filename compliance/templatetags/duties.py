"""Small words of the pages about duty."""

import datetime as dt
from decimal import Decimal

from django import template

from compliance.duties import tables
from suppliers.pictures import grouped
from tracing import places

register = template.Library()

LEVELS = {
    "primary": "read in the legal text", "official": "read in an official release", "copy": "read in a copy of the tariff",
    "press": "read in the press or at a law firm", "inferred": "inferred, not read",
}  # fmt: skip

register.filter(places.place)
register.filter(places.in_place)


@register.filter
def between(ends: tuple[Decimal, Decimal], digits: int = 2) -> str:
    """ "4,500.00"; "6,000.00–15,000.00" where it is a range."""
    least, most = (grouped(end, digits) for end in ends)
    return least if least == most else f"{least}–{most}"


@register.filter
def ends(duty) -> tuple[Decimal, Decimal]:
    """A duty's least and most, for ``between``."""
    return duty.least, duty.most


@register.filter
def level(name: str) -> str:
    """How near to the law a rate's source stands, in words."""
    return LEVELS.get(name, "")


@register.filter
def law(rulebook: str) -> str:
    return tables.law_name(rulebook)


@register.filter
def kind(name: str) -> str:
    """A class of vehicle that an automaker entered, in words."""
    return {"passenger_vehicle": "car", "light_truck": "light truck", "heavy_truck": "heavy truck"}.get(
        name, "class not entered"
    )


@register.filter
def last(day: dt.date) -> dt.date:
    """The last day of a stretch whose end is not included."""
    return day - dt.timedelta(days=1)


@register.filter
def times(each: Decimal, units: int) -> Decimal:
    return each * units


@register.filter
def holding(spans, day: dt.date):
    """The stretch in which a day lies, or None."""
    return next((span for span in spans if span.from_ <= day < span.until), None)


@register.filter
def last_of(rows):
    return rows[-1]


GOODS = {
    "passenger_vehicle": "cars", "light_truck": "light trucks", "heavy_truck": "trucks over five tonnes", "bus": "buses",
    "part": "parts",
}  # fmt: skip


@register.filter
def goods(rate) -> str:
    """ "cars, light trucks"; "parts of 8708.95"; "cars but those of 8703.10"."""
    listed = f" of {', '.join(rate.hs)}" if rate.hs else ""
    spared = f" but those of {', '.join(rate.except_hs)}" if rate.except_hs else ""
    return ", ".join(GOODS[name] for name in rate.kinds) + listed + spared


@register.filter
def from_whom(origins: tuple[str, ...]) -> str:
    """Countries by name; the European Union's as one."""
    if not origins:
        return "from anywhere"
    if "EU" in origins:
        return f"the {len(origins) - 1} countries of the European Union"
    return ", ".join(places.place(code) for code in origins)
