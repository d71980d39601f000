"""One's own part numbers, and the sales to confirm."""

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from suppliers.actions import parts
from suppliers.actions.parts import AlreadyConfirmed
from suppliers.actions.rights import NotYourRight
from suppliers.models import Part, Sourcing


def part_list(request):
    """What we sell and make, to whom; and what waits for our word."""
    own = request.membership.keeps
    sales = Sourcing.objects.select_related("buyer", "buyer_part").prefetch_related("confirmations")
    rows = (
        Part.objects.filter(organisation_id__in=own)
        .select_related("vehicle")
        .prefetch_related(Prefetch("sold_as", sales))
    )
    mine = Sourcing.objects.visible_to(request.membership).select_related(
        "seller", "buyer", "seller_part", "buyer_part"
    )
    waiting = mine.exclude(
        Q(seller__in=own, confirmations__side="seller") | Q(buyer__in=own, confirmations__side="buyer")
    )
    made = [row for row in rows if row.sold_as.all() or hasattr(row, "vehicle")]
    may_confirm = request.membership.holds("editor", "certifier", "reviewer")
    may_write = request.membership.holds("editor", "certifier", "officer")
    context = {"parts": made, "waiting": waiting.distinct(), "may_confirm": may_confirm, "may_write": may_write}
    return render(request, "suppliers/part_list.html", context)


@require_POST
def sourcing_confirm(request, pk):
    """Yes, this is sold and bought, in this unit."""
    row = get_object_or_404(Sourcing.objects.visible_to(request.membership), pk=pk)
    try:
        parts.confirm(row, by=request.membership)
        messages.success(request, f"Confirmed: {row}.")
    except (AlreadyConfirmed, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:part-list")
