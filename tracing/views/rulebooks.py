"""What a rulebook says on a day, and where it says so."""

import datetime as dt

from django.http import Http404
from django.shortcuts import render

from tracing import boards, rulebooks
from tracing.views.vehicles import today


def rulebook_list(request):
    """Every rulebook with its status and its life."""
    return render(request, "tracing/rulebook_list.html", {"columns": boards.columns(today()), "today": today()})


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
        "not_run": law.data.get("not_run", []), "shown": [(word, law.disclosure.get(key, [])) for key, word in RELATIONS],
    })  # fmt: skip


RELATIONS = [
    ("supplier_buyer", "A supplier to its buyer"),
    ("buyer_automaker", "A direct supplier to the automaker"),
    ("authority", "To an authority, under a grant"),
    ("public", "To anyone"),
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
