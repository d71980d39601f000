"""The steps to what closes a vehicle: core parts, labour value content, purchases of metal (UR 14, 17, 18)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracing.engine import amounts, labour
from tracing.engine.cores import Core, cores, counts_of
from tracing.engine.methods.absorb import Absorb
from tracing.engine.methods.column import ZERO
from tracing.engine.rules import Test
from tracing.engine.steps import Step, shown

if TYPE_CHECKING:
    from tracing.engine.closing import Scene


def core_steps(scene: "Scene", test: Test) -> Iterator[tuple[Core, tuple[Step, ...]]]:
    """Each core part with what one of it counts: net cost, and foreign value by all materials and by listed components."""
    column = scene.column
    assert isinstance(column, Absorb)
    for part in cores(scene.run.supply, test):
        found = counts_of(scene, column, part, test.threshold or ZERO)
        rows = (("Net cost of one", found.net, "UR 14(4)"), ("Foreign in it, all materials", found.all, "UR 14(7)(a), (10)(a)"),
                ("Foreign in it, listed components", found.listed, "UR 14(7)(b), (8), (10)(b)"))  # fmt: skip
        name = part.child.name if part.child else part.source.key[0]
        yield part, tuple(Step(title, shown(value), "", cite, name) for title, value, cite in rows)


def labour_steps(scene: "Scene", *, credited: bool) -> Iterator[Step]:
    """What the first term is made of, both credits where they count, and each plant's wage against its floor."""
    name = scene.run.supply.good
    for one, units in [(scene, scene.run.units), *((other, peer.units) for peer, other in scene.peers("labour"))]:
        found = labour.terms(one)
        rows = (("High-wage labour", found.labour, "UR 12"), ("High-wage material", found.material, "UR 18(4), (7), (21)"),
                ("High-wage transport beside it", found.transport, "UR 18(3)(c), (20)"), ("Net cost", found.net, "UR 18(6)(a)"),
                ("Purchases", found.bought, "UR 18(6)(b)"))  # fmt: skip
        inner = tuple(Step(title, shown(value), "", cite, one.run.supply.good) for title, value, cite in rows)
        averaged = f"{shown(units)} of them are averaged" if scene.peers("labour") else ""
        yield Step(f"In one {one.run.supply.good}", "", averaged, "UR 18(6)", one.run.supply.good, "", (), inner)
    if credited:
        yield Step("Technology credit", shown(labour.technology_credit(scene)), "points", "UR 18(9) to (11)", name)
        yield Step("Assembly credit", shown(labour.assembly_credit(scene)), "points", "UR 18(12) to (14)", name)
    for plant, facts in sorted(scene.run.supply.dossier.plants.items()):
        if facts.get("hourly") is not None:
            reached = "counts on the day" if labour.qualifies(scene, plant) else "does not count on the day"
            cite = scene.run.rules.rulebook.data["labour"]["cite"]
            yield Step(f"Plant {plant}", str(facts["hourly"]), f"an hour, {facts.get('country', '')}; {reached}", cite)


def metal_steps(scene: "Scene", test: Test) -> Iterator[Step]:
    """Each of the producer's purchases of this metal and what of it counts."""
    for row, counted in scene.purchases(test.kind):
        value = shown(amounts.exact(str(row["value"])))
        yield Step(
            f"Purchases {row.get('period', '')}".strip(),
            shown(counted),
            f"of {value}",
            test.cite,
            scene.run.supply.good,
        )
