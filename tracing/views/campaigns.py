"""Asking many suppliers in one go: whom the portal proposes, how it stands, and the proof that one asked in time."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers.actions import campaigns, letters
from suppliers.actions.campaigns import AlreadyEnded
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.facts.spoken import Law
from suppliers.models import Campaign, Part, Sourcing
from tracing import boards, exports, pictures
from tracing import campaigns as standings
from tracing.actions import proposals
from tracing.forms import CampaignForm
from tracing.models import Vehicle

ASK_WITHIN = 45  # days: what the American label law leaves a supplier (49 CFR 583.5(h))
TICKED = 12


def campaign_list(request):
    """One's own campaigns, the running ones first."""
    found = Campaign.objects.visible_to(request.membership).select_related("end", "by__user__person")
    lines = standings.listed(found)
    running = [line for line in lines if not hasattr(line["campaign"], "end")]
    return render(request, "tracing/campaign_list.html", {
        "running": running, "ended": [line for line in lines if line not in running],
    })  # fmt: skip


def campaign_new(request):
    """What is asked; then whom the portal proposes, ticked; then the start. The page keeps all that was typed."""
    step = request.POST.get("step", "")
    form = _form(request)
    shown, errors = {"form": form, "step": step}, {}
    if step and form.is_valid():
        found = proposals.proposal(
            form.cleaned_data["goods"], by=request.membership, begins=form.plan.begins, ends=form.plan.ends,
            rulebooks=form.plan.rulebooks, on=timezone.localdate(),
        )  # fmt: skip
        errors = campaigns.checked(form.plan, on=timezone.localdate())
        chosen = _chosen(request, found) if step == "start" else None
        if step == "start" and not errors:
            made, errors = _started(request, form, chosen)
            if made:
                return redirect("tracing:campaign-detail", pk=made.pk)
        shown |= _proposed(request, form, found, chosen)
    _tell(form, errors)
    return render(request, "tracing/campaign_new.html", shown, status=422 if form.errors else 200)


def _form(request) -> CampaignForm:
    goods, today = goods_of(request.membership), timezone.localdate()
    asked = request.GET.getlist("good")
    begins = today.replace(day=1)
    return CampaignForm(
        request.POST or None, goods=goods, laws=[(row["id"], Law(row["short"])) for row in boards.columns(today)],
        initial={
            "goods": asked or (goods if goods.count() <= TICKED else []), "rulebooks": request.GET.getlist("law"),
            "begins": begins, "ends": begins.replace(year=begins.year + 1), "due": today + dt.timedelta(days=ASK_WITHIN),
        },
    )  # fmt: skip


def goods_of(membership):
    """What answers may be for: an automaker's vehicles; the parts that a supplier sells."""
    own = Part.objects.filter(organisation__in=membership.keeps).order_by("number")
    if membership.organisation.kind == "automaker":
        return own.filter(Exists(Vehicle.objects.filter(part=OuterRef("pk"))))
    return own.filter(Exists(Sourcing.objects.filter(seller_part=OuterRef("pk"))))


def _chosen(request, found) -> set[str]:
    """The ticked sales of ticked suppliers."""
    sellers, sales = set(request.POST.getlist("seller")), set(request.POST.getlist("sale"))
    return {row.key for row in (*found.ask, *found.declined) if row.key in sales and str(row.sale["seller"]) in sellers}


def _started(request, form, chosen):
    try:
        return campaigns.start(
            form.cleaned_data["token"], form.plan, by=request.membership, goods=form.cleaned_data["goods"],
            sourcings={UUID(key) for key in chosen},
        ), {}  # fmt: skip
    except Malformed as wrong:
        return None, wrong.errors
    except NotYourRight as refused:
        return None, {"": [str(refused)]}


def _tell(form, errors) -> None:
    for field, said in errors.items():
        form.add_error(field if field in form.fields else None, said)


def _proposed(request, form, found, chosen) -> dict:
    """The proposal for the page: every supplier with its parts, what is ticked, and the letter in each language."""
    groups = [_group(group, chosen, ticked=True) for group in found.groups]
    declined = [_group(group, chosen, ticked=False) for group in proposals.grouped(found.declined)]
    return {
        "proposal": found, "groups": groups, "declined": declined, "parts": len(found.ask), "open": len(groups) <= 5,
        "asked": proposals.grouped(found.asked), "letters": _letters(request, form, groups),
    }  # fmt: skip


def _group(group, chosen, *, ticked) -> dict:
    """``why`` stands once for a supplier where it is the same for all its parts."""
    keys = {row.key for row in group["rows"]} & (chosen or set())
    same = {tuple(row.why) for row in group["rows"]}
    return group | {
        "why": next(iter(same)) if len(same) == 1 else (), "on": ticked if chosen is None else bool(keys),
        "ticked": {row.key for row in group["rows"]} if chosen is None or not keys else keys,
    }  # fmt: skip


