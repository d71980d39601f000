"""How long signed answers must be kept, and erasing the name under one that no law asks for any more."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers import retention
from suppliers.actions import retention as acts
from suppliers.actions.rights import NotYourRight
from suppliers.models import Declaration


def retention_list(request):
    """Signed answers, the oldest first, with the day until which the law asks for each."""
    own = Declaration.objects.owned_by(request.membership).signed().select_related("part", "signatory")
    page = Paginator(own.order_by("signed_at", "pk"), 50).get_page(request.GET.get("page"))
    laws = retention.laws_of(page.object_list)
    for row in page.object_list:
        row.clock = retention.clocks(row, laws[row.pk])[-1]
    return render(request, "suppliers/retention_list.html", {
        "page": page, "today": timezone.localdate(), "rules": retention.RULES,
        "may_erase": request.membership.holds("administrator"),
    })  # fmt: skip


@require_POST
def signatory_erase(request, pk):
    """Erase the name under one answer."""
    row = get_object_or_404(Declaration.objects.owned_by(request.membership).signed(), pk=pk)
    try:
        acts.erase(row, by=request.membership)
        messages.success(request, _("The name is erased. The answer, its digest and its seal stay."))
    except (acts.TooEarly, acts.AlreadyErased, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:retention-list")
