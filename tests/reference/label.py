"""49 CFR 583, top down: what each piece of equipment counts, by two looks back (583.6)."""

from fractions import Fraction as F
from math import floor

from tests.reference.plain import BEST, DECLARED, extra, num, total_cost

HOME = {"US", "CA"}


def percent(book, day):
    """U.S. and Canadian share of one vehicle's equipment."""
    value = counted = F(0)
    for line, source, weight in book.sources(book.top):
        one, us_ca = equipment(book, book.top, line, source, day)
        value, counted = value + weight * one, counted + weight * us_ca
    counted += determined(book, day)
    return 100 * counted / value if value > 0 else None


NO_VALUE = {"duty", "tax", "brokerage", "waste"}


def duties(book, name, source):
    """Border charges, in the price or beside it: value of no country."""
    inside = sum(
        (num(r["amount"]) for r in source.get("charges", []) if r.get("in_price") and r["kind"] in NO_VALUE), F(0)
    )
    return (min(inside, num(source.get("price"))) + extra(source, NO_VALUE)) * book.rate(name)


def delivered(book, name, source):
    if "price" not in source:
        return total_cost(book, source["declaration"])[0] if total_cost(book, source["declaration"]) else F(0)
    return (num(source["price"]) + extra(source)) * book.rate(name)


def equipment(book, name, line, source, day):
    """(delivered value, U.S. and Canadian value counted) of one unit."""
    value, child = delivered(book, name, source), book.child(source)
    if line.get("minor"):
        return value, value if book.node(name).get("made_in") in HOME else F(0)
    if source.get("allied") or source.get("how") == "made":
        return value, allied(book, name, child, source, value, day)
    return value, outside(book, name, child, source, value, day)


def allied(book, name, child, source, value, day):
    for row in book.said(child, "aala") if child else []:
        if "pct" in row:
            return value * num(row["pct"]) / 100
    if child is None or book.node(child).get("body") is None:
        return value if book.mode == BEST else F(0)
    inputs = spent = F(0)
    for line, inner, weight in book.sources(child):
        if not line.get("consigned"):
            one, us_ca = equipment(book, child, line, inner, day)
            inputs, spent = inputs + weight * us_ca, spent + weight * one
    factor = num(source.get("factor"), "1")
    at_home = book.node(child).get("made_in") in HOME
    own = value - duties(book, name, source) - factor * spent if at_home else factor * documented(book, child)
    return factor * inputs + own


def outside(book, name, child, source, value, day):
    for row in book.said(child, "aala") if child else []:
        if row.get("ge70"):
            return value
        if "pct5" in row or "pct" in row:
            less = row.get("ge70") is False or ("ge70" not in row and "pct" not in row and num(row["pct5"]) <= 70)
            return trigger(value, num(row.get("pct5", row.get("pct"))), day, less)
    place = book.node(child).get("made_in") or source.get("made_in") if child else source.get("made_in")
    if child is None or book.node(child).get("body") is None:
        if (place is not None and place not in HOME) or (source.get("how") == "imported" and place is None):
            return F(0)
        return value if book.mode == BEST else F(0)
    factor = num(source.get("factor"), "1")
    inside = spent = F(0)
    for line, inner, weight in book.sources(child):
        if not line.get("consigned"):
            inside += weight * us_ca_of(look(book, child, line, inner, 2))
            spent += weight * delivered(book, child, inner)
    own = value - duties(book, name, source) - factor * spent
    added = factor * inside + (own if book.node(child).get("made_in") in HOME else factor * documented(book, child))
    return trigger(value, 100 * added / value if value > 0 else F(0), day)


def documented(book, child):
    """What the maker of something from a third country says it added here itself."""
    said = (book.node(child).get("own_value") or {}).items()
    return sum((num(amount) for place, amount in said if place in HOME), F(0)) * book.rate(child)


