"""What waits for a reviewer: answers addressed to the company, and outcomes of its vehicles; by state, supplier and finding."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from compliance import plausibility, signoffs
from compliance.actions import checks
from compliance.doubts import newest_of, states_of
from compliance.models import CheckedAnswer, FaceReview, Review, SignOff
from compliance.plausibility import Finding, Known
from suppliers.forms.plants import keys
from suppliers.models import Membership, Organisation
from tracing import boards, disclosure, rulebooks
from tracing.models import Outcome, Trace, Vehicle

WAITING = "waiting"
STATES = {
    WAITING: "wait for review", "ask": "asked back", "reject": "rejected", "accept": "accepted", "all": "of every state",
}  # fmt: skip
CLEAN, ANY = "none", "any"
AT_ONCE = 1000


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


def answers(membership: Membership, *, on: dt.date, whole: bool = False) -> QuerySet[CheckedAnswer]:
    """Every answer that counts on or after that day with its ``state``: what stops first, then what is worth a look, then the
    newest. The words for the severities stand in the alphabet as they are to stand here, backwards.

    Where much was said since the checks last ran, only the newest, until a worker has read the rest (``unread`` counts it);
    ``whole``: all of it, however long that takes."""
    checks.bring_up(membership.organisation, most=None if whole else checks.A_PAGE)
    rows = CheckedAnswer.objects.visible_to(membership).counting(on=on).each_once(membership.keeps)
    last = FaceReview.objects.filter(declaration=OuterRef("declaration"), organisation__in=membership.keeps)
    state = Coalesce(Subquery(last.order_by("-at", "-pk").values("decision")[:1]), Value(WAITING))
    return rows.annotate(state=state).order_by("-severity", "-signed", "-declaration_id")


def unread(membership: Membership) -> int:
    """How many answers to the company the checks have still to read. One query where they have read all."""
    company = membership.organisation
    return 0 if checks.has_read(company) else checks.unread(company.keeps).count()


def every(membership: Membership, filters: "Filters", *, on: dt.date) -> Iterator[Shown]:
    """All answers that are asked for, none left out; nothing is read before the first is taken."""
    rows = filters.keep(answers(membership, on=on, whole=True)).values_list("declaration", flat=True)
    yield from shown(membership, rows.iterator(chunk_size=AT_ONCE))


def shown(membership: Membership, answered: Iterable[UUID]) -> Iterator[Shown]:
    """Some of them by their keys, in that order, with all that is known of each, so many at a time."""
    keys = iter(answered)
    while some := list(islice(keys, AT_ONCE)):
        yield from _shown(membership, some)


def _shown(membership: Membership, some: list[UUID]) -> Iterator[Shown]:
    kept = CheckedAnswer.objects.visible_to(membership).filter(declaration__in=some)
    found = dict(kept.values_list("declaration_id", "findings"))
    known = {row.face.key: row for row in plausibility.known_of(membership.keeps, keys=some)}
    last = _last(set(some), membership)
    for key in some:
        if key in known:  # not withdrawn in this very moment
            yield Shown(known[key], [plausibility.finding(*one) for one in found.get(key, ())], last.get(key))


def answer(membership: Membership, key: UUID) -> Shown | None:
    """One answer, whether it counts or not, with what the checks find now; None where it is not addressed to the company."""
    known = next(iter(plausibility.known_of(membership.keeps, keys=[key])), None)
    return Shown(known, plausibility.found(known), _last({key}, membership).get(key)) if known else None


def _last(some: set[UUID], membership: Membership) -> dict[UUID, FaceReview]:
    """By answer the last decision of the company or of one whose records it keeps."""
    rows = newest_of(some, set(membership.keeps))
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

    def in_state(self, rows: QuerySet[CheckedAnswer]) -> QuerySet[CheckedAnswer]:
        return rows if self.state == "all" else rows.filter(state=self.state)

    def keep(self, rows: QuerySet[CheckedAnswer]) -> QuerySet[CheckedAnswer]:
        """Those of them that are asked for."""
        rows = self.in_state(rows)
        if self.seller:
            rows = rows.filter(seller__in=keys([self.seller]))
        if self.finding in {CLEAN, ANY}:
            return rows.filter(codes="") if self.finding == CLEAN else rows.filter(codes__gt="")
        return rows.filter(codes__contains=f" {self.finding} ") if self.finding else rows

    @property
    def narrow(self) -> bool:
        """Whether anything but the state is asked for, so that it can be undone."""
        return bool(self.seller or self.finding)


def choices(rows: QuerySet[CheckedAnswer], filters: Filters) -> dict[str, Any]:
    """What the filters offer: states with how many, the suppliers and findings that occur in the state chosen. Two queries."""
    states, codes = Counter[str](), Counter[str]()
    for state, found, count in rows.order_by().values_list("state", "codes").annotate(Count("pk")):
        states[state] += count
        codes[found] += count if filters.state in {"all", state} else 0
    states["all"] = states.total()
    sellers = Organisation.objects.filter(pk__in=filters.in_state(rows).order_by().values("seller"))
    occurring = {code for found, count in codes.items() if count for code in found.split()}
    return {
        "states": [(key, words, states[key]) for key, words in STATES.items()],
        "sellers": [(name, str(key)) for name, key in sellers.order_by("name", "pk").values_list("name", "pk")],
        "checks": [one for one in plausibility.CHECKS if one.code in occurring],
        "clean": codes[""], "doubtful": codes.total() - codes[""],
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
