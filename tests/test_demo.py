"""The situations the demo shows: which vehicle under which rulebook and reading shows each, checked from the engine's answer."""

import datetime as dt
from decimal import Decimal
from functools import cache

import pytest

from compliance import ledger
from compliance.actions.demo import Builder
from compliance.demo import dossiers, world
from suppliers.models import Line, Seal
from tracing import lawtexts, rulebooks, snapshots
from tracing.actions import days, rolls
from tracing.engine import dossier, supply, trace
from tracing.models import DatedVerdict, Vehicle, Verdict

EVERY = [
    # vehicle, rulebook, reading, verdict: the three laws that the board shows at first
    ("Alder", "nafta", "", "pass"),
    ("Alder", "us-2017", "total", "fail"),
    ("Alder", "us-2017", "actual", "fail"),
    ("Alder", "us-2017", "required", "fail"),
    ("Alder", "usmca", "", "open"),
    ("Tamarack", "nafta", "", "pass"),
    ("Tamarack", "us-2017", "total", "fail"),
    ("Tamarack", "us-2017", "actual", "pass"),
    ("Tamarack", "us-2017", "required", "pass"),
    ("Tamarack", "usmca", "", "pass"),
    ("Lumen", "nafta", "", "pass"),
    ("Lumen", "us-2017", "total", "fail"),
    ("Lumen", "us-2017", "actual", "fail"),
    ("Lumen", "us-2017", "required", "fail"),
    ("Lumen", "usmca", "", "open"),
    ("Lyra", "nafta", "", "fail"),
    ("Lyra", "us-2017", "total", "fail"),
    ("Lyra", "us-2017", "actual", "fail"),
    ("Lyra", "us-2017", "required", "fail"),
    ("Lyra", "usmca", "", "fail"),
]

SITUATIONS = {
    "passes whatever the answers": ("Tamarack", "usmca", ""),
    "passes even if the unanswered battery is all foreign": ("Lumen", "nafta", ""),
    "fails whatever the answers": ("Lyra", "nafta", ""),
    "open: two answers can bring it over the line": ("Alder", "usmca", ""),
    "passes 62.5": ("Alder", "nafta", ""),
    "and fails 85": ("Alder", "us-2017", "total"),
    "passes one reading of half U.S.": ("Tamarack", "us-2017", "actual"),
    "and fails another": ("Tamarack", "us-2017", "total"),
    "decided by one missing answer": ("Lumen", "usmca", ""),
}
"""What a visitor is shown, and where."""


LATER = [dt.date(2026, 12, 20), dt.date(2027, 3, 1), dt.date(2027, 8, 15), dt.date(2028, 11, 27)]


def answers(data, on):
    """Every rulebook and reading over one dossier."""
    below = supply.supply_of(dossier.read(data))
    for name in rulebooks.ids():
        book = rulebooks.rulebook(name)
        for reading in book.readings():
            yield (name, reading.name), trace.trace(below, book.on(on, switches=reading.switches)).as_dict()


@cache
def board_on(on):
    told = world.read(on=on)
    return {
        (vehicle, *key): answer
        for vehicle in told.vehicle
        for key, answer in answers(dossiers.dossier(told, vehicle, on=on), on)
    }


@pytest.fixture(scope="module")
def board():
    return board_on(world.WRITTEN)


def interval(answer, code):
    test = next(test for test in answer["tests"] if test["code"] == code)
    return Decimal(test["worst"]), Decimal(test["best"]), Decimal(test["threshold"])


def gaps(answer):
    return [(gap["seller"], gap["can_settle"], gap["settles"]) for gap in answer["gaps"]]


@pytest.mark.parametrize(("vehicle", "rulebook", "reading", "verdict"), EVERY)
def test_verdict(board, vehicle, rulebook, reading, verdict):
    assert board[vehicle, rulebook, reading]["verdict"] == verdict


def test_the_board_is_whole(board):
    every = {(name, one.name) for name in rulebooks.ids() for one in rulebooks.rulebook(name).readings()}
    assert set(board) == {(vehicle, *key) for vehicle in {row[0] for row in EVERY} for key in every}
    assert set(SITUATIONS.values()) <= set(board)


