"""The rows that typed facts name: one's own parts and plants, sales to one, and the companies that buy from one."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from suppliers.facts import letters
from suppliers.facts.reading import Facts
from suppliers.models import (
    Organisation,
    Part,
    Plant,
    Sourcing,
)


class Known:
    """The rows that some facts name, each kind fetched at once: as many queries for two hundred inputs as for one.

    Only what the organisation may name is found: its own parts and plants, sales to it, companies that buy from it;
    and those of the companies whose records it keeps.
    """

    def __init__(self, data: Facts, organisation: Organisation):
        sources = [source for line in data.get("lines") or [] for source in line.get("sources") or []]
        made = [source.get("made_part") for source in sources]
        own = Part.objects.filter(organisation_id__in=organisation.keeps)
        self.parts = _by_key(own, [data.get("part"), *made])
        self.numbers = {row.number: row for row in own.filter(number__in={str(one) for one in made if one})}
        self.plants = _by_key(Plant.objects.filter(organisation_id__in=organisation.keeps), [data.get("plant")])
        self.sales = _by_key(
            Sourcing.objects.filter(buyer_id__in=organisation.keeps).select_related(
                "buyer_part", "seller", "seller_part"
            ),
            [source.get("sourcing") for source in sources],
        )
        asked = [source["sourcing"] for source in sources if source.get("sourcing") and _tried(source)]
        self.letters = letters.of({key_of(one) for one in asked} - {None}, organisation) if asked else {}
        buyers = Organisation.objects.filter(buys__seller_id__in=organisation.keeps).distinct()
        self.buyers = _by_key(buyers, data.get("addressed_to") or [])

    def own_part(self, named: Any) -> Part | None:
        """By its key, or by its number."""
        return self.parts.get(key_of(named)) or self.numbers.get(str(named or ""))


def _tried(source: Facts) -> bool:
    return any(row.get("at") for row in (source.get("cannot") or {}).get("tried") or [])


def _by_key(rows: Any, named: Iterable[Any]) -> dict[UUID | None, Any]:
    keys = {key_of(one) for one in named} - {None}
    return rows.in_bulk(keys) if keys else {}


def key_of(named: Any) -> UUID | None:
    """The key that is meant by a row, a key or its text; None where it is none."""
    try:
        return UUID(str(getattr(named, "pk", named)))
    except ValueError:
        return None
