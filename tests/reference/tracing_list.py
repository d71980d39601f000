"""NAFTA, light vehicles, top down: what one source brings in of listed imports (Regs s.9)."""

import csv
from fractions import Fraction as F
from pathlib import Path

from tests.reference.plain import BEST, WORST, extra, num, total_cost

ROWS = list(csv.DictReader((Path(__file__).parents[2] / "tracing/rulebooks/nafta_tracing_list.csv").open()))
LISTED = {row["hs"].replace(".", "") for row in ROWS}
ENGINES = {row["hs"].replace(".", "") for row in ROWS if row["requirement"] == "62.5"}
TRANSPORT, DUTIES = {"freight", "insurance", "packing"}, {"duty", "tax", "brokerage"}


def listed(code):
    digits = (code or "").replace(".", "")
    if not digits:
        return None
    if digits[:6] == "851981":
        return None  # the list takes cassette decks only
    if any(digits[:length] in LISTED for length in (4, 6, 8, 10)):
        return True
    return None if any(row.startswith(digits) for row in LISTED) else False


def required(book, name, day):
    """The percentage of the part's own provision, by claim or by list, and the form of its rule as far as it is known."""
    claim, basis = book.claim(name, "requirement"), book.claim(name, "basis")
    if claim is not None:
        return num(claim), basis or "either"
    digits = (book.node(name).get("hs") or "").replace(".", "")
    rows = [row for row in ROWS if row["requirement"] and digits.startswith(row["hs"].replace(".", ""))]
    form = basis or (rows[0]["form"] if rows else None)
    if any(row["requirement"] == "schedule_I" for row in rows):
        return F(50), form
    late = day >= "2001-07-03"
    if any(row["requirement"] == "62.5" for row in rows):
        return F("62.5") if late else F(56), form
    if rows:
        return F(60) if late else F(55), form
    return None, form


def other_part(book, name):
    """Requirement and form of a part by the ordinary rules, from fiscal year 2002 on."""
    claim, basis = book.claim(name, "requirement"), book.claim(name, "basis")
    if claim is not None:
        return num(claim), basis if basis in {"shift", "rvc", "both"} else "either"
    code = (book.node(name).get("hs") or "").replace(".", "")
    if code.startswith("848210"):
        return F(50), "either"
    rows = [row for row in ROWS if row["requirement"] and code.startswith(row["hs"].replace(".", ""))]
    if rows:
        return F("62.5" if rows[0]["requirement"] == "62.5" else 60), rows[0]["form"]
    return None, "shift"


def rvc(book, day):
    net = total_cost(book, book.top)[2]
    return 100 * (net - inside(book, book.top, day)) / net


def inside(book, name, day):
    """Traced value in one unit."""
    total = F(0)
    for line, source, weight in book.sources(name):
        if not line.get("consigned") or name == book.top:
            total += weight * brought(book, name, line, source, day)
    return total


def brought(book, name, line, source, day):
    child, rate = book.child(source), book.rate(name)
    code = line.get("hs") or (book.node(child).get("hs") if child else None)
    place = source.get("made_in") if child is None else book.node(child).get("made_in", source.get("made_in"))
    whole = (num(source.get("price")) + extra(source, {"tax", "duty"} if book.away(place) else {"tax"})) * rate
    if book.own_import(source):
        return at_border(book, source, code, rate)
    if source.get("how") == "made":
        return num(source.get("factor"), "1") * inside(book, child, day)
    if child is None:
        return silent(book, source.get("made_in"), code, whole)
    stated = statements(book, child, source, whole, day)
    if book.away(book.node(child).get("made_in")):
        known = silent(book, book.node(child)["made_in"], code, whole)
        if listed(code) is False:
            return F(0)
        return min([*stated, known])
    if book.node(child).get("body") is not None:
        stated.append(num(source.get("factor"), "1") * inside(book, child, day))
    return min([*stated, whole]) if stated else book.unknown(whole)


def at_border(book, source, code, rate):
    if listed(code) is False:
        return F(0)
    later = source.get("title") == "later" or (source.get("title") is None and book.mode == WORST)
    legs = {"receipt", "title"} if later else {"receipt"}
    amount = (num(source.get("price")) + extra(source, TRANSPORT | {"assist"}, legs) + extra(source, DUTIES)) * rate
    return amount if listed(code) else book.unknown(amount)


def silent(book, place, code, whole):
    if book.away(place):
        if listed(code) is False:
            return F(0)
        if listed(code):
            return whole
    return F(0) if book.mode == BEST else whole


def statements(book, child, source, whole, day):
    rate, factor, found = book.rate(child), num(source.get("factor"), "1"), []
    percent, form = required(book, child, day)
    home = not book.away(book.node(child).get("made_in"))
    for row in book.said(child, "nafta"):
        para = row.get("para", "")
        if para in {"c", "d", "e", "h"} and "amount" in row:
            found.append(num(row["amount"]) * rate * factor)
        elif para == "nil":
            found.append(F(0))
        elif home and (para in {"f", "g"} or (row.get("originates") and not para)):
            value = row.get("percent", row.get("rvc"))
            stated = para == "f" and value is not None
            if form not in {"rvc", "both"} and not (form == "either" and stated):
                continue
            if stated:
                found.append(whole * (100 - num(value)) / 100)
            elif percent is not None:
                found.append(whole * (100 - percent) / 100)
    return found
