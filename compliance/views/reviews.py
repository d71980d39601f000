"""What waits for a reviewer, and deciding: on answers one by one or many at once, on outcomes, and the ledger of it all."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from compliance import issuable, queues, signoffs
from compliance.actions import reviews
from compliance.forms import FaceReviewForm, ReviewForm, told
from compliance.models import FaceReview, Review
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.plants import keys
from suppliers.forms.told import statement
from suppliers.models import Declaration
from tracing import disclosure, exports, rulebooks
from tracing.actions import traces
from tracing.models import Outcome

PER_PAGE = 50
SEES = [
    {"who": "The supplier", "what": "A question, word for word, with the part, the period and the day it is needed by. Not that you "
     "rejected, not why, not what the checks found."},
    {"who": "Your company", "what": "Every decision, with who took it and when."},
    {"who": "Its own suppliers", "what": "Nothing of this."},
]  # fmt: skip
HEAD = [
    "state",
    "supplier",
    "their number",
    "your numbers",
    "what it is",
    "from",
    "until",
    "signed",
    "findings",
    "decided",
    "by",
    "why",
]


def review_list(request):
    """Answers addressed to the company: which are not plausible?"""
    filters = queues.Filters.of(request.GET)
    if kind := exports.kind_of(request.GET.get("format")):
        found = queues.every(request.membership, filters, on=traces.today())
        return exports.table("reviews", HEAD, map(_line, found), kind=kind, stream=True)
    every = queues.answers(request.membership, on=traces.today())
    rows = filters.keep(every).values_list("declaration", flat=True)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(queues.shown(request.membership, page))
    return render(request, "compliance/review_list.html", {
        "page": page, "shown": shown, "filters": filters, "query": _query(request),
        "may_decide": request.membership.holds("reviewer"), "ticked": request.GET.get("tick") == "all",
        "unread": queues.unread(request.membership),
        "tickable": any(row.state == queues.WAITING and not row.findings for row in shown), **queues.choices(every, filters),
    })  # fmt: skip


def _query(request) -> str:
    """The address without page and format, for links that keep the filters."""
    kept = request.GET.copy()
    for name in ("page", "format", "tick"):
        kept.pop(name, None)
    return kept.urlencode()


def _line(row) -> list:
    face, last = row.known.face, row.last
    return [
        row.state, face.seller, face.number, ", ".join(row.items), face.description, face.begins, face.ends, face.signed.date(),
        "; ".join(f"{one.code} {one.fact}" for one in row.findings), last.at if last else "",
        last.by.user.display_name if last else "", last.why if last else "",
    ]  # fmt: skip


def review_answer(request, declaration):
    """One answer: its face, what the checks found, and the decision."""
    # First of all whether it is addressed here: what is somebody else's costs no more questions than what is nobody's.
    mine = Declaration.objects.signed().filter(pk=declaration, addressees__organisation__in=request.membership.keeps)
    row = queues.answer(request.membership, declaration) if mine.exists() else None
    if row is None:
        raise Http404("No such page.")
    form = FaceReviewForm(request.POST or None, initial={"seen": row.last.pk if row.last else None})
    if request.method == "POST" and form.is_valid() and _reviewed(request, declaration, form):
        return redirect("compliance:review-list")
    earlier = FaceReview.objects.visible_to(request.membership).filter(declaration=declaration)
    return render(request, "compliance/review_answer.html", {
        "row": row, "face": row.known.face, "form": form, "sees": SEES, "may_decide": request.membership.holds("reviewer"),
        "said": [statement(one) for one in row.known.face.statements], "before": row.known.earlier,
        "said_before": [statement(one) for one in row.known.earlier.statements] if row.known.earlier else [],
        "earlier": earlier.select_related("by__user__person", "question"),
    })  # fmt: skip


def _reviewed(request, declaration, form) -> bool:
    try:
        done = reviews.review_face(
            Declaration.objects.get(pk=declaration), by=request.membership, **form.cleaned_data
        )  # fmt: skip
    except (Malformed, NotYourRight) as wrong:
        told(form, getattr(wrong, "errors", {"": [str(wrong)]}))
        return False
    messages.success(request, f"Recorded: {done.get_decision_display()}.")
    return True


@require_POST
def review_accept_many(request):
    """Accept the answers that are ticked, all of them or none."""
    try:
        done = reviews.accept_many(keys(request.POST.getlist("pk")), by=request.membership)
    except (Malformed, NotYourRight) as wrong:
        said = [text for texts in getattr(wrong, "errors", {"": [str(wrong)]}).values() for text in texts]
        messages.error(request, f"Nothing was accepted. {' '.join(said)}")
    else:
        messages.success(request, f"{len(done)} answer{'' if len(done) == 1 else 's'} accepted, each by its own row.")
    back = request.POST.get("query", "")
    return redirect(f"{reverse('compliance:review-list')}{f'?{back}' if back else ''}")


def review_result_list(request):
    """Outcomes of own vehicles: which wait for a decision, and what stands against them."""
    law, verdict = request.GET.get("law", ""), request.GET.get("verdict", "")
    found = queues.newest_outcomes(request.membership, law=law, verdict=verdict)
    if kind := exports.kind_of(request.GET.get("format")):
        return exports.table("results", RESULTS, map(_result, queues.results(found, on=traces.today())), kind=kind)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = queues.results(page.object_list, on=traces.today())
    return render(request, "compliance/review_result_list.html", {
        "page": page, "rows": rows, "query": _query(request), "law": law, "verdict": verdict, "verdicts": queues.VERDICTS.items(),
        "laws": [(name, rulebooks.rulebook(name).title) for name in rulebooks.ids()],
        "waiting": sum(row.state == queues.WAITING for row in rows),
    })  # fmt: skip


RESULTS = ["vehicle", "model year", "rulebook", "reading", "as of", "verdict", "worst", "declared", "best", "needed", "gaps",
           "answers doubted", "answers not reviewed", "findings", "state", "decided", "by"]  # fmt: skip


def _result(row) -> list:
    """One outcome as its automaker may read it: whole points, never the exact figures of the row."""
    vehicle, test = row.outcome.trace.vehicle, next(iter(row.face["ran"]), {})
    figures = [test.get(name, "") for name in ("worst", "declared", "best", "threshold")]
    last = [row.last.at, row.last.by.user.display_name] if row.last else ["", ""]
    return [
        vehicle.name, vehicle.model_year, row.outcome.rulebook, row.outcome.reading, row.outcome.trace.on, row.face["verdict"], *figures,
        row.face["gaps"], row.doubted, row.unseen, "; ".join(f"{one.code} {one.fact}" for one in row.findings), row.state, *last,
    ]  # fmt: skip


def review_ledger(request):
    """Every decision ever taken, newest first."""
    rows = FaceReview.objects.visible_to(request.membership).select_related(
        "by__user__person", "declaration__organisation", "declaration__part", "question"
    )
    if kind := exports.kind_of(request.GET.get("format")):
        return exports.table("decisions", LEDGER, map(_decision, rows), kind=kind)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "compliance/review_ledger.html", {"page": page})


LEDGER = ["decided", "by", "decision", "supplier", "their number", "from", "until", "findings", "why"]


def _decision(row) -> list:
    told = row.declaration
    return [row.at, row.by.user.display_name, row.decision, told.organisation.name, told.part.number, told.begins, told.ends,
            ", ".join(row.findings), row.why]  # fmt: skip


def review_new(request, outcome):
    """What the outcome says, what was decided before, and the decision with its reason."""
    mine = Outcome.objects.filter(trace__vehicle__organisation_id=request.membership.organisation_id)
    row = get_object_or_404(mine.select_related("trace__vehicle__part", "trace__vehicle__organisation"), pk=outcome)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review = reviews.decide(row, by=request.membership, **form.cleaned_data)
        except (Malformed, reviews.NotTwoPeople) as wrong:
            told(form, getattr(wrong, "errors", {"": [str(wrong)]}))
        else:
            return _decided(request, review)
    current, asked = traces.current(row.trace.vehicle), signoffs.of(row.rulebook)
    context = {
        "outcome": row, "face": disclosure.outcome_face(row), "form": form, "vehicle": row.trace.vehicle,
        "stale": current is None or current.pk != row.trace_id, "asked": asked,
        "one_person": asked.four_eyes and request.user.pk in reviews.entered_by(row),
        "earlier": row.reviews.select_related("by__user__person"), "result": queues.results([row], on=traces.today())[0],
    }  # fmt: skip
    return render(request, "compliance/review_new.html", context)


def _decided(request, review):
    accepted, passes = review.decision == Review.Decision.ACCEPT, issuable.passes(review.outcome)
    officer = signoffs.of(review.outcome.rulebook).officer
    if accepted and passes and not officer:
        return redirect("compliance:certificate-issue", review=review.pk)
    word = "an officer signs it off next" if officer else "it does not pass, so no certificate follows"
    if not accepted:
        word = "not to be certified"
    messages.success(request, f"Your decision is recorded: {word}.")
    return redirect("compliance:review-new", outcome=review.outcome_id)
