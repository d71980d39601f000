"""Intervals, points at stake and the icicle: places, words for readers, escaping."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from tracing import icicles, pictures
from tracing.icicles import Group, Part, Tree

read = ElementTree.fromstring

OPEN = {"name": "USMCA 75", "worst": "72.6", "declared": "75.9", "best": "78.4", "needed": 75, "verdict": "open"}
EVIL = '"><script>alert(1)</script>&'


def bar(**changes) -> ElementTree.Element:
    return read(pictures.interval_bar(**{**OPEN, **changes}))


def only(svg, css: str) -> ElementTree.Element:
    (found,) = [one for one in svg.iter() if css in one.get("class", "").split()]
    return found


def has(svg, css: str) -> bool:
    return any(css in one.get("class", "").split() for one in svg.iter())


def test_the_figures_stand_where_they_belong():
    svg = bar()
    assert (svg.get("width"), svg.get("height")) == ("150", "18")
    assert only(svg, "ib-open").get("width") == "81.5"  # (72.6 − 40) × 2.5
    assert (only(svg, "ib-maybe").get("x"), only(svg, "ib-maybe").get("width")) == ("82", "13.5")
    assert only(svg, "ib-need").get("d").startswith("M87.5 ")
    assert only(svg, "ib-decl").get("cx") == "89.75"
    assert only(svg, "ib-open").get("y") == "7"


def test_the_vehicle_page_draws_the_same_bar_larger():
    svg = bar(size="vehicle")
    assert (svg.get("width"), svg.get("height")) == ("192", "24")
    assert only(svg, "ib-open").get("width") == "104.32"
    assert only(svg, "ib-open").get("height") == "10"


def test_readers_hear_name_worst_declared_best_and_needed_in_this_order():
    svg = bar()
    said = "USMCA 75: 72.6 at worst, 75.9 as declared, 78.4 at best; 75 needed"
    assert svg.get("role") == "img" and svg.get("aria-label") == said and svg.find("title").text == said


def test_what_is_said_never_contradicts_the_verdict():
    assert "74.96 at best" in pictures.sentence(name="x", worst="70", best="74.96", needed=75)


@pytest.mark.parametrize(("needed", "seen"), [(75, (40, 100)), (55, (40, 100)), ("54.9", (10, 70)), (None, (10, 70))])
def test_the_window_follows_the_rule(needed, seen):
    assert pictures.window(needed) == seen


def test_the_cut_is_marked_only_where_the_bar_is_long_enough():
    assert has(bar(), "ib-cut")
    assert not has(bar(worst="44.7"), "ib-cut")  # 11.75 px
    assert has(bar(worst="44.8"), "ib-cut")  # 12 px


def test_nothing_open_draws_no_hatch_and_a_sliver_is_still_seen():
    assert not has(bar(worst="78.4", best="78.44"), "ib-maybe")
    assert only(bar(worst="78.4", best="78.5"), "ib-maybe").get("width") == "1"  # 2 px with its edge inside
    edge = only(bar(worst="99.99", best="100.2"), "ib-maybe")
    assert float(edge.get("x")) + float(edge.get("width")) <= 149.5


def test_beyond_the_window_is_clamped_and_marked_at_that_end():
    low = bar(worst="12", declared="30", best="50")
    assert only(low, "ib-open").get("width") == "0"
    assert only(low, "ib-decl").get("cx") == "0"
    assert only(low, "ib-beyond").get("d").startswith("M10 ")
    high = bar(worst="90", declared="101", best="104")
    assert only(high, "ib-decl").get("cx") == "150"
    assert only(high, "ib-beyond").get("d").startswith("M140 ")
    assert only(bar(worst="12"), "ib-beyond").get("d").startswith("M6 ")  # no dot in the way
    assert not has(bar(), "ib-beyond")


def test_two_readings_carry_letters_and_close_ones_keep_apart():
    svg = bar(worst="38.8", declared="40.6", best="45.1", needed=[("A", 50), ("B", 42.5)])
    letters = {text.text: text for text in svg.iter("text")}
    assert letters["A"].get("x") == "100" and letters["B"].get("x") == "81.25"
    assert not has(svg, "ib-flag") and svg.get("height") == "21"
    assert svg.get("aria-label").endswith("; A 50 needed; B 42.5 needed")
    close = {t.text: t for t in bar(worst="38.8", best="45.1", needed=[("A", 50), ("B", 48)]).iter("text")}
    assert "end" in close["B"].get("class").split() and "mid" in close["A"].get("class").split()


def test_the_dot_is_drawn_last_so_that_nothing_hides_it():
    assert "ib-decl" in list(bar())[-1].get("class")
    assert not has(bar(declared=None), "ib-decl")


def test_a_law_without_pass_mark_has_neither_mark_nor_verdict_colour():
    svg = bar(needed=None, verdict="none")
    assert has(svg, "ib-none") and not has(svg, "ib-need")
    assert svg.get("aria-label").endswith("; no pass mark")


def test_points_at_stake_are_fifty_pixels_each_until_the_table_would_burst():
    assert 'width="95.5"' not in pictures.points_bar(1, widest=2)
    assert re.search(r'class="ib-maybe e-open"[^>]*width="94"', pictures.points_bar("1.9", widest=2))
    assert 'viewBox="0 0 201 14"' in pictures.points_bar(1, widest=20)
    assert re.search(r'class="ib-maybe e-open"[^>]*width="9"', pictures.points_bar(1, widest=20))


# ---- the icicle ----


def part(name="Engine", price=600, **split) -> Part:
    amounts = {code: Decimal(value) for code, value in (split or {"us": price}).items()}
    return Part(name, Decimal(price), amounts, "8407.34", "Lima", "?why=1")


TREE = Tree(
    "Alder",
    [
        Group("Own work", [part("Paint", 900, us=400, mx=500)], own=True),
        Group("Body", [part("Stampings", 300, mx=300), part("Badge", 2, fc=2), part("Clip", 1, uk=1)]),
        Group("Powertrain", [part("Gear box", 200, us=50, fn=50, uk=100), part("Engine", 597, us=597)]),
    ],
)


def test_order_is_by_value_then_small_parts_then_own_work():
    assert [(row["group"], row["name"]) for row in icicles.rows(TREE)] == [
        ("Powertrain", "Engine"),
        ("Powertrain", "Gear box"),
        ("Body", "Stampings"),
        ("Small parts", "2 smaller parts"),
        ("Own work", "Paint"),
    ]


def test_the_table_is_the_equal_of_the_picture():
    assert sum(icicles.totals(TREE)) == TREE.total == 2000
    assert icicles.totals(TREE)[:6] == [1047, 0, 800, 2, 50, 101]
    page = Template("{% load pictures %}{% icicle tree %}").render(Context({"tree": TREE}))
    for row in icicles.rows(TREE):
        assert page.count(row["name"]) >= 2  # in the picture and in the table
    assert "Skip the picture, go to its table" in page and 'id="icicle-table"' in page


def test_height_is_value_and_width_is_share_so_area_is_money():
    svg = read(icicles.icicle(TREE))
    tiles = [one for one in svg.iter("rect") if one.get("class") == "tile-2"]
    assert [float(one.get("height")) for one in tiles] == pytest.approx([214.92, 72, 108, 1.08, 324], abs=0.01)
    assert float(tiles[0].get("y")) == 24
    unknown = [one for one in svg.iter("rect") if one.get("class") == "k-uk"]
    assert float(unknown[0].get("width")) == pytest.approx(672 / 2 - 1, abs=0.01)
    assert "url(#hatch)" in [one.get("fill") for one in svg.iter("rect")]
    assert "url(#dots)" in [one.get("fill") for one in svg.iter("rect")]


def test_a_row_is_a_link_that_says_everything():
    svg = read(icicles.icicle(TREE))
    link = next(one for one in svg.iter("a") if "Gear box" in one.find("title").text)
    assert link.get("href") == "?why=1"
    expected = "Gear box, HS 8407.34, Lima: 200 USD; United States 50, Foreign, not counted 50, Unknown 100"
    assert link.find("title").text == expected
    assert svg.get("role") == "group"


def test_names_cannot_bring_markup_into_the_pictures():
    tree = Tree(EVIL, [Group(EVIL, [Part(EVIL, Decimal(5), {"us": Decimal(5)}, EVIL, EVIL, "?" + EVIL)])], unit=EVIL)
    drawn = icicles.icicle(tree) + pictures.interval_bar(**{**OPEN, "name": EVIL, "needed": [(EVIL, 50), ("B", 42)]})
    drawn += Template("{% load pictures %}{% icicle tree %}").render(Context({"tree": tree}))
    assert "<script" not in drawn
    read(icicles.icicle(tree))


def test_a_link_cannot_leave_the_portal_or_run_a_script():
    for href in ("javascript:alert(1)", "https://elsewhere.example/", "//elsewhere.example/"):
        with pytest.raises(ValueError, match="not a link"):
            icicles.icicle(Tree("x", [Group("g", [Part("p", Decimal(1), {"us": Decimal(1)}, href=href)])]))


def test_a_long_name_ends_in_an_ellipsis_and_stays_whole_in_the_title():
    name = "Instrument panel carrier with knee bolster and steering column support"
    svg = read(icicles.icicle(Tree("x", [Group("g", [part(name)])])))
    texts = [one.text for one in svg.iter("text")]
    assert name not in texts and any(text.endswith("…") for text in texts)
    assert any(name in one.text for one in svg.iter("title"))


def test_an_empty_tree_draws_and_divides_by_nothing():
    assert read(icicles.icicle(Tree("x", []))) is not None
