"""A fleet's facts as arrays: amounts and quantities in columns of integers, every distinct wording once."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tracing.engine.dossier import Dossier
from tracing.engine.supply import determined

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
MICRO = 1_000_000
QUANTITY = 10_000
NOT_SAID = -1
COSTS = ("product", "period", "other", "net", "total", "after_shipment")
AMOUNTS = ("price", *COSTS, "excluded")
TOLD = ("amount", "net_cost", "vnm")
COUNTRIES = ("US", "CA", "MX")
SILENT = frozenset({
    "id", "subject", "maker", "part", "description", "hs_edition", "from", "until", "plant_share", "addressed_to", "signed_by",
    "signed_at", "supersedes",
})  # fmt: skip
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
    asked: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def of_faces(self, key: str, ask: Callable[[dict[str, Any]], Any]) -> npt.NDArray[Any]:
        """What is asked of each face that no statement and no own value answers, once under each key."""
        number, first = self.alike(None)
        found: npt.NDArray[Any] = self._once(
            key, len(self.faces), lambda: _array(ask(self.faces[nth]) for nth in first.tolist())[number]
        )
        return found

    def of_kinds(self, key: str, ask: Callable[[dict[str, Any]], Any]) -> npt.NDArray[Any]:
        """What is asked of each kind, once under each key."""
        found: npt.NDArray[Any] = self._once(
            f"kind {key}", len(self.kinds), lambda: _array(ask(row) for row in self.kinds)
        )
        return found

    def alike_kinds(self) -> tuple[Places, Places]:
        """The number of each kind apart from the amounts of its charges, int32 [K], and the first kind of each number."""
        found: tuple[Places, Places] = self._once("alike kinds", len(self.kinds), self._alike_kinds)
        return found

    def _alike_kinds(self) -> tuple[Places, Places]:
        grouped = getattr(self.kinds, "grouped", None)
        if grouped is not None:
            number = grouped(without_amounts, frozenset(), lambda _, path: path[0] != "charges")
        else:
            known: dict[Hashable, int] = {}
            number = _array(known.setdefault(key_of(without_amounts(kind)), len(known)) for kind in self.kinds)
        _, first, number = np.unique(number, return_index=True, return_inverse=True)
        return number.astype(np.int32), first.astype(np.int32)

    @property
    def charges(self) -> Ints:
        """The amounts of each kind's charges in their order: int64 [K, C] in millionths, 0 where there is none or none that fits."""
        found: Ints = self._once("charges", len(self.kinds), self._charges)
        return found

    def _charges(self) -> Ints:
        column = getattr(self.kinds, "column", None)
        if column is not None:
            places = {int(place): amounts for place, amounts in column("charges").items()}
        else:
            places = {}
            for nth, kind in enumerate(self.kinds):
                for at, row in enumerate(kind["charges"] if _in_columns(kind) else ()):
                    places.setdefault(at, np.zeros(len(self.kinds), dtype=np.int64))[nth] = (
                        whole(row["amount"], MICRO) or 0
                    )
        count = max(places, default=-1) + 1
        none = np.zeros(len(self.kinds), dtype=np.int64)
        return (
            np.stack([places.get(at, none) for at in range(count)], axis=1)
            if count
            else np.zeros((len(self.kinds), 0), dtype=np.int64)
        )

    def by_itself(self, sources: Ints) -> npt.NDArray[np.bool_]:
        """Which of these sources no column holds: a price or a charge that is finer, charges without a price or above it."""
        number, first = self.alike_kinds()
        rows = [self.kinds[nth] for nth in first.tolist()]
        odd = _array(not _in_columns(row) for row in rows).astype(bool)
        charged = _array(bool(row["charges"]) for row in rows).astype(bool)
        amounts, inside = self.charges, np.zeros(len(self.kinds), dtype=np.int64)
        for at in range(amounts.shape[1]):
            counts = _array(len(row["charges"]) > at and row["charges"][at]["in_price"] for row in rows).astype(bool)
            inside += np.where(counts[number], amounts[:, at], 0)
        kind = self.kind[sources]
        found: npt.NDArray[np.bool_] = odd[number[kind]] | (
            charged[number[kind]] & (self.price[sources] <= inside[kind])
        )
        return found

    def alike(self, law: str | None) -> tuple[Places, Places]:
        """The number of each face by what that law can ask of it, int32 [F], and the first face of each number.

        Who says it, of which part and for how long is none of that, nor what is stated under other laws; own value stands in
        ``own`` where that holds it.
        """
        found: tuple[Places, Places] = self._once(f"alike {law}", len(self.faces), lambda: self._alike(law))
        return found

    def _alike(self, law: str | None) -> tuple[Places, Places]:
        grouped = getattr(self.faces, "grouped", None)
        silent = SILENT if self.plants else SILENT | {"plant"}
        if grouped is not None:
            number = grouped(partial(heard, law, silent), silent, partial(_hears, law))
        else:
            known: dict[Hashable, int] = {}
            number = _array(known.setdefault(key_of(heard(law, silent, face)), len(known)) for face in self.faces)
        _, first, number = np.unique(number, return_index=True, return_inverse=True)
        return number.astype(np.int32), first.astype(np.int32)

    def told(self, law: str | None) -> npt.NDArray[np.bool_]:
        """Whether a face states amounts that this law hears, so that not everything moves with the price: bool [F]."""
        number, first = self.alike(law)
        found: npt.NDArray[np.bool_] = self._once(
            f"told {law}",
            len(self.faces),
            lambda: _array(_tells(law, self.faces[nth]) for nth in first.tolist()).astype(bool)[number],
        )
        return found

    @property
    def own(self) -> Ints:
        """What each face's maker adds by its own word: int64 [F, 5] in millionths, in the three countries, elsewhere, in all."""
        found: Ints = self._once("own", len(self.faces), self._own)
        return found

    def _own(self) -> Ints:
        table = np.zeros((len(self.faces), len(COUNTRIES) + 2), dtype=np.int64)
        column = getattr(self.faces, "column", None)
        places = column("own_value") if column is not None else _own_values(self.faces)
        for country, amounts in places.items():
            table[:, COUNTRIES.index(country) if country in COUNTRIES else len(COUNTRIES)] += amounts
            table[:, -1] += amounts
        return table

    def _once(self, key: str, size: int, make: Callable[[], Any]) -> Any:
        """What was found for so many rows; faces and kinds are only ever appended to."""
        if key not in self.asked or self.asked[key][0] != size:
            self.asked[key] = (size, make())
        return self.asked[key][1]

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
        key = key_of(facts)
        if key not in self._number:
            self._number[key] = len(self.rows)
            self.rows.append(facts)
        return self._number[key]


