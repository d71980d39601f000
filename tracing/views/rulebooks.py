"""What a rulebook says on a day, and where it says so."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tracing import boards, lawtexts, rulebooks
from tracing.engine import editions, rates
from tracing.views.vehicles import today


def rulebook_list(request):
    """Every rulebook with its status and its life."""
    return render(request, "tracing/rulebook_list.html", {"columns": boards.columns(today()), "today": today()})


def rulebook_calendar(request):
    """What changes when: the last year and all that is coming, of every rulebook."""
    since = today() - dt.timedelta(days=365)
    every = [change for name in rulebooks.ids() for change in lawtexts.changes(rulebooks.rulebook(name))]
    rows = sorted((row for row in every if row.on >= since), key=lambda row: (row.on, row.rulebook, row.what))
    if request.GET.get("format") == "ics":
        return _ics([row for row in rows if row.on >= today()])
    coming = [row for row in rows if row.on > today()]
    return render(request, "tracing/rulebook_calendar.html", {
        "coming": coming, "past": [row for row in rows if row.on <= today()][::-1], "today": today(), "titles": _titles(),
    })  # fmt: skip


def _titles():
    return {name: rulebooks.rulebook(name).title.split(",")[0] for name in rulebooks.ids()}


def _ics(rows):
    """The coming changes as calendar entries (RFC 5545), each a whole day."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Traceline//rulebooks//EN"]
    for nth, row in enumerate(rows):
        said = row.what.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
        lines += ["BEGIN:VEVENT", f"UID:{row.rulebook}-{row.on:%Y%m%d}-{nth}@traceline", f"DTSTAMP:{today():%Y%m%d}T000000Z",
                  f"DTSTART;VALUE=DATE:{row.on:%Y%m%d}", f"SUMMARY:{row.rulebook}: {said}", "END:VEVENT"]  # fmt: skip
    response = HttpResponse("\r\n".join([*lines, "END:VCALENDAR", ""]), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rulebooks.ics"'
    return response


def rulebook_compare(request, name):
    """How one rulebook differs from another, in sentences."""
    try:
        law = rulebooks.rulebook(name)
        other = rulebooks.rulebook(request.GET.get("with") or next(one for one in rulebooks.ids() if one != name))
    except KeyError:
        raise Http404("No such rulebook.") from None
    return render(request, "tracing/rulebook_compare.html", {
        "law": law, "other": other, "lines": lawtexts.differences(law, other), "every": _titles(),
    })  # fmt: skip


def rulebook_detail(request, name):
    """One rulebook as it stands on the asked day: tests, tables, silence, disclosure, consequence, doubtful switches."""
    try:
        law = rulebooks.rulebook(name)
    except KeyError:
        raise Http404("No such rulebook.") from None
    on = asked_day(request.GET.get("on"))
    goods = [
        good | {"tests": [test | {"now": in_force(test, on)} for test in good["tests"]]} for good in law.data["goods"]
    ]
    tables = [table | {"now": in_force(table, on)} for table in law.data.get("tables", [])]
    column = next(one for one in boards.columns(on) if one["id"] == name)
    return render(request, "tracing/rulebook_detail.html", {
        "law": law, "on": on, "goods": goods, "tables": tables, "column": column,
        "lists": {key: len(rows.rows) for key, rows in law.lists.items()},
        "switches": law.data.get("switches", {}), "de_minimis": law.data.get("de_minimis"),
        "relief": law.data.get("relief", []), "averaging": law.data.get("averaging"), "exchange": rates.RULES.get(name),
        "concordance": editions.read((rulebooks.HERE / "hs_concordance.csv").read_bytes()),
        "changes": sorted(lawtexts.changes(law), key=lambda row: row.on), "not_run": law.data.get("not_run", []),
        "shown": [(word, law.disclosure.get(key, [])) for key, word in RELATIONS],
    })  # fmt: skip


RELATIONS = [
    ("supplier_buyer", _("A supplier to its buyer")),
    ("buyer_automaker", _("A direct supplier to the automaker")),
    ("authority", _("To an authority, under a grant")),
    ("public", _("To anyone")),
]


def asked_day(text) -> dt.date:
    """The day in the address, or today where it is none."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return today()


def in_force(row, on):
    """The step of a dated value that holds on the day; the first where none has begun."""
    steps = row.get("percent") or []
    begun = [step for step in steps if step["from"] <= on]
    return (begun or steps[:1] or [None])[-1]
