"""The one letter a day: who is asked, reminded, written to as the second contact, or told that answers end, however many
parts and customers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from suppliers import clock, links
from suppliers import contacts as people
from suppliers.actions import introductions, mails
from suppliers.models import (
    Campaign,
    Declaration,
    Ending,
    Mail,
    Membership,
    Organisation,
    Postponement,
    Reminder,
    Request,
    Unsubscription,
)

Kind = Reminder.Kind
SAID = {Kind.ASKED: "asked_at", Kind.REMINDED: "reminded_at", Kind.ESCALATED: "escalated_at"}
STEPS = (60, 30, 7)  # days before an answer ends on which its owner is told
AGAIN = dt.timedelta(days=3)  # a request that did not arrive is sent to the same person again
AT_ONCE = 100  # letters of one transaction


@dataclass
class Letter:
    """What one person is told today, for all companies that the person is a contact of."""

    person: Membership
    tries: list[tuple[Request, str]] = field(default_factory=list)
    endings: list[tuple[Declaration, int]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        if any(kind == Kind.ASKED for _row, kind in self.tries):
            return Mail.Kind.REQUEST
        return Mail.Kind.REMINDER if self.tries else Mail.Kind.EXPIRY

    def once(self, today: dt.date) -> str:
        return f"letter:{self.person.user_id}:{today}"


def write_due() -> int:
    """Write today's letters; answers how many. Who was written to today is written to again tomorrow at the earliest."""
    today = clock.today()
    letters = due(today)
    count = sum(written(letters[at : at + AT_ONCE], today) for at in range(0, len(letters), AT_ONCE))
    return count + introductions.remind_due()


def due(today: dt.date) -> list[Letter]:
    """What is to be said today, in a few queries whatever the number of requests."""
    waiting, endings = _waiting(today), endings_due(today)
    companies = {row.sourcing.seller_id for row in waiting} | {row.organisation_id for row, _step in endings}
    known, failed = people.of(companies, reachable=True), _failed()
    letters: dict[UUID, Letter] = {}

    def letter(company: UUID, rank: int) -> Letter | None:
        person = known.get(company, {}).get(rank)
        return person and letters.setdefault(person.user_id, Letter(person))

    for row in waiting:
        for rank, kind in _tries(row, today):
            to = letter(row.sourcing.seller_id, rank)
            if to and not (kind == Kind.ASKED and (row.pk, to.person.user_id) in failed):
                to.tries.append((row, kind))
    for answer, step in endings:
        if to := letter(answer.organisation_id, 1):
            to.endings.append((answer, step))
    return wanted(letters.values())


def _waiting(today: dt.date) -> list[Request]:
    """Requests without an answer of which something may be said: not asked yet, or within a running campaign.

    Each with the last of its tries of each kind that arrived, or None, and the day until which it is put off.
    """
    running = {"campaign__isnull": False, "campaign__end__isnull": True}
    within = {f"request__{name}": value for name, value in running.items()}
    open_ones = Request.objects.unanswered().filter(ends__gt=today)
    last = _said_last(_arrived().filter(**within))
    later = dict(Postponement.objects.filter(**within).order_by().values_list("request").annotate(until=Max("until")))
    asked = Exists(_arrived().filter(request=OuterRef("pk"), kind=Kind.ASKED))
    rows = list(open_ones.filter(~asked | Q(**running)).select_related("sourcing"))
    companies = Organisation.objects.in_bulk(
        {key for row in rows for key in (row.sourcing.seller_id, row.sourcing.buyer_id)}
    )
    campaigns = Campaign.objects.select_related("end").in_bulk({row.campaign_id for row in rows if row.campaign_id})
    for row in rows:
        row.sourcing.seller, row.sourcing.buyer = companies[row.sourcing.seller_id], companies[row.sourcing.buyer_id]
        row.campaign = campaigns.get(row.campaign_id)
        for kind, name in SAID.items():
            setattr(row, name, last.get((row.pk, kind)))
        row.later = later.get(row.pk)
    return rows


