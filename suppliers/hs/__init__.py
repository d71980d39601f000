"""The Harmonized System, edition 2022: which codes exist and what their headings say."""

import csv
import functools
import re
from pathlib import Path

EDITION = "HS 2022"

_TABLE = Path(__file__).with_name("hs2022.csv")


@functools.cache
def table() -> dict[str, str]:
    """Code (2, 4 or 6 digits, no dots) to the words of that level alone; about 6,900 rows, read once."""
    with _TABLE.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["description"] for row in csv.DictReader(rows)}


def digits(code: str) -> str:
    """``8708.29.20`` → ``87082920``; anything that is not a code gives an empty string."""
    return code.replace(".", "") if re.fullmatch(r"\d{2}(\.?\d\d)?(\.?\d\d){0,4}", code or "") else ""


def exists(code: str) -> bool:
    """Whether heading or subheading stand in the edition; national digits after the sixth are not the HS's to check."""
    return len(digits(code)) >= 4 and digits(code)[:6] in table()


def heading(code: str) -> str:
    """The words of the four-digit heading, or an empty string."""
    return table().get(digits(code)[:4], "")


def description(code: str) -> str:
    """Heading and subheading in words, e.g. ``Electric accumulators, …: Lithium-ion``; empty for an unknown code."""
    if not exists(code):
        return ""
    top, own = heading(code), table()[digits(code)[:6]]
    return top if own == top else f"{top}: {own}"
