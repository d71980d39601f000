"""What an organisation's own goods are built from, by its own lists of parts: which purchases, at what price in one good."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F

from suppliers.models import Declaration, Part, Source

ZERO = Decimal(0)
COSTS = ("product", "period", "other")
EXCLUDED = ("excluded_sales", "excluded_royalties", "excluded_shipping", "excluded_interest")


@dataclass
class Purchases:
    """By sale: the price paid for it in one of each good. ``base`` is a good's net cost by the owner's own entries.

    ``unlisted``: goods without a list of parts. ``unnamed``: items bought from nobody who is on the portal, with who sells
    them as far as the list says.
    """

    worth: dict[UUID, dict[UUID, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    base: dict[UUID, Decimal] = field(default_factory=dict)
    currency: dict[UUID, str] = field(default_factory=dict)
    unlisted: set[UUID] = field(default_factory=set)
    unnamed: dict[str, str] = field(default_factory=dict)

    def points(self, sale: UUID) -> Decimal:
        """The most that this sale is worth in one of the goods, in points of its net cost."""
        shares = (100 * paid / self.base[good] for good, paid in self.worth[sale].items() if self.base[good])
        return max(shares, default=ZERO)

    def paid(self, sales: Iterable[UUID]) -> dict[str, Decimal]:
        """By currency: what is paid for these sales in one of each good together."""
        total: dict[str, Decimal] = defaultdict(Decimal)
        for sale in sales:
            for good, amount in self.worth.get(sale, {}).items():
                total[self.currency[good]] += amount
        return dict(total)


@dataclass
class _Body:
    currency: str = ""
    sales: list[tuple[UUID, Decimal]] = field(default_factory=list)
    made: list[tuple[UUID, Decimal]] = field(default_factory=list)
    rest: Decimal = ZERO  # materials without a sale
    own: Decimal = ZERO  # own costs, less what net cost excludes
    net: Decimal | None = None
    unnamed: dict[str, str] = field(default_factory=dict)


def of(goods: Iterable[Part], *, begins: dt.date, ends: dt.date) -> Purchases:
    """The purchases behind goods of one owner in a half-open period; four queries for each level that the owner makes itself.

    Of a part the signed lists that speak in the period are taken; where there is none, the newest draft, else the last signed one:
    next year's questions are asked before next year's list is signed.
    """
    goods, bodies, found = list(goods), {}, Purchases()
    level = {good.pk for good in goods}
    while level:
        bodies |= {part: [] for part in level} | _bodies(level, begins, ends)
        level = {part for rows in bodies.values() for body in rows for part, _ in body.made} - bodies.keys()
    for good in goods:
        _count(good.pk, bodies, found)
    return found


def _count(good: UUID, bodies: dict[UUID, list[_Body]], found: Purchases) -> None:
    if not any(body.sales or body.made or body.rest for body in bodies[good]):
        found.unlisted.add(good)
    found.base[good], found.currency[good] = ZERO, next((body.currency for body in bodies[good]), "")
    for body in bodies[good]:
        total, stack = body.own, [(body, Decimal(1), (good,))]
        paid: dict[UUID, Decimal] = defaultdict(Decimal)
        while stack:
            one, times, path = stack.pop()
            total += times * one.rest
            found.unnamed |= one.unnamed
            for sale, amount in one.sales:
                paid[sale] += times * amount
                total += times * amount
            for part, quantity in one.made:
                if part not in path:  # a part that is said to be made of itself is the trace's to complain of
                    stack += [(inner, times * quantity, (*path, part)) for inner in bodies[part][:1]]
        found.base[good] = max(found.base[good], body.net if body.net is not None else total)
        for sale, amount in paid.items():
            found.worth[sale][good] = max(amount, found.worth[sale].get(good, ZERO))


def _bodies(parts: set[UUID], begins: dt.date, ends: dt.date) -> dict[UUID, list[_Body]]:
    chosen = _chosen(parts, begins, ends)
    bodies = {key: _Body() for key in chosen}
    for row in _sources(chosen):
        _add(bodies[row["line__declaration"]], row)
    for row in _costs(chosen):
        body = bodies[row["pk"]]
        body.currency = row["currency"]
        own = sum((row[f"costs__{name}"] or ZERO for name in COSTS), ZERO)
        body.own = own - sum((row[f"costs__{name}"] or ZERO for name in EXCLUDED), ZERO)
        body.net = row["costs__net"]
    found: dict[UUID, list[_Body]] = defaultdict(list)
    for key, part in chosen.items():
        found[part].append(bodies[key])
    return dict(found)


def _chosen(parts: set[UUID], begins: dt.date, ends: dt.date) -> dict[UUID, UUID]:
    """Declaration to part: signed ones that speak in the period, the newest first; else the newest draft, or the last list."""
    rows = Declaration.objects.filter(part__in=parts)
    speaking = rows.signed().filter(begins__lt=ends, ends__gt=begins, withdrawal__isnull=True)
    newer = Declaration.objects.signed().filter(supersedes__in=speaking.values("pk"), begins__lte=begins)
    speaking = speaking.exclude(pk__in=newer.values("supersedes"))
    found = dict(speaking.order_by("-signed_at", "pk").values_list("pk", "part"))
    silent = parts - set(found.values())
    if silent:
        rest = rows.filter(part__in=silent, withdrawal__isnull=True).order_by(
            F("signed_at").asc(nulls_last=True), "drafted_at", "pk"
        )
        last = dict(rest.values_list("part", "pk"))  # the newest draft, else what was signed last
        found |= {key: part for part, key in last.items()}
    return found


def _sources(chosen: Iterable[UUID]) -> Iterable[dict[str, Any]]:
    return (
        Source.objects.filter(line__declaration__in=list(chosen))
        .order_by("line__declaration", "line__position", "position")
        .values(
            "line__declaration", "line__item", "line__quantity", "line__consigned", "share_numerator",
            "share_denominator", "price", "sourcing", "made_part", "seller_name", "how",
        )
    )  # fmt: skip


def _costs(chosen: Iterable[UUID]) -> Iterable[dict[str, Any]]:
    names = [f"costs__{name}" for name in (*COSTS, *EXCLUDED, "net")]
    return Declaration.objects.filter(pk__in=list(chosen)).values("pk", "currency", *names)


def _add(body: _Body, row: dict[str, Any]) -> None:
    quantity = row["line__quantity"] * row["share_numerator"] / row["share_denominator"]
    amount = quantity * (row["price"] or ZERO)
    if row["how"] == Source.How.MADE and row["made_part"]:
        body.made.append((row["made_part"], quantity))
    elif row["sourcing"]:
        body.sales.append((row["sourcing"], amount))
    else:
        body.rest += amount
        if row["how"] == Source.How.BOUGHT:
            body.unnamed[row["line__item"]] = row["seller_name"]
