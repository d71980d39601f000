"""Asking the direct suppliers of one vehicle who can close its gaps."""

import datetime as dt

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from suppliers.actions import requests
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from tracing import boards, disclosure, rulebooks
from tracing.derivations import key_of
from tracing.forms import AskForm
from tracing.models import Vehicle
from tracing.profiles import chosen
from tracing.standings import standings
from tracing.views.vehicles import today

ASK_WITHIN = 21
SHOWN = 12
SEES = [
    {"who": "The supplier you ask", "what": "Your company, the part, the period, the day and your message. Not the vehicle, not its "
     "figures, not whom else you ask."},
    {"who": "You", "what": "That it signed, for which period, and the amounts that the law makes it state to you. Never what is inside."},
    {"who": "Its own suppliers", "what": "Nothing of this. It asks them itself."},
]  # fmt: skip


def vehicle_ask(request, pk):
    """Ask direct suppliers of one vehicle for their answer, several at once."""
    vehicle = get_object_or_404(
        Vehicle.objects.visible_to(request.membership).select_related("part", "organisation"), pk=pk
    )
    line = boards.rows([vehicle])[0]
    outcome, face = chosen(line, request.GET)
    sales = offered(outcome)
    form = AskForm(
        request.POST or None,
        choices=[(key, row["part"]["item"]) for key, row in sales.items()],
        on=today(),
        initial=suggested(request.GET.getlist("sourcing"), sales, today()),
    )
    if request.method == "POST" and form.is_valid() and asked(form, sales, face, request):
        return redirect(reverse("tracing:vehicle-detail", args=[vehicle.pk]) + f"?law={key_of(face)}#gaps")
    picked = {str(key) for key in form["sourcings"].value() or ()}
    return render(request, "tracing/vehicle_ask.html", {
        "vehicle": vehicle, "form": form, "face": face, "key": key_of(face) if face else "", "chosen": picked, "sales": sales,
        "rest": [(key, row) for nth, (key, row) in enumerate(sales.items()) if nth >= SHOWN and not row["gap"] and key not in picked],
        "sees": SEES, "parts_url": reverse("suppliers:part-list"),
    })  # fmt: skip


def offered(outcome):
    """The sales one may ask about: every direct part with a seller on the portal; those with a gap first."""
    if outcome is None:
        return {}
    gaps = {gap["key"]: gap for gap in disclosure.gap_faces(outcome)}
    rows = sorted(
        disclosure.part_faces(outcome),
        key=lambda row: (gaps[row["key"]]["rank"] if row["key"] in gaps else 10_000, row["line"]),
    )
    known = standings([row["sourcing"] for row in rows], today())
    sold = [(row, row["sourcing"]) for row in rows if row["sourcing"] is not None]
    return {
        str(sale.pk): {"part": row, "gap": gaps.get(row["key"]), "sourcing": sale, "standing": known[sale.pk]}
        for row, sale in sold
    }


def suggested(wanted, sales, on):
    """The chosen suppliers, a year that begins with the next, and three weeks to answer."""
    picked = [key for key in wanted if key in sales]
    begins = on.replace(day=1)
    return {
        "sourcings": picked,
        "begins": begins,
        "ends": begins.replace(year=begins.year + 1),
        "due": on + dt.timedelta(days=ASK_WITHIN),
    }


def asked(form, sales, face, request) -> bool:
    """Sends one request for each chosen sale, all or none; says who was asked."""
    data = form.cleaned_data
    names = []
    try:
        with transaction.atomic():
            for key in data["sourcings"]:
                sale = sales[key]["sourcing"]
                requests.ask(
                    sale, by=request.membership, begins=data["begins"], ends=data["ends"], due=data["due"],
                    rulebooks=rulebooks.ids() if face is None else [face["rulebook"]], message=data["message"],
                )  # fmt: skip
                names.append(sale.seller.name)
    except Malformed as wrong:
        for field, said in wrong.errors.items():
            form.add_error(field if field in form.fields else None, said)
        return False
    except NotYourRight as refused:
        form.add_error(None, str(refused))
        return False
    who = sorted(set(names))
    messages.success(
        request,
        f"Asked {', '.join(who)} for {len(names)} answer{'s' if len(names) > 1 else ''}, due {data['due']:%d %b %Y}.",
    )
    return True
