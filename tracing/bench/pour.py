"""Whole columns into the project's tables: COPY on PostgreSQL, executemany on SQLite; keys and indexes laid afterwards."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice, repeat
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import NOT_PROVIDED, Model

BLOCK = 5_000
NULL = "\\N"
Column = str | Iterable[str]


def pour(connection: BaseDatabaseWrapper, model: type[Model], count: int, columns: Mapping[str, Column]) -> int:
    """Write ``count`` rows. A column is one text for all rows or a text for each; the model's defaults fill the rest.

    Texts as PostgreSQL's COPY reads them (NULL is ``\\N``), without tabs, newlines and backslashes. Answers ``count``.
    """
    fields = model._meta.concrete_fields
    unknown = columns.keys() - {field.attname for field in fields}
    if unknown:
        raise KeyError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    if not count:
        return 0
    given = [columns.get(field.attname, NOT_PROVIDED) for field in fields]
    values = [_default(field) if one is NOT_PROVIDED else one for field, one in zip(fields, given, strict=True)]
    rows = zip(*(repeat(one, count) if isinstance(one, str) else one for one in values), strict=True)
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    write = _copy if connection.vendor == "postgresql" else _insert
    write(connection, model._meta.db_table, names, len(fields), rows)
    return count


def _default(field: Any) -> str:
    """What Django would write where nothing is given; what has no default that is the same every time must be given."""
    missing = field.default is NOT_PROVIDED
    moving = not missing and callable(field.default) and field.default not in (list, dict)
    if moving or (missing and not field.null and not field.blank):
        raise KeyError(f"{field.model.__name__}.{field.attname} has to be given")
    value = field.get_default()
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(int(value))
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def _copy(connection, table: str, names: str, _: int, rows: Iterator[tuple[str, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        while block := list(islice(rows, BLOCK)):
            copy.write("\n".join(map("\t".join, block)) + "\n")


def _insert(connection, table: str, names: str, width: int, rows: Iterator[tuple[str, ...]]) -> None:
    marks = ", ".join("?" * width)
    nulled = (tuple(None if value == NULL else value for value in row) for row in rows)
    connection.ensure_connection()
    connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", nulled)  # noqa: S608  names of models


@contextmanager
def unindexed(connection: BaseDatabaseWrapper, models: Iterable[type[Model]]) -> Iterator[None]:
    """Keys, unique constraints and indexes of these tables are away inside, and the same again afterwards.

    On PostgreSQL every foreign key of the schema goes too, so that rows need no order; laying it again proves them all.
    """
    tables = [model._meta.db_table for model in models]
    drop, lay = (_postgresql if connection.vendor == "postgresql" else _sqlite)(connection, tables)
    with connection.cursor() as cursor:
        for statement in drop:
            cursor.execute(statement)
        yield
        for statement in lay:
            cursor.execute(statement)


def _postgresql(connection, tables: list[str]) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL synchronous_commit = off")
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = current_schema()::regnamespace"
            " AND (contype = 'f' OR contype IN ('u', 'p') AND conrelid::regclass::text = ANY(%s))"
            " ORDER BY contype = 'f' DESC, contype = 'u' DESC, 1, 2",
            [tables],
        )
        keys = cursor.fetchall()
        cursor.execute(
            "SELECT quote_ident(indexname), indexdef FROM pg_indexes WHERE schemaname = current_schema()"
            " AND tablename = ANY(%s) AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY 1",
            [tables],
        )
        indexes = cursor.fetchall()
    drop = [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in keys]
    drop += [f"DROP INDEX {name}" for name, _ in indexes]
    lay = [definition for _, definition in indexes]
    lay += [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in reversed(keys)]
    return drop, lay


def _sqlite(connection, tables: list[str]) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        indexes = [(name, sql) for table, name, sql in cursor.fetchall() if table in tables]
    return [f'DROP INDEX "{name}"' for name, _ in indexes], [sql for _, sql in indexes]
