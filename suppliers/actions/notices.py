"""Telling each customer that an answer it relies on was withdrawn or replaced: a row at once, and a mail at once.

Who certified and learns that it no longer holds tells everybody who got it: Canada at once (Customs Act 97.1(3)), the United
States within 30 days (19 CFR 182.124), and the supplier of a long-term declaration at once (Regulation 2015/2447, Annex 22-16).
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from suppliers import clock, links
from suppliers.actions import mails
from suppliers.actions.acts import ring
from suppliers.models import Declaration, Membership, Notice, Organisation, Sourcing

READERS = ("reviewer", "certifier", "editor", "officer")
PATIENCE = dt.timedelta(days=30)  # a company where nobody reads yet is told once somebody does, so long
PROMPT = dt.timedelta(days=30)  # 19 CFR 182.124: what counts as prompt in the United States


def tell(declaration: Declaration, kind: str) -> None:
    """Note for each addressee what became of an answer, once each, in the caller's transaction; the mail follows its commit."""
    if declaration.ends <= clock.today():
        return
    rows = [
        Notice(to_id=buyer, declaration=declaration, kind=kind, at=clock.now())
        for buyer in declaration.addressees.values_list("organisation", flat=True)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        transaction.on_commit(partial(ring, "suppliers.write_notices"))


def replaced(newer: Declaration) -> None:
    """A newer version was signed: tell the customers of the one it takes the place of, if it takes it before that one ends."""
    older = newer.supersedes
    if older is not None and newer.begins < older.ends and not hasattr(older, "withdrawal"):
        tell(older, Notice.Kind.SUPERSEDED)


def write_due() -> int:
    """Write the mails of notices that have none: one for each reader, however many notices wait. Answers how many."""
    waiting = Notice.objects.filter(mails=None, at__gt=clock.now() - PATIENCE)
    return sum(_written(key) for key in set(waiting.values_list("to", flat=True)))


@transaction.atomic
def _written(company) -> int:
    """One company's waiting notices as mails, under a lock of the company, so that two workers write none twice."""
    to = Organisation.objects.select_for_update(no_key=True).get(pk=company)
    rows = list(
        Notice.objects.filter(to=to, mails=None, at__gt=clock.now() - PATIENCE)
        .select_related("declaration__organisation", "declaration__part")
        .order_by("at", "pk")
    )
    told = [{"notice": row, "numbers": numbers} for row, numbers in zip(rows, _numbers(to.keeps, rows), strict=True)]
    which = hashlib.sha256(" ".join(str(row.pk) for row in rows).encode()).hexdigest()[:24]
    context = {"rows": told, "count": len(rows), "link": links.absolute(reverse("suppliers:notice-list"))}
    written = mails.write_many(
        mails.drafted(
            "notice", to=reader.user.email, language=reader.user.language or to.speaker.language, context=context,
            once=f"notice {reader.user_id} {which}", user=reader.user,
        )
        for reader in (_readers(to.speaker) if rows else [])
    )  # fmt: skip
    carried = Notice.mails.through
    carried.objects.bulk_create(
        [carried(notice_id=row.pk, mail_id=mail.pk) for mail in written for row in rows], batch_size=500
    )
    return len(written)


def _readers(company: Organisation) -> list[Membership]:
    """Who answers for it: everybody in force who writes, reviews or signs; one message each."""
    rows = Membership.objects.in_force().filter(organisation=company).select_related("user").order_by("begins", "pk")
    found = {row.user_id: row for row in rows if row.holds(*READERS)}
    return list(found.values())


def _numbers(to: list, rows: list[Notice]) -> list[list[str]]:
    """Beside each notice the reader's own numbers of the part: what stands in its own papers."""
    parts = {row.declaration.part_id for row in rows}
    found: dict = defaultdict(list)
    sales = Sourcing.objects.filter(buyer__in=to, seller_part__in=parts).order_by("buyer_part__number")
    for part, number in sales.values_list("seller_part_id", "buyer_part__number"):
        found[part].append(number)
    return [list(dict.fromkeys(found[row.declaration.part_id])) for row in rows]


def told_to(membership: Membership) -> QuerySet[Notice]:
    """What one's own company was told, newest first."""
    rows = Notice.objects.filter(to__in=membership.keeps).order_by("-at", "pk")
    return rows.select_related("declaration__organisation", "declaration__part")


def told_by(membership: Membership) -> QuerySet[Notice]:
    """What one's own company told its customers, newest first, each with its mails."""
    rows = Notice.objects.filter(declaration__organisation__in=membership.keeps).order_by("-at", "pk")
    return rows.select_related("to", "declaration__part").prefetch_related("mails")


def numbered(rows: Iterable[Notice], membership: Membership) -> list[Notice]:
    """These notices, each with one's own numbers of the part and the day by which the law wants it passed on."""
    rows = list(rows)
    for row, numbers in zip(rows, _numbers(membership.keeps, rows), strict=True):
        row.numbers, row.pass_on_by = numbers, row.at.date() + PROMPT
    return rows
