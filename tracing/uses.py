"""On which days a company's answers were computed with: for that company's own page, without a word of what for."""

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
    """The days on which traces held each answer, in one query. Which vehicles, and whose, stays out of it.

    Never how many traces a day: one more of them is somebody's answer, above, beside or below, and the moment it came.
    Every vehicle is traced at least once a day, so the days themselves tell nothing.
    """
    names = {f"held_{nth}": key for nth, key in enumerate(answers)}
    held = {name: Count("pk", filter=Q(held__contains=f'"{key}"')) for name, key in names.items()}
    rows = Trace.objects.annotate(held=Cast("declarations", TextField()), day=TruncDate("at"))
    rows = rows.filter(held__contains=f'"{organisation.code}/').values("day").annotate(**held).order_by("day")
    days: dict = {}
    for row in rows:
        for name, key in names.items():
            if row[name]:
                days.setdefault(key, []).append(row["day"])
    return {key: [Use("trace", found[-1], len(found), _words(len(found)))] for key, found in days.items()}


def _words(days: int) -> str:
    said = ngettext("computed with on this day", "computed with on %(days)s days until then", days)
    return said % {"days": days}
