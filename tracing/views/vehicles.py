"""The board: which vehicle fails which law, and by how much."""

import csv

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tracing import boards, rulebooks
from tracing.actions import traces
from tracing.models import Vehicle

PAGE = 50


def today():
    return timezone.now().date()


def vehicle_list(request):
    """The board: vehicles against rulebooks."""
    found = Vehicle.objects.visible_to(request.membership).select_related("part").order_by("name")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    wanted = boards.wanted_laws(request.GET.getlist("laws"))
    rows, columns = boards.board(page.object_list), boards.columns(today(), wanted)
    if request.GET.get("format") == "csv":
        return _board_csv(rows)
    return render(request, "tracing/vehicle_list.html", {
        "rows": rows, "columns": columns, "page": page, "law": columns[0], "summary": boards.summary(rows, columns[0]["id"]),
        "newest": max((at for row in rows for at in (row["trace"] and row["trace"].at, row["rolled_at"]) if at), default=None),
        "readings": [reading for name in wanted for reading in rulebooks.rulebook(name).readings() if reading.name],
        "parts_url": reverse("suppliers:part-list"), "every": boards.columns(today()), "wanted": wanted,
        "query": "&".join(f"laws={name}" for name in request.GET.getlist("laws") if name in wanted),
    } | working(request))  # fmt: skip


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


def _board_csv(rows):
    head = ["vehicle", "model year", "rulebook", "reading", "status", "hypothetical", "test", "worst", "declared", "best", "needs",
            "result", "gaps", "by the roll at"]  # fmt: skip
    lines = [
        [row["vehicle"].name, row["vehicle"].model_year, face["rulebook"], face["reading"], face["status"],
         "yes" if face["hypothetical"] else "no", test["code"], test["worst"], test["declared"], test["best"], test["threshold"],
         test["result"], face["gaps"], face["rolled_at"] and face["rolled_at"].isoformat(timespec="seconds")]
        for row in rows for face in row["faces"] for test in face["tests"]
    ]  # fmt: skip
    return as_csv("board", head, lines)


def as_csv(name, head, lines):
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )
    out = csv.writer(response)
    out.writerow(head)
    out.writerows([[_plain(value) for value in line] for line in lines])
    return response


def _plain(value):
    """A cell that a spreadsheet will not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


@require_POST
def vehicle_trace(request, pk):
    """Have a vehicle traced now: a large one is traced only when somebody asks."""
    vehicle = get_object_or_404(Vehicle.objects.visible_to(request.membership), pk=pk)
    traces.ask(vehicle)
    messages.success(request, f"The {vehicle.name} is being traced; its parts and gaps follow on this page.")
    return redirect("tracing:vehicle-detail", pk=vehicle.pk)
