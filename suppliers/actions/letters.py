"""The one letter a day: who is asked, reminded or written to as the second contact, however many parts and customers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from suppliers import links
from suppliers.actions import mails
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Bounce, Contact, Mail, Membership, Organisation, Reminder, Request, Unsubscription
from suppliers.models.identities import speakers_of

# Who is written to where the company has not chosen: first who types, then who can make it happen.
ORDER = {1: ("editor", "certifier", "administrator"), 2: ("administrator", "certifier", "editor")}
Kind = Reminder.Kind


@dataclass
class Letter:
    """What one person is told today, for all companies that the person is a contact of."""

    person: Membership
    tries: list[tuple[Request, str]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return Mail.Kind.REQUEST if any(kind == Kind.ASKED for _, kind in self.tries) else Mail.Kind.REMINDER


def write_due() -> int:
    """Write today's letters; answers how many. Who was written to today is written to again tomorrow at the earliest."""
    today = timezone.localdate()
    return sum(_written(letter, today) for letter in due(today))


def due(today: dt.date) -> list[Letter]:
    """What is to be said today, in a few queries whatever the number of requests."""
    waiting = list(
        Request.objects.unanswered()
        .filter(ends__gt=today)
        .select_related("campaign__end", "sourcing__seller", "sourcing__buyer")
        .annotate(
            last_try=Max("reminders__at"),
            asked_at=Max("reminders__at", filter=Q(reminders__kind=Kind.ASKED)),
            reminded_at=Max("reminders__at", filter=Q(reminders__kind=Kind.REMINDED)),
            escalated_at=Max("reminders__at", filter=Q(reminders__kind=Kind.ESCALATED)),
            later=Max("postponements__until"),
        )
    )
    people = contacts_of({row.sourcing.seller_id for row in waiting})
    letters: dict[UUID, Letter] = {}
    for row in waiting:
        for rank, kind in _tries(row, today):
            person = people.get(row.sourcing.seller_id, {}).get(rank)
            if person is not None:
                letters.setdefault(person.user_id, Letter(person)).tries.append((row, kind))
    return _reachable(letters.values())


def _tries(row: Request, today: dt.date) -> Iterable[tuple[int, str]]:
    """Which contact is told what about one request today. One that is overtaken by a later step is not made up for."""
    if row.asked_at is None:
        yield 1, Kind.ASKED
        return
    campaign = row.campaign
    if campaign is None or hasattr(campaign, "end") or (row.later and row.later > today):
        return
    asked = row.asked_at.date()
    steps = [asked + dt.timedelta(days=days) for days in campaign.remind_after]
    step = max((day for day in steps if day <= today), default=None)
    if step and (row.reminded_at is None or row.reminded_at.date() < step):
        yield 1, Kind.REMINDED
    second = None if campaign.escalate_after is None else asked + dt.timedelta(days=campaign.escalate_after)
    if second and second <= today and row.escalated_at is None:
        yield 2, Kind.ESCALATED


def _reachable(letters: Iterable[Letter]) -> list[Letter]:
    """Without addresses that take no mail, and without reminders to those that want none."""
    letters = list(letters)
    addresses = {letter.person.user.email.lower() for letter in letters}
    dead = set(Bounce.objects.filter(address__in=addresses).values_list(Lower("address"), flat=True))
    quiet = set(Unsubscription.objects.filter(address__in=addresses).values_list(Lower("address"), flat=True))
    kept = []
    for letter in letters:
        address = letter.person.user.email.lower()
        if address in quiet and letter.kind == Mail.Kind.REMINDER:
            continue
        if address not in dead:
            kept.append(letter)
    return kept


@transaction.atomic
def _written(letter: Letter, today: dt.date) -> bool:
    """One mail and its tries, or nothing where this person has had a letter today."""
    user = letter.person.user
    row = mails.write(
        letter.kind, to=user.email, user=user, language=user.language or letter.person.organisation.language,
        once=f"letter:{user.pk}:{today}", context=_told(letter),
    )  # fmt: skip
    if row is None:
        return False
    Reminder.objects.bulk_create(
        Reminder(request=request, mail=row, kind=kind) for request, kind in dict(_once(letter.tries)).items()
    )
    return True


def _once(tries: list[tuple[Request, str]]) -> Iterable[tuple[Request, str]]:
    """One try a request and mail, the strongest: somebody may be first and second contact at once."""
    strength = [Kind.REMINDED, Kind.ESCALATED, Kind.ASKED]
    return sorted(tries, key=lambda row: strength.index(row[1]))


def _told(letter: Letter) -> dict:
    """For the template: by customer how many parts and by when, with nothing that names a part or an amount."""
    by_kind: dict[str, dict[tuple[str, str], list[Request]]] = defaultdict(lambda: defaultdict(list))
    for row, kind in letter.tries:
        by_kind[kind][(row.sourcing.buyer.name, row.sourcing.seller.name)].append(row)
    return {
        "person": letter.person.user.display_name,
        "sections": [
            (kind, [_line(buyer, seller, rows) for (buyer, seller), rows in sorted(by_kind[kind].items())])
            for kind in (Kind.ASKED, Kind.REMINDED, Kind.ESCALATED)
            if kind in by_kind
        ],
        "several": len({row.sourcing.seller_id for row, _ in letter.tries}) > 1,
        "label": any("aala" in row.rulebooks for row, _ in letter.tries),
        "link": links.absolute(reverse("suppliers:request-list")),
    }


