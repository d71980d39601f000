"""Roll-up and roll-down, top down, with every combination of lawful choices tried (NAFTA ss.4-7, 14; UR 3, 5, 7-9, 14)."""

from fractions import Fraction as F
from itertools import product

from tests.reference.plain import BEST, extra, num, total_cost

PARAS = {"nafta": ("14a", "14b"), "usmca": ("9a", "9b"), "us-2026": ("", ""), "eu-uk-ev": ("", "")}
SPOKEN = {"eu-uk-ev": "eu-uk", "us-2026": "usmca"}
DE_MINIMIS = {"nafta": 7, "usmca": 10, "us-2026": 10, "eu-uk-ev": None}


class Law:
    """``required(book, name)`` answers (percentage, form) of a part; ``base`` of parts is net_cost or ex_works."""

    def __init__(self, name, required, base="net_cost", status=None):
        self.name, self.required, self.base, self.status = name, required, base, status


def value(book, law, name, percent, base=None):
    """(base, VNM, total) of one unit with the choices best at this percentage; None without a base."""
    base = base or law.base
    choices = [list(offers(book, law, name, line, source, percent)) for line, source, _ in book.sources(name)]
    rows = list(book.sources(name))
    costs = total_cost(book, name)
    if base == "ex_works":
        stated = book.node(name).get("ex_works", book.node(name).get("price"))
        over = num(stated) * book.rate(name) if stated is not None else lowest_price(book, name)
        choices = [[row for row in offered if not row[2]] for offered in choices]
    else:
        over = costs[2] if costs else None
    best, kept = None, None
    for combination in product(*choices):
        more = sum(
            (
                weight * (row[0] - plain(book, name, source))
                for row, (_, source, weight) in zip(combination, rows, strict=True)
            ),
            F(0),
        )
        foreign = sum((weight * row[1] for row, (_, _, weight) in zip(combination, rows, strict=True)), F(0))
        more = F(0) if base == "ex_works" else more
        margin = (100 - percent) * more - 100 * foreign
        if best is None or margin > best:
            best, kept = margin, (more, foreign)
    more, foreign = kept
    if over is None:
        return None, foreign
    return (over + more, foreign, (costs[0] if costs else over) + more), foreign


def lowest_price(book, name):
    paid = [
        num(source["price"]) * book.rate(buyer) / num(source.get("factor"), "1")
        for buyer in reached(book) for _, source, _ in book.sources(buyer)
        if source.get("declaration") == name and "price" in source and source.get("how") != "made"
    ]  # fmt: skip
    return min(paid) if paid else None


def reached(book):
    """Every declaration below the good, and the good."""
    found, waiting = set(), [book.top]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [source["declaration"] for _, source, _ in book.sources(name) if source.get("declaration")]
    return found


def plain(book, name, source):
    if source.get("how") == "made":
        inner = total_cost(book, book.child(source))
        if inner is not None:
            return inner[0]
    return (num(source.get("price")) + extra(source)) * book.rate(name)


def offers(book, law, name, line, source, percent):
    """(cost, VNM, net cost only) of each lawful way a source may enter."""
    cost, child, rate = plain(book, name, source), book.child(source), book.rate(name)
    if law.name == "eu-uk-ev":
        whole = (num(source.get("price")) + extra(source, {"freight", "insurance", "packing"}, {"receipt"})) * rate
    elif law.name == "nafta":
        whole = (num(source.get("price")) + extra(source)) * rate
    else:
        inside = sum(
            (
                num(row["amount"])
                for row in source.get("charges", [])
                if row.get("in_price") and row["kind"] != "assist"
            ),
            F(0),
        )
        # What the buyer gave the maker free belongs to the value of the material (Schedule 6 s.4(1)(b)).
        whole = (max(F(0), num(source.get("price")) - inside) + extra(source, {"assist"})) * rate
    if source.get("how") == "made":
        chosen = law.name == "eu-uk-ev" or (source.get("designated") and lawful_designation(book, source, child))
        if chosen and originates(book, law, child):
            yield cost, F(0), False
            return
        found, foreign = value(book, law, child, percent, "net_cost")
        yield (found[2] if found else cost), foreign, False
        return
    place = book.node(child).get("made_in") if child else source.get("made_in")
    if book.own_import(source) or book.away(place):
        yield cost, whole, False
        return
    status = originates(book, law, child) if child else None
    if status is True:
        yield cost, F(0), False
    else:
        yield cost, (whole if status is False else book.unknown(whole)), False
    both, free = PARAS[law.name]
    factor = num(source.get("factor"), "1")
    for row in book.said(child, law.name) if child else []:
        if both and row.get("para") == both:
            yield (
                num(row["net_cost"]) * book.rate(child) * factor + extra(source) * rate,
                num(row["vnm"]) * book.rate(child) * factor,
                True,
            )
        elif free and row.get("para") == free:
            yield cost, max(F(0), whole - num(row["amount"]) * book.rate(child) * factor), True


