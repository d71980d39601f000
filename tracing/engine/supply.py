"""What goes in: one good and everything below it, children first, with the names of the facts."""

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from tracing.engine.dossier import Dossier, Reason, Refused
from tracing.engine.order import children_first

REGION = frozenset({"CA", "MX", "US"})
Key = tuple[str, int, int]


@dataclass(frozen=True)
class Charge:
    """Freight, duty or another charge on one unit of a source."""

    kind: str
    amount: Fraction
    in_price: bool
    leg: str | None
    recoverable: bool


@dataclass(frozen=True)
class Source:
    """One way a line's material came. ``weight`` is quantity times share in one unit of the maker's part; ``factor`` how
    many units of the seller's declaration make one unit of the line (100 when the buyer counts hundreds)."""

    key: Key
    item: str
    hs: str | None
    how: str
    qty: Fraction
    share: Fraction
    price: Fraction | None
    factor: Fraction
    child: str | None
    made_in: str | None
    seller: str | None
    title: str | None
    charges: tuple[Charge, ...]
    allied: bool
    designated: bool
    basis: str | None
    consigned: bool
    cannot: str | None
    minor: bool = False
    claims: dict[str, Any] = field(default_factory=dict, repr=False)
    determination: dict[str, Any] | None = None

    @property
    def weight(self) -> Fraction:
        return self.qty * self.share


SHARES = ("ge70", "pct5", "pct", "us_ca")  # the ways in which an own finding says its share


@dataclass(frozen=True)
class Node:
    """One declaration: a part of one maker and plant, per unit, amounts in the dossier's currency times ``rate``."""

    name: str
    facts: dict[str, Any] = field(repr=False)
    sources: tuple[Source, ...] = ()

    @property
    def has_body(self) -> bool:
        return self.facts.get("body") is not None

    @property
    def made_in(self) -> str | None:
        place: str | None = self.facts.get("made_in")
        return place

    @property
    def hs(self) -> str | None:
        code: str | None = self.facts.get("hs")
        return code

    @property
    def currency(self) -> str | None:
        code: str | None = self.facts.get("currency")
        return code

    def claim(self, key: str) -> Any:
        return (self.facts.get("claims") or {}).get(key)

    def statements(self, law: str) -> list[dict[str, Any]]:
        return [row for row in self.facts.get("statements") or [] if row["law"] == law]


@dataclass(frozen=True)
class Supply:
    """One good with its whole supply. ``order`` holds every node once, children first, the good last."""

    dossier: Dossier
    good: str
    nodes: dict[str, Node]
    order: tuple[str, ...]

    @property
    def on(self) -> dt.date:
        return self.dossier.on

    @property
    def top(self) -> Node:
        return self.nodes[self.good]

    @cached_property
    def parents(self) -> dict[str, list[Source]]:
        """The sources that use each node."""
        found: dict[str, list[Source]] = {name: [] for name in self.order}
        for node in self.nodes.values():
            for source in node.sources:
                if source.child is not None:
                    found[source.child].append(source)
        return found

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What was found once of this supply and holds under every law (the findings of checks that ask no law)."""
        return {}

    @cached_property
    def by_part(self) -> dict[tuple[str, str, str | None], list[str]]:
        """The names of the declarations of each maker, part and plant, where a maker and a part are named."""
        found: dict[tuple[str, str, str | None], list[str]] = {}
        for name, facts in self.dossier.declarations.items():
            if facts.get("maker") and facts.get("part"):
                found.setdefault((facts["maker"], facts["part"], facts.get("plant")), []).append(name)
        return found

    def rate(self, node: Node, law: str) -> Fraction:
        """What one unit of the node's currency is in the dossier's, under that law's currency rule."""
        return Fraction(1) if node.currency is None else self.dossier.rate(node.currency, law)


def supply_of(dossier: Dossier, good: str | None = None) -> Supply:
    """The supply of one good of the dossier (default: its first vehicle). Raises SupplyLoop and Refused."""
    name = good or next(iter(dossier.vehicles), None)
    if name is None or name not in dossier.declarations:
        cure = "the declarations are: " + ", ".join(sorted(dossier.declarations)[:12])
        raise Refused([Reason("vehicles", "D7", f"{name!r} is not among the declarations", cure)])
    nodes = {key: _node(key, facts) for key, facts in dossier.declarations.items()}
    below = {key: [source.child for source in node.sources if source.child] for key, node in nodes.items()}
    order = children_first(name, below)
    return Supply(dossier, name, {key: nodes[key] for key in order}, tuple(order))


def _node(name: str, facts: dict[str, Any]) -> Node:
    sources = [
        _source((name, index, number), line, source)
        for index, line in enumerate(facts.get("body") or [])
        for number, source in enumerate(line["sources"])
    ]
    return Node(name, facts, tuple(sources))


def _source(key: Key, line: dict[str, Any], source: dict[str, Any]) -> Source:
    return Source(
        key=key,
        item=line.get("item") or line.get("description") or f"line {key[1] + 1}",
        hs=line.get("hs"),
        how=source["how"],
        qty=line["qty"],
        share=source["share"],
        price=source["price"],
        factor=source["factor"],
        child=source["declaration"],
        made_in=source["made_in"],
        seller=source["seller"],
        title=source["title"],
        charges=tuple(
            Charge(row["kind"], row["amount"], row["in_price"], row["leg"], row["recoverable"])
            for row in source["charges"]
        ),
        allied=source["allied"],
        designated=source["designated"],
        basis=source["basis"],
        consigned=line["consigned"],
        cannot=(source.get("cannot") or {}).get("reason"),
        minor=line.get("minor") or False,
        claims=line.get("claims") or {},
        determination=determined(source.get("cannot") or {}),
    )


def determined(cannot: dict[str, Any]) -> dict[str, Any] | None:
    """The share that the asker found itself in good faith, where it says what was tried (583.6(c)(6)); words count nothing."""
    found = cannot.get("determination")
    if not isinstance(found, dict) or not cannot.get("tried"):
        return None
    return {key: found[key] for key in SHARES if found.get(key) is not None} or None
