"""The operator's desk for companies: which may be one and the same, and what became of one. No business data stands here."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from suppliers import duplicates
from suppliers.actions import successions
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.companies import SuccessionForm
from suppliers.forms.people import told
from suppliers.models import Organisation, Succession


def succession_list(request):
    """Companies that may be one, and every company by name or number."""
    asked = request.GET.get("q", "").strip()
    rows = Organisation.objects.annotate(people=Count("memberships", filter=Q(memberships__end__isnull=True)))
    if asked:
        digits = "".join(char for char in asked if char.isalnum()).upper()
        rows = rows.filter(
            Q(name__icontains=asked) | Q(code__icontains=asked) | Q(identifiers__value=digits)
        ).distinct()
    page = Paginator(rows.select_related("succession__successor").order_by("name"), 50).get_page(
        request.GET.get("page")
    )
    done = Succession.objects.select_related("predecessor", "successor", "by__user__person").order_by("-at")[:20]
    pairs = [] if asked else duplicates.proposed()
    context = {"pairs": pairs[:50], "more": max(len(pairs) - 50, 0), "page": page, "asked": asked, "done": done}
    return render(request, "suppliers/succession_list.html", context)


def succession_new(request, pk):
    """A company was entered twice, was taken over, or closed: who keeps its records?"""
    row = get_object_or_404(Organisation, pk=pk, kind="supplier", succession__isnull=True)
    start = {"successor": request.GET.get("successor", ""), "kind": "merged" if request.GET.get("successor") else ""}
    form = SuccessionForm(request.POST or None, predecessor=row, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = successions.succeed(row, **form.cleaned_data, by=request.membership)
            messages.success(request, _("%(old)s is kept by %(new)s.") % {"old": row.name, "new": made.successor.name})
            return redirect("suppliers:succession-list")
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
    return render(
        request, "suppliers/succession_new.html", {"form": form, "company": row}, status=422 if form.errors else 200
    )
