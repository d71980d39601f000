"""The inbox: what must I answer, by when; and saying that one cannot."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from suppliers.actions import requests
from suppliers.actions.requests import AlreadyDeclined
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Decline, Request

RELATED = (
    "sourcing__buyer",
    "sourcing__seller",
    "sourcing__seller_part",
    "sourcing__buyer_part",
    "decline",
    "by__user__person",
)


def request_list(request):
    """Requests to one's organisation, the most urgent first, and those it made of others."""
    own, today = request.membership.organisation, timezone.now().date()
    rows = list(Request.objects.visible_to(request.membership).select_related(*RELATED))
    answers, drafts = requests.answers_to(rows), _drafts(own)
    told = [_told(row, today, answers.get(row.pk), drafts.get(row.sourcing.seller_part_id)) for row in rows]
    asked = [row for row in told if row["request"].sourcing.seller_id in own.keeps]
    made = [row for row in told if row["request"].sourcing.buyer_id in own.keeps]
    for some in (asked, made):
        some.sort(
            key=lambda row: (row["state"] in DONE, row["request"].due, row["request"].sourcing.seller_part.number)
        )
    waiting = [row for row in asked if row["state"] not in DONE]
    return render(request, "suppliers/request_list.html", {
        "asked": asked, "made": made, "open": waiting, "urgent": waiting[0] if waiting else None, "today": today,
        "customers": len({row["request"].sourcing.buyer_id for row in waiting}),
        "may_write": request.membership.holds("editor", "certifier", "officer"),
        "may_decline": request.membership.holds("editor", "certifier"),
        "may_sign": request.membership.holds("certifier", "officer"),
    })  # fmt: skip


DONE = {"answered", "declined"}


def _drafts(organisation) -> dict:
    """The newest draft of each of one's parts, by part."""
    rows = Declaration.objects.drafts().filter(organisation=organisation).order_by("drafted_at")
    return {row.part_id: row for row in rows.select_related("changed_by__user__person", "drafted_by__user__person")}


def _told(row, today, answer, draft):
    state = "answered" if answer else "declined" if hasattr(row, "decline") else "late" if row.due < today else "open"
    return {"request": row, "state": state, "answer": answer, "draft": draft, "days": (row.due - today).days,
            "overdue": (today - row.due).days}  # fmt: skip


def request_decline(request, pk):
    """Cannot be obtained, not our part, made by another: answers too."""
    row = get_object_or_404(
        Request.objects.visible_to(request.membership).filter(sourcing__seller__in=request.membership.keeps), pk=pk
    )
    errors, typed = {}, request.POST
    if request.method == "POST":
        try:
            requests.decline(row, by=request.membership, reason=typed.get("reason", ""), why=typed.get("why", ""))
        except Malformed as wrong:
            errors = wrong.errors
        except (AlreadyDeclined, NotYourRight) as refused:
            messages.error(request, str(refused))
            return redirect("suppliers:request-list")
        else:
            messages.success(request, f"{row.sourcing.buyer} sees that it cannot have this answer, and why.")
            return redirect("suppliers:request-list")
    context = {"asked": row, "reasons": Decline.Reason.choices, "errors": errors, "typed": typed}
    return render(request, "suppliers/request_decline.html", context, status=422 if errors else 200)
