"""Rows → the facts of a whole fleet as arrays: every declaration in force on a day, read at one moment."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.utils import timezone

from tracing import moments
from tracing.engine import fields
from tracing.engine.facts import FleetFacts
from tracing.engine.fields import Reader as StrictReader
from tracing.models import Vehicle
from tracing.snapshots import bodies
from tracing.snapshots.answers import answers_of
from tracing.snapshots.columns import speech
from tracing.snapshots.dossiers import one_moment, published
from tracing.snapshots.keys import Index, Ints, Keys, keys_of, spoken
from tracing.snapshots.tables import Reader


@dataclass(frozen=True)
class FleetRows:
    """A fleet's facts and the rows they came from.

    ``declarations`` and ``parts`` are sixteen-byte keys [D]; a declaration of zeros is no longer answered, its node is kept.
    Goods stand in the order of their organisation's code, name and key; ``vehicles`` [V] are their rows, ``without`` those
    that no declaration in force answers. ``currencies`` [V] are the goods' own; ``rates`` all that are published; ``refused``
    says why the engine will not read a declaration. ``standing`` names the state of the database that was read, ``at`` when; ``roll`` the
    roll they were read for, by number and moment, once they are kept: a database that lacks it is not the one they came from.
    """

    facts: FleetFacts
    declarations: Keys = field(repr=False)
    parts: Keys = field(repr=False)
    vehicles: Keys = field(repr=False)
    without: list[UUID]
    currencies: list[str] = field(repr=False)
    rates: list[dict[str, Any]] = field(repr=False)
    refused: dict[int, str]
    standing: str = ""
    at: dt.datetime | None = None
    roll: tuple[int, dt.datetime] | None = None
    seconds: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    @property
    def answered(self) -> np.ndarray:
        """bool [D]: the nodes that a declaration in force stands behind."""
        return spoken(self.declarations)

    def in_currency(self, code: str) -> FleetFacts:
        """The facts for the goods whose own declaration is in that currency, as their dossiers would be."""
        own = np.array([one == code for one in self.currencies], dtype=bool)
        return replace(self.facts, currency=code, goods=self.facts.goods[own], rates=self.rates_into(code))

    def rates_into(self, code: str) -> list[dict[str, Any]]:
        """The rates from the currencies that somebody declares in."""
        used = {template.get("currency") for template in self.facts.faces.templates}
        return [row for row in self.rates if row["to"] == code and row["from"] in used]


class Watch:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started


def read(on: dt.date, *, known: dt.datetime | None = None) -> FleetRows:
    """Everything that is in force on that day, below a vehicle or not; ``known``: as it was known before that moment."""
    watch, moment = Watch(), timezone.now()
    with one_moment():
        spoken_to = speech()
        spoken_to.settle()
        reader = Reader(spoken_to, on, watch, known)
        with watch("answers"):
            answers = answers_of(reader)
        with watch("declarations"):
            declared = bodies.declared(reader, answers)
        with watch("sources"):
            sources = bodies.sources(reader, lambda _parts: answers, answers.index)
        rates, vehicles, now = published(on), vehicles_of(), moments.facts(on)
    columns = answers.columns
    with watch("facts"):
        facts = FleetFacts(
            on=on, currency="", names=answers.names(), faces=declared.faces, face=declared.face,
            body=declared.body | sources.lined, amounts=declared.amounts, kinds=sources.kinds,
            goods=np.zeros(0, dtype=np.int32), **sources.rows,
        )  # fmt: skip
        refused = declared.refused | sources.refused(facts.asker)
        rows = settled(facts, columns["declaration"], columns["part"], refused, rates, vehicles)
    return replace(rows, standing=now, at=moment, seconds=watch.seconds)


def vehicles_of() -> list[tuple[UUID, UUID]]:
    """Every vehicle and its part, in the order of goods."""
    return list(Vehicle.objects.order_by("organisation__code", "name", "pk").values_list("pk", "part_id"))


def settled(
    facts: FleetFacts, declarations: Keys, parts: Keys, refused: dict[int, str], rates: list[dict[str, str]],
    vehicles: list[tuple[UUID, UUID]],
) -> FleetRows:  # fmt: skip
    """The rows of a fleet, its goods and its currency found among its declarations."""
    node = _nodes(keys_of(part for _, part in vehicles), parts, spoken(declarations), facts.names)
    goods = node[node >= 0].astype(np.int32)
    tops = keys_of(pk for pk, _ in vehicles)[node >= 0]
    currencies = [facts.faces[facts.face[good]].get("currency") or "" for good in goods.tolist()]
    currency = min(Counter(currencies).items(), key=lambda one: (-one[1], one[0]), default=("USD", 0))[0]
    reader = StrictReader()
    read_rates = reader.value(rates, fields.TOP["rates"], "rates")
    facts = replace(facts, currency=currency, goods=goods)
    without = [pk for (pk, _), found in zip(vehicles, node.tolist(), strict=True) if found < 0]
    rows = FleetRows(facts, declarations, parts, tops, without, currencies, read_rates, refused)
    return replace(rows, facts=replace(facts, rates=rows.rates_into(currency)))


def _nodes(wanted: Keys, parts: Keys, answered: np.ndarray, names: Any) -> Ints:
    """For each part its last declaration by name, -1 where none is in force."""
    of = Index(wanted).find(parts)
    found = np.full(len(wanted), -1, dtype=np.int64)
    for node in sorted(np.flatnonzero((of >= 0) & answered).tolist(), key=lambda node: names[node]):
        found[of[node]] = node
    return found
