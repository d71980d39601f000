"""Section 232 and Canada's surtax: a part counts whole by where it was made, or by its origin for marking."""

from fractions import Fraction as F

from tests.reference.plain import BEST, num


def us_content(book, inside="not_counted"):
    """(customs value, U.S. content, percent) of one vehicle."""
    customs = num(book.node(book.top)["customs_value"]) * book.rate(book.top)
    found = min(customs, parts(book, book.top, lambda name, source: made_in_us(book, source), inside == "counted"))
    return customs, found, 100 * found / customs


def surtax(book):
    """(A, B, percent): at least 15 percent of A."""
    customs = num(book.node(book.top)["customs_value"]) * book.rate(book.top)
    claimed = min(customs, parts(book, book.top, lambda name, source: of_ca_or_mx(book, source), False))
    deducted = max(claimed, customs * F(15, 100))
    return customs, deducted, 100 * deducted / customs


def parts(book, name, counts, look_inside):
    total = F(0)
    for line, source, weight in book.sources(name):
        if line.get("consigned") and name != book.top:
            continue
        child, factor = book.child(source), num(source.get("factor"), "1")
        price = num(source.get("price")) * book.rate(name)
        if source.get("how") == "made":
            total += weight * factor * parts(book, child, counts, look_inside)
            continue
        said = counts(name, source)
        if said is None:
            total += weight * (price if book.mode == BEST else F(0))
        elif said:
            total += weight * price
        elif look_inside and child:
            total += weight * factor * parts(book, child, counts, look_inside)
    return total


def made_in_us(book, source):
    child = book.child(source)
    if child is None:
        away = book.own_import(source) or source.get("made_in") not in {None, "US"}
        return False if away else None
    place = book.node(child).get("made_in")
    return None if place is None else place == "US" and book.claim(child, "substantial") is not False


def of_ca_or_mx(book, source):
    child = book.child(source)
    origin = book.claim(child, "marking_origin") if child else None
    if origin is not None:
        return origin in {"CA", "MX"}
    place = book.node(child).get("made_in") if child else source.get("made_in")
    return False if book.own_import(source) or book.away(place) else None
