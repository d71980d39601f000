"""What each law asks of the people behind a claim: whose signature, how many eyes, for how long. Data: signoffs.toml."""

import datetime as dt
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from tracing import rulebooks

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Asked:
    """What one law asks before a claim: two people, an officer's sign-off, and for at most how many months it holds."""

    four_eyes: bool = False
    officer: bool = False
    months: int = 12
    says: str = ""
    cite: str = ""


class BrokenData(ValueError):
    """The file names a law that is not there, or a key that is none, or says something without its source."""


@cache
def asked() -> dict[str, Asked]:
    """By rulebook what it asks. Raises BrokenData with every reason at once."""
    data, wrong = tomllib.loads(FILE.read_text(encoding="utf-8")), []
    names = {one.name for one in fields(Asked)}
    for law, row in data.items():
        wrong += [f"{law}: there is no such rulebook"] if law not in rulebooks.ids() else []
        wrong += [f"{law}.{key}: not known" for key in sorted(set(row) - names)]
        wrong += [f"{law}.{key}: missing" for key in sorted(names - set(row))]
    if wrong:
        raise BrokenData("; ".join(wrong))
    return {law: Asked(**row) for law, row in data.items()}


def of(rulebook: str) -> Asked:
    """What this law asks; nothing where it says nothing (a proposal, a law that ended)."""
    return asked().get(rulebook, Asked())


def latest_end(begins: dt.date, months: int) -> dt.date:
    """The first day that a claim which begins then may no longer cover."""
    years, month = divmod(begins.month - 1 + months, 12)
    for day in range(begins.day, begins.day - 4, -1):  # the 31st of a shorter month is its last day
        try:
            return dt.date(begins.year + years, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th day")