def _letters(request, form, groups) -> list[dict]:
    """The letter to the first supplier of each language, as it will read."""
    first: dict[str, dict] = {}
    for group in groups:
        first.setdefault(group["rows"][0].sale["language"], group)
    told = {"buyer": request.membership.organisation.name, "due": form.plan.due, "rulebooks": form.plan.rulebooks,
            "message": form.plan.message}  # fmt: skip
    return [
        letters.preview(seller=group["name"], parts=len(group["rows"]), language=language, **told)
        | {"language": language, "seller": group["name"]}
        for language, group in sorted(first.items())
    ]


def campaign_detail(request, pk):
    """How a campaign stands: by supplier, by price paid, by day; who put it off, declined, or gets no mail."""
    campaign = _found(request, pk)
    told = standings.told(campaign, on=timezone.localdate())
    if request.GET.get("format") == "csv":
        return _rows_csv(campaign, told["rows"])
    one = next((line for line in told["suppliers"] if str(line["seller"]) == request.GET.get("supplier")), None)
    return render(request, "tracing/campaign_detail.html", told | {
        "campaign": campaign, "one": one, "picture": pictures.answers_by_day(told["days"], told["asked"]),
        "parts": [row for row in told["rows"] if one and row["seller"] == one["seller"]],
        "eventful": [day for day in told["days"] if day["answered"] or day["declined"]],
        "bars": _bars(told["counts"]), "error": request.GET.get("why") == "missing", "laws": _laws(campaign),
    })  # fmt: skip


def _found(request, pk) -> Campaign:
    return get_object_or_404(
        Campaign.objects.visible_to(request.membership).select_related("end__by__user__person", "by__user__person"),
        pk=pk,
    )


def _laws(campaign) -> list[str]:
    return [row["short"] for row in boards.columns(timezone.localdate(), list(campaign.rulebooks))]


def _bars(counts) -> list[tuple[str, int, str]]:
    """Word, count and shape for each way a question may stand."""
    words = {
        "answered": (_("answered"), "pass"), "postponed": (_("put off"), "open"), "waiting": (_("waiting"), "open"),
        "late": (_("late"), "fail"), "declined": (_("declined"), "none"),
    }  # fmt: skip
    return [(words[name][0], counts[name], words[name][1]) for name in standings.STANDS]


def campaign_tries(request, pk):
    """Every try to get an answer, to print or to take along: the proof of a timely request in good faith."""
    campaign = _found(request, pk)
    tried = standings.tries(campaign)
    if request.GET.get("format") == "csv":
        return _tries_csv(campaign, tried)
    return render(request, "tracing/campaign_tries.html", {
        "campaign": campaign, "tries": tried, "requests": campaign.requests.count(), "laws": _laws(campaign),
    })  # fmt: skip


@require_POST
def campaign_end(request, pk):
    """Nobody is reminded any more; what was asked stays asked."""
    campaign = _found(request, pk)
    try:
        campaigns.end(campaign, by=request.membership, why=request.POST.get("why", ""))
        messages.success(request, _("Ended: nobody is reminded any more. What was asked stays asked."))
    except Malformed as wrong:
        messages.error(request, " ".join(text for said in wrong.errors.values() for text in said))
    except (AlreadyEnded, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("tracing:campaign-detail", pk=campaign.pk)


def _tries_csv(campaign, tried):
    head = ["when", "supplier", "to", "what", "parts", "mail server took it", "came back or refused", "said"]
    lines = [
        [one["at"].isoformat(timespec="seconds"), one["name"], one["domain"], one["kind"], one["parts"],
         one["sent"] and one["sent"].isoformat(timespec="seconds"), one["back"] and one["back"].isoformat(timespec="seconds"),
         one["trouble"]]
        for one in tried
    ]  # fmt: skip
    return exports.table(f"tries-{campaign.pk}", head, lines)


def _rows_csv(campaign, found):
    head = [
        "supplier",
        "your number",
        "description",
        "due",
        "stands",
        "answered",
        "declined",
        "reason",
        "why",
        "put off until",
    ]
    lines = [
        [row["name"], row["item"], row["description"], row["due"], row["stands"], row["answered_at"] and row["answered_at"].date(),
         row["declined_at"] and row["declined_at"].date(), row["reason"], row["why"] or row["until_why"], row["until"]]
        for row in found
    ]  # fmt: skip
    return exports.table(f"campaign-{campaign.pk}", head, lines)
