"""Workbooks of answers on the screen: download, upload, progress, errors, preview, apply."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers import files
from suppliers.actions import marks, uploads
from suppliers.actions.declarations import AlreadySigned, ChangedMeanwhile
from suppliers.actions.requests import AlreadyDeclined
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Upload
from suppliers.workbooks.complaints import grouped
from suppliers.workbooks.made import made
from suppliers.workbooks.reviewed import reviewed
from suppliers.workbooks.writing import commas, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LATEST = 20  # files listed
CELLS, GROUPS = 40, 60  # shown of one page of errors; the marked copy holds them all
COMMA = {"fr-ca"}  # languages that write a decimal comma


def upload_list(request):
    """The door: take the workbook, hand it in, see what became of those before."""
    errors = {}
    if request.method == "POST":
        try:
            return redirect("suppliers:upload-detail", pk=_taken(request).pk)
        except Malformed as wrong:
            errors = wrong.errors
        except NotYourRight as refused:
            errors = {"file": [str(refused)]}
    rows = Upload.objects.visible_to(request.membership).select_related("by__user__person")[:LATEST]
    context = {"rows": rows, "errors": errors}
    return render(request, "suppliers/upload_list.html", context, status=422 if errors else 200)


def _taken(request) -> Upload:
    file = request.FILES.get("file")
    if file is None:
        raise Malformed({"file": [_("Choose the workbook you filled in.")]})
    return uploads.take(file, name=file.name, by=request.membership)


def workbook_download(request):
    """The company's own workbook, in the language of the page."""
    rows = made(request.membership.organisation, only_asked="asked" in request.GET)
    name = f"traceline-{rows.organisation.code}"
    if request.GET.get("kind") == "csv":
        return _file(commas(rows, comma=get_language() in COMMA), CSV, f"{name}.csv")
    return _file(workbook(rows), XLSX, f"{name}.xlsx")


def _file(raw: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(
        raw, content_type=kind, headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _own(request, pk) -> Upload:
    rows = Upload.objects.visible_to(request.membership).select_related("by__user__person", "applied_by__user__person")
    return get_object_or_404(rows, pk=pk)


def upload_detail(request, pk):
    """Where one file stands: being read, its errors, its preview, or what was saved."""
    row = _own(request, pk)
    return render(request, "suppliers/upload_detail.html", _told(row))


def _told(row: Upload) -> dict:
    groups = grouped(row.errors)
    for group in groups:
        group["shown"], group["left"] = group["rows"][:CELLS], max(0, group["count"] - CELLS)
    told = {
        "upload": row,
        "state": row.state.value,
        "groups": groups[:GROUPS],
        "more_groups": max(0, len(groups) - GROUPS),
    }
    told |= {"poll": reverse("suppliers:upload-progress", args=[row.pk]), "text": _far(row), "sign": _signing()}
    return told | ({"review": reviewed(row.preview)} if row.preview else {})


def _far(row: Upload) -> str:
    """How far the reading is."""
    if not row.rows:
        return _("It waits for its turn.") if row.claimed_at is None else _("The file is being opened.")
    said = {"done": row.done, "rows": row.rows}
    return ngettext("%(done)s of %(rows)s row is read.", "%(done)s of %(rows)s rows are read.", row.rows) % said


def _signing() -> str:
    """Where many drafts are signed at once, or else where they are listed."""
    try:
        return reverse("suppliers:declaration-sign-many")
    except NoReverseMatch:
        return reverse("suppliers:declaration-list")


def upload_progress(request, pk):
    """The region that says how far it is; once that is over the page is shown anew."""
    row = _own(request, pk)
    response = render(request, "suppliers/_upload_progress.html", _told(row))
    if request.htmx and row.state not in {Upload.State.WAITING, Upload.State.READING}:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def upload_cancel(request, pk):
    """Stop reading, or drop what was read."""
    try:
        uploads.cancel(_own(request, pk), by=request.membership)
        messages.success(request, _("Cancelled. Nothing of it was saved."))
    except (uploads.NotReady, NotYourRight) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:upload-list")


@require_POST
def upload_apply(request, pk):
    """Save what the preview shows, all of it as drafts."""
    try:
        uploads.apply(_own(request, pk), by=request.membership)
    except (ChangedMeanwhile, AlreadySigned):
        messages.warning(
            request, _("Something was changed since you saw this preview. Nothing was saved; the file is read again.")
        )
    except Malformed as wrong:  # a rule that reading does not know: nothing is saved
        messages.error(request, str(wrong))
    except (uploads.NotReady, NotYourRight, AlreadyDeclined, files.Missing) as refused:
        messages.error(request, str(refused))
    return redirect("suppliers:upload-detail", pk=pk)


def upload_original(request, pk):
    """The file as it came, byte for byte."""
    row = _own(request, pk)
    kind = CSV if row.name.lower().endswith(".csv") else "application/octet-stream"
    try:
        with files.opened(row.digest) as stream:
            return _file(stream.read(), kind, f"upload-{row.digest[:12]}{_ending(row)}")
    except files.Missing:
        raise Http404("The file is gone.") from None


def upload_marked(request, pk):
    """The same file with what is wrong beside each row."""
    row = _own(request, pk)
    if not row.errors:
        raise Http404("No errors.")
    kind = CSV if _ending(row) == ".csv" else XLSX
    return _file(marks.copy(row), kind, f"errors-{row.digest[:12]}{_ending(row)}")


def _ending(row: Upload) -> str:
    """A name that came from outside is not sent back: only its ending, and only one of ours."""
    ending = "." + row.name.lower().rpartition(".")[2]
    return ending if ending in {".xlsx", ".csv"} else ".bin"
