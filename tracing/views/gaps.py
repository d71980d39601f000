"""Gaps over the whole fleet: what to chase first, and what is done about several at once."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from tracing import chases, exports, gaprows, gaps
from tracing.actions import gaps as acts
from tracing.forms import GapsForm
from tracing.views.details import ASKERS
from tracing.views.vehicles import today

PAGE = 50
NOTHING = {
    "title": "Every answer is there.",
    "text": "When one expires or a supplier changes its part, the gap appears here.",
}
NOT_KNOWN = {
    "title": "No gap is known.",
    "text": "Gaps are known of a vehicle once the fleet is rolled or it is traced.",
}
HEAD = ["part", "description", "HS", "supplier", "kind", "since", "vehicles", "can decide alone", "smallest set that decides",
        "verdicts it takes part in", "verdicts it may decide", "points at most", "duty a year", "with whom"]  # fmt: skip


def gap_list(request):
    """Over all vehicles and the chosen laws: what to chase first."""
    found = gaps.Gaps(request.membership, gaprows.asked(request.GET), today())
    if kind := exports.kind_of(request.GET.get("format")):
        return exports.table(
            "gaps",
            HEAD,
            map(_cells, chases.held(found.with_duty(found.rows), request.membership, found.laws)),
            kind=kind,
        )
    can_ask = request.membership.holds(*ASKERS)
    form = GapsForm(colleagues=chases.colleagues(request.membership), on=today()) if can_ask else None
    return _page(request, found, request.GET.get("page"), form)


def _page(request, found, number, form, status=200):
    """One page of the rows; with a form that was refused, its ticks and words stand as they were sent."""
    page = Paginator(found.rows, PAGE).get_page(number)
    rows = chases.held(found.with_duty(page.object_list), request.membership, found.laws)
    return render(request, "tracing/gap_list.html", {
        "found": found, "rows": rows, "page": page, "law": found.law, "columns": found.columns, "kinds": gaprows.KINDS,
        "query": _query(found.wanted), "empty": NOT_KNOWN if found.unknown else NOTHING, "can_ask": form is not None, "form": form,
        "token": uuid.uuid4(), "filtered": any((found.wanted.kind, found.wanted.vehicle, found.wanted.programme, found.wanted.supplier)),
    }, status=status)  # fmt: skip


def _query(wanted) -> str:
    return urlencode({name: value for name, value in vars(wanted).items() if value})


def _cells(row):
    return [
        row.item, row.description, row.hs, row.seller, gaprows.KINDS[row.kind], row.note, ", ".join(one.name for one in row.vehicles),
        len(row.alone), row.together, row.decides, row.perhaps, row.points,
        "; ".join(f"{code} {amount:.0f}" for code, amount in row.duty), row.held,
    ]  # fmt: skip


@require_POST
def gap_act(request):
    """One act about several sales at once: all of them, or none and why. The filter and the page of the list stay."""
    address = QueryDict(request.POST.get("address", ""))
    wanted, number = gaprows.asked(address), address.get("page", "")
    form = GapsForm(request.POST, colleagues=chases.colleagues(request.membership), on=today())
    try:
        said = acts.act(form.plan, by=request.membership) if form.is_valid() else ""
    except Malformed as wrong:
        form.add_error(None, [text for told in wrong.errors.values() for text in told])
    except NotYourRight as refused:
        form.add_error(None, str(refused))
    if not form.errors:
        messages.success(request, said)
        return redirect(f"{reverse('tracing:gap-list')}?{_query(wanted)}&{urlencode({'page': number})}")
    return _page(request, gaps.Gaps(request.membership, wanted, today()), number, form, status=422)