def _array(rows: Iterable[Any]) -> npt.NDArray[Any]:
    return np.array(list(rows) or [0][:0])


def without_amounts(kind: dict[str, Any]) -> dict[str, Any]:
    """A kind without what its charges come to, where columns hold that."""
    if not _in_columns(kind):
        return kind
    return {
        **kind,
        "charges": [{key: value for key, value in row.items() if key != "amount"} for row in kind["charges"]],
    }


def _in_columns(kind: dict[str, Any]) -> bool:
    return "price" not in kind and all(whole(Fraction(row["amount"]), MICRO) is not None for row in kind["charges"])


def heard(law: str | None, silent: frozenset[str], face: dict[str, Any]) -> dict[str, Any]:
    """What a law can ask of a face."""
    found = {key: value for key, value in face.items() if key not in silent and key != "statements"}
    if _fits(face.get("own_value")):
        found.pop("own_value", None)
    said = [row for row in face.get("statements") or [] if law is not None and row["law"] == law]
    return found | ({"statements": said} if said else {})


def _hears(law: str | None, template: dict[str, Any], path: tuple[str | int, ...]) -> bool:
    """Whether an amount at that place of a wording is among what a law can ask."""
    if path[0] == "statements":
        return law is not None and bool(template["statements"][path[1]]["law"] == law)
    return path[0] != "own_value"


def _fits(own: dict[str, Any] | None) -> bool:
    return all(whole(value, MICRO) is not None for value in (own or {}).values())


def _tells(law: str | None, face: dict[str, Any]) -> bool:
    rows = [row for row in face.get("statements") or [] if law is not None and row["law"] == law]
    return not _fits(face.get("own_value")) or any(row.get(key) is not None for row in rows for key in TOLD)


def _own_values(faces: Sequence[dict[str, Any]]) -> dict[str, Ints]:
    """Own value by country, int64 [F] each, where a face's amounts all fit."""
    found: dict[str, Ints] = {}
    for nth, face in enumerate(faces):
        for country, value in (face.get("own_value") or {}).items() if _fits(face.get("own_value")) else ():
            found.setdefault(country, np.zeros(len(faces), dtype=np.int64))[nth] = whole(value, MICRO) or 0
    return found


def key_of(value: Any) -> Hashable:
    """Plain data as something that can be looked up."""
    if isinstance(value, dict):
        return tuple((name, key_of(value[name])) for name in sorted(value))
    return tuple(key_of(item) for item in value) if isinstance(value, list | tuple) else value


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
        "cannot": cannot.get("reason"), "determination": determined(cannot),
    }  # fmt: skip
    price = whole(source["price"], MICRO)
    if price is None:
        wording["price"] = source["price"]
    share, factor = source["share"], source["factor"]
    qty = line["qty"] * QUANTITY
    row = (qty.numerator, share.numerator, share.denominator, factor.numerator, factor.denominator)
    return wording, (*row, NOT_SAID if price is None else price)
