"""What pages over a whole fleet need of each answer of a law, kept beside it: a few whole points, how many gaps, what each decides.

A brief is made where the answer is stored, says nothing that its face and its gaps do not say, and spares a page from reading
thousands of results. An answer whose brief is of another shape, or that has none yet, is briefed when it is asked for.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tracing import disclosure, ownlines
from tracing.disclosure.gaps import NOTHING, OpenLine, apart, bars
from tracing.engine.ranking import Bar, Rank, Size
from tracing.engine.result import OPEN
from tracing.models import Gap, Outcome, Said, Trace, Verdict
from tracing.ownlines import OwnList
from tracing.remembered import Remembered

SHAPE = 1
"""Raised whenever a brief is made otherwise, or of other rules."""
CHUNK = 500
Data = dict[str, Any]
_briefed = Remembered()


class Brief(NamedTuple):
    """``ran``: by test that ran its code, and its bounds at worst and best in whole points, None where there is none. ``margin``:
    whole points to spare at worst. ``gaps``: how many, None where nobody knows; ``settling``: how many settle it at the least."""

    ran: tuple[tuple[str, Decimal | None, Decimal | None], ...]
    margin: Decimal | None
    gaps: int | None
    settling: int


class Ranked(NamedTuple):
    """The open lines of one answer, those that surely decide and the others; the open tests that prices move; ``whole``: nothing
    else is open."""

    deciding: list[OpenLine]
    idle: list[OpenLine]
    bars: list[Bar]
    whole: bool


# ---- made where the answer is stored ----


def brief(found: Outcome | Verdict | Said) -> Data:
    """What is kept beside an answer. ``ownlines`` and, for an outcome, ``disclosure.prepare`` fetch what it reads for many at once."""
    tests = disclosure.tests_of(found)
    faces = [disclosure.test_face(row, found.reading) for row in tests if row["result"] in disclosure.RAN]
    gaps, settling = _counted(found)
    return {
        "shape": SHAPE, "ran": [[row["code"], _text(row["bar"]["worst"]), _text(row["bar"]["best"])] for row in faces],
        "margin": _text(disclosure.spare(tests)), "gaps": gaps, "settling": settling,
    }  # fmt: skip


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _counted(found: Outcome | Verdict | Said) -> tuple[int | None, int]:
    """How many gaps it has, None of a roll that tells none, and how many settle it at the least."""
    if isinstance(found, Outcome):
        ranks = [gap["decides"] for gap in disclosure.gap_faces(found)]
        return len(ranks), disclosure.fewest(ranks)
    if "open" not in found.result:
        return None, 0
    opened = _opened(found)
    return len(opened.deciding) + opened.idle.count(" ") + bool(opened.idle), disclosure.fewest(
        line.rank for line in opened.deciding
    )


def ranked(found: Verdict) -> Data | None:
    """What the gap list needs of what a roll says: its open lines, with what each decides where it is open."""
    if "open" not in found.result:
        return None
    wanted, whole = bars(disclosure.tests_of(found)) if found.verdict == OPEN else ([], False)
    opened = _opened(found)
    return {
        "shape": SHAPE, "declaration": found.result["declaration"], "base": disclosure.base_of(found), "whole": whole,
        "bars": [[row.worst, row.best, row.needed, row.operator] for row in wanted],
        "deciding": [_written(line) for line in opened.deciding], "idle": opened.idle,
    }  # fmt: skip


class _Opened(NamedTuple):
    """Open lines that surely decide, and the places of the others in one text, which most readings of most laws share."""

    deciding: list[OpenLine]
    idle: str


def _opened(found: Verdict | Said) -> _Opened:
    """The open lines of what a roll says. Of what is not open nothing can be decided: the same lines are the same, whatever the law."""
    if not hasattr(found, "_opened"):
        key = UUID(found.result["declaration"])
        own = ownlines.of([key])[key]
        if found.verdict == OPEN:
            found._opened = _as_kept(disclosure.open_lines(found, own))  # type: ignore[union-attr]
        else:
            said = repr(found.result["open"])
            if said not in own.idle:
                own.idle[said] = _as_kept(disclosure.open_lines(found, own))
            found._opened = own.idle[said]  # type: ignore[union-attr]
    opened: _Opened = found._opened  # type: ignore[union-attr]
    return opened


def _as_kept(lines: list[OpenLine]) -> _Opened:
    deciding, idle = apart(lines)
    return _Opened(deciding, " ".join(f"{line.own.line}.{line.own.source}.{line.kind}" for line in idle))


def _written(line: OpenLine) -> list[Any]:
    """An open line that decides: where it stands in the own list, why it is open, the sizes of the smallest deciding sets."""
    passing, failing = line.rank.passing, line.rank.failing
    return [line.own.line, line.own.source, line.kind, passing.known, passing.least, failing.known, failing.least]


def keep(rows: Iterable[Verdict | Said]) -> None:
    """Brief answers that are about to be stored; what their automakers entered is read, and kept, for all at once."""
    rows = list(rows)
    lists = {UUID(row.result["declaration"]) for row in rows if "open" in row.result}
    ownlines.keep(lists)
    ownlines.of(lists)
    for row in rows:
        row.brief = brief(row)
        if isinstance(row, Verdict):
            row.ranked = ranked(row)


def keep_traced(trace: Trace, found: Mapping[Outcome, list[Gap]]) -> None:
    """Brief the outcomes of a trace that are about to be stored with their gaps."""
    disclosure.prepare_new(trace, found)
    for row in found:
        row.brief = brief(row)


def fill() -> int:
    """Brief what has none of this shape, a few hundred at a time: after an update of the portal. Answers how many it briefed."""
    done = 0
    for model in (Verdict, Said):
        rows, after = lacking(model.objects.order_by("pk")), Q()
        while found := list(rows.filter(after)[:CHUNK]):
            keep(found)
            for row in found:  # what was rolled meanwhile has a brief of its own
                more = {"ranked": row.ranked} if isinstance(row, Verdict) else {}
                done += model.objects.filter(pk=row.pk, digest=row.digest).update(brief=row.brief, **more)
            after = Q(pk__gt=found[-1].pk)
    return done


def lacking(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those answers that have no brief of this shape."""
    return rows.filter(Q(brief__isnull=True) | ~Q(brief__shape=SHAPE))


