"""Whom to ask for what: of the sales behind chosen goods, those where an answer can change something, and why.

All that is weighed is the asker's own or on the face of what was addressed to it; a trace speaks through ``disclosure``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers.days import day
from suppliers.models import Declaration, Decline, Membership, Part, Postponement, Request, Sourcing, Statement
from tracing import boards, disclosure, purchases, rulebooks
from tracing.engine.result import FAIL, PASS
from tracing.models import Outcome, Vehicle

Period = tuple[dt.date, dt.date]
BY_STATEMENT = {"ge70", "pct5", "originates"}
GAPS = {
    "undetermined": gettext_lazy("undetermined"), "contradictory": gettext_lazy("contradictory"),
    "refused": gettext_lazy("refused"), "cannot": gettext_lazy("cannot be obtained"),
    "unobtainable": gettext_lazy("cannot be obtained"), "review": gettext_lazy("to review"),
}  # fmt: skip
SALES = {
    "pk": "pk", "seller": "seller", "seller_name": "seller__name", "language": "seller__language",
    "part": "seller_part", "their_number": "seller_part__number", "item": "buyer_part__number",
    "description": "buyer_part__description",
}  # fmt: skip


@dataclass
class Row:
    """One sale: ``kind`` ask, asked (a question waits) or declined; ``why`` in sentences; points at most in one good.

    ``points`` is exact where nothing was answered: it follows from the asker's own prices; else the upper end of a band.
    """

    sale: dict[str, Any]
    kind: str = "ask"
    why: list[str] = field(default_factory=list)
    stake: Decimal = Decimal(0)
    direct: bool = True

    @property
    def key(self) -> str:
        return str(self.sale["pk"])

    @property
    def points(self) -> str:
        """Points at most in one good: exact where nothing was answered, else the band that they lie in."""
        if not self.direct:
            return _("up to %(points)s") % {"points": disclosure.ceiling(self.stake)}
        return f"{self.stake:.1f}"


@dataclass
class Proposal:
    """``ask`` is to be asked, ``asked`` waits already, ``declined`` was refused; ``fine`` counts the sales that are answered.

    ``unlisted`` goods have no list of parts; ``unnamed`` items have no sale on the portal; ``unconfirmed`` sales lack a side.
    """

    ask: list[Row]
    asked: list[Row]
    declined: list[Row]
    fine: int
    unlisted: list[Part]
    unnamed: dict[str, str]
    unconfirmed: list[dict[str, Any]]
    bought: purchases.Purchases

    @property
    def groups(self) -> list[dict[str, Any]]:
        """What is to be asked, by supplier; the supplier with most at stake first."""
        return grouped(self.ask)


def grouped(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows by supplier, what weighs most first."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        group = found.setdefault(
            row.sale["seller"], {"seller": row.sale["seller"], "name": row.sale["seller_name"], "rows": []}
        )
        group["rows"].append(row)
    for group in found.values():
        most = group["most"] = max(group["rows"], key=lambda row: row.stake)
        group["stake"] = most.stake
    return sorted(found.values(), key=lambda group: (-group["stake"], group["name"], str(group["seller"])))


def proposal(
    goods: Iterable[Part], *, by: Membership, begins: dt.date, ends: dt.date, rulebooks: Iterable[str], on: dt.date
) -> Proposal:
    """Whom ``by`` has to ask so that these goods of its own are answered for in the half-open period under these laws."""
    goods, laws, period = (
        [part for part in goods if part.organisation_id in by.keeps],
        sorted(rulebooks),
        (begins, ends),
    )
    bought = purchases.of(goods, begins=begins, ends=ends)
    known = Sourcing.objects.during(begins, ends).filter(buyer__in=by.keeps)
    confirmed = _sales(known.confirmed(), bought)
    unconfirmed = [one for key, one in _sales(known, bought).items() if key not in confirmed]
    answers, traced = _answers(known, by), _traced(goods, laws)
    said, asked = _said(known, by, period), _asked(known, period)
    rows = []
    for key, sale in confirmed.items():
        row = Row(sale, stake=bought.points(key))
        holes = _weigh(row, answers.get(sale["part"], []), period, on)
        _lacks(row, holes, laws, said.get(sale["part"], set()), traced.get(key, {}))
        if row.why:
            _standing(row, asked.get(key, []), (holes[0][0], holes[-1][1]) if holes else period, set(laws))
            rows.append(row)
    rows.sort(key=lambda row: (row.sale["seller_name"], -row.stake, row.sale["item"], row.key))
    kinds: dict[str, list[Row]] = {
        kind: [row for row in rows if row.kind == kind] for kind in ("ask", "asked", "declined")
    }
    return Proposal(
        **kinds, fine=len(confirmed) - len(rows), unlisted=[part for part in goods if part.pk in bought.unlisted],
        unnamed=dict(sorted(bought.unnamed.items())), unconfirmed=unconfirmed, bought=bought,
    )  # fmt: skip


def _sales(rows: Any, bought: purchases.Purchases) -> dict[UUID, dict[str, Any]]:
    told = rows.order_by("pk").values_list(*SALES.values())
    return {row[0]: dict(zip(SALES, row, strict=True)) for row in told if row[0] in bought.worth}


# ---- what was answered, by the face ----


def _answers(known: Any, by: Membership) -> dict[UUID, list[dict[str, Any]]]:
    """By seller's part: what was signed to the asker, each as long as it spoke; oldest first."""
    signed = Declaration.objects.signed().filter(
        part__in=known.values("seller_part"), addressees__organisation__in=by.keeps
    )
    newer: dict[UUID, dt.date] = {}
    for key, begins in signed.filter(supersedes__isnull=False).values_list("supersedes", "begins"):
        newer[key] = min(begins, newer.get(key, begins))
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = signed.order_by("signed_at", "pk").values("pk", "part", "begins", "ends", "withdrawal__at")
    for row in rows:
        row["ends"] = min(row["ends"], newer.get(row["pk"], row["ends"]))
        found[row["part"]].append(row)
    return found


