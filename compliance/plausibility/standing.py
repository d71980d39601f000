"""Whether kept findings still hold: what they are made from, told in short queries, and of which parts that changed.

Signing, withdrawing and declining are sealed. Seals are numbered one after the other in the order of their commits, so what came
after a number is known exactly. A sale that both confirmed has a ripple, which may be committed late; a price word and a request
have nothing but themselves. None of these rows is ever changed or removed, so each is counted.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max

from suppliers import days, hs, numbers, positions
from suppliers.models import Declaration, Decline, PriceWord, Request, Ripple, Seal, Source, Sourcing, Withdrawal
from tracing import rulebooks
from tracing.moments import LATE

HERE = Path(__file__).parent


@cache
def edition() -> str:
    """A digest of the checks themselves: their text, and the nomenclature, lists and words that they read."""
    read = [Path(one.__file__ or "") for one in (days, hs, numbers, positions)]
    read += [
        *HERE.glob("*.py"),
        *HERE.glob("*.csv"),
        *Path(hs.__file__).parent.glob("*.csv"),
        *rulebooks.HERE.glob("*.csv"),
    ]
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in sorted(read))).hexdigest()


def basis(companies: Iterable[UUID]) -> str:
    """What every finding of these companies hangs on: the checks, and whose answers and entries they are given."""
    return hashlib.sha256(repr((edition(), sorted(map(str, companies)))).encode()).hexdigest()


def mark(companies: Iterable[UUID], *, ripple: int | None = None) -> dict[str, int]:
    """How far things stand: the last seal, and how many sales, price words and requests there are to hold answers against.

    ``ripple``: counted from there as before, so that two marks of one state are equal. Read it before what is marked by it.
    """
    own, last = list(companies), ripple
    if last is None:
        last = Ripple.objects.aggregate(last=Max("pk"))["last"] or 0
    return {
        "seal": Seal.objects.aggregate(last=Max("number"))["last"] or 0,
        "ripple": last,
        "sales": Ripple.objects.filter(pk__gt=last - LATE, why="sourcing").count(),
        "words": _words(own).count(),
        "asked": _asked(own).count(),
    }


def parts_since(seal: int, companies: Iterable[UUID]) -> set[UUID]:
    """The sellers' parts of which findings may have changed by what was sealed after that number."""
    own = list(companies)
    acts = Seal.objects.filter(number__gt=seal)
    told = ("pk", "organisation", "part", "supersedes__part")
    signed = Declaration.objects.filter(pk__in=acts.filter(kind="declaration.signed").values("act")).values_list(*told)
    taken_back = Withdrawal.objects.filter(pk__in=acts.filter(kind="declaration.withdrawn").values("act"))
    withdrawn = taken_back.values_list(*(f"declaration__{name}" for name in told))
    rows = [*signed, *withdrawn]
    declined = Decline.objects.filter(pk__in=acts.filter(kind="request.declined").values("act"))
    found = {part for row in rows for part in row[2:] if part is not None}
    found |= set(declined.values_list("request__sourcing__seller_part", flat=True))
    if mine := [key for key, company, *_ in rows if company in own]:
        items = Source.objects.filter(line__declaration__in=mine, sourcing__isnull=False).values("sourcing__buyer_part")
        sales = Sourcing.objects.filter(buyer__in=own, buyer_part__in=items)
        found |= set(sales.values_list("seller_part", flat=True))
    return found


BESIDE = ("sales", "words", "asked")
"""What an answer is held against that no seal tells of: confirmed sales, own price words, requests."""


def beside(companies: Iterable[UUID], parts: Iterable[UUID] | None = None) -> dict[str, dict[UUID, int]]:
    """By kind and the seller's part, of all that these companies buy or of these: how many confirmed sales of it, own price
    words on the same items and requests before an answer there are. Four queries; what is not there is none."""
    own, about = list(companies), None if parts is None else list(parts)
    return {name: COUNTED[name](own, about) for name in BESIDE}


def _sold(own: list[UUID], about: list[UUID] | None) -> dict[UUID, int]:
    return _counted(_of(Sourcing.objects.filter(buyer__in=own).confirmed(), "seller_part", about), "seller_part")


def _worded(own: list[UUID], about: list[UUID] | None) -> dict[UUID, int]:
    words = _counted(_words(own), "sourcing__buyer_part")
    sales = _of(Sourcing.objects.filter(buyer__in=own, buyer_part__in=words).confirmed(), "seller_part", about)
    found = Counter[UUID]()
    for part, item in set(sales.order_by().values_list("seller_part", "buyer_part")) if words else ():
        found[part] += words[item]
    return found


def _asked_before(own: list[UUID], about: list[UUID] | None) -> dict[UUID, int]:
    return _counted(_of(_asked(own), "sourcing__seller_part", about), "sourcing__seller_part")


COUNTED = {"sales": _sold, "words": _worded, "asked": _asked_before}


def _words(own: list[UUID]) -> Any:
    return PriceWord.objects.filter(sourcing__buyer__in=own, side="buyer")


def _asked(own: list[UUID]) -> Any:
    """Requests, one row for each answer about the part that was signed after it: before that, asking changes no finding."""
    return Request.objects.filter(sourcing__buyer__in=own, sourcing__seller_part__declarations__signed_at__gte=F("at"))


def _of(rows: Any, name: str, parts: list[UUID] | None) -> Any:
    return rows if parts is None else rows.filter(**{f"{name}__in": parts})


def _counted(rows: Any, name: str) -> dict[UUID, int]:
    return dict(rows.order_by().values_list(name).annotate(Count("pk")))
