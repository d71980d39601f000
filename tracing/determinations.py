"""An automaker's own good-faith determinations about one vehicle: what each takes of the budget, and the asking behind it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from suppliers.models import Cannot, Declaration, Try
from tracing import attempts, disclosure
from tracing.attempts import Event
from tracing.disclosure import Budget, Spent
from tracing.disclosure.budgets import LAW
from tracing.models import Outcome, Vehicle

MOST = 3  # others that are named beside one
RELATED = (
    "source__line__declaration__signed_by__user__person", "source__line__declaration__part", "source__sourcing__seller",
    "source__sourcing__buyer_part",
)  # fmt: skip


@dataclass
class Determined:
    """One record that an answer cannot be had: what was determined, what it takes of the budget and why, and its tries."""

    cannot: Cannot
    spent: Spent | None
    state: str  # whole, part, over, nothing, aside, none
    why: str = ""
    events: list[Event] = field(default_factory=list)

    @property
    def source(self) -> Any:
        return self.cannot.source

    @property
    def item(self) -> str:
        return str(self.source.line.item)

    @property
    def seller(self) -> str:
        sale = self.source.sourcing
        return sale.seller.name if sale else self.source.seller_name or "seller not named"

    @property
    def share(self) -> str:
        return share_of(self.cannot)


def share_of(cannot: Cannot) -> str:
    """What is determined, in words."""
    if not cannot.is_determined:
        return "nothing determined"
    return "at least 70 %" if cannot.ge70 else f"{cannot.pct.normalize():f} %"


def told(vehicle: Vehicle, on: dt.date) -> dict[str, Any]:
    """The budget and every record of the vehicle's own lists of parts, those that count first and in the order of spending."""
    outcome = _outcome(vehicle)
    budget = disclosure.budget_of(outcome)
    rows = [_determined(cannot, budget, where, answered) for cannot, where, answered in _records(vehicle, outcome, on)]
    rows.sort(
        key=lambda row: (row.spent is None, row.spent.nth if row.spent else 0, not row.cannot.is_determined, row.item)
    )
    for row in rows:
        row.why = row.why or (_chosen(row, row.spent, rows) if row.spent else "")
    for row, tried in zip(rows, attempts.beside([row.cannot for row in rows], vehicle.organisation), strict=True):
        row.events = tried
    return {
        "vehicle": vehicle, "outcome": outcome, "budget": budget, "rows": rows,
        "counted": [row for row in rows if row.state in {"whole", "part"}],
        "aside": [row for row in rows if row.state not in {"whole", "part"}],
        "gain": sum((row.spent.points for row in rows if row.spent), Decimal(0)),
        "test": disclosure.test_face(outcome.result["tests"][0], outcome.reading) if outcome else None,
    }  # fmt: skip


def _outcome(vehicle: Vehicle) -> Outcome | None:
    rows = Outcome.objects.filter(trace__vehicle=vehicle, trace__error="", rulebook=LAW).select_related(
        "trace__vehicle"
    )
    last = vehicle.traces.order_by("-number").first()
    return rows.filter(trace=last).first() if last else None


def _records(
    vehicle: Vehicle, outcome: Outcome | None, on: dt.date
) -> Iterable[tuple[Cannot, tuple[str, int, int] | None, bool]]:
    """The automaker's own records behind a trace, each with its place in the dossier and whether its supplier answered all the
    same; those in force where there is no trace."""
    own = Declaration.objects.filter(organisation=vehicle.organisation_id)
    if outcome is None:
        names: dict[str, str] = {}
        rows = own.in_force(on=on).filter(part=vehicle.part_id)
    else:
        names = {key: name for name, key in outcome.trace.declarations.items()}
        rows = own.filter(pk__in=names)
    found = Cannot.objects.filter(source__line__declaration__in=rows).select_related(*RELATED)
    found = found.prefetch_related(Prefetch("tried", Try.objects.order_by("at", "id")))
    body = disclosure.dossier_of(outcome.trace)["declarations"] if outcome else {}
    lines: dict[Any, list[Cannot]] = defaultdict(list)
    for row in found.order_by("source__line__declaration", "source__line__position", "source__position"):
        lines[row.source.line_id].append(row)
    at = _positions(rows)
    for line, cannots in lines.items():
        name = names.get(str(cannots[0].source.line.declaration_id), "")
        sources = body[name]["body"][at[line]]["sources"] if name else []
        places = [nth for nth, source in enumerate(sources) if source.get("cannot")]
        same = len(places) == len(cannots)
        for nth, cannot in enumerate(cannots):
            where = (name, at[line], places[nth]) if same else None
            yield cannot, where, bool(where and sources[where[2]].get("declaration"))


def _positions(declarations: Any) -> dict[Any, int]:
    """The place of each line in its declaration's list, as a dossier counts it: from nought, without holes."""
    found: dict[Any, int] = {}
    seen: dict[Any, int] = defaultdict(int)
    for declaration in declarations.prefetch_related("lines"):
        for line in declaration.lines.all():
            found[line.pk] = seen[declaration.pk]
            seen[declaration.pk] += 1
    return found


