"""The trade of the whole fleet out of the project's tables: by SQL, by COPY, by the ORM, into arrays or plain rows.

What every way counts, in micro-USD for one vehicle, on DAY: a declaration in force is worth its own costs (its price where
it opens none) and its inputs; foreign is own value added outside the region. A source is worth what the declaration that
answers it is worth: the maker's own, or the seller's, if both sides confirmed the sale and it is addressed to the buyer.
Any other source is worth its price, foreign unless made in the region. One half-up step to a micro-USD a declaration.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection

from suppliers.models import Addressee, Declaration, OwnValue, Source, Sourcing
from tracing.bench import graphs
from tracing.models import Vehicle

DAY = dt.date(2026, 11, 24)
REGION = frozenset({"US", "CA", "MX"})
SCALE = 1_000_000
"""What a weight of one is: quantities count in 1e-4, shares in whole percents (of a bench world, not of every database)."""
Figures = dict[UUID, tuple[int, int]]
"""For each vehicle's part its value and the foreign part of it, micro-USD."""


@dataclass(frozen=True)
class Arrays:
    """``parent``, ``child`` int32 [E], ``weight`` int64 [E] in 1e-6; ``own`` int64 [N, 2] micro-USD: value, foreign part.

    Nodes are the declarations in force, then one leaf for each source that none answers. ``goods`` int32 [V] are the
    vehicles' nodes, ``parts`` [V] their parts' keys.
    """

    parent: np.ndarray
    child: np.ndarray
    weight: np.ndarray
    own: np.ndarray
    goods: np.ndarray
    parts: list[UUID]

    @property
    def count(self) -> int:
        return len(self.own)

    @cached_property
    def heights(self) -> np.ndarray:
        return graphs.heights(self.parent, self.child, self.count)

    def figures(self, values: np.ndarray) -> Figures:
        """``values`` int64 [V, 2] of the goods, by part."""
        return {part: (int(one), int(two)) for part, (one, two) in zip(self.parts, values.tolist(), strict=True)}


def _micro(amount: str) -> str:
    if connection.vendor == "sqlite":
        return f"CAST(ROUND({amount} * 1000000) AS INTEGER)"
    return f"CAST({amount} * 1000000 AS bigint)"


def _weight() -> str:
    whole = "CAST(ROUND({}) AS INTEGER)" if connection.vendor == "sqlite" else "CAST({} AS bigint)"
    quantity = whole.format("l.quantity * 10000")
    return f"{quantity} * s.share_numerator * (100 / s.share_denominator)"


def answers() -> str:
    """SELECT id, part_id, made_in, price: the declarations in force."""
    return (
        "SELECT d.id, d.part_id, d.made_in, d.price FROM suppliers_declaration d"  # noqa: S608  no input of anybody
        f" WHERE d.signed_at IS NOT NULL AND d.begins <= '{DAY}' AND d.ends > '{DAY}'"
        " AND NOT EXISTS (SELECT 1 FROM suppliers_withdrawal w WHERE w.declaration_id = d.id)"
        " AND NOT EXISTS (SELECT 1 FROM suppliers_declaration n WHERE n.supersedes_id = d.id"
        f" AND n.signed_at IS NOT NULL AND n.begins <= '{DAY}')"
    )


def nodes(answer: str) -> str:
    """SELECT id, part_id, own, away from the table ``answer``."""
    own = " + ".join(_micro(f"COALESCE(c.{name}, 0)") for name in ("product", "period", "other"))
    here, price = "a.made_in IN ('US', 'CA', 'MX')", _micro("a.price")
    return (
        f"SELECT a.id, a.part_id, CASE WHEN c.declaration_id IS NULL THEN {price} ELSE {own} END AS own,"  # noqa: S608  no input of anybody
        f" CASE WHEN c.declaration_id IS NULL THEN CASE WHEN {here} THEN 0 ELSE {price} END"
        f" ELSE COALESCE(o.far, 0) + CASE WHEN {here} THEN 0 ELSE {own} - COALESCE(o.said, 0) END END AS away"
        f" FROM {answer} a LEFT JOIN suppliers_costs c ON c.declaration_id = a.id LEFT JOIN (SELECT declaration_id,"
        f" CAST(SUM({_micro('amount')}) AS bigint) AS said, CAST(SUM(CASE WHEN country IN ('US', 'CA', 'MX') THEN 0"
        f" ELSE {_micro('amount')} END) AS bigint) AS far FROM suppliers_ownvalue GROUP BY declaration_id) o"
        " ON o.declaration_id = a.id"
    )


