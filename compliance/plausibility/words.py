"""Do the words of a part fit its HS code? Held against the words of the nomenclature and of the laws' own lists."""

import csv
import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path

from suppliers import hs
from tracing import rulebooks

TRADE = Path(__file__).with_name("words.csv")
LISTS = (("usmca_tables", "description"), ("nafta_tracing_list", "description"), ("nafta_heavy_list", "description"))
STEM = 6
COMMON = frozenset([
    "and", "for", "the", "not", "other", "than", "whether", "without", "including", "kind", "used", "new", "set", "pair",
    "vehicle", "vehicles", "body", "rear", "front", "left", "right", "upper", "lower", "unit", "assembly",
    "complete", "thereof", "their", "with", "part", "parts", "accessories", "from", "over", "under", "exceeding", "system",
    "main", "inner", "outer", "side", "type", "size", "grade", "machine", "machines", "mechanical", "electric", "electrical",
    "similar", "articles", "headings", "heading", "capacity", "weight", "more", "less", "only", "use", "mounted", "fitted",
    "high", "low", "made", "own", "steel", "iron", "plastic", "plastics", "rubber", "black", "module",
])  # fmt: skip


def stems(text: str) -> frozenset[str]:
    """The words of a text that say what a thing is: no accents, no plural, six letters at most."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return frozenset(
        word.rstrip("s")[:STEM]
        for word in re.findall(r"[a-z]{3,}", plain)
        if word not in COMMON and len(word.rstrip("s")) > 2
    )


@cache
def _headings() -> dict[str, frozenset[str]]:
    """By heading (four digits): the stems of its own words, of its subheadings, and of what laws and trade call such goods."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, words in hs.table().items():
        if len(code) >= 4:
            found[code[:4]] |= stems(words)
    for code, words in [*_listed(), *_trade()]:
        if len(code) >= 4 and code[:4] in found:
            found[code[:4]] |= stems(words)
    return {heading: frozenset(words) for heading, words in found.items()}


def _listed():
    for name, column in LISTS:
        with (rulebooks.HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from ((hs.digits(row["hs"]), row[column]) for row in csv.DictReader(file))


def _trade():
    """What the trade calls such goods, ours: words.csv."""
    with TRADE.open(encoding="utf-8", newline="") as file:
        yield from ((row["heading"], row["word"]) for row in csv.DictReader(file))


@cache
def _where() -> dict[str, frozenset[str]]:
    """By stem: the headings whose words hold it."""
    found: dict[str, set[str]] = defaultdict(set)
    for heading, words in _headings().items():
        for word in words if heading >= FIRST else ():
            found[word].add(heading)
    return {word: frozenset(rows) for word, rows in found.items()}


@cache
def _called() -> dict[str, frozenset[str]]:
    """By stem: the headings under which the trade has things of that name."""
    found: dict[str, set[str]] = defaultdict(set)
    for heading, words in _trade():
        for word in stems(words):
            found[word].add(heading)
    return {word: frozenset(rows) for word, rows in found.items()}


SHOWN = 2
FIRST = "2500"
"""Below chapter 25 stand foods and animals: a bay of an engine is no bay leaf."""
SPECIFIC = 12
"""A word that stands under more headings than this tells nothing apart."""


@lru_cache(maxsize=20_000)
def elsewhere(descriptions: tuple[str, ...], code: str) -> tuple[str, ...]:
    """The headings where the words of a thing stand, if none of them stands under its own code; else nothing.

    ``descriptions`` are all that the thing is called, by seller and buyer. Nothing either where no word says anything, for a
    name that the nomenclature does not know proves nothing.
    """
    own = hs.digits(code)[:4]
    words = frozenset().union(*(stems(one) for one in descriptions))
    if own not in _headings() or words & _headings()[own]:
        return ()
    hits: dict[str, float] = defaultdict(float)  # the fewer headings hold a word, the more it says
    for word in words:
        places, called = _where().get(word, frozenset()), _called().get(word, frozenset())
        for heading in places if len(places) <= SPECIFIC else ():
            hits[heading] += 1 / len(places)
        for heading in called:
            hits[heading] += 1 / len(called)
    ranked = sorted(hits, key=lambda heading: (-hits[heading], heading))
    return tuple(ranked[:SHOWN])
