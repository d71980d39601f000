"""The checks run where something changed, and what they find is kept: by the bell, by the timetable, or by whoever asks first."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import override

from compliance import plausibility
from compliance.models import CheckedAnswer, CheckedCompany
from compliance.plausibility import Known, standing
from suppliers.models import Addressee, Organisation, Withdrawal

CHUNK = 450
"""So many parts at a time: of twice as many PostgreSQL reads every purchase there is."""
A_PAGE = 200
"""So many answers a page has read itself; more it leaves to the worker that hears the bell or the timetable."""
AFRESH = dt.timedelta(hours=6)
TOLD = ["seller", "part", "begins", "until", "signed", "severity", "codes", "findings", *standing.BESIDE]
MARK = ["seal", "ripple", *standing.BESIDE]


def bring_up(company: Organisation, *, most: int | None = None) -> int:
    """Make what is kept of a company's answers, and of those it keeps for others, what the checks find now. A few short queries
    where nothing changed. Answers how many answers were checked.

    What is kept is true once this is done. With ``most`` about so many answers are read, the newest first, and of the others
    nothing is kept: ``unread``. Whoever comes second waits for the first and finds nothing left to do.
    """
    own = company.keeps
    row = CheckedCompany.objects.filter(pk=company.pk).first()
    stands = row is not None and _holds(row, own)
    if stands and row.at is not None:
        return 0
    done = 0 if stands else _caught_up(company, own, CHUNK if most is None else most)
    while most is None or done < most:
        parts = _newest_unread(own, None if most is None else most - done)
        read = sum(_read(company, own, some) for some in [*_chunks(parts)] or [[]])
        done += read
        if not read:
            break
    return done


def unread(companies: Iterable[UUID]) -> QuerySet[Addressee]:
    """Of what is addressed to these companies and not withdrawn, that of which the checks keep nothing yet."""
    kept = CheckedAnswer.objects.filter(organisation=OuterRef("organisation"), declaration=OuterRef("declaration"))
    gone = Withdrawal.objects.filter(declaration=OuterRef("declaration"))
    own = list(companies)
    rows = Addressee.objects.filter(
        ~Exists(kept), ~Exists(gone), organisation__in=own, declaration__signed_at__isnull=False
    )
    return rows.exclude(declaration__organisation__in=own)


def has_read(company: Organisation) -> bool:
    """Whether the checks have read every answer to a company; one query."""
    return CheckedCompany.objects.filter(pk=company.pk, at__isnull=False).exists()


def bring_all_up() -> int:
    """``bring_up`` for every company that reviews answers."""
    return sum(bring_up(company) for company in _companies())


def check_due_anew() -> int:
    """``check_anew`` for the companies where that is long ago. Answers how many answers were checked."""
    done, now = 0, timezone.now()
    for company in _companies():
        done += bring_up(company)
        if CheckedCompany.objects.filter(pk=company.pk, at__lte=now - AFRESH).exists():
            done += check_anew(company)
    return done


def check_anew(company: Organisation) -> int:
    """Check every answer to a company once more, some at a time: what was changed by no act of ours is found too, such as the
    words of a part. Answers how many were checked."""
    done, now, own = bring_up(company), timezone.now(), company.keeps
    rows = Addressee.objects.filter(organisation__in=own, declaration__signed_at__isnull=False)
    for parts in _chunks(set(rows.values_list("declaration__part", flat=True))):
        with transaction.atomic(), override("en"):
            CheckedCompany.objects.select_for_update().get(pk=company.pk)
            done += _checked(own, parts)
    CheckedCompany.objects.filter(pk=company.pk).update(at=now)
    return done


def _companies() -> Iterable[Organisation]:
    kinds = Organisation.objects.filter(kind=Organisation.Kind.AUTOMAKER, succession__isnull=True)
    return [*kinds, *Organisation.objects.filter(checked__isnull=False, succession__isnull=True).exclude(pk__in=kinds)]


def _holds(row: CheckedCompany, own: list[UUID]) -> bool:
    return row.basis == standing.basis(own) and _mark(row) == standing.mark(own, ripple=row.ripple)


def _mark(row: CheckedCompany) -> dict[str, int]:
    return {name: getattr(row, name) for name in MARK}


def _caught_up(company: Organisation, own: list[UUID], most: int) -> int:
    """Make what is kept true again: check the parts that something was said of, or keep nothing of them where they are more
    than ``most``."""
    with transaction.atomic(), override("en"):  # kept in one language, whoever asks
        CheckedCompany.objects.get_or_create(pk=company.pk)
        row = CheckedCompany.objects.select_for_update().get(pk=company.pk)
        # What will be marked as taken is read first: whatever is committed after it is found again the next time.
        now, basis = standing.mark(own), standing.basis(own)
        counted = standing.mark(own, ripple=row.ripple)
        kept, done, told = CheckedAnswer.objects.filter(organisation__in=own), 0, dict[str, Any]()
        if row.basis != basis:
            kept.delete()
            told = {"at": None}
        elif len(parts := _addressed(own, _touched(own, row, counted))) > most:
            for some in _chunks(parts):
                kept.filter(part__in=some).delete()
            told = {"at": None}
        else:
            done = sum(_checked(own, some) for some in _chunks(parts))
        CheckedCompany.objects.filter(pk=company.pk).update(basis=basis, **told, **now)
    return done


def _touched(own: list[UUID], row: CheckedCompany, counted: dict[str, int]) -> set[UUID]:
    """The parts that sealed acts touched; and where there are more sales, price words or requests than there were, those that
    more of them stand beside."""
    parts = standing.parts_since(row.seal, own) if counted["seal"] != row.seal else set()
    for name in standing.BESIDE:
        if counted[name] != getattr(row, name):
            parts |= _with_more(own, name)
    return parts


def _addressed(own: list[UUID], parts: set[UUID]) -> set[UUID]:
    """Those of them that anybody answered these companies about: how much is said elsewhere is nothing to them."""
    rows = Addressee.objects.filter(organisation__in=own, declaration__signed_at__isnull=False).order_by()
    return {
        part for some in _chunks(parts)
        for part in rows.filter(declaration__part__in=some).values_list("declaration__part", flat=True)
    }  # fmt: skip


def _newest_unread(own: list[UUID], most: int | None) -> list[UUID]:
    """The parts, or so many of them, with an answer that the checks have not read, what was signed last first."""
    rows = unread(own).order_by().values_list("declaration__part").annotate(last=Max("declaration__signed_at"))
    return [part for part, _ in rows.order_by("-last", "declaration__part")[:most]]


def _read(company: Organisation, own: list[UUID], parts: list[UUID]) -> int:
    """Check the answers about these parts unless another has meanwhile. Where nothing is left to read, that is noted."""
    with transaction.atomic(), override("en"):
        CheckedCompany.objects.select_for_update().get(pk=company.pk)
        rows = unread(own)
        still = rows.filter(declaration__part__in=parts).order_by().values_list("declaration__part", flat=True)
        done = _checked(own, sorted(set(still)))
        if not rows.exists():
            CheckedCompany.objects.filter(pk=company.pk).update(at=timezone.now())
    return done


def _with_more(own: list[UUID], name: str) -> set[UUID]:
    """The parts whose answers were held against fewer of that kind than there are."""
    there = standing.COUNTED[name](own, None)
    kept = CheckedAnswer.objects.filter(organisation__in=own).values_list("part", name)
    return {part for part, count in kept if count != there.get(part, 0)}


def _chunks(parts: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Some at a time, in their order."""
    every = list(parts)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def _checked(own: list[UUID], parts: list[UUID]) -> int:
    """Check all answers about these parts, and keep what is found in the place of what was kept."""
    if not parts:
        return 0
    addressed = Addressee.objects.filter(
        organisation__in=own, declaration__signed_at__isnull=False, declaration__part__in=parts
    )
    kept = CheckedAnswer.objects.filter(organisation__in=own, part__in=parts)
    to: dict[UUID, list[UUID]] = {}
    for key, buyer in addressed.values_list("declaration", "organisation"):
        to.setdefault(key, []).append(buyer)
    if not to:  # nobody answered the company about any of them
        return 0
    held = standing.beside(own, parts)
    rows = [
        _row(known, buyer, {name: counts.get(known.face.part, 0) for name, counts in held.items()})
        for known in plausibility.known_of(own, parts=parts)
        for buyer in to.get(known.face.key, ())
    ]
    there = {(row.organisation_id, row.declaration_id) for row in rows}
    gone = [pk for pk, *key in kept.values_list("pk", "organisation", "declaration") if tuple(key) not in there]
    for start in range(0, len(gone), CHUNK):
        CheckedAnswer.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    CheckedAnswer.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["organisation", "declaration"], update_fields=TOLD
    )
    return len(rows)


def _row(known: Known, buyer: UUID, beside: dict[str, int]) -> CheckedAnswer:
    face, found = known.face, plausibility.found(known)
    return CheckedAnswer(
        organisation_id=buyer, declaration_id=face.key, seller_id=face.company, part_id=face.part, begins=face.begins,
        until=face.until, signed=face.signed, severity=plausibility.worst(found), **beside,
        codes=f" {' '.join(dict.fromkeys(one.code for one in found))} " if found else "", findings=[[one.code, one.fact] for one in found],
    )  # fmt: skip