def _failed() -> set[tuple[UUID, UUID]]:
    """Requests that a person was sent a short while ago and did not get: not at once to the same one again."""
    rows = Reminder.objects.filter(kind=Kind.ASKED, at__gt=clock.now() - AGAIN)
    rows = rows.filter(Q(mail__dropped_at__isnull=False) | Q(mail__bounced_at__isnull=False))
    return set(rows.values_list("request", "mail__user"))


def _tries(row: Request, today: dt.date) -> Iterable[tuple[int, str]]:
    """Which contact is told what about one request today. One that is overtaken by a later step is not made up for."""
    if row.asked_at is None:
        yield 1, Kind.ASKED
        return
    campaign = row.campaign
    if campaign is None or hasattr(campaign, "end") or (row.later and row.later > today):
        return
    asked = timezone.localdate(row.asked_at)
    steps = [asked + dt.timedelta(days=days) for days in campaign.remind_after]
    step = max((day for day in steps if day <= today), default=None)
    if step and (row.reminded_at is None or timezone.localdate(row.reminded_at) < step):
        yield 1, Kind.REMINDED
    second = None if campaign.escalate_after is None else asked + dt.timedelta(days=campaign.escalate_after)
    if second and second <= today and row.escalated_at is None:
        yield 2, Kind.ESCALATED


def endings_due(today: dt.date) -> list[tuple[Declaration, int]]:
    """Answers that end soon, each with the step of the timetable, 60, 30 or 7 days, that its owner is not told of yet."""
    rows = Declaration.objects.ending(within=dt.timedelta(days=max(STEPS)), on=today)
    found = []
    for row in rows.select_related("organisation").annotate(told=Min("endings__days")):
        step = min(days for days in STEPS if (row.ends - today).days <= days)
        if row.told is None or step < row.told:
            found.append((row, step))
    return found


def wanted(letters: Iterable[Letter]) -> list[Letter]:
    """Without reminders to those that want none; requests still reach them."""
    quiet = set(Unsubscription.objects.annotate(lower=Lower("address")).values_list("lower", flat=True))
    kept = []
    for letter in letters:
        if letter.person.user.email.lower() in quiet:
            letter.tries = [(row, kind) for row, kind in letter.tries if kind == Kind.ASKED]
            letter.endings = []
        if letter.tries or letter.endings:
            kept.append(letter)
    return kept


@transaction.atomic
def written(letters: list[Letter], today: dt.date) -> int:
    """Some mails and their tries in a fixed number of queries; nothing for those who have had a letter today, and nothing
    that another worker said since this one looked."""
    letters = _still_due(letters)
    had = set(Mail.objects.filter(once__in=[row.once(today) for row in letters]).values_list("once", flat=True))
    drafts = {row.once(today): (row, _drafted(row, today)) for row in letters if row.once(today) not in had}
    new = [(drafts[mail.once][0], mail) for mail in mails.write_many(mail for _letter, mail in drafts.values())]
    Reminder.objects.bulk_create(
        Reminder(request=request, mail=mail, kind=kind, at=mail.written_at)
        for letter, mail in new
        for request, kind in _strongest(letter.tries).items()
    )
    Ending.objects.bulk_create(
        Ending(declaration=answer, days=step, mail=mail) for letter, mail in new for answer, step in letter.endings
    )
    return len(new)


def _still_due(letters: list[Letter]) -> list[Letter]:
    """The letters without what was said meanwhile. Their requests are locked: of two workers, whichever day each took it
    for, the second sees what the first has written."""
    rows = {row.pk: row for letter in letters for row, _kind in letter.tries}
    list(Request.objects.select_for_update(of=("self",)).filter(pk__in=rows).order_by("pk").values_list("pk"))
    now = _said_last(_arrived().filter(request__in=rows))
    told = set(Ending.objects.filter(declaration__in=[answer.pk for letter in letters for answer, _step in letter.endings])
               .values_list("declaration", "days"))  # fmt: skip
    for letter in letters:
        letter.tries = [
            (row, kind) for row, kind in letter.tries if now.get((row.pk, kind)) == getattr(row, SAID[kind])
        ]
        letter.endings = [(answer, step) for answer, step in letter.endings if (answer.pk, step) not in told]
    return [letter for letter in letters if letter.tries or letter.endings]


