"""One process migrates a database; the others, and every later run of the same proof, begin with a copy of it.

Pytest's processes share a folder of the run. ``TEST_TEMPLATES`` names a folder that several runs share: .ci/run does so,
where nothing changes between them. Whoever begins with a copy still runs ``migrate``, which finds what is missing.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

NAME = "migrated"


def _folder(config: pytest.Config, factory: pytest.TempPathFactory) -> Path | None:
    """Where this run looks for a copy, or None where there is nobody to share it with."""
    named = os.environ.get("TEST_TEMPLATES")
    if named:
        folder = Path(named)
    elif hasattr(config, "workerinput") and connection.vendor == "sqlite":
        folder = factory.getbasetemp().parent
    else:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Template:
    """A migrated database in a folder: a file on SQLite, a name on PostgreSQL. Held by one process until it is there."""

    def __init__(self, folder: Path):
        self.lock = (folder / f"{connection.vendor}.lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.file = folder / f"{NAME}.{connection.vendor}"
        self.found = self.file.exists()

    def take(self) -> None:
        """The test database of this process as a copy."""
        if connection.vendor == "sqlite":
            own = Path(connection.settings_dict["TEST"]["NAME"])
            for old in (own, Path(f"{own}-wal"), Path(f"{own}-shm")):
                old.unlink(missing_ok=True)
            own.write_bytes(self.file.read_bytes())
        else:
            connection.settings_dict["TEST"]["TEMPLATE"] = self.file.read_text()

    def give(self) -> None:
        """What this process has migrated, for the others."""
        own = connection.settings_dict["NAME"]
        connection.close()
        made = self.file.with_suffix(".new")
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(own)) as source, closing(sqlite3.connect(made)) as copy:
                source.backup(copy)
        else:
            connection.close_pool()
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{NAME}" TEMPLATE "{own}"')
            made.write_text(NAME)
        made.rename(self.file)

    def release(self) -> None:
        self.lock.close()


@pytest.fixture(scope="session")
def template(request, tmp_path_factory, django_db_modify_db_settings, django_db_blocker) -> Template | None:
    folder = _folder(request.config, tmp_path_factory)
    if folder is None:
        return None
    made = Template(folder)
    if made.found:
        with django_db_blocker.unblock():
            made.take()
    return made


@pytest.fixture(scope="session")
def django_db_keepdb(template) -> Iterator[bool]:
    """A file that was copied is kept when the database is opened, and goes away at the end."""
    kept = template is not None and template.found and connection.vendor == "sqlite"
    yield kept
    if kept:
        own = connection.settings_dict["TEST"]["NAME"]
        for old in (own, f"{own}-wal", f"{own}-shm"):
            Path(old).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, template, django_db_blocker) -> None:
    if template is not None:
        if not template.found:
            with django_db_blocker.unblock():
                template.give()
        template.release()


def first_without_a_database(items: list[pytest.Item]) -> None:
    """Tests that ask no database come first: with them the second process begins while the first one migrates."""

    def asks(item: pytest.Item) -> bool:
        return item.get_closest_marker("django_db") is not None or bool(
            {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        )

    items.sort(key=asks)