def _line(buyer: str, seller: str, rows: list[Request]) -> dict:
    messages = list(dict.fromkeys(row.message for row in rows if row.message))
    return {
        "buyer": buyer, "seller": seller, "parts": len({row.sourcing_id for row in rows}),
        "due": min(row.due for row in rows), "messages": messages[:3],
    }  # fmt: skip


def contacts(organisation: Organisation) -> list[Membership]:
    """The first and, where there is one, the second contact of a company."""
    by_rank = contacts_of({organisation.pk}).get(organisation.pk, {})
    return [by_rank[rank] for rank in (1, 2) if rank in by_rank]


def contacts_of(organisations: set[UUID]) -> dict[UUID, dict[int, Membership]]:
    """By company and rank: whom it chose, else by role, and who holds fewer roles first. Of a company that another keeps,
    the other's people."""
    speakers = speakers_of(organisations)
    organisations = set(speakers.values())
    members: dict[UUID, list[Membership]] = defaultdict(list)
    rows = Membership.objects.in_force().filter(organisation__in=organisations)
    for row in rows.select_related("user__person", "organisation").order_by("begins", "id"):
        if row.holds(*ORDER[1]):
            members[row.organisation_id].append(row)
    chosen: dict[UUID, dict[int, UUID]] = defaultdict(dict)
    for organisation, rank, membership in (
        Contact.objects.filter(organisation__in=organisations)
        .order_by("at")
        .values_list("organisation", "rank", "membership")
    ):
        chosen[organisation][rank] = membership
    ranked = {key: _ranked(rows, chosen[key]) for key, rows in members.items()}
    return {key: ranked[speaker] for key, speaker in speakers.items() if speaker in ranked}


def _ranked(members: list[Membership], chosen: dict[int, UUID]) -> dict[int, Membership]:
    by_key = {row.pk: row for row in members}
    found = {rank: by_key[key] for rank, key in chosen.items() if key in by_key}
    for rank, order in ORDER.items():
        if rank not in found:
            taken = {row.user_id for row in found.values()}
            free = [row for row in members if row.user_id not in taken]
            if free:
                found[rank] = min(free, key=lambda row: (_place(row, order), len(row.roles)))
    return found


def _place(member: Membership, order: tuple[str, ...]) -> int:
    return min(order.index(role) for role in order if role in member.roles)


@transaction.atomic
def choose_contact(organisation: Organisation, membership: Membership, rank: int, *, by: Membership) -> Contact:
    """Say who of one's own people is written to first, or second. Raises NotYourRight, Malformed naming the field."""
    demand(by, "administrator", of=organisation)
    if rank not in (1, 2):
        raise Malformed({"rank": ["Choose the first or the second contact."]})
    known = Membership.objects.in_force().filter(pk=membership.pk, organisation=organisation)
    if not known.exists() or not membership.holds(*ORDER[1]):
        raise Malformed({"membership": ["Choose somebody of your company who may draft, sign or administer."]})
    return Contact.objects.create(by=by, organisation=organisation, membership=membership, rank=rank)


def tries(requests: Iterable[Request]) -> dict[UUID, list[Reminder]]:
    """By request every try to get an answer, oldest first, with its mail: the proof of a timely request in good faith
    (49 USC 32304(d); 49 CFR 583.6(c)(6))."""
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in Reminder.objects.filter(request__in=list(requests)).select_related("mail").order_by("at"):
        found[row.request_id].append(row)
    return found


def unreachable(organisations: Iterable[Organisation]) -> set[UUID]:
    """The companies of which no contact takes mail, or that have nobody to write to."""
    wanted = {row.pk for row in organisations}
    people = contacts_of(wanted)
    addresses = {row.user.email.lower() for ranks in people.values() for row in ranks.values()}
    dead = set(Bounce.objects.filter(address__in=addresses).values_list("address", flat=True))
    return {key for key in wanted if all(row.user.email.lower() in dead for row in people.get(key, {}).values())}


def waits(organisation: Organisation) -> int:
    """How many requests of a company are still unanswered."""
    return Request.objects.addressed_to(organisation).unanswered().aggregate(number=Count("pk"))["number"]


def preview(*, buyer: str, seller: str, parts: int, due: dt.date, rulebooks: Iterable[str], message: str, language: str) -> dict:
    """Subject and text of the letter that a request would make, in that language; for the one who asks, without links."""
    line = {"buyer": buyer, "seller": seller, "parts": parts, "due": due, "messages": [message] if message else []}
    told = {
        "person": seller, "sections": [(Kind.ASKED, [line])], "several": False, "label": "aala" in rulebooks, "link": "https://…",
        "quiet_link": "https://…",
    }  # fmt: skip
    subject, text, _html = mails.rendered(Mail.Kind.REQUEST, language, "", told)
    return {"subject": subject, "text": text}
