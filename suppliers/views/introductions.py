"""Handing on: naming who makes an input, the page behind the mailed link, and taking an introduction back."""

import datetime as dt
import re

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from suppliers import links
from suppliers.actions import introductions, parts
from suppliers.actions.introductions import AlreadyReplied, KnownAddress
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.forms.introductions import FoundingForm, IntroductionForm, SaleForm, before, suggested
from suppliers.models import Declaration, Introduction, Part, Request
from tracing import rulebooks

BACKEND = "django.contrib.auth.backends.ModelBackend"
PART = ("number", "description", "unit", "hs")
SALE = ("number", "description", "unit", "hs", "factor", "price_basis")


def introduction_new(request):
    """Name who makes an input of ours: from a request, a line of an answer, a part, or a seller's word that another makes it."""
    form = IntroductionForm(request.POST or None, initial=_known(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # a new number of ours is entered with the letter or not at all
                row = _introduced(form.cleaned_data, request.membership)
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
        else:
            said = _("A letter goes to %(contact)s. You see here what becomes of it.")
            messages.success(request, said % {"contact": row.contact})
            return redirect("suppliers:purchase-list")
    return render(request, "suppliers/introduction_new.html", {"form": form}, status=422 if form.errors else 200)


def told(form, errors):
    """The form with what the action refused, each at its field."""
    for field, said in errors.items():
        for text in said:
            form.add_error(field if field in form.fields else None, text)
    return form


def _introduced(data, membership):
    part = parts.own(**{name: data[name] for name in PART}, by=membership)
    return introductions.introduce(
        part, **{name: value for name, value in data.items() if name not in PART}, by=membership
    )


def _known(request) -> dict:
    """What the page that leads here knows already: the period of a request, the line of an answer, a part, a maker's name."""
    today, me, given = timezone.now().date(), request.membership, request.GET
    known = {"begins": today.replace(day=1), "ends": today.replace(day=1) + dt.timedelta(days=365),
             "due": today + dt.timedelta(days=21), "language": get_language()}  # fmt: skip
    asked = _row(Request.objects.visible_to(me).select_related("sourcing__buyer_part", "decline"), given.get("request"))
    if asked is not None:
        known |= {
            "begins": asked.begins,
            "ends": asked.ends,
            "due": before(asked.due, today),
            "rulebooks": asked.rulebooks,
        }
        if asked.sourcing.buyer_id in me.keeps:
            known |= {name: getattr(asked.sourcing.buyer_part, name) for name in PART}
            known["company"] = getattr(getattr(asked, "decline", None), "maker", "")
    part = _row(Part.objects.filter(organisation=me.organisation), given.get("part"))
    if part is not None:
        known |= {name: getattr(part, name) for name in PART}
    answer = _row(Declaration.objects.owned_by(me), given.get("declaration"))
    line = re.fullmatch(r"(?:lines\.)?(\d{1,4})(?:\.sources\.\d{1,4})?", given.get("line", ""))
    if answer is not None and line and int(line[1]) < len(lines := stored.of(answer)["lines"]):
        row = lines[int(line[1])]
        known |= {"number": row["item"], "description": row["description"], "hs": row["hs"], "unit": row["unit"],
                  "company": row["sources"][0]["seller_name"], "begins": answer.begins, "ends": answer.ends}  # fmt: skip
    return known


def _row(rows, key):
    """The row of that key among those one may see; None for any other text in the address."""
    try:
        return rows.filter(pk=key).first() if key else None
    except ValidationError:
        return None


@require_POST
def introduction_withdraw(request, pk):
    """The buyer takes it back: the link in the letter stops working."""
    row = get_object_or_404(Introduction.objects.visible_to(request.membership), pk=pk)
    try:
        introductions.withdraw(row, by=request.membership, why=request.POST.get("why", ""))
        messages.success(request, _("Taken back. The link in the letter no longer works."))
    except (AlreadyReplied, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:purchase-list")


@never_cache
@sensitive_variables("token")
def introduction(request, token):
    """The page behind the mailed link: who asks, for what; accept, found one's company, or refuse. Reading changes nothing."""
    try:
        row = introductions.opened(token)
    except links.Stale:
        return render(request, "suppliers/introduction_over.html", {"stale": True}, status=410)
    except links.Unknown:
        raise Http404("No such page.") from None
    if hasattr(row, "reply"):
        return render(request, "suppliers/introduction_over.html", {"mine": _mine(request, row)}, status=410)
    act = request.POST.get("do", "") if request.method == "POST" else ""
    if act == "refuse":
        return _refused(request, row)
    form = (SaleForm if request.membership else FoundingForm)(request.POST if act else None, initial=suggested(row))
    if act == "accept" and form.is_valid():
        done = _accepted(request, row, form)
        if done is not None:
            return done
    return _page(request, row, form)


def _page(request, row, form, errors=None):
    me, laws = request.membership, [rulebooks.rulebook(name).title for name in row.rulebooks]
    own = Part.objects.filter(organisation=me.organisation).order_by("number")[:500] if me else []
    return render(request, "suppliers/introduction.html", {
        "asked": row, "form": form, "laws": laws, "own": own, "errors": errors or {}, "typed": request.POST,
        "may_accept": me is not None and me.holds("editor", "certifier") and row.buyer_id not in me.keeps,
        "is_buyer": me is not None and row.buyer_id in me.keeps,
    }, status=422 if errors or form.errors else 200)  # fmt: skip


def _refused(request, row):
    try:
        introductions.refuse(row, why=request.POST.get("why", ""), by=request.membership)
    except Malformed as wrong:
        form = (SaleForm if request.membership else FoundingForm)(initial=suggested(row))
        return _page(request, row, form, wrong.errors)
    except AlreadyReplied:
        return redirect(request.path)
    return render(request, "suppliers/introduction_over.html", {"refused": True})


def _accepted(request, row, form):
    """Accept for the company one acts for, or enter one's company and accept for it; None where something is to be mended."""
    data = form.cleaned_data
    try:
        if request.membership:
            sale = introductions.accept(row, **{name: data[name] for name in SALE}, by=request.membership)
        else:
            sale = introductions.found(row, **data)
    except Malformed as wrong:
        told(form, wrong.errors)
        return None
    except (NotYourRight, KnownAddress) as refused:
        form.add_error(None, str(refused))
        return None
    except AlreadyReplied:
        return redirect(request.path)
    newcomer = not request.user.is_authenticated
    if newcomer:
        login(request, sale.introduction_reply.by.user, backend=BACKEND)
        request.session["membership"] = str(sale.introduction_reply.by_id)
    messages.success(request, _("Accepted: %(buyer)s buys your part %(number)s. The request waits in your inbox.") % {
        "buyer": sale.buyer.name, "number": sale.seller_part.number,
    })  # fmt: skip
    return redirect("suppliers:entrance-list" if newcomer else "suppliers:request-list")


def _mine(request, row) -> bool:
    """Whether the reader acts for the company that accepted: then the page may lead on to its inbox."""
    sale = row.reply.sourcing
    return bool(request.membership and sale and sale.seller_id == request.membership.organisation_id)