def edges(answer: str, parent: str = "p.id", child: str = "b.id") -> str:
    """SELECT parent, child (null: nobody answers), weight, price, away from the table ``answer``."""
    return (
        f"SELECT {parent} AS parent, CASE WHEN s.made_part_id IS NOT NULL OR e.id IS NOT NULL THEN {child} END AS child,"  # noqa: S608  no input of anybody
        f" {_weight()} AS weight, COALESCE({_micro('s.price')}, 0) AS price,"
        f" CASE WHEN s.made_in IN ('US', 'CA', 'MX') THEN 0 ELSE COALESCE({_micro('s.price')}, 0) END AS away"
        f" FROM suppliers_source s JOIN suppliers_line l ON l.id = s.line_id JOIN {answer} p ON p.id = l.declaration_id"
        f" LEFT JOIN (SELECT k.id, k.seller_part_id, k.buyer_id FROM suppliers_sourcing k"
        " JOIN suppliers_sourcingconfirmation y ON y.sourcing_id = k.id AND y.side = 'seller'"
        " JOIN suppliers_sourcingconfirmation z ON z.sourcing_id = k.id AND z.side = 'buyer'"
        f" WHERE k.begins <= '{DAY}' AND (k.ends IS NULL OR k.ends > '{DAY}')) k ON k.id = s.sourcing_id"
        f" LEFT JOIN {answer} b ON b.part_id = COALESCE(s.made_part_id, k.seller_part_id)"
        " LEFT JOIN suppliers_addressee e ON e.declaration_id = b.id AND e.organisation_id = k.buyer_id"
    )


def rowwise() -> Arrays:
    """Joined in SQL, row by row to the client: COPY BINARY on PostgreSQL, fetchall on SQLite."""
    with connection.cursor() as cursor:
        numbered = f"SELECT ROW_NUMBER() OVER () - 1 AS n, a.* FROM ({answers()}) a"  # noqa: S608  no input of anybody
        cursor.execute("DROP TABLE IF EXISTS bench_number")
        cursor.execute(f"CREATE TEMP TABLE bench_number AS {numbered}")
        if connection.vendor == "sqlite":
            cursor.execute("CREATE INDEX bench_number_id ON bench_number (id)")
            cursor.execute("CREATE INDEX bench_number_part ON bench_number (part_id)")
        cursor.execute("ANALYZE bench_number")
        priced = f"SELECT m.n, x.own, x.away FROM ({nodes('bench_number')}) x JOIN bench_number m ON m.id = x.id"  # noqa: S608
        own = _integers(cursor, priced, 3)
        lines = _integers(cursor, edges("bench_number", "p.n", "b.n"), 5)
        cursor.execute(
            "SELECT m.n, v.part_id FROM tracing_vehicle v JOIN bench_number m ON m.part_id = v.part_id ORDER BY 1"
        )
        tops = cursor.fetchall()
    return assembled(own, lines, tops)


def assembled(own: np.ndarray, lines: np.ndarray, tops: Iterable[tuple[int, Any]]) -> Arrays:
    """Arrays of ``own`` [D, 3] (number, value, foreign) and ``lines`` [E, 5] (parent, child or -1, weight, price, foreign)."""
    bare = np.flatnonzero(lines[:, 1] < 0)
    table = np.empty((len(own) + len(bare), 2), np.int64)
    table[own[:, 0]] = own[:, 1:]
    table[len(own) :] = lines[bare, 3:]
    child = lines[:, 1].astype(np.int32)
    child[bare] = len(own) + np.arange(len(bare))
    found = list(tops)
    goods = np.array([number for number, _ in found], np.int32)
    parts = [part if isinstance(part, UUID) else UUID(part) for _, part in found]
    return Arrays(lines[:, 0].astype(np.int32), child, np.ascontiguousarray(lines[:, 2]), table, goods, parts)


