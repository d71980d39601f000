"""What moved since an answer was signed: own purchase prices, the answers it rests on, rules and code editions.

A mark says "look again", never "wrong". It is for the owner alone, and of its direct suppliers it names only what their
faces say: that they answered anew, or took an answer back.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from suppliers import numbers
from suppliers.days import day
from suppliers.models import Addressee, Claim, Declaration, PriceWord, Request, Source, Statement
from tracing import rulebooks

BOOKS = {"nafta": "nafta", "usmca": "usmca", "aala": "aala", "eu-uk": "eu-uk-ev"}
EDITIONS = {"HS 2012": dt.date(2012, 1, 1), "HS 2017": dt.date(2017, 1, 1), "HS 2022": dt.date(2022, 1, 1),
            "HS 2028": dt.date(2028, 1, 1)}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """One reason to look again: which kind (prices, answers, rules, codes), since when, and a sentence."""

    kind: str
    on: dt.date
    words: str


def marks(declarations: Iterable[Declaration], *, on: dt.date) -> dict[UUID, list[Mark]]:
    """By signed answer: what moved since it was signed and by that day, oldest first; as many queries for one as for many."""
    rows = {row.pk: row for row in declarations if row.is_signed}
    found: dict[UUID, list[Mark]] = {key: [] for key in rows}
    if rows:
        judged = _judged(rows)
        for key, mark in [*_bought(rows, on), *_sold(rows, on), *_made(rows), *_rules(rows, on), *_codes(rows, on)]:
            if mark not in found[key] and (mark.kind != "answers" or key in judged):
                found[key].append(mark)
    return {key: sorted(told, key=lambda mark: (mark.on, mark.words)) for key, told in found.items()}


Found = Iterator[tuple[UUID, Mark]]


def _judged(rows: dict[UUID, Declaration]) -> set[UUID]:
    """Those that state or claim something: a body alone needs no second look when an input is answered anew, since every
    figure that rests on it is worked out again by itself."""
    stating = Statement.objects.filter(declaration__in=rows).values_list("declaration_id", flat=True)
    return {*stating, *Claim.objects.filter(declaration__in=rows).values_list("declaration_id", flat=True)}


def _bought(rows: dict[UUID, Declaration], on: dt.date) -> Found:
    """Prices of its inputs, and the faces of its suppliers' answers."""
    sources = list(
        Source.objects.filter(line__declaration__in=rows, sourcing__isnull=False)
        .select_related("sourcing__seller", "line", "sourcing")
        .order_by("line__position", "position")
    )
    words = _words({row.sourcing_id for row in sources}, on)
    answers = _answers({row.sourcing.seller_part_id for row in sources}, rows)
    for source in sources:
        owner = rows[source.line.declaration_id]
        for word in words.get(source.sourcing_id, {}).values():
            if _moved(word, owner, source.price):
                said = {"item": source.line.item, "price": numbers.typed(numbers.written(word.price)), "currency": word.currency,
                        "seller": source.sourcing.seller.name}  # fmt: skip
                text = _("%(item)s from %(seller)s now costs %(price)s %(currency)s.") % said
                yield owner.pk, Mark("prices", max(word.begins, word.at.date()), text)
        for at, taken_back, buyers in answers.get(source.sourcing.seller_part_id, []):
            if owner.organisation_id in buyers and at > owner.signed_at:
                said = {"item": source.line.item, "seller": source.sourcing.seller.name}
                text = (_("%(seller)s took back its answer about %(item)s.") if taken_back
                        else _("%(seller)s signed a newer answer about %(item)s.")) % said  # fmt: skip
                yield owner.pk, Mark("answers", at.date(), text)


def _sold(rows: dict[UUID, Declaration], on: dt.date) -> Found:
    """The price of the part itself, where the answer gives one."""
    priced = {row.part_id: row for row in rows.values() if row.price is not None}
    sold = PriceWord.objects.filter(sourcing__seller_part__in=priced, begins__lte=on).select_related("sourcing")
    newest: dict[tuple, PriceWord] = {}
    for word in sold.order_by("begins", "at"):
        newest[word.sourcing_id, word.side] = word
    for row in rows.values():
        for word in newest.values():
            if word.sourcing.seller_part_id == row.part_id and _moved(word, row, row.price):
                said = {"price": numbers.typed(numbers.written(word.price)), "currency": word.currency}
                text = _("A customer now pays %(price)s %(currency)s for it.") % said
                yield row.pk, Mark("prices", max(word.begins, word.at.date()), text)


def _moved(word: PriceWord, owner: Declaration, price) -> bool:
    newer = word.at > owner.signed_at or word.begins > owner.signed_at.date()
    return newer and price is not None and (word.currency != owner.currency or word.price != price)


