"""The inbox: what must I answer, by when; and saying that one cannot."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from suppliers.actions import requests
from suppliers.actions.requests import AlreadyDeclined
from suppliers.actions.rights import NotYourRight
from suppliers.facts.typed import Malformed
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
    rows = Request.objects.visible_to(request.membership).select_related(*RELATED)
    asked = [_told(row, today) for row in rows.filter(sourcing__seller=own)]
    asked.sort(key=lambda row: (row["state"] in {"answered", "declined"}, row["request"].due))
    made = [_told(row, today) for row in rows.filter(sourcing__buyer=own)]
    open_rows = [row for row in asked if row["state"] not in {"answered", "declined"}]
    return render(request, "suppliers/request_list.html", {
        "asked": asked, "made": made, "open": open_rows, "urgent": open_rows[0] if open_rows else None, "today": today,
    })  # fmt: skip


def _told(row, today):
    answer = requests.answer_to(row)
    state = "answered" if answer else "declined" if hasattr(row, "decline") else "late" if row.due < today else "open"
    draft = (
        Declaration.objects.drafts()
        .filter(organisation=row.sourcing.seller, part=row.sourcing.seller_part)
        .order_by("-drafted_at")
        .first()
    )
    return {"request": row, "state": state, "answer": answer, "draft": draft, "days": (row.due - today).days}


def request_decline(request, pk):
    """Cannot be obtained, not our part, made by another: answers too."""
    row = get_object_or_404(
        Request.objects.visible_to(request.membership).filter(sourcing__seller=request.membership.organisation), pk=pk
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
