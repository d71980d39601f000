"""A thousand broken workbooks and some sound ones, from a seed: each with the verdict it must get.

``corpus(good, seed, count)`` yields ``Broken(kind, name, data, verdict, cells)``. Verdicts: "refused" (no file of answers),
"cell" (an error that names one of ``cells``, or any cell where none is given), "fine" (accepted), "any" (whatever is said,
but never a server error, and nothing saved that differs from the sound file).
"""

import random
from collections.abc import Iterator

from tests.broken import answers, archives, pages, values
from tests.broken.making import Broken


def corpus(good: bytes, seed: int = 20261124, count: int = 1000) -> Iterator[Broken]:
    """``good``: a filled-in workbook with BR-7 in row 6 of Answers and two rows of Inputs from row 5."""
    dice = random.Random(seed)
    makers = list(KINDS.items())
    weights = [weight for _name, (weight, _make) in makers]
    for number in range(count):
        name, (_weight, make) = (
            makers[number % len(makers)] if number < len(makers) else dice.choices(makers, weights)[0]
        )
        for made in [make(good, dice)]:
            made.kind = name
            yield made


KINDS = {
    "truncated": (12, archives.truncated), "flipped": (18, archives.flipped), "wrong type": (5, archives.wrong_type), "wrong ending": (3, archives.wrong_ending), "macros": (3, archives.macros),
    "macro type": (1, archives.macro_type), "encrypted": (1, archives.encrypted), "bomb": (1, archives.bomb), "lying sizes": (1, archives.lying_sizes), "many entries": (1, archives.many_entries),
    "traversal": (1, archives.traversal), "entities": (3, archives.entities), "cut xml": (4, archives.cut_xml), "lost entry": (2, archives.lost_entry), "far cells": (2, pages.far_cells),
    "no answers": (1, pages.no_answers), "encodings": (4, pages.encodings), "heading": (4, pages.heading), "doubled": (2, pages.doubled), "two sheets": (1, pages.two_sheets),
    "merged": (2, pages.merged), "version": (2, pages.version), "example": (2, pages.example), "amount": (12, values.value("answers", 6, "price", values.AMOUNTS)),
    "input amount": (8, values.value("inputs", 5, "price", values.AMOUNTS)), "day": (6, values.value("answers", 6, "begins", values.DAYS)),
    "country": (3, values.value("answers", 6, "made_in", values.COUNTRIES)), "part": (5, values.value("answers", 6, "part", values.PARTS)),
    "choice": (3, values.value("answers", 6, "state", values.CHOICES)), "quantity": (2, answers.quantity_zero), "shares": (2, answers.shares), "missing": (3, answers.missing),
    "backwards": (1, answers.backwards), "twice": (2, answers.twice), "orphan": (2, answers.orphan), "sales": (3, answers.own_sale), "customers": (2, answers.customers),
    "declines": (1, answers.declines), "commas": (6, answers.commas), "near miss": (4, answers.near_miss),
}  # fmt: skip