def _arrived() -> QuerySet[Reminder]:
    return Reminder.objects.filter(mail__dropped_at__isnull=True, mail__bounced_at__isnull=True)


def _said_last(rows: QuerySet[Reminder]) -> dict[tuple[UUID, str], dt.datetime]:
    """When each kind of try was last made of each request."""
    found = rows.order_by().values_list("request", "kind").annotate(at=Max("at"))
    return {(request, kind): at for request, kind, at in found}


def told_last(rows: Iterable[Request]) -> list[Request]:
    """These requests with when each kind of try last reached somebody, or None: ``asked_at``, ``reminded_at``, ``escalated_at``."""
    found = list(rows)
    last = _said_last(_arrived().filter(request__in=found))
    for row in found:
        for kind, name in SAID.items():
            setattr(row, name, last.get((row.pk, kind)))
    return found


def _strongest(tries: list[tuple[Request, str]]) -> dict[Request, str]:
    """One try a request and mail, the strongest: somebody may be first and second contact at once."""
    strength = [Kind.REMINDED, Kind.ESCALATED, Kind.ASKED]
    return dict(sorted(tries, key=lambda row: strength.index(row[1])))


def _drafted(letter: Letter, today: dt.date) -> Mail:
    user = letter.person.user
    return mails.drafted(
        letter.kind, to=user.email, user=user, language=user.language or letter.person.organisation.language,
        once=letter.once(today), context=_told(letter),
    )  # fmt: skip


def _told(letter: Letter) -> dict:
    """For the template: by customer how many parts and by when, with nothing that names a part or an amount."""
    by_kind: dict[str, dict[tuple[str, str], list[Request]]] = defaultdict(lambda: defaultdict(list))
    for row, kind in _strongest(letter.tries).items():
        by_kind[kind][(row.sourcing.buyer.name, row.sourcing.seller.name)].append(row)
    ending: dict[str, list[dt.date]] = defaultdict(list)
    for answer, _step in letter.endings:
        ending[answer.organisation.name].append(answer.ends)
    companies = {row.sourcing.seller.name for row, _kind in letter.tries} | set(ending)
    return {
        "person": letter.person.user.display_name,
        "sections": [
            (kind, [_line(buyer, seller, rows) for (buyer, seller), rows in sorted(by_kind[kind].items())])
            for kind in (Kind.ASKED, Kind.REMINDED, Kind.ESCALATED)
            if kind in by_kind
        ],
        "ending": [
            {"company": name, "answers": len(days), "first": min(days)} for name, days in sorted(ending.items())
        ],
        "several": len(companies) > 1,
        "label": any("aala" in row.rulebooks for row, _kind in letter.tries),
        "link": links.absolute(reverse("suppliers:request-list")),
        "ending_link": links.absolute(reverse("suppliers:declaration-ending")),
    }


def _line(buyer: str, seller: str, rows: list[Request]) -> dict:
    messages = list(dict.fromkeys(row.message for row in rows if row.message))
    return {
        "buyer": buyer, "seller": seller, "parts": len({row.sourcing_id for row in rows}),
        "due": min(row.due for row in rows), "messages": messages[:3],
    }  # fmt: skip


def tries(requests: Iterable[Request]) -> dict[UUID, list[Reminder]]:
    """By request every try to get an answer, oldest first, with its mail: the proof of a timely request in good faith
    (49 USC 32304(d); 49 CFR 583.6(c)(6))."""
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in Reminder.objects.filter(request__in=list(requests)).select_related("mail").order_by("at"):
        found[row.request_id].append(row)
    return found


def preview(
    *, buyer: str, seller: str, parts: int, due: dt.date, rulebooks: Iterable[str], message: str, language: str
) -> dict:
    """Subject and text of the letter that a request would make, in that language; for the one who asks, without links."""
    line = {"buyer": buyer, "seller": seller, "parts": parts, "due": due, "messages": [message] if message else []}
    told = {
        "person": seller, "sections": [(Kind.ASKED, [line])], "several": False, "label": "aala" in rulebooks, "link": "https://…",
        "quiet_link": "https://…",
    }  # fmt: skip
    subject, text, _html = mails.rendered(Mail.Kind.REQUEST, language, "", told)
    return {"subject": subject, "text": text}
