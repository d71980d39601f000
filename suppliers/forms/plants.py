"""One part made in several plants: the other answers about it, and whether the shares come to the whole."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from suppliers.models import Declaration


def plants(draft: Declaration) -> dict[str, Any] | None:
    """The other answers about this part over these days, by plant, and the sum of all shares; None where there are none."""
    others = Declaration.objects.filter(
        organisation=draft.organisation,
        part=draft.part,
        begins__lt=draft.ends,
        ends__gt=draft.begins,
        withdrawal__isnull=True,
    ).exclude(pk__in=[draft.pk, draft.supersedes_id or draft.pk])
    rows = [
        row
        for row in others.select_related("plant").order_by("plant__name")
        if row.plant_id and row.plant_id != draft.plant_id
    ]
    if not rows or not draft.plant_id:
        return None
    shares = [row.plant_share for row in [draft, *rows]]
    total = sum((share or Decimal(0) for share in shares), Decimal(0))
    return {"rows": rows, "total": total * 100, "whole": total == 1 and all(shares)}


def keys(named) -> list[UUID]:
    """Those of some posted texts that are keys at all."""
    found = []
    for one in named:
        try:
            found.append(UUID(str(one)))
        except ValueError:
            continue
    return found
