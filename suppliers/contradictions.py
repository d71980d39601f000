"""What a supplier says here and said otherwise elsewhere: to another customer, under another law, for days that overlap.

For its owner alone, before it signs: every row that is read belongs to the owner of the declaration, and nothing of it
reaches a buyer. A contradiction never stops a signature: the other answer may be the wrong one.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Min, Q
from django.utils.translation import gettext as _

from suppliers import days
from suppliers.facts import stored
from suppliers.facts.reading import Facts
from suppliers.models import Addressee, Declaration, Decline
from suppliers.positions import Position, positions

REGION = frozenset({"CA", "MX", "US"})
US_CA = frozenset({"CA", "US"})


@dataclass(frozen=True)
class Contradiction:
    """One finding for the owner: code, citation, the sentence with its cure, and the field of the form it belongs to."""

    code: str
    cite: str
    message: str
    path: str
    severity: str = "look"


@dataclass(frozen=True)
class Elsewhere:
    """Another signed answer about the same part: its facts, to whom it went, and until when it holds."""

    row: Declaration
    facts: Facts
    to: tuple[str, ...]
    ends: dt.date

    @property
    def signed(self) -> dt.date:
        return self.row.signed_at.date()

    def speaks_beside(self, declaration: Declaration) -> bool:
        """Whether it is about the same part, plant and days, and is neither this one nor the one this one replaces."""
        apart = self.row.plant_id and declaration.plant_id and self.row.plant_id != declaration.plant_id
        same = self.row.part_id == declaration.part_id and self.row.pk not in (
            declaration.pk,
            declaration.supersedes_id,
        )
        return same and not apart and self.row.begins < declaration.ends and self.ends > declaration.begins


def of(declaration: Declaration, facts: Facts | None = None) -> list[Contradiction]:
    """Every contradiction between this declaration and itself or the owner's other answers about the part, in a fixed order."""
    return of_many([(declaration, facts or stored.of(declaration))])[declaration.pk]


def of_many(told: Iterable[tuple[Declaration, Facts]]) -> dict[UUID, list[Contradiction]]:
    """By declaration, for one owner's declarations with their facts: as many queries for one as for many."""
    rows = list(told)
    owners = rows[0][0].organisation.keeps if rows else []
    signed, declined = _signed(rows, owners), _declines(rows, owners)
    return {row.pk: _of_one(row, facts, signed, declined) for row, facts in rows}


def _of_one(
    declaration: Declaration, mine: Facts, signed: list["Elsewhere"], declined: list[Decline]
) -> list[Contradiction]:
    found = [_inside(one, other) for one, other in _pairs_within(mine)]
    clashes: dict[tuple[Position, str], list[Elsewhere]] = {}
    for other in signed:
        if other.speaks_beside(declaration):
            for one, said in [*_pairs(mine, other.facts), *_across(mine, other.facts)]:
                clashes.setdefault((one, said.words), []).append(other)
    found += [_between(one, words, rows) for (one, words), rows in clashes.items()]
    return [*found, *_declined(declaration, declined)]


def _signed(rows: list[tuple[Declaration, Facts]], owners: list[UUID]) -> list["Elsewhere"]:
    """The owner's signed answers about these parts, each with its facts, its readers and the day it was replaced."""
    parts = {row.part_id for row, _facts in rows}
    others = list(
        Declaration.objects.signed()
        .filter(organisation__in=owners, part__in=parts, withdrawal__isnull=True)
        .exclude(ends__lte=min((row.begins for row, _facts in rows), default=dt.date.max))
        .annotate(replaced=Min("superseded_by__begins", filter=Q(superseded_by__signed_at__isnull=False)))
        .order_by("signed_at", "pk")
    )
    if not others:
        return []
    facts, names = stored.of_many([row.pk for row in others]), _names(others)
    return [
        Elsewhere(row, facts[row.pk], tuple(names.get(row.pk, ())), min(row.ends, row.replaced or row.ends)) for row in others
    ]  # fmt: skip


