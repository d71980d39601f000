"""The days of the board: where a rule or an answer begins or ends, the months between, and which days can be asked for at all."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from django.db.models import Count, Exists, Min, OuterRef
from django.utils import timezone

from suppliers.models import Addressee, Declaration, Membership, Withdrawal
from tracing import lawtexts, rulebooks
from tracing.models import Vehicle
from tracing.standings import day

BACK, AHEAD = 12, 24
"""Months of the slider before and after today; rules that change later still have their notch."""
RULES_AHEAD = 8
LAST = dt.date(2099, 12, 31)


class NotThatDay(ValueError):
    """A day that no figure can be given of; the message says why and which day can be asked for."""


@dataclass
class Notch:
    """One day on which something changes: the rules that do, in sentences, and how many answers begin and end.

    Answers are the automaker's own and those addressed to it: of anything deeper it knows no day.
    """

    on: dt.date
    rules: list[tuple[str, str]] = field(default_factory=list)
    begins: int = 0
    ends: int = 0


def today() -> dt.date:
    return timezone.now().date()


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of months from one day to another, both included."""
    found, at = [], first.replace(day=1)
    while at <= last:
        if at >= first:
            found.append(at)
        at = moved(at, 1)
    return found


def moved(day: dt.date, by: int) -> dt.date:
    """The same day so many months later, or the month's last where it has no such day."""
    month = day.year * 12 + day.month - 1 + by
    first = dt.date(month // 12, month % 12 + 1, 1)
    end = dt.date((month + 1) // 12, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, end.day))


def first_known(membership: Membership) -> dt.date | None:
    """The day on which the automaker first signed what goes into a vehicle of its own; None before that."""
    vehicles = Vehicle.objects.visible_to(membership).values("part")
    at = Declaration.objects.signed().filter(part__in=vehicles).aggregate(first=Min("signed_at"))["first"]
    return at.date() if at else None


def demand(on: dt.date, first: dt.date | None) -> None:
    """Raises NotThatDay where nothing was known yet, or where no rule can be foreseen."""
    if first is None or on < first:
        since = f"the first was signed on {day(first)}" if first else "none was signed yet"
        raise NotThatDay(f"On {day(on)} no declaration of your vehicles existed: {since}.")
    if on > LAST:
        raise NotThatDay(f"{day(on)} is further ahead than any rule is written: choose a day until {day(LAST)}.")


@cache
def rule_days() -> dict[dt.date, list[tuple[str, str]]]:
    """By day what changes in which rulebook: its short name and the change in a sentence."""
    found: dict[dt.date, list[tuple[str, str]]] = defaultdict(list)
    for name in rulebooks.ids():
        law = rulebooks.rulebook(name)
        for change in lawtexts.changes(law):
            found[change.on].append((law.title.split(",")[0], change.what))
    return dict(found)


def span(first: dt.date | None, on: dt.date) -> tuple[dt.date, dt.date]:
    """From when to when the slider runs: a year back or to the first declaration, and two years ahead."""
    early = max(first or on, moved(on, -BACK))
    return early, moved(on, AHEAD)


def notches(membership: Membership, first: dt.date, last: dt.date) -> dict[dt.date, Notch]:
    """Every day in this span on which something changes that the reader may know of."""
    rules_until = moved(last, 12 * RULES_AHEAD)
    found = {on: Notch(on, rules=said) for on, said in rule_days().items() if first <= on <= rules_until}
    for begins, ends, count in answered(membership):
        for name, on in (("begins", begins), ("ends", ends)):
            if first <= on <= last:
                notch = found.setdefault(on, Notch(on))
                setattr(notch, name, getattr(notch, name) + count)
    return found


def answered(membership: Membership) -> list[tuple[dt.date, dt.date, int]]:
    """By first day and by day of ending how many answers there are: one's own, and those addressed to one. Two queries.

    Neither what was withdrawn, nor what a newer version goes on with.
    """
    own = membership.keeps
    mine = Declaration.objects.signed().filter(organisation__in=own, withdrawal__isnull=True).order_by()
    mine = mine.filter(~Exists(Declaration.objects.signed().filter(supersedes=OuterRef("pk"))))
    # From its addressees, and by what is not there: on these terms PostgreSQL reads what the buyer got and not all that was signed.
    gone = Withdrawal.objects.filter(declaration=OuterRef("declaration"))
    newer = Declaration.objects.signed().filter(supersedes=OuterRef("declaration"))
    theirs = Addressee.objects.filter(
        ~Exists(gone), ~Exists(newer), organisation__in=own, declaration__signed_at__isnull=False
    )
    theirs = theirs.exclude(declaration__organisation__in=own).order_by()
    return [
        *mine.values_list("begins", "ends").annotate(count=Count("pk")),
        *theirs.values_list("declaration__begins", "declaration__ends").annotate(
            count=Count("declaration", distinct=True)
        ),
    ]


def stops(found: Iterable[dt.date], first: dt.date, last: dt.date, *more: dt.date) -> list[dt.date]:
    """Where the slider can stand, in order: the notches, the months between, today, and a day that was asked for."""
    return sorted({*found, *months(first, last), *more, first})


def kept_ready() -> set[dt.date]:
    """The days that are rolled before anybody asks: coming rules, ends of the vehicles' own answers, and a month ago."""
    on = today()
    tops = Declaration.objects.signed().filter(part__in=Vehicle.objects.values("part"), withdrawal__isnull=True)
    first = tops.aggregate(first=Min("signed_at"))["first"]
    if first is None:
        return set()
    first, last = span(first.date(), on)
    wanted = {day for day in rule_days() if on < day <= last}
    for name in ("begins", "ends"):
        near = tops.filter(**{f"{name}__gt": on, f"{name}__lte": last})
        wanted |= set(near.order_by().values_list(name, flat=True).distinct())
    back = moved(on, -1)
    return wanted | ({back} if back >= first else set())
