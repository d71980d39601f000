"""What customers ask of a company, part by part: a part that five of them ask about is one row and one answer."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from suppliers.actions import requests
from suppliers.models import Declaration, Part, Postponement, Request

RELATED = ("sourcing__buyer", "sourcing__seller", "sourcing__seller_part", "sourcing__buyer_part", "decline",
           "by__user__person")  # fmt: skip
SHOWN = ("open", "late", "done", "all")
WAITING = ("late", "open", "postponed")


@dataclass
class Asked:
    """One request and where it stands: late, open, postponed, answered or declined."""

    request: Request
    today: dt.date
    answer: Declaration | None = None
    postponement: Postponement | None = None

    @property
    def state(self) -> str:
        if self.answer is not None:
            return "answered"
        if hasattr(self.request, "decline"):
            return "declined"
        if self.postponement is not None and self.postponement.until > self.today:
            return "postponed"
        return "late" if self.request.due < self.today else "open"

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    @property
    def days(self) -> int:
        """Until it is due; below zero once that day is over."""
        return (self.request.due - self.today).days

    @property
    def overdue(self) -> int:
        return -self.days


@dataclass
class Row:
    """One part and all who ask about it, the most urgent first."""

    part: Part
    draft: Declaration | None = None
    asked: list[Asked] = field(default_factory=list)

    @property
    def waiting(self) -> list[Asked]:
        return [one for one in self.asked if one.waits]

    @property
    def state(self) -> str:
        """Of the most urgent request that waits, else of the newest."""
        return min(self.asked, key=lambda one: (not one.waits, WAITING.index(one.state) if one.waits else 0)).state

    @property
    def due(self) -> dt.date:
        return min(one.request.due for one in (self.waiting or self.asked))


def asked_of(membership, *, today: dt.date) -> list[Row]:
    """Everything asked of the companies one speaks for or keeps, the most urgent part first, in a few queries."""
    rows = Request.objects.addressed_to(membership.organisation).select_related(*RELATED)
    by_part: dict[UUID, Row] = {}
    drafts = _drafts(membership.organisation)
    for one in _told(rows, today):
        part = one.request.sourcing.seller_part
        by_part.setdefault(part.pk, Row(part, drafts.get(part.pk))).asked.append(one)
    for row in by_part.values():
        row.asked.sort(key=lambda one: (not one.waits, one.request.due))
    return sorted(by_part.values(), key=lambda row: (not row.waiting, row.due, row.part.number))


def asked_by(membership, *, today: dt.date) -> list[Asked]:
    """What the company itself waits for from its own suppliers, the most urgent first."""
    rows = Request.objects.filter(sourcing__buyer__in=membership.keeps).select_related(*RELATED)
    told = list(_told(rows, today))
    return sorted(told, key=lambda one: (not one.waits, one.request.due, one.request.sourcing.seller_part.number))


def shown(rows: list[Row], which: str) -> list[Row]:
    """Those with something open, something late, nothing open, or all."""
    if which == "late":
        return [row for row in rows if any(one.state == "late" for one in row.asked)]
    if which == "done":
        return [row for row in rows if not row.waiting]
    return rows if which == "all" else [row for row in rows if row.waiting]


def counted(rows: list[Row]) -> Counter:
    """How many parts each choice shows."""
    return Counter({which: len(shown(rows, which)) for which in SHOWN})


def _told(rows, today: dt.date):
    rows = list(rows)
    answers, later = requests.answers_to(rows), _postponed(rows)
    for row in rows:
        yield Asked(row, today, answers.get(row.pk), later.get(row.pk))


def _postponed(rows: list[Request]) -> dict[UUID, Postponement]:
    """By request the newest word on when it will be known."""
    found = Postponement.objects.filter(request__in=[row.pk for row in rows]).order_by("at")
    return {row.request_id: row for row in found}


def _drafts(organisation) -> dict[UUID, Declaration]:
    """The newest draft of each of one's parts, by part."""
    found: dict[UUID, Declaration] = defaultdict()
    rows = Declaration.objects.drafts().filter(organisation=organisation).order_by("drafted_at")
    for row in rows.select_related("changed_by__user__person", "drafted_by__user__person"):
        found[row.part_id] = row
    return found
