"""Our own parts under measurement, one function each, so that the rest of the bench knows nothing of the engine."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from tracing import rulebooks
from tracing.actions import rolls
from tracing.bench.reads import DAY, REGION, SCALE, Arrays, assembled
from tracing.engine import compiled
from tracing.engine.fleet import Fleet, reach
from tracing.engine.fleet import build as lay_out
from tracing.engine.loops import content
from tracing.engine.passes.costs import Costs
from tracing.engine.passes.one import Pass
from tracing.engine.passes.shape import all_of
from tracing.engine.passes.stage import wordings
from tracing.engine.roll import Roll, Verdict
from tracing.models import Roll as Rolled
from tracing.models import Verdict as Stored
from tracing.snapshots import fleets, shelf
from tracing.snapshots.answers import Answers, confirmed_sales, offers_of, split
from tracing.snapshots.columns import Columns, Table, speech
from tracing.snapshots.dossiers import one_moment
from tracing.snapshots.fleets import FleetRows
from tracing.snapshots.keys import Index, Ints, keys_of, uuids_of
from tracing.snapshots.tables import MICRO, Reader

HERE = [ord(code[0]) + (ord(code[1]) << 8) for code in sorted(REGION)]
COSTS = ("product", "period", "other")


def how() -> str:
    """How the loops run in this process."""
    return compiled.how()


# ---- load


def load() -> FleetRows:
    """Everything in force on DAY with all its words, as the product itself loads it for a fleet."""
    return fleets.read(DAY)


def keep(rows: FleetRows, folder: Path) -> Path:
    """Everything in one file, as the product keeps it between processes."""
    return shelf.put(rows, folder)


def kept(rows: FleetRows, folder: Path) -> FleetRows | None:
    """The same out of that file, mapped."""
    return shelf.take(DAY, rows.standing, folder)


def arrays() -> Arrays:
    """Two figures' worth of the database by the product's packed reading: the columns they take, and no words.

    Of a bench world: one answer a part, no plants.
    """
    with one_moment():
        said = speech()
        said.settle()
        reader = Reader(said, DAY, lambda _: nullcontext())
        answers = _answers(said, reader)
        own, costs = said.read(_own_values(said)), said.read(_costs(said))
        lines, sources = said.read(_lines(said)), said.read(_sources(said))
        offers = offers_of(reader, answers, confirmed_sales(reader))
        vehicles = fleets.vehicles_of()
    table = _values(answers, own, costs)
    line = Index(lines["line"]).find(sources["line"])
    # share of a plant: whole
    parted = split(offers, np.full(len(answers), MICRO), sources)
    of, parent = parted["of"], answers.index.find(lines["declaration"])[line]
    weight = lines["quantity"][line] * sources["numerator"] * (100 // sources["denominator"])
    price = np.maximum(sources["price"], 0)
    foreign = np.where(_here(sources["words"] >> 8), 0, price)
    edges = np.stack([column[of] for column in (parent, weight, price, foreign)], axis=1)
    edges = np.insert(edges, 1, parted["child"], axis=1)[parent[of] >= 0]
    top = answers.parts.find(keys_of(part for _, part in vehicles))
    tops = [(int(answers.start[nth]), part) for nth, (_, part) in zip(top.tolist(), vehicles, strict=True) if nth >= 0]
    return assembled(table, edges, sorted(tops, key=lambda one: one[0]))


def _answers(said: Any, reader: Reader) -> Answers:
    columns = {
        "declaration": ("key", "t.id"), "part": ("key", "t.part_id"), "price": ("int", said.scaled("t.price", MICRO)),
        "place": ("small", _place(said)),
    }  # fmt: skip
    where = f"t.signed_at IS NOT NULL AND t.begins <= '{DAY}' AND t.ends > '{DAY}'"
    rows = said.read(Table("suppliers_declaration", columns, where=where))
    holds = np.ones(len(rows["declaration"]), bool)
    for ended in reader.ended():
        holds[Index(rows["declaration"]).find(ended)] = False
    rows = {name: column[holds] for name, column in rows.items()}
    return Answers(rows, [], [], Index(rows["part"]), np.arange(len(rows["part"]) + 1), Index(rows["declaration"]))


def _place(said: Any, name: str = "t.made_in") -> str:
    return f"{said.letter(name)} + ({said.last_letter(name)} << 8)".replace("::bigint", "")


def _own_values(said: Any) -> Table:
    amount = said.scaled("t.amount", MICRO)
    columns = {
        "of": ("key", "t.declaration_id"),
        "place": ("small", _place(said, "t.country")),
        "amount": ("int", amount),
    }
    return Table("suppliers_ownvalue", columns)


def _costs(said: Any) -> Table:
    columns = {
        "of": ("key", "t.declaration_id"),
        **{name: ("int", said.scaled(f"t.{name}", MICRO, 0)) for name in COSTS},
    }
    return Table("suppliers_costs", columns)


def _lines(said: Any) -> Table:
    quantity = said.scaled("t.quantity", 10_000)
    return Table(
        "suppliers_line",
        {"line": ("key", "t.id"), "declaration": ("key", "t.declaration_id"), "quantity": ("int", quantity)},
    )


def _sources(said: Any) -> Table:
    words = f"{said.letter('t.how')} + (({_place(said)}) << 8)".replace("::bigint", "")
    columns = {
        "line": ("key", "t.line_id"), "numerator": ("small", "t.share_numerator"), "denominator": ("small", "t.share_denominator"),
        "price": ("int", said.scaled("t.price", MICRO)), "sourcing": ("key", "t.sourcing_id"),
        "made_part": ("key", "t.made_part_id"), "words": ("small", words),
    }  # fmt: skip
    return Table("suppliers_source", columns)


def _values(answers: Answers, own: Columns, costs: Columns) -> np.ndarray:
    """int64 [D, 3]: number, value, foreign part."""
    count, value = len(answers), answers.columns["price"].copy()
    opened, row = np.zeros(count, bool), answers.index.find(costs["of"])
    value[row[row >= 0]] = sum(costs[name] for name in COSTS)[row >= 0]
    opened[row[row >= 0]] = True
    owner, far = answers.index.find(own["of"]), ~_here(own["place"])
    told, away = (_totals(owner, own["amount"] * one, count) * opened for one in (np.ones(len(far), np.int64), far))
    away += np.where(_here(answers.columns["place"]), 0, value - told)
    return np.stack([np.arange(count), value, away], axis=1)


def two_figures(rows: FleetRows) -> Arrays:
    """The same out of everything that ``load`` reads."""
    facts, face = rows.facts, rows.facts.face
    opened = facts.amounts["excluded"] >= 0
    costs = sum(np.maximum(facts.amounts[name], 0) for name in COSTS)
    value = np.where(opened, costs, np.maximum(facts.amounts["price"], 0))
    here = facts.of_faces("in the region", lambda one: one.get("made_in") in REGION)[face]
    far, told = facts.own[face, 3] * opened, facts.own[face, 4] * opened
    away = far + np.where(here, 0, value - told)
    there = ~facts.of_kinds("in the region", lambda one: one["made_in"] in REGION)[facts.kind]
    weight = facts.qty * facts.share[:, 0] * (100 // facts.share[:, 1])
    price = np.maximum(facts.price, 0)
    edges = np.stack([facts.asker, facts.child, weight, price, price * there], axis=1).astype(np.int64)
    parts = uuids_of(rows.parts[facts.goods])
    return assembled(
        np.stack([np.arange(len(face)), value, away], axis=1), edges, zip(facts.goods.tolist(), parts, strict=True)
    )


def _here(code: Ints) -> np.ndarray:
    return np.isin(code & 0xFFFF, HERE)


def _totals(owner: Ints, amount: Ints, count: int) -> Ints:
    found = np.zeros(count + 1, np.int64)
    np.add.at(found, owner, amount)
    return found[:-1]


# ---- two figures


def build(given: Arrays) -> Fleet:
    """Lines in any order into rows, children first."""
    return lay_out(given.parent, given.child, given.weight, given.goods, given.count, scale=SCALE)


def placed(fleet: Fleet, own: np.ndarray) -> np.ndarray:
    """``own`` [N, K] by node as contiguous [N, K] in the fleet's order."""
    return np.ascontiguousarray(own[fleet.ids])


