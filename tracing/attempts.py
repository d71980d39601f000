"""What was tried to get an answer, and what came back: a record's signed attempts, and the portal's own of the same asker."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from suppliers.models import Cannot, Organisation, Reminder, Request, Try
from tracing.standings import day


@dataclass(frozen=True)
class Event:
    """One thing that was done or came back. ``on`` the day; ``who`` did it; ``came`` what became of it, if anything is known.
    ``signed``: it stands among the attempts of the signed determination."""

    on: dt.date
    what: str
    who: str
    came: str = ""
    signed: bool = False


def beside(records: Iterable[Cannot], asker: Organisation) -> list[list[Event]]:
    """Of each record all that is known of the asking, oldest first, in a fixed number of queries.

    Only the asker's own requests are read, and of its supplier what was said in answer to them; never a body.
    """
    rows = list(records)
    sales = {row.source.sourcing_id for row in rows} - {None}
    asked: dict[Any, list[Request]] = defaultdict(list)
    own = Request.objects.filter(sourcing__in=sales, sourcing__buyer_id__in=asker.keeps).with_answer()
    letters = Reminder.objects.select_related("mail").order_by("at", "pk")
    for one in own.select_related("by__user__person", "decline").prefetch_related(
        Prefetch("reminders", letters), "postponements"
    ):
        asked[one.sourcing_id].append(one)
    found = []
    for row in rows:
        tries, requests = list(row.tried.all()), asked.get(row.source.sourcing_id, [])
        written = {letter.pk for one in requests for letter in one.reminders.all()}
        signed = {one.reminder_id for one in tries if one.reminder_id in written}
        events = [_entered(one, row) for one in tries if one.reminder_id not in signed]
        for one in requests:
            events += _events(one, signed, asker)
        found.append(sorted(events, key=lambda event: event.on))
    return found


def _entered(one: Try, cannot: Cannot) -> Event:
    by = cannot.source.line.declaration.signed_by
    return Event(one.at, one.how, f"signed by {by.user.display_name}" if by else "", signed=True)


def _events(one: Request, signed: set[Any], asker: Organisation) -> Iterable[Event]:
    """A request, its letters, and what its supplier said to the one who asked."""
    person, seen = one.by.user.display_name, False
    for letter in one.reminders.all():
        first = letter.kind == Reminder.Kind.ASKED and not seen
        seen = seen or first
        what = f"Asked, answer due {day(one.due)}" if first else WHAT[Reminder.Kind(letter.kind)]
        who = person if first else f"the portal for {asker.name}"
        yield Event(
            letter.at.date(),
            f"{what}: letter to a contact at {letter.mail.domain}",
            who,
            _came(letter.mail),
            letter.pk in signed,
        )
    if not seen:
        yield Event(one.at.date(), f"Asked on the portal, answer due {day(one.due)}", person)
    for later in one.postponements.all():
        yield Event(later.at.date(), f"Put off until {day(later.until)}", "the supplier", later.why)
    if hasattr(one, "decline"):
        yield Event(
            one.decline.at.date(), f"Declined: {one.decline.get_reason_display()}", "the supplier", one.decline.why
        )
    if one.answered_at:
        yield Event(one.answered_at.date(), "Answered", "the supplier")


WHAT = {
    Reminder.Kind.ASKED: "Asked again",
    Reminder.Kind.REMINDED: "Reminded",
    Reminder.Kind.ESCALATED: "Second contact written to",
}


def _came(mail: Any) -> str:
    """What became of a letter; the person's address stays away from whoever it was written for."""
    if mail.bounced_at or mail.dropped_at:
        said = mail.trouble.replace(mail.address, "…")
        return f"did not arrive: {said}" if said else "did not arrive"
    return f"taken by its mail server {day(mail.sent_at)}" if mail.sent_at else "on its way"
