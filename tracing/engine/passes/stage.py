"""The law's own code, asked about one wording of facts at a time: what a source counts while what lies below it stays open."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from tracing.engine.facts import AMOUNTS, COSTS, MICRO, SILENT, FleetFacts, Ints, Places, heard, key_of, without_amounts
from tracing.engine.methods.column import Ground
from tracing.engine.methods.costs import ZERO, Cost, added, price_of
from tracing.engine.rules import Rules
from tracing.engine.supply import Charge, Node, Source, Supply

ONE = Fraction(1)
MUCH = Fraction(10**18)
LITTLE = Fraction(1, 1000)
ASKER = "a buyer"
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Wording:
    """One distinct wording: a source as its asker says it and the face it meets. ``scaled`` where every amount in it is a
    multiple of the price; then it is asked at a price of one. ``source`` is one source that has it."""

    source: int
    kind: int
    asker: int
    face: int
    body: bool
    scaled: bool


@dataclass(frozen=True)
class Wordings:
    """The wordings of some sources. ``of`` int32 [M] is the wording of each, ``at`` where each wording is first met."""

    rows: list[Wording]
    of: Places = field(repr=False)
    at: Places = field(repr=False)


def wordings(facts: FleetFacts, sources: Ints, law: str | None) -> Wordings:
    """The wordings of these sources, by their order, as far as this law can ask for them."""
    kind, child, asker = facts.kind[sources].astype(np.int64), facts.child[sources], facts.asker[sources]
    told = facts.told(law)
    plain, _ = facts.alike_kinds()
    legal, _ = facts.alike(law)
    face = np.where(child >= 0, facts.face[child], -1).astype(np.int64)
    asks = np.where(child >= 0, legal[facts.face[child]], -1).astype(np.int64)
    body = np.where(child >= 0, facts.body[child], False)
    alone = facts.by_itself(sources) | ((child >= 0) & told[face])
    top = np.zeros(len(facts.face), dtype=bool)
    top[facts.goods] = True
    by = np.where(top[asker], -1 - legal[facts.face[asker]].astype(np.int64), _currencies(facts)[asker])
    key = np.zeros(len(sources), dtype=np.int64)
    for column in (
        plain[kind],
        by,
        asks,
        body.astype(np.int64),
        (facts.price[sources] >= 0).astype(np.int64),
        np.where(alone, 1 + sources, 0),
    ):
        low, span = int(column.min(initial=0)), int(column.max(initial=0)) - int(column.min(initial=0)) + 1
        if int(key.max(initial=0)) * span + span >= 2**62:
            _, key = np.unique(key, return_inverse=True)
        key = key * span + (column - low)
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    rows = [
        Wording(int(sources[nth]), int(kind[nth]), int(asker[nth]), int(face[nth]), bool(body[nth]), not alone[nth])
        for nth in first.tolist()
    ]
    return Wordings(rows, of.astype(np.int32), first.astype(np.int32))


def _currencies(facts: FleetFacts) -> Ints:
    """A number for the currency of each declaration: int64 [D]."""
    _, code = np.unique(facts.of_faces("currency", lambda face: face.get("currency") or ""), return_inverse=True)
    found: Ints = code[facts.face]
    return found


def node_of(facts: FleetFacts, nth: int, name: str | None = None) -> Node:
    """A declaration without its sources; its amounts as the dossier has them."""
    rest = dict(facts.faces[facts.face[nth]])
    said = {key: Fraction(int(facts.amounts[key][nth]), MICRO) for key in AMOUNTS if facts.amounts[key][nth] >= 0}
    if "price" in said:
        rest["price"] = said["price"]
    if "excluded" in said:
        rest["costs"] = {key: said.get(key) for key in COSTS} | {"excluded": {"sales": said["excluded"]}}
    rest["body"] = [] if facts.body[nth] else None
    return Node(name or facts.names[nth], rest)


def source_of(
    facts: FleetFacts, nth: int, asker: str, child: str | None, *, price: Fraction | None, exact: bool = True
) -> Source:
    """A source from its row. Without ``exact`` its quantity, share and factor are one."""
    kind = facts.kinds[facts.kind[nth]]
    qty, share, factor = ONE, ONE, ONE
    if exact:
        qty = Fraction(int(facts.qty[nth]), 10_000)
        share, factor = (Fraction(int(row[nth][0]), int(row[nth][1])) for row in (facts.share, facts.factor))
    return Source(
        key=(asker, int(facts.line[nth]), int(facts.nth[nth])), item="", hs=kind["hs"], how=kind["how"], qty=qty, share=share,
        price=price, factor=factor, child=child, made_in=kind["made_in"], seller=None, title=kind["title"],
        charges=tuple(Charge(row["kind"], row["amount"], row["in_price"], row["leg"], row["recoverable"]) for row in kind["charges"]),
        allied=kind["allied"], designated=kind["designated"], basis=kind["basis"], consigned=kind["consigned"],
        cannot=kind["cannot"], minor=kind["minor"], claims=kind["claims"], determination=kind["determination"],
    )  # fmt: skip


def price_said(facts: FleetFacts, nth: int) -> Fraction | None:
    """The exact price of a source; None where none is said."""
    if facts.price[nth] >= 0:
        return Fraction(int(facts.price[nth]), MICRO)
    stated: Fraction | None = facts.kinds[facts.kind[nth]].get("price")
    return stated


@dataclass
class Shown:
    """The costs that a wording is asked with: rates by name, no costs of the parts, what the source costs its buyer."""

    rates: dict[str, Fraction]
    of_source: dict[tuple[str, int, int], Fraction]
    of: dict[str, Cost | None]


class Stage:
    """One good's ground under one law, on which wordings are set one after the other."""

    def __init__(self, facts: FleetFacts, rules: Rules, good: int):
        self.facts, self.rules, self.number = facts, rules, good
        self.top = node_of(facts, good)
        self.dossier = facts.dossier
        name = self.top.name
        self.ground = Ground(Supply(self.dossier, name, {name: self.top}, (name,)), rules)
        self.good = self.ground.good
        self._faces: dict[tuple[int, bool], Node] = {}
        self._keys: dict[tuple[int, Any], Any] = {}

    def face(self, face: int, body: bool) -> Node:
        """The declaration of that face, named after it, so that what the law asks of it is looked up once; its own value is
        added in columns (``FleetFacts.own``)."""
        if (face, body) not in self._faces:
            name = f"face {face}{' with a body' if body else ''}"
            said = self.facts.faces[face]
            if not self.facts.told(None)[face]:
                said = {key: value for key, value in said.items() if key != "own_value"}
            self._faces[face, body] = Node(name, {**said, "body": [] if body else None})
        return self._faces[face, body]

    def stub(self, nth: int) -> Node:
        """A declaration by its own name, without its amounts and what is inside it."""
        return replace(self.face(int(self.facts.face[nth]), bool(self.facts.body[nth])), name=self.facts.names[nth])

    def set(self, wording: Wording, measure: Fraction = ONE, charge: int = -1) -> tuple[Source, Node | None]:
        """Show this wording to the law, at this price where it is scaled, and then without charges but for a little of one;
        answers the source and what answers it.

        Own production without a price is measured by what it costs.
        """
        facts, nth = self.facts, wording.source
        top = wording.asker in self.goods
        asker = (
            self.face_of_good(wording.asker)
            if top
            else Node(ASKER, {"currency": facts.faces[facts.face[wording.asker]].get("currency")})
        )
        child = self.face(wording.face, wording.body) if wording.face >= 0 else None
        price = price_said(facts, nth)
        if wording.scaled and price is not None:
            price = measure
        source = source_of(facts, nth, asker.name, child.name if child else None, price=price, exact=not wording.scaled)
        if wording.scaled and source.charges:
            source = self._charged(source, charge)
        good = asker if top else self.top
        nodes = {node.name: node for node in (child, asker, good) if node is not None}
        self.ground.supply = Supply(self.dossier, good.name, nodes, tuple(nodes))
        rates = {name: self.ground.supply.rate(node, self.ground.law) for name, node in nodes.items()}
        cost = (price_of(source) + added(source.charges)) * rates[asker.name]
        if source.how == "made" and price is None and child is not None:
            cost = measure
        self.ground.costs = Shown(rates, {source.key: cost}, dict.fromkeys(nodes))  # type: ignore[assignment]
        return source, child

    @property
    def supply(self) -> Supply:
        """What is shown at the moment."""
        return self.ground.supply

    @property
    def goods(self) -> frozenset[int]:
        if not hasattr(self, "_goods"):
            self._goods = frozenset(self.facts.goods.tolist())
        return self._goods

    def face_of_good(self, nth: int) -> Node:
        return self.top if nth == self.number else node_of(self.facts, nth)

    def _charged(self, source: Source, charge: int) -> Source:
        rows = [replace(row, amount=LITTLE if at == charge else ZERO) for at, row in enumerate(source.charges)]
        return replace(source, charges=tuple(rows))

    def asked(
        self, found: Wordings, ask: Callable[[Source, Node | None], Answer], memory: dict[Any, Any], law: str | None
    ) -> list[tuple[Answer, ...]]:
        """What ``ask`` says of every wording at a measure of none, of one, and of one with a LITTLE of each charge: every amount
        moves in a straight line with each.

        ``memory`` holds what the same law was asked before.
        """
        said = []
        for row in found.rows:
            key = self._key(row, law)
            if key not in memory:
                at_one = ask(*self.set(row))
                moves = (
                    not row.scaled
                    and self.facts.kinds[row.kind]["how"] == "made"
                    and price_said(self.facts, row.source) is None
                )
                charges = len(self.facts.kinds[row.kind]["charges"]) if row.scaled else 0
                memory[key] = (
                    ask(*self.set(row, ZERO)) if row.scaled or moves else at_one,
                    at_one,
                    *(ask(*self.set(row, ONE, at)) for at in range(charges)),
                )
            said.append(memory[key])
        return said

    def _key(self, row: Wording, law: str | None) -> tuple[Any, ...]:
        """The wording apart from which source has it and how its parts are numbered."""
        facts = self.facts
        if row.asker in self.goods:
            by: Any = self.heard(int(facts.face[row.asker]), law)
        else:
            by = facts.faces[facts.face[row.asker]].get("currency")
        alone = () if row.scaled else (int(facts.price[row.source]), *facts.factor[row.source].tolist())
        face = self.heard(row.face, law) if row.face >= 0 else None
        return (self._kind(row.kind, row.scaled), by, face, row.body, facts.price[row.source] >= 0, *alone)

    def heard(self, face: int, law: str | None) -> Any:
        """What a law can ask of a face, to be looked up by."""
        if (face, law) not in self._keys:
            silent = SILENT if self.facts.plants else SILENT | {"plant"}
            self._keys[face, law] = key_of(heard(law, silent, self.facts.faces[face]))
        return self._keys[face, law]

    def _kind(self, kind: int, scaled: bool) -> Any:
        if (kind, scaled) not in self._keys:
            said = self.facts.kinds[kind]
            self._keys[kind, scaled] = key_of(without_amounts(said) if scaled else said)
        return self._keys[kind, scaled]


__all__ = ["MUCH", "ONE", "ZERO", "Stage", "Wording", "Wordings", "node_of", "price_said", "source_of", "wordings"]
