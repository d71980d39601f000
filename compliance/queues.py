"""What waits for a reviewer: answers addressed to the company, and outcomes of its vehicles; by state, supplier and finding."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from compliance import plausibility, signoffs
from compliance.actions import checks
from compliance.doubts import decisions, newest_of, states_of
from compliance.models import CheckedAnswer, FaceReview, Review, SignOff
from compliance.plausibility import Finding, Known
from suppliers.models import Membership, Organisation
from tracing import boards, disclosure, rulebooks
from tracing.models import Outcome, Trace, Vehicle

WAITING = "waiting"
STATES = {
    WAITING: "wait for review", "ask": "asked back", "reject": "rejected", "accept": "accepted", "all": "of every state",
}  # fmt: skip
CLEAN, ANY = "none", "any"
AT_ONCE = 500


@dataclass(frozen=True)
class Answer:
    """One answer as the queue counts and filters it: whose, what the checks found by code, and the decision that holds."""

    key: UUID
    seller: UUID
    severity: str
    codes: tuple[str, ...]
    state: str

    @property
    def clean(self) -> bool:
        return not self.codes


@dataclass(frozen=True)
class Shown:
    """One answer with all that a reviewer may know of it, what the checks found, and the decision that holds."""

    known: Known
    findings: list[Finding]
    last: FaceReview | None

    @property
    def state(self) -> str:
        return self.last.decision if self.last else WAITING

    @property
    def items(self) -> list[str]:
        """One's own numbers of the part."""
        return list(dict.fromkeys(sale.buyer_part.number for sale in self.known.sales))


ORDER = (plausibility.STOPS, plausibility.LOOK, plausibility.FINE)


def answers(membership: Membership, *, on: dt.date) -> list[Answer]:
    """Every answer that counts on or after that day, what stops first, then what is worth a look, then the newest."""
    checks.bring_up(membership.organisation)
    decided = decisions(membership.keeps)
    rows = CheckedAnswer.objects.visible_to(membership).counting(on=on).order_by("-signed", "-declaration_id")
    found = {
        key: Answer(key, seller, severity, tuple(codes.split()), decided[key][0] if key in decided else WAITING)
        for key, seller, severity, codes in rows.values_list("declaration_id", "seller_id", "severity", "codes")
    }
    return sorted(found.values(), key=lambda row: ORDER.index(row.severity))


def shown(membership: Membership, rows: Iterable[Answer]) -> Iterator[Shown]:
    """Some of them in their order with all that is known of each, so many at a time."""
    every = list(rows)
    for start in range(0, len(every), AT_ONCE):
        yield from _shown(membership, [row.key for row in every[start : start + AT_ONCE]])


def _shown(membership: Membership, keys: list[UUID]) -> Iterator[Shown]:
    kept = CheckedAnswer.objects.visible_to(membership).filter(declaration__in=keys)
    found = dict(kept.values_list("declaration_id", "findings"))
    known = {row.face.key: row for row in plausibility.known_of(membership.keeps, keys=keys)}
    last = _last(set(keys), membership)
    for key in keys:
        if key in known:  # not withdrawn in this very moment
            yield Shown(known[key], [plausibility.finding(*one) for one in found.get(key, ())], last.get(key))


def answer(membership: Membership, key: UUID) -> Shown | None:
    """One answer, whether it counts or not, with what the checks find now; None where it is not addressed to the company."""
    known = next(iter(plausibility.known_of(membership.keeps, keys=[key])), None)
    return Shown(known, plausibility.found(known), _last({key}, membership).get(key)) if known else None


def _last(keys: set[UUID], membership: Membership) -> dict[UUID, FaceReview]:
    """By answer the last decision of the company or of one whose records it keeps."""
    rows = newest_of(keys, set(membership.keeps))
    return {key: row for (_buyer, key), row in sorted(rows.items(), key=lambda one: (one[1].at, str(one[1].pk)))}


@dataclass(frozen=True)
class Filters:
    """What the address of the queue asks for; anything unknown in it is as if it were not there."""

    state: str = WAITING
    seller: str = ""
    finding: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filters":
        state, finding = asked.get("state", ""), asked.get("finding", "")
        codes = {CLEAN, ANY, *(one.code for one in plausibility.CHECKS)}
        return cls(state if state in STATES else WAITING, asked.get("seller", ""), finding if finding in codes else "")

    def keeps(self, row: Answer) -> bool:
        return self.in_state(row) and self.seller in {"", str(row.seller)} and self.with_finding(row)

    def in_state(self, row: Answer) -> bool:
        return self.state in {"all", row.state}

    def with_finding(self, row: Answer) -> bool:
        return self.finding == "" or (
            row.clean if self.finding == CLEAN else not row.clean and self.finding in {*row.codes, ANY}
        )

    @property
    def narrow(self) -> bool:
        """Whether anything but the state is asked for, so that it can be undone."""
        return bool(self.seller or self.finding)


