"""The stories of the tour, each with the figure that proves it: read from a fleet as its pages show it, or computed on the spot."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from compliance.duties.owed import Crossing, owed
from suppliers import days
from suppliers.models import Declaration, Organisation, Source
from suppliers.pictures import WORDS, grouped
from tracing import boards, comparisons, disclosure, memory, notches, rulebooks
from tracing.engine.assess import assess
from tracing.engine.result import FAIL, OPEN, PASS
from tracing.models import Day, Vehicle, over

BRACKET = Path(__file__).parent / "demo" / "bracket.json"
CAR = Decimal(30_000)
US_CONTENT = Decimal(40)
BEFORE = dt.date(2018, 6, 1)
Line = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """What happens, the figure that proves it, and the page where that figure stands. Of several vehicles that could tell it
    the one with the most ``weight`` does, in points; else the first by name."""

    key: str
    title: str
    what: str
    figure: str
    url: str
    where: str
    weight: Decimal = Decimal(0)
    to_all: bool = False  # whether anybody may open that page, signed in or not


def stories(lines: list[Line], *, on: dt.date) -> list[Story]:
    """Those that these vehicles can tell on that day, and those that need none. A story that nothing proves is not told."""
    return [*_of_fleet(lines, on), comply_or_pay(on), where_to_stop(on)]


def lines_of(fleet: Organisation | None, *, on: dt.date) -> list[Line]:
    """The rows of ``boards.rows`` of a fleet, of vehicles of which anything is known, each with the faces of a month ago once
    that day is worked out."""
    vehicles = Vehicle.objects.filter(organisation=fleet).select_related("part", "organisation").order_by("name")
    lines = [line for line in boards.rows(vehicles) if line["faces"]]
    day = Day.objects.filter(on=notches.moved(on, -1)).rolled().first()
    then = memory.dated_faces(day, [line["vehicle"].pk for line in lines]) if day and day.is_final else {}
    return [line | {"then": then.get(line["vehicle"].pk, [])} for line in lines]


def _of_fleet(lines: list[Line], on: dt.date) -> Iterator[Story]:
    told: list[Callable[[Line, dt.date], Story | None]] = [
        one_car_many_laws, both_ways, an_answer_came, cannot_be_had, left_off_the_list, counting_research,
    ]  # fmt: skip
    for tell in told:
        told_of = [story for line in lines if (story := tell(line, on)) is not None]
        if told_of:
            yield max(told_of, key=lambda story: story.weight)


def one_car_many_laws(line: Line, on: dt.date) -> Story | None:
    """The same facts pass one law and fail another."""
    verdicts = {face["rulebook"]: face["verdict"] for face in line["faces"]}
    passes, fails = ([law for law, verdict in verdicts.items() if verdict == one] for one in (PASS, FAIL))
    if not passes or not fails:
        return None
    name = line["vehicle"].name
    what = (f"The {name} passes {_laws(passes)} and fails {_laws(fails)}, on the same frozen facts. The page says why each figure "
            "differs.")  # fmt: skip
    return Story("laws", "One car, nine rulebooks", what, f"{len(passes)} passed, {len(fails)} failed",
                 _page(line, "vehicle-compare"), "The comparison of rulebooks")  # fmt: skip


def both_ways(line: Line, on: dt.date) -> Story | None:
    """A proposal that can be read in several ways, and the readings disagree."""
    for law in rulebooks.ids():
        faces = [face for face in line["faces"] if face["rulebook"] == law]
        if {face["verdict"] for face in faces} >= {PASS, FAIL}:
            said = {one["verdict"]: one for one in faces}
            share = next(test for test in said[FAIL]["ran"] if test["result"] == FAIL)
            yes, no = (f"{said[one]['letter']} ({comparisons.reading_of(said[one])})" for one in (PASS, FAIL))
            law_said = _in_a_sentence(said[PASS]["title"])
            what = f"Half of what? The {line['vehicle'].name} passes {law_said} in reading {yes} and fails in {no}."
            return Story("readings", "A proposal read both ways", what, f"{share['best']} at best, needs {share['threshold']}",
                         _page(line, "vehicle-detail", f"?law={law}~{said[FAIL]['reading']}"), "The test, with its steps")  # fmt: skip
    return None


def an_answer_came(line: Line, on: dt.date) -> Story | None:
    """What a law in force could not decide a month ago and decides now, and what a direct supplier has signed since."""
    back, vehicle = notches.moved(on, -1), line["vehicle"]
    before = {(face["rulebook"], face["reading"]): face for face in line["then"]}
    for face in line["faces"]:
        then = before.get((face["rulebook"], face["reading"]))
        if then is None or face["status"] != "law" or face["hypothetical"] or not face["ran"] or not then["ran"]:
            continue
        now, past = face["ran"][0], then["ran"][0]
        if (then["verdict"], face["verdict"]) != (OPEN, PASS) or now["threshold"] != past["threshold"]:
            continue
        came = [
            f"{row.organisation} has answered for its {row.part.number} ({days.day(row.signed_at)})"
            for row in _came(vehicle, back, on)
        ]
        if not came:
            continue
        law = face["title"].split(",")[0]
        what = (f"On {days.day(back)} the {vehicle.name} was {WORDS[OPEN].lower()} under {law}: {past['worst']} to {past['best']}, "
                f"needs {now['threshold']}. Since then {', '.join(came)}, and it passes whatever else is answered.")  # fmt: skip
        url = _page(line, "vehicle-compare", f"?a={face['rulebook']}&a={back}&b={face['rulebook']}")
        return Story("past", "What one answer moved" if len(came) == 1 else "What a month moved", what,
                     f"{past['worst']} to {now['worst']} at worst", url, "Both days side by side",
                     _apart(past["bar"]["worst"], now["bar"]["worst"]))  # fmt: skip
    return None


def _came(vehicle: Vehicle, back: dt.date, on: dt.date) -> list[Declaration]:
    """What was signed after that day about parts that go into the vehicle by its own lines, and counts now."""
    own = Source.objects.filter(line__declaration__in=Declaration.objects.in_force(on=on).filter(part=vehicle.part_id))
    rows = Declaration.objects.in_force(on=on).filter(
        part__in=own.values("sourcing__seller_part"), addressees__organisation=vehicle.organisation_id, signed_at__gte=over(back)
    )  # fmt: skip
    return list(rows.select_related("part", "organisation").order_by("signed_at", "pk"))


def cannot_be_had(line: Line, on: dt.date) -> Story | None:
    """A supplier that says it cannot answer: the status, what the law makes of silence, and the interval that stays."""
    for outcome in line["trace"].outcomes.all():
        if outcome.status != "law" or outcome.hypothetical or outcome.verdict != OPEN:
            continue
        gap = next((one for one in disclosure.gap_faces(outcome) if one["kind"] == "cannot"), None)
        if gap is not None:
            face = disclosure.outcome_face(outcome)
            test = face["ran"][0]
            what = (f"{gap['seller']} cannot say what is in its {gap['description'] or gap['item']}. {face['silence']} So the "
                    f"{line['vehicle'].name} stays open, and every try to get the answer is kept.")  # fmt: skip
            return Story("battery", "An answer that cannot be had", what, f"{test['worst']} to {test['best']}, needs {test['threshold']}",
                         _page(line, "vehicle-detail", f"?law={outcome.rulebook}#gaps"), "The gap and who was asked")  # fmt: skip
    return None


def left_off_the_list(line: Line, on: dt.date) -> Story | None:
    """Imports that the list of 1994 leaves out and a proposal would count."""
    listed, traced = (_first(line, law) for law in ("nafta", "us-2017"))
    if not listed or not traced or listed["worst"] == traced["worst"]:
        return None
    rows = comparisons.rows(line, "nafta")
    row = next(one for one in rows if one["face"]["rulebook"] == "us-2017")
    reason = next((one for one in row["reasons"] if one["kind"] == "traced here"), None)
    if reason is None:
        return None
    what = ("Touch screens and the like are not on the list of 1994, so they count as regional. Trace everything, and the "
            f"{line['vehicle'].name} loses them. {reason['text']}")  # fmt: skip
    return Story("list", "What the list leaves out", what, f"{listed['worst']} to {traced['worst']}",
                 _page(line, "vehicle-compare", "?with=nafta"), "The comparison, with the imports by name",
                 _apart(listed["bar"]["worst"], traced["bar"]["worst"]))  # fmt: skip


def counting_research(line: Line, on: dt.date) -> Story | None:
    """More counts, the percentage rises, and not one more part is made in the region."""
    plain, counted = _first(line, "us-2017"), _first(line, "canada-2018", "both_sides")
    if not plain or not counted or plain["declared"] == counted["declared"]:
        return None
    what = (f"Count research, engineering and software on both sides, as Canada floated in 2018: the {line['vehicle'].name} gains, "
            "and not one more of its parts is regional.")  # fmt: skip
    return Story("research", "Counting research", what, f"{plain['declared']} to {counted['declared']}",
                 _page(line, "vehicle-detail", "?law=canada-2018~both_sides"), "The figure, with its steps",
                 _apart(plain["bar"]["declared"], counted["bar"]["declared"]))  # fmt: skip


def comply_or_pay(on: dt.date) -> Story:
    """What failing cost a 30,000 dollar car from Mexico in 2018, and what it costs on that day."""
    stakes = []
    for day in (BEFORE, on):
        share = US_CONTENT if day == on else Decimal(0)
        kept, lost = (owed(Crossing("US", "MX", "passenger_vehicle", CAR, day, one, share if one else Decimal(0))).most
                      for one in (True, False))  # fmt: skip
        stakes.append(lost - kept)
    what = (f"Failing cost a {grouped(CAR, 0)} dollar car from Mexico {grouped(stakes[0], 0)} dollars in {BEFORE.year}. Since Section "
            f"232 it costs {grouped(stakes[1], 0)}, with {US_CONTENT} percent U.S. content.")  # fmt: skip
    return Story("duty", "Comply or pay", what, f"${grouped(stakes[0], 0)} to ${grouped(stakes[1], 0)}",
                 reverse("tracing:rulebook-detail", args=["us-232"]), "The law and its rate", to_all=True)  # fmt: skip


def where_to_stop(on: dt.date) -> Story:
    """One steel bracket, followed one tier, two transformations, or down to the slab: computed from the file beside this module."""
    one_tier, two, all_the_way = (_bracket(law, on) for law in ("usmca", "aala", "us-2017"))
    what = ("The same steel bracket: it originates, so the agreement counts it whole; the label law looks back two transformations; the "
            "proposal of 2017 follows it to the slab from Brazil.")  # fmt: skip
    return Story("stop", "Where to stop", what, f"{one_tier}, {two} or {all_the_way}",
                 reverse("tracing:rulebook-compare", args=["aala"]) + "?with=us-2017", "The two texts side by side",
                 to_all=True)  # fmt: skip


@cache
def _bracket(law: str, on: dt.date) -> str:
    given = json.loads(BRACKET.read_text()) | {"on": on.isoformat()}
    return f"{Decimal(assess(given, rulebooks.rulebook(law))[0].as_dict()['tests'][0]['declared']):f}"


def _first(line: Line, law: str, reading: str | None = None) -> dict[str, Any] | None:
    """The first test that ran of a law, in one reading where it is named."""
    faces = (face for face in line["faces"] if face["rulebook"] == law and reading in (None, face["reading"]))
    return next((face["ran"][0] for face in faces if face["ran"]), None)


def _apart(one: Decimal, other: Decimal) -> Decimal:
    return abs(one - other)


def _laws(names: list[str]) -> str:
    titles = [_in_a_sentence(rulebooks.rulebook(name).title.split(",")[0]) for name in names]
    return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]]))


def _in_a_sentence(title: str) -> str:
    """ "USMCA", "Section 232", but "the American Automobile Labeling Act"."""
    named = title.isupper() or title.startswith(("Section ", "Canada"))
    return title if named else f"the {title}"


def _page(line: Line, name: str, tail: str = "") -> str:
    return reverse(f"tracing:{name}", args=[line["vehicle"].pk]) + tail
