"""Deciding on an outcome."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from compliance.actions import reviews
from compliance.forms import ReviewForm, told
from compliance.models import Review
from suppliers.facts.reading import Malformed
from tracing import disclosure
from tracing.actions import traces
from tracing.models import Outcome


def review_new(request, outcome):
    """What the outcome says, what was decided before, and the decision with its reason."""
    mine = Outcome.objects.filter(trace__vehicle__organisation_id=request.membership.organisation_id)
    row = get_object_or_404(mine.select_related("trace__vehicle"), pk=outcome)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review = reviews.decide(row, by=request.membership, **form.cleaned_data)
        except Malformed as wrong:
            told(form, wrong.errors)
        else:
            return _decided(request, review)
    current = traces.current(row.trace.vehicle)
    context = {
        "outcome": row, "face": disclosure.outcome_face(row), "form": form, "vehicle": row.trace.vehicle,
        "stale": current is None or current.pk != row.trace_id,
        "earlier": row.reviews.select_related("by__user__person"),
    }  # fmt: skip
    return render(request, "compliance/review_new.html", context)


def _decided(request, review):
    if review.decision == Review.Decision.ACCEPT:
        return redirect("compliance:certificate-issue", review=review.pk)
    messages.success(request, "Your decision is recorded: not to be certified.")
    return redirect("compliance:review-new", outcome=review.outcome_id)
