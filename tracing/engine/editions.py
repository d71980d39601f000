"""Editions of the Harmonized System, and which code of one stands for which of another: decided by people, dated, with doubt."""

import csv
import datetime as dt
import io
from dataclasses import dataclass

EDITIONS = {
    "HS 1992": dt.date(1992, 1, 1), "HS 1996": dt.date(1996, 1, 1), "HS 2002": dt.date(2002, 1, 1), "HS 2007": dt.date(2007, 1, 1),
    "HS 2012": dt.date(2012, 1, 1), "HS 2017": dt.date(2017, 1, 1), "HS 2022": dt.date(2022, 1, 1),
}  # fmt: skip


@dataclass(frozen=True)
class Correspondence:
    """One code of one edition that stands for one of another: who decided it, when, why, and what is doubtful about it."""

    of: str
    code: str
    to: str
    stands_for: str
    who: str
    on: str
    why: str
    doubt: str


def read(raw: bytes) -> list[Correspondence]:
    """The table of correspondences from its CSV."""
    rows = csv.DictReader(io.StringIO(raw.decode()))
    return [
        Correspondence(
            *(row[key] for key in ("from_edition", "from_code", "to_edition", "to_code", "who", "on", "why", "doubt"))
        )
        for row in rows
    ]


def in_edition(code: str, of: str, to: str, table: list[Correspondence]) -> tuple[set[str], list[Correspondence]]:
    """The codes of edition ``to`` that a code of edition ``of`` stands for, with the rows that say so; itself where none does.

    Raises KeyError for an edition that there never was.
    """
    if of not in EDITIONS or to not in EDITIONS:
        raise KeyError(f"{of} or {to} is no edition; there is: {', '.join(EDITIONS)}")
    digits = code.replace(".", "")
    used = [row for row in table if row.of == of and row.to == to and digits.startswith(row.code.replace(".", ""))]
    return ({row.stands_for for row in used} or {code}), used


def edition_on(day: dt.date) -> str:
    """The newest edition that had begun by a day."""
    return max((begins, name) for name, begins in EDITIONS.items() if begins <= day)[1]
