"""Whom a company's letters go to: the two contacts it chose, else the people whose work it is."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Lower

from suppliers.models import Bounce, Contact, Membership, Organisation
from suppliers.models.identities import speakers_of

RANKS = (1, 2)
# Who is written to where the company has not chosen: first who types, then who can make it happen.
ORDER = {1: ("editor", "certifier", "administrator"), 2: ("administrator", "certifier", "editor")}
MAY = ORDER[1]


def of(organisations: Iterable[UUID], *, reachable: bool = False) -> dict[UUID, dict[int, Membership]]:
    """By company and rank: whom it chose, else by role, and who holds fewer roles first. Of a company that another keeps,
    the other's people.

    ``reachable`` passes over everybody whose address takes no mail, so that the next in line is written to.
    """
    speakers = speakers_of(set(organisations))
    wanted = set(speakers.values())
    members: dict[UUID, list[Membership]] = defaultdict(list)
    rows = Membership.objects.in_force().filter(organisation__in=wanted)
    for row in rows.select_related("user__person", "organisation").order_by("begins", "id"):
        if row.holds(*MAY):
            members[row.organisation_id].append(row)
    gone = dead(row.user.email for rows in members.values() for row in rows) if reachable else set()
    said = chosen(wanted)
    ranked = {
        key: _ranked([row for row in rows if row.user.email.lower() not in gone], said[key])
        for key, rows in members.items()
    }
    return {key: ranked[speaker] for key, speaker in speakers.items() if speaker in ranked}


def dead(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that take no mail, in lower case."""
    wanted = {address.lower() for address in addresses}
    rows = Bounce.objects.annotate(lower=Lower("address")).values_list("lower", flat=True)
    return set(rows) & wanted  # few addresses are dead, and a company's people may be many


def unread(organisation: Organisation) -> list[tuple[Membership, Bounce]]:
    """A company's people whose address takes no mail, with what its server said."""
    rows = Membership.objects.in_force().filter(organisation=organisation).select_related("user__person")
    by_address = {row.user.email.lower(): row for row in rows}
    found = Bounce.objects.annotate(lower=Lower("address")).filter(lower__in=by_address).order_by("lower")
    return [(by_address[one.lower], one) for one in found]


def silent(membership: Membership) -> list[Membership]:
    """For a company's administrator: colleagues who may be written to and whose address takes no mail."""
    if not membership.holds("administrator"):
        return []
    return [row for row, _said in unread(membership.organisation) if row.holds(*MAY)]


def chosen(organisations: set[UUID]) -> dict[UUID, dict[int, UUID]]:
    """By company and rank the person it chose itself."""
    found: dict[UUID, dict[int, UUID]] = defaultdict(dict)
    rows = Contact.objects.filter(organisation__in=organisations).order_by("at")
    for organisation, rank, user in rows.values_list("organisation", "rank", "membership__user"):
        found[organisation][rank] = user
    return found


def _ranked(members: list[Membership], chosen: dict[int, UUID]) -> dict[int, Membership]:
    """A choice is of a person: other roles are another membership of the same one."""
    by_user = {row.user_id: row for row in members}
    found = {rank: by_user[key] for rank, key in chosen.items() if key in by_user}
    for rank in RANKS:
        if rank not in found:
            taken = {row.user_id for row in found.values()}
            free = [row for row in members if row.user_id not in taken]
            if free:
                found[rank] = min(free, key=lambda row: (_place(row, ORDER[rank]), len(row.roles)))
    return found


def _place(member: Membership, order: tuple[str, ...]) -> int:
    return min(order.index(role) for role in order if role in member.roles)
