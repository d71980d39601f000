"""One's own part numbers: what can be declared, and to whom it is sold."""

from django.db.models import Prefetch
from django.shortcuts import render

from suppliers.actions import parts
from suppliers.models import Part, Sourcing


def part_list(request):
    """What we sell and make, to whom; how many sales wait for our word."""
    own = request.membership.organisation
    sales = Sourcing.objects.filter(ends__isnull=True).select_related("buyer", "buyer_part")
    rows = Part.objects.filter(organisation_id__in=own.keeps).select_related("vehicle")
    rows = rows.prefetch_related(Prefetch("sold_as", sales.prefetch_related("confirmations")))
    made = [row for row in rows if row.sold_as.all() or hasattr(row, "vehicle")]
    waiting = Sourcing.objects.awaiting(own)
    return render(request, "suppliers/part_list.html", {
        "parts": made, "sales": waiting.filter(seller__in=own.keeps).count(), "purchases": waiting.filter(buyer__in=own.keeps).count(),
        "may_confirm": request.membership.holds(*parts.TRADERS),
        "may_write": request.membership.holds("editor", "certifier", "officer"),
    })  # fmt: skip
