"""A dossier as the reference reads it: plain records, fractions, and the few sums that every law begins with."""

from fractions import Fraction as F

NA = {"US", "CA", "MX"}
WORST, DECLARED, BEST = "worst", "declared", "best"


def num(text, default="0"):
    return F(default if text is None else str(text))


class Book:
    """One dossier. ``mode`` says how every missing answer is taken; ``home`` which countries count as inside."""

    def __init__(self, dossier, mode, home=NA):
        self.data, self.mode, self.home = dossier, mode, home
        self.top = dossier["vehicles"][0]
        self.memo = {}

    def node(self, name):
        return self.data["declarations"][name]

    def sources(self, name):
        """(line, source, weight) of every source of a declaration."""
        for line in self.node(name).get("body") or []:
            for source in line["sources"]:
                yield line, source, num(line.get("qty"), "1") * num(source.get("share"), "1")

    def rate(self, name):
        currency = self.node(name).get("currency", self.data["currency"])
        for row in self.data.get("rates", []):
            if row["from"] == currency:
                return num(row["rate"])
        return F(1)

    def away(self, place):
        return place is not None and place not in self.home

    def own_import(self, source):
        return source.get("how") == "imported" and (source.get("made_in") is None or self.away(source["made_in"]))

    def child(self, source):
        return source.get("declaration")

    def claim(self, name, key):
        found = (self.node(name).get("claims") or {}).get(key)
        return found["value"] if isinstance(found, dict) and "value" in found else found

    def said(self, name, law):
        return [row for row in self.node(name).get("statements") or [] if row["law"] == law]

    def unknown(self, amount):
        """Nobody answered: nothing at best, else all of it."""
        return F(0) if self.mode == BEST else amount


def extra(source, kinds=None, legs=None):
    """Charges beside the price that are not recovered."""
    return sum(
        (num(row["amount"]) for row in source.get("charges", [])
         if not row.get("in_price") and not row.get("recoverable") and (kinds is None or row["kind"] in kinds)
         and (legs is None or row.get("leg") is None or row["leg"] in legs)), F(0))  # fmt: skip


def total_cost(book, name):
    """(total, excluded, net) of one unit, or None; own production stands at its total cost."""
    costs = book.node(name).get("costs")
    if costs is None:
        return None
    rate, materials, embedded = book.rate(name), F(0), F(0)
    for _, source, weight in book.sources(name):
        materials += weight * cost_of(book, name, source)
        if source.get("how") == "made" and not source.get("designated"):
            inner = total_cost(book, book.child(source))
            embedded += weight * inner[1] if inner else F(0)
    excluded = sum((num(value) for value in (costs.get("excluded") or {}).values()), F(0)) * rate + embedded
    own = sum((num(costs[key]) for key in ("product", "period", "other") if key in costs), F(0)) * rate
    net = num(costs["net"]) * rate if "net" in costs else None
    if "total" in costs:
        total = num(costs["total"]) * rate
    elif net is not None and not own:
        total = net + excluded
    else:
        total = materials + own
    return total, excluded, net if net is not None else total - excluded


def cost_of(book, name, source):
    """What one unit of a source costs the maker ``name``."""
    if source.get("how") == "made":
        inner = total_cost(book, book.child(source))
        if inner is not None:
            return inner[0]
    return (num(source.get("price")) + extra(source)) * book.rate(name)
