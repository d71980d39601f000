"""Whole tables as columns: packed by PostgreSQL into a few long values, plain tuples from SQLite; the same arrays after."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from tracing.snapshots.keys import KEY, Keys, uuids_of

PAGES = 8192  # of PostgreSQL, read in one piece: 64 MB of a table
NONE = "00000000-0000-0000-0000-000000000000"
EPOCH = "2000-01-01"
NO_DAY = -1_000_000
Columns = dict[str, Any]
_FIELD = re.compile(r'(?:"((?:[^"\\]|""|\\\\)*)"|([^",)]*))([,)])', re.DOTALL)


class Texts(Sequence[str]):
    """Many texts in one run of UTF-8 bytes; each is decoded when it is asked for."""

    def __init__(self, run: Any, ends: np.ndarray):
        self.run, self.ends = run, ends

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, nth: Any) -> Any:
        if isinstance(nth, slice):
            return [self[one] for one in range(*nth.indices(len(self)))]
        at = nth + len(self) if nth < 0 else nth
        if not 0 <= at < len(self):
            raise IndexError(nth)
        return bytes(self.run[self.ends[at] : self.ends[at + 1]]).decode()

    def __iter__(self) -> Iterator[str]:
        run, ends = bytes(self.run), self.ends.tolist()
        return (run[start:end].decode() for start, end in pairwise(ends))

    def and_(self, other: "Texts") -> "Texts":
        return Texts(bytes(self.run) + bytes(other.run), np.concatenate([self.ends, other.ends[1:] + self.ends[-1]]))

    def take(self, rows: np.ndarray) -> "Texts":
        """The texts of these rows, in this order."""
        size = np.diff(self.ends)[rows]
        ends = np.concatenate([[0], np.cumsum(size)])
        places = np.arange(ends[-1]) + np.repeat(self.ends[:-1][rows] - ends[:-1], size)
        return Texts(np.frombuffer(self.run, np.uint8)[places], ends)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Texts":
        said = [text.encode() for text in texts]
        return cls(b"".join(said), np.concatenate([[0], np.cumsum([len(one) for one in said], dtype=np.int64)]))


@dataclass(frozen=True, eq=False)
class Names(Sequence[str]):
    """Names of declarations in dossiers, CODE/NUMBER@PLANT, each put together when it is asked for.

    ``maker`` and ``plant`` int32 [D] are places in ``codes``, the plant -1 where there is none.
    """

    codes: list[str]
    maker: np.ndarray
    plant: np.ndarray
    numbers: Texts

    def __len__(self) -> int:
        return len(self.maker)

    def __getitem__(self, nth: Any) -> Any:
        if isinstance(nth, slice):
            return [self[one] for one in range(*nth.indices(len(self)))]
        return self._name(int(self.maker[nth]), self.numbers[nth], int(self.plant[nth]))

    def __iter__(self) -> Iterator[str]:
        return map(self._name, self.maker.tolist(), self.numbers, self.plant.tolist())

    def _name(self, maker: int, number: str, plant: int) -> str:
        return f"{self.codes[maker]}/{number}" + (f"@{self.codes[plant]}" if plant >= 0 else "")


@dataclass(frozen=True)
class Table:
    """What is read: the table (its alias first in ``joins``), columns by name as (kind, SQL), and a condition.

    Kinds: ``key`` sixteen bytes, ``int`` and ``small`` whole numbers, ``moment`` one in microseconds, ``label`` a short text of
    ASCII as sixteen bytes padded with spaces, ``text`` any text. The table's alias is ``t``.
    """

    name: str
    columns: dict[str, tuple[str, str]]
    joins: str = ""
    where: str = "TRUE"
    given: tuple[Any, ...] = ()


class Packed:
    """PostgreSQL: string_agg packs a column of a piece of a table into one value, so that no row is ever handled here."""

    true = "TRUE"
    size = {"key": KEY, "int": np.dtype(">i8"), "small": np.dtype(">i4"), "label": KEY, "moment": np.dtype(">i8")}
    pack = {
        "key": f"uuid_send(coalesce({{0}}, '{NONE}'::uuid))", "int": "int8send({0})", "small": "int4send({0})",
        "label": "bpcharsend(({0})::char(16))", "text": "textsend({0})", "moment": "timestamptz_send({0})",
    }  # fmt: skip

    def scaled(self, sql: str, parts: int, absent: int = -1) -> str:
        return f"coalesce(({sql} * {parts})::bigint, {absent})"

    def day(self, sql: str) -> str:
        return f"coalesce({sql} - DATE '{EPOCH}', {NO_DAY})"

    def moment(self, at: dt.datetime) -> str:
        return f"TIMESTAMPTZ '{at.astimezone(dt.UTC).isoformat()}'"

    def letter(self, sql: str) -> str:
        return f"ascii({sql})::bigint"

    def last_letter(self, sql: str) -> str:
        return f"ascii(right({sql}, 1))::bigint"

    def row(self, *sql: str) -> str:
        return f"ROW({', '.join(sql)})::text"

    @staticmethod
    def told(text: str) -> list[str]:
        """The columns of a row in PostgreSQL's own writing, which takes half the time of JSON; NULL is empty."""
        found = []
        for match in _FIELD.finditer(text, 1):
            quoted, plain, after = match.groups()
            found.append(plain if quoted is None else quoted.replace('""', '"').replace("\\\\", "\\"))
            if after == ")":
                break
        return found

    def among(self, sql: str) -> str:
        return f"{sql} = ANY(%s)"

    def given(self, keys: Keys) -> list[UUID]:
        return uuids_of(keys)

    def settle(self) -> None:
        """Long scans gain nothing from compiled expressions; joins need room."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")

    def read(self, table: Table) -> Columns:
        from psycopg import Cursor

        wanted = []
        for kind, sql in table.columns.values():
            wanted += [self.pack[kind].format(sql)] + ([f"int4send(octet_length({sql}))"] if kind == "text" else [])
        packed = ", ".join(f"string_agg({sql}, ''::bytea)" for sql in wanted)
        query = f"SELECT {packed} FROM {table.name} t {table.joins} WHERE {table.where}"  # noqa: S608  tables.py's own
        connection.ensure_connection()
        with Cursor(connection.connection) as cursor:
            pieces = [
                cursor.execute(query + piece, table.given, binary=True).fetchone()
                for piece in self._pieces(cursor, table)
            ]
        runs = iter([b"".join(filter(None, run)) for run in zip(*pieces, strict=True)])
        return {name: self._column(kind, runs) for name, (kind, _) in table.columns.items()}

    def _pieces(self, cursor: Any, table: Table) -> list[str]:
        """Conditions that cut the table by where its rows lie. Few rows, and joins that would be built anew, are not cut."""
        if table.given or table.joins:
            return [""]
        found = cursor.execute("SELECT pg_relation_size(%s::regclass) / 8192", [table.name]).fetchone()
        cuts = range(0, int(found[0]) + 1, PAGES)
        return [f" AND t.ctid >= '({cut},0)'::tid AND t.ctid < '({cut + PAGES},0)'::tid" for cut in cuts]

    def _column(self, kind: str, runs: Iterator[bytes]) -> Any:
        run = next(runs)
        if kind == "text":
            sizes = np.frombuffer(next(runs), self.size["small"])
            return Texts(run, np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]))
        column = np.frombuffer(run, self.size[kind])
        return column if kind in ("key", "label") else column.astype(np.int64)


class Plain:
    """SQLite: the same columns from plain tuples, without a model in between."""

    true = "1"

    def scaled(self, sql: str, parts: int, absent: int = -1) -> str:
        # SQLite keeps decimals as binary numbers: fifteen digits, so that rounding finds the decimal that was stored.
        return f"coalesce(CAST(round({sql} * {parts}) AS integer), {absent})"

    def day(self, sql: str) -> str:
        return f"coalesce(CAST(julianday({sql}) - julianday('{EPOCH}') AS integer), {NO_DAY})"

    def moment(self, at: dt.datetime) -> str:
        # As Django writes one there: texts that sort as the moments do.
        return f"'{at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(' ')}'"

    def letter(self, sql: str) -> str:
        return f"coalesce(unicode({sql}), 0)"

    def last_letter(self, sql: str) -> str:
        return f"coalesce(unicode(substr({sql}, -1)), 0)"

    def row(self, *sql: str) -> str:
        return f"json_array({', '.join(sql)})"

    @staticmethod
    def told(text: str) -> list[str]:
        return ["" if one is None else str(one) for one in json.loads(text)]

    def among(self, sql: str) -> str:
        return f"{sql} IN (SELECT value FROM json_each(%s))"  # noqa: S608

    def given(self, keys: Keys) -> str:
        return json.dumps([one.hex for one in uuids_of(keys)])

    def settle(self) -> None:
        """Nothing to set."""

    def read(self, table: Table) -> Columns:
        wanted = ", ".join(sql for _, sql in table.columns.values())
        with connection.cursor() as cursor:
            query = f"SELECT {wanted} FROM {table.name} t {table.joins} WHERE {table.where}"  # noqa: S608  tables.py's own
            cursor.execute(query, list(table.given))
            columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(table.columns)
        kinds = ((name, kind) for name, (kind, _) in table.columns.items())
        return {name: self._column(kind, column) for (name, kind), column in zip(kinds, columns, strict=True)}

    def _column(self, kind: str, values: Sequence[Any]) -> Any:
        if kind == "text":
            return Texts.of(values)
        if kind == "key":
            return np.frombuffer(bytes.fromhex("".join(value or NONE.replace("-", "") for value in values)), KEY)
        if kind == "label":
            return np.frombuffer("".join(f"{value:<16}" for value in values).encode(), KEY)
        if kind == "moment":
            return np.array(values, dtype="datetime64[us]").astype(np.int64)
        return np.array(values, dtype=np.int64)


def speech() -> Packed | Plain:
    """How this database is spoken to."""
    return Packed() if connection.vendor == "postgresql" else Plain()