def _determined(
    cannot: Cannot, budget: Budget | None, where: tuple[str, int, int] | None, answered: bool
) -> Determined:
    spent = budget.spent.get(where) if budget and where else None
    if spent is None:
        return Determined(cannot, None, "aside" if cannot.is_determined else "none", _aside(cannot, budget, answered))
    if spent.taken == 0 and spent.value > 0:
        return Determined(cannot, spent, "over")
    return Determined(cannot, spent, "nothing" if spent.counts == 0 else "part" if spent.left else "whole")


def _chosen(row: Determined, spent: Spent, rows: list[Determined]) -> str:
    """Why one that was put to the budget counts, in part or not at all: against the others, by what each makes count."""
    before = _named(one for one in rows if one.spent and one.spent.nth < spent.nth)
    after = _named(one for one in rows if one.spent and one.spent.nth > spent.nth)
    if row.state == "nothing":
        return "To the nearest 5 percent nothing of it counts, so it gains nothing."
    if row.state == "over":
        return f"The budget is spent on what counts at least as much of its value{before}. Silence counts zero (49 CFR 583.6(c)(5))."
    rate = "all of its value counts" if spent.counts == 100 else f"{spent.counts.normalize():f} % of its value counts"
    said = f"Number {spent.nth} by what the budget gains in it: {rate}"
    said += f", so it goes before{after}." if after else f", so it comes after{before}." if before else "."
    return said + (" The budget ends here; the rest of its value stays at zero." if row.state == "part" else "")


def _named(rows: Iterable[Determined]) -> str:
    found = [f"{row.item} ({row.spent.counts.normalize():f} %)" for row in rows if row.spent]
    if not found:
        return ""
    return " " + ", ".join(found[:MOST]) + (f" and {len(found) - MOST} more" if len(found) > MOST else "")


def _aside(cannot: Cannot, budget: Budget | None, answered: bool) -> str:
    """Why a record takes nothing of the budget, as far as the automaker's own entries tell."""
    source = cannot.source
    if not cannot.is_determined:
        words = (
            "Its words alone count nothing: the share is not entered."
            if cannot.determination
            else "Nothing is determined."
        )
        return f"{words} Silence counts zero (49 CFR 583.6(c)(5))."
    if budget is None:
        return "The vehicle was not traced yet: what it takes of the budget follows."
    if not cannot.tried.all():
        return "Nobody was asked: a determination needs a timely request and a good-faith effort (49 CFR 583.6(c)(6))."
    if source.allied or source.how == "made":
        return (
            "The budget is for outside suppliers: an allied supplier’s equipment counts as it is (49 CFR 583.6(c)(2))."
        )
    if source.line.minor:
        return "A minor item: it counts by the place of final assembly (49 CFR 583.6(a))."
    if source.made_in and source.made_in.code not in {"US", "CA"}:
        return f"Entered as made in {source.made_in.name}: imported equipment counts only what is documented (49 CFR 583.6(c)(4)(v))."
    if answered:
        return "Its supplier answered under this law: the answer counts, the determination is not needed."
    if source.how == "imported":
        return "Your own import: imported equipment counts only what is documented (49 CFR 583.6(c)(4)(v))."
    return "It does not go into the vehicle as equipment that you or an allied supplier buys outside."


HEAD = [
    "part", "description", "supplier", "reason", "determined", "basis", "finding in words", "state", "why", "currency",
    "value in one vehicle", "counted as determined", "counts %", "gain", "gain in points", "signed by", "signed at", "day", "what", "who",
    "what came of it", "among the signed attempts",
]  # fmt: skip


def lines(found: dict[str, Any]) -> Iterable[list[Any]]:
    """The rows of the file: one for each thing done or come back, one for a record without any."""
    budget = found["budget"]
    for row in found["rows"]:
        cannot, spent, by = row.cannot, row.spent, row.source.line.declaration
        about = [
            row.item, row.source.line.description, row.seller, cannot.get_reason_display(), row.share, cannot.basis, cannot.determination,
            STATES[row.state], row.why, budget.currency if budget else "", *_amounts(spent, budget),
            by.signed_by.user.display_name if by.signed_by else "", by.signed_at,
        ]  # fmt: skip
        for event in row.events or [None]:
            said = [event.on, event.what, event.who, event.came, "yes" if event.signed else "no"] if event else [""] * 5
            yield [*about, *said]


def _amounts(spent: Spent | None, budget: Budget | None) -> list[Any]:
    if spent is None or budget is None:
        return ["", "", "", "", ""]
    if not budget.exact and spent.left and spent.taken:
        return [spent.value, "", spent.counts, "", ""]
    return [spent.value, spent.taken, spent.counts, spent.gain, disclosure.hundredths(spent.points)]


STATES = {
    "whole": "counts", "part": "counts in part", "over": "over the budget", "nothing": "gains nothing", "aside": "not needed or not lawful",
    "none": "nothing determined",
}  # fmt: skip
