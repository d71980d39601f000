"""Multiplies the demo world: copies under other names and at other prices, woven into the first; same seed, same world."""

import dataclasses
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from compliance.demo.world import FILES, World

KEPT_KINDS = {"automaker", "authority", "operator"}
WOVEN = 0.25
"""The part of a copy's purchases from suppliers of tiers 3 and 4 that go to the first world's suppliers instead."""
CENTS = Decimal("0.0001")
NAMES = (
    "Amber", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Indigo", "Juniper", "Kestrel", "Larch",
    "Meadow", "Nimbus", "Onyx", "Poplar", "Quartz", "Raven", "Sable", "Tundra", "Umber", "Vale", "Willow", "Yarrow", "Zephyr",
)  # fmt: skip
AMOUNTS = {
    "sources": ("price",), "charges": ("amount",), "own_value": ("amount",), "statements": ("amount",),
    "costs": ("product", "period", "other", "sales", "royalties", "shipping", "interest"),
    "declarations": ("price",), "vehicles": ("price", "msrp"),
}  # fmt: skip


def scaled(world: World, n: int, seed: int = 2027) -> World:
    """``n`` times the suppliers, parts, answers and vehicles of a world; automakers, authority and operator stay as they are.

    A copy's prices move together by up to 8 percent and its imports get up to 10 percent cheaper, so that no input ever
    costs more than what it is built into; the automakers' own costs move by up to 10 percent; a quarter of a copy's
    purchases of raw materials go to the first world's makers, so that supply is shared.
    """
    if n < 1:
        raise ValueError(f"a world cannot be multiplied by {n}")
    chance = random.Random(seed)
    tables: dict[str, list[Any]] = {name: list(getattr(world, name)) for name in FILES}
    for number in range(2, n + 1):
        for name, rows in _copy(world, number, chance).items():
            tables[name] += rows
    return World(tables, world.day)


class _Names:
    """What a thing is called in one copy. Kept organisations keep their names, their numbers get the copy's."""

    def __init__(self, world: World, number: int):
        self.kept = {row.organisation for row in world.organisations if row.kind in KEPT_KINDS}
        self.word = NAMES[(number - 2) % len(NAMES)] + ("" if number - 2 < len(NAMES) else f" {number}")
        self.number = number

    def organisation(self, code: str) -> str:
        return code if code in self.kept or not code else f"{code}-{self.number}"

    def part(self, number: str) -> str:
        return f"{number}-{self.number}" if number else number

    def person(self, key: str, organisation: str) -> str:
        return key if organisation in self.kept or not key else f"{key}_{self.number}"

    def declaration(self, name: str) -> str:
        if not name:
            return name
        maker, number, version = name.split("/")
        return f"{self.organisation(maker)}/{self.part(number)}/{version}"


def _copy(world: World, number: int, chance: random.Random) -> dict[str, list[Any]]:
    names = _Names(world, number)
    factor = Decimal(chance.randrange(9200, 10800)) / 10000
    shared = _shared(world, chance)
    copied: dict[str, list[Any]] = {}
    for table in FILES:
        rename = RENAMED.get(table)
        if rename is None:
            continue
        rows = [row for row in getattr(world, table) if not _stays(table, row, names)]
        copied[table] = [
            _moved(table, rename(row, names), row, factor * _own_way(table, row, names, chance), shared) for row in rows
        ]
    copied["sourcings"] += [
        dataclasses.replace(row, buyer=names.organisation(row.buyer), buyer_number=names.part(row.buyer_number))
        for row in world.sourcings
        if (row.seller, row.seller_number, row.buyer) in shared
    ]
    copied["sourcings"] = [row for row in copied["sourcings"] if not _woven_away(row, names, shared)]
    return copied


def _stays(table: str, row: Any, names: _Names) -> bool:
    """Kept organisations, their plants and their people are not copied."""
    return (table in {"organisations", "plants", "memberships"} and row.organisation in names.kept) or (
        table == "people" and row.email.partition("@")[2].removesuffix(".example") in names.kept
    )


def _own_way(table: str, row: Any, names: _Names, chance: random.Random) -> Decimal:
    """How far this row's amounts leave the others of its copy."""
    if table == "sources" and row.how == "imported":
        return Decimal(chance.randrange(9000, 10000)) / 10000
    if table == "costs" and row.declaration.partition("/")[0] in names.kept:
        return Decimal(chance.randrange(9000, 11000)) / 10000
    return Decimal(1)