def roll(fleet: Fleet, own: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """int64 [N, K], K columns in one pass. ``own`` and the answer are in the fleet's order."""
    return content.roll(fleet, own, out)


def again(fleet: Fleet, own: np.ndarray, values: np.ndarray, changed: Sequence[int] | np.ndarray) -> int:
    """Bring ``values`` up to date after ``own`` changed at these positions; how many nodes were computed."""
    return content.again(fleet, own, values, changed)


def above(fleet: Fleet, changed: Sequence[int]) -> np.ndarray:
    """The positions that a change reaches."""
    return reach(fleet, changed)


# ---- every law


def first_roll() -> dict[str, float]:
    """Seconds by step of the product's own roll in a process that remembers nothing: everything is read, asked, told and stored."""
    rolls.forget()
    Stored.objects.all().delete()
    Rolled.objects.all().delete()
    rolls.roll(DAY)
    return dict(Rolled.objects.get(on=DAY).seconds)


def rolled() -> Roll:
    """The passes that this process remembers after ``first_roll``."""
    (found,) = rolls.remembered().passes.values()
    return found


def passes(of: Roll) -> list[Pass]:
    """Every pass that some rulebook in some reading asked for; costs first, for the others stand on them."""
    return [one for one in of.passes.values() if isinstance(one, Pass)]


def width(one: Pass) -> int:
    """How many columns it adds up."""
    return len(one.values) // one.shape.rows


def verdicts(of: Roll, goods: Sequence[int] | None = None) -> list[Verdict]:
    """Every good, or these, under every rulebook in every reading."""
    return list(of.verdicts([rulebooks.rulebook(name) for name in rulebooks.ids()], goods))


def asked_again(of: Roll) -> None:
    """Weigh every pass anew with what its law said before, costs first."""
    extent = all_of(of.shape)
    for one in passes(of):
        one.lower(extent, wordings(of.facts, extent.sources, one.law))
        one.run(extent.rows)
        if isinstance(one, Costs):
            one.measure()
