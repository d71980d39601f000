"""What customers ask of a company, part by part: a part that five of them ask about is one row and one answer."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from suppliers.actions import requests
from suppliers.models import Declaration, Part, Postponement, Request

RELATED = ("sourcing__buyer", "sourcing__seller", "sourcing__seller_part__organisation", "sourcing__buyer_part", "decline",
           "by__user__person")  # fmt: skip
SHOWN = ("open", "late", "done", "all")
WAITING = ("late", "open", "postponed")
STATES = (*WAITING, "answered", "declined")


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
    def is_answered(self) -> bool:
        return self.answer is not None

    @property
    def known_by(self) -> dt.date | None:
        """The day that was promised, where it is not known yet."""
        return self.postponement.until if self.postponement and self.waits else None

    @property
    def reason(self) -> str:
        """Why it was declined, by its code."""
        return self.request.decline.reason if self.state == "declined" else ""

    @property
    def why(self) -> str:
        """In the words of the one who was asked."""
        if self.state == "declined":
            return self.request.decline.why
        return self.postponement.why if self.postponement and self.waits else ""

    @property
    def maker(self) -> str:
        return self.request.decline.maker if self.state == "declined" else ""

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
    for one in told(rows, today=today):
        part = one.request.sourcing.seller_part
        by_part.setdefault(part.pk, Row(part, drafts.get(part.pk))).asked.append(one)
    for row in by_part.values():
        row.asked.sort(key=lambda one: (not one.waits, one.request.due))
    return sorted(by_part.values(), key=lambda row: (not row.waiting, row.due, row.part.number))


def asked_by(membership, which: str = "open"):
    """What the company itself asked of its own suppliers, the soonest due first: what waits, what is over, or all."""
    own = Request.objects.filter(sourcing__buyer__in=membership.keeps)
    if which == "open":
        own = own.unanswered()
    elif which == "done":
        own = own.exclude(pk__in=own.unanswered().values("pk"))
    return own.select_related(*RELATED).order_by("due", "sourcing__seller__name", "sourcing__buyer_part__number", "pk")


def newest_asked_by(membership, number: int, *, today: dt.date) -> list[Asked]:
    """A few of them: what waits longest, then what was answered or declined last."""
    rows = list(asked_by(membership)[:number])
    rows += asked_by(membership, "done").order_by("-at", "pk")[: number - len(rows)]
    return told(rows, today=today)


def told(rows, *, today: dt.date) -> list[Asked]:
    """Where each request stands, in two queries for all of them."""
    rows = list(rows)
    answers, later = requests.answers_to(rows), _postponed(rows)
    return [Asked(row, today, answers.get(row.pk), later.get(row.pk)) for row in rows]


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
