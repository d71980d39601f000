"""How often a company's answers were computed with, by day: for that company's own page, without a word of what for."""

from uuid import UUID

from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import ngettext

from suppliers import uses
from suppliers.models import Organisation
from suppliers.uses import Answered, Use
from tracing.models import Trace


@uses.provided
def traced(organisation: Organisation, answers: list[UUID]) -> Answered:
    """Traces that held each answer, counted by day, in one query. Which vehicles, and whose, stays out of it."""
    names = {f"held_{nth}": key for nth, key in enumerate(answers)}
    held = {name: Count("pk", filter=Q(held__contains=f'"{key}"')) for name, key in names.items()}
    rows = Trace.objects.annotate(held=Cast("declarations", TextField()), day=TruncDate("at"))
    rows = rows.filter(held__contains=f'"{organisation.code}/').values("day").annotate(**held).order_by("day")
    found: Answered = {}
    for row in rows:
        for name, key in names.items():
            if count := row[name]:
                words = ngettext("computed with once", "computed with %(count)s times", count) % {"count": count}
                found.setdefault(key, []).append(Use("trace", row["day"], count, words))
    return found