def _names(rows: list[Declaration]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    told = Addressee.objects.filter(declaration__in=rows).order_by("organisation__name")
    for key, name in told.values_list("declaration_id", "organisation__name"):
        found.setdefault(key, []).append(name)
    return found


# ---- sentences ----


def _inside(one: Position, other: Position) -> Contradiction:
    said = {"one": one.words, "other": other.words}
    text = _(
        "Here you say that %(one)s, and also that %(other)s. Both cannot be true of one part: take one of them back."
    )
    return Contradiction(one.code, one.cite, text % said, one.path)


def _between(one: Position, words: str, rows: list[Elsewhere]) -> Contradiction:
    newest = max(rows, key=lambda row: row.signed)
    names = list(dict.fromkeys(name for row in rows for name in row.to))
    said = {
        "mine": one.words, "theirs": words, "who": ", ".join(names), "signed": days.day(newest.signed),
        "begins": days.day(newest.row.begins), "ends": days.day(newest.ends),
    }  # fmt: skip
    text = (
        _("Here you say that %(mine)s; to %(who)s you said that %(theirs)s, signed %(signed)s for deliveries from "
          "%(begins)s until before %(ends)s. Correct this answer, or draft a new version of that one; if both are true, "
          "keep on file why.")
        if names
        else _("Here you say that %(mine)s; in another answer you said that %(theirs)s, signed %(signed)s for deliveries "
               "from %(begins)s until before %(ends)s. Correct this answer, or draft a new version of that one; if both are "
               "true, keep on file why.")
    )  # fmt: skip
    return Contradiction(one.code, one.cite, text % said, one.path)


# ---- pairs ----


def _pairs(mine: Facts, theirs: Facts) -> Iterator[tuple[Position, Position]]:
    """What is said here and otherwise there, on the same question."""
    said = positions(theirs)
    for one in positions(mine):
        yield from ((one, other) for other in said if one.against(other))


def _pairs_within(facts: Facts) -> Iterator[tuple[Position, Position]]:
    """Two of one's own sentences on one question, and sentences of two laws that cannot both hold."""
    rows = positions(facts)
    for index, one in enumerate(rows):
        # What the engine's A2 says already is not said twice.
        yield from ((other, one) for other in rows[:index] if one.against(other) and one.code != "K6")
    by_question = {row.question: row for row in rows}
    yield from _seventy_and_origin(rows, rows)
    yield from _shift_and_origin(facts, rows, by_question)
    yield from _eu_and_place(rows, by_question.get(("made_in",)))


def _seventy_and_origin(mine: list[Position], theirs: Iterable[Position]) -> Iterator[tuple[Position, Position]]:
    """With 70 percent of the value U.S. and Canadian, the two pooled are the origin (49 CFR 583.7)."""
    high = [row for row in mine if row.question == ("aala", "ge70") and row.value is True]
    away = [row for row in theirs if row.question == ("aala", "origin") and row.value not in US_CA]
    yield from ((one, other) for one in high for other in away)


def _shift_and_origin(facts: Facts, mine: list[Position], theirs: dict) -> Iterator[tuple[Position, Position]]:
    """It originates by a tariff shift that the claim says is not met."""
    shift = theirs.get(("claim", "shift"))
    if shift is None or shift.value != "not_met":
        return
    by_shift = {f"statements.{i}." for i, row in enumerate(facts["statements"]) if row["method"] == "TS"}
    for one in mine:
        if (
            one.question[1:] == ("originates",)
            and one.value is True
            and any(one.path.startswith(at) for at in by_shift)
        ):
            yield one, shift


def _eu_and_place(mine: list[Position], made: Position | None) -> Iterator[tuple[Position, Position]]:
    """A declared origin other than the place of making: of the members of the Union each may stand for the Union."""
    for one in mine:
        elsewhere = one.question == ("eu-uk", "origin") and made is not None and one.value != made.value
        if elsewhere and not (made.value in EU and one.value in EU | {"EU"}):
            yield one, made


EU = frozenset([
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL",
    "PL", "PT", "RO", "SK", "SI", "ES", "SE",
])  # fmt: skip


def _across(mine: Facts, theirs: Facts) -> Iterator[tuple[Position, Position]]:
    """Between two forms: a statement in one answer against the body or the place of making in the other, both ways."""
    here, there = positions(mine), positions(theirs)
    named = {row.question: row for row in there}
    yield from _seventy_and_origin(here, there)
    yield from ((b, a) for a, b in _seventy_and_origin(there, here))
    yield from _shift_and_origin(mine, here, named)
    yield from _eu_and_place(here, named.get(("made_in",)))
    yield from _against_body(here, [*_body(theirs), *_outside(there)])
    yield from ((b, a) for a, b in _against_body(there, [*_body(mine), *_outside(here)]))


def _against_body(said: list[Position], shown: list[Position]) -> Iterator[tuple[Position, Position]]:
    for one in said:
        yield from ((one, row) for row in shown if (one.question, one.value) in row.value)


def _outside(rows: list[Position]) -> Iterator[Position]:
    """Made outside the region: it cannot originate there (the engine's G2 says so within one answer)."""
    for row in rows:
        if row.question == ("made_in",) and row.value not in REGION:
            refuted = {(("nafta", "originates"), True), (("usmca", "originates"), True)}
            yield Position("K8", ("refutes",), frozenset(refuted), row.words, row.path, "Regs s.9(2); UR 3")


def _body(facts: Facts) -> Iterator[Position]:
    """What a body shows: imports from outside the region, and more than 30 percent of the price from outside two countries."""
    sources = [(line, source) for line in facts["lines"] for source in line["sources"]]
    items = [line["item"] for line, row in sources if row["how"] == "imported" and row["made_in"] not in REGION | {""}]
    if items:
        words = _("it holds imports from outside the region: %(items)s") % {"items": ", ".join(items[:3])}
        refuted = {(("nafta", "nil"), True), (("usmca", "criterion"), "A"), (("usmca", "criterion"), "C")}
        yield Position("K8", ("refutes",), frozenset(refuted), words, "lines.0.item", "Regs s.9(1); UR 3")
    away = sum((_weighed(line, row) for line, row in sources if row["made_in"] not in US_CA | {""}), Decimal(0))
    price = Decimal(facts["price"] or 0)
    if price and 100 * away > 30 * price:
        said = {"percent": f"{float(100 * away / price):.3g}"}
        words = _("%(percent)s percent of the price is bought from outside the United States and Canada") % said
        refuted = {(("aala", "ge70"), True)}
        yield Position("K8", ("refutes",), frozenset(refuted), words, "lines.0.item", "49 CFR 583.6(c)(4)")


def _weighed(line: Facts, source: Facts) -> Decimal:
    numerator, denominator = (int(part) for part in source["share_exact"].split("/"))
    return Decimal(line["quantity"]) * Decimal(source["price"] or 0) * numerator / denominator


# ---- what was declined ----


def _declines(rows: list[tuple[Declaration, Facts]], owners: list[UUID]) -> list[Decline]:
    """Where the owner said of one of these parts that it is not its own."""
    away = [Decline.Reason.NOT_OURS, Decline.Reason.OTHER_MAKER]
    found = Decline.objects.filter(
        reason__in=away, request__sourcing__seller__in=owners, request__sourcing__seller_part__in={row.part_id for row, _facts in rows}
    )  # fmt: skip
    return list(found.select_related("request__sourcing__buyer").order_by("at"))


def _declined(declaration: Declaration, declines: list[Decline]) -> Iterator[Contradiction]:
    """That the part is not one's own was the answer to another customer's request for the same days."""
    for row in declines:
        asked = row.request
        if asked.sourcing.seller_part_id != declaration.part_id or not _overlap(asked, declaration):
            continue
        said = {"who": asked.sourcing.buyer.name, "reason": row.get_reason_display(), "day": days.day(row.at.date())}
        text = _("Here you answer for this part; on %(day)s you told %(who)s “%(reason)s” about it. Tell that customer which "
                 "of the two holds.")  # fmt: skip
        yield Contradiction("K9", "19 CFR 182.12; 49 CFR 583.10", text % said, "part")


def _overlap(asked, declaration: Declaration) -> bool:
    return asked.begins < declaration.ends and asked.ends > declaration.begins
