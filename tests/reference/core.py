"""USMCA beyond the vehicle's value: the four ways of core parts, and high-wage material counted once (UR 14, 18)."""

from fractions import Fraction as F
from itertools import product

from tests.reference.all_or_nothing import originates, value
from tests.reference.plain import BEST, cost_of, num

FLOORS = {"US": F(16), "CA": F("20.88"), "MX": F("294.22")}


SUSPECT = (
    "840731",
    "840732",
    "840733",
    "840734",
    "840820",
    "850760",
    "8706",
    "8707",
    "870840",
    "870850",
    "870880",
    "870894",
)


def found(book, name, times, own):
    """(source, child, units, own production all the way, doubtful) of every core part; what is inside one is not looked at."""
    for line, source, weight in book.sources(name):
        child = book.child(source)
        said = (book.claim(child, "core") if child else None) or (line.get("claims") or {}).get("core")
        code = (line.get("hs") or (book.node(child).get("hs") if child else None) or "").replace(".", "")
        mine = own and source.get("how") == "made"
        if said not in {None, "none"} or (said is None and code.startswith(SUSPECT)):
            yield name, source, child, times * weight, mine, said is None
        elif child:
            yield from found(book, child, times * weight * num(source.get("factor"), "1"), mine)


def core_values(book, law, percent):
    """{way: value} over every core part in the vehicle; one that only its code suggests is in or out, whichever is worse."""
    parts = list(found(book, book.top, F(1), True))
    if all(doubtful for *_, doubtful in parts):
        return None
    sure = [row for row in parts if not row[-1]]
    unsure = [row for row in parts if row[-1]]
    tried = []
    for choice in product([False, True], repeat=len(unsure)):
        kept = sure + [row for row, taken in zip(unsure, choice, strict=True) if taken]
        tried.append(ways(book, law, percent, kept))
    pick = max if book.mode == BEST else min
    return pick(tried, key=lambda values: max(values.values()))


def ways(book, law, percent, parts):
    rows = [
        (units, *figures(book, law, name, source, child, percent, own)) for name, source, child, units, own, _ in parts
    ]
    net = sum((w * one[0] for w, *one in rows), F(0))
    alone = [100 * (one[0] - one[1]) / one[0] if one[0] > 0 else F(0) for _, *one in rows]
    by_list = [100 * (one[0] - one[2]) / one[0] if one[0] > 0 else F(0) for _, *one in rows]
    passes = [one[3] for _, *one in rows]
    lift = [F(100) if ok and v < percent else v for v, ok in zip(alone, passes, strict=True)]
    lift_list = [F(100) if ok and v < percent else v for v, ok in zip(by_list, passes, strict=True)]
    sums = {}
    if net > 0:
        sums = {
            "super_all": 100 * (net - sum((w * one[1] for w, *one in rows), F(0))) / net,
            "super_components": 100 * (net - sum((w * one[2] for w, *one in rows), F(0))) / net,
        }
    return {"part_all": min(lift), "part_components": min(lift_list), **sums}


def figures(book, law, name, source, child, percent, own):
    """(net cost, VNM of all materials, VNM of listed components, originates alone)."""
    price = num(source.get("price")) * book.rate(name)
    status = originates(book, law, child) if child else None
    if status is None and book.mode == BEST and not own:
        status = True
    bodied = child is not None and book.node(child).get("body") is not None
    own_value = value(book, law, child, percent)[0] if bodied else None
    if own_value is None or own_value[0] <= 0:
        away = F(0) if status else price
        return price, away, away, bool(status)
    factor = num(source.get("factor"), "1")
    net, away = factor * own_value[0], factor * own_value[1]
    listed = factor * listed_value(book, law, child) if own else (F(0) if status else net)
    return net, away, min(listed, net), bool(status)


def listed_value(book, law, name):
    total = F(0)
    for line, source, weight in book.sources(name):
        child = book.child(source)
        said = (book.claim(child, "listed") if child else None) or (line.get("claims") or {}).get("listed")
        if said in {None, "none"}:
            continue
        place = book.node(child).get("made_in") if child else source.get("made_in")
        away = book.own_import(source) or book.away(place)
        if child and originates(book, law, child) and not away:
            continue
        whole = num(source.get("price")) * book.rate(name)
        unknown = child is None and not away
        total += weight * (F(0) if unknown and book.mode == BEST else whole)
    return total


def high_wage(book, name):
    """Value of high-wage materials in one unit: a qualifying plant's product whole, else what is inside it."""
    total = F(0)
    for _, source, weight in book.sources(name):
        child, price = book.child(source), num(source.get("price")) * book.rate(name)
        place = book.node(child).get("made_in") if child else source.get("made_in")
        if book.own_import(source) or book.away(place):
            continue
        if source.get("how") == "made" and "price" not in source:
            price = cost_of(book, name, source)
        below = num(source.get("factor"), "1") * high_wage(book, child) if child else F(0)
        plant = (book.data.get("plants") or {}).get(book.node(child).get("plant")) if child else None
        if plant is None:
            total += weight * (price if book.mode == BEST else below)
        else:
            total += weight * (price if num(plant["hourly"]) >= FLOORS[plant["country"]] else below)
    return total