def _words(sales: set[UUID], on: dt.date) -> dict[UUID, dict[str, PriceWord]]:
    """By sale and side, the word that holds on the day."""
    found: dict[UUID, dict[str, PriceWord]] = defaultdict(dict)
    for word in PriceWord.objects.filter(sourcing__in=sales, begins__lte=on).order_by("begins", "at"):
        found[word.sourcing_id][word.side] = word
    return found


def _answers(parts: set[UUID], rows: dict[UUID, Declaration]) -> dict[UUID, list[tuple[dt.datetime, bool, set[UUID]]]]:
    """By seller's part: when its seller signed to us or took back, and to which of the owners asked about."""
    owners = {row.organisation_id for row in rows.values()}
    told = Addressee.objects.filter(
        organisation__in=owners, declaration__part__in=parts, declaration__signed_at__isnull=False
    ).values_list(
        "declaration__part_id", "declaration__signed_at", "declaration__withdrawal__at", "organisation_id"
    )  # fmt: skip
    found: dict[UUID, list[tuple[dt.datetime, bool, set[UUID]]]] = defaultdict(list)
    for part, signed, withdrawn, buyer in told.order_by("declaration__signed_at"):
        found[part].append((signed, False, {buyer}))
        if withdrawn:
            found[part].append((withdrawn, True, {buyer}))
    return found


def _made(rows: dict[UUID, Declaration]) -> Found:
    """Newer own answers about own parts that go into it."""
    used: dict[UUID, set[UUID]] = defaultdict(set)
    for key, part in Source.objects.filter(line__declaration__in=rows, made_part__isnull=False).values_list(
        "line__declaration_id", "made_part_id"
    ):
        used[part].add(key)
    newer = Declaration.objects.signed().filter(part__in=used).select_related("part").order_by("signed_at")
    for answer in newer:
        for key in used[answer.part_id]:
            if answer.organisation_id == rows[key].organisation_id and answer.signed_at > rows[key].signed_at:
                text = _("You signed a newer answer about %(number)s, which goes into it.") % {
                    "number": answer.part.number
                }
                yield key, Mark("answers", answer.signed_at.date(), text)


def _rules(rows: dict[UUID, Declaration], on: dt.date) -> Found:
    """Dated values of the rulebooks that it speaks under or was asked for, which began after it was signed."""
    books: dict[UUID, set[str]] = defaultdict(set)
    for key, law in Statement.objects.filter(declaration__in=rows).values_list("declaration_id", "law"):
        books[key] |= {BOOKS[law]} if law in BOOKS else set()
    asked = Request.objects.filter(sourcing__seller_part__in={row.part_id for row in rows.values()})
    wanted = list(asked.values_list("sourcing__seller_part_id", "begins", "ends", "rulebooks"))
    for key, row in rows.items():
        for part, begins, ends, names in wanted:
            if part == row.part_id and begins < row.ends and ends > row.begins:
                books[key] |= set(names)
        for name in sorted(books[key] & set(rulebooks.ids())):
            yield from ((key, mark) for mark in _steps(name, row, on))


def _steps(name: str, row: Declaration, on: dt.date) -> Iterator[Mark]:
    law = rulebooks.rulebook(name)
    said = {"law": law.title}
    rows = [(good, test) for good in law.data["goods"] for test in good["tests"]]
    rows += [(table, table) for table in law.data.get("tables", [])]
    for whole, test in rows:
        uses = {use.partition("_")[0] for use in [*whole.get("uses", []), whole.get("use", "")] if use}
        if uses and row.uses and not uses & set(row.uses):
            continue
        for step in test.get("percent", [])[1:]:
            if row.signed_at.date() < step["from"] <= on and step["from"] < row.ends:
                yield Mark("rules", step["from"], _("The rules moved under %(law)s: check the answer.") % said)
    if law.until and row.signed_at.date() < law.until <= on:
        yield Mark("rules", law.until, _("%(law)s no longer applies: check the answer.") % said)


def _codes(rows: dict[UUID, Declaration], on: dt.date) -> Found:
    """A newer edition of the Harmonized System than the one its code stands in."""
    for key, row in rows.items():
        for edition, begins in EDITIONS.items():
            newer = begins > EDITIONS.get(row.hs_edition, begins)
            if row.hs and newer and row.signed_at.date() < begins <= on:
                said = {"edition": edition, "old": row.hs_edition, "day": day(begins)}
                text = _("%(edition)s holds since %(day)s; the code here stands in %(old)s.") % said
                yield key, Mark("codes", begins, text)
