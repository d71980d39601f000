"""An automaker's own good-faith determinations about one vehicle: what each takes of the budget, and the asking behind it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Prefetch

from suppliers.models import Cannot, Declaration, Try
from tracing import attempts, disclosure
from tracing.attempts import Event
from tracing.disclosure import Budget, Spent
from tracing.disclosure.budgets import LAW
from tracing.models import Outcome, Vehicle, Verdict

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
    found = _found(vehicle)
    budget = disclosure.budget_of(found)
    rows = [_determined(cannot, budget, found, place) for cannot, place in _records(vehicle, found, on)]
    rows.sort(
        key=lambda row: (row.spent is None, row.spent.nth if row.spent else 0, not row.cannot.is_determined, row.item)
    )
    for row in rows:
        row.why = row.why or (_chosen(row, row.spent, rows) if row.spent else "")
    for row, tried in zip(rows, attempts.beside([row.cannot for row in rows], vehicle.organisation), strict=True):
        row.events = tried
    return {
        "vehicle": vehicle, "found": found, "at": _at(found), "budget": budget, "rows": rows,
        "counted": [row for row in rows if row.state in {"whole", "part"}],
        "aside": [row for row in rows if row.state not in {"whole", "part"}],
        "gain": sum((row.spent.points for row in rows if row.spent), Decimal(0)),
        "test": disclosure.test_face(found.result["tests"][0], found.reading) if found else None,
    }  # fmt: skip


def _found(vehicle: Vehicle) -> Outcome | Verdict | None:
    """What the newest trace says under the label law; of a vehicle that was not traced, or could not be, what the roll says."""
    rows = Outcome.objects.filter(trace__vehicle=vehicle, trace__error="", rulebook=LAW).select_related(
        "trace__vehicle"
    )
    last = vehicle.traces.order_by("-number").first()
    outcome = rows.filter(trace=last).first() if last else None
    return outcome or Verdict.objects.filter(vehicle=vehicle, rulebook=LAW).order_by("reading").first()


def _at(found: Outcome | Verdict | None) -> dt.datetime | None:
    """When the figures were computed."""
    return found.trace.at if isinstance(found, Outcome) else found.at if found else None


class Place(NamedTuple):
    """Where a record stands in what was computed: declaration, line and source; and whether its supplier answered all the same."""

    where: tuple[str, int, int] | None
    answered: bool


def _records(vehicle: Vehicle, found: Outcome | Verdict | None, on: dt.date) -> Iterable[tuple[Cannot, Place]]:
    """The automaker's own records behind these figures, each with its place in them; those in force where there are none."""
    own = Declaration.objects.filter(organisation=vehicle.organisation_id)
    names = _names(found)
    rows = own.filter(pk__in=names) if found else own.in_force(on=on).filter(part=vehicle.part_id)
    cannots = Cannot.objects.filter(source__line__declaration__in=rows).select_related(*RELATED)
    cannots = cannots.prefetch_related(Prefetch("tried", Try.objects.order_by("at", "id")))
    lines: dict[Any, list[Cannot]] = defaultdict(list)
    for row in cannots.order_by("source__line__declaration", "source__line__position", "source__position"):
        lines[row.source.line_id].append(row)
    at, places = _positions(rows), _places(found)
    for line, same in lines.items():
        name = names.get(str(same[0].source.line.declaration_id), "")
        there = places.get((name, at[line]), [])
        for nth, cannot in enumerate(same):
            source, answered = there[nth] if len(there) == len(same) else (None, _is_closed(found, at[line]))
            yield cannot, Place(None if source is None else (name, at[line], source), answered)


def _is_closed(found: Outcome | Verdict | None, line: int) -> bool:
    """Whether a roll finds nothing open on that line of the vehicle's own list."""
    return isinstance(found, Verdict) and "open" in found.result and all(row[0] != line for row in found.result["open"])


def _names(found: Outcome | Verdict | None) -> dict[str, str]:
    """By key of an own declaration what it is called in these figures: by its name in the dossier, in a roll by its key."""
    if isinstance(found, Outcome):
        return {key: name for name, key in found.trace.declarations.items()}
    if found is None:
        return {}
    budget = found.result.get("budget") or {"places": []}
    return {key: key for key in (found.result["declaration"], *(row[0] for row in budget["places"]))}


def _places(found: Outcome | Verdict | None) -> dict[tuple[str, int], list[tuple[int, bool]]]:
    """By declaration and line the sources of which an answer cannot be had, in order, each with whether it was answered."""
    told: dict[tuple[str, int], list[tuple[int, bool]]] = defaultdict(list)
    if isinstance(found, Outcome):
        for name, declaration in disclosure.dossier_of(found.trace)["declarations"].items():
            for line, row in enumerate(declaration.get("body") or []):
                for nth, source in enumerate(row["sources"]):
                    if source.get("cannot"):
                        told[name, line].append((nth, bool(source.get("declaration"))))
    elif found is not None:
        for name, line, source, answered in (found.result.get("budget") or {"places": []})["places"]:
            told[name, line].append((source, answered))
    return told


def _positions(declarations: Any) -> dict[Any, int]:
    """The place of each line in its declaration's list, as a dossier counts it: from nought, without holes."""
    found: dict[Any, int] = {}
    seen: dict[Any, int] = defaultdict(int)
    for declaration in declarations.prefetch_related("lines"):
        for line in declaration.lines.all():
            found[line.pk] = seen[declaration.pk]
            seen[declaration.pk] += 1
    return found


def _determined(cannot: Cannot, budget: Budget | None, found: Outcome | Verdict | None, place: Place) -> Determined:
    spent = budget.spent.get(place.where) if budget and place.where else None
    if spent is None:
        why = _aside(cannot, place.answered, computed=found is not None)
        return Determined(cannot, None, "aside" if cannot.is_determined else "none", why)
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


def _aside(cannot: Cannot, answered: bool, *, computed: bool) -> str:
    """Why a record takes nothing of the budget, as far as the automaker's own entries tell."""
    source = cannot.source
    if not cannot.is_determined:
        words = (
            "Its words alone count nothing: the share is not entered."
            if cannot.determination
            else "Nothing is determined."
        )
        return f"{words} Silence counts zero (49 CFR 583.6(c)(5))."
    if not computed:
        return "The vehicle was neither traced nor rolled yet: what it takes of the budget follows."
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
