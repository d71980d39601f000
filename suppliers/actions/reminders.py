"""Reminding at once, or writing to the second contact, besides what a campaign's timetable does by itself."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from suppliers import clock, contacts
from suppliers.actions import letters
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, Reminder, Request

RANK = {Reminder.Kind.REMINDED: 1, Reminder.Kind.ESCALATED: 2}


@transaction.atomic
def remind_now(asked: Iterable[Request], *, by: Membership, kind: str = Reminder.Kind.REMINDED) -> int:
    """Write to the contact about each of these open questions: to the first, or to the second as an escalation.

    All or none. Answers how many letters were written: who has had a letter today gets none, whoever presses. Raises
    Malformed, naming whom nobody can write to, and NotYourRight.
    """
    rows = letters.told_last(asked)
    for buyer in {row.sourcing.buyer for row in rows}:
        demand(by, "editor", "certifier", "reviewer", of=buyer)
    open_ones = set(Request.objects.unanswered().filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    known = contacts.of({row.sourcing.seller_id for row in rows}, reachable=True)
    errors = [said for row in rows if (said := _trouble(row, open_ones, known, RANK[Reminder.Kind(kind)]))]
    if errors or not rows:
        raise Malformed({"": list(dict.fromkeys(errors)) or [_("Tick at least one part.")]})
    found: dict[UUID, letters.Letter] = {}
    for row in rows:
        person = known[row.sourcing.seller_id][RANK[Reminder.Kind(kind)]]
        found.setdefault(person.user_id, letters.Letter(person)).tries.append((row, kind))
    return letters.written(letters.wanted(found.values()), clock.today())


def _trouble(row: Request, open_ones: set[UUID], known: dict[UUID, dict[int, Membership]], rank: int) -> str:
    said = {"seller": row.sourcing.seller.name, "part": row.sourcing.buyer_part.number}
    if row.pk not in open_ones:
        return _("%(seller)s has answered about %(part)s: there is nothing to remind of.") % said
    if rank not in known.get(row.sourcing.seller_id, {}):
        return _("Nobody at %(seller)s can be written to: ask it by telephone for a contact.") % said
    return ""
