"""Gaps as an automaker may see them: its own lines by name, anything deeper only as its direct part, once, and in bands."""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tracing import ownlines
from tracing.disclosure.goods import base_of
from tracing.disclosure.own import own_base
from tracing.disclosure.parts import part_faces
from tracing.disclosure.points import rounded, tests_of
from tracing.engine import ranking
from tracing.engine.ranking import NEVER, Answer, Bar, Rank
from tracing.engine.result import OPEN
from tracing.models import Outcome, Said, Verdict
from tracing.ownlines import OwnLine, OwnList

CEILINGS = [Decimal(step) for step in ("0.5", "1", "2", "5", "10", "20", "50", "100")]
ADD_UP = {"rvc", "share", "non_originating"}
"""Kinds of tests that a price paid moves by its share of the whole; the others count only some parts, or wages."""
PARTS = 1_000_000
NOTHING = Rank(None, NEVER, NEVER, 0)
"""What an answer decides that decides nothing."""


Face = dict[str, Any]


def gap_faces(outcome: Outcome | Verdict) -> list[Face]:
    """Gaps as an automaker may see them: its own lines by name; anything deeper only as its direct part, once.

    Below a direct supplier there is no name, no price, no part number and no count; what is open there is worth at most
    the price the automaker pays, in bands. Whether an answer can settle a verdict follows from the shown whole points and
    from the automaker's own prices, so that no ranking or word tells more than those.
    """
    if not hasattr(outcome, "_gap_faces"):
        outcome._gap_faces = verdict_gap_faces(outcome) if isinstance(outcome, Verdict) else _gap_faces(outcome)
    found: list[Face] = outcome._gap_faces
    return found


def _gap_faces(outcome: Outcome) -> list[dict[str, Any]]:
    faces = part_faces(outcome)
    parts = {source: row for row in faces for source in row["sources"]}
    base = own_base(outcome, faces)
    shown: dict[tuple[int, int], dict[str, Any]] = {}
    for gap in outcome.open_gaps.all():
        part = parts[gap.via_line, gap.via_source]
        key = (part["line"], part["source"])
        direct = gap.direct or (key in shown and shown[key]["direct"])
        kind = gap.reason if gap.direct else "below"
        if key in shown and not gap.direct:
            continue
        stake = 100 * Decimal(part["value"]) / base if base else Decimal(0)
        shown[key] = {
            "line": key[0], "source": key[1], "key": part["key"], "item": part["item"], "description": part["description"],
            "hs": part["hs"], "seller": part["seller"], "price": part["price"], "value": part["value"], "direct": direct,
            "kind": kind, "stake": stake, "points": worth(stake, direct=direct), "part": part, "sourcing": part["sourcing"],
        }  # fmt: skip
    ranked = sorted(shown.values(), key=_by_weight)
    ranks = _ranks(outcome, [(row["direct"], row["stake"]) for row in ranked])
    return [
        row | {"rank": nth} | deciding(rank, perhaps=_perhaps(outcome, row["stake"], rank))
        for nth, (row, rank) in enumerate(zip(ranked, ranks, strict=True), 1)
    ]


def _by_weight(row: dict[str, Any]) -> tuple[Any, ...]:
    """In the order of a vehicle's own table: what weighs most first."""
    return -row["stake"], row["line"], row["source"]


def worth(stake: Decimal, *, direct: bool) -> str:
    """What an answer is worth, as it is shown: below a direct supplier in bands."""
    return f"{stake:.1f}" if direct else f"up to {ceiling(stake)}"


def ceiling(points: Decimal) -> str:
    """The band that points lie in, by its upper end."""
    return f"{next((step for step in CEILINGS if points <= step), CEILINGS[-1]):f}"


def deciding(rank: Rank, *, perhaps: bool) -> Face:
    """What an answer decides, in words: ``settle`` yes (by itself), together (with ``together`` less one others), perhaps or no."""
    alone, together = rank.passes or rank.fails, rank.together
    settle = "yes" if alone else "together" if together != NEVER else "perhaps" if perhaps else "no"
    return {"settle": settle, "together": together.known, "can_settle": alone, "settles": rank.both, "decides": rank}


def fewest(ranks: Iterable[Rank]) -> int:
    """How many answers settle it at the least: those that do by themselves, else as many as the smallest set has; else none."""
    rows = list(ranks)
    alone = sum(rank.passes or rank.fails for rank in rows)
    return alone or min((rank.together.known for rank in rows if rank.together.known), default=0)


def _whole(test: dict[str, Any], bound: str) -> Decimal:
    """A bound in whole points, as it is shown."""
    shown = rounded(test, bound)
    return shown[1] if shown else Decimal(0)


# ---- a roll's verdicts ----


class OpenLine(NamedTuple):
    """One open line of a vehicle under one law in one reading, for its automaker: its own entry, and what it may know of it.

    ``kind`` is why the answer is missing, ``below`` where that is deeper than the direct supplier. ``stake`` are the points that
    its price makes of what the law measures over: what it moves a test by at the most, and surely where the answer is the direct
    supplier's own. ``rank`` says what it surely decides; ``perhaps``, whether it may where it does not surely.
    """

    own: OwnLine
    kind: str
    rank: Rank
    perhaps: bool
    stake: Decimal

    @property
    def direct(self) -> bool:
        return self.kind != "below"

    @property
    def surely(self) -> bool:
        """Whether it belongs to some set that surely decides."""
        return self.rank.together != NEVER

    @property
    def decides(self) -> bool:
        """Whether it belongs to such a set, or may decide."""
        return self.perhaps or self.surely