def _integers(cursor: Any, query: str, width: int) -> np.ndarray:
    """int64 [rows, width] of whole numbers; null is -1."""
    if connection.vendor == "sqlite":
        cursor.execute(query)
        rows = [tuple(-1 if value is None else value for value in row) for row in cursor.fetchall()]
        return np.array(rows, np.int64).reshape(-1, width)
    names = [f"c{number}" for number in range(width)]
    wide = ", ".join(f"CAST(COALESCE({name}, -1) AS bigint)" for name in names)
    data = bytearray()
    with cursor.copy(f"COPY (SELECT {wide} FROM ({query}) q ({', '.join(names)})) TO STDOUT (FORMAT binary)") as copy:  # noqa: S608
        for block in copy:
            data += block
    row = np.dtype([("fields", ">i2"), *(part for name in names for part in ((f"{name}_size", ">i4"), (name, ">i8")))])
    table = np.frombuffer(data, row, count=(len(data) - 21) // row.itemsize, offset=19)
    return np.stack([table[name].astype(np.int64) for name in names], axis=1)


class Bulk(NamedTuple):
    """What a careful Django developer reads: every declaration once, every source once, joined in Python by key."""

    own: dict[UUID, tuple[Decimal, Decimal]]
    lines: list[tuple[UUID, UUID | None, Decimal, Decimal, Decimal]]
    tops: list[tuple[UUID, UUID]]


def bulk() -> Bulk:
    """Six queries by ``values_list``, no row by row; the same rules as the SQL above."""
    said, far = _own_values()
    own, of_part = {}, {}
    costs = ("costs__declaration", "costs__product", "costs__period", "costs__other")
    rows = Declaration.objects.in_force(on=DAY).order_by().values_list("pk", "part_id", "made_in", "price", *costs)
    for key, part, place, price, opened, *amounts in rows.iterator(chunk_size=10_000):
        of_part[part] = key
        value = sum((amount for amount in amounts if amount is not None), Decimal(0)) if opened else price
        rest = value - said.get(key, 0)
        own[key] = value, far.get(key, Decimal(0)) + (0 if place in REGION else rest)
    sales = Sourcing.objects.confirmed().in_force(on=DAY).order_by().values_list("pk", "seller_part_id", "buyer_id")
    sold = {key: (part, buyer) for key, part, buyer in sales.iterator(chunk_size=10_000)}
    to = Addressee.objects.order_by().values_list("declaration_id", "organisation_id")
    addressed = set(to.iterator(chunk_size=10_000))
    lines = []
    for row in Source.objects.order_by().values_list(
        "line__declaration_id", "line__quantity", "share_numerator", "share_denominator", "price", "made_in", "sourcing_id",
        "made_part_id",
    ).iterator(chunk_size=10_000):  # fmt: skip
        parent, quantity, numerator, denominator, price, place, sale, made = row
        if parent not in own:
            continue
        part, buyer = (made, None) if made else sold.get(sale, (None, None))
        child = of_part.get(part)
        if child is not None and not made and (child, buyer) not in addressed:
            child = None
        price = price or Decimal(0)
        away = Decimal(0) if place in REGION else price
        lines.append((parent, child, quantity * numerator / denominator, price, away))
    tops = Vehicle.objects.order_by().values_list("part_id", flat=True)
    return Bulk(own, lines, [(of_part[part], part) for part in tops if part in of_part])


def _own_values() -> tuple[dict[UUID, Decimal], dict[UUID, Decimal]]:
    said: dict[UUID, Decimal] = {}
    far: dict[UUID, Decimal] = {}
    for key, place, amount in OwnValue.objects.order_by().values_list("declaration_id", "country", "amount"):
        said[key] = said.get(key, Decimal(0)) + amount
        if place not in REGION:
            far[key] = far.get(key, Decimal(0)) + amount
    return said, far


def by_orm() -> Arrays:
    """``bulk`` as arrays: the load of the ORM."""
    read = bulk()
    number = {key: place for place, key in enumerate(read.own)}
    own = [(place, *map(_whole, pair)) for place, pair in enumerate(read.own.values())]
    lines = [
        (number[parent], number.get(child, -1), _whole(weight), _whole(price), _whole(away))
        for parent, child, weight, price, away in read.lines
    ]
    tables = np.array(own, np.int64).reshape(-1, 3), np.array(lines, np.int64).reshape(-1, 5)
    return assembled(*tables, [(number[key], part) for key, part in read.tops])


def _whole(amount: Decimal) -> int:
    return int(amount.scaleb(6))