def _shared(world: World, chance: random.Random) -> set[tuple[str, str, str]]:
    """The sourcings of a copy that lead back to the first world: raw materials only, and not to automakers."""
    low = {row.organisation for row in world.organisations if row.tier is not None and row.tier >= 3}
    high = {row.organisation for row in world.organisations if row.kind == "supplier"}
    return {
        (row.seller, row.seller_number, row.buyer)
        for row in world.sourcings
        if row.seller in low and row.buyer in high and chance.random() < WOVEN
    }


def _woven_away(row: Any, names: _Names, shared: set[tuple[str, str, str]]) -> bool:
    mine = f"-{names.number}"
    if not row.seller.endswith(mine):
        return False
    first = (row.seller.removesuffix(mine), row.seller_number.removesuffix(mine), row.buyer.removesuffix(mine))
    return first in shared


def _moved(table: str, new: Any, old: Any, factor: Decimal, shared: set[tuple[str, str, str]]) -> Any:
    """The copy's row at the copy's prices; a purchase woven into the first world keeps its seller and its price."""
    if table == "sources" and (old.seller, old.seller_number, old.declaration.partition("/")[0]) in shared:
        return dataclasses.replace(new, seller=old.seller, seller_number=old.seller_number)
    if table == "requests" and (old.seller, old.seller_number, old.asker) in shared:
        return dataclasses.replace(new, seller=old.seller, seller_number=old.seller_number)
    amounts = {
        name: max((value * factor).quantize(CENTS), CENTS)
        for name in AMOUNTS.get(table, ())
        if (value := getattr(new, name)) is not None
    }
    return dataclasses.replace(new, **amounts) if amounts else new


def _changed(**how: Callable[[Any, _Names], Any]) -> Callable[[Any, _Names], Any]:
    return lambda row, names: dataclasses.replace(row, **{field: change(row, names) for field, change in how.items()})


def _organisation(field: str) -> Callable[[Any, _Names], str]:
    return lambda row, names: names.organisation(getattr(row, field))


def _number(field: str) -> Callable[[Any, _Names], str]:
    return lambda row, names: names.part(getattr(row, field))


def _person(field: str, of: str) -> Callable[[Any, _Names], str]:
    return lambda row, names: names.person(getattr(row, field), getattr(row, of))


def _declaration(field: str = "declaration") -> Callable[[Any, _Names], str]:
    return lambda row, names: names.declaration(getattr(row, field))


_OWN_PART = {"organisation": _organisation("organisation"), "number": _number("number")}
_SOLD = {"seller": _organisation("seller"), "seller_number": _number("seller_number")}
_BELOW = _changed(declaration=_declaration())

RENAMED: dict[str, Callable[[Any, _Names], Any]] = {
    "organisations": _changed(
        organisation=_organisation("organisation"), name=lambda row, names: f"{names.word} {row.name}"
    ),
    "plants": _changed(organisation=_organisation("organisation")),
    "people": _changed(
        person=lambda row, names: f"{row.person}_{names.number}",
        email=lambda row, names: row.email.replace(".example", f"-{names.number}.example"),
    ),
    "memberships": _changed(
        person=_person("person", "organisation"), organisation=_organisation("organisation")
    ),
    "parts": _changed(**_OWN_PART),
    "items": _changed(**_OWN_PART),
    "sourcings": _changed(**_SOLD, buyer=_organisation("buyer"), buyer_number=_number("buyer_number")),
    "declarations": _changed(
        **_OWN_PART, declaration=_declaration(), supersedes=_declaration("supersedes"),
        drafted_by=_person("drafted_by", "organisation"), signed_by=_person("signed_by", "organisation"),
        withdrawn_by=_person("withdrawn_by", "organisation"),
    ),
    "lines": _changed(declaration=_declaration(), item=_number("item")),
    "sources": _changed(declaration=_declaration(), **_SOLD),
    "charges": _BELOW, "costs": _BELOW, "own_value": _BELOW, "statements": _BELOW, "claims": _BELOW, "cannots": _BELOW,
    "tries": _BELOW,
    "vehicles": _changed(
        **_OWN_PART, name=lambda row, names: f"{row.name} {names.word}",
        model_line=lambda row, names: f"{row.model_line} {names.word}",
    ),
    "requests": _changed(
        **_SOLD, asker=_organisation("asker"), buyer_number=_number("buyer_number"), asked_by=_person("asked_by", "asker")
    ),
    "declines": _changed(**_SOLD, buyer=_organisation("buyer"), by=_person("by", "seller")),
}  # fmt: skip