def trigger(value, share, day, less=False):
    if share >= 70 and not less:
        return value
    if day < "2000-06-01":
        return F(0)
    return value * max(F(0), F(5 * floor(share / 5 + F(1, 2)))) / 100


def us_ca_of(found):
    return sum((found.get(place, F(0)) for place in HOME), F(0))


def look(book, name, line, source, steps):
    """What one unit of a material brings by country, walking back over ``steps`` substantial transformations."""
    child, value = book.child(source), delivered(book, name, source)
    if line.get("minor"):
        return {book.node(name).get("made_in") or "unknown": value}
    duty = duties(book, name, source)
    found = of_part(book, name, source, child, value - duty, steps)
    found["duty"] = found.get("duty", F(0)) + duty
    return found


def of_part(book, name, source, child, value, steps):
    if child is not None and book.node(child).get("body") is None:
        for row in book.said(child, "aala"):
            said = row.get("pct", row.get("pct5", "70" if row.get("ge70") else None))
            if said is not None:
                inside = value * min(num(said), F(100)) / 100
                return {"US": inside, "elsewhere": value - inside}
    place = (book.node(child).get("made_in") if child else None) or source.get("made_in")
    if child is None or book.node(child).get("body") is None:
        if place is not None and place not in HOME:
            return {place: value}
        if source.get("how") == "imported" and place is None:
            return {"elsewhere": value}
        return {"US": value} if book.mode == BEST else {"unknown": value}
    made_in, factor = book.node(child).get("made_in") or "unknown", num(source.get("factor"), "1")
    changed = book.claim(child, "substantial")
    if changed and steps == 1:
        return {made_in: value}
    found, spent = {}, F(0)
    for line, inner, weight in book.sources(child):
        if line.get("consigned"):
            continue
        for where, amount in look(book, child, line, inner, steps - 1 if changed else steps).items():
            found[where] = found.get(where, F(0)) + factor * weight * amount
        spent += factor * weight * delivered(book, child, inner)
    own = value - spent
    for where, amount in (book.node(child).get("own_value") or {}).items():
        found[where] = found.get(where, F(0)) + factor * num(amount) * book.rate(child)
        own -= factor * num(amount) * book.rate(child)
    found[made_in] = found.get(made_in, F(0)) + own
    return found


def determined(book, day):
    """The maker's own findings about silent outside suppliers, for at most a tenth of what outside suppliers deliver."""
    if book.mode != DECLARED or day < "1996-09-03":
        return F(0)
    outside_value, silent = F(0), []
    stack = [(line, source, weight, book.top) for line, source, weight in book.sources(book.top)]
    while stack:
        line, source, weight, name = stack.pop()
        ally = source.get("allied") or source.get("how") == "made"
        if not ally and not line.get("minor"):
            one = weight * delivered(book, name, source)
            outside_value += one
            cannot = source.get("cannot") or {}
            if is_silent(book, source) and cannot.get("tried") and cannot.get("determination"):
                said = cannot["determination"]
                silent.append((F(100) if said.get("ge70") else num(said["pct5"]), "ge70" in said, one))
        if ally and book.child(source):
            inner = [row for row in book.sources(book.child(source)) if not row[0].get("consigned")]
            stack += [
                (ln, src, weight * num(source.get("factor"), "1") * w, book.child(source)) for ln, src, w in inner
            ]
    left, found = outside_value / 10, F(0)
    for share, outright, one in sorted(silent, reverse=True):
        taken = min(left, one)
        left -= taken
        # The nearest 5 of less than 70 is 70 at most, and stays 70.
        found += taken if outright else trigger(taken, share, day, share <= 70)
    return found


def is_silent(book, source):
    child = book.child(source)
    place = (book.node(child).get("made_in") if child else None) or source.get("made_in")
    if child is not None and (book.node(child).get("body") is not None or book.said(child, "aala")):
        return False
    return not (place is not None and place not in HOME) and not (source.get("how") == "imported" and place is None)