# ---- read by pages ----


def read(data: Data) -> Brief:
    """A brief as it was kept."""
    ran = tuple((code, _number(worst), _number(best)) for code, worst, best in data["ran"])
    return Brief(ran, _number(data["margin"]), data["gaps"], data["settling"])


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def holds(data: Data | None) -> bool:
    """Whether what is kept is there and of this shape."""
    return data is not None and data["shape"] == SHAPE


def of_rolled(model: type[Verdict] | type[Said], keys: Iterable[Any]) -> dict[Any, tuple[Brief, Data | None]]:
    """Briefs of answers that keep none, by key, made now; and what the gap list needs of each."""
    rows = list(model.objects.filter(pk__in=list(keys))) if keys else []
    ownlines.of({UUID(row.result["declaration"]) for row in rows if "open" in row.result})
    return {row.pk: _briefed.of((row.digest, SHAPE), lambda row=row: _made(row)) for row in rows}  # type: ignore[misc]


def _made(row: Verdict | Said) -> tuple[Brief, Data | None]:
    return read(brief(row)), ranked(row) if isinstance(row, Verdict) else None


def of_traced(outcomes: Iterable[Outcome]) -> dict[UUID, Brief]:
    """Briefs of outcomes that keep none, by key, made now; their traces are prepared."""
    return {row.pk: _briefed.of((row.pk, SHAPE), lambda row=row: read(brief(row))) for row in outcomes}  # type: ignore[misc]


def lines_of(data: Data, own: OwnList, *, is_open: bool) -> Ranked:
    """The open lines that were kept, over the automaker's own list of parts. What decides nothing is one list for all laws that
    find the same lines open."""
    deciding = []
    for nth, at, kind, *sizes in data["deciding"]:
        one, base = own.lines[nth][at], data["base"]
        stake = own.points(one, base)
        deciding.append(OpenLine(one, kind, Rank(None, Size(*sizes[:2]), Size(*sizes[2:]), stake), False, stake))
    return Ranked(
        deciding, _idle(data["idle"], own, data["base"], is_open), [Bar(*row) for row in data["bars"]], data["whole"]
    )


def _idle(text: str, own: OwnList, base: str, is_open: bool) -> list[OpenLine]:
    key = (text, base, is_open)
    if key not in own.idle:
        own.idle[key] = [_idle_line(place, own, base, is_open) for place in text.split()]
    found: list[OpenLine] = own.idle[key]
    return found


def _idle_line(place: str, own: OwnList, base: str, is_open: bool) -> OpenLine:
    key = ("line", place, base, is_open)
    if key not in own.idle:
        nth, at, kind = place.split(".")
        one = own.lines[int(nth)][int(at)]
        stake = own.points(one, base)
        own.idle[key] = OpenLine(one, kind, NOTHING, is_open and stake > 0, stake)
    found: OpenLine = own.idle[key]
    return found
