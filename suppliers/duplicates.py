"""Companies that may be one and the same: by an official number, or by a name that differs in little."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from suppliers.models import Identifier, Organisation

# Legal forms say nothing of who a company is.
FORMS = frozenset({
    "inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "ltd", "limited", "ltee", "plc", "gmbh", "ag",
    "kg", "kgaa", "se", "sa", "sas", "sarl", "spa", "srl", "bv", "nv", "ab", "as", "oy", "kk", "pty", "cv", "sapi", "rl", "de", "sab",
    "mbh", "et", "cie", "the", "and", "y", "e",
})  # fmt: skip
SHORTEST = 6  # below, one letter more or less is another name


@dataclass(frozen=True)
class Pair:
    """Two companies and why they may be one; ``sure`` where an official number says so."""

    one: Organisation
    other: Organisation
    why: str
    sure: bool


def key(name: str) -> str:
    """A name without accents, marks, case and legal forms; its words in order of the alphabet."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", plain.replace("&", " "))  # S.A. de C.V. is one word each
    words = re.findall(r"[a-z0-9]+", plain)
    return " ".join(sorted(word for word in words if word not in FORMS) or sorted(words))


def proposed() -> list[Pair]:
    """Pairs to look at, those with a common number first. Companies that another keeps already are left out."""
    rows = Organisation.objects.filter(succession__isnull=True, kind="supplier").order_by("name", "pk").in_bulk()
    found: dict[frozenset[Any], Pair] = {}
    numbers = Identifier.objects.filter(organisation__in=list(rows)) if len(rows) < 900 else Identifier.objects.all()
    by_number = _grouped((f"{row.get_kind_display()} {row.value}", row.organisation_id) for row in numbers)
    for why, one, other in _pairs(by_number):
        if one in rows and other in rows:
            found.setdefault(frozenset((one, other)), Pair(rows[one], rows[other], why, True))
    names = {pk: key(row.name) for pk, row in rows.items()}
    for __, one, other in _pairs(_grouped(_near(names))):
        found.setdefault(frozenset((one, other)), Pair(rows[one], rows[other], "", False))
    return sorted(found.values(), key=lambda pair: (not pair.sure, pair.one.name, pair.other.name))


def _near(names: dict[Any, str]) -> Iterator[tuple[str, Any]]:
    """Each name under itself and under itself without one letter: two that meet differ in one letter or two."""
    for pk, name in names.items():
        plain = name.replace(" ", "")
        yield plain, pk
        if len(plain) >= SHORTEST:
            for place in range(len(plain)):
                yield plain[:place] + plain[place + 1 :], pk


def _grouped(rows: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for name, pk in rows:
        if pk not in groups[name]:
            groups[name].append(pk)
    return groups


def _pairs(groups: dict[str, list[Any]]) -> Iterator[tuple[str, Any, Any]]:
    for name, keys in groups.items():
        for one, other in combinations(keys, 2):
            yield name, one, other
