"""An officer reads the weak spots of an accepted outcome and signs it off."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from compliance import issuable, signoffs, weak_spots
from compliance.actions import signoffs as acts
from compliance.actions.reviews import NotTwoPeople
from compliance.forms import SignOffForm, told
from compliance.models import Review, SignOff
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from tracing import disclosure
from tracing.actions import traces

REFUSED = (NotTwoPeople, acts.NotSignable, acts.ListChanged, NotYourRight)
OUTCOME = "outcome__trace__vehicle__part", "outcome__trace__vehicle__organisation", "by__user__person"


def signoff_new(request, review):
    """The list of weak spots for the days of the claim, then name and title."""
    mine = Review.objects.visible_to(request.membership).filter(decision=Review.Decision.ACCEPT)
    row = get_object_or_404(mine.select_related(*OUTCOME), pk=review)
    asked = signoffs.of(row.outcome.rulebook)
    typed = SignOffForm(request.POST or None, initial=_suggested(request, asked))
    begins, ends = _period(typed, asked)
    spots = weak_spots.spots(row.outcome, begins=begins, ends=ends, on=traces.today())
    if request.method == "POST" and typed.is_valid() and (made := _signed(row, request.membership, typed)):
        messages.success(request, "Signed off.")
        return redirect("compliance:signoff-detail", pk=made.pk)
    return render(request, "compliance/signoff_new.html", {
        "review": row, "outcome": row.outcome, "vehicle": row.outcome.trace.vehicle, "face": disclosure.outcome_face(row.outcome),
        "asked": asked, "spots": spots, "form": typed, "shown": acts.digest_of(spots), "begins": begins, "ends": ends,
        "one_person": asked.four_eyes and request.user.pk == row.by.user_id,
    })  # fmt: skip


def _suggested(request, asked) -> dict:
    """The days that the address names, else the longest that the law allows from today on; and who signs."""
    me, today = request.membership, traces.today()
    found = {"begins": today, "ends": signoffs.latest_end(today, asked.months)}
    for name in found:
        try:
            found[name] = dt.date.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            continue
    return found | {"name": me.user.display_name, "title": me.title}


def _period(form, asked) -> tuple[dt.date, dt.date]:
    """The days the list is made for: as posted where they are days, else as suggested."""
    if form.is_bound:
        form.is_valid()
        given = form.cleaned_data
        begins = given.get("begins") or form.initial["begins"]
        return begins, given.get("ends") or signoffs.latest_end(begins, asked.months)
    return form.initial["begins"], form.initial["ends"]


def _signed(row, membership, form) -> SignOff | None:
    given = {name: value for name, value in form.cleaned_data.items() if name != "read"}
    try:
        return acts.sign_off(row, by=membership, **given)
    except Malformed as wrong:
        told(form, wrong.errors)
    except REFUSED as no:
        form.add_error(None, str(no))
    return None


def signoff_detail(request, pk):
    """A sign-off as it was signed: the frozen list, by whom, for which days."""
    rows = SignOff.objects.visible_to(request.membership).select_related(
        "outcome__trace__vehicle", "review", "signatory"
    )
    row = get_object_or_404(rows, pk=pk)
    me = request.membership
    may_issue = (
        me.holds("reviewer", "officer") and not hasattr(row.review, "certificate") and issuable.passes(row.outcome)
    )
    context = {"row": row, "says": row.says, "may_issue": may_issue, "asked": signoffs.of(row.outcome.rulebook)}
    return render(request, "compliance/signoff_detail.html", context)
