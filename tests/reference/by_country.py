"""Content by country, and the bounds of each share by trying every answer at every corner (FACTS of content methods)."""

from fractions import Fraction as F
from itertools import product

from tests.reference.plain import extra, num, total_cost

CORNERS = ("US", "CA", "MX", "foreign")


def content(book, name):
    """(known content by country, {key: untraced amount}) of the inputs of one unit, charges apart."""
    known, open_ = {}, {}
    for index, (line, source, weight) in enumerate(book.sources(name)):
        if line.get("consigned") and name != book.top:
            continue
        found, missing = of_source(book, name, index, source)
        for place, amount in found.items():
            known[place] = known.get(place, F(0)) + weight * amount
        for key, amount in missing.items():
            open_[key] = open_.get(key, F(0)) + weight * amount
    return known, open_


def of_source(book, name, index, source):
    rate, child = book.rate(name), book.child(source)
    price, beside = num(source.get("price")) * rate, extra(source) * rate
    found = {"charges": beside}
    place = book.node(child).get("made_in") if child else source.get("made_in")
    if book.own_import(source) or book.away(place):
        found[source.get("made_in") or place or "foreign"] = price
        return found, {}
    if child and book.node(child).get("body") is not None:
        if source.get("how") == "made" and source.get("price") is None:
            price = made_cost(book, source)
        factor = num(source.get("factor"), "1")
        known, open_ = content(book, child)
        known = {key: factor * amount for key, amount in known.items()}
        open_ = {key: factor * amount for key, amount in open_.items()}
        with_own(book, child, known, open_, price, factor)
        for key, amount in known.items():
            found[key] = found.get(key, F(0)) + amount
        return found, open_
    return found, {(name, index): price} if price else {}


def made_cost(book, source):
    inner = total_cost(book, source["declaration"])
    return inner[0] if inner else F(0)


def with_own(book, name, known, open_, price, factor):
    """The maker's own value: where stated, the rest where it makes the part."""
    left = price - sum(known.values(), F(0)) - sum(open_.values(), F(0))
    for place, amount in (book.node(name).get("own_value") or {}).items():
        known[place] = known.get(place, F(0)) + factor * num(amount) * book.rate(name)
        left -= factor * num(amount) * book.rate(name)
    place = book.node(name).get("made_in")
    if place:
        known[place] = known.get(place, F(0)) + left
    elif left:
        open_[name, "own"] = open_.get((name, "own"), F(0)) + left


def of_good(book):
    known, open_ = content(book, book.top)
    base = total_cost(book, book.top)[2]
    with_own(book, book.top, known, open_, base, F(1))
    return known, open_, base


def share(known, base, region, of, required):
    part = sum((known.get(place, F(0)) for place in region), F(0))
    regional = sum((known.get(place, F(0)) for place in ("US", "CA", "MX")), F(0))
    over = {"total": base, "actual": regional, "required": base * required / 100}[of]
    return 100 * part / over if over > 0 else None


def bounds(book, region, of, required):
    """(worst, declared, best) of a share; every untraced amount is tried as each country and as foreign."""
    known, open_, base = of_good(book)
    declared = share(known, base, region, of, required)
    values = []
    for corner in product(CORNERS, repeat=len(open_)):
        tried = dict(known)
        for place, amount in zip(corner, open_.values(), strict=True):
            tried[place] = tried.get(place, F(0)) + amount
        values.append(share(tried, base, region, of, required))
    values = [row for row in values if row is not None]
    return (min(values), declared, max(values)) if values else (None, declared, None)
