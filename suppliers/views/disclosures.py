"""Who sees what of mine: every answer that left the house, to whom it went, and what its reader is shown."""

from django.shortcuts import render
from django.utils import timezone

from suppliers import forms
from suppliers.facts import stored
from suppliers.models import Addressee, Declaration


def disclosure_list(request):
    """By customer: each signed answer addressed to it, whether it still speaks, and the statements it is shown."""
    today = timezone.now().date()
    own = Declaration.objects.owned_by(request.membership)
    in_force = set(own.in_force(on=today).values_list("pk", flat=True))
    rows = Addressee.objects.filter(declaration__in=own.signed()).select_related("organisation", "declaration__part")
    rows = rows.order_by("organisation__name", "declaration__part__number")
    facts = stored.of_many({row.declaration_id for row in rows})
    readers: dict = {}
    for row in rows:
        row.statements = [forms.statement(one) for one in facts[row.declaration_id]["statements"]]
        row.speaks = row.declaration_id in in_force
        readers.setdefault(row.organisation, []).append(row)
    return render(request, "suppliers/disclosure_list.html", {"readers": readers.items(), "today": today})
