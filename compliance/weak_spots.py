"""What a claim on one outcome is weakest in: read by the officer before signing, from faces and the company's own rows."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compliance import plausibility
from compliance.doubts import newest_of
from compliance.plausibility import Known
from suppliers import days
from suppliers.models import Cannot
from suppliers.templatetags.traceline import gap_word
from tracing import determinations, disclosure, rulebooks
from tracing.models import Outcome

NEAR = 1
"""Points: a worst case so close to what is needed is named, from the whole points that are shown anyway."""


@dataclass(frozen=True)
class Spot:
    """One kind of weakness: a code, the bold fact, why it matters, and each case in a sentence of its own."""

    code: str
    fact: str
    why: str
    rows: tuple[str, ...] = ()

    @property
    def kept(self) -> dict[str, Any]:
        """As a sign-off freezes it."""
        return {"code": self.code, "fact": self.fact, "rows": list(self.rows)}


def spots(outcome: Outcome, *, begins: dt.date, ends: dt.date, on: dt.date) -> list[Spot]:
    """Everything an officer should have read before a claim for a half-open period, in a fixed order; a handful of queries."""
    face = disclosure.outcome_face(outcome)
    known = _direct(outcome, on)
    found = [
        *_standing(face), *_near(face), *_gaps(outcome, face), *_ending(known, begins, ends), *_doubted(outcome, known),
        *_findings(outcome, known, on), *_choices(outcome, face), *_determined(outcome), *_not_run(face),
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.code)


def _direct(outcome: Outcome, on: dt.date) -> list[Known]:
    """The answers that the vehicle's own lines rest on."""
    sales = {row["sourcing"].pk: row["sourcing"] for row in disclosure.part_faces(outcome) if row["sourcing"]}
    parts = {sale.seller_part_id for sale in sales.values()}
    known = plausibility.known_of(outcome.trace.vehicle.organisation.keeps, on=on, parts=parts)
    return [row for row in known if any(sale.pk in sales for sale in row.sales) and row.face.begins <= on]


def _standing(face: dict[str, Any]) -> Iterator[Spot]:
    if face["status"] != "law" or face["hypothetical"]:
        said = "not in force on that day" if face["hypothetical"] else f"a {face['status']}, not law"
        yield Spot("W1", f"{face['title']} is {said}", "It gives no right to preference.")
    elif face["verdict"] not in {"pass", "none"}:
        yield Spot("W1", "It does not pass whatever the answers", "It passes only as the law itself answers silence.")


def _near(face: dict[str, Any]) -> Iterator[Spot]:
    rows = [
        f"{test['title']}: {test['worst']} at worst, {test['threshold']} {'at most' if test['operator'] == 'at_most' else 'needed'}"
        for test in face["ran"]
        if test["threshold"] and test["bar"]["worst"] is not None
        and abs(test["bar"]["worst"] - Decimal(test["threshold"])) <= NEAR
    ]  # fmt: skip
    if rows:
        yield Spot(
            "W2", "Within one point of what is needed", "One price or one exchange rate can turn it.", tuple(rows)
        )


def _gaps(outcome: Outcome, face: dict[str, Any]) -> Iterator[Spot]:
    gaps = disclosure.gap_faces(outcome)
    rows = [f"{_part(gap)}: {gap_word(gap['kind'])}, {gap['points']} points" for gap in gaps]
    if rows:
        yield Spot(
            "W3", f"{_many(rows, 'answer is', 'answers are')} missing or incomplete", face["silence"], tuple(rows)
        )


def _ending(known: list[Known], begins: dt.date, ends: dt.date) -> Iterator[Spot]:
    rows = [
        f"{row.face.number} of {row.face.seller} ends {days.day(row.face.ends - dt.timedelta(1))}"
        for row in sorted(known, key=lambda row: (row.face.ends, row.face.seller, row.face.number))
        if row.face.ends < ends and not any(one.begins <= row.face.ends and one.ends >= ends for one in row.beside)
    ]
    if rows:
        why = "After that day the claim rests on nothing for the part, until it is renewed."
        yield Spot("W4", f"{_many(rows, 'answer ends', 'answers end')} within the claim’s period", why, tuple(rows))