def test_nafta_is_hypothetical_today_and_the_others_are_not(board):
    assert all(answer["hypothetical"] == (key[1] == "nafta") for key, answer in board.items())


def test_figures_without_a_verdict(board):
    """The label, U.S. content, the surtax and an idea without a percentage say figures, never pass or fail."""
    for key, answer in board.items():
        bare = key[1] in {"aala", "us-232", "canada-surtax", "canada-2018"}
        assert (answer["verdict"] == "none") is bare, key
    for vehicle in ("Alder", "Lumen", "Tamarack", "Lyra"):
        amounts = board[vehicle, "canada-surtax", ""]["amounts"]
        assert Decimal(amounts["b"]) >= Decimal(amounts["a"]) * 15 / 100
        assert Decimal(amounts["a"]) - Decimal(amounts["b"]) == Decimal(amounts["taxable"])
        label = board[vehicle, "aala", ""]["label"]
        assert label["label_required"] and Decimal(label["us_ca"]) <= 100


def test_passes_whatever_the_answers(board):
    answer = board[SITUATIONS["passes whatever the answers"]]
    worst, best, threshold = interval(answer, "usmca.rvc")
    assert threshold == 75 <= worst < best, "answers are missing, and they do not matter"
    assert answer["gaps"] and not any(settles for _, _, settles in gaps(answer))


def test_fails_whatever_the_answers(board):
    worst, best, threshold = interval(board[SITUATIONS["fails whatever the answers"]], "nafta.rvc")
    assert worst < best < threshold == Decimal("62.5")
    assert all(board[row[:3]]["verdict"] == "fail" for row in EVERY if row[0] == "Lyra")


def test_open_until_two_answers_are_in(board):
    answer = board["Alder", "usmca", ""]
    worst, best, threshold = interval(answer, "usmca.rvc")
    assert worst < threshold < best
    settling = [seller for seller, can_settle, _ in gaps(answer) if can_settle]
    assert settling == ["Lakeshore Seating", "Polímeros Laguna"]
    assert not any(settles for _, _, settles in gaps(answer)), "neither does it alone"


def test_passes_62_5_and_fails_85(board):
    worst, _, threshold = interval(board["Alder", "nafta", ""], "nafta.rvc")
    assert worst >= threshold == Decimal("62.5")
    _, best, threshold = interval(board["Alder", "us-2017", "total"], "us-2017.regional")
    assert best < threshold == 85


def test_the_reading_of_half_american_decides(board):
    for reading, passes in (("total", False), ("actual", True), ("required", True)):
        answer = board["Tamarack", "us-2017", reading]
        worst, _, threshold = interval(answer, "us-2017.regional")
        assert worst >= threshold == 85, "the other test of the proposal passes in every reading"
        worst, best, half = interval(answer, "us-2017.us")
        assert half == 50 and (worst >= half if passes else best < half)


def test_one_missing_answer_decides(board):
    answer = board["Lumen", "usmca", ""]
    battery = answer["gaps"][0]
    assert (battery["seller"], battery["reason"], battery["settles"]) == ("Hanbit Cells", "cannot", True)
    assert not any(gap["can_settle"] for gap in answer["gaps"][1:]), "no other answer can change the verdict"


def test_the_battery_counts_in_full_under_nafta_and_the_car_still_passes(board):
    answer = board["Lumen", "nafta", ""]
    worst, _, threshold = interval(answer, "nafta.rvc")
    assert threshold <= worst < threshold + 2
    battery = next(part for part in answer["parts"] if part["seller"] == "Hanbit Cells")
    assert Decimal(battery["counted"]["worst"]) == Decimal(battery["value"])


def test_touch_screens_never_count_under_nafta_and_do_under_the_proposal(board):
    def screen(answer):
        return next(part for part in answer["parts"] if part["hs"] == "8528.59")

    for vehicle in ("Alder", "Tamarack", "Lumen", "Lyra"):
        assert Decimal(screen(board[vehicle, "nafta", ""])["counted"]["worst"]) == 0
        assert Decimal(screen(board[vehicle, "us-2017", "total"])["counted"]["best"]) > 200


def test_no_finding_stops_a_demo_vehicle(board):
    assert [row for answer in board.values() for row in answer["findings"] if row["severity"] == "stops"] == []


