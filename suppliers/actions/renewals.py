"""Renewing answers that end: a new draft over the next period with everything carried forward, one or many at once."""

import calendar
import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from suppliers.actions import declarations
from suppliers.actions.rights import demand
from suppliers.models import Declaration, Membership


class NotRenewable(ValueError):
    """It is not signed, was withdrawn, or a newer version is signed already."""


@transaction.atomic
def renew(declaration: Declaration, *, by: Membership) -> Declaration:
    """A draft that goes on where a signed answer ends; the one there is already, if somebody began it.

    Raises NotRenewable, NotYourRight.
    """
    demand(by, *declarations.WRITERS, "officer", of=declaration.organisation)
    locked = Declaration.objects.select_for_update(of=("self",)).get(pk=declaration.pk)
    newer = list(locked.superseded_by.order_by("drafted_at"))
    if not locked.is_signed or hasattr(locked, "withdrawal") or any(row.is_signed for row in newer):
        raise NotRenewable(
            _("It cannot be renewed: it is not signed, was withdrawn, or a newer answer is signed already.")
        )
    if newer:
        return newer[0]
    return declarations.supersede(locked, by=by, begins=locked.ends, ends=rolled(locked.begins, locked.ends))


@transaction.atomic
def renew_many(rows: Iterable[Declaration], *, by: Membership) -> list[Declaration]:
    """Draft the renewal of each, all or none; what was renewed meanwhile is left out. Raises NotYourRight."""
    made = []
    for row in rows:
        try:
            made.append(renew(row, by=by))
        except NotRenewable:
            continue
    return made


def rolled(begins: dt.date, ends: dt.date) -> dt.date:
    """The end of a period as long as the one that ended on ``ends``: in months where it was whole months, else in days."""
    months = 12 * (ends.year - begins.year) + ends.month - begins.month
    if begins.day != ends.day or months < 1:
        return ends + (ends - begins)
    year, month = divmod(12 * ends.year + ends.month - 1 + months, 12)
    return dt.date(year, month + 1, min(ends.day, calendar.monthrange(year, month + 1)[1]))
