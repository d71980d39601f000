"""The sankey adds up to a hundred, takes own entries first, and is a function of what other pages show."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracing import ribbons, sankeys

HUNDRED = Decimal(100)
read = ElementTree.fromstring
NAMES = {"JP": "Japan", "KR": "South Korea", "DE": "Germany"}


def face(worst, best, *, kind="rvc", region=("CA", "MX", "US"), of="total", operator="at_least"):
    bar = {"worst": Decimal(worst), "declared": Decimal(worst), "best": Decimal(best)}
    return {"kind": kind, "region": list(region), "of": of, "operator": operator, "bar": bar}


def part(key, value, category, made_in="", **more):
    return {
        "key": key,
        "value": str(value),
        "category": category,
        "made_in": made_in,
        "stated": [],
        "qty": "1",
        "share": "1",
    } | more


PARTS = [
    part("part.0.0", 1000, "counted", "JP"), part("part.1.0", 500, "not_counted", "KR"), part("part.2.0", 30, "counted", "DE"),
    part("part.3.0", 700, "unknown", "MX"), part("part.4.0", 4000, "complete"), part("part.5.0", 1770, "incomplete"),
]  # fmt: skip
CONTENT = {"region": face(66, 87), "us": face(40, 61, region=("US",))}


def drawn(parts=PARTS, *, test=None, content=None, net=10000, own=None):
    own = {"US": Decimal(2000)} if own is None else own
    return sankeys.sankey("Alder", "USMCA", parts, {}, Decimal(net), own, test=face(60, 80) if test is None else test,
                          content=CONTENT if content is None else content, countries=NAMES)  # fmt: skip


def ends(found):
    return [sum(flows.values()) for flows in (found.added, found.counted)]


def test_both_halves_add_up_and_the_last_column_is_the_test_s():
    found = drawn()
    assert ends(found) == [HUNDRED, HUNDRED] and found.by_test
    assert {node.key: found.total(node.key) for node in found.counts} == {"in": 60, "out": 20, "open": 20}
    for node in found.adders:
        left = sum(value for (_, who), value in found.added.items() if who == node.key)
        right = sum(value for (who, _), value in found.counted.items() if who == node.key)
        assert left == right == found.total(node.key)


def test_own_entries_stand_as_entered():
    found = drawn()
    assert found.added["us", "own"] == 20 and found.added["c-JP", "counted"] == 10
    assert found.added["c-KR", "not_counted"] == 5 and found.added["unknown", "silent"] == 7
    assert found.counted["silent", "open"] == 7 and found.counted["not_counted", "in"] == 5


def test_answers_are_one_block_divided_by_what_the_shown_shares_leave():
    found = drawn()
    block = {place: value for (place, who), value in found.added.items() if who == "answered"}
    assert set(block) <= {"us", "camx", "abroad", "unknown"} and sum(block.values()) == found.total("answered")
    assert [node.word for node in found.adders if node.key == "answered"] == [
        "Your direct suppliers and all below them"
    ]


def test_a_country_of_less_than_a_point_is_pooled_not_lost():
    found = drawn([*PARTS[:2], part("part.2.0", 60, "counted", "DE"), part("part.6.0", 60, "counted", "CN"), *PARTS[3:5],
                   part("part.5.0", 1680, "incomplete")])  # fmt: skip
    words = [node.word for node in found.places]
    assert "Germany" not in words and "Other countries, your own imports" in words
    assert found.added["c-others", "counted"] == 1


def test_without_shares_by_country_the_block_is_not_told_apart():
    for content in ({"region": None, "us": None}, {"region": face(66, 87, of="actual"), "us": None}):
        found = drawn(content=content)
        assert {place for (place, who) in found.added if who == "answered"} == {"answers"}


@pytest.mark.parametrize("test", [
    face(40, 60, kind="content", region=("CA", "US"), of=""), face(30, 50, kind="non_originating", operator="at_most"),
    face(40, 60, kind="share", region=("US",)), face(40, 60, kind="share", of="actual"),
])  # fmt: skip
def test_a_law_that_does_not_divide_net_cost_is_told_by_the_faces(test):
    found = drawn(test=test)
    assert not found.by_test and ends(found) == [HUNDRED, HUNDRED]
    assert found.total("t-complete") == 40 and found.total("t-incomplete") == 18
    assert found.total("t-imported") == 15 and not [
        node for node in found.adders if node.key in {"counted", "not_counted"}
    ]


def test_parts_that_cost_more_than_the_whole_draw_nothing():
    assert drawn(net=7000) is None and drawn(net=0) is None


def test_own_production_is_looked_into():
    made = part("part.0.0", 1000, "complete", how="made")
    inner = {"part.0.0": [part("part.0.0.0.0", 300, "imported", "JP"), part("part.0.0.1.0", 200, "complete")]}
    found = sankeys.sankey("Alder", "USMCA", [made], inner, Decimal(2000), {"US": Decimal(1000)}, test=face(75, 90), content={},
                           countries=NAMES)  # fmt: skip
    assert found.total("own") == 75 and found.total("answered") == 15
    assert found.total("c-JP") == 10 and found.counted["imported", "out"] == 10


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    values=st.lists(st.tuples(st.sampled_from(["counted", "not_counted", "unknown", "complete", "incomplete"]),
                              st.integers(1, 900), st.sampled_from(["JP", "KR", "DE", ""])), max_size=9),
    worst=st.integers(0, 100), width=st.integers(0, 60), region=st.integers(0, 100), spread=st.integers(0, 60), us=st.integers(0, 100),
)  # fmt: skip
def test_whatever_is_shown_both_halves_add_up(values, worst, width, region, spread, us):
    parts = [part(f"part.{nth}.0", value, kind, place) for nth, (kind, value, place) in enumerate(values)]
    paid = sum(value for _, value, _ in values)
    content = {"region": face(region, min(region + spread, 100)), "us": face(min(us, region), 100, region=("US",))}
    found = drawn(
        parts, test=face(worst, min(worst + width, 100)), content=content, net=paid + 500, own={"MX": Decimal(500)}
    )
    assert all(abs(end - 100) <= 0 for end in ends(found))
    assert all(value >= 0 for flows in (found.added, found.counted) for value in flows.values())
    read(ribbons.ribbons(found))


def test_the_picture_says_what_the_table_says():
    found = drawn()
    svg = read(ribbons.ribbons(found))
    titles = [one.find("title").text for one in svg.iter("path")]
    assert len(titles) == len(found.added) + len(found.counted)
    assert "Japan, Your own imports that count as foreign: 10 points" in titles
    assert svg.get("role") == "img" and not any("style" in one.attrib for one in svg.iter())
    for title, columns, rows in sankeys.tables(found):
        assert sum(total for _, _, total in rows) == 100 and all(
            len(values) == len(columns) for _, values, _ in rows
        ), title


def test_names_bring_no_markup_into_it():
    evil = '"><script>alert(1)</script>&'
    found = sankeys.sankey(evil, evil, [part("part.0.0", 1000, "counted", "JP")], {}, Decimal(2000), {"US": Decimal(1000)},
                           test=face(50, 50), content={}, countries={"JP": evil})  # fmt: skip
    assert "<script" not in ribbons.ribbons(found)
    read(ribbons.ribbons(found))
