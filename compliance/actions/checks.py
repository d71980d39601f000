"""The checks run where something changed, and what they find is kept: by the bell, by the timetable, or by whoever asks first."""

import datetime as dt
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from compliance import plausibility
from compliance.models import CheckedAnswer, CheckedCompany
from compliance.plausibility import Known, standing
from suppliers.models import Addressee, Organisation

CHUNK = 900
AFRESH = dt.timedelta(hours=6)
TOLD = ["seller", "part", "begins", "until", "signed", "severity", "codes", "findings", *standing.BESIDE]
MARK = ["seal", "ripple", *standing.BESIDE]


def bring_up(company: Organisation) -> int:
    """Make what is kept of a company's answers, and of those it keeps for others, what the checks find now. A few short queries
    where nothing changed. Answers how many answers were checked.

    Whoever comes second waits for the first and finds nothing left to do.
    """
    own = company.keeps
    row = CheckedCompany.objects.filter(pk=company.pk).first()
    if row is not None and _holds(row, own):
        return 0
    with transaction.atomic(), override("en"):  # kept in one language, whoever asks
        CheckedCompany.objects.get_or_create(pk=company.pk)
        row = CheckedCompany.objects.select_for_update().get(pk=company.pk)
        # What will be marked as taken is read first: whatever is committed after it is found again the next time.
        now, basis = standing.mark(own), standing.basis(own)
        counted = standing.mark(own, ripple=row.ripple)
        done = _checked(own, None) if row.basis != basis else _caught_up(own, row, counted)
        CheckedCompany.objects.filter(pk=company.pk).update(basis=basis, **now)
    return done


def bring_all_up() -> int:
    """``bring_up`` for every company that reviews answers."""
    return sum(bring_up(company) for company in _companies())


def check_due_anew() -> int:
    """``check_anew`` for the companies where that is long ago. Answers how many answers were checked."""
    done, now = 0, timezone.now()
    for company in _companies():
        row = CheckedCompany.objects.filter(pk=company.pk).first()
        if row is None or row.at is None or now - row.at >= AFRESH:
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


def _caught_up(own: list[UUID], row: CheckedCompany, counted: dict[str, int]) -> int:
    """Check the parts that sealed acts touched; and where there are more sales, price words or requests than there were, those
    that more of them stand beside."""
    parts = standing.parts_since(row.seal, own) if counted["seal"] != row.seal else set()
    for name in standing.BESIDE:
        if counted[name] != getattr(row, name):
            parts |= _with_more(own, name)
    return sum(_checked(own, some) for some in _chunks(parts))


def _with_more(own: list[UUID], name: str) -> set[UUID]:
    """The parts whose answers were held against fewer of that kind than there are."""
    there = standing.COUNTED[name](own, None)
    kept = CheckedAnswer.objects.filter(organisation__in=own).values_list("part", name)
    return {part for part, count in kept if count != there.get(part, 0)}


def _chunks(parts: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Some at a time."""
    every = sorted(parts)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def _checked(own: list[UUID], parts: list[UUID] | None) -> int:
    """Check all answers about these parts, or about all, and keep what is found in the place of what was kept."""
    addressed = Addressee.objects.filter(organisation__in=own, declaration__signed_at__isnull=False)
    kept = CheckedAnswer.objects.filter(organisation__in=own)
    if parts is not None:
        addressed, kept = addressed.filter(declaration__part__in=parts), kept.filter(part__in=parts)
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
