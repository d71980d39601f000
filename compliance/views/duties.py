"""What failing costs: over the vehicles of an automaker, of one of them year by year, and of any one that is typed in."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from compliance.duties import exposure, rates, tables
from compliance.forms import CrossingForm
from suppliers import numbers
from tracing import boards, exports
from tracing.entries import entries
from tracing.models import Vehicle

PAGE = 50


def duty_list(request):
    """By vehicle, market and law: owed if it qualifies, if it does not, and as its verdict stands; and a calculator."""
    vehicles = Vehicle.objects.visible_to(request.membership).select_related("part").order_by("name")
    asked = _asked(request.GET)
    if kind := exports.kind_of(request.GET.get("format")):
        return exports.table(
            "duties", tables.HEAD, tables.cells(tables.page(vehicles, asked).rows, asked.on), kind=kind
        )
    page = Paginator(vehicles, PAGE).get_page(request.GET.get("page"))
    shown = tables.page(page.object_list, asked)
    form = CrossingForm(request.GET if "value" in request.GET else None, today=asked.today)
    return render(request, "compliance/duty_list.html", {
        "shown": shown, "asked": asked, "page": page, "years": tables.YEARS, "why": shown.row(asked.why), "form": form,
        "tried": form.answer() if form.is_bound and form.is_valid() else None,
    })  # fmt: skip


def duty_detail(request, pk):
    """What failing cost and costs one vehicle at each border, year by year, with today's facts."""
    rows = Vehicle.objects.visible_to(request.membership).select_related("part")
    vehicle, today = get_object_or_404(rows, pk=pk), timezone.now().date()
    faces = boards.board([vehicle])[0]["faces"]
    entry = entries([vehicle], on=today).get(vehicle.pk)
    markets = tables.years(entry, faces) if entry else []
    if kind := exports.kind_of(request.GET.get("format")):
        return exports.table("duty-years", tables.YEARS_HEAD, tables.years_cells(vehicle, entry, markets), kind=kind)
    return render(request, "compliance/duty_detail.html", {
        "vehicle": vehicle, "entry": entry, "today": today, "years": tables.YEARS,
        "markets": [(market, spans, exposure.joined(spans)) for market, spans in markets],
        "laws": {span.law for _market, spans in markets for span in spans},
    })  # fmt: skip


def rate_list(request):
    """Every rate that is held: of which good, from whom, from when until when, its citation and where it was read."""
    return render(request, "compliance/rate_list.html", {"tariffs": rates.tariffs()})


def _asked(query) -> tables.Asked:
    """What the address asks for; a year that is not held is this one."""
    today, year = timezone.now().date(), numbers.position(query.get("year", ""))
    return tables.Asked(
        year if year in tables.YEARS else today.year,
        today,
        query.get("market", ""),
        query.get("law", ""),
        query.get("why", ""),
    )
