"""A database of the bench's own, under the name "default" while it is there, so that the configured one is never touched."""

import copy
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from tracing.actions import rolls


class NoDatabase(RuntimeError):
    """The server does not let this role make a database of its own."""


@contextmanager
def own_database() -> Iterator[str]:
    """An empty, migrated database: a file on SQLite, one more database of the same server on PostgreSQL; gone afterwards, and so
    is what a roll remembered of it or put on the shelf.

    On PostgreSQL it plans without just-in-time compilation and sorts in 64 MB, for every way alike: the plans of short
    queries over many rows are better for it. Answers how the database is called, with its version. Raises NoDatabase.
    """
    given = connections["default"]
    with tempfile.TemporaryDirectory(prefix="traceline-bench-") as folder:
        other, shelf = _wrapper(given, folder), settings.FLEET_DIR
        connections["default"], settings.FLEET_DIR = other, Path(folder) / "fleet"
        try:
            with _made(other):
                ContentType.objects.clear_cache()
                for room in ("suppliers", "tracing"):
                    call_command("migrate", room, verbosity=0, interactive=False)
                yield _called(other)
        finally:
            connections["default"], settings.FLEET_DIR = given, shelf
            rolls.forget()
            ContentType.objects.clear_cache()


def _wrapper(given: BaseDatabaseWrapper, folder: str) -> BaseDatabaseWrapper:
    said = copy.deepcopy(given.settings_dict)
    # A pool is kept by alias: it would hand out connections to the configured database.
    said["OPTIONS"].pop("pool", None)
    if given.vendor == "sqlite":
        said["NAME"] = str(Path(folder) / "bench.sqlite3")
    else:
        said["NAME"] = f"traceline_bench_{os.getpid()}_{secrets.token_hex(4)}"
    return load_backend(said["ENGINE"]).DatabaseWrapper(said, "default")


@contextmanager
def _made(other: BaseDatabaseWrapper) -> Iterator[None]:
    if other.vendor == "sqlite":
        try:
            yield
        finally:
            other.close()
        return
    name = other.ops.quote_name(other.settings_dict["NAME"])
    try:
        with other._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    except DatabaseError as why:
        raise NoDatabase(f"{str(why).strip()} (as the server's owner: ALTER ROLE … CREATEDB)") from why
    try:
        with other._nodb_cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET jit = off")
            cursor.execute(f"ALTER DATABASE {name} SET work_mem = '64MB'")
        yield
    finally:
        other.close()
        with other._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def _called(other: BaseDatabaseWrapper) -> str:
    with other.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if other.vendor == "sqlite" else "SHOW server_version")
        return f"{other.display_name} {cursor.fetchone()[0].split()[0]}"