def apart(lines: Iterable[OpenLine]) -> tuple[list[OpenLine], list[OpenLine]]:
    """Those that surely decide, and the others."""
    rows = list(lines)
    return [one for one in rows if one.surely], [one for one in rows if not one.surely]


def bars(tests: Iterable[dict[str, Any]]) -> tuple[list[Bar], bool]:
    """The open tests that prices move, in whole points and so never surer than they are; and whether they are all that is open."""
    wanted = [row for row in tests if row["result"] == OPEN]
    found = [
        Bar(
            *(int(_whole(row, bound) * PARTS) for bound in ("worst", "best")), int(Decimal(row["threshold"]) * PARTS), row["operator"]
        )
        for row in wanted
        if row["kind"] in ADD_UP
    ]  # fmt: skip
    return found, len(found) == len(wanted)


def open_lines(found: Outcome | Verdict | Said, own: OwnList | None = None) -> list[OpenLine]:
    """The open lines of an outcome, or of what a roll says with the automaker's own list; in the order in which to chase them."""
    if isinstance(found, Outcome):
        lines = [_of_face(face) for face in gap_faces(found)]
    else:
        base = base_of(found)
        rows = [
            (line, kind, own.points(line, base)) for line, kind in _entries(found.result.get("open", []), own) if own
        ]
        ranks = _ranks(found, [(kind != "below", stake) for _, kind, stake in rows])
        lines = [
            OpenLine(line, kind, rank, _perhaps(found, stake, rank), stake)
            for (line, kind, stake), rank in zip(rows, ranks, strict=True)
        ]
    return sorted(lines, key=lambda row: (*row.rank.order[:2], -row.stake, row.own.line, row.own.source))


def _of_face(face: Face) -> OpenLine:
    sale = face["sourcing"]
    own = OwnLine(
        face["line"], face["source"], face["item"], face["description"], face["hs"], face["seller"], face["part"]["how"],
        Decimal(face["price"]) if face["price"] else None, Decimal(face["value"]), sale and sale.pk, sale and sale.seller_id,
    )  # fmt: skip
    return OpenLine(own, face["kind"], face["decides"], face["settle"] == "perhaps", face["stake"])


def _entries(rows: Iterable[list[Any]], own: OwnList | None) -> list[tuple[OwnLine, str]]:
    """One line for each sale of a line, whichever of its seller's plants are behind it; by its own reason where it has one."""
    found: dict[Any, tuple[OwnLine, str]] = {}
    for line, source, kind in rows:
        for entry in own.at(line, source) if own else ():
            key = (entry.line, entry.sale or entry.source)
            if key not in found or found[key][1] == "below":
                found[key] = (entry, kind)
    return list(found.values())


def _ranks(found: Outcome | Verdict | Said, rows: list[tuple[bool, Decimal]]) -> list[Rank]:
    """What is sure: a direct answer moves every test by its price's share at least, one below by nothing that is known."""
    wanted, whole = bars(tests_of(found))
    if found.verdict != OPEN or not wanted or not ranking.is_open(wanted):
        return [NOTHING] * len(rows)
    answers = [answer(nth, direct, stake, len(wanted)) for nth, (direct, stake) in enumerate(rows)]
    ranks = {rank.key: rank for rank in ranking.ranked(answers, wanted)}
    # What is open besides cannot be passed by prices alone.
    return [
        ranks[nth] if whole else Rank(nth, NEVER, ranks[nth].failing, ranks[nth].points) for nth in range(len(rows))
    ]


def answer(key: Any, direct: bool, stake: Decimal, count: int) -> Answer:
    """What an answer surely moves each of so many tests by, in millionths of a point, rounded down."""
    sure = int((stake * PARTS).quantize(Decimal(1), ROUND_FLOOR)) if direct else 0
    return Answer(key, (sure,) * count, (sure,) * count)


def _perhaps(found: Outcome | Verdict | Said, stake: Decimal, rank: Rank) -> bool:
    """Whether it may decide though that is not sure: whole points and prices leave room for it."""
    return found.verdict == OPEN and stake > 0 and rank.together == NEVER


def verdict_gap_faces(verdict: Verdict | Said) -> list[Face]:
    """The open lines of what a roll says, in the shape of an outcome's gaps."""
    key = verdict.result.get("declaration")
    own = ownlines.of([UUID(key)]).get(UUID(key)) if key else None
    faces = []
    for row in open_lines(verdict, own):
        line = row.own
        faces.append({
            "line": line.line, "source": line.source, "key": f"part.{line.line}.{line.source}", "item": line.item,
            "description": line.description, "hs": line.hs, "seller": line.seller, "price": line.price and f"{line.price:f}",
            "value": f"{line.value:f}", "direct": row.direct, "kind": row.kind, "stake": row.stake,
            "points": worth(row.stake, direct=row.direct), "sale": line.sale, **deciding(row.rank, perhaps=row.perhaps),
        })  # fmt: skip
    return [face | {"rank": nth} for nth, face in enumerate(sorted(faces, key=_by_weight), 1)]