def _weigh(row: Row, answers: list[dict[str, Any]], period: Period, on: dt.date) -> list[Period]:
    """The days of the period that no answer speaks for, with why in a sentence; nothing where all are spoken for."""
    speaking = [one for one in answers if one["withdrawal__at"] is None and one["ends"] > one["begins"]]
    holes = _holes([(one["begins"], one["ends"]) for one in speaking], period)
    if not holes:
        return holes
    if not answers:
        row.why.append(_("No answer yet."))
    elif not speaking:
        row.why.append(
            _("It withdrew its answer on %(day)s.") % {"day": day(max(one["withdrawal__at"] for one in answers))}
        )
    else:
        last = max(one["ends"] for one in speaking)
        until = day(last - dt.timedelta(days=1))
        if last <= on:
            row.why.append(_("Its answer ended on %(day)s.") % {"day": until})
        elif last <= period[0]:
            row.why.append(_("Its answer ends on %(day)s, before the period.") % {"day": until})
        elif holes[0][0] > period[0]:
            until = day(holes[0][0] - dt.timedelta(days=1))
            row.why.append(_("Its answer ends on %(day)s, within the period.") % {"day": until})
        else:
            row.why.append(_("Its answer begins only on %(day)s.") % {"day": day(holes[0][1])})
    return holes


def _holes(spoken: list[Period], period: Period) -> list[Period]:
    """The runs of days of a half-open period that none of the half-open periods covers."""
    holes, at = [], period[0]
    for begins, ends in sorted(spoken):
        if begins > at:
            holes.append((at, min(begins, period[1])))
        at = max(at, ends)
        if at >= period[1]:
            return [hole for hole in holes if hole[0] < hole[1]]
    return [hole for hole in [*holes, (at, period[1])] if hole[0] < hole[1] <= period[1]]


def _said(known: Any, by: Membership, period: Period) -> dict[UUID, set[str]]:
    """By seller's part: the laws under which its answers of the period state something to the asker."""
    rows = Statement.objects.filter(
        declaration__part__in=known.values("seller_part"), declaration__addressees__organisation__in=by.keeps,
        declaration__signed_at__isnull=False, declaration__withdrawal__isnull=True,
        declaration__begins__lt=period[1], declaration__ends__gt=period[0],
    )  # fmt: skip
    found: dict[UUID, set[str]] = defaultdict(set)
    for part, law in rows.values_list("declaration__part", "law").distinct():
        found[part].add(law)
    return found


# ---- what the laws still lack ----


