"""Worlds that many tests begin with: made once in a process by the real acts, then laid down again as the rows they left.

A test has the rows, keys included, that the acts left, and objects of its own to change; what the process remembers of them
is forgotten. What a maker does beside rows, in files or in memory, is not laid down: roll the fleet after it.
"""

import datetime as dt
import pickle
import sys
from collections.abc import Callable, Iterator
from typing import Any

import time_machine
from django.apps import apps
from django.db import connection, transaction

from tests import make
from tracing.actions import traces
from tracing.remembered import Remembered

Rows = dict[str, dict[Any, tuple]]
LAST = "suppliers_declaration"
"""The guards let nothing be put below a signed declaration: what stands below it goes before it."""
_made: dict[tuple, tuple[list[tuple[str, list[tuple]]], bytes]] = {}


def laid(name: str, make: Callable[[], Any], *above: Any) -> Any:
    """What ``make()`` answers, with the rows it makes. ``above``: keys of the rows it stands on, which other worlds lay."""
    travelling = time_machine.escape_hatch.is_travelling()
    key = (name, dt.datetime.now(dt.UTC) if travelling else None, *above)
    with transaction.atomic():
        if key in _made:
            rows, answer = _made[key]
            forget()
            _lay(rows)
        else:
            before = dict(_standing())
            made = make()
            _made[key] = _new(before), pickle.dumps(made)
            return made
    return pickle.loads(answer)  # noqa: S301  our own, of this process


def river(cast: Any, **how: Any) -> Any:
    """The river of tests.make on this cast."""
    return laid("river", lambda: make.river(cast, **how), cast.acme.pk, *sorted(how.items()))


def traced(cast: Any) -> Any:
    """The river with its vehicle traced, as ``trace``."""

    def made():
        found = make.river(cast)
        traces.spread()
        found.trace = traces.retrace(found.vehicle.pk)
        return found

    return laid("traced river", made, cast.acme.pk)


def forget() -> None:
    """Drop what this process remembers, as one that has just started: every page, and rows of an earlier test with the same keys."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("tracing.", "compliance.", "suppliers.")):
            for value in vars(module).values():
                if isinstance(value, Remembered):
                    value._held.clear()


def _tables() -> list[tuple[str, str, list[str]]]:
    """Of every table of ours: its name, its key, its columns."""
    return [
        (model._meta.db_table, model._meta.pk.column, [field.column for field in model._meta.local_concrete_fields])
        for app in ("suppliers", "tracing", "compliance")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]


def _standing() -> Iterator[tuple[str, dict[Any, tuple]]]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, key, columns in _tables():
            place = columns.index(key)
            cursor.execute(f"SELECT {', '.join(map(quote, columns))} FROM {quote(table)}")
            yield table, {row[place]: row for row in cursor.fetchall()}


def _new(before: Rows) -> list[tuple[str, list[tuple]]]:
    """Statements with their rows: what came to each table, then what was changed in rows that stood. None may be gone."""
    quote, came, changed = connection.ops.quote_name, [], []
    tables = {table: (key, columns) for table, key, columns in _tables()}
    for table, rows in _standing():
        key, columns = tables[table]
        old, names, place = before[table], [quote(column) for column in columns], columns.index(key)
        assert old.keys() <= rows.keys(), f"{table}: rows that stood are gone"
        new = [row for at, row in rows.items() if at not in old]
        other = [(*row, row[place]) for at, row in rows.items() if at in old and old[at] != row]
        if new:
            values = f"({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
            came.append((table, f"INSERT INTO {quote(table)} {values}", new))
        if other:
            to = ", ".join(f"{name} = %s" for name in names)
            changed.append((table, f"UPDATE {quote(table)} SET {to} WHERE {quote(key)} = %s", other))
    came.sort(key=lambda one: one[0] == LAST)
    return [(statement, rows) for _table, statement, rows in came + changed]


def _lay(statements: list[tuple[str, list[tuple]]]) -> None:
    with connection.cursor() as cursor:
        for statement, rows in statements:
            cursor.executemany(statement, rows)
