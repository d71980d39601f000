"""Who sees what of mine: every answer that left the house, its readers, what each is shown, and every use made of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers import faces, uses
from suppliers.actions import declarations, parts
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.models import Declaration

PAGE = 25


def disclosure_list(request):
    """Answer by answer: to whom it went, exactly what these are shown, to whom else it may go, and what was made of it."""
    own, today, past = request.membership.organisation, timezone.now().date(), "past" in request.GET
    mine = Declaration.objects.owned_by(request.membership)
    speaking = mine.in_force(on=today).values("pk")
    rows = mine.signed().exclude(pk__in=speaking) if past else mine.filter(pk__in=speaking)
    rows = rows.select_related("part", "withdrawal").prefetch_related("addressees__organisation")
    page = Paginator(rows.order_by("part__number", "-begins"), PAGE).get_page(request.GET.get("page"))
    keys = [row.pk for row in page]
    facts, used, buyers = stored.of_many(keys), uses.of(own, keys), parts.buyers_of(own, on=today)
    told = []
    for row in page:
        readers = [one.organisation for one in row.addressees.all()]
        others = [one for one in buyers.get(row.part_id, ()) if one not in readers]
        told.append(faces.of(row, facts[row.pk]) | {"readers": readers, "others": others, "uses": used[row.pk]})
    return render(request, "suppliers/disclosure_list.html", {
        "rows": told, "page": page, "past": past, "query": "past=1" if past else "", "laws": faces.schedules(),
        "may_write": request.membership.holds(*declarations.WRITERS, "officer"),
    })  # fmt: skip


@require_POST
def declaration_address(request, pk):
    """Also give a signed answer to another customer of the part: a new version with everything copied, ready to be signed."""
    mine = Declaration.objects.owned_by(request.membership)
    row = get_object_or_404(mine.signed().filter(withdrawal__isnull=True), pk=pk)
    begun = mine.drafts().filter(supersedes=row).first()
    if begun is not None:
        messages.info(request, _("A newer version is being drafted: add the customer there."))
        return redirect("suppliers:declaration-edit", pk=begun.pk)
    buyers = parts.buyers_of(request.membership.organisation, on=timezone.now().date()).get(row.part_id, ())
    other = next((one for one in buyers if str(one.pk) == request.POST.get("to")), None)
    if other is None:
        messages.error(request, _("This company does not buy the part from you now: enter the sale first."))
        return redirect("suppliers:disclosure-list")
    try:
        readers = [str(key) for key in row.addressees.values_list("organisation", flat=True)]
        draft = declarations.supersede(row, by=request.membership, addressed_to=[*readers, str(other.pk)])
    except NotYourRight as refused:
        messages.error(request, str(refused))
        return redirect("suppliers:disclosure-list")
    messages.info(
        request, _("The same answer, now also to %(other)s. It goes there once it is signed.") % {"other": other.name}
    )
    return redirect("suppliers:declaration-review", pk=draft.pk)
