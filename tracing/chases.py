"""Who is after a gap, and which gaps are left to the law's answer to silence: for the automaker's own people."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from suppliers.models import Membership
from tracing import rulebooks
from tracing.models import Assignment, Silence
from tracing.standings import day


def colleagues(membership: Membership) -> list[tuple[str, str]]:
    """Whom a gap may be handed to: everybody who acts for the company today."""
    rows = Membership.objects.in_force(on=timezone.now().date()).filter(organisation=membership.organisation)
    return sorted(
        ((str(row.pk), row.user.display_name) for row in rows.select_related("user__person")), key=lambda row: row[1]
    )


def held(rows: Iterable[Any], membership: Membership, laws: list[str]) -> list[Any]:
    """The rows with ``held``, who took each over, and ``silent``, why it is left to silence; the newest of each holds. Two queries."""
    rows = list(rows)
    sales = [row.sale for row in rows if row.sale]
    persons: dict[Any, str] = {}
    given = Assignment.objects.visible_to(membership).filter(sourcing__in=sales).select_related("person__user__person")
    for one in given.order_by("at", "pk"):
        persons[one.sourcing_id] = f"{one.person.user.display_name}, since {day(one.at)}"
    left: dict[Any, dict[str, Silence]] = {}
    silent = Silence.objects.visible_to(membership).filter(sourcing__in=sales, rulebook__in=laws)
    for one in silent.select_related("by__user__person").order_by("at", "pk"):
        left.setdefault(one.sourcing_id, {})[one.rulebook] = one
    for row in rows:
        row.held = persons.get(row.sale, "")
        row.silent = [_said(one) for one in left.get(row.sale, {}).values() if one.holds]
    return rows


def _said(one: Silence) -> str:
    law = rulebooks.rulebook(one.rulebook)
    return f"Left to silence under {law.title.split(',')[0]} by {one.by.user.display_name}, {day(one.at)}: {one.why}"
