"""The inbox: what must I answer, by when; and what can be said of it beyond an answer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from suppliers import contacts, inbox
from suppliers.actions import letters, requests
from suppliers.actions.requests import AlreadyDeclined
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.requests import NOT_YET, Cannot
from suppliers.models import Request

A_PAGE = 50
A_FEW = 12
MADE = ("open", "done", "all")


def request_list(request):
    """Requests to one's organisation part by part, the most urgent first, and those it made of others."""
    return _inbox(request, Cannot(), ticked=set())


@require_POST
def request_answer(request):
    """One reason for all ticked parts; what is wrong with it comes back on the same page, ticks and words kept."""
    ticked, form = set(request.POST.getlist("part")), Cannot(request.POST)
    rows = [
        one.request
        for row in inbox.asked_of(request.membership, today=timezone.localdate())
        if str(row.part.pk) in ticked
        for one in row.waiting
    ]
    if _said(request, form, rows):
        return redirect("suppliers:request-list")
    return _inbox(request, form, ticked=ticked, status=422)


def request_decline(request, pk):
    """The same for one request, from wherever it is named."""
    own = Request.objects.visible_to(request.membership).filter(sourcing__seller__in=request.membership.keeps)
    row = get_object_or_404(own.select_related("sourcing__buyer", "sourcing__seller_part", "sourcing__seller"), pk=pk)
    form = Cannot(request.POST or None)
    if request.method == "POST" and _said(request, form, [row]):
        return redirect("suppliers:request-list")
    wrong = 422 if form.is_bound else 200
    return render(request, "suppliers/request_decline.html", {"asked": row, "form": form}, status=wrong)


def request_made(request):
    """What one asked of one's own suppliers, and what became of it."""
    which = request.GET.get("show") if request.GET.get("show") in MADE else "open"
    page = Paginator(inbox.asked_by(request.membership, which), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "suppliers/request_made.html", {
        "page": page, "query": f"show={which}", "which": which, "rows": inbox.told(page, today=timezone.localdate()),
    })  # fmt: skip


def request_proof(request, pk):
    """One's own request and every try to get it answered: the proof that it was made in time and in good faith."""
    own = Request.objects.filter(sourcing__buyer__in=request.membership.keeps).select_related(
        *inbox.RELATED, "campaign"
    )
    row = get_object_or_404(own, pk=pk)
    [one] = inbox.told([row], today=timezone.localdate())
    return render(request, "suppliers/request_proof.html", {"one": one, "tries": letters.tries([row])[pk]})


def _said(request, form: Cannot, rows: list[Request]) -> bool:
    """Whether it was said, of all of them; else the form holds what is wrong."""
    if not form.is_valid():
        return False
    told = form.cleaned_data
    try:
        if told["reason"] == NOT_YET:
            requests.postpone_many(rows, by=request.membership, until=told["until"], why=told["why"])
        else:
            words = {name: told[name] for name in ("reason", "why", "maker")}
            requests.decline_many(rows, by=request.membership, **words)
    except Malformed as wrong:
        for name, texts in wrong.errors.items():
            form.add_error(name or None, texts)
        return False
    except (AlreadyDeclined, NotYourRight) as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _told(rows))
    return True


def _told(rows: list[Request]) -> str:
    buyers = {row.sourcing.buyer_id: row.sourcing.buyer.name for row in rows}
    if len(buyers) == 1:
        return _("%(buyer)s sees what you said, and why.") % {"buyer": next(iter(buyers.values()))}
    said = ngettext(
        "%(number)s customer sees what you said, and why.",
        "%(number)s customers see what you said, and why.",
        len(buyers),
    )
    return said % {"number": len(buyers)}


def _inbox(request, form: Cannot, *, ticked: set[str], status: int = 200):
    today, member = timezone.localdate(), request.membership
    which = request.GET.get("show") if request.GET.get("show") in inbox.SHOWN else "open"
    rows = inbox.asked_of(member, today=today)
    waiting = [row for row in rows if row.waiting]
    page = Paginator(inbox.shown(rows, which), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "suppliers/request_list.html", {
        "page": page, "query": f"show={which}", "which": which, "counts": inbox.counted(rows), "form": form, "ticked": ticked,
        "open": waiting, "urgent": waiting[0] if waiting else None, "silent": contacts.silent(member),
        "made": inbox.newest_asked_by(member, A_FEW, today=today),
        "customers": len({one.request.sourcing.buyer_id for row in waiting for one in row.waiting}),
        "label": any("aala" in one.request.rulebooks for row in waiting for one in row.waiting),
        "may_write": member.holds("editor", "certifier", "officer"), "may_decline": member.holds("editor", "certifier"),
        "may_sign": member.holds("certifier", "officer"), "any": rows,
    }, status=status)  # fmt: skip
