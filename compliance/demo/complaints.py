"""What is wrong with a world: every reference that leads nowhere and every key given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compliance.demo.world import World


def complaints(world: World) -> list[str]:
    """Every reference that leads nowhere and every key given twice, as sentences."""
    found = []
    for table, key in (
        (world.organisations, lambda row: row.organisation), (world.people, lambda row: row.person),
        (world.parts, lambda row: row.key), (world.items, lambda row: row.key),
        (world.declarations, lambda row: row.declaration), (world.vehicles, lambda row: row.name),
        (world.sourcings, lambda row: (row.seller, row.seller_number, row.buyer)),
        (world.lines, lambda row: (row.declaration, row.line)),
        (world.sources, lambda row: (row.declaration, row.line, row.source)),
    ):  # fmt: skip
        keys = [key(row) for row in table]
        found += (
            [f"{name} is given twice" for name in {name for name in keys if keys.count(name) > 1}]
            if len(set(keys)) < len(keys)
            else []
        )
    for row in world.memberships:
        found += _missing(world.person, row.person, row) + _missing(world.organisation, row.organisation, row)
    for row in [*world.parts, *world.vehicles]:
        found += _missing(world.plant, (row.organisation, row.plant), row)
    for row in world.sourcings:
        found += _missing(world.part, (row.seller, row.seller_number), row)
        found += _missing(world.item, (row.buyer, row.buyer_number), row)
    for row in world.declarations:
        found += _missing(world.part, row.part, row) + _missing(world.plant, (row.organisation, row.plant), row)
        found += _missing(world.declaration, row.supersedes, row) if row.supersedes else []
    for row in world.lines:
        found += _missing(world.declaration, row.declaration, row)
        maker = row.declaration.partition("/")[0]
        found += _missing(world.item, (maker, row.item), row)
    for row in world.sources:
        maker = row.declaration.partition("/")[0]
        if row.how == "made":
            found += _missing(world.part, (row.seller, row.seller_number), row)
        elif row.seller:
            found += _missing(world.sourcing, (row.seller, row.seller_number, maker), row)
    for row in world.requests:
        found += _missing(world.sourcing, (row.seller, row.seller_number, row.asker), row)
    for row in world.replies:
        asker = next((one.asker for one in world.campaigns if one.title == row.title), "")
        found += _missing(world.sourcing, (row.seller, row.seller_number, asker), row) + _missing(
            world.person, row.by, row
        )
    for row in [*world.later, *world.price_words]:
        found += _missing(world.sourcing, (row.seller, row.seller_number, row.buyer), row) + _missing(
            world.person, row.by, row
        )
    for row in world.face_reviews:
        found += _missing(world.organisation, row.seller, row) + _missing(world.person, row.reviewer, row)
    for row in [*world.reviews, *world.grants]:
        found += _missing(world.vehicle, row.vehicle, row)
    return found


def _missing(known: Any, key: Any, row: Any) -> list[str]:
    return [] if key in known else [f"{type(row).__name__} names {key}, which is not there: {row}"]
