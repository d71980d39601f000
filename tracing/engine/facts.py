"""A fleet's facts as arrays: amounts and quantities in columns of integers, every distinct wording once."""

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from tracing.engine.dossier import Dossier

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
MICRO = 1_000_000
QUANTITY = 10_000
NOT_SAID = -1
COSTS = ("product", "period", "other", "net", "total", "after_shipment")
AMOUNTS = ("price", *COSTS, "excluded")
APART = frozenset({"body", "price", "costs", "id", "part", "description"})
"""Not of a face: what has its columns, and what only says which declaration it is: its name does."""


@dataclass(frozen=True)
class FleetFacts:
    """Everything that the declarations below some goods say.

    Shapes: D declarations, S sources sorted by the declaration that holds them, V goods. ``amounts`` are int64 [D] in
    millionths of the declaration's currency, -1 where not said (``excluded`` is the sum of the excluded costs); ``price``
    int64 [S] likewise; ``qty`` int64 [S] in ten-thousandths; ``share`` and ``factor`` int64 [S, 2] as numerator and
    denominator. ``faces`` are a declaration's other facts, as the dossier's reader gives them, without its body; ``kinds``
    those of a source with its line's. What does not fit into its column stays in the face or the kind, exact.
    """

    on: dt.date
    currency: str
    names: Sequence[str]
    faces: Sequence[dict[str, Any]] = field(repr=False)
    face: Places = field(repr=False)
    body: npt.NDArray[np.bool_] = field(repr=False)
    amounts: dict[str, Ints] = field(repr=False)
    kinds: Sequence[dict[str, Any]] = field(repr=False)
    kind: Places = field(repr=False)
    asker: Places = field(repr=False)
    child: Places = field(repr=False)
    line: Places = field(repr=False)
    nth: Places = field(repr=False)
    qty: Ints = field(repr=False)
    share: Ints = field(repr=False)
    factor: Ints = field(repr=False)
    price: Ints = field(repr=False)
    goods: Places = field(repr=False)
    rates: list[dict[str, Any]] = field(default_factory=list, repr=False)
    plants: dict[str, Any] = field(default_factory=dict, repr=False)
    companies: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def dossier(self) -> Dossier:
        """What the facts share, as a dossier without declarations."""
        return Dossier(self.on, self.currency, {}, rates=self.rates, plants=self.plants, companies=self.companies)


class Wordings:
    """Numbers distinct wordings in the order in which they are first met."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._number: dict[Hashable, int] = {}

    def number(self, facts: dict[str, Any]) -> int:
        key = _key(facts)
        if key not in self._number:
            self._number[key] = len(self.rows)
            self.rows.append(facts)
        return self._number[key]


def _key(value: Any) -> Hashable:
    if isinstance(value, dict):
        return tuple((name, _key(value[name])) for name in sorted(value))
    return tuple(_key(item) for item in value) if isinstance(value, list | tuple) else value


def whole(value: Fraction | None, parts: int) -> int | None:
    """A number in these parts of one, where it is a whole number of them; -1 where it is not said; None where it does not fit."""
    if value is None:
        return NOT_SAID
    scaled = value * parts
    return scaled.numerator if scaled.denominator == 1 and 0 <= scaled < 2**62 else None


def facts_of(dossier: Dossier, goods: Sequence[str] | None = None) -> FleetFacts:
    """The facts of a dossier's declarations; ``goods`` are its vehicles unless named. Every declaration is taken, used or not."""
    names = list(dossier.declarations)
    place = {name: nth for nth, name in enumerate(names)}
    faces, kinds = Wordings(), Wordings()
    face, body = [], []
    amounts: dict[str, list[int]] = {name: [] for name in AMOUNTS}
    sources: list[tuple[int, ...]] = []
    for nth, name in enumerate(names):
        facts = dossier.declarations[name]
        rest, said = split(facts)
        face.append(faces.number(rest))
        body.append(facts.get("body") is not None)
        for key in AMOUNTS:
            amounts[key].append(said[key])
        for index, line in enumerate(facts.get("body") or []):
            for number, source in enumerate(line["sources"]):
                kind, row = source_row(line, source)
                child = place[source["declaration"]] if source["declaration"] is not None else -1
                sources.append((kinds.number(kind), nth, child, index, number, *row))
    table = np.array(sources, dtype=np.int64).reshape(len(sources), 11).T
    kind_, asker, child_, line_, number_ = (np.ascontiguousarray(table[i], dtype=np.int32) for i in range(5))
    return FleetFacts(
        on=dossier.on, currency=dossier.currency, names=names, faces=faces.rows, face=np.array(face, dtype=np.int32),
        body=np.array(body, dtype=bool), amounts={key: np.array(rows, dtype=np.int64) for key, rows in amounts.items()},
        kinds=kinds.rows, kind=kind_, asker=asker, child=child_, line=line_, nth=number_,
        qty=table[5].copy(), share=np.ascontiguousarray(table[6:8].T), factor=np.ascontiguousarray(table[8:10].T),
        price=table[10].copy(), goods=np.array([place[name] for name in goods or dossier.vehicles], dtype=np.int32),
        rates=dossier.rates, plants=dossier.plants, companies=dossier.companies,
    )  # fmt: skip


def split(facts: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """A declaration's facts as its face and its amounts in millionths; amounts that are finer stay in the face, all of a kind."""
    rest = {key: value for key, value in facts.items() if key not in APART and value not in (None, [], {})}
    said = dict.fromkeys(AMOUNTS, NOT_SAID)
    price = whole(facts.get("price"), MICRO)
    if price is None:
        rest["price"] = facts["price"]
    else:
        said["price"] = price
    costs = facts.get("costs")
    if costs is not None:
        excluded = [value for value in (costs.get("excluded") or {}).values() if value is not None]
        found = {key: whole(costs.get(key), MICRO) for key in COSTS}
        found["excluded"] = whole(sum(excluded, Fraction(0)), MICRO)
        if None in found.values():
            rest["costs"] = costs
        else:
            said |= {key: value for key, value in found.items() if value is not None}
    return rest, said


def source_row(line: dict[str, Any], source: dict[str, Any]) -> tuple[dict[str, Any], tuple[int, ...]]:
    """A source's wording, and its quantity, share, factor and price as integers; a price that is finer stays in the wording."""
    cannot = source.get("cannot") or {}
    wording = {
        "hs": line.get("hs"), "minor": line.get("minor") or False, "consigned": line["consigned"], "claims": line.get("claims") or {},
        **{key: source[key] for key in ("how", "made_in", "title", "allied", "designated", "basis", "charges")},
        "cannot": cannot.get("reason"), "determination": cannot.get("determination") if cannot.get("tried") else None,
    }  # fmt: skip
    price = whole(source["price"], MICRO)
    if price is None:
        wording["price"] = source["price"]
    share, factor = source["share"], source["factor"]
    qty = line["qty"] * QUANTITY
    row = (qty.numerator, share.numerator, share.denominator, factor.numerator, factor.denominator)
    return wording, (*row, NOT_SAID if price is None else price)