def lawful_designation(book, source, child):
    if source.get("basis") != "rvc":
        return True
    return not any(row.get("designated") and row.get("basis") == "rvc" for row in own_production(book, child))


def own_production(book, name):
    for _, source, _ in book.sources(name):
        if source.get("how") == "made":
            yield source
            yield from own_production(book, source["declaration"])


def originates(book, law, name):
    """True, False, or None where nothing decides."""
    if law.status:
        return law.status(book, name)
    key = ("status", law.name, name)
    if key not in book.memo:
        book.memo[key] = decided(book, law, name)
    return book.memo[key]


def decided(book, law, name):
    for row in book.said(name, SPOKEN.get(law.name, law.name)):
        if "originates" in row:
            return row["originates"]
        if law.name == "nafta" and row.get("para") in {"f", "g"}:
            return True
    if book.claim(name, "originates") is not None:
        return book.claim(name, "originates")
    if book.away(book.node(name).get("made_in")):
        return False
    if book.node(name).get("body") is None:
        return None
    percent, form = law.required(book, name)
    found, foreign = value(book, law, name, percent or F(0), law.base)
    if foreign == 0 and not any(unanswered(book, law, name, line, source) for line, source, _ in book.sources(name)):
        return True
    least = DE_MINIMIS[law.name]
    if found and least is not None and little(book, law.name, name, found[1], found[2], least):
        return True
    return by_rule(book, name, percent, form, found)


def little(book, law, name, foreign, total, least):
    """Whether all that does not originate is within de minimis: of the price where one is stated (USMCA: or of total cost)."""
    bases = [total]
    if book.node(name).get("price") is not None:
        after = num((book.node(name).get("costs") or {}).get("after_shipment"))
        price = (num(book.node(name)["price"]) - after) * book.rate(name)
        bases = [total, price] if law == "usmca" else [price]
    return any(base > 0 and 100 * foreign <= least * base for base in bases)


def by_rule(book, name, percent, form, found):
    shift = book.claim(name, "shift")
    reached = (
        100 * (found[0] - found[1]) >= percent * found[0] if percent is not None and found and found[0] > 0 else None
    )
    form = "shift" if percent is None or (form == "either" and book.claim(name, "basis") == "shift") else form
    form = "both" if form == "either" and book.claim(name, "basis") == "both" else form
    if form == "rvc":
        if reached is not True and shift and (book.node(name).get("hs") or "").replace(".", "").startswith("850760"):
            return True
        return reached
    if form == "shift":
        return shift
    if form == "both":
        if reached is False or shift is False:
            return False
        return True if reached and shift else None
    if reached or shift:
        return True
    return False if reached is False and shift is False else None


def unanswered(book, law, name, line, source):
    """Whether a source is open and not taken at its best."""
    child = book.child(source)
    if book.mode == BEST or source.get("how") == "made" or book.own_import(source):
        return False
    place = book.node(child).get("made_in") if child else source.get("made_in")
    return not book.away(place) and (child is None or originates(book, law, child) is None)