def _doubted(outcome: Outcome, known: list[Known]) -> Iterator[Spot]:
    buyer = outcome.trace.vehicle.organisation_id
    last = newest_of({row.face.key for row in known}, {buyer})
    waiting, doubted = [], []
    for row in known:
        decided, name = last.get((buyer, row.face.key)), f"{row.face.number} of {row.face.seller}"
        if decided is None:
            waiting.append(name)
        elif decided.decision != "accept":
            said = "rejected" if decided.decision == "reject" else "asked back"
            doubted.append(f"{name}: {said} {days.day(decided.at.date())}, “{decided.why}”")
    if doubted:
        why = "What is signed counts until it is withdrawn: the figure rests on these too."
        yield Spot(
            "W5", f"{_many(doubted, 'answer is', 'answers are')} doubted by your own reviewers", why, tuple(doubted)
        )
    if waiting:
        why = "Nobody of yours has looked at them."
        yield Spot("W6", f"{_many(waiting, 'answer waits', 'answers wait')} for review", why, tuple(sorted(waiting)))


def _findings(outcome: Outcome, known: list[Known], on: dt.date) -> Iterator[Spot]:
    buyer = outcome.trace.vehicle.organisation_id
    accepted = {
        key for (_, key), row in newest_of({row.face.key for row in known}, {buyer}).items() if row.decision == "accept"
    }
    rows = [
        f"{one.code} {row.face.number} of {row.face.seller}: {one.fact}"
        for row in known
        if row.face.key not in accepted
        for one in plausibility.found(row)
    ]
    own = plausibility.found_in([outcome.trace.vehicle.part], on=on)
    rows += [f"{one.code} {one.fact}" for found in own.values() for one in found]
    if rows:
        why = "What is not explained now is asked by customs later."
        yield Spot("W7", f"{_many(rows, 'finding is', 'findings are')} open", why, tuple(sorted(rows)))


def _choices(outcome: Outcome, face: dict[str, Any]) -> Iterator[Spot]:
    """Where a text allows several readings, and what the maker elected: choices are the claimant's to defend."""
    told = rulebooks.rulebook(outcome.rulebook).data.get("switches", {})
    rows = [
        f"{name.replace('_', ' ')}: {value.replace('_', ' ')}. {told[name]['why']} {told[name]['cite']}"
        for name, value in sorted(face["switches"].items())
        if name in told
    ]
    for facts in outcome.trace.own_declarations().values_list("vehicle_facts", flat=True):
        elected = sorted((facts.get("elections") or {}).items())
        rows += [f"elected: {name.replace('_', ' ')} {_said(value)}" for name, value in elected]
    if rows:
        said = f"{_many(rows, 'choice was', 'choices were')} made where the text leaves one"
        yield Spot("W8", said, "Each is yours to defend.", tuple(rows))


def _determined(outcome: Outcome) -> Iterator[Spot]:
    """One's own findings about silent suppliers, on the vehicle's own lines (49 CFR 583.6(c)(6))."""
    rows = Cannot.objects.filter(
        source__line__declaration__in=outcome.trace.own_declarations(),
    ).exclude(determination="", ge70=None).select_related("source__line")  # fmt: skip
    said = [
        f"{row.source.line.item}: {'; '.join(filter(None, [_share(row), row.determination, row.basis or 'no basis given']))}"
        for row in rows
    ]
    if said:
        why = "Good-faith findings count for at most a tenth by value of outside equipment (49 CFR 583.6(c)(6))."
        yield Spot(
            "W9",
            f"{_many(said, 'finding of your own stands', 'findings of your own stand')} for an answer",
            why,
            tuple(said),
        )


def _share(row: Cannot) -> str:
    return determinations.share_of(row) + " U.S. and Canadian value" if row.is_determined else ""


def _not_run(face: dict[str, Any]) -> Iterator[Spot]:
    rows = tuple(f"{test['title']}: {test['why']}" for test in face["not_run"] if test["result"] == "not_run")
    if rows:
        yield Spot(
            "WX", f"{_many(rows, 'test was', 'tests were')} not run", "The claim says nothing about these.", rows
        )


def _part(gap: dict[str, Any]) -> str:
    return f"{gap['item']} of {gap['seller']}" if gap["seller"] else gap["item"]


def _many(rows: Any, one: str, many: str) -> str:
    return f"{len(rows)} {one if len(rows) == 1 else many}"


def _said(value: Any) -> str:
    return ", ".join(f"{key} {said}" for key, said in value.items()) if isinstance(value, dict) else str(value)