@pytest.mark.slow
@pytest.mark.parametrize("on", LATER)
def test_on_a_later_day_only_the_law_says_otherwise(board, on):
    """The same figures, gaps and verdicts; where a rulebook changed in between its thresholds are those of the day."""
    changed = {
        (name, change.on)
        for name in rulebooks.ids()
        for change in lawtexts.changes(rulebooks.rulebook(name))
        if world.WRITTEN < change.on <= on
    }
    for key, answer in board_on(on).items():
        assert [gap["seller"] for gap in answer["gaps"]] == [gap["seller"] for gap in board[key]["gaps"]], key
        if key[1] not in {name for name, _ in changed}:
            assert (answer["verdict"], answer["tests"]) == (board[key]["verdict"], board[key]["tests"]), key
    assert changed <= {("eu-uk-ev", dt.date(2027, 1, 1)), ("usmca", dt.date(2027, 7, 1))}, "look at the stories anew"
    for vehicle, rulebook, reading, verdict in EVERY:
        assert board_on(on)[vehicle, rulebook, reading]["verdict"] == verdict


@pytest.mark.slow
@pytest.mark.django_db
def test_the_database_gives_the_same_figures_as_the_files(board, clock, settings, tmp_path):
    """Three ways from CSV to a figure: through signed rows and a snapshot, by a roll of the whole fleet, and straight. They agree.
    The past that the demo lived through changes none of it, and is there to look back at."""
    settings.DEMO, settings.FLEET_DIR = True, tmp_path / "fleet"
    Builder(world.read(), lambda _line: None).build()
    rolls.forget()
    rolls.roll(world.WRITTEN)
    rolled = {
        (row.vehicle.name, row.rulebook, row.reading): row.result for row in Verdict.objects.select_related("vehicle")
    }
    told = world.read()
    renewed = {row.begins for row in told.campaigns}  # answers to a campaign are carried on from those of the files
    laid = Line.objects.filter(minor=True).exclude(declaration__begins__in=renewed)
    assert laid.count() == sum(row.minor for row in told.lines) > 0
    taken = snapshots.take(Vehicle.objects.all(), world.WRITTEN)
    assert len(taken) == 4
    for snapshot in taken:
        for key, answer in answers(snapshot.dossier, world.WRITTEN):
            straight = board[snapshot.vehicle.name, *key]
            assert answer["tests"] == straight["tests"], (snapshot.vehicle.name, key)
            assert len(answer["gaps"]) == len(straight["gaps"])
            assert rolled[snapshot.vehicle.name, *key]["verdict"] == straight["verdict"]
            for one, other in zip(rolled[snapshot.vehicle.name, *key]["tests"], straight["tests"], strict=True):
                assert (one["code"], one["result"], one["threshold"]) == (
                    other["code"],
                    other["result"],
                    other["threshold"],
                )
                for bound in ("worst", "declared", "best"):
                    assert one[bound] == other[bound] or abs(Decimal(one[bound]) - Decimal(other[bound])) < Decimal(
                        "0.000001"
                    )
    rolls.forget()
    _the_past_is_there()


def _the_past_is_there():
    """Seals go forward over months, and a month ago stands as it was known then: an engine maker had not answered yet."""
    sealed = list(Seal.objects.order_by("number").values_list("at", flat=True))
    assert sealed == sorted(sealed) and (sealed[-1] - sealed[0]).days > 90
    assert list(ledger.faults()) == []
    today = Verdict.objects.get(vehicle__name="Tamarack", rulebook="usmca")
    then = {}
    for on in (dt.date(2026, 9, 1), dt.date(2026, 10, 24)):
        days.roll(on)
        rows = DatedVerdict.objects.filter(day__on=on, said__rulebook="usmca").select_related("said", "vehicle")
        then[on] = {row.vehicle.name: row.said for row in rows}
    assert (today.verdict, then[dt.date(2026, 10, 24)]["Tamarack"].verdict) == ("pass", "open")
    worst = [Decimal(one["Lumen"].result["tests"][0]["worst"]) for one in then.values()]
    assert worst[0] < worst[1], "a seat maker answered in September"