def choices(rows: list[Answer], filters: Filters) -> dict[str, Any]:
    """What the filters offer: states with how many, the suppliers and findings that occur in the state chosen."""
    here = [row for row in rows if filters.in_state(row)]
    sellers = Organisation.objects.filter(pk__in={row.seller for row in here}).order_by("name", "pk")
    found = {code for row in here for code in row.codes}
    counts = Counter(row.state for row in rows)
    counts["all"] = len(rows)
    return {
        "states": [(key, words, counts[key]) for key, words in STATES.items()],
        "sellers": [(name, str(key)) for name, key in sellers.values_list("name", "pk")],
        "checks": [one for one in plausibility.CHECKS if one.code in found],
        "clean": sum(row.clean for row in here), "doubtful": sum(not row.clean for row in here),
    }  # fmt: skip


# ---- outcomes ----

VERDICTS = {"pass": "Passes", "open": "Open", "fail": "Fails", "none": "No pass mark"}


@dataclass
class Result:
    """One outcome in the queue: its face, what was decided on it or on one that read the same, and what stands against it."""

    outcome: Outcome
    face: dict[str, Any]
    last: Review | None = None
    same: bool = False
    asked: signoffs.Asked = field(default_factory=signoffs.Asked)
    findings: list[Finding] = field(default_factory=list)
    doubted: int = 0
    unseen: int = 0

    @property
    def state(self) -> str:
        return self.last.decision if self.last and self.same else WAITING

    @property
    def signed(self) -> SignOff | None:
        """The newest sign-off of that decision."""
        return next(iter(self.last.sign_offs.all()), None) if self.last and self.same else None


def newest_outcomes(membership: Membership, *, law: str = "", verdict: str = ""):
    """The outcomes of each own vehicle's newest trace: under laws in force, under ``all`` rulebooks or one; of one verdict."""
    last = Trace.objects.filter(vehicle=OuterRef("pk")).order_by("-number").values("pk")[:1]
    traces = Vehicle.objects.visible_to(membership).values_list(Subquery(last), flat=True)
    rows = Outcome.objects.filter(trace__in=[key for key in traces if key])
    if law in rulebooks.ids():
        rows = rows.filter(rulebook=law)
    elif law != "all":
        rows = rows.filter(status="law", hypothetical=False)
    rows = rows.filter(verdict=verdict) if verdict in VERDICTS else rows
    rows = rows.select_related("trace__vehicle__part", "trace__vehicle__organisation").prefetch_related("open_gaps")
    return rows.order_by("trace__vehicle__name", "rulebook", "reading")


def results(outcomes: Iterable[Outcome], *, on: dt.date) -> list[Result]:
    """Some outcomes as rows of the queue, in their order."""
    rows = list(outcomes)
    before = _before(rows)
    _shared([*rows, *(one.outcome for one in before.values())])
    sales = {row.pk: [part["sourcing"] for part in disclosure.part_faces(row)] for row in rows}
    held = states_of(list({sale for found in sales.values() for sale in found if sale}), on)
    own = plausibility.found_in({row.trace.vehicle.part for row in rows}, on=on)
    return [_result(row, sales[row.pk], held, own, before) for row in rows]


def _shared(outcomes: list[Outcome]) -> None:
    """One object for each trace, with what its faces need fetched for all at once."""
    traces = {row.trace_id: row.trace for row in outcomes}
    for row in outcomes:
        row.trace = traces[row.trace_id]
    disclosure.prepare(traces.values())


def _result(row: Outcome, sales, held, own, before) -> Result:
    face = disclosure.outcome_face(row) | {"letter": boards.letter(row.rulebook, row.reading)}
    last = before.get((row.trace.vehicle_id, row.rulebook, row.reading))
    against = [decided for sale in {one for one in sales if one} for _key, decided in held.get(sale.pk, [])]
    return Result(
        row, face, last, last is not None and _alike(last.outcome, row, face), signoffs.of(row.rulebook),
        own.get(row.trace.vehicle.part_id, []),
        sum(one is not None and one.decision != FaceReview.Decision.ACCEPT for one in against),
        sum(one is None for one in against),
    )  # fmt: skip


def _before(rows: list[Outcome]) -> dict[tuple[UUID, str, str], Review]:
    """By vehicle, rulebook and reading: the last decision on any of its computations; one query."""
    reviews = Review.objects.filter(outcome__trace__vehicle__in={row.trace.vehicle_id for row in rows})
    reviews = reviews.select_related(
        "outcome__trace__vehicle__part", "outcome__trace__vehicle__organisation", "by__user__person"
    )
    reviews = reviews.prefetch_related("outcome__open_gaps", "sign_offs").order_by("at")
    return {(one.outcome.trace.vehicle_id, one.outcome.rulebook, one.outcome.reading): one for one in reviews}


def _alike(old: Outcome, new: Outcome, face: dict[str, Any]) -> bool:
    """Whether what was decided on reads as this one does: a computation of another day asks for no new decision by itself."""
    return old.pk == new.pk or disclosure.alike(disclosure.outcome_face(old), face)
