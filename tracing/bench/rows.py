"""The rows of a bench world, table by table, as columns of texts: parties, parts, sales, declarations and their bodies."""

import json
from collections.abc import Iterator

import numpy as np

from suppliers import models as said
from tracing.bench.graphs import VEHICLE
from tracing.bench.plan import CLOSED, GOODS, HOW, MODULES, OPEN, PARTS, PLACES, REGION, SILENT, WITHDRAWN, Plan
from tracing.bench.pour import NULL, Column
from tracing.models import Vehicle

BEGINS, ENDS, SIGNED = "2026-07-01", "2027-07-01", "2026-06-18 09:30:00"
MODELS = (
    said.Organisation, said.User, said.Person, said.Membership, said.Part, said.Sourcing, said.SourcingConfirmation,
    said.Signatory, said.Declaration, said.Withdrawal, said.Addressee, said.Costs, said.OwnValue, said.Line, said.Source,
    said.Charge, said.Cannot, said.Try, said.Statement, said.Claim, Vehicle,
)  # fmt: skip
Table = tuple[type, int, dict[str, Column]]


class Rows:
    """All rows of a plan. Keys are random version 4 UUIDs as Django makes them, drawn from the seed."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.draw = np.random.Generator(np.random.PCG64([plan.graph.seed, plan.graph.count, 4]))
        self.companies = plan.suppliers + 1
        self.organisation, self.editor, self.certifier = (_keys(self.draw, self.companies) for _ in range(3))
        self.parts = np.flatnonzero(plan.solid & (plan.state <= WITHDRAWN))
        self.part = _by_node(plan, self.parts, _keys(self.draw, len(self.parts)))
        self.answers = np.flatnonzero(plan.solid & ((plan.state <= CLOSED) | (plan.state == WITHDRAWN)))
        self.declaration = _by_node(plan, self.answers, _keys(self.draw, len(self.answers)))
        self.sourcing = _keys(self.draw, len(plan.buyer))
        self.item = _keys(self.draw, len(plan.item_buyer))
        self.price = _amounts(plan.price)
        self.hs = [GOODS[good][0] for good in plan.goods.tolist()]
        self.unit = ["kg" if bulk else "pc" for bulk in plan.bulk.tolist()]
        self.name = [f"{GOODS[good][1]} {node}" for node, good in enumerate(plan.goods.tolist())]

    def tables(self) -> Iterator[Table]:
        """Each table once, what is referred to before what refers to it."""
        yield from self._parties()
        yield from self._parts()
        yield from self._sales()
        yield from self._declarations()
        yield from self._bodies()
        yield from self._words()

    def _parties(self) -> Iterator[Table]:
        codes = ["bench-motors", *(f"supplier-{number:04d}" for number in range(1, self.companies))]
        seats = [PLACES[int(place)] for place in self.draw.random(self.companies) ** 2 * len(PLACES)]
        yield said.Organisation, self.companies, {
            "id": self.organisation, "code": codes, "country": ["US", *seats[1:]], "fiscal_year_start": "2026-01-01",
            "name": [code.replace("-", " ").title() for code in codes],
            "kind": ["automaker", *["supplier"] * (self.companies - 1)],
        }  # fmt: skip
        for role, keys in (("editor", self.editor), ("certifier", self.certifier)):
            users = _keys(self.draw, self.companies)
            emails = [f"{role}@{code}.example" for code in codes]
            yield said.User, self.companies, {"id": users, "email": emails, "password": "!", "date_joined": SIGNED}
            names = [f"{role.title()} of {code}" for code in codes]
            yield said.Person, self.companies, {"user_id": users, "name": names}
            yield said.Membership, self.companies, {
                "id": keys, "user_id": users, "organisation_id": self.organisation, "roles": json.dumps([role]),
                "title": role.title(), "begins": "2026-01-01",
            }  # fmt: skip

    def _parts(self) -> Iterator[Table]:
        """Makers' own numbers, the numbers under which buyers buy, and the vehicles."""
        plan, own, bought = self.plan, self.parts.tolist(), self.plan.item_node.tolist()
        yield said.Part, len(own), {
            "id": [self.part[node] for node in own], "organisation_id": self._of(plan.maker[own]),
            "number": [f"P{node}" for node in own], "description": [self.name[node] for node in own],
            "hs": [self.hs[node] for node in own], "unit": [self.unit[node] for node in own],
        }  # fmt: skip
        yield said.Part, len(bought), {
            "id": self.item, "organisation_id": self._of(plan.item_buyer), "number": [f"B{node}" for node in bought],
            "description": [self.name[node] for node in bought], "hs": [self.hs[node] for node in bought],
            "unit": [self.unit[node] for node in bought],
        }  # fmt: skip
        tops = plan.graph.vehicles.tolist()
        yield Vehicle, len(tops), {
            "id": _keys(self.draw, len(tops)), "organisation_id": self.organisation[0], "model_year": "2027",
            "part_id": [self.part[node] for node in tops], "body": "crossover", "units_a_year": "90000",
            "name": [f"Bench {number:03d}" for number in range(1, len(tops) + 1)], "assembled_at": "Lima, US",
        }  # fmt: skip

    def _of(self, numbers: np.ndarray, of: list[str] | None = None) -> list[str]:
        keys = of or self.organisation
        return [keys[number] for number in numbers.tolist()]

    def _sales(self) -> Iterator[Table]:
        plan = self.plan
        yield said.Sourcing, len(plan.buyer), {
            "id": self.sourcing, "seller_id": self._of(plan.maker[plan.sold]), "buyer_id": self._of(plan.buyer),
            "seller_part_id": [self.part[node] for node in plan.sold.tolist()], "buyer_part_id": self._of(plan.item_of, self.item),
            "begins": "2026-01-01",
        }  # fmt: skip
        both = np.flatnonzero(plan.confirmed)
        for side, rows, by in (
            ("buyer", np.arange(len(plan.buyer)), self._of(plan.buyer, self.editor)),
            ("seller", both, self._of(plan.maker[plan.sold[both]], self.editor)),
        ):
            yield said.SourcingConfirmation, len(rows), {
                "id": _keys(self.draw, len(rows)), "sourcing_id": self._of(rows, self.sourcing), "side": side, "by_id": by,
                "at": "2026-01-15 12:00:00",
            }  # fmt: skip

    def _declarations(self) -> Iterator[Table]:
        """A hundredth of the answers replaced an older one without a body; one leaf in three hundred was taken back."""
        plan, nodes = self.plan, self.answers
        newer = self.draw.random(len(nodes)) < 0.01
        older = _keys(self.draw, int(newer.sum()))
        replaced = np.full(len(nodes), NULL, dtype=object)
        replaced[newer] = older
        for keys, of, before, begins in (
            (older, nodes[newer], NULL, "2026-01-01"),
            (_at(self.declaration, nodes), nodes, replaced.tolist(), BEGINS),
        ):
            signatory, number = _keys(self.draw, len(of)), of.tolist()
            who = {"name": "Casey Certifier", "title": "Certifier"}
            yield said.Signatory, len(of), who | {"id": signatory, "salt": signatory}
            yield said.Declaration, len(of), {
                "id": keys, "organisation_id": self._of(plan.maker[of]), "part_id": [self.part[node] for node in number],
                "made_in": [PLACES[place] for place in plan.place[of].tolist()], "hs": [self.hs[node] for node in number],
                "uses": '["light"]', "begins": begins, "ends": ENDS, "currency": "USD", "price": [self.price[n] for n in number],
                "vehicle_facts": self._facts(of), "supersedes_id": before, "drafted_by_id": self._of(plan.maker[of], self.editor),
                "drafted_at": "2026-06-12 15:00:00", "signed_by_id": self._of(plan.maker[of], self.certifier), "signed_at": SIGNED,
                "signatory_id": signatory, "signed_text": "What is written above is true for the period stated.",
                "digest": [key * 2 for key in signatory],
            }  # fmt: skip
        back = np.flatnonzero(plan.state == WITHDRAWN)
        yield said.Withdrawal, len(back), {
            "id": _keys(self.draw, len(back)), "declaration_id": _at(self.declaration, back), "why": "The maker changed.",
            "by_id": self._of(plan.maker[back], self.certifier), "at": "2026-09-01 10:00:00",
        }  # fmt: skip
        sales = np.flatnonzero(self.plan.declared[plan.sold])
        yield said.Addressee, len(sales), {
            "id": _keys(self.draw, len(sales)), "declaration_id": _at(self.declaration, plan.sold[sales]),
            "organisation_id": self._of(plan.buyer[sales]),
        }  # fmt: skip

    def _facts(self, nodes: np.ndarray) -> list[str]:
        tops = {node: number for number, node in enumerate(self.plan.graph.vehicles.tolist(), 1)}
        return [_car(tops[node], self.price[node]) if node in tops else "{}" for node in nodes.tolist()]

    def _bodies(self) -> Iterator[Table]:
        plan = self.plan
        opened = np.flatnonzero(plan.solid & (plan.state == OPEN))
        own, foreign = plan.graph.own, plan.graph.foreign
        product, period = own[opened] * 6 // 10, own[opened] * 3 // 10
        yield said.Costs, len(opened), {
            "declaration_id": _at(self.declaration, opened), "product": _amounts(product), "period": _amounts(period),
            "other": _amounts(own[opened] - product - period), "excluded_sales": _amounts(period // 10),
        }  # fmt: skip
        split = np.flatnonzero(plan.solid & (plan.state == OPEN) & (foreign > 0) & ~plan.abroad)
        for amount, place in ((foreign, plan.far), (own - foreign, plan.place)):
            rows = split[amount[split] > 0]
            yield said.OwnValue, len(rows), {
                "id": _keys(self.draw, len(rows)), "declaration_id": _at(self.declaration, rows), "amount": _amounts(amount[rows]),
                "country": [PLACES[one] for one in place[rows].tolist()],
            }  # fmt: skip
        yield from self._lines()

    def _lines(self) -> Iterator[Table]:
        plan = self.plan
        line, item = _keys(self.draw, len(plan.line_item)), plan.line_item.tolist()
        alone = np.bincount(plan.line, minlength=len(item)) == 1
        made = np.zeros(len(item), bool)
        made[plan.line[plan.how == HOW.index("made")]] = True
        yield said.Line, len(item), {
            "id": line, "declaration_id": _at(self.declaration, plan.line_parent), "position": _texts(plan.line_position),
            "item": [f"{'P' if own else 'B'}{node}" for own, node in zip((alone & made).tolist(), item, strict=True)],
            "description": [self.name[node] for node in item], "hs": [self.hs[node] for node in item],
            "quantity": _amounts(plan.quantity, 4), "unit": [self.unit[node] for node in item],
            "minor": ["1" if self.hs[node].startswith("7318") else "0" for node in item],
        }  # fmt: skip
        source = _keys(self.draw, len(plan.line))
        bought, own = plan.sale >= 0, plan.how == HOW.index("made")
        far = plan.how == HOW.index("imported")
        over = np.gcd(plan.percent, 100)
        yield said.Source, len(source), {
            "id": source, "line_id": self._of(plan.line, line), "position": _texts(plan.position),
            "how": [HOW[one] for one in plan.how.tolist()], "share_numerator": _texts(plan.percent // over),
            "share_denominator": _texts(100 // over), "made_in": [PLACES[one] for one in plan.place[plan.seller].tolist()],
            "price": _where(~(own & plan.answered), _at(self.price, plan.seller)),
            "sourcing_id": _where(bought, self._of(plan.sale, self.sourcing)),
            "made_part_id": _where(own, [self.part[node] or NULL for node in plan.seller.tolist()]),
            "seller_name": ["Importer abroad" if one else "" for one in far.tolist()],
            "title": ["importation" if one else "" for one in far.tolist()],
        }  # fmt: skip
        yield from self._charges(source, far, bought)
        yield from self._cannots(source)

    def _charges(self, source: list[str], far: np.ndarray, bought: np.ndarray) -> Iterator[Table]:
        """Six imports in ten bear freight and duty beside the customs value; one purchase in thirty freight to the plant."""
        price, chance = self.plan.price[self.plan.seller], self.draw.random(len(source))
        for kind, leg, position, rows, rate in (
            ("freight", "receipt", "0", far & (chance < 0.6), 12),
            ("duty", "", "1", far & (chance < 0.6), 10),
            ("freight", "plant", "0", bought & (chance < 0.03), 5),
        ):
            at = np.flatnonzero(rows)
            yield said.Charge, len(at), {
                "id": _keys(self.draw, len(at)), "source_id": _at(source, at), "position": position, "kind": kind,
                "leg": leg, "amount": _amounts(price[at] * rate // 1000),
            }  # fmt: skip

    def _cannots(self, source: list[str]) -> Iterator[Table]:
        """A fifth of the sources of silent makers say that the answer cannot be had, and what was tried."""
        plan = self.plan
        at = np.flatnonzero((plan.state[plan.seller] == SILENT) & (self.draw.random(len(source)) < 0.2))
        yield said.Cannot, len(at), {"source_id": _at(source, at), "reason": "silent"}
        tried = {"id": _keys(self.draw, len(at)), "cannot_id": _at(source, at), "at": "2026-06-01", "how": "By mail"}
        yield said.Try, len(at), tried

    def _words(self) -> Iterator[Table]:
        """Statements of those who open nothing, and claims on tariff shift and table of those who make parts here."""
        plan, chance = self.plan, self.draw.random(self.plan.graph.count)
        closed, here = plan.declared & (plan.state == CLOSED), plan.place < len(REGION)
        listed = plan.goods < len(MODULES) + len(PARTS)
        known = here & (plan.graph.kind != VEHICLE)
        yield self._said(closed & here, law="usmca", originates="1", criterion="B", method="NC", use="light")
        yield self._said(closed & ~here, law="usmca", originates="0", use="light")
        yield self._said(closed & here & ~listed, law="nafta", para="nil", position="1")
        yield self._said(closed & here & listed & (chance < 0.6), law="nafta", para="g", position="1")
        traced = _amounts(plan.price * 12 // 100)
        rows = closed & here & listed & (chance >= 0.6)
        yield self._said(rows, law="nafta", para="c", position="1", amount=_at(traced, np.flatnonzero(rows)))
        yield self._said(closed & here & (chance < 0.35), law="aala", percent="70.000000", position="2")
        made = plan.declared & known & (plan.state == OPEN)
        yield self._claim(made & (chance < 0.5), key="shift", value="met", why="Every input changes its heading")
        fails = made & (chance >= 0.5) & (chance < 0.7)
        yield self._claim(fails, key="shift", value="not_met", why="An input shares the heading")
        double = np.array([row[0][:7] in {"8708.29", "8708.99"} for row in GOODS])[plan.goods]
        stamped = np.array([row[0] == "8708.29.11" for row in GOODS])[plan.goods]
        yield self._claim(plan.declared & known & double & stamped, key="table", value="A.1", why="By its description")
        yield self._claim(plan.declared & known & double & ~stamped, key="table", value="B", why="By its description")

    def _said(self, rows: np.ndarray, *, position: str = "0", **columns: Column) -> Table:
        return said.Statement, int(rows.sum()), self._below(rows) | {"position": position} | columns

    def _claim(self, rows: np.ndarray, **columns: Column) -> Table:
        return said.Claim, int(rows.sum()), self._below(rows) | columns

    def _below(self, rows: np.ndarray) -> dict[str, Column]:
        at = np.flatnonzero(rows)
        return {"id": _keys(self.draw, len(at)), "declaration_id": _at(self.declaration, at)}


def _keys(draw: np.random.Generator, count: int) -> list[str]:
    """Version 4 UUIDs as 32 hexadecimal digits."""
    raw = np.frombuffer(draw.bytes(16 * count), np.uint8).reshape(count, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = raw.tobytes().hex()
    return [digits[start : start + 32] for start in range(0, 32 * count, 32)]


def _by_node(plan: Plan, nodes: np.ndarray, keys: list[str]) -> list[str]:
    found = [""] * plan.graph.count
    for node, key in zip(nodes.tolist(), keys, strict=True):
        found[node] = key
    return found


def _at(keys: list[str], rows: np.ndarray) -> list[str]:
    return [keys[row] for row in rows.tolist()]


def _where(rows: np.ndarray, keys: list[str]) -> list[str]:
    return [key if one else NULL for one, key in zip(rows.tolist(), keys, strict=True)]


def _texts(numbers: np.ndarray) -> list[str]:
    return list(map(str, numbers.tolist()))


def _amounts(numbers: np.ndarray, places: int = 6) -> list[str]:
    """Integers in 10^-places as decimal texts."""
    one = 10**places
    return [f"{number // one}.{number % one:0{places}d}" for number in numbers.tolist()]


def _car(number: int, price: str) -> str:
    units = {"US": "60000", "CA": "12000", "MX": "18000", "made": "90000", "expected": "90000"}
    return json.dumps({
        "class": "passenger_vehicle", "model_line": f"Bench {(number - 1) // 4 + 1}", "carline": f"Bench {number:03d}",
        "model_year": "2027", "drivetrain": "petrol, all-wheel drive", "persons": "5", "gvwr": "4740", "units": units,
        "msrp": f"{float(price) * 1.17:.2f}", "customs_value": price, "ex_works": price,
    })  # fmt: skip
