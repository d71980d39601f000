"""Answers that end soon, and their renewal with one press: one or many."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from suppliers import forms, staleness
from suppliers.actions import declarations, renewals
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.models import Declaration
from suppliers.views.answers import SOON

AGO = dt.timedelta(days=90)


def declaration_ending(request):
    """What ends within sixty days or ended a short while ago, and the renewals that wait for a signature."""
    today, own = timezone.localdate(), Declaration.objects.owned_by(request.membership)
    rows = [*_listed(own.ended(since=AGO, on=today)), *_listed(own.ending(within=SOON, on=today))]
    drafts = list(
        own.drafts().filter(supersedes__in=rows).select_related("part", "supersedes").order_by("part__number")
    )
    begun = {row.supersedes_id: row for row in drafts}
    marks = staleness.marks(rows, on=today)
    for row in rows:
        row.draft, row.marks, row.over = begun.get(row.pk), marks[row.pk], row.ends <= today
    may_write = request.membership.holds(*declarations.WRITERS, "officer")
    return render(request, "suppliers/declaration_ending.html", {
        "rows": rows, "drafts": _compared(drafts), "today": today, "may_write": may_write,
        "open": [row for row in rows if not row.draft], "may_sign": request.membership.holds(*declarations.SIGNERS),
    })  # fmt: skip


def _listed(rows):
    return rows.select_related("part").prefetch_related("addressees__organisation").order_by("ends", "part__number")


def _compared(drafts):
    """Each renewal with the fields that differ from what it renews, in a fixed number of queries."""
    facts = stored.of_many([*(row.pk for row in drafts), *(row.supersedes_id for row in drafts)])
    for row in drafts:
        changed = forms.differences(facts[row.pk], facts[row.supersedes_id])
        row.changed = [one for one in changed if one["path"] not in {"begins", "ends"}]
    return drafts


@require_POST
def declaration_renew_many(request):
    """Draft the renewal of each answer that was ticked."""
    ticked = [key for key in request.POST.getlist("pk") if _is_key(key)]
    rows = Declaration.objects.owned_by(request.membership).signed().filter(pk__in=ticked).order_by("part__number")
    try:
        made = renewals.renew_many(rows, by=request.membership)
        text = ngettext(
            "%(count)s renewal is drafted: read and sign it.",
            "%(count)s renewals are drafted: read and sign them.",
            len(made),
        )
        messages.success(request, text % {"count": len(made)})
    except NotYourRight as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:declaration-ending")


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
