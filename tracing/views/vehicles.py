"""The board: which vehicle fails which law, and by how much, on any day."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tracing import exports, filters, notches, rulebooks
from tracing.actions import traces
from tracing.fleet import Fleet
from tracing.models import Vehicle
from tracing.slider import Slider

PAGE = 50
as_csv = exports.table


def today():
    return timezone.now().date()


def vehicle_list(request):
    """The board: vehicles against rulebooks, on any day, through any filter."""
    on, trouble = asked_day(request.GET.get("on", ""))
    fleet = Fleet(request.membership, filters.asked(request.GET), on)
    if "go" in request.GET:
        return redirect(f"{request.path}?{_chosen(fleet, request.GET)}")
    trouble = trouble or _why_not(fleet)
    if (kind := exports.kind_of(request.GET.get("format"))) and not trouble:
        return exports.table("board", FILE, _file(fleet), kind=kind)
    page = Paginator([] if trouble else fleet.found, PAGE).get_page(request.GET.get("page"))
    return render(request, "tracing/vehicle_list.html", _shown(fleet, page, trouble) | working(request))


def asked_day(text: str) -> tuple[dt.date, str]:
    """The day of an address, today where there is none, and what is wrong with it where something is."""
    try:
        return (dt.date.fromisoformat(text), "") if text else (today(), "")
    except ValueError:
        return today(), f"Day: “{text}” is no date. Write it as year, month and day, such as {today().isoformat()}."


def _chosen(fleet: Fleet, given) -> str:
    """The address of what was chosen in the form: the slider's day where it was moved, and nothing that is empty."""
    slider = Slider.of(fleet)
    on = slider.stop(given.get("stop", "")) if given.get("stop") != given.get("was") else fleet.on
    law = "" if fleet.law is fleet.columns[0] else fleet.law["id"]
    return fleet.wanted.address(law=law, on="" if on == fleet.today else on.isoformat())


def _why_not(fleet: Fleet) -> str:
    """Why no figure can be given of the day, or nothing."""
    if fleet.is_today:
        return ""
    try:
        notches.demand(fleet.on, fleet.first)
    except notches.NotThatDay as why:
        return str(why)
    return ""


def _shown(fleet: Fleet, page, trouble: str) -> dict:
    rows = fleet.rows(page.object_list) if fleet.has_figures and not trouble else []
    laws = [rulebooks.rulebook(name) for name in fleet.laws]
    return {
        "fleet": fleet, "wanted": fleet.wanted, "page": page, "rows": rows, "trouble": trouble, "law": fleet.law,
        "slider": Slider.of(fleet), "columns": fleet.columns, "chips": filters.chips(fleet.wanted, fleet.law["short"]),
        "stale": fleet.is_stale,
        "readings": [reading for law in laws for reading in law.readings() if reading.name], "sorts": filters.SORTS,
        "verdicts": filters.VERDICTS, "every": filters.boards.columns(fleet.on), "query": fleet.wanted.address(),
        "plain": fleet.wanted.__class__(laws=fleet.wanted.laws, on=fleet.wanted.on).address(),
        "newest": max((at for row in rows for at in (row["trace"] and row["trace"].at, row["rolled_at"]) if at), default=None),
        "parts_url": reverse("suppliers:part-list"),
    }  # fmt: skip


def working(request) -> dict:
    """How far the tracing is, and where the page asks again."""
    progress = traces.progress(request.membership.organisation)
    return {
        "progress": progress,
        "done": progress["vehicles"] - progress["due"],
        "poll": reverse("tracing:vehicle-progress"),
    }


def vehicle_progress(request):
    """The region that shows work under way, asked again by itself; when all is done the page is shown anew."""
    told = working(request)
    response = render(request, "tracing/_progress.html", told)
    if request.htmx and not told["progress"]["due"]:
        response["HX-Refresh"] = "true"
    return response


FILE = ["vehicle", "model year", "programme", "plant", "class", "rulebook", "reading", "status", "hypothetical", "test", "worst",
        "declared", "best", "needs", "result", "gaps", "on", "by the roll at"]  # fmt: skip


def _file(fleet: Fleet):
    """The rows of the file: a line for each test, of all vehicles that the filter leaves."""
    for row in fleet.every_row() if fleet.has_figures else []:
        entry = row["entry"]
        about = [
            row["vehicle"].name,
            row["vehicle"].model_year,
            *((entry.programme, entry.plant, entry.kind) if entry else ("", "", "")),
        ]
        for face in row["faces"]:
            law = [face["rulebook"], face["reading"], face["status"], "yes" if face["hypothetical"] else "no"]
            at = face["rolled_at"] and face["rolled_at"].isoformat(timespec="seconds")
            for test in face["tests"]:
                points = [_number(test[name]) for name in ("worst", "declared", "best", "threshold")]
                yield [*about, *law, test["code"], *points, test["result"], face["gaps"], fleet.on.isoformat(), at]


def _number(text: str):
    return int(text) if text.isdigit() else text


@require_POST
def vehicle_trace(request, pk):
    """Have a vehicle traced now: a large one is traced only when somebody asks."""
    vehicle = get_object_or_404(Vehicle.objects.visible_to(request.membership), pk=pk)
    traces.ask(vehicle)
    messages.success(request, f"The {vehicle.name} is being traced; its parts and gaps follow on this page.")
    return redirect("tracing:vehicle-detail", pk=vehicle.pk)
