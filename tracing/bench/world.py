"""Fills an empty database with a fleet: an automaker, its suppliers on every tier, everything signed; in bulk, by table."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connections, transaction

from suppliers import guards
from suppliers.models import Organisation
from tracing.bench import graphs
from tracing.bench.plan import Plan
from tracing.bench.pour import pour, unindexed
from tracing.bench.rows import MODELS, Rows

Say = Callable[[str], None]


class Inhabited(RuntimeError):
    """The database holds organisations: a bench world is laid into an empty one only."""


@dataclass
class World:
    """What was laid down: the graph, who trades with whom (``plan``), rows by table, seconds by step."""

    graph: graphs.Graph
    plan: Plan
    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        return len(self.plan.line_item)

    @property
    def sources(self) -> int:
        return len(self.plan.line)

    @property
    def vehicles(self) -> int:
        return len(self.graph.vehicles)

    @property
    def answered(self) -> float:
        """The part of the sources that a declaration in force answers."""
        return float(self.plan.answered.mean())


def fill(
    size: int = 100_000, *, seed: int = graphs.SEED, fill_vehicles: int | None = None, using: str = "default",
    graph: graphs.Graph | None = None, say: Say | None = None,
) -> World:  # fmt: skip
    """Lay a world of about ``size`` lines and at least ``fill_vehicles`` vehicles into the empty database ``using``.

    The same size and seed give the same rows, keys included. The guards are down only meanwhile. Raises Inhabited.
    """
    if Organisation.objects.using(using).exists():
        raise Inhabited("This database holds organisations; a bench world needs an empty database of its own.")
    connection = connections[using]
    started = time.perf_counter()
    drawn = graph or graphs.graph(size, seed, vehicles=fill_vehicles)
    world = World(drawn, Plan(drawn))
    rows = Rows(world.plan)
    world.seconds["plan"] = time.perf_counter() - started
    alone = not connection.in_atomic_block
    with _roomy(connection, alone), transaction.atomic(using):
        guards.remove(using)
        with unindexed(connection, MODELS):
            for model, count, columns in rows.tables():
                _timed(world, model.__name__, pour, connection, model, count, columns)
                world.rows[model.__name__] = world.rows.get(model.__name__, 0) + count
            laying = time.perf_counter()
        world.seconds["keys and indexes"] = time.perf_counter() - laying
        guards.install(using)
    _timed(world, "vacuum and analyze", _settle, connection, alone)
    if say:
        say(_told(world, time.perf_counter() - started))
    return world


def _timed(world: World, step: str, do: Callable[..., object], *given: object) -> None:
    started = time.perf_counter()
    do(*given)
    world.seconds[step] = world.seconds.get(step, 0.0) + time.perf_counter() - started


@contextmanager
def _roomy(connection, alone: bool) -> Iterator[None]:
    """SQLite keeps two megabytes of pages and looks every key up row by row: here it keeps many and proves all keys at the end."""
    if connection.vendor != "sqlite" or not alone:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -400000")
    with connection.constraint_checks_disabled():
        yield
    connection.check_constraints()


def _settle(connection, alone: bool) -> None:
    """What a running database has done by itself: hint bits and the planner's statistics."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if alone and connection.vendor == "postgresql" else "ANALYZE")


def _told(world: World, seconds: float) -> str:
    return (
        f"{world.lines:,} lines, {world.sources:,} sources ({world.answered:.0%} answered), {world.vehicles} vehicles, "
        f"{world.plan.suppliers} suppliers, {sum(world.rows.values()):,} rows in {seconds:.1f} s (graph: {world.graph.made_by})"
    )
