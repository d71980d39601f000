"""Sales and purchases: what is sold to whom under which number, confirmed by both, at what price, from when until when."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from suppliers import trade
from suppliers.actions import parts, prices
from suppliers.actions.declarations import AlreadySigned, ChangedMeanwhile
from suppliers.actions.parts import AlreadyConfirmed, AlreadyEnded
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.forms.sourcings import CorrectionForm, EndForm, OfferForm, PriceForm
from suppliers.models import Declaration, Introduction, Sourcing
from suppliers.views.introductions import told

PAGE = 50
CURRENCY = {"CA": "CAD", "MX": "MXN"}
FORMS = {"price": PriceForm, "correct": CorrectionForm, "end": EndForm}


def sale_list(request):
    """What we sell to whom."""
    return _listed(request, "seller")


def purchase_list(request):
    """What we buy from whom, and whom we named as makers."""
    named = Introduction.objects.visible_to(request.membership).filter(reply__sourcing__isnull=True)
    return _listed(request, "buyer", named=trade.named(named))


def _listed(request, side, **more):
    own, today = request.membership.organisation, timezone.now().date()
    wanted, past = request.GET.get("q", "").strip()[:80], "past" in request.GET
    mine = Sourcing.objects.filter(**{f"{side}__in": own.keeps}).told()
    rows = mine.order_by(f"{side}_part__number", "begins", "pk")
    rows = rows.filter(ends__lte=today) if past else rows.filter(Q(ends__isnull=True) | Q(ends__gt=today))
    if wanted:
        rows = rows.filter(trade.holding(wanted))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, f"suppliers/{'sale' if side == 'seller' else 'purchase'}_list.html", more | {
        "side": side, "page": page, "rows": [trade.told(row, own, today) for row in page], "wanted": wanted, "past": past,
        "query": urlencode({name: value for name, value in (("q", wanted), ("past", past and "1")) if value}),
        "waiting": [trade.told(row, own, today) for row in mine.awaiting(own)],
        "may_trade": request.membership.holds(*parts.TRADERS),
    })  # fmt: skip


def sale_new(request):
    """Propose a sale to a customer one has."""
    return _offered(request, "seller")


def purchase_new(request):
    """Propose a purchase from a supplier one has."""
    return _offered(request, "buyer")


def _offered(request, side):
    partners = parts.partners(request.membership.organisation, side=side)
    form = OfferForm(request.POST or None, partners=partners, side=side)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # a new number of ours is entered with the sale or not at all
                row = _proposed(form.cleaned_data, side, request.membership)
        except Malformed as wrong:
            told(form, wrong.errors)
        except NotYourRight as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Entered. It holds once the other company confirms it."))
            return redirect("suppliers:sourcing-detail", pk=row.pk)
    context = {"form": form, "side": side, "partners": partners.exists()}
    return render(request, "suppliers/sourcing_new.html", context, status=422 if form.errors else 200)


def _proposed(data, side, by):
    try:
        own = parts.own(
            number=data["own"], description=data["description"] or data["own"], unit=data["own_unit"], by=by
        )
    except Malformed as wrong:
        names = {"unit": "own_unit", "number": "own"}
        raise Malformed({names.get(field, field): said for field, said in wrong.errors.items()}) from None
    rest = {name: data[name] for name in ("number", "unit", "factor", "price_basis", "begins")}
    return parts.offer(own, data["other"], side=side, by=by, **rest)


def sourcing_detail(request, pk, forms=None):
    """One sale as both sides see it, and what one may do about it."""
    own, today = request.membership.organisation, timezone.now().date()
    row = get_object_or_404(Sourcing.objects.visible_to(request.membership).told(), pk=pk)
    fresh = {
        "price": PriceForm(initial={"currency": CURRENCY.get(row.buyer.country.code, "USD")}),
        "correct": CorrectionForm(initial={"factor": trade.typed_factor(row), "price_basis": row.price_basis}), "end": EndForm(),
    }  # fmt: skip
    context = {
        "row": trade.told(row, own, today), "forms": fresh | (forms or {}), "prices": trade.prices(row, own, today),
        "may_trade": request.membership.holds(*parts.TRADERS),
        "stale": trade.stale_answers(row) if row.buyer_id in own.keeps else [],
    }  # fmt: skip
    return render(request, "suppliers/sourcing_detail.html", context, status=422 if forms else 200)


@require_POST
def sourcing_confirm(request, pk):
    """Yes, this is sold and bought, in this unit."""
    row = get_object_or_404(Sourcing.objects.visible_to(request.membership), pk=pk)
    try:
        parts.confirm(row, by=request.membership)
        messages.success(request, _("Confirmed: %(sale)s.") % {"sale": row})
    except Malformed as wrong:
        messages.error(request, " ".join(text for said in wrong.errors.values() for text in said))
    except (AlreadyConfirmed, AlreadyEnded, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:sourcing-detail", pk=pk)


@require_POST
def sourcing_price(request, pk):
    """One side's word on the price."""
    return _changed(request, pk, "price", lambda row, data, by: prices.say_price(row, **data, by=by))


@require_POST
def sourcing_correct(request, pk):
    """End it and propose it anew with another factor or basis."""
    return _changed(request, pk, "correct", lambda row, data, by: parts.correct(row, **data, by=by))


@require_POST
def sourcing_end(request, pk):
    """From a day on it no longer holds; or a proposal is refused."""
    return _changed(request, pk, "end", lambda row, data, by: parts.end(row, **data, by=by))


@require_POST
def sourcing_join(request, pk, answer):
    """The line of an answer of ours names this sale from now on: a changed draft, or a new version of what was signed."""
    row = get_object_or_404(Sourcing.objects.filter(buyer__in=request.membership.keeps).told(), pk=pk)
    mine = get_object_or_404(Declaration.objects.owned_by(request.membership), pk=answer)
    try:
        draft = parts.join(mine, row, by=request.membership)
    except Malformed as wrong:
        messages.error(request, " ".join(text for said in wrong.errors.values() for text in said))
    except (AlreadySigned, ChangedMeanwhile, NotYourRight) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The line names the sale now. Read the answer and have it signed."))
        return redirect("suppliers:declaration-review", pk=draft.pk)
    return redirect("suppliers:sourcing-detail", pk=pk)


DONE = {
    "price": gettext_lazy("Kept. The other company sees your price."),
    "correct": gettext_lazy("Ended, and proposed anew: the other company confirms the new one."),
    "end": gettext_lazy("Ended. The other company sees the day and why."),
}


def _changed(request, pk, act, do):
    row = get_object_or_404(Sourcing.objects.visible_to(request.membership).told(), pk=pk)
    form = FORMS[act](request.POST)
    if form.is_valid():
        try:
            done = do(row, form.cleaned_data, request.membership)
        except Malformed as wrong:
            told(form, wrong.errors)
        except (AlreadyEnded, NotYourRight) as refused:
            messages.error(request, str(refused))
            return redirect("suppliers:sourcing-detail", pk=pk)
        else:
            messages.success(request, DONE[act])
            return redirect("suppliers:sourcing-detail", pk=done.pk if act == "correct" else pk)
    return sourcing_detail(request, pk, {act: form})