def _lacks(row: Row, holes: list[Period], laws: list[str], said: set[str], traced: dict[str, list[dict]]) -> None:
    """Why an answer that is there does not do: a trace leaves it open, or the law wants a statement that it does not make."""
    if not holes:
        for law in laws:
            if law not in traced and law not in said and _wants_statement(law):
                row.why.append(_("Its answer states nothing to you under %(law)s.") % {"law": _short(law)})
    for law, gaps in traced.items():
        for gap in gaps:
            if gap["kind"] == "below":
                row.direct = row.direct and bool(holes)
                text = _("Incomplete below this supplier: the %(vehicle)s is open under %(law)s.")
            elif not holes and gap["direct"]:
                text = _("Its answer leaves the %(vehicle)s open under %(law)s: %(gap)s.")
            else:
                continue
            told = {"vehicle": gap["vehicle"], "law": _short(law), "gap": GAPS.get(gap["kind"], gap["kind"])}
            row.why.append(text % told)


def _wants_statement(law: str) -> bool:
    """Whether the law has the seller state something to its buyer, which the buyer would see."""
    told = set(rulebooks.rulebook(law).disclosure["supplier_buyer"])
    return bool(told & BY_STATEMENT) or any(word.startswith("statement.") for word in told)


def _short(law: str) -> str:
    return rulebooks.rulebook(law).title.split(",")[0]


def _traced(goods: list[Part], laws: list[str]) -> dict[UUID, dict[str, list[dict[str, Any]]]]:
    """By sale and law what the newest traces leave open; a law with an empty list is decided or complete there."""
    vehicles = list(Vehicle.objects.filter(part__in=goods).select_related("part"))
    traces = [trace for trace in boards.newest(vehicles, laws).values() if not trace.error] if vehicles else []
    disclosure.prepare(traces)
    found: dict[UUID, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for trace in sorted(traces, key=lambda one: one.vehicle.name):
        for outcome in trace.outcomes.all():
            _read(outcome, found)
    return found


def _read(outcome: Outcome, found: dict[UUID, dict[str, list[dict[str, Any]]]]) -> None:
    for part in disclosure.part_faces(outcome):
        if part["sourcing"] is not None:
            found[part["sourcing"].pk][outcome.rulebook]
    if outcome.verdict in (PASS, FAIL):
        return
    for gap in disclosure.gap_faces(outcome):
        if gap["sourcing"] is not None:
            told = {"vehicle": outcome.trace.vehicle.name, "kind": gap["kind"], "direct": gap["direct"]}
            known = found[gap["sourcing"].pk][outcome.rulebook]
            if told not in known:  # several readings of one law
                known.append(told)


# ---- what was asked before ----


def _asked(known: Any, period: Period) -> dict[UUID, list[dict[str, Any]]]:
    """By sale: the questions about days of the period, oldest first, with what became of each."""
    rows = Request.objects.filter(sourcing__in=known.values("pk"), begins__lt=period[1], ends__gt=period[0])
    later = dict(
        Postponement.objects.filter(request__in=rows.values("pk")).order_by("at").values_list("request", "until")
    )
    told = rows.with_answer().order_by("at", "pk")
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in told.values(
        "pk", "sourcing", "at", "due", "begins", "ends", "rulebooks", "answered_at", "decline__reason", "decline__at"
    ):
        found[row["sourcing"]].append(row | {"until": later.get(row["pk"])})
    return found


def _standing(row: Row, asked: list[dict[str, Any]], wanted: Period, laws: set[str]) -> None:
    """Whether a question as wide waits already or was declined; else it is asked, with what came before."""
    for one in reversed(asked):
        told = {"day": day(one["at"]), "due": day(one["due"]), "until": day(one["until"])}
        if one["decline__at"]:
            reason = Decline.Reason(one["decline__reason"]).label
            row.kind = "declined"
            row.why.append(_("Declined on %(day)s: %(reason)s.") % {"day": day(one["decline__at"]), "reason": reason})
            return
        if one["answered_at"]:
            continue
        wide = one["begins"] <= wanted[0] and one["ends"] >= wanted[1]
        if wide and (not one["rulebooks"] or laws <= set(one["rulebooks"])):
            row.kind = "asked"
            said = _("Asked on %(day)s, answer due %(due)s.")
            row.why.append((_("Asked on %(day)s; it answers by %(until)s.") if one["until"] else said) % told)
            return
        row.why.append(_("Asked on %(day)s, for other days or other laws.") % told)
        return
